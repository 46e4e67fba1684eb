package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/fsnotify/fsnotify"

	"semblance/internal/photo"
)

// A program that copies or saves makes many changes one after the other: they are gathered until none has come for
// restTime, or for gatherTime since the first.
const (
	restTime   = 500 * time.Millisecond
	gatherTime = 3 * time.Second
)

// reachTime is how often somebody looks whether the open folder is there: no system tells that a disk is back, and not
// every one that it was unplugged.
const reachTime = 5 * time.Second

// manyFolders is how many changed folders are worth a scan of the whole: each one costs a walk through the index.
const manyFolders = 100

// changes are what is to be listed again.
type changes struct {
	all     bool
	folders map[string]bool // without those below
	trees   map[string]bool // with all below
	named   map[string]bool // folders in which folders were made, renamed or removed
}

// watch knows which folders an opened one has, and gathers what changes in them. The scan's goroutine calls its
// methods; event and touchAll may be called from any.
type watch struct {
	root   string
	notify *fsnotify.Watcher // nil if nothing can be watched
	log    *slog.Logger
	limit  int

	wake chan struct{} // holds a token if something was touched

	mu      sync.Mutex      // guards what follows
	known   map[string]bool // the folders that were listed, and whether they are watched
	watched int
	told    map[string]bool // problems
	renewed map[string]bool // folders, by recheck
	partly  error           // why not all folders are watched
	touched changes
	hurried bool                 // a person waits: nothing is gathered
	first   time.Time            // of what was touched
	last    time.Time            // of the events
	written map[string]time.Time // files, when they were written to last
}

// newWatch begins to watch for changes in the folder root, which is still to be listed, in limit folders at most. Where the system has
// no such thing, or limit is 0, changes are noticed by the next scan.
func newWatch(root string, limit int, log *slog.Logger) *watch {
	w := &watch{root: root, log: log, limit: limit, wake: make(chan struct{}, 1), known: map[string]bool{}, written: map[string]time.Time{}}
	if limit > 0 {
		notify, err := fsnotify.NewWatcher()
		if err != nil {
			log.Warn("watch folders", "err", err)
			w.partly = err
			return w
		}
		w.notify = notify
	}
	return w
}

// close ends the watching; collect returns.
func (w *watch) close() {
	if w.notify != nil {
		_ = w.notify.Close()
	}
}

// collect takes the system's events until ctx ends or close is called.
func (w *watch) collect(ctx context.Context) {
	if w.notify == nil {
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case e, ok := <-w.notify.Events:
			if !ok {
				return
			}
			w.event(e)
		case err, ok := <-w.notify.Errors:
			if !ok {
				return
			}
			w.log.Info("watch folders", "err", err)
			w.touchAll(false) // events were lost
		}
	}
}

// event notes which folder is to be listed again because of an event.
func (w *watch) event(e fsnotify.Event) {
	folder, name := filepath.Split(e.Name)
	folder = filepath.Clean(folder)
	made := e.Has(fsnotify.Create) && isFolder(e.Name)
	w.mu.Lock()
	defer w.mu.Unlock()
	renamed := e.Has(fsnotify.Create | fsnotify.Remove | fsnotify.Rename) // any of them
	_, known := w.known[e.Name]
	switch {
	case e.Name == w.root:
		w.touched.all = true
	case known: // another one may have its name now
		w.touched.folders = add(w.touched.folders, folder)
		if renamed {
			w.touched.trees = add(w.touched.trees, e.Name)
			w.touched.named = add(w.touched.named, folder)
		} else {
			w.touched.folders = add(w.touched.folders, e.Name)
		}
	case made:
		w.touched.folders = add(w.touched.folders, folder)
		w.touched.named = add(w.touched.named, folder)
	case listed(name):
		w.touched.folders = add(w.touched.folders, folder)
		if e.Has(fsnotify.Create | fsnotify.Write) {
			w.written[e.Name] = time.Now()
		}
	case renamed && !e.Has(fsnotify.Create) && filepath.Ext(name) == "": // perhaps a folder that was not entered
		w.touched.named = add(w.touched.named, folder)
	default:
		return
	}
	w.note()
}

// listed reports whether a listing says something about a file: a photo, or what belongs to one.
func listed(name string) bool {
	return !strings.HasPrefix(name, ".") &&
		(photo.FormatOf(name) != photo.Unknown || photo.Unread(name) != "" || strings.EqualFold(filepath.Ext(name), ".xmp"))
}

func isFolder(path string) bool {
	info, err := os.Lstat(path)
	return err == nil && info.IsDir()
}

func add(set map[string]bool, path string) map[string]bool {
	if set == nil {
		set = map[string]bool{}
	}
	set[path] = true
	return set
}

// note wakes who waits; mu is held.
func (w *watch) note() {
	w.last = time.Now()
	if w.first.IsZero() {
		w.first = w.last
	}
	select {
	case w.wake <- struct{}{}:
	default:
	}
}

// touchAll has everything listed again, at once if a person asks for it.
func (w *watch) touchAll(hurry bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touched.all = true
	w.hurried = w.hurried || hurry
	w.note()
}

// touch has a folder listed again.
func (w *watch) touch(folder string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.touched.folders = add(w.touched.folders, folder)
	w.note()
}

// next waits until something was touched and rests, and returns it; every reachTime in between it calls idle. The error is ctx's.
func (w *watch) next(ctx context.Context, idle func()) (changes, error) {
	look := time.NewTicker(reachTime)
	defer look.Stop()
	for {
		var due <-chan time.Time // nil while there is nothing
		if d, any := w.rest(); any && d <= 0 {
			return w.take(), nil
		} else if any {
			due = time.After(d)
		}
		select {
		case <-ctx.Done():
			return changes{}, ctx.Err()
		case <-w.wake:
		case <-due:
		case <-look.C:
			idle()
		}
	}
}

// rest returns how long what was touched is still to be left alone, and whether anything was.
func (w *watch) rest() (d time.Duration, touched bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.first.IsZero() {
		return 0, false
	}
	if w.hurried {
		return 0, true
	}
	return min(time.Until(w.last.Add(restTime)), time.Until(w.first.Add(gatherTime))), true
}

func (w *watch) take() changes {
	w.mu.Lock()
	defer w.mu.Unlock()
	c := w.touched
	w.touched, w.hurried, w.first = changes{}, false, time.Time{}
	c.all = c.all || len(c.folders)+len(c.trees) > manyFolders
	maps.DeleteFunc(w.written, func(_ string, at time.Time) bool { return time.Since(at) > restTime })
	return c
}

// isGrowing reports whether a file was written to a moment ago.
func (w *watch) isGrowing(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	at, ok := w.written[path]
	return ok && time.Since(at) < restTime
}

// isNews reports whether a problem was not told yet, and notes that it is now.
func (w *watch) isNews(path string, err error) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	problem := path + "\x00" + err.Error()
	known := w.told[problem]
	w.told = add(w.told, problem)
	return !known
}

// waitsForAll reports whether everything is to be listed again.
func (w *watch) waitsForAll() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.touched.all
}

// enter is told of a folder that is about to be listed.
func (w *watch) enter(path string) {
	if !w.begin(path) {
		return
	}
	err := w.notify.Add(path) // not while mu is held: it may wait for an event to be taken (collect)
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case err == nil:
		w.known[path] = true
		w.watched++
	case !errors.Is(err, fs.ErrNotExist): // that is for the walk to tell
		w.notAll(err)
	}
}

// begin notes that a folder is known, and reports whether it is to be watched.
func (w *watch) begin(path string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	if _, known := w.known[path]; known {
		return false
	}
	w.known[path] = false
	if w.notify != nil && w.watched >= w.limit {
		w.notAll(fmt.Errorf("%d folders are watched, and there are more", w.limit))
		return false
	}
	return w.notify != nil
}

// notAll notes why not all folders are watched, the first reason; mu is held.
func (w *watch) notAll(err error) {
	if w.partly == nil {
		w.partly = err
	}
}

// leave forgets the folder and all below. It comes before enter for another path of the same folder: the system has one
// watch for it, which would go on telling the former path.
func (w *watch) leave(path string) {
	for _, watched := range w.end(path) {
		_ = w.notify.Remove(watched) // which fails, rightly, where the folder is gone. As enter does, without mu
	}
}

// end notes that the folder and all below are not known any more, and returns those that are watched.
func (w *watch) end(path string) (watched []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for known, is := range w.known {
		if !isBelow(known, path) {
			continue
		}
		delete(w.known, known)
		if is {
			w.watched--
			watched = append(watched, known)
		}
	}
	return watched
}

// recheck has folders be entered again that are not watched any more, or not under their names: a folder that is moved while a scan goes on may be
// entered in its new place before its former watch has ended, and that is the only one the system has for it.
func (w *watch) recheck() {
	if w.notify == nil {
		return
	}
	watched := map[string]bool{}
	for _, path := range w.notify.WatchList() {
		watched[path] = true
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for path, is := range w.known {
		if !is || watched[path] || path == w.root || w.renewed[path] { // once: two names of one folder (bind mounts) have one watch
			continue
		}
		w.renewed = add(w.renewed, path)
		w.touched.folders = add(w.touched.folders, filepath.Dir(path))
		w.touched.trees = add(w.touched.trees, path)
		w.note()
	}
}

// below returns the known folders directly in one.
func (w *watch) below(folder string) []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	var found []string
	for known := range w.known {
		if known != folder && filepath.Dir(known) == folder {
			found = append(found, known)
		}
	}
	return found
}

// knows reports whether a folder was listed.
func (w *watch) knows(folder string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	_, ok := w.known[folder]
	return ok
}

// incomplete returns why not all folders are watched, nil if they are.
func (w *watch) incomplete() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.partly
}

// isBelow reports whether path is folder or lies in it.
func isBelow(path, folder string) bool {
	return path == folder || strings.HasPrefix(path, strings.TrimSuffix(folder, string(filepath.Separator))+string(filepath.Separator))
}

// isBelowAny reports whether path is one of the folders or lies in one.
func isBelowAny(path string, folders []string) bool {
	return slices.ContainsFunc(folders, func(folder string) bool { return isBelow(path, folder) })
}
