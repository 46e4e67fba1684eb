package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// fact is one line of a factTable.
type fact struct {
	name, value string
	weak        bool // grey
	warn        bool // amber
}

// factTable is a list of names on the left and values on the right. A value
// that does not fit is cut and ends with an ellipsis.
type factTable struct {
	widget.BaseWidget
	names  []*canvas.Text
	values []*canvas.Text
	facts  []fact
}

const (
	factHeight = 18
	factInset  = 12
)

func newFactTable() *factTable {
	t := &factTable{}
	t.ExtendBaseWidget(t)
	return t
}

// show replaces all facts; those without a value are left out.
func (t *factTable) show(facts []fact) {
	t.facts = t.facts[:0]
	for _, f := range facts {
		if f.value != "" {
			t.facts = append(t.facts, f)
		}
	}
	for len(t.names) < len(t.facts) {
		t.names = append(t.names, smallText("", grey(0x90)))
		t.values = append(t.values, smallText("", grey(0xD0)))
	}
	t.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (t *factTable) CreateRenderer() fyne.WidgetRenderer { return &factRenderer{t} }

type factRenderer struct{ t *factTable }

// Layout implements fyne.WidgetRenderer.
func (r *factRenderer) Layout(s fyne.Size) {
	for i, f := range r.t.facts {
		name, value := r.t.names[i], r.t.values[i]
		name.Text, value.Text = f.name, f.value
		value.Color = grey(0xD0)
		switch {
		case f.warn:
			value.Color = amber()
		case f.weak:
			value.Color = grey(0x80)
		}
		nw := name.MinSize().Width
		value.Text = cut(f.value, value.TextSize, s.Width-2*factInset-nw-8)
		y := float32(i)*factHeight + 2
		name.Resize(name.MinSize())
		name.Move(fyne.NewPos(factInset, y))
		value.Resize(value.MinSize())
		value.Move(fyne.NewPos(s.Width-factInset-value.MinSize().Width, y))
	}
}

// MinSize implements fyne.WidgetRenderer.
func (r *factRenderer) MinSize() fyne.Size {
	return fyne.NewSize(120, float32(len(r.t.facts))*factHeight+4)
}

// Refresh implements fyne.WidgetRenderer.
func (r *factRenderer) Refresh() {
	r.Layout(r.t.Size())
	canvas.Refresh(r.t)
}

// Objects implements fyne.WidgetRenderer.
func (r *factRenderer) Objects() []fyne.CanvasObject {
	var o []fyne.CanvasObject
	for i := range r.t.facts {
		o = append(o, r.t.names[i], r.t.values[i])
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
