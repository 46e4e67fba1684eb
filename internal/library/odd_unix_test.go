//go:build unix

package library_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"semblance/internal/export"
	"semblance/internal/library"
)

// Names are bytes: what is no UTF-8, holds a line break or is as long as can be is found, marked, exported and known again.
func TestOddNames(t *testing.T) {
	f := newFixture(t)
	names := []string{"caf\xe9.jpg", "dir\xff\xfe/a.jpg", "line\nbreak.jpg", "-rf.JPG", "\"quoted\" *?.jpg"}
	for i, name := range names {
		writeJPEG(t, f.path(name), 40, uint8(10*i))
	}
	f.scan()
	for _, name := range names {
		f.must(f.Tag([]string{f.path(name)}, []string{"odd"}, nil))
		s, err := f.ExportJSON(t.Context(), []string{f.path(name)}, export.Semblance, nil)
		if err != nil || s.Written != 1 {
			t.Errorf("exported %+v, %v", s, err)
		}
		if _, err := export.ReadSidecar(f.path(name) + ".semblance.json"); err != nil {
			t.Error(err)
		}
	}
	f.reopen()
	f.scan()
	f.wantAnalyses(len(names))
	if got := f.everywhere("tag:odd emotion:happy"); len(got) != len(names) {
		t.Errorf("%q are known", got)
	}
	for text, want := range map[string]string{"name:caf\uFFFD": "caf\xe9.jpg", `name:"break"`: "line\nbreak.jpg", "name:-rf": "-rf.JPG", "folder:\"dir\uFFFD\uFFFD\"": "dir\xff\xfe/a.jpg"} {
		f.wantFound(text, want)
	}
	odd := f.path("dir\xff\xfe")
	f.OpenFolder(odd, true)
	f.wait()
	f.reopen()
	if got := f.Recent(); len(got) != 2 || got[0] != odd || !f.WithSubfolders(odd) {
		t.Errorf("the recent folders are %q", got)
	}
	f.scan()
	f.rename("dir\xff\xfe", "plain")
	f.become("tag:odd name:a.jpg", "plain/a.jpg")
	f.wantAnalyses(len(names))
}

// A name that leaves no room for the name of a sidecar is said to be too long, and nothing else is wrong with the photo.
func TestLongestName(t *testing.T) {
	f := newFixture(t)
	name := strings.Repeat("n", 251) + ".jpg"
	writeJPEG(t, f.path(name), 40, 10)
	f.scan()
	f.wantFound("emotion:happy", name)
	s, err := f.ExportJSON(t.Context(), []string{f.path(name)}, export.Semblance, nil)
	if err != nil || len(s.Failed) != 1 || !errors.Is(s.Failed[0], syscall.ENAMETOOLONG) {
		t.Errorf("exported %+v, %v", s, err)
	}
}

// What is no photo file is left alone, and what cannot be read says why, until it can be.
func TestOddFiles(t *testing.T) {
	f := newFixture(t)
	f.must(syscall.Mkfifo(f.path("pipe.jpg"), 0o644))
	f.must(os.Symlink(f.photos, f.path("loop")))
	f.must(os.Mkdir(f.path("folder.jpg"), 0o755))
	f.must(os.WriteFile(f.path("empty.jpg"), nil, 0o644))
	f.must(os.WriteFile(f.path("._a.jpg"), []byte("AppleDouble"), 0o644))
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("folder.jpg/b.JpG"), 40, 20)
	f.scan()
	f.wantFound("", "a.jpg empty.jpg folder.jpg/b.JpG")
	f.wantFound("state:failed", "empty.jpg")
	f.Rescan()
	f.wait()
	f.wantAnalyses(2)
	writeJPEG(t, f.path("empty.jpg"), 40, 30) // it has arrived at last
	f.become("emotion:happy", "a.jpg empty.jpg folder.jpg/b.JpG")
}

func TestUnreadable(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the administrator may read everything")
	}
	f := newFixture(t)
	problems := f.told()
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("closed/b.jpg"), 40, 20)
	f.scan()
	f.must(os.Chmod(f.path("a.jpg"), 0))
	f.must(os.Chmod(f.path("closed"), 0))
	t.Cleanup(func() { _ = os.Chmod(f.path("closed"), 0o755) })
	writeJPEG(t, f.path("c.jpg"), 40, 30)
	f.must(os.Chmod(f.path("c.jpg"), 0))
	f.Rescan()
	f.become("state:failed", "c.jpg")
	f.wantFound("emotion:happy", "a.jpg closed/b.jpg") // what is known stays
	if p := problems(); len(p) == 0 || !strings.HasPrefix(p[0], "closed: ") {
		t.Errorf("told were %q", p)
	}
	f.Rescan()
	f.wait()
	if p := problems(); len(p) > 0 {
		t.Errorf("told again were %q", p)
	}
	p, err := f.Photo(f.path("c.jpg"))
	f.must(err)
	if !strings.Contains(p.Failure, "permission") {
		t.Errorf("the failure is %q", p.Failure)
	}
	f.must(os.Chmod(f.path("closed"), 0o755))
	f.must(os.Chmod(f.path("c.jpg"), 0o644))
	f.become("emotion:happy", "a.jpg c.jpg closed/b.jpg")
}

// A photo that is deleted while it waits is gone, and no failure; so is a folder.
func TestDeletedWhileQueued(t *testing.T) {
	f := newFixture(t)
	f.SetPaused(true)
	for i, name := range []string{"a.jpg", "b.jpg", "sub/c.jpg", "sub/d.jpg"} {
		writeJPEG(t, f.path(name), 40, uint8(10*i))
	}
	f.OpenFolder(f.photos, true)
	for until := time.Now().Add(20 * time.Second); f.found("state:waiting") != "a.jpg b.jpg sub/c.jpg sub/d.jpg"; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(until) {
			t.Fatalf("%q wait", f.found("state:waiting"))
		}
	}
	f.must(os.Remove(f.path("a.jpg")))
	f.must(os.RemoveAll(f.path("sub")))
	f.SetPaused(false)
	f.become("", "b.jpg")
	f.wantFound("emotion:happy", "b.jpg")
	f.wantAnalyses(1)
}

// A file that is written to all the time is looked at now and then, and no worker is kept busy by it.
func TestFileThatKeepsChanging(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	f.scan()
	reads := make(chan bool, 10_000)
	defer f.Subscribe(func(e library.Event) {
		if e.Kind == library.PhotoChanged && filepath.Base(e.Path) == "grows.jpg" {
			reads <- true
		}
	})()
	data, err := os.ReadFile(f.path("a.jpg"))
	f.must(err)
	file, err := os.Create(f.path("grows.jpg"))
	f.must(err)
	_, err = file.Write(data)
	f.must(err)
	for until := time.Now().Add(2500 * time.Millisecond); time.Now().Before(until); time.Sleep(50 * time.Millisecond) {
		_, err := file.WriteString("more")
		f.must(err)
	}
	f.must(file.Close())
	f.become("emotion:happy", "a.jpg grows.jpg")
	if n := len(reads); n > 8 { // twice a second at most
		t.Errorf("it was read %d times", n)
	}
}
