package ui

import (
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/face"
)

// headline is a value in large letters beside the picture of a face, with lines in
// small ones beneath. A click corrects it.
type headline struct {
	widget.BaseWidget
	feature face.Features
	correct func(feature face.Features, at fyne.Position)
	text    *canvas.Text
	more    [2]*canvas.Text
	ground  *canvas.Rectangle
	arrow   *canvas.Image
	lines   [2]string // more, before it is cut to the width
}

func newHeadline(feature face.Features, bold bool, correct func(face.Features, fyne.Position)) *headline {
	h := &headline{feature: feature, correct: correct, text: canvas.NewText("", grey(0xD6)), ground: canvas.NewRectangle(color.Transparent), arrow: arrowIcon()}
	h.text.TextSize, h.text.TextStyle.Bold = headlineSize, bold
	for i := range h.more {
		h.more[i] = smallText("", grey(0x90))
	}
	h.ground.CornerRadius = 3
	h.ExtendBaseWidget(h)
	return h
}

// show shows a value and what is to be said about it, at most two lines.
func (h *headline) show(text string, weak bool, edited bool, more ...string) {
	h.text.Text, h.text.Color = text, grey(0xD6)
	if weak {
		h.text.Color = grey(0x80)
	}
	for i, m := range h.more {
		h.lines[i], m.Color = "", grey(0x90)
		if i < len(more) {
			h.lines[i] = more[i]
		}
		if edited && i == 0 {
			m.Color = accent()
		}
	}
	setVisible(h, text != "")
	h.Refresh()
}

// words returns all that is shown, "" for nothing.
func (h *headline) words() string {
	if !h.Visible() {
		return ""
	}
	return strings.TrimSpace(strings.Join([]string{h.text.Text, h.lines[0], h.lines[1]}, "\n"))
}

// Tapped corrects the value.
func (h *headline) Tapped(e *fyne.PointEvent) {
	if h.correct != nil {
		h.correct(h.feature, e.AbsolutePosition)
	}
}

// MouseIn shows that there is something to click.
func (h *headline) MouseIn(*desktop.MouseEvent) { h.ground.FillColor = hoverGrey(); h.ground.Refresh() }

// MouseMoved does nothing: desktop.Hoverable asks for it.
func (h *headline) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (h *headline) MouseOut() { h.ground.FillColor = color.Transparent; h.ground.Refresh() }

// Cursor implements desktop.Cursorable.
func (h *headline) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (h *headline) CreateRenderer() fyne.WidgetRenderer { return &headlineRenderer{h} }

type headlineRenderer struct{ h *headline }

const (
	headlineInset = 4
	headlineSize  = 15
)

// Layout implements fyne.WidgetRenderer.
func (r *headlineRenderer) Layout(s fyne.Size) {
	r.h.ground.Resize(s)
	r.h.arrow.Resize(fyne.NewSquareSize(arrowSize))
	r.h.arrow.Move(fyne.NewPos(headlineInset+r.h.text.MinSize().Width+1, (r.h.text.MinSize().Height-arrowSize)/2+1))
	for i, m := range r.h.more {
		m.Text = cut(r.h.lines[i], m.TextSize, s.Width-headlineInset)
	}
	y := float32(0)
	for _, t := range r.lines() {
		m := t.MinSize()
		t.Move(fyne.NewPos(headlineInset, y))
		t.Resize(m)
		y += m.Height
	}
}

func (r *headlineRenderer) lines() []*canvas.Text {
	lines := []*canvas.Text{r.h.text}
	for i, m := range r.h.more {
		if r.h.lines[i] != "" {
			lines = append(lines, m)
		}
	}
	return lines
}

// MinSize implements fyne.WidgetRenderer. The width is the layout's: a long line is cut.
func (r *headlineRenderer) MinSize() fyne.Size {
	h := float32(0)
	for _, t := range r.lines() {
		h += t.MinSize().Height
	}
	return fyne.NewSize(40, h)
}

// Refresh implements fyne.WidgetRenderer.
func (r *headlineRenderer) Refresh() {
	r.Layout(r.h.Size())
	canvas.Refresh(r.h)
}

// Objects implements fyne.WidgetRenderer.
func (r *headlineRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.h.ground, r.h.arrow}
	for _, t := range r.lines() {
		o = append(o, t)
	}
	return o
}

// Destroy implements fyne.WidgetRenderer.
func (r *headlineRenderer) Destroy() {}
