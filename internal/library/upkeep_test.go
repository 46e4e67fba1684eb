package library_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"semblance/catalog"
	"semblance/internal/library"
)

func (f *fixture) upkeep() library.Upkeep {
	return library.Upkeep{Catalog: filepath.Join(f.home, "catalog.semblance"), Cache: filepath.Join(f.home, "cache")}
}

// A folder that has moved is known at its new place: nothing is analysed again, and it is a recent folder.
func TestRelocate(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("sub/b.jpg"), 40, 20)
	writeJPEG(t, f.path("lost.jpg"), 40, 30)
	f.scan()
	old := f.photos
	if _, err := f.upkeep().Relocate(old, f.home, true); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.photos = filepath.Join(t.TempDir(), "new", "photos")
	if _, err := f.upkeep().Relocate(old, f.photos, false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("before it was moved: %v", err)
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(f.photos), 0o755), os.Rename(old, f.photos), os.Remove(f.path("lost.jpg"))); err != nil {
		t.Fatal(err)
	}
	want := library.Relocated{Photos: 3, Missing: 1}
	for _, dry := range []bool{true, false} {
		if r, err := f.upkeep().Relocate(old, f.photos, dry); r != want || err != nil {
			t.Errorf("dry %v: %+v, %v, want %+v", dry, r, err, want)
		}
	}
	f.open()
	if got := f.Recent(); !slices.Equal(got, []string{f.photos}) || !f.WithSubfolders(f.photos) {
		t.Errorf("recent folders %q", got)
	}
	f.scan()
	f.wantFound("emotion:happy", "a.jpg sub/b.jpg")
	if n := f.engine.count(); n != 3 {
		t.Errorf("%d analyses, want 3", n)
	}
}
