package catalog

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"semblance/catalog/query"
	"semblance/internal/photo"
)

// Entries of paths and rows are read for every photo whenever a catalog is opened, so they are not CBOR but packed by hand: a
// million faces have to be there within a second.

// packedPath is the first byte of a packed pathValue. Those of earlier versions are CBOR arrays and begin with 0x87 or 0x88.
const packedPath = 4

// The bits of the second byte of a packed pathValue.
const (
	packedGone = 1 << iota
	packedRenew
	packedBare
	packedID // there is one
	packedSidecars
)

func (v *pathValue) appendPacked(b []byte) []byte {
	bits := bit(packedGone, v.Gone) | bit(packedRenew, v.Renew) | bit(packedBare, v.Bare) | bit(packedID, !v.ID.IsZero()) | bit(packedSidecars, v.Sidecars != 0)
	b = append(b, packedPath, bits, byte(v.State), byte(v.Look))
	b = binary.AppendVarint(b, v.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(v.MTime))
	if !v.ID.IsZero() {
		b = append(b, v.ID[:]...)
	}
	if v.Sidecars != 0 {
		b = binary.BigEndian.AppendUint64(b, v.Sidecars)
	}
	return append(b, v.Failure...)
}

func (v *pathValue) unpack(data []byte) error {
	u := unpacker{data: data}
	head := u.take(4)
	*v = pathValue{Size: u.varint()}
	v.MTime = int64(u.uint64())
	if u.failed || head[0] != packedPath {
		return fmt.Errorf("%w: it is no entry", ErrDamaged)
	}
	bits := head[1]
	v.Gone, v.Renew, v.Bare = bits&packedGone != 0, bits&packedRenew != 0, bits&packedBare != 0
	v.State, v.Look = State(head[2]), Look(head[3])
	if bits&packedID != 0 {
		copy(v.ID[:], u.take(len(v.ID)))
	}
	if bits&packedSidecars != 0 {
		v.Sidecars = u.uint64()
	}
	v.Failure = string(u.data)
	if u.failed || v.State > Failed {
		return fmt.Errorf("%w: it is no entry", ErrDamaged)
	}
	return nil
}

// The bits of the first byte of a packed row.
const (
	packedDated = 1 << iota
	packedMarks
	packedNames
	packedAnalysed
	packedNumbers // they are not 1, 2, 3 ...
	packedDiffers
	packedWide // some code is not within the bits that its field has: they are varints
	packedRow  = 1<<iota - 1
)

// rowShape is how the codes of a face are packed: so many bits for each field, whose sum is size. A code is stored as one more, so that
// unsaid is 0.
type rowShape struct {
	widths []uint8
	size   int
}

func newRowShape(fields []*query.Field) rowShape {
	s := rowShape{widths: make([]uint8, len(fields))}
	for i, f := range fields {
		most := 0
		for _, v := range f.Values {
			most = max(most, v.Lo)
		}
		switch {
		case f.Kind == query.Set:
			most = 1<<(most+1) - 1
		case isPercent(f):
			most = 100
		case binned(f):
			most = 1<<8 - 2 // ages
		case f.Kind == query.Number:
			most = math.MaxInt16
		}
		s.widths[i] = uint8(bits.Len(uint(most + 1)))
		s.size += int(s.widths[i])
	}
	return s
}

// fits reports whether the codes are those of so many faces, each within its bits.
func (s *rowShape) fits(codes []int16, faces int) bool {
	if len(codes) != faces*len(s.widths) {
		return false
	}
	for len(codes) > 0 {
		for i, width := range s.widths {
			if code := int(codes[i]) + 1; code < 0 || code >= 1<<width {
				return false
			}
		}
		codes = codes[len(s.widths):]
	}
	return true
}

// appendCodes packs codes that fit, the first bit of each byte first.
func (s *rowShape) appendCodes(b []byte, codes []int16) []byte {
	var word uint64
	n := uint8(0)
	for len(codes) > 0 {
		for i, width := range s.widths {
			word |= uint64(codes[i]+1) << n
			for n += width; n >= 8; n -= 8 {
				b = append(b, byte(word))
				word >>= 8
			}
		}
		codes = codes[len(s.widths):]
	}
	if n > 0 {
		b = append(b, byte(word))
	}
	return b
}

// unpackCodes appends the codes of so many faces. It returns false unless data is as long as they are.
func (s *rowShape) unpackCodes(codes []int16, data []byte, faces int) ([]int16, bool) {
	if len(data) != (faces*s.size+7)/8 {
		return codes, false
	}
	var word uint64
	n := uint(0) // bits of word that are there
	codes = slices.Grow(codes, faces*len(s.widths))
	for range faces {
		for _, width := range s.widths {
			if n < uint(width) {
				if len(data) >= 8 { // as many whole bytes as there is room for
					word |= binary.LittleEndian.Uint64(data) << n
					data = data[(63-n)/8:]
					n |= 56
				} else {
					for ; len(data) > 0; n += 8 {
						word |= uint64(data[0]) << n
						data = data[1:]
					}
				}
			}
			codes = append(codes, int16(word&(1<<width-1))-1)
			word >>= width
			n -= uint(width)
		}
	}
	return codes, true
}

// appendPacked begins with how many faces there are, so that the index can make room for all before it reads any.
func (r *row) appendPacked(b []byte, shape *rowShape) []byte {
	there := bit(packedWide, !shape.fits(r.Codes, len(r.Numbers))) | bit(packedDated, r.Dated) | bit(packedMarks, !r.Marks.IsZero()) | bit(packedNames, r.Names != nil) | bit(packedAnalysed, r.Analysed) | bit(packedDiffers, r.Differs)
	for i, number := range r.Numbers {
		there |= bit(packedNumbers, number != uint32(i+1))
	}
	b = append(b, there)
	for _, n := range []int{len(r.Numbers), int(r.Accepted), int(r.W), int(r.H), int(r.Have)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = append(b, r.Shared[:]...)
	if r.Dated {
		b = binary.AppendVarint(b, r.Seconds)
		b = binary.AppendUvarint(b, uint64(r.Nanos))
		b = binary.AppendVarint(b, int64(r.Zone))
	}
	if !r.Marks.IsZero() {
		b = append(b, r.Marks.Rating, byte(r.Marks.Flag), byte(r.Marks.Label))
		b = binary.AppendUvarint(b, uint64(len(r.Marks.Tags)))
		for _, tag := range r.Marks.Tags {
			b = appendText(b, tag)
		}
	}
	if there&packedNumbers != 0 {
		for _, number := range r.Numbers {
			b = binary.AppendUvarint(b, uint64(number))
		}
	}
	if r.Names != nil {
		for i := range r.Numbers {
			b = appendText(b, r.Names[i])
		}
	}
	if there&packedWide == 0 {
		return shape.appendCodes(b, r.Codes)
	}
	for _, code := range r.Codes {
		b = binary.AppendUvarint(b, uint64(uint16(code)+1)) // -1 is frequent
	}
	return b
}

// packedFaces returns how many faces a packed row has, 0 if it is none.
func packedFaces(data []byte) int {
	u := unpacker{data: data}
	u.take(1)
	return u.count()
}

// unpack reads what appendPacked wrote into a row whose slices are used again. Texts that are in texts are taken from there.
func (r *row) unpack(data []byte, shape *rowShape, texts interned) error {
	u := unpacker{data: data, texts: texts}
	faces := r.unpackPhoto(&u)
	there := data[:min(1, len(data))]
	r.Numbers = slices.Grow(r.Numbers[:0], faces)[:faces]
	for i := range r.Numbers {
		r.Numbers[i] = uint32(i + 1)
		if there[0]&packedNumbers != 0 {
			r.Numbers[i] = u.uint32()
		}
	}
	r.Names = nil
	if len(there) > 0 && there[0]&packedNames != 0 {
		r.Names = make([]string, faces)
		for i := range r.Names {
			r.Names[i] = u.text()
		}
	}
	if len(there) > 0 && there[0]&packedWide == 0 {
		fit := false
		if r.Codes, fit = shape.unpackCodes(r.Codes[:0], u.data, faces); !fit || u.failed {
			return fmt.Errorf("%w: it is no row", ErrDamaged)
		}
		return nil
	}
	codes, rest := r.Codes[:0], u.data
	for len(rest) > 0 && !u.failed {
		if c := rest[0]; c < 0x80 { // most are
			codes, rest = append(codes, int16(c)-1), rest[1:]
			continue
		}
		n, size := binary.Uvarint(rest)
		if size <= 0 || n > math.MaxUint16+1 {
			u.failed = true
			break
		}
		codes, rest = append(codes, int16(uint16(n)-1)), rest[size:]
	}
	r.Codes = codes
	if u.failed || len(r.Codes) > 0 != (faces > 0) || faces > 0 && len(r.Codes)%faces != 0 {
		return fmt.Errorf("%w: it is no row", ErrDamaged)
	}
	return nil
}

// unpackPhoto reads the part of a row that is not about single faces, and leaves their slices. It returns how many there are.
func (r *row) unpackPhoto(u *unpacker) (faces int) {
	bits := u.take(1)[0]
	u.failed = u.failed || bits > packedRow
	faces = u.count()
	*r = row{Numbers: r.Numbers, Codes: r.Codes, Analysed: bits&packedAnalysed != 0, Differs: bits&packedDiffers != 0, Accepted: u.int32(), W: u.int32(), H: u.int32(), Have: u.uint32()}
	copy(r.Shared[:], u.take(len(r.Shared)))
	if bits&packedDated != 0 {
		r.Dated, r.Seconds, r.Nanos, r.Zone = true, u.varint(), u.int32(), int32(u.varint())
	}
	if bits&packedMarks != 0 {
		head := u.take(3)
		r.Marks = photo.Marks{Rating: head[0], Flag: photo.Flag(head[1]), Label: photo.Label(head[2])}
		for range u.count() {
			r.Marks.Tags = append(r.Marks.Tags, u.text())
		}
	}
	return faces
}

func bit(bit byte, on bool) byte {
	if on {
		return bit
	}
	return 0
}

func appendText(b []byte, s string) []byte {
	return append(binary.AppendUvarint(b, uint64(len(s))), s...)
}

// unpacker reads numbers and texts one after the other. What is missing reads as zeros, and it has failed then.
type unpacker struct {
	data   []byte
	failed bool
	texts  interned // each text once; nil if there is no need to
}

// interned keeps texts that occur often.
type interned map[string]string

func (t interned) of(b []byte) string {
	if s, ok := t[string(b)]; ok || t == nil { // looking up makes no string
		if t == nil {
			return string(b)
		}
		return s
	}
	s := string(b)
	t[s] = s
	return s
}

// take returns the next n bytes.
func (u *unpacker) take(n int) []byte {
	if n > len(u.data) {
		u.failed, u.data = true, nil
		return make([]byte, n)
	}
	head := u.data[:n]
	u.data = u.data[n:]
	return head
}

func (u *unpacker) uvarint() uint64 {
	if len(u.data) > 0 && u.data[0] < 0x80 {
		n := u.data[0]
		u.data = u.data[1:]
		return uint64(n)
	}
	n, size := binary.Uvarint(u.data)
	return u.read(n, size)
}

func (u *unpacker) varint() int64 {
	n, size := binary.Varint(u.data)
	return int64(u.read(uint64(n), size))
}

func (u *unpacker) read(n uint64, size int) uint64 {
	if size <= 0 {
		u.failed, u.data = true, nil
		return 0
	}
	u.data = u.data[size:]
	return n
}

func (u *unpacker) uint64() uint64 { return binary.BigEndian.Uint64(u.take(8)) }

func (u *unpacker) int32() int32 {
	n := u.uvarint()
	u.failed = u.failed || n > math.MaxInt32
	return int32(n)
}

func (u *unpacker) uint32() uint32 {
	n := u.uvarint()
	u.failed = u.failed || n > math.MaxUint32
	return uint32(n)
}

// count reads a number of things that take a byte each at least.
func (u *unpacker) count() int {
	n := u.uvarint()
	if n > uint64(len(u.data)) {
		u.failed, u.data = true, nil
		return 0
	}
	return int(n)
}

func (u *unpacker) text() string { return u.texts.of(u.take(u.count())) }
