package main

import (
	"context"
	"image"
	"image/color"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
)

func TestWithFace(t *testing.T) {
	stripes := image.NewRGBA(image.Rect(0, 0, 120, 80)) // of 2 pixels
	for y := range 80 {
		for x := range 120 {
			stripes.SetRGBA(x, y, color.RGBA{A: 255, R: uint8(200 * (x / 2 % 2))})
		}
	}
	contrast := func(img *image.RGBA) float64 {
		low, high := uint8(255), uint8(0)
		for x := 20; x < 100; x++ {
			low, high = min(low, img.RGBAAt(x, 40).R), max(high, img.RGBAAt(x, 40).R)
		}
		return float64(high) - float64(low)
	}
	for _, side := range []float32{0, 60, 61} {
		if got := withFace(stripes, 60, side); got != stripes {
			t.Errorf("side %v of 60 is not the picture itself", side)
		}
	}
	for side, most := range map[float32]float64{30: 200, 15: 1, 8: 30} {
		got := withFace(stripes, 60, side)
		if got.Rect != stripes.Rect || contrast(got) > most {
			t.Errorf("side %v: %v, contrast %v, want at most %v", side, got.Rect, contrast(got), most)
		}
		// What is broad stays where it is.
		broad := image.NewRGBA(stripes.Rect)
		for y := range 80 {
			for x := 60; x < 120; x++ {
				broad.SetRGBA(x, y, color.RGBA{R: 200, A: 255})
			}
		}
		got = withFace(broad, 60, side)
		if a, b := got.RGBAAt(20, 40).R, got.RGBAAt(100, 40).R; a > 1 || b < 199 {
			t.Errorf("side %v: %d and %d beside an edge", side, a, b)
		}
	}
}

func TestInSides(t *testing.T) {
	list := []measure{
		{sides: true, truth: func(l *label) (observation, bool) { return observation{}, l.smile >= 0 }},
		{sides: true, truth: func(l *label) (observation, bool) { return observation{}, l.glasses != 0 }},
	}
	var pictures []picture
	for i := range 2 * mostOfSides {
		both := label{smile: 1, glasses: face.NoGlasses, eyes: string(rune('a' + i))}
		pictures = append(pictures,
			picture{name: "one/" + both.eyes, labels: []label{{smile: 1}, {smile: -1, glasses: face.NoGlasses}}},
			picture{name: "two/" + both.eyes, labels: []label{{smile: 1}, both}})
	}
	got := inSides(pictures, list)
	if len(got) != len(sides)*mostOfSides {
		t.Fatalf("%d pictures", len(got))
	}
	for i, p := range got {
		first := got[i-i%len(sides)]
		if p.side != sides[i%len(sides)] || p.name != first.name || p.seen == nil || p.seen != first.seen || len(p.labels) != 1 || "two/"+p.labels[0].eyes != p.name {
			t.Fatalf("picture %d: %+v", i, p)
		}
	}
}

// finder finds one face, and tells which requests and pictures it gets.
type finder struct {
	box  face.Box
	asks []analysis.Request
	seen []image.Point
}

func (e *finder) Analyze(_ context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	w, h := src.Size()
	e.asks, e.seen = append(e.asks, req), append(e.seen, image.Pt(w, h))
	box := e.box
	if len(req.Boxes) > 0 {
		box = req.Boxes[0]
	}
	return &face.Analysis{W: w, H: h, Faces: []face.Face{{Box: box, Score: 1}}}, nil
}

func TestAnalyzeSide(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := png.Encode(f, image.NewRGBA(image.Rect(0, 0, 400, 300))); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	box := face.BoxAt(300, 100, 30, 40)
	for name, c := range map[string]struct {
		label label
		crop  bool
		want  image.Point
	}{
		"a part":           {label{box: box}, false, image.Pt(205, 240)}, // 6 x 40 around the face, as far as there is picture
		"all for a mask":   {label{box: box, hair: newBitmap(1, 1)}, false, image.Pt(400, 300)},
		"all of one crop":  {label{}, true, image.Pt(400, 300)},
		"another one here": {label{box: face.BoxAt(0, 0, 9, 9)}, false, image.Point{}},
	} {
		e := &finder{box: box}
		p := &picture{path: path, crop: c.crop, labels: []label{c.label}, side: 8, seen: &sighting{}}
		for range 2 { // the second size finds the face where the first did
			a, err := analyzeSide(t.Context(), e, nil, analysis.Request{Want: face.Smiling, Crop: c.crop}, p)
			if err != nil || a.W != 400 || a.H != 300 || len(a.Faces) != 1-class(c.want == image.Point{}) {
				t.Fatalf("%s: %+v, %v", name, a, err)
			}
		}
		if c.want == (image.Point{}) {
			if len(e.asks) != 1 {
				t.Errorf("%s: %d analyses", name, len(e.asks))
			}
			continue
		}
		if len(e.asks) != 3 || e.asks[0].Want != 0 || e.asks[0].Crop || e.seen[1] != c.want || e.asks[1].Want != face.Smiling || e.asks[1].Crop != c.crop || len(e.asks[1].Boxes) != 1-class(c.crop) {
			t.Errorf("%s: asked %+v of pictures of %v", name, e.asks, e.seen)
		}
		if !c.crop && !near(float64(e.asks[1].Boxes[0].LongSide()), 40, 1e-6) {
			t.Errorf("%s: box %v", name, e.asks[1].Boxes[0])
		}
	}
}

// A row of each size holds the observations of that size of faces that were found.
func TestPerSide(t *testing.T) {
	obs := []observation{
		{truth: 1, said: 1, groups: []string{"8 px"}},
		{truth: 1, said: 0, groups: []string{"8 px"}},
		{truth: 1, said: missing, groups: []string{"8 px"}},
		{truth: 1, said: 1, groups: []string{"as it is"}},
	}
	rows := perSide(face.Smiling, accuracy("right", nil))
	if len(rows) != len(sides) || rows[0].what != "right, 8 px" {
		t.Fatalf("%d rows, %q", len(rows), rows[0].what)
	}
	for i, want := range map[int]float64{0: .5, len(sides) - 1: 1, 1: math.NaN()} {
		if v, _ := rows[i].of(rows[i].pick(obs)); v != want && !(math.IsNaN(v) && math.IsNaN(want)) {
			t.Errorf("%s: %v, want %v", rows[i].what, v, want)
		}
	}
}

// A measure of two sets holds their observations in the order of its name, whichever is analysed first.
func TestMeasureOfTwoSets(t *testing.T) {
	eval := smallEval(t)
	pictures, _, err := readSets(eval, []measure{{set: "genki4k"}})
	if err != nil {
		t.Fatal(err)
	}
	all := pictures["genki4k"]
	pictures = map[string][]picture{"x": all[:7], "y": all[7:12]}
	of := func(set string) measure {
		return measure{
			name: "smile", set: set, want: face.Smiling,
			truth:  func(l *label) (observation, bool) { return observation{truth: l.smile}, true },
			answer: func(_ *label, f *face.Face, o *observation) { o.said = class(f.Smile > .5) },
		}
	}
	list := []measure{of("y"), of("x and y")}
	for i, r := range plan(list, pictures) {
		if want := []string{"y", "x"}[i]; r.set != want {
			t.Errorf("round %d: %s, want %s", i, r.set, want)
		}
	}
	got, err := observeAll(t.Context(), fake{}, list, pictures, io.Discard)
	if err != nil {
		t.Fatal(err)
	}
	both := got[list[1].key()]
	if len(both) != 12 || len(got[list[0].key()]) != 5 {
		t.Fatalf("%d and %d observations", len(both), len(got[list[0].key()]))
	}
	for i, o := range both {
		if o.picture != all[i].name || !o.right() {
			t.Errorf("observation %d: %+v", i, o)
		}
	}
}
