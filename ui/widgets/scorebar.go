package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Emphasis is how loud a ScoreBar is.
type Emphasis uint8

// The emphases.
const (
	Plain  Emphasis = iota
	Strong          // the value that counts: bold, a stronger bar
	Weak            // a value that is next to nothing, or not sure: grey
)

// ScoreBar shows one probability: a label over a bar, and the number.
type ScoreBar struct {
	widget.BaseWidget

	OnTapped func(at fyne.Position) // where on the canvas; may be nil

	label, value string
	fraction     float32
	emphasis     Emphasis
	bar          *canvas.Rectangle
	text, number *canvas.Text
}

// NewScoreBar returns an empty bar.
func NewScoreBar() *ScoreBar {
	b := &ScoreBar{bar: canvas.NewRectangle(color.Transparent), text: newText("", 0), number: newText("", smallText)}
	b.bar.CornerRadius = 2
	b.ExtendBaseWidget(b)
	return b
}

// Set shows label, value (a text) and a bar of fraction, 0..1, of the width.
func (b *ScoreBar) Set(label, value string, fraction float32, e Emphasis) {
	if b.label == label && b.value == value && b.fraction == fraction && b.emphasis == e {
		return
	}
	b.label, b.value, b.fraction, b.emphasis = label, value, fraction, e
	b.paint()
}

// Tapped tells the owner.
func (b *ScoreBar) Tapped(e *fyne.PointEvent) {
	if b.OnTapped != nil {
		b.OnTapped(e.AbsolutePosition)
	}
}

// Texts returns the label and the value as they are shown.
func (b *ScoreBar) Texts() (label, value string) { return b.label, b.value }

// Emphasis returns how loud the bar is.
func (b *ScoreBar) Emphasis() Emphasis { return b.emphasis }

// CreateRenderer implements fyne.Widget.
func (b *ScoreBar) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &partsRenderer{
		parts: []fyne.CanvasObject{b.bar, b.text, b.number},
		place: b.place,
		min:   func() fyne.Size { return fyne.NewSize(120, rowHeight) },
		paint: b.paint,
	}
}

func (b *ScoreBar) paint() {
	fg := colorOf(b, theme.ColorNameForeground)
	b.text.TextSize = b.Theme().Size(theme.SizeNameText)
	b.text.Text, b.number.Text = b.label, b.value
	b.text.TextStyle.Bold = b.emphasis == Strong
	b.text.Color, b.number.Color = fg, faded(fg, 0xB0)
	b.bar.FillColor = faded(colorOf(b, theme.ColorNamePrimary), 0x40)
	switch b.emphasis {
	case Strong:
		b.bar.FillColor = faded(colorOf(b, theme.ColorNamePrimary), 0x90)
		b.number.Color = fg
	case Weak:
		b.text.Color, b.number.Color = faded(fg, 0x78), faded(fg, 0x78)
		b.bar.FillColor = faded(fg, 0x24)
	}
	b.place(b.Size())
	canvas.Refresh(b)
}

func (b *ScoreBar) place(s fyne.Size) {
	const left = 10
	b.bar.Resize(fyne.NewSize(max(2, (s.Width-2*left)*b.fraction), s.Height-3))
	b.bar.Move(fyne.NewPos(left, 1.5))
	visible(b.bar, b.fraction > 0)
	placeMiddle(b.text, left+4, s.Height)
	placeMiddle(b.number, s.Width-b.number.MinSize().Width-left-4, s.Height)
}
