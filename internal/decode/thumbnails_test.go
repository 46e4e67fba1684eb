package decode_test

import (
	"errors"
	"image"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"semblance/internal/decode"
	"semblance/internal/photo"
)

// The thumbnails of a photo are removed in every size, with what was left half written, and no others.
func TestRemoveThumbnails(t *testing.T) {
	dir := t.TempDir()
	thumbs, err := decode.NewThumbnails(dir, 1<<30)
	if err != nil {
		t.Fatal(err)
	}
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
