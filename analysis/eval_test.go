package analysis_test

import (
	"context"
	"encoding/csv"
	"errors"
	"image"
	"image/draw"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	_ "image/jpeg"
	_ "image/png"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/models"
	"semblance/models/ort"
)

// realEngine returns an engine with the embedded models. Where ONNX Runtime is absent
// the test is skipped, unless SEMBLANCE_REQUIRE is set.
func realEngine(t testing.TB) *analysis.Engine {
	t.Helper()
	pack, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	runtime, err := ort.Open(ort.Options{Pack: pack})
	if errors.Is(err, ort.ErrNotFound) && os.Getenv("SEMBLANCE_REQUIRE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := runtime.Close(); err != nil {
			t.Error(err)
		}
	})
	return analysis.New(analysis.Config{
		Open: analysis.Opener(runtime.Network),
	})
}

// evalFolder returns the folder of a set of labelled photos, which lie beside the
// repository; the test is skipped where they are absent.
func evalFolder(t testing.TB, set string) string {
	t.Helper()
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(root, "go.mod")); err == nil {
			break
		}
		if root == filepath.Dir(root) {
			t.Fatal("no go.mod above the package")
		}
		root = filepath.Dir(root)
	}
	folder := filepath.Join(root, "..", "shared", "eval", set)
	if _, err := os.Stat(folder); errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the labelled photos of %s are not beside the repository", set)
	}
	return folder
}

// measures marks a test that measures on many pictures: under the race detector, for which one
// goroutine is nothing to look at, it is skipped, for it would take ten times as long.
func measures(t *testing.T) {
	t.Helper()
	if raceDetector {
		t.Skip("one goroutine, and ten times slower under the race detector")
	}
}

// label is one row of a set's labels.csv: column -> value.
type label map[string]string

// labels reads labels.csv of a set.
func labels(t testing.TB, folder string) []label {
	t.Helper()
	return labelsIn(t, filepath.Join(folder, "labels.csv"))
}

// labelsIn reads a table of labels.
func labelsIn(t testing.TB, path string) []label {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []label
	for _, row := range rows[1:] {
		l := label{}
		for i, v := range row {
			l[rows[0][i]] = v
		}
		out = append(out, l)
	}
	return out
}

// openPhoto decodes a picture.
func openPhoto(t testing.TB, path string) *image.RGBA {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	img, _, err := image.Decode(f)
	if err != nil {
		t.Fatalf("decode %s: %v", path, err)
	}
	out := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
	draw.Draw(out, out.Rect, img, img.Bounds().Min, draw.Src)
	return out
}

// decoder is a source that hands out the photo at 1/1, 1/2, 1/4 or 1/8, as a JPEG
// decoder does, and counts the regions it was asked for.
type decoder struct {
	img     *image.RGBA
	regions int
	pixels  int
}

func (d *decoder) Size() (w, h int) { return d.img.Rect.Dx(), d.img.Rect.Dy() }

func (d *decoder) Pixels(_ context.Context, longSide int) (*image.RGBA, error) {
	w, h := d.Size()
	k := 8
	for k > 1 && max(w, h)/k < longSide {
		k /= 2
	}
	d.pixels++
	return halve(d.img, k), nil
}

func (d *decoder) Region(ctx context.Context, r image.Rectangle, longSide int) (*image.RGBA, error) {
	d.regions++
	return analysis.ImageSource(d.img).Region(ctx, r, longSide)
}

// halve returns the means of k x k pixels.
func halve(img *image.RGBA, k int) *image.RGBA {
	if k == 1 {
		return img
	}
	w, h := img.Rect.Dx()/k, img.Rect.Dy()/k
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			for c := range 4 {
				sum := 0
				for i := range k * k {
					sum += int(img.Pix[(y*k+i/k)*img.Stride+4*(x*k+i%k)+c])
				}
				out.Pix[y*out.Stride+4*x+c] = uint8((sum + k*k/2) / (k * k))
			}
		}
	}
	return out
}

// every returns up to n rows that have the columns, evenly spread over the set.
func every(all []label, n int, columns ...string) []label {
	var have []label
next:
	for _, l := range all {
		for _, c := range columns {
			if l[c] == "" || l[c] == "unsure" || l[c] == "contempt" {
				continue next
			}
		}
		have = append(have, l)
	}
	if len(have) <= n {
		return have
	}
	out := make([]label, n)
	for i := range out {
		out[i] = have[i*len(have)/n]
	}
	return out
}

// share is a count of right answers.
type share struct{ right, all int }

func (s *share) count(right bool) {
	s.all++
	if right {
		s.right++
	}
}

// atLeast reports what was measured, and fails below a floor.
func (s *share) atLeast(t *testing.T, what string, floor float64) {
	t.Helper()
	got := float64(s.right) / float64(s.all)
	t.Logf("%s: %.3f (%d of %d)", what, got, s.right, s.all)
	if got < floor {
		t.Errorf("%s: %.3f, want at least %.3f", what, got, floor)
	}
}

func analyze(t *testing.T, e *analysis.Engine, img *image.RGBA, req analysis.Request) *face.Analysis {
	t.Helper()
	a, err := e.Analyze(t.Context(), analysis.ImageSource(img), req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
