package analysis_test

import (
	"math"
	"path/filepath"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/analysis"
	"semblance/internal/face"
)

// group is a photo on which every face is boxed.
type group struct {
	file   string
	faces  []face.Box
	ignore []face.Box // neither hit nor miss nor false
}

func groups(t testing.TB, folder string) []group {
	t.Helper()
	var out []group
	for _, l := range labels(t, folder) {
		if len(out) == 0 || out[len(out)-1].file != l["file"] {
			out = append(out, group{file: l["file"]})
		}
		g := &out[len(out)-1]
		b := face.BoxAt(l.number(t, "x"), l.number(t, "y"), l.number(t, "w"), l.number(t, "h"))
		if l["note"] == "ignore" {
			g.ignore = append(g.ignore, b)
		} else {
			g.faces = append(g.faces, b)
		}
	}
	return out
}

// TestDetectorAccuracy counts faces on group photos of which every face is boxed. The
// limits are those of the first release; measured are 100 % of the faces of 40 pixels and
// more, and no false box.
func TestDetectorAccuracy(t *testing.T) {
	folder := evalFolder(t, "groups_hand")
	engine := realEngine(t)
	photos := groups(t, folder)
	for _, mode := range []analysis.Mode{analysis.Fast, analysis.Default} {
		t.Run(mode.String(), func(t *testing.T) {
			var all, hit, wide, wideHit, boxes, wrong int
			var ious []float32
			for _, g := range photos {
				img := openPhoto(t, filepath.Join(folder, g.file))
				a, err := engine.Analyze(t.Context(), analysis.ImageSource(img), analysis.Request{Mode: mode})
				if err != nil {
					t.Fatalf("%s: %v", g.file, err)
				}
				var found []face.Box
				for _, f := range a.Faces {
					if !f.Doubtful() {
						found = append(found, f.Box)
					}
				}
				m := match(slices.Concat(g.faces, g.ignore), found)
				for i, truth := range g.faces {
					all++
					if truth.W() >= 40 {
						wide++
					}
					if m[i] < 0 {
						t.Logf("%s: missed %v", g.file, truth)
						continue
					}
					hit++
					if truth.W() >= 40 {
						wideHit++
					}
					ious = append(ious, truth.IoU(found[m[i]]))
				}
				for k, b := range found {
					boxes++
					if !slices.Contains(m, k) {
						wrong++
						t.Logf("%s: false %v", g.file, b)
					}
				}
			}
			slices.Sort(ious)
			median := ious[len(ious)/2]
			t.Logf("%d of %d faces, %d of %d from 40 pixels, %d false of %d boxes, median IoU %.3f", hit, all, wideHit, wide, wrong, boxes, median)
			if wideHit*100 < wide*95 {
				t.Errorf("found %d of %d faces from 40 pixels, want 95 %%", wideHit, wide)
			}
			if wrong*100 > boxes*2 {
				t.Errorf("%d of %d boxes are false, want 2 %% at most", wrong, boxes)
			}
			if median < .7 {
				t.Errorf("median IoU %.3f, want .7", median)
			}
		})
	}
}

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
		boxes := func(a *face.Analysis) (b []face.Box) {
			for _, f := range a.Faces {
				b = append(b, f.Box)
			}
			return b
		}
		for i, k := range match(boxes(full), boxes(scaled)) {
			f := full.Faces[i]
			if f.Score < .9 {
				continue // near the thresholds a face may come or go
			}
			faces++
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

// TestFalseAlarms runs the detector over photos without a person. Half of them are animal faces
// that other detectors took for people's: a worst case, no rate of everyday photos.
func TestFalseAlarms(t *testing.T) {
	folder := evalFolder(t, "noface_hand")
	engine := realEngine(t)
	photos, accepted, doubtful := 0, 0, 0
	for _, l := range labels(t, folder) {
		a := analyze(t, engine, openPhoto(t, filepath.Join(folder, l["file"])), analysis.Request{})
		photos++
		accepted += a.Accepted()
		doubtful += len(a.Faces) - a.Accepted()
	}
	t.Logf("%d photos: %d accepted, %d doubtful boxes", photos, accepted, doubtful)
	if accepted > 5 {
		t.Errorf("%d false faces on %d photos, want 5 at most", accepted, photos)
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
