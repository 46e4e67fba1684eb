package catalog

import (
	"bytes"
	"slices"
	"testing"

	"semblance/internal/photo"
)

// packedRows are rows of every kind: what may be missing is, in one or another.
func packedRows() []row {
	codes := make([]int16, 12)
	for i := range codes {
		codes[i] = []int16{unsaid, 0, 34, 126, 127, 32767}[i%6]
	}
	return []row{
		{},
		{Analysed: true, W: 6000, H: 4000, Have: 1<<32 - 1, Mode: "default"},
		{
			Analysed: true, W: 1, H: 1, Dated: true, Seconds: -5, Nanos: 999_999_999, Zone: -3600, Camera: "Sony ILCE-7M4", Accepted: 2,
			Numbers: []uint32{1, 2, 3}, Codes: codes, Names: []string{"", "Ada", "Grace Hopper"},
		},
		{
			Analysed: true, Numbers: []uint32{7, 1<<32 - 1}, Codes: codes, Have: 1, Mode: "fast",
			Marks: photo.Marks{Rating: 5, Flag: photo.Picked, Label: photo.Purple, Tags: []string{"Places|Rome", "wedding"}},
		},
		{Marks: photo.Marks{Rating: 1}},
		{Analysed: true, W: 1, H: 1, Differs: true},
	}
}

func FuzzUnpackRow(f *testing.F) {
	for _, r := range packedRows() {
		f.Add(r.appendPacked(nil))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var r, again row
		if r.unpack(data, nil) != nil {
			return
		}
		if n := packedFaces(data); n != len(r.Numbers) || r.Names != nil && len(r.Names) != n {
			t.Errorf("%d faces, but %d numbers and %d names", n, len(r.Numbers), len(r.Names))
		}
		packed := r.appendPacked(nil)
		if err := again.unpack(packed, interned{}); err != nil {
			t.Fatalf("%x is no row, but it was made of one: %v", packed, err)
		}
		if twice := again.appendPacked(nil); !bytes.Equal(twice, packed) {
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
	for _, r := range packedRows() {
		packed := r.appendPacked(nil)
		if err := used.unpack(packed, interned{}); err != nil {
			t.Fatalf("%+v: %v", r, err)
		}
		if again := used.appendPacked(nil); !bytes.Equal(again, packed) || !slices.Equal(used.Names, r.Names) || !slices.Equal(used.Codes, r.Codes) ||
			!slices.Equal(used.Numbers, r.Numbers) || !slices.Equal(used.Marks.Tags, r.Marks.Tags) || used.Camera != r.Camera || used.Seconds != r.Seconds {
			t.Errorf("%+v becomes %+v", r, used)
		}
		for n := range len(packed) {
			var part row
			if part.unpack(packed[:n], nil) == nil && len(part.Codes) >= len(r.Codes) {
				t.Errorf("%d of %d bytes make %+v", n, len(packed), part)
			}
		}
	}
}
