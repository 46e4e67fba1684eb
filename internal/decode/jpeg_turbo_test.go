//go:build cgo && !noturbo

package decode

import (
	"image"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// psnr is the peak signal to noise ratio of two pictures, in decibels.
func psnr(t testing.TB, a, b *image.RGBA) float64 {
	t.Helper()
	if a.Rect != b.Rect {
		t.Fatalf("sizes differ: %v, %v", a.Rect, b.Rect)
	}
	sum := 0.0
	for i := range a.Pix {
		d := float64(a.Pix[i]) - float64(b.Pix[i])
		sum += d * d
	}
	return 10 * math.Log10(255*255*float64(len(a.Pix))/max(sum, 1e-9))
}

// libjpeg-turbo gives what the standard library gives, and at a scale what averaging its pixels gives.
func TestTurboLikeStandard(t *testing.T) {
	img := scene(640, 480)
	rng := rand.New(rand.NewPCG(1, 2))
	for y := range 480 {
		for x := range 640 {
			shade := int8(20*math.Sin(float64(x)/9)*math.Cos(float64(y)/13)) + int8(rng.IntN(5))
			for c := range 3 {
				img.Pix[img.PixOffset(x, y)+c] += byte(shade)
			}
		}
	}
	data := encodeJPEG(t, img)
	std, err := stdJPEG(data)
	if err != nil {
		t.Fatal(err)
	}
	// Full size differs in how the colours are scaled up, 1/8 is the mean of a block.
	for side, least := range map[int]float64{640: 33, 320: 45, 160: 45, 80: 45} {
		got, err := open(t, data).Pixels(t.Context(), side)
		if err != nil {
			t.Fatal(err)
		}
		if p := psnr(t, got, Fit(std, side)); p < least {
			t.Errorf("at %d pixels %.1f dB, want %.0f", side, p, least)
		} else {
			t.Logf("at %d pixels %.1f dB", side, p)
		}
	}
}

func TestInks(t *testing.T) {
	for _, tt := range []struct {
		inks     [4]byte
		inverted bool
		want     [4]byte
	}{
		{[4]byte{0, 0, 0, 0}, false, [4]byte{255, 255, 255, 255}},        // paper
		{[4]byte{255, 255, 255, 255}, true, [4]byte{255, 255, 255, 255}}, // paper, Adobe's way
		{[4]byte{0, 255, 255, 0}, false, [4]byte{255, 0, 0, 255}},        // magenta and yellow are red
		{[4]byte{255, 0, 0, 255}, true, [4]byte{255, 0, 0, 255}},
		{[4]byte{0, 0, 0, 255}, false, [4]byte{0, 0, 0, 255}}, // black
		{[4]byte{200, 200, 200, 100}, true, [4]byte{78, 78, 78, 255}},
	} {
		got := tt.inks
		inksToRGBA(got[:], tt.inverted)
		if got != tt.want {
			t.Errorf("inks %v, inverted %v: %v, want %v", tt.inks, tt.inverted, got, tt.want)
		}
	}
}

// A real CMYK photo has its colours, at every scale, and as far as it goes when its end is missing.
func TestCMYK(t *testing.T) {
	data, err := os.ReadFile(filepath.Join(sharedEval(t), "images", "Pillow__pil_sample_cmyk.jpg"))
	if err != nil {
		t.Fatal(err)
	}
	std, err := stdJPEG(data)
	if err != nil {
		t.Fatal(err)
	}
	for _, side := range []int{100, 50, 25} {
		got, err := open(t, data).Pixels(t.Context(), side)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(t, got, Fit(std, side)); d > 4 {
			t.Errorf("at %d pixels the picture differs by %.1f", side, d)
		}
	}
	e := open(t, slices.Clip(data[:len(data)*3/4]))
	if _, err := e.Pixels(t.Context(), 0); err != nil || len(e.Warnings()) != 1 {
		t.Errorf("without its end: %v, warnings %q", err, e.Warnings())
	}
}
