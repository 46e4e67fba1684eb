package query

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"semblance/internal/face"
)

// clause is a part of an expression: a condition, which has a field, or else a group or alternatives.
type clause struct {
	Condition
	group  *Group
	either *Either
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

// Group is any(...), all(...) or none(...): what has to hold for the same face. It must not be changed.
type Group struct {
	Quantifier Quantifier
	Not        bool
	Runs       [][]Condition // alternatives, mostly one; the conditions of each are on face fields and hold together
}

// Certain is Expr.Certain for the faces that a group speaks about.
func (g *Group) Certain() []Condition { return Certain(slices.Concat(g.Runs...)) }

// Either is (... OR ...): alternatives, of which one has to hold, or none of them if Not. All are of one face, or all of
// the photo. It must not be changed.
type Either struct {
	Not     bool
	OfPhoto bool
	Runs    []Run
}

// Run is what stands between two ORs: all of it holds together.
type Run struct {
	Conditions []Condition
	Groups     []Group // of alternatives of a photo only
}

// MatchFace is Condition.MatchFace for alternatives of a face.
func (o *Either) MatchFace(codes []int16, person string, guesses bool) bool {
	for i := range o.Runs {
		if MatchFaces(o.Runs[i].Conditions, codes, person, guesses) {
			return !o.Not
		}
	}
	return o.Not
}

// Faces returns the conditions that one face has to meet, apart from the unspoken one of Certain and from the alternatives.
func (e Expr) Faces() []Condition { return e.conditions(ofFace) }

// Photos returns the conditions that a photo has to meet, apart from the alternatives.
func (e Expr) Photos() []Condition {
	return e.conditions(func(f *Field) bool { return f.OfPhoto })
}

func (e Expr) conditions(want func(*Field) bool) []Condition {
	var conditions []Condition
	for _, c := range e.clauses {
		if c.Field != nil && want(c.Field) {
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

// FaceAlternatives returns the alternatives that the face which meets Faces has to meet too.
func (e Expr) FaceAlternatives() []Either { return e.eithers(false) }

// PhotoAlternatives returns the alternatives that a photo has to meet.
func (e Expr) PhotoAlternatives() []Either { return e.eithers(true) }

func (e Expr) eithers(ofPhoto bool) []Either {
	var eithers []Either
	for _, c := range e.clauses {
		if c.either != nil && c.either.OfPhoto == ofPhoto {
			eithers = append(eithers, *c.either)
		}
	}
	return eithers
}

// AsksFaces reports whether e asks for faces, and not only for photos.
func (e Expr) AsksFaces() bool { return len(e.Faces())+len(e.FaceAlternatives()) > 0 }

// Certain returns the condition on a face that goes without saying: it is not doubtful. It is none if e
// speaks of doubtful faces itself, outside of groups.
func (e Expr) Certain() []Condition {
	conditions := e.Faces()
	for _, o := range e.FaceAlternatives() {
		for _, run := range o.Runs {
			conditions = append(conditions, run.Conditions...)
		}
	}
	return Certain(conditions)
}

// Certain returns the condition that goes without saying: a face is not doubtful.
// It is none if the conditions speak of doubtful faces themselves.
func Certain(conditions []Condition) []Condition {
	doubtful := lookup(fieldDoubtful)
	if slices.ContainsFunc(conditions, func(c Condition) bool { return c.Field == doubtful }) {
		return nil
	}
	return []Condition{{Field: doubtful, Items: []Item{{Lo: no, Hi: no}}}}
}

// ErrHidden is the error of a term about something that is neither looked for nor shown.
var ErrHidden = errors.New("switched off for this catalog")

// Check returns an error that names the first term, wherever it stands, about a feature of hidden. It is an ErrHidden; nil
// if there is no such term.
func (e Expr) Check(hidden face.Features) error {
	for i := range e.clauses {
		for _, c := range e.clauses[i].all() {
			if feature := c.about() & hidden; feature != 0 {
				var b strings.Builder
				c.print(&b)
				return fmt.Errorf("%s: %v is %w", &b, feature, ErrHidden)
			}
		}
	}
	return nil
}

// all returns the conditions of a clause, wherever they stand in it.
func (c *clause) all() []Condition {
	switch {
	case c.group != nil:
		return slices.Concat(c.group.Runs...)
	case c.either != nil:
		var all []Condition
		for _, run := range c.either.Runs {
			all = append(all, run.Conditions...)
			for _, g := range run.Groups {
				all = append(all, slices.Concat(g.Runs...)...)
			}
		}
		return all
	}
	return []Condition{c.Condition}
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

// alternatives returns the alternatives of runs of terms without those that are there already. Values of one
// field alone are one run: a:x OR a:y is a:x,y.
func alternatives(runs []Expr) []Expr {
	var merged []Expr
	for _, run := range runs {
		if !slices.ContainsFunc(merged, run.Equal) {
			merged = append(merged, run)
		}
	}
	field := merged[0].only()
	for _, run := range merged {
		if f := run.only(); f == nil || f != field {
			return merged
		}
	}
	one := Expr{}
	for _, run := range merged {
		one = one.withAll(run)
	}
	return []Expr{one}
}

// only returns the field of an expression that asks for nothing but values of one field, else nil.
func (e Expr) only() *Field {
	if len(e.clauses) != 1 || e.clauses[0].Not {
		return nil
	}
	return e.clauses[0].Field
}

// withAlternatives returns e with one of the runs asked for, or none of them. Each has terms, and all are of one face, or
// of the photo.
func (e Expr) withAlternatives(runs []Expr, not bool) Expr {
	runs = alternatives(runs)
	if len(runs) == 1 {
		switch f := runs[0].only(); {
		case !not:
			return e.withAll(runs[0])
		case f != nil:
			for _, it := range runs[0].clauses[0].Items {
				e = e.with(f, true, it)
			}
			return e
		}
	}
	o := Either{Not: not, OfPhoto: runs[0].clauses[0].ofPhoto()}
	for _, run := range runs {
		o.Runs = append(o.Runs, Run{Conditions: run.conditions(func(*Field) bool { return true }), Groups: run.Groups()})
	}
	return e.withClause(clause{either: &o})
}

// ofPhoto reports whether a photo has to meet the clause, and not one face.
func (c *clause) ofPhoto() bool {
	switch {
	case c.Field != nil:
		return c.Field.OfPhoto
	case c.either != nil:
		return c.either.OfPhoto
	}
	return true
}
