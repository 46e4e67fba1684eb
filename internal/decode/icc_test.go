package decode

import (
	"bytes"
	"encoding/binary"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode/utf16"

	"semblance/internal/photo"
)

// iccTag is a tag of a profile that a test makes.
type iccTag struct {
	name string
	data []byte
}

// iccProfile lays out a profile: version 2 or 4, class, colours and PCS as in its header, and its tags.
func iccProfile(version byte, class, kind, pcs string, tags []iccTag) []byte {
	be := binary.BigEndian
	p := make([]byte, iccHeader)
	p[8] = version
	copy(p[12:], class+kind+pcs)
	copy(p[36:], "acsp")
	copy(p[68:], xyzTag(d50)[8:])
	p = be.AppendUint32(p, uint32(len(tags)))
	at := len(p) + 12*len(tags)
	var bodies []byte
	for _, t := range tags {
		p = be.AppendUint32(be.AppendUint32(append(p, t.name...), uint32(at+len(bodies))), uint32(len(t.data)))
		bodies = append(bodies, t.data...)
		for len(bodies)%4 != 0 {
			bodies = append(bodies, 0)
		}
	}
	p = append(p, bodies...)
	be.PutUint32(p, uint32(len(p)))
	return p
}

func fixed(b []byte, numbers ...float64) []byte {
	for _, v := range numbers {
		b = binary.BigEndian.AppendUint32(b, uint32(int32(math.Round(v*65536))))
	}
	return b
}

func xyzTag(v [3]float64) []byte { return fixed([]byte("XYZ \x00\x00\x00\x00"), v[:]...) }

func curvTag(numbers ...uint16) []byte {
	b := binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), uint32(len(numbers)))
	for _, v := range numbers {
		b = binary.BigEndian.AppendUint16(b, v)
	}
	return b
}

func curvTable(n int, c curve) []byte {
	numbers := make([]uint16, n)
	for i := range numbers {
		numbers[i] = uint16(math.Round(65535 * c(float64(i)/float64(n-1))))
	}
	return curvTag(numbers...)
}

func paraTag(kind byte, numbers ...float64) []byte {
	return fixed([]byte{'p', 'a', 'r', 'a', 0, 0, 0, 0, 0, kind, 0, 0}, numbers...)
}

func descTag(version byte, name string) []byte {
	be := binary.BigEndian
	if version < 4 {
		return append(append(be.AppendUint32([]byte("desc\x00\x00\x00\x00"), uint32(len(name)+1)), name...), make([]byte, 79)...)
	}
	units := utf16.Encode([]rune(name))
	b := []byte("mluc\x00\x00\x00\x00\x00\x00\x00\x01\x00\x00\x00\x0CenUS")
	b = be.AppendUint32(be.AppendUint32(b, uint32(2*len(units))), 28)
	for _, u := range units {
		b = be.AppendUint16(b, u)
	}
	return b
}

// rgbProfile is a profile of a matrix, whose rows are X, Y and Z, and one curve.
func rgbProfile(version byte, name string, m matrix, trc []byte) []byte {
	tags := []iccTag{{"desc", descTag(version, name)}}
	for i, c := range []string{"r", "g", "b"} {
		tags = append(tags, iccTag{c + "XYZ", xyzTag([3]float64{m[0][i], m[1][i], m[2][i]})}, iccTag{c + "TRC", trc})
	}
	// How white was adapted is said besides; the colorants have been adapted already.
	tags = append(tags, iccTag{"chad", fixed([]byte("sf32\x00\x00\x00\x00"), 1.0478, 0.0229, -0.0501, 0.0295, 0.9905, -0.0170, -0.0092, 0.0150, 0.7521)})
	return iccProfile(version, "mntr", "RGB ", "XYZ ", tags)
}

// withICC puts a profile into a JPEG, in as many segments as it takes if each holds at most size bytes (ICC.1:2022, B.4).
func withICC(jpeg, profile []byte, size int) []byte {
	parts := slices.Collect(slices.Chunk(profile, size))
	var all []byte
	for i, part := range parts {
		body := slices.Concat([]byte("ICC_PROFILE\x00"), []byte{byte(i + 1), byte(len(parts))}, part)
		all = append(binary.BigEndian.AppendUint16(append(all, 0xFF, 0xE2), uint16(len(body)+2)), body...)
	}
	return slices.Concat(jpeg[:2], all, jpeg[2:])
}

// Curves of all types, at their borders too.
func TestICCCurves(t *testing.T) {
	for _, tt := range []struct {
		name string
		tag  []byte
		want curve
	}{
		{"identity", curvTag(), func(v float64) float64 { return v }},
		{"gamma", curvTag(0x0233), gamma(563. / 256)},
		{"table", curvTable(4096, srgbCurve), srgbCurve},
		{"table of two", curvTag(0, 0xFFFF), func(v float64) float64 { return v }},
		{"falling table", curvTag(0xFFFF, 0), func(v float64) float64 { return 1 - v }},
		{"type 0", paraTag(0, 1.8), gamma(1.8)},
		{"type 1", paraTag(1, 2, 2, -1), func(v float64) float64 { return math.Pow(max(2*v-1, 0), 2) }},
		{"type 2", paraTag(2, 2, 2, -1, .25), func(v float64) float64 { return math.Pow(max(2*v-1, 0), 2) + .25 }},
		{"type 3", paraTag(3, 2.4, 1/1.055, .055/1.055, 1/12.92, .04045), srgbCurve},
		{"type 4", paraTag(4, 2, .5, .5, .25, .5, .1, .05), func(v float64) float64 {
			if v < .5 {
				return .25*v + .05
			}
			return (.5*v+.5)*(.5*v+.5) + .1
		}},
		{"nonsense", paraTag(3, -2.4, -1, -1, 30000, .5), nil},
		{"not a number", paraTag(0, -1), nil},
	} {
		c, err := iccCurve(tt.tag)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		s := &space{curves: [3]curve{c, c, c}}
		for i := range 1001 {
			v := float64(i) / 1000
			got := s.linear(0, v)
			if !(got >= 0 && got <= 1) {
				t.Fatalf("%s: %v becomes %v", tt.name, v, got)
			}
			if tt.want != nil && math.Abs(got-min(tt.want(v), 1)) > 1e-4 {
				t.Errorf("%s: %v becomes %v, want %v", tt.name, v, got, tt.want(v))
				break
			}
		}
	}
}

// A profile that cannot be used is told of by its name, and a broken one costs nothing.
func TestUnusableProfiles(t *testing.T) {
	srgb := primaries709.xyz()
	good := rgbProfile(2, "Good", primariesAdobe.xyz(), curvTag(0x0233))
	change := func(at int, b ...byte) []byte {
		p := slices.Clone(good)
		copy(p[at:], b)
		return p
	}
	for _, tt := range []struct {
		name    string
		profile []byte
		note    string
	}{
		{"good", good, ""},
		{"CMYK", iccProfile(2, "prtr", "CMYK", "Lab ", []iccTag{{"desc", descTag(2, "Coated")}, {"A2B0", make([]byte, 64)}}), "(Coated)"},
		{"tables only", iccProfile(4, "mntr", "RGB ", "Lab ", []iccTag{{"desc", descTag(4, "Größe")}, {"A2B0", make([]byte, 64)}}), "(Größe)"},
		{"link", change(12, []byte("link")...), "(Good)"},
		{"no signature", change(36, 0), "profile could"},
		{"header only", good[:iccHeader], "profile could"},
		{"empty", good[:0], "profile could"},
		{"cut off", good[:len(good)-60], "(Good)"},
		{"four thousand million tags", change(iccHeader, 255, 255, 255, 255), "profile could"},
		{"one tag too many for the length", change(iccHeader, 0, 0, 0, 199), "profile could"},
		{"tag far outside", change(iccHeader+4+4+12, 255, 255, 255, 255), "(Good)"},
		{"curve of no gamma", rgbProfile(2, "Good", srgb, curvTag(0)), "(Good)"},
		{"curve that states more than it has", rgbProfile(2, "Good", srgb, append(binary.BigEndian.AppendUint32([]byte("curv\x00\x00\x00\x00"), math.MaxUint32), 1, 2)), "(Good)"},
		{"curve of an unknown type", rgbProfile(4, "Good", srgb, paraTag(5, 1, 1, 1, 1, 1, 1, 1)), "(Good)"},
		{"curve too short for its type", rgbProfile(4, "Good", srgb, paraTag(4, 1, 1, 1)), "(Good)"},
		{"curve of another kind", rgbProfile(4, "Good", srgb, xyzTag(d50)), "(Good)"},
		{"giant colours", rgbProfile(4, "Good", matrix{{3000, 1, 1}, {1, 3000, 1}, {1, 1, 3000}}, curvTag()), "(Good)"},
	} {
		s, name, err := parseICC(tt.profile)
		if err == nil {
			_, err = newTransform(s)
		}
		note := unusable(name, err)
		if (tt.note == "") != (note == "") || !strings.Contains(note, tt.note) {
			t.Errorf("%s: note %q, want something with %q", tt.name, note, tt.note)
		}
	}
}

// A photo with such a profile has its pixels as they are, and says so once.
func TestUnusableProfileIsSaid(t *testing.T) {
	data := encodeJPEG(t, scene(64, 48))
	plain, err := open(t, data).Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	e := open(t, withICC(data, iccProfile(4, "prtr", "CMYK", "Lab ", []iccTag{{"desc", descTag(4, "Newspaper")}}), 100))
	if got, err := e.Pixels(t.Context(), 20); err != nil || !turboBuilt && difference(t, got, plain) != 0 {
		t.Errorf("the picture is another one, or none: %v", err)
	}
	got, err := e.Pixels(t.Context(), 0)
	if err != nil || difference(t, got, plain) != 0 {
		t.Errorf("the picture is another one, or none: %v", err)
	}
	want := []string{"its colour profile (Newspaper) could not be used: colours may be off"}
	if w := e.Warnings(); !slices.Equal(w, want) {
		t.Errorf("warnings %q, want %q", w, want)
	}
}

// Every file of the collection that has a profile is read; of most the profile says sRGB.
func TestProfilesOfTheCollection(t *testing.T) {
	files, err := filepath.Glob("../../../shared/eval/photo_formats/images/*")
	if err != nil || len(files) == 0 {
		t.Skip("no collection of photo files")
	}
	same, converted, noted := 0, 0, 0
	for _, path := range files {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		profile := photo.ICC(data)
		if profile == nil {
			continue
		}
		s, name, err := parseICC(profile)
		var tr *transform
		if err == nil {
			tr, err = newTransform(s)
		}
		switch {
		case err != nil:
			noted++
			t.Logf("%s: %s: %v", filepath.Base(path), name, err)
		case tr == nil:
			same++
		default:
			converted++
			t.Logf("%s: %s", filepath.Base(path), name)
		}
	}
	t.Logf("%d profiles change nothing, %d are converted, %d cannot be used", same, converted, noted)
	if same < 15 || converted < 9 || noted > 1+converted/4 {
		t.Errorf("%d profiles change nothing, %d are converted, %d cannot be used", same, converted, noted)
	}
}

// Whatever a profile says, reading it ends, and its transform gives a picture.
func FuzzICC(f *testing.F) {
	srgb := primaries709.xyz()
	for _, trc := range [][]byte{curvTag(), curvTag(0x0233), curvTable(16, srgbCurve), paraTag(0, 2.2), paraTag(3, 2.4, 1/1.055, .055/1.055, 1/12.92, .04045), paraTag(4, 1, 1, 0, 1, .5, 0, 0)} {
		f.Add(rgbProfile(4, "Fuzz", srgb, trc))
	}
	f.Add(iccProfile(2, "mntr", "GRAY", "Lab ", []iccTag{{"desc", descTag(2, "Grey")}, {"kTRC", curvTag(0x0200)}}))
	f.Add(iccProfile(2, "prtr", "CMYK", "Lab ", nil))
	f.Fuzz(func(t *testing.T, data []byte) {
		before := bytes.Clone(data)
		s, name, err := parseICC(data)
		if len(name) > 200 {
			t.Errorf("a name of %d bytes", len(name))
		}
		if err != nil {
			return
		}
		tr, err := newTransform(s)
		if err != nil {
			return
		}
		img := scene(16, 16)
		tr.apply(img)
		for i := 3; i < len(img.Pix); i += 4 {
			if img.Pix[i] != 255 {
				t.Fatal("the picture is not opaque any more")
			}
		}
		if !bytes.Equal(data, before) {
			t.Error("the profile was written to")
		}
	})
}
