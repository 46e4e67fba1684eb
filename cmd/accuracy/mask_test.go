package main

import (
	"bytes"
	"image"
	"image/color"
	"image/png"
	"math/rand/v2"
	"testing"

	"semblance/internal/face"
)

// inside is the even-odd rule for one point, with a ray to the right.
func inside(p face.Polygon, x, y float64) bool {
	odd := false
	for _, ring := range append([]face.Ring{p.Outer}, p.Holes...) {
		for i := range ring {
			a, b := ring[i], ring[(i+1)%len(ring)]
			if (p64(a.Y) <= y) != (p64(b.Y) <= y) && p64(a.X)+(y-p64(a.Y))/(p64(b.Y)-p64(a.Y))*(p64(b.X)-p64(a.X)) > x {
				odd = !odd
			}
		}
	}
	return odd
}

func TestFill(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	ring := func(n int) face.Ring {
		out := make(face.Ring, n)
		for i := range out {
			out[i] = face.Pt(r.Float32()*50-10, r.Float32()*40-10) // some of it outside
		}
		return out
	}
	for range 200 {
		p := face.Polygon{Outer: ring(3 + r.IntN(9))}
		for range r.IntN(3) {
			p.Holes = append(p.Holes, ring(3))
		}
		b := newBitmap(29, 17)
		b.fill(p)
		for y := range b.h {
			for x := range b.w {
				if want := inside(p, float64(x)+.5, float64(y)+.5); b.at(x, y) != want {
					t.Fatalf("%v at %d, %d: %v", p, x, y, !want)
				}
			}
		}
	}
}

func TestOverlap(t *testing.T) {
	square := func(x, y, side float32) face.Ring {
		return face.Ring{face.Pt(x, y), face.Pt(x+side, y), face.Pt(x+side, y+side), face.Pt(x, y+side)}
	}
	a, b, empty := newBitmap(20, 20), newBitmap(20, 20), newBitmap(20, 20)
	a.fill(face.Polygon{Outer: square(2, 2, 10)})
	b.fill(face.Polygon{Outer: square(2, 2, 10), Holes: []face.Ring{square(4, 4, 5)}})
	for name, c := range map[string]struct {
		a, b *bitmap
		want float64
	}{
		"the same": {a, a, 1}, "a hole": {a, b, .75}, "nothing": {a, empty, 0}, "nothing at all": {empty, empty, 1}, "another size": {a, newBitmap(20, 19), 0},
	} {
		if got := c.a.overlap(c.b); !near(got, c.want, 1e-9) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestParseMask(t *testing.T) {
	img := image.NewPaletted(image.Rect(0, 0, 11, 3), color.Palette{color.Black, color.White})
	img.SetColorIndex(9, 2, 1)
	var file bytes.Buffer
	if err := png.Encode(&file, img); err != nil {
		t.Fatal(err)
	}
	b, err := parseMask(file.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	for y := range 3 {
		for x := range 11 {
			if want := x == 9 && y == 2; b.at(x, y) != want {
				t.Errorf("%d, %d: %v", x, y, !want)
			}
		}
	}
	if _, err := parseMask(file.Bytes()[:40]); err == nil {
		t.Error("a damaged mask is read")
	}
}
