//go:build !noavif

package decode

import (
	"image"
	"io"

	"github.com/gen2brain/avif"
)

// avifBuilt tells whether AVIF is read. The tag noavif leaves libavif and libaom out.
const avifBuilt = true

// decodeAVIF decodes the first picture of an AVIF file as it is coded: neither cropped nor turned.
func decodeAVIF(r io.Reader) (image.Image, error) { return avif.Decode(r) }
