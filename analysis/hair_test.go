package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
)

// upright returns a map that shows all of a photo of n x n pixels, by as many pixels.
func upright(n int) *hairMap {
	var p pool
	m := p.hairMap(n)
	clear(m.skin)
	m.at = square{x: float64(n) / 2, y: float64(n) / 2, side: float64(n)}
	for i := range m.margin {
		m.margin[i] = -1
	}
	m.within(float64(n), float64(n))
	return m
}

// paint sets the margin where in is true.
func (m *hairMap) paint(margin float32, in func(x, y float64) bool) {
	for i := range m.margin {
		if in(float64(i%m.n)+.5, float64(i/m.n)+.5) {
			m.margin[i] = margin
		}
	}
}

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

func TestKeepOwn(t *testing.T) {
	const n = 100
	left, right := head{30, 50, 20, 24, 0}, head{70, 50, 20, 24, 0}
	in := func(c head) func(x, y float64) bool {
		return func(x, y float64) bool { return math.Hypot(x-c.x, y-c.y+5) < 23 } // the two overlap
	}
	count := func(m *hairMap, x0, x1 int) (n int) {
		for i, v := range m.margin {
			if v > 0 && i%m.n >= x0 && i%m.n < x1 {
				n++
			}
		}
		return n
	}
	both := func() *hairMap {
		m := upright(n)
		m.paint(1, in(left))
		m.paint(1, in(right))
		return m
	}
	m := both()
	whole := count(m, 0, n)
	m.keepOwn(left, []head{right})
	if count(m, 0, n/2)*2 != whole || count(m, n/2, n) != 0 {
		t.Errorf("beside a neighbour: %d pixels in the left half of %d in all, %d in the right one", count(m, 0, n/2), whole, count(m, n/2, n))
	}
	for name, others := range map[string][]head{
		"alone":                {},
		"the same head twice":  {{33, 48, 22, 24, 0}},
		"a head far away":      {{500, 50, 20, 24, 0}},
		"a large one far away": {{900, 50, 200, 240, 0}},
	} {
		if m = both(); true {
			m.keepOwn(left, others)
		}
		if got := count(m, 0, n); got != whole {
			t.Errorf("%s: %d pixels of %d are left", name, got, whole)
		}
	}
	// A piece that does not touch the head is somebody's that nobody has found.
	m = upright(n)
	m.paint(1, in(left))
	alone := count(m, 0, n)
	m.paint(1, func(x, y float64) bool { return x > 80 })
	m.keepOwn(left, nil)
	if got := count(m, 0, n); got != alone {
		t.Errorf("%d pixels are left, want %d: the loose piece goes", got, alone)
	}
	// Whatever it skips to be fast, no pixel that is left is nearer to another head, and none that went was not.
	r := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		any := func() head {
			return head{r.Float64()*400 - 150, r.Float64()*400 - 150, 5 + 40*r.Float64(), 5 + 40*r.Float64(), turn(r.IntN(numTurns))}
		}
		own := head{50, 50, 20, 20, turn(r.IntN(numTurns))}
		m := upright(n)
		m.at.roll = own.turn.radians()
		m.paint(1, func(x, y float64) bool { return true })
		others := []head{any(), any(), any()}
		m.keepOwn(own, others)
		for i, v := range m.margin {
			x, y := float64(i%n)+.5, float64(i/n)+.5
			mine := m.measure(own, own.turn).squared(x, y)
			taken := false
			for _, d := range others {
				same := math.Abs(d.x-own.x) < 8 && math.Abs(d.y-own.y) < 8
				taken = taken || !same && m.measure(d, own.turn).squared(x, y) < mine
			}
			if v > 0 && taken {
				t.Fatalf("pixel %v, %v of %v is left to it beside %v", x, y, own, others)
			}
		}
	}
}

func TestExpNegative(t *testing.T) {
	for x := float32(0); x > -90; x -= .00731 {
		want := math.Exp(float64(x))
		if got := float64(expNegative(x)); math.Abs(got-want) > 1e-5*want+1e-34 {
			t.Fatalf("e^%v = %v, want %v", x, got, want)
		}
	}
	for _, x := range []float32{float32(math.Inf(-1)), float32(math.NaN())} {
		if got := expNegative(x); got != 0 {
			t.Errorf("e^%v = %v, want 0", x, got)
		}
	}
}

func TestMargin(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 1000 {
		var v [hairClasses]float32
		sum, other := 0., 0.
		for k := range v {
			v[k] = float32(4 * r.NormFloat64())
			sum += math.Exp(float64(v[k]))
			if k != hairClass {
				other = max(other, math.Exp(float64(v[k])))
			}
		}
		want := (math.Exp(float64(v[hairClass])) - other) / sum
		skin := math.Exp(float64(v[faceSkinClass])) / sum
		got, isSkin := marginOf(&v)
		if math.Abs(float64(got)-want) > 1e-4 || math.Abs(skin-sureSkin) > 1e-4 && isSkin != (skin > sureSkin) {
			t.Errorf("margin %v, skin %v of %v, want %v, %v", got, isSkin, v, want, skin)
		}
	}
}

func TestHairColor(t *testing.T) {
	skin := labOf(.82, .62, .53)
	seen := skinColor{skin, true}
	for _, c := range []struct {
		rgb  [3]uint8
		skin skinColor
		want face.HairColor
	}{
		{[3]uint8{18, 17, 23}, seen, face.BlackHair},
		{[3]uint8{60, 40, 30}, seen, face.DarkBrownHair},
		{[3]uint8{105, 75, 55}, seen, face.BrownHair},
		{[3]uint8{120, 95, 80}, seen, face.LightBrownHair},
		{[3]uint8{200, 165, 115}, seen, face.BlondHair},
		{[3]uint8{150, 150, 150}, seen, face.GrayHair},
		{[3]uint8{225, 222, 218}, seen, face.WhiteHair},
		{[3]uint8{150, 60, 30}, seen, face.RedHair},
		{[3]uint8{40, 60, 200}, seen, face.BlueHair},
		{[3]uint8{60, 150, 80}, seen, face.GreenHair},
		{[3]uint8{230, 90, 160}, seen, face.PinkHair},
		{[3]uint8{130, 50, 150}, seen, face.PurpleHair},
		// Without skin that of most people is taken.
		{[3]uint8{150, 150, 150}, skinColor{}, face.GrayHair},
		{[3]uint8{60, 40, 30}, skinColor{}, face.DarkBrownHair},
		// In a black and white picture nothing else is told apart.
		{[3]uint8{20, 20, 20}, skinColor{labOf(.6, .6, .6), true}, face.BlackHair},
		{[3]uint8{90, 90, 90}, skinColor{labOf(.6, .6, .6), true}, face.GrayHair},
		{[3]uint8{230, 230, 230}, skinColor{labOf(.6, .6, .6), true}, face.WhiteHair},
	} {
		hair := labOf(float32(c.rgb[0])/255, float32(c.rgb[1])/255, float32(c.rgb[2])/255)
		if got := hair.name(c.skin); got != c.want {
			t.Errorf("%v beside %v is %v, want %v", c.rgb, c.skin, got, c.want)
		}
		if got := hair.rgb(); got != c.rgb {
			t.Errorf("%v came back as %v", c.rgb, got)
		}
	}
	// The light of a lamp colours skin and hair alike.
	lamp := func(r, g, b float32) lab { return labOf(r, g*.95, b*.85) }
	if got := lamp(.6, .6, .6).name(skinColor{lamp(.82, .62, .53), true}); got != face.GrayHair {
		t.Errorf("grey hair under a lamp is %v", got)
	}
}

// The reference white, and sRGB red as it is printed everywhere.
func TestLab(t *testing.T) {
	for rgb, want := range map[[3]float32]lab{{1, 1, 1}: {100, 0, 0}, {0, 0, 0}: {}, {1, 0, 0}: {53.24, 80.09, 67.20}} {
		if got := labOf(rgb[0], rgb[1], rgb[2]); got.distance(want) > .05 {
			t.Errorf("%v is %v, want %v", rgb, got, want)
		}
	}
}

// headMap is a map of a face of 60 x 60 pixels of a colour in the middle of it, with hair of a colour about it.
func headMap(hair, skin [3]float32, hairRows int) (*hairMap, head) {
	const n = 120
	m := upright(n)
	for i := range n * n {
		x, y := i%n, i/n
		color := [3]float32{.5, .5, .5}
		switch {
		case x >= 30 && x < 90 && y >= 30 && y < 90:
			color = skin
			m.skin[i] = true
		case x >= 30 && x < 90 && y < 30 && y >= 30-hairRows:
			color = hair
			m.margin[i] = 1
		}
		copy(m.pixels[3*i:], color[:])
	}
	return m, head{60, 60, 60, 60, 0}
}

func TestNoHair(t *testing.T) {
	brown, skin, stubble := [3]float32{.41, .29, .22}, [3]float32{.82, .62, .53}, [3]float32{.75, .56, .48}
	f := &face.Face{Box: face.BoxAt(30, 30, 60, 60)}
	for _, c := range []struct {
		name string
		hair [3]float32
		rows int
		want face.HairColor
	}{
		{"much hair", brown, 20, face.BrownHair},
		{"nothing", brown, 0, face.NoHair},
		{"a strip", brown, 1, face.NoHair},
		{"little hair", brown, 5, face.BrownHair},
		{"little that looks like skin", stubble, 5, face.NoHair},
		{"much that looks like skin", stubble, 20, face.BlondHair},
	} {
		m, own := headMap(c.hair, skin, c.rows)
		got := m.hair(own, f)
		if got.Color != c.want {
			t.Errorf("%s: %v, want %v", c.name, got.Color, c.want)
		}
		if none := got.Color == face.NoHair; none != (len(got.Pieces) == 0) || none != (got.Area == 0) || none && got.RGB != [3]uint8{} {
			t.Errorf("%s: %v", c.name, got)
		}
		if c.want != face.NoHair && math.Abs(float64(got.Area)-float64(c.rows)/60) > .01 {
			t.Errorf("%s: area %v, want %v", c.name, got.Area, float64(c.rows)/60)
		}
	}
	// Fewer pixels than a colour needs, of a large piece: a map of few pixels.
	m := upright(6)
	m.paint(1, func(x, y float64) bool { return y < 4 })
	if got := m.hair(head{3, 3, 4, 4, 0}, &face.Face{Box: face.BoxAt(1, 1, 4, 4)}); got.Color != face.UnknownHair || len(got.Pieces) != 1 {
		t.Errorf("few pixels: %v", got)
	}
}

func TestHairCrop(t *testing.T) {
	for _, c := range []struct {
		name string
		head head
		w, h float64
		want square
	}{
		{"in the middle", head{200, 200, 40, 50, 0}, 400, 400, square{x: 200, y: 194, side: 130}},
		{"at the edge", head{20, 25, 40, 50, 0}, 1000, 1000, square{x: 65, y: 65, side: 130}},
		{"larger than the photo", head{70, 80, 60, 80, 0}, 200, 150, square{x: 100, y: 75, side: 200}},
		{"crown to the right", head{200, 200, 40, 50, 1}, 400, 400, square{x: 206, y: 200, side: 130, roll: math.Pi / 2}},
		{"upside down", head{200, 200, 40, 50, 2}, 400, 400, square{x: 200, y: 206, side: 130, roll: math.Pi}},
	} {
		got := c.head.crop(c.w, c.h, hairFactor)
		if math.Abs(got.x-c.want.x)+math.Abs(got.y-c.want.y)+math.Abs(got.side-c.want.side)+math.Abs(got.roll-c.want.roll) > 1e-4 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
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

// analyzeHair analyses the photo of f, hair among the rest.
func analyzeHair(t *testing.T, f *fakes, req Request) *face.Analysis {
	t.Helper()
	req.Want |= face.HairShape
	return mustAnalyze(t, f.engine(), ImageSource(f.photo()), req)
}

// The fake network calls foreheads hair: the upper quarter of each head, however it stands.
func TestHairOfTurnedHeads(t *testing.T) {
	for stands := range turn(numTurns) {
		f := threeFaces()
		f.sky = true
		for i := range f.faces {
			f.faces[i].turn = stands
		}
		a := analyzeHair(t, f, Request{Turned: true})
		if len(a.Faces) != 3 {
			t.Fatalf("turn %d: %d faces", stands, len(a.Faces))
		}
		for _, g := range a.Faces {
			if turn(g.Turn) != stands {
				t.Fatalf("turn %d: face %d was found in turn %d", stands, g.Number, g.Turn)
			}
			if g.Hair.Color != face.GreenHair || len(g.Hair.Pieces) != 1 || math.Abs(float64(g.Hair.Area)-.25) > .03 {
				t.Fatalf("turn %d: face %d: %v", stands, g.Number, g.Hair)
			}
			// It lies at the side where the crown is, along all of it.
			up := face.Pt(stands.vector(0, -g.Box.W()*3/8))
			want := g.Box.Center()
			want.X, want.Y = want.X+up.X, want.Y+up.Y
			low, high := extent(g.Hair.Pieces[0].Outer)
			if x, y := (low.X+high.X)/2, (low.Y+high.Y)/2; math.Hypot(float64(x-want.X), float64(y-want.Y)) > .03*float64(g.Box.W()) {
				t.Errorf("turn %d: face %d: hair about %v, %v, want %v", stands, g.Number, x, y, want)
			}
		}
	}
}

// extent returns the corners of the smallest upright rectangle about a ring.
func extent(r face.Ring) (low, high face.Point) {
	low, high = r[0], r[0]
	for _, p := range r {
		low, high = face.Pt(min(low.X, p.X), min(low.Y, p.Y)), face.Pt(max(high.X, p.X), max(high.Y, p.Y))
	}
	return low, high
}

// A head has the same hair whichever way the photo is turned, turned with it.
func TestHairTurnsWithThePhoto(t *testing.T) {
	upright := analyzeHair(t, oneFace(0), Request{Turned: true}).Faces[0]
	for stands := turn(1); stands < numTurns; stands++ {
		f := oneFace(stands)
		g := analyzeHair(t, f, Request{Turned: true}).Faces[0]
		if turn(g.Turn) != stands || g.Hair.Color != upright.Hair.Color || g.Hair.RGB != upright.Hair.RGB {
			t.Errorf("turn %d: %v, %v", g.Turn, g.Hair.Color, g.Hair.RGB)
		}
		if math.Abs(float64(g.Hair.Area-upright.Hair.Area)) > .005 {
			t.Errorf("turn %d: area %v, upright %v", stands, g.Hair.Area, upright.Hair.Area)
		}
		a, b := extent(upright.Hair.Pieces[0].Outer)
		low, high := extent(g.Hair.Pieces[0].Outer)
		const half = 200 // of the photo, a square
		want := stands.box(face.Box{Min: face.Pt(a.X-half, a.Y-half), Max: face.Pt(b.X-half, b.Y-half)}, face.Pt(half, half))
		if !near(want, face.Box{Min: low, Max: high}) {
			t.Errorf("turn %d: hair in %v..%v, want %v", stands, low, high, want)
		}
	}
}

// oneFace is a square photo with a head that stands turned.
func oneFace(stands turn) *fakes {
	at := stands.box(face.Box{Min: face.Pt(-60, -100), Max: face.Pt(40, 0)}, face.Pt(200, 200))
	return &fakes{w: 400, h: 400, sky: true, faces: []fakeFace{{box: at, pass: .99, first: .99, second: .99, turn: stands}}}
}

// What is added later is what it would have been at once; known hair stays, whatever heads are added.
func TestHairOfKnownFaces(t *testing.T) {
	f := threeFaces()
	photo := ImageSource(f.photo())
	engine := f.engine()
	atOnce := mustAnalyze(t, engine, photo, Request{Want: face.HairShape | face.GenderClasses})
	gender := mustAnalyze(t, engine, photo, Request{Want: face.GenderClasses})
	clear(f.runs)
	later := mustAnalyze(t, engine, photo, Request{Want: face.HairShape, Known: gender})
	if diff := cmp.Diff(map[string]int{netHair192: 3}, f.runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(atOnce, later); diff != "" {
		t.Errorf("differs from asking at once (-want +got):\n%s", diff)
	}
	clear(f.runs)
	more := mustAnalyze(t, engine, photo, Request{Known: later, Boxes: []face.Box{face.BoxAt(310, 60, 130, 130)}})
	if f.runs[netHair192] != 1 {
		t.Errorf("runs %v, want one of hair", f.runs)
	}
	for _, g := range later.Faces {
		i := slices.IndexFunc(more.Faces, func(h face.Face) bool { return h.Number == g.Number })
		if diff := cmp.Diff(g, more.Faces[i]); diff != "" {
			t.Errorf("face %d (-before +after):\n%s", g.Number, diff)
		}
	}
}

// A doubtful box takes no hair away, an accepted one what is nearer to it.
func TestHairBesideOthers(t *testing.T) {
	hair := func(score float32) float32 {
		f := &fakes{w: 640, h: 480, faces: []fakeFace{
			{box: face.BoxAt(200, 200, 120, 120), pass: .99, first: .99, second: .99},
			{box: face.BoxAt(262, 180, 30, 30), pass: score, first: score, second: score, noMesh: true},
		}}
		a := analyzeHair(t, f, Request{})
		if len(a.Faces) != 2 {
			t.Fatalf("%d faces", len(a.Faces))
		}
		return a.Faces[0].Hair.Area
	}
	doubtful, accepted := hair(.75), hair(.95)
	if doubtful-accepted < .01 {
		t.Errorf("area %v beside a doubtful box, %v beside an accepted one", doubtful, accepted)
	}
}

// Hair that goes on beyond the crop is looked at again in a larger one.
func TestLongHair(t *testing.T) {
	for _, c := range []struct {
		mode Mode
		name string
	}{{Fast, netHair192}, {Default, netHair224}} {
		f := &fakes{w: 640, h: 1600, faces: []fakeFace{{box: face.BoxAt(290, 600, 60, 60), pass: .99, first: .99, second: .99}}}
		engine, img := f.engine(), f.photo()
		for y := 500; y < 1000; y++ {
			for x := 280; x < 290; x++ {
				img.Pix[img.PixOffset(x, y)+1] = 255
			}
		}
		a := mustAnalyze(t, engine, ImageSource(img), Request{Want: face.HairShape, Mode: c.mode})
		if len(a.Faces) != 1 || f.runs[c.name] != 2 {
			t.Fatalf("%v: %d faces, runs %v", c.mode, len(a.Faces), f.runs)
		}
		low, high := extent(a.Faces[0].Hair.Pieces[0].Outer)
		if reach := high.Y - low.Y; reach < 200 { // of 156 pixels in the first crop
			t.Errorf("%v: the hair is %v pixels long", c.mode, reach)
		}
	}
}

// A tight crop that shows no hair says nothing about it.
func TestNoHairInATightCrop(t *testing.T) {
	crop := func(f *fakes) face.Face { return analyzeHair(t, f, Request{Crop: true}).Faces[0] }
	if g := crop(&fakes{w: 100, h: 120}); g.Hair.Color != face.UnknownHair || g.Lacks != face.HairShape {
		t.Errorf("a grey picture: %v, lacks %v", g.Hair, g.Lacks)
	}
	if g := crop(&fakes{w: 100, h: 120, faces: []fakeFace{{box: face.BoxAt(10, 10, 80, 100)}}}); g.Hair.Color != face.GreenHair || g.Lacks != 0 {
		t.Errorf("a forehead: %v, lacks %v", g.Hair, g.Lacks)
	}
}

// The wider crop holds the first one, and has grown to the side where hair was cut off.
func TestWiderCrop(t *testing.T) {
	own := head{500, 500, 80, 100, 0}
	for _, c := range []struct {
		name string
		turn turn
		cuts cuts
		x, y float64
	}{
		{"below", 0, cuts{bottom: true}, 500, 558},
		{"at both sides and below", 0, cuts{left: true, right: true, bottom: true}, 500, 558},
		{"at the left", 0, cuts{left: true}, 430, 488},
		{"below a head whose crown is to the right", 1, cuts{bottom: true}, 442, 500},
	} {
		m := upright(8)
		own.turn = c.turn
		m.photo = [2]float64{1000, 1000}
		m.at = own.crop(1000, 1000, hairFactor)
		got := m.wider(own, c.cuts)
		if math.Abs(got.x-c.x) > 1e-3 || math.Abs(got.y-c.y) > 1e-3 || math.Abs(got.side-400) > 1e-3 || got.roll != m.at.roll {
			t.Errorf("cut %s: %v, want the centre %v, %v", c.name, got, c.x, c.y)
		}
	}
}
