package analysis

import (
	"image"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
)

// slowTurnBack turns a picture counter-clockwise, a quarter turn at a time: what was on the
// right comes to the top.
func slowTurnBack(img *image.RGBA, t turn) *image.RGBA {
	for range t {
		w, h := img.Rect.Dx(), img.Rect.Dy()
		out := image.NewRGBA(image.Rect(0, 0, h, w))
		for y := range h {
			for x := range w {
				out.SetRGBA(y, w-1-x, img.RGBAAt(img.Rect.Min.X+x, img.Rect.Min.Y+y))
			}
		}
		img = out
	}
	return img
}

func TestTurnBack(t *testing.T) {
	for _, size := range []image.Point{{7, 5}, {1, 4}, {3, 1}, {1, 1}, {64, 48}} {
		img := noise(size.X, size.Y) // a part of a larger picture
		for back := range turn(numTurns) {
			want := slowTurnBack(img, back)
			w, h := back.size(size.X, size.Y)
			got := image.NewRGBA(image.Rect(0, 0, w, h))
			turnBack(got, img, back)
			if got.Rect.Size() != want.Rect.Size() {
				t.Fatalf("%v by %d: %v, want %v", size, back, got.Rect, want.Rect)
			}
			at := want.Rect.Min
			for y := range h {
				for x := range w {
					if got.RGBAAt(x, y) != want.RGBAAt(at.X+x, at.Y+y) {
						t.Fatalf("%v by %d: pixel %d, %d differs", size, back, x, y)
					}
				}
			}
		}
	}
}

// A box about one coloured pixel of the photo lies, in the photo turned back, about that pixel.
func TestTurnedBoxes(t *testing.T) {
	const w, h = 9, 6
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	img.Pix[img.PixOffset(7, 1)] = 255
	want := face.BoxAt(7, 1, 1, 1)
	for back := range turn(numTurns) {
		seen := slowTurnBack(img, back)
		for i := range seen.Pix {
			if seen.Pix[i] != 255 {
				continue
			}
			x, y := i%seen.Stride/4, i/seen.Stride
			if got := back.inPhoto(face.BoxAt(float32(x), float32(y), 1, 1), w, h); got != want {
				t.Errorf("by %d: the pixel at %d, %d comes from %v, want %v", back, x, y, got, want)
			}
		}
	}
	s := square{x: 50, y: 40, side: 20}
	for back := range turn(numTurns) {
		s.roll = back.radians()
		// The upper left quarter of a square that is turned back, by the square and by the turn.
		x, y := s.photo(.25, .25)
		got := back.box(face.BoxAt(-10, -10, 10, 10), face.Pt(50, 40)).Center()
		if math.Hypot(float64(got.X)-x, float64(got.Y)-y) > 1e-4 {
			t.Errorf("by %d: %v, want %v, %v", back, got, x, y)
		}
	}
}

// fourTurns is a photo with a head in each turn.
func fourTurns() *fakes {
	f := &fakes{w: 640, h: 480, sky: true}
	for i := range turn(numTurns) {
		f.faces = append(f.faces, fakeFace{
			box: face.BoxAt(40+150*float32(i), 100+70*float32(i), 80, 80), pass: .95, first: .9, second: .95, turn: i,
		})
	}
	return f
}

func TestTurnedFaces(t *testing.T) {
	f := fourTurns()
	engine, photo := f.engine(), ImageSource(f.photo())
	if a := mustAnalyze(t, engine, photo, Request{}); len(a.Faces) != 1 || a.Faces[0].Turn != 0 {
		t.Errorf("found %v, want the upright face only", a.Faces)
	}
	clear(f.runs)
	a := mustAnalyze(t, engine, photo, Request{Want: face.AllFeatures, Turned: true})
	if len(a.Faces) != 4 || !a.Turned {
		t.Fatalf("%d faces, turned ones were looked for: %v, want 4 and true", len(a.Faces), a.Turned)
	}
	if want := 4*3 + 4*2; f.runs[netDetector] != want { // passes, and looks at each face in its turn
		t.Errorf("%d runs of the detector, want %d", f.runs[netDetector], want)
	}
	for _, g := range a.Faces {
		want := f.faces[g.Turn]
		if !near(g.Box, want.box) || g.Lacks != 0 {
			t.Errorf("turn %d: box %v, lacks %v, want %v", g.Turn, g.Box, g.Lacks, want.box)
		}
		// The nose is in the middle, the left eye to the right of it as the head sees it.
		c := g.Box.Center()
		x, y := turn((numTurns-g.Turn)%numTurns).vector(g.Landmarks[45].X-c.X, g.Landmarks[45].Y-c.Y)
		if x < 15 || y > -3 {
			t.Errorf("turn %d: the left eye is %v, %v from the middle of the head", g.Turn, x, y)
		}
		if diff := cmp.Diff(a.Faces[0].Pose, g.Pose, about(.1)); diff != "" {
			t.Errorf("turn %d: its pose is not that of the upright head:\n%s", g.Turn, diff)
		}
	}
}

// What is added later uses the turn that was found.
func TestTurnedFacesAddedLater(t *testing.T) {
	f := fourTurns()
	engine, photo := f.engine(), ImageSource(f.photo())
	once := mustAnalyze(t, engine, photo, Request{Want: face.AllFeatures, Turned: true})
	first := mustAnalyze(t, engine, photo, Request{Turned: true})
	clear(f.runs)
	later := mustAnalyze(t, engine, photo, Request{Want: face.AllFeatures, Known: first})
	if diff := cmp.Diff(once, later); diff != "" {
		t.Errorf("(-at once +later):\n%s", diff)
	}
	if f.runs[netDetector] != 0 {
		t.Error("faces of a known analysis were looked for")
	}
}

// A head that is seen in two turns is one face, in the turn in which it is seen better.
func TestOneFaceInTwoTurns(t *testing.T) {
	for _, back := range []turn{0, 1, 2, 3} {
		f := &fakes{w: 640, h: 480, sky: true, faces: []fakeFace{
			{box: face.BoxAt(300, 200, 100, 100), pass: .95, first: .95, second: .95, turn: back, otherwise: .9},
		}}
		a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Turned: true})
		if len(a.Faces) != 1 || a.Faces[0].Turn != uint8(back) || !near(a.Faces[0].Box, f.faces[0].box) {
			t.Errorf("turned by %d: found %v", back, a.Faces)
		}
	}
}

func TestUnoriented(t *testing.T) {
	const passes = 3
	at := func(x, y, side, score, otherwise float32, stands turn) fakeFace {
		return fakeFace{box: face.BoxAt(x, y, side, side), pass: score, first: score, second: score, turn: stands, otherwise: otherwise}
	}
	for _, c := range []struct {
		name  string
		faces []fakeFace
		found int  // faces
		turn  turn // of all of them
		runs  int  // of the detector
	}{
		{"nothing anywhere", nil, 0, 0, 2 * passes},
		{"certainly upright", []fakeFace{at(300, 200, 100, 1, .9, 0)}, 1, 0, passes + 2},
		// The looks at the largest face, in every turn, are all that an upright photo costs more.
		{"probably upright", []fakeFace{at(300, 200, 100, .95, .9, 0)}, 1, 0, passes + 2 + 4*2},
		{"turned, and nothing seen otherwise", []fakeFace{at(300, 200, 100, .95, 0, 3), at(100, 200, 50, .9, 0, 3)}, 2, 3, 2*passes + 2*4 - 3*1 + passes + 2*2},
		{"turned, and seen otherwise", []fakeFace{at(300, 200, 100, .95, .9, 2)}, 1, 2, passes + 2 + 4*2 + passes + 2},
		{"turned, and doubtful otherwise", []fakeFace{at(300, 200, 100, .95, .7, 1)}, 1, 1, passes + 2 + 4*2 + passes + 2},
		{"doubtful in every turn", []fakeFace{at(300, 200, 100, .8, .7, 1)}, 1, 0, passes + 2 + 4*2 + passes + 2},
		{"weak in every turn", []fakeFace{at(300, 200, 100, .7, .68, 1)}, 1, 0, passes + 2 + 4*2},
		// The largest face decides, but only if more is accepted then.
		{"one of three lies", []fakeFace{at(300, 200, 100, .95, 0, 1), at(100, 100, 60, .95, 0, 0), at(100, 300, 60, .95, 0, 0)}, 2, 0, passes + 2*2 + 3*1 + 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fakes{w: 640, h: 480, sky: true, faces: c.faces}
			a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Unoriented: true})
			if len(a.Faces) != c.found {
				t.Errorf("%d faces, want %d", len(a.Faces), c.found)
			}
			for _, g := range a.Faces {
				if g.Turn != uint8(c.turn) {
					t.Errorf("the face at %v stands turned by %d, want %d", g.Box.Min, g.Turn, c.turn)
				}
			}
			if f.runs[netDetector] != c.runs {
				t.Errorf("%d runs of the detector, want %d", f.runs[netDetector], c.runs)
			}
			if plain := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{}); c.turn == 0 && cmp.Diff(plain, a) != "" {
				t.Error("an upright photo gives other results if nobody knows that it is upright")
			}
		})
	}
}

func TestRotationTurnedBack(t *testing.T) {
	for back := range turn(numTurns) {
		for _, roll := range []float32{0, 20, -30} {
			// Turning the picture turns the head about the line of sight, after all else.
			sin, cos := math.Sincos(back.radians())
			quarter := matrix{{cos, -sin, 0}, {sin, cos, 0}, {0, 0, 1}}
			inPhoto := rotation(quarter.times(matrix(rotate(roll, 10, -15))))
			if diff := cmp.Diff(rotate(roll, 10, -15), inPhoto.turnedBack(back), cmp.Comparer(func(a, b float64) bool { return math.Abs(a-b) < 1e-6 })); diff != "" {
				t.Errorf("by %d:\n%s", back, diff)
			}
		}
	}
	// In the picture: a head that lies with its top to the right stands turned by 1.
	m := canonicalMesh(0, 0, 1, rotate(90, 0, 0))
	if top := m[10]; top.x < 3 {
		t.Fatalf("the forehead is at %v", top)
	}
	if p := kabsch(mesh{points: m}).turnedBack(1).pose(); math.Abs(float64(p.Roll)) > .01 {
		t.Errorf("roll %v, want 0", p.Roll)
	}
}
