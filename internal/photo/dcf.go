package photo

// AdobeRGB reports whether the EXIF block of a picture file says that its colours are Adobe RGB. A camera that
// is set to it writes no profile: it calls the colours uncalibrated and the file one of the "option file" rule
// (DCF 2.0, CP-3461B: InteroperabilityIndex R03).
func AdobeRGB(data []byte) bool {
	const (
		tagColourSpace   = 0xA001
		uncalibrated     = 0xFFFF
		tagInteropIFD    = 0xA005
		tagInteropIndex  = 0x0001
		optionFile       = "R03\x00"
		longestIndexText = 4
	)
	t, ok := openTIFF(inMemory(EXIF(data)), 0)
	if !ok {
		return false
	}
	main, _ := t.directory(t.first)
	exif, ok := main.sub(tagExifIFD)
	if !ok || exif.number(tagColourSpace) != uncalibrated {
		return false
	}
	interop, ok := exif.sub(tagInteropIFD)
	return ok && string(interop.bytes(tagInteropIndex, longestIndexText)) == optionFile
}
