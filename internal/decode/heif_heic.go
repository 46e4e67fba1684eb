//go:build !noheic

package decode

import (
	"errors"
	"image"
	"io"

	"github.com/gen2brain/heic"
)

// heicBuilt tells whether HEIC is read. The tag noheic leaves libheif and libde265 out.
const heicBuilt = true

// decodeHEIC decodes the primary picture of a HEIC file, cropped, turned and mirrored as the file says.
func decodeHEIC(r io.Reader) (image.Image, error) {
	m, err := heic.Decode(r)
	if errors.Is(err, heic.ErrDecode) { // all that libheif lets it know
		err = errHEIC
	}
	return m, err
}

var errHEIC = errors.New("the picture in the HEIC file cannot be decoded")
