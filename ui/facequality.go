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
	if have.Has(face.Lighting) {
		line := valueFact("Exposure", face.Lighting, f, t, fmt.Sprintf("%s · mean %.0f of 255", f.Exposure.Is, f.Exposure.Mean))
		if f.Exposure.Is == face.UnknownLight && !line.weak {
			line.value, line.weak = missingWords, true
		}
		line.warn = !line.weak && f.Exposure.Is != face.Balanced
		facts = append(facts, line)
	}
	if have.Has(face.Blurriness) {
		facts = append(facts, sharpness(t, f))
	}
	return facts
}

// eyeFacts says what both eyes are, and what each is where they differ: a wink.
func eyeFacts(t face.Thresholds, f *face.Face) []fact {
	state, p := f.Eyes.Top()
	both := valueFact("Eyes", face.EyeStates, f, t, fmt.Sprintf("%s  %.0f %%", state, p*100))
	how := standingOf(f, face.EyeStates, t)
	switch how {
	case isEdited:
		both.value, both.warn = state.String(), state == face.EyesClosed
		return []fact{both}
	case isSmall, isMissing:
		return []fact{both}
	case isUnsure:
		if d := f.Eyes.Doubt(); d != face.NoEyeDoubt {
			both.value, both.more = unsureWords+": "+d.String(), ""
		}
	case isSure:
		both.warn = state == face.EyesClosed
	}
	left, right := f.Eyes.Left, f.Eyes.Right
	words := [2]string{eyeWord(left, t.Eyes), eyeWord(right, t.Eyes)}
	if words[0] == words[1] {
		return []fact{both}
	}
	both.more = "" // each eye says more
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
	line := valueFact("Sharpness", face.Blurriness, f, t, "sharp")
	how := standingOf(f, face.Blurriness, t)
	if how == isSmall || how == isMissing {
		return line
	}
	blurry := f.Blurry()
	switch {
	case how == isUnsure && f.Exposure.Is == face.Underexposed:
		line.value = "unsure: too dark" // else dark skin or a bright background: "too dark" would be wrong
	case how != isUnsure && blurry:
		line.value = "blurry"
	}
	line.warn = how != isUnsure && blurry
	if how == isEdited { // the level is not what was said
		return line
	}
	scale := "blurry below"
	if blurry {
		scale = "sharp from"
	}
	level := math.Floor(max(float64(f.Blur), 0)) // rounded, 99.6 would read as the threshold that it does not reach
	line.value = fmt.Sprintf("%s · %.0f (%s %d)", line.value, level, scale, face.BlurThreshold)
	return line
}
