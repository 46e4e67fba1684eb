package library

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"syscall"
	"testing"
	"time"

	"github.com/fsnotify/fsnotify"
)

// fsnotify tells of some errors with its own lock held, and waits until somebody takes them: a folder that begins to be
// watched waits for that lock, and must not hold up who takes them.
func TestWatchEntersWhileAnErrorWaits(t *testing.T) {
	root := t.TempDir()
	old, now, other := filepath.Join(root, "old"), filepath.Join(root, "now"), filepath.Join(root, "other")
	for _, dir := range []string{old, other} {
		if err := os.Mkdir(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w := newWatch(root, 10, slog.New(slog.DiscardHandler))
	defer w.close()
	w.enter(root)
	w.enter(old)
	if err := os.Rename(old, now); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(now); err != nil {
		t.Fatal(err)
	}
	for _, want := range []fsnotify.Op{fsnotify.Rename, fsnotify.Create} {
		if e := <-w.notify.Events; e.Op != want {
			t.Fatalf("told was %v, want %v", e, want)
		}
	}
	time.Sleep(50 * time.Millisecond) // the error is about to be told, by then
	entered, taken := make(chan struct{}), make(chan struct{})
	go func() { w.enter(other); close(entered) }()
	time.Sleep(50 * time.Millisecond)
	go func() { w.event(fsnotify.Event{Name: filepath.Join(root, "a.jpg"), Op: fsnotify.Write}); close(taken) }()
	select {
	case <-taken:
	case <-time.After(10 * time.Second):
		t.Error("an event waits for a folder that waits for events to be taken")
	}
	if err := <-w.notify.Errors; !errors.Is(err, syscall.EINVAL) {
		t.Errorf("told was %v, want that the folder could not be left alone any more", err)
	}
	<-entered
}

// A folder that is moved while a scan goes on, and that the scan enters before the system's events are read, is watched in
// its new place in the end.
func TestWatchOfAFolderMovedDuringTheScan(t *testing.T) {
	root := t.TempDir()
	from, to := filepath.Join(root, "a", "x"), filepath.Join(root, "z", "x")
	for _, dir := range []string{from, filepath.Dir(to)} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	w := newWatch(root, 10, slog.New(slog.DiscardHandler))
	defer w.close()
	for _, dir := range []string{root, filepath.Dir(from), from} {
		w.enter(dir)
	}
	if err := os.Rename(from, to); err != nil {
		t.Fatal(err)
	}
	w.enter(filepath.Dir(to))
	w.enter(to)
	go w.collect(t.Context())
	for range 3 { // as passes do, of which the first two may be about something else
		w.recheck()
		c, err := w.next(t.Context(), func() {})
		if err != nil {
			t.Fatal(err)
		}
		for dir := range c.trees {
			w.leave(dir)
		}
		if c.trees[to] {
			if !c.folders[filepath.Dir(to)] {
				t.Errorf("to be listed are %+v", c)
			}
			break
		}
	}
	w.enter(to)
	if !slices.Contains(w.notify.WatchList(), to) {
		t.Errorf("watched are %q", w.notify.WatchList())
	}
}
