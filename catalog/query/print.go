package query

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

// String prints e so that Parse gives it back.
func (e Expr) String() string {
	var b strings.Builder
	for _, c := range e.clauses {
		c.print(&b)
	}
	if e.guesses {
		b.WriteString(" guesses:yes")
	}
	return strings.TrimPrefix(b.String(), " ")
}

// print writes a clause with a space before it.
func (c *clause) print(b *strings.Builder) {
	b.WriteByte(' ')
	switch {
	case c.group != nil:
		c.group.print(b)
	case c.either != nil:
		c.either.print(b)
	default:
		c.Condition.print(b)
	}
}

func (g *Group) print(b *strings.Builder) {
	if g.Not {
		b.WriteByte('-')
	}
	b.WriteString(g.Quantifier.String())
	b.WriteByte('(')
	for i, run := range g.Runs {
		if i > 0 {
			b.WriteString(or)
		}
		printRun(b, run, nil)
	}
	b.WriteByte(')')
}

// or parts alternatives.
const or = " OR "

func (o *Either) print(b *strings.Builder) {
	if o.Not {
		b.WriteByte('-')
	}
	b.WriteByte('(')
	for i, run := range o.Runs {
		if i > 0 {
			b.WriteString(or)
		}
		printRun(b, run.Conditions, run.Groups)
	}
	b.WriteByte(')')
}

func printRun(b *strings.Builder, conditions []Condition, groups []Group) {
	for i := range conditions {
		if i > 0 {
			b.WriteByte(' ')
		}
		conditions[i].print(b)
	}
	for i := range groups {
		if i > 0 || len(conditions) > 0 {
			b.WriteByte(' ')
		}
		groups[i].print(b)
	}
}

func (c *Condition) print(b *strings.Builder) {
	if c.Not {
		b.WriteByte('-')
	}
	b.WriteString(c.Field.Name)
	for i, it := range c.Items {
		if i == 0 {
			b.WriteByte(':')
		} else {
			b.WriteByte(',')
		}
		b.WriteString(c.Field.print(it))
	}
}

// print writes a value of the field as the language does.
func (f *Field) print(it Item) string {
	if it.By != nil {
		f, it.By = it.By, nil
	}
	if f.Kind == Text {
		return quote(it.Text)
	}
	for _, v := range f.Values {
		if v.Lo == it.Lo && v.Hi == it.Hi {
			return v.Name
		}
	}
	if f.Kind == Date {
		return printDates(it)
	}
	return printNumbers(it, "-", "..")
}

func printNumbers(it Item, between, open string) string {
	switch {
	case it.Lo == it.Hi:
		return strconv.Itoa(it.Lo)
	case it.Hi == Open:
		return strconv.Itoa(it.Lo) + open
	}
	return strconv.Itoa(it.Lo) + between + strconv.Itoa(it.Hi)
}

func printDates(it Item) string {
	year, month, dom := it.Lo/10000, it.Lo/100%100, it.Lo%100
	from := fmt.Sprintf("%04d-%02d-%02d", year, month, dom)
	if it.Lo == it.Hi {
		return from
	}
	switch lastYear, last := it.Hi/10000, it.Hi%10000; {
	case dom == 1 && month == 1 && lastYear == year && last == day(0, lastMonth, lastDay):
		return from[:len("2006")]
	case dom == 1 && lastYear == year && last == day(0, month, lastDay):
		return from[:len("2006-01")]
	case it.Lo == 0:
		from = ""
	}
	to := ""
	if it.Hi != Open {
		to = fmt.Sprintf("%04d-%02d", it.Hi/10000, it.Hi/100%100)
		if it.Hi%100 != lastDay {
			to += fmt.Sprintf("-%02d", it.Hi%100)
		}
	}
	return from + ".." + to
}

// quote puts quotes around a text that is not one plain word.
func quote(s string) string {
	plain := s != "" && !strings.ContainsAny(s, special) && !strings.ContainsFunc(s, unicode.IsSpace)
	if plain {
		return s
	}
	return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
}

// Term is one removable part of an expression.
type Term struct {
	Field string // name of the field; "" for a group or alternatives
	Label string // for people: "Happy", "Age 20–60", "not White"
}

// Terms returns the parts of e, one for each value, in their order: what chips show.
func (e Expr) Terms() []Term {
	var terms []Term
	for _, c := range e.clauses {
		if c.group != nil {
			terms = append(terms, Term{Label: c.group.label()})
			continue
		}
		if c.either != nil {
			terms = append(terms, Term{Label: c.either.label()})
			continue
		}
		for _, it := range c.Items {
			terms = append(terms, Term{Field: c.Field.Name, Label: negated(c.Not) + c.Field.label(it)})
		}
	}
	if e.guesses {
		terms = append(terms, Term{Field: "guesses", Label: "Best guesses too"})
	}
	return terms
}

// Remove returns e without its i-th term. An i out of range changes nothing.
func (e Expr) Remove(i int) Expr {
	for k, c := range e.clauses {
		switch n := len(c.Items); {
		case c.Field == nil && i == 0:
			e.clauses = slices.Delete(slices.Clone(e.clauses), k, k+1)
			return e
		case c.Field == nil:
			i--
		case 0 <= i && i < n:
			return e.drop(c.Field, c.Not, c.Items[i])
		default:
			i -= n
		}
	}
	if i == 0 {
		e.guesses = false
	}
	return e
}

func negated(not bool) string {
	if not {
		return "not "
	}
	return ""
}

// label names a value for people.
func (f *Field) label(it Item) string {
	if it.By != nil {
		f, it.By = it.By, nil
	}
	prefix := f.chip
	if prefix != "" {
		prefix += " "
	}
	if f.Kind == Text {
		return prefix + it.Text
	}
	for _, v := range f.Values {
		if v.Lo == it.Lo && v.Hi == it.Hi {
			return prefix + v.Title
		}
	}
	if f.Kind == Date {
		return prefix + strings.ReplaceAll(printDates(it), "..", " – ")
	}
	return prefix + printNumbers(it, "–", "+") + f.unit
}

func (g *Group) label() string {
	runs := make([]string, len(g.Runs))
	for i, run := range g.Runs {
		runs[i] = strings.Join(labels(run), ", ")
	}
	return negated(g.Not) + g.Quantifier.String() + " of the faces: " + strings.Join(runs, " or ")
}

// labels names the values of conditions.
func labels(conditions []Condition) []string {
	var parts []string
	for _, c := range conditions {
		for _, it := range c.Items {
			parts = append(parts, negated(c.Not)+c.Field.label(it))
		}
	}
	return parts
}

func (o *Either) label() string {
	runs := make([]string, len(o.Runs))
	for i, run := range o.Runs {
		parts := labels(run.Conditions)
		for k := range run.Groups {
			parts = append(parts, run.Groups[k].label())
		}
		runs[i] = strings.Join(parts, ", ")
	}
	label := strings.Join(runs, " or ")
	if o.Not {
		label = "not (" + label + ")"
	}
	return label
}
