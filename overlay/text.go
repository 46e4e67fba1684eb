package overlay

import (
	"sync"

	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"

	"semblance/assets"
)

// captionFont is parsed once; it is safe for concurrent use, unlike the faces made of it.
var captionFont = sync.OnceValues(func() (*opentype.Font, error) { return opentype.Parse(assets.Bold()) })

// newFace returns the font of captions at a size in pixels, nil if it cannot be
// read: then captions are boxes without text, and a test of assets fails.
func newFace(size float32) font.Face {
	f, err := captionFont()
	if err != nil {
		return nil
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: float64(size), DPI: 72, Hinting: font.HintingNone})
	if err != nil {
		return nil
	}
	return face
}

// newRuler returns a function that measures text at a size, in pixels.
func newRuler(size float32) func(string) float32 {
	f := newFace(size)
	return func(s string) float32 {
		if f == nil {
			return float32(len(s)) * size * .6
		}
		return float32(font.MeasureString(f, s)) / 64
	}
}
