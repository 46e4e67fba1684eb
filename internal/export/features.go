package export

import "semblance/internal/face"

// Features returns what the dialect has words for.
func (d Dialect) Features() face.Features {
	switch d {
	case Rosto:
		return face.AllFeatures &^ face.EyeStates
	case Scaleflex:
		return face.BoundsBox | face.EmotionClasses | face.EthnicityClasses | face.AgeYears | face.GenderClasses
	}
	return face.AllFeatures
}
