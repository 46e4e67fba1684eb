package decode

import (
	"bytes"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"runtime"
	"testing"

	"github.com/disintegration/imaging"

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

// Decoding one photo of a camera for the detector, for the grid, in full, turned, and a face's part of it; and with
// image/jpeg and imaging, for the same sizes.
func BenchmarkPixels(b *testing.B) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1)) // package imaging takes every processor, and workers have one each
	data := encodeJPEG(b, noise(6000, 4000))
	turned := withEXIF(data, photo.Rotate90)
	face := image.Rect(2700, 1700, 3300, 2300)
	// A face in the same place of the stored picture of the turned photo.
	turnedFace := image.Rect(1700, 2700, 2300, 3300)
	pixels := func(b *testing.B, data []byte, side int) *image.RGBA {
		img, err := open(b, data).Pixels(b.Context(), side)
		if err != nil {
			b.Fatal(err)
		}
		return img
	}
	region := func(b *testing.B, data []byte, r image.Rectangle) {
		if _, err := open(b, data).Region(b.Context(), r, 0); err != nil {
			b.Fatal(err)
		}
	}
	std := func(b *testing.B) image.Image {
		m, err := jpeg.Decode(bytes.NewReader(data))
		if err != nil {
			b.Fatal(err)
		}
		return m
	}
	for _, bench := range []struct {
		name string
		run  func(b *testing.B)
	}{
		{"analysis-1500", func(b *testing.B) { pixels(b, data, 1500) }},
		{"analysis-1500-imaging", func(b *testing.B) { imaging.Fit(std(b), 1500, 1500, imaging.Lanczos) }},
		{"thumbnail-320", func(b *testing.B) { Fit(pixels(b, data, 320), 320) }},
		{"thumbnail-320-imaging", func(b *testing.B) { imaging.Fit(std(b), 320, 320, imaging.Lanczos) }},
		{"thumbnail-256", func(b *testing.B) { Fit(pixels(b, data, 256), 256) }},
		{"thumbnail-256-imaging", func(b *testing.B) { imaging.Fit(std(b), 256, 256, imaging.Lanczos) }},
		{"full", func(b *testing.B) { pixels(b, data, 0) }},
		{"full-turned", func(b *testing.B) { pixels(b, turned, 0) }},
		{"full-imaging", func(b *testing.B) { imaging.Clone(std(b)) }},
		{"region", func(b *testing.B) { region(b, data, face) }},
		{"region-turned", func(b *testing.B) { region(b, turned, turnedFace) }},
	} {
		b.Run("24MP-"+bench.name, func(b *testing.B) {
			b.ReportAllocs()
			before, n := cpuTime(), 0
			for b.Loop() {
				bench.run(b)
				n++
			}
			b.ReportMetric(float64((cpuTime()-before).Milliseconds())/float64(n), "cpu-ms/op") // on a busy machine the only one to compare
		})
	}
}
