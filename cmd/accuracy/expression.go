package main

import (
	"semblance/analysis"
	"semblance/internal/face"
)

func smiles() []measure {
	smile := func(set, chosen string, rows ...row) measure {
		return measure{
			name: "smile", set: set, mode: analysis.Default, want: face.Smiling, rows: rows, chosen: chosen,
			truth: func(l *label) (observation, bool) { return observation{truth: l.smile}, l.smile >= 0 },
			answer: func(_ *label, f *face.Face, o *observation) {
				smiles, p := f.Smiles()
				o.sure = isSure(f, face.Smiling)
				o.said, o.p = class(smiles), p64(p)
			},
		}
	}
	return inSection("Smile", []measure{
		smile("genki4k", chosenSmile, accuracy("right", nil).limits(.94, .96), area("area under the ROC curve, faces found").limits(.985, .99), sureShare(), sureRight(), calibration().limits(.03, .02)),
		smile("smiles64", chosenSmile, accuracy("right", nil), area("area under the ROC curve"), sureShare(), sureRight(), calibration()),
	})
}

func eyes() []measure {
	names := []string{"closed", "open"}
	m := measure{
		name: "eyes", set: "labelled_eyes", mode: analysis.Default, want: face.EyeStates, classes: names, chosen: chosenEyes,
		truth: func(l *label) (observation, bool) {
			return observation{truth: class(l.eyes == "open")}, l.eyes == "open" || l.eyes == "closed"
		},
		answer: answerEyes,
		rows: []row{
			accuracy("right", nil).limits(.90, .96), recall("open recognised", 1), recall("closed recognised", 0),
			area("area under the ROC curve, faces found"), sureShare(), sureRight(), calibration().limits(.03, .02),
		},
	}
	nobody := measure{
		name: "eyes of which nobody can tell", set: "labelled_eyes", mode: analysis.Default, want: face.EyeStates, chosen: chosenEyes,
		truth:  func(l *label) (observation, bool) { return observation{truth: missing}, l.eyes == "unsure" },
		answer: answerEyes,
		rows:   []row{sureShare().named("called surely open or closed where a person could not tell").lessIsBetter()},
	}
	return inSection("Eyes", []measure{m, nobody})
}

func answerEyes(_ *label, f *face.Face, o *observation) {
	state, p := f.Eyes.Top()
	o.sure = isSure(f, face.EyeStates)
	o.said, o.p = class(state == face.EyesOpen), p64(p)
}

// class is the class of a yes-or-no question.
func class(yes bool) int {
	if yes {
		return 1
	}
	return 0
}

// isSure reports whether filters match a value of f.
func isSure(f *face.Face, feature face.Features) bool {
	return face.DefaultThresholds().Sure(f).Has(feature)
}

func p64(p float32) float64 { return float64(p) }

func emotions() []measure {
	var names []string
	for e := range face.Emotion(face.NumEmotions) {
		names = append(names, e.String())
	}
	emotion := func(set string, right, mean, calibrated row) measure {
		rows := []row{right, mean}
		for i, name := range names {
			rows = append(rows, recall(name+" recognised", i))
		}
		return measure{
			name: "emotion", set: set, mode: analysis.Default, want: face.EmotionClasses, chosen: chosenEmotion, classes: names,
			truth: func(l *label) (observation, bool) { return observation{truth: l.emotion}, l.emotion >= 0 },
			answer: func(_ *label, f *face.Face, o *observation) {
				e, p := f.Emotion.Top()
				o.sure = isSure(f, face.EmotionClasses)
				o.said, o.p = int(e), p64(p)
			},
			rows: append(rows, sureShare(), sureRight(), calibrated),
		}
	}
	return inSection("Emotion", []measure{
		emotion("fer2013", accuracy("right", nil).limits(.58, .66), meanRecall(len(names)).limits(.54, .60), calibration().limits(.10, .05)),
		emotion("lfw_expr", accuracy("right", nil), meanRecall(len(names)), calibration()),
	})
}
