package ui

import (
	"image"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"semblance/internal/face"
	"semblance/overlay"
)

// areaPictures paints the areas of the overlay, one picture each. A picture is kept while its
// area has the same form and size, so that one that only moves with the photo costs nothing.
type areaPictures struct {
	size  fyne.Size // of the viewer
	scale float32   // device pixels a Fyne unit
	kept  []areaPicture
	next  []areaPicture // those of the layer that is being made
}

type areaPicture struct {
	shape overlay.Shape // in Fyne units, as it was painted
	at    fyne.Position
	whole bool // nothing of it was cut off
	image *canvas.Image
}

// begin begins a layer over a viewer of a size.
func (p *areaPictures) begin(size fyne.Size, scale float32) {
	if p.scale != scale || p.size != size {
		p.kept = nil
	}
	p.size, p.scale, p.next = size, scale, nil
}

// end forgets what the layer does not use any more.
func (p *areaPictures) end() { p.kept, p.next = p.next, nil }

// object returns the picture of an area whose units are Fyne's, at its place; nil if it is out of sight.
func (p *areaPictures) object(s overlay.Shape) fyne.CanvasObject {
	for _, k := range p.kept {
		by, ok := moved(k.shape, s)
		if ok && (k.whole || by == fyne.Position{}) {
			k.image.Move(k.at.Add(by))
			p.next = append(p.next, k)
			return k.image
		}
	}
	k, ok := p.paint(s)
	if !ok {
		return nil
	}
	p.next = append(p.next, k)
	return k.image
}

// paint paints an area as far as it can be seen; one that is little larger than the viewer
// is painted whole, for moves to come.
func (p *areaPictures) paint(s overlay.Shape) (k areaPicture, ok bool) {
	line := s.Stroke/2 + 1
	x0, y0 := s.Box.Min.X-line, s.Box.Min.Y-line
	x1, y1 := s.Box.Max.X+line, s.Box.Max.Y+line
	if x1 < 0 || y1 < 0 || x0 > p.size.Width || y0 > p.size.Height {
		return k, false
	}
	whole := x1-x0 <= 1.5*p.size.Width && y1-y0 <= 1.5*p.size.Height
	if !whole {
		x0, y0, x1, y1 = max(x0, 0), max(y0, 0), min(x1, p.size.Width), min(y1, p.size.Height)
	}
	at := image.Rect(int(math.Floor(float64(x0*p.scale))), int(math.Floor(float64(y0*p.scale))), int(math.Ceil(float64(x1*p.scale))), int(math.Ceil(float64(y1*p.scale))))
	if at.Empty() {
		return k, false
	}
	m := image.NewRGBA(image.Rectangle{Max: at.Size()})
	overlay.Paint(m, []overlay.Shape{inPicture(s, p.scale, at.Min)})
	k = areaPicture{shape: s, whole: whole, image: &canvas.Image{Image: m, ScaleMode: canvas.ImageScaleFastest}}
	k.at = fyne.NewPos(float32(at.Min.X)/p.scale, float32(at.Min.Y)/p.scale)
	k.image.Move(k.at)
	k.image.Resize(fyne.NewSize(float32(at.Dx())/p.scale, float32(at.Dy())/p.scale))
	return k, true
}

// inPicture returns s in the pixels of a picture whose corner is at a pixel of the screen.
func inPicture(s overlay.Shape, scale float32, corner image.Point) overlay.Shape {
	t := overlay.Transform{Scale: scale, Offset: face.Pt(-float32(corner.X), -float32(corner.Y))}
	rings := make([]face.Ring, len(s.Rings))
	for i, r := range s.Rings {
		rings[i] = make(face.Ring, len(r))
		for k, point := range r {
			rings[i][k] = t.Apply(point)
		}
	}
	s.Box, s.Rings, s.Stroke = t.Box(s.Box), rings, s.Stroke*scale
	return s
}

// moved returns how far b lies from a, if it is the same area in another place.
func moved(a, b overlay.Shape) (by fyne.Position, ok bool) {
	const slack = .02 // what rounding makes of a form that did not change
	if a.Face != b.Face || a.Color != b.Color || a.Fill != b.Fill || a.Stroke != b.Stroke || len(a.Rings) != len(b.Rings) {
		return by, false
	}
	by = fyne.NewPos(b.Box.Min.X-a.Box.Min.X, b.Box.Min.Y-a.Box.Min.Y)
	for i, r := range a.Rings {
		if len(r) != len(b.Rings[i]) {
			return by, false
		}
		for k, p := range r {
			q := b.Rings[i][k]
			if d := max(p.X+by.X-q.X, q.X-p.X-by.X, p.Y+by.Y-q.Y, q.Y-p.Y-by.Y); !(d < slack) {
				return by, false
			}
		}
	}
	return by, true
}
