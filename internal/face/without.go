package face

import "slices"

// Without returns a as if nobody had looked for features: no face has a value of them. It is a itself where
// there is nothing to be taken away; a is not changed.
func (a *Analysis) Without(features Features) *Analysis {
	gone := a.Have & features
	if gone == 0 {
		return a
	}
	out := *a
	out.Have &^= gone
	out.Faces = make([]Face, len(a.Faces))
	for i := range a.Faces {
		out.Faces[i] = a.Faces[i]
		out.Faces[i].clear(gone)
	}
	return &out
}

// clear takes the values of features away, apart from the box: there is no face without one.
func (f *Face) clear(features Features) {
	f.Lacks &^= features
	f.Small &^= features
	for i := range numFeatures {
		switch features & (1 << i) {
		case AgeYears:
			f.Age = Age{}
		case EmotionClasses:
			f.Emotion = Emotions{}
		case EthnicityClasses:
			f.Ethnicity = Ethnicities{}
		case GenderClasses:
			f.Gender = Genders{}
		case Landmark:
			f.Landmarks = Landmarks{}
		case PoseAngles:
			f.Pose = Pose{}
		case Smiling:
			f.Smile = 0
		case Blurriness:
			f.Blur = 0
		case Lighting:
			f.Exposure = Exposure{}
		case EyeStates:
			f.Eyes = Eyes{}
		case GlassesWorn:
			f.Eyewear = Eyewear{}
		case HairShape:
			f.Hair = Hair{}
		}
	}
}

// Without returns e as it is shown where features are not: what was said about their values is out of sight. Whoever
// said it said that there is a face, and that stays. e is not changed, and what is returned is not to be stored.
func (e *Edits) Without(features Features) Edits {
	out := *e
	out.Faces = slices.Clone(e.Faces)
	for i := range out.Faces {
		if edit := &out.Faces[i]; edit.Said.Features()&features != 0 {
			edit.Said.revert(features)
			edit.Unseen = true
		}
	}
	return out
}
