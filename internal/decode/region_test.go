package decode

import (
	"image"
	"image/color"
	"math"
	"testing"

	"semblance/internal/photo"
)

// ramp is a picture whose colours say where a pixel is: red grows across, green down.
func ramp(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			m.SetRGBA(x, y, color.RGBA{byte(255 * x / w), byte(255 * y / h), 90, 255})
		}
	}
	return m
}

// A region shows exactly what was asked for, at every scale and orientation, also where
// the photo's sides are no multiples of 8: boxes and landmarks are computed from it.
func TestRegionIsExact(t *testing.T) {
	const w, h = 421, 303
	upright := ramp(w, h)
	r := image.Rect(103, 51, 314, 207)
	for o := photo.Orientation(1); o <= 8; o++ {
		data := withEXIF(encodeJPEG(t, stored(upright, o)), o)
		for _, longSide := range []int{0, 211, 105, 52, 26} {
			got, err := open(t, data).Region(t.Context(), r, longSide)
			if err != nil {
				t.Fatal(err)
			}
			rw, rh := got.Rect.Dx(), got.Rect.Dy()
			if rw < longSide || turboBuilt && longSide > 0 && rw > longSide+1 {
				t.Errorf("orientation %d: Region(%d) has %d x %d pixels", o, longSide, rw, rh)
			}
			var dx, dy float64 // mean displacement in pixels of the photo
			for y := range rh {
				for x := range rw {
					c := got.RGBAAt(x, y)
					atX := float64(r.Min.X) + (float64(x)+.5)*float64(r.Dx())/float64(rw)
					atY := float64(r.Min.Y) + (float64(y)+.5)*float64(r.Dy())/float64(rh)
					dx += (float64(c.R)+.5)/255*w - atX
					dy += (float64(c.G)+.5)/255*h - atY
				}
			}
			dx /= float64(rw * rh)
			dy /= float64(rw * rh)
			if math.Abs(dx) > 1 || math.Abs(dy) > 1 {
				t.Errorf("orientation %d: Region(%d) is displaced by %.2f, %.2f", o, longSide, dx, dy)
			}
		}
	}
}

// Regions along the edges have all their pixels, from a picture of a single row or column too.
func TestRegionAtTheEdge(t *testing.T) {
	for _, size := range []image.Point{{X: 100, Y: 75}, {X: 100, Y: 1}, {X: 1, Y: 100}, {X: 1, Y: 1}} {
		e := open(t, encodeJPEG(t, ramp(size.X, size.Y)))
		for _, r := range []image.Rectangle{
			image.Rect(0, 0, size.X, size.Y), image.Rect(-9, -9, 1, 1), image.Rect(size.X-1, size.Y-1, size.X+9, size.Y+9),
		} {
			for longSide := range 40 {
				e.Release()
				got, err := e.Region(t.Context(), r, longSide)
				if err != nil {
					t.Fatalf("%v: Region(%v, %d): %v", size, r, longSide, err)
				}
				want := r.Intersect(image.Rectangle{Max: size})
				if got.Rect.Min != (image.Point{}) || max(got.Rect.Dx(), got.Rect.Dy()) < min(longSide, max(want.Dx(), want.Dy())) {
					t.Errorf("%v: Region(%v, %d) = %v", size, r, longSide, got.Rect)
				}
				for i := 3; i < len(got.Pix); i += 4 {
					if got.Pix[i] != 255 {
						t.Fatalf("%v: Region(%v, %d) is not opaque", size, r, longSide)
					}
				}
			}
		}
	}
}
