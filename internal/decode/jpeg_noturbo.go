//go:build !cgo || noturbo

package decode

import (
	"bytes"
	"image"
	"image/jpeg"

	"semblance/internal/photo"
)

// turboBuilt tells tests which decoder is built in.
const turboBuilt = false

func jpegSize(data []byte) (w, h int, err error) {
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, damaged(photo.JPEG, err)
	}
	return c.Width, c.Height, nil
}

// jpegPixels decodes at full size whatever is asked for: the standard library has no scales.
func jpegPixels(data []byte, _ int) (*image.RGBA, string, error) {
	img, err := stdJPEG(data)
	return img, "", err
}
