package decode

import (
	"encoding/binary"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/photo"
)

// tag is one entry of an EXIF directory: its number, and a value that fits into the
// entry or is laid behind it: uint16, a text, or a rational of two numbers.
type tag struct {
	number uint16
	value  any
}

// exifBlock lays out the tags as the EXIF of a camera: IFD0, and the directory it points to.
func exifBlock(ifd0, exif []tag) []byte {
	be := binary.BigEndian
	block := []byte("MM\x00\x2A\x00\x00\x00\x08")
	ifd0 = append(ifd0, tag{0x8769, uint32(8 + 2 + 12*(len(ifd0)+1) + 4)})
	behind := 8 + 2 + 12*len(ifd0) + 4 + 2 + 12*len(exif) + 4
	var values []byte
	directory := func(tags []tag) {
		block = be.AppendUint16(block, uint16(len(tags)))
		for _, t := range tags {
			block = be.AppendUint16(block, t.number)
			at := be.AppendUint32(nil, uint32(behind+len(values)))
			switch v := t.value.(type) {
			case uint16:
				block = append(block, 0, 3, 0, 0, 0, 1, byte(v>>8), byte(v), 0, 0)
			case uint32:
				block = be.AppendUint32(append(block, 0, 4, 0, 0, 0, 1), v)
			case string:
				v += strings.Repeat("\x00", max(1, 5-len(v))) // never short enough for the entry
				block = append(be.AppendUint32(append(block, 0, 2), uint32(len(v))), at...)
				values = append(values, v...)
			case [2]uint32:
				block = append(append(block, 0, 5, 0, 0, 0, 1), at...)
				values = be.AppendUint32(be.AppendUint32(values, v[0]), v[1])
			}
		}
		block = append(block, 0, 0, 0, 0)
	}
	directory(ifd0)
	directory(exif)
	return append(block, values...)
}

func TestMetadata(t *testing.T) {
	zone := time.FixedZone("", 2*3600)
	for _, tt := range []struct {
		name       string
		ifd0, exif []tag
		want       photo.Meta
	}{
		{
			"a camera",
			[]tag{{0x010F, "Canon"}, {0x0110, "Canon EOS R5"}, {0x0112, uint16(6)}, {0x0132, "2026:05:04 00:00:00"}},
			[]tag{{0x829A, [2]uint32{1, 250}}, {0x829D, [2]uint32{28, 10}}, {0x8827, uint16(400)}, {0x9003, "2026:05:03 10:20:30"}, {0x9011, "+02:00"}, {0x920A, [2]uint32{85, 1}}, {0xA434, "RF85mm F1.2"}},
			photo.Meta{Orientation: 6, Make: "Canon", Model: "Canon EOS R5", Lens: "RF85mm F1.2", Exposure: .004, FNumber: 2.8, ISO: 400, FocalLength: 85, Taken: time.Date(2026, 5, 3, 10, 20, 30, 0, zone)},
		},
		{"no zone", nil, []tag{{0x9003, "2026:05:03 10:20:30"}}, photo.Meta{Taken: time.Date(2026, 5, 3, 10, 20, 30, 0, time.UTC)}},
		{"only a date of change", []tag{{0x0132, "2026:05:04 00:00:00"}}, nil, photo.Meta{Taken: time.Date(2026, 5, 4, 0, 0, 0, 0, time.UTC)}},
		{"a clock that was never set", nil, []tag{{0x9003, "0000:00:00 00:00:00"}}, photo.Meta{}},
		{"padding, bad bytes", []tag{{0x010F, "Maker   \x00\x00"}, {0x0110, "X\xFF\x01 100"}}, nil, photo.Meta{Make: "Maker", Model: "X 100"}},
		{"numbers that are none", []tag{{0x0112, uint16(262)}}, []tag{{0x829A, [2]uint32{1, 0}}, {0x829D, [2]uint32{0, 0}}}, photo.Meta{}},
	} {
		if got := metadata(withBlock(encodeJPEG(t, scene(8, 8)), exifBlock(tt.ifd0, tt.exif))); !cmp.Equal(got, tt.want) {
			t.Errorf("%s: %s", tt.name, cmp.Diff(tt.want, got))
		}
	}
}

// Whatever the EXIF block holds, the result can be stored and printed as JSON.
func FuzzMetadata(f *testing.F) {
	f.Add(exifBlock([]tag{{0x010F, "Canon"}, {0x0112, uint16(6)}}, []tag{{0x829A, [2]uint32{1, 250}}, {0x9003, "2026:05:03 10:20:30"}}))
	f.Add([]byte("II*\x00\x08\x00\x00\x00\xFF\xFF"))
	f.Fuzz(func(t *testing.T, block []byte) {
		m := metadata(append([]byte("MM\x00*"), block...)) // a TIFF is an EXIF block
		for _, n := range []float64{m.FocalLength, m.FNumber, m.Exposure, float64(m.ISO)} {
			if n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
				t.Errorf("%v in %+v", n, m)
			}
		}
		for _, s := range []string{m.Make, m.Model, m.Lens} {
			if strings.ToValidUTF8(s, "") != s || len(s) > 200 {
				t.Errorf("the text %q", s)
			}
		}
		if m.Orientation != 0 && !m.Orientation.Valid() {
			t.Errorf("orientation %d", m.Orientation)
		}
	})
}
