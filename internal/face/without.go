package face

import "slices"

// Without returns a as if nobody had looked for features: no face has a value of them, whatever Have says. It is a itself
// where there is nothing to be taken away; a is not changed. Models still names the networks that ran.
func (a *Analysis) Without(features Features) *Analysis {
	holds := a.Have&features != 0
	for i := 0; i < len(a.Faces) && !holds; i++ {
		holds = a.Faces[i].holds(features)
	}
	if !holds {
		return a
	}
	out := *a
	out.Have &^= features
	out.Faces = slices.Clone(a.Faces)
	for i := range out.Faces {
		out.Faces[i].clear(features)
	}
	return &out
}

// holds reports whether there is anything that clear would take away.
func (f *Face) holds(features Features) bool {
	if (f.Lacks|f.Small)&features != 0 {
		return true
	}
	for i := range numFeatures {
		var some bool
		switch features & (1 << i) {
		case AgeYears:
			some = f.Age != Age{}
		case EmotionClasses:
			some = f.Emotion != Emotions{}
		case EthnicityClasses:
			some = f.Ethnicity != Ethnicities{}
		case GenderClasses:
			some = f.Gender != Genders{}
		case Landmark:
			some = f.Landmarks != Landmarks{}
		case PoseAngles:
			some = f.Pose != Pose{}
		case Smiling:
			some = f.Smile != 0
		case Blurriness:
			some = f.Blur != 0
		case Lighting:
			some = f.Exposure != Exposure{}
		case EyeStates:
			some = f.Eyes != Eyes{}
		case GlassesWorn:
			some = f.Eyewear != Eyewear{}
		case HairShape:
			some = f.Hair.Color != UnknownHair || f.Hair.RGB != [3]uint8{} || f.Hair.Area != 0 || f.Hair.Pieces != nil
		}
		if some {
			return true
		}
	}
	return false
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

// SaidAs returns e with what other, an edit of the same face, says about the values of features.
func (e Edit) SaidAs(other Edit, features Features) Edit {
	for i := range e.Said {
		if features&(1<<i) != 0 {
			e.Said[i] = other.Said[i]
		}
	}
	if e.Box == (Box{}) { // it said nothing
		e.Box = other.Box
	}
	return e
}
