package overlay

import (
	"image/color"
	"slices"

	"semblance/internal/face"
)

// Tints of hair: colours that no hair grows in. One of them is seen on any.
var (
	tintCyan    = color.NRGBA{0x1E, 0xD2, 0xF0, 0xFF}
	tintMagenta = color.NRGBA{0xF0, 0x3C, 0xC8, 0xFF}
)

// tintOpacity is the opacity of a tint: the hair itself is still seen through it.
const tintOpacity = 0x60

// hair draws the hair of a face as one area, all pieces and holes together.
func hair(f *face.Face, t Transform, o Options) Shape {
	line := tint(&f.Hair)
	s := Shape{Kind: Area, Face: f.Number, Color: line, Stroke: 1.4 * o.unit(), Fill: line}
	s.Fill.A = tintOpacity
	if slices.Contains(o.Dimmed, f.Number) && f.Number != o.Selected {
		s.Fill.A, s.Color.A = tintOpacity/3, 0x80
	}
	ring := func(r face.Ring) {
		points := make(face.Ring, len(r))
		for i, p := range r {
			points[i] = t.Apply(p)
		}
		s.Rings = append(s.Rings, points)
	}
	for _, p := range f.Hair.Pieces {
		ring(p.Outer)
		for _, h := range p.Holes {
			ring(h)
		}
	}
	s.Box = bounds(s.Rings)
	return s
}

// tint returns the colour that is farther from that of the hair, as the eye weighs colours.
func tint(h *face.Hair) color.NRGBA {
	if distance(h.RGB, tintCyan) >= distance(h.RGB, tintMagenta) {
		return tintCyan
	}
	return tintMagenta
}

// distance is the weighted distance of two sRGB colours that is known as "redmean": cheap, and near
// enough to what is seen to choose between two.
func distance(a [3]uint8, b color.NRGBA) float32 {
	red := (float32(a[0]) + float32(b.R)) / 2
	r, g, bl := float32(a[0])-float32(b.R), float32(a[1])-float32(b.G), float32(a[2])-float32(b.B)
	return (2+red/256)*r*r + 4*g*g + (2+(255-red)/256)*bl*bl
}

// bounds returns the smallest box around all points.
func bounds(rings []face.Ring) face.Box { return face.Bounds(slices.Concat(rings...)) }
