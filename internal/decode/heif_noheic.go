//go:build noheic

package decode

import (
	"image"
	"io"
)

const heicBuilt = false

func decodeHEIC(io.Reader) (image.Image, error) { return nil, ErrUnsupported }
