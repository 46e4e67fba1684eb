package decode

import (
	"bytes"
	"encoding/binary"
	"image"
	"slices"
	"testing"

	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// A TIFF of one large strip is decoded in pieces: to the same picture as by the decoder alone, in either order of bytes, and also
// where rows per strip are not said. Where a part is missing it is damaged as before.
func TestTIFFOfOneStrip(t *testing.T) {
	img := scene(2100, 1503)
	deep := image.NewRGBA64(img.Rect)
	grey := image.NewGray(img.Rect)
	for y := range img.Rect.Dy() {
		for x := range img.Rect.Dx() {
			deep.Set(x, y, img.At(x, y))
			grey.Set(x, y, img.At(x, y))
		}
	}
	files := map[string][]byte{"the other order": bigEndianTIFF(grey)}
	for name, m := range map[string]image.Image{"8 bits": img, "16 bits": deep, "grey": grey} {
		var b bytes.Buffer
		if err := tiff.Encode(&b, m, nil); err != nil {
			t.Fatal(err)
		}
		files[name] = b.Bytes()
		// Many programs write 2^32-1 for all rows.
		all := slices.Clone(b.Bytes())
		at := bytes.LastIndex(all, []byte{0x16, 0x01, 3, 0, 1, 0, 0, 0})
		copy(all[at:], []byte{0x16, 0x01, 4, 0, 1, 0, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF})
		files[name+", all rows"] = all
	}
	for name, data := range files {
		blocks, ok := photo.ReadTIFFBlocks(data)
		if _, split := inStrips(data).(pieces); !split || !ok {
			t.Fatalf("%s: it stays one strip: %+v", name, blocks)
		}
		want, err := tiff.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		got, err := open(t, data).Pixels(t.Context(), 0)
		if err != nil || !bytes.Equal(got.Pix, opaque(want).Pix) {
			t.Errorf("%s: another picture, %v", name, err)
		}
		if _, split := inStrips(data[:len(data)/2]).(pieces); split {
			t.Errorf("%s: half a file is split", name)
		}
	}
}

// bigEndianTIFF is a TIFF of grey in one strip, which does not say how many rows that has.
func bigEndianTIFF(m *image.Gray) []byte {
	be := binary.BigEndian
	data := []byte("MM\x00\x2A\x00\x00\x00\x08\x00\x07")
	for _, e := range [][2]int{{256, m.Rect.Dx()}, {257, m.Rect.Dy()}, {258, 8}, {259, 1}, {262, 1}, {273, 10 + 7*12 + 4}, {279, len(m.Pix)}} {
		data = be.AppendUint32(append(be.AppendUint16(data, uint16(e[0])), 0, 4, 0, 0, 0, 1), uint32(e[1]))
	}
	return slices.Concat(data, make([]byte, 4), m.Pix)
}
