package decode_test

import (
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"semblance/internal/decode"
	"semblance/internal/photo"
)

// The thumbnails of a photo are removed in every size, with what was left half written, and no others.
func TestRemoveThumbnails(t *testing.T) {
	dir := t.TempDir()
	thumbs := decode.NewThumbnails(dir, 1<<30)
	mine, other := photo.ID{1, 2}, photo.ID{1, 3} // in one folder
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	for _, id := range []photo.ID{mine, other} {
		for _, side := range []int{320, 640} {
			if err := thumbs.Put(t.Context(), id, side, img); err != nil {
				t.Fatal(err)
			}
		}
	}
	half, foreign := filepath.Join(dir, "01", ".new-7"), filepath.Join(dir, "notes.txt")
	for _, path := range []string{half, foreign} {
		if err := os.WriteFile(path, []byte("x"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if n, err := thumbs.Remove(func(id photo.ID) bool { return id == mine }); n != 2 || err != nil {
		t.Errorf("removed %d, %v, want 2", n, err)
	}
	for _, side := range []int{320, 640} {
		if _, err := thumbs.Get(t.Context(), mine, side); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("%d: %v, want none", side, err)
		}
		if _, err := thumbs.Get(t.Context(), other, side); err != nil {
			t.Errorf("%d of another photo: %v", side, err)
		}
	}
	if _, err := os.Stat(half); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the half written file: %v", err)
	}
	if _, err := os.Stat(foreign); err != nil {
		t.Errorf("a file that is no thumbnail: %v", err)
	}
}

// Whoever opens the cache removes what earlier versions and ended processes left there, and nothing that is not the cache's.
func TestTidyThumbnails(t *testing.T) {
	dir := t.TempDir()
	thumbs := decode.NewThumbnails(dir, 20_000)
	id := photo.ID{1, 2}
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	if err := thumbs.Put(t.Context(), id, 320, img); err != nil {
		t.Fatal(err)
	}
	shard := filepath.Join(dir, "01")
	old := time.Now().Add(-100 * time.Hour)
	for _, f := range []struct {
		path  string
		stays bool
	}{
		{filepath.Join(shard, id.String()+"-320.jpg"), false},
		{filepath.Join(shard, id.String()+"-640-v1.jpg"), false},
		{filepath.Join(shard, id.String()+"-640-v99.jpg"), true}, // of a later Semblance
		{filepath.Join(shard, ".new-1"), false},
		{filepath.Join(shard, id.String()+".jpg"), true},
		{filepath.Join(shard, id.String()+"-x-v2.jpg"), true},
		{filepath.Join(dir, id.String()+"-320.jpg"), true},
		{filepath.Join(dir, "photos", id.String()+"-320.jpg"), true},
		{filepath.Join(dir, ".new-1"), true},
	} {
		if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(f.path, make([]byte, 1000), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Chtimes(f.path, old, old); err != nil {
			t.Fatal(err)
		}
		defer func() {
			if _, err := os.Stat(f.path); (err == nil) != f.stays {
				t.Errorf("%s: %v, want it to stay: %v", f.path, err, f.stays)
			}
		}()
	}
	fresh := filepath.Join(shard, ".new-2") // somebody writes it now
	if err := os.WriteFile(fresh, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	foreign := filepath.Join(dir, "IMG_1.jpg") // a person may have named the folder of the photos
	if err := os.WriteFile(foreign, make([]byte, 100_000), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := thumbs.Tidy(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{fresh, foreign} {
		if _, err := os.Stat(path); err != nil {
			t.Error(err)
		}
	}
	if _, err := thumbs.Get(t.Context(), id, 320); err != nil {
		t.Errorf("the thumbnail: %v", err)
	}
}

// Several processes share a cache, each of which knows only what it put there itself: together they keep to the bound, but for the
// twentieth that each may add before it looks again.
func TestThumbnailsOfSeveralProcesses(t *testing.T) {
	const bound = 40_000
	dir := t.TempDir()
	img := image.NewRGBA(image.Rect(0, 0, 60, 40))
	for i := range img.Pix {
		img.Pix[i] = byte(i * i)
	}
	processes := []*decode.Thumbnails{decode.NewThumbnails(dir, bound), decode.NewThumbnails(dir, bound), decode.NewThumbnails(dir, bound)}
	most := int64(0)
	for i := range 120 {
		if err := processes[i%len(processes)].Put(t.Context(), photo.ID{byte(i), 1}, 320, img); err != nil {
			t.Fatal(err)
		}
		most = max(most, bytesBelow(t, dir))
	}
	if most < bound/2 || most > bound+bound*int64(len(processes))/20+5_000 { // and the thumbnail that is one too many
		t.Errorf("at most %d bytes, the bound is %d", most, bound)
	}
}

func bytesBelow(t *testing.T, dir string) (n int64) {
	t.Helper()
	err := filepath.WalkDir(dir, func(_ string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		if err == nil {
			n += info.Size()
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// The cache may be deleted at any time, and where none can be made, putting something into it is an error and nothing else.
func TestThumbnailsWithoutAFolder(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "a", "b")
	thumbs := decode.NewThumbnails(dir, 1<<20)
	img := image.NewRGBA(image.Rect(0, 0, 8, 8))
	if err := thumbs.Tidy(t.Context()); err != nil {
		t.Errorf("nothing is there yet: %v", err)
	}
	for range 2 {
		if err := thumbs.Put(t.Context(), photo.ID{1}, 320, img); err != nil {
			t.Fatal(err)
		}
		if _, err := thumbs.Get(t.Context(), photo.ID{1}, 320); err != nil {
			t.Fatal(err)
		}
		if err := os.RemoveAll(filepath.Dir(dir)); err != nil {
			t.Fatal(err)
		}
		if _, err := thumbs.Get(t.Context(), photo.ID{1}, 320); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("after the folder was deleted: %v", err)
		}
		if n, err := thumbs.Remove(func(photo.ID) bool { return true }); n != 0 || err != nil {
			t.Errorf("removed %d, %v", n, err)
		}
	}
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	none := decode.NewThumbnails(file, 1<<20)
	if err := none.Put(t.Context(), photo.ID{1}, 320, img); err == nil {
		t.Error("a thumbnail was kept in a file")
	}
	if _, err := none.Get(t.Context(), photo.ID{1}, 320); err == nil {
		t.Error("there is a thumbnail in a file")
	}
}
