package decode

import (
	"bytes"
	"errors"
	"image"
	"strings"
	"testing"

	"semblance/internal/photo"
)

// Whatever a file holds, it gives an opaque picture of the size that was asked for or one of the documented errors. A
// part of a file that is whole is that part of the picture.
func FuzzJPEG(f *testing.F) {
	img := ramp(45, 35)
	for _, j := range []madeJPEG{
		{img: img, sampling: half420, adobe: -1},
		{img: img, sampling: full444, adobe: 0, restart: 2},
		{img: img, sampling: gray1, adobe: -1, progressive: true},
		{img: img, sampling: half420, adobe: -1, progressive: true, restart: 1},
		{img: img, sampling: half420, adobe: -1, separate: true},
		{img: img, sampling: inks, adobe: 2},
		{img: img, sampling: [][2]int{{4, 2}, {1, 1}, {1, 1}}, adobe: -1},
	} {
		data := j.bytes(f)
		f.Add(data, byte(0), uint16(700))
		f.Add(data[:len(data)*2/3], byte(3), uint16(65000))
		if i := bytes.LastIndex(data, []byte{0xFF, 0xDA}); j.progressive {
			f.Add(append(bytes.Clone(data[:i]), 0xFF, 0xD9), byte(7), uint16(9999)) // blocks are smoothed
		}
		for i := 2; i < len(data); i += len(data) / 7 {
			flipped := bytes.Clone(data)
			flipped[i] ^= 1 << (i % 8)
			f.Add(flipped, byte(i), uint16(i*991))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, how byte, where uint16) {
		if len(data) > 1<<16 {
			return
		}
		documented := func(err error) {
			if !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("%v is none of the documented errors", err)
			}
		}
		w, h, err := jpegSize(data)
		if err != nil {
			documented(err)
			return
		}
		if w <= 0 || h <= 0 || w > 1<<18/h {
			return // what the limits refuse
		}
		n := 8
		if turboBuilt {
			n = 1 + int(how%8)
		}
		whole := image.Rect(0, 0, scaled(w, n), scaled(h, n))
		all, warning, err := jpegPart(t.Context(), data, n, whole, photo.Upright)
		if err != nil {
			documented(err)
		} else if all.Rect != whole {
			t.Fatalf("%v, want %v", all.Rect, whole)
		}
		o := photo.Orientation(1 + how/8%8)
		x, y := int(where)%whole.Dx(), int(where>>4)%whole.Dy()
		part := image.Rect(x, y, x+1+int(where>>8)%(whole.Dx()-x), y+1+int(where>>2)%(whole.Dy()-y))
		got, partWarning, err := jpegPart(t.Context(), data, n, part, o)
		if err != nil {
			documented(err)
			return
		}
		if uw, uh := o.UprightSize(part.Dx(), part.Dy()); got.Rect != image.Rect(0, 0, uw, uh) {
			t.Fatalf("part %v with orientation %d is %v", part, o, got.Rect)
		}
		for i := 3; i < len(got.Pix); i += 4 {
			if got.Pix[i] != 255 {
				t.Fatal("not opaque")
			}
		}
		if all != nil && warning == partWarning && (warning == "" || strings.HasSuffix(warning, "Scans are missing")) && difference(t, got, turn(crop(all, part), o)) > 0 {
			t.Errorf("part %v at %d/8 differs", part, n)
		}
	})
}
