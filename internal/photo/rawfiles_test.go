package photo_test

import (
	"bytes"
	"encoding/binary"
	"image"
	"image/jpeg"
	"slices"
	"testing"
)

// Complete files of cameras are not to be had, so the tests write some: the structure of each kind around JPEGs
// that are generated, without what the sensor saw.

// preview is a JPEG of w x h pixels.
func preview(t testing.TB, w, h int) []byte {
	t.Helper()
	img := image.NewYCbCr(image.Rect(0, 0, w, h), image.YCbCrSubsampleRatio420)
	for y := range h {
		for x := range w {
			img.Y[img.YOffset(x, y)] = uint8(x ^ y + w)
		}
	}
	for i := range img.Cb {
		img.Cb[i], img.Cr[i] = 128, 120
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// lossless makes of a JPEG what cameras put into CR2 and DNG files: data of the sensor that call themselves a JPEG.
func lossless(data []byte) []byte {
	data = slices.Clone(data)
	data[bytes.Index(data, []byte{0xFF, 0xC0})+1] = 0xC3
	return data
}

// field is an entry of a directory: a value by its Go type, or a thing that is laid into the file.
type field struct {
	tag   uint16
	value any
}

// Values that are offsets: of data somewhere in the file, of their length, of directories.
type (
	offsetOf struct{ data []byte }
	lengthOf struct{ data []byte }
	ifd      []field
	ifds     []ifd
	blob     []byte    // data that begin with a type of their own, as maker notes: UNDEFINED
	rational [2]uint32 // one
	degrees  [3]rational
	signed   int16
)

// tiffWriter lays out directories.
type tiffWriter struct {
	order binary.ByteOrder
	out   []byte
	data  []placed // that were laid out already
}

type placed struct {
	data []byte
	at   uint32
}

// put lays data into the file once and returns its place.
func (w *tiffWriter) put(data []byte) uint32 {
	for _, p := range w.data {
		if len(p.data) == len(data) && len(data) > 0 && &p.data[0] == &data[0] {
			return p.at
		}
	}
	if len(w.out)%2 != 0 {
		w.out = append(w.out, 0)
	}
	at := uint32(len(w.out))
	w.out = append(w.out, data...)
	w.data = append(w.data, placed{data, at})
	return at
}

func (w *tiffWriter) u16(v uint16) []byte {
	b := make([]byte, 2)
	w.order.PutUint16(b, v)
	return b
}

func (w *tiffWriter) u32(v uint32) []byte {
	b := make([]byte, 4)
	w.order.PutUint32(b, v)
	return b
}

// directory lays out a directory, what it points to behind it, and returns its place.
func (w *tiffWriter) directory(d ifd, next func() uint32) uint32 {
	if len(w.out)%2 != 0 {
		w.out = append(w.out, 0)
	}
	d = slices.Clone(d)
	slices.SortStableFunc(d, func(a, b field) int { return int(a.tag) - int(b.tag) })
	start := len(w.out)
	w.out = append(w.out, make([]byte, 2+12*len(d)+4)...)
	copy(w.out[start:], w.u16(uint16(len(d))))
	for i, f := range d {
		kind, count, value := w.value(f.value)
		if len(value) > 4 {
			value = w.u32(w.put(value))
		}
		at := start + 2 + 12*i
		copy(w.out[at:], slices.Concat(w.u16(f.tag), w.u16(kind), w.u32(uint32(count)), value))
	}
	if next != nil {
		at := next()
		copy(w.out[start+2+12*len(d):], w.u32(at))
	}
	return uint32(start)
}

func (w *tiffWriter) value(v any) (kind uint16, count int, value []byte) {
	switch v := v.(type) {
	case uint8:
		return 1, 1, []byte{v}
	case string:
		return 2, len(v) + 1, append([]byte(v), 0)
	case int: // as most numbers are
		return 4, 1, w.u32(uint32(v))
	case uint16:
		return 3, 1, w.u16(v)
	case []uint16:
		for _, n := range v {
			value = append(value, w.u16(n)...)
		}
		return 3, len(v), value
	case signed:
		return 8, 1, w.u16(uint16(v))
	case rational:
		return 5, 1, append(w.u32(v[0]), w.u32(v[1])...)
	case degrees:
		for _, r := range v {
			value = append(value, append(w.u32(r[0]), w.u32(r[1])...)...)
		}
		return 5, 3, value
	case blob:
		return 7, len(v), v
	case offsetOf:
		return 4, 1, w.u32(w.put(v.data))
	case lengthOf:
		return 4, 1, w.u32(uint32(len(v.data)))
	case ifd:
		return 4, 1, w.u32(w.directory(v, nil))
	case ifds:
		for _, d := range v {
			value = append(value, w.u32(w.directory(d, nil))...)
		}
		return 4, len(v), value
	}
	panic("a value of another type")
}

// tiffFile is a file that begins with magic (8 bytes with the place of the first directory are
// written behind it), reserves room for more of a header, and has a chain of directories.
func tiffFile(order binary.ByteOrder, magic string, header []byte, chain ...ifd) []byte {
	w := &tiffWriter{order: order, out: append([]byte(magic), 0, 0, 0, 0)}
	w.out = append(w.out, header...)
	var next func() uint32
	next = func() uint32 {
		if len(chain) == 0 {
			return 0
		}
		d := chain[0]
		chain = chain[1:]
		return w.directory(d, next)
	}
	first := next()
	copy(w.out[len(magic):], w.u32(first))
	return w.out
}

const (
	little = "II*\x00"
	big    = "MM\x00*"
)

// facts are the entries that most files have; more are added.
func facts(maker, model string, orientation uint16, more ...field) ifd {
	return append(ifd{{0x10F, maker}, {0x110, model}, {0x112, orientation}, {0x132, "2026:05:03 10:20:31"}, {0x8769, ifd{
		{0x829A, rational{1, 250}}, {0x829D, rational{28, 10}}, {0x8827, uint16(400)}, {0x9003, "2026:05:03 10:20:30"}, {0xA434, "85mm F1.2"},
	}}}, more...)
}

// jpegAt are the entries of a directory whose picture is a JPEG.
func jpegAt(data []byte) ifd {
	return ifd{{0x103, uint16(6)}, {0x201, offsetOf{data}}, {0x202, lengthOf{data}}}
}

// rawKind is one kind of RAW file, written by the tests.
type rawKind struct {
	name         string
	data         []byte
	largest      []byte // the preview that is its picture
	previews     int
	fullW, fullH int
	maker        string
	orientation  int
	tag          string // exiftool's name of the largest preview; of a CR3, whose largest exiftool does not give, of the next
}

// rawKinds returns a file of each kind.
func rawKinds(t testing.TB) []rawKind {
	t.Helper()
	large, middle, small := preview(t, 1200, 800), preview(t, 570, 380), preview(t, 160, 120)
	sensor := lossless(preview(t, 640, 480))
	raw := func(w, h int, more ...field) ifd {
		return append(ifd{{0xFE, 0}, {0x100, w}, {0x101, h}, {0x102, uint16(14)}, {0x106, uint16(32803)}}, more...)
	}
	le := binary.LittleEndian
	be := binary.BigEndian
	withMaker := func(note blob) ifd { // facts with a maker note
		d := facts("OLYMPUS CORPORATION", "E-M1", 6)
		exposure := append(slices.Clone(d[4].value.(ifd)), field{0x927C, note})
		d[4].value = exposure
		return d
	}

	// A CR2 has "CR", a version and the place of the RAW's directory behind the header.
	cr2 := tiffFile(le, little, []byte("CR\x02\x00\x00\x00\x00\x00"),
		facts("Canon", "Canon EOS 5D Mark II", 6, field{0x100, 1200}, field{0x101, 800}, field{0x103, uint16(6)}, field{0x111, offsetOf{large}}, field{0x117, lengthOf{large}}),
		jpegAt(small),
		ifd{{0x100, 362}, {0x101, 234}, {0x103, uint16(1)}, {0x111, offsetOf{make([]byte, 300)}}, {0x117, 300}},
		ifd{{0x100, 5792}, {0x101, 3804}, {0x103, uint16(6)}, {0x111, offsetOf{sensor}}, {0x117, lengthOf{sensor}}})

	nikonNote := blob(slices.Concat([]byte("Nikon\x00\x02\x10\x00\x00"), tiffFile(be, big, nil, ifd{{0x11, jpegAt(middle)}})))
	nef := facts("NIKON CORPORATION", "NIKON D850", 8, field{0x14A, ifds{
		append(jpegAt(large), field{0xFE, 1}), raw(8288, 5520, field{0x103, uint16(34713)}),
	}})
	nef[4].value = append(slices.Clone(nef[4].value.(ifd)), field{0x927C, nikonNote})

	// Olympus counts from the beginning of its note.
	settings := func() blob {
		w := &tiffWriter{order: le, out: []byte("OLYMPUS\x00II\x03\x00")}
		w.directory(ifd{{0x2020, ifd{{0x100, 1}, {0x101, offsetOf{large}}, {0x102, lengthOf{large}}}}}, nil)
		return w.out
	}()
	newSettings := func() blob {
		w := &tiffWriter{order: le, out: []byte("OM SYSTEM\x00\x00\x00II\x04\x00")}
		w.directory(ifd{{0x2020, ifd{{0x100, 1}, {0x101, offsetOf{large}}, {0x102, lengthOf{large}}}}}, nil)
		return w.out
	}()
	orf := func(note blob) []byte {
		return tiffFile(le, "IIRO", nil, append(withMaker(note), field{0x100, 4640}, field{0x101, 3472}))
	}

	own := withSegment(large, tiffFile(be, big, nil, facts("FUJIFILM", "X-T5", 6)))
	raf := make([]byte, 0x94)
	copy(raf, "FUJIFILMCCD-RAW 0201FF000000X-T5")
	copy(raf[0x3C:], "0201")
	list := be.AppendUint32(nil, 1)
	list = append(list, 1, 0x11, 0, 4)
	list = be.AppendUint16(be.AppendUint16(list, 5152), 7728)
	be.PutUint32(raf[84:], uint32(len(raf)))
	be.PutUint32(raf[88:], uint32(len(own)))
	be.PutUint32(raf[92:], uint32(len(raf)+len(own)))
	be.PutUint32(raf[96:], uint32(len(list)))
	raf = slices.Concat(raf, own, list)

	return []rawKind{
		{"CR2", cr2, large, 2, 5792, 3804, "Canon", 6, "PreviewImage"},
		{"CR3", cr3File(large, middle, small), large, 3, 6000, 4000, "Canon", 6, "PreviewImage"},
		{"NEF", tiffFile(be, big, nil, nef), large, 2, 8288, 5520, "NIKON CORPORATION", 8, "JpgFromRaw"},
		{"NRW", tiffFile(le, little, nil, facts("NIKON", "COOLPIX P7800", 1, field{0x14A, ifds{jpegAt(large), raw(4000, 3000)}})), large, 1, 4000, 3000, "NIKON", 1, "JpgFromRaw"},
		{"ARW", tiffFile(le, little, nil, facts("SONY", "ILCE-7M4", 6, field{0x201, offsetOf{large}}, field{0x202, lengthOf{large}}, field{0x14A, ifds{raw(7040, 4688)}}), jpegAt(small)), large, 2, 7040, 4688, "SONY", 6, "PreviewImage"},
		{"SR2", tiffFile(le, little, nil, facts("SONY", "DSC-R1", 1, field{0x201, offsetOf{large}}, field{0x202, lengthOf{large}}, field{0x14A, ifds{raw(3984, 2622)}}), jpegAt(small)), large, 2, 3984, 2622, "SONY", 1, "PreviewImage"},
		{"RAF", raf, own, 1, 7728, 5152, "FUJIFILM", 6, "PreviewImage"},
		{"ORF", orf(settings), large, 1, 4640, 3472, "OLYMPUS CORPORATION", 6, "PreviewImage"},
		{"ORF of OM System", orf(newSettings), large, 1, 4640, 3472, "OLYMPUS CORPORATION", 6, "PreviewImage"},
		{"RW2", tiffFile(le, "IIU\x00", nil, facts("Panasonic", "DC-G9", 6, field{0x4, uint16(4)}, field{0x5, uint16(8)}, field{0x6, uint16(3892)}, field{0x7, uint16(5192)}, field{0x2E, blob(large)})), large, 1, 5184, 3888, "Panasonic", 6, "JpgFromRaw"},
		{"PEF", tiffFile(be, big, nil, facts("PENTAX", "PENTAX K-1", 6, field{0x100, 7392}, field{0x101, 4950}), jpegAt(small), jpegAt(large)), large, 2, 7392, 4950, "PENTAX", 6, "JpgFromRaw"},
		{"DNG", tiffFile(le, little, nil, facts("Leica", "M11", 6, field{0xFE, 1}, field{0x100, 256}, field{0x101, 171}, field{0xC612, blob{1, 4, 0, 0}}, field{0x14A, ifds{
			raw(9536, 6336, field{0x103, uint16(7)}, field{0x111, offsetOf{sensor}}, field{0x117, lengthOf{sensor}}, field{0xC620, []uint16{9504, 6320}}),
			{{0xFE, 1}, {0x100, 1200}, {0x101, 800}, {0x102, []uint16{8, 8, 8}}, {0x103, uint16(7)}, {0x106, uint16(6)}, {0x111, offsetOf{large}}, {0x115, uint16(3)}, {0x116, 800}, {0x117, lengthOf{large}}},
		}})), large, 1, 9536, 6336, "Leica", 6, "PreviewImage"},
		{"SRW", tiffFile(le, little, nil, facts("SAMSUNG", "NX1", 6, field{0x14A, ifds{jpegAt(large), raw(6480, 4320)}})), large, 1, 6480, 4320, "SAMSUNG", 6, "JpgFromRaw"},
	}
}

// withSegment puts an EXIF block into a JPEG.
func withSegment(data, block []byte) []byte {
	app := append([]byte{0xFF, 0xE1, 0, 0}, "Exif\x00\x00"...)
	app = append(app, block...)
	binary.BigEndian.PutUint16(app[2:], uint16(len(app)-2))
	return slices.Concat(data[:2], app, data[2:])
}

// isoBox is a box with its content.
func isoBox(kind string, content ...[]byte) []byte {
	all := slices.Concat(content...)
	return slices.Concat(binary.BigEndian.AppendUint32(nil, uint32(8+len(all))), []byte(kind), all)
}

func cr3File(large, middle, small []byte) []byte {
	be, le := binary.BigEndian, binary.LittleEndian
	canon := "\x85\xC0\xB6\x87\x82\x0F\x11\xE0\x81\x11\xF4\xCE\x46\x2B\x6A\x48"
	ofPreview := "\xEA\xF4\x2B\x5E\x1C\x98\x4B\x88\xB9\xFB\xB7\xDC\x40\x6E\x4D\x16"
	ofXMP := "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC"
	jpegBox := func(kind string, w, h uint16, data []byte) []byte {
		head := make([]byte, 16)
		if kind == "THMB" {
			be.PutUint16(head[4:], w)
			be.PutUint16(head[6:], h)
			be.PutUint32(head[8:], uint32(len(data)))
		} else {
			be.PutUint16(head[4:], 1)
			be.PutUint16(head[6:], w)
			be.PutUint16(head[8:], h)
			be.PutUint16(head[10:], 1)
			be.PutUint32(head[12:], uint32(len(data)))
		}
		return isoBox(kind, head, data)
	}
	track := func(w, h uint16, offset uint64, length int) []byte {
		entry := make([]byte, 82)
		copy(entry[4:], "CRAW")
		be.PutUint32(entry, uint32(len(entry)))
		be.PutUint16(entry[32:], w)
		be.PutUint16(entry[34:], h)
		return isoBox("trak", isoBox("mdia", isoBox("minf", isoBox("stbl",
			isoBox("stsd", make([]byte, 4), be.AppendUint32(nil, 1), entry),
			isoBox("stsz", make([]byte, 4), be.AppendUint32(nil, uint32(length)), be.AppendUint32(nil, 1)),
			isoBox("co64", make([]byte, 4), be.AppendUint32(nil, 1), be.AppendUint64(nil, offset))))))
	}
	main := facts("Canon", "Canon EOS R5", 6)
	exposure := append(slices.Clone(main[4].value.(ifd)), field{0xA002, 6000}, field{0xA003, 4000})
	place := ifd{{0, blob{2, 3, 0, 0}}, {1, "N"}, {2, degrees{{52, 1}, {30, 1}, {0, 1}}}, {3, "W"}, {4, degrees{{13, 1}, {15, 1}, {0, 1}}}, {5, uint8(1)}, {6, rational{9, 2}}}
	movie := func(at int) []byte {
		return isoBox("moov",
			isoBox("uuid", []byte(canon), isoBox("CMT1", tiffFile(le, little, nil, main[:4])), isoBox("CMT2", tiffFile(le, little, nil, exposure)),
				isoBox("CMT4", tiffFile(le, little, nil, place)), jpegBox("THMB", 160, 120, small)),
			track(6000, 4000, uint64(at), len(large)), track(6288, 4056, uint64(at+len(large)), 100))
	}
	behind := slices.Concat(
		isoBox("uuid", []byte(ofXMP), []byte("<x:xmpmeta/>")),
		isoBox("uuid", []byte(ofPreview), make([]byte, 8), jpegBox("PRVW", 570, 380, middle)))
	brand := isoBox("ftyp", []byte("crx \x00\x00\x00\x01crx isom"))
	at := len(brand) + len(movie(0)) + len(behind) + 8
	return slices.Concat(brand, movie(at), behind, isoBox("mdat", large, make([]byte, 100)))
}
