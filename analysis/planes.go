package analysis

import (
	"image"
)

// detectorFormat is what the detector was trained with: RGB planes, (v-127)/128.
func detectorFormat() format { return format{mul: 1. / 128, add: -127. / 128, planar: true} }

// planes fills dst, three planes of w x h values, with the picture at the top left and 0
// (after normalisation: grey) right of it and below.
func planes(dst []float32, w, h int, img *image.RGBA) {
	size := img.Rect.Size()
	n := w * h
	red, green, blue := dst[:n], dst[n:2*n], dst[2*n:3*n]
	for y := range h {
		r, g, b := red[y*w:(y+1)*w], green[y*w:(y+1)*w], blue[y*w:(y+1)*w]
		used := 0
		if y < size.Y {
			used = size.X
			row := img.Pix[y*img.Stride:][:4*used]
			for x := range used {
				p := row[4*x : 4*x+4 : 4*x+4]
				r[x] = (float32(p[0]) - 127) * (1. / 128)
				g[x] = (float32(p[1]) - 127) * (1. / 128)
				b[x] = (float32(p[2]) - 127) * (1. / 128)
			}
		}
		clear(r[used:])
		clear(g[used:])
		clear(b[used:])
	}
}

// enlarge is planes for a photo that is smaller than the w x h pixels it shall fill of
// the pw x ph ones of the planes: bilinear, its edges repeated.
func enlarge(dst []float32, pw, ph int, img *image.RGBA, w, h int) {
	clear(dst[:3*pw*ph])
	f := detectorFormat()
	size := img.Rect.Size()
	kx, ky := float64(size.X)/float64(w), float64(size.Y)/float64(h)
	for y := range h {
		sy := (float64(y)+.5)*ky - .5
		for x := range w {
			sx := (float64(x)+.5)*kx - .5
			rgb := at(img, sx, sy)
			for c, v := range rgb {
				dst[c*pw*ph+y*pw+x] = v*f.mul + f.add
			}
		}
	}
}

// at returns the colour of img at x, y, 0..255, counted from the centre of its first pixel.
func at(img *image.RGBA, x, y float64) [3]float32 {
	x, y = max(x, 0), max(y, 0)
	ix, iy := int(x), int(y)
	fx, fy := float32(x-float64(ix)), float32(y-float64(iy))
	var out [3]float32
	for _, q := range []struct {
		x, y int
		w    float32
	}{{ix, iy, (1 - fx) * (1 - fy)}, {ix + 1, iy, fx * (1 - fy)}, {ix, iy + 1, (1 - fx) * fy}, {ix + 1, iy + 1, fx * fy}} {
		p := pixel(img, q.x, q.y, true)
		out[0] += q.w * float32(p&0xff)
		out[1] += q.w * float32(p>>8&0xff)
		out[2] += q.w * float32(p>>16&0xff)
	}
	return out
}
