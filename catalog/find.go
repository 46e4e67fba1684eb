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
	conditions := r.expr.Faces()
	conditions = append(conditions, query.Certain(conditions)...)
	var (
		numbers []uint32
		codes   []int16
	)
	for i := ix.first[ref]; i < ix.first[ref]+uint32(ix.count[ref]); i++ {
		codes = ix.faceCodes(codes[:0], i)
		if ix.liveFaces.has(i) && query.MatchFaces(conditions, codes, r.expr.Guesses()) {
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

	scope    bitset   // photos
	base     bitset   // photos in scope that meet the groups: what all counts share
	masks    []bitset // of each face field that has terms: faces that meet them; nil elsewhere
	photos   bitset   // photos that meet base and all photo terms, whatever their faces
	matching bitset   // faces that match
	touched  bitset   // photos with a face that meets the face terms; nil without such terms
}

func newFinder(ix *index, e query.Expr, s Scope) *finder {
	f := &finder{
		ix: ix, guesses: e.Guesses(),
		faceTerms: e.Faces(), photoTerms: e.Photos(),
		scope: ix.scopeOf(s),
	}
	f.asksFaces = len(f.faceTerms) > 0
	f.faceTerms = append(f.faceTerms, query.Certain(f.faceTerms)...)
	f.base = f.scope.clone()
	for _, g := range e.Groups() {
		f.base.and(f.group(g))
	}
	f.masks = make([]bitset, len(ix.faceFields))
	for k, field := range ix.faceFields {
		for i := range f.faceTerms {
			if f.faceTerms[i].Field != field {
				continue
			}
			mask := ix.facesMeeting(k, &f.faceTerms[i], f.guesses)
			if f.masks[k] == nil {
				f.masks[k] = mask
			} else {
				f.masks[k].and(mask)
			}
		}
	}
	f.photos = f.photosWithout(nil)
	faces := f.facesWithout(-1)
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
			f.ix.keepMeeting(photos, c)
		}
	}
	return photos
}

// facesWithout returns the faces that meet all face terms but those of the k-th field.
func (f *finder) facesWithout(k int) bitset {
	faces := f.ix.liveFaces.clone()
	for i, mask := range f.masks {
		if mask != nil && i != k {
			faces.and(mask)
		}
	}
	return faces
}

// photosAndFaces fills in what matches and what there is.
func (f *finder) photosAndFaces(r *Result, o Order) {
	ix := f.ix
	found := f.photos
	if f.asksFaces {
		found = f.photos.clone()
		found.and(f.touched)
	}
	r.Photos = ix.sorted(found, o)
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
	r.Counts = make(map[string]map[string]int, len(ix.faceFields)+len(ix.photoFields))
	for k, field := range ix.faceFields {
		if len(field.Values) == 0 {
			continue // nothing is shown of it
		}
		faces, shared := f.matching, true
		if f.masks[k] != nil {
			faces, shared = f.facesWithout(k), false
			ix.restrict(faces, f.photos)
		}
		if unsure := ix.unsureSet(field); unsure != nil && !f.guesses {
			if shared {
				faces = faces.clone()
			}
			faces.andNot(unsure)
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
	for _, c := range query.Certain(g.Conditions) {
		counted.and(ix.facesMeeting(ix.faceField(c.Field), &c, f.guesses))
	}
	met := counted.clone()
	for i := range g.Conditions {
		c := &g.Conditions[i]
		met.and(ix.facesMeeting(ix.faceField(c.Field), c, f.guesses))
	}
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

// sorted returns the photos of a set in an order.
func (ix *index) sorted(photos bitset, o Order) []Ref {
	from := ix.byPath.refs
	if o == ByTaken {
		from = ix.byTime.refs
	}
	refs := make([]Ref, 0, photos.count())
	for _, ref := range from {
		if photos.has(uint32(ref)) {
			refs = append(refs, ref)
		}
	}
	if o == ByFaces {
		return ix.mostFacesFirst(refs)
	}
	return refs
}

// mostFacesFirst sorts by counting, which keeps the order of equals.
func (ix *index) mostFacesFirst(refs []Ref) []Ref {
	most := 0
	for _, ref := range refs {
		most = max(most, int(ix.accepted[ref]))
	}
	start := make([]int, most+2) // of the photos with most-i faces, after the sum
	for _, ref := range refs {
		start[most-int(ix.accepted[ref])+1]++
	}
	for i := range most + 1 {
		start[i+1] += start[i]
	}
	sorted := make([]Ref, len(refs))
	for _, ref := range refs {
		i := most - int(ix.accepted[ref])
		sorted[start[i]] = ref
		start[i]++
	}
	return sorted
}
