//go:build noavif

package decode

import (
	"image"
	"io"
)

const avifBuilt = false

func decodeAVIF(io.Reader) (image.Image, error) { return nil, ErrUnsupported }
