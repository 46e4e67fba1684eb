package face_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"semblance/internal/face"
)

// seen is a face as the networks see it: a sad woman of 34 who wears glasses.
func seen(number uint32) face.Face {
	f := faceAt(number, int(number), .99)
	f.Age = face.Age{Years: 34.5, Low: 29, High: 40, Bands: [face.NumAgeBands]float32{4: .75, 3: .25}}
	f.Emotion = face.Emotions{face.Sad: .75, face.Happy: .25}
	f.Ethnicity = face.Ethnicities{face.Black - 1: .75, face.White - 1: .25}
	f.Gender = face.Genders{.875, .125}
	f.Smile = .25
	f.Blur = 300
	f.Exposure = face.Exposure{Is: face.Balanced, Mean: 120}
	f.Eyes = face.Eyes{Left: face.Eye{Open: .75, Doubt: face.EyeCovered}, Right: face.Eye{Open: .875, Doubt: face.EyeCovered}}
	f.Eyewear = face.Eyewear{.125, .75, .125}
	f.Hair = face.Hair{Color: face.BrownHair, RGB: [3]uint8{90, 60, 40}, Area: .5, Pieces: []face.Polygon{{Outer: face.Ring{face.Pt(0, 0), face.Pt(0, 9), face.Pt(9, 9)}}}}
	f.Pose.Yaw = 12
	return f
}

// probability returns the probability that a face gives its value of a feature.
func probability(f *face.Face, feature face.Features) float32 {
	var p float32
	switch feature {
	case face.EmotionClasses:
		_, p = f.Emotion.Top()
	case face.EthnicityClasses:
		_, p = f.Ethnicity.Top()
	case face.GenderClasses:
		_, p = f.Gender.Top()
	case face.Smiling:
		_, p = f.Smiles()
	case face.EyeStates:
		_, p = f.Eyes.Top()
	case face.GlassesWorn:
		_, p = f.Eyewear.Top()
	default: // there is none
		p = 1
	}
	return p
}

// corrections are other values than those of seen, and all others that a person can give.
var corrections = []struct {
	feature face.Features
	other   int
	low     int
	high    int
}{
	{face.AgeYears, 8, 0, face.MaxAge},
	{face.EmotionClasses, int(face.Surprise), int(face.Angry), int(face.Neutral)},
	{face.EthnicityClasses, int(face.MiddleEastern), int(face.Asian), int(face.LatinoHispanic)},
	{face.GenderClasses, int(face.Man), int(face.Woman), int(face.Man)},
	{face.Smiling, 1, 0, 1},
	{face.Blurriness, 1, 0, 1},
	{face.Lighting, int(face.Overexposed), int(face.Underexposed), int(face.Overexposed)},
	{face.EyeStates, int(face.EyesClosed), int(face.EyesOpen), int(face.EyesClosed)},
	{face.GlassesWorn, int(face.Goggles), int(face.NoGlasses), int(face.Goggles)},
	{face.HairShape, int(face.PinkHair), int(face.NoHair), int(face.PurpleHair)},
}

func TestCorrectEveryFeature(t *testing.T) {
	var all face.Features
	for _, tt := range corrections {
		all |= tt.feature
		t.Run(tt.feature.String(), func(t *testing.T) {
			a := analysisOf(seen(1), seen(2))
			var e face.Edits
			for value := tt.low; value <= tt.high; value++ {
				if err := e.Correct(a, 1, tt.feature, value); err != nil {
					t.Errorf("%d is refused: %v", value, err)
				}
				f := &face.Apply(a, &e).Faces[0]
				got, ok := f.Value(tt.feature)
				if p := probability(f, tt.feature); got != value || !ok || p != 1 {
					t.Errorf("corrected to %d it is %d with probability %v", value, got, p)
				}
				if said, ok := f.Edit.Said.Of(tt.feature); said != value || !ok || f.Edit.Said.Features() != tt.feature {
					t.Errorf("said was %v, which is %d", f.Edit.Said, said)
				}
				strict := face.Thresholds{Emotion: 1, Ethnicity: 1, Gender: 1, Glasses: 1, Smile: 1, Eyes: 1}
				if !strict.Sure(f).Has(tt.feature) {
					t.Errorf("%d is not sure", value)
				}
			}
			for _, value := range []int{tt.low - 1, tt.high + 1, math.MaxInt, math.MinInt} {
				if err := e.Correct(a, 1, tt.feature, value); !errors.Is(err, face.ErrNoValue) || !strings.Contains(err.Error(), tt.feature.String()) {
					t.Errorf("%d: %v, want %v", value, err, face.ErrNoValue)
				}
			}
			if err := e.Correct(a, 1, tt.feature, tt.other); err != nil {
				t.Fatal(err)
			}
			got := face.Apply(a, &e)
			f, g := &got.Faces[0], &got.Faces[1]
			if f.Model == nil || value(f.Model, tt.feature) != value(&a.Faces[0], tt.feature) || value(f.Model, tt.feature) == tt.other {
				t.Errorf("the network's guess is %+v", f.Model)
			}
			if f.Model != nil && probability(f.Model, tt.feature) != probability(&a.Faces[0], tt.feature) {
				t.Errorf("the network's probability is %v", probability(f.Model, tt.feature))
			}
			for _, other := range corrections { // the rest is as it was
				if other.feature != tt.feature && value(f, other.feature) != value(&a.Faces[0], other.feature) {
					t.Errorf("%v changed to %d", other.feature, value(f, other.feature))
				}
			}
			if f.Pose != a.Faces[0].Pose || f.Box != a.Faces[0].Box || f.Score != a.Faces[0].Score {
				t.Errorf("the face is %+v", f)
			}
			if g.Model != nil || g.Edited() || value(g, tt.feature) == tt.other {
				t.Errorf("the other face is %+v", g)
			}
			if value(&a.Faces[0], tt.feature) == tt.other {
				t.Error("the analysis was changed")
			}
			// Taken back, nothing is left of it.
			if err := e.Revert(a, 1, tt.feature); err != nil || len(e.Faces) > 0 {
				t.Errorf("reverted: %+v, %v", e, err)
			}
			if f := face.Apply(a, &e).Faces[0]; f.Model != nil || f.Edited() || value(&f, tt.feature) != value(&a.Faces[0], tt.feature) {
				t.Errorf("reverted it is %+v", f)
			}
		})
	}
	if all != face.Correctable {
		t.Errorf("the table has %v, correctable are %v", all, face.Correctable)
	}
}

func value(f *face.Face, feature face.Features) int {
	v, _ := f.Value(feature)
	return v
}

func TestCorrectionsThatCannotBe(t *testing.T) {
	a := analysisOf(seen(1))
	var e face.Edits
	for _, feature := range []face.Features{0, face.BoundsBox, face.Landmark, face.PoseAngles, face.Smiling | face.AgeYears, face.AllFeatures + 1} {
		if err := e.Correct(a, 1, feature, 1); !errors.Is(err, face.ErrNoValue) {
			t.Errorf("%v: %v, want %v", feature, err, face.ErrNoValue)
		}
		if _, ok := a.Faces[0].Value(feature); ok {
			t.Errorf("%v has a value", feature)
		}
		if _, ok := (face.Said{1, 1, 1}).Of(feature &^ face.Smiling &^ face.AgeYears &^ face.BoundsBox); ok {
			t.Errorf("something was said of %v", feature)
		}
	}
	for name, err := range map[string]error{
		"correct": e.Correct(a, 9, face.Smiling, 1), "revert": e.Revert(a, 9, face.Smiling),
	} {
		if !errors.Is(err, face.ErrNoFace) {
			t.Errorf("%s of no face: %v, want %v", name, err, face.ErrNoFace)
		}
	}
	if err := e.Revert(a, 1, face.AllFeatures); err != nil || len(e.Faces) > 0 {
		t.Errorf("there is nothing to revert: %+v, %v", e, err)
	}
}

// The parts of a value fit together.
func TestCorrectedDetails(t *testing.T) {
	a := analysisOf(seen(1))
	corrected := func(feature face.Features, value int) face.Face {
		t.Helper()
		var e face.Edits
		if err := e.Correct(a, 1, feature, value); err != nil {
			t.Fatal(err)
		}
		return face.Apply(a, &e).Faces[0]
	}
	for years, band := range map[int]int{0: 0, 2: 0, 3: 1, 9: 1, 10: 2, 69: 7, 70: 8, 120: 8} {
		want := face.Age{Years: float32(years), Low: float32(years), High: float32(years)}
		want.Bands[band] = 1
		if got := corrected(face.AgeYears, years).Age; got != want {
			t.Errorf("%d years are %+v, want %+v", years, got, want)
		}
	}
	if f := corrected(face.Blurriness, 0); f.Blur != 300 {
		t.Errorf("where a person agrees the level is %v, not as it was measured", f.Blur)
	}
	if f := corrected(face.Blurriness, 1); f.Blur < 99 || f.Blur >= face.BlurThreshold {
		t.Errorf("the level of a face that is blurry after all is %v", f.Blur)
	}
	if f := corrected(face.Lighting, int(face.Underexposed)); f.Exposure.Mean != 120 {
		t.Errorf("the measured brightness became %v", f.Exposure.Mean)
	}
	if f := corrected(face.EyeStates, int(face.EyesOpen)); f.Eyes.Doubt() != face.NoEyeDoubt {
		t.Errorf("eyes that a person saw are %v", f.Eyes.Doubt())
	}
	if f := corrected(face.HairShape, int(face.RedHair)); len(f.Hair.Pieces) != 1 || f.Hair.Area != .5 {
		t.Errorf("another colour changed where the hair is: %+v", f.Hair)
	}
	if f := corrected(face.HairShape, int(face.NoHair)); len(f.Hair.Pieces) != 0 || f.Hair.Area != 0 || f.Hair.RGB != [3]uint8{} {
		t.Errorf("no hair is %+v", f.Hair)
	}
}

// What nobody could see is there once a person says so, of this face alone.
func TestCorrectWhatAFaceLacks(t *testing.T) {
	small := seen(1)
	small.Lacks, small.Small = face.EmotionClasses|face.HairShape|face.PoseAngles, face.EmotionClasses|face.HairShape
	a := analysisOf(small, seen(2))
	var e face.Edits
	check := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	check(e.Correct(a, 1, face.EmotionClasses, int(face.Happy)))
	f := face.Apply(a, &e).Faces[0]
	if f.Lacks != face.HairShape|face.PoseAngles || f.Small != face.HairShape || !f.Model.Lacks.Has(face.EmotionClasses) || !f.Model.Small.Has(face.EmotionClasses) {
		t.Errorf("it lacks %v, is too small for %v; before %v, %v", f.Lacks, f.Small, f.Model.Lacks, f.Model.Small)
	}
	// Nobody looked for the glasses of anybody.
	a.Have &^= face.GlassesWorn
	check(e.Correct(a, 1, face.GlassesWorn, int(face.Sunglasses)))
	got := face.Apply(a, &e)
	if has := got.Have &^ got.Faces[0].Lacks; !has.Has(face.GlassesWorn) || value(&got.Faces[0], face.GlassesWorn) != int(face.Sunglasses) {
		t.Errorf("the corrected face has %v", has)
	}
	if has := got.Have &^ got.Faces[1].Lacks; has.Has(face.GlassesWorn) {
		t.Errorf("the other face has %v", has)
	}
	if a.Have.Has(face.GlassesWorn) {
		t.Error("the analysis was changed")
	}
	// A drawn face that nobody has looked at.
	number, err := e.Draw(a, boxAt(5), 0)
	check(err)
	check(e.Correct(a, number, face.AgeYears, 7))
	got = face.Apply(a, &e)
	drawn := got.Faces[2]
	if drawn.Number != number || drawn.Age.Floor() != 7 || got.Have&^drawn.Lacks != face.BoundsBox|face.AgeYears || drawn.Doubtful() {
		t.Errorf("the drawn face has %v and is %+v", got.Have&^drawn.Lacks, drawn)
	}
	check(e.Revert(a, number, face.AllFeatures))
	if got := describe(face.Apply(a, &e).Faces); !strings.Contains(got, "drawn bare") {
		t.Errorf("reverted the faces are %s", got)
	}
}

// Whoever says what a face shows says that it is one.
func TestACorrectedFaceIsOne(t *testing.T) {
	doubtful := seen(2)
	doubtful.Score = .7
	a := analysisOf(seen(1), doubtful)
	var e face.Edits
	if err := e.Correct(a, 2, face.Smiling, 1); err != nil {
		t.Fatal(err)
	}
	lost := analysisOf(seen(1)) // another analysis, which does not find it
	for _, tt := range []struct {
		name string
		a    *face.Analysis
		want string
	}{
		{"doubtful", a, "1@100 0.99, 2@200 0.7"},
		{"not found any more", lost, "1@100 0.99, 2@200 0 bare"},
	} {
		if got := describe(face.Apply(tt.a, &e).Faces); got != tt.want {
			t.Errorf("%s: faces %s, want %s", tt.name, got, tt.want)
		}
	}
	e.Keep(lost, a)
	kept := face.Apply(lost, &e)
	if got := describe(kept.Faces); got != "1@100 0.99, 2@200 0.7" || value(&kept.Faces[1], face.Smiling) != 1 || value(&kept.Faces[1], face.EmotionClasses) != int(face.Sad) {
		t.Errorf("kept it is %s, %+v", got, kept.Faces[1])
	}
	// A verdict is about something else, and a rejected face stays so.
	if err := errors.Join(e.Judge(a, 2, face.Rejected), e.Correct(a, 2, face.AgeYears, 3)); err != nil {
		t.Fatal(err)
	}
	if got := describe(face.Apply(a, &e).Faces); got != "1@100 0.99" {
		t.Errorf("rejected, the faces are %s", got)
	}
	if err := e.Judge(a, 2, face.NoVerdict); err != nil {
		t.Fatal(err)
	}
	if f := face.Apply(a, &e).Faces[1]; value(&f, face.Smiling) != 1 || f.Age.Floor() != 3 {
		t.Errorf("restored it is %+v", f)
	}
	// Taken back, it is as doubtful as it was, and if nobody finds it, gone.
	if err := e.Revert(a, 2, face.AllFeatures); err != nil {
		t.Fatal(err)
	}
	if got := describe(face.Apply(a, &e).Faces) + "; " + describe(face.Apply(lost, &e).Faces); got != "1@100 0.99, 2@200 0.7?; 1@100 0.99" {
		t.Errorf("reverted, the faces are %s", got)
	}
}

// No analysis changes what a person said: its faces are given the numbers that the corrected ones have.
func TestCorrectionsFollowTheirFaces(t *testing.T) {
	a := analysisOf(seen(1), seen(2))
	var e face.Edits
	if err := e.Correct(a, 2, face.AgeYears, 5); err != nil {
		t.Fatal(err)
	}
	before := e.Of(2)
	next := analysisOf(moved(1, 2, .6), moved(2, 1, .6), faceAt(3, 7, .99))
	e.Renumber(next, a, 2)
	if got := numbers(next); got[0] != 2 || got[1] != 1 || got[2] != 3 || e.Of(2) != before || len(e.Faces) != 1 {
		t.Errorf("numbers %v, edits %+v", got, e)
	}
	if f := face.Apply(next, &e).Faces[0]; f.Age.Floor() != 5 || f.Model.Number != 2 {
		t.Errorf("the corrected face is %+v", f)
	}
}

func TestWithout(t *testing.T) {
	whole := seen(1)
	whole.Landmarks[5] = face.Pt(3, 4)
	whole.Lacks, whole.Small = face.PoseAngles|face.Smiling, face.Smiling
	for i := range face.AllFeatures.Names() {
		feature := face.Features(1 << i)
		a := analysisOf(whole, seen(2))
		got := a.Without(feature)
		if got.Have != face.AllFeatures&^feature || got.Faces[0].Lacks&feature != 0 || got.Faces[0].Small&feature != 0 {
			t.Errorf("without %v: have %v, lacks %v", feature, got.Have, got.Faces[0].Lacks)
		}
		var none face.Face
		for _, other := range corrections {
			want := value(&a.Faces[0], other.feature)
			if other.feature == feature {
				want = value(&none, other.feature)
			}
			if v := value(&got.Faces[0], other.feature); v != want {
				t.Errorf("without %v: %v is %d, want %d", feature, other.feature, v, want)
			}
		}
		if pose, points := got.Faces[0].Pose == none.Pose, got.Faces[0].Landmarks == none.Landmarks; pose != (feature == face.PoseAngles) || points != (feature == face.Landmark) {
			t.Errorf("without %v: pose %+v, landmarks %v", feature, got.Faces[0].Pose, got.Faces[0].Landmarks[5])
		}
		if got.Faces[0].Box != whole.Box || a.Have != face.AllFeatures || value(&a.Faces[0], face.EmotionClasses) != int(face.Sad) {
			t.Errorf("without %v: the analysis was changed, or the box is gone", feature)
		}
		if again := got.Without(feature); again != got {
			t.Errorf("without %v: there was nothing to be taken away", feature)
		}
		a.Have &^= feature // it does not say what the faces have
		if again := a.Without(feature); !reflect.DeepEqual(again.Faces, got.Faces) {
			t.Errorf("without %v, which the analysis does not say it has: %+v", feature, again.Faces)
		}
	}

	a := analysisOf(seen(1), seen(2))
	a.Faces[1].Score = .7
	var e face.Edits
	if err := errors.Join(e.Correct(a, 1, face.AgeYears, 5), e.Correct(a, 1, face.Smiling, 1), e.Correct(a, 2, face.AgeYears, 6)); err != nil {
		t.Fatal(err)
	}
	out := e.Without(face.AgeYears)
	if _, ok := e.Of(1).Said.Of(face.AgeYears); !ok {
		t.Error("the edits were changed")
	}
	got := face.Apply(a, &out)
	if f := got.Faces[0]; f.Age.Floor() != 34 || value(&f, face.Smiling) != 1 {
		t.Errorf("the face is %+v", f)
	}
	if f := got.Faces[1]; f.Age.Floor() != 34 || f.Model != nil || f.Edited() || f.Doubtful() {
		t.Errorf("the face of which something was said out of sight is %+v", f)
	}
}
