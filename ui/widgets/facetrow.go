package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// FacetRow is one value of a filter: a check, a label, a bar and a count. A
// count of zero greys the row, but it stays, so that nothing jumps.
type FacetRow struct {
	widget.BaseWidget

	OnTapped    func() // the owner decides what that does and calls Set
	OnSecondary func() // right click; may be nil

	label    string
	count    string
	zero     bool
	fraction float32
	on       bool
	hovered  bool

	hover, bar, check *canvas.Rectangle
	swatch            *canvas.Rectangle // nil without one
	tick              [2]*canvas.Line
	text, number      *canvas.Text
}

// NewFacetRow returns a row that is off and counts nothing.
func NewFacetRow(label string, tapped func()) *FacetRow {
	r := &FacetRow{
		OnTapped: tapped, label: label, zero: true, count: "0",
		hover: canvas.NewRectangle(color.Transparent), bar: canvas.NewRectangle(color.Transparent),
		check: canvas.NewRectangle(color.Transparent),
		tick:  [2]*canvas.Line{canvas.NewLine(color.White), canvas.NewLine(color.White)},
		text:  newText(label, 0), number: newText("0", smallText),
	}
	r.bar.CornerRadius, r.check.CornerRadius, r.hover.CornerRadius = 2, 2, 2
	r.check.StrokeWidth = 1
	r.tick[0].StrokeWidth, r.tick[1].StrokeWidth = 1.5, 1.5
	r.ExtendBaseWidget(r)
	return r
}

// Set shows whether the value is chosen, its count as text, whether that is
// zero, and the length of the bar, 0..1.
func (r *FacetRow) Set(on bool, count string, zero bool, fraction float32) {
	if r.on == on && r.count == count && r.zero == zero && r.fraction == fraction {
		return
	}
	r.on, r.count, r.zero, r.fraction = on, count, zero, fraction
	r.paint()
}

// SetLabel changes the label.
func (r *FacetRow) SetLabel(label string) {
	if r.label != label {
		r.label = label
		r.paint()
	}
}

// SetSwatch shows a colour before the label, before the row is shown; a transparent one leaves its place free.
func (r *FacetRow) SetSwatch(c color.Color) {
	r.swatch = canvas.NewRectangle(c)
	r.swatch.CornerRadius = 3
	if _, _, _, a := c.RGBA(); a > 0 {
		r.swatch.StrokeColor, r.swatch.StrokeWidth = color.Gray{Y: 0x90}, 1
	}
}

// On reports whether the value is shown as chosen.
func (r *FacetRow) On() bool { return r.on }

// Label returns the label and the count as they are shown.
func (r *FacetRow) Label() (label, count string) { return r.label, r.count }

// Tapped toggles the value, in the hands of the owner.
func (r *FacetRow) Tapped(*fyne.PointEvent) {
	if r.OnTapped != nil {
		r.OnTapped()
	}
}

// TappedSecondary is the right click.
func (r *FacetRow) TappedSecondary(*fyne.PointEvent) {
	if r.OnSecondary != nil {
		r.OnSecondary()
	}
}

// MouseIn lights the row.
func (r *FacetRow) MouseIn(*desktop.MouseEvent) { r.hovered = true; r.paint() }

// MouseMoved does nothing: desktop.Hoverable asks for it.
func (r *FacetRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (r *FacetRow) MouseOut() { r.hovered = false; r.paint() }

// CreateRenderer implements fyne.Widget.
func (r *FacetRow) CreateRenderer() fyne.WidgetRenderer {
	r.paint()
	parts := []fyne.CanvasObject{r.hover, r.bar, r.check, r.tick[0], r.tick[1], r.text, r.number}
	if r.swatch != nil {
		parts = append(parts, r.swatch)
	}
	return &partsRenderer{
		parts: parts,
		place: r.place,
		min:   func() fyne.Size { return fyne.NewSize(120, rowHeight) },
		paint: r.paint,
	}
}

func (r *FacetRow) paint() {
	fg, primary := colorOf(r, theme.ColorNameForeground), colorOf(r, theme.ColorNamePrimary)
	r.hover.FillColor = color.Transparent
	if r.hovered {
		r.hover.FillColor = colorOf(r, theme.ColorNameHover)
	}
	r.bar.FillColor = faded(primary, 0x38)
	r.check.FillColor, r.check.StrokeColor = color.Transparent, faded(fg, 0x80)
	if r.on {
		r.bar.FillColor = faded(primary, 0x60)
		r.check.FillColor, r.check.StrokeColor = primary, primary
	}
	visible(r.tick[0], r.on)
	visible(r.tick[1], r.on)
	r.text.TextSize = r.Theme().Size(theme.SizeNameText)
	r.text.Text, r.text.Color = r.label, fg
	r.text.TextStyle.Bold = r.on
	r.number.Text, r.number.Color = r.count, faded(fg, 0xA8)
	if r.zero && !r.on {
		r.text.Color, r.number.Color = faded(fg, 0x68), faded(fg, 0x58)
	}
	r.place(r.Size())
	canvas.Refresh(r)
}

func (r *FacetRow) place(s fyne.Size) {
	r.hover.Resize(s)
	y := (s.Height - checkSize) / 2
	r.check.Resize(fyne.NewSquareSize(checkSize))
	r.check.Move(fyne.NewPos(checkInset, y))
	r.tick[0].Position1, r.tick[0].Position2 = fyne.NewPos(checkInset+2.5, y+5.5), fyne.NewPos(checkInset+4.7, y+8)
	r.tick[1].Position1, r.tick[1].Position2 = fyne.NewPos(checkInset+4.7, y+8), fyne.NewPos(checkInset+8.7, y+3)
	left := float32(checkInset + checkSize + 6)
	r.bar.Resize(fyne.NewSize(max(0, (s.Width-left-scrollSpace+4)*r.fraction), s.Height-3))
	r.bar.Move(fyne.NewPos(left, 1.5))
	visible(r.bar, r.fraction > 0)
	placeMiddle(r.number, s.Width-r.number.MinSize().Width-scrollSpace, s.Height)
	if r.swatch != nil {
		r.swatch.Resize(fyne.NewSize(swatchWide, checkSize)) // a square would look like a check
		r.swatch.Move(fyne.NewPos(left+4, y))
		left += swatchWide + 6
	}
	r.text.Text = shorten(r.label, r.text.TextSize, r.text.TextStyle, r.number.Position().X-left-8)
	placeMiddle(r.text, left+4, s.Height)
}
