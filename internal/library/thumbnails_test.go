package library_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"semblance/internal/decode"
	"semblance/internal/library"
)

// plainJPEG returns a JPEG of one shade of grey.
func plainJPEG(t *testing.T, w, h int, shade uint8) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, w, h))
	draw.Draw(img, img.Rect, image.NewUniform(color.Gray{shade}), image.Point{}, draw.Src)
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withThumbnail puts an EXIF thumbnail into a JPEG.
func withThumbnail(data, thumb []byte) []byte {
	be := binary.BigEndian
	block := []byte("Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x01\x00\x00\x00\x00\x00\x1A\x00\x02")
	for _, v := range []uint32{0x0201<<16 | 4, 1, 8 + 18 + 2 + 24 + 4, 0x0202<<16 | 4, 1, uint32(len(thumb)), 0} {
		block = be.AppendUint32(block, v)
	}
	block = append(block, thumb...)
	app := be.AppendUint16([]byte{0xFF, 0xE1}, uint16(len(block)+2))
	return slices.Concat(data[:2], app, block, data[2:])
}

// What the camera put into a file is shown until there is a picture of the photo itself, be it another one; from then on that.
func TestPreviewGivesWayToOurOwn(t *testing.T) {
	f := newFixture(t)
	f.SetPaused(true)
	for name, data := range map[string][]byte{
		"edited.jpg": withThumbnail(plainJPEG(t, 1500, 1000, 200), plainJPEG(t, 150, 100, 90)),
		"none.jpg":   plainJPEG(t, 1500, 1000, 200),
	} {
		if err := os.WriteFile(f.path(name), data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	scanned := make(chan struct{}, 1)
	t.Cleanup(f.Subscribe(func(e library.Event) {
		if e.Kind == library.ScanDone {
			scanned <- struct{}{}
		}
	}))
	f.OpenFolder(f.photos, true)
	<-scanned
	check := func(when, name string, side, wantSide int, shade uint8, wantReady bool) {
		t.Helper()
		img, ready, err := f.Preview(t.Context(), f.path(name), side)
		switch {
		case wantSide == 0:
			if !errors.Is(err, decode.ErrNoThumbnail) {
				t.Errorf("%s: %s: preview %v, %v, want none", when, name, img, err)
			}
		case err != nil:
			t.Errorf("%s: %s: %v", when, name, err)
		case ready != wantReady || img.Rect.Dx() != wantSide || max(img.Pix[0], shade)-min(img.Pix[0], shade) > 3:
			t.Errorf("%s: %s: preview of %v, shade %d, ready %v, %v; want %d, %d, %v", when, name, img.Rect, img.Pix[0], ready, err, wantSide, shade, wantReady)
		}
	}
	check("before", "edited.jpg", 200, 150, 90, false)
	check("before", "none.jpg", 200, 0, 0, false)
	f.SetPaused(false)
	f.wait()
	check("after", "edited.jpg", 200, 320, 200, true)
	check("after", "none.jpg", 320, 320, 200, true)
	check("after", "edited.jpg", 400, 320, 200, false) // the one that there is, until a larger one is made
	if img, err := f.Thumbnail(t.Context(), f.path("edited.jpg"), 400); err != nil || img.Rect.Dx() != 640 {
		t.Errorf("a larger thumbnail: %v, %v", img.Rect, err)
	}
	check("after", "edited.jpg", 600, 640, 200, true)
}

// Where no thumbnail can be kept everything works all the same, and one problem says so.
func TestWithoutAThumbnailCache(t *testing.T) {
	f := newFixture(t)
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.home, "cache"), nil, 0o600); err != nil { // no folder can be made there
		t.Fatal(err)
	}
	f.open()
	problems := f.problems()
	for _, name := range []string{"a.jpg", "b.jpg", "c.jpg"} {
		writeJPEG(t, f.path(name), 40, name[0])
	}
	f.scan()
	for _, name := range []string{"a.jpg", "b.jpg"} {
		if img, err := f.Thumbnail(t.Context(), f.path(name), 100); err != nil || img.Rect.Empty() {
			t.Errorf("%s: %v", name, err)
		}
		if e, _ := f.EntryAt(f.path(name)); e.State != library.Done {
			t.Errorf("%s is %v", name, e.State)
		}
	}
	if said := problems(); len(said) != 1 || !strings.Contains(said[0].Error(), "thumbnails cannot be kept") {
		t.Errorf("problems %v, want one of the cache", said)
	}
}
