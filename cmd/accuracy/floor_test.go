package main

import (
	"cmp"
	"errors"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"semblance/internal/face"
	"semblance/models/ort"
)

// The floor is measured on sampleSize pictures, on rows of at least fewestOfRow labels. A
// hundred pictures overlook a crop for the attributes that is a third too large; three
// hundred do not, and take a quarter of a minute.
const (
	sampleSize  = 300
	fewestOfRow = 8
)

// TestAccuracyFloor runs the real engine over a few of the labelled pictures. No number may lie
// more than three of the small sample's standard errors below the committed table, unless it
// did so when that was committed. Of so few labels that is not much to ask: so none may either
// be worse than it was on the very same pictures, by three standard errors of that difference.
func TestAccuracyFloor(t *testing.T) {
	root := filepath.Join("..", "..")
	eval := filepath.Join(root, "..", "shared", "eval")
	list := slices.DeleteFunc(measures(), func(m measure) bool { return m.sides }) // each of those pictures is analysed ten times
	pictures, _, err := readSets(eval, list)
	if errors.Is(err, fs.ErrNotExist) {
		t.Skipf("the labelled pictures are not beside the repository: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	committed, err := readTable(filepath.Join(root, "docs", tableFile))
	if err != nil {
		t.Fatal(err)
	}
	engine, closeEngine, err := openEngine("")
	if errors.Is(err, ort.ErrNotFound) && os.Getenv("SEMBLANCE_REQUIRE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := closeEngine(); err != nil {
			t.Error(err)
		}
	}()
	chosen := sample(pictures, sampleSize)
	observed, err := observeAll(t.Context(), engine, list, chosen, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	checked := 0
	for i := range list {
		m := &list[i]
		is := observed[m.key()]
		was := committedOf(t, m, committed, pictures, chosen)
		for _, f := range figures(m, is) {
			before, ok := committed.Rows[f.name()]
			if !ok || f.row.only != nil || f.n < fewestOfRow {
				continue
			}
			checked++
			limit := floor(f.row, before, f.n)
			t.Logf("%-70s %3d: %8s, floor %8s", f.name(), f.n, f.row.unit.format(f.value), f.row.unit.format(limit))
			c := onSame(f, was, quantise(is))
			if was != nil && (!c.worse() || math.Abs(c.difference()) <= before.SE) {
				continue // a low number is these pictures' then, not the engine's
			}
			u := f.row.unit
			switch {
			case !f.row.reached(f.value, limit):
				t.Errorf("%s: %s on %d labels, the committed table has %s: want %s", f.name(), u.format(f.value), f.n, u.format(before.Value), f.row.limit(limit))
			case was != nil && math.Abs(c.difference()) > 3*c.se && c.differ >= fewest:
				t.Errorf("%s: %s on %d labels, %s when the table was committed: `make accuracy` tells more", f.name(), u.format(f.value), f.n, u.format(c.before.Value))
			}
		}
	}
	if checked == 0 {
		t.Error("no number was checked: docs/accuracy.json lacks all of them")
	}
}

// committedOf returns what was said of the chosen pictures of a set when the table was
// committed, nil if that was of other labels.
func committedOf(t *testing.T, m *measure, committed stored, pictures, chosen map[string][]picture) []observation {
	t.Helper()
	var labels []observation // what is observed does not depend on what is found, so of nobody
	for _, set := range m.sets() {
		for i := range pictures[set] {
			labels = append(labels, m.observe(&pictures[set][i], &face.Analysis{W: 1, H: 1})...)
		}
	}
	s := committed.Observed[m.key()]
	if s.Labels != fingerprint(labels) {
		return nil
	}
	said, err := unpack(s.Said, labels)
	if err != nil {
		t.Fatal(err)
	}
	var out []observation
	for _, set := range m.sets() {
		for _, p := range chosen[set] {
			for _, o := range said {
				if o.picture == p.name {
					out = append(out, o)
				}
			}
		}
	}
	return out
}

// onSame compares a figure of some observations with earlier ones of the same labels.
func onSame(f figure, was, is []observation) change {
	if was == nil {
		return change{figure: &f}
	}
	f.value, _ = f.row.of(f.row.pick(is)) // without what chance explains: it is the same for both
	before, n := f.row.of(f.row.pick(was))
	c := change{figure: &f, before: storedFigure{N: n, Value: rounded(before)}}
	c.pair(was, is)
	return c
}

// floor returns what n labels must reach, given what all gave.
func floor(r *row, before storedFigure, n int) float64 {
	// A row's standard error shrinks with the root of the number of labels.
	se := before.SE * math.Sqrt(float64(before.N)/float64(n))
	if r.share {
		// Near 0 and 1 a share's error by that rule is too small for so few: two right and two
		// wrong ones more (A. Agresti and B. A. Coull, Am. Stat. 52, 1998).
		p := (before.Value*float64(n) + 2) / float64(n+4)
		se = math.Sqrt(p * (1 - p) / float64(n))
	}
	return before.Value - 3*se*float64(r.better)
}

// sample chooses n pictures by the hash of their names, of each set in proportion to the root
// of its size: so small sets are not left out. The choice is the same every time.
func sample(pictures map[string][]picture, n int) map[string][]picture {
	var names []string
	sum := 0.
	for name, p := range pictures {
		names = append(names, name)
		sum += math.Sqrt(float64(len(p)))
	}
	slices.Sort(names)
	out := map[string][]picture{}
	taken, due := 0, 0.
	for _, name := range names {
		p := slices.Clone(pictures[name])
		slices.SortFunc(p, func(a, b picture) int { return cmp.Compare(hash(a.name), hash(b.name)) })
		due += float64(n) * math.Sqrt(float64(len(p))) / sum
		k := min(int(due+.5)-taken, len(p))
		out[name] = p[:k]
		taken += k
	}
	return out
}

func TestSample(t *testing.T) {
	eval := map[string][]picture{}
	for name, n := range map[string]int{"tiny": 3, "small": 16, "large": 1500} {
		for i := range n {
			eval[name] = append(eval[name], picture{name: name + "/" + string(rune('a'+i%26)) + string(rune('a'+i/26))})
		}
	}
	a := sample(eval, 50)
	if n := len(a["tiny"]) + len(a["small"]) + len(a["large"]); n != 50 || len(a["tiny"]) == 0 || len(a["small"]) < 3 {
		t.Errorf("%d of tiny, %d of small, %d of large", len(a["tiny"]), len(a["small"]), len(a["large"]))
	}
	slices.Reverse(eval["large"])
	b := sample(eval, 50)
	for name := range a {
		for i := range a[name] {
			if a[name][i].name != b[name][i].name {
				t.Fatalf("the order of the labels changes the sample: %s, %s", a[name][i].name, b[name][i].name)
			}
		}
	}
}

func TestFloor(t *testing.T) {
	right, off := accuracy("", nil), farOff()
	errors := meanOf("", plain, nil)
	for _, c := range []struct {
		row    row
		before storedFigure
		n      int
		want   float64
	}{
		{right, storedFigure{N: 1500, Value: .5}, 100, .5 - 3*.05},
		{right, storedFigure{N: 1500, Value: 1}, 12, 1 - 3*math.Sqrt(14./16*2/16/12)},
		{off, storedFigure{N: 1500, Value: .5}, 100, .5 + 3*.05},
		{errors, storedFigure{N: 400, Value: 5, SE: .1}, 16, 5 + 3*.5},
	} {
		if got := floor(&c.row, c.before, c.n); !near(got, c.want, 1e-9) {
			t.Errorf("%+v with %d labels: %v, want %v", c.before, c.n, got, c.want)
		}
	}
}
