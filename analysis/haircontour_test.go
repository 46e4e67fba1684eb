package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
)

// fillPolygons is the slow way back: which pixels of w x h, of scale pixels of the photo both ways, have their centres in
// the polygons, by even and odd.
func fillPolygons(pieces []face.Polygon, w, h int, scale float64) []bool {
	in := make([]bool, w*h)
	for i := range in {
		x, y := (float64(i%w)+.5)*scale, (float64(i/w)+.5)*scale
		for _, p := range pieces {
			for _, ring := range append([]face.Ring{p.Outer}, p.Holes...) {
				a := ring[len(ring)-1]
				for _, b := range ring {
					if (float64(a.Y) > y) != (float64(b.Y) > y) && x < float64(b.X-a.X)*(y-float64(a.Y))/float64(b.Y-a.Y)+float64(a.X) {
						in[i] = !in[i]
					}
					a = b
				}
			}
		}
	}
	return in
}

// areaOf returns the area in a ring, positive for one that runs counter-clockwise as seen.
func areaOf(r face.Ring) float64 {
	points := make([]point2, len(r))
	for i, p := range r {
		points[i] = point2{float64(p.X), float64(p.Y)}
	}
	return ringArea(points)
}

func TestPolygons(t *testing.T) {
	const n = 64
	own := head{n / 2, n / 2, 20, 20, 0} // a pixel of the map is a pixel of the photo; pieces from 1.6 of them on
	in := func(x, y, x0, y0, x1, y1 float64) bool { return x > x0 && x < x1 && y > y0 && y < y1 }
	for _, c := range []struct {
		name   string
		margin float32
		in     func(x, y float64) bool
		holes  []int // of the pieces
		area   float64
	}{
		{"nothing", 1, func(x, y float64) bool { return false }, nil, 0},
		{"square", 1, func(x, y float64) bool { return in(x, y, 10, 10, 30, 30) }, []int{0}, 20*20 - .5},
		{"everything", 1, func(x, y float64) bool { return true }, []int{0}, n * n},
		{"weak", .001, func(x, y float64) bool { return in(x, y, 10, 10, 30, 30) }, []int{0}, 19 * 19},
		{"touches the frame", 1, func(x, y float64) bool { return in(x, y, -1, 10, 30, 70) }, []int{0}, 54 * 30},
		{"ring", 1, func(x, y float64) bool { return in(x, y, 10, 10, 40, 40) && !in(x, y, 20, 20, 30, 30) }, []int{1}, 30*30 - 10*10},
		{"small hole is filled", 1, func(x, y float64) bool { return in(x, y, 10, 10, 40, 40) && !in(x, y, 20, 20, 21, 21) }, []int{0}, 30 * 30},
		{"two pieces, the larger first", 1, func(x, y float64) bool {
			return in(x, y, 5, 5, 10, 10) || in(x, y, 30, 30, 50, 50) && !in(x, y, 35, 35, 40, 40)
		}, []int{1, 0}, 5*5 + 20*20 - 5*5},
		{"piece within a hole", 1, func(x, y float64) bool {
			return in(x, y, 5, 5, 55, 55) && !in(x, y, 10, 10, 50, 50) || in(x, y, 20, 20, 40, 40) && !in(x, y, 25, 25, 30, 30)
		}, []int{1, 1}, 50*50 - 40*40 + 20*20 - 5*5},
		{"a piece is small beside the largest", 1, func(x, y float64) bool { return in(x, y, 5, 5, 40, 40) || in(x, y, 50, 50, 54, 54) }, []int{0}, 35 * 35},
		{"single pixel is too small", 1, func(x, y float64) bool { return in(x, y, 10, 10, 11, 11) }, nil, 0},
		{"pieces that touch at a corner are parted where the middle is no hair", 1, func(x, y float64) bool {
			return in(x, y, 10, 10, 20, 20) || in(x, y, 20, 20, 30, 30)
		}, []int{0, 0}, 2 * 10 * 10},
		{"and joined where it is more hair than not", 1.1, func(x, y float64) bool {
			return in(x, y, 10, 10, 20, 20) || in(x, y, 20, 20, 30, 30)
		}, []int{0}, 2 * 10 * 10},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := upright(n)
			m.paint(c.margin, c.in)
			pieces, area := m.polygons(own)
			var holes []int
			sum, before := 0., math.Inf(1)
			for _, p := range pieces {
				holes = append(holes, len(p.Holes))
				net := areaOf(p.Outer)
				if net <= 0 {
					t.Errorf("the outline %v runs clockwise", p.Outer)
				}
				for _, h := range p.Holes {
					if areaOf(h) >= 0 {
						t.Errorf("the hole %v runs counter-clockwise", h)
					}
					net += areaOf(h)
				}
				if sum += net; net > before {
					t.Error("a larger piece comes later")
				}
				before = net
			}
			if diff := cmp.Diff(c.holes, holes); diff != "" {
				t.Errorf("holes of the pieces (-want +got):\n%s", diff)
			}
			if math.Abs(area-sum) > 1e-3 {
				t.Errorf("area %v, the polygons have %v", area, sum)
			}
			// Corners are cut, and a line is rounded to quarters of a pixel.
			if math.Abs(area-c.area) > .05*c.area {
				t.Errorf("area %v, want about %v", area, c.area)
			}
		})
	}
}

// blobs is a smooth random margin.
func blobs(n int, seed uint64) []float32 {
	r := rand.New(rand.NewPCG(seed, 0))
	out := make([]float32, n*n)
	for i := range out {
		out[i] = -.3
	}
	for range 12 {
		x, y, s, v := r.Float64()*float64(n), r.Float64()*float64(n), 2+r.Float64()*float64(n)/8, 1.5*r.Float64()-.6
		for i := range out {
			dx, dy := float64(i%n)+.5-x, float64(i/n)+.5-y
			out[i] += float32(v * math.Exp(-(dx*dx+dy*dy)/(2*s*s)))
		}
	}
	for i := range out {
		out[i] = min(max(out[i], -1), 1)
	}
	return out
}

// What is drawn covers what was found, whatever its shape: the simplified outlines against the map itself.
func TestPolygonsCoverTheMap(t *testing.T) {
	const n, scale = 96, 16 // pixels of the photo a pixel of the map, both ways
	m := upright(n)
	m.at = square{x: scale * n / 2, y: scale * n / 2, side: scale * n}
	m.within(scale*n, scale*n)
	for seed := range uint64(50) {
		copy(m.margin, blobs(n, seed))
		want := make([]bool, n*n)
		for i, v := range m.margin {
			want[i] = v > 0
		}
		pieces, _ := m.polygons(head{scale * n / 2, scale * n / 2, scale * 40, scale * 4, 0})
		all, more, missing := 0, 0, 0
		for i, in := range fillPolygons(pieces, n, n, scale) {
			switch {
			case in && !want[i]:
				more++
			case want[i] && !in:
				missing++
			}
			if want[i] {
				all++
			}
		}
		// Of what is missing most are pieces that are small beside the largest one.
		if float64(more) > 2+.005*float64(all) || float64(missing) > 2+.03*float64(all) {
			t.Errorf("seed %d: of %d pixels the polygons lack %d, and have %d more", seed, all, missing, more)
		}
	}
}

// At the photo's edge hair ends exactly there, wherever in a pixel of the map that is.
func TestPolygonsEndAtTheEdgeOfThePhoto(t *testing.T) {
	const n, side = 64, 100.
	for _, x := range []float64{20, 20.4, 21, 21.3, 22} {
		var p pool
		m := p.hairMap(n)
		m.at = square{x: x, y: 50, side: side} // beyond the left edge
		for i := range m.margin {
			m.margin[i] = 1
		}
		m.within(400, 400)
		pieces, _ := m.polygons(head{30, 50, 20, 20, 0})
		if len(pieces) != 1 {
			t.Fatalf("%d pieces", len(pieces))
		}
		if left := slices.MinFunc(pieces[0].Outer, func(a, b face.Point) int { return int(math.Copysign(1, float64(a.X-b.X))) }).X; left != 0 {
			t.Errorf("crop at %v: hair begins at %v", x, left)
		}
	}
}

// FuzzTracer: whatever the values, every line is closed, and walking along it what is positive lies at the left hand;
// together the lines have as much area as the positive pixels, but for half a pixel about each of them.
func FuzzTracer(f *testing.F) {
	f.Add(uint8(3), []byte{0, 200, 0, 200, 0, 200, 0, 200, 0})
	f.Add(uint8(1), []byte{255})
	f.Add(uint8(4), []byte{255, 0, 0, 255, 0, 255, 255, 0, 128, 255, 255, 127, 255, 0, 0, 255})
	f.Add(uint8(5), []byte{255, 255, 255, 255, 255, 255, 0, 0, 0, 255, 255, 0, 255, 0, 255, 255, 0, 0, 0, 255, 255, 255, 255, 255, 255})
	f.Fuzz(func(t *testing.T, width uint8, data []byte) {
		w := max(1, int(width%40))
		h := min(len(data)/w, 40)
		if h == 0 {
			return
		}
		values := make([]float32, w*h)
		for i := range values {
			values[i] = float32(int(data[i])-128) / 128
		}
		var tr tracer
		tr.find(values, w, h)
		if len(tr.points) != len(tr.starts) {
			t.Fatalf("%d points of %d crossings", len(tr.points), len(tr.starts))
		}
		at := func(x, y int) float32 { return tr.values[(y+1)*tr.w+x+1] }
		sum := 0.
		for _, l := range tr.lines {
			ring := tr.points[l.from:l.to]
			if len(ring) < 4 || l.area != ringArea(ring) {
				t.Fatalf("a line of %d points, area %v", len(ring), l.area)
			}
			sum += l.area
			for _, p := range ring {
				if p.x < 0 || p.y < 0 || p.x > float64(w) || p.y > float64(h) {
					t.Fatalf("point %v is beyond %d x %d", p, w, h)
				}
			}
			kept := 0
			for _, k := range tr.simplified(ring, .5) {
				if k {
					kept++
				}
			}
			if kept < 2 || kept > len(ring) {
				t.Fatalf("%d of %d points are kept", kept, len(ring))
			}
		}
		// The slow way: the centre of a pixel lies within an odd number of lines where its value is positive.
		for y := range h {
			for x := range w {
				odd := false
				for _, l := range tr.lines {
					if holds(tr.points[l.from:l.to], point2{float64(x) + .5, float64(y) + .5}) {
						odd = !odd
					}
				}
				if positive := at(x, y) > 0; odd != positive {
					t.Fatalf("pixel %d, %d is %v, but within lines: %v", x, y, at(x, y), odd)
				}
			}
		}
		if sum < -1e-6 || sum > float64(w*h)+1e-6 {
			t.Fatalf("the lines have an area of %v", sum)
		}
	})
}
