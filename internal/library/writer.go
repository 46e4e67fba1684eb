package library

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"syscall"
	"time"

	"semblance/analysis"
	"semblance/catalog"
	"semblance/internal/decode"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// A commit costs an fsync whatever its size, so results are gathered: at most
// commitSize of them, and none waits longer than commitDelay. That bounds what a
// crash can lose.
const (
	commitSize  = 64
	commitDelay = 250 * time.Millisecond
)

// write commits results until the channel is closed.
func (l *Library) write(results <-chan pipeline.Result) {
	var (
		batch []pipeline.Result
		due   <-chan time.Time // nil while batch is empty
	)
	flush := func() {
		if len(batch) > 0 {
			l.commit(batch)
		}
		batch, due = nil, nil
	}
	for {
		var again <-chan time.Time // nil unless something is held
		if len(l.held) > 0 {
			again = time.After(heldDelay)
		}
		select {
		case r, ok := <-results:
			if !ok {
				flush()
				l.storeHeld() // it is now or after another analysis
				return
			}
			batch = append(batch, r)
			if due == nil {
				due = time.After(commitDelay)
			}
			if len(batch) >= commitSize || l.isOpened(r.Path) { // a person waits for it
				flush()
			}
		case <-due:
			flush()
		case <-again:
			l.storeHeld()
		}
	}
}

// ErrUnreachable is the error of the open folder when it is not there any more, as when its disk was unplugged.
var ErrUnreachable = errors.New("the folder is not reachable any more: its photos wait until it is there again")

// commit stores results and tells everybody.
func (l *Library) commit(batch []pipeline.Result) {
	var (
		outcomes  []catalog.Outcome
		again     []string // changed while they were read: look once more
		hasty     []string // looked at in a hurry, or before more was wanted: go on when there is time
		unplugged bool
	)
	wanted := l.wanted()
	again = l.changed(batch)
	for _, r := range batch {
		if r.Err == nil && (r.Mode < l.mode || !r.Want.Has(wanted)) {
			hasty = append(hasty, r.Path)
		}
		switch {
		case r.Err != nil && unreachable(r.Err) && l.folderGone():
			unplugged = true // not the photo's fault: it goes on waiting
		case errors.Is(r.Err, decode.ErrChanged):
			again = append(again, r.Path)
		default:
			o := l.outcome(r)
			switch {
			case o.Record != nil:
				outcomes = append(outcomes, o)
			case l.known(o.File):
				if l.isOpened(r.Path) { // a person waits for what was to be added
					l.send(Event{Kind: Problem, Path: r.Path, Err: errors.New(o.Failure)})
				}
			case l.kept(r, o.File): // a person asked for more
				l.send(Event{Kind: Problem, Path: r.Path, Err: fmt.Errorf("%s: what was known of the photo stays", o.Failure)})
			default:
				outcomes = append(outcomes, o)
			}
		}
	}
	before := len(l.held)
	stored, lost := l.store(outcomes)
	// What is to be done next is queued before the batch counts as done, so that the library
	// is never idle in between.
	if unplugged {
		l.queue.Remove(nil)
	}
	for _, path := range hasty {
		l.queue.Push(path, pipeline.Upkeep)
	}
	l.repeat(append(again, lost...))
	l.analysed(stored)
	for _, r := range batch {
		if l.drawnMeanwhile(r) {
			l.lookAt(r.Path)
		}
	}
	l.settled(len(batch)+before-len(l.held), stored)
	for _, r := range batch {
		if r.Err != nil {
			l.log.Info("photo failed", "path", r.Path, "err", r.Err)
		}
		l.send(Event{Kind: PhotoChanged, Path: r.Path})
	}
	if unplugged {
		folder, _ := l.Folder()
		l.send(Event{Kind: Problem, Path: folder, Err: ErrUnreachable})
		l.Rescan() // which says so, and everything waits until the folder is there again
	}
	l.checkIdle()
}

// changed returns the paths of results whose files are others by now than those that were read, and has the catalog know them as they are. Commit
// takes the later of two for the present one, but a photo may be replaced by one that was written before it.
func (l *Library) changed(batch []pipeline.Result) (paths []string) {
	var now []photo.File
	same := func(size int64, mtime time.Time, f photo.File) bool { return size == f.Size && mtime.Equal(f.MTime) }
	for _, r := range batch {
		e, ok := l.EntryAt(r.Path)
		if !ok || r.File.MTime.IsZero() {
			continue
		}
		info, err := os.Stat(r.Path)
		if err != nil || !info.Mode().IsRegular() {
			continue
		}
		f := photo.File{Path: r.Path, Size: info.Size(), MTime: info.ModTime()}
		if !same(e.Size, e.MTime, f) {
			now = append(now, f)
		}
		if !same(r.File.Size, r.File.MTime, f) {
			paths = append(paths, r.Path)
		}
	}
	if err := l.catalog.Track(now); err != nil {
		l.log.Error("track changed photos", "err", err) // the next scan does
	}
	return paths
}

// repeat queues photos once more.
func (l *Library) repeat(paths []string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, path := range paths {
		l.queue.Push(path, l.raised[path])
	}
}

// outcome is the catalog's form of a result. A failure that may pass (no permission, too
// slow, no memory) is stored with the stamp of no file, so that the next scan tries again.
func (l *Library) outcome(r pipeline.Result) catalog.Outcome {
	if r.Err == nil {
		o := catalog.Outcome{File: r.File, Looked: looked(r.Analysis), Added: r.Added, Record: &catalog.Record{
			ID: r.ID, Meta: r.Meta, Analysis: *r.Analysis, Analysed: time.Now(), Warnings: r.Warnings,
		}}
		if l.ReadsXMP() {
			o.Told = &catalog.Told{}
			if r.XMP != nil {
				*o.Told = toldBy(r.XMP, r.Meta)
			}
		}
		return o
	}
	file := photo.File{Path: r.Path}
	if lasting(r.Err) {
		file.Size, file.MTime = r.File.Size, r.File.MTime
	}
	return catalog.Outcome{File: file, Failure: strings.ToValidUTF8(reason(r.Err), "?")}
}

// looked returns the ways of looking in which an analysis searched.
func looked(a *face.Analysis) Look {
	m, err := analysis.ParseMode(a.Mode)
	if err != nil { // no detector ran
		m = analysis.Fast
	}
	return lookOf(m, a.Turned)
}

// lookOf returns the ways of looking that a person calls so.
func lookOf(m analysis.Mode, turned bool) (look Look) {
	if m >= analysis.Thorough {
		look |= LookHarder
	}
	if turned {
		look |= LookTurned
	}
	return look
}

// kept leaves a photo whose new analysis failed with what the former one found, and reports
// whether there was one. The way of looking that failed is not tried again until a person asks for it.
func (l *Library) kept(r pipeline.Result, f photo.File) bool {
	former, err := l.catalog.Record(r.Path)
	if err != nil {
		return false // there is nothing that could be kept
	}
	tried := lookOf(r.Mode, r.Turned)
	if r.ID.IsZero() { // it could not even be read
		tried = LookHarder | LookTurned
	}
	kept, err := l.catalog.Keep(f, tried, looked(&former.Analysis))
	if err != nil {
		l.log.Error("keep what is known", "path", f.Path, "err", err)
	}
	return kept
}

// known reports whether a photo of which more could not be found out is analysed all the same: its
// file is what it was, so what is known stays. Adding to it is tried again when its folder is opened.
func (l *Library) known(f photo.File) bool {
	ref, ok := l.catalog.Lookup(f.Path)
	if !ok {
		return false
	}
	e := l.catalog.Entry(ref)
	return e.State == Done && (f.MTime.IsZero() || f.MTime.Equal(e.MTime) && f.Size == e.Size)
}

// lasting reports whether a failure is the file's own, so that it stays until the file changes.
func lasting(err error) bool {
	return errors.Is(err, decode.ErrUnsupported) || errors.Is(err, decode.ErrDamaged) || errors.Is(err, decode.ErrTooLarge) ||
		errors.Is(err, decode.ErrGaveUp)
}

// unreachable reports whether an error comes from the system rather than from the content of a file.
func unreachable(err error) bool {
	var system syscall.Errno
	return errors.Is(err, fs.ErrNotExist) || errors.As(err, &system) && !errors.Is(err, fs.ErrPermission)
}

// folderGone reports whether the open folder is not there any more, as when its disk was
// unplugged: it cannot be read, or what is left is an empty mount point.
func (l *Library) folderGone() bool {
	folder, _ := l.Folder()
	if folder == "" {
		return false
	}
	entries, err := os.ReadDir(folder)
	return err != nil || len(entries) == 0 || !l.isThere(folder)
}
