package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/internal/library"
)

// What a network sees is called apparent, what a person said is not, and the word makes the card no higher.
func TestCardSaysApparent(t *testing.T) {
	f := newFixture(t)
	for _, tt := range []struct {
		name        string
		change      func(*face.Face)
		gender, age string
	}{
		{"sure", func(*face.Face) {}, "Woman  100 %\napparent gender", "Age 34\napparent age · 80 %: 29 – 39"},
		{"unsure", func(f *face.Face) { f.Gender, f.Age.High = face.Genders{.62, .38}, 70 }, "Gender unsure\napparent: woman 62 %", "Age unsure\napparent age · 80 %: 29 – 70"},
		{"doubtful", func(f *face.Face) { f.Score = .7 }, "Woman  100 %\napparent gender", "Age 34\napparent age · 80 %: 29 – 39"},
		{"too small", func(f *face.Face) { f.Lacks, f.Small = face.AllFeatures, face.AllFeatures }, "Gender\ntoo small", "Age\ntoo small"},
		{"said", func(f *face.Face) { *f = told(t, told(t, *f, face.GenderClasses, int(face.Man)), face.AgeYears, 7) }, "Man\nedited by you\nmodel: woman 100 %", "Age 7\nedited by you\nmodel: 34 (29 – 39)"},
	} {
		one := person(1, face.BoxAt(0, 0, 50, 60), face.Happy, face.Woman, 34)
		tt.change(&one)
		f.card.show(&face.Analysis{W: 100, H: 100, Have: face.AllFeatures, Faces: []face.Face{one}}, 0)
		if got := f.card.gender.words(); got != tt.gender {
			t.Errorf("%s: gender %q, want %q", tt.name, got, tt.gender)
		}
		if got := f.card.age.words(); got != tt.age {
			t.Errorf("%s: age %q, want %q", tt.name, got, tt.age)
		}
		for _, h := range []*headline{f.card.gender, f.card.age} {
			for _, line := range h.lines {
				if w := fyne.MeasureText(line, 11, fyne.TextStyle{}).Width; w > 147 { // what there is beside the picture in the narrowest card
					t.Errorf("%s: %q is cut: it is %.0f wide", tt.name, line, w)
				}
			}
		}
		if high := f.card.gender.MinSize().Height + f.card.age.MinSize().Height + 2; tt.name == "sure" && high > cropSide {
			t.Errorf("%s: the words are %.0f high, higher than the picture", tt.name, high)
		}
	}
}

// told returns f once a person said that value is right.
func told(t *testing.T, f face.Face, feature face.Features, value int) face.Face {
	t.Helper()
	var e face.Edits
	model := f
	if f.Model != nil {
		model, e.Faces = *f.Model, []face.Edit{f.Edit}
	}
	a := &face.Analysis{W: 100, H: 100, Have: face.AllFeatures, Faces: []face.Face{model}}
	if err := e.Correct(a, f.Number, feature, value); err != nil {
		t.Fatal(err)
	}
	return face.Apply(a, &e).Faces[0]
}

// A swatch is a colour that was measured: a person's word for hair that was not seen has none.
func TestSwatchIsMeasured(t *testing.T) {
	hair := func(c face.HairColor, rgb ...uint8) func(*face.Face) {
		return func(f *face.Face) { f.Hair = face.Hair{Color: c, RGB: [3]uint8(rgb)} }
	}
	small := func(f *face.Face) {
		hair(face.UnknownHair, 0, 0, 0)(f)
		f.Lacks, f.Small = face.HairShape, face.HairShape
	}
	for _, tt := range []struct {
		name   string
		change func(*face.Face)
		said   face.HairColor
		want   string
		swatch bool
	}{
		{"measured", hair(face.BrownHair, 90, 60, 40), 0, "hair brown #5a3c28", true},
		{"measured as black as can be", hair(face.BlackHair, 0, 0, 0), 0, "hair black #000000", true},
		{"another word", hair(face.BrownHair, 90, 60, 40), face.BlondHair, "hair blond #5a3c28", true},
		{"none after all", hair(face.BrownHair, 90, 60, 40), face.NoHair, "no hair visible", false},
		{"colour not known", hair(face.UnknownHair, 0, 0, 0), 0, "hair colour not known", false},
		{"a word for one not known", hair(face.UnknownHair, 0, 0, 0), face.BlackHair, "hair black", false},
		{"a word for none", hair(face.NoHair, 0, 0, 0), face.GrayHair, "hair gray", false},
		{"a word for too small a face", small, face.GrayHair, "hair gray", false},
	} {
		f := person(1, face.BoxAt(0, 0, 50, 60), face.Happy, face.Woman, 30)
		tt.change(&f)
		if tt.said != face.UnknownHair {
			f = told(t, f, face.HairShape, int(tt.said))
		}
		line := hairFact(face.DefaultThresholds(), &f)
		if (line.swatch != nil) != tt.swatch || strings.Contains(line.value, "#") != tt.swatch {
			t.Errorf("%s: the card says %q, swatch %v", tt.name, line.value, line.swatch)
		}
		if got := hairWords(&f); got != tt.want {
			t.Errorf("%s: the report says %q, want %q", tt.name, got, tt.want)
		}
	}
}

// The lines of a report mark what is not sure.
func TestReportMarksUnsure(t *testing.T) {
	one := person(1, face.BoxAt(0, 0, 50, 60), face.Happy, face.Woman, 34)
	one.Gender, one.Age.High = face.Genders{.62, .38}, 70
	one.Emotion, one.Smile, one.Eyewear = face.Emotions{face.Sad: .4}, .6, face.Eyewear{.5, .4}
	one.Hair.Fits = [face.NumGrownHair]float32{.2, .4, .55}
	p := library.Photo{Analysis: &face.Analysis{Have: face.AllFeatures, Faces: []face.Face{one}}}
	want := []string{"x  box 0,0 50x60  age 34 (29-70) unsure  woman 62% unsure  sad 40% unsure  smile yes 60% unsure  glasses none 50% unsure  hair brown 55% #5a3c28 unsure"}
	if diff := cmp.Diff(want, faceLines("x", p, face.DefaultThresholds())); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	if got := faceLines("x", p, face.Thresholds{AgeSpan: 100, Eyes: .5}); strings.Contains(strings.Join(got, ""), "unsure") {
		t.Errorf("by lower thresholds %q", got)
	}
}

// What is hidden has no name in help and messages.
func TestHiddenHasNoName(t *testing.T) {
	unsure := fieldNamed(unsureField)
	if got := valueNames(unsure, face.EthnicityClasses); slices.Contains(got, "ethnicity") || !slices.Contains(got, "gender") {
		t.Errorf("while ethnicity is off the help lists %q", got)
	}
	if got := valueNames(unsure, 0); !slices.Contains(got, "ethnicity") {
		t.Errorf("while ethnicity is on the help lists %q", got)
	}
	before, now := map[string]int{"ethnicity": 3, "gender": 1}, map[string]int{"gender": 2}
	if got := surenessWords(before, now, face.EthnicityClasses); got != "Unsure now: gender 2 (before 1)." {
		t.Errorf("the status bar says %q", got)
	}
	if got := surenessWords(before, now, 0); !strings.Contains(got, "ethnicity 0 (before 3)") {
		t.Errorf("while ethnicity is on the status bar says %q", got)
	}
	for hidden, want := range map[face.Features]bool{0: true, face.EthnicityClasses: false} {
		var all []string
		for _, line := range legend(hidden) {
			all = append(all, line[1])
		}
		if words := strings.Join(all, " "); strings.Contains(words, "ethnicity") != want || !strings.Contains(words, "apparent") {
			t.Errorf("hidden %v: the legend says %q", hidden, words)
		}
	}
}

// Where somebody looks for goggles it says that they are never guessed.
func TestGogglesAreNeverGuessed(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	const want = "Goggles (never guessed)"
	if got := f.items(face.GlassesWorn); !slices.Contains(got, want) {
		t.Errorf("the menu is %q", got)
	}
	if got, _ := f.row("glasses", "goggles").Label(); got != want {
		t.Errorf("the panel says %q", got)
	}
	f.choose(face.GlassesWorn, want)
	if got := f.said(face.GlassesWorn); got != "goggles / edited by you · model: none 97 %" {
		t.Errorf("the card says %q", got)
	}
}

// Where the decision about ethnicity was lost, keeping it off decides it.
func TestLostDecision(t *testing.T) {
	for _, press := range []string{"Keep it off", "Switch it on"} {
		f := newFixture(t)
		f.policy.Lost = true // as if read from a damaged file
		f.askEthnicity()
		for _, o := range test.LaidOutObjects(f.win.Canvas().Overlays().Top()) {
			if b, ok := o.(*widget.Button); ok && b.Text == press {
				test.Tap(b)
			}
		}
		f.settle()
		if f.policy.Lost || f.policy.Ethnicity != (press == "Switch it on") {
			t.Errorf("after %q the policy is %+v", press, f.policy)
		}
	}
}
