package photo_test

import (
	"bytes"
	"encoding/binary"
	"slices"
	"testing"

	"semblance/internal/photo"
)

// A RAW file whose camera was set to Adobe RGB says so in its own EXIF, or Nikon's note: its previews mostly say nothing.
func TestRAWColours(t *testing.T) {
	be := binary.BigEndian
	// said is the main directory of a file with that colour space and rule.
	said := func(space uint16, index string, note blob) ifd {
		d := facts("Camera", "C", 1)
		d[4].value = append(slices.Clone(d[4].value.(ifd)), field{0xA001, space}, field{0xA005, ifd{{1, index}}}, field{0x927C, note})
		return d
	}
	nikon := func(space uint16) blob {
		return slices.Concat([]byte("Nikon\x00\x02\x10\x00\x00"), tiffFile(be, big, nil, ifd{{0x1E, space}}))
	}
	plain := preview(t, 600, 400)
	with := func(space uint16, index string) []byte {
		return withSegment(plain, tiffFile(be, big, nil, said(space, index, blob("none"))))
	}
	const adobe, srgb = 0xFFFF, 1
	for _, tt := range []struct {
		name    string
		own     ifd
		preview []byte
		want    bool
	}{
		{"the RAW", said(adobe, "R03", blob("none")), plain, true},
		{"the preview", said(srgb, "R98", blob("none")), with(adobe, "R03"), true},
		{"the preview says sRGB", said(adobe, "R03", blob("none")), with(srgb, "R98"), false},
		{"sRGB", said(srgb, "R98", blob("none")), plain, false},
		{"neither", said(adobe, "R98", blob("none")), plain, false},
		{"Nikon", said(srgb, "", nikon(2)), plain, true},
		{"Nikon in sRGB", said(srgb, "", nikon(1)), plain, false},
	} {
		f := readRAW(t, tiffFile(binary.LittleEndian, little, nil, append(tt.own, jpegAt(tt.preview)...)))
		if f.AdobeRGB != tt.want || len(f.Previews) != 1 {
			t.Errorf("%s: Adobe RGB %t, want %t", tt.name, f.AdobeRGB, tt.want)
		}
	}
}

// countedReads counts how often it is read.
type countedReads struct {
	*bytes.Reader
	n int
}

func (r *countedReads) ReadAt(p []byte, off int64) (int, error) {
	r.n++
	return r.Reader.ReadAt(p, off)
}

// A CR3 whose tracks have thousands of boxes each is read in so many places only: each may be one of a slow disk.
func TestCR3OfManyBoxes(t *testing.T) {
	nothing := bytes.Repeat(isoBox("free"), 9999)
	data := slices.Concat(isoBox("ftyp", []byte("crx \x00\x00\x00\x01crx isom")), isoBox("moov", bytes.Repeat(isoBox("trak", nothing), 50)))
	r := &countedReads{Reader: bytes.NewReader(data)}
	f, _ := photo.ReadRAW(r, int64(len(data)))
	f.XMP()
	if r.n > 50_000 {
		t.Errorf("%d reads", r.n)
	}
}
