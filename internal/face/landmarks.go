package face

// NumLandmarks is the number of points of a face.
const NumLandmarks = 71

// Landmarks are the 68 points of iBUG 300-W in its order (0-based), then the
// left eye's centre, the right eye's centre and the centre of the mouth.
type Landmarks [NumLandmarks]Point

// The three points after iBUG's 68.
const (
	LeftEyeCenter  = 68
	RightEyeCenter = 69
	MouthCenter    = 70
)

// LandmarkGroup is a named part of a face.
type LandmarkGroup uint8

// The groups, named as on Rosto's page. The left eye is the subject's: it has
// the larger x on an upright face.
const (
	Jaw LandmarkGroup = iota
	RightEyebrow
	LeftEyebrow
	Nose
	RightEye
	LeftEye
	UpperLip
	UnderLip
	LeftEyeCentre
	RightEyeCentre
	MouthCentre
	numLandmarkGroups
)

var groupNames = [numLandmarkGroups]string{
	"jaw", "right_eyebrow", "left_eyebrow", "nose", "right_eye", "left_eye",
	"upper_lip", "under_lip", "left_eye_center", "right_eye_center", "mouth_center",
}

// String returns the name of the group in Rosto's JSON.
func (g LandmarkGroup) String() string { return name(groupNames[:], int(g)) }

// LandmarkGroups returns all groups, in the order of their points.
func LandmarkGroups() []LandmarkGroup {
	all := make([]LandmarkGroup, numLandmarkGroups)
	for i := range all {
		all[i] = LandmarkGroup(i)
	}
	return all
}

// Indices returns the numbers of the group's points, in drawing order.
func (g LandmarkGroup) Indices() []int {
	switch g {
	case Jaw:
		return span(0, 17)
	case RightEyebrow:
		return span(17, 22)
	case LeftEyebrow:
		return span(22, 27)
	case Nose:
		return span(27, 36)
	case RightEye:
		return span(36, 42)
	case LeftEye:
		return span(42, 48)
	case UpperLip: // outer lip from corner to corner, then the inner upper edge
		return append(span(48, 55), span(61, 64)...)
	case UnderLip:
		return append(span(55, 61), span(64, 68)...)
	case LeftEyeCentre:
		return []int{LeftEyeCenter}
	case RightEyeCentre:
		return []int{RightEyeCenter}
	case MouthCentre:
		return []int{MouthCenter}
	}
	return nil
}

func span(from, to int) []int {
	s := make([]int, 0, to-from)
	for i := from; i < to; i++ {
		s = append(s, i)
	}
	return s
}
