package main

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

// questions are n labels of which every third is answered wrong.
func questions(n int) []observation {
	obs := make([]observation, n)
	for i := range obs {
		obs[i] = observation{truth: i % 2, said: i % 2, p: .8, value: 5 + float64(i%7)}
		if i%3 == 0 {
			obs[i].said = 1 - obs[i].truth
		}
	}
	return obs
}

func tableOf(t *testing.T, obs []observation) *table {
	t.Helper()
	list := []measure{{section: "S", name: "m", set: "s", rows: []row{accuracy("right", nil), meanSize("error", plain, nil), sureShare()}}}
	out, err := newTable(list, map[string][]observation{list[0].key(): obs}, time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestChanges(t *testing.T) {
	const n = 600
	spoil := func(k int) []observation { // k right answers become wrong
		obs := questions(n)
		for i := range obs {
			if k > 0 && obs[i].right() {
				obs[i].said = 1 - obs[i].truth
				k--
			}
		}
		return obs
	}
	exchange := func(k int) []observation { // k become wrong and k right
		obs := spoil(k)
		for i := n - 1; k > 0; i-- {
			if !obs[i].right() {
				obs[i].said = obs[i].truth
				k--
			}
		}
		return obs
	}
	shift := func(by, spread float64) []observation {
		r := rand.New(rand.NewPCG(1, 2))
		obs := questions(n)
		for i := range obs {
			obs[i].value += by + spread*r.NormFloat64()
		}
		return obs
	}
	doubt := questions(n)
	for i := range 300 {
		doubt[i].sure = true
	}
	other := questions(n)
	other[0].picture = "another"
	otherWorse := spoil(30)
	otherWorse[0].picture = "another"
	for name, c := range map[string]struct {
		is   []observation
		want string // words of the rows that are beyond chance
	}{
		"nothing changed":                      {questions(n), ""},
		"five differ":                          {spoil(5), ""},
		"nine became wrong":                    {spoil(9), "WORSE"},
		"thirty each way":                      {exchange(30), ""},
		"a small error that all have":          {shift(.05, 0), "WORSE"},
		"a small gain that all have":           {shift(-.05, 0), "better"},
		"a shift within the spread":            {shift(.002, 1), ""},
		"neither better nor worse":             {doubt, "other"},
		"other labels":                         {other, ""},
		"thirty became wrong, of other labels": {otherWorse, ""},
	} {
		now := tableOf(t, c.is)
		var out strings.Builder
		if err := now.tellChanges(&out, tableOf(t, questions(n)).stored); err != nil {
			t.Fatal(err)
		}
		var words []string
		for line := range strings.Lines(out.String()) {
			if word, _, ok := strings.Cut(line, " m s fast: "); ok {
				words = append(words, strings.TrimSpace(word))
			}
		}
		if got := strings.Join(words, " "); got != c.want {
			t.Errorf("%s: %q, want %q\n%s", name, got, c.want, out.String())
		}
	}
}

// Against McNemar's test without its correction: the difference of paired shares in units of
// its error is (b - c) / sqrt(b + c), nearly.
func TestPairedError(t *testing.T) {
	const n, b, c = 2000, 60, 30
	was, is := questions(n), questions(n)
	for i, worse, better := 0, b, c; i < n; i++ {
		switch {
		case is[i].right() && worse > 0:
			is[i].said = 1 - is[i].truth
			worse--
		case !is[i].right() && better > 0 && i%3 == 0 && was[i].said != was[i].truth:
			is[i].said = is[i].truth
			better--
		}
	}
	all, err := tableOf(t, is).changes(tableOf(t, was).stored)
	if err != nil {
		t.Fatal(err)
	}
	right := all[0]
	if got, want := -right.difference()/right.se, (b-c)/math.Sqrt(b+c); !right.paired || right.differ != b+c || !near(got, want, .15*want) {
		t.Errorf("%d differ, %v errors, want %v", right.differ, got, want)
	}
}

// One observation has no standard error: its mean is shown, but not stored.
func TestOneObservation(t *testing.T) {
	one := tableOf(t, questions(1))
	if err := one.write(t.TempDir(), ""); err != nil {
		t.Error(err)
	}
	if _, ok := one.stored.Rows["m s fast: error"]; ok || len(one.figures) != 3 {
		t.Errorf("stored %v of %d figures", one.stored.Rows, len(one.figures))
	}
}

func TestNoEarlierTable(t *testing.T) {
	var out strings.Builder
	if err := tableOf(t, questions(20)).tellChanges(&out, stored{}); err != nil || !strings.Contains(out.String(), "no earlier table") {
		t.Errorf("%q, %v", out.String(), err)
	}
	damaged := tableOf(t, questions(20)).stored
	for key, s := range damaged.Observed {
		s.Said = "%"
		damaged.Observed[key] = s
	}
	if err := tableOf(t, questions(20)).tellChanges(&out, damaged); err == nil {
		t.Error("a damaged table is compared with")
	}
}
