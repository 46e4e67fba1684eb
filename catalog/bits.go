package catalog

import "math/bits"

// bitset is a set of rows, one bit each. The sets of one index that are over the
// same rows have the same length.
type bitset []uint64

const wordSize = 64

func newBitset(rows int) bitset { return make(bitset, (rows+wordSize-1)/wordSize) }

func (b bitset) has(i uint32) bool { return b[i/wordSize]&(1<<(i%wordSize)) != 0 }
func (b bitset) add(i uint32)      { b[i/wordSize] |= 1 << (i % wordSize) }
func (b bitset) remove(i uint32)   { b[i/wordSize] &^= 1 << (i % wordSize) }

// put adds or removes i.
func (b bitset) put(i uint32, in bool) {
	if in {
		b.add(i)
	} else {
		b.remove(i)
	}
}

// addRange adds from..to-1.
func (b bitset) addRange(from, to uint32) {
	for from < to {
		word, bit := from/wordSize, from%wordSize
		n := min(wordSize-bit, to-from)
		b[word] |= (1<<n - 1) << bit // a shift by 64 gives 0, and 0-1 is every bit
		from += n
	}
}

// grown returns b with room for row i.
func (b bitset) grown(i uint32) bitset {
	for int(i/wordSize) >= len(b) {
		b = append(b, 0)
	}
	return b
}

func (b bitset) clone() bitset { return append(bitset(nil), b...) }

func (b bitset) and(o bitset) {
	o = o[:len(b)]
	for i := range b {
		b[i] &= o[i]
	}
}

func (b bitset) or(o bitset) {
	o = o[:len(b)]
	for i := range b {
		b[i] |= o[i]
	}
}

func (b bitset) andNot(o bitset) {
	o = o[:len(b)]
	for i := range b {
		b[i] &^= o[i]
	}
}

// invert also turns on the bits behind the last row: AND it with a set of rows.
func (b bitset) invert() {
	for i := range b {
		b[i] = ^b[i]
	}
}

func (b bitset) count() int {
	n := 0
	for _, w := range b {
		n += bits.OnesCount64(w)
	}
	return n
}

// countAnd returns how many rows are in both.
func (b bitset) countAnd(o bitset) int {
	o = o[:len(b)]
	n := 0
	for i := range b {
		n += bits.OnesCount64(b[i] & o[i])
	}
	return n
}

// each calls do for every row in order.
func (b bitset) each(do func(i uint32)) {
	for k, w := range b {
		for ; w != 0; w &= w - 1 {
			do(uint32(k*wordSize + bits.TrailingZeros64(w)))
		}
	}
}

// keep removes the rows that want is false for.
func (b bitset) keep(want func(i uint32) bool) {
	for k, w := range b {
		for ; w != 0; w &= w - 1 {
			bit := uint32(bits.TrailingZeros64(w))
			if !want(uint32(k*wordSize) + bit) {
				b[k] &^= 1 << bit
			}
		}
	}
}

// counted is a set that is counted with many others: where it is sparse, only its words that are not empty are looked at.
type counted struct {
	all   bitset
	at    []uint32 // the words that are not empty, if there are few
	words []uint64
}

func countedSet(b bitset) counted {
	c := counted{all: b}
	n := 0
	for _, w := range b {
		if w != 0 {
			n++
		}
	}
	if n > len(b)/4 {
		return c
	}
	c.at, c.words = make([]uint32, 0, n+1), make([]uint64, 0, n) // never nil
	for i, w := range b {
		if w != 0 {
			c.at, c.words = append(c.at, uint32(i)), append(c.words, w)
		}
	}
	return c
}

// without returns the set without the rows of another one.
func (c *counted) without(o bitset) counted {
	if c.at == nil {
		all := c.all.clone()
		all.andNot(o)
		return counted{all: all}
	}
	out := counted{at: c.at, words: make([]uint64, len(c.words))}
	for i, at := range c.at {
		out.words[i] = c.words[i] &^ o[at]
	}
	return out
}

// countAnd is bitset.countAnd.
func (c *counted) countAnd(o bitset) int {
	if c.at == nil {
		return c.all.countAnd(o)
	}
	n := 0
	for i, at := range c.at {
		n += bits.OnesCount64(c.words[i] & o[at])
	}
	return n
}
