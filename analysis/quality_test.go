package analysis

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/disintegration/imaging"

	"semblance/internal/face"
)

// slowLuma is lumaOf from its definition, pixel by pixel: every pixel of the view counts by how
// near it is to the centre of the result's pixel, in both directions.
// It computes every step-th pixel only, for it is slow indeed.
func slowLuma(v view, x0, y0, w, h, n, step int) map[int]float64 {
	out := map[int]float64{}
	near := func(i, k, m int) float64 {
		scale := float64(m) / float64(n)
		return max(0, 1-math.Abs(float64(k)+.5-(float64(i)+.5)*scale)/scale)
	}
	for i := 0; i < n*n; i += step {
		var sum, weights float64
		for y := range h {
			for x := range w {
				weight := near(i%n, x, w) * near(i/n, y, h)
				p := pixel(v.img, x0+x, y0+y, true)
				sum += weight * (.299*float64(p&0xff) + .587*float64(p>>8&0xff) + .114*float64(p>>16&0xff))
				weights += weight
			}
		}
		out[i] = sum / weights
	}
	return out
}

func TestLuma(t *testing.T) {
	img := noise(300, 240)
	for i := 3; i < len(img.Pix); i += 4 {
		img.Pix[i] = 255 // the library looks at alpha
	}
	for _, c := range []struct {
		name         string
		v            view
		s            square
		x0, y0, w, n int // the square in pixels of the view, and the result
	}{
		{"smaller than the picture of the face", newView(img, image.Rect(0, 0, 300, 240)), square{x: 100, y: 100, side: 60}, 70, 70, 60, 60},
		{"as large", newView(img, image.Rect(0, 0, 300, 240)), square{x: 156.3, y: 120, side: 112}, 100, 64, 112, 112},
		{"larger", newView(img, image.Rect(0, 0, 300, 240)), square{x: 150, y: 120, side: 200.4}, 50, 20, 200, 112},
		{"scaled down already", newView(img, image.Rect(0, 0, 600, 480)), square{x: 300, y: 240, side: 300}, 75, 45, 150, 112},
		{"beyond the photo", newView(img, image.Rect(0, 0, 300, 240)), square{x: 20, y: 220, side: 160}, -60, 140, 160, 112},
		{"of one pixel", newView(img, image.Rect(0, 0, 300, 240)), square{x: 20.5, y: 20.5, side: .3}, 20, 20, 1, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, want := lumaOf(c.v, c.s), slowLuma(c.v, c.x0, c.y0, c.w, c.w, c.n, 37)
			if got.n != c.n {
				t.Fatalf("%d pixels wide, want %d", got.n, c.n)
			}
			for i := range want {
				if d := math.Abs(float64(got.luma[i]) - want[i]); d > .01 {
					t.Fatalf("pixel %d: %g, want %g", i, got.luma[i], want[i])
				}
			}
			if c.x0 < 0 {
				return
			}
			// The published figures were measured with this library's filter.
			size := img.Rect.Min
			part := imaging.Resize(img.SubImage(image.Rect(c.x0, c.y0, c.x0+c.w, c.y0+c.w).Add(size)), c.n, c.n, imaging.Linear)
			for i := range want {
				p := part.Pix[i/c.n*part.Stride+4*(i%c.n):]
				if d := math.Abs(float64(got.luma[i] - bt601(p[0], p[1], p[2]))); d > 1.1 { // it rounds twice
					t.Fatalf("pixel %d: %g, the library has %g", i, got.luma[i], bt601(p[0], p[1], p[2]))
				}
			}
		})
	}
}

// stripes returns a picture of vertical stripes, each wide pixels wide, of the lumas 100 and 140.
func stripes(n, wide int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, n, n))
	for i := range n * n {
		luma := uint8(100 + i%n/wide%2*40)
		copy(img.Pix[4*i:], []uint8{luma, luma, luma, 255})
	}
	return img
}

func TestBlur(t *testing.T) {
	whole := func(img *image.RGBA) (view, square) {
		n := img.Rect.Dx()
		return newView(img, img.Rect), square{x: float64(n) / 2, y: float64(n) / 2, side: float64(n)}
	}
	for _, c := range []struct {
		name string
		img  *image.RGBA
		want float64
	}{
		{"flat", stripes(112, 112), 0},
		// Every pixel differs by 40 from its two neighbours: the Laplacian is +80 or -80.
		{"finest stripes", stripes(112, 1), 6400},
		{"stripes of two pixels", stripes(112, 2), 1600},
		{"a smaller face of finest stripes", stripes(56, 1), 6400 * math.Pow(.5, 1.2)},
		{"two pixels", stripes(2, 1), 0},
		// Shrunk to half, stripes of two pixels become finest ones of 105 and 135: a triangle of
		// the weights 1 3 3 1 mixes an eighth of both neighbours in, twice.
		{"twice as large", stripes(224, 2), 3600. * (20. * 20) / (30. * 30) / (1 - 1./16)},
	} {
		t.Run(c.name, func(t *testing.T) {
			v, at := whole(c.img)
			got := float64(blur(lumaOf(v, at), at.side))
			if math.Abs(got-c.want) > .02*c.want+1e-3 {
				t.Errorf("level %.1f, want %.1f", got, c.want)
			}
		})
	}
}

// A photo with one face whose oval is a disk of one luma on a background of another.
func TestExposure(t *testing.T) {
	for _, c := range []struct {
		name               string
		face, ground, spot uint8 // the spot is a tenth of the frame, in a corner
		want               face.Light
	}{
		{"ordinary light", 120, 90, 150, face.Balanced},
		{"dark face before a light wall", 50, 160, 160, face.Balanced},
		{"dark everywhere", 60, 90, 100, face.Underexposed},
		{"just dark", 60, 90, 129, face.Underexposed},
		{"just light", 60, 90, 130, face.Balanced},
		{"burnt", 250, 120, 120, face.Overexposed},
		{"nearly burnt", 244, 120, 120, face.Balanced},
		{"burnt ground", 200, 255, 255, face.Balanced},
	} {
		t.Run(c.name, func(t *testing.T) {
			img := image.NewRGBA(image.Rect(0, 0, 400, 400))
			for i := range 400 * 400 {
				x, y := i%400, i/400
				luma := c.ground
				switch {
				case math.Hypot(float64(x)-199.5, float64(y)-199.5) < 60:
					luma = c.face
				case x < 130 && y < 130:
					luma = c.spot
				}
				copy(img.Pix[4*i:], []uint8{luma, luma, luma, 255})
			}
			m := mesh{points: make([]point3, meshPoints), at: square{x: 200, y: 200, side: 100}}
			for i, k := range faceOutline {
				sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(len(faceOutline)))
				m.points[k] = point3{200 + 50*sin, 200 - 50*cos, 0}
			}
			frame := face.BoxAt(90, 90, 220, 220)
			v := newView(img, img.Rect)
			g, around := lumaOf(v, square{x: 200, y: 200, side: 110}), lumaOf(v, square{x: 200, y: 200, side: 220})
			got := exposure(g, m, around, frame)
			if got.Is != c.want || math.Abs(float64(got.Mean)-float64(c.face)) > .5 {
				t.Errorf("%v with a mean of %.1f, want %v with %d", got.Is, got.Mean, c.want, c.face)
			}
			m.points = nil // an ellipse in the same place
			if again := exposure(g, m, around, frame); again != got {
				t.Errorf("without a mesh %v, with one %v", again, got)
			}
		})
	}
}

// What lies about a dark face counts, up to twice the face's square and no further.
func TestExposureOfSurroundings(t *testing.T) {
	for at, want := range map[int]face.Light{130: face.Balanced, 150: face.Balanced, 170: face.Balanced, 205: face.Underexposed} {
		img := image.NewRGBA(image.Rect(0, 0, 500, 500))
		for i := range 500 * 500 {
			luma := uint8(60)
			if x := i%500 - 250; x >= at && x < at+20 { // a bright pillar beside the face
				luma = 220
			}
			copy(img.Pix[4*i:], []uint8{luma, luma, luma, 255})
		}
		b := face.BoxAt(150, 150, 200, 200)
		e := (&fakes{}).engine()
		j := &job{engine: e, w: 500, h: 500}
		var f face.Face
		m := mesh{at: squareAt(b, 200)}
		if err := j.quality(t.Context(), newView(img, img.Rect), b, m, face.Lighting, &f); err != nil {
			t.Fatal(err)
		}
		if f.Exposure.Is != want {
			t.Errorf("a pillar %d pixels from the middle of a face of 200: %v, want %v", at, f.Exposure.Is, want)
		}
	}
}

// A tenth of a face that is burnt is enough.
func TestOverexposedShare(t *testing.T) {
	for rows, want := range map[int]face.Light{2: face.Balanced, 30: face.Overexposed} {
		img := image.NewRGBA(image.Rect(0, 0, 112, 112))
		for i := range 112 * 112 {
			luma := uint8(180)
			if y := i / 112; y >= 56-rows/2 && y < 56+rows/2 {
				luma = 255
			}
			copy(img.Pix[4*i:], []uint8{luma, luma, luma, 255})
		}
		m := mesh{at: square{x: 56, y: 56, side: 100}}
		g := lumaOf(newView(img, img.Rect), square{x: 56, y: 56, side: 110})
		if got := exposure(g, m, g, face.BoxAt(0, 0, 112, 112)); got.Is != want {
			t.Errorf("%d rows of a hundred: %v, want %v", rows, got.Is, want)
		}
	}
}

// slowWithin reports whether x, y lies in the polygon: a ray to the right crosses it an odd number of times.
func slowWithin(polygon [][2]float64, x, y float64) bool {
	in := false
	for i, p := range polygon {
		q := polygon[(i+1)%len(polygon)]
		if (p[1] > y) != (q[1] > y) && x < p[0]+(y-p[1])/(q[1]-p[1])*(q[0]-p[0]) {
			in = !in
		}
	}
	return in
}

func TestFill(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	polygons := [][][2]float64{nil, {{1.5, 1.5}}, {{2, 2}, {9, 2}, {2, 9}}, {{-5, -5}, {40, -5}, {40, 40}, {-5, 40}}, {{50, 50}, {60, 50}, {55, 60}}}
	for range 50 {
		var p [][2]float64
		for range 3 + r.IntN(8) {
			p = append(p, [2]float64{r.Float64()*30 - 5, r.Float64()*30 - 5})
		}
		polygons = append(polygons, p)
	}
	for _, p := range polygons {
		g := lumaPicture{n: 20}
		got := make([]bool, 400)
		found := g.fill(got, p)
		for i := range got {
			if want := slowWithin(p, float64(i%20), float64(i/20)); got[i] != want {
				t.Fatalf("%v: pixel %d, %d: %v", p, i%20, i/20, got[i])
			}
		}
		if found != slices.Contains(got, true) {
			t.Errorf("%v: found %v", p, found)
		}
	}
}

func TestBrightest(t *testing.T) {
	g := lumaPicture{n: 10, luma: make([]float32, 100), at: square{x: 105, y: 205, side: 10}}
	for i := range g.luma {
		g.luma[i] = float32(i)
	}
	all := face.BoxAt(0, 0, 1000, 1000)
	for _, c := range []struct {
		share float64
		frame face.Box
		want  int
	}{
		{0, all, 99},
		{.02, all, 97},
		{.1, all, 89},
		{1, all, 256},
		{0, face.BoxAt(100, 200, 5, 10), 94},
		{.5, face.BoxAt(100, 200, 10, 1), 4},
		{.5, face.BoxAt(300, 200, 10, 1), 256},
	} {
		if got := g.brightest(c.share, c.frame); got != c.want {
			t.Errorf("%v of %v: %d, want %d", c.share, c.frame, got, c.want)
		}
	}
}

// Blur looks at pixels of the photo where the picture for the other crops is too coarse, and
// only there.
func TestBlurNeedsPixels(t *testing.T) {
	for _, c := range []struct {
		side    float32
		want    face.Features
		regions int
	}{
		{500, face.Blurriness, 0}, // 250 pixels on the half photo
		{225, face.Landmark, 0},   // 112 are enough for a mesh
		{225, face.Lighting, 0},
		{225, face.Blurriness, 1}, // but of the face itself, they are too few
	} {
		t.Run(fmt.Sprint(c.side, " ", c.want), func(t *testing.T) {
			f := &fakes{w: 1600, h: 1200, faces: []fakeFace{{box: face.BoxAt(800, 300, c.side, c.side), pass: .9, first: .9, second: .9}}}
			img := f.photo()
			src := &counter{Source: ImageSource(img), img: img}
			a := mustAnalyze(t, f.engine(), src, Request{Want: c.want})
			if len(a.Faces) != 1 || src.regions != c.regions {
				t.Errorf("%d faces, %d regions, want 1 and %d", len(a.Faces), src.regions, c.regions)
			}
		})
	}
}
