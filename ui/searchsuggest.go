package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"semblance/catalog/query"
)

// Sizes of the suggestions, and how many there are at most.
const (
	suggestionHeight = 24
	suggestionWidth  = 460
	maxPieces        = 9
)

// suggestions is the list below the search box of what can stand where the cursor is. It takes no keyboard: the search box hands it
// the keys that are meant for it, and Enter searches unless somebody has chosen a line.
type suggestions struct {
	layer  *fyne.Container // over the whole window; empty while there is nothing to be suggested
	box    *fyne.Container
	take   func(query.Piece)
	pieces []query.Piece
	rows   []*suggestionRow
	chosen int  // -1 for none
	under  bool // the pointer is on the list: a press there takes the keyboard from the box before it is a tap
}

func newSuggestions(take func(query.Piece)) *suggestions {
	return &suggestions{layer: container.NewWithoutLayout(), take: take, chosen: -1}
}

// show lists pieces below at.
func (s *suggestions) show(pieces []query.Piece, at fyne.Position) {
	if len(pieces) == 0 {
		s.hide()
		return
	}
	s.pieces, s.rows, s.chosen = pieces[:min(len(pieces), maxPieces)], nil, -1
	list := container.New(layout.NewCustomPaddedVBoxLayout(0))
	for _, p := range s.pieces {
		row := newSuggestionRow(p, func() { s.take(p) }, func(in bool) { s.under = in })
		s.rows = append(s.rows, row)
		list.Add(row)
	}
	edge := canvas.NewRectangle(grey(0x30))
	edge.StrokeColor, edge.StrokeWidth, edge.CornerRadius = grey(0x60), 1, 3
	s.box = container.NewStack(edge, container.New(layout.NewCustomPaddedLayout(3, 3, 3, 3), list))
	s.box.Resize(fyne.NewSize(suggestionWidth, float32(len(s.rows))*suggestionHeight+6))
	s.box.Move(at)
	s.layer.Objects = []fyne.CanvasObject{s.box}
	s.layer.Refresh()
}

func (s *suggestions) hide() {
	if !s.visible() {
		return
	}
	s.pieces, s.rows, s.chosen, s.under = nil, nil, -1, false
	s.layer.Objects = nil
	s.layer.Refresh()
}

func (s *suggestions) visible() bool { return len(s.pieces) > 0 }

// key takes a key that is meant for the list, and reports whether it is.
func (s *suggestions) key(name fyne.KeyName) bool {
	if !s.visible() {
		return false
	}
	switch name {
	case fyne.KeyDown:
		s.choose(s.chosen + 1)
	case fyne.KeyUp:
		s.choose(s.chosen - 1)
	case fyne.KeyTab:
		s.take(s.pieces[max(s.chosen, 0)])
	case fyne.KeyReturn, fyne.KeyEnter:
		if s.chosen < 0 {
			return false
		}
		s.take(s.pieces[s.chosen])
	case fyne.KeyEscape:
		s.hide()
	default:
		return false
	}
	return true
}

// choose marks a line; above the first one there is none, and behind the last one nothing changes.
func (s *suggestions) choose(i int) {
	s.chosen = min(max(i, -1), len(s.rows)-1)
	for k, row := range s.rows {
		row.mark(k == s.chosen)
	}
}

// suggestionRow is one line: what is written, and what that means.
type suggestionRow struct {
	widget.BaseWidget
	ground *canvas.Rectangle
	object fyne.CanvasObject
	tapped func()
	under  func(bool)
	chosen bool
}

func newSuggestionRow(p query.Piece, tapped func(), under func(bool)) *suggestionRow {
	text := canvas.NewText(cut(strings.TrimSuffix(p.Text, ":"), 12, suggestionWidth/2), accent())
	text.TextSize = 12
	words := p.Title
	if p.Help != "" {
		words = strings.TrimPrefix(words+": "+p.Help, ": ")
	}
	note := canvas.NewText("", grey(0xB0))
	note.TextSize = 11
	note.Text = cut(words, 11, suggestionWidth-60-text.MinSize().Width)
	r := &suggestionRow{ground: canvas.NewRectangle(grey(0x30)), tapped: tapped, under: under}
	r.object = container.NewStack(r.ground, container.New(layout.NewCustomPaddedLayout(2, 2, 8, 8),
		container.NewBorder(nil, nil, text, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 12, 0), note))))
	r.ExtendBaseWidget(r)
	return r
}

func (r *suggestionRow) mark(on bool) {
	r.chosen = on
	r.paint(on)
}

func (r *suggestionRow) paint(on bool) {
	r.ground.FillColor = grey(0x30)
	if on {
		r.ground.FillColor = grey(0x50)
	}
	r.ground.Refresh()
}

// CreateRenderer implements fyne.Widget.
func (r *suggestionRow) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(r.object)
}

// MinSize implements fyne.CanvasObject.
func (r *suggestionRow) MinSize() fyne.Size {
	r.ExtendBaseWidget(r)
	return fyne.NewSize(80, suggestionHeight)
}

// Tapped implements fyne.Tappable.
func (r *suggestionRow) Tapped(*fyne.PointEvent) { r.tapped() }

// MouseIn implements desktop.Hoverable.
func (r *suggestionRow) MouseIn(*desktop.MouseEvent) {
	r.under(true)
	r.paint(true)
}

// MouseMoved implements desktop.Hoverable.
func (r *suggestionRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements desktop.Hoverable.
func (r *suggestionRow) MouseOut() {
	r.under(false)
	r.paint(r.chosen)
}
