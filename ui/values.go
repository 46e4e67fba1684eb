package ui

import (
	"fmt"
	"image/color"
	"slices"
	"strings"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// standing is how much the value of a feature is worth on the card.
type standing uint8

const (
	isSure    standing = iota
	isUnsure           // below its threshold
	isSmall            // not guessed: the face is too small
	isMissing          // looked for and not found, or not looked for yet
	isEdited           // a person said it
)

// standingOf returns the standing of a feature that was looked for in f's photo.
func standingOf(f *face.Face, feature face.Features, t face.Thresholds) standing {
	switch _, said := f.Edit.Said.Of(feature); {
	case said:
		return isEdited
	case f.Small.Has(feature):
		return isSmall
	case f.Lacks.Has(feature):
		return isMissing
	case !t.Sure(f).Has(feature):
		return isUnsure
	}
	return isSure
}

// Words for values that are none.
const (
	tooSmallWords = "too small"
	missingWords  = "not known"
	unsureWords   = "unsure"
	editedWords   = "edited by you"
)

// fieldOf returns the field of the query language that asks for a feature.
func fieldOf(feature face.Features) query.Field {
	return firstField(func(f query.Field) bool { return f.Feature == feature })
}

// fieldNamed returns the field of the query language that has a name, the zero Field if there is none.
func fieldNamed(name string) query.Field {
	return firstField(func(f query.Field) bool { return f.Name == name })
}

func firstField(is func(query.Field) bool) query.Field {
	for _, f := range query.Fields() {
		if is(f) {
			return f
		}
	}
	return query.Field{}
}

// valueTitle is what the window calls a value of a feature, a number as face.Face.Value returns it.
func valueTitle(feature face.Features, value int) string {
	if feature == face.AgeYears {
		return fmt.Sprint(value)
	}
	if feature == face.HairShape && face.HairColor(value) == face.UnknownHair {
		return "Colour not known"
	}
	for _, v := range fieldOf(feature).Values {
		if v.Lo == value {
			return v.Title
		}
	}
	return fmt.Sprint(value)
}

// titleNote is the title of a value with what to know before it is looked for or chosen: "Goggles (never guessed)".
func titleNote(feature face.Features, v query.Value) string {
	if feature == face.GlassesWorn && v.Lo == int(face.Goggles) {
		return v.Title + " (never guessed)"
	}
	return v.Title
}

// hides reports whether v, a value of f, is about a feature that is hidden.
func hides(hidden face.Features, f query.Field, v query.Value) bool {
	feature := f.Feature
	if f.Name == unsureField {
		feature = fieldNamed(v.Name).Feature
	}
	return feature&hidden != 0
}

// valueWord is valueTitle as it stands in a line: "dark brown".
func valueWord(feature face.Features, value int) string {
	switch feature {
	case face.Smiling:
		return [...]string{"no", "yes"}[value]
	case face.EyeStates:
		return face.EyeState(value).String()
	case face.GlassesWorn:
		return face.Glasses(value).String()
	case face.HairShape:
		if c := face.HairColor(value); c == face.NoHair {
			return noHairWords
		} else if c != face.UnknownHair {
			return strings.ReplaceAll(c.String(), "_", " ")
		}
	}
	return strings.ToLower(valueTitle(feature, value))
}

// likely is a value with its probability.
type likely struct {
	value int
	p     float32
}

// likelihoods returns the values of a feature of f that have probabilities, the most probable first.
func likelihoods(feature face.Features, f *face.Face) []likely {
	var all []likely
	add := func(first int, p []float32) {
		for i := range p {
			all = append(all, likely{first + i, p[i]})
		}
	}
	switch feature {
	case face.EmotionClasses:
		add(0, f.Emotion[:])
	case face.EthnicityClasses:
		add(1, f.Ethnicity[:])
	case face.GenderClasses:
		add(1, f.Gender[:])
	case face.GlassesWorn:
		add(1, f.Eyewear[:])
	case face.Smiling:
		add(0, []float32{1 - f.Smile, f.Smile})
	case face.EyeStates:
		add(int(face.EyesOpen), []float32{f.Eyes.Open(), 1 - f.Eyes.Open()})
	case face.HairShape:
		if word, _ := f.Hair.Fitting(); word != face.UnknownHair {
			add(int(face.BlackHair), f.Hair.Fits[:]) // more than one may fit
		}
	}
	slices.SortStableFunc(all, func(a, b likely) int {
		switch {
		case a.p > b.p:
			return -1
		case a.p < b.p:
			return 1
		}
		return 0
	})
	return all
}

// likelyWords lists what is at all probable: "woman 62 % · man 38 %".
func likelyWords(feature face.Features, f *face.Face) string {
	least := float32(.005)
	if feature == face.HairShape {
		least = .1 // each of its eight words has a probability of its own: the rest is not what is left over
	}
	var words []string
	for _, l := range likelihoods(feature, f) {
		if l.p >= least {
			words = append(words, fmt.Sprintf("%s %.0f %%", valueWord(feature, l.value), l.p*100))
		}
	}
	return strings.Join(words, " · ")
}

// modelWords says what the networks say of a feature of f, whatever a person said: "woman 62 %".
func modelWords(feature face.Features, f *face.Face) string {
	m := f
	if f.Model != nil {
		m = f.Model
	}
	switch {
	case m.Small.Has(feature):
		return tooSmallWords
	case m.Lacks.Has(feature):
		return "nothing"
	case feature == face.AgeYears:
		return fmt.Sprintf("%d (%.0f – %.0f)", m.Age.Floor(), m.Age.Low, m.Age.High)
	case feature == face.EyeStates && m.Eyes.Doubt() != face.NoEyeDoubt:
		return m.Eyes.Doubt().String()
	}
	if all := likelihoods(feature, m); len(all) > 0 {
		return fmt.Sprintf("%s %.0f %%", valueWord(feature, all[0].value), all[0].p*100)
	}
	value, _ := m.Value(feature)
	return valueWord(feature, value)
}

// valueFact is the line of the card about a feature of f; words says the value where it is sure or
// was corrected.
func valueFact(name string, feature face.Features, f *face.Face, t face.Thresholds, words string) fact {
	line := fact{name: name, value: words, feature: feature}
	switch standingOf(f, feature, t) {
	case isEdited:
		line.edited, line.more = true, editedWords+" · model: "+modelWords(feature, f)
	case isSmall:
		line.value, line.weak = tooSmallWords, true
	case isMissing:
		line.value, line.weak = missingWords, true
	case isUnsure:
		line.value, line.weak, line.more = unsureWords, true, likelyWords(feature, f)
	}
	return line
}

// topWords says the most probable value, and its probability unless a person said it.
func topWords(feature face.Features, f *face.Face) string {
	value, _ := f.Value(feature)
	words := valueWord(feature, value)
	if _, said := f.Edit.Said.Of(feature); said {
		return words
	}
	if all := likelihoods(feature, f); len(all) > 0 {
		return fmt.Sprintf("%s  %.0f %%", words, all[0].p*100)
	}
	return words
}

// lookFacts are the lines about smile, glasses and hair.
func lookFacts(have face.Features, t face.Thresholds, f *face.Face) []fact {
	var facts []fact
	for _, l := range []struct {
		name    string
		feature face.Features
	}{{"Smile", face.Smiling}, {"Glasses", face.GlassesWorn}} {
		if have.Has(l.feature) {
			facts = append(facts, valueFact(l.name, l.feature, f, t, topWords(l.feature, f)))
		}
	}
	if have.Has(face.HairShape) {
		facts = append(facts, hairFact(t, f))
	}
	return facts
}

// hairFact is the line about hair: its word, and the colour as it was measured.
func hairFact(t face.Thresholds, f *face.Face) fact {
	line := valueFact("Hair", face.HairShape, f, t, topWords(face.HairShape, f))
	if line.value == tooSmallWords || line.value == missingWords {
		return line
	}
	switch f.Hair.Color {
	case face.NoHair:
	case face.UnknownHair:
		line.weak = true
	default:
		if rgb := f.Hair.RGB; hairMeasured(f) {
			line.swatch = swatchOf(rgb)
			line.value = fmt.Sprintf("%s  #%02x%02x%02x", line.value, rgb[0], rgb[1], rgb[2])
		}
	}
	return line
}

// hairMeasured reports whether a colour of hair was measured: what a person said of hair that was not seen has none.
func hairMeasured(f *face.Face) bool {
	m := f
	if f.Model != nil {
		m = f.Model
	}
	c := m.Hair.Color
	return !m.Lacks.Has(face.HairShape) && c != face.UnknownHair && c != face.NoHair && f.Hair.Color != face.NoHair
}

func swatchOf(rgb [3]uint8) color.Color { return color.NRGBA{R: rgb[0], G: rgb[1], B: rgb[2], A: 0xFF} }

// noHairWords is what is said of a head whose hair is not seen: whether it is bald, shaved or covered nobody knows.
const noHairWords = "no hair visible"
