package face

import (
	"errors"
	"fmt"
	"math"
)

// Correctable is the features of which a person can say that another value is right.
const Correctable = AgeYears | EmotionClasses | EthnicityClasses | GenderClasses | Smiling | Blurriness | Lighting | EyeStates | GlassesWorn | HairShape

// MaxAge is the greatest age in years that a person can give.
const MaxAge = 120

// Value returns the most probable value of a correctable feature as a number: full years, an Emotion, Ethnicity,
// Gender, EyeState, Glasses, HairColor or Light, or 1 for a face that smiles or is blurry and 0 for one that
// does not or is sharp. It does not look at whether f lacks the feature. ok is false for any other feature.
func (f *Face) Value(feature Features) (value int, ok bool) {
	switch feature {
	case AgeYears:
		return f.Age.Floor(), true
	case EmotionClasses:
		e, _ := f.Emotion.Top()
		return int(e), true
	case EthnicityClasses:
		e, _ := f.Ethnicity.Top()
		return int(e), true
	case GenderClasses:
		g, _ := f.Gender.Top()
		return int(g), true
	case Smiling:
		smiles, _ := f.Smiles()
		return truth(smiles), true
	case Blurriness:
		return truth(f.Blurry()), true
	case Lighting:
		return int(f.Exposure.Is), true
	case EyeStates:
		e, _ := f.Eyes.Top()
		return int(e), true
	case GlassesWorn:
		g, _ := f.Eyewear.Top()
		return int(g), true
	case HairShape:
		return int(f.Hair.Color), true
	}
	return 0, false
}

// set makes value the value of a feature, with probability 1.
func (f *Face) set(feature Features, value int) {
	yes := float32(value)
	switch feature {
	case AgeYears:
		f.Age = Age{Years: yes, Low: yes, High: yes}
		starts := AgeBandStarts()
		band := 0
		for band+1 < NumAgeBands && value >= starts[band+1] {
			band++
		}
		f.Age.Bands[band] = 1
	case EmotionClasses:
		f.Emotion = Emotions{}
		f.Emotion[value] = 1
	case EthnicityClasses:
		f.Ethnicity = Ethnicities{}
		f.Ethnicity[value-1] = 1
	case GenderClasses:
		f.Gender = Genders{}
		f.Gender[value-1] = 1
	case Smiling:
		f.Smile = yes
	case Blurriness:
		// The level stays as it was measured where it agrees; else it is the nearest one that does.
		if was := f.Blurry(); truth(was) != value {
			f.Blur = BlurThreshold
			if value == 1 {
				f.Blur = math.Nextafter32(BlurThreshold, 0)
			}
		}
	case Lighting:
		f.Exposure.Is = Light(value)
	case EyeStates:
		open := Eye{Open: float32(truth(EyeState(value) == EyesOpen))}
		f.Eyes = Eyes{Left: open, Right: open}
	case GlassesWorn:
		f.Eyewear = Eyewear{}
		f.Eyewear[value-1] = 1
	case HairShape:
		if c := HairColor(value); c == NoHair {
			f.Hair = Hair{Color: c}
		} else {
			f.Hair.Color, f.Hair.Fits = c, [NumGrownHair]float32{}
		}
	}
}

// ErrNoValue is the error of a correction to something that is no value of the feature.
var ErrNoValue = errors.New("no such value")

// checkValue returns ErrNoValue unless value is one that a person can give.
func checkValue(feature Features, value int) error {
	low, high := 0, 1 // yes or no
	switch feature {
	case AgeYears:
		high = MaxAge
	case EmotionClasses:
		high = NumEmotions - 1
	case EthnicityClasses:
		low, high = 1, NumEthnicities
	case GenderClasses:
		low, high = 1, NumGenders
	case Lighting:
		low, high = 1, NumLights
	case EyeStates:
		low, high = int(EyesOpen), int(EyesClosed)
	case GlassesWorn:
		low, high = 1, NumGlasses
	case HairShape:
		low, high = 1, NumHairColors
	case Smiling, Blurriness:
	default:
		return fmt.Errorf("%v cannot be corrected: %w", feature, ErrNoValue)
	}
	if value < low || value > high {
		return fmt.Errorf("%v %d: %w", feature, value, ErrNoValue)
	}
	return nil
}

// Said is what a person said that a face shows, instead of what the networks see: for each feature, by its bit,
// 0 if nothing was said, else one more than the number of Face.Value.
type Said [numFeatures]int16

// Of returns the value that was given for one feature, and whether one was.
func (s Said) Of(feature Features) (value int, ok bool) {
	i := feature.bit()
	if i >= len(s) || s[i] == 0 {
		return 0, false
	}
	return int(s[i]) - 1, true
}

// revert takes back what was said about features.
func (s *Said) revert(features Features) {
	for i := range s {
		if features&(1<<i) != 0 {
			s[i] = 0
		}
	}
}

// Features returns the features that something was said about.
func (s Said) Features() Features {
	var set Features
	for i, v := range s {
		if v != 0 {
			set |= 1 << i
		}
	}
	return set
}

// Correct says that value, a number as Face.Value returns it, is the value of a feature of a face of a, the photo's
// analysis as it is stored, or of a face that was drawn. The errors are ErrNoFace and ErrNoValue.
func (e *Edits) Correct(a *Analysis, number uint32, feature Features, value int) error {
	if err := checkValue(feature, value); err != nil {
		return fmt.Errorf("face %d: %w", number, err)
	}
	return e.amend(a, number, func(edit *Edit) { edit.Said[feature.bit()] = int16(value) + 1 })
}

// Revert takes back what was said about the values of features of a face; nothing happens where nothing was. The
// error is ErrNoFace.
func (e *Edits) Revert(a *Analysis, number uint32, features Features) error {
	return e.amend(a, number, func(edit *Edit) { edit.Said.revert(features) })
}

// corrected returns f with the values that were said.
func (e Edit) corrected(f Face) Face {
	said := e.Said.Features()
	if said == 0 {
		return f
	}
	model := f
	f.Model = &model
	for i, v := range e.Said {
		if v != 0 {
			f.set(1<<i, int(v)-1)
		}
	}
	f.Lacks &^= said
	f.Small &^= said
	return f
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}
