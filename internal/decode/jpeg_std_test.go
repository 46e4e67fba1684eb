package decode

import (
	"bytes"
	"image"
	"image/jpeg"

	"semblance/internal/photo"
)

// stdJPEG decodes with the standard library, at full size: the measure of libjpeg-turbo.
func stdJPEG(data []byte) (*image.RGBA, error) {
	m, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, damaged(photo.JPEG, err)
	}
	return opaque(m), nil
}
