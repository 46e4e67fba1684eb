package main

import (
	"math"
	"slices"
	"testing"
)

// five answers to a question with three classes; the last face was not found.
func answers() []observation {
	nan := math.NaN()
	return []observation{
		{truth: 0, said: 0, p: .9, sure: true, value: 4, groups: []string{"x"}},
		{truth: 0, said: 1, p: .6, value: -2, groups: []string{"x"}},
		{truth: 1, said: 1, p: .8, sure: true, value: 1, groups: []string{"y"}},
		{truth: 2, said: 1, p: .7, sure: true, value: 9, groups: []string{"y"}},
		{truth: 2, said: missing, value: nan, groups: []string{"y"}},
	}
}

func TestRows(t *testing.T) {
	for _, c := range []struct {
		row   row
		value float64
		n     int
	}{
		{accuracy("", nil), .4, 5},
		{accuracy("", func(o *observation) bool { return o.in("y") }), 1. / 3, 3},
		{recall("", 0), .5, 2},
		{recall("", 3), math.NaN(), 0},
		{withinOne(""), .8, 5},
		{sureShare(), .6, 5},
		{sureRight(), 2. / 3, 3},
		{foundOrDoubtful(), .8, 5},
		{found("", nil), .6, 5}, // here 1 is "accepted"
		{meanOf("", plain, nil), 3, 4},
		{meanSize("", plain, nil), 4, 4},
		{medianOf("", plain), 2.5, 4},
		{overlap(), .025, 4},
		{perHundred(""), 300, 4},
		{farOff(), .4, 5},
		{largestBias("", []string{"x", "y", "z"}), 5, 4},
		{largestBias("", []string{"z"}), math.NaN(), 0},
		{meanRecall(3), .5, 5},
		{leastRecall(3), 0, 5},
		{calibration(), (.1 + .6 + .2 + .7) / 4, 4},
	} {
		value, n := c.row.of(c.row.pick(answers()))
		if !near(value, c.value, 1e-12) || n != c.n {
			t.Errorf("%s: %v of %d, want %v of %d", c.row.what, value, n, c.value, c.n)
		}
	}
	off := farOff()
	if v, _ := off.of([]observation{{value: 7.9}, {value: 8.1}, {value: math.NaN()}, {value: 0}}); v != .5 {
		t.Errorf("far off: %v", v)
	}
	wrong := falseOfAll("", nil)
	if v, n := wrong.of([]observation{{value: 1, count: 9}, {value: 0, count: 11}}); v != .05 || n != 20 {
		t.Errorf("false boxes: %v of %d", v, n)
	}
	v := areaOfValue("")
	if got, n := v.of(v.pick([]observation{{truth: 0, value: 3}, {truth: 2, value: 5, said: 1}, {truth: 1, value: 2}, {truth: 0, value: 1}, {truth: 3, said: missing}})); got != .75 || n != 4 {
		t.Errorf("area of values: %v of %d", got, n)
	}
	// Of what is said with p, 1-p is the probability of the other of two classes.
	a := area("")
	if v, n := a.of(a.pick([]observation{{truth: 1, said: 1, p: .6}, {truth: 1, said: 0, p: .9}, {truth: 0, said: 0, p: .8}, {truth: 1, said: missing}})); v != .5 || n != 3 {
		t.Errorf("area: %v of %d", v, n)
	}
}

func TestLimits(t *testing.T) {
	for _, c := range []struct {
		row   row
		value float64
		want  bool
	}{
		{accuracy("", nil).limits(.9, 0), .9, true},
		{accuracy("", nil).limits(.9, 0), .89, false},
		{farOff().limits(.1, 0), .1, true},
		{farOff().limits(.1, 0), .11, false},
		{farOff(), 1, true},
	} {
		f := figure{row: &c.row, value: c.value}
		if got := !f.missed(); got != c.want {
			t.Errorf("%v reaches %s: %v", c.value, c.row.limit(c.row.least), got)
		}
	}
}

func TestFormat(t *testing.T) {
	for _, c := range []struct {
		unit  unit
		value float64
		want  string
	}{
		{plain, .98765, "0.988"},
		{ratio, .98765, "98.8 %"},
		{eyeDistance, 5.214, "5.21 %"},
		{degrees, 3.496, "3.50°"},
		{yearsUnit, -1.271, "-1.27 y"},
		{boxes, 2, "2.0"},
		{boxes, math.NaN(), "-"},
	} {
		if got := c.unit.format(c.value); got != c.want {
			t.Errorf("%v: %q, want %q", c.value, got, c.want)
		}
	}
	r := farOff()
	if got := r.limit(.1) + r.limit(0); got != "≤ 10.0 %" {
		t.Errorf("limit %q", got)
	}
}

// A figure's error is that of what it was taken of; the floor of a calibration is taken away.
func TestFigures(t *testing.T) {
	m := &measure{name: "m", set: "s", chosen: "not held out", rows: []row{accuracy("right", nil), sureRight(), meanOf("mean", plain, nil), calibration(), recall("third", 3)}}
	m.rows[1].chosen = "the threshold"
	var obs []observation
	for range 40 {
		obs = append(obs, answers()...)
	}
	f := figures(m, obs)
	if len(f) != 5 || f[0].n != 200 || f[0].range95 != wilson(.4, 200) || f[0].chosen() != "not held out" || f[1].chosen() != "the threshold" {
		t.Errorf("shares: %+v", f[:2])
	}
	if want := deviation(slices.Repeat([]float64{4, -2, 1, 9}, 40)) / math.Sqrt(160); !near(f[2].se, want, .15*want) || f[2].value != 3 {
		t.Errorf("mean: %+v, want the standard error %v", f[2], want)
	}
	if f[3].value >= .4 || f[3].value < .3 {
		t.Errorf("calibration error %v, want a little less than .4", f[3].value)
	}
	if !math.IsNaN(f[4].value) || f[4].missed() {
		t.Errorf("of nothing: %+v", f[4])
	}
}
