package ui

import (
	"context"
	"fmt"
	"image"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/overlay"
	"semblance/ui/widgets"
)

// pictureFunc returns the upright photo with a long side of at least longSide
// pixels, 0 for full size. It blocks.
type pictureFunc func(ctx context.Context, path string, longSide int) (*image.RGBA, error)

// loupe shows one photo with its faces drawn over it.
type loupe struct {
	object fyne.CanvasObject
	viewer *widgets.ZoomViewer
	open   bool
	shown  overlay.Options
	areas  areaPictures
	sure   face.Thresholds // which values captions say

	picture   pictureFunc
	post      func(func())
	preview   func(path string) *image.RGBA // a small picture that is at hand, or nil
	onPicture func(path string)             // a picture came on the screen
	onFailure func(error)                   // it could not be loaded; may be nil
	onFace    func(i int)                   // a face was clicked
	onMarked  func(path string, box face.Box)

	path    string
	entry   library.Entry
	result  *face.Analysis
	current int                // index of the chosen face
	dimmed  []uint32           // numbers of the faces that the filter does not ask for
	cancel  context.CancelFunc // of the picture that is being loaded
	turn    int                // counts photos: a late picture of an earlier one is dropped

	marks    *widgets.MarkBar
	name     *canvas.Text
	size     *canvas.Text
	note     *note
	hint     *hint
	zoomText *canvas.Text
	boxes    *widgets.ToolButton
	points   *widgets.ToolButton
	pose     *widgets.ToolButton
	hair     *widgets.ToolButton
	fit      *widgets.ToolButton
	actual   *widgets.ToolButton
	face     *widgets.ToolButton
	onShown  func() // the switches changed
}

func newLoupe(post func(func()), marks *widgets.MarkBar) *loupe {
	l := &loupe{
		viewer: widgets.NewZoomViewer(), post: post, marks: marks,
		shown: overlay.Options{Boxes: true, Captions: true},
		name:  smallText("", grey(0xD0)), size: smallText("", grey(0x90)), zoomText: smallText("", grey(0x90)),
		note: newNote(), hint: newHint(),
	}
	l.boxes = widgets.NewToolButton("Boxes", nil, func() { l.toggle(&l.shown.Boxes) })
	l.points = widgets.NewToolButton("Landmarks", nil, func() { l.toggle(&l.shown.Landmarks) })
	l.pose = widgets.NewToolButton("Pose", nil, func() { l.toggle(&l.shown.Pose) })
	l.hair = widgets.NewToolButton("Hair", nil, func() { l.toggle(&l.shown.Hair) })
	l.fit = widgets.NewToolButton("Fit", nil, l.viewer.Fit)
	l.actual = widgets.NewToolButton("100 %", nil, l.viewer.Actual)
	l.face = widgets.NewToolButton("Face", nil, l.showFace)
	bar := container.New(layout.NewCustomPaddedLayout(3, 3, 8, 4), container.NewBorder(nil, nil, nil,
		container.NewHBox(container.NewCenter(l.zoomText), gap(6), l.boxes, l.points, l.pose, l.hair, gap(6), l.fit, l.actual, l.face),
		container.NewHBox(container.NewCenter(l.name), gap(6), container.NewCenter(l.size), gap(10), container.NewCenter(l.marks))))
	// In a narrow window the bar is cut, not the window made wider.
	l.object = container.NewBorder(container.NewHScroll(bar), nil, nil, nil, container.NewStack(l.viewer, l.note.object, l.hint.object))
	l.viewer.OnView = l.redraw
	l.viewer.OnDetail = l.load
	l.viewer.OnClick = l.clicked
	l.viewer.OnMarked = l.marked
	l.showSwitches()
	return l
}

// gap is an empty space of the given width.
func gap(w float32) fyne.CanvasObject {
	r := canvas.NewRectangle(grey(0))
	r.FillColor = nil
	r.SetMinSize(fyne.NewSize(w, 1))
	return r
}

// show shows a photo, fitted, with the faces whose numbers are in dimmed less visible. a may
// be nil. The same photo again only changes what is drawn over it.
func (l *loupe) show(e library.Entry, a *face.Analysis, current int, dimmed []uint32) {
	same := l.path == e.Path && (l.entry.W == e.W || e.W == 0)
	l.entry, l.result, l.current, l.dimmed = e, a, current, dimmed
	l.name.Text = filepath.Base(e.Path)
	if e.Path == "" {
		l.name.Text = ""
	}
	l.name.Refresh()
	l.marks.SetMarks(shownMarks(e.Marks))
	setVisible(l.marks, e.Path != "")
	if !same {
		l.stop()
		l.path = e.Path
		l.turn++
		l.note.hide()
		l.setMarking(false)
		l.viewer.SetPhoto(e.W, e.H)
		l.showSize(e.W, e.H)
		if e.Path != "" && l.open {
			l.begin()
		}
	}
	l.redraw()
}

// setOpen tells whether the loupe is on the screen: pictures are loaded only then.
func (l *loupe) setOpen(on bool) {
	if l.open == on {
		return
	}
	l.open = on
	if !on {
		l.stop()
		return
	}
	if l.path != "" {
		l.turn++
		l.viewer.SetPhoto(l.entry.W, l.entry.H)
		l.begin()
	}
}

// begin shows what is at hand and loads the rest.
func (l *loupe) begin() {
	if p := l.preview(l.path); p != nil && l.entry.W > 0 {
		l.viewer.SetPixels(widgets.NewPyramid(p))
	}
	if l.entry.W == 0 { // nobody has looked at the file yet: its size comes with its pixels
		l.load(0)
	}
}

func (l *loupe) stop() {
	if l.cancel != nil {
		l.cancel()
		l.cancel = nil
	}
}

// load gets a picture with longSide pixels, 0 for full size, in the background.
func (l *loupe) load(longSide int) {
	if !l.open || l.path == "" {
		return
	}
	l.stop()
	ctx, cancel := context.WithCancel(context.Background())
	l.cancel = cancel
	path, turn, picture := l.path, l.turn, l.picture
	go func() {
		p, err := picture(ctx, path, longSide)
		var pyramid *widgets.Pyramid
		if err == nil {
			pyramid = widgets.NewPyramid(p)
		}
		l.post(func() {
			if turn != l.turn || ctx.Err() != nil {
				return
			}
			if err != nil {
				l.note.show("This photo cannot be shown", err.Error(), "", nil)
				if l.onFailure != nil {
					l.onFailure(err)
				}
				return
			}
			l.loaded(pyramid)
		})
	}()
}

func (l *loupe) loaded(p *widgets.Pyramid) {
	if l.entry.W == 0 {
		l.entry.W, l.entry.H = p.Size().X, p.Size().Y
		l.viewer.SetPhoto(l.entry.W, l.entry.H)
		l.showSize(l.entry.W, l.entry.H)
	}
	l.viewer.SetPixels(p)
	l.redraw()
	if l.onPicture != nil {
		l.onPicture(l.path)
	}
}

func (l *loupe) showSize(w, h int) {
	l.size.Text = ""
	if w > 0 {
		l.size.Text = fmt.Sprintf("%d × %d", w, h)
	}
	l.size.Refresh()
}

// toggle turns a switch of the overlay.
func (l *loupe) toggle(on *bool) {
	*on = !*on
	l.shown.Captions = l.shown.Boxes
	l.showSwitches()
	l.redraw()
	if l.onShown != nil {
		l.onShown()
	}
}

func (l *loupe) showSwitches() {
	l.boxes.SetOn(l.shown.Boxes)
	l.points.SetOn(l.shown.Landmarks)
	l.pose.SetOn(l.shown.Pose)
	l.hair.SetOn(l.shown.Hair)
}

// showFace zooms to the chosen face.
func (l *loupe) showFace() {
	if l.result == nil || l.current >= len(l.result.Faces) {
		return
	}
	b := l.result.Faces[l.current].Box
	l.viewer.ShowRect(b.Min.X, b.Min.Y, b.Max.X, b.Max.Y)
}

// clicked chooses the face under the mouse.
func (l *loupe) clicked(x, y float32) {
	if l.result == nil || l.onFace == nil {
		return
	}
	number, ok := overlay.HitTest(l.result, face.Pt(x, y))
	if !ok {
		return
	}
	for i := range l.result.Faces {
		if l.result.Faces[i].Number == number {
			l.onFace(i)
		}
	}
}

// setMarking has the next drag mark a face, or ends that.
func (l *loupe) setMarking(on bool) {
	l.viewer.SetMarking(on)
	if on {
		l.hint.show("Drag a box around the face, from the forehead to the chin. Esc cancels.")
	} else {
		l.hint.hide()
	}
	l.name.Refresh() // Fyne does not repaint for an object that it has never painted: one that it has
}

// marked takes a rectangle that was drawn on the photo.
func (l *loupe) marked(x0, y0, x1, y1 float32) {
	if x1-x0 < face.MinDrawnSide || y1-y0 < face.MinDrawnSide {
		l.hint.show("That is too small for a face. Drag a larger box; Esc cancels.")
		l.name.Refresh()
		return
	}
	l.setMarking(false)
	l.onMarked(l.path, face.BoxAt(x0, y0, x1-x0, y1-y0))
}

// redraw places the overlay by the viewer's view.
func (l *loupe) redraw() {
	l.fit.SetOn(l.viewer.Fitted() && l.path != "")
	l.actual.SetOn(l.viewer.Zoom() == 1)
	l.zoomText.Text = ""
	if l.viewer.Zoom() > 0 {
		l.zoomText.Text = fmt.Sprintf("%.0f %%", l.viewer.Zoom()*100)
	}
	l.zoomText.Refresh()
	l.face.SetEnabled(l.result != nil && len(l.result.Faces) > 0)
	l.viewer.SetLayer(l.layer())
}

func (l *loupe) layer() []fyne.CanvasObject {
	o := l.shown
	o.Dimmed, o.Sure = l.dimmed, l.sure
	if l.result != nil && l.current < len(l.result.Faces) && len(l.result.Faces) > 1 {
		o.Selected = l.result.Faces[l.current].Number
	}
	return overlayLayer(l.result, l.viewer.View(), l.viewer.Size(), l.viewer.DeviceScale(), o, &l.areas)
}
