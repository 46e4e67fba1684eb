package photo

// Tags of Exif 2.32 that say what colours are.
const (
	tagColourSpace  = 0xA001
	tagInteropIFD   = 0xA005
	tagInteropIndex = 0x0001
)

// AdobeRGB reports whether the EXIF block of a picture file says that its colours are Adobe RGB. A camera that
// is set to it writes no profile: it calls the colours uncalibrated and the file one of the "option file" rule
// (DCF 2.0, CP-3461B: InteroperabilityIndex R03). Of a RAW file it says RAWFile.
func AdobeRGB(data []byte) bool { return exifOf(inMemory(EXIF(data))).adobeRGB() }

func (x exif) adobeRGB() bool {
	const (
		uncalibrated     = 0xFFFF
		optionFile       = "R03\x00"
		longestIndexText = 4
	)
	if x.exposure.number(tagColourSpace) != uncalibrated {
		return false
	}
	interop, ok := x.exposure.sub(tagInteropIFD)
	return ok && string(interop.bytes(tagInteropIndex, longestIndexText)) == optionFile
}

// saysColours reports whether x says anything about colours.
func (x exif) saysColours() bool { return x.exposure.number(tagColourSpace) != 0 }
