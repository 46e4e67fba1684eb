package widgets

import (
	"image"
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// View says where a ZoomViewer shows its photo: the photo's pixel (x, y) lies
// at Offset + Scale*(x, y), in Fyne units from the viewer's top left corner.
type View struct {
	Scale  float32 // Fyne units per pixel of the photo, 0 without a photo
	Offset fyne.Position
}

// The limits of the zoom, in device pixels per pixel of the photo.
const (
	maxZoom = 16
	// minZoomOfFit is how much smaller than "fit" the photo can be made.
	minZoomOfFit = .5
	// wheelZoom is the factor of one step of a mouse wheel, which Fyne reports as 25.
	wheelZoom = 1.2
	wheelStep = 25
	// clickSlack is how far the mouse may move between press and release of a click.
	clickSlack = 3
)

type zoomMode uint8

const (
	zoomFit  zoomMode = iota // follows the size of the window
	zoomFree                 // scale and middle stay
)

// ZoomViewer shows one photo. The wheel zooms at the mouse, dragging pans, a
// double click goes from "fit" to 100 % and back, and objects of the caller
// (boxes, captions) lie over it and are placed anew whenever the view changes.
//
// The photo has a size of its own, in pixels, which is known before its pixels:
// those may come at first small and later full, and nothing moves.
type ZoomViewer struct {
	widget.BaseWidget

	OnView    func()             // the view changed; SetLayer is usually called from here
	OnClick   func(x, y float32) // a click, not a drag, on this point of the photo, in its pixels
	OnDetail  func(longSide int) // more pixels would be drawn than there are
	OnPressed func()             // any press of a mouse button
	OnHover   func(x, y float32) // the mouse moved over this point of the photo
	// OnMarked gets the rectangle that was drawn while marking, in pixels of the photo and within it.
	OnMarked func(x0, y0, x1, y1 float32)

	marking   marking
	w, h      int      // of the photo
	pyramid   *Pyramid // nil: no pixels yet
	asked     int      // the long side last asked for with OnDetail
	view      View
	mode      zoomMode
	size      fyne.Size // for which view holds
	pressedAt fyne.Position
	raster    *canvas.Raster
	buffer    *image.RGBA
	layer     *fyne.Container
	clip      *container.Clip
}

// NewZoomViewer returns an empty viewer.
func NewZoomViewer() *ZoomViewer {
	v := &ZoomViewer{layer: container.NewWithoutLayout(), marking: newMarking()}
	v.raster = canvas.NewRaster(v.render)
	v.raster.ScaleMode = canvas.ImageScaleFastest
	v.clip = container.NewClip(v.layer)
	v.ExtendBaseWidget(v)
	return v
}

// SetPhoto shows another photo of w x h pixels, fitted, without pixels as yet. 0 x 0 is no photo.
func (v *ZoomViewer) SetPhoto(w, h int) {
	v.w, v.h, v.pyramid, v.asked, v.mode = w, h, nil, 0, zoomFit
	v.apply(v.fitted())
}

// SetPixels gives the viewer the pixels of the photo, in any resolution.
func (v *ZoomViewer) SetPixels(p *Pyramid) {
	v.pyramid = p
	v.raster.Refresh()
	v.askForDetail()
}

// View returns where the photo is.
func (v *ZoomViewer) View() View { return v.view }

// Zoom returns the device pixels per pixel of the photo: 1 is 100 %.
func (v *ZoomViewer) Zoom() float32 { return v.view.Scale * canvasScale(v) }

// DeviceScale returns how many device pixels a Fyne unit has.
func (v *ZoomViewer) DeviceScale() float32 { return canvasScale(v) }

// Fitted reports whether the photo follows the size of the window.
func (v *ZoomViewer) Fitted() bool { return v.mode == zoomFit }

// Fit shows the whole photo, enlarged to 100 % at most.
func (v *ZoomViewer) Fit() { v.mode = zoomFit; v.apply(v.fitted()) }

// Actual shows the photo at 100 %, one pixel a device pixel, about the middle of what is shown.
func (v *ZoomViewer) Actual() { v.zoomTo(1/canvasScale(v), v.middle()) }

// ShowRect zooms so that the rectangle, in pixels of the photo, fills half of
// the viewer: a face in its surroundings.
func (v *ZoomViewer) ShowRect(x0, y0, x1, y1 float32) {
	s := v.Size()
	if v.w == 0 || x1 <= x0 || y1 <= y0 || s.Width <= 0 || s.Height <= 0 {
		return
	}
	scale := min(s.Width/(x1-x0), s.Height/(y1-y0)) / 2
	scale = v.limited(scale)
	v.mode = zoomFree
	v.apply(View{scale, fyne.NewPos(s.Width/2-(x0+x1)/2*scale, s.Height/2-(y0+y1)/2*scale)})
}

// Toggle goes from fit to 100 % about the point at of the viewer, or back.
func (v *ZoomViewer) Toggle(at fyne.Position) {
	if v.mode == zoomFit {
		v.zoomTo(1/canvasScale(v), at)
	} else {
		v.Fit()
	}
}

// ToggleMiddle is Toggle about the middle.
func (v *ZoomViewer) ToggleMiddle() { v.Toggle(v.middle()) }

// ZoomBy multiplies the zoom about the middle of the viewer.
func (v *ZoomViewer) ZoomBy(factor float32) { v.zoomTo(v.view.Scale*factor, v.middle()) }

// Pan moves the photo by Fyne units.
func (v *ZoomViewer) Pan(dx, dy float32) {
	v.apply(View{v.view.Scale, v.view.Offset.AddXY(dx, dy)})
	v.mode = zoomFree
}

// SetLayer puts objects over the photo, in this order, cut at the viewer's
// edges. Their positions are Fyne units of the viewer: the caller places them by View.
func (v *ZoomViewer) SetLayer(objects []fyne.CanvasObject) {
	v.layer.Objects = objects
	v.layer.Refresh()
}

// PhotoPoint returns the point of the photo, in its pixels, under the point p of the viewer.
func (v *ZoomViewer) PhotoPoint(p fyne.Position) (x, y float32) {
	if v.view.Scale == 0 {
		return 0, 0
	}
	return (p.X - v.view.Offset.X) / v.view.Scale, (p.Y - v.view.Offset.Y) / v.view.Scale
}

// Scrolled zooms at the mouse.
func (v *ZoomViewer) Scrolled(e *fyne.ScrollEvent) {
	f := float32(1)
	for range min(8, max(1, int(max(e.Scrolled.DY, -e.Scrolled.DY)/wheelStep+.5))) {
		f *= wheelZoom
	}
	if e.Scrolled.DY < 0 {
		f = 1 / f
	}
	v.zoomTo(v.view.Scale*f, e.Position)
}

// Dragged pans, or draws a rectangle.
func (v *ZoomViewer) Dragged(e *fyne.DragEvent) {
	if v.marking.on {
		v.mark(e.Position)
		return
	}
	v.Pan(e.Dragged.DX, e.Dragged.DY)
}

// DragEnd ends a rectangle.
func (v *ZoomViewer) DragEnd() { v.marked() }

// DoubleTapped goes from fit to 100 % and back.
func (v *ZoomViewer) DoubleTapped(e *fyne.PointEvent) {
	if !v.marking.on {
		v.Toggle(e.Position)
	}
}

// MouseDown remembers where a click began.
func (v *ZoomViewer) MouseDown(e *desktop.MouseEvent) {
	v.pressedAt = e.Position
	if v.OnPressed != nil {
		v.OnPressed()
	}
}

// MouseUp ends a click. A tap would come only after the time of a double click.
func (v *ZoomViewer) MouseUp(e *desktop.MouseEvent) {
	d := e.Position.Subtract(v.pressedAt)
	if v.w == 0 || v.marking.on || v.OnClick == nil || max(d.X, -d.X, d.Y, -d.Y) > clickSlack {
		return
	}
	v.OnClick(v.PhotoPoint(e.Position))
}

// MouseIn does nothing: desktop.Hoverable asks for it.
func (v *ZoomViewer) MouseIn(*desktop.MouseEvent) {}

// MouseMoved tells where the mouse is on the photo.
func (v *ZoomViewer) MouseMoved(e *desktop.MouseEvent) {
	if v.OnHover != nil && v.w > 0 {
		v.OnHover(v.PhotoPoint(e.Position))
	}
}

// MouseOut does nothing: desktop.Hoverable asks for it.
func (v *ZoomViewer) MouseOut() {}

// CreateRenderer implements fyne.Widget.
func (v *ZoomViewer) CreateRenderer() fyne.WidgetRenderer {
	return &partsRenderer{
		parts: []fyne.CanvasObject{v.raster, v.clip, v.marking.band},
		place: v.place,
		min:   func() fyne.Size { return fyne.NewSize(80, 60) },
		paint: func() { v.raster.Refresh(); canvas.Refresh(v) },
	}
}

func (v *ZoomViewer) place(s fyne.Size) {
	v.raster.Resize(s)
	v.clip.Resize(s)
	v.layer.Resize(s)
	old := v.size
	v.size = s
	switch {
	case old == s:
	case v.mode == zoomFit:
		v.apply(v.fitted())
	default: // the middle of the viewer shows what it showed
		v.apply(View{v.view.Scale, v.view.Offset.AddXY((s.Width-old.Width)/2, (s.Height-old.Height)/2)})
	}
}

func (v *ZoomViewer) middle() fyne.Position {
	return fyne.NewPos(v.Size().Width/2, v.Size().Height/2)
}

// fitted returns the view of the whole photo. A photo smaller than the window
// is not enlarged beyond 2 device pixels a pixel.
func (v *ZoomViewer) fitted() View {
	s := v.Size()
	if v.w == 0 || v.h == 0 || s.Width <= 0 || s.Height <= 0 {
		return View{}
	}
	w, h := float32(v.w), float32(v.h)
	scale := min(s.Width/w, s.Height/h, 2/canvasScale(v))
	return View{scale, fyne.NewPos((s.Width-w*scale)/2, (s.Height-h*scale)/2)}
}

func (v *ZoomViewer) limited(scale float32) float32 {
	return min(max(scale, v.fitted().Scale*minZoomOfFit), maxZoom/canvasScale(v))
}

// zoomTo sets the scale and keeps the point of the photo under at where it is.
func (v *ZoomViewer) zoomTo(scale float32, at fyne.Position) {
	if v.view.Scale == 0 {
		return
	}
	x, y := v.PhotoPoint(at)
	scale = v.limited(scale)
	v.mode = zoomFree
	v.apply(View{scale, fyne.NewPos(at.X-x*scale, at.Y-y*scale)})
}

// apply sets the view; a photo that is smaller than the viewer is kept in the
// middle, a larger one cannot be pushed out.
func (v *ZoomViewer) apply(n View) {
	s := v.Size()
	w, h := float32(v.w)*n.Scale, float32(v.h)*n.Scale
	n.Offset.X = held(n.Offset.X, w, s.Width)
	n.Offset.Y = held(n.Offset.Y, h, s.Height)
	v.view = n
	v.raster.Refresh()
	if v.OnView != nil {
		v.OnView()
	}
	v.askForDetail()
}

func held(offset, photo, window float32) float32 {
	if photo <= window {
		return (window - photo) / 2
	}
	return min(max(offset, window-photo), 0)
}

// askForDetail tells once when the screen shows more pixels than the pyramid has.
func (v *ZoomViewer) askForDetail() {
	if v.OnDetail == nil || v.w == 0 || v.view.Scale == 0 {
		return
	}
	have := 0
	if v.pyramid != nil {
		s := v.pyramid.Size()
		have = max(s.X, s.Y)
	}
	full := max(v.w, v.h)
	want := min(int(float32(full)*v.Zoom()+.5), full)
	if want > have && want > v.asked {
		v.asked = want
		v.OnDetail(want)
	}
}

// render draws the window-sized picture; w and h are device pixels.
func (v *ZoomViewer) render(w, h int) image.Image {
	if v.buffer == nil || v.buffer.Rect.Dx() != w || v.buffer.Rect.Dy() != h {
		v.buffer = image.NewRGBA(image.Rect(0, 0, w, h))
	}
	draw.Draw(v.buffer, v.buffer.Rect, image.NewUniform(v.ground()), image.Point{}, draw.Src)
	if v.pyramid == nil || v.view.Scale == 0 || v.Size().Width <= 0 {
		return v.buffer
	}
	device := float64(w) / float64(v.Size().Width)      // device pixels per Fyne unit
	photo := float64(v.pyramid.Size().X) / float64(v.w) // pixels of the pyramid per pixel of the photo
	step := photo / (float64(v.view.Scale) * device)    // pixels of the pyramid per device pixel
	v.pyramid.draw(v.buffer, -float64(v.view.Offset.X)*device*step, -float64(v.view.Offset.Y)*device*step, step)
	return v.buffer
}

// ground is the colour beside the photo: darker than the window, and neutral.
func (v *ZoomViewer) ground() color.Color {
	return mix(colorOf(v, theme.ColorNameBackground), color.Black, .28)
}
