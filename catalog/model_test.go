package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog"
	"semblance/internal/photo"
)

// TestRandomOperationsAgainstMap does what scans, workers and people do in a random
// order, compares the catalog with a map, and, after each run, with what is read
// back from the disk.
func TestRandomOperationsAgainstMap(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			m := newModel(t, rand.New(rand.NewPCG(seed, 7)))
			for range 4 {
				for range 40 {
					m.step()
				}
				m.compare("in memory")
				before := m.snapshot()
				m.c = reopen(t, m.c, m.path)
				m.compare("read from the disk")
				if diff := cmp.Diff(before, m.snapshot()); diff != "" {
					t.Fatalf("index in memory and index read from the disk (-memory +disk):\n%s", diff)
				}
			}
		})
	}
}

// model is the map that the catalog is compared with.
type model struct {
	t       *testing.T
	rng     *rand.Rand
	path    string
	c       *catalog.Catalog
	photos  map[string]*modelPhoto
	records map[photo.ID]*catalog.Record
}

type modelPhoto struct {
	file    photo.File
	state   catalog.State
	failure string
	id      photo.ID
	gone    bool
	renew   bool
}

func newModel(t *testing.T, rng *rand.Rand) *model {
	m := &model{t: t, rng: rng, path: newPath(t), photos: map[string]*modelPhoto{}, records: map[photo.ID]*catalog.Record{}}
	m.c = mustOpen(t, m.path)
	return m
}

// files picks a few of the possible files, each at most once.
func (m *model) files() []photo.File {
	var files []photo.File
	for _, i := range m.rng.Perm(30)[:m.rng.IntN(8)] {
		files = append(files, file(fmt.Sprintf("%c/%d.jpg", 'a'+rune(i%3), i), m.rng.IntN(3)))
	}
	return files
}

func (m *model) paths() []string {
	var paths []string
	for _, f := range m.files() {
		paths = append(paths, f.Path)
	}
	return paths
}

func (m *model) step() {
	m.t.Helper()
	switch m.rng.IntN(6) {
	case 0, 1:
		files := m.files()
		check(m.t, m.c.Track(files))
		for _, f := range files {
			m.track(f)
		}
	case 2:
		paths := m.paths()
		check(m.t, m.c.Forget(paths))
		for _, path := range paths {
			if p := m.photos[path]; p != nil {
				p.gone = true
			}
		}
	case 3:
		paths := m.paths()
		check(m.t, m.c.Renew(paths))
		for _, path := range paths {
			if p := m.photos[path]; p != nil && !p.gone {
				p.state, p.failure, p.renew = catalog.Waiting, "", !p.id.IsZero()
			}
		}
	default:
		var outcomes []catalog.Outcome
		for _, f := range m.files() {
			o := catalog.Outcome{File: f, Failure: "damaged"}
			if m.rng.IntN(4) > 0 { // few identities, so that paths share them
				o = catalog.Outcome{File: f, Record: randomRecord(m.rng, m.rng.IntN(12))}
			}
			outcomes = append(outcomes, o)
		}
		check(m.t, m.c.Commit(outcomes))
		for _, o := range outcomes {
			m.commit(o)
		}
	}
}

func (m *model) track(f photo.File) {
	p := m.photos[f.Path]
	switch {
	case p == nil:
		m.photos[f.Path] = &modelPhoto{file: f}
	case p.file == f:
		p.gone = false
	default:
		*p = modelPhoto{file: f, id: p.id}
	}
}

func (m *model) commit(o catalog.Outcome) {
	p := modelPhoto{file: o.File, state: catalog.Failed, failure: o.Failure}
	if o.Record != nil {
		p.state, p.id = catalog.Done, o.Record.ID
		m.records[o.Record.ID] = o.Record
	}
	if before := m.photos[o.File.Path]; before != nil {
		p.gone = before.gone
		if before.file.MTime.After(o.File.MTime) {
			p.file, p.state, p.failure = before.file, catalog.Waiting, ""
		}
	}
	m.photos[o.File.Path] = &p
}

// compare holds the catalog to the map.
func (m *model) compare(when string) {
	m.t.Helper()
	want := map[string]catalog.Entry{}
	var waiting []string
	for path, p := range m.photos {
		if p.gone {
			continue
		}
		e := catalog.Entry{Path: path, State: p.state, Failure: p.failure, Size: p.file.Size, MTime: p.file.MTime}
		if r := m.records[p.id]; r != nil {
			if p.state == catalog.Done || p.renew {
				e.ID = p.id
			}
			e.Faces = r.Analysis.Accepted()
			e.Doubtful = len(r.Analysis.Faces) - e.Faces
			e.W, e.H, e.Taken = r.Analysis.W, r.Analysis.H, r.Meta.Taken
		}
		if p.state == catalog.Waiting {
			waiting = append(waiting, path)
		}
		want[path] = e
	}
	got := map[string]catalog.Entry{}
	for _, path := range m.c.Paths("", true) {
		ref, _ := m.c.Lookup(path)
		got[path] = m.c.Entry(ref)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		m.t.Fatalf("%s (-map +catalog):\n%s", when, diff)
	}
	slices.Sort(waiting)
	if got := m.c.Pending("", true); !slices.Equal(got, waiting) {
		m.t.Fatalf("%s: pending %q, want %q", when, got, waiting)
	}
	for id, r := range m.records {
		renewed := false
		for _, p := range m.photos {
			renewed = renewed || p.id == id && p.renew
		}
		known, ok, err := m.c.Known(id)
		if err != nil || ok == renewed || ok && len(known.Analysis.Faces) != len(r.Analysis.Faces) {
			m.t.Fatalf("%s: Known(%v) = %v, %v; renewed %v", when, id, ok, err, renewed)
		}
	}
}

// snapshot is what searches answer.
func (m *model) snapshot() []answer {
	var answers []answer
	for _, text := range []string{
		"", "emotion:happy", "age:20-47 -gender:man", "doubtful:yes", "guesses:yes smile:yes pose:frontal",
		"faces:2..", "state:waiting", "none(smile:yes)", "all(age:20..)", "camera:1", "taken:2021",
	} {
		answers = append(answers, fastFind(m.t, m.c, text, everything))
	}
	return answers
}
