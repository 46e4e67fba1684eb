package decode

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"unicode/utf16"

	"semblance/internal/photo"
)

// What is read of ICC profiles (ICC.1:2001-04 for version 2, ICC.1:2022 for version 4): those that
// give a matrix and three curves, or one curve for grey. Profiles of cameras and displays in use have them; those
// of printers and of CMYK have only tables, which nothing here can use. A profile that has both is read by its matrix.

// iccHeader is the length of the header of a profile; iccTags bounds the number of tags.
const (
	iccHeader = 128
	iccTags   = 200
)

var errICC = errors.New("damaged")

// parseICC reads a profile. The name is what the profile calls itself, "" where that cannot be read, also of one
// that cannot be used. Nothing is allocated for what a number in the profile says; the space refers to data.
func parseICC(data []byte) (s *space, name string, err error) {
	tags, err := iccDirectory(data)
	if err != nil {
		return nil, "", err
	}
	name = iccName(tags["desc"])
	kind, pcs := string(data[16:20]), string(data[20:24])
	switch class := string(data[12:16]); class {
	case "scnr", "mntr", "prtr", "spac": // input, display, output, conversion
	default:
		return nil, name, fmt.Errorf("a profile of class %q", class)
	}
	switch {
	case kind == "RGB " && pcs == "XYZ " && tags["rXYZ"] != nil:
		s = &space{}
		var colorants [3][3]float64
		for i, c := range []string{"r", "g", "b"} {
			if colorants[i], err = iccXYZ(tags[c+"XYZ"]); err != nil {
				return nil, name, fmt.Errorf("%sXYZ: %w", c, err)
			}
			if s.curves[i], err = iccCurve(tags[c+"TRC"]); err != nil {
				return nil, name, fmt.Errorf("%sTRC: %w", c, err)
			}
		}
		s.matrix = columns(colorants[0], colorants[1], colorants[2])
		return s, name, nil
	case kind == "GRAY" && (pcs == "XYZ " || pcs == "Lab "):
		c, err := iccCurve(tags["kTRC"])
		if err != nil {
			return nil, name, fmt.Errorf("kTRC: %w", err)
		}
		if pcs == "Lab " {
			return grey(func(v float64) float64 { return fromLightness(c(v)) }), name, nil
		}
		return grey(c), name, nil
	}
	return nil, name, fmt.Errorf("a profile of colours %q that gives no matrix", kind)
}

// iccDirectory returns the tags of a profile by their signatures. A tag that reaches beyond the profile is left out.
func iccDirectory(data []byte) (map[string][]byte, error) {
	if len(data) < iccHeader+4 || string(data[36:40]) != "acsp" {
		return nil, fmt.Errorf("%w: no ICC profile", errICC)
	}
	// The length that a profile states may be too long: what is there counts.
	if n := binary.BigEndian.Uint32(data); uint64(n) < uint64(len(data)) && n >= iccHeader+4 {
		data = data[:n]
	}
	count := binary.BigEndian.Uint32(data[iccHeader:])
	table := data[iccHeader+4:]
	if count > iccTags || int(count) > len(table)/12 {
		return nil, fmt.Errorf("%w: %d tags", errICC, count)
	}
	tags := make(map[string][]byte, count)
	for ; count > 0; count, table = count-1, table[12:] {
		from, size := uint64(binary.BigEndian.Uint32(table[4:])), uint64(binary.BigEndian.Uint32(table[8:]))
		if size >= 8 && from+size <= uint64(len(data)) {
			tags[string(table[:4])] = data[from : from+size]
		}
	}
	return tags, nil
}

// iccXYZ reads a tag of type XYZType.
func iccXYZ(tag []byte) (v [3]float64, err error) {
	if len(tag) < 20 || string(tag[:4]) != "XYZ " {
		return v, errICC
	}
	for i := range v {
		v[i] = iccFixed(tag[8+4*i:])
	}
	return v, nil
}

// iccFixed reads an s15Fixed16Number.
func iccFixed(b []byte) float64 { return float64(int32(binary.BigEndian.Uint32(b))) / 65536 }

// iccCurve reads a tag of type curveType or parametricCurveType.
func iccCurve(tag []byte) (curve, error) {
	if len(tag) < 12 {
		return nil, errICC
	}
	switch kind, body := string(tag[:4]), tag[12:]; kind {
	case "curv":
		n := uint64(binary.BigEndian.Uint32(tag[8:]))
		switch {
		case n == 0:
			return func(v float64) float64 { return v }, nil
		case 2*n > uint64(len(body)):
			return nil, errICC
		case n == 1:
			g := float64(binary.BigEndian.Uint16(body)) / 256
			if g == 0 {
				return nil, errICC
			}
			return gamma(g), nil
		}
		return func(v float64) float64 { return between(body[:2*n], v) }, nil
	case "para":
		return parametric(binary.BigEndian.Uint16(tag[8:]), body)
	default:
		return nil, fmt.Errorf("a curve of type %q", kind)
	}
}

// between reads a table of 16-bit numbers at v, 0..1 of its length, linear between two of them.
func between(table []byte, v float64) float64 {
	last := len(table)/2 - 1
	at := min(max(v, 0), 1) * float64(last)
	i := min(int(at), last-1)
	a, b := float64(binary.BigEndian.Uint16(table[2*i:])), float64(binary.BigEndian.Uint16(table[2*i+2:]))
	return (a + (b-a)*(at-float64(i))) / 65535
}

// parametric returns a curve of one of the five types of ICC.1:2022, table 68.
func parametric(kind uint16, body []byte) (curve, error) {
	sizes := [...]int{1, 3, 4, 5, 7}
	if int(kind) >= len(sizes) || len(body) < 4*sizes[kind] {
		return nil, errICC
	}
	var p [7]float64
	for i := range sizes[kind] {
		p[i] = iccFixed(body[4*i:])
	}
	g, a, b, c, d, e, f := p[0], p[1], p[2], p[3], p[4], p[5], p[6]
	// What is below the border where a*x + b is 0 has no power: the types 1 and 2 are constant there.
	power := func(v float64) float64 { return math.Pow(max(a*v+b, 0), g) }
	switch kind {
	case 0:
		return gamma(g), nil
	case 1:
		return func(v float64) float64 {
			if a*v+b < 0 {
				return 0
			}
			return power(v)
		}, nil
	case 2:
		return func(v float64) float64 {
			if a*v+b < 0 {
				return c
			}
			return power(v) + c
		}, nil
	}
	return func(v float64) float64 { // of type 3, e and f are 0
		if v < d {
			return c*v + f
		}
		return power(v) + e
	}, nil
}

// fromLightness returns the luminance, 0..1, of a lightness L* of 0..1 (CIE 15, 8.2.1).
func fromLightness(l float64) float64 {
	if l <= 0.08 {
		return l * 100 * 27 / 24389
	}
	c := (l + 0.16) / 1.16
	return c * c * c
}

// iccName reads the description of a profile: textDescriptionType in version 2, the first of the
// languages of multiLocalizedUnicodeType in version 4.
func iccName(tag []byte) string {
	if len(tag) < 12 {
		return ""
	}
	switch n := uint64(binary.BigEndian.Uint32(tag[8:])); string(tag[:4]) {
	case "desc":
		return photo.PlainText(string(tag[12:min(12+n, uint64(len(tag)))]))
	case "mluc":
		if n == 0 || len(tag) < 28 {
			return ""
		}
		size, from := uint64(binary.BigEndian.Uint32(tag[20:])), uint64(binary.BigEndian.Uint32(tag[24:]))
		if from+size > uint64(len(tag)) {
			return ""
		}
		var units []uint16
		for b := tag[from : from+min(size, 400)]; len(b) >= 2; b = b[2:] {
			units = append(units, binary.BigEndian.Uint16(b))
		}
		return photo.PlainText(string(utf16.Decode(units)))
	}
	return ""
}
