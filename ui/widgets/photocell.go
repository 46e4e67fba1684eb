package widgets

import (
	"image"
	"image/color"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// PhotoState is what a cell says about the work on its photo.
type PhotoState uint8

// The states of a photo.
const (
	PhotoDone    PhotoState = iota // the badge shows the count
	PhotoWaiting                   // not looked at yet: a hollow dot
	PhotoFailed                    // could not be looked at: a red mark
)

// PhotoItem is what a cell shows besides the picture.
type PhotoItem struct {
	Name  string
	Count int // on the badge, which is left out for 0
	// Matching is how many of Count a filter asked for, if not all: the badge says "1/15". 0 says nothing.
	Matching int
	Doubt    bool // there may be more than Count: the badge gets a "?"
	State    PhotoState
	Marks    Marks
	Pair     string // on a badge of its own: which files the photo consists of, "" for one
	Stamp    int64  // another value for another content: the picture is loaded again (ThumbnailKey)
}

const (
	cellInset = 6
	nameSpace = 18 // under the picture
	badgeH    = 15
)

// photoCell is one cell of a PhotoGrid. Cells are used again for other photos:
// the generation tells whether a picture that comes late is still wanted.
type photoCell struct {
	widget.BaseWidget
	grid *PhotoGrid

	id         int
	key        string
	generation int
	cancel     func() // of the request that may still wait
	item       PhotoItem
	hovered    bool
	lost       bool // the picture could not be loaded

	background *canvas.Rectangle
	picture    *canvas.Image
	name       *canvas.Text
	badge      *canvas.Rectangle
	badgeFace  *canvas.Image
	badgeText  *canvas.Text
	dot        *canvas.Circle
	mark       *canvas.Text
	marks      *markBadge
	pair       *canvas.Rectangle
	pairText   *canvas.Text
}

// rejectedFade is how much of a rejected photo is not seen.
const rejectedFade = .6

func newPhotoCell(g *PhotoGrid) *photoCell {
	c := &photoCell{
		grid: g, id: -1,
		background: canvas.NewRectangle(color.Transparent),
		picture:    &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest},
		name:       newText("", badgeText),
		badge:      canvas.NewRectangle(color.NRGBA{A: 0xA8}),
		badgeFace:  canvas.NewImageFromResource(smile()),
		badgeText:  newText("", badgeText),
		dot:        canvas.NewCircle(color.Transparent),
		mark:       newText("!", badgeText),
		marks:      newMarkBadge(),
		pair:       canvas.NewRectangle(color.NRGBA{A: 0xA8}),
		pairText:   newText("", badgeText),
	}
	c.background.CornerRadius = 3
	c.badge.CornerRadius = badgeH / 2.0
	c.pair.CornerRadius = badgeH / 2.0
	c.pairText.TextStyle.Bold = true
	c.pairText.Color = color.White
	c.badgeFace.FillMode = canvas.ImageFillContain
	c.badgeText.TextStyle.Bold = true
	c.badgeText.Color = color.White
	c.mark.TextStyle.Bold = true
	c.mark.Color = color.White
	c.mark.Alignment = fyne.TextAlignCenter
	c.ExtendBaseWidget(c)
	return c
}

// bind makes the cell show item id, whatever it showed before.
func (c *photoCell) bind(id int) {
	key, item := c.grid.key(id), c.grid.item(id)
	other := key != c.key
	fresh := other || item.Stamp != c.item.Stamp
	c.id, c.key, c.item = id, key, item
	if other {
		c.show(nil)
	}
	if fresh {
		c.load()
	}
	c.paint()
}

// load shows the picture of the cell's key, at once if it is remembered. Until another one of the same photo is there, the
// cell goes on showing the one that it has.
func (c *photoCell) load() {
	c.generation++
	if c.cancel != nil {
		c.cancel()
		c.cancel = nil
	}
	c.lost = false
	k := c.grid.pictureKey(c.key, c.item)
	if p, ready := c.grid.pictures.Cached(k); p != nil {
		c.show(p)
		if ready {
			return
		}
	}
	generation := c.generation
	c.cancel = c.grid.pictures.Request(k, func(p *image.RGBA, err error) {
		c.grid.post(func() {
			if c.generation != generation {
				return // the cell shows another photo by now
			}
			if err != nil {
				c.lost = true
				c.paint()
				return
			}
			c.show(p)
			if f := c.grid.OnPicture; f != nil {
				f(c.key)
			}
		})
	})
}

// show sets the picture, nil for none. The picture is refreshed itself, because the
// painter keeps the texture of an image until then, whatever happens to its cell.
func (c *photoCell) show(p *image.RGBA) {
	c.picture.Image = nil
	if p != nil { // a nil *image.RGBA would be a non-nil image.Image
		c.picture.Image = p
	}
	c.picture.Refresh()
}

// paint brings colours, name and badges up to date; it repaints this cell only.
func (c *photoCell) paint() {
	fg := colorOf(c, theme.ColorNameForeground)
	base := mix(colorOf(c, theme.ColorNameBackground), fg, .07)
	chosen, cursor := c.grid.selection.Has(c.id), c.grid.selection.Cursor() == c.id
	c.background.StrokeWidth = 0
	switch {
	case chosen:
		base = mix(colorOf(c, theme.ColorNameBackground), fg, .28)
		c.background.StrokeColor = colorOf(c, theme.ColorNamePrimary)
		c.background.StrokeWidth = 2
	case cursor:
		c.background.StrokeColor = faded(colorOf(c, theme.ColorNamePrimary), 0x90)
		c.background.StrokeWidth = 1
	case c.hovered:
		base = mix(colorOf(c, theme.ColorNameBackground), fg, .14)
	}
	c.background.FillColor = base
	c.name.Color = faded(fg, 0xD0)
	if chosen {
		c.name.Color = fg
	}
	c.badgeText.Text = strconv.Itoa(c.item.Count)
	if c.item.Matching > 0 {
		c.badgeText.Text = strconv.Itoa(c.item.Matching) + "/" + c.badgeText.Text
	}
	switch {
	case c.item.Doubt && c.item.Count == 0:
		c.badgeText.Text = "?"
	case c.item.Doubt:
		c.badgeText.Text += "?"
	}
	c.dot.FillColor, c.dot.StrokeWidth = color.Transparent, 0
	switch {
	case c.item.State == PhotoFailed || c.lost:
		c.dot.FillColor = colorOf(c, theme.ColorNameError)
	case c.item.State == PhotoWaiting:
		c.dot.FillColor = color.NRGBA{A: 0x80}
		c.dot.StrokeColor, c.dot.StrokeWidth = color.NRGBA{R: 255, G: 255, B: 255, A: 0xC0}, 1.5
	}
	visible(c.mark, c.item.State == PhotoFailed || c.lost)
	visible(c.dot, c.item.State != PhotoDone || c.lost)
	badge := c.item.State == PhotoDone && (c.item.Count > 0 || c.item.Doubt)
	visible(c.badge, badge)
	visible(c.badgeFace, badge)
	visible(c.badgeText, badge)
	c.marks.show(c.item.Marks)
	c.pairText.Text = c.item.Pair
	visible(c.pair, c.item.Pair != "")
	visible(c.pairText, c.item.Pair != "")
	fade := 0.0
	if c.item.Marks.Flag == Rejected {
		fade = rejectedFade
	}
	if c.picture.Translucency != fade {
		c.picture.Translucency = fade
		c.picture.Refresh()
	}
	c.place(c.Size())
	canvas.Refresh(c)
}

func visible(o fyne.CanvasObject, on bool) {
	if on {
		o.Show()
	} else {
		o.Hide()
	}
}

func (c *photoCell) place(s fyne.Size) {
	c.background.Resize(s)
	c.picture.Resize(fyne.NewSize(s.Width-2*cellInset, s.Height-2*cellInset-c.grid.nameSpace()))
	c.picture.Move(fyne.NewPos(cellInset, cellInset))
	visible(c.name, c.grid.nameSpace() > 0)
	c.name.Text = shorten(c.item.Name, badgeText, fyne.TextStyle{}, s.Width-2*cellInset)
	c.name.Resize(c.name.MinSize())
	c.name.Move(fyne.NewPos(cellInset, s.Height-nameSpace-1))

	text := c.badgeText.MinSize()
	w := 5 + 10 + 4 + text.Width + 6
	x := s.Width - cellInset - 4 - w
	c.badge.Resize(fyne.NewSize(w, badgeH))
	c.badge.Move(fyne.NewPos(x, cellInset+4))
	c.badgeFace.Resize(fyne.NewSize(10, 10))
	c.badgeFace.Move(fyne.NewPos(x+5, cellInset+4+(badgeH-10)/2.0))
	c.badgeText.Resize(text)
	c.badgeText.Move(fyne.NewPos(x+19, cellInset+4+(badgeH-text.Height)/2))

	text = c.pairText.MinSize()
	c.pair.Resize(fyne.NewSize(text.Width+12, badgeH))
	c.pair.Move(fyne.NewPos(cellInset+4, cellInset+4))
	c.pairText.Resize(text)
	c.pairText.Move(fyne.NewPos(cellInset+10, cellInset+4+(badgeH-text.Height)/2))

	d := float32(10)
	if c.mark.Visible() {
		d = 14
	}
	c.dot.Resize(fyne.NewSize(d, d))
	c.dot.Move(fyne.NewPos(s.Width-cellInset-5-d, cellInset+5))
	c.mark.Resize(fyne.NewSize(d, d))
	c.mark.Move(c.dot.Position())
	c.marks.place(fyne.NewPos(cellInset+4, s.Height-cellInset-c.grid.nameSpace()-4))
}

// MouseDown chooses at once, on the press: a tap would wait for a second one.
func (c *photoCell) MouseDown(e *desktop.MouseEvent) {
	c.grid.pressed(c.id, e)
}

// MouseUp does nothing: desktop.Mouseable asks for it.
func (c *photoCell) MouseUp(*desktop.MouseEvent) {}

// DoubleTapped opens the photo.
func (c *photoCell) DoubleTapped(*fyne.PointEvent) {
	if f := c.grid.OnOpen; f != nil {
		f(c.id)
	}
}

// MouseIn lights the cell.
func (c *photoCell) MouseIn(*desktop.MouseEvent) { c.hovered = true; c.paint() }

// MouseMoved does nothing: desktop.Hoverable asks for it.
func (c *photoCell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut ends what MouseIn began.
func (c *photoCell) MouseOut() { c.hovered = false; c.paint() }

// CreateRenderer implements fyne.Widget.
func (c *photoCell) CreateRenderer() fyne.WidgetRenderer {
	return &partsRenderer{
		parts: append([]fyne.CanvasObject{c.background, c.picture, c.name, c.badge, c.badgeFace, c.badgeText, c.dot, c.mark, c.pair, c.pairText}, c.marks.parts()...),
		place: c.place,
		min:   func() fyne.Size { return c.grid.cell },
		paint: c.paint,
	}
}
