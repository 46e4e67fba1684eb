package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// This file checks Find against a slow, obvious evaluator that shares nothing with
// it: it looks at face.Face itself and knows no codes, bit sets or parser.

// term is one condition: any of the atoms, or none of them if not.
type term struct {
	field string
	not   bool
	atoms []atom
}

func (tm term) String() string {
	var values []string
	for _, a := range tm.atoms {
		values = append(values, a.text)
	}
	minus := ""
	if tm.not {
		minus = "-"
	}
	return minus + tm.field + ":" + strings.Join(values, ",")
}

func (tm term) face(s *shot, f *face.Face, guesses bool) bool {
	return slices.ContainsFunc(tm.atoms, func(a atom) bool { return a.face(s, f, guesses) }) != tm.not
}

func (tm term) photo(s *shot) bool {
	return slices.ContainsFunc(tm.atoms, func(a atom) bool { return a.photo(s) }) != tm.not
}

// slowQuery is a query of the evaluator.
type slowQuery struct {
	faceTerms, photoTerms []term
	quantifier            string // "" for no group
	group                 []term
	guesses               bool

	faceAlternatives, photoAlternatives alternatives
}

// alternatives are (... OR ...): none if there are no runs.
type alternatives struct {
	not  bool
	runs [][]term
}

func (o alternatives) String() string {
	var runs []string
	for _, run := range o.runs {
		var terms []string
		for _, tm := range run {
			terms = append(terms, tm.String())
		}
		runs = append(runs, strings.Join(terms, " "))
	}
	return strings.Repeat("NOT ", map[bool]int{true: 1}[o.not]) + "(" + strings.Join(runs, " OR ") + ")"
}

// hold reports whether one of the runs holds, or none of them if not.
func (o alternatives) hold(holds func(term) bool) bool {
	if len(o.runs) == 0 {
		return true
	}
	return o.not != slices.ContainsFunc(o.runs, func(run []term) bool {
		return !slices.ContainsFunc(run, func(tm term) bool { return !holds(tm) })
	})
}

// randomAlternatives returns two or three runs of terms, some of them on several fields.
func randomAlternatives(rng *rand.Rand, all map[string][]atom, want func(atom) bool) alternatives {
	o := alternatives{not: rng.IntN(3) == 0}
	for range 2 + rng.IntN(2) {
		if run := randomTerms(rng, all, 2, want); run != nil {
			o.runs = append(o.runs, run)
		}
	}
	if len(o.runs) < 2 {
		return alternatives{} // values of one field would be one with the terms beside them
	}
	for _, run := range o.runs {
		if len(run) == 1 && !run[0].not {
			run[0].not = true // else they may be values of one field
		}
	}
	return o
}

func (q slowQuery) String() string {
	var parts []string
	for _, tm := range append(slices.Clone(q.faceTerms), q.photoTerms...) {
		parts = append(parts, tm.String())
	}
	if q.quantifier != "" {
		var inner []string
		for _, tm := range q.group {
			inner = append(inner, tm.String())
		}
		parts = append(parts, q.quantifier+"("+strings.Join(inner, " ")+")")
	}
	for _, o := range []alternatives{q.faceAlternatives, q.photoAlternatives} {
		if o.runs != nil {
			parts = append(parts, o.String())
		}
	}
	if q.guesses {
		parts = append(parts, "guesses:yes")
	}
	return strings.Join(parts, " ")
}

// asked reports whether a face meets what the query asks of one face, without the terms of a field.
func (q slowQuery) asked(s *shot, f *face.Face, without string) bool {
	if !q.faceAlternatives.hold(func(tm term) bool { return tm.face(s, f, q.guesses) }) {
		return false
	}
	for _, run := range q.faceAlternatives.runs {
		if slices.ContainsFunc(run, func(tm term) bool { return tm.field == "doubtful" }) {
			return !slices.ContainsFunc(q.faceTerms, func(tm term) bool { return tm.field != without && !tm.face(s, f, q.guesses) })
		}
	}
	return q.meets(s, f, q.faceTerms, without)
}

// meets reports whether a face meets terms, the unspoken one included, without those of a field.
func (q slowQuery) meets(s *shot, f *face.Face, terms []term, without string) bool {
	speaks := without == "doubtful"
	for _, tm := range terms {
		speaks = speaks || tm.field == "doubtful"
		if tm.field != without && !tm.face(s, f, q.guesses) {
			return false
		}
	}
	return speaks || !f.Doubtful()
}

func (q slowQuery) groupHolds(s *shot) bool {
	if q.quantifier == "" {
		return true
	}
	speaks := slices.ContainsFunc(q.group, func(tm term) bool { return tm.field == "doubtful" })
	met, counted := 0, 0
	for _, f := range s.faces() {
		if q.meets(s, f, q.group, "") {
			met++
		}
		if speaks || !f.Doubtful() {
			counted++
		}
	}
	switch q.quantifier {
	case "any":
		return met > 0
	case "-any":
		return met == 0
	case "all":
		return met > 0 && met == counted
	default:
		return s.rec != nil && met == 0
	}
}

func (q slowQuery) photoHolds(s *shot, without string) bool {
	for _, tm := range q.photoTerms {
		if tm.field != without && !tm.photo(s) {
			return false
		}
	}
	return q.groupHolds(s) && q.photoAlternatives.hold(func(tm term) bool { return tm.photo(s) })
}

// matching returns the numbers of the faces that match, without the terms of a field.
func (q slowQuery) matching(s *shot, without string) []uint32 {
	var numbers []uint32
	for _, f := range s.faces() {
		if q.asked(s, f, without) {
			numbers = append(numbers, f.Number)
		}
	}
	return numbers
}

// answer is a catalog.Result in words that both sides have.
type answer struct {
	Photos       []string
	Matching     map[string][]uint32
	Faces        int
	Total        int
	TotalFaces   int
	Waiting      int
	Failed       int
	Counts       map[string]map[string]int
	AgeHistogram []int
}

func (q slowQuery) find(shots []*shot, all map[string][]atom) answer {
	a := answer{Counts: map[string]map[string]int{}, AgeHistogram: make([]int, 20), Matching: map[string][]uint32{}}
	for field, values := range all {
		a.Counts[field] = map[string]int{}
		for _, v := range values {
			a.Counts[field][v.text] = 0
		}
	}
	for _, s := range shots {
		a.Total++
		switch s.state {
		case catalog.Waiting:
			a.Waiting++
		case catalog.Failed:
			a.Failed++
		case catalog.Done:
		}
		for _, f := range s.faces() {
			if !f.Doubtful() {
				a.TotalFaces++
			}
		}
		touched := len(q.faceTerms)+len(q.faceAlternatives.runs) == 0 || len(q.matching(s, "")) > 0
		if q.photoHolds(s, "") {
			if touched {
				a.Photos = append(a.Photos, s.path)
				a.Matching[s.path] = q.matching(s, "")
			}
			a.Faces += len(q.matching(s, ""))
		}
		for field, values := range all {
			for _, v := range values {
				if v.photo != nil {
					if touched && q.photoHolds(s, field) && v.photo(s) {
						a.Counts[field][v.text]++
					}
					continue
				}
				if !q.photoHolds(s, "") {
					continue
				}
				for _, f := range s.faces() {
					if q.asked(s, f, field) && v.face(s, f, q.guesses) {
						a.Counts[field][v.text]++
					}
				}
			}
		}
		for _, f := range s.faces() {
			if years, sure := f.Age.Floor(), isSure(f, face.AgeYears); q.photoHolds(s, "") && q.asked(s, f, "age") && s.has(f, face.AgeYears) && (sure || q.guesses) {
				a.AgeHistogram[min(years/5, 19)]++
			}
		}
	}
	return a
}

func fastFind(t *testing.T, c *catalog.Catalog, text string, s catalog.Scope) answer {
	t.Helper()
	r := c.Find(mustParse(t, text), s, catalog.ByPath)
	a := answer{
		Faces: r.Faces, Total: r.Total, TotalFaces: r.TotalFaces, Waiting: r.Waiting, Failed: r.Failed,
		Counts: r.Counts, AgeHistogram: r.AgeHistogram, Matching: map[string][]uint32{},
	}
	for _, ref := range r.Photos {
		path := c.Entry(ref).Path
		a.Photos = append(a.Photos, path)
		a.Matching[path] = r.Matching(ref)
		if c.Entry(ref).ID.IsZero() {
			continue // its record is of what the file was before
		}
		if one := matchingAlone(t, c, text, path); !slices.Equal(one, a.Matching[path]) {
			t.Errorf("%s of %q: MatchesFace holds for the faces %v, Matching tells of %v", path, text, one, a.Matching[path])
		}
	}
	return a
}

// matchingAlone is Result.Matching without an index: it asks the expression about each face.
func matchingAlone(t *testing.T, c *catalog.Catalog, text, path string) []uint32 {
	t.Helper()
	r, err := c.Record(path)
	if err != nil {
		t.Fatal(err)
	}
	var numbers []uint32
	a := face.Apply(&r.Analysis, &r.Edits)
	for i := range a.Faces {
		if f := &a.Faces[i]; mustParse(t, text).MatchesFace(a.Have, c.Policy().Sure, f) {
			numbers = append(numbers, f.Number)
		}
	}
	return numbers
}

// randomTerms picks up to most terms, at most one for each field and sign.
func randomTerms(rng *rand.Rand, all map[string][]atom, most int, want func(atom) bool) []term {
	var fields []string
	for name, values := range all {
		if want(values[0]) {
			fields = append(fields, name)
		}
	}
	slices.Sort(fields) // a map's order would make the seed useless
	var terms []term
	used := map[string]bool{}
	for range rng.IntN(most + 1) {
		tm := term{field: fields[rng.IntN(len(fields))], not: rng.IntN(4) == 0}
		if key := fmt.Sprint(tm.field, tm.not); used[key] {
			continue
		} else {
			used[key] = true
		}
		for _, i := range rng.Perm(len(all[tm.field]))[:1+rng.IntN(min(3, len(all[tm.field])))] {
			tm.atoms = append(tm.atoms, all[tm.field][i])
		}
		terms = append(terms, tm)
	}
	return terms
}

// addQuality gives the faces of a record sizes, eyes, sharpness and light on both sides of every threshold.
func addQuality(rng *rand.Rand, r *catalog.Record) {
	eye := func() face.Eye {
		e := face.Eye{Open: rng.Float32()}
		if rng.IntN(2) == 0 {
			e.Open = float32(rng.IntN(2))
		}
		if rng.IntN(4) == 0 {
			e.Doubt = face.EyeCovered
		}
		return e
	}
	for i := range r.Analysis.Faces {
		f := &r.Analysis.Faces[i]
		f.Box.Max.X = f.Box.Min.X + 250*rng.Float32()
		f.Eyes = face.Eyes{Left: eye(), Right: eye()}
		f.Blur = 2 * face.BlurThreshold * rng.Float32()
		f.Exposure = face.Exposure{Is: face.Light(1 + rng.IntN(face.NumLights)), Mean: 255 * rng.Float32()}
		spread(rng, f.Eyewear[:])
		f.Hair.Color = face.HairColor(rng.IntN(face.NumHairColors + 1))
		if f.Hair.Color >= face.BlackHair && f.Hair.Color <= face.WhiteHair {
			f.Hair.Fits[f.Hair.Color-face.BlackHair] = float32(rng.IntN(101)) / 100
		}
		f.Round() // as an analysis is: a blur just below its threshold is stored as one at it
	}
}

func randomMarks(rng *rand.Rand) photo.Marks {
	m := photo.Marks{Rating: uint8(rng.IntN(6)), Flag: photo.Flag(rng.IntN(3)), Label: photo.Label(rng.IntN(6))}
	for _, tag := range []string{"Places|Rome", "Places|Paris", "wedding", "Rome"} {
		if rng.IntN(3) == 0 {
			m = m.WithTag(tag)
		}
	}
	return m
}

func isFace(a atom) bool  { return a.face != nil }
func isPhoto(a atom) bool { return a.photo != nil }

func TestFindAgainstSlowEvaluator(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	c := showAll(t, mustOpen(t, newPath(t)))
	var shots []*shot
	var files []photo.File
	var outcomes []catalog.Outcome
	for i := range 300 {
		f := file(fmt.Sprintf("%c/%c/%d.jpg", 'a'+rune(rng.IntN(3)), 'a'+rune(rng.IntN(3)), i), 1)
		s := &shot{path: f.Path}
		switch rng.IntN(8) {
		case 0: // waits
		case 1:
			s.state = catalog.Failed
			outcomes = append(outcomes, catalog.Outcome{File: f, Failure: "damaged"})
		default:
			s.state, s.rec = catalog.Done, randomRecord(rng, i)
			addQuality(rng, s.rec)
			outcomes = append(outcomes, catalog.Outcome{File: f, Record: s.rec})
		}
		files = append(files, f)
		shots = append(shots, s)
	}
	slices.SortFunc(shots, func(a, b *shot) int { return catalog.SlowByPath(a.path, b.path) })
	check(t, c.Track(files))
	check(t, c.Commit(outcomes))
	for _, s := range shots { // some have changed and keep what was known
		if s.state == catalog.Done && rng.IntN(10) == 0 {
			s.state = catalog.Waiting
			check(t, c.Renew([]string{s.path}, 0))
		}
		if s.rec != nil && rng.IntN(2) == 0 { // of some somebody said something
			s.marks, s.differs = randomMarks(rng), rng.IntN(3) == 0
			check(t, c.Edit(s.rec.ID, func(r *catalog.Record) error {
				r.Marks = s.marks
				r.Heard.Open = nil
				if s.differs {
					r.Heard.Open = []catalog.Difference{{Item: catalog.ItemRating, Marks: photo.Marks{Rating: (s.marks.Rating + 1) % 6}}}
				}
				return nil
			}))
		}
		if s.rec != nil && rng.IntN(3) == 0 { // some were edited
			var edited catalog.Record
			check(t, c.Edit(s.rec.ID, func(r *catalog.Record) error {
				for i := range r.Analysis.Faces {
					number := r.Analysis.Faces[i].Number
					check(t, r.Edits.Judge(&r.Analysis, number, face.Verdict(rng.IntN(3))))
					if feature := face.Features(1 << rng.IntN(13)); feature&face.Correctable != 0 && rng.IntN(2) == 0 {
						check(t, r.Edits.Correct(&r.Analysis, number, feature, 1))
					}
				}
				for i := range r.Analysis.Faces {
					if rng.IntN(2) == 0 {
						check(t, r.Edits.Call(&r.Analysis, r.Analysis.Faces[i].Number, []string{"Ada Byron", "Bob", "Eve"}[rng.IntN(3)]))
					}
				}
				if rng.IntN(3) == 0 {
					_, err := r.Edits.Draw(&r.Analysis, randomBox(rng), r.Last)
					check(t, err)
				}
				edited = *r
				return nil
			}))
			s.rec.Analysis = *face.Apply(&edited.Analysis, &edited.Edits)
		}
	}

	c.SetOffline([]string{filepath.FromSlash("/photos/c")})
	c.SetOffline([]string{filepath.FromSlash("/photos/a/b")})
	for _, name := range []string{"Best", "Best of", "Empty"} {
		album := catalog.Album{Name: name}
		for _, s := range shots {
			if s.rec != nil && name != "Empty" && rng.IntN(3) == 0 {
				album.Photos = append(album.Photos, s.rec.ID)
				s.albums = append(s.albums, name)
			}
		}
		check(t, c.PutAlbum(album))
	}
	counted := atoms()
	all := atoms()
	further(all, rng)
	matches := 0
	for range 600 {
		q := slowQuery{
			faceTerms:  randomTerms(rng, all, 3, isFace),
			photoTerms: randomTerms(rng, all, 2, isPhoto),
			guesses:    rng.IntN(3) == 0,
		}
		if rng.IntN(3) == 0 {
			if q.group = randomTerms(rng, all, 2, isFace); q.group != nil {
				q.quantifier = []string{"any", "all", "none", "-any"}[rng.IntN(4)]
			}
		}
		if rng.IntN(4) == 0 {
			q.faceAlternatives = randomAlternatives(rng, all, isFace)
		}
		if rng.IntN(4) == 0 {
			q.photoAlternatives = randomAlternatives(rng, all, isPhoto)
		}
		scope, in := everything, shots
		if rng.IntN(2) == 0 {
			dir := filepath.FromSlash("/photos/b")
			scope = catalog.Scope{Folder: dir, Recursive: rng.IntN(2) == 0}
			in = nil
			for _, s := range shots {
				if below := strings.HasPrefix(s.path, dir+string(filepath.Separator)); below && (scope.Recursive || filepath.Dir(s.path) == dir) {
					in = append(in, s)
				}
			}
		}
		want := q.find(in, counted)
		if diff := cmp.Diff(want, fastFind(t, c, q.String(), scope)); diff != "" {
			t.Fatalf("%q in %+v (-slow +fast):\n%s", q, scope, diff)
		}
		matches += len(want.Photos)
	}
	if matches < 1000 {
		t.Errorf("only %d photos were found in all: the queries are too narrow to show anything", matches)
	}
}
