package library_test

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"semblance/catalog/query"
	"semblance/internal/library"
)

// become waits until a search finds what it should.
func (f *fixture) become(text, want string) {
	f.t.Helper()
	for until := time.Now().Add(30 * time.Second); f.found(text) != want; time.Sleep(20 * time.Millisecond) {
		if time.Now().After(until) {
			f.t.Fatalf("search %q still finds %q, not %q; %+v", text, f.found(text), want, f.Status())
		}
	}
	f.wait()
}

func (f *fixture) must(err error) {
	f.t.Helper()
	if err != nil {
		f.t.Fatal(err)
	}
}

func (f *fixture) rename(from, to string) {
	f.t.Helper()
	f.must(os.MkdirAll(filepath.Dir(f.path(to)), 0o755))
	f.must(os.Rename(f.path(from), f.path(to)))
}

// wantAnalyses compares how many photos the engine looked at since the test began.
func (f *fixture) wantAnalyses(want int) {
	f.t.Helper()
	if got := f.engine.count(); got != want {
		f.t.Errorf("%d analyses, want %d", got, want)
	}
}

// told gathers the problems that the library tells until the test ends.
func (f *fixture) told() func() []string {
	texts := make(chan string, 1000)
	f.t.Cleanup(f.Subscribe(func(e library.Event) {
		if e.Kind == library.Problem {
			texts <- fmt.Sprint(filepath.Base(e.Path), ": ", e.Err)
		}
	}))
	return func() (all []string) {
		for len(texts) > 0 {
			all = append(all, <-texts)
		}
		return all
	}
}

// everywhere returns the names, without folders, of the photos of all folders that match a query.
func (f *fixture) everywhere(text string) (names []string) {
	f.t.Helper()
	e, err := query.Parse(text)
	f.must(err)
	for _, ref := range f.SearchAll(e, library.ByPath).Photos {
		names = append(names, filepath.Base(f.Entry(ref).Path))
	}
	return names
}

// While a folder is open, what happens in it and below is noticed without a scan.
func TestWatchedFolder(t *testing.T) {
	f := newFixture(t)
	problems := f.told()
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("sub/b.jpg"), 40, 20)
	f.scan()

	t.Log("new, changed and removed files")
	writeJPEG(t, f.path("c.jpg"), 40, 30)
	f.become("emotion:happy", "a.jpg c.jpg sub/b.jpg")
	writeJPEG(t, f.path("sub/b.jpg"), 90, 40)
	f.become("emotion:sad", "sub/b.jpg")
	f.must(os.Remove(f.path("a.jpg")))
	f.become("", "c.jpg sub/b.jpg")
	f.wantAnalyses(4)

	t.Log("new folders, with others in them")
	writeJPEG(t, f.path("new/deep/er/d.jpg"), 40, 50)
	f.become("emotion:happy", "c.jpg new/deep/er/d.jpg sub/b.jpg")
	writeJPEG(t, f.path("new/deep/e.jpg"), 40, 60)
	f.become("emotion:happy", "c.jpg new/deep/e.jpg new/deep/er/d.jpg sub/b.jpg")
	f.wantAnalyses(6)

	t.Log("renamed folders, and what happens in them afterwards")
	f.rename("new", "old")
	f.become("emotion:happy", "c.jpg old/deep/e.jpg old/deep/er/d.jpg sub/b.jpg")
	writeJPEG(t, f.path("old/deep/er/f.jpg"), 40, 70)
	f.become("emotion:happy", "c.jpg old/deep/e.jpg old/deep/er/d.jpg old/deep/er/f.jpg sub/b.jpg")
	f.wantAnalyses(7)

	t.Log("one folder takes the place of another")
	f.rename("sub", "gone")
	f.rename("old/deep", "sub")
	f.become("emotion:happy", "c.jpg gone/b.jpg sub/e.jpg sub/er/d.jpg sub/er/f.jpg")
	writeJPEG(t, f.path("sub/er/g.jpg"), 40, 80)
	f.become("emotion:happy", "c.jpg gone/b.jpg sub/e.jpg sub/er/d.jpg sub/er/f.jpg sub/er/g.jpg")
	f.wantAnalyses(8)

	t.Log("removed folders")
	f.must(os.RemoveAll(f.path("sub")))
	f.become("", "c.jpg gone/b.jpg")
	if p := problems(); len(p) > 0 {
		t.Errorf("problems were told: %q", p)
	}
}

// What lies below is not looked at where it was not asked for.
func TestWatchedFolderWithoutSubfolders(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	folders := make(chan string, 100)
	t.Cleanup(f.Subscribe(func(e library.Event) {
		if e.Kind == library.FoldersChanged {
			folders <- e.Path
		}
	}))
	f.OpenFolder(f.photos, false)
	f.wait()
	writeJPEG(t, f.path("sub/b.jpg"), 40, 20)
	if got := <-folders; got != f.photos {
		t.Errorf("folders have changed in %s", got)
	}
	writeJPEG(t, f.path("c.jpg"), 40, 30)
	f.become("", "a.jpg c.jpg")
	f.must(os.RemoveAll(f.path("sub")))
	if got := <-folders; got != f.photos {
		t.Errorf("folders have changed in %s", got)
	}
	f.wantAnalyses(2)
}

// A library closes at once while it watches, and what another folder does says nothing about the open one.
func TestWatchingEnds(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a/a.jpg"), 40, 10)
	writeJPEG(t, f.path("b/b.jpg"), 40, 20)
	f.OpenFolder(f.path("a"), true)
	f.wait()
	f.OpenFolder(f.path("b"), true)
	f.wait()
	writeJPEG(t, f.path("a/later.jpg"), 40, 30)
	writeJPEG(t, f.path("b/later.jpg"), 40, 40)
	f.become("", "b/b.jpg b/later.jpg")
	f.OpenFolder(f.photos, false)
	f.wait()
	if got := f.everywhere("name:later"); len(got) != 1 {
		t.Errorf("%q are called later, want the one of the open folder", got)
	}
	writeJPEG(t, f.path("b/never.jpg"), 40, 50) // while it is closed
	f.must(f.Close())
}

// What was not watched is found by the next scan, and it is said once that not all is.
func TestRescan(t *testing.T) {
	f := newFixture(t)
	problems := f.told()
	f.SetWatchLimit(1)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("sub/b.jpg"), 40, 20)
	f.scan()
	if p := problems(); len(p) != 1 || !strings.Contains(p[0], "Scan Again") {
		t.Errorf("told were %q, want once that not all is watched", p)
	}
	writeJPEG(t, f.path("sub/c.jpg"), 40, 30)
	f.must(os.Remove(f.path("sub/b.jpg")))
	f.Rescan()
	f.wait()
	f.wantFound("emotion:happy", "a.jpg sub/c.jpg")
	f.must(os.Remove(f.path("sub/c.jpg")))
	f.LookAround()
	f.wait()
	f.wantFound("", "a.jpg")
	if p := problems(); len(p) > 0 {
		t.Errorf("told were %q, want nothing more", p)
	}
	f.wantAnalyses(3)
}

// thumbnails returns when each file of the cache was written.
func (f *fixture) thumbnails() map[string]time.Time {
	f.t.Helper()
	written := map[string]time.Time{}
	f.must(filepath.WalkDir(filepath.Join(f.home, "cache"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		info, err := e.Info()
		written[path] = info.ModTime()
		return err
	}))
	return written
}

// Moved and renamed photos keep what is known and what people said, whoever moves them while the program runs or not; they
// are read, and neither analysed again nor is a thumbnail made again.
func TestMovedPhotosKeepEverything(t *testing.T) {
	for _, running := range []bool{true, false} {
		t.Run(fmt.Sprint("while the program runs: ", running), func(t *testing.T) {
			f := newFixture(t)
			for i := range 5 {
				writeJPEG(t, f.path(fmt.Sprintf("trip/%d.jpg", i)), 40, uint8(10*i))
			}
			f.scan()
			first := f.path("trip/0.jpg")
			f.must(f.Rate([]string{first}, 4))
			f.must(f.Tag([]string{first}, []string{"sea"}, nil))
			f.must(f.Call(first, 1, "Ada"))
			f.must(f.Collect("Best", []string{first}))
			thumbs := f.thumbnails()
			if len(thumbs) != 5 {
				t.Fatalf("%d thumbnails", len(thumbs))
			}
			if !running {
				f.must(f.Close())
			}
			f.rename("trip", "2026/05 trip")
			f.rename("2026/05 trip/0.jpg", "2026/first.jpg")
			if !running {
				f.open()
				f.scan()
			}
			f.become("emotion:happy", "2026/first.jpg 2026/05 trip/1.jpg 2026/05 trip/2.jpg 2026/05 trip/3.jpg 2026/05 trip/4.jpg")
			f.wantFound("", f.found("emotion:happy"))
			f.wantFound(`rating:4 tag:sea person:Ada album:Best`, "2026/first.jpg")
			f.wantAnalyses(5)
			if now := f.thumbnails(); fmt.Sprint(now) != fmt.Sprint(thumbs) {
				t.Errorf("thumbnails were %v and are %v", thumbs, now)
			}
		})
	}
}

// A photo that was moved out of another folder is not left behind there, though nobody scans that one; a copy is one
// more path of the same record.
func TestMovedBetweenFoldersAndCopies(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("in/a.jpg"), 40, 10)
	writeJPEG(t, f.path("in/b.jpg"), 40, 20)
	f.OpenFolder(f.path("in"), true)
	f.wait()
	f.must(f.Rate([]string{f.path("in/a.jpg"), f.path("in/b.jpg")}, 3))
	f.must(os.Mkdir(f.path("out"), 0o755))
	f.OpenFolder(f.path("out"), true)
	f.wait()
	f.rename("in/a.jpg", "out/moved.jpg")
	data, err := os.ReadFile(f.path("in/b.jpg"))
	f.must(err)
	f.must(os.WriteFile(f.path("out/copy.jpg"), data, 0o644))
	f.become("rating:3", "out/copy.jpg out/moved.jpg")
	if got := f.everywhere("rating:3"); !slices.Equal(got, []string{"b.jpg", "copy.jpg", "moved.jpg"}) {
		t.Errorf("in all folders are %q", got)
	}
	f.must(os.Remove(f.path("out/copy.jpg")))
	f.become("", "out/moved.jpg")
	if got := f.everywhere("rating:3"); !slices.Equal(got, []string{"b.jpg", "moved.jpg"}) {
		t.Errorf("in all folders are %q, the copy was deleted", got)
	}
	f.wantAnalyses(2)
}
