package decode

import (
	"encoding/binary"
	"fmt"
)

// damagedWarning begins the warning about a picture that could be decoded all the same.
const damagedWarning = "the file is damaged: "

// jpegMaxCoefficients is how many bytes the coefficients of a file of several scans may take; 150 megapixels
// with colours at full resolution, more than any camera takes, have 900 MB. jpegMemory is what a decoder needs besides.
const (
	jpegMaxCoefficients = 1 << 30
	jpegMemory          = 16 << 20
)

// jpegFrame is what a JPEG's frame header says (ITU-T T.81, B.2.2).
type jpegFrame struct {
	marker    byte // 0xC0 to 0xCF: the kind of coding
	precision int  // bits a sample
	w, h      int
	sampling  [][2]int // of each component, across and down
}

// readJPEGFrame finds the frame header. ok is false if there is none, or not all of it.
func readJPEGFrame(data []byte) (f jpegFrame, ok bool) {
	for i := 2; i+4 <= len(data); {
		if data[i] != 0xFF || data[i+1] == 0xFF || data[i+1] == 0 {
			i++ // what may lie between segments
			continue
		}
		marker := data[i+1]
		if marker == 0x01 || marker >= 0xD0 && marker <= 0xD8 {
			i += 2 // these have no length
			continue
		}
		n := int(binary.BigEndian.Uint16(data[i+2:]))
		switch {
		case marker == 0xD9 || marker == 0xDA || n < 2 || i+2+n > len(data):
			return f, false // the picture begins or ends here
		case marker < 0xC0 || marker > 0xCF || marker == 0xC4 || marker == 0xC8 || marker == 0xCC:
			i += 2 + n
			continue
		}
		s := data[i+4 : i+2+n]
		if len(s) < 6 || len(s) < 6+3*int(s[5]) {
			return f, false
		}
		f = jpegFrame{marker: marker, precision: int(s[0]), h: int(binary.BigEndian.Uint16(s[1:])), w: int(binary.BigEndian.Uint16(s[3:]))}
		for c := range int(s[5]) {
			f.sampling = append(f.sampling, [2]int{int(s[7+3*c] >> 4), int(s[7+3*c] & 15)})
		}
		return f, true
	}
	return f, false
}

// jpegLacks returns an error for the kinds of JPEG that no decoder here reads: the file is not
// damaged. What is no JPEG at all is left to the decoder.
func jpegLacks(data []byte, arithmetic bool) error {
	f, ok := readJPEGFrame(data)
	if !ok {
		return nil
	}
	what := ""
	switch {
	case f.marker == 0xC3 || f.marker == 0xCB:
		what = "lossless JPEG"
	case f.marker >= 0xC5 && f.marker <= 0xC7 || f.marker >= 0xCD:
		what = "hierarchical JPEG"
	case f.precision != 8:
		what = fmt.Sprintf("%d-bit JPEG", f.precision)
	case f.marker >= 0xC9 && !arithmetic:
		what = "JPEG with arithmetic coding"
	case len(f.sampling) == 2 || len(f.sampling) > 4:
		what = fmt.Sprintf("JPEG of %d colours", len(f.sampling))
	default:
		return nil
	}
	return fmt.Errorf("%w: %s", ErrUnsupported, what)
}
