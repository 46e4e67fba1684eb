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

// shot is a photo of the evaluator.
type shot struct {
	path  string
	state catalog.State
	rec   *catalog.Record // nil: never analysed, or failed

	marks  photo.Marks
	albums []string
}

func (s *shot) faces() []*face.Face {
	if s.rec == nil {
		return nil
	}
	var faces []*face.Face
	for i := range s.rec.Analysis.Faces {
		faces = append(faces, &s.rec.Analysis.Faces[i])
	}
	return faces
}

// has reports whether a feature of a face is known.
func (s *shot) has(f *face.Face, want face.Features) bool {
	return s.rec.Analysis.Have.Has(want) && f.Lacks&want == 0
}

func isSure(f *face.Face, feature face.Features) bool {
	return face.DefaultThresholds().Sure(f).Has(feature)
}

// An atom is a value of a field in the language, and what it means.
type atom struct {
	text  string
	face  func(s *shot, f *face.Face, guesses bool) bool // nil for a field of photos
	photo func(s *shot) bool
}

func classAtom(name string, feature face.Features, class func(*face.Face) (string, bool)) atom {
	return atom{text: name, face: func(s *shot, f *face.Face, guesses bool) bool {
		got, sure := class(f)
		return s.has(f, feature) && got == name && (sure || guesses)
	}}
}

func ageAtom(text string, lo, hi int) atom {
	return atom{text: text, face: func(s *shot, f *face.Face, guesses bool) bool {
		years, sure := f.Age.Floor(), isSure(f, face.AgeYears)
		return s.has(f, face.AgeYears) && lo <= years && years <= hi && (sure || guesses)
	}}
}

func sizeAtom(text string, lo, hi int) atom {
	return atom{text: text, face: func(_ *shot, f *face.Face, _ bool) bool {
		pixels := int(max(f.Box.W(), f.Box.H()))
		return lo <= pixels && pixels <= hi
	}}
}

func confidenceAtom(text string, lo, hi int) atom {
	return atom{text: text, face: func(_ *shot, f *face.Face, _ bool) bool {
		percent := int(f.Score * 100)
		return lo <= percent && percent <= hi
	}}
}

func unsureAtom(name string, feature face.Features) atom {
	return atom{text: name, face: func(s *shot, f *face.Face, _ bool) bool { return s.has(f, feature) && !isSure(f, feature) }}
}

// percentAtom is about a probability, of which nothing is unsure.
func percentAtom(text string, lo, hi int, feature face.Features, p func(*face.Face) float32) atom {
	return atom{text: text, face: func(s *shot, f *face.Face, _ bool) bool {
		percent := int(float64(p(f))*100 + 1e-4)
		return s.has(f, feature) && lo <= percent && percent <= hi
	}}
}

func photoAtom(text string, holds func(s *shot) bool) atom { return atom{text: text, photo: holds} }

func poseAtom(name string, is func(face.Pose) bool) atom {
	return atom{text: name, face: func(s *shot, f *face.Face, _ bool) bool { return s.has(f, face.PoseAngles) && is(f.Pose) }}
}

func facesAtom(text string, lo, hi int) atom {
	return atom{text: text, photo: func(s *shot) bool {
		if s.state != catalog.Done {
			return false
		}
		n := 0
		for _, f := range s.faces() {
			if !f.Doubtful() {
				n++
			}
		}
		return lo <= n && n <= hi
	}}
}

// atoms returns the values of every field that the evaluator knows, which are all that have counts.
func atoms() map[string][]atom {
	yesNo := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	all := map[string][]atom{
		"smile": {}, "doubtful": {},
		"unsure": {
			unsureAtom("age", face.AgeYears),
			unsureAtom("gender", face.GenderClasses),
			unsureAtom("emotion", face.EmotionClasses),
			unsureAtom("ethnicity", face.EthnicityClasses),
			unsureAtom("smile", face.Smiling),
			unsureAtom("eyes", face.EyeStates),
			unsureAtom("blur", face.Blurriness),
			unsureAtom("glasses", face.GlassesWorn),
			{text: "eyewear", face: func(s *shot, f *face.Face, _ bool) bool {
				worn := wearing(f)
				return s.has(f, face.GlassesWorn) && !isSure(f, face.GlassesWorn) && max(worn, 1-worn) < face.DefaultThresholds().Glasses
			}},
		},
		"pose": {
			poseAtom("frontal", face.Pose.Frontal),
			poseAtom("left", func(p face.Pose) bool { return p.Yaw <= -15 }),
			poseAtom("right", func(p face.Pose) bool { return p.Yaw >= 15 }),
			poseAtom("up", func(p face.Pose) bool { return p.Pitch >= 15 }),
			poseAtom("down", func(p face.Pose) bool { return p.Pitch <= -15 }),
			poseAtom("tilted", func(p face.Pose) bool { return p.Roll >= 15 || p.Roll <= -15 }),
		},
		"faces": {facesAtom("0", 0, 0), facesAtom("1", 1, 1), facesAtom("2", 2, 2), facesAtom("3-", 3, 99)},
		"state": {}, "rating": {}, "flag": {}, "label": {}, "tagged": {}, "offline": {},
	}
	for stars := range uint8(photo.MaxRating + 1) {
		all["rating"] = append(all["rating"], photoAtom(fmt.Sprint(stars), func(s *shot) bool { return s.marks.Rating == stars }))
	}
	for flag := photo.Unflagged; flag <= photo.Rejected; flag++ {
		all["flag"] = append(all["flag"], photoAtom(flag.String(), func(s *shot) bool { return s.marks.Flag == flag }))
	}
	for label := range photo.NumLabels {
		all["label"] = append(all["label"], photoAtom(label.String(), func(s *shot) bool { return s.marks.Label == label }))
	}
	for e := range face.Emotion(face.NumEmotions) {
		all["emotion"] = append(all["emotion"], classAtom(e.String(), face.EmotionClasses, func(f *face.Face) (string, bool) {
			e, _ := f.Emotion.Top()
			return e.String(), isSure(f, face.EmotionClasses)
		}))
	}
	for _, name := range []string{"woman", "man"} {
		all["gender"] = append(all["gender"], classAtom(name, face.GenderClasses, func(f *face.Face) (string, bool) {
			g, _ := f.Gender.Top()
			return g.String(), isSure(f, face.GenderClasses)
		}))
	}
	for e := face.Asian; e <= face.LatinoHispanic; e++ {
		all["ethnicity"] = append(all["ethnicity"], classAtom(e.String(), face.EthnicityClasses, func(f *face.Face) (string, bool) {
			e, _ := f.Ethnicity.Top()
			return e.String(), isSure(f, face.EthnicityClasses)
		}))
	}
	for _, name := range []string{"yes", "no"} {
		all["smile"] = append(all["smile"], classAtom(name, face.Smiling, func(f *face.Face) (string, bool) {
			smiles, _ := f.Smiles()
			return yesNo(smiles), isSure(f, face.Smiling)
		}))
		all["tagged"] = append(all["tagged"], photoAtom(name, func(s *shot) bool { return yesNo(len(s.marks.Tags) > 0) == name }))
		all["offline"] = append(all["offline"], photoAtom(name, func(s *shot) bool { return yesNo(strings.HasPrefix(filepath.ToSlash(s.path), "/photos/a/b/")) == name }))
		all["named"] = append(all["named"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool { return yesNo(f.Edit.Name != "") == name }})
		all["edited"] = append(all["edited"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool { return yesNo(f.Edited()) == name }})
		all["doubtful"] = append(all["doubtful"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool { return yesNo(f.Doubtful()) == name }})
	}
	for _, name := range []string{"open", "closed"} {
		all["eyes"] = append(all["eyes"], classAtom(name, face.EyeStates, func(f *face.Face) (string, bool) {
			state, _ := f.Eyes.Top()
			return state.String(), isSure(f, face.EyeStates)
		}))
	}
	for _, name := range []string{"sharp", "blurry"} {
		all["blur"] = append(all["blur"], classAtom(name, face.Blurriness, func(f *face.Face) (string, bool) {
			return map[bool]string{false: "sharp", true: "blurry"}[f.Blurry()], isSure(f, face.Blurriness)
		}))
	}
	for _, name := range []string{"underexposed", "balanced", "overexposed"} {
		all["exposure"] = append(all["exposure"], classAtom(name, face.Lighting, func(f *face.Face) (string, bool) {
			return f.Exposure.Is.String(), true
		}))
	}
	for g := face.NoGlasses; g <= face.Goggles; g++ {
		all["glasses"] = append(all["glasses"], classAtom(g.String(), face.GlassesWorn, func(f *face.Face) (string, bool) {
			g, _ := f.Eyewear.Top()
			return g.String(), isSure(f, face.GlassesWorn)
		}))
	}
	for h := face.NoHair; h <= face.PurpleHair; h++ {
		all["hair"] = append(all["hair"], classAtom(h.String(), face.HairShape, func(f *face.Face) (string, bool) {
			return f.Hair.Color.String(), true // face.UnknownHair is the name of no value
		}))
	}
	for lo := 0; lo < 80; lo += 10 {
		all["age"] = append(all["age"], ageAtom(fmt.Sprintf("%d-%d", lo, lo+9), lo, lo+9))
	}
	all["age"] = append(all["age"], ageAtom("80-", 80, 999))
	for s := catalog.Waiting; s <= catalog.Failed; s++ {
		all["state"] = append(all["state"], atom{text: s.String(), photo: func(shot *shot) bool { return shot.state == s }})
	}
	return all
}

// further adds values without counts.
func further(all map[string][]atom, rng *rand.Rand) {
	for range 15 {
		lo := rng.IntN(110)
		hi := lo + rng.IntN(40)
		all["age"] = append(all["age"], ageAtom(fmt.Sprintf("%d-%d", lo, hi), lo, hi), ageAtom(fmt.Sprintf("%d..", lo), lo, 999))
	}
	for range 5 {
		lo := rng.IntN(150) // over the end of the index's bins, and below it
		hi := lo + rng.IntN(100)
		all["size"] = append(all["size"], sizeAtom(fmt.Sprintf("%d-%d", lo, hi), lo, hi), sizeAtom(fmt.Sprintf("%d..", lo), lo, 1e6))
		lo = 65 + rng.IntN(36)
		all["confidence"] = append(all["confidence"], confidenceAtom(fmt.Sprintf("%d..", lo), lo, 100), confidenceAtom(fmt.Sprintf("..%d", lo), 0, lo))
	}
	all["glasses"] = append(all["glasses"], atom{text: "yes", face: func(s *shot, f *face.Face, guesses bool) bool {
		worn := wearing(f)
		sure := worn >= face.DefaultThresholds().Glasses || isSure(f, face.GlassesWorn)
		return s.has(f, face.GlassesWorn) && worn > .5 && (guesses || sure)
	}})
	for e := range face.Emotion(face.NumEmotions) {
		lo := rng.IntN(90)
		all[e.String()] = append(all[e.String()],
			percentAtom(fmt.Sprintf("%d..", lo), lo, 100, face.EmotionClasses, func(f *face.Face) float32 { return f.Emotion[e] }),
			percentAtom(fmt.Sprintf("%d-%d", lo, lo+10), lo, lo+10, face.EmotionClasses, func(f *face.Face) float32 { return f.Emotion[e] }))
	}
	for range 3 {
		lo := rng.IntN(90)
		all["smile"] = append(all["smile"], percentAtom(fmt.Sprintf("%d-%d", lo, lo+20), lo, lo+20, face.Smiling, func(f *face.Face) float32 { return f.Smile }))
	}
	all["sharpness"] = []atom{
		{text: "50-100", face: func(s *shot, f *face.Face, _ bool) bool {
			return s.has(f, face.Blurriness) && f.Blur >= 50 && f.Blur < 101
		}},
		{text: "101..", face: func(s *shot, f *face.Face, _ bool) bool { return s.has(f, face.Blurriness) && f.Blur >= 101 }},
	}
	for _, name := range []string{"ADA", "b"} {
		all["person"] = append(all["person"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool {
			return strings.Contains(strings.ToLower(f.Edit.Name), strings.ToLower(name))
		}})
	}
	for _, tag := range []string{"Rome", "places", "wedding"} {
		all["tag"] = append(all["tag"], photoAtom(tag, func(s *shot) bool {
			return slices.ContainsFunc(s.marks.Tags, func(have string) bool {
				return slices.ContainsFunc(strings.Split(have, "|"), func(level string) bool { return strings.EqualFold(level, tag) })
			})
		}))
	}
	for _, album := range []string{"best", `"best of"`} {
		all["album"] = append(all["album"], photoAtom(album, func(s *shot) bool {
			return slices.ContainsFunc(s.albums, func(have string) bool { return strings.EqualFold(have, strings.Trim(album, `"`)) })
		}))
	}
	all["rating"] = append(all["rating"], photoAtom("2-3", func(s *shot) bool { return s.marks.Rating == 2 || s.marks.Rating == 3 }))
	all["faces"] = append(all["faces"], facesAtom("2-4", 2, 4), facesAtom("1..", 1, 99))
	all["folder"] = []atom{
		{text: "a", photo: func(s *shot) bool { return strings.Contains(filepath.ToSlash(s.path), "/a/") }},
		{text: "/photos/b", photo: func(s *shot) bool { return strings.HasPrefix(filepath.ToSlash(s.path), "/photos/b/") }},
	}
	all["name"] = []atom{{text: "7", photo: func(s *shot) bool { return strings.Contains(filepath.Base(s.path), "7") }}}
	all["camera"] = []atom{{text: `"camera 1"`, photo: func(s *shot) bool {
		return s.rec != nil && s.rec.Meta.Model == "Camera 1"
	}}}
	all["taken"] = []atom{{text: "2021", photo: func(s *shot) bool {
		return s.rec != nil && s.rec.Meta.Taken.Year() == 2021
	}}}
}

// wearing is the probability of anything before the eyes.
func wearing(f *face.Face) float32 {
	return f.Eyewear.Of(face.ClearGlasses) + f.Eyewear.Of(face.Sunglasses) + f.Eyewear.Of(face.Goggles)
}

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
			s.marks = randomMarks(rng)
			check(t, c.Edit(s.rec.ID, func(r *catalog.Record) error {
				r.Marks = s.marks
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
