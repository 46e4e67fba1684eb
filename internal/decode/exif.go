package decode

import (
	"bytes"
	"strconv"
	"strings"
	"time"

	"github.com/bep/imagemeta"

	"semblance/internal/photo"
)

// metadata reads what EXIF says. A photo whose metadata are damaged is still a
// photo: what could be read is returned, and no error.
func metadata(f photo.Format, data []byte) (m photo.Meta) {
	format, ok := map[photo.Format]imagemeta.ImageFormat{
		photo.JPEG: imagemeta.JPEG, photo.PNG: imagemeta.PNG, photo.WebP: imagemeta.WebP, photo.TIFF: imagemeta.TIFF,
	}[f]
	if !ok {
		return m
	}
	defer func() {
		// The reader survived fuzzing, but a bug in it must not cost the photo.
		_ = recover()
	}()
	var tags imagemeta.Tags
	_, _ = imagemeta.Decode(imagemeta.Options{
		R:            bytes.NewReader(data),
		ImageFormat:  format,
		Sources:      imagemeta.EXIF,
		Timeout:      5 * time.Second,
		LimitNumTags: 5000,
		LimitTagSize: 64 << 10,
		ShouldHandleTag: func(t imagemeta.TagInfo) bool {
			// The thumbnail has a directory of its own, whose orientation is not the photo's.
			return !strings.Contains(t.Namespace, "IFD1")
		},
		HandleTag: func(t imagemeta.TagInfo) error { tags.Add(t); return nil },
	})
	exif := tags.EXIF()
	value := func(name string) any { return exif[name].Value }
	if o := photo.Orientation(number(value("Orientation"))); o.Valid() {
		m.Orientation = o
	}
	m.Taken = taken(exif)
	m.Make, m.Model, m.Lens = text(value("Make")), text(value("Model")), text(value("LensModel"))
	m.FocalLength, m.FNumber, m.Exposure = number(value("FocalLength")), number(value("FNumber")), number(value("ExposureTime"))
	m.ISO = int(number(value("ISO")))
	if m.ISO == 0 {
		m.ISO = int(number(value("ISOSpeedRatings")))
	}
	return m
}

// taken returns when the photo was taken, with its zone if that was written.
func taken(exif map[string]imagemeta.TagInfo) time.Time {
	for _, names := range [][2]string{{"DateTimeOriginal", "OffsetTimeOriginal"}, {"CreateDate", "OffsetTimeDigitized"}, {"DateTimeDigitized", "OffsetTimeDigitized"}, {"ModifyDate", "OffsetTime"}, {"DateTime", "OffsetTime"}} {
		s := text(exif[names[0]].Value)
		if t, err := time.Parse("2006:01:02 15:04:05-07:00", s+text(exif[names[1]].Value)); err == nil {
			return t
		}
		if t, err := time.Parse("2006:01:02 15:04:05", s); err == nil {
			return t
		}
	}
	return time.Time{}
}

func text(v any) string {
	s, _ := v.(string)
	return strings.TrimSpace(strings.TrimRight(s, "\x00"))
}

// number reads the kinds of numbers that EXIF tags come in; a list counts by its first element.
func number(v any) float64 {
	switch v := v.(type) {
	case interface{ Float64() float64 }:
		return v.Float64()
	case uint8:
		return float64(v)
	case uint16:
		return float64(v)
	case uint32:
		return float64(v)
	case int16:
		return float64(v)
	case int32:
		return float64(v)
	case int:
		return float64(v)
	case int64:
		return float64(v)
	case float32:
		return float64(v)
	case float64:
		return v
	case string:
		f, _ := strconv.ParseFloat(strings.TrimSpace(v), 64)
		return f
	case []any:
		if len(v) > 0 {
			return number(v[0])
		}
	case []uint16:
		if len(v) > 0 {
			return float64(v[0])
		}
	}
	return 0
}
