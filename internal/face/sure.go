package face

import "fmt"

// Thresholds say when a value is sure. One below its threshold is unsure: it is shown as
// "unsure" beside its probabilities, and filters do not match it unless they are asked for best
// guesses. A person may choose others; no network has to run again for that.
type Thresholds struct {
	// The least probability, from .5 (nothing is unsure that has two classes) to 1.
	Emotion   float32 `json:"emotion"`
	Ethnicity float32 `json:"ethnicity"`
	Gender    float32 `json:"gender"`
	Glasses   float32 `json:"glasses"`
	Smile     float32 `json:"smile"`
	Eyes      float32 `json:"eyes"`
	Hair      float32 `json:"hair"` // of the word for its colour; no hair and dyed hair are always sure, and so is a word from before words had probabilities
	// AgeSpan is the largest width of the range that holds the age with 80 %, in years.
	AgeSpan float32 `json:"ageSpan"`
}

// DefaultThresholds returns the thresholds that were read off what is right above them. `make accuracy` prints, as
// "sure" and "right, sure ones", what is said at each and how much of it is right:
//
//	gender     .8   of FairFace's faces 86 %, right 97 %; of UTKFace's 82 %, right 95 %
//	ethnicity  .6   of FairFace's faces 67 %, right 89 %, unevenly: 39 % of latino hispanic faces, 85 % of asian ones
//	glasses    .8   of FairFace's and GENKI's faces 99 %, all right
//	smile      .7   of GENKI's faces 95 %, right 97 %; of smiles64's 89 %, right 91 %
//	emotion    .6   of LFW's faces 52 %, right 86 %; of FER2013's, of whose labels people share two thirds, 63 %, right 71 %
//	hair       .7   of the labelled heads of photos 71 %, plausible 81 %
//	age        30   of UTKFace's faces 92 %, a mean error of 4.6 years instead of 4.9
//
// Eyes are in docs/ACCURACY.md too.
func DefaultThresholds() Thresholds {
	return Thresholds{Emotion: .6, Ethnicity: .6, Gender: .8, Glasses: .8, Smile: .7, Eyes: .8, Hair: .7, AgeSpan: 30}
}

// OrDefault returns t, or the defaults for the zero value.
func (t Thresholds) OrDefault() Thresholds {
	if t == (Thresholds{}) {
		return DefaultThresholds()
	}
	return t
}

// Check returns an error that names the first threshold out of range, nil if there is none.
func (t Thresholds) Check() error {
	for _, p := range []struct {
		name  string
		value float32
	}{
		{"emotion", t.Emotion}, {"ethnicity", t.Ethnicity}, {"gender", t.Gender}, {"glasses", t.Glasses}, {"smile", t.Smile}, {"eyes", t.Eyes}, {"hair", t.Hair},
	} {
		if !(p.value >= 0 && p.value <= 1) {
			return fmt.Errorf("threshold of %s: %g is no probability from 0 to 1", p.name, p.value)
		}
	}
	if !(t.AgeSpan >= 0 && t.AgeSpan <= 100) {
		return fmt.Errorf("threshold of age: %g is no width from 0 to 100 years", t.AgeSpan)
	}
	return nil
}

// Sure returns the features of which f's value is sure. What a person said always is, and so
// is what has no threshold. Of a feature that f lacks, or that nobody looked for, it says nothing.
func (t Thresholds) Sure(f *Face) Features {
	sure := AllFeatures
	unless := func(feature Features, ok bool) {
		if !ok {
			sure &^= feature
		}
	}
	_, emotion := f.Emotion.Top()
	unless(EmotionClasses, emotion >= t.Emotion)
	_, ethnicity := f.Ethnicity.Top()
	unless(EthnicityClasses, ethnicity >= t.Ethnicity)
	_, gender := f.Gender.Top()
	unless(GenderClasses, gender >= t.Gender)
	_, glasses := f.Eyewear.Top()
	unless(GlassesWorn, glasses >= t.Glasses)
	_, smile := f.Smiles()
	unless(Smiling, smile >= t.Smile)
	_, eyes := f.Eyes.Top()
	unless(EyeStates, eyes >= t.Eyes && f.Eyes.Doubt() == NoEyeDoubt)
	word, hair := f.Hair.Fitting()
	unless(HairShape, hair >= t.Hair || word == UnknownHair)
	unless(AgeYears, f.Age.High-f.Age.Low <= t.AgeSpan)
	unless(Blurriness, f.surelyBlurry())
	return sure | f.Edit.Said.Features()
}
