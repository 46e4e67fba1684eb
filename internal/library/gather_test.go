package library

import (
	"context"
	"log/slog"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/fsnotify/fsnotify"
)

// What changes is gathered until it rests, but not for ever, and nobody who presses a key waits.
func TestWatchGathers(t *testing.T) {
	root := t.TempDir()
	at := func(name string) string { return filepath.Join(root, name) }
	for _, tt := range []struct {
		name    string
		do      func(w *watch)
		want    []string
		growing bool // a.jpg, when it is looked at
		after   time.Duration
	}{
		{"one event", func(w *watch) { w.event(fsnotify.Event{Name: at("a.jpg"), Op: fsnotify.Create}) }, []string{""}, false, restTime},
		{"several", func(w *watch) {
			for range 3 {
				w.event(fsnotify.Event{Name: at("a.jpg"), Op: fsnotify.Write})
				time.Sleep(restTime / 2)
			}
		}, []string{""}, false, 2 * restTime},
		{"without end", func(w *watch) {
			for range 2 * gatherTime / restTime {
				w.event(fsnotify.Event{Name: at("a.jpg"), Op: fsnotify.Write})
				time.Sleep(restTime / 2)
			}
		}, []string{""}, true, gatherTime},
		{"two folders", func(w *watch) {
			w.event(fsnotify.Event{Name: at("sub/b.JPG"), Op: fsnotify.Remove})
			w.event(fsnotify.Event{Name: at("c.xmp"), Op: fsnotify.Rename})
		}, []string{"", "sub"}, false, restTime},
		{"a person waits", func(w *watch) { w.touchAll(true) }, []string{"all"}, false, 0},
		{"events were lost", func(w *watch) { w.touchAll(false) }, []string{"all"}, false, restTime},
		{"the folder itself", func(w *watch) { w.event(fsnotify.Event{Name: root, Op: fsnotify.Remove}) }, []string{"all"}, false, restTime},
		{"a folder is renamed", func(w *watch) { w.event(fsnotify.Event{Name: at("sub"), Op: fsnotify.Rename}) }, []string{"", "sub and below"}, false, restTime},
		{"a folder is new", func(w *watch) { w.event(fsnotify.Event{Name: at("new.2026"), Op: fsnotify.Create}) }, []string{""}, false, restTime},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if err := os.MkdirAll(at("new.2026"), 0o755); err != nil {
				t.Fatal(err)
			}
			synctest.Test(t, func(t *testing.T) {
				w := newWatch(root, 0, slog.New(slog.DiscardHandler))
				w.enter(root)
				w.enter(at("sub"))
				start := time.Now()
				go tt.do(w)
				c, err := w.next(t.Context(), func() {})
				if took := time.Since(start); err != nil || took != tt.after {
					t.Errorf("it took %v, %v, want %v", took, err, tt.after)
				}
				if got := w.isGrowing(at("a.jpg")); got != tt.growing {
					t.Errorf("a.jpg is growing: %v", got)
				}
				var got []string
				for path := range maps.Keys(c.folders) {
					got = append(got, strings.TrimPrefix(strings.TrimPrefix(path, root), "/"))
				}
				for path := range c.trees {
					got = append(got, filepath.Base(path)+" and below")
				}
				if c.all {
					got = append(got, "all")
				}
				slices.Sort(got)
				if !slices.Equal(got, tt.want) {
					t.Errorf("to be listed are %q, want %q", got, tt.want)
				}
			})
		})
	}
}

// What says nothing about photos costs nothing, in particular not what Semblance itself writes.
func TestWatchIgnores(t *testing.T) {
	root := t.TempDir()
	synctest.Test(t, func(t *testing.T) {
		w := newWatch(root, 0, slog.New(slog.DiscardHandler))
		w.enter(root)
		for _, name := range []string{"a.jpg.semblance.json", ".a.jpg.part", "notes.txt", "a.mov", "._a.jpg"} {
			for _, op := range []fsnotify.Op{fsnotify.Create, fsnotify.Write, fsnotify.Chmod, fsnotify.Remove, fsnotify.Rename} {
				w.event(fsnotify.Event{Name: filepath.Join(root, name), Op: op})
			}
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		looks := 0
		if c, err := w.next(ctx, func() { looks++ }); err == nil {
			t.Errorf("to be listed are %+v", c)
		}
		if looks < int(time.Hour/reachTime)-1 {
			t.Errorf("it was looked %d times whether the folder is there", looks)
		}
	})
}

// Many changed folders are a scan of everything.
func TestWatchManyFolders(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWatch("/photos", 0, slog.New(slog.DiscardHandler))
		for i := range manyFolders + 1 {
			w.touch(filepath.Join("/photos", string(rune('a'+i))))
		}
		if c, err := w.next(t.Context(), func() {}); !c.all || err != nil {
			t.Errorf("to be listed are %+v, %v", c, err)
		}
	})
}
