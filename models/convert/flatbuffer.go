package convert

import (
	"encoding/binary"
	"math"
)

// flat is a FlatBuffer: tables, vectors and scalars at offsets that the file itself gives. A read outside of it, and more
// vectors than such a file can need, panic with errFlat, which ReadTFLite turns into an error.
type flat struct {
	data []byte
	// budget is what may still be read in vectors, in bytes: a small file whose tables all point at one large vector must
	// not become a large graph.
	budget *int
}

// flatBudget is how many times its own size a file's vectors may add up to.
const flatBudget = 8

func newFlat(data []byte) flat {
	budget := flatBudget * len(data)
	return flat{data, &budget}
}

type errFlat struct{}

func (b flat) at(o, n int) []byte {
	if o < 0 || n < 0 || n > len(b.data) || o > len(b.data)-n {
		panic(errFlat{})
	}
	return b.data[o : o+n]
}

// vector returns the n elements of size bytes at o.
func (b flat) vector(o, n, size int) []byte {
	v := b.at(o, n*size) // n comes from 32 bits: no overflow
	if *b.budget -= len(v); *b.budget < 0 {
		panic(errFlat{})
	}
	return v
}

func (b flat) u8(o int) int      { return int(b.at(o, 1)[0]) }
func (b flat) u16(o int) int     { return int(binary.LittleEndian.Uint16(b.at(o, 2))) }
func (b flat) u32(o int) int     { return int(binary.LittleEndian.Uint32(b.at(o, 4))) }
func (b flat) i32(o int) int     { return int(int32(binary.LittleEndian.Uint32(b.at(o, 4)))) }
func (b flat) f32(o int) float32 { return math.Float32frombits(binary.LittleEndian.Uint32(b.at(o, 4))) }

// table is a FlatBuffer table: numbered fields, each of which may be absent. The zero value has none.
type table struct {
	b flat
	o int
}

// root returns the outermost table.
func (b flat) root() table { return table{b, b.u32(0)} }

// field returns the position of field i, 0 when it is absent.
func (t table) field(i int) int {
	if t.o == 0 {
		return 0
	}
	sizes := t.o - t.b.i32(t.o)
	if 4+2*i >= t.b.u16(sizes) {
		return 0
	}
	if r := t.b.u16(sizes + 4 + 2*i); r != 0 {
		return t.o + r
	}
	return 0
}

func (t table) int(i, def int) int {
	if p := t.field(i); p != 0 {
		return t.b.i32(p)
	}
	return def
}

func (t table) byte(i int) int {
	if p := t.field(i); p != 0 {
		return t.b.u8(p)
	}
	return 0
}

func (t table) bool(i int) bool { return t.byte(i) != 0 }

func (t table) float(i int, def float32) float32 {
	if p := t.field(i); p != 0 {
		return t.b.f32(p)
	}
	return def
}

func (t table) table(i int) table {
	if p := t.field(i); p != 0 {
		return table{t.b, p + t.b.u32(p)}
	}
	return table{}
}

// vec returns the length and position of a vector.
func (t table) vec(i int) (n, start int) {
	if p := t.field(i); p != 0 {
		v := p + t.b.u32(p)
		return t.b.u32(v), v + 4
	}
	return 0, 0
}

func (t table) bytes(i int) []byte {
	n, start := t.vec(i)
	return t.b.vector(start, n, 1)
}

func (t table) ints(i int) []int {
	n, start := t.vec(i)
	v := t.b.vector(start, n, 4)
	out := make([]int, n)
	for k := range out {
		out[k] = int(int32(binary.LittleEndian.Uint32(v[4*k:])))
	}
	return out
}

func (t table) tables(i int) []table {
	n, start := t.vec(i)
	v := t.b.vector(start, n, 4)
	out := make([]table, n)
	for k := range out {
		out[k] = table{t.b, start + 4*k + int(binary.LittleEndian.Uint32(v[4*k:]))}
	}
	return out
}
