package photo

import (
	"bytes"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Tags of Exif 2.32 that Meta is made of.
const (
	tagMake             = 0x010F
	tagModel            = 0x0110
	tagModifyDate       = 0x0132
	tagExposureTime     = 0x829A
	tagFNumber          = 0x829D
	tagISO              = 0x8827 // 65535 where the number is larger: then one of the next three has it
	tagStandardOutput   = 0x8831
	tagRecommendedIndex = 0x8832
	tagISOSpeed         = 0x8833
	tagOriginalDate     = 0x9003
	tagDigitizedDate    = 0x9004
	tagModifyZone       = 0x9010
	tagOriginalZone     = 0x9011
	tagDigitizedZone    = 0x9012
	tagModifySubsec     = 0x9290
	tagOriginalSubsec   = 0x9291
	tagDigitizedSubsec  = 0x9292
	tagFocalLength      = 0x920A
	tagPixelWidth       = 0xA002
	tagPixelHeight      = 0xA003
	tagLensModel        = 0xA434
)

// ReadMeta returns what the EXIF block of a picture file says, as far as it is
// undamaged; a photo whose metadata are damaged is still a photo. Texts are as PlainText gives them, numbers are
// finite and, but for the place, not negative. StoredW and StoredH are not filled.
//
// A HEIC or AVIF whose EXIF says an orientation is Upright, whichever it says: boxes of its own turn it, and decoders obey them.
func ReadMeta(data []byte) Meta {
	switch f := Sniff(data); f {
	case RAW:
		raw, _ := ReadRAW(bytes.NewReader(data), int64(len(data)))
		return raw.Meta
	case HEIC, AVIF:
		m := exifOf(inMemory(EXIF(data))).meta()
		if m.Orientation.Valid() {
			m.Orientation = Upright
		}
		return m
	default:
		return exifOf(inMemory(EXIF(data))).meta()
	}
}

// exif is the directories of an EXIF block: the main one, the one about the exposure, the one about the place.
type exif struct{ main, exposure, place directory }

func exifOf(s source) (x exif) {
	t, ok := openTIFF(s, 0)
	if !ok {
		return x
	}
	x.main, _ = t.directory(t.first)
	x.exposure, _ = x.main.sub(tagExifIFD)
	x.place, _ = x.main.sub(tagGPSIFD)
	return x
}

func (x exif) meta() (m Meta) {
	if o := x.main.number(tagOrientation); o >= int64(Upright) && o <= int64(lastOrientation) {
		m.Orientation = Orientation(o)
	}
	m.Make, m.Model, m.Lens = x.text(tagMake), x.text(tagModel), x.text(tagLensModel)
	m.FocalLength, m.FNumber, m.Exposure = x.positive(tagFocalLength), x.positive(tagFNumber), x.positive(tagExposureTime)
	m.ISO = x.iso()
	m.Taken = x.taken()
	m.GPS = x.gps()
	return m
}

// in returns the directory that has a tag: RAW files and TIFFs have in the main one
// what a JPEG has in that about the exposure.
func (x exif) in(tag uint16) directory {
	if _, ok := x.exposure.find(tag); ok {
		return x.exposure
	}
	return x.main
}

// text reads a text as PlainText gives it.
func (x exif) text(tag uint16) string {
	d := x.in(tag)
	b := d.bytes(tag, 64<<10)
	if e, _ := d.find(tag); e.kind != kindText && e.kind != kindUndefined && e.kind != kindByte {
		return ""
	}
	b, _, _ = bytes.Cut(b, []byte{0}) // what follows it is rubbish
	return PlainText(string(b))
}

// PlainText returns a text out of a file as it may be stored and shown: valid UTF-8 of at most 200
// bytes, without control characters and without blanks around it.
func PlainText(s string) string {
	const longest = 200
	s = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError {
			return -1
		}
		return r
	}, s)
	if len(s) > longest {
		s = strings.ToValidUTF8(s[:longest], "")
	}
	return strings.TrimSpace(s)
}

// positive reads a number; what is none, negative or not finite is 0: not said.
func (x exif) positive(tag uint16) float64 {
	v := x.in(tag).fractions(tag, 1)
	if len(v) == 0 || !(v[0] > 0) || math.IsInf(v[0], 0) { // NaN is not greater
		return 0
	}
	return v[0]
}

// fractions returns the numbers of an entry, the first limit of them.
func (d directory) fractions(tag uint16, limit int) []float64 {
	e, ok := d.find(tag)
	if !ok {
		return nil
	}
	var out []float64
	if e.kind != kindRational && e.kind != kindSRational {
		for _, n := range d.whole(e, limit) {
			out = append(out, float64(n))
		}
		return out
	}
	for b := d.prefix(e, 8*int64(limit)); len(b) >= 8; b = b[8:] {
		n, of := d.order.Uint32(b), d.order.Uint32(b[4:])
		if e.kind == kindSRational {
			out = append(out, float64(int32(n))/float64(int32(of)))
		} else {
			out = append(out, float64(n)/float64(of))
		}
	}
	return out
}

func (x exif) iso() int {
	const overflow = math.MaxUint16
	iso := x.positive(tagISO)
	if iso == 0 || iso == overflow {
		for _, tag := range []uint16{tagISOSpeed, tagRecommendedIndex, tagStandardOutput} {
			if v := x.positive(tag); v > 0 {
				iso = v
				break
			}
		}
	}
	if iso > math.MaxInt32 {
		return 0
	}
	return int(iso)
}

// taken returns when the photo was taken, with its zone if that was written.
func (x exif) taken() time.Time {
	for _, tags := range [][3]uint16{
		{tagOriginalDate, tagOriginalZone, tagOriginalSubsec},
		{tagDigitizedDate, tagDigitizedZone, tagDigitizedSubsec},
		{tagModifyDate, tagModifyZone, tagModifySubsec},
	} {
		date := x.text(tags[0])
		if date == "" {
			continue
		}
		t, err := time.Parse("2006:01:02 15:04:05-07:00", date+x.text(tags[1]))
		if err != nil {
			t, err = time.Parse("2006:01:02 15:04:05", date)
		}
		if err != nil {
			continue
		}
		if fraction, err := time.ParseDuration("0." + digits(x.text(tags[2])) + "s"); err == nil {
			t = t.Add(fraction)
		}
		return t
	}
	return time.Time{}
}

// digits returns the digits that a text begins with, at most the nine that make nanoseconds.
func digits(s string) string {
	n := 0
	for n < len(s) && n < 9 && s[n] >= '0' && s[n] <= '9' {
		n++
	}
	return s[:n]
}

// gps returns the place. 0, 0 is what some devices write that know no place, and nobody photographs there.
func (x exif) gps() (g GPS) {
	lat, okLat := x.angle(1, 2, "N", "S", 90)
	lon, okLon := x.angle(3, 4, "E", "W", 180)
	if !okLat || !okLon || lat == 0 && lon == 0 {
		return g
	}
	g = GPS{Latitude: lat, Longitude: lon, Known: true}
	const highest = 100e3 // metres, above it is space
	if v := x.place.fractions(6, 1); len(v) > 0 && math.Abs(v[0]) < highest {
		g.Altitude, g.HasAltitude = v[0], true
		if x.place.number(5) == 1 {
			g.Altitude = -g.Altitude
		}
	}
	return g
}

// angle reads degrees, minutes and seconds, and the letter that is their sign.
func (x exif) angle(letterTag, tag uint16, plus, minus string, limit float64) (float64, bool) {
	parts := x.place.fractions(tag, 3)
	if len(parts) == 0 {
		return 0, false
	}
	v, unit := 0.0, 1.0
	for i, p := range parts {
		if math.IsNaN(p) && i > 0 {
			p = 0 // 0/0: minutes with decimals have no seconds
		}
		v += p / unit
		unit *= 60
	}
	letter := strings.ToUpper(strings.Trim(string(x.place.bytes(letterTag, 4)), " \x00"))
	if letter != plus && letter != minus || !(v >= 0 && v <= limit) {
		return 0, false
	}
	if letter == minus {
		v = -v
	}
	return v, true
}

// or returns m with what it does not say taken from other. Size and place are not mixed from two sources.
func (m Meta) or(other Meta) Meta {
	fill(&m.Orientation, other.Orientation)
	if m.Taken.IsZero() {
		m.Taken = other.Taken
	}
	fill(&m.Make, other.Make)
	fill(&m.Model, other.Model)
	fill(&m.Lens, other.Lens)
	fill(&m.FocalLength, other.FocalLength)
	fill(&m.FNumber, other.FNumber)
	fill(&m.Exposure, other.Exposure)
	fill(&m.ISO, other.ISO)
	fill(&m.GPS, other.GPS)
	return m
}

func fill[T comparable](v *T, other T) {
	var zero T
	if *v == zero {
		*v = other
	}
}
