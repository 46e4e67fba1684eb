package decode

import (
	"bytes"
	"image"
	"image/jpeg"

	"semblance/internal/photo"
)

// stdJPEG decodes with the standard library, at full size: for builds without
// TurboJPEG, and as the measure of it. It gives nothing of a truncated file.
func stdJPEG(data []byte) (*image.RGBA, error) {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, damaged(photo.JPEG, err)
	}
	return opaque(m), nil
}
