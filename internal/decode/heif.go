package decode

import (
	"context"
	"fmt"
	"image"

	"semblance/internal/photo"
)

// childPixel is about how many bytes the child takes for a pixel, its copy of the result included: measured
// as its peak in memory on a HEIC of 12 and an AVIF of 20 megapixels.
func childPixel(f photo.Format) int64 {
	if f == photo.AVIF {
		return 64
	}
	return 28
}

// isHEIF reports whether a format is decoded in the sandbox.
func isHEIF(f photo.Format) bool { return f == photo.HEIC || f == photo.AVIF }

// heif is what is known of a HEIC or AVIF picture before it is decoded.
type heif struct {
	w, h   int               // pixels of what the decoder gives
	turn   photo.Orientation // what is left to do then
	turned photo.Orientation // what the file says must be done to the coded picture
	short  bool              // the end of the picture is missing
}

// readHEIF reads the header of a HEIC or AVIF file.
func readHEIF(f photo.Format, data []byte, lim Limits) (heif, error) {
	if f == photo.HEIC && !heicBuilt || f == photo.AVIF && !avifBuilt {
		return heif{}, fmt.Errorf("%w: %v was left out of this program when it was built", ErrUnsupported, f)
	}
	said, ok := photo.ReadHEIF(data)
	if !ok {
		return heif{}, fmt.Errorf("%w %v: it does not say which picture it holds", ErrDamaged, f)
	}
	// Tiles, masks and thumbnails are decoded as well, or may be.
	if said.Largest > lim.MaxPixels {
		return heif{}, fmt.Errorf("%w: a part of %d pixels, the limit is %d megapixels", ErrTooLarge, said.Largest, lim.MaxPixels/1e6)
	}
	h := heif{w: said.UprightW, h: said.UprightH, turned: said.Turned, short: said.Short}
	if f == photo.AVIF { // libavif leaves it to others to crop and turn
		h.w, h.h, h.turn = said.W, said.H, said.Turned
	}
	if f == photo.HEIC && h.w > 0 && h.w < narrowestHEIC {
		return heif{}, fmt.Errorf("%w: a HEIC picture that is only %d pixels wide; %d are needed", ErrUnsupported, h.w, narrowestHEIC)
	}
	return h, nil
}

// narrowestHEIC is the least width of a HEIC in pixels: libheif keeps no row of brightness or colour, which has half
// the width, in less than 64 bytes, and package heic does not know that and reads rubbish.
const narrowestHEIC = 97

// pixels decodes the upright picture, in sRGB.
func (h heif) pixels(ctx context.Context, s *Sandbox, f photo.Format, data []byte) (img *image.RGBA, warning string, err error) {
	defer recovered(&err)
	colours, note := coloursOf(f, data)
	if img, err = s.decode(ctx, f, data, h.w, h.h); err != nil {
		return nil, "", err
	}
	colours.apply(img)
	if h.short { // some decoders make do with what is there
		note = joined(damagedWarning+"its end is missing", note)
	}
	return turn(img, h.turn), note, nil
}
