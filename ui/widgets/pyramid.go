package widgets

import (
	"image"
	"math"
)

// Pyramid is a picture in halving sizes, so that any zoom reads about as many
// pixels as it draws. It is never changed after it was built.
type Pyramid struct {
	levels []*image.RGBA // the first is the picture itself
}

// smallestLevel is the long side in pixels at which halving stops.
const smallestLevel = 256

// NewPyramid halves p again and again with a box filter. It takes about 100 ms
// for 24 megapixels, so it is called in the background; p must not be changed afterwards.
func NewPyramid(p *image.RGBA) *Pyramid {
	levels := []*image.RGBA{p}
	for max(p.Rect.Dx(), p.Rect.Dy()) > smallestLevel && min(p.Rect.Dx(), p.Rect.Dy()) > 1 {
		p = halve(p)
		levels = append(levels, p)
	}
	return &Pyramid{levels}
}

// Size returns the size of the largest level in pixels.
func (p *Pyramid) Size() image.Point { return p.levels[0].Rect.Size() }

// level returns the level to draw from when a device pixel covers step pixels of
// the largest level, and the step on that level. The step is kept in
// .71..1.41 where possible: below, detail is wasted, above, bilinear
// interpolation skips pixels.
func (p *Pyramid) level(step float64) (*image.RGBA, float64) {
	i := 0
	for step > math.Sqrt2 && i < len(p.levels)-1 {
		step /= 2
		i++
	}
	return p.levels[i], step
}

// halve returns p at half the size, each pixel the mean of four. An odd last
// row or column is left out.
func halve(p *image.RGBA) *image.RGBA {
	w, h := p.Rect.Dx()/2, p.Rect.Dy()/2
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		a := p.Pix[p.PixOffset(p.Rect.Min.X, p.Rect.Min.Y+2*y):]
		b := p.Pix[p.PixOffset(p.Rect.Min.X, p.Rect.Min.Y+2*y+1):]
		row := out.Pix[y*out.Stride : y*out.Stride+4*w]
		a, b = a[:8*w], b[:8*w]
		for x := 0; x < len(row); x += 4 {
			i := 2 * x
			row[x] = uint8((uint(a[i]) + uint(a[i+4]) + uint(b[i]) + uint(b[i+4]) + 2) / 4)
			row[x+1] = uint8((uint(a[i+1]) + uint(a[i+5]) + uint(b[i+1]) + uint(b[i+5]) + 2) / 4)
			row[x+2] = uint8((uint(a[i+2]) + uint(a[i+6]) + uint(b[i+2]) + uint(b[i+6]) + 2) / 4)
			row[x+3] = 255
		}
	}
	return out
}

// draw paints the picture into dst: the pixel (x, y) of dst shows the point
// (x0 + x*step, y0 + y*step) of the largest level, seen from the corners of
// pixels. Where there is no picture dst is left alone.
func (p *Pyramid) draw(dst *image.RGBA, x0, y0, step float64) {
	src, s := p.level(step)
	f := step / s
	resample(dst, src, x0/f, y0/f, s)
}

// tap is what one column or row of dst reads: two neighbours and the weight of the second, 0..256.
type tap struct {
	a, b   int // byte offsets in a row of the source, or row numbers
	weight uint32
}

// taps returns the taps of n pixels that begin at x0 and are step apart in a
// source of size pixels, and the range of pixels that lie inside it.
func taps(n int, x0, step float64, size, unit int) (t []tap, from, to int) {
	t = make([]tap, n)
	from, to = n, n
	for i := range n {
		x := x0 + (float64(i)+.5)*step
		if x < 0 {
			continue
		}
		if x >= float64(size) {
			to = i
			break
		}
		if from == n {
			from = i
		}
		x -= .5 // from corners to the centres of pixels
		k := math.Floor(x)
		a := max(int(k), 0)
		b := min(int(k)+1, size-1)
		t[i] = tap{a: min(a, size-1) * unit, b: b * unit, weight: uint32((x - k) * 256)}
	}
	return t, min(from, to), to
}

// resample draws src into dst with bilinear interpolation: the pixel (x, y) of
// dst is the point (x0 + (x+.5)*step, y0 + (y+.5)*step) of src. It writes only
// where src is, and its result is opaque.
func resample(dst, src *image.RGBA, x0, y0, step float64) {
	cols, left, right := taps(dst.Rect.Dx(), x0, step, src.Rect.Dx(), 4)
	rows, top, bottom := taps(dst.Rect.Dy(), y0, step, src.Rect.Dy(), src.Stride)
	for y := top; y < bottom; y++ {
		r := rows[y]
		upper, lower := src.Pix[r.a:], src.Pix[r.b:]
		out := dst.Pix[y*dst.Stride : y*dst.Stride+4*dst.Rect.Dx()]
		for x := left; x < right; x++ {
			c := cols[x]
			d, e := c.weight, r.weight
			w11 := d * e
			w10, w01 := d<<8-w11, e<<8-w11 // right above, left below
			w00 := 1<<16 - w10 - w01 - w11
			a, b := upper[c.a:c.a+3:c.a+3], upper[c.b:c.b+3:c.b+3]
			f, g := lower[c.a:c.a+3:c.a+3], lower[c.b:c.b+3:c.b+3]
			o := out[4*x : 4*x+4 : 4*x+4]
			o[0] = uint8((uint32(a[0])*w00 + uint32(b[0])*w10 + uint32(f[0])*w01 + uint32(g[0])*w11 + 1<<15) >> 16)
			o[1] = uint8((uint32(a[1])*w00 + uint32(b[1])*w10 + uint32(f[1])*w01 + uint32(g[1])*w11 + 1<<15) >> 16)
			o[2] = uint8((uint32(a[2])*w00 + uint32(b[2])*w10 + uint32(f[2])*w01 + uint32(g[2])*w11 + 1<<15) >> 16)
			o[3] = 255
		}
	}
}
