package decode

import (
	"bytes"
	"math"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/bep/imagemeta"

	"semblance/internal/photo"
)

// metadata reads what EXIF says. A photo whose metadata are damaged is still a
// photo: what could be read is returned, and no error.
//
// The block is cut out of the file first, so that whatever the reader does, it does it
// within these bytes; and a WebP says its orientation even where the flag is missing that promises one.
func metadata(data []byte) (m photo.Meta) {
	block := photo.EXIF(data)
	if block == nil {
		return m
	}
	exif := exifTags(block)
	value := func(name string) any { return exif[name] }
	if o := number(value("Orientation")); o >= 1 && o <= 8 {
		m.Orientation = photo.Orientation(o)
	}
	m.Taken = taken(exif)
	m.Make, m.Model, m.Lens = text(value("Make")), text(value("Model")), text(value("LensModel"))
	m.FocalLength, m.FNumber, m.Exposure = number(value("FocalLength")), number(value("FNumber")), number(value("ExposureTime"))
	if iso := number(value("ISO")); iso <= math.MaxInt32 {
		m.ISO = int(iso)
	}
	return m
}

// exifTags reads the tags of an EXIF block that say something about the whole
// photo. A damaged block gives those before the damage.
func exifTags(block []byte) (tags map[string]any) {
	tags = map[string]any{}
	defer func() {
		// The reader survived fuzzing, but a bug in it must not cost the photo.
		_ = recover()
	}()
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:            bytes.NewReader(block),
		ImageFormat:  imagemeta.TIFF,
		Sources:      imagemeta.EXIF,
		LimitNumTags: 5000,
		LimitTagSize: 64 << 10,
		// Thumbnails and other pictures of the file have directories of their own,
		// whose orientation is not the photo's.
		ShouldHandleTag: func(t imagemeta.TagInfo) bool {
			return t.Namespace == "IFD0" || t.Namespace == "IFD0/ExifIFDP"
		},
		HandleTag: func(t imagemeta.TagInfo) error {
			if _, said := tags[t.Tag]; !said {
				tags[t.Tag] = t.Value
			}
			return nil
		},
	})
	return tags
}

// taken returns when the photo was taken, with its zone if that was written.
func taken(exif map[string]any) time.Time {
	for _, names := range [][2]string{{"DateTimeOriginal", "OffsetTimeOriginal"}, {"CreateDate", "OffsetTimeDigitized"}, {"ModifyDate", "OffsetTime"}} {
		s := text(exif[names[0]])
		if t, err := time.Parse("2006:01:02 15:04:05-07:00", s+text(exif[names[1]])); err == nil {
			return t
		}
		if t, err := time.Parse("2006:01:02 15:04:05", s); err == nil {
			return t
		}
	}
	return time.Time{}
}

// text reads a text as it may be stored and shown: valid UTF-8, without control
// characters, of a bounded length. Cameras pad with zeros and blanks.
func text(v any) string {
	const longest = 200
	s, _ := v.(string)
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

// number reads the kinds of numbers that EXIF tags come in; a list counts by its
// first element. What is no number, negative or not finite is 0: not said.
func number(v any) (n float64) {
	switch v := v.(type) {
	case interface{ Float64() float64 }:
		n = v.Float64()
	case uint8:
		n = float64(v)
	case uint16:
		n = float64(v)
	case uint32:
		n = float64(v)
	case int16:
		n = float64(v)
	case int32:
		n = float64(v)
	case int:
		n = float64(v)
	case float32:
		n = float64(v)
	case float64:
		n = v
	case []any:
		if len(v) > 0 {
			n = number(v[0])
		}
	}
	if !(n > 0) || math.IsInf(n, 0) { // NaN is not greater
		return 0
	}
	return n
}
