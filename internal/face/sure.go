package face

// A class whose probability is below its threshold is unsure: it is shown as
// "unsure" beside its probabilities, and filters do not match it. The
// thresholds were read off the abstention tables of the networks (FairFace
// validation, 5,000 faces: at .8 gender is right in 97 % of the faces it is said
// of; at .6 ethnicity in 90 %).
const (
	SureEmotion   = 0.5
	SureEthnicity = 0.6
	SureGender    = 0.8
	SureSmile     = 0.7
	// SureAgeSpan is the width of the 80 % range in years above which an age is unsure.
	SureAgeSpan = 30
)

// SureEmotion returns the most probable emotion and whether it is sure.
func (f *Face) SureEmotion() (Emotion, bool) { e, p := f.Emotion.Top(); return e, p >= SureEmotion }

// SureGender returns the most probable gender and whether it is sure.
func (f *Face) SureGender() (Gender, bool) { g, p := f.Gender.Top(); return g, p >= SureGender }

// SureEthnicity returns the most probable ethnicity and whether it is sure.
func (f *Face) SureEthnicity() (Ethnicity, bool) {
	e, p := f.Ethnicity.Top()
	return e, p >= SureEthnicity
}

// SureSmile returns whether the face smiles and whether that is sure.
func (f *Face) SureSmile() (bool, bool) { s, p := f.Smiles(); return s, p >= SureSmile }

// SureAge returns the age in full years and whether it is sure.
func (f *Face) SureAge() (int, bool) { return f.Age.Floor(), f.Age.High-f.Age.Low <= SureAgeSpan }
