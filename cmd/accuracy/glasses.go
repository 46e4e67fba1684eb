package main

import (
	"slices"

	"semblance/analysis"
	"semblance/internal/face"
)

func glassesNames() []string {
	var out []string
	for g := face.NoGlasses; g <= face.NumGlasses; g++ {
		out = append(out, g.String())
	}
	return out
}

// wearing is what is asked about glasses. Classes count from 0 here; the value is the probability of
// any eyewear, in percent.
func wearing(set string, rows ...row) measure {
	return measure{
		name: "glasses", set: set, mode: analysis.Default, want: face.GlassesWorn, rows: rows,
		truth: func(l *label) (observation, bool) {
			return observation{truth: int(l.glasses) - 1}, l.glasses != face.UnknownGlasses
		},
		answer: func(_ *label, f *face.Face, o *observation) {
			g, p := f.Eyewear.Top()
			o.sure = isSure(f, face.GlassesWorn)
			o.said, o.p = int(g)-1, p64(p)
			o.value = 100 * (1 - p64(f.Eyewear.Of(face.NoGlasses)))
		},
	}
}

func glasses() []measure {
	names := glassesNames()
	rows := func(right, dark, calibrated row) []row {
		return []row{
			right, recall("none recognised", 0), recall("glasses recognised", 1), dark,
			areaOfValue("area under the ROC curve, any eyewear against none"), sureShare(), sureRight(), calibrated,
		}
	}
	right, dark := accuracy("right", nil), recall("sunglasses recognised", int(face.Sunglasses)-1)
	both := wearing("fairface_val and genki4k", rows(right.limits(.98, .993), dark.limits(0, .90), calibration().limits(.03, .02))...)
	both.classes = names
	list := []measure{both}
	for _, s := range both.sets() {
		list = append(list, wearing(s, rows(right, dark, calibration())...))
	}
	selfies := wearing("glasses_denilv", right)
	selfies.classes = names
	list = append(list, selfies, wearing("goggles2", right.named("goggles recognised"), shareOf("some eyewear seen", nil, func(o *observation) bool { return o.said > 0 })))
	for i := range list {
		if slices.Contains(list[i].sets(), "fairface_val") {
			markSure(list[i].rows)
		}
	}
	return inSection("Glasses", list)
}
