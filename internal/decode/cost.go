package decode

import "semblance/internal/photo"

// Cost returns about how many bytes it takes to decode the photo so that its long side
// has at least longSide pixels (0 for full size), the bytes of the file included.
func (e *Encoded) Cost(longSide int) int64 {
	bounds := e.scaledBounds(e.eighthsFor(longSide))
	pixels := int64(bounds.Dx()) * int64(bounds.Dy())
	need := int64(len(e.data)) + 4*pixels
	switch e.coded() {
	case photo.JPEG:
		need += jpegMemory + jpegCoefficients(e.data)
		if !turboBuilt {
			need += 4 * pixels // the library's own picture, of up to four samples a pixel
			if e.Meta.Orientation > photo.Upright {
				need += 4 * pixels
			}
		}
	case photo.HEIC, photo.AVIF: // the child's memory counts as ours
		need += 2*int64(len(e.data)) + (4+childPixel(e.Format))*pixels
	default:
		if e.Format == photo.TIFF {
			need += tiffCost(e.data, pixels)
		} else {
			need += 8 * pixels // the decoder's own picture, of up to 16 bits a sample
		}
		if e.Meta.Orientation > photo.Upright {
			need += 4 * pixels // turned from one picture into another
		}
	}
	return need
}
