//go:build unix

package library_test

import (
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"semblance/internal/library"
)

// duringTheScan opens the library again and has do called while a scan is between the folders m and z.
func (f *fixture) duringTheScan(do func()) {
	f.t.Helper()
	f.must(f.Close())
	f.must(os.MkdirAll(f.path("m"), 0o755))
	for i := range 600 { // more than are found before the window is told
		f.must(os.WriteFile(f.path(fmt.Sprintf("m/%d.jpg", i)), []byte("no photo"), 0o644))
	}
	f.open()
	f.SetPaused(true)
	var once sync.Once
	cancel := f.Subscribe(func(e library.Event) {
		if e.Kind == library.PhotosFound {
			once.Do(do)
		}
	})
	defer cancel()
	f.OpenFolder(f.photos, true)
	for f.Status().Scanning {
		time.Sleep(time.Millisecond)
	}
	f.SetPaused(false)
}

// A folder that goes away after a scan has seen its name, and before it is listed, is gone with its photos.
func TestFolderRemovedDuringTheScan(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("z.2026/a.jpg"), 40, 10)
	f.scan()
	f.duringTheScan(func() {
		f.must(os.RemoveAll(f.path("z.2026")))
		time.Sleep(100 * time.Millisecond) // the system has told of it by then
	})
	f.become("emotion:happy", "")
}

// A photo that is replaced while it is analysed by one that was written earlier is analysed as what it is.
func TestReplacedByAnOlderPhoto(t *testing.T) {
	for _, watched := range []bool{true, false} {
		t.Run(fmt.Sprint("watched: ", watched), func(t *testing.T) {
			f := newFixture(t)
			if !watched {
				f.SetWatchLimit(0)
			}
			writeJPEG(t, f.path("a.jpg"), 40, 10)
			old := filepath.Join(f.home, "old.jpg")
			writeJPEG(t, old, 90, 20)
			then := time.Now().Add(-time.Hour)
			f.must(os.Chtimes(old, then, then))
			hold := make(chan struct{})
			f.engine.hold = hold
			f.OpenFolder(f.photos, true)
			for f.engine.count() == 0 {
				time.Sleep(time.Millisecond)
			}
			f.must(os.Rename(old, f.path("a.jpg")))
			if watched {
				for e, _ := f.EntryAt(f.path("a.jpg")); !e.MTime.Equal(then); e, _ = f.EntryAt(f.path("a.jpg")) {
					time.Sleep(time.Millisecond)
				}
			}
			close(hold)
			f.become("emotion:sad", "a.jpg")
			if e, _ := f.EntryAt(f.path("a.jpg")); e.State != library.Done || !e.MTime.Equal(then) {
				t.Errorf("the photo is %v, of %v, want it done and of %v", e.State, e.MTime, then)
			}
		})
	}
}
