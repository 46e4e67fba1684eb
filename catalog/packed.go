package catalog

import (
	"encoding/binary"
	"fmt"
	"math"

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
)

func (v *pathValue) appendPacked(b []byte) []byte {
	bits := bit(packedGone, v.Gone) | bit(packedRenew, v.Renew) | bit(packedBare, v.Bare) | bit(packedID, !v.ID.IsZero())
	b = append(b, packedPath, bits, byte(v.State), byte(v.Look))
	b = binary.AppendVarint(b, v.Size)
	b = binary.BigEndian.AppendUint64(b, uint64(v.MTime))
	if !v.ID.IsZero() {
		b = append(b, v.ID[:]...)
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
)

func (r *row) appendPacked(b []byte) []byte {
	b = append(b, bit(packedDated, r.Dated)|bit(packedMarks, !r.Marks.IsZero())|bit(packedNames, r.Names != nil)|bit(packedAnalysed, r.Analysed))
	for _, n := range []int64{int64(r.W), int64(r.H), int64(r.Have), int64(r.Accepted)} {
		b = binary.AppendUvarint(b, uint64(n))
	}
	b = appendText(b, r.Mode)
	b = appendText(b, r.Camera)
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
	b = binary.AppendUvarint(b, uint64(len(r.Numbers)))
	for _, number := range r.Numbers {
		b = binary.AppendUvarint(b, uint64(number))
	}
	if r.Names != nil {
		for i := range r.Numbers {
			b = appendText(b, r.Names[i])
		}
	}
	return append(b, r.Codes...)
}

// unpack reads what appendPacked wrote. Codes is a part of data then.
func (r *row) unpack(data []byte) error {
	u := unpacker{data: data}
	bits := u.take(1)[0]
	*r = row{W: u.int32(), H: u.int32(), Have: uint32(u.uvarint()), Accepted: u.int32(), Mode: u.text(), Camera: u.text()}
	r.Analysed = bits&packedAnalysed != 0
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
	r.Numbers = make([]uint32, u.count())
	for i := range r.Numbers {
		r.Numbers[i] = uint32(u.uvarint())
	}
	if bits&packedNames != 0 {
		r.Names = make([]string, len(r.Numbers))
		for i := range r.Names {
			r.Names[i] = u.text()
		}
	}
	r.Codes = u.data
	if u.failed {
		return fmt.Errorf("%w: it is no row", ErrDamaged)
	}
	return nil
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

// count reads a number of things that take a byte each at least.
func (u *unpacker) count() int {
	n := u.uvarint()
	if n > uint64(len(u.data)) {
		u.failed, u.data = true, nil
		return 0
	}
	return int(n)
}

func (u *unpacker) text() string { return string(u.take(u.count())) }
