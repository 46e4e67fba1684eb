package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/layout"

	"semblance/catalog/query"
	"semblance/internal/library"
	"semblance/ui/widgets"
)

// filterPanel shows the fields of the query language with the counts of the
// current result. It holds no filter of its own: a click makes a new expression
// of the current one and hands it to the window.
type filterPanel struct {
	object fyne.CanvasObject
	apply  func(query.Expr)
	expr   query.Expr
	fields []panelField
	age    *widgets.RangeHistogram
}

// panelField is a section with one row a value.
type panelField struct {
	query.Field
	rows []*widgets.FacetRow
}

const ageField = "age"

// ageTop is the right end of the age histogram: 20 bins of 5 years.
const (
	ageTop  = 100
	ageBins = 20
)

func newFilterPanel(apply func(query.Expr)) *filterPanel {
	p := &filterPanel{apply: apply}
	box := container.New(layout.NewCustomPaddedVBoxLayout(2))
	for _, f := range query.Fields() {
		if !f.Panel {
			continue
		}
		if f.Name == ageField {
			p.age = widgets.NewRangeHistogram(0, ageTop, ageBins)
			p.age.OnChanged = func(lo, hi int) { p.apply(p.expr.WithRange(ageField, lo, hi)) }
			box.Add(widgets.NewSection(strings.ToUpper(f.Title), p.age))
			continue
		}
		pf := panelField{Field: f}
		var rows []fyne.CanvasObject
		for _, v := range f.Values {
			r := widgets.NewFacetRow(v.Title, func() { p.tapped(f.Name, v.Name) })
			r.OnSecondary = func() { p.exclude(f.Name, v.Name) }
			pf.rows = append(pf.rows, r)
			rows = append(rows, r)
		}
		p.fields = append(p.fields, pf)
		box.Add(widgets.NewSection(strings.ToUpper(f.Title), rows...))
	}
	p.object = container.NewVScroll(box)
	return p
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
	for _, f := range p.fields {
		top := 1
		for _, v := range f.Values {
			top = max(top, r.Counts[f.Name][v.Name])
		}
		for i, v := range f.Values {
			n := r.Counts[f.Name][v.Name]
			words := count(n)
			if e.Excludes(f.Name, v.Name) {
				words = "excluded"
			}
			f.rows[i].Set(e.Has(f.Name, v.Name), words, n == 0, float32(n)/float32(top))
		}
	}
	p.age.SetBins(r.AgeHistogram)
	lo, hi, _ := e.Range(ageField)
	p.age.SetRange(lo, min(hi, ageTop))
}
