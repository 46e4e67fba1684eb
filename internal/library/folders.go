package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"semblance/internal/decode"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// OpenFolder makes a folder the scope of every search and scans it in the
// background: its photos appear at once, and those that are new or changed are
// analysed as they are found. It replaces the folder that was open; photos that still
// wait there go on waiting until it is opened again. After Close it does nothing.
func (l *Library) OpenFolder(path string, recursive bool) {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	ctx, cancel := context.WithCancel(l.ctx)
	f := folder{path, recursive}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended {
		cancel()
		return
	}
	if l.scan != nil {
		l.scan()
	}
	l.queue.Remove(nil)
	l.busy()
	l.progress = progress{}
	l.scan, l.folder, l.scanning = cancel, f, true
	l.workers.Go(func() {
		defer cancel()
		err := l.scanFolder(ctx, f)
		if ctx.Err() != nil {
			return // another folder was opened, or the library is closing
		}
		l.mu.Lock()
		l.scanning = false
		l.mu.Unlock()
		l.log.Info("scan done", "folder", path, "err", err)
		if err == nil {
			l.settings.opened(f)
			l.settings.save()
		}
		l.send(Event{Kind: ScanDone, Path: path, Err: err})
		l.findOffline()
		l.checkIdle()
	})
}

// trackSize and trackDelay bound how long found photos are kept from the window.
const (
	trackSize  = 512
	trackDelay = 100 * time.Millisecond
)

// scanFolder tracks the photos of a folder, queues those that wait, and forgets those that are gone.
func (l *Library) scanFolder(ctx context.Context, f folder) error {
	var (
		found  []photo.File
		last   = time.Now()
		seen   = map[string]bool{}
		unread []string // folders that could not be read: what is known below them stays
	)
	flush := func() error {
		if len(found) == 0 {
			return nil
		}
		if err := l.catalog.Track(found); err != nil {
			return err
		}
		l.enqueue(ctx, found)
		found, last = found[:0], time.Now()
		l.send(Event{Kind: PhotosFound, Path: f.path})
		return nil
	}
	unreadable := map[string]int{}
	err := photo.Walk(ctx, f.path, photo.WalkOptions{Recursive: f.recursive, Unread: func(kind string) { unreadable[kind]++ }},
		func(file photo.File) error {
			found = append(found, file)
			seen[file.Path] = true
			if len(found) >= trackSize || time.Since(last) > trackDelay {
				return flush()
			}
			return nil
		},
		func(path string, err error) {
			unread = append(unread, path)
			l.log.Info("scan problem", "path", path, "err", err)
			l.send(Event{Kind: Problem, Path: path, Err: err})
		})
	if err != nil {
		return err
	}
	if err := flush(); err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(unreadable) > 0 {
		l.send(Event{Kind: Problem, Path: f.path, Err: notShown(unreadable)})
	}
	return l.forget(f, seen, unread)
}

// notShown says which photo files a scan had to leave out: "3 HEIC and 12 RAW files ...".
func notShown(kinds map[string]int) error {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		parts = append(parts, fmt.Sprintf("%d %s", kinds[kind], kind))
	}
	return fmt.Errorf("%s files are not shown: Semblance cannot read these kinds yet", strings.Join(parts, ", "))
}

// forget takes the photos out of the index that a complete scan did not meet.
func (l *Library) forget(f folder, seen map[string]bool, unread []string) error {
	below := func(path string) bool {
		for _, dir := range unread {
			if path == dir || strings.HasPrefix(path, dir+string(filepath.Separator)) {
				return true
			}
		}
		return false
	}
	var gone []string
	for _, path := range l.catalog.Paths(f.path, f.recursive) {
		if !seen[path] && !below(path) {
			gone = append(gone, path)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	return l.catalog.Forget(gone)
}

// enqueue queues those of a scan's files that wait to be analysed, and, behind all others,
// those of which more can be found out, unless the scan has ended.
func (l *Library) enqueue(ctx context.Context, files []photo.File) {
	if !l.analyses {
		return
	}
	var waiting, incomplete []string
	for _, file := range files {
		ref, ok := l.catalog.Lookup(file.Path)
		if !ok {
			continue
		}
		switch e := l.catalog.Entry(ref); {
		case e.State == Waiting:
			waiting = append(waiting, file.Path)
		case l.incomplete(e):
			incomplete = append(incomplete, file.Path)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return // OpenFolder has emptied the queue
	}
	for _, path := range waiting {
		l.queue.Push(path, l.raised[path]) // a photo that is not raised has the zero priority: Background
	}
	for _, path := range incomplete {
		l.queue.Push(path, pipeline.Upkeep)
	}
}

// Reanalyse queues photos again, whatever their state: after a failure, to have them
// looked at anew, or to have them searched in other ways too. How they are searched stays
// with them; faces keep their numbers and what people said about them. When that fails, what is
// known of a photo stays, and a Problem event names it.
func (l *Library) Reanalyse(paths []string, look Look) error {
	if !l.analyses {
		return l.noAnalysis
	}
	if err := l.catalog.Renew(paths, look); err != nil {
		return err
	}
	l.mu.Lock()
	if l.ended {
		l.mu.Unlock()
		return nil
	}
	l.busy()
	for _, path := range paths {
		p := pipeline.Selected
		if path == l.opened {
			p = pipeline.Opened
		}
		l.queue.Push(path, p)
	}
	l.mu.Unlock()
	for _, path := range paths {
		l.send(Event{Kind: PhotoChanged, Path: path})
	}
	return nil
}

// Folder returns the open folder, "" if none is.
func (l *Library) Folder() (path string, recursive bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.folder.path, l.folder.recursive
}

// Recent returns the folders that were opened before, the latest first.
func (l *Library) Recent() []string { return l.settings.recent() }

// WithSubfolders reports whether a recent folder was opened with its subfolders when it was
// opened last.
func (l *Library) WithSubfolders(path string) bool {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return l.settings.deep(path)
}

// Subfolders returns the paths of the folders in dir, sorted, without hidden and system ones.
func (l *Library) Subfolders(dir string) ([]string, error) { return photo.Subfolders(dir) }

// CountPhotos counts the photo files directly in dir and those in all folders
// below it. Folders that cannot be read count as empty.
func (l *Library) CountPhotos(ctx context.Context, dir string) (here, below int, err error) {
	dir = filepath.Clean(dir)
	err = photo.Walk(ctx, dir, photo.WalkOptions{Recursive: true},
		func(f photo.File) error {
			if filepath.Dir(f.Path) == dir {
				here++
			} else {
				below++
			}
			return nil
		}, func(string, error) {})
	return here, below, err
}

// reason is what a failed photo's badge says: the error in plain words, without
// the path that stands beside it anyway.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the file is not there any more"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read the file"
	case errors.Is(err, pipeline.ErrTooSlow):
		return "the analysis took too long and was stopped"
	}
	text := err.Error()
	for _, sentinel := range []error{decode.ErrUnsupported, decode.ErrDamaged, decode.ErrTooLarge, decode.ErrChanged} {
		if errors.Is(err, sentinel) {
			return text[strings.Index(text, sentinel.Error()):] // which stages it went through is for the log
		}
	}
	first, _, _ := strings.Cut(text, "\n") // of a bug the stack is in the log
	return first
}
