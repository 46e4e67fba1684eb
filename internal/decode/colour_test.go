package decode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// published is a colour space as its publisher prints it: nothing of it is computed by the code under test.
type published struct {
	name    string
	d50     matrix // RGB to XYZ, adapted to D50 (brucelindbloom.com, "RGB/XYZ matrices"; P3: the colorants of Apple's profile)
	encode  curve  // linear light to stored value
	decode  curve
	profile []byte
}

func publishedSRGB() matrix {
	return matrix{{0.4360747, 0.3850649, 0.1430804}, {0.2225045, 0.7168786, 0.0606169}, {0.0139322, 0.0971045, 0.7141733}}
}

// srgbEncode is the inverse of sRGB's curve, as IEC 61966-2-1 has it.
func srgbEncode(l float64) float64 {
	if l <= 0.0031308 {
		return 12.92 * l
	}
	return 1.055*math.Pow(l, 1/2.4) - 0.055
}

func publishedSpaces() []published {
	srgbMatrix := publishedSRGB()
	adobe := matrix{{0.6097559, 0.2052401, 0.1492240}, {0.3111242, 0.6256560, 0.0632197}, {0.0194811, 0.0608902, 0.7448387}}
	p3 := matrix{{0.51512, 0.29198, 0.15710}, {0.24120, 0.69225, 0.06657}, {-0.00105, 0.04189, 0.78407}}
	proPhoto := matrix{{0.7976749, 0.1351917, 0.0313534}, {0.2880402, 0.7118741, 0.0000857}, {0, 0, 0.8252100}}
	// ROMM RGB, ISO 22028-2: linear below 1/512.
	rommEncode := func(l float64) float64 {
		if l < 1./512 {
			return 16 * l
		}
		return math.Pow(l, 1/1.8)
	}
	rommDecode := func(v float64) float64 {
		if v < 16./512 {
			return v / 16
		}
		return math.Pow(v, 1.8)
	}
	srgbPara := paraTag(3, 2.4, 1/1.055, .055/1.055, 1/12.92, .04045)
	return []published{
		{"sRGB v2", srgbMatrix, srgbEncode, srgbCurve, rgbProfile(2, "sRGB", srgbMatrix, curvTable(1024, srgbCurve))},
		{"sRGB v4", srgbMatrix, srgbEncode, srgbCurve, rgbProfile(4, "sRGB", srgbMatrix, srgbPara)},
		{"Adobe RGB v2", adobe, gamma(256. / 563), gamma(563. / 256), rgbProfile(2, "Adobe RGB (1998)", adobe, curvTag(0x0233))},
		{"Adobe RGB v4", adobe, gamma(256. / 563), gamma(563. / 256), rgbProfile(4, "Adobe RGB", adobe, paraTag(0, 563./256))},
		{"Display P3 v2", p3, srgbEncode, srgbCurve, rgbProfile(2, "Display P3", p3, curvTable(4096, srgbCurve))},
		{"Display P3 v4", p3, srgbEncode, srgbCurve, rgbProfile(4, "Display P3", p3, srgbPara)},
		{"ProPhoto v2", proPhoto, rommEncode, rommDecode, rgbProfile(2, "ProPhoto RGB", proPhoto, curvTable(1024, rommDecode))},
		{"ProPhoto v4", proPhoto, rommEncode, rommDecode, rgbProfile(4, "ProPhoto RGB", proPhoto, paraTag(3, 1.8, 1, 0, 1./16, 16./512))},
	}
}

// from converts a colour of sRGB, 0..1, into p's space; slow converts one of p's into sRGB. Both by the publishers' matrices.
func (p *published) from(srgb [3]float64) [3]float64 {
	return mapped(p.encode, p.d50.inverse().times(publishedSRGB().times(mapped(srgbCurve, srgb))))
}

func (p *published) slow(c [3]float64) [3]float64 {
	return mapped(srgbEncode, publishedSRGB().inverse().times(p.d50.times(mapped(p.decode, c))))
}

func mapped(c curve, v [3]float64) (out [3]float64) {
	for i := range v {
		out[i] = min(max(c(min(max(v[i], 0), 1)), 0), 1)
	}
	return out
}

func of8(r, g, b uint8) [3]float64 {
	return [3]float64{float64(r) / 255, float64(g) / 255, float64(b) / 255}
}

func to8(v float64) uint8 { return uint8(math.Round(255 * v)) }

// The primaries and the curves give the published matrices.
func TestPrimaries(t *testing.T) {
	spaces := publishedSpaces()
	for _, tt := range []struct {
		name string
		p    primaries
		want matrix
	}{{"sRGB", primaries709, spaces[0].d50}, {"Adobe RGB", primariesAdobe, spaces[2].d50}, {"Display P3", primariesP3, spaces[4].d50}} {
		got := tt.p.xyz()
		for i := range got {
			for j := range got {
				if math.Abs(got[i][j]-tt.want[i][j]) > 3e-4 { // the publishers round the white differently
					t.Errorf("%s: element %d, %d is %.6f, want %.6f", tt.name, i, j, got[i][j], tt.want[i][j])
				}
			}
		}
	}
}

// One scene in eight kinds of file looks the same.
func TestOneSceneInManySpaces(t *testing.T) {
	want := scene(256, 192)
	for i := range want.Pix { // muted, as most of a photo is: wide spaces store saturated colours coarsely
		if i%4 != 3 {
			want.Pix[i] = want.Pix[i]/2 + 64
		}
	}
	for _, p := range publishedSpaces() {
		m := image.NewRGBA(want.Rect)
		for y := range m.Rect.Dy() {
			for x := range m.Rect.Dx() {
				c := want.RGBAAt(x, y)
				v := p.from(of8(c.R, c.G, c.B))
				m.SetRGBA(x, y, color.RGBA{to8(v[0]), to8(v[1]), to8(v[2]), 255})
			}
		}
		raw := difference(t, m, want)
		if p.name[:4] != "sRGB" && raw < 2 {
			t.Fatalf("%s: the scene is no test, unconverted it differs by %.1f", p.name, raw)
		}
		var b bytes.Buffer
		if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 100}); err != nil {
			t.Fatal(err)
		}
		e := open(t, withICC(b.Bytes(), p.profile, 1000))
		got, err := e.Pixels(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if len(e.Warnings()) > 0 {
			t.Errorf("%s: %q", p.name, e.Warnings())
		}
		// Away from the borders of the colours, which JPEG smears.
		for y := 8; y < 192; y += 16 {
			for x := 8; x < 256; x += 16 {
				a, b := got.RGBAAt(x, y), want.RGBAAt(x, y)
				most := 3
				if strings.HasPrefix(p.name, "ProPhoto") {
					most = 5 // one stored step is up to two
				}
				if d := max(apart(a.R, b.R), apart(a.G, b.G), apart(a.B, b.B)); d > most {
					t.Errorf("%s: at %d, %d %v, want %v", p.name, x, y, a, b)
				}
			}
		}
		part, err := e.Region(t.Context(), image.Rect(16, 16, 112, 80), 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(t, part, crop(got, image.Rect(16, 16, 112, 80))); d > 1 {
			t.Errorf("%s: a region differs from the whole by %.1f", p.name, d)
		}
	}
}

func apart(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }

// The tables give what the formulas give, to one step, for all colours; and the sRGB profiles are recognised.
func TestTransformIsExact(t *testing.T) {
	for _, p := range publishedSpaces() {
		s, name, err := parseICC(p.profile)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := newTransform(s)
		if err != nil {
			t.Fatal(err)
		}
		if (tr == nil) != (name == "sRGB") {
			t.Errorf("%s: is nothing to be done? %v", p.name, tr == nil)
		}
		img := image.NewRGBA(image.Rect(0, 0, 1, 1))
		colours, off, worst := 0, 0, 0
		for r := 0; r < 256; r += 15 {
			for g := 0; g < 256; g += 15 {
				for b := 0; b < 256; b += 15 {
					copy(img.Pix, []byte{uint8(r), uint8(g), uint8(b), 255})
					tr.apply(img)
					for c, v := range p.slow(of8(uint8(r), uint8(g), uint8(b))) {
						d := apart(img.Pix[c], to8(v))
						worst = max(worst, d)
						colours++
						if d > 0 {
							off++
						}
					}
				}
			}
		}
		if worst > 1 || off > colours/20 {
			t.Errorf("%s: up to %d steps off; %d of %d values by at least one", p.name, worst, off, colours)
		}
	}
}

// What LittleCMS 2.14 makes of these colours (ImageMagick 6.9.11, `convert in.png -intent relative -profile sRGB.icc out.png`, the profiles
// being those of this test).
func TestAgainstLittleCMS(t *testing.T) {
	spaces := publishedSpaces()
	for _, tt := range []struct {
		space    string
		from, to [3]uint8
	}{
		{"Adobe RGB v2", [3]uint8{16, 24, 9}, [3]uint8{3, 16, 1}},
		{"Adobe RGB v2", [3]uint8{60, 80, 40}, [3]uint8{45, 78, 31}},
		{"Adobe RGB v2", [3]uint8{128, 128, 128}, [3]uint8{129, 129, 129}},
		{"Adobe RGB v2", [3]uint8{200, 150, 120}, [3]uint8{217, 151, 119}},
		{"Adobe RGB v2", [3]uint8{255, 255, 255}, [3]uint8{255, 255, 255}},
		{"Adobe RGB v2", [3]uint8{0, 255, 0}, [3]uint8{0, 255, 0}},
		{"Adobe RGB v2", [3]uint8{230, 200, 180}, [3]uint8{241, 201, 180}},
		{"Display P3 v4", [3]uint8{16, 24, 9}, [3]uint8{13, 24, 7}},
		{"Display P3 v4", [3]uint8{60, 80, 40}, [3]uint8{54, 80, 34}},
		{"Display P3 v4", [3]uint8{128, 128, 128}, [3]uint8{128, 128, 127}},
		{"Display P3 v4", [3]uint8{200, 150, 120}, [3]uint8{209, 147, 114}},
		{"Display P3 v4", [3]uint8{255, 255, 255}, [3]uint8{255, 255, 254}},
		{"Display P3 v4", [3]uint8{0, 255, 0}, [3]uint8{0, 255, 0}},
		{"Display P3 v4", [3]uint8{230, 200, 180}, [3]uint8{236, 198, 177}},
		{"ProPhoto v2", [3]uint8{16, 24, 9}, [3]uint8{9, 33, 1}},
		{"ProPhoto v2", [3]uint8{60, 80, 40}, [3]uint8{62, 103, 40}},
		{"ProPhoto v2", [3]uint8{128, 128, 128}, [3]uint8{146, 146, 146}},
		{"ProPhoto v2", [3]uint8{200, 150, 120}, [3]uint8{249, 154, 133}},
		{"ProPhoto v2", [3]uint8{255, 255, 255}, [3]uint8{254, 255, 255}},
		{"ProPhoto v2", [3]uint8{0, 255, 0}, [3]uint8{0, 255, 0}},
		{"ProPhoto v2", [3]uint8{230, 200, 180}, [3]uint8{255, 204, 189}},
		{"ProPhoto v4", [3]uint8{16, 24, 9}, [3]uint8{9, 33, 1}},
		{"ProPhoto v4", [3]uint8{60, 80, 40}, [3]uint8{62, 103, 40}},
		{"ProPhoto v4", [3]uint8{128, 128, 128}, [3]uint8{146, 146, 146}},
		{"ProPhoto v4", [3]uint8{200, 150, 120}, [3]uint8{249, 154, 133}},
		{"ProPhoto v4", [3]uint8{255, 255, 255}, [3]uint8{254, 255, 255}},
		{"ProPhoto v4", [3]uint8{0, 255, 0}, [3]uint8{0, 255, 0}},
		{"ProPhoto v4", [3]uint8{230, 200, 180}, [3]uint8{255, 204, 189}},
	} {
		p := spaces[slices.IndexFunc(spaces, func(p published) bool { return p.name == tt.space })]
		s, _, err := parseICC(p.profile)
		if err != nil {
			t.Fatal(err)
		}
		tr, err := newTransform(s)
		if err != nil {
			t.Fatal(err)
		}
		img := &image.RGBA{Pix: []byte{tt.from[0], tt.from[1], tt.from[2], 255}, Stride: 4, Rect: image.Rect(0, 0, 1, 1)}
		tr.apply(img)
		for c, want := range tt.to {
			if apart(img.Pix[c], want) > 1 {
				t.Errorf("%s: %v becomes %v, with LittleCMS %v", tt.space, tt.from, img.Pix[:3], tt.to)
			}
		}
	}
}

// pngWith puts chunks before the picture of a PNG.
func pngWith(t *testing.T, m image.Image, chunks ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	const header = 8 + 25 // signature and IHDR
	return slices.Concat(b.Bytes()[:header], slices.Concat(chunks...), b.Bytes()[header:])
}

func chunk(name string, body []byte) []byte {
	c := binary.BigEndian.AppendUint32(nil, uint32(len(body)))
	c = append(append(c, name...), body...)
	return binary.BigEndian.AppendUint32(c, crc32.ChecksumIEEE(c[4:]))
}

func uint32s(numbers ...uint32) (b []byte) {
	for _, v := range numbers {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

// What a PNG says besides a profile.
func TestPNGColours(t *testing.T) {
	adobe := publishedSpaces()[2]
	p3 := publishedSpaces()[4]
	own := [3]uint8{180, 100, 60}
	slow := func(p published) [3]uint8 {
		v := p.slow(of8(own[0], own[1], own[2]))
		return [3]uint8{to8(v[0]), to8(v[1]), to8(v[2])}
	}
	adobeChromaticities := chunk("cHRM", uint32s(31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))
	usual := chunk("gAMA", uint32s(45455))
	linear := [3]uint8{}
	for i, v := range of8(own[0], own[1], own[2]) {
		linear[i] = to8(srgbEncode(v))
	}
	for _, tt := range []struct {
		name   string
		chunks [][]byte
		want   [3]uint8
		notes  int
	}{
		{"nothing", nil, own, 0},
		{"sRGB", [][]byte{chunk("sRGB", []byte{0}), adobeChromaticities}, own, 0},
		{"usual gamma", [][]byte{usual}, own, 0},
		{"usual gamma and chromaticities", [][]byte{usual, chunk("cHRM", uint32s(31270, 32900, 64000, 33000, 30000, 60000, 15000, 6000))}, own, 0},
		{"Adobe RGB", [][]byte{chunk("gAMA", uint32s(45470-5)), adobeChromaticities}, slow(published{d50: adobe.d50, decode: srgbCurve}), 0},
		{"linear", [][]byte{chunk("gAMA", uint32s(100000))}, linear, 0},
		{"Display P3", [][]byte{chunk("cICP", []byte{12, 13, 0, 1}), adobeChromaticities}, slow(p3), 0},
		{"sRGB coded", [][]byte{chunk("cICP", []byte{1, 13, 0, 1}), adobeChromaticities}, own, 0},
		{"high dynamic range", [][]byte{chunk("cICP", []byte{9, 16, 0, 1})}, own, 1},
		{"nonsense", [][]byte{chunk("gAMA", uint32s(0)), chunk("cHRM", uint32s(0, 0, 0, 0, 0, 0, 0, 0))}, own, 0},
		{"too short", [][]byte{chunk("gAMA", nil), chunk("cHRM", uint32s(1)), chunk("cICP", nil)}, own, 0},
	} {
		m := image.NewRGBA(image.Rect(0, 0, 2, 2))
		for i := range 4 {
			copy(m.Pix[4*i:], []byte{own[0], own[1], own[2], 255})
		}
		e := open(t, pngWith(t, m, tt.chunks...))
		got, err := e.Pixels(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		for c, want := range tt.want {
			if apart(got.Pix[c], want) > 1 {
				t.Errorf("%s: %v, want %v", tt.name, got.Pix[:3], tt.want)
			}
		}
		if len(e.Warnings()) != tt.notes {
			t.Errorf("%s: warnings %q", tt.name, e.Warnings())
		}
	}
}

// A camera that is set to Adobe RGB says so in EXIF.
func TestAdobeRGBWithoutProfile(t *testing.T) {
	data := encodeJPEG(t, scene(64, 48))
	plain, err := open(t, data).Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	p := publishedSpaces()[2]
	for _, tt := range []struct {
		name  string
		space uint16
		index string
		adobe bool
	}{{"Adobe RGB", 0xFFFF, "R03", true}, {"sRGB", 1, "R98", false}, {"uncalibrated", 0xFFFF, "R98", false}, {"contradictory", 1, "R03", false}} {
		got, err := open(t, withBlock(data, interoperable(tt.space, tt.index))).Pixels(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		want := plain.RGBAAt(20, 20)
		if tt.adobe {
			v := p.slow(of8(want.R, want.G, want.B))
			want = color.RGBA{to8(v[0]), to8(v[1]), to8(v[2]), 255}
		}
		if c := got.RGBAAt(20, 20); max(apart(c.R, want.R), apart(c.G, want.G), apart(c.B, want.B)) > 1 {
			t.Errorf("%s: %v, want %v", tt.name, c, want)
		}
	}
}

// A preview of a RAW file that says nothing about its colours has those that the RAW says, as the picture and as the thumbnail.
func TestAdobeRGBOfRAW(t *testing.T) {
	upright := scene(900, 600)
	preview := encodeJPEG(t, upright)
	block := interoperable(0xFFFF, "R03")
	// The directory of interoperable, with the preview, behind it.
	at := len(block) + 2 + 3*12 + 4
	be := binary.BigEndian
	raw := slices.Clone(block)
	be.PutUint32(raw[4:], uint32(len(block)))
	raw = append(raw, 0, 3)
	for _, e := range [][2]uint32{{0x0201, uint32(at)}, {0x0202, uint32(len(preview))}, {0x8769, 26}} {
		raw = be.AppendUint32(append(be.AppendUint16(raw, uint16(e[0])), 0, 4, 0, 0, 0, 1), e[1])
	}
	raw = append(append(raw, 0, 0, 0, 0), preview...)
	path := newFile(t, "a.pef", raw)
	e, err := Decoder{}.Read(t.Context(), path)
	if err != nil || e.Format != photo.RAW {
		t.Fatal(e, err)
	}
	got, err := e.Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	want, err := open(t, withBlock(preview, block)).Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if difference(t, got, want) != 0 || difference(t, got, upright) < 3 {
		t.Errorf("it differs by %.1f from what it should be, and by %.1f from what nobody converts", difference(t, got, want), difference(t, got, upright))
	}
	thumb, err := Decoder{}.EmbeddedThumbnail(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	w := thumb.Rect.Dx()
	if d := difference(t, Fit(thumb, 200), Fit(want, 200)); d > 2 {
		t.Errorf("the thumbnail, %d pixels wide, differs by %.1f", w, d)
	}
}

// interoperable is an EXIF block with a colour space and a directory of interoperability (EXIF 2.32, 4.6.3 and 4.6.7).
func interoperable(space uint16, index string) []byte {
	be := binary.BigEndian
	entry := func(b []byte, number, kind uint16, count uint32, value []byte) []byte {
		return append(be.AppendUint32(be.AppendUint16(be.AppendUint16(b, number), kind), count), value...)
	}
	block := []byte("MM\x00\x2A\x00\x00\x00\x08\x00\x01")
	block = entry(block, 0x8769, 4, 1, uint32s(26))
	block = append(block, 0, 0, 0, 0)
	block = append(block, 0, 2) // at 26
	block = entry(block, 0xA001, 3, 1, []byte{byte(space >> 8), byte(space), 0, 0})
	block = entry(block, 0xA005, 4, 1, uint32s(56))
	block = append(block, 0, 0, 0, 0)
	block = append(block, 0, 1) // at 56
	block = entry(block, 0x0001, 2, 4, append([]byte(index), 0))
	return append(block, 0, 0, 0, 0)
}

// Pictures of 16 bits are rounded once, behind the transform: a slow slope in the shadows of a wide space has no bands.
func TestDeepPictures(t *testing.T) {
	p := publishedSpaces()[6] // ProPhoto
	const n = 4096
	deep, grey := image.NewNRGBA64(image.Rect(3, 5, 3+n, 6)), image.NewGray16(image.Rect(0, 0, n, 1))
	for x := range n {
		v := uint16(x * 65535 / (n - 1))
		deep.SetNRGBA64(3+x, 5, color.NRGBA64{v, v, v, 65535})
		grey.SetGray16(x, 0, color.Gray16{v})
	}
	iCCP := func(profile []byte) []byte { return chunk("iCCP", append([]byte("p\x00\x00"), deflate(t, profile)...)) }
	var b bytes.Buffer
	if err := tiff.Encode(&b, deep, nil); err != nil {
		t.Fatal(err)
	}
	for name, data := range map[string][]byte{
		"png":  pngWith(t, deep, iCCP(p.profile)),
		"grey": pngWith(t, grey, iCCP(iccProfile(2, "mntr", "GRAY", "XYZ ", []iccTag{{"kTRC", curvTable(1024, p.decode)}}))),
		"tiff": withProfileTag(b.Bytes(), p.profile),
	} {
		got, err := open(t, data).Pixels(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		last := 0
		for x := range n {
			v := float64(x*65535/(n-1)) / 65535
			c, want := got.RGBAAt(x, 0), to8(p.slow([3]float64{v, v, v})[1])
			if max(apart(c.R, want), apart(c.G, want), apart(c.B, want)) > 1 {
				t.Fatalf("%s: %v becomes %v, want %d", name, v, c, want)
			}
			if g := int(c.G); g < last || g > last+1 {
				t.Errorf("%s: a band between %d and %d", name, last, c.G)
			}
			last = int(c.G)
		}
		if last != 255 {
			t.Errorf("%s: white is %d", name, last)
		}
	}
}

func deflate(t *testing.T, data []byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w := zlib.NewWriter(&b)
	if _, err := w.Write(data); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withProfileTag gives a TIFF of little endian a profile (tag 34675): its directory is written anew at the end.
func withProfileTag(data, profile []byte) []byte {
	le := binary.LittleEndian
	at := le.Uint32(data[4:])
	n := le.Uint16(data[at:])
	entries := data[at+2 : at+2+12*uint32(n)]
	out := slices.Concat(data, profile)
	if len(out)%2 == 1 {
		out = append(out, 0)
	}
	le.PutUint32(out[4:], uint32(len(out)))
	out = append(le.AppendUint16(out, n+1), entries...)
	out = le.AppendUint16(le.AppendUint16(out, 34675), 7)
	out = le.AppendUint32(le.AppendUint32(out, uint32(len(profile))), uint32(len(data)))
	return append(out, 0, 0, 0, 0)
}

// Transparent pixels of 16 bits are on paper too.
func TestDeepTransparency(t *testing.T) {
	tr, err := newTransform(adobeRGB())
	if err != nil {
		t.Fatal(err)
	}
	m := image.NewNRGBA64(image.Rect(0, 0, 3, 1))
	m.SetNRGBA64(1, 0, color.NRGBA64{0, 0, 0, 0x8000})
	m.SetNRGBA64(2, 0, color.NRGBA64{0, 0, 0, 0xFFFF})
	got := tr.opaque(m)
	if !bytes.Equal(got.Pix, []byte{255, 255, 255, 255, 127, 127, 127, 255, 0, 0, 0, 255}) {
		t.Errorf("pixels %v", got.Pix)
	}
}

func BenchmarkColours(b *testing.B) {
	p := publishedSpaces()[2]
	data := withICC(encodeJPEG(b, noise(6000, 4000)), p.profile, 65000)
	img := noise(6000, 4000)
	b.Run("24MP-AdobeRGB", func(b *testing.B) {
		for b.Loop() {
			t, note := coloursOf(1, data)
			if note != "" {
				b.Fatal(note)
			}
			t.apply(img)
		}
		b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/24e6, "ns/pixel")
	})
	b.Run("24MP-AdobeRGB-decoded", func(b *testing.B) {
		for b.Loop() {
			if _, err := open(b, data).Pixels(b.Context(), 0); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("profile", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			coloursOf(1, data)
		}
	})
	srgb := withICC(encodeJPEG(b, scene(64, 48)), publishedSpaces()[0].profile, 65000)
	b.Run("profile-sRGB", func(b *testing.B) {
		for b.Loop() {
			coloursOf(1, srgb)
		}
	})
}
