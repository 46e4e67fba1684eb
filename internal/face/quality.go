package face

// BlurThreshold is the blur level below which a face is blurry: Rosto's threshold. Of sharp
// faces 98 % are above it, of faces blurred by 1.1 % of their side or more none
// (measured on FairFace; analysis/quality.go has the formula).
const BlurThreshold = 100

// Blurry reports whether the face is blurred or shaken. A face that is too dark has little
// contrast and may be called blurry wrongly: say that it is underexposed first.
func (f *Face) Blurry() bool { return f.Blur < BlurThreshold }

// SureBlur returns whether the face is blurry and whether that is sure. Of sharp faces two stops
// too dark more than half fall below the threshold (analysis/quality.go has the measurement),
// so that "blurry" is unsure where the face is underexposed, and "sharp" is not.
func (f *Face) SureBlur() (blurry, sure bool) {
	return f.Blurry(), !f.Blurry() || f.Exposure.Is != Underexposed
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
