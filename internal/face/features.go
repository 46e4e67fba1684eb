package face

import (
	"fmt"
	"strings"
)

// Features is a set of things to find out about a face. The command-line flag,
// the API parameter and "what is known" are all this one type.
type Features uint32

// quality is a name for two features, as on Rosto's page.
const quality = Blurriness | Lighting

// The features. Their bits are stored: new ones are added at the end.
const (
	AgeYears Features = 1 << iota
	BoundsBox
	EmotionClasses
	EthnicityClasses
	GenderClasses
	Landmark
	PoseAngles
	Smiling
	Blurriness
	Lighting
	EyeStates
	numFeatures = iota

	// AllFeatures is every feature there is.
	AllFeatures Features = 1<<numFeatures - 1
)

var featureNames = [numFeatures]string{"age", "bounds", "emotion", "ethnicity", "gender", "landmarks", "pose", "smile", "blur", "exposure", "eyes"}

// Has reports whether s holds every feature of want.
func (s Features) Has(want Features) bool { return s&want == want }

// String returns the names in a fixed order, joined by commas.
func (s Features) String() string { return strings.Join(s.Names(), ",") }

// Names returns the names of the features of s in a fixed order.
func (s Features) Names() []string {
	var names []string
	for i, n := range featureNames {
		if s&(1<<i) != 0 {
			names = append(names, n)
		}
	}
	return names
}

// ParseFeatures reads a comma-separated list such as "gender,age"; "all" and
// the empty list are every feature, "quality" is blur and exposure. An unknown name is an error that lists what is possible.
func ParseFeatures(list string) (Features, error) {
	var s Features
next:
	for word := range strings.SplitSeq(list, ",") {
		word = strings.ToLower(strings.TrimSpace(word))
		switch word {
		case "":
			continue
		case "all":
			s |= AllFeatures
			continue
		case "quality":
			s |= quality
			continue
		}
		for i, n := range featureNames {
			if n == word {
				s |= 1 << i
				continue next
			}
		}
		return 0, fmt.Errorf("unknown feature %q, possible are %s, quality (blur and exposure) and all", word, strings.Join(featureNames[:], ", "))
	}
	if s == 0 {
		return AllFeatures, nil
	}
	return s, nil
}
