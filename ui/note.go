package ui

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// note is a message in the middle of an area: what there is to see, and what
// can be done about it. It never takes the place of something that can be shown.
type note struct {
	object fyne.CanvasObject
	icon   *canvas.Image
	title  *canvas.Text
	text   *widget.Label
	button *widget.Button
}

const noteIcon = 56

func newNote() *note {
	n := &note{
		icon: canvas.NewImageFromResource(nil), title: canvas.NewText("", grey(0xC0)),
		text: widget.NewLabel(""), button: widget.NewButton("", nil),
	}
	n.icon.FillMode = canvas.ImageFillContain
	n.icon.SetMinSize(fyne.NewSquareSize(noteIcon))
	n.icon.Hide()
	n.title.TextSize = 18
	n.title.Alignment = fyne.TextAlignCenter
	n.text.Alignment = fyne.TextAlignCenter
	n.text.Wrapping = fyne.TextWrapWord
	n.button.Importance = widget.HighImportance
	box := container.New(layout.NewCustomPaddedVBoxLayout(8), n.icon, n.title, container.NewGridWrap(fyne.NewSize(460, 64), n.text), container.NewCenter(n.button))
	back := canvas.NewRectangle(color.NRGBA{R: 0x1B, G: 0x1B, B: 0x1B, A: 0xE0}) // readable over a picture
	back.CornerRadius = 6
	n.object = container.NewCenter(container.NewStack(back, container.New(layout.NewCustomPaddedLayout(12, 4, 12, 12), box)))
	n.object.Hide()
	return n
}

// show shows the message; a button is there if it has a text.
func (n *note) show(title, text, button string, tapped func()) {
	n.title.Text = title
	n.text.SetText(text)
	n.button.SetText(button)
	n.button.OnTapped = tapped
	setVisible(n.button, button != "")
	n.object.Show()
	n.object.Refresh()
}

// setIcon shows a picture over the message, nil for none.
func (n *note) setIcon(icon fyne.Resource) {
	n.icon.Resource = icon
	setVisible(n.icon, icon != nil)
	n.icon.Refresh()
}

func (n *note) hide() { n.object.Hide() }

// banner is a line over the content that tells about a lasting problem.
type banner struct {
	object fyne.CanvasObject
	text   *widget.Label
	button *widget.Button
}

func newBanner() *banner {
	b := &banner{text: widget.NewLabel(""), button: widget.NewButton("", nil)}
	b.text.Wrapping = fyne.TextWrapWord
	b.text.TextStyle.Bold = true
	ground := canvas.NewRectangle(amberGround())
	b.object = container.NewStack(ground, container.NewBorder(nil, nil, nil, container.NewCenter(b.button), b.text))
	b.object.Hide()
	return b
}

// show shows the text; a button is there if it has one.
func (b *banner) show(text, button string, tapped func()) {
	b.text.SetText(text)
	b.button.SetText(button)
	b.button.OnTapped = tapped
	setVisible(b.button, button != "")
	b.object.Show()
}

func (b *banner) hide() { b.object.Hide() }

// hint is a line over the top of a picture that says what to do now.
type hint struct {
	object fyne.CanvasObject
	text   *canvas.Text
}

func newHint() *hint {
	h := &hint{text: canvas.NewText("", grey(0xF0))}
	ground := canvas.NewRectangle(color.NRGBA{R: 0x1B, G: 0x1B, B: 0x1B, A: 0xD8})
	ground.CornerRadius = 4
	h.object = container.NewVBox(container.New(layout.NewCustomPaddedLayout(10, 0, 0, 0),
		container.NewCenter(container.NewStack(ground, container.New(layout.NewCustomPaddedLayout(5, 5, 12, 12), h.text)))))
	h.object.Hide()
	return h
}

func (h *hint) show(words string) {
	h.text.Text = words
	h.object.Show()
	h.object.Refresh()
}

func (h *hint) hide() { h.object.Hide() }
