package catalog

import (
	"semblance/catalog/query"
)

// faceColumn holds one face field for every face.
type faceColumn struct {
	field   *query.Field
	values  []bitset  // for each value of the field, or each bin of a Number that offers ranges
	codes   []int16   // Number only
	percent []int8    // Number without codes: one from -1 to 100
	holds   [][]uint8 // of the codes from unsaid on that occur: the values that hold; not of a Number
}

// The bins of a Number: binWidth numbers each, the last one open.
const (
	binWidth = 5
	numBins  = 20
)

func newFaceColumns(fields []*query.Field) []faceColumn {
	columns := make([]faceColumn, len(fields))
	for i, f := range fields {
		n := len(f.Values)
		if binned(f) {
			n = numBins
		}
		columns[i].field = f
		switch {
		case isPercent(f):
			columns[i].percent = []int8{}
			continue
		case f.Kind == query.Number:
			columns[i].codes = []int16{}
		}
		if n > 0 {
			columns[i].values = make([]bitset, n)
		}
		if f.Kind == query.Number {
			continue
		}
		for code := unsaid; code < 1<<len(f.Values) && code < maxHolds; code++ {
			columns[i].holds = append(columns[i].holds, holding(f, code))
		}
	}
	return columns
}

// binned reports whether the faces of a field lie in bins: where ranges are offered, which are counted at each search.
func binned(f *query.Field) bool { return f.Kind == query.Number && len(f.Values) > 0 }

// isPercent reports whether the codes of a field are -1 to 100.
func isPercent(f *query.Field) bool {
	return f.Kind == query.Number && f.Max <= 100 && len(f.Values) == 0
}

// maxHolds bounds the codes that are looked up in faceColumn.holds: those of a Set of ten values.
const maxHolds = 1 << 10

// holding returns the values of a field that hold for a code.
func holding(f *query.Field, code int) (values []uint8) {
	for j, v := range f.Values {
		if f.Holds(code, v.Lo, v.Hi) {
			values = append(values, uint8(j))
		}
	}
	return values
}

// addFaces makes room for n faces of a photo at the end.
func (ix *index) addFaces(ref Ref, n int) {
	from := ix.faces
	ix.grow(n)
	for i := from; i < ix.faces; i++ {
		ix.photoOf[i] = ref
	}
}

// grow makes room for n faces that nothing is known of.
func (ix *index) grow(n int) {
	ix.faces += n
	words := (ix.faces + wordSize - 1) / wordSize
	longer := words > len(ix.liveFaces)
	ix.liveFaces = lengthen(ix.liveFaces, words)
	ix.photoOf = lengthen(ix.photoOf, ix.faces)
	ix.numbers = lengthen(ix.numbers, ix.faces)
	for k := range ix.faceColumns {
		c := &ix.faceColumns[k]
		if longer {
			for j := range c.values {
				c.values[j] = lengthen(c.values[j], words)
			}
		}
		switch from := len(c.codes) + len(c.percent); {
		case c.percent != nil:
			c.percent = lengthen(c.percent, ix.faces)
			for i := from; i < ix.faces; i++ {
				c.percent[i] = unsaid
			}
		case c.codes != nil:
			c.codes = lengthen(c.codes, ix.faces)
			for i := from; i < ix.faces; i++ {
				c.codes[i] = unsaid
			}
		}
	}
}

// lengthen returns s with zeros at its end. One that is made anew has room for a little more, so that the first photos that are added
// to a large catalog do not have everything copied.
func lengthen[S ~[]E, E any](s S, n int) S {
	if cap(s) == 0 {
		return make(S, n, n+n/64)
	}
	return append(s, make(S, n-len(s))...)
}

// putFace says what is known of a face.
func (ix *index) putFace(i, number uint32, codes []int16) {
	ix.numbers[i] = number
	for k := range ix.faceColumns {
		c := &ix.faceColumns[k]
		switch {
		case c.percent != nil:
		case c.codes == nil:
			for j := range c.values {
				c.values[j].remove(i)
			}
		case c.values != nil && c.codes[i] >= 0:
			c.values[min(int(c.codes[i])/binWidth, numBins-1)].remove(i)
		}
		c.add(i, codes[k])
	}
}

// add puts a face into the sets of its code. It is in none.
func (c *faceColumn) add(i uint32, code int16) {
	switch {
	case c.percent != nil:
		c.percent[i] = int8(min(code, 100))
	case c.codes != nil:
		c.codes[i] = code
		if c.values != nil && code >= 0 {
			c.values[min(int(code)/binWidth, numBins-1)].add(i)
		}
	default:
		for _, j := range c.of(code) {
			c.values[j].add(i)
		}
	}
}

// addBlock is add of n faces from first on, the first of a word; the code of each is stride behind the one before.
func (c *faceColumn) addBlock(first uint32, n int, codes []int16, stride int) {
	word := first / wordSize
	switch {
	case c.percent != nil:
		percent := c.percent[first:]
		for i := range n {
			percent[i] = int8(min(codes[i*stride], 100))
		}
	case c.codes != nil:
		to := c.codes[first:]
		for i := range n {
			code := codes[i*stride]
			to[i] = code
			if c.values != nil && code >= 0 {
				c.values[min(int(code)/binWidth, numBins-1)][word] |= 1 << i
			}
		}
	default:
		for i := range n {
			for _, j := range c.of(codes[i*stride]) {
				c.values[j][word] |= 1 << i
			}
		}
	}
}

// of returns the values that hold for a code, in the order of the field.
func (c *faceColumn) of(code int16) []uint8 {
	if at := int(code) - unsaid; at >= 0 && at < len(c.holds) {
		return c.holds[at]
	}
	return holding(c.field, int(code))
}

// callFace says whose face it is, "" for nobody's.
func (ix *index) callFace(i uint32, name string) {
	if was := ix.faceName(i); was != name {
		if was != "" {
			ix.persons.remove(was, i)
			ix.called[i] = 0
		}
		if name != "" {
			for len(ix.called) <= int(i) {
				ix.called = append(ix.called, 0)
			}
			ix.called[i] = 1 + ix.persons.add(name, i)
		}
	}
}

// faceName returns whose face it is, "" if nobody said.
func (ix *index) faceName(i uint32) string {
	if int(i) >= len(ix.called) || ix.called[i] == 0 {
		return ""
	}
	return ix.persons.list[ix.called[i]-1]
}

// faceCodes appends the codes of a face, as query.AppendCodes gave them.
func (ix *index) faceCodes(codes []int16, i uint32) []int16 {
	for k, f := range ix.faceFields {
		c := &ix.faceColumns[k]
		code := int16(-1)
		switch {
		case isPercent(f):
			code = int16(c.percent[i])
		case f.Kind == query.Number:
			code = c.codes[i]
		case f.Kind == query.Set:
			code = 0
			for j, v := range f.Values {
				if c.values[j].has(i) {
					code |= 1 << v.Lo
				}
			}
		default:
			for j, v := range f.Values {
				if c.values[j].has(i) {
					code = int16(v.Lo)
				}
			}
		}
		codes = append(codes, code)
	}
	return codes
}
