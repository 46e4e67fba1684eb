package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// OpenFolder makes a folder the scope of every search and scans it in the
// background: its photos appear at once, and those that are new or changed are
// analysed as they are found. From then on it is watched, until another one is opened. It replaces the folder that was open; photos that still
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
	l.sidecars.due, l.sidecars.later = nil, map[string]photo.File{}
	l.busy()
	l.progress = progress{}
	w := newWatch(path, l.watchLimit, l.log)
	l.scan, l.folder, l.scanning, l.watch = cancel, f, true, w
	l.workers.Go(func() { w.collect(ctx) })
	l.workers.Go(func() {
		defer w.close()
		defer cancel()
		l.attend(ctx, f, w)
	})
}

// Rescan scans the open folder again in the background, as if it was opened now: what waits and what is shown stays.
func (l *Library) Rescan() {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.ended || l.watch == nil {
		return
	}
	l.busy()
	l.scanning = true
	l.watch.touchAll(true)
}

// LookAround is for when a person comes back to the program: folders that are there again or not any more are noticed, and
// where the open one cannot be watched as a whole, it is scanned again. It returns at once.
func (l *Library) LookAround() {
	l.mu.Lock()
	w := l.watch
	if !l.ended {
		l.workers.Go(func() {
			if l.searching.TryLock() { // else somebody looks already, and perhaps waits for a disk on the network
				defer l.searching.Unlock()
				l.markOffline()
			}
		})
	}
	l.mu.Unlock()
	if w != nil && (l.watchLimit == 0 || w.incomplete() != nil) {
		l.Rescan()
	}
}

// attend scans a folder, and what changes in it from then on, until ctx ends.
func (l *Library) attend(ctx context.Context, f folder, w *watch) {
	l.settleVolumes(f.path)
	missing := l.missing(f.path) // before the scan: what comes meanwhile is noticed later
	l.scanAll(ctx, f, w)
	if err := w.incomplete(); err != nil && ctx.Err() == nil {
		l.log.Info("watch folders", "folder", f.path, "err", err)
		l.send(Event{Kind: Problem, Path: f.path, Err: fmt.Errorf("not all that changes here is noticed at once (%w): View > Scan Again looks for it", err)})
	}
	look := func() {
		if !slices.Equal(l.missing(f.path), missing) {
			w.touchAll(false)
		}
	}
	for {
		c, err := w.next(ctx, look)
		if err != nil {
			return
		}
		l.mu.Lock()
		if l.watch == w { // else another folder was opened
			l.busy()
			l.scanning = true
		}
		l.mu.Unlock()
		if c.all || !l.isThere(f.path) {
			l.settleVolumes(f.path)
			missing = l.missing(f.path)
			l.scanAll(ctx, f, w)
			l.tellNamed(ctx, f.path)
		} else {
			l.scanChanged(ctx, f, w, c)
		}
	}
}

// scanAll scans the open folder and says so.
func (l *Library) scanAll(ctx context.Context, f folder, w *watch) {
	w.leave(f.path) // after a disk was away, nothing of it is watched any more
	s := l.newPass(ctx, f, w)
	err := s.tree(f.path, f.recursive)
	if err == nil {
		err = s.finish()
	}
	if ctx.Err() != nil {
		return // another folder was opened, or the library is closing
	}
	if len(s.unreadable) > 0 {
		s.tell(f.path, notShown(s.unreadable))
	}
	l.log.Info("scan done", "folder", f.path, "err", err)
	if err == nil {
		l.settings.opened(f)
		l.settings.save()
	} else {
		l.mu.Lock()
		if ctx.Err() == nil { // else OpenFolder was called meanwhile, and they are another folder's
			l.queue.Remove(nil) // they would all fail
		}
		l.mu.Unlock()
	}
	l.rested(w)
	l.send(Event{Kind: ScanDone, Path: f.path, Err: err})
	l.findOffline()
	l.checkIdle()
}

// rested notes that the scan of the open folder has ended, unless another one is wanted already.
func (l *Library) rested(w *watch) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.watch == w {
		l.scanning = w.waitsForAll()
	}
}

// scanChanged lists again what has changed.
func (l *Library) scanChanged(ctx context.Context, f folder, w *watch, c changes) {
	s := l.newPass(ctx, f, w)
	err := s.changed(c)
	if err == nil {
		err = s.finish()
	}
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		l.log.Info("scan changes", "folder", f.path, "err", err)
		l.send(Event{Kind: Problem, Path: f.path, Err: err})
	}
	l.rested(w)
	for folder := range c.named {
		l.tellNamed(ctx, folder)
	}
	l.checkIdle()
}

func (l *Library) tellNamed(ctx context.Context, folder string) {
	if ctx.Err() == nil {
		l.send(Event{Kind: FoldersChanged, Path: folder})
	}
}

// trackSize and trackDelay bound how long found photos are kept from the window.
const (
	trackSize  = 512
	trackDelay = 100 * time.Millisecond
)

// A pass lists folders once and compares them with what the catalog knows. What is gone is forgotten at the end, so that
// a photo that was moved is never nowhere.
type pass struct {
	l      *Library
	ctx    context.Context //nolint:containedctx // a pass lives no longer than a call
	f      folder
	w      *watch
	absent []string // volumes that are not there

	found      []photo.File // not tracked yet
	last       time.Time    // when it was
	seen       map[string]bool
	unread     []string // folders and files that could not be read: what is known there stays
	gone       []string // paths that were known in what was listed
	unreadable map[string]int
}

func (l *Library) newPass(ctx context.Context, f folder, w *watch) *pass {
	return &pass{l: l, ctx: ctx, f: f, w: w, absent: l.absentVolumes(), last: time.Now(), seen: map[string]bool{}, unreadable: map[string]int{}}
}

// tree lists a folder, and what is below it if that is wanted.
func (s *pass) tree(dir string, recursive bool) error {
	if isBelowAny(dir, s.absent) {
		return fmt.Errorf("scan folder: %s: no disk is there: %w", dir, fs.ErrNotExist)
	}
	err := photo.Walk(s.ctx, dir, photo.WalkOptions{
		Recursive: recursive,
		Unread:    func(kind string) { s.unreadable[kind]++ },
		Folder:    s.enter,
	}, s.visit, s.problem)
	if err != nil {
		return err
	}
	for _, path := range s.l.catalog.Paths(dir, recursive) {
		if !s.seen[path] {
			s.gone = append(s.gone, path)
		}
	}
	return nil
}

func (s *pass) enter(dir string) {
	s.w.enter(dir)
	switch {
	case dir == s.f.path:
		s.l.meetVolumes(dir)
	case isVolume(dir):
		s.l.settings.met(dir)
	}
}

func (s *pass) visit(file photo.File) error {
	s.seen[file.Path] = true
	if s.w.isGrowing(file.Path) {
		s.w.touch(filepath.Dir(file.Path)) // it is looked at when it rests
		return nil
	}
	s.found = append(s.found, file)
	if len(s.found) >= trackSize || time.Since(s.last) > trackDelay {
		return s.flush()
	}
	return nil
}

// flush tells the catalog what was found, and the window if there is anything new.
func (s *pass) flush() error {
	if len(s.found) == 0 {
		return nil
	}
	before := s.l.catalog.Generation()
	pairs := s.l.partners(s.found)
	if err := s.l.catalog.Track(s.found); err != nil {
		return err
	}
	s.l.joinNew(s.found, pairs)
	s.l.enqueue(s.ctx, s.found)
	s.l.notice(s.ctx, s.found)
	s.found, s.last = s.found[:0], time.Now()
	if s.l.catalog.Generation() != before {
		s.l.send(Event{Kind: PhotosFound, Path: s.f.path})
	}
	return nil
}

func (s *pass) problem(path string, err error) {
	s.unread = append(s.unread, path)
	s.l.log.Info("scan problem", "path", path, "err", err)
	switch {
	case !errors.Is(err, fs.ErrNotExist):
		s.tell(path, err)
	case s.w.isNews(path, err): // it went away meanwhile; what is listed for ever and never there is looked at once
		s.w.touch(filepath.Dir(path))
	}
}

// tell tells of a problem unless a pass before this one did.
func (s *pass) tell(path string, err error) {
	if s.w.isNews(path, err) {
		s.l.send(Event{Kind: Problem, Path: path, Err: err})
	}
}

// changed lists again what was touched.
func (s *pass) changed(c changes) error {
	for dir := range c.trees { // first, because a folder that was renamed is still watched under its former name
		s.w.leave(dir)
	}
	for _, dir := range slices.Sorted(maps.Keys(c.folders)) {
		if err := s.list(dir, c.trees); err != nil {
			return err
		}
	}
	return nil
}

// list lists one folder again: its photos, those of folders that are new in it, and no more those of folders that are gone.
func (s *pass) list(dir string, trees map[string]bool) error {
	if !s.w.knows(dir) {
		return nil // it was left, or is below one that is new
	}
	now, err := photo.Subfolders(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // its own folder tells
	}
	if err == nil {
		err = s.tree(dir, false)
	}
	if err != nil {
		s.problem(dir, err)
		return s.ctx.Err()
	}
	if !s.f.recursive {
		return nil
	}
	for _, was := range append(s.w.below(dir), keysIn(trees, dir)...) {
		if !slices.Contains(now, was) {
			s.w.leave(was)
			s.gone = append(s.gone, s.l.catalog.Paths(was, true)...)
		}
	}
	for _, sub := range now {
		if s.w.knows(sub) {
			continue
		}
		if err := s.tree(sub, true); err != nil {
			s.problem(sub, err)
		}
	}
	return s.ctx.Err()
}

// keysIn returns the paths in set that lie directly in dir.
func keysIn(set map[string]bool, dir string) (paths []string) {
	for path := range set {
		if filepath.Dir(path) == dir {
			paths = append(paths, path)
		}
	}
	return paths
}

// finish tracks the rest and takes the photos out of the index that the pass did not meet.
func (s *pass) finish() error {
	if err := s.flush(); err != nil {
		return err
	}
	if err := s.ctx.Err(); err != nil {
		return err
	}
	s.w.recheck()
	absent := append(s.l.absentVolumes(), s.absent...) // one may have been unplugged since the pass began
	gone := slices.DeleteFunc(s.gone, func(path string) bool {
		return s.seen[path] || isBelowAny(path, s.unread) || isBelowAny(path, absent)
	})
	if len(gone) == 0 {
		return nil
	}
	if err := s.l.forget(gone); err != nil {
		return err
	}
	s.l.send(Event{Kind: PhotosFound, Path: s.f.path})
	return nil
}

// forgetMoved takes the former places of a photo that was found elsewhere out of the index, where the file is gone and
// its folder is not: those of the open folder are seen by its scan, but a photo may come from any other.
func (l *Library) forgetMoved(id photo.ID, found string) {
	var gone []string
	for _, path := range l.catalog.PathsOf(id) {
		if path == found || !isGone(path) {
			continue
		}
		if absent := l.absentVolumes(); !isBelowAny(path, absent) {
			gone = append(gone, path)
		}
	}
	if len(gone) == 0 {
		return
	}
	if err := l.forget(gone); err != nil {
		l.log.Error("forget moved photos", "err", err)
		return
	}
	l.send(Event{Kind: PhotosFound})
}

// isGone reports whether there is no file at a path, though its folder is there.
func isGone(path string) bool {
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) {
		return false
	}
	_, err := os.Stat(filepath.Dir(path))
	return err == nil
}

// notShown says which photo files a scan had to leave out: "3 HEIC and 12 RAW files ...".
func notShown(kinds map[string]int) error {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(kinds)) {
		parts = append(parts, fmt.Sprintf("%d %s", kinds[kind], kind))
	}
	return fmt.Errorf("%s files are not shown: Semblance cannot read these kinds yet", strings.Join(parts, ", "))
}

// enqueue queues those of a scan's files that wait to be analysed, and, behind all others,
// those of which more can be found out, unless the scan has ended.
func (l *Library) enqueue(ctx context.Context, files []photo.File) {
	paths := make([]string, len(files))
	for i, f := range files {
		paths[i] = f.Path
	}
	l.enqueuePaths(ctx, paths)
}

func (l *Library) enqueuePaths(ctx context.Context, paths []string) {
	if !l.analyses || len(paths) == 0 {
		return
	}
	var waiting, incomplete, hidden []string
	for _, path := range paths {
		e, ok := l.EntryAt(path)
		if !ok || e.Hidden {
			continue
		}
		if e.Partner != "" {
			hidden = append(hidden, e.Partner) // it may have been found before, and wait
		}
		switch {
		case e.State == Waiting:
			waiting = append(waiting, path)
		case l.incomplete(e):
			incomplete = append(incomplete, path)
		}
	}
	l.unqueue(hidden)
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return // OpenFolder has emptied the queue
	}
	if len(waiting)+len(incomplete) > 0 && !l.ended {
		l.busy()
	}
	for _, path := range waiting {
		l.queue.Push(path, l.raised[path]) // a photo that is not raised has the zero priority: Background
	}
	for _, path := range incomplete {
		l.queue.Push(path, pipeline.Upkeep)
	}
}
