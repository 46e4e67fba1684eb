package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/face"
)

// fact is one line of a factTable.
type fact struct {
	name, value string
	more        string        // beneath the value
	weak        bool          // grey
	warn        bool          // amber
	edited      bool          // more says that a person said the value
	swatch      color.Color   // before the value; nil for none
	feature     face.Features // that a click corrects, 0 for none
}

// factTable is a list of names on the left and values on the right. A value
// that does not fit is cut and ends with an ellipsis. A click on one that can be corrected
// calls correct.
type factTable struct {
	widget.BaseWidget
	correct func(feature face.Features, at fyne.Position)
	facts   []fact
	lines   []*factLine
	ground  *canvas.Rectangle // of the line under the mouse
	hovered int               // -1: none
}

// factLine is the objects of one fact.
type factLine struct {
	name, value, more *canvas.Text
	swatch            *canvas.Rectangle
	arrow             *canvas.Image
}

const (
	factHeight = 18
	moreHeight = 15 // of a line beneath
	factInset  = 12
	swatchWide = 22 // wider than high: a square would look like a check box
	swatchHigh = 11
	arrowSize  = 15
)

func newFactTable() *factTable {
	t := &factTable{ground: canvas.NewRectangle(hoverGrey()), hovered: -1}
	t.ground.CornerRadius = 3
	t.ground.Hide()
	t.ExtendBaseWidget(t)
	return t
}

// hoverGrey is the ground of a value under the mouse that a click corrects.
func hoverGrey() color.Color { return color.NRGBA{R: 0xFF, G: 0xFF, B: 0xFF, A: 0x12} }

// show replaces all facts; those without a value are left out.
func (t *factTable) show(facts []fact) {
	t.facts = t.facts[:0]
	for _, f := range facts {
		if f.value != "" {
			t.facts = append(t.facts, f)
		}
	}
	for len(t.lines) < len(t.facts) {
		l := &factLine{
			name: smallText("", grey(0x90)), value: smallText("", grey(0xD0)), more: smallText("", grey(0x80)),
			swatch: canvas.NewRectangle(color.Transparent), arrow: arrowIcon(),
		}
		l.more.TextSize = 10
		l.swatch.CornerRadius, l.swatch.StrokeWidth, l.swatch.StrokeColor = 3, 1, grey(0x90)
		t.lines = append(t.lines, l)
	}
	t.hovered = -1
	t.ground.Hide()
	t.Refresh()
}

// at returns the fact at a height of the table, -1 if there is none.
func (t *factTable) at(y float32) int {
	top := float32(0)
	for i, f := range t.facts {
		if top += f.height(); y < top {
			return i
		}
	}
	return -1
}

func (f fact) height() float32 {
	if f.more != "" {
		return factHeight + moreHeight
	}
	return factHeight
}

// Tapped corrects the value that was clicked.
func (t *factTable) Tapped(e *fyne.PointEvent) {
	if i := t.at(e.Position.Y); i >= 0 && t.facts[i].feature != 0 && t.correct != nil {
		t.correct(t.facts[i].feature, e.AbsolutePosition)
	}
}

// MouseIn shows that there is something to click.
func (t *factTable) MouseIn(e *desktop.MouseEvent) { t.MouseMoved(e) }

// MouseMoved follows the mouse from line to line.
func (t *factTable) MouseMoved(e *desktop.MouseEvent) {
	i := t.at(e.Position.Y)
	if i >= 0 && (t.facts[i].feature == 0 || t.correct == nil) {
		i = -1
	}
	if i != t.hovered {
		t.hovered = i
		t.Refresh()
	}
}

// MouseOut ends what MouseMoved began.
func (t *factTable) MouseOut() {
	if t.hovered >= 0 {
		t.hovered = -1
		t.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (t *factTable) CreateRenderer() fyne.WidgetRenderer { return &factRenderer{t} }

type factRenderer struct{ t *factTable }

// Layout implements fyne.WidgetRenderer.
func (r *factRenderer) Layout(s fyne.Size) {
	top := float32(0)
	setVisible(r.t.ground, r.t.hovered >= 0)
	for i, f := range r.t.facts {
		r.t.lines[i].place(f, top, s.Width)
		if i == r.t.hovered {
			r.t.ground.Move(fyne.NewPos(factInset/2, top))
			r.t.ground.Resize(fyne.NewSize(s.Width-factInset, f.height()))
		}
		top += f.height()
	}
}

// place lays out a fact in a line of a width, from the height top on.
func (l *factLine) place(f fact, top, width float32) {
	l.name.Text, l.more.Text = f.name, f.more
	l.value.Color, l.more.Color = grey(0xD0), grey(0x80)
	switch {
	case f.warn:
		l.value.Color = amber()
	case f.weak:
		l.value.Color = grey(0x80)
	}
	if f.edited {
		l.more.Color = accent()
	}
	right := width - factInset
	setVisible(l.arrow, f.feature != 0)
	if f.feature != 0 {
		l.arrow.Move(fyne.NewPos(right-arrowSize+5, top+(factHeight-arrowSize)/2))
		l.arrow.Resize(fyne.NewSquareSize(arrowSize))
	}
	right -= arrowSize - 4 // values stand below each other whether they can be corrected or not
	l.name.Resize(l.name.MinSize())
	l.name.Move(fyne.NewPos(factInset, top+2))
	left := factInset + l.name.MinSize().Width + 8
	setVisible(l.swatch, f.swatch != nil)
	if f.swatch != nil {
		left += swatchWide + 6
	}
	put := func(t *canvas.Text, words string, left, y float32) {
		t.Text = cut(words, t.TextSize, right-left)
		m := t.MinSize()
		t.Resize(m)
		t.Move(fyne.NewPos(right-m.Width, y))
	}
	put(l.value, f.value, left, top+2)
	put(l.more, f.more, factInset, top+factHeight)
	setVisible(l.more, f.more != "")
	if f.swatch != nil {
		l.swatch.FillColor = f.swatch
		l.swatch.Move(fyne.NewPos(l.value.Position().X-swatchWide-6, top+(factHeight-swatchHigh)/2+.5))
		l.swatch.Resize(fyne.NewSize(swatchWide, swatchHigh))
	}
}

// MinSize implements fyne.WidgetRenderer.
func (r *factRenderer) MinSize() fyne.Size {
	h := float32(4)
	for _, f := range r.t.facts {
		h += f.height()
	}
	return fyne.NewSize(120, h)
}

// Refresh implements fyne.WidgetRenderer.
func (r *factRenderer) Refresh() {
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

// Objects implements fyne.WidgetRenderer.
func (r *factRenderer) Objects() []fyne.CanvasObject {
	o := []fyne.CanvasObject{r.t.ground}
	for i := range r.t.facts {
		l := r.t.lines[i]
		o = append(o, l.name, l.value, l.more, l.swatch, l.arrow)
	}
	return o
}

// Destroy implements fyne.WidgetRenderer.
func (r *factRenderer) Destroy() {}

// cut shortens s to width, with an ellipsis at the end.
func cut(s string, size, width float32) string {
	if fyne.MeasureText(s, size, fyne.TextStyle{}).Width <= width {
		return s
	}
	r := []rune(s)
	for len(r) > 0 && fyne.MeasureText(string(r)+"…", size, fyne.TextStyle{}).Width > width {
		r = r[:len(r)-1]
	}
	return string(r) + "…"
}
