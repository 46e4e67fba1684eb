package analysis_test

import (
	"math"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/analysis"
	"semblance/internal/face"
)

// The tests of this file run the real networks where other ones would prove nothing. How
// right the networks are, cmd/accuracy measures.

// TestScaledDecoding compares what is found on pixels that a decoder has scaled down, with
// regions where they are needed, with what is found on all pixels.
func TestScaledDecoding(t *testing.T) {
	folder := evalFolder(t, "afw")
	engine := realEngine(t)
	var faces, regions int
	var miss float64
	files := map[string]bool{}
	for _, l := range every(labels(t, folder), 6, "w_img") {
		if files[l["file"]] {
			continue
		}
		files[l["file"]] = true
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		req := analysis.Request{Want: face.Landmark}
		full := analyze(t, engine, img, req)
		source := &decoder{img: img}
		scaled, err := engine.Analyze(t.Context(), source, req)
		if err != nil {
			t.Fatal(err)
		}
		regions += source.regions
		if source.pixels != 1 {
			t.Errorf("%s: the photo was asked for %d times", l["file"], source.pixels)
		}
		for _, f := range full.Faces {
			if f.Score < .9 {
				continue // near the thresholds a face may come or go
			}
			faces++
			k, overlap := -1, float32(.3)
			for i, g := range scaled.Faces {
				if iou := f.Box.IoU(g.Box); iou > overlap {
					k, overlap = i, iou
				}
			}
			if k < 0 {
				t.Errorf("%s: the face at %v is lost", l["file"], f.Box)
				continue
			}
			for p, q := range scaled.Faces[k].Landmarks {
				miss += math.Hypot(float64(q.X-f.Landmarks[p].X), float64(q.Y-f.Landmarks[p].Y)) / float64(f.Box.W()) / face.NumLandmarks
			}
		}
	}
	miss = 100 * miss / float64(faces)
	t.Logf("%d photos, %d faces, %d regions, landmarks differ by %.2f %% of the face", len(files), faces, regions, miss)
	if miss > 1 {
		t.Errorf("landmarks differ by %.2f %% of the face's width, want 1 at most", miss)
	}
}

// TestAddedLater asks for everything at once, and for the same in two steps.
func TestAddedLater(t *testing.T) {
	folder := evalFolder(t, "afw")
	engine := realEngine(t)
	img := openPhoto(t, filepath.Join(folder, labels(t, folder)[0]["file"]))
	for _, mode := range []analysis.Mode{analysis.Fast, analysis.Default} {
		ask := func(req analysis.Request) *face.Analysis {
			req.Mode = mode
			a, err := engine.Analyze(t.Context(), &decoder{img: img}, req)
			if err != nil {
				t.Fatal(err)
			}
			return a
		}
		once := ask(analysis.Request{Want: face.AllFeatures})
		if len(once.Faces) == 0 {
			t.Fatal("the photo has no faces")
		}
		later := ask(analysis.Request{Want: face.AllFeatures, Known: ask(analysis.Request{})})
		if diff := cmp.Diff(once, later); diff != "" {
			t.Errorf("%v (-at once +later):\n%s", mode, diff)
		}
	}
}
