package decode

import (
	"testing"

	"semblance/internal/photo"
)

// What the child costs beside decoding in this process: a phone's HEIC of 12 megapixels and a small AVIF, each with a child that runs.
func BenchmarkSandbox(b *testing.B) {
	for _, name := range []string{"metadata-extractor-images__heic__IMG_2927.HEIC", "Pillow__avif__rot0mir0.avif", smallAVIF} {
		data := sharedPhoto(b, name)
		f := photo.Sniff(data)
		h, err := readHEIF(f, data, DefaultLimits())
		if err != nil {
			b.Fatal(err)
		}
		b.Run(name+"/child", func(b *testing.B) {
			s := testSandbox(b, sandboxOptions{})
			if _, err := s.decode(b.Context(), f, data, h.w, h.h); err != nil { // starts the child
				b.Fatal(err)
			}
			for b.Loop() {
				if _, err := s.decode(b.Context(), f, data, h.w, h.h); err != nil {
					b.Fatal(err)
				}
			}
		})
		b.Run(name+"/here", func(b *testing.B) {
			for b.Loop() {
				if _, err := decodeHere(request{f, h.w, h.h, data}); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSandboxStart is what the first photo costs more than the next ones.
func BenchmarkSandboxStart(b *testing.B) {
	data := sharedPhoto(b, smallAVIF)
	for b.Loop() {
		s := newSandbox(sandboxOptions{})
		if _, err := s.decode(b.Context(), photo.AVIF, data, 128, 128); err != nil {
			b.Fatal(err)
		}
		s.Close()
	}
}
