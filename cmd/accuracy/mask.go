package main

import (
	"bytes"
	"errors"
	"image/color"
	"image/png"
	"math/bits"
	"slices"

	"semblance/internal/face"
)

// bitmap says of every pixel of a picture whether it belongs to something.
type bitmap struct {
	w, h   int
	stride int // bytes of a row
	bits   []byte
}

func newBitmap(w, h int) *bitmap {
	stride := (w + 7) / 8
	return &bitmap{w: w, h: h, stride: stride, bits: make([]byte, stride*h)}
}

func (b *bitmap) at(x, y int) bool { return b.bits[y*b.stride+x/8]&(1<<(x%8)) != 0 }
func (b *bitmap) set(x, y int)     { b.bits[y*b.stride+x/8] |= 1 << (x % 8) }

// maxMask is the number of pixels up to which a mask is read.
const maxMask = 64 << 20

// parseMask reads a PNG in which what is light belongs.
func parseMask(data []byte) (*bitmap, error) {
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	if c.Width > maxMask/c.Height {
		return nil, errors.New("too large")
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	r := img.Bounds()
	out := newBitmap(r.Dx(), r.Dy())
	for y := range out.h {
		for x := range out.w {
			if g, ok := color.GrayModel.Convert(img.At(r.Min.X+x, r.Min.Y+y)).(color.Gray); ok && g.Y >= 128 {
				out.set(x, y)
			}
		}
	}
	return out, nil
}

// fill adds the pixels whose centres lie within one piece, by the even-odd rule.
func (b *bitmap) fill(p face.Polygon) {
	var crossings []float64
	for y := range b.h {
		middle := float64(y) + .5
		crossings = crossings[:0]
		for _, ring := range slices.Insert(slices.Clone(p.Holes), 0, p.Outer) {
			for i, to := range ring {
				from := ring[(i+len(ring)-1)%len(ring)]
				fromY, toY := p64(from.Y), p64(to.Y)
				if (fromY <= middle) != (toY <= middle) {
					t := (middle - fromY) / (toY - fromY)
					crossings = append(crossings, p64(from.X)+t*(p64(to.X)-p64(from.X)))
				}
			}
		}
		slices.Sort(crossings)
		for i := 0; i+1 < len(crossings); i += 2 {
			for x := firstCentre(crossings[i]); x < min(firstCentre(crossings[i+1]), b.w); x++ {
				b.set(x, y)
			}
		}
	}
}

// firstCentre returns the first column, 0 or more, whose centre is not left of x.
func firstCentre(x float64) int {
	c := max(x, 0)
	n := int(c)
	if float64(n)+.5 < c {
		n++
	}
	return n
}

// overlap returns the IoU of two bitmaps of one size: 1 if both are empty, 0 if their sizes differ.
func (b *bitmap) overlap(c *bitmap) float64 {
	if b.w != c.w || b.h != c.h {
		return 0
	}
	both, either := 0, 0
	for i := range b.bits {
		both += bits.OnesCount8(b.bits[i] & c.bits[i])
		either += bits.OnesCount8(b.bits[i] | c.bits[i])
	}
	if either == 0 {
		return 1
	}
	return float64(both) / float64(either)
}
