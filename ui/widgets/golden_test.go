package widgets_test

import (
	"errors"
	"flag"
	"image"
	"image/draw"
	"image/png"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// checkPicture compares a picture with testdata/name. Font rendering may differ
// by a little in a few pixels; anything more fails, and the picture is kept
// beside the golden one as name.got.png.
func checkPicture(t *testing.T, name string, got image.Image) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		writePNG(t, path, got)
		return
	}
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		t.Fatalf("no golden picture %s: look at the widget, then run the test with -update", path)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := png.Decode(f)
	if err != nil {
		t.Fatal(err)
	}
	a, b := rgba(got), rgba(want)
	if a.Rect != b.Rect {
		t.Fatalf("%s: size %v, want %v", name, a.Rect.Size(), b.Rect.Size())
	}
	different := 0
	for i := range a.Pix {
		if d := int(a.Pix[i]) - int(b.Pix[i]); d > 4 || d < -4 {
			different++
		}
	}
	if different*200 > len(a.Pix) {
		writePNG(t, path+".got.png", got)
		t.Errorf("%s: %.1f %% of the bytes differ", name, 100*float64(different)/float64(len(a.Pix)))
	}
}

func rgba(m image.Image) *image.RGBA {
	out := image.NewRGBA(image.Rectangle{Max: m.Bounds().Size()})
	draw.Draw(out, out.Rect, m, m.Bounds().Min, draw.Src)
	return out
}

func writePNG(t *testing.T, path string, m image.Image) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, m); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}
