package decode

import (
	"image"
	"io"
	"math"

	"golang.org/x/image/webp"
)

// decodeWebP decodes a WebP. The brightness in a lossy one is 16 to 235 and its colours are 16 to 240, as ITU-R BT.601 has them
// (RFC 6386, section 9.2), and package webp gives them as they are, in a picture type for which they are 0 to 255: black would
// be grey and all colours dull. They are stretched in place.
func decodeWebP(r io.Reader) (image.Image, error) {
	m, err := webp.Decode(r)
	if err != nil {
		return nil, err
	}
	switch m := m.(type) {
	case *image.YCbCr:
		fullRange(m)
	case *image.NYCbCrA:
		fullRange(&m.YCbCr)
	}
	return m, nil
}

// fullRange stretches what is in the ranges of ITU-R BT.601 to those of JPEG, in which the same matrix holds.
func fullRange(m *image.YCbCr) {
	var brightness, colour [256]uint8
	for v := range brightness {
		brightness[v] = clamp8((float64(v) - 16) * 255 / 219)
		colour[v] = clamp8(128 + (float64(v)-128)*255/224)
	}
	for i, v := range m.Y {
		m.Y[i] = brightness[v]
	}
	for i, v := range m.Cb {
		m.Cb[i] = colour[v]
	}
	for i, v := range m.Cr {
		m.Cr[i] = colour[v]
	}
}

// clamp8 rounds v to a sample of 8 bits.
func clamp8(v float64) uint8 { return uint8(math.Round(min(max(v, 0), 255))) }
