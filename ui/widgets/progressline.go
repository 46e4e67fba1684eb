package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// ProgressLine is a thin bar that shows how much is done. It never moves by
// itself: an animation would repaint the whole window for nothing.
type ProgressLine struct {
	widget.BaseWidget
	fraction    float32
	track, done *canvas.Rectangle
}

// NewProgressLine returns an empty line.
func NewProgressLine() *ProgressLine {
	p := &ProgressLine{track: canvas.NewRectangle(color.Transparent), done: canvas.NewRectangle(color.Transparent)}
	p.track.CornerRadius, p.done.CornerRadius = 3, 3
	p.ExtendBaseWidget(p)
	return p
}

// Set shows the fraction done, cut to 0..1.
func (p *ProgressLine) Set(fraction float32) {
	p.fraction = min(max(fraction, 0), 1)
	p.paint()
}

// CreateRenderer implements fyne.Widget.
func (p *ProgressLine) CreateRenderer() fyne.WidgetRenderer {
	p.paint()
	return &partsRenderer{
		parts: []fyne.CanvasObject{p.track, p.done},
		place: p.place,
		min:   func() fyne.Size { return fyne.NewSize(140, 12) },
		paint: p.paint,
	}
}

func (p *ProgressLine) paint() {
	p.track.FillColor = colorOf(p, theme.ColorNameInputBackground)
	p.done.FillColor = colorOf(p, theme.ColorNamePrimary)
	p.place(p.Size())
	canvas.Refresh(p)
}

func (p *ProgressLine) place(s fyne.Size) {
	const h = 6
	p.track.Resize(fyne.NewSize(s.Width, h))
	p.track.Move(fyne.NewPos(0, (s.Height-h)/2))
	p.done.Resize(fyne.NewSize(s.Width*p.fraction, h))
	p.done.Move(p.track.Position())
	visible(p.done, p.fraction > 0)
}
