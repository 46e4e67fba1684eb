package decode

import (
	"image"
	"image/color"
	"testing"
)

// slowShrink averages the squares pixel by pixel.
func slowShrink(img *image.RGBA, k int) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	out := image.NewRGBA(image.Rect(0, 0, (w+k-1)/k, (h+k-1)/k))
	for y := range out.Rect.Dy() {
		for x := range out.Rect.Dx() {
			var r, g, b, n int
			for v := y * k; v < min(y*k+k, h); v++ {
				for u := x * k; u < min(x*k+k, w); u++ {
					c := img.RGBAAt(u, v)
					r, g, b, n = r+int(c.R), g+int(c.G), b+int(c.B), n+1
				}
			}
			out.SetRGBA(x, y, color.RGBA{byte((r + n/2) / n), byte((g + n/2) / n), byte((b + n/2) / n), 255})
		}
	}
	return out
}

func TestShrink(t *testing.T) {
	img := noise(37, 23)
	for k := 1; k <= 40; k++ {
		if d := difference(t, shrink(img, k), slowShrink(img, k)); d != 0 {
			t.Errorf("by %d: the picture differs by %v from the slow one", k, d)
		}
	}
}

// The result has exactly the long side asked for, keeps the proportions and shows the same.
func TestFit(t *testing.T) {
	for _, tt := range []struct {
		size image.Point
		side int
		want image.Point
	}{
		{image.Pt(300, 200), 100, image.Pt(100, 67)},
		{image.Pt(200, 300), 100, image.Pt(67, 100)},
		{image.Pt(1203, 799), 100, image.Pt(100, 66)}, // shrunk by whole numbers first
		{image.Pt(799, 1203), 17, image.Pt(11, 17)},
		{image.Pt(2000, 3), 100, image.Pt(100, 1)},
		{image.Pt(50, 40), 100, image.Pt(50, 40)},
		{image.Pt(9, 7), 1, image.Pt(1, 1)},
	} {
		got := Fit(ramp(tt.size.X, tt.size.Y), tt.side)
		if got.Rect != (image.Rectangle{Max: tt.want}) {
			t.Errorf("Fit(%v, %d) = %v, want %v", tt.size, tt.side, got.Rect, tt.want)
			continue
		}
		if d := difference(t, got, ramp(tt.want.X, tt.want.Y)); min(tt.want.X, tt.want.Y) > 30 && d > 5 {
			t.Errorf("Fit(%v, %d) differs by %.1f", tt.size, tt.side, d)
		}
	}
}
