package decode

import (
	"image"

	"semblance/internal/photo"
)

// turn returns the upright picture of a stored one. Where nothing is to be turned it is the same picture.
func turn(img *image.RGBA, o photo.Orientation) *image.RGBA {
	if !o.Valid() || o == photo.Upright {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	uw, uh := o.UprightSize(w, h)
	out := image.NewRGBA(image.Rect(0, 0, uw, uh))
	// One step in the stored picture for a step to the right, and one for a step down, in the upright one.
	at := func(x, y int) int {
		sx, sy := o.ToStored(float32(x)+.5, float32(y)+.5, float32(w), float32(h))
		return int(sy)*img.Stride + int(sx)*4
	}
	origin := at(0, 0)
	right, down := 0, 0
	if uw > 1 {
		right = at(1, 0) - origin
	}
	if uh > 1 {
		down = at(0, 1) - origin
	}
	// Where a row becomes a column, in blocks: the pixels of a column lie in as many
	// pages of memory (162 against 70 ms for 24 megapixels).
	block := uw
	if o.SwapsSides() {
		block = 32
	}
	for top := 0; top < uh; top += 32 {
		for left := 0; left < uw; left += block {
			for y := top; y < min(top+32, uh); y++ {
				s := origin + y*down + left*right
				row := out.Pix[y*out.Stride+4*left : y*out.Stride+4*min(left+block, uw)]
				for x := 0; x < len(row); x += 4 {
					copy(row[x:x+4], img.Pix[s:s+4])
					s += right
				}
			}
		}
	}
	return out
}

// crop copies a part of a picture; r lies inside it.
func crop(img *image.RGBA, r image.Rectangle) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, r.Dx(), r.Dy()))
	for y := range r.Dy() {
		from := img.PixOffset(r.Min.X, r.Min.Y+y)
		copy(out.Pix[y*out.Stride:], img.Pix[from:from+4*r.Dx()])
	}
	return out
}
