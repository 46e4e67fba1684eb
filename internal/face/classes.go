package face

import "fmt"

// Emotion is one of the seven basic expressions.
type Emotion uint8

// The emotions, in the order of both seed APIs' documentation.
const (
	Angry Emotion = iota
	Disgust
	Fear
	Happy
	Sad
	Surprise
	Neutral
	NumEmotions = iota
)

var emotionNames = [NumEmotions]string{"angry", "disgust", "fear", "happy", "sad", "surprise", "neutral"}

// String returns the neutral name: "angry", "disgust" ...
func (e Emotion) String() string { return name(emotionNames[:], int(e)) }

// Emotions holds the probability of every Emotion; they add up to 1.
type Emotions [NumEmotions]float32

// Top returns the most probable emotion and its probability.
func (s Emotions) Top() (Emotion, float32) { i, p := top(s[:]); return Emotion(i), p }

// Gender is an apparent gender. The zero value is unknown.
type Gender uint8

// The genders the models tell apart.
const (
	UnknownGender Gender = iota
	Woman
	Man
	NumGenders = iota - 1
)

var genderNames = [NumGenders + 1]string{"unknown", "woman", "man"}

// String returns the neutral name: "woman" or "man".
func (g Gender) String() string { return name(genderNames[:], int(g)) }

// Genders holds the probability of Woman and Man, in this order; they add up to 1.
type Genders [NumGenders]float32

// Of returns the probability of g.
func (s Genders) Of(g Gender) float32 {
	if g == UnknownGender || int(g) > NumGenders {
		return 0
	}
	return s[g-1]
}

// Top returns the most probable gender and its probability.
func (s Genders) Top() (Gender, float32) { i, p := top(s[:]); return Gender(i + 1), p }

// Ethnicity is an apparent ethnicity in the six classes of Scaleflex's page.
// The zero value is unknown.
type Ethnicity uint8

// The ethnicities, in the order of Scaleflex's page.
const (
	UnknownEthnicity Ethnicity = iota
	Asian
	Indian
	Black
	White
	MiddleEastern
	LatinoHispanic
	NumEthnicities = iota - 1
)

var ethnicityNames = [NumEthnicities + 1]string{
	"unknown", "asian", "indian", "black", "white", "middle_eastern", "latino_hispanic",
}

// String returns the neutral name: "asian", "middle_eastern" ...
func (e Ethnicity) String() string { return name(ethnicityNames[:], int(e)) }

// Ethnicities holds the probability of Asian..LatinoHispanic, in this order; they add up to 1.
type Ethnicities [NumEthnicities]float32

// Of returns the probability of e.
func (s Ethnicities) Of(e Ethnicity) float32 {
	if e == UnknownEthnicity || int(e) > NumEthnicities {
		return 0
	}
	return s[e-1]
}

// Top returns the most probable ethnicity and its probability.
func (s Ethnicities) Top() (Ethnicity, float32) { i, p := top(s[:]); return Ethnicity(i + 1), p }

// Glasses is what a face wears before its eyes. The zero value is unknown.
type Glasses uint8

// The kinds of glasses.
const (
	UnknownGlasses Glasses = iota
	NoGlasses
	ClearGlasses // the eyes are well seen through them
	Sunglasses
	Goggles    // for swimming or diving
	NumGlasses = iota - 1
)

var glassesNames = [NumGlasses + 1]string{"unknown", "none", "glasses", "sunglasses", "goggles"}

// String returns the neutral name: "none", "glasses" ...
func (g Glasses) String() string { return name(glassesNames[:], int(g)) }

// Eyewear holds the probability of NoGlasses..Goggles, in this order; they add up to 1.
type Eyewear [NumGlasses]float32

// Of returns the probability of g.
func (s Eyewear) Of(g Glasses) float32 {
	if g == UnknownGlasses || int(g) > NumGlasses {
		return 0
	}
	return s[g-1]
}

// Top returns the most probable kind of glasses and its probability.
func (s Eyewear) Top() (Glasses, float32) { i, p := top(s[:]); return Glasses(i + 1), p }

// NumAgeBands is the number of age bands of the attribute network.
const NumAgeBands = 9

// AgeBandStarts returns the first year of each band; a band ends where the next
// begins, the last is open (FairFace's bands: 0-2, 3-9, 10-19 ... 60-69, 70 and more).
func AgeBandStarts() [NumAgeBands]int { return [...]int{0, 3, 10, 20, 30, 40, 50, 60, 70} }

// Age is an apparent age.
type Age struct {
	_     struct{}             `cbor:",toarray"`
	Years float32              // the estimate
	Low   float32              // Low..High holds the age with a probability of 80 %
	High  float32              //
	Bands [NumAgeBands]float32 // probability of every band, adding up to 1
}

// Floor returns the age in full years, as filters and people use it.
func (a Age) Floor() int { return int(a.Years) }

// top returns the index and the value of the largest probability.
func top(p []float32) (int, float32) {
	best := 0
	for i := range p {
		if p[i] > p[best] {
			best = i
		}
	}
	return best, p[best]
}

// name is the String of every enum: a value out of range is told, not hidden.
func name(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return fmt.Sprintf("(%d)", i)
}
