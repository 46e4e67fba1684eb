package catalog

import (
	"cmp"
	"slices"
	"strings"

	"semblance/catalog/query"
)

// texts is the texts of a field of which a row has any number, with the rows of each.
type texts struct {
	list   []string
	places map[string]int32 // in list
	rows   []posting        // of each text
}

func newTexts() texts { return texts{places: map[string]int32{}} }

// add says that a row has a text, and returns the text's place.
func (t *texts) add(text string, row uint32) int32 {
	at, ok := t.places[text]
	if !ok {
		at = int32(len(t.list))
		text = strings.Clone(text) // it may be a part of something longer
		t.list = append(t.list, text)
		t.places[text] = at
		t.rows = append(t.rows, posting{})
	}
	t.rows[at].add(row)
	return at
}

// remove says that a row has a text no more.
func (t *texts) remove(text string, row uint32) {
	if at, ok := t.places[text]; ok {
		t.rows[at].remove(row)
	}
}

// meeting returns the rows, of as many, that meet a condition.
func (t *texts) meeting(c *query.Condition, rows int) bitset {
	met := newBitset(rows)
	for i, text := range t.list {
		if c.Asks(text) {
			t.rows[i].addTo(met)
		}
	}
	if c.Not {
		met.invert()
	}
	return met
}

// posting is the rows that have something: a sorted list while they are few, which a tag that is on a hundred of 450,000 photos
// takes 400 bytes for and a bit set 56,000, or a bit set that ends with the last of them.
type posting struct {
	list []uint32
	set  bitset // nil while there is a list
	n    int
}

// A list with more than denseFrom rows becomes a bit set if that is smaller. It stays one.
const denseFrom = 1024

func (p *posting) add(row uint32) {
	if p.set != nil {
		p.set = p.set.grown(row)
		if !p.set.has(row) {
			p.set.add(row)
			p.n++
		}
		return
	}
	at, ok := len(p.list), false
	if at > 0 && p.list[at-1] >= row { // mostly it is behind the last one
		at, ok = slices.BinarySearch(p.list, row)
	}
	if ok {
		return
	}
	p.list = slices.Insert(p.list, at, row)
	p.n++
	last := p.list[p.n-1]
	if p.n > denseFrom && p.n > int(last)/32 {
		p.set = newBitset(0).grown(last)
		for _, row := range p.list {
			p.set.add(row)
		}
		p.list = nil
	}
}

func (p *posting) remove(row uint32) {
	if p.set != nil {
		if int(row/wordSize) < len(p.set) && p.set.has(row) {
			p.set.remove(row)
			p.n--
		}
		return
	}
	if at, ok := slices.BinarySearch(p.list, row); ok {
		p.list = slices.Delete(p.list, at, at+1)
		p.n--
	}
}

// addTo adds the rows to a set that is long enough for them.
func (p *posting) addTo(rows bitset) {
	for _, row := range p.list {
		rows.add(row)
	}
	for i, w := range p.set {
		rows[i] |= w
	}
}

// countIn returns how many of the rows are in a set that is long enough for them.
func (p *posting) countIn(rows bitset) int {
	if p.set != nil {
		return p.set.countAnd(rows)
	}
	n := 0
	for _, row := range p.list {
		if rows.has(row) {
			n++
		}
	}
	return n
}

// TextCount is a text that photos or faces have, and how many.
type TextCount struct {
	Text  string
	Count int
}

// Texts returns the texts of a Text field, those that contain part without regard to case, that are found by a search without its own terms on
// the field, the most frequent first, at most limit of them: of the field person how many faces have each, of the others how many photos.
// It is none for other fields, and for the field name. It reads memory only.
func (c *Catalog) Texts(e query.Expr, s Scope, field, part string, limit int) []TextCount {
	c.mu.RLock()
	defer c.mu.RUnlock()
	ix := c.index
	if field == fieldPerson && len(ix.persons.list) == 0 || field == fieldTag && len(ix.tags.list) == 0 {
		return nil // of most catalogs that is so, and searching takes longer
	}
	f := newFinder(ix, e, s)
	var counts []TextCount
	add := func(text string, count func() int) {
		if text != "" && query.ContainsFold(text, part) {
			if n := count(); n > 0 {
				counts = append(counts, TextCount{text, n})
			}
		}
	}
	switch field {
	case fieldPerson:
		faces := f.facesWithout(ix.person)
		ix.restrict(faces, f.photos)
		for i, name := range ix.persons.list {
			add(name, func() int { return ix.persons.rows[i].countIn(faces) })
		}
	default:
		i := slices.IndexFunc(ix.photoFields, func(f *query.Field) bool { return f.Name == field && f.Kind == query.Text })
		if i < 0 {
			return nil
		}
		photos := f.photosWithout(ix.photoFields[i])
		if f.asksFaces {
			photos.and(f.touched)
		}
		switch field {
		case fieldTag:
			for i, tag := range ix.tags.list {
				add(tag, func() int { return ix.tags.rows[i].countIn(photos) })
			}
		case fieldAlbum:
			for i := range ix.albums {
				add(ix.albums[i].Name, func() int { return ix.albumPhotos(&ix.albums[i]).countAnd(photos) })
			}
		default:
			column := &ix.photoColumns[i]
			of := make([]int, len(column.texts))
			if len(of) > 0 {
				photos.each(func(i uint32) { of[column.codes[i]]++ })
			}
			for i, text := range column.texts {
				add(text, func() int { return of[i] })
			}
		}
	}
	slices.SortFunc(counts, func(a, b TextCount) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), compareNatural(a.Text, b.Text))
	})
	return counts[:min(len(counts), limit)]
}

// albumPhotos returns the photos of an album.
func (ix *index) albumPhotos(a *Album) bitset {
	photos := newBitset(len(ix.photos))
	for _, id := range a.Photos {
		ix.withID(id, func(ref Ref) { photos.add(uint32(ref)) })
	}
	return photos
}
