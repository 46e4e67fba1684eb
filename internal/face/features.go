package face

import (
	"fmt"
	"math/bits"
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
	GlassesWorn
	HairShape
	numFeatures = iota

	// AllFeatures is every feature there is.
	AllFeatures Features = 1<<numFeatures - 1

	// UsualFeatures is what is found out unless somebody asks for more: all but the apparent ethnicity, which
	// has to be asked for by its name or by "all".
	UsualFeatures = AllFeatures &^ EthnicityClasses
)

var featureNames = [numFeatures]string{"age", "bounds", "emotion", "ethnicity", "gender", "landmarks", "pose", "smile", "blur", "exposure", "eyes", "glasses", "hair"}

// Has reports whether s holds every feature of want.
func (s Features) Has(want Features) bool { return s&want == want }

// bit returns the place of the first feature of s, one that no feature has if there is none.
func (s Features) bit() int { return bits.TrailingZeros32(uint32(s)) }

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

// Split returns the features of s one by one, in a fixed order.
func (s Features) Split() []Features {
	var all []Features
	for i := range numFeatures {
		if one := Features(1) << i; s&one != 0 {
			all = append(all, one)
		}
	}
	return all
}

// ParseFeatures reads a comma-separated list such as "gender,age"; "all"
// is every feature, the empty list is UsualFeatures, "quality" is blur and exposure. An unknown name is an error that lists what is possible.
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
		return UsualFeatures, nil
	}
	return s, nil
}
