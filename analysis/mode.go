package analysis

import "fmt"

// Mode says how hard the detector looks for small faces. The zero value is Fast.
type Mode uint8

// The modes. Processor time is that of the detector alone, one thread, for a photo
// of about 2 megapixels.
const (
	// Fast finds faces from about 1 % of the photo's long side; 40 to 55 ms.
	Fast Mode = iota
	// Default adds one pass of up to 1600 pixels, for faces half that size; 100 to 140 ms.
	Default
	// Thorough adds a pass of 2400 pixels; twice the time of Default.
	Thorough
	numModes
)

// What Analysis.Mode says where no detector ran.
const (
	modeBoxes = "boxes"
	modeCrop  = "crop"
)

var modeNames = [numModes]string{"fast", "default", "thorough"}

// String returns "fast", "default" or "thorough".
func (m Mode) String() string {
	if m < numModes {
		return modeNames[m]
	}
	return fmt.Sprintf("(%d)", m)
}

// ParseMode is the reverse of String. The error lists what is possible.
func ParseMode(s string) (Mode, error) {
	for i, n := range modeNames {
		if n == s {
			return Mode(i), nil
		}
	}
	return 0, fmt.Errorf("unknown detector mode %q, possible are fast, default and thorough", s)
}
