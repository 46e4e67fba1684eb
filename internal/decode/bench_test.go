package decode

import (
	"image"
	"math/rand/v2"
	"testing"

	"semblance/internal/photo"
)

func BenchmarkTurn(b *testing.B) {
	img := scene(6000, 4000)
	for _, o := range []photo.Orientation{photo.MirrorX, photo.Rotate180, photo.Rotate90} {
		b.Run(string('0'+rune(o)), func(b *testing.B) {
			for b.Loop() {
				turn(img, o)
			}
		})
	}
}

func BenchmarkFit(b *testing.B) {
	img := scene(6000, 4000)
	for name, side := range map[string]int{"256": 256, "1600": 1600} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				Fit(img, side)
			}
		})
	}
}

// noise is a picture that compresses badly, as a photo of grass does.
func noise(w, h int) *image.RGBA {
	img := scene(w, h)
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range img.Pix {
		if i%4 != 3 {
			img.Pix[i] += uint8(rng.IntN(16))
		}
	}
	return img
}

// Decoding one photo of a camera for the screen, for the detector, for the grid; and with the standard library.
func BenchmarkPixels(b *testing.B) {
	data := encodeJPEG(b, noise(6000, 4000))
	for name, side := range map[string]int{"24MP-full": 0, "24MP-1600": 1500, "24MP-320": 320} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				e := open(b, data)
				if _, err := e.Pixels(b.Context(), side); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("24MP-std", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := stdJPEG(data); err != nil {
				b.Fatal(err)
			}
		}
	})
}
