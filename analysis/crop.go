package analysis

import (
	"encoding/binary"
	"image"
	"math"

	"semblance/internal/face"
)

// square is a square of the photo, turned about its centre.
type square struct {
	x, y float64 // centre, pixels of the photo
	side float64 // pixels of the photo
	roll float64 // radians, clockwise
}

// squareAt returns the upright square about the centre of b whose side is side.
func squareAt(b face.Box, side float64) square {
	c := b.Center()
	return square{x: float64(c.X), y: float64(c.Y), side: side}
}

// photo returns the photo's point at u, v of the square: 0, 0 is its top left corner,
// 1, 1 its bottom right one.
func (s square) photo(u, v float64) (x, y float64) {
	sin, cos := math.Sincos(s.roll)
	u, v = (u-.5)*s.side, (v-.5)*s.side
	return s.x + u*cos - v*sin, s.y + u*sin + v*cos
}

// reach returns half the side of the upright square that holds s.
func (s square) reach() float64 {
	sin, cos := math.Sincos(s.roll)
	return (math.Abs(sin) + math.Abs(cos)) * s.side / 2
}

// format is how a network wants its pixels.
type format struct {
	mul, add float32 // a value v of 0..255 becomes v*mul + add
	planar   bool    // all reds, all greens, all blues; otherwise pixel by pixel
	repeat   bool    // beyond the photo its edge is repeated; otherwise there is black
}

// shrinkFrom is the ratio of photo to crop from which plain bilinear sampling would
// skip pixels: then the picture is shrunk by area first, to shrinkTo pixels per
// pixel of the crop. (The detector's and the mesh's figures were measured so.)
const (
	shrinkFrom = 1.6
	shrinkTo   = 1.5
)

// crop fills dst with n x n pixels of the square s, read from v: bilinear, after
// shrinking by area where the square is much larger than the crop.
func (p *pool) crop(dst []float32, n int, v view, s square, f format) {
	if k := s.side * v.sx / float64(n); k > shrinkFrom {
		if small, pix, ok := p.shrinkPart(v, s, shrinkTo/k); ok {
			bilinear(dst, n, small, s, f)
			p.putBytes(pix)
			return
		}
	}
	bilinear(dst, n, v, s, f)
}

// shrinkPart returns the part of v about s, scaled by about factor < 1, and the pixels
// to give back to the pool. It fails where s lies outside v, or shows too little of it.
func (p *pool) shrinkPart(v view, s square, factor float64) (view, *[]byte, bool) {
	reach, margin := s.reach(), 2/factor
	size := v.img.Rect.Size()
	x0 := max(0, int((s.x-reach-v.x)*v.sx-margin))
	y0 := max(0, int((s.y-reach-v.y)*v.sy-margin))
	x1 := min(size.X, int((s.x+reach-v.x)*v.sx+margin))
	y1 := min(size.Y, int((s.y+reach-v.y)*v.sy+margin))
	w, h := int(float64(x1-x0)*factor), int(float64(y1-y0)*factor)
	if w < 1 || h < 1 {
		return view{}, nil, false
	}
	r := image.Rect(x0, y0, x1, y1)
	src := &image.RGBA{Pix: v.img.Pix[y0*v.img.Stride+4*x0:], Stride: v.img.Stride, Rect: r.Sub(r.Min)}
	pix := p.bytes(4 * w * h)
	dst := &image.RGBA{Pix: *pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
	shrink(dst, src)
	return view{
		img: dst, x: v.x + float64(x0)/v.sx, y: v.y + float64(y0)/v.sy,
		sx: v.sx * float64(w) / float64(x1-x0), sy: v.sy * float64(h) / float64(y1-y0),
	}, pix, true
}

// fraction is the number of steps between two pixels, in bits: positions are fixed
// point with 16 bits behind the point, weights use the upper 8 of them.
const fraction = 16

// bilinear samples the square s of v at the centres of n x n pixels.
func bilinear(dst []float32, n int, v view, s square, f format) {
	mul := f.mul / (1 << 16) // the weights of four pixels add up to 1 << 16
	red, step := 0, 3        // index of the next red value, and from one pixel to the next
	green, blue := 1, 2      // where green and blue are, from red
	if f.planar {
		step, green, blue = 1, n*n, 2*n*n
	}
	w, h := v.img.Rect.Dx(), v.img.Rect.Dy()
	for row := range n {
		x0, y0, dx, dy := lineOf(n, row, v, s)
		// Whole pixels of the first and the last sample; between them the line is straight.
		xEnd, yEnd := x0+dx*int64(n-1), y0+dy*int64(n-1)
		inside := min(x0, xEnd) >= 0 && min(y0, yEnd) >= 0 &&
			max(x0, xEnd)>>fraction < int64(w-1) && max(y0, yEnd)>>fraction < int64(h-1)
		for range n {
			var rb, g uint64
			wx, wy := uint64(x0>>(fraction-8))&0xff, uint64(y0>>(fraction-8))&0xff
			if inside {
				at := int(y0>>fraction)*v.img.Stride + int(x0>>fraction)*4
				upper, lower := v.img.Pix[at:at+8:at+8], v.img.Pix[at+v.img.Stride:at+v.img.Stride+8:at+v.img.Stride+8]
				rb, g = blend(binary.LittleEndian.Uint64(upper), binary.LittleEndian.Uint64(lower), wx, wy)
			} else {
				x, y := int(x0>>fraction), int(y0>>fraction)
				upper := uint64(pixel(v.img, x, y, f.repeat)) | uint64(pixel(v.img, x+1, y, f.repeat))<<32
				lower := uint64(pixel(v.img, x, y+1, f.repeat)) | uint64(pixel(v.img, x+1, y+1, f.repeat))<<32
				rb, g = blend(upper, lower, wx, wy)
			}
			dst[red] = float32(uint32(rb))*mul + f.add
			dst[red+green] = float32(uint32(g))*mul + f.add
			dst[red+blue] = float32(uint32(rb>>32))*mul + f.add
			red += step
			x0 += dx
			y0 += dy
		}
	}
}

// lineOf returns where row's first sample lies in v, counted from the centre of v's
// first pixel, and the step to the next one, in fixed point.
func lineOf(n, row int, v view, s square) (x, y, dx, dy int64) {
	at := func(column float64) (float64, float64) {
		px, py := s.photo((column+.5)/float64(n), (float64(row)+.5)/float64(n))
		return (px-v.x)*v.sx - .5, (py-v.y)*v.sy - .5
	}
	ax, ay := at(0)
	bx, by := at(1)
	fixed := func(f float64) int64 { return int64(math.Round(f * (1 << fraction))) }
	return fixed(ax), fixed(ay), fixed(bx - ax), fixed(by - ay)
}

// blend weights two pairs of pixels, upper and lower, each two RGBA pixels one after
// the other. The sums are 255 << 16 at most: red in the lower half of rb, blue in its
// upper half.
func blend(upper, lower, wx, wy uint64) (rb, g uint64) {
	a, b := (256-wx)*(256-wy), wx*(256-wy)
	c, d := (256-wx)*wy, wx*wy
	rb = (upper&0xff|upper&0xff0000<<16)*a + (upper>>32&0xff|upper>>16&(0xff<<32))*b +
		(lower&0xff|lower&0xff0000<<16)*c + (lower>>32&0xff|lower>>16&(0xff<<32))*d
	g = (upper>>8&0xff)*a + (upper>>40&0xff)*b + (lower>>8&0xff)*c + (lower>>40&0xff)*d
	return rb, g
}

// pixel returns a pixel of img as one little-endian word; beyond the edges it is
// black or the nearest pixel.
func pixel(img *image.RGBA, x, y int, repeat bool) uint32 {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	if repeat {
		x, y = min(max(x, 0), w-1), min(max(y, 0), h-1)
	} else if x < 0 || y < 0 || x >= w || y >= h {
		return 0
	}
	return binary.LittleEndian.Uint32(img.Pix[y*img.Stride+4*x:])
}
