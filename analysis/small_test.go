package analysis

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
)

// What a face is too small for is not computed, and networks that nothing else needs do not run.
func TestTooSmall(t *testing.T) {
	const want = face.AllFeatures
	needs := runsOf()
	for _, side := range []float32{8, 12, 20, 24, 32, 40} {
		for _, less := range []float32{0, .5} {
			box := face.BoxAt(100, 100, side-less, side-less)
			f := &fakes{w: 300, h: 300, faces: []fakeFace{{box: face.BoxAt(100, 100, side, side)}}}
			a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: want, Boxes: []face.Box{box}})
			small := face.TooSmall(box)
			runs := map[string]int{}
			for feature, needed := range needs {
				for name, n := range needed {
					if (want &^ small).Has(feature) {
						runs[name] = n
					}
				}
			}
			if diff := cmp.Diff(runs, f.runs); diff != "" {
				t.Errorf("%v pixels: runs (-want +got):\n%s", side-less, diff)
			}
			g := &a.Faces[0]
			if g.Small != small || g.Lacks&^(face.Landmark|face.PoseAngles|face.EyeStates) != small || a.Have != want {
				t.Errorf("%v pixels: small for %v, lacks %v, want %v", side-less, g.Small, g.Lacks, small)
			}
			for feature := face.Features(1); feature < face.AllFeatures; feature <<= 1 {
				if small.Has(feature) && isSet(g, feature) {
					t.Errorf("%v pixels: %v is guessed", side-less, feature)
				}
			}
		}
	}
}

// A face keeps what is known of it, even if it would be too small for that now; a small picture that is one
// crop is too small as a face is; a face that is large enough lacks nothing.
func TestTooSmallOfKnownAndCrops(t *testing.T) {
	f := &fakes{w: 300, h: 300, faces: []fakeFace{{box: face.BoxAt(100, 100, 10, 10)}}}
	known := &face.Analysis{
		W: 300, H: 300, Have: face.BoundsBox | face.GenderClasses, Mode: modeBoxes,
		Faces: []face.Face{{Number: 1, Box: face.BoxAt(100, 100, 10, 10), Gender: face.Genders{.9, .1}}},
	}
	a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: face.GenderClasses | face.AgeYears, Known: known})
	if g := a.Faces[0]; g.Gender != known.Faces[0].Gender || g.Small != face.AgeYears || g.Lacks != face.AgeYears || len(f.runs) != 0 {
		t.Errorf("gender %v, too small for %v, lacks %v; %v ran", g.Gender, g.Small, g.Lacks, f.runs)
	}
	for side, want := range map[int]face.Features{22: face.EthnicityClasses, 64: 0} {
		f := &fakes{w: side, h: side, faces: []fakeFace{{box: face.BoxAt(0, 0, float32(side), float32(side))}}}
		a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: face.EthnicityClasses | face.AgeYears, Crop: true})
		if g := a.Faces[0]; g.Small != want || g.Lacks != want || g.Age == (face.Age{}) {
			t.Errorf("a crop of %d pixels: too small for %v, lacks %v, want %v", side, g.Small, g.Lacks, want)
		}
	}
}
