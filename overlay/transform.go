package overlay

import "semblance/internal/face"

// Transform maps pixels of the upright photo to the screen:
// screen = Scale * photo + Offset. Scale is above 0.
type Transform struct {
	Scale  float32
	Offset face.Point
}

// Apply returns where the photo's point p is on the screen.
func (t Transform) Apply(p face.Point) face.Point {
	return face.Pt(t.Scale*p.X+t.Offset.X, t.Scale*p.Y+t.Offset.Y)
}

// Invert returns which point of the photo is at p on the screen. The zero
// Transform, of a view that shows nothing yet, gives the photo's origin.
func (t Transform) Invert(p face.Point) face.Point {
	if t.Scale == 0 {
		return face.Point{}
	}
	return face.Pt((p.X-t.Offset.X)/t.Scale, (p.Y-t.Offset.Y)/t.Scale)
}

// Box returns where the photo's box b is on the screen.
func (t Transform) Box(b face.Box) face.Box {
	return face.Box{Min: t.Apply(b.Min), Max: t.Apply(b.Max)}
}
