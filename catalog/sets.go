package catalog

import (
	"slices"
	"strings"

	"semblance/catalog/query"
)

// The sets of rows that conditions of the query language stand for. Whoever calls
// these may change what they return.

// scopeOf returns the photos of a scope.
func (ix *index) scopeOf(s Scope) bitset {
	photos := ix.live.clone()
	if s.Folder == "" {
		return photos
	}
	folder := trimFolder(s.Folder)
	below := folder + string(separator)
	in := make([]bool, len(ix.folders.texts))
	for i, text := range ix.folders.texts {
		in[i] = text == folder || s.Recursive && strings.HasPrefix(text, below)
	}
	photos.keep(func(i uint32) bool { return in[ix.folders.codes[i]] })
	return photos
}

// facesMeeting returns the faces that meet a condition on the k-th face field.
func (ix *index) facesMeeting(k int, c *query.Condition, guesses bool) bitset {
	faces := newBitset(ix.faces)
	column := &ix.faceColumns[k]
	for _, it := range c.Items {
		if c.Field.Kind == query.Number {
			column.addBetween(faces, it.Lo, it.Hi)
			continue
		}
		for j, v := range c.Field.Values {
			if v.Lo == it.Lo {
				faces.or(column.values[j])
			}
		}
	}
	if unsure := ix.unsureSet(c.Field); unsure != nil && !guesses {
		faces.andNot(unsure)
	}
	if c.Not {
		faces.invert()
	}
	return faces
}

// addBetween adds the faces whose number is in lo..hi: whole bins at once, the
// bins at the ends face by face.
func (c *faceColumn) addBetween(faces bitset, lo, hi int) {
	for i, bin := range c.values {
		first, last := i*binWidth, (i+1)*binWidth-1
		if i == len(c.values)-1 {
			last = query.Open
		}
		switch {
		case last < lo || hi < first:
		case lo <= first && last <= hi:
			faces.or(bin)
		default:
			bin.each(func(row uint32) {
				if code := int(c.codes[row]); lo <= code && code <= hi {
					faces.add(row)
				}
			})
		}
	}
}

// unsureSet returns the faces whose value of a field is unsure, nil for a field that is always sure.
func (ix *index) unsureSet(field *query.Field) bitset {
	bit, ok := field.Unsure()
	if !ok {
		return nil
	}
	for k, f := range ix.faceFields {
		if f.Name != "unsure" {
			continue
		}
		for j, v := range f.Values {
			if v.Lo == bit {
				return ix.faceColumns[k].values[j]
			}
		}
	}
	return nil
}

func (ix *index) faceField(f *query.Field) int { return slices.Index(ix.faceFields, f) }

// stateSet returns the photos in a state.
func (ix *index) stateSet(s State) bitset {
	for i, f := range ix.photoFields {
		if f.Name != "state" {
			continue
		}
		for k, v := range f.Values {
			if v.Lo == int(s) {
				return ix.photoColumns[i].values[k]
			}
		}
	}
	return nil
}

// keepMeeting takes the photos out of a set that do not meet a condition on a photo field.
func (ix *index) keepMeeting(photos bitset, c *query.Condition) {
	column := &ix.photoColumns[slices.Index(ix.photoFields, c.Field)]
	if met := column.offered(c); met != nil {
		photos.and(met)
		return
	}
	switch {
	case c.Field.Kind != query.Text:
		photos.keep(func(i uint32) bool { return c.MatchNumber(int(column.codes[i])) })
	case c.Field.Repeats:
		met := make([]bool, len(column.texts))
		for i, text := range column.texts {
			met[i] = c.MatchText(text)
		}
		photos.keep(func(i uint32) bool { return met[column.codes[i]] })
	default:
		var p query.Photo
		photos.keep(func(i uint32) bool {
			p = ix.queryPhoto(Ref(i))
			return c.MatchText(c.Field.TextOf(&p))
		})
	}
}

// offered returns the photos that meet a condition if each of its items is a value
// that the field offers, else nil.
func (c *photoColumn) offered(condition *query.Condition) bitset {
	var met bitset
	for _, it := range condition.Items {
		k := slices.IndexFunc(condition.Field.Values, func(v query.Value) bool { return v.Lo == it.Lo && v.Hi == it.Hi })
		switch {
		case k < 0:
			return nil
		case met == nil:
			met = c.values[k].clone()
		default:
			met.or(c.values[k])
		}
	}
	if condition.Not {
		met.invert()
	}
	return met
}

// acceptedFaces returns the faces that are not doubtful.
func (ix *index) acceptedFaces() bitset {
	faces := ix.liveFaces.clone()
	for _, c := range query.Certain(nil) {
		faces.and(ix.facesMeeting(ix.faceField(c.Field), &c, false))
	}
	return faces
}

// photosOf returns the photos of a set of faces.
func (ix *index) photosOf(faces bitset) bitset {
	photos := newBitset(len(ix.photos))
	faces.each(func(i uint32) { photos.add(uint32(ix.photoOf[i])) })
	return photos
}

// restrict takes the faces out of a set that are not of these live photos. It walks
// through whichever are fewer.
func (ix *index) restrict(faces, photos bitset) {
	switch {
	case slices.Equal(photos, ix.live):
	case faces.count() < 2*photos.count():
		faces.keep(func(i uint32) bool { return photos.has(uint32(ix.photoOf[i])) })
	default:
		of := newBitset(ix.faces)
		photos.each(func(i uint32) { of.addRange(ix.first[i], ix.first[i]+uint32(ix.count[i])) })
		faces.and(of)
	}
}
