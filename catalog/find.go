package catalog

import (
	"slices"

	"semblance/catalog/query"
)

// Result is the answer to a search. It stays as it is when the catalog changes. The
// zero Result has found nothing.
type Result struct {
	Generation uint64 // of the catalog when the search was made
	Photos     []Ref  // those that match, in the wanted order
	Faces      int    // faces that match, all in Photos
	Total      int    // photos in the scope
	TotalFaces int    // accepted faces in the scope
	Waiting    int    // photos in the scope that are not analysed yet
	Failed     int    // photos in the scope that could not be analysed

	// Counts says for every field with values how many faces, or photos if the
	// field is one of photos, would be left if only that value of the field were asked
	// for: the terms of the field itself are ignored, all others hold.
	Counts map[string]map[string]int

	// AgeHistogram counts faces by age in 5-year bins from 0, the last one open, in
	// the manner of Counts.
	AgeHistogram []int

	catalog *Catalog
	expr    query.Expr
}

// Matching returns the numbers (face.Face.Number) of the faces of a photo that
// match the search, as the catalog knows the photo now. Without terms on faces
// every accepted face matches.
func (r *Result) Matching(ref Ref) []uint32 {
	c := r.catalog
	if c == nil { // the zero Result
		return nil
	}
	c.mu.RLock()
	defer c.mu.RUnlock()
	ix := c.index
	if int(ref) >= len(ix.photos) {
		return nil
	}
	var (
		numbers []uint32
		codes   []int16
	)
	for i := ix.first[ref]; i < ix.first[ref]+uint32(ix.count[ref]); i++ {
		codes = ix.faceCodes(codes[:0], i)
		if ix.liveFaces.has(i) && r.expr.MatchesCodes(codes, ix.faceName(i)) {
			numbers = append(numbers, ix.numbers[i])
		}
	}
	return numbers
}

// Find returns the photos in scope that match e, and the counts of every value. A
// photo matches a filter on faces if one of its faces meets all of it. It reads
// memory only: at a million faces it takes milliseconds.
func (c *Catalog) Find(e query.Expr, s Scope, o Order) *Result {
	c.mu.RLock()
	defer c.mu.RUnlock()
	r := &Result{Generation: c.generation, catalog: c, expr: e}
	f := newFinder(c.index, e, s)
	f.photosAndFaces(r, o)
	f.faceCounts(r)
	f.photoCounts(r)
	return r
}

// finder holds the sets of one search.
type finder struct {
	ix         *index
	guesses    bool
	asksFaces  bool
	faceTerms  []query.Condition // the unspoken one included
	photoTerms []query.Condition

	scope    bitset // photos
	base     bitset // photos in scope that meet the groups and the alternatives: what all counts share
	masks    []mask // of each face field that has terms, and of the alternatives
	photos   bitset // photos that meet base and all photo terms, whatever their faces
	matching bitset // faces that match
	touched  bitset // photos with a face that meets the face terms; nil without such terms
}

// mask is the faces that meet the terms of a field, or alternatives, which are of no field.
type mask struct {
	field *query.Field
	faces bitset
}

func newFinder(ix *index, e query.Expr, s Scope) *finder {
	f := &finder{
		ix: ix, guesses: e.Guesses(), asksFaces: e.AsksFaces(),
		faceTerms: append(e.Faces(), e.Certain()...), photoTerms: e.Photos(),
		scope: ix.scopeOf(s),
	}
	f.base = f.scope.clone()
	for _, g := range e.Groups() {
		f.base.and(f.group(g))
	}
	for _, o := range e.PhotoAlternatives() {
		f.base.and(f.photosMeetingOne(&o))
	}
	for i := range f.faceTerms {
		c := &f.faceTerms[i]
		faces := ix.facesMeeting(c, f.guesses)
		if k := slices.IndexFunc(f.masks, func(m mask) bool { return m.field == c.Field }); k >= 0 {
			f.masks[k].faces.and(faces)
		} else {
			f.masks = append(f.masks, mask{c.Field, faces})
		}
	}
	for _, o := range e.FaceAlternatives() {
		f.masks = append(f.masks, mask{nil, ix.facesMeetingOne(&o, f.guesses)})
	}
	f.photos = f.photosWithout(nil)
	faces := f.facesWithout(nil)
	if f.asksFaces {
		f.touched = ix.photosOf(faces)
	}
	f.matching = faces
	ix.restrict(f.matching, f.photos)
	return f
}

// photosWithout returns the photos that meet the groups and all photo terms but those of a field.
func (f *finder) photosWithout(field *query.Field) bitset {
	photos := f.base.clone()
	for i := range f.photoTerms {
		if c := &f.photoTerms[i]; c.Field != field {
			photos.and(f.ix.photosMeeting(c))
		}
	}
	return photos
}

// facesWithout returns the faces that meet all face terms but those of a field.
func (f *finder) facesWithout(field *query.Field) bitset {
	faces := f.ix.liveFaces.clone()
	for _, m := range f.masks {
		if m.field == nil || m.field != field {
			faces.and(m.faces)
		}
	}
	return faces
}

// asks reports whether there are terms of a face field.
func (f *finder) asks(field *query.Field) bool {
	return slices.ContainsFunc(f.masks, func(m mask) bool { return m.field == field })
}

// photosAndFaces fills in what matches and what there is.
func (f *finder) photosAndFaces(r *Result, o Order) {
	ix := f.ix
	found := f.photos
	if f.asksFaces {
		found = f.photos.clone()
		found.and(f.touched)
	}
	r.Photos = ix.sorted(found, f.matching, o)
	r.Faces = f.matching.count()
	r.Total = f.scope.count()
	r.Waiting = f.scope.countAnd(ix.stateSet(Waiting))
	r.Failed = f.scope.countAnd(ix.stateSet(Failed))
	if slices.Equal(f.scope, ix.live) {
		r.TotalFaces = ix.acceptedFaces().count()
	} else {
		f.scope.each(func(i uint32) { r.TotalFaces += int(ix.accepted[i]) })
	}
}

// faceCounts fills in the counts of the fields of faces.
func (f *finder) faceCounts(r *Result) {
	ix := f.ix
	matching := countedSet(f.matching)
	r.Counts = make(map[string]map[string]int, len(ix.faceFields)+len(ix.photoFields))
	for k, field := range ix.faceFields {
		if len(field.Values) == 0 || field.Aside {
			continue // nothing is shown of it
		}
		faces := matching
		if f.asks(field) {
			without := f.facesWithout(field)
			ix.restrict(without, f.photos)
			faces = countedSet(without)
		}
		if unsure := ix.unsureSet(field); unsure != nil && !f.guesses {
			faces = faces.without(unsure)
		}
		counts := make(map[string]int, len(field.Values))
		r.Counts[field.Name] = counts
		if field.Kind != query.Number {
			for j, v := range field.Values {
				counts[v.Name] = faces.countAnd(ix.faceColumns[k].values[j])
			}
			continue
		}
		bins := make([]int, numBins)
		for i := range bins {
			bins[i] = faces.countAnd(ix.faceColumns[k].values[i])
		}
		for _, v := range field.Values {
			for i, n := range bins {
				if v.Lo <= i*binWidth && i*binWidth <= v.Hi {
					counts[v.Name] += n
				}
			}
		}
		if field.Name == "age" {
			r.AgeHistogram = bins
		}
	}
}

// photoCounts fills in the counts of the fields of photos.
func (f *finder) photoCounts(r *Result) {
	for i, field := range f.ix.photoFields {
		if len(field.Values) == 0 {
			continue
		}
		photos := f.photos
		if slices.ContainsFunc(f.photoTerms, func(c query.Condition) bool { return c.Field == field }) {
			photos = f.photosWithout(field)
		}
		if f.asksFaces {
			photos = photos.clone()
			photos.and(f.touched)
		}
		counts := make(map[string]int, len(field.Values))
		for k, v := range field.Values {
			counts[v.Name] = photos.countAnd(f.ix.photoColumns[i].values[k])
		}
		r.Counts[field.Name] = counts
	}
}

// group returns the photos that meet a group.
func (f *finder) group(g query.Group) bitset {
	ix := f.ix
	counted := ix.liveFaces.clone() // the faces that the group speaks about
	for _, c := range g.Certain() {
		counted.and(ix.facesMeeting(&c, f.guesses))
	}
	met := newBitset(ix.faces)
	for _, run := range g.Runs {
		met.or(ix.facesMeetingAll(run, f.guesses))
	}
	met.and(counted)
	photos := ix.photosOf(met)
	switch g.Quantifier {
	case query.Any:
	case query.All:
		counted.andNot(met)
		photos.andNot(ix.photosOf(counted))
	case query.None:
		photos.invert()
		photos.and(ix.known)
	}
	if g.Not {
		photos.invert()
	}
	return photos
}

// photosMeetingOne returns the photos that meet one of several alternatives, or none of them if that is asked for.
func (f *finder) photosMeetingOne(o *query.Either) bitset {
	photos := newBitset(len(f.ix.photos))
	for _, run := range o.Runs {
		met := f.ix.live.clone()
		for i := range run.Conditions {
			met.and(f.ix.photosMeeting(&run.Conditions[i]))
		}
		for _, g := range run.Groups {
			met.and(f.group(g))
		}
		photos.or(met)
	}
	if o.Not {
		photos.invert()
	}
	return photos
}
