package decode

import (
	"context"
	"fmt"
	"image"
	"math"
)

// Region returns the part r of the photo, which is in pixels of the upright photo at full
// size and is clipped to it, at the smallest decoder scale at which its long side is at
// least longSide pixels; 0 means full resolution. The picture shows exactly r, also where r
// does not fall on whole pixels of that scale. It is the caller's. An empty part is an error.
//
// The whole photo is decoded at that scale and kept, as by Pixels, until Release:
// 4 bytes a pixel, and as much again for a moment where the photo has to be turned.
func (e *Encoded) Region(ctx context.Context, r image.Rectangle, longSide int) (*image.RGBA, error) {
	w, h := e.Size()
	r = r.Intersect(image.Rect(0, 0, w, h))
	if r.Empty() {
		return nil, fmt.Errorf("region %v of a photo of %d x %d: empty", r, w, h)
	}
	whole := 0
	if side := max(r.Dx(), r.Dy()); longSide > 0 && longSide < side {
		whole = (max(w, h)*longSide + side - 1) / side
	}
	pix, err := e.Pixels(ctx, whole)
	if err != nil {
		return nil, err
	}
	eighths := e.eighths(pix)
	if eighths == 8 {
		return crop(pix, r), nil
	}
	x, y := e.scaledPoint(r.Min, eighths)
	step := 8 / float64(eighths)
	rw, rh := math.Ceil(float64(r.Dx())/step), math.Ceil(float64(r.Dy())/step)
	return resample(pix, x, y, float64(r.Dx())/step/rw, float64(r.Dy())/step/rh, int(rw), int(rh)), nil
}

// eighths returns the scale of a decoded picture of the whole photo, in eighths.
func (e *Encoded) eighths(pix *image.RGBA) int {
	w, h := e.Size()
	for _, n := range []int{8, 4, 2} {
		if pix.Rect.Dx() == scaled(w, n) && pix.Rect.Dy() == scaled(h, n) {
			return n
		}
	}
	return 1
}

// scaledPoint maps a point of the upright photo at full size to the upright picture of
// that scale. A last pixel of the stored picture that is only partly filled is on the
// right or at the bottom there, and wherever turning takes it in the upright one.
func (e *Encoded) scaledPoint(p image.Point, eighths int) (x, y float64) {
	o, w, h := e.Meta.Orientation, e.Meta.StoredW, e.Meta.StoredH
	sx, sy := o.ToStored(float32(p.X), float32(p.Y), float32(w), float32(h))
	s := float32(eighths) / 8
	ux, uy := o.ToUpright(sx*s, sy*s, float32(scaled(w, eighths)), float32(scaled(h, eighths)))
	return float64(ux), float64(uy)
}

// scaled is the length of a side at n eighths: rounded up, as in TurboJPEG's TJSCALED.
func scaled(v, n int) int { return (v*n + 7) / 8 }

// resample reads w x h pixels of img, bilinear: the first covers the square of stepX by
// stepY whose corner is x, y, in continuous coordinates. The steps are near 1, so that nothing is averaged.
func resample(img *image.RGBA, x, y, stepX, stepY float64, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	type tap struct{ a, b, weight int } // of b, in 256ths
	taps := func(from, step float64, n, limit, stride int) []tap {
		t := make([]tap, n)
		for i := range t {
			at := from + (float64(i)+.5)*step - .5
			low := math.Floor(at)
			a := min(max(int(low), 0), limit-1)
			b := min(max(int(low)+1, 0), limit-1)
			t[i] = tap{a * stride, b * stride, int((at-low)*256 + .5)}
		}
		return t
	}
	across := taps(x, stepX, w, img.Rect.Dx(), 4)
	for row, v := range taps(y, stepY, h, img.Rect.Dy(), img.Stride) {
		top, bottom := img.Pix[v.a:], img.Pix[v.b:]
		to := out.Pix[row*out.Stride:]
		for i, u := range across {
			for c := range 4 {
				upper := int(top[u.a+c])*(256-u.weight) + int(top[u.b+c])*u.weight
				lower := int(bottom[u.a+c])*(256-u.weight) + int(bottom[u.b+c])*u.weight
				to[4*i+c] = byte((upper*(256-v.weight) + lower*v.weight + 1<<15) >> 16)
			}
		}
	}
	return out
}
