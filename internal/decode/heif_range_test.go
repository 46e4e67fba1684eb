package decode

import (
	"bytes"
	"image"
	"math"
	"slices"
	"testing"

	"semblance/internal/photo"
)

// A HEIC that says that its samples have video's range is as dark and as bright as one of full range whose samples were stretched.
func TestRangeOfHEIC(t *testing.T) {
	if !heicBuilt {
		t.Skip("HEIC was left out")
	}
	data := sharedPhoto(t, "Pillow__avif__hopper.heif")
	decoded := func(data []byte) *image.RGBA {
		t.Helper()
		img, err := decodeHere(request{format: photo.HEIC, w: 128, h: 128, data: data})
		if err != nil {
			t.Fatal(err)
		}
		return img
	}
	full := decoded(data)
	flag := bytes.Index(data, []byte("colrnclx")) + len("colrnclx") + 6 // behind three numbers of two bytes
	if flag < 14 || data[flag] != 0x80 {
		t.Fatal("the sample does not say its range")
	}
	video := slices.Clone(data)
	video[flag] = 0
	var off, before, n float64
	for i, got := range decoded(video).Pix {
		// Where nothing is clamped, a sample moves away from the middle of video's range.
		want := (float64(full.Pix[i]) - 16) * 255 / 219
		if i%4 < 3 && want > 30 && want < 225 {
			off, before, n = off+math.Abs(float64(got)-want), before+math.Abs(float64(full.Pix[i])-want), n+1
		}
	}
	if off/n > 2 || before/n < 4 {
		t.Errorf("samples are %.1f off, and would be %.1f if they were left", off/n, before/n)
	}
}
