package analysis_test

import (
	"path/filepath"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
)

// The main face of whole selfies wears what a person says that it wears.
func TestGlasses(t *testing.T) {
	measures(t)
	folder := evalFolder(t, "glasses_denilv")
	engine := realEngine(t)
	var right, sure share
	for _, l := range labels(t, folder) {
		a := analyze(t, engine, openPhoto(t, filepath.Join(folder, l["file"])), analysis.Request{Want: face.GlassesWorn, Mode: analysis.Default})
		if len(a.Faces) == 0 {
			t.Errorf("%s: no face was found", l["file"])
			continue
		}
		f := &a.Faces[0]
		worn, _ := f.Eyewear.Top()
		right.count(worn.String() == l["glasses"])
		if face.DefaultThresholds().Sure(f).Has(face.GlassesWorn) {
			sure.count(worn.String() == l["glasses"])
		}
	}
	right.atLeast(t, "right", .9)
	sure.atLeast(t, "right of those that are sure", .94)
}
