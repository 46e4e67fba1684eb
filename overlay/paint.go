package overlay

import (
	"image"
	"image/color"
	"math"
	"slices"

	"golang.org/x/image/font"
	"golang.org/x/image/math/fixed"

	"semblance/internal/face"
)

// Paint draws shapes into dst, whose pixel (0, 0) is the screen's origin, with smooth
// edges. What lies outside dst, and shapes with coordinates that are not finite, are not drawn.
func Paint(dst *image.RGBA, shapes []Shape) {
	text := captionPainter{dst: dst}
	for _, s := range shapes {
		if !s.finite() {
			continue
		}
		switch s.Kind {
		case Rect:
			paintRect(dst, s)
		case Line:
			fill(dst, face.Bounds([]face.Point{s.From, s.To}), s.Stroke/2, s.Color, func(p face.Point) float32 {
				return toSegment(p, s.From, s.To) - s.Stroke/2
			})
		case Dot:
			at := face.Box{Min: s.From, Max: s.From}
			rim := s.Radius + s.Stroke
			fill(dst, at, rim, s.Color, func(p face.Point) float32 { return hypot(p.X-s.From.X, p.Y-s.From.Y) - rim })
			fill(dst, at, s.Radius, s.Fill, func(p face.Point) float32 { return hypot(p.X-s.From.X, p.Y-s.From.Y) - s.Radius })
		case Label:
			fill(dst, s.Box, 0, s.Fill, func(p face.Point) float32 { return toRect(p, s.Box, s.Radius) })
			text.draw(s)
		case Area:
			paintArea(dst, s)
		}
	}
}

func paintRect(dst *image.RGBA, s Shape) {
	fill(dst, s.Box, 0, s.Fill, func(p face.Point) float32 { return toRect(p, s.Box, s.Radius) })
	if s.Dashed {
		Paint(dst, Dashes(s))
		return
	}
	half := s.Stroke / 2
	outline := func(p face.Point) float32 { return abs(toRect(p, s.Box, s.Radius)) - half }
	// Four strips and not the whole box: its inside is most of it, and empty.
	b, edge := s.Box, half+s.Radius+1
	if b.W() <= 2*edge || b.H() <= 2*edge {
		fill(dst, b, half, s.Color, outline)
		return
	}
	top, bottom := b.Min.Y+edge, b.Max.Y-edge
	left, right := b.Min.X+edge, b.Max.X-edge
	// Whole pixels part the strips, so that none is painted twice.
	top, bottom = floor(top), floor(bottom)
	left, right = floor(left), floor(right)
	out := half + 1
	for _, strip := range []face.Box{
		{Min: face.Pt(b.Min.X-out, b.Min.Y-out), Max: face.Pt(b.Max.X+out, top)},
		{Min: face.Pt(b.Min.X-out, bottom), Max: face.Pt(b.Max.X+out, b.Max.Y+out)},
		{Min: face.Pt(b.Min.X-out, top), Max: face.Pt(left, bottom)},
		{Min: face.Pt(right, top), Max: face.Pt(b.Max.X+out, bottom)},
	} {
		paint(dst, pixels(strip), s.Color, outline)
	}
}

// Dashes returns the outline of a dashed Rect as lines, for painters that have no
// dashes of their own. Corners are always drawn, and a side has at most 41 dashes,
// however large it is. Shapes that are not dashed come back as they are.
func Dashes(s Shape) []Shape {
	if s.Kind != Rect || !s.Dashed {
		return []Shape{s}
	}
	var lines []Shape
	side := func(from, to face.Point) {
		const most = 41
		// An odd number of equal parts: every second one is drawn, the first and the last among them.
		length := hypot(to.X-from.X, to.Y-from.Y)
		n := int(min(length/(4*max(s.Stroke, 1)), 2*most-1))
		n = max(n|1, 3)
		at := func(i int) face.Point {
			t := float32(i) / float32(n)
			return face.Pt(from.X+t*(to.X-from.X), from.Y+t*(to.Y-from.Y))
		}
		for i := 0; i < n; i += 2 {
			lines = append(lines, Shape{Kind: Line, Face: s.Face, From: at(i), To: at(i + 1), Color: s.Color, Stroke: s.Stroke})
		}
	}
	corners := [4]face.Point{s.Box.Min, face.Pt(s.Box.Max.X, s.Box.Min.Y), s.Box.Max, face.Pt(s.Box.Min.X, s.Box.Max.Y)}
	for i, c := range corners {
		side(c, corners[(i+1)%4])
	}
	return lines
}

// captionPainter draws text, keeping the font from label to label.
type captionPainter struct {
	dst  *image.RGBA
	face font.Face
	size float32
}

func (c *captionPainter) draw(s Shape) {
	// The font's own coordinates are narrow: far outside they would wrap around into sight.
	if s.Size <= 0 || s.Text == "" || !pixels(s.Box).Overlaps(c.dst.Rect) {
		return
	}
	if c.face == nil || c.size != s.Size {
		c.face, c.size = newFace(s.Size), s.Size
	}
	if c.face == nil {
		return
	}
	b := s.Baseline()
	d := font.Drawer{
		Dst: c.dst, Src: image.NewUniform(s.Color), Face: c.face,
		Dot: fixed.Point26_6{X: fixed.Int26_6(b.X * 64), Y: fixed.Int26_6(b.Y * 64)},
	}
	d.DrawString(s.Text)
}

// fill paints whatever is inside, where distance is how far a point is outside
// the shape; the shape reaches at most reach pixels beyond bounds.
func fill(dst *image.RGBA, bounds face.Box, reach float32, c color.NRGBA, distance func(face.Point) float32) {
	reach++ // half a pixel of soft edge
	bounds.Min = face.Pt(bounds.Min.X-reach, bounds.Min.Y-reach)
	bounds.Max = face.Pt(bounds.Max.X+reach, bounds.Max.Y+reach)
	paint(dst, pixels(bounds), c, distance)
}

// paint blends c over the pixels of r, each by the part of it that is inside: a
// soft edge one pixel wide, which the distance of the pixel's centre gives.
func paint(dst *image.RGBA, r image.Rectangle, c color.NRGBA, distance func(face.Point) float32) {
	if c.A == 0 {
		return
	}
	r = r.Intersect(dst.Rect)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			covered := min(.5-distance(face.Pt(float32(x)+.5, float32(y)+.5)), 1)
			if covered <= 0 {
				continue
			}
			blend(dst.Pix[dst.PixOffset(x, y):][:4:4], c, covered)
		}
	}
}

// blend lays c over the part of a pixel that is covered, 0..1.
func blend(p []uint8, c color.NRGBA, covered float32) {
	alpha := min(covered, 1) * float32(c.A) / 255
	p[0] = over(p[0], c.R, alpha)
	p[1] = over(p[1], c.G, alpha)
	p[2] = over(p[2], c.B, alpha)
	p[3] = over(p[3], 255, alpha)
}

// over blends a colour over a premultiplied one.
func over(under, c uint8, alpha float32) uint8 {
	return uint8(float32(under)*(1-alpha) + float32(c)*alpha + .5)
}

// pixels returns the pixels that b touches. It is bounded: a face far outside the
// screen at a high zoom has coordinates that no int holds.
func pixels(b face.Box) image.Rectangle {
	const far = 1 << 24
	at := func(v float32) int { return int(floor(min(max(v, -far), far))) }
	return image.Rect(at(b.Min.X), at(b.Min.Y), at(b.Max.X+.999), at(b.Max.Y+.999))
}

// toRect returns how far p is outside b with round corners, negative inside.
func toRect(p face.Point, b face.Box, radius float32) float32 {
	w, h := b.W()/2, b.H()/2
	radius = min(radius, w, h)
	c := b.Center()
	dx, dy := abs(p.X-c.X)-w+radius, abs(p.Y-c.Y)-h+radius
	return hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - radius
}

// toSegment returns the distance of p to the line from a to b.
func toSegment(p, a, b face.Point) float32 {
	dx, dy := b.X-a.X, b.Y-a.Y
	t := float32(0)
	if l := dx*dx + dy*dy; l > 0 {
		t = min(max(((p.X-a.X)*dx+(p.Y-a.Y)*dy)/l, 0), 1)
	}
	return hypot(p.X-a.X-t*dx, p.Y-a.Y-t*dy)
}

// finite reports whether every length and coordinate of s is a number: sums of
// finite values this side of 1e30 cannot overflow.
func (s Shape) finite() bool {
	for _, v := range [...]float32{
		s.Box.Min.X, s.Box.Min.Y, s.Box.Max.X, s.Box.Max.Y,
		s.From.X, s.From.Y, s.To.X, s.To.Y, s.Stroke, s.Radius, s.Size,
	} {
		if !(abs(v) < 1e15) { // squares of it stay below the largest float32
			return false
		}
	}
	return s.Kind != Area || slices.IndexFunc(s.Rings, func(r face.Ring) bool {
		return slices.ContainsFunc(r, func(p face.Point) bool { return !(abs(p.X) < 1e15 && abs(p.Y) < 1e15) })
	}) < 0
}

func abs(v float32) float32      { return float32(math.Abs(float64(v))) }
func floor(v float32) float32    { return float32(math.Floor(float64(v))) }
func hypot(x, y float32) float32 { return float32(math.Sqrt(float64(x*x + y*y))) }
