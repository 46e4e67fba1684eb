package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ListRow is one line of a short list: a label, and a number or another word at its right. A click chooses it, a right click
// asks for a menu, for which three dots are shown under the mouse as well.
type ListRow struct {
	widget.BaseWidget

	OnTapped func()
	OnMenu   func(at fyne.Position) // place in the window; nil: there is none
	Inset    float32                // of the label; NewListRow sets that of a row below the title of a Section

	label, note string
	on          bool
	hovered     bool
	onDots      bool
	ground      *canvas.Rectangle
	text, more  *canvas.Text
	dots        [3]*canvas.Circle
}

// dotsSpace is the width of a row's end that opens its menu.
const dotsSpace = 22

// NewListRow returns a row that is not chosen.
func NewListRow(label, note string, tapped func()) *ListRow {
	r := &ListRow{
		OnTapped: tapped, Inset: 18, label: label, note: note, ground: canvas.NewRectangle(color.Transparent),
		text: newText(label, 0), more: newText(note, smallText),
	}
	r.ground.CornerRadius = 2
	for i := range r.dots {
		r.dots[i] = canvas.NewCircle(color.Transparent)
	}
	r.ExtendBaseWidget(r)
	return r
}

// SetOn shows the row as chosen or not.
func (r *ListRow) SetOn(on bool) {
	if r.on != on {
		r.on = on
		r.paint()
	}
}

// SetNote changes the word at the right.
func (r *ListRow) SetNote(note string) {
	if r.note != note {
		r.note = note
		r.paint()
	}
}

// Texts returns the label and the word at its right.
func (r *ListRow) Texts() (label, note string) { return r.label, r.note }

// On reports whether the row is shown as chosen.
func (r *ListRow) On() bool { return r.on }

// Tapped chooses the row, or opens its menu.
func (r *ListRow) Tapped(e *fyne.PointEvent) {
	if r.overDots(e.Position.X) {
		r.OnMenu(e.AbsolutePosition)
		return
	}
	if r.OnTapped != nil {
		r.OnTapped()
	}
}

// TappedSecondary opens the menu.
func (r *ListRow) TappedSecondary(e *fyne.PointEvent) {
	if r.OnMenu != nil {
		r.OnMenu(e.AbsolutePosition)
	}
}

func (r *ListRow) overDots(x float32) bool {
	return r.OnMenu != nil && r.hovered && x >= r.Size().Width-scrollSpace-dotsSpace
}

// MouseIn lights the row.
func (r *ListRow) MouseIn(e *desktop.MouseEvent) { r.hovered = true; r.MouseMoved(e); r.paint() }

// MouseMoved lights the dots when the mouse is over them.
func (r *ListRow) MouseMoved(e *desktop.MouseEvent) {
	if on := r.overDots(e.Position.X); on != r.onDots {
		r.onDots = on
		r.paint()
	}
}

// MouseOut ends what MouseIn began.
func (r *ListRow) MouseOut() { r.hovered, r.onDots = false, false; r.paint() }

// CreateRenderer implements fyne.Widget.
func (r *ListRow) CreateRenderer() fyne.WidgetRenderer {
	r.paint()
	return &partsRenderer{
		parts: []fyne.CanvasObject{r.ground, r.text, r.more, r.dots[0], r.dots[1], r.dots[2]},
		place: r.place, paint: r.paint,
		min: func() fyne.Size { return fyne.NewSize(80, rowHeight) },
	}
}

func (r *ListRow) paint() {
	fg, primary := colorOf(r, theme.ColorNameForeground), colorOf(r, theme.ColorNamePrimary)
	r.ground.FillColor = color.Transparent
	if r.on {
		r.ground.FillColor = faded(primary, 0x48)
	} else if r.hovered {
		r.ground.FillColor = colorOf(r, theme.ColorNameHover)
	}
	r.text.TextSize, r.text.Color, r.text.TextStyle.Bold = r.Theme().Size(theme.SizeNameText), faded(fg, 0xE8), r.on
	r.more.Text, r.more.Color = r.note, faded(fg, 0xA8)
	menu := r.OnMenu != nil && r.hovered
	visible(r.more, !menu)
	for _, d := range r.dots {
		d.FillColor = faded(fg, 0x90)
		if r.onDots {
			d.FillColor = fg
		}
		visible(d, menu)
	}
	r.place(r.Size())
	canvas.Refresh(r)
}

func (r *ListRow) place(s fyne.Size) {
	r.ground.Move(fyne.NewPos(4, 0))
	r.ground.Resize(fyne.NewSize(max(0, s.Width-8), s.Height-1))
	right := s.Width - scrollSpace
	placeMiddle(r.more, right-r.more.MinSize().Width, s.Height)
	for i, d := range r.dots {
		d.Resize(fyne.NewSquareSize(3))
		d.Move(fyne.NewPos(right-dotsSpace+6+float32(5*i), (s.Height-3)/2))
	}
	r.text.Text = shorten(r.label, r.text.TextSize, r.text.TextStyle, right-max(r.more.MinSize().Width, dotsSpace)-8-r.Inset)
	placeMiddle(r.text, r.Inset, s.Height)
}
