package decode

import (
	"image"

	"github.com/disintegration/imaging"
)

// Fit returns the picture shrunk so that its long side is longSide pixels, by area
// averaging. A picture that is no larger is returned as it is.
func Fit(img *image.RGBA, longSide int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if max(w, h) <= longSide {
		return img
	}
	if w >= h {
		w, h = longSide, max(1, (h*longSide+w/2)/w)
	} else {
		w, h = max(1, (w*longSide+h/2)/h), longSide
	}
	if k := img.Rect.Dx() / (2 * w); k >= 2 {
		img = shrink(img, k) // at least twice the size of the result is left
	}
	n := imaging.Resize(img, w, h, imaging.Box)
	// An opaque picture has the same bytes with and without premultiplication.
	return &image.RGBA{Pix: n.Pix, Stride: n.Stride, Rect: n.Rect}
}

// shrink averages squares of k x k pixels; those at the right and bottom edge may be
// smaller. With whole numbers it needs less than half the time of a general resize.
func shrink(img *image.RGBA, k int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, (w+k-1)/k, (h+k-1)/k))
	sums := make([][3]uint32, out.Rect.Dx())
	for y := range out.Rect.Dy() {
		clear(sums)
		rows := min(k, h-y*k)
		for row := range rows {
			line := img.Pix[(y*k+row)*img.Stride:][:4*w]
			for x := range sums {
				var r, g, b uint32
				for p := line[4*k*x : 4*min(k*(x+1), w)]; len(p) >= 4; p = p[4:] {
					r += uint32(p[0])
					g += uint32(p[1])
					b += uint32(p[2])
				}
				sums[x][0] += r
				sums[x][1] += g
				sums[x][2] += b
			}
		}
		to := out.Pix[y*out.Stride:]
		for x, s := range sums {
			n := uint32(rows * (min(k*(x+1), w) - k*x))
			for c := range 3 {
				to[4*x+c] = byte((s[c] + n/2) / n)
			}
			to[4*x+3] = 255
		}
	}
	return out
}
