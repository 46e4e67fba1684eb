package library

import (
	"errors"
	"fmt"
	"time"

	"semblance/catalog"
)

// ErrNotSaved is the error of the Problem event that tells that results of the analysis cannot be stored, as on a full disk.
var ErrNotSaved = errors.New("results cannot be saved, the analysis is paused")

const (
	// heldDelay is how long the writer waits before it tries again to store what the disk had no room for.
	heldDelay = 3 * time.Second
	// maxHeld bounds how many results wait for that in memory. A pause stops more from coming, and who resumes
	// before there is room loses no more than the time of another analysis.
	maxHeld = 256
	// maxInARow is how many outcomes in a row are found to have no room before the others are not tried.
	maxInARow = 3
)

// store commits outcomes, behind those that are held, and returns those that are stored now, and the paths of those that have to be
// analysed again. One that is refused must not cost the others. When the disk is full or gone the analysis is paused, and
// the outcomes are held until they can be stored. The writer alone calls it.
func (l *Library) store(outcomes []catalog.Outcome) (stored []catalog.Outcome, lost []string) {
	outcomes = append(l.held, outcomes...) // in their order: the last one of a photo counts
	l.held = nil
	err := l.catalog.Commit(outcomes)
	if err == nil {
		l.goOn()
		return outcomes, nil
	}
	inARow := 0
	for _, o := range outcomes {
		one := err
		if inARow < maxInARow { // else nothing has room, and more tries would only keep a sick disk busy
			one = l.catalog.Commit([]catalog.Outcome{o})
		}
		switch {
		case one == nil:
			stored = append(stored, o)
			inARow = 0
			continue
		case errors.Is(one, catalog.ErrDamaged) || len(l.held) == maxHeld:
			lost = append(lost, o.File.Path)
		default:
			l.held = append(l.held, o)
			inARow++
		}
		err = one
	}
	if len(l.held)+len(lost) > 0 {
		l.stall(err, len(stored), len(lost))
	} else {
		l.goOn()
	}
	return stored, lost
}

// storeHeld tries to store what is held.
func (l *Library) storeHeld() {
	before := len(l.held)
	if before == 0 {
		return
	}
	stored, lost := l.store(nil)
	l.analysed(stored)
	l.repeat(lost) // before they count as done, so that the library is never idle in between
	l.settled(before-len(l.held), stored)
	for _, o := range stored {
		l.send(Event{Kind: PhotoChanged, Path: o.File.Path})
	}
	l.checkIdle()
}

// settled takes results into the progress of which nothing is to be committed any more.
func (l *Library) settled(results int, stored []catalog.Outcome) {
	l.mu.Lock()
	l.uncommitted -= results
	l.progress.done += len(stored)
	for _, o := range stored {
		if o.Record == nil {
			l.progress.failed++
		}
	}
	l.mu.Unlock()
}

// stall pauses the analysis because results cannot be stored, and tells so unless it is paused for that already.
func (l *Library) stall(err error, stored, lost int) {
	l.log.Error("commit", "held", len(l.held), "lost", lost, "stored", stored, "err", err)
	l.mu.Lock()
	told := l.stalled && l.queue.Paused()
	l.mu.Unlock()
	if told {
		return
	}
	l.SetPaused(true)
	l.mu.Lock()
	l.stalled = true
	l.mu.Unlock()
	l.send(Event{Kind: Problem, Err: fmt.Errorf("%w: %w. When there is room on the disk again it goes on by itself", ErrNotSaved, err)})
}

// goOn ends the pause of stall, unless a person has paused or resumed since.
func (l *Library) goOn() {
	l.mu.Lock()
	stalled := l.stalled
	l.mu.Unlock()
	if !stalled {
		return
	}
	l.SetPaused(false)
	l.log.Info("results are saved again")
	l.send(Event{Kind: SavedAgain})
}
