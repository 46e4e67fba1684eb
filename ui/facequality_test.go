package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/ui/widgets"
)

func TestQualityFacts(t *testing.T) {
	eye := func(open float32) face.Eye { return face.Eye{Open: open} }
	doubt := func(d face.EyeDoubt) face.Eye { return face.Eye{Open: .7, Doubt: d} }
	eyes := func(left, right face.Eye) func(*face.Face) {
		return func(f *face.Face) { f.Eyes = face.Eyes{Left: left, Right: right} }
	}
	quality := func(level float32, is face.Light, mean float32) func(*face.Face) {
		return func(f *face.Face) { f.Blur, f.Exposure = level, face.Exposure{Is: is, Mean: mean} }
	}
	const light = face.Blurriness | face.Lighting
	tests := []struct {
		name   string
		change func(*face.Face)
		have   face.Features
		want   []fact
	}{
		{"nothing known", func(*face.Face) {}, face.BoundsBox, nil},
		{"open", eyes(eye(.98), eye(.96)), face.EyeStates, []fact{{name: "Eyes", feature: face.EyeStates, value: "open  97 %"}}},
		{"closed", eyes(eye(.1), eye(.08)), face.EyeStates, []fact{{name: "Eyes", feature: face.EyeStates, value: "closed  91 %", warn: true}}},
		{"wink", eyes(eye(.98), eye(.02)), face.EyeStates, []fact{
			{name: "Eyes", feature: face.EyeStates, value: "unsure", weak: true}, {name: "Left eye", value: "open"}, {name: "Right eye", value: "closed", warn: true},
		}},
		{"hardly open", eyes(eye(.6), eye(.7)), face.EyeStates, []fact{{name: "Eyes", feature: face.EyeStates, value: "unsure", more: "open 65 % · closed 35 %", weak: true}}},
		{"sunglasses", eyes(doubt(face.EyeCovered), doubt(face.EyeCovered)), face.EyeStates, []fact{{name: "Eyes", feature: face.EyeStates, value: "unsure: covered", weak: true}}},
		{"profile", eyes(doubt(face.EyeTurnedAway), eye(.95)), face.EyeStates, []fact{
			{name: "Eyes", feature: face.EyeStates, value: "open  95 %"}, {name: "Left eye", value: "not judged: turned away"}, {name: "Right eye", value: "open"},
		}},
		{"profile, shut", eyes(eye(.05), doubt(face.EyeTurnedAway)), face.EyeStates, []fact{
			{name: "Eyes", feature: face.EyeStates, value: "closed  95 %", warn: true}, {name: "Left eye", value: "closed", warn: true}, {name: "Right eye", value: "not judged: turned away"},
		}},
		{"good", quality(326.4, face.Balanced, 128.2), light, []fact{
			{name: "Exposure", feature: face.Lighting, value: "balanced · mean 128 of 255"}, {name: "Sharpness", feature: face.Blurriness, value: "sharp · 326 (blurry below 100)"},
		}},
		{"blurry", quality(99.6, face.Overexposed, 210), light, []fact{
			{name: "Exposure", feature: face.Lighting, value: "overexposed · mean 210 of 255", warn: true}, {name: "Sharpness", feature: face.Blurriness, value: "blurry · 99 (sharp from 100)", warn: true},
		}},
		{"backlit", quality(41, face.Balanced, 50), light, []fact{
			{name: "Exposure", feature: face.Lighting, value: "balanced · mean 50 of 255"}, {name: "Sharpness", feature: face.Blurriness, value: "unsure · 41 (sharp from 100)", weak: true},
		}},
		{"blurred whatever the light", quality(10, face.Underexposed, 50), light, []fact{
			{name: "Exposure", feature: face.Lighting, value: "underexposed · mean 50 of 255", warn: true}, {name: "Sharpness", feature: face.Blurriness, value: "blurry · 10 (sharp from 100)", warn: true},
		}},
		{"nobody knows the light", quality(326, face.UnknownLight, 0), light, []fact{{name: "Exposure", feature: face.Lighting, value: "not known", weak: true}, {name: "Sharpness", feature: face.Blurriness, value: "sharp · 326 (blurry below 100)"}}},
		{"dark", quality(41, face.Underexposed, 30), light, []fact{
			{name: "Exposure", feature: face.Lighting, value: "underexposed · mean 30 of 255", warn: true}, {name: "Sharpness", feature: face.Blurriness, value: "unsure: too dark · 41 (sharp from 100)", weak: true},
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var f face.Face
			tt.change(&f)
			if diff := cmp.Diff(tt.want, qualityFacts(tt.have, face.DefaultThresholds(), &f), cmp.AllowUnexported(fact{})); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

// The section is there for faces that have something in it, and only for them.
func TestCardShowsQuality(t *testing.T) {
	test.NewTempApp(t)
	c := newFaceCard(nil, nil, nil, nil)
	blink := person(1, face.BoxAt(10, 10, 40, 50), face.Happy, face.Woman, 30)
	blink.Eyes = face.Eyes{}
	lacking := blink
	lacking.Lacks = face.EyeStates | face.Blurriness | face.Lighting
	a := &face.Analysis{W: 300, H: 200, Have: face.AllFeatures, Faces: []face.Face{blink, lacking}}
	c.show(a, 0)
	if !c.culling.Visible() || len(c.quality.facts) != 3 || c.quality.facts[0].value != "closed  100 %" || !c.quality.facts[0].warn {
		t.Errorf("the card shows %v, visible %v", c.quality.facts, c.culling.Visible())
	}
	c.show(a, 1)
	for _, f := range c.quality.facts {
		if f.value != missingWords || !f.weak {
			t.Errorf("of a face without a mesh the card shows %v", f)
		}
	}
	a.Have = face.BoundsBox
	c.show(a, 0)
	if c.culling.Visible() {
		t.Errorf("of what nobody looked for the card shows %v", c.quality.facts)
	}
}

func TestCardSaysHowAHeadStands(t *testing.T) {
	test.NewTempApp(t)
	c := newFaceCard(nil, nil, nil, nil)
	f := person(1, face.BoxAt(10, 10, 40, 50), face.Happy, face.Woman, 30)
	for turn, want := range []string{"", "on its side, 90° clockwise", "upside down", "on its side, 90° anticlockwise"} {
		f.Turn = uint8(turn)
		c.show(&face.Analysis{W: 300, H: 200, Have: face.AllFeatures, Faces: []face.Face{f}}, 0)
		got := ""
		for _, fact := range c.facts.facts {
			if fact.name == "Stands" {
				got = fact.value
			}
		}
		if got != want {
			t.Errorf("turn %d: the card says %q, want %q", turn, got, want)
		}
	}
}

// Of what may be no face no value is emphasised: no bar, no word.
func TestDoubtfulFaceIsGrey(t *testing.T) {
	test.NewTempApp(t)
	c := newFaceCard(nil, nil, nil, nil)
	f := person(1, face.BoxAt(10, 10, 40, 50), face.Happy, face.Woman, 30)
	for _, score := range []float32{.99, .7} {
		f.Score = score
		c.show(&face.Analysis{W: 300, H: 200, Have: face.AllFeatures, Faces: []face.Face{f}}, 0)
		strong := c.gender.text.Color == grey(0xD6)
		if e := c.emotion.bars[0].Emphasis(); (e == widgets.Strong) != strong || strong == f.Doubtful() {
			t.Errorf("score %v: the first bar has the emphasis %v, the gender the colour %v", score, e, c.gender.text.Color)
		}
		if got := c.emotion.section.Title(); got != "EMOTION" {
			t.Errorf("score %v: the heading is %q", score, got)
		}
	}
}

func TestUnsureIsSaid(t *testing.T) {
	test.NewTempApp(t)
	c := newFaceCard(nil, nil, nil, nil)
	a := &face.Analysis{W: 100, H: 100, Have: face.AllFeatures, Faces: []face.Face{{Number: 1, Box: face.BoxAt(0, 0, 10, 10), Score: .9, Smile: .5}}}
	a.Faces[0].Emotion[face.Fear], a.Faces[0].Emotion[face.Sad] = .45, .4
	a.Faces[0].Gender[0], a.Faces[0].Gender[1] = .6, .4
	a.Faces[0].Age = face.Age{Years: 40, Low: 20, High: 70}
	c.show(a, 0)
	if c.gender.text.Text != "Gender unsure" || c.age.text.Text != "Age unsure" || !strings.Contains(c.emotion.section.Title(), "unsure") {
		t.Errorf("card says %q, %q, %q", c.gender.text.Text, c.age.text.Text, c.emotion.section.Title())
	}
	a.Faces[0].Lacks = face.AgeYears | face.EmotionClasses
	c.show(a, 0)
	if got := c.age.words(); got != "Age\nnot known" {
		t.Errorf("of an age that could not be found the card says %q", got)
	}
	if got := c.emotion.section.Title(); got != "EMOTION   not known" || c.emotion.bars[0].Visible() {
		t.Errorf("of an emotion that could not be found the card says %q", got)
	}
	a.Faces[0].Small = face.AgeYears | face.EmotionClasses
	c.show(a, 0)
	if got := c.age.words(); got != "Age\ntoo small" || c.emotion.section.Title() != "EMOTION   too small" {
		t.Errorf("of a small face the card says %q, %q", got, c.emotion.section.Title())
	}
	a.Have = face.BoundsBox
	c.show(a, 0)
	if c.age.Visible() || c.emotion.section.Visible() || c.looking.Visible() {
		t.Error("what nobody looked for is shown")
	}
}
