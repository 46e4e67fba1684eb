//go:build !noheic

package decode

import (
	"image"
	"io"

	"github.com/gen2brain/heic"
)

// heicBuilt tells whether HEIC is read. The tag noheic leaves libheif and libde265 out.
const heicBuilt = true

// decodeHEIC decodes the primary picture of a HEIC file, cropped, turned and mirrored as the file says.
func decodeHEIC(r io.Reader) (image.Image, error) { return heic.Decode(r) }
