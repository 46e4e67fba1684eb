package main

import (
	"fmt"
	"io"
	"math"
)

// change is how a figure differs from an earlier one.
type change struct {
	figure *figure
	before storedFigure
	// se is the standard error of the difference. It is that of the same pictures where they
	// can be compared one by one (paired), else both figures' combined.
	se     float64
	paired bool
	differ int // observations that are not what they were; 0 if not paired
}

// fewest is how many observations must differ at least: of five differences that all go one
// way McNemar's exact test does not say either that it is no chance (2/2^5 = .06).
const fewest = 6

// difference is how much the value has grown, as far as it is stored.
func (c *change) difference() float64 { return rounded(rounded(c.figure.value) - c.before.Value) }

// beyondChance reports whether the difference is more than two of its standard errors.
func (c *change) beyondChance() bool {
	return math.Abs(c.difference()) > 2*c.se && (!c.paired || c.differ >= fewest)
}

// worse reports whether the difference goes the wrong way.
func (c *change) worse() bool { return c.difference()*float64(c.figure.row.better) < 0 }

// changes compares a table with an earlier one, row by row. Rows that the earlier one lacks
// are left out.
func (t *table) changes(before stored) ([]change, error) {
	old := map[string][]observation{}
	for i := range t.list {
		key := t.list[i].key()
		obs := t.observed[key]
		if s := before.Observed[key]; len(obs) > 0 && s.Labels == fingerprint(obs) {
			var err error
			if old[key], err = unpack(s.Said, obs); err != nil {
				return nil, fmt.Errorf("read what was said of %s: %w", key, err)
			}
		}
	}
	var out []change
	for i := range t.figures {
		f := &t.figures[i]
		b, ok := before.Rows[f.name()]
		if !ok || math.IsNaN(f.value) {
			continue
		}
		c := change{figure: f, before: b, se: math.Hypot(f.se, b.SE)}
		if was := old[f.measure.key()]; was != nil {
			c.paired = true
			c.pair(was, quantise(t.observed[f.measure.key()]))
		}
		out = append(out, c)
	}
	return out, nil
}

// pair takes the standard error of the difference from the same labels' observations.
func (c *change) pair(was, is []observation) {
	for i := range is {
		if !same(&was[i], &is[i]) {
			c.differ++
		}
	}
	c.se = 0
	if c.differ < fewest {
		return // it is chance, whatever the error
	}
	r := c.figure.row
	a, b := make([]observation, len(is)), make([]observation, len(is))
	c.se, _ = bootstrap(random(c.figure.name()), len(is), func(sample []int) float64 {
		for i, k := range sample {
			a[i], b[i] = was[k], is[k]
		}
		x, _ := r.of(r.pick(a))
		y, _ := r.of(r.pick(b))
		return y - x
	})
}

// same reports whether the program said the same.
func same(a, b *observation) bool {
	return a.said == b.said && a.p == b.p && a.sure == b.sure && a.count == b.count &&
		(a.value == b.value || math.IsNaN(a.value) && math.IsNaN(b.value))
}

// tellChanges writes which rows have become better or worse than an earlier table's, beyond
// chance.
func (t *table) tellChanges(w io.Writer, before stored) error {
	if before.Date == "" {
		_, err := fmt.Fprintln(w, "\nThere is no earlier table to compare with.")
		return err
	}
	all, err := t.changes(before)
	if err != nil {
		return err
	}
	differ, told := 0, 0
	lines := ""
	for i := range all {
		c := &all[i]
		if c.difference() != 0 {
			differ++
		}
		if !c.beyondChance() {
			continue
		}
		told++
		word := "better"
		switch {
		case c.figure.row.better == 0:
			word = "other"
		case c.worse():
			word = "WORSE"
		}
		u := c.figure.row.unit
		lines += fmt.Sprintf("%-6s %s: %s, was %s (standard error of the difference %s)\n", word, c.figure.name(), u.format(c.figure.value), u.format(c.before.Value), u.format(c.se))
	}
	_, err = fmt.Fprintf(w, "\nSince %s: %d rows compared, %d differ, %d of them beyond chance (two standard errors: of rows that differ by chance alone, one in twenty is told too).\n%s",
		before.Date, len(all), differ, told, lines)
	return err
}
