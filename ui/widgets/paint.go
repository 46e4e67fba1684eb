package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Small sizes that Fyne's theme has no name for.
const (
	rowHeight  = 20 // of a facet row and a score bar
	smallText  = 11 // counts, percentages, chips
	badgeText  = 10
	checkSize  = 11
	checkInset = 6
	swatchWide = 18
	// scrollSpace is left free at the right of a row, where a panel's scroll bar lies.
	scrollSpace = 13
)

// colorOf returns a colour of the theme that applies to w.
func colorOf(w fyne.Widget, name fyne.ThemeColorName) color.Color {
	return theme.ColorForWidget(name, w)
}

// faded returns c with the opacity a, 0..255.
func faded(c color.Color, a uint8) color.Color {
	r, g, b, _ := c.RGBA()
	return color.NRGBA{R: uint8(r >> 8), G: uint8(g >> 8), B: uint8(b >> 8), A: a}
}

// mix returns the colour between a (t = 0) and b (t = 1), opaque.
func mix(a, b color.Color, t float32) color.Color {
	ar, ag, ab, _ := a.RGBA()
	br, bg, bb, _ := b.RGBA()
	between := func(x, y uint32) uint8 { return uint8((float32(x)*(1-t) + float32(y)*t) / 257) }
	return color.NRGBA{R: between(ar, br), G: between(ag, bg), B: between(ab, bb), A: 255}
}

func newText(s string, size float32) *canvas.Text {
	t := canvas.NewText(s, color.Black)
	t.TextSize = size
	return t
}

// placeMiddle puts t at x, in the middle of a row of the height h.
func placeMiddle(t *canvas.Text, x, h float32) {
	s := t.MinSize()
	t.Resize(s)
	t.Move(fyne.NewPos(x, (h-s.Height)/2))
}

// shorten cuts s so that it is at most width wide, and ends it with an ellipsis.
func shorten(s string, size float32, style fyne.TextStyle, width float32) string {
	if fyne.MeasureText(s, size, style).Width <= width {
		return s
	}
	r := []rune(s)
	lo, hi := 0, len(r) // the longest prefix that fits is in lo..hi
	for lo < hi {
		mid := (lo + hi + 1) / 2
		if fyne.MeasureText(string(r[:mid])+"…", size, style).Width <= width {
			lo = mid
		} else {
			hi = mid - 1
		}
	}
	return string(r[:lo]) + "…"
}
