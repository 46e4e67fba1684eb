package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// slowIsCorner reports whether points[i] is a corner of the hull: some direction sees it first.
func slowIsCorner(points []point2, i int) bool {
	for k := range 7200 {
		sin, cos := math.Sincos(float64(k) * math.Pi / 3600)
		first := true
		for j, q := range points {
			if j != i && (q.x-points[i].x)*cos+(q.y-points[i].y)*sin >= 0 {
				first = false
				break
			}
		}
		if first {
			return true
		}
	}
	return false
}

func TestConvexHull(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 20 {
		points := make([]point2, 30)
		for i := range points {
			points[i] = point2{random.NormFloat64(), random.NormFloat64()}
		}
		var want []point2
		for i := range points {
			if slowIsCorner(points, i) {
				want = append(want, points[i])
			}
		}
		hull := convexHull(slices.Clone(points))
		for i, a := range hull {
			b, c := hull[(i+1)%len(hull)], hull[(i+2)%len(hull)]
			if bend(a, b, c) <= 0 {
				t.Fatalf("corner %v of %v does not turn clockwise", b, hull)
			}
		}
		for _, p := range want {
			if !slices.Contains(hull, p) {
				t.Fatalf("corner %v is missing in %v", p, hull)
			}
		}
		if len(hull) < len(want) || len(hull) > len(want)+1 { // the slow one overlooks very blunt corners
			t.Errorf("%d corners, want %d", len(hull), len(want))
		}
	}
	if got := convexHull([]point2{{1, 1}, {1, 1}}); len(got) == 0 {
		t.Error("no corner of a single point")
	}
}

func TestEvenly(t *testing.T) {
	for name, c := range map[string]struct {
		line []point2
		n    int
		want []point2
	}{
		"straight":     {[]point2{{0, 0}, {4, 0}}, 5, []point2{{0, 0}, {1, 0}, {2, 0}, {3, 0}, {4, 0}}},
		"round corner": {[]point2{{0, 0}, {1, 0}, {1, 3}}, 3, []point2{{0, 0}, {1, 1}, {1, 3}}},
		"a double":     {[]point2{{0, 0}, {0, 0}, {2, 0}}, 3, []point2{{0, 0}, {1, 0}, {2, 0}}},
		"one point":    {[]point2{{7, 8}}, 2, []point2{{7, 8}, {7, 8}}},
	} {
		for i, p := range evenly(c.line, c.n) {
			if math.Hypot(p.x-c.want[i].x, p.y-c.want[i].y) > 1e-9 {
				t.Errorf("%s: point %d is %v, want %v", name, i, p, c.want[i])
			}
		}
	}
}

// The jaw of a face, however the head is turned in the picture: it lies on the outline, begins at
// the height of the eyes and is symmetric where the head looks straight ahead.
func TestJaw(t *testing.T) {
	upright := canonicalMesh(0, 0, 6, identityRotation())
	upright[chin] = point3{0, 55, 0} // it is none of the rigid points
	for _, degrees := range []float64{0, 20, 90, 180, -90} {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		m := mesh{points: make([]point3, len(upright))}
		for i, p := range upright {
			q := point2{p.x, p.y}.turned(sin, cos)
			m.points[i] = point3{q.x + 300, q.y + 200, p.z}
		}
		m.at = bounds(m.points)
		l := landmarks(m)
		back := func(i int) point2 {
			return point2{float64(l[i].X) - 300, float64(l[i].Y) - 200}.turned(-sin, cos)
		}
		for i := range 8 {
			a, b := back(i), back(16-i)
			if math.Abs(a.x+b.x) > .5 || math.Abs(a.y-b.y) > .5 || a.x >= 0 {
				t.Errorf("turned by %v: points %d and %d of the jaw are at %v and %v", degrees, i, 16-i, a, b)
			}
			if next := back(i + 1); next.y <= a.y {
				t.Errorf("turned by %v: the jaw does not fall from %v to %v", degrees, a, next)
			}
		}
		if end, eye := back(0), back(36); math.Abs(end.y-eye.y) > .01 {
			t.Errorf("turned by %v: the jaw begins at %v, the eye is at %v", degrees, end, eye)
		}
		if c := back(8); math.Abs(c.x) > .5 {
			t.Errorf("turned by %v: the chin is at %v", degrees, c)
		}
	}
}
