package library_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"semblance/catalog"
	"semblance/internal/face"
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

// holding returns the names of the files below the library's folder that hold a text.
func (f *fixture) holding(text string) (found []string) {
	f.t.Helper()
	err := filepath.WalkDir(f.home, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			found = append(found, d.Name())
		}
		return err
	})
	if err != nil {
		f.t.Fatal(err)
	}
	return found
}

// thumbnail returns the file of a photo's thumbnail.
func (f *fixture) thumbnail(name string) string {
	f.t.Helper()
	p, err := f.Photo(f.path(name))
	if err != nil || p.ID.IsZero() {
		f.t.Fatal(name, err)
	}
	id := p.ID.String()
	files, err := filepath.Glob(filepath.Join(f.home, "cache", id[:2], fmt.Sprintf("%s-%d-*.jpg", id, library.ThumbnailSide)))
	if err != nil || len(files) != 1 {
		f.t.Fatalf("%s has the thumbnails %v, %v", name, files, err)
	}
	return files[0]
}

// What was known of a folder is in no file any more: not in the catalog, its backups or the cache.
func TestForgetAFolder(t *testing.T) {
	f := newFixture(t)
	f.engine.model = "marker of a secret"
	writeJPEG(t, f.path("secret/a.jpg"), 40, 10)
	writeJPEG(t, f.path("secret/sub/b.jpg"), 40, 20)
	f.scan()
	f.engine.model = "marker of an open one"
	writeJPEG(t, f.path("open/c.jpg"), 40, 30)
	f.scan()
	f.Care() // makes a backup
	secrets, open := []string{f.thumbnail("secret/a.jpg"), f.thumbnail("secret/sub/b.jpg")}, f.thumbnail("open/c.jpg")
	if err := f.Correct(f.path("secret/a.jpg"), 1, face.AgeYears, 77); err != nil {
		t.Fatal(err)
	}
	if _, err := f.upkeep().Forget(t.Context(), f.path("secret"), true, false); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := f.holding("marker of a secret"); len(got) != 2 { // the catalog and its backup
		t.Fatalf("%q hold the marker", got)
	}
	r, err := f.upkeep().Forget(t.Context(), f.path("secret"), true, false)
	if err != nil || r.Photos != 2 || len(r.Records) != 2 || r.Edits != 1 || len(r.Copies) != 1 || r.Thumbnails != 2 {
		t.Errorf("%+v, %v", r, err)
	}
	if got := f.holding("marker of a secret"); len(got) > 0 {
		t.Errorf("%q hold what was removed", got)
	}
	for _, path := range secrets {
		if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a thumbnail is left: %v", err)
		}
	}
	if _, err := os.Stat(open); err != nil {
		t.Errorf("the thumbnail of another photo is gone: %v", err)
	}
	if got := f.holding("marker of an open one"); len(got) != 2 { // the catalog and a new backup
		t.Errorf("%q hold what was not to be removed", got)
	}
	if got := f.upkeep().Recent(); len(got) != 1 || got[0] != f.photos { // it is more than what was forgotten
		t.Errorf("recent folders %q", got)
	}
	// Who opens the folder again has it analysed again, and nothing was said.
	f.open()
	f.scan()
	f.wantFound("emotion:happy", "open/c.jpg secret/a.jpg secret/sub/b.jpg")
	f.wantFound("edited:yes", "")
	if n := f.engine.count(); n != 5 {
		t.Errorf("%d analyses, want 5", n)
	}
}

// Without a folder nothing at all is left; what people said stays if it is not to be removed.
func TestForgetEverything(t *testing.T) {
	for _, edits := range []bool{true, false} {
		f := newFixture(t)
		f.engine.model = "marker of a secret"
		writeJPEG(t, f.path("a.jpg"), 40, 10)
		f.scan()
		f.Care()
		if err := errors.Join(f.Correct(f.path("a.jpg"), 1, face.AgeYears, 77), f.Close()); err != nil {
			t.Fatal(err)
		}
		if r, err := f.upkeep().Forget(t.Context(), "", edits, false); err != nil || r.Thumbnails != 1 {
			t.Errorf("%+v, %v", r, err)
		}
		if got := f.holding("marker of a secret"); len(got) > 0 {
			t.Errorf("%q hold what was removed", got)
		}
		if got := f.copies(); len(got) > 0 {
			t.Errorf("backups %q", got)
		}
		if got := f.upkeep().Recent(); len(got) > 0 {
			t.Errorf("recent folders %q: the next start would analyse them again", got)
		}
		f.open()
		f.scan()
		want := "a.jpg"
		if edits {
			want = ""
		}
		f.wantFound("edited:yes", want)
	}
}
