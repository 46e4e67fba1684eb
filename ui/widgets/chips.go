package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Chips is a row of labels, each with a cross that removes it. It scrolls
// sideways when there are too many.
type Chips struct {
	widget.BaseWidget

	OnRemove func(i int)

	labels []string
	row    *fyne.Container
	scroll *container.Scroll
}

// NewChips returns an empty row.
func NewChips(remove func(i int)) *Chips {
	c := &Chips{OnRemove: remove, row: container.New(layout.NewCustomPaddedHBoxLayout(4))}
	c.scroll = container.NewHScroll(c.row)
	c.ExtendBaseWidget(c)
	return c
}

// SetLabels replaces all chips.
func (c *Chips) SetLabels(labels []string) {
	c.labels = labels
	c.row.RemoveAll()
	for i, l := range labels {
		c.row.Add(newChip(l, func() {
			if c.OnRemove != nil {
				c.OnRemove(i)
			}
		}))
	}
	c.row.Refresh()
	c.scroll.Refresh()
}

// Labels returns the labels of the chips.
func (c *Chips) Labels() []string { return c.labels }

// CreateRenderer implements fyne.Widget.
func (c *Chips) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(c.scroll) }

// chip is one label of a row of Chips. All of it removes it: the cross alone is too small a target.
type chip struct {
	widget.BaseWidget
	label   string
	tapped  func()
	hovered bool
	ground  *canvas.Rectangle
	text    *canvas.Text
	cross   [2]*canvas.Line
}

const (
	chipHeight = 19
	crossSize  = 6
)

func newChip(label string, tapped func()) *chip {
	c := &chip{
		label: label, tapped: tapped, ground: canvas.NewRectangle(color.Transparent), text: newText(label, smallText),
		cross: [2]*canvas.Line{canvas.NewLine(color.White), canvas.NewLine(color.White)},
	}
	c.ground.CornerRadius = chipHeight / 2.0
	c.ExtendBaseWidget(c)
	return c
}

// Tapped removes the chip.
func (c *chip) Tapped(*fyne.PointEvent) { c.tapped() }

// MouseIn lights the chip.
func (c *chip) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.paint() }

// MouseMoved does nothing: desktop.Hoverable asks for it.
func (c *chip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (c *chip) MouseOut() { c.hovered = false; c.paint() }

// CreateRenderer implements fyne.Widget.
func (c *chip) CreateRenderer() fyne.WidgetRenderer {
	c.paint()
	return &partsRenderer{
		parts: []fyne.CanvasObject{c.ground, c.text, c.cross[0], c.cross[1]},
		place: c.place,
		min:   func() fyne.Size { return fyne.NewSize(c.text.MinSize().Width+14+crossSize+12, chipHeight+3) },
		paint: c.paint,
	}
}

func (c *chip) paint() {
	fg := colorOf(c, theme.ColorNameForeground)
	c.ground.FillColor = faded(colorOf(c, theme.ColorNamePrimary), 0x50)
	c.text.Color = fg
	stroke, width := faded(fg, 0xB0), float32(1.2)
	if c.hovered {
		c.ground.FillColor = faded(colorOf(c, theme.ColorNamePrimary), 0x80)
		stroke, width = fg, 1.8
	}
	for _, l := range c.cross {
		l.StrokeColor, l.StrokeWidth = stroke, width
	}
	canvas.Refresh(c)
}

func (c *chip) place(s fyne.Size) {
	y := (s.Height - chipHeight) / 2
	c.ground.Resize(fyne.NewSize(s.Width, chipHeight))
	c.ground.Move(fyne.NewPos(0, y))
	placeMiddle(c.text, 10, s.Height)
	x, y := s.Width-9-crossSize, (s.Height-crossSize)/2
	c.cross[0].Position1, c.cross[0].Position2 = fyne.NewPos(x, y), fyne.NewPos(x+crossSize, y+crossSize)
	c.cross[1].Position1, c.cross[1].Position2 = fyne.NewPos(x, y+crossSize), fyne.NewPos(x+crossSize, y)
}
