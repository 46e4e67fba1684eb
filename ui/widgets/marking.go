package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
)

// marking is how a rectangle is drawn on the photo of a ZoomViewer.
type marking struct {
	on   bool
	drag bool // the mouse is being dragged
	from fyne.Position
	to   fyne.Position
	band *canvas.Rectangle
}

func newMarking() marking {
	m := marking{band: canvas.NewRectangle(color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x18})}
	m.band.StrokeColor, m.band.StrokeWidth = color.White, 1.5
	m.band.Hide()
	return m
}

// SetMarking has dragging the mouse draw a rectangle, which OnMarked gets, instead of
// moving the photo, or ends that. It stays until it is ended.
func (v *ZoomViewer) SetMarking(on bool) {
	v.marking.on, v.marking.drag = on, false
	v.showBand(false)
}

// showBand shows the rectangle as it is, or hides it. Fyne does not repaint for an object that
// it has never painted, so something that it has is refreshed; the photo's texture stays.
func (v *ZoomViewer) showBand(on bool) {
	if band := v.marking.band; band.Visible() != on {
		visible(band, on)
		canvas.Refresh(v.clip)
	}
}

// Marking reports whether dragging draws a rectangle.
func (v *ZoomViewer) Marking() bool { return v.marking.on }

// Cursor implements desktop.Cursorable.
func (v *ZoomViewer) Cursor() desktop.Cursor {
	if v.marking.on {
		return desktop.CrosshairCursor
	}
	return desktop.DefaultCursor
}

// mark draws the rectangle as far as the mouse has come.
func (v *ZoomViewer) mark(to fyne.Position) {
	m := &v.marking
	if !m.drag {
		m.drag, m.from = true, v.pressedAt
	}
	s := v.Size()
	m.to = fyne.NewPos(min(max(to.X, 0), s.Width), min(max(to.Y, 0), s.Height))
	left, top := min(m.from.X, m.to.X), min(m.from.Y, m.to.Y)
	m.band.Move(fyne.NewPos(left, top))
	m.band.Resize(fyne.NewSize(max(m.from.X, m.to.X)-left, max(m.from.Y, m.to.Y)-top))
	m.band.Refresh()
	v.showBand(true)
}

// marked ends the rectangle.
func (v *ZoomViewer) marked() {
	m := &v.marking
	if !m.drag {
		return
	}
	m.drag = false
	v.showBand(false)
	if v.OnMarked == nil || v.w == 0 {
		return
	}
	x0, y0 := v.PhotoPoint(m.from)
	x1, y1 := v.PhotoPoint(m.to)
	within := func(a float32, n int) float32 { return min(max(a, 0), float32(n)) }
	v.OnMarked(within(min(x0, x1), v.w), within(min(y0, y1), v.h), within(max(x0, x1), v.w), within(max(y0, y1), v.h))
}
