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
	// Of a head seen from the side the box is narrow; the hair behind it is its own nevertheless.
	m = upright(n)
	m.paint(1, func(x, y float64) bool { return math.Hypot(x-40, y-50) < 18 })
	all := count(m, 0, n)
	if m.keepOwn(head{30, 50, 8, 24, 0}, []head{{92, 60, 20, 24, 0}}); count(m, 0, n) != all {
		t.Errorf("seen from the side: %d pixels of %d are left", count(m, 0, n), all)
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
		got := c.head.crop(c.w, c.h)
		if math.Abs(got.x-c.want.x)+math.Abs(got.y-c.want.y)+math.Abs(got.side-c.want.side)+math.Abs(got.roll-c.want.roll) > 1e-4 {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
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

// What is added later is what it would have been at once; known hair stays unless a head is added near it.
func TestHairOfKnownFaces(t *testing.T) {
	f := threeFaces()
	photo := ImageSource(f.photo())
	engine := f.engine()
	atOnce := mustAnalyze(t, engine, photo, Request{Want: face.HairShape | face.GenderClasses})
	gender := mustAnalyze(t, engine, photo, Request{Want: face.GenderClasses})
	clear(f.runs)
	later := mustAnalyze(t, engine, photo, Request{Want: face.HairShape, Known: gender})
	if diff := cmp.Diff(map[string]int{netHair192: 3, netMesh: 6, netAttributes: 3, netAgeGender: 3}, f.runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(atOnce, later); diff != "" {
		t.Errorf("differs from asking at once (-want +got):\n%s", diff)
	}
	clear(f.runs)
	drawn := face.BoxAt(310, 60, 130, 130)
	more := mustAnalyze(t, engine, photo, Request{Known: later, Boxes: []face.Box{drawn}})
	near := 0
	for _, g := range later.Faces {
		if b := g.Box; !b.Scale(4 * b.H() / b.W()).Intersect(drawn).Empty() {
			near++
		}
	}
	if near == 0 || near == len(later.Faces) || f.runs[netHair192] != 1+near {
		t.Errorf("runs %v, want one of hair for the new face and for each of %d known ones near it", f.runs, near)
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
		runs map[string]int // of the networks of hair: a crop of 156 pixels, one of 240
	}{{Fast, map[string]int{netHair192: 2}}, {Default, map[string]int{netHair192: 1, netHair224: 1}}} {
		f := &fakes{w: 640, h: 1600, faces: []fakeFace{{box: face.BoxAt(290, 600, 60, 60), pass: .99, first: .99, second: .99}}}
		engine, img := f.engine(), f.photo()
		for y := 500; y < 1000; y++ {
			for x := 280; x < 290; x++ {
				img.Pix[img.PixOffset(x, y)+1] = 255
			}
		}
		a := mustAnalyze(t, engine, ImageSource(img), Request{Want: face.HairShape, Mode: c.mode})
		for _, name := range []string{netDetector, netMesh, netAttributes, netAgeGender} {
			delete(f.runs, name)
		}
		if diff := cmp.Diff(c.runs, f.runs); len(a.Faces) != 1 || diff != "" {
			t.Fatalf("%v: %d faces, runs (-want +got):\n%s", c.mode, len(a.Faces), diff)
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
		m.at = own.crop(1000, 1000)
		got := m.wider(own, c.cuts)
		if math.Abs(got.x-c.x) > 1e-3 || math.Abs(got.y-c.y) > 1e-3 || math.Abs(got.side-400) > 1e-3 || got.roll != m.at.roll {
			t.Errorf("cut %s: %v, want the centre %v, %v", c.name, got, c.x, c.y)
		}
	}
}
