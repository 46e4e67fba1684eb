package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"semblance/catalog/query"
	"semblance/internal/library"
	"semblance/ui/widgets"
)

const cameraField = "camera"

// textRows is how many texts of a field the filter panel offers; the search box knows all.
const textRows = 8

// textSection is the part of the filter panel that offers the most frequent texts of a field. It is there only while there are
// any, and asks for them only while it is unfolded.
type textSection struct {
	panel   *filterPanel
	field   string
	find    func(e query.Expr, field string) []library.TextCount
	section *widgets.Section
	rows    []*widgets.FacetRow
	texts   []string // of the rows
}

func (p *filterPanel) newTextSection(f query.Field, find func(query.Expr, string) []library.TextCount) *textSection {
	s := &textSection{panel: p, field: f.Name, find: find, texts: make([]string, textRows)}
	var objects []fyne.CanvasObject
	for i := range textRows {
		r := widgets.NewFacetRow("", func() { p.tapped(s.field, s.texts[i]) })
		r.OnSecondary = func() { p.exclude(s.field, s.texts[i]) }
		r.Hide() // until it has a text
		s.rows, objects = append(s.rows, r), append(objects, r)
	}
	s.section = widgets.NewSection(strings.ToUpper(f.Title), objects...)
	s.section.SetOpen(s.field != cameraField) // every photo has one, and it is rarely asked for
	s.section.OnOpened = s.show
	setVisible(s.section, !s.section.Open()) // an open one when it has rows: without a catalog there are none
	return s
}

// show brings the rows up to date.
func (s *textSection) show() {
	if !s.section.Open() {
		return
	}
	e := s.panel.expr
	found := s.find(e, s.field)
	setVisible(s.section, len(found) > 0)
	for i, r := range s.rows {
		setVisible(r, i < len(found))
		if i >= len(found) {
			continue
		}
		text, n := found[i].Text, found[i].Count
		words := count(n)
		if e.Excludes(s.field, text) {
			words = "excluded"
		}
		s.texts[i] = text
		r.SetLabel(textTitle(s.field, text))
		r.Set(e.Has(s.field, text), words, n == 0, float32(n)/float32(found[0].Count))
	}
}

// textTitle is a text of a field as people see it.
func textTitle(field, text string) string {
	if field == tagField {
		return tagTitle(text)
	}
	return text
}
