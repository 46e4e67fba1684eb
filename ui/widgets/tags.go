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

// Tag is one label of Tags.
type Tag struct {
	Label string
	Weak  bool // drawn as an outline
}

// Tags is a list of labels that goes on in a new line where a line is full. A click on one calls OnTapped; with OnRemove each has a cross.
type Tags struct {
	widget.BaseWidget

	OnTapped func(i int)
	OnRemove func(i int) // set before the first SetTags; nil: no crosses

	tags []Tag
	more *tagChip // behind the last label; nil for none
	row  *fyne.Container
}

// maxTag is the greatest width of a label: a longer one is cut.
const maxTag = 210

// NewTags returns an empty list. Behind the labels stands more, which adds others, unless it is "".
func NewTags(more string, add func()) *Tags {
	t := &Tags{row: container.New(layout.NewRowWrapLayoutWithCustomPadding(4, 3))}
	if more != "" {
		t.more = newTagChip(Tag{Label: more, Weak: true}, add)
		t.row.Add(t.more)
	}
	t.ExtendBaseWidget(t)
	return t
}

// SetTags replaces all labels.
func (t *Tags) SetTags(tags []Tag) {
	t.tags = tags
	t.row.RemoveAll()
	for i, tag := range tags {
		chip := newTagChip(tag, func() { call(t.OnTapped, i) })
		if t.OnRemove != nil {
			chip.remove = func() { t.OnRemove(i) }
		}
		t.row.Add(chip)
	}
	if t.more != nil {
		t.row.Add(t.more)
	}
	t.row.Refresh()
	t.Refresh()
}

func call(f func(int), i int) {
	if f != nil {
		f(i)
	}
}

// Tags returns what is shown.
func (t *Tags) Tags() []Tag { return t.tags }

// CreateRenderer implements fyne.Widget.
func (t *Tags) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(t.row) }

// tagChip is one label of Tags.
type tagChip struct {
	widget.BaseWidget
	tag     Tag
	tapped  func()
	remove  func() // nil: no cross
	hovered bool
	onCross bool // the mouse is over the cross
	ground  *canvas.Rectangle
	text    *canvas.Text
	cross   [2]*canvas.Line
}

func newTagChip(tag Tag, tapped func()) *tagChip {
	c := &tagChip{tag: tag, tapped: tapped, ground: canvas.NewRectangle(color.Transparent), text: newText("", smallText)}
	c.ExtendBaseWidget(c)
	return c
}

// crossSpace is the width of a chip's end that removes it.
const crossSpace = 20

// Tapped is a click on the label, or on its cross.
func (c *tagChip) Tapped(e *fyne.PointEvent) {
	if c.overCross(e.Position.X) {
		c.remove()
		return
	}
	c.tapped()
}

func (c *tagChip) overCross(x float32) bool {
	return c.remove != nil && x >= c.Size().Width-crossSpace
}

// MouseIn lights the label.
func (c *tagChip) MouseIn(e *desktop.MouseEvent) { c.MouseMoved(e) }

// MouseMoved lights the cross when the mouse is over it.
func (c *tagChip) MouseMoved(e *desktop.MouseEvent) {
	if on := c.overCross(e.Position.X); !c.hovered || on != c.onCross {
		c.hovered, c.onCross = true, on
		c.paint()
	}
}

// MouseOut ends what MouseIn began.
func (c *tagChip) MouseOut() {
	c.hovered, c.onCross = false, false
	c.paint()
}

// Cursor implements desktop.Cursorable.
func (c *tagChip) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (c *tagChip) CreateRenderer() fyne.WidgetRenderer {
	c.ground.CornerRadius = chipHeight / 2.0
	parts := []fyne.CanvasObject{c.ground, c.text}
	if c.remove != nil {
		c.cross = [2]*canvas.Line{canvas.NewLine(color.White), canvas.NewLine(color.White)}
		parts = append(parts, c.cross[0], c.cross[1])
	}
	c.paint()
	return &partsRenderer{parts: parts, place: c.place, min: c.min, paint: c.paint}
}

func (c *tagChip) min() fyne.Size {
	w := c.text.MinSize().Width + 18
	if c.remove != nil {
		w += crossSpace - 8
	}
	return fyne.NewSize(w, chipHeight)
}

func (c *tagChip) paint() {
	fg, primary := colorOf(c, theme.ColorNameForeground), colorOf(c, theme.ColorNamePrimary)
	c.text.Text, c.text.Color = shorten(c.tag.Label, smallText, fyne.TextStyle{}, maxTag), fg
	c.ground.FillColor, c.ground.StrokeWidth = faded(primary, 0x50), 0
	if c.tag.Weak {
		c.ground.FillColor, c.ground.StrokeColor, c.ground.StrokeWidth = color.Transparent, faded(primary, 0xA0), 1
		c.text.Color = faded(fg, 0xC0)
	}
	if c.hovered && !c.onCross {
		c.ground.FillColor = faded(primary, 0x80)
	}
	for _, l := range c.cross {
		if l == nil {
			continue
		}
		l.StrokeColor, l.StrokeWidth = faded(fg, 0x90), 1.2
		if c.onCross {
			l.StrokeColor, l.StrokeWidth = fg, 1.8
		}
	}
	c.place(c.Size())
	canvas.Refresh(c)
}

func (c *tagChip) place(s fyne.Size) {
	y := (s.Height - chipHeight) / 2
	c.ground.Resize(fyne.NewSize(s.Width, chipHeight))
	c.ground.Move(fyne.NewPos(0, y))
	placeMiddle(c.text, 9, s.Height)
	if c.cross[0] == nil {
		return
	}
	x, y := s.Width-9-crossSize, (s.Height-crossSize)/2
	c.cross[0].Position1, c.cross[0].Position2 = fyne.NewPos(x, y), fyne.NewPos(x+crossSize, y+crossSize)
	c.cross[1].Position1, c.cross[1].Position2 = fyne.NewPos(x, y+crossSize), fyne.NewPos(x+crossSize, y)
}
