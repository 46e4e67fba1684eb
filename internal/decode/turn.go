package decode

import (
	"encoding/binary"
	"image"

	"semblance/internal/photo"
)

// turn returns the upright picture of a stored one. Where nothing is to be turned it is the same picture.
func turn(img *image.RGBA, o photo.Orientation) *image.RGBA {
	if !o.Valid() || o == photo.Upright {
		return img
	}
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rectangle{Max: image.Pt(o.UprightSize(w, h))})
	turnInto(out, img, o, w, h)
	return out
}

// turnBlock is the side of the blocks in which rows become columns: the pixels of a column lie in as many
// pages of memory (162 against 70 ms for 24 megapixels).
const turnBlock = 32

// turnInto copies a part of a stored picture of w x h pixels to where it belongs in the upright one,
// out. img.Rect says which part it is.
func turnInto(out, img *image.RGBA, o photo.Orientation, w, h int) {
	x0, y0 := o.ToUpright(float32(img.Rect.Min.X), float32(img.Rect.Min.Y), float32(w), float32(h))
	x1, y1 := o.ToUpright(float32(img.Rect.Max.X), float32(img.Rect.Max.Y), float32(w), float32(h))
	to := image.Rect(int(x0), int(y0), int(x1), int(y1)) // in whole pixels, and so exact
	// One step in the stored picture for a step to the right, and one for a step down, in the upright one.
	at := func(x, y int) int {
		sx, sy := o.ToStored(float32(x)+.5, float32(y)+.5, float32(w), float32(h))
		return img.PixOffset(int(sx), int(sy))
	}
	origin := at(to.Min.X, to.Min.Y)
	right, down := 0, 0
	if to.Dx() > 1 {
		right = at(to.Min.X+1, to.Min.Y) - origin
	}
	if to.Dy() > 1 {
		down = at(to.Min.X, to.Min.Y+1) - origin
	}
	if right == 4 {
		for y := range to.Dy() {
			from := origin + y*down
			copy(out.Pix[out.PixOffset(to.Min.X, to.Min.Y+y):], img.Pix[from:from+4*to.Dx()])
		}
		return
	}
	block := to.Dx()
	if o.SwapsSides() {
		block = turnBlock
	}
	for top := 0; top < to.Dy(); top += turnBlock {
		for left := 0; left < to.Dx(); left += block {
			for y := top; y < min(top+turnBlock, to.Dy()); y++ {
				s := origin + y*down + left*right
				row := out.Pix[out.PixOffset(to.Min.X+left, to.Min.Y+y):][:4*min(block, to.Dx()-left)]
				for ; len(row) >= 4; row = row[4:] {
					binary.NativeEndian.PutUint32(row, binary.NativeEndian.Uint32(img.Pix[s:]))
					s += right
				}
			}
		}
	}
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
