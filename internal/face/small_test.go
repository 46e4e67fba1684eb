package face_test

import (
	"testing"

	"semblance/internal/face"
)

func TestTooSmall(t *testing.T) {
	for _, tt := range []struct {
		w, h float32
		want face.Features
	}{
		{100, 100, 0},
		{32, 10, 0}, // the longer side counts
		{10, 32, 0},
		{31.5, 31.5, face.EmotionClasses | face.HairShape},
		{24, 24, face.EmotionClasses | face.HairShape},
		{23, 20, face.EmotionClasses | face.HairShape | face.EthnicityClasses | face.Smiling | face.Blurriness},
		{19, 12, face.EmotionClasses | face.HairShape | face.EthnicityClasses | face.Smiling | face.Blurriness | face.AgeYears | face.GlassesWorn},
		{0, 0, face.EmotionClasses | face.HairShape | face.EthnicityClasses | face.Smiling | face.Blurriness | face.AgeYears | face.GlassesWorn | face.GenderClasses},
	} {
		if got := face.TooSmall(face.BoxAt(5, 5, tt.w, tt.h)); got != tt.want {
			t.Errorf("%v x %v: too small for %v, want %v", tt.w, tt.h, got, tt.want)
		}
	}
	// Both functions say the same of every feature, on either side of its limit.
	for feature := face.Features(1); feature < face.AllFeatures; feature <<= 1 {
		side := face.LeastSide(feature)
		if face.TooSmall(face.BoxAt(0, 0, side, 0)).Has(feature) {
			t.Errorf("%v: %v pixels are too few", feature, side)
		}
		if side > 0 && !face.TooSmall(face.BoxAt(0, 0, side-.1, 0)).Has(feature) {
			t.Errorf("%v: less than %v pixels are not too few", feature, side)
		}
	}
	if got, want := face.LeastSide(face.GenderClasses|face.AgeYears), face.LeastSide(face.AgeYears); got != want {
		t.Errorf("of two features %v, want the larger %v", got, want)
	}
}

// The word for the colour of hair needs the age: a face that is large enough for one is so for the other.
func TestHairNeedsTheAge(t *testing.T) {
	if age, hair := face.LeastSide(face.AgeYears), face.LeastSide(face.HairShape); age > hair {
		t.Errorf("hair is looked at from %v pixels on, the age from %v", hair, age)
	}
}
