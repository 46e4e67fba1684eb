// Package query is the filter language: the table of fields, and expressions
// over it that are parsed, printed and changed by clicks.
//
//	emotion:happy,surprise age:20-59 -ethnicity:white folder:"2026/Wedding" any(smile:yes)
//	(happy:80.. OR smile:90..) rating:4.. NOT tag:wedding
//
// A term is field:value. Values of one field, by comma or by repetition, are
// alternatives; different fields must all hold; a leading minus, or NOT, excludes. Terms on
// face fields must hold for the same face, and so must a minus: -smile:yes finds photos with a face that does not smile,
// none(smile:yes) those with no face that smiles. any(...), all(...) and none(...)
// speak about the faces of a photo. OR parts alternatives of different fields and is weaker than the space
// between terms; parentheses keep them together. AND may stand between terms and changes nothing. Only sure values match, unless guesses:yes is
// among the terms; doubtful faces count only where doubtful is asked for.
//
// The table in table.go is the only place that knows the fields: parsing,
// printing, chips, the filter panel and the catalog's index all follow it.
package query

import (
	"math"
	"slices"
)

// Open is the upper end of a range without one.
const Open = math.MaxInt32

// Item is one value or range of a condition: Lo..Hi, both inclusive, for fields
// whose values are numbers (a choice is its number, a date is yyyymmdd), Text for
// text fields.
type Item struct {
	Lo, Hi int
	Text   string

	// By is the field whose code is compared, nil for the condition's own: glasses:yes and smile:70.. ask for another
	// number than glasses:none and smile:yes.
	By *Field
}

// Condition is what is asked of one field: that one of the items matches, or, if
// Not, that none does. It must not be changed.
type Condition struct {
	Field *Field
	Not   bool
	Items []Item
}

// Expr is a filter. It is a value: no method changes it. The zero Expr matches
// every photo.
type Expr struct {
	clauses []clause // in the order in which they were written, one for each field and sign
	guesses bool
}

// Empty reports whether e matches everything.
func (e Expr) Empty() bool { return len(e.clauses) == 0 && !e.guesses }

// Equal reports whether e and o have the same terms in the same order.
func (e Expr) Equal(o Expr) bool { return e.String() == o.String() }

// Guesses reports whether unsure values match too.
func (e Expr) Guesses() bool { return e.guesses }

// WithGuesses returns e with unsure values matching, or not.
func (e Expr) WithGuesses(on bool) Expr { e.guesses = on; return e }

// Toggle returns e with the value of the field added, or removed if it was there.
// An exclusion of the value goes. An unknown field or value changes nothing.
func (e Expr) Toggle(name, value string) Expr { return e.toggle(name, value, false) }

// Exclude is Toggle for the exclusion of a value.
func (e Expr) Exclude(name, value string) Expr { return e.toggle(name, value, true) }

func (e Expr) toggle(name, value string, not bool) Expr {
	f, it, ok := resolve(name, value)
	switch {
	case !ok:
		return e
	case f.Kind == Switch:
		return e.WithGuesses(!not && !e.guesses)
	case e.has(f, not, it):
		return e.drop(f, not, it)
	default:
		return e.drop(f, !not, it).with(f, not, it)
	}
}

// Has reports whether the value of the field is asked for (its exclusion is not).
func (e Expr) Has(name, value string) bool { return e.asks(name, value, false) }

// Excludes reports whether the value of the field is excluded.
func (e Expr) Excludes(name, value string) bool { return e.asks(name, value, true) }

func (e Expr) asks(name, value string, not bool) bool {
	f, it, ok := resolve(name, value)
	if ok && f.Kind == Switch {
		return e.guesses && !not
	}
	return ok && e.has(f, not, it)
}

// WithRange returns e with lo..hi, both inclusive, as the only values of a
// number field. The ends of the field (Field.Min, Field.Max) stand for no limit; the
// full range removes the terms of the field.
func (e Expr) WithRange(name string, lo, hi int) Expr {
	f := lookup(name)
	if f == nil || f.Kind != Number {
		return e
	}
	e = e.Without(name)
	lo, hi = min(lo, hi), max(lo, hi, f.Min)
	if lo <= f.Min && hi >= f.Max {
		return e
	}
	if hi >= f.Max {
		hi = Open
	}
	return e.with(f, false, Item{Lo: max(lo, f.Min), Hi: hi})
}

// Range returns the range of a number field if exactly one is asked for, else
// the field's ends and false.
func (e Expr) Range(name string) (lo, hi int, ok bool) {
	f := lookup(name)
	if f == nil || f.Kind != Number {
		return 0, 0, false
	}
	for _, c := range e.clauses {
		if c.Field == f && !c.Not && len(c.Items) == 1 {
			return max(c.Items[0].Lo, f.Min), min(c.Items[0].Hi, f.Max), true
		}
	}
	return f.Min, f.Max, false
}

// Without returns e without the terms of a field. Groups stay.
func (e Expr) Without(name string) Expr {
	f := lookup(name)
	if f == nil {
		return e
	}
	if f.Kind == Switch {
		return e.WithGuesses(false)
	}
	e.clauses = slices.DeleteFunc(slices.Clone(e.clauses), func(c clause) bool { return c.Field == f })
	return e
}

// has reports whether an item is among those of the field with that sign.
func (e Expr) has(f *Field, not bool, it Item) bool {
	return slices.ContainsFunc(e.clauses, func(c clause) bool {
		return c.Field == f && c.Not == not && slices.Contains(c.Items, it)
	})
}

// with returns e with an item added to the condition of its field and sign.
func (e Expr) with(f *Field, not bool, it Item) Expr {
	e.clauses = slices.Clone(e.clauses)
	for i, c := range e.clauses {
		if c.Field == f && c.Not == not {
			if !slices.Contains(c.Items, it) {
				e.clauses[i].Items = append(slices.Clip(c.Items), it)
			}
			return e
		}
	}
	e.clauses = append(e.clauses, clause{Condition: Condition{Field: f, Not: not, Items: []Item{it}}})
	return e
}

// drop returns e without an item, and without its condition if it was the last.
func (e Expr) drop(f *Field, not bool, it Item) Expr {
	e.clauses = slices.Clone(e.clauses)
	for i, c := range e.clauses {
		if c.Field == f && c.Not == not {
			e.clauses[i].Items = slices.DeleteFunc(slices.Clone(c.Items), func(o Item) bool { return o == it })
		}
	}
	e.clauses = slices.DeleteFunc(e.clauses, func(c clause) bool { return c.Field != nil && len(c.Items) == 0 })
	return e
}

// withClause returns e with a clause of no field added, unless it has the same one already.
func (e Expr) withClause(added clause) Expr {
	one := Expr{clauses: []clause{added}}
	for _, c := range e.clauses {
		if c.Field == nil && one.Equal(Expr{clauses: []clause{c}}) {
			return e
		}
	}
	e.clauses = append(slices.Clip(e.clauses), added)
	return e
}

// withAll returns e with the clauses of o, as if they had been written behind it.
func (e Expr) withAll(o Expr) Expr {
	for _, c := range o.clauses {
		if c.Field == nil {
			e = e.withClause(c)
			continue
		}
		for _, it := range c.Items {
			e = e.with(c.Field, c.Not, it)
		}
	}
	e.guesses = e.guesses || o.guesses
	return e
}

// resolve finds a field and reads a value of it. A field that is but a word for another one is that one.
func resolve(name, value string) (*Field, Item, bool) {
	f := lookup(name)
	if f == nil {
		return nil, Item{}, false
	}
	it, problem := f.parse(value)
	if f.stands != "" {
		if problem != "" || it.Lo != yes {
			return f, it, false
		}
		return resolve(fieldState, f.stands)
	}
	return f, it, problem == ""
}
