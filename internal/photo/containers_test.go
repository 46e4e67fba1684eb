package photo_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"semblance/internal/photo"
)

// pngChunk is a chunk whose checksum nobody looks at.
func pngChunk(name, content string) string {
	return string(binary.BigEndian.AppendUint32(nil, uint32(len(content)))) + name + content + "sum!"
}

// packed compresses a text as PNG does.
func packed(text string) string {
	var b bytes.Buffer
	z := zlib.NewWriter(&b)
	_, _ = z.Write([]byte(text))
	_ = z.Close()
	return b.String()
}

// deflated is n bytes, compressed.
func deflated(n int) string { return packed(strings.Repeat("\x00", n)) }

// segment is a segment of a JPEG.
func segment(marker byte, content string) []byte {
	return slices.Concat([]byte{0xFF, marker}, binary.BigEndian.AppendUint16(nil, uint16(len(content)+2)), []byte(content))
}

// riff is a WebP with these chunks behind its picture.
func riff(chunks ...string) []byte {
	out := []byte("RIFF\x00\x00\x00\x00WEBPVP8 \x04\x00\x00\x00pict")
	for i := 0; i+1 < len(chunks); i += 2 {
		out = append(append(out, chunks[i]...), binary.LittleEndian.AppendUint32(nil, uint32(len(chunks[i+1])))...)
		out = append(out, chunks[i+1]...)
		if len(chunks[i+1])%2 != 0 {
			out = append(out, 0)
		}
	}
	return out
}

// gifWith is a GIF of one pixel with these blocks before it.
func gifWith(blocks ...string) []byte {
	return []byte("GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xFF\xFF\xFF" + strings.Join(blocks, "") + ",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;")
}

// gifXMP is the extension of a packet, with what leads others over it: 1, 255, 254 ... 0, 0.
func gifXMP(packet string) string {
	magic := []byte{1}
	for i := 255; i >= 0; i-- {
		magic = append(magic, byte(i))
	}
	return "!\xFF\x0BXMP DataXMP" + packet + string(append(magic, 0))
}

// heifItem is an item of a HEIC or AVIF.
type heifItem struct {
	id         uint16
	kind       string // behind it, for "mime", the content type
	data       []byte
	properties []byte // numbers, from 1 on
	inIdat     bool
	split      bool // into two extents
	refs       map[string][]uint16
}

// heifFile is a file with these items, whose first one is the primary picture.
func heifFile(brand string, properties [][]byte, items ...heifItem) []byte {
	be := binary.BigEndian
	build := func(mdat int) []byte {
		var infos, iloc, ipma, iref, idat, data []byte
		for _, it := range items {
			kind, mime, _ := strings.Cut(it.kind, " ")
			info := be.AppendUint16([]byte{2, 0, 0, 0}, it.id)
			info = append(info, "\x00\x00"+kind+"\x00"...)
			if mime != "" {
				info = append(info, mime+"\x00\x00"...)
			}
			infos = append(infos, isoBox("infe", info)...)
			at, method := mdat+len(data), byte(0)
			if it.inIdat {
				at, method = len(idat), 1
				idat = append(idat, it.data...)
			} else {
				data = append(data, it.data...)
			}
			extents := [][2]int{{at, len(it.data)}}
			if it.split {
				extents = [][2]int{{at, 4}, {at + 4, len(it.data) - 4}}
			}
			iloc = append(be.AppendUint16(iloc, it.id), 0, method, 0, 0, 0, byte(len(extents)))
			for _, e := range extents {
				iloc = be.AppendUint32(be.AppendUint32(iloc, uint32(e[0])), uint32(e[1]))
			}
			if len(it.properties) > 0 {
				ipma = append(append(be.AppendUint16(ipma, it.id), byte(len(it.properties))), it.properties...)
			}
			for kind, to := range it.refs {
				ref := be.AppendUint16(be.AppendUint16(nil, it.id), uint16(len(to)))
				for _, id := range to {
					ref = be.AppendUint16(ref, id)
				}
				iref = append(iref, isoBox(kind, ref)...)
			}
		}
		with := 0
		for _, it := range items {
			if len(it.properties) > 0 {
				with++
			}
		}
		version := make([]byte, 4)
		return slices.Concat(
			isoBox("ftyp", []byte(brand), version, []byte("mif1"+brand)),
			isoBox("meta", version,
				isoBox("hdlr", version, version, []byte("pict"), make([]byte, 13)),
				isoBox("pitm", version, be.AppendUint16(nil, items[0].id)),
				isoBox("iinf", version, be.AppendUint16(nil, uint16(len(items))), infos),
				isoBox("iloc", []byte{1, 0, 0, 0, 0x44, 0}, be.AppendUint16(nil, uint16(len(items))), iloc),
				isoBox("iref", version, iref),
				isoBox("iprp", isoBox("ipco", properties...), isoBox("ipma", version, be.AppendUint32(nil, uint32(with)), ipma)),
				isoBox("idat", idat)),
			isoBox("mdat", data))
	}
	all := build(0)
	return build(bytes.Index(all, []byte("mdat")) + 4)
}

func ispe(w, h uint32) []byte {
	return isoBox("ispe", make([]byte, 4), binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h))
}

// phonePhoto is a HEIC as phones write it: a grid of two tiles, a thumbnail, EXIF and XMP.
func phonePhoto(exif, xmp string) []byte {
	return heifFile("heic",
		[][]byte{ispe(512, 512), ispe(1000, 500), isoBox("colr", []byte("profthe profile")), isoBox("irot", []byte{3}), ispe(160, 80), isoBox("imir", []byte{0}), isoBox("clap", bigs(900, 1, 400, 1, 0, 1, 0, 1))},
		heifItem{id: 9, kind: "grid", data: []byte("\x00\x00\x00\x01\x03\xE8\x01\xF4"), inIdat: true, properties: []byte{2, 3, 7, 4, 6}, refs: map[string][]uint16{"dimg": {1, 2}}},
		heifItem{id: 1, kind: "hvc1", data: []byte("first tile"), split: true, properties: []byte{1}},
		heifItem{id: 2, kind: "hvc1", data: []byte("second tile"), properties: []byte{1}},
		heifItem{id: 3, kind: "hvc1", data: []byte("thumbnail"), properties: []byte{5}, refs: map[string][]uint16{"thmb": {9}}},
		heifItem{id: 4, kind: "Exif", data: []byte("\x00\x00\x00\x06Exif\x00\x00" + exif), refs: map[string][]uint16{"cdsc": {9}}},
		heifItem{id: 5, kind: "mime application/rdf+xml", data: []byte(xmp), refs: map[string][]uint16{"cdsc": {9}}},
	)
}

func bigs(v ...uint32) (b []byte) {
	for _, n := range v {
		b = binary.BigEndian.AppendUint32(b, n)
	}
	return b
}

func TestReadHEIF(t *testing.T) {
	h, ok := photo.ReadHEIF(phonePhoto("", ""))
	if !ok || h.W != 1000 || h.H != 500 || h.UprightW != 400 || h.UprightH != 900 || h.Largest != 512*512 && h.Largest != 1000*500 || string(h.ICC) != "the profile" {
		t.Errorf("ReadHEIF = %+v, %v", h, ok)
	}
	if h.Turned != photo.Transverse && h.Turned != photo.Transpose {
		t.Errorf("turned clockwise and mirrored at the middle it is %v", h.Turned)
	}
	// A quarter clockwise, then top and bottom change places: the stored first pixel goes to the top right, then to the bottom right.
	if x, y := h.Turned.ToUpright(0, 0, 1000, 500); x != 500 || y != 1000 {
		t.Errorf("the first pixel goes to %v, %v", x, y)
	}
	tile := heifFile("avif", [][]byte{ispe(64, 32), isoBox("colr", []byte("nclx\x00\x0C\x00\x0D\x00\x06\x80"))},
		heifItem{id: 1, kind: "grid", data: make([]byte, 8), refs: map[string][]uint16{"dimg": {2}}}, heifItem{id: 2, kind: "av01", data: []byte("tile"), properties: []byte{1, 2}})
	if h, ok := photo.ReadHEIF(tile); !ok || h.NCLX != (photo.NCLX{Primaries: 12, Transfer: 13, Matrix: 6, FullRange: true}) {
		t.Errorf("colours of a tile: %+v, %v", h, ok)
	}
	for name, data := range map[string][]byte{"nothing": nil, "no meta": isoBox("ftyp", []byte("heic\x00\x00\x00\x00")), "no primary item": heifFile("heic", nil, heifItem{id: 1, kind: "hvc1"})[:120]} {
		if h, ok := photo.ReadHEIF(data); ok && h.W != 0 {
			t.Errorf("%s: %+v", name, h)
		}
	}
}

func TestSniff(t *testing.T) {
	brand := func(brands string) string { return string(isoBox("ftyp", []byte(brands))) }
	for _, tt := range []struct {
		name, data string
		want       photo.Format
	}{
		{"HEIC", brand("heic\x00\x00\x00\x00mif1heic"), photo.HEIC},
		{"HEIC by a compatible brand", brand("mif1\x00\x00\x00\x00mif1heix"), photo.HEIC},
		{"AVIF", brand("avif\x00\x00\x00\x00mif1miaf"), photo.AVIF},
		{"AVIF by a compatible brand", brand("mif1\x00\x00\x00\x00miafavif"), photo.AVIF},
		{"both, coded in AV1", string(heifFile("mif1", nil, heifItem{id: 1, kind: "av01"})), photo.AVIF},
		{"some HEIF coded in HEVC", string(heifFile("mif1", nil, heifItem{id: 1, kind: "hvc1"})), photo.HEIC},
		{"some HEIF of tiles", string(heifFile("mif1", nil, heifItem{id: 1, kind: "grid", refs: map[string][]uint16{"dimg": {2}}}, heifItem{id: 2, kind: "av01"})), photo.AVIF},
		{"some HEIF coded in JPEG", string(heifFile("mif1", nil, heifItem{id: 1, kind: "jpeg"})), photo.Unknown},
		{"a film", brand("isom\x00\x00\x02\x00isomiso2avc1mp41"), photo.Unknown},
		{"a film of Apple", brand("qt  \x00\x00\x02\x00qt  "), photo.Unknown},
		{"CR3", brand("crx \x00\x00\x00\x01crx isom"), photo.RAW},
		{"CR2", "II*\x00\x10\x00\x00\x00CR\x02\x00", photo.RAW},
		{"RAF", "FUJIFILMCCD-RAW 0201", photo.RAW},
		{"RW2", "IIU\x00\x18\x00\x00\x00", photo.RAW},
		{"ORF", "IIRO\x08\x00\x00\x00", photo.RAW},
		{"TIFF, or a NEF", "MM\x00*\x00\x00\x00\x08\x00\x00", photo.TIFF},
		{"a short ftyp", "\x00\x00\x00\x0Cftypheic", photo.Unknown},
	} {
		if got := photo.Sniff([]byte(tt.data)); got != tt.want {
			t.Errorf("%s: Sniff = %v, want %v", tt.name, got, tt.want)
		}
	}
}

// undone writes a block as ImageMagick does.
func rawProfile(name, content string) string {
	return fmt.Sprintf("\n%s\n%8d\n%s\n", name, len(content), hex.EncodeToString([]byte(content)))
}

func TestPackets(t *testing.T) {
	j, p := jpegBytes(t, 0), pngBytes(t)
	const (
		profile = "profile"
		packet  = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF>1</rdf:RDF></x:xmpmeta>"
		block   = "II*\x00\x08\x00\x00\x00"
	)
	inPNG := func(name, content string) []byte { return splice(p, 33, []byte(pngChunk(name, content))...) }
	inJPEG := func(segments ...[]byte) []byte { return splice(j, 2, slices.Concat(segments...)...) }
	xmp := func(content string) []byte { return segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00"+content) }
	guid := strings.Repeat("0123456789ABCDEF", 2)
	extension := func(guid string, off, length int, content string) []byte {
		return segment(0xE1, "http://ns.adobe.com/xmp/extension/\x00"+guid+string(bigs(uint32(length), uint32(off)))+content)
	}
	main := "<x:xmpmeta Note='" + guid + "'><rdf:RDF>1</rdf:RDF></x:xmpmeta>"
	more := "<x:xmpmeta><rdf:RDF>2</rdf:RDF></x:xmpmeta>"
	both := "<x:xmpmeta Note='" + guid + "'><rdf:RDF>1</rdf:RDF>\n<rdf:RDF>2</rdf:RDF></x:xmpmeta>"
	icc := func(number, of byte, content string) []byte {
		return segment(0xE2, "ICC_PROFILE\x00"+string([]byte{number, of})+content)
	}
	le := binary.LittleEndian
	for _, tt := range []struct {
		name string
		read func([]byte) []byte
		data []byte
		want string
	}{
		{"ICC of a JPEG", photo.ICC, inJPEG(icc(1, 1, profile)), profile},
		{"ICC in pieces, the last first", photo.ICC, inJPEG(icc(2, 2, "file"), icc(1, 2, "pro")), profile},
		{"ICC with a piece missing", photo.ICC, inJPEG(icc(1, 3, "pro"), icc(3, 3, "le")), ""},
		{"ICC with a piece too many", photo.ICC, inJPEG(icc(1, 1, "pro"), icc(2, 2, "file")), ""},
		{"ICC piece 0", photo.ICC, inJPEG(icc(0, 1, profile)), ""},
		{"ICC of a PNG", photo.ICC, inPNG("iCCP", "name\x00\x00"+packed(profile)), profile},
		{"ICC of a PNG, damaged", photo.ICC, inPNG("iCCP", "name\x00\x00"+packed(profile)[:9]), ""},
		{"ICC of a WebP", photo.ICC, riff("ICCP", profile), profile},
		{"ICC of a TIFF", photo.ICC, tiffFile(le, little, nil, ifd{{0x8773, blob(profile)}}), profile},
		{"ICC of a GIF", photo.ICC, gifWith("!\xFF\x0BICCRGBG1012\x03pro\x04file\x00"), profile},
		{"ICC of a HEIC", photo.ICC, phonePhoto("", ""), "the profile"},
		{"no ICC", photo.ICC, j, ""},

		{"XMP of a JPEG", photo.XMP, inJPEG(xmp(packet)), packet},
		{"XMP with the rest of it", photo.XMP, inJPEG(xmp(main), extension(guid, 20, len(more), more[20:]), extension(guid, 0, len(more), more[:20])), both},
		{"XMP with half of the rest", photo.XMP, inJPEG(xmp(main), extension(guid, 0, len(more), more[:20])), main},
		{"XMP with another's rest", photo.XMP, inJPEG(xmp(main), extension(strings.Repeat("X", 32), 0, len(more), more)), main},
		{"XMP of a PNG", photo.XMP, inPNG("iTXt", "XML:com.adobe.xmp\x00\x00\x00en\x00\x00"+packet), packet},
		{"XMP of a PNG, compressed", photo.XMP, inPNG("iTXt", "XML:com.adobe.xmp\x00\x01\x00\x00\x00"+packed(packet)), packet},
		{"XMP of a PNG, by ImageMagick", photo.XMP, inPNG("zTXt", "Raw profile type xmp\x00\x00"+packed(rawProfile("xmp", packet))), packet},
		{"XMP of a PNG, as a segment", photo.XMP, inPNG("zTXt", "Raw profile type APP1\x00\x00"+packed(rawProfile("APP1", "http://ns.adobe.com/xap/1.0/\x00"+packet))), packet},
		{"XMP of a WebP", photo.XMP, riff("XMP ", packet), packet},
		{"XMP of a TIFF", photo.XMP, tiffFile(le, little, nil, ifd{{700, blob(packet)}}), packet},
		{"XMP of a RW2", photo.XMP, tiffFile(le, "IIU\x00", nil, ifd{{700, blob(packet)}}), packet},
		{"XMP of a GIF", photo.XMP, gifWith("!\xFE\x02hi\x00", gifXMP(packet)), packet},
		{"XMP of a HEIC", photo.XMP, phonePhoto("", packet), packet},
		{"XMP of an AVIF in pieces", photo.XMP, heifFile("avif", nil, heifItem{id: 1, kind: "av01"}, heifItem{id: 2, kind: "mime application/rdf+xml", data: []byte(packet), split: true}), packet},
		{"XMP of a CR3", photo.XMP, cr3File(j, j, j), "<x:xmpmeta/>"},
		{"no XMP", photo.XMP, p, ""},

		{"EXIF of a HEIC", photo.EXIF, phonePhoto(block, packet), block},
		{"EXIF of a PNG as text", photo.EXIF, inPNG("zTXt", "Raw profile type exif\x00\x00"+packed(rawProfile("exif", "Exif\x00\x00"+block))), block},
		{"EXIF of a PNG as a segment", photo.EXIF, inPNG("tEXt", "Raw profile type APP1\x00"+rawProfile("APP1", "Exif\x00\x00"+block)), block},
		{"EXIF of a PNG, cut", photo.EXIF, inPNG("zTXt", "Raw profile type exif\x00\x00"+packed(rawProfile("exif", "Exif\x00\x00"+block))[:20]), ""},

		{"thumbnail of a JPEG", photo.Thumbnail, withSegment(j, tiffFile(le, little, nil, ifd{}, jpegAt(j))), string(j)},
		{"thumbnail that is none", photo.Thumbnail, withSegment(j, tiffFile(le, little, nil, ifd{}, jpegAt(p))), ""},
		{"thumbnail of a HEIC", photo.Thumbnail, heifFile("heic", nil, heifItem{id: 1, kind: "hvc1"}, heifItem{id: 2, kind: "jpeg", data: j, refs: map[string][]uint16{"thmb": {1}}}), string(j)},
		{"no thumbnail", photo.Thumbnail, j, ""},
	} {
		if got := string(tt.read(tt.data)); got != tt.want {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.want)
		}
	}
}

func TestReadMeta(t *testing.T) {
	place := func(lat degrees, north string, lon degrees, east string) ifd {
		return ifd{{0x8825, ifd{{1, north}, {2, lat}, {3, east}, {4, lon}}}}
	}
	whole := func(d uint32) degrees { return degrees{{d, 1}, {0, 1}, {0, 1}} }
	exposure := func(f ...field) ifd { return ifd{{0x8769, ifd(f)}} }
	zone := time.FixedZone("", -5*3600-1800)
	for _, tt := range []struct {
		name string
		main ifd
		want photo.Meta
	}{
		{"a place", place(degrees{{52, 1}, {30, 1}, {36, 1}}, "S", degrees{{13, 1}, {2250, 100}, {0, 0}}, "E"), photo.Meta{GPS: photo.GPS{Known: true, Latitude: -52.51, Longitude: 13.375}}},
		{"a place that is none", place(whole(0), "N", whole(0), "E"), photo.Meta{}},
		{"beyond the pole", place(whole(91), "N", whole(10), "E"), photo.Meta{}},
		{"no letter", place(whole(50), "", whole(10), "E"), photo.Meta{}},
		{"degrees out of nothing", place(degrees{}, "N", whole(10), "E"), photo.Meta{}},
		{"a large ISO", exposure(field{0x8827, uint16(65535)}, field{0x8830, uint16(2)}, field{0x8832, 102400}), photo.Meta{ISO: 102400}},
		{"parts of a second", exposure(field{0x9003, "2026:05:03 10:20:30"}, field{0x9011, "-05:30"}, field{0x9291, "25"}), photo.Meta{Taken: time.Date(2026, 5, 3, 10, 20, 30, 250e6, zone)}},
		{"parts that are none", exposure(field{0x9003, "2026:05:03 10:20:30"}, field{0x9291, "x"}), photo.Meta{Taken: time.Date(2026, 5, 3, 10, 20, 30, 0, time.UTC)}},
		{"signed numbers", ifd{{0x112, signed(6)}}, photo.Meta{Orientation: 6}},
		{"negative numbers", ifd{{0x112, signed(-6)}}, photo.Meta{}},
		{"rubbish behind a text", ifd{{0x110, "Model\x00rubbish"}}, photo.Meta{Model: "Model"}},
		{"exposure in the main directory", ifd{{0x829A, rational{1, 50}}, {0x9003, "2026:05:03 10:20:30"}}, photo.Meta{Exposure: .02, Taken: time.Date(2026, 5, 3, 10, 20, 30, 0, time.UTC)}},
	} {
		for _, order := range []binary.ByteOrder{binary.LittleEndian, binary.BigEndian} {
			magic := little
			if order == binary.BigEndian {
				magic = big
			}
			got := photo.ReadMeta(tiffFile(order, magic, nil, tt.main))
			if !got.Taken.Equal(tt.want.Taken) || got.Taken.Format(time.RFC3339Nano) != tt.want.Taken.Format(time.RFC3339Nano) {
				t.Errorf("%s: taken %v, want %v", tt.name, got.Taken, tt.want.Taken)
			}
			got.Taken = tt.want.Taken
			if got != tt.want {
				t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
			}
		}
	}
	heic := phonePhoto(string(tiffFile(binary.BigEndian, big, nil, ifd{{0x112, uint16(6)}, {0x110, "Phone"}})), "")
	if m := photo.ReadMeta(heic); m.Model != "Phone" || m.Orientation != photo.Upright {
		t.Errorf("a HEIC that is turned by its boxes: %+v", m)
	}
}

// checkMeta complains about what can not be stored or shown.
func checkMeta(t *testing.T, m photo.Meta) {
	t.Helper()
	for _, n := range []float64{m.FocalLength, m.FNumber, m.Exposure, float64(m.ISO), float64(m.FullW), float64(m.FullH)} {
		if n < 0 || math.IsInf(n, 0) || math.IsNaN(n) {
			t.Errorf("%v in %+v", n, m)
		}
	}
	for _, s := range []string{m.Make, m.Model, m.Lens} {
		if strings.ToValidUTF8(s, "") != s || len(s) > 200 {
			t.Errorf("the text %q", s)
		}
	}
	g := m.GPS
	if m.Orientation != 0 && !m.Orientation.Valid() || math.Abs(g.Latitude) > 90 || math.Abs(g.Longitude) > 180 || math.IsNaN(g.Altitude) || !g.Known && g != (photo.GPS{}) {
		t.Errorf("%+v", m)
	}
}

// Whatever a file holds, every reader ends, stays within it, and gives what can be stored.
func FuzzContainers(f *testing.F) {
	j, p := jpegBytes(f, 0), pngBytes(f)
	f.Add(withSegment(j, tiffFile(binary.LittleEndian, little, nil, facts("A", "B", 6), jpegAt(j))))
	f.Add(splice(j, 2, segment(0xE2, "ICC_PROFILE\x00\x01\x01profile")...))
	f.Add(splice(j, 2, segment(0xE1, "http://ns.adobe.com/xap/1.0/\x00<rdf:RDF>0123456789ABCDEF0123456789ABCDEF</rdf:RDF>")...))
	f.Add(splice(j, 2, segment(0xE1, "http://ns.adobe.com/xmp/extension/\x000123456789ABCDEF0123456789ABCDEF\x00\x00\x00\x13\x00\x00\x00\x00<rdf:RDF></rdf:RDF>")...))
	f.Add(splice(p, 33, []byte(pngChunk("iCCP", "name\x00\x00"+packed("profile")))...))
	f.Add(splice(p, 33, []byte(pngChunk("zTXt", "Raw profile type exif\x00\x00"+packed(rawProfile("exif", "Exif\x00\x00II*\x00"))))...))
	f.Add(splice(p, 33, []byte(pngChunk("iTXt", "XML:com.adobe.xmp\x00\x01\x00\x00\x00"+packed("<x/>")))...))
	f.Add(riff("ICCP", "profile", "XMP ", "<x/>", "EXIF", little+"\x08\x00\x00\x00"))
	f.Add(gifWith("!\xFE\x02hi\x00", gifXMP("<x/>"), "!\xFF\x0BICCRGBG1012\x03pro\x04file\x00"))
	f.Add(phonePhoto(string(tiffFile(binary.BigEndian, big, nil, facts("A", "B", 6))), "<x/>"))
	f.Add(tiffFile(binary.BigEndian, big, nil, facts("A", "B", 6, field{0x111, offsetOf{j}}, field{0x117, lengthOf{j}}, field{700, blob("<x/>")}, field{0x8773, blob("profile")})))
	f.Fuzz(func(t *testing.T, data []byte) {
		photo.EXIF(data)
		photo.AdobeRGB(data)
		for name, got := range map[string][]byte{"ICC": photo.ICC(data), "XMP": photo.XMP(data)} {
			if len(got) > 16<<20 {
				t.Errorf("%s has %d bytes", name, len(got))
			}
		}
		if small := photo.Thumbnail(data); small != nil && photo.Sniff(small) != photo.JPEG {
			t.Errorf("the thumbnail is %q", small)
		}
		checkMeta(t, photo.ReadMeta(data))
		if h, ok := photo.ReadHEIF(data); ok && (!h.Turned.Valid() || h.W < 0 || h.H < 0 || h.UprightW < 0 || h.UprightH < 0 || h.Largest < 0) {
			t.Errorf("ReadHEIF = %+v", h)
		}
		if small := photo.HEIFThumbnail(data); small != nil && len(small) != len(data) {
			t.Errorf("HEIFThumbnail gives %d bytes of %d", len(small), len(data))
		}
		if photo.Identify(data).IsZero() != (len(data) == 0) {
			t.Error("no identity")
		}
	})
}
