package catalog

import (
	"math"
	"slices"

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
	in := ix.foldersOf(s)
	if len(in) == 0 {
		return photos
	}
	photos.and(bitsWhere(ix.folders.codes, in))
	return photos
}

// facesMeeting returns the faces that meet a condition on a face field.
func (ix *index) facesMeeting(c *query.Condition, guesses bool) bitset {
	if c.Field == ix.person {
		return ix.persons.meeting(c, ix.faces)
	}
	faces := newBitset(ix.faces)
	var done []*query.Field
	for _, it := range c.Items {
		field := by(c, it)
		if slices.Contains(done, field) {
			continue
		}
		done = append(done, field)
		met, unsure := faces, ix.unsureSet(field)
		if unsure != nil && !guesses {
			met = newBitset(ix.faces)
		}
		column := &ix.faceColumns[ix.faceField(field)]
		for _, it := range c.Items {
			if by(c, it) == field {
				column.addMeeting(met, field, it)
			}
		}
		if unsure != nil && !guesses {
			met.andNot(unsure)
			faces.or(met)
		}
	}
	if c.Not {
		faces.invert()
	}
	return faces
}

// by returns the field whose code an item is compared with.
func by(c *query.Condition, it query.Item) *query.Field {
	if it.By != nil {
		return it.By
	}
	return c.Field
}

// facesMeetingAll returns the faces that meet all conditions, not only of those that are shown.
func (ix *index) facesMeetingAll(conditions []query.Condition, guesses bool) bitset {
	faces := ix.facesMeeting(&conditions[0], guesses)
	for i := range conditions[1:] {
		faces.and(ix.facesMeeting(&conditions[1+i], guesses))
	}
	return faces
}

// facesMeetingOne returns the faces that meet one of several alternatives, or none of them if that is asked for.
func (ix *index) facesMeetingOne(o *query.Either, guesses bool) bitset {
	faces := newBitset(ix.faces)
	for _, run := range o.Runs {
		faces.or(ix.facesMeetingAll(run.Conditions, guesses))
	}
	if o.Not {
		faces.invert()
	}
	return faces
}

// addMeeting adds the faces whose code an item asks for.
func (c *faceColumn) addMeeting(faces bitset, f *query.Field, it query.Item) {
	switch {
	case f.Kind != query.Number:
		for j, v := range f.Values {
			if v.Lo == it.Lo {
				faces.or(c.values[j])
			}
		}
	case isPercent(f):
		if it.Lo <= 100 {
			addBetween(faces, c.percent, int8(it.Lo), int8(min(it.Hi, 100)))
		}
	case binned(f):
		c.addBins(faces, it.Lo, it.Hi)
	default:
		if it.Lo <= math.MaxInt16 {
			addBetween(faces, c.codes, int16(it.Lo), int16(min(it.Hi, math.MaxInt16)))
		}
	}
}

// addBetween adds the rows whose number is in lo..hi, of which neither is negative.
func addBetween[T int8 | int16 | int32](rows bitset, numbers []T, lo, hi T) {
	if hi < lo {
		return
	}
	span := uint32(int32(hi) - int32(lo))
	for k := range rows {
		part := numbers[k*wordSize : min((k+1)*wordSize, len(numbers))]
		var word uint64
		for i, n := range part {
			var bit uint64
			if uint32(int32(n)-int32(lo)) <= span { // one comparison, so that there is no branch to be foreseen
				bit = 1
			}
			word |= bit << (i % wordSize)
		}
		rows[k] |= word
	}
}

// addBins adds the faces whose number is in lo..hi: whole bins at once, the
// bins at the ends face by face.
func (c *faceColumn) addBins(faces bitset, lo, hi int) {
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

// photosMeeting returns the photos that meet a condition on a photo field, not only those that are shown.
func (ix *index) photosMeeting(c *query.Condition) bitset {
	i := slices.Index(ix.photoFields, c.Field)
	column := &ix.photoColumns[i]
	switch {
	case c.Field.Name == fieldTag:
		return ix.tags.meeting(c, len(ix.photos))
	case c.Field.Name == fieldAlbum:
		return ix.inAlbums(c)
	case c.Field.Kind == query.Text && !c.Field.Repeats:
		return ix.names.meeting(c)
	case c.Field.Kind == query.Text:
		met := make([]bool, len(column.texts))
		for i, text := range column.texts {
			met[i] = c.MatchText(text)
		}
		return bitsWhere(column.codes, met)
	}
	if met := column.offered(c); met != nil {
		return met
	}
	met := newBitset(len(ix.photos))
	for _, it := range c.Items {
		addBetween(met, column.codes, int32(it.Lo), int32(it.Hi))
	}
	if c.Not {
		met.invert()
	}
	return met
}

// inAlbums returns the photos that meet a condition on albums.
func (ix *index) inAlbums(c *query.Condition) bitset {
	met := newBitset(len(ix.photos))
	for i := range ix.albums {
		if c.Asks(ix.albums[i].Name) {
			met.or(ix.albumPhotos(&ix.albums[i]))
		}
	}
	if c.Not {
		met.invert()
	}
	return met
}

// bitsWhere returns the rows whose code is among those that are wanted.
func bitsWhere(codes []int32, want []bool) bitset {
	rows := newBitset(len(codes))
	for k := range rows {
		var word uint64
		for i, code := range codes[k*wordSize : min((k+1)*wordSize, len(codes))] {
			var bit uint64
			if want[code] {
				bit = 1
			}
			word |= bit << (i % wordSize)
		}
		rows[k] = word
	}
	return rows
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
		faces.and(ix.facesMeeting(&c, false))
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
