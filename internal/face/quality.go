package face

// BlurThreshold is the blur level below which a face is blurry: Rosto's threshold. Of sharp
// faces 98 % are above it, of faces blurred by 1.1 % of their side or more none (measured
// on 60 portraits; analysis/quality.go has the formula). Small faces are too coarse to tell
// it of: of 40 to 80 pixels they are blurry from 1.5 % on, below that from 3 %.
const BlurThreshold = 100

// Blurry reports whether the face is blurred or shaken. A face that is too dark has little
// contrast and may be called blurry wrongly: then it is unsure (Thresholds.Sure).
func (f *Face) Blurry() bool { return f.Blur < BlurThreshold }

// usualLuma is the mean luma of a face in good light.
const usualLuma = 100

// surelyBlurry reports whether it is sure that the face is blurry or sharp, whichever it is: that it would be so with
// more light too. On a face of half the luma every difference is half as large, and the level a
// quarter. Of 89 sharp faces (FairFace) that were darkened by 0, 1, 2, 3 stops, .00 .37 .71 .90
// are blurry and .00 .15 .18 .16 surely so; blurred by 1.1 % of their side, .80 .80 .75 .66 are
// surely blurry still. A sharp face is always sure, and so is a blurry one whose light nobody knows.
func (f *Face) surelyBlurry() bool {
	if !f.Blurry() || f.Exposure.Is == UnknownLight {
		return true
	}
	gain := max(1, usualLuma/max(f.Exposure.Mean, 1))
	return f.Blur*gain*gain < BlurThreshold
}

// Light is how bright a face was exposed. The zero value is unknown.
type Light uint8

// The exposures, from dark to bright.
const (
	UnknownLight Light = iota
	Underexposed
	Balanced
	Overexposed
	NumLights = iota - 1
)

var lightNames = [NumLights + 1]string{"unknown", "underexposed", "balanced", "overexposed"}

// String returns Rosto's word: "underexposed", "balanced" or "overexposed".
func (l Light) String() string { return name(lightNames[:], int(l)) }

// Exposure is how bright a face is.
type Exposure struct {
	_    struct{} `cbor:",toarray"`
	Is   Light
	Mean float32 // mean luma of the face, 0..255: a face before a bright sky is dark and yet called balanced
}
