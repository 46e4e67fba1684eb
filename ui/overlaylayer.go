package ui

import (
	"image"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"semblance/assets"
	"semblance/internal/face"
	"semblance/overlay"
	"semblance/ui/widgets"
)

// maxObjects is the number of shapes above which they are painted into one
// picture: thousands of objects cost Fyne more than an upload of the window's size.
const maxObjects = 1500

// captionSize is the text size of captions in Fyne units.
const captionSize = 11.5

// overlayLayer makes what lies over the photo: overlay's shapes as objects of
// the window, sharp at any zoom, or as one picture where they are too many. Fyne has no object
// for an area: its picture comes from areas.
func overlayLayer(a *face.Analysis, v widgets.View, size fyne.Size, deviceScale float32, o overlay.Options, areas *areaPictures) []fyne.CanvasObject {
	if a == nil || v.Scale == 0 || len(a.Faces) == 0 {
		return nil
	}
	shapes := overlay.Shapes(a, transform(v, 1), options(o, size, 1))
	if len(shapes) > maxObjects {
		shapes = overlay.Shapes(a, transform(v, deviceScale), options(o, size, deviceScale))
		return []fyne.CanvasObject{paintedLayer(shapes, size, deviceScale)}
	}
	bold := fyne.NewStaticResource("captions.ttf", assets.Bold())
	var objects []fyne.CanvasObject
	areas.begin(size, deviceScale)
	for _, s := range shapes {
		if s.Kind == overlay.Area {
			if picture := areas.object(s); picture != nil {
				objects = append(objects, picture)
			}
			continue
		}
		objects = append(objects, shapeObjects(s, bold)...)
	}
	areas.end()
	return objects
}

// transform is the viewer's view in overlay's words, with k screen pixels a Fyne unit.
func transform(v widgets.View, k float32) overlay.Transform {
	return overlay.Transform{Scale: v.Scale * k, Offset: face.Pt(v.Offset.X*k, v.Offset.Y*k)}
}

func options(o overlay.Options, size fyne.Size, k float32) overlay.Options {
	o.TextSize = captionSize * k
	o.View = face.BoxAt(0, 0, size.Width*k, size.Height*k)
	return o
}

func paintedLayer(shapes []overlay.Shape, size fyne.Size, k float32) fyne.CanvasObject {
	p := image.NewRGBA(image.Rect(0, 0, int(size.Width*k), int(size.Height*k)))
	overlay.Paint(p, shapes)
	i := &canvas.Image{Image: p, ScaleMode: canvas.ImageScaleFastest}
	i.Resize(size)
	return i
}

// shapeObjects makes the objects of one shape; its units are Fyne's.
func shapeObjects(s overlay.Shape, bold fyne.Resource) []fyne.CanvasObject {
	switch s.Kind {
	case overlay.Rect:
		if s.Dashed {
			var dashes []fyne.CanvasObject
			for _, d := range overlay.Dashes(s) {
				dashes = append(dashes, shapeObjects(d, bold)...)
			}
			return dashes
		}
		r := canvas.NewRectangle(s.Fill)
		r.StrokeColor, r.StrokeWidth, r.CornerRadius = s.Color, s.Stroke, s.Radius
		half := s.Stroke / 2 // Fyne draws the outline inside
		place(r, s.Box.Min.X-half, s.Box.Min.Y-half, s.Box.W()+s.Stroke, s.Box.H()+s.Stroke)
		return []fyne.CanvasObject{r}
	case overlay.Line:
		l := canvas.NewLine(s.Color)
		l.StrokeWidth = s.Stroke
		l.Position1, l.Position2 = fyne.NewPos(s.From.X, s.From.Y), fyne.NewPos(s.To.X, s.To.Y)
		return []fyne.CanvasObject{l}
	case overlay.Dot:
		c := canvas.NewCircle(s.Fill)
		c.StrokeColor, c.StrokeWidth = s.Color, s.Stroke
		r := s.Radius + s.Stroke
		place(c, s.From.X-r, s.From.Y-r, 2*r, 2*r)
		return []fyne.CanvasObject{c}
	case overlay.Label:
		t := canvas.NewText(s.Text, s.Color)
		t.TextSize, t.FontSource = s.Size, bold
		m := t.MinSize()
		ground := canvas.NewRectangle(s.Fill)
		ground.CornerRadius = s.Radius
		inset := s.Baseline().X - s.Box.Min.X // Fyne sets the same font a little wider
		place(ground, s.Box.Min.X, s.Box.Min.Y, max(s.Box.W(), m.Width+2*inset), s.Box.H())
		place(t, s.Baseline().X, s.Box.Min.Y+(s.Box.H()-m.Height)/2, m.Width, m.Height)
		return []fyne.CanvasObject{ground, t}
	}
	return nil
}

func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(x, y))
	o.Resize(fyne.NewSize(w, h))
}
