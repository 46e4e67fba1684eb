package library

import (
	"context"
	"errors"
	"sync"
	"time"

	"semblance/internal/decode"
	"semblance/internal/pipeline"
)

// An EventKind says what happened.
type EventKind uint8

// The kinds of events.
const (
	PhotosFound    EventKind = iota // a scan made progress: there may be more photos in the result
	ScanDone                        // Path is the folder, Err why it could not be read
	Problem                         // Path is a folder or file that could not be read, Err why
	PhotoChanged                    // Path is a photo whose state or analysis changed
	StatusChanged                   // paused, resumed
	Idle                            // nothing is left to be done
	PolicyChanged                   // every photo and every search may show something else
	SavedAgain                      // what could not be stored (ErrNotSaved) is, and the analysis goes on
	AlbumsChanged                   // there are other albums or saved searches, or other photos in them
	FoldersChanged                  // Path is a folder in which folders were made, renamed or removed
)

var eventNames = [...]string{"photos found", "scan done", "problem", "photo changed", "status changed", "idle", "policy changed", "saved again", "albums changed", "folders changed"}

// String returns the kind in words.
func (k EventKind) String() string { return eventNames[k] }

// Event is something that happened in the background.
type Event struct {
	Kind EventKind
	Path string
	Err  error
}

type subscribers struct {
	mu   sync.Mutex
	next int
	fs   map[int]func(Event)
}

// Subscribe has f called for every event, from background goroutines, until cancel is
// called. f must not block and must not call Close.
func (l *Library) Subscribe(f func(Event)) (cancel func()) {
	s := &l.subscribers
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fs == nil {
		s.fs = map[int]func(Event){}
	}
	id := s.next
	s.next++
	s.fs[id] = f
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.fs, id)
	}
}

func (l *Library) send(e Event) {
	s := &l.subscribers
	s.mu.Lock()
	fs := make([]func(Event), 0, len(s.fs))
	for _, f := range s.fs {
		fs = append(fs, f)
	}
	s.mu.Unlock()
	for _, f := range fs {
		f(e)
	}
}

// Status is how far the analysis is.
type Status struct {
	Scanning   bool
	Done       int           // photos of the current run that were analysed or failed
	Total      int           // photos of the current run
	Failed     int           // of Done
	Running    int           // being analysed now
	Rate       float64       // photos per second over the last half minute, 0 if unknown
	Left       time.Duration // estimate, 0 if unknown
	Paused     bool
	NoAnalysis error // why nothing is analysed, nil if it is
}

// Status returns how far the analysis is.
func (l *Library) Status() Status {
	waiting, running := l.queue.Len()
	l.mu.Lock()
	defer l.mu.Unlock()
	s := Status{
		Scanning: l.scanning, Running: running, Paused: l.queue.Paused(), NoAnalysis: l.noAnalysis,
		Done: l.progress.done, Failed: l.progress.failed,
	}
	s.Total = s.Done + l.uncommitted + waiting + running
	s.Rate = l.progress.rate(time.Now())
	if s.Rate > 0 && !s.Paused {
		s.Left = time.Duration(float64(waiting+running) / s.Rate * float64(time.Second)).Round(time.Second)
	}
	return s
}

// WaitIdle waits until no scan runs, no photo waits and everything is committed.
// A paused library with waiting photos is not idle.
func (l *Library) WaitIdle(ctx context.Context) error {
	for {
		l.mu.Lock()
		idle := l.idle
		l.mu.Unlock()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-idle:
		}
		l.mu.Lock()
		still := l.idle == idle
		l.mu.Unlock()
		if still {
			return nil
		}
	}
}

// busy notes that there is something to do; mu is held.
func (l *Library) busy() {
	select {
	case <-l.idle:
		l.idle = make(chan struct{})
		l.progress = progress{}
	default:
	}
}

// checkIdle notes and tells when nothing is left to do.
func (l *Library) checkIdle() {
	waiting, running := l.queue.Len()
	l.mu.Lock()
	quiet := !l.scanning && waiting+running == 0 && l.uncommitted == 0 && len(l.sidecars.due) == 0 && !l.sidecars.active
	now := false
	if quiet {
		select {
		case <-l.idle:
		default:
			close(l.idle)
			now = true
		}
	}
	l.mu.Unlock()
	if now {
		l.send(Event{Kind: Idle})
	}
}

// progress counts the current run and measures its rate.
type progress struct {
	done, failed int         // committed
	recent       []time.Time // when photos were analysed, within rateWindow, oldest first
}

// settleTime is how long a file that changed while it was read is left alone.
const settleTime = time.Second

// rateWindow is the time over which the rate is measured.
const rateWindow = 30 * time.Second

func (p *progress) tick(now time.Time) {
	p.recent = append(p.recent, now)
	for len(p.recent) > 0 && now.Sub(p.recent[0]) > rateWindow {
		p.recent = p.recent[1:]
	}
}

// interrupt forgets the rate: the time of a pause is not the photos'.
func (p *progress) interrupt() { p.recent = nil }

func (p *progress) rate(now time.Time) float64 {
	if len(p.recent) < 3 {
		return 0
	}
	span := now.Sub(p.recent[0]).Seconds()
	if span <= 0 {
		return 0
	}
	return float64(len(p.recent)-1) / span
}

// sink keeps a result's thumbnail and sends the result to the writer. It runs in the
// worker, before the queue counts the photo as done, so that the library is never
// idle in between.
func (l *Library) sink(r pipeline.Result) {
	if r.Thumbnail != nil {
		l.keepThumbnail(r.ID, ThumbnailSide, r.Thumbnail)
		r.Thumbnail = nil
	}
	if r.Err == nil {
		l.forgetMoved(r.ID, r.Path)
	}
	if errors.Is(r.Err, decode.ErrChanged) {
		// It is still being written and will be read again: not as fast as the disk goes.
		select {
		case <-time.After(settleTime):
		case <-l.ctx.Done():
		}
	}
	l.mu.Lock()
	l.uncommitted++
	l.progress.tick(time.Now())
	l.mu.Unlock()
	l.results <- r
}
