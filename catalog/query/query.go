// Package query is the filter language: the table of fields, and expressions
// over it that are parsed, printed and changed by clicks.
//
//	emotion:happy,surprise age:20-59 -ethnicity:white folder:"2026/Wedding" any(smile:yes)
//
// A term is field:value. Values of one field, by comma or by repetition, are
// alternatives; different fields must all hold; a leading minus excludes. Terms on
// face fields must hold for the same face; any(...), all(...) and none(...)
// speak about the faces of a photo. Only sure values match, unless guesses:yes is
// among the terms; doubtful faces count only where doubtful is asked for.
//
// The table in fields.go is the only place that knows the fields: parsing,
// printing, chips, the filter panel and the catalog's index all follow it.
package query

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"semblance/internal/face"
)

// Open is the upper end of a range without one.
const Open = math.MaxInt32

// Item is one value or range of a condition: Lo..Hi, both inclusive, for fields
// whose values are numbers (a choice is its number, a date is yyyymmdd), Text for
// text fields.
type Item struct {
	Lo, Hi int
	Text   string
}

// Condition is what is asked of one field: that one of the items matches, or, if
// Not, that none does. It must not be changed.
type Condition struct {
	Field *Field
	Not   bool
	Items []Item
}

// Quantifier says how a group speaks about the faces of a photo.
type Quantifier uint8

// The quantifiers.
const (
	Any  Quantifier = iota // at least one face
	All                    // every face, and there is one
	None                   // no face of an analysed photo
)

var quantifierNames = [...]string{Any: "any", All: "all", None: "none"}

// String returns the word of the language: "any", "all" or "none".
func (q Quantifier) String() string { return quantifierNames[q] }

// Group is any(...), all(...) or none(...): conditions on face fields, which have
// to hold for the same face. It must not be changed.
type Group struct {
	Quantifier Quantifier
	Not        bool
	Conditions []Condition
}

// clause is a condition, or a group if that is not nil.
type clause struct {
	Condition
	group *Group
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

// Faces returns the conditions that one face has to meet, apart from the unspoken one of Certain.
func (e Expr) Faces() []Condition {
	return e.conditions(func(f *Field) bool { return !f.OfPhoto })
}

// Photos returns the conditions that a photo has to meet.
func (e Expr) Photos() []Condition {
	return e.conditions(func(f *Field) bool { return f.OfPhoto })
}

func (e Expr) conditions(want func(*Field) bool) []Condition {
	var conditions []Condition
	for _, c := range e.clauses {
		if c.group == nil && want(c.Field) {
			conditions = append(conditions, c.Condition)
		}
	}
	return conditions
}

// Groups returns the groups, which a photo has to meet with its faces.
func (e Expr) Groups() []Group {
	var groups []Group
	for _, c := range e.clauses {
		if c.group != nil {
			groups = append(groups, *c.group)
		}
	}
	return groups
}

// ErrHidden is the error of a term about something that is neither looked for nor shown.
var ErrHidden = errors.New("switched off for this catalog")

// Check returns an error that names the first term, also one in a group, about a feature of hidden. It is an ErrHidden; nil
// if there is no such term.
func (e Expr) Check(hidden face.Features) error {
	for _, c := range e.clauses {
		conditions := []Condition{c.Condition}
		if c.group != nil {
			conditions = c.group.Conditions
		}
		for i := range conditions {
			if feature := conditions[i].about() & hidden; feature != 0 {
				var b strings.Builder
				conditions[i].print(&b)
				return fmt.Errorf("%s: %v is %w", &b, feature, ErrHidden)
			}
		}
	}
	return nil
}

// about returns the features that a condition asks for.
func (c *Condition) about() face.Features {
	about := c.Field.Feature
	if c.Field.Name == fieldUnsure {
		for _, it := range c.Items {
			about |= unsureFeatures[it.Lo]
		}
	}
	return about
}

// Certain returns the condition that goes without saying: a face is not doubtful.
// It is none if the conditions speak of doubtful faces themselves.
func Certain(conditions []Condition) []Condition {
	doubtful := lookup("doubtful")
	if slices.ContainsFunc(conditions, func(c Condition) bool { return c.Field == doubtful }) {
		return nil
	}
	return []Condition{{Field: doubtful, Items: []Item{{Lo: no, Hi: no}}}}
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
	e.clauses = slices.DeleteFunc(e.clauses, func(c clause) bool { return c.group == nil && len(c.Items) == 0 })
	return e
}

// withGroup returns e with a group added, unless it has the same one already.
func (e Expr) withGroup(g Group) Expr {
	added := Expr{clauses: []clause{{group: &g}}}
	for _, c := range e.clauses {
		if c.group != nil && added.Equal(Expr{clauses: []clause{c}}) {
			return e
		}
	}
	e.clauses = append(slices.Clip(e.clauses), added.clauses...)
	return e
}

// resolve finds a field and reads a value of it.
func resolve(name, value string) (*Field, Item, bool) {
	f := lookup(name)
	if f == nil {
		return nil, Item{}, false
	}
	it, problem := f.parse(value)
	return f, it, problem == ""
}
