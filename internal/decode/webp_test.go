package decode

import (
	"context"
	"encoding/base64"
	"image"
	"image/color"
	"testing"
)

// What libwebp writes for 16 x 16 pixels of one colour comes back in that colour, not in that of JPEG's matrix.
func TestColoursOfWebP(t *testing.T) {
	for name, test := range map[string]struct {
		file string
		want color.RGBA
	}{
		"black":    {"UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoQABAAAgA0JaQAA3AA/vv9UAA=", color.RGBA{0, 0, 0, 255}},
		"white":    {"UklGRiQAAABXRUJQVlA4IBgAAAAwAQCdASoQABAAAgA0JaQAA3AA/vuUAAA=", color.RGBA{255, 255, 255, 255}},
		"red":      {"UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoQABAAAgA0JaACdLoB+AADsAD+8MQL/yC5YXXI1/8gP+QH/ID/+PIAAAA=", color.RGBA{255, 0, 0, 255}},
		"lossless": {"UklGRh4AAABXRUJQVlA4TBEAAAAvD8ADAAdQvKIUqv+BiOh/AAA=", color.RGBA{40, 120, 80, 255}},
		"half of blue on paper": {"UklGRlwAAABXRUJQVlA4WAoAAAAQAAAADwAADwAAQUxQSAoAAAABB9C/iAhERP8DVlA4ICwAAACQAQCdASoQABAAAgA0JaACdLoAA5gA" +
			"/vmTb/+QH/+QH/+QH/8gP+IXeyAwAA==", color.RGBA{127, 127, 255, 255}},
	} {
		data, err := base64.StdEncoding.DecodeString(test.file)
		if err != nil {
			t.Fatal(err)
		}
		e, err := Decoder{}.FromBytes("a.webp", data)
		if err != nil {
			t.Fatal(err)
		}
		img, err := e.Pixels(context.Background(), 0)
		if err != nil {
			t.Fatal(err)
		}
		got := img.RGBAAt(7, 7)
		for i, pair := range [][2]uint8{{got.R, test.want.R}, {got.G, test.want.G}, {got.B, test.want.B}, {got.A, test.want.A}} {
			if d := int(pair[0]) - int(pair[1]); d < -3 || d > 3 {
				t.Errorf("%s: channel %d of %v, want about %v", name, i, got, test.want)
			}
		}
	}
}

// All that the ranges of ITU-R BT.601 hold comes to the colours of its formula, within what two roundings to 8 bits cost.
func TestFullRange(t *testing.T) {
	for y := 16; y <= 235; y += 3 {
		for cb := 16; cb <= 240; cb += 8 {
			for cr := 16; cr <= 240; cr += 8 {
				m := image.NewYCbCr(image.Rect(0, 0, 1, 1), image.YCbCrSubsampleRatio420)
				m.Y[0], m.Cb[0], m.Cr[0] = uint8(y), uint8(cb), uint8(cr)
				fullRange(m)
				r, g, b, _ := m.YCbCrAt(0, 0).RGBA()
				bright, blue, red := 255./219*float64(y-16), 255./224*float64(cb-128), 255./224*float64(cr-128)
				want := [3]float64{bright + 1.402*red, bright - .344136*blue - .714136*red, bright + 1.772*blue}
				for i, v := range []uint32{r, g, b} {
					if w := min(max(want[i], 0), 255); w-float64(v>>8) > 2.5 || float64(v>>8)-w > 2.5 {
						t.Fatalf("Y %d, Cb %d, Cr %d: channel %d is %d, want %.1f", y, cb, cr, i, v>>8, w)
					}
				}
			}
		}
	}
}
