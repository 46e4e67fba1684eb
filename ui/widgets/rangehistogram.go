package widgets

import (
	"image/color"
	"math"
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// RangeHistogram is a slider with two thumbs under a histogram of what it
// chooses from. Whole numbers only; both ends belong to the range.
type RangeHistogram struct {
	widget.BaseWidget

	OnChanged func(lo, hi int) // a thumb was let go, or a bar was tapped

	floor, ceil int
	lo, hi      int
	bins        []int
	dragged     int // -1: none, 0: the low thumb, 1: the high one

	bars   []*canvas.Rectangle
	track  *canvas.Rectangle
	span   *canvas.Rectangle
	thumbs [2]*canvas.Circle
	text   *canvas.Text
}

const (
	histogramHeight = 36
	thumbSize       = 11
	histogramInset  = thumbSize/2 + scrollSpace/2 // so that a thumb at the end is not cut
)

// NewRangeHistogram returns a slider over floor..ceil with n bins of equal width, all chosen.
func NewRangeHistogram(floor, ceil, n int) *RangeHistogram {
	r := &RangeHistogram{
		floor: floor, ceil: ceil, lo: floor, hi: ceil, bins: make([]int, n), dragged: -1,
		track: canvas.NewRectangle(color.Transparent), span: canvas.NewRectangle(color.Transparent),
		text: newText("", smallText),
	}
	for range n {
		r.bars = append(r.bars, canvas.NewRectangle(color.Transparent))
	}
	for i := range r.thumbs {
		r.thumbs[i] = canvas.NewCircle(color.Transparent)
	}
	r.ExtendBaseWidget(r)
	return r
}

// SetBins shows the counts; there are as many as the slider was made with.
func (r *RangeHistogram) SetBins(bins []int) {
	copy(r.bins, bins)
	r.paint()
}

// SetRange moves the thumbs, cut to the ends, without a call of OnChanged. A
// drag that is under way wins.
func (r *RangeHistogram) SetRange(lo, hi int) {
	if r.dragged >= 0 {
		return
	}
	r.lo = min(max(lo, r.floor), r.ceil)
	r.hi = min(max(hi, r.lo), r.ceil)
	r.paint()
}

// Range returns the chosen range.
func (r *RangeHistogram) Range() (lo, hi int) { return r.lo, r.hi }

// MouseDown takes the thumb that is nearer.
func (r *RangeHistogram) MouseDown(e *desktop.MouseEvent) {
	v := r.value(e.Position.X)
	r.dragged = 0
	if d, u := math.Abs(v-float64(r.lo)), math.Abs(v-float64(r.hi)); u < d || u == d && v > float64(r.hi) {
		r.dragged = 1
	}
	r.move(e.Position.X)
}

// MouseUp lets the thumb go.
func (r *RangeHistogram) MouseUp(*desktop.MouseEvent) { r.letGo() }

// Dragged moves the thumb; the thumbs push each other, they never pass.
func (r *RangeHistogram) Dragged(e *fyne.DragEvent) {
	if r.dragged >= 0 {
		r.move(e.Position.X)
	}
}

// DragEnd lets the thumb go.
func (r *RangeHistogram) DragEnd() { r.letGo() }

func (r *RangeHistogram) letGo() {
	if r.dragged < 0 {
		return // a drag ends with both a release and an end of the drag
	}
	r.dragged = -1
	r.paint()
	if r.OnChanged != nil {
		r.OnChanged(r.lo, r.hi)
	}
}

func (r *RangeHistogram) move(x float32) {
	v := min(max(int(math.Round(r.value(x))), r.floor), r.ceil)
	if r.dragged == 0 {
		r.lo = min(v, r.hi)
	} else {
		r.hi = max(v, r.lo)
	}
	r.paint()
}

// value returns the number at x, and x the place of a number.
func (r *RangeHistogram) value(x float32) float64 {
	w := max(1, r.Size().Width-2*histogramInset)
	return float64(r.floor) + float64((x-histogramInset)/w)*float64(r.ceil-r.floor)
}

func (r *RangeHistogram) x(v float32) float32 {
	return histogramInset + (v-float32(r.floor))/float32(r.ceil-r.floor)*(r.Size().Width-2*histogramInset)
}

// CreateRenderer implements fyne.Widget.
func (r *RangeHistogram) CreateRenderer() fyne.WidgetRenderer {
	r.paint()
	parts := []fyne.CanvasObject{}
	for _, b := range r.bars {
		parts = append(parts, b)
	}
	return &partsRenderer{
		parts: append(parts, r.track, r.span, r.thumbs[0], r.thumbs[1], r.text),
		place: r.place,
		min:   func() fyne.Size { return fyne.NewSize(140, histogramHeight+thumbSize+18) },
		paint: r.paint,
	}
}

func (r *RangeHistogram) paint() {
	fg, primary := colorOf(r, theme.ColorNameForeground), colorOf(r, theme.ColorNamePrimary)
	width := float32(r.ceil-r.floor) / float32(len(r.bins))
	for i, b := range r.bars {
		from := float32(r.floor) + float32(i)*width
		b.FillColor = faded(fg, 0x38)
		if from+width > float32(r.lo) && from < float32(r.hi) {
			b.FillColor = primary
		}
	}
	r.track.FillColor, r.span.FillColor = faded(fg, 0x30), primary
	for i, t := range r.thumbs {
		t.FillColor = mix(colorOf(r, theme.ColorNameBackground), fg, .95)
		if r.dragged == i {
			t.FillColor = primary
		}
	}
	r.text.Text, r.text.Color = r.words(), faded(fg, 0xA8)
	r.place(r.Size())
	canvas.Refresh(r)
}

// words says what is chosen; the upper end of the scale is open.
func (r *RangeHistogram) words() string {
	switch {
	case r.lo == r.floor && r.hi == r.ceil:
		return "any"
	case r.hi == r.ceil:
		return strconv.Itoa(r.lo) + " and more"
	case r.lo == r.floor:
		return "up to " + strconv.Itoa(r.hi)
	}
	return strconv.Itoa(r.lo) + " – " + strconv.Itoa(r.hi)
}

func (r *RangeHistogram) place(s fyne.Size) {
	top := 1
	for _, n := range r.bins {
		top = max(top, n)
	}
	w := (s.Width - 2*histogramInset) / float32(len(r.bars))
	for i, b := range r.bars {
		h := float32(r.bins[i]) / float32(top) * (histogramHeight - 2)
		if r.bins[i] > 0 {
			h = max(h, 2)
		}
		b.Resize(fyne.NewSize(max(1, w-1), h))
		b.Move(fyne.NewPos(histogramInset+float32(i)*w, histogramHeight-h))
	}
	y := float32(histogramHeight + 3 + thumbSize/2)
	r.track.Resize(fyne.NewSize(s.Width-2*histogramInset, 2))
	r.track.Move(fyne.NewPos(histogramInset, y))
	r.span.Resize(fyne.NewSize(r.x(float32(r.hi))-r.x(float32(r.lo)), 2))
	r.span.Move(fyne.NewPos(r.x(float32(r.lo)), y))
	for i, v := range []int{r.lo, r.hi} {
		r.thumbs[i].Resize(fyne.NewSquareSize(thumbSize))
		r.thumbs[i].Move(fyne.NewPos(r.x(float32(v))-thumbSize/2.0, y+1-thumbSize/2.0))
	}
	r.text.Resize(r.text.MinSize())
	r.text.Move(fyne.NewPos(histogramInset-thumbSize/2, histogramHeight+thumbSize+4))
}
