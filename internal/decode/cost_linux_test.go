package decode

import (
	"bytes"
	"fmt"
	"image"
	"image/color/palette"
	"image/gif"
	"image/png"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
)

// Cost says no less than what decoding takes, in each format that is decoded at full size: most of all in TIFFs, whose
// decoder holds a strip before and after unpacking, and a strip may be all of the picture.
func TestCostIsEnough(t *testing.T) {
	if raceDetector {
		t.Skip("the race detector takes memory of its own: run without it")
	}
	if file := os.Getenv("SEMBLANCE_PEAK_FILE"); file != "" {
		peakChild(t, file, "full")
		return
	}
	const w, h = 3000, 2000
	deep := image.NewNRGBA64(image.Rect(0, 0, w, h))
	random := rand.New(rand.NewPCG(1, 2))
	for i := range deep.Pix {
		deep.Pix[i] = byte(random.Uint32())
	}
	for i := 6; i < len(deep.Pix); i += 8 {
		deep.Pix[i], deep.Pix[i+1] = 255, 255
	}
	flat := image.NewPaletted(image.Rect(0, 0, w, h), palette.Plan9)
	for i := range flat.Pix {
		flat.Pix[i] = byte(i % 7)
	}
	encode := func(f func(b *bytes.Buffer) error) []byte {
		var b bytes.Buffer
		if err := f(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	dir := t.TempDir()
	for name, data := range map[string][]byte{
		"TIFF of 16 bits, packed": encode(func(b *bytes.Buffer) error { return tiff.Encode(b, deep, &tiff.Options{Compression: tiff.Deflate}) }),
		"TIFF of 16 bits":         encode(func(b *bytes.Buffer) error { return tiff.Encode(b, deep, nil) }),
		"TIFF of 8 bits, packed": encode(func(b *bytes.Buffer) error {
			return tiff.Encode(b, scene(w, h), &tiff.Options{Compression: tiff.Deflate, Predictor: true})
		}),
		"TIFF of 8 bits": encode(func(b *bytes.Buffer) error { return tiff.Encode(b, scene(w, h), nil) }),
		"PNG of 16 bits": encode(func(b *bytes.Buffer) error { return png.Encode(b, deep) }),
		"PNG of 8 bits":  encode(func(b *bytes.Buffer) error { return png.Encode(b, scene(w, h)) }),
		"BMP":            encode(func(b *bytes.Buffer) error { return bmp.Encode(b, scene(w, h)) }),
		"GIF":            encode(func(b *bytes.Buffer) error { return gif.Encode(b, flat, nil) }),
	} {
		file := filepath.Join(dir, strings.ReplaceAll(name, " ", "_"))
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestCostIsEnough$", "-test.v")
		// The program limits its heap (pipeline.LimitHeap), so that the collector lets little lie.
		cmd.Env = append(os.Environ(), "GOGC=10", "SEMBLANCE_PEAK_FILE="+file)
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Errorf("%s: %v\n%s", name, err, out)
			continue
		}
		_, figures, _ := strings.Cut(string(out), "PEAK ")
		var peak, pixels, coefficients, cost int64
		if _, err := fmt.Sscan(figures, &peak, &pixels, &coefficients, &cost); err != nil {
			t.Fatalf("%v in %s", err, out)
		}
		t.Logf("%s: %.1f bytes a pixel, Cost says %.1f", name, float64(peak)/w/h, float64(cost)/w/h)
		if peak > cost+8<<20 { // the heap's own
			t.Errorf("%s: %d bytes, Cost says %d", name, peak, cost)
		}
	}
}
