package main

import (
	"math"
	"slices"
	"strings"

	"semblance/analysis"
	"semblance/internal/face"
)

// hairShape compares the pieces of a head's hair with a truth mask. The value is the IoU in percent.
func hairShape(set string, rows ...row) measure {
	return measure{
		name: "hair", set: set, mode: analysis.Default, want: face.HairShape, rows: rows, chosen: chosenHair,
		truth: func(l *label) (observation, bool) { return observation{truth: 1}, l.hair != nil },
		answer: func(l *label, f *face.Face, o *observation) {
			got := newBitmap(l.hair.w, l.hair.h)
			for _, p := range f.Hair.Pieces {
				got.fill(p)
			}
			o.said = class(len(f.Hair.Pieces) > 0)
			o.value = 100 * got.overlap(l.hair)
		},
	}
}

// The words for the colour of a label's hair: of the first annotator, of the second, and what either accepts.
func firstWords(l *label) []face.HairColor  { return l.hairColors }
func secondWords(l *label) []face.HairColor { return l.secondColors }
func eitherWords(l *label) []face.HairColor { return slices.Concat(l.hairColors, l.secondColors) }

// colorBits has a bit for each colour of a list.
func colorBits(list []face.HairColor) int {
	var out int
	for _, c := range list {
		out |= 1 << c
	}
	return out
}

// hairColor asks for the word. A label may hold several words that are right: truth has a bit for each. Of
// them ofOne wants labels with one word alone, which then is the truth, counted from 0.
func hairColor(name string, ofOne bool, words func(*label) []face.HairColor, rows ...row) measure {
	return measure{
		name: name, set: "labelled_haircolor", mode: analysis.Default, want: face.HairShape, rows: rows, chosen: chosenColor,
		truth: func(l *label) (observation, bool) {
			right := words(l)
			if ofOne {
				return observation{truth: trueColor(right)}, len(right) == 1
			}
			return observation{truth: colorBits(right)}, len(right) > 0
		},
		answer: func(_ *label, f *face.Face, o *observation) {
			o.sure = isSure(f, face.HairShape)
			if word, p := f.Hair.Fitting(); word != face.UnknownHair {
				o.p = p64(p)
			}
			if o.said = int(f.Hair.Color); ofOne {
				o.said = trueColor([]face.HairColor{f.Hair.Color})
			}
		},
	}
}

// trueColor is the class of the first colour where classes count from 0; that of an unknown one is the last.
func trueColor(c []face.HairColor) int {
	if len(c) == 0 || c[0] == face.UnknownHair {
		return face.NumHairColors
	}
	return int(c[0]) - 1
}

// The groups of what observeAnnotators returns: whose word is said.
const (
	firstAnnotator  = "said by the first annotator"
	secondAnnotator = "said by the second annotator"
)

// observeAnnotators asks one annotator of hair's colour for the word in place of the program, and lets the
// other judge it. The first's words are in no order of likelihood, so of those only a word that stands alone is asked.
func observeAnnotators(p *picture, _ *face.Analysis) []observation {
	var out []observation
	for i := range p.labels {
		first, second := p.labels[i].hairColors, p.labels[i].secondColors
		if len(first) == 0 || len(second) == 0 {
			continue
		}
		out = append(out, observation{truth: colorBits(first), said: int(second[0]), value: math.NaN(), groups: []string{secondAnnotator}})
		if len(first) == 1 {
			out = append(out, observation{truth: colorBits(second), said: int(first[0]), value: math.NaN(), groups: []string{firstAnnotator}})
		}
	}
	return out
}

func hair() []measure {
	const leftOut = "left out: no face found, or one too small"
	shape := func(set string, rows ...row) measure {
		return hairShape(set, append(rows,
			shareOf(leftOut, nil, func(o *observation) bool { return !o.found() }).lessIsBetter(),
			shareOf("no hair found, of heads that have some", (*observation).found, func(o *observation) bool { return o.said == 0 }).lessIsBetter())...)
	}
	middle, average := overlapOf("overlap with the true mask, median IoU", median), overlapOf("overlap with the true mask, mean IoU", mean)
	plausible := func(o *observation) bool { return o.found() && o.truth&(1<<o.said) != 0 }
	const none = 1 << face.NoHair
	bald := func(o *observation) bool { return o.truth == none }
	maybe := func(o *observation) bool { return o.truth&none == 0 }
	saysNone := func(o *observation) bool { return o.said == int(face.NoHair) }
	press := shareOf("plausible, heads of lfw_hair_test", func(o *observation) bool { return strings.HasPrefix(o.picture, "lfw_hair_test/") }, plausible)
	sureOnes := shareOf("plausible, sure ones", func(o *observation) bool { return o.sure }, plausible)
	sureOnes.sure = true
	guessed := func(o *observation) bool { return o.found() && o.p > 0 } // by the network: no hair and dyed hair are told by rules
	words := hairColor(
		"hair colour", false, firstWords,
		shareOf("plausible, every labelled head", nil, plausible).limits(.75, .85),
		press,
		shareOf("plausible, faces found", (*observation).found, plausible),
		shareOf("plausible, heads with hair", maybe, plausible),
		shareOf("bald, shaved or covered heads of which no hair is seen", bald, saysNone),
		shareOf("heads with hair of which none is seen", maybe, saysNone).lessIsBetter(),
		shareOf("no word", (*observation).found, func(o *observation) bool { return o.said == int(face.UnknownHair) }).lessIsBetter(),
		sureShare(), sureOnes, calibrationOf(guessed, plausible).limits(.03, .02),
	)
	second := hairColor("hair colour, second annotator", false, secondWords, shareOf("plausible to the second annotator", nil, plausible))
	either := hairColor("hair colour, either annotator", false, eitherWords, shareOf("plausible to either annotator", nil, plausible))
	second.chosen, either.chosen = chosenSecond, chosenSecond+"; more words are accepted than by one"
	by := func(who string) func(*observation) bool { return func(o *observation) bool { return o.in(who) } }
	annotators := measure{
		name: "hair colour, annotators", set: "labelled_haircolor", mode: analysis.Default, whole: observeAnnotators, chosen: "of labels alone, not of the program",
		rows: []row{
			shareOf("likeliest word of the second annotator, plausible to the first", by(secondAnnotator), plausible),
			shareOf("only word of the first annotator, plausible to the second", by(firstAnnotator), plausible),
		},
	}
	one := hairColor("hair colour, heads with one right word", true, firstWords, accuracy("right, heads with one right word", nil))
	for c := face.NoHair; c <= face.NumHairColors; c++ {
		one.classes = append(one.classes, c.String())
	}
	one.classes = append(one.classes, face.UnknownHair.String())
	return inSection("Hair", []measure{
		shape("celeb1k_test", average.limits(.85, .90), middle),
		shape("figaro1k_test", middle.limits(.915, .93), average),
		shape("lfw_hair_test", average, middle),
		words, second, either, annotators, one,
	})
}
