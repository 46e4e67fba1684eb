package face_test

import (
	"math"
	"strings"
	"testing"

	"semblance/internal/face"
)

// thresholds are as no default is, so that the right one has to be asked.
var thresholds = face.Thresholds{Emotion: .55, Ethnicity: .65, Gender: .75, Glasses: .85, Smile: .9, Eyes: .95, Hair: .8, AgeSpan: 12}

func TestSure(t *testing.T) {
	// clear is sure of everything.
	clear := func() face.Face {
		f := seen(1)
		f.Emotion, f.Ethnicity, f.Gender, f.Eyewear = face.Emotions{1}, face.Ethnicities{1}, face.Genders{1}, face.Eyewear{1}
		f.Smile, f.Eyes = 0, face.Eyes{}
		f.Age = face.Age{Years: 30, Low: 25, High: 35}
		return f
	}
	eyes := func(p float32) face.Eyes { return face.Eyes{Left: face.Eye{Open: p}, Right: face.Eye{Open: p}} }
	hair := func(p float32) face.Hair {
		return face.Hair{Color: face.BrownHair, Fits: [face.NumGrownHair]float32{.1, .6, p}}
	}
	for _, tt := range []struct {
		feature face.Features
		sure    func(*face.Face) // just so
		unsure  func(*face.Face) // just not
	}{
		{face.EmotionClasses, func(f *face.Face) { f.Emotion = face.Emotions{0, .55, .45} }, func(f *face.Face) { f.Emotion = face.Emotions{0, .54, .46} }},
		{face.EthnicityClasses, func(f *face.Face) { f.Ethnicity = face.Ethnicities{.65, .35} }, func(f *face.Face) { f.Ethnicity = face.Ethnicities{.64, .36} }},
		{face.GenderClasses, func(f *face.Face) { f.Gender = face.Genders{.25, .75} }, func(f *face.Face) { f.Gender = face.Genders{.26, .74} }},
		{face.GlassesWorn, func(f *face.Face) { f.Eyewear = face.Eyewear{.1, .85, .05} }, func(f *face.Face) { f.Eyewear = face.Eyewear{.1, .84, .06} }},
		{face.Smiling, func(f *face.Face) { f.Smile = .9 }, func(f *face.Face) { f.Smile = .89 }},
		{face.Smiling, func(f *face.Face) { f.Smile = .09 }, func(f *face.Face) { f.Smile = .11 }},
		{face.EyeStates, func(f *face.Face) { f.Eyes = eyes(.95) }, func(f *face.Face) { f.Eyes = eyes(.94) }},
		{face.EyeStates, func(f *face.Face) { f.Eyes = eyes(.04) }, func(f *face.Face) { f.Eyes = eyes(.06) }},
		{face.HairShape, func(f *face.Face) { f.Hair = hair(.8) }, func(f *face.Face) { f.Hair = hair(.79) }},
		{face.AgeYears, func(f *face.Face) { f.Age.Low, f.Age.High = 20, 32 }, func(f *face.Face) { f.Age.Low, f.Age.High = 20, 32.5 }},
		{face.Blurriness, func(f *face.Face) { f.Blur = 20 }, func(f *face.Face) { f.Blur, f.Exposure.Mean = 50, 20 }},
	} {
		f := clear()
		tt.sure(&f)
		if got := thresholds.Sure(&f); got != face.AllFeatures {
			t.Errorf("just sure of %v: unsure of %v", tt.feature, face.AllFeatures&^got)
		}
		f = clear()
		tt.unsure(&f)
		if got := face.AllFeatures &^ thresholds.Sure(&f); got != tt.feature {
			t.Errorf("just unsure of %v: unsure of %v", tt.feature, got)
		}
		v, _ := f.Value(tt.feature)
		var e face.Edits
		a := analysisOf(f)
		if err := e.Correct(a, 1, tt.feature, v); err != nil {
			t.Fatal(err)
		}
		if got := thresholds.Sure(&face.Apply(a, &e).Faces[0]); got != face.AllFeatures {
			t.Errorf("what a person confirmed is unsure: %v", face.AllFeatures&^got)
		}
	}
}

func TestThresholdsCheck(t *testing.T) {
	nan := float32(math.NaN())
	for _, tt := range []struct {
		name   string
		change func(*face.Thresholds)
		err    string
	}{
		{"defaults", func(*face.Thresholds) {}, ""},
		{"the least", func(s *face.Thresholds) { *s = face.Thresholds{} }, ""},
		{"the largest", func(s *face.Thresholds) {
			*s = face.Thresholds{Emotion: 1, Ethnicity: 1, Gender: 1, Glasses: 1, Smile: 1, Eyes: 1, Hair: 1, AgeSpan: 100}
		}, ""},
		{"emotion", func(s *face.Thresholds) { s.Emotion = -.1 }, "emotion"},
		{"ethnicity", func(s *face.Thresholds) { s.Ethnicity = 1.1 }, "ethnicity"},
		{"gender", func(s *face.Thresholds) { s.Gender = nan }, "gender"},
		{"glasses", func(s *face.Thresholds) { s.Glasses = 80 }, "glasses"},
		{"smile", func(s *face.Thresholds) { s.Smile = float32(math.Inf(1)) }, "smile"},
		{"eyes", func(s *face.Thresholds) { s.Eyes = 2 }, "eyes"},
		{"hair", func(s *face.Thresholds) { s.Hair = 1.5 }, "hair"},
		{"age", func(s *face.Thresholds) { s.AgeSpan = 101 }, "age"},
		{"no age", func(s *face.Thresholds) { s.AgeSpan = nan }, "age"},
	} {
		s := face.DefaultThresholds()
		tt.change(&s)
		if err := s.Check(); (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), "threshold of "+tt.err) {
			t.Errorf("%s: %v, want %q", tt.name, err, tt.err)
		}
	}
	if got := (face.Thresholds{}).OrDefault(); got != face.DefaultThresholds() {
		t.Errorf("the zero value is %+v", got)
	}
	if got := thresholds.OrDefault(); got != thresholds {
		t.Errorf("%+v is taken for %+v", thresholds, got)
	}
}
