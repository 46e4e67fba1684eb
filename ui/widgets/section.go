package widgets

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
)

// Section is a titled part of a panel that a click on its title folds.
type Section struct {
	widget.BaseWidget

	OnOpened func() // after it was unfolded; may be nil

	title   *sectionTitle
	content fyne.CanvasObject
	box     *fyne.Container
}

// NewSection returns an unfolded section. The title is shown as it is.
func NewSection(title string, content ...fyne.CanvasObject) *Section {
	s := &Section{content: container.New(layout.NewCustomPaddedVBoxLayout(1), content...)}
	s.title = newSectionTitle(title, s.toggle)
	s.box = container.New(layout.NewCustomPaddedVBoxLayout(0), s.title, s.content)
	s.ExtendBaseWidget(s)
	return s
}

// SetAction puts a button at the right of the title, before the section is shown.
func (s *Section) SetAction(o fyne.CanvasObject) {
	s.title.action = o
	s.title.Refresh()
}

// SetOpen unfolds or folds the section.
func (s *Section) SetOpen(on bool) {
	if s.content.Visible() != on {
		s.toggle()
	}
}

// SetTitle changes the title.
func (s *Section) SetTitle(title string) {
	s.title.text.Text = title
	s.title.Refresh()
}

// Title returns the title.
func (s *Section) Title() string { return s.title.text.Text }

func (s *Section) toggle() {
	visible(s.content, !s.content.Visible())
	s.title.open = s.content.Visible()
	s.title.paint()
	s.box.Refresh()
	s.Refresh()
	if s.OnOpened != nil && s.Open() {
		s.OnOpened()
	}
}

// Open reports whether the section is unfolded.
func (s *Section) Open() bool { return s.content.Visible() }

// CreateRenderer implements fyne.Widget.
func (s *Section) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(s.box) }

type sectionTitle struct {
	widget.BaseWidget
	open   bool
	tapped func()
	text   *canvas.Text
	arrow  *canvas.Image
	action fyne.CanvasObject // at the right, may be nil
}

func newSectionTitle(title string, tapped func()) *sectionTitle {
	t := &sectionTitle{open: true, tapped: tapped, text: canvas.NewText(title, color.White), arrow: canvas.NewImageFromResource(theme.MenuDropDownIcon())}
	t.text.TextSize = smallText
	t.text.TextStyle.Bold = true
	t.arrow.FillMode = canvas.ImageFillContain
	t.ExtendBaseWidget(t)
	return t
}

// Tapped folds or unfolds the section.
func (t *sectionTitle) Tapped(*fyne.PointEvent) { t.tapped() }

// CreateRenderer implements fyne.Widget.
func (t *sectionTitle) CreateRenderer() fyne.WidgetRenderer {
	t.paint()
	parts := []fyne.CanvasObject{t.arrow, t.text}
	if t.action != nil {
		parts = append(parts, t.action)
	}
	return &partsRenderer{
		parts: parts,
		place: t.place,
		min:   func() fyne.Size { return fyne.NewSize(t.text.MinSize().Width+24, rowHeight+4) },
		paint: t.paint,
	}
}

func (t *sectionTitle) paint() {
	t.text.Color = faded(colorOf(t, theme.ColorNameForeground), 0xB0)
	icon := theme.MenuDropDownIcon()
	if !t.open {
		icon = theme.MenuExpandIcon()
	}
	if t.arrow.Resource != icon {
		t.arrow.Resource = icon
		t.arrow.Refresh()
	}
	canvas.Refresh(t)
}

func (t *sectionTitle) place(s fyne.Size) {
	t.arrow.Resize(fyne.NewSquareSize(12))
	t.arrow.Move(fyne.NewPos(4, (s.Height-12)/2+1))
	placeMiddle(t.text, 18, s.Height+2)
	if t.action != nil {
		m := t.action.MinSize()
		t.action.Resize(m)
		t.action.Move(fyne.NewPos(s.Width-m.Width-4, (s.Height-m.Height)/2+1))
	}
}
