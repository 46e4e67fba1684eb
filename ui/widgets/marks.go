package widgets

import (
	"fmt"
	"image/color"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// MaxStars is the most stars that a photo can have.
const MaxStars = 5

// Flag says whether a photo was picked or rejected.
type Flag uint8

// The flags.
const (
	Unflagged Flag = iota
	Picked
	Rejected
)

// Marks is what a person said about a photo, as cells and MarkBars show it. The zero Marks shows nothing.
type Marks struct {
	Stars int // 0..MaxStars
	Flag  Flag
	Label color.Color // nil for none
}

// none reports whether there is nothing to show.
func (m Marks) none() bool { return m.Stars == 0 && m.Flag == Unflagged && m.Label == nil }

// Paths of the icons, in a square of 24.
const (
	starPath  = `<path d="M12 17.270L18.180 21l-1.640-7.030L22 9.240l-7.190-.610L12 2 9.190 8.630 2 9.240l5.460 4.730L5.820 21z"/>`
	flagPath  = `<path d="M5 3h2v18H5zM8 4h12l-3.500 4.500L20 13H8z"/>`
	crossPath = `<path d="M19 6.410L17.590 5 12 10.590 6.410 5 5 6.410 10.590 12 5 17.590 6.410 19 12 13.410 17.590 19 19 17.590 13.410 12z" stroke="currentColor"/>`
)

// Colours of the icons.
const (
	markWhite = "#ececec"
	markRed   = "#ec6a62"
	markAmber = "#f0cb6a"
	markGrey  = "#5c5c5c" // what is not said
)

// iconSquare is the side of the square that paths are drawn in.
const iconSquare = 24

// drawn returns an icon of one colour that no theme changes; n of them stand side by side.
func drawn(name, path, fill string, n int) fyne.Resource {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="24" viewBox="0 0 %d 24" fill="%s">`, iconSquare*n, iconSquare*n, fill)
	for i := range n {
		fmt.Fprintf(&b, `<g transform="translate(%d 0)">%s</g>`, iconSquare*i, strings.ReplaceAll(path, "currentColor", fill))
	}
	b.WriteString("</svg>")
	return fyne.NewStaticResource(fmt.Sprintf("%s%d%s.svg", name, n, fill[1:]), []byte(b.String()))
}

// Sizes of the badge of marks on a thumbnail.
const (
	markBadgeHeight = 14
	markIcon        = 9
	markGap         = 4
	markInset       = 5
)

// markBadge shows marks on a thumbnail: on a dark ground of its own, so that it can be read on any photo.
type markBadge struct {
	ground *canvas.Rectangle
	flag   *canvas.Image
	stars  *canvas.Image
	label  *canvas.Rectangle
	shown  Marks
}

func newMarkBadge() *markBadge {
	b := &markBadge{
		ground: canvas.NewRectangle(color.NRGBA{A: 0xA8}), flag: canvas.NewImageFromResource(nil), stars: canvas.NewImageFromResource(nil),
		label: canvas.NewRectangle(color.Transparent),
	}
	b.ground.CornerRadius = markBadgeHeight / 2.0
	b.label.CornerRadius = 2
	b.flag.FillMode, b.stars.FillMode = canvas.ImageFillStretch, canvas.ImageFillStretch
	b.hide()
	return b
}

func (b *markBadge) parts() []fyne.CanvasObject {
	return []fyne.CanvasObject{b.ground, b.flag, b.stars, b.label}
}

func (b *markBadge) hide() {
	for _, o := range b.parts() {
		o.Hide()
	}
}

// show shows marks; nothing where nothing was said.
func (b *markBadge) show(m Marks) {
	if m.none() {
		b.shown = m
		b.hide()
		return
	}
	if m.Stars != b.shown.Stars && m.Stars > 0 {
		setIcon(b.stars, drawn("star", starPath, markWhite, m.Stars))
	}
	if m.Flag != b.shown.Flag {
		switch m.Flag {
		case Picked:
			setIcon(b.flag, drawn("flag", flagPath, markWhite, 1))
		case Rejected:
			setIcon(b.flag, drawn("cross", crossPath, markRed, 1))
		}
	}
	b.label.FillColor = m.Label
	b.shown = m
	visible(b.ground, true)
	visible(b.flag, m.Flag != Unflagged)
	visible(b.stars, m.Stars > 0)
	visible(b.label, m.Label != nil)
}

// place puts the badge so that its lower left corner is at p.
func (b *markBadge) place(p fyne.Position) {
	x, top := p.X+markInset, p.Y-markBadgeHeight
	put := func(o fyne.CanvasObject, w float32) {
		if !o.Visible() {
			return
		}
		o.Resize(fyne.NewSize(w, markIcon))
		o.Move(fyne.NewPos(x, top+(markBadgeHeight-markIcon)/2.0))
		x += w + markGap
	}
	put(b.flag, markIcon)
	put(b.stars, markIcon*float32(b.shown.Stars))
	put(b.label, markIcon)
	b.ground.Move(fyne.NewPos(p.X, top))
	b.ground.Resize(fyne.NewSize(x-markGap+markInset-p.X, markBadgeHeight))
}

func setIcon(i *canvas.Image, r fyne.Resource) {
	if i.Resource != r {
		i.Resource = r
		i.Refresh()
	}
}

// MarkBar shows the marks of a photo and lets a person change them: a click on a star gives as many, on the last one that is lit it takes
// them away; a click on the flag, the cross or a colour gives or takes it.
type MarkBar struct {
	widget.BaseWidget

	OnStars func(n int)
	OnFlag  func(f Flag)
	OnLabel func(i int) // index in the colours of NewMarkBar, -1 to take the label away

	colors  []color.Color
	marks   Marks
	hovered int // slot under the mouse, -1 for none

	ground *canvas.Rectangle // of the slot under the mouse
	stars  [MaxStars]*canvas.Image
	flags  [2]*canvas.Image // picked, rejected
	labels []*canvas.Circle
}

// Sizes of a MarkBar.
const (
	barHeight = 22
	barSlot   = 17
	barIcon   = 13
	barGap    = 9 // between stars, flags and labels
	barLabel  = 10
)

// NewMarkBar returns a bar without marks that offers labels of the given colours.
func NewMarkBar(colors []color.Color) *MarkBar {
	b := &MarkBar{colors: colors, hovered: -1, ground: canvas.NewRectangle(color.Transparent)}
	b.ground.CornerRadius = 3
	for i := range b.stars {
		b.stars[i] = canvas.NewImageFromResource(nil)
	}
	for i := range b.flags {
		b.flags[i] = canvas.NewImageFromResource(nil)
	}
	for range colors {
		b.labels = append(b.labels, canvas.NewCircle(color.Transparent))
	}
	b.ExtendBaseWidget(b)
	return b
}

// SetMarks shows other marks.
func (b *MarkBar) SetMarks(m Marks) {
	if b.marks != m {
		b.marks = m
		b.paint()
	}
}

// Marks returns what is shown.
func (b *MarkBar) Marks() Marks { return b.marks }

// slots is the number of places that can be clicked: stars, two flags, labels.
func (b *MarkBar) slots() int { return MaxStars + 2 + len(b.colors) }

// slotX is the left edge of a slot.
func (b *MarkBar) slotX(i int) float32 {
	x := float32(i * barSlot)
	if i >= MaxStars {
		x += barGap
	}
	if i >= MaxStars+2 {
		x += barGap
	}
	return x
}

// slotAt returns the slot at x, -1 between two groups.
func (b *MarkBar) slotAt(x float32) int {
	for i := range b.slots() {
		if left := b.slotX(i); left <= x && x < left+barSlot {
			return i
		}
	}
	return -1
}

// Tapped changes a mark, in the hands of the owner.
func (b *MarkBar) Tapped(e *fyne.PointEvent) {
	switch i := b.slotAt(e.Position.X); {
	case i < 0:
	case i < MaxStars:
		n := i + 1
		if n == b.marks.Stars {
			n = 0
		}
		if b.OnStars != nil {
			b.OnStars(n)
		}
	case i < MaxStars+2:
		f := Picked + Flag(i-MaxStars)
		if f == b.marks.Flag {
			f = Unflagged
		}
		if b.OnFlag != nil {
			b.OnFlag(f)
		}
	default:
		i -= MaxStars + 2
		if b.marks.Label == b.colors[i] {
			i = -1
		}
		if b.OnLabel != nil {
			b.OnLabel(i)
		}
	}
}

// MouseIn shows what a click would change.
func (b *MarkBar) MouseIn(e *desktop.MouseEvent) { b.MouseMoved(e) }

// MouseMoved follows the mouse from slot to slot.
func (b *MarkBar) MouseMoved(e *desktop.MouseEvent) {
	if i := b.slotAt(e.Position.X); i != b.hovered {
		b.hovered = i
		b.paint()
	}
}

// MouseOut ends what MouseMoved began.
func (b *MarkBar) MouseOut() {
	if b.hovered >= 0 {
		b.hovered = -1
		b.paint()
	}
}

// Cursor implements desktop.Cursorable.
func (b *MarkBar) Cursor() desktop.Cursor { return desktop.PointerCursor }

// CreateRenderer implements fyne.Widget.
func (b *MarkBar) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	parts := []fyne.CanvasObject{b.ground}
	for _, s := range b.stars {
		parts = append(parts, s)
	}
	for _, f := range b.flags {
		parts = append(parts, f)
	}
	for _, l := range b.labels {
		parts = append(parts, l)
	}
	return &partsRenderer{
		parts: parts, place: b.place, paint: b.paint,
		min: func() fyne.Size { return fyne.NewSize(b.slotX(b.slots()-1)+barSlot, barHeight) },
	}
}

func (b *MarkBar) paint() {
	b.ground.FillColor = color.Transparent
	if b.hovered >= 0 {
		b.ground.FillColor = colorOf(b, theme.ColorNameHover)
	}
	lit := func(path, name, on string, is bool) fyne.Resource {
		if is {
			return drawn(name, path, on, 1)
		}
		return drawn(name, path, markGrey, 1)
	}
	for i, s := range b.stars {
		setNamed(s, lit(starPath, "star", markAmber, i < b.marks.Stars))
	}
	setNamed(b.flags[0], lit(flagPath, "flag", markWhite, b.marks.Flag == Picked))
	setNamed(b.flags[1], lit(crossPath, "cross", markRed, b.marks.Flag == Rejected))
	for i, l := range b.labels {
		l.StrokeWidth = 0
		l.FillColor = faded(b.colors[i], 0x70)
		if b.marks.Label == b.colors[i] {
			l.FillColor, l.StrokeColor, l.StrokeWidth = b.colors[i], color.White, 1.5
		}
	}
	b.place(b.Size())
	canvas.Refresh(b)
}

// setNamed is setIcon for resources that are made anew each time.
func setNamed(i *canvas.Image, r fyne.Resource) {
	if i.Resource == nil || i.Resource.Name() != r.Name() {
		setIcon(i, r)
	}
}

func (b *MarkBar) place(s fyne.Size) {
	b.ground.Resize(fyne.NewSize(barSlot, min(s.Height, barHeight)))
	b.ground.Move(fyne.NewPos(b.slotX(max(b.hovered, 0)), (s.Height-min(s.Height, barHeight))/2))
	put := func(slot int, o fyne.CanvasObject, side float32) {
		o.Resize(fyne.NewSquareSize(side))
		o.Move(fyne.NewPos(b.slotX(slot)+(barSlot-side)/2, (s.Height-side)/2))
	}
	for i, o := range b.stars {
		put(i, o, barIcon)
	}
	for i, o := range b.flags {
		put(MaxStars+i, o, barIcon)
	}
	for i, o := range b.labels {
		put(MaxStars+2+i, o, barLabel)
	}
}
