package overlay_test

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"semblance/internal/face"
	"semblance/overlay"
)

// hairstyle is hair about a head of the radius r at x, y: a large piece with the face as its hole, and
// a lock beside it.
func hairstyle(c face.HairColor, rgb [3]uint8, x, y, r float32) face.Hair {
	ring := func(cx, cy, rx, ry float32, turn float64) face.Ring {
		var points face.Ring
		for i := range 40 {
			a := turn * float64(i) / 40 * 2 * math.Pi
			wave := 1 + .06*float32(math.Sin(9*a))
			points = append(points, face.Pt(cx+rx*wave*float32(math.Cos(a)), cy+ry*wave*float32(math.Sin(a))))
		}
		return points
	}
	return face.Hair{Color: c, RGB: rgb, Area: 1, Pieces: []face.Polygon{
		{Outer: ring(x, y, r, 1.2*r, -1), Holes: []face.Ring{ring(x, y+.3*r, .6*r, .8*r, 1)}},
		{Outer: ring(x+1.3*r, y+r, .15*r, .4*r, -1)},
	}}
}

// Hair of any colour is seen, and the picture through its holes.
func TestPaintHair(t *testing.T) {
	photo := &face.Analysis{W: 640, H: 200, Have: face.AllFeatures}
	ground := canvas(640, 200)
	for i, rgb := range [][3]uint8{{0x14, 0x12, 0x12}, {0xD8, 0xB8, 0x78}, {0x8C, 0x8C, 0x90}, {0x30, 0xA0, 0xD0}} {
		x := float32(80 + 160*i)
		f := aFace(uint32(i+1), x-40, 70, 80)
		f.Hair = hairstyle(face.BlackHair+face.HairColor(i), rgb, x, 95, 62)
		plain := overlay.Shape{Kind: overlay.Area, Fill: color.NRGBA{rgb[0], rgb[1], rgb[2], 0xFF}}
		for _, p := range f.Hair.Pieces {
			plain.Rings = append(append(plain.Rings, p.Outer), p.Holes...)
		}
		overlay.Paint(ground, []overlay.Shape{plain}) // the head itself
		photo.Faces = append(photo.Faces, f)
	}
	shapes := overlay.Shapes(photo, overlay.Transform{Scale: 1}, overlay.Options{Hair: true, Boxes: true, Selected: 2})
	overlay.Paint(ground, shapes)
	compare(t, filepath.Join("testdata", "hair.png"), ground)
	for i := range 4 {
		if shapes[i].Kind != overlay.Area {
			t.Errorf("shape %d is no hair: something lies below it", i)
		}
	}
}

func TestHairIsLeftOut(t *testing.T) {
	for name, change := range map[string]func(*face.Analysis, *overlay.Options){
		"switched off": func(_ *face.Analysis, o *overlay.Options) { o.Hair = false },
		"not looked for": func(a *face.Analysis, _ *overlay.Options) {
			a.Have &^= face.HairShape
		},
		"not found":  func(a *face.Analysis, _ *overlay.Options) { a.Faces[0].Lacks = face.HairShape },
		"none there": func(a *face.Analysis, _ *overlay.Options) { a.Faces[0].Hair.Color = face.NoHair },
		"no outline": func(a *face.Analysis, _ *overlay.Options) { a.Faces[0].Hair.Pieces = nil },
		"no face":    func(a *face.Analysis, _ *overlay.Options) { a.Faces[0].Edit.Verdict = face.Rejected },
	} {
		a, o := upright(), everything
		a.Faces[0].Hair = hairstyle(face.BrownHair, [3]uint8{90, 60, 40}, 200, 140, 80)
		if n := count(overlay.Shapes(a, overlay.Transform{Scale: 1}, o))[overlay.Area]; n != 1 {
			t.Fatalf("%d areas, want 1", n)
		}
		change(a, &o)
		if n := count(overlay.Shapes(a, overlay.Transform{Scale: 1}, o))[overlay.Area]; n != 0 {
			t.Errorf("%s: %d areas", name, n)
		}
	}
}

// Hair of faces that nobody asked for is seen less.
func TestHairOfDimmedFaces(t *testing.T) {
	a := upright()
	a.Faces[0].Hair = hairstyle(face.BrownHair, [3]uint8{90, 60, 40}, 200, 140, 80)
	fill := func(o overlay.Options) uint8 {
		return only(overlay.Shapes(a, overlay.Transform{Scale: 1}, o), overlay.Area)[0].Fill.A
	}
	plain := fill(overlay.Options{Hair: true})
	if dimmed := fill(overlay.Options{Hair: true, Dimmed: []uint32{1}}); dimmed >= plain || dimmed == 0 {
		t.Errorf("opacity %d, of others %d", dimmed, plain)
	}
	if chosen := fill(overlay.Options{Hair: true, Dimmed: []uint32{1}, Selected: 1}); chosen != plain {
		t.Errorf("opacity %d of the selected face, want %d", chosen, plain)
	}
}

// Filling row by row gives what asking for every point of a fine grid gives, on rings that cross
// themselves and each other, inside the picture and beyond its edges.
func TestFillAgainstEveryPoint(t *testing.T) {
	rnd := rand.New(rand.NewPCG(3, 5))
	for round := range 12 {
		var rings []face.Ring
		for range 1 + rnd.IntN(4) {
			var r face.Ring
			for range 3 + rnd.IntN(6) {
				r = append(r, face.Pt(rnd.Float32()*70-15, rnd.Float32()*60-15))
			}
			rings = append(rings, r)
		}
		got := image.NewRGBA(image.Rect(0, 0, 40, 30))
		overlay.Paint(got, []overlay.Shape{{Kind: overlay.Area, Rings: rings, Fill: color.NRGBA{0, 0, 0, 0xFF}}})
		for y := range 30 {
			for x := range 40 {
				const fine = 16
				inside := 0
				for i := range fine * fine {
					px, py := float64(x)+(float64(i%fine)+.5)/fine, float64(y)+(float64(i/fine)+.5)/fine
					if within(rings, px, py) {
						inside++
					}
				}
				want := float64(inside) / (fine * fine) * 255
				if a := float64(got.RGBAAt(x, y).A); math.Abs(a-want) > 36 { // eight lines a row, not sixteen
					t.Fatalf("round %d, pixel %d, %d: alpha %.0f, want %.0f", round, x, y, a, want)
				}
			}
		}
	}
}

// within tells by the even-odd rule whether a point is inside rings.
func within(rings []face.Ring, x, y float64) bool {
	in := false
	for _, r := range rings {
		for i, p := range r {
			q := r[(i+1)%len(r)]
			if (float64(p.Y) > y) != (float64(q.Y) > y) &&
				x < float64(p.X)+(y-float64(p.Y))*float64(q.X-p.X)/float64(q.Y-p.Y) {
				in = !in
			}
		}
	}
	return in
}

// The line along the rings has no knots where edges meet, and is as wide as it says.
func TestOutlineOfAnArea(t *testing.T) {
	square := face.Ring{face.Pt(10, 10), face.Pt(10, 30), face.Pt(30, 30), face.Pt(30, 10)}
	got := image.NewRGBA(image.Rect(0, 0, 40, 40))
	overlay.Paint(got, []overlay.Shape{{Kind: overlay.Area, Rings: []face.Ring{square}, Color: color.NRGBA{0, 0, 0, 0x80}, Stroke: 2}})
	for y := range 40 {
		for x := range 40 {
			px, py := float64(x)+.5, float64(y)+.5
			d := max(math.Abs(px-20)-10, math.Abs(py-20)-10) // to the outline, negative inside
			if px < 10 || px > 30 || py < 10 || py > 30 {
				d = math.Hypot(max(math.Abs(px-20)-10, 0), max(math.Abs(py-20)-10, 0))
			}
			want := min(max(1.5-math.Abs(d), 0), 1) * 0x80
			if a := float64(got.RGBAAt(x, y).A); math.Abs(a-want) > 2 {
				t.Errorf("pixel %d, %d: alpha %.0f, want %.0f", x, y, a, want)
			}
		}
	}
}

// Hair over a large screen, zoomed in.
func BenchmarkPaintHair(b *testing.B) {
	a := upright()
	a.Faces[0].Hair = hairstyle(face.BrownHair, [3]uint8{90, 60, 40}, 200, 140, 100)
	shapes := overlay.Shapes(a, overlay.Transform{Scale: 10, Offset: face.Pt(-300, -200)}, overlay.Options{Hair: true})
	m := image.NewRGBA(image.Rect(0, 0, 3840, 2160))
	draw.Draw(m, m.Rect, image.White, image.Point{}, draw.Src)
	for b.Loop() {
		overlay.Paint(m, shapes)
	}
}
