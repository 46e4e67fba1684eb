package catalog_test

import (
	gocmp "cmp"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog"
	"semblance/internal/face"
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
				m.c.SetPairs(!m.apart) // that is not stored
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
	records map[photo.ID]*catalog.Record // as they are stored, with the edits
	ratings map[photo.ID]uint8
	hidden  face.Features
	apart   bool // pairs are shown as two photos
}

type modelPhoto struct {
	file    photo.File
	state   catalog.State
	failure string
	id      photo.ID
	content photo.ID // the last identity that was known of it
	gone    bool
	renew   bool
	look    catalog.Look
}

func newModel(t *testing.T, rng *rand.Rand) *model {
	m := &model{t: t, rng: rng, path: newPath(t), photos: map[string]*modelPhoto{}, records: map[photo.ID]*catalog.Record{}, ratings: map[photo.ID]uint8{}}
	m.c = showAll(t, mustOpen(t, m.path))
	return m
}

// files picks a few of the possible files, each at most once.
func (m *model) files() []photo.File {
	var files []photo.File
	for _, i := range m.rng.Perm(30)[:m.rng.IntN(8)] {
		name := fmt.Sprintf("%c/%d.jpg", 'a'+rune(i%3), i)
		switch { // some are half of a pair, one is beside two others
		case i >= 24:
			name = fmt.Sprintf("%c/%d.CR2", 'a'+rune(i%3), i-24)
		case i == 21:
			name = "a/0.Jpeg"
		case i == 18:
			name = "a/3.dng"
		}
		files = append(files, file(name, m.rng.IntN(3)))
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
	switch m.rng.IntN(11) {
	case 10:
		m.apart = !m.apart
		m.c.SetPairs(!m.apart)
	case 9:
		p := catalog.Policy{Ethnicity: m.rng.IntN(2) == 0, Sure: face.DefaultThresholds()}
		p.Sure.Emotion = float32(m.rng.IntN(3)) / 4
		check(m.t, m.c.SetPolicy(p))
		m.hidden = 0
		if !p.Ethnicity {
			m.hidden = face.EthnicityClasses
		}
		for _, r := range m.records {
			m.hide(r)
		}
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
		look := catalog.Look(m.rng.IntN(4))
		check(m.t, m.c.Renew(paths, look))
		for _, path := range paths {
			if p := m.photos[path]; p != nil && !p.gone {
				p.state, p.failure, p.renew = catalog.Waiting, "", !p.id.IsZero()
				p.look |= look
			}
		}
	case 4, 5:
		for range 4 {
			m.edit(id(m.rng.IntN(12)))
		}
	case 6:
		for _, f := range m.files() {
			tried, had := catalog.Look(m.rng.IntN(4)), catalog.Look(m.rng.IntN(4))
			kept, err := m.c.Keep(f, tried, had)
			check(m.t, err)
			if want := m.keep(f, tried, had); kept != want {
				m.t.Fatalf("Keep(%v) = %v, want %v", f, kept, want)
			}
		}
	default:
		var outcomes []catalog.Outcome
		for _, f := range m.files() {
			o := catalog.Outcome{File: f, Failure: "damaged"}
			if m.rng.IntN(4) > 0 { // few identities, so that paths share them
				n := m.rng.IntN(12)
				// A file that is what it was has the content that it had: TestMarksOfAnotherIdentity is about others.
				if p := m.photos[f.Path]; p != nil && p.file == f && (p.state == catalog.Done || p.renew) {
					n = int(binary.BigEndian.Uint64(p.id[:])) - 1
				}
				o = catalog.Outcome{File: f, Record: randomRecord(m.rng, n), Looked: catalog.Look(m.rng.IntN(4)), Added: m.rng.IntN(2) > 0}
			}
			outcomes = append(outcomes, o)
		}
		check(m.t, m.c.Commit(outcomes))
		for _, o := range outcomes {
			m.commit(o)
		}
	}
}

// hide takes away what is hidden.
func (m *model) hide(r *catalog.Record) {
	if m.hidden == 0 {
		return
	}
	r.Analysis.Have &^= face.EthnicityClasses
	for i := range r.Analysis.Faces {
		f := &r.Analysis.Faces[i]
		f.Ethnicity = face.Ethnicities{}
		f.Lacks &^= face.EthnicityClasses
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
		*p = modelPhoto{file: f, id: p.id, content: p.content, look: p.look}
	}
}

func (m *model) commit(o catalog.Outcome) {
	p := modelPhoto{file: o.File, state: catalog.Failed, failure: o.Failure}
	before := m.photos[o.File.Path]
	if before != nil {
		p.content = before.content
	}
	if o.Record != nil {
		p.state, p.id = catalog.Done, o.Record.ID
		if m.records[p.id] == nil { // else the other photo has only got the name of this one
			m.ratings[p.id] = m.ratings[p.content]
		}
		p.content = p.id
		m.succeed(*o.Record)
	}
	if before != nil {
		p.gone, p.look = before.gone, before.look
		changed := before.file.MTime.After(o.File.MTime)
		left := before.look != before.look&o.Looked || before.renew && o.Added // more was asked for
		if changed {
			p.file = before.file
		}
		if changed || left && o.Record != nil {
			p.state, p.failure, p.renew = catalog.Waiting, "", !changed
		}
	}
	m.photos[o.File.Path] = &p
}

// keep leaves a photo with what is known of it, and reports whether that is so.
func (m *model) keep(f photo.File, tried, had catalog.Look) bool {
	p := m.photos[f.Path]
	if p == nil || !p.renew || p.file != f {
		return false
	}
	var look catalog.Look
	for _, way := range []catalog.Look{catalog.LookHarder, catalog.LookTurned} {
		if p.look&way != 0 && (tried&way == 0 || had&way != 0) {
			look |= way
		}
	}
	p.look = look
	if look|had == had {
		p.state, p.renew = catalog.Done, false
	}
	return true
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
		e.Marks.Rating = m.ratings[p.content]
		if r := m.records[p.id]; r != nil {
			if p.state == catalog.Done || p.renew {
				e.ID = p.id
			}
			edits := r.Edits.Without(m.hidden)
			a := face.Apply(&r.Analysis, &edits)
			e.Faces = a.Accepted()
			e.Doubtful = len(a.Faces) - e.Faces
			e.Have, e.Mode = r.Analysis.Have, a.Mode
			if len(r.Edits.Missing(&r.Analysis)) > 0 {
				e.Have = 0
			}
			e.W, e.H, e.Taken = r.Analysis.W, r.Analysis.H, r.Meta.Taken
		}
		if p.state == catalog.Waiting {
			waiting = append(waiting, path)
		}
		want[path] = e
	}
	var raws []string
	var found []string
	faces := 0
	for path, e := range want {
		raw, picture, ok := photo.Pair(m.sameName(path))
		if paired := ok && (path == raw || path == picture); paired {
			if path == raw {
				raws = append(raws, path)
			}
			if !m.apart {
				e.Partner, e.Hidden = picture, path == raw
				if path == picture {
					e.Partner = raw
				}
				want[path] = e
			}
		}
		if !e.Hidden {
			found = append(found, path)
			faces += e.Faces
		}
	}
	slices.SortFunc(raws, catalog.SlowByPath)
	if got := m.c.Pairs("", true); !slices.Equal(got, raws) {
		m.t.Fatalf("%s: pairs %q, want %q", when, got, raws)
	}
	slices.SortFunc(found, catalog.SlowByPath)
	if got := fastFind(m.t, m.c, "", everything); !slices.Equal(got.Photos, found) || got.Total != len(found) || got.TotalFaces != faces || got.Faces != faces {
		m.t.Fatalf("%s: found %q, %d photos and %d faces, want %q and %d", when, got.Photos, got.Total, got.TotalFaces, found, faces)
	}
	got := map[string]catalog.Entry{}
	for _, path := range m.c.Paths("", true) {
		ref, _ := m.c.Lookup(path)
		got[path] = m.c.Entry(ref)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		m.t.Fatalf("%s (-map +catalog):\n%s", when, diff)
	}
	slices.SortFunc(waiting, catalog.SlowByPath)
	if got := m.c.Pending("", true); !slices.Equal(got, waiting) {
		m.t.Fatalf("%s: pending %q, want %q", when, got, waiting)
	}
	for id, r := range m.records {
		var want catalog.Known
		for _, p := range m.photos {
			if p.id == id {
				want.Renew, want.Look = want.Renew || p.renew, want.Look|p.look
			}
		}
		k, err := m.c.Known("/nowhere", id)
		if err != nil || k.Renew != want.Renew || k.Look != want.Look {
			m.t.Fatalf("%s: Known(%v) = %+v, %v, want %+v", when, id, k, err, want)
		}
		seen := *r
		seen.Edits = r.Edits.Without(m.hidden)
		if diff := cmp.Diff(facesOf(&seen), facesOf(k.Record)); diff != "" {
			m.t.Fatalf("%s: faces of %v (-map +catalog):\n%s", when, id, diff)
		}
	}
}

// sameName returns the photos that are not gone and have the name of a path apart from the extension.
func (m *model) sameName(path string) (paths []string) {
	for other, p := range m.photos {
		if !p.gone && photo.PairName(other) == photo.PairName(path) {
			paths = append(paths, other)
		}
	}
	return paths
}

// facesOf writes down the faces of a record, and what was said about them.
func facesOf(r *catalog.Record) []string {
	lines := []string{fmt.Sprintf("%+v, last %d", r.Edits, r.Last)}
	for _, f := range r.Analysis.Faces {
		lines = append(lines, fmt.Sprintf("%d %v given %v, %v", f.Number, f.Box, f.Given, f.Ethnicity))
	}
	return lines
}

// edit has somebody say something about a photo, if there is one with this content.
func (m *model) edit(id photo.ID) {
	m.t.Helper()
	number, verdict := uint32(1+m.rng.IntN(9)), face.Verdict(m.rng.IntN(3))
	box := randomBox(m.rng)
	what, value := m.rng.IntN(6), 1+m.rng.IntN(2)
	feature := []face.Features{face.EthnicityClasses, face.EmotionClasses, face.GenderClasses}[m.rng.IntN(3)]
	change := func(r *catalog.Record) error {
		switch what {
		case 0:
			_, err := r.Edits.Draw(&r.Analysis, box, r.Last)
			return err
		case 1:
			return r.Edits.Correct(&r.Analysis, number, feature, value)
		case 2:
			return r.Edits.Revert(&r.Analysis, number, feature)
		}
		if what == 3 {
			r.Marks.Rating = uint8(number % 6)
			return nil
		}
		return r.Edits.Judge(&r.Analysis, number, verdict)
	}
	r := m.records[id]
	if r == nil {
		if err := m.c.Edit(id, change); !errors.Is(err, catalog.ErrUnknown) {
			m.t.Fatalf("an edit of a photo that was never analysed: %v", err)
		}
		return
	}
	want := change(r)
	if what == 3 {
		m.ratings[id] = r.Marks.Rating
	}
	if err := m.c.Edit(id, change); (err == nil) != (want == nil) || want != nil && !errors.Is(err, face.ErrNoFace) {
		m.t.Fatalf("edit: %v, want %v", err, want)
	}
}

// succeed stores a new record in the place of what was known, as slowly as can be: for
// each number in the best order that there is, one face.
func (m *model) succeed(r catalog.Record) {
	r.Analysis.Faces = slices.Clone(r.Analysis.Faces)
	places, old := map[uint32]face.Box{}, map[uint32]face.Face{}
	if former := m.records[r.ID]; former != nil {
		r.Edits, r.Last = former.Edits, former.Last
		for _, e := range r.Edits.Faces {
			places[e.Number] = e.Box
		}
		for _, f := range former.Analysis.Faces {
			places[f.Number], old[f.Number] = f.Box, f
		}
	}
	numbers := make([]uint32, len(r.Analysis.Faces))
	for {
		var best float32
		var number uint32
		at := -1
		for k, f := range r.Analysis.Faces {
			for n, box := range places {
				if iou := box.IoU(f.Box); numbers[k] == 0 && iou >= face.SameFace && iou > best {
					best, number, at = iou, n, k
				}
			}
		}
		if at < 0 {
			break
		}
		numbers[at] = number
		delete(places, number)
		delete(old, number)
	}
	r.Last = max(r.Last, r.Edits.Last)
	for k := range r.Analysis.Faces {
		if numbers[k] == 0 {
			r.Last++
			numbers[k] = r.Last
		}
		r.Analysis.Faces[k].Number = numbers[k]
	}
	kept, lost := false, face.Features(0)
	for _, e := range r.Edits.Faces {
		f, known := old[e.Number]
		told := e.Drawn || e.Said != face.Said{}
		if known && (e.Verdict == face.Accepted || told && e.Verdict == face.NoVerdict) {
			f.Given = true
			lost = r.Analysis.Have &^ m.records[r.ID].Analysis.Have
			r.Analysis.Faces = append(r.Analysis.Faces, f)
			kept = true
		}
	}
	if kept {
		slices.SortStableFunc(r.Analysis.Faces, func(f, g face.Face) int { return gocmp.Compare(g.Box.Area(), f.Box.Area()) })
		r.Analysis.Have &^= lost // until somebody looks for it in the faces that were kept too
		for k := range r.Analysis.Faces {
			if lost.Has(face.EthnicityClasses) {
				r.Analysis.Faces[k].Ethnicity = face.Ethnicities{}
			}
		}
	}
	m.hide(&r)
	m.records[r.ID] = &r
}

// snapshot is what searches answer.
func (m *model) snapshot() []answer { return snapshot(m.t, m.c) }

func snapshot(t *testing.T, c *catalog.Catalog) []answer {
	t.Helper()
	var answers []answer
	for _, text := range []string{
		"", "emotion:happy", "age:20-47 -gender:man", "doubtful:yes", "guesses:yes smile:yes pose:frontal",
		"faces:2..", "rating:2..", "tag:rome -tag:x", "person:ada named:yes", "(rating:3 OR tagged:no)", "flag:picked", "happy:30..", "state:waiting", "none(smile:yes)", "all(age:20..)", "camera:1", "taken:2021", "ethnicity:white,asian", "edited:yes unsure:emotion",
	} {
		answers = append(answers, fastFind(t, c, text, everything))
	}
	return answers
}
