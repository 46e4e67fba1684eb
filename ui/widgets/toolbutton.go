package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ToolButton is a small flat button with an icon, a text or both, which may be
// a switch. Unlike Fyne's button it never takes the keyboard: after a click the
// window's keys go on working.
type ToolButton struct {
	widget.BaseWidget

	OnTapped func()

	text     string
	icon     fyne.Resource
	on       bool
	disabled bool
	hovered  bool
	ground   *canvas.Rectangle
	label    *canvas.Text
	image    *canvas.Image
}

const toolIcon = 15

// NewToolButton returns a button; text may be empty, and icon nil.
func NewToolButton(text string, icon fyne.Resource, tapped func()) *ToolButton {
	b := &ToolButton{
		OnTapped: tapped, text: text, icon: icon,
		ground: canvas.NewRectangle(color.Transparent), label: newText(text, 0), image: canvas.NewImageFromResource(icon),
	}
	b.ground.CornerRadius = 3
	b.image.FillMode = canvas.ImageFillContain
	b.ExtendBaseWidget(b)
	return b
}

// SetOn shows the button as switched on or off.
func (b *ToolButton) SetOn(on bool) {
	if b.on != on {
		b.on = on
		b.paint()
	}
}

// On reports whether the button is shown as switched on.
func (b *ToolButton) On() bool { return b.on }

// SetEnabled greys the button and lets taps through no more, or undoes that.
func (b *ToolButton) SetEnabled(on bool) {
	if b.disabled == on {
		b.disabled = !on
		b.paint()
	}
}

// SetFace changes text and icon.
func (b *ToolButton) SetFace(text string, icon fyne.Resource) {
	if b.text == text && b.icon == icon {
		return
	}
	b.text, b.icon = text, icon
	b.Refresh()
}

// Tapped does what the button is for.
func (b *ToolButton) Tapped(*fyne.PointEvent) {
	if !b.disabled && b.OnTapped != nil {
		b.OnTapped()
	}
}

// MouseIn lights the button.
func (b *ToolButton) MouseIn(*desktop.MouseEvent) { b.hovered = true; b.paint() }

// MouseMoved does nothing: desktop.Hoverable asks for it.
func (b *ToolButton) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (b *ToolButton) MouseOut() { b.hovered = false; b.paint() }

// CreateRenderer implements fyne.Widget.
func (b *ToolButton) CreateRenderer() fyne.WidgetRenderer {
	b.paint()
	return &partsRenderer{
		parts: []fyne.CanvasObject{b.ground, b.image, b.label},
		place: b.place, min: b.min, paint: b.paint,
	}
}

func (b *ToolButton) min() fyne.Size {
	w := float32(8)
	if b.icon != nil {
		w += toolIcon
	}
	if b.text != "" {
		w += b.label.MinSize().Width
		if b.icon != nil {
			w += 5
		} else {
			w += 6
		}
	}
	return fyne.NewSize(w+4, 24)
}

func (b *ToolButton) paint() {
	fg := colorOf(b, theme.ColorNameForeground)
	b.label.Text, b.label.TextSize = b.text, b.Theme().Size(theme.SizeNameText)
	b.label.Color = fg
	b.ground.FillColor = colorOf(b, theme.ColorNameButton)
	icon := b.icon
	switch {
	case b.disabled:
		b.label.Color = faded(fg, 0x60)
		if icon != nil {
			icon = theme.NewDisabledResource(icon)
		}
	case b.on:
		b.ground.FillColor = mix(colorOf(b, theme.ColorNameBackground), colorOf(b, theme.ColorNamePrimary), .55)
	}
	if b.hovered && !b.disabled {
		b.ground.FillColor = mix(b.ground.FillColor, fg, .12)
	}
	if b.image.Resource != icon {
		b.image.Resource = icon
		b.image.Refresh()
	}
	visible(b.image, icon != nil)
	b.place(b.Size())
	canvas.Refresh(b)
}

func (b *ToolButton) place(s fyne.Size) {
	b.ground.Resize(s)
	x := (s.Width - b.min().Width) / 2
	if b.icon != nil {
		b.image.Resize(fyne.NewSquareSize(toolIcon))
		b.image.Move(fyne.NewPos(x+6, (s.Height-toolIcon)/2))
		x += toolIcon + 5
	} else {
		x += 3
	}
	placeMiddle(b.label, x+6, s.Height)
}
