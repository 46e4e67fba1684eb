package main

import (
	"fmt"
	"hash/fnv"
	"math"
)

// A figure is a row with its value.
type figure struct {
	measure *measure
	row     *row
	n       int
	value   float64 // NaN if there was nothing to take it of
	se      float64 // standard error
	range95 interval
}

func (f *figure) name() string { return f.measure.key() + ": " + f.row.what }

// missed reports whether the value is not what must be reached.
func (f *figure) missed() bool { return !math.IsNaN(f.value) && !f.row.reached(f.value, f.row.least) }

// chosen returns what was chosen on the set, "" if it is held out.
func (f *figure) chosen() string {
	if f.row.chosen != "" {
		return f.row.chosen
	}
	return f.measure.chosen
}

// figures returns the rows of a measure with their values.
func figures(m *measure, obs []observation) []figure {
	var out []figure
	for i := range m.rows {
		r := &m.rows[i]
		f := figure{measure: m, row: r}
		picked := r.pick(obs)
		f.value, f.n = r.of(picked)
		if f.n == 0 {
			f.value = math.NaN()
		}
		if r.share {
			// A share of 0 or 1 has no standard error by its formula; its interval has.
			f.range95 = wilson(f.value, f.n)
			f.se = (f.range95.high - f.range95.low) / (2 * normal95)
		} else {
			resampled := make([]observation, len(picked))
			f.se, f.range95 = bootstrap(random(f.name()), len(picked), func(sample []int) float64 {
				for i, k := range sample {
					resampled[i] = picked[k]
				}
				v, _ := r.of(resampled)
				return v
			})
			if r.chance != nil {
				// Samples add chance of their own, so their percentiles lie too high.
				f.value -= r.chance(f.name(), picked)
				f.range95 = interval{f.value - normal95*f.se, f.value + normal95*f.se}
			}
		}
		out = append(out, f)
	}
	return out
}

// fingerprint tells lists of labels apart: observations of other labels cannot be compared
// with them one by one.
func fingerprint(obs []observation) string {
	h := fnv.New64a()
	for _, o := range obs {
		fmt.Fprintln(h, o.picture, o.truth, o.groups)
	}
	return fmt.Sprintf("%016x", h.Sum64())
}
