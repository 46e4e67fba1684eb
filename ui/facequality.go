package ui

import (
	"fmt"
	"math"

	"semblance/internal/face"
)

// qualityFacts are the lines of the card that a person culls by: eyes, light, sharpness.
// What makes a picture fail is amber. The light stands before the sharpness, because a
// face that is too dark looks blurred to any measure.
func qualityFacts(have face.Features, t face.Thresholds, f *face.Face) []fact {
	var facts []fact
	if have.Has(face.EyeStates) {
		facts = append(facts, eyeFacts(t, f)...)
	}
	if have.Has(face.Lighting) && f.Exposure.Is != face.UnknownLight {
		facts = append(facts, fact{
			name: "Exposure", value: fmt.Sprintf("%s · mean %.0f of 255", f.Exposure.Is, f.Exposure.Mean),
			warn: f.Exposure.Is != face.Balanced,
		})
	}
	if have.Has(face.Blurriness) {
		facts = append(facts, sharpness(t, f))
	}
	return facts
}

// eyeFacts says what both eyes are, and what each is where they differ: a wink.
func eyeFacts(t face.Thresholds, f *face.Face) []fact {
	left, right := f.Eyes.Left, f.Eyes.Right
	both := fact{name: "Eyes", value: "unsure", weak: true}
	if state, p := f.Eyes.Top(); t.Sure(f).Has(face.EyeStates) {
		both = fact{name: "Eyes", value: fmt.Sprintf("%s  %.0f %%", state, p*100), warn: state == face.EyesClosed}
	} else if d := f.Eyes.Doubt(); d != face.NoEyeDoubt {
		both.value = "unsure: " + d.String()
	}
	words := [2]string{eyeWord(left, t.Eyes), eyeWord(right, t.Eyes)}
	if words[0] == words[1] {
		return []fact{both}
	}
	return []fact{both, {name: "Left eye", value: words[0], warn: left.State(t.Eyes) == face.EyesClosed}, {name: "Right eye", value: words[1], warn: right.State(t.Eyes) == face.EyesClosed}}
}

// eyeWord is the state of one eye, or why there is none.
func eyeWord(e face.Eye, sure float32) string {
	if e.Doubt != face.NoEyeDoubt {
		return "not judged: " + e.Doubt.String()
	}
	return e.State(sure).String()
}

func sharpness(t face.Thresholds, f *face.Face) fact {
	word := "sharp"
	blurry, sure := f.Blurry(), t.Sure(f).Has(face.Blurriness)
	switch {
	case !sure && f.Exposure.Is == face.Underexposed:
		word = "unsure: too dark"
	case !sure:
		word = "unsure" // dark skin or a bright background: "too dark" would be wrong
	case blurry:
		word = "blurry"
	}
	scale := "blurry below"
	if blurry {
		scale = "sharp from"
	}
	level := math.Floor(max(float64(f.Blur), 0)) // rounded, 99.6 would read as the threshold that it does not reach
	return fact{
		name: "Sharpness", value: fmt.Sprintf("%s · %.0f (%s %d)", word, level, scale, face.BlurThreshold),
		weak: !sure, warn: sure && blurry,
	}
}
