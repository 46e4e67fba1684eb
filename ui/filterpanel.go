package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/ui/widgets"
)

// filterPanel shows the fields of the query language with the counts of the
// current result. It holds no filter of its own: a click makes a new expression
// of the current one and hands it to the window.
type filterPanel struct {
	object   fyne.CanvasObject
	apply    func(query.Expr)
	expr     query.Expr
	sections [][]panelRow
	hidable  map[face.Features]fyne.CanvasObject // the sections of features
	age      *widgets.RangeHistogram
	texts    []*textSection
}

// panelRow is the row of one value of a field.
type panelRow struct {
	field, value string
	row          *widgets.FacetRow
}

const (
	ageField    = "age"
	unsureField = "unsure" // its values are the names of the fields that can be unsure
)

// ageTop is the right end of the age histogram: 20 bins of 5 years.
const (
	ageTop  = 100
	ageBins = 20
)

// newFilterPanel returns a panel that counts nothing. texts returns the most frequent texts of a field among what a filter finds.
func newFilterPanel(apply func(query.Expr), texts func(e query.Expr, field string) []library.TextCount) *filterPanel {
	p := &filterPanel{apply: apply, hidable: map[face.Features]fyne.CanvasObject{}}
	box := container.New(layout.NewCustomPaddedVBoxLayout(2))
	addTexts := func(field string) {
		s := p.newTextSection(fieldNamed(field), texts)
		p.texts = append(p.texts, s)
		box.Add(s.section)
	}
	addTexts(personField) // what people said comes first, where they said anything
	addTexts(tagField)
	unsure := fieldNamed(unsureField)
	for _, f := range query.Fields() {
		if !f.Panel || f.Name == unsureField {
			continue
		}
		var section []panelRow
		var objects []fyne.CanvasObject
		add := func(field string, v query.Value, title string) {
			r := widgets.NewFacetRow(title, func() { p.tapped(field, v.Name) })
			r.OnSecondary = func() { p.exclude(field, v.Name) }
			if f.Feature == face.HairShape {
				r.SetSwatch(paletteOf(face.HairColor(v.Lo)))
			}
			section = append(section, panelRow{field, v.Name, r})
			objects = append(objects, r)
		}
		if f.Name == ageField {
			p.age = widgets.NewRangeHistogram(0, ageTop, ageBins)
			p.age.OnChanged = func(lo, hi int) { p.apply(p.expr.WithRange(ageField, lo, hi)) }
			objects = append(objects, p.age)
		} else {
			for _, v := range f.Values {
				add(f.Name, v, titleNote(f.Feature, v))
			}
		}
		for _, v := range unsure.Values {
			if v.Name == f.Name { // what the counts above leave out belongs beside them
				add(unsureField, v, "Unsure")
			}
		}
		p.sections = append(p.sections, section)
		s := widgets.NewSection(strings.ToUpper(f.Title), objects...)
		if f.Feature != 0 {
			p.hidable[f.Feature] = s
		}
		box.Add(s)
	}
	addTexts(cameraField)
	p.object = container.NewVScroll(box)
	return p
}

// hide hides the sections of features, and shows all others.
func (p *filterPanel) hide(hidden face.Features) {
	for feature, section := range p.hidable {
		setVisible(section, feature&hidden == 0)
	}
	p.object.Refresh()
}

// tapped adds or removes a value; with Alt, which some window managers keep for
// themselves, it excludes it, as a right click does.
func (p *filterPanel) tapped(field, value string) {
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok && d.CurrentKeyModifiers()&fyne.KeyModifierAlt != 0 {
		p.exclude(field, value)
		return
	}
	p.apply(p.expr.Toggle(field, value))
}

func (p *filterPanel) exclude(field, value string) { p.apply(p.expr.Exclude(field, value)) }

// show brings checks, counts and bars up to date.
func (p *filterPanel) show(e query.Expr, r *library.Result) {
	p.expr = e
	for _, section := range p.sections {
		top := 1
		for _, row := range section {
			top = max(top, r.Counts[row.field][row.value])
		}
		for _, row := range section {
			n := r.Counts[row.field][row.value]
			words := count(n)
			if e.Excludes(row.field, row.value) {
				words = "excluded"
			}
			row.row.Set(e.Has(row.field, row.value), words, n == 0, float32(n)/float32(top))
		}
	}
	p.age.SetBins(r.AgeHistogram)
	lo, hi, _ := e.Range(ageField)
	p.age.SetRange(lo, min(hi, ageTop))
	for _, s := range p.texts {
		s.show()
	}
}
