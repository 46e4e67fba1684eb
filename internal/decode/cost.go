package decode

import "semblance/internal/photo"

// Cost returns about how many bytes it takes to decode the photo so that its long side
// has at least longSide pixels (0 for full size), the bytes of the file included.
func (e *Encoded) Cost(longSide int) int64 {
	w, h := int64(e.Meta.StoredW), int64(e.Meta.StoredH)
	pixel := int64(4)
	if e.Meta.Orientation > photo.Upright {
		pixel *= 2 // turned from one picture into another
	}
	if e.Format != photo.JPEG || !turboBuilt {
		pixel += 8 // the decoder's own picture, of up to 16 bits a sample
	} else if longSide > 0 {
		for _, n := range []int64{1, 2, 4} {
			if (max(w, h)*n+7)/8 >= int64(longSide) {
				w, h = (w*n+7)/8, (h*n+7)/8
				break
			}
		}
	}
	return int64(len(e.data)) + w*h*pixel
}
