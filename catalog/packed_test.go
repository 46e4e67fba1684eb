package catalog

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"semblance/catalog/query"
	"semblance/internal/photo"
	"semblance/internal/synthetic"
)

// packedRows are rows of every kind: what may be missing is, in one or another.
func packedRows() []row {
	codes := make([]int16, 12)
	for i := range codes {
		codes[i] = []int16{unsaid, 0, 34, 126, 127, 32767}[i%6]
	}
	fitting := make([]int16, 2*len(query.FaceFields()))
	for i := range fitting {
		fitting[i] = int16(i%3) - 1
	}
	return []row{
		{},
		{Analysed: true, Numbers: []uint32{1, 2}, Codes: fitting},
		{Analysed: true, W: 6000, H: 4000, Have: 1<<32 - 1, Shared: [rowSharedSize]byte{1, 2, 3, 4}},
		{
			Analysed: true, W: 1, H: 1, Dated: true, Seconds: -5, Nanos: 999_999_999, Zone: -3600, Accepted: 2,
			Numbers: []uint32{1, 2, 3}, Codes: codes, Names: []string{"", "Ada", "Grace Hopper"},
		},
		{
			Analysed: true, Numbers: []uint32{7, 1<<32 - 1}, Codes: codes, Have: 1, Shared: [rowSharedSize]byte{5},
			Marks: photo.Marks{Rating: 5, Flag: photo.Picked, Label: photo.Purple, Tags: []string{"Places|Rome", "wedding"}},
		},
		{Marks: photo.Marks{Rating: 1}},
		{Analysed: true, W: 1, H: 1, Differs: true},
	}
}

func FuzzUnpackRow(f *testing.F) {
	shape := newRowShape(query.FaceFields())
	for _, r := range packedRows() {
		f.Add(r.appendPacked(nil, &shape))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r, again row
		if r.unpack(data, &shape, nil) != nil {
			return
		}
		if n := packedFaces(data); n != len(r.Numbers) || r.Names != nil && len(r.Names) != n {
			t.Errorf("%d faces, but %d numbers and %d names", n, len(r.Numbers), len(r.Names))
		}
		packed := r.appendPacked(nil, &shape)
		if err := again.unpack(packed, &shape, interned{}); err != nil {
			t.Fatalf("%x is no row, but it was made of one: %v", packed, err)
		}
		if twice := again.appendPacked(nil, &shape); !bytes.Equal(twice, packed) {
			t.Errorf("%x becomes %x", packed, twice)
		}
	})
}

func FuzzUnpackPath(f *testing.F) {
	for _, v := range []pathValue{
		{},
		{Size: 1 << 40, MTime: -1, State: Done, ID: photo.ID{1}, Look: LookHarder},
		{State: Failed, Failure: "The file is no picture.", Gone: true, Renew: true, Bare: true},
		{State: Done, ID: photo.ID{1}, Sidecars: 1<<64 - 1},
	} {
		f.Add(v.appendPacked(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var v, again pathValue
		if v.unpack(data) != nil {
			return
		}
		packed := v.appendPacked(nil)
		if err := again.unpack(packed); err != nil || again != v {
			t.Errorf("%+v becomes %+v, %v", v, again, err)
		}
	})
}

// TestUnpackRow checks that rows come back, also into one that was used before, and that none comes of a part of one.
func TestUnpackRow(t *testing.T) {
	var used row
	shape := newRowShape(query.FaceFields())
	for _, r := range packedRows() {
		packed := r.appendPacked(nil, &shape)
		if err := used.unpack(packed, &shape, interned{}); err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		if again := used.appendPacked(nil, &shape); !bytes.Equal(again, packed) || !slices.Equal(used.Names, r.Names) || !slices.Equal(used.Codes, r.Codes) ||
			!slices.Equal(used.Numbers, r.Numbers) || !slices.Equal(used.Marks.Tags, r.Marks.Tags) || used.Shared != r.Shared || used.Seconds != r.Seconds {
			t.Errorf("%+v becomes %+v", r, used)
		}
		for n := range len(packed) {
			var part row
			if part.unpack(packed[:n], &shape, nil) == nil && len(part.Codes) >= len(r.Codes) {
				t.Errorf("%d of %d bytes make %+v", n, len(packed), part)
			}
		}
	}
}

// Codes that fit come back, whatever they are, in the bits that they are to take.
func TestRowShape(t *testing.T) {
	shape := newRowShape(query.FaceFields())
	rng := rand.New(rand.NewPCG(1, 1))
	for faces := range 40 {
		var codes []int16
		for range faces {
			for _, width := range shape.widths {
				codes = append(codes, int16(rng.IntN(min(1<<width, math.MaxInt16+2))-1))
			}
		}
		if !shape.fits(codes, faces) {
			t.Fatalf("%v do not fit", codes)
		}
		packed := shape.appendCodes([]byte("x"), codes)[1:]
		if again, ok := shape.unpackCodes(nil, packed, faces); !ok || !slices.Equal(again, codes) {
			t.Errorf("%v became %v, %v", codes, again, ok)
		}
		if _, ok := shape.unpackCodes(nil, append(packed, 0), faces); ok {
			t.Error("another byte is taken for nothing")
		}
	}
	codes := slices.Repeat([]int16{unsaid}, len(shape.widths))
	for i := range codes {
		codes[i] = int16(min(1<<shape.widths[i]-1, math.MaxInt16))
		if shape.widths[i] < 16 && shape.fits(codes, 1) {
			t.Errorf("%d fits into %d bits", codes[i], shape.widths[i])
		}
		codes[i] = unsaid
	}
}

// The faces of made-up photos fit, else their rows would be wide.
func TestRowsFit(t *testing.T) {
	shape := newRowShape(query.FaceFields())
	l := synthetic.NewLibrary(200, 400)
	for n := range l.Photos() {
		p := l.Photo(n)
		r := newRow(syntheticRecord(&p), Policy{Ethnicity: true})
		if !shape.fits(r.Codes, len(r.Numbers)) {
			t.Errorf("photo %d: %v", n, r.Codes)
		}
	}
}
