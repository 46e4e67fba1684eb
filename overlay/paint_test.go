package overlay_test

import (
	"bytes"
	"flag"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/overlay"
)

var update = flag.Bool("update", false, "paint the pictures of testdata again")

// canvas is a drawn ground: dark above, light below, so that every colour is seen on both.
func canvas(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(m, m.Rect, image.NewUniform(color.RGBA{0x30, 0x34, 0x38, 0xFF}), image.Point{}, draw.Src)
	draw.Draw(m, image.Rect(0, h/2, w, h), image.NewUniform(color.RGBA{0xD0, 0xCC, 0xC4, 0xFF}), image.Point{}, draw.Src)
	return m
}

// mask is a face whose landmarks have the outline of one: arcs for the jaw, brows,
// eyes and lips, in the order of the 71 points.
func mask(number uint32, x, y, side float32) face.Face {
	f := aFace(number, x, y, side)
	cx, cy, u := float64(x+side/2), float64(y+side/2), float64(side)
	at := func(i int, px, py float64) { f.Landmarks[i] = face.Pt(float32(cx+px*u), float32(cy+py*u)) }
	arc := func(from, n int, mx, my, rx, ry, start, end float64) {
		for i := range n {
			a := start + (end-start)*float64(i)/float64(n-1)
			at(from+i, mx+rx*math.Cos(a), my+ry*math.Sin(a))
		}
	}
	const pi = math.Pi
	arc(0, 17, 0, -.05, .42, .5, pi, 0)
	arc(17, 5, -.18, -.2, .12, .06, pi, 2*pi)
	arc(22, 5, .18, -.2, .12, .06, pi, 2*pi)
	for i := range 4 {
		at(27+i, 0, -.14+float64(i)*.07)
	}
	arc(31, 5, 0, .1, .08, .03, pi, 0)
	arc(36, 6, -.17, -.13, .07, .035, pi, 2.7*pi)
	arc(42, 6, .17, -.13, .07, .035, pi, 2.7*pi)
	arc(48, 7, 0, .26, .17, .06, pi, 2*pi)
	arc(55, 5, 0, .26, .14, .1, .2, pi-.2)
	arc(60, 4, 0, .26, .12, .02, pi, 2*pi)
	arc(64, 4, 0, .27, .12, .03, 0, pi-.6)
	at(face.LeftEyeCenter, .17, -.13)
	at(face.RightEyeCenter, -.17, -.13)
	at(face.MouthCenter, 0, .265)
	return f
}

func TestPaint(t *testing.T) {
	turned := mask(2, 330, 20, 120)
	turned.Pose = face.Pose{Yaw: 35, Pitch: 12, Roll: -10}
	turned.Gender = face.Genders{.1, .9}
	doubtful := mask(3, 500, 130, 60)
	doubtful.Score = .7
	photo := &face.Analysis{W: 600, H: 300, Have: face.AllFeatures, Faces: []face.Face{mask(1, 60, 40, 230), turned, doubtful, aFace(4, 560, 220, 30)}}
	tests := []struct {
		name string
		w, h int
		t    overlay.Transform
		o    overlay.Options
	}{
		{"everything", 600, 300, overlay.Transform{Scale: 1}, everything},
		{"boxes", 300, 150, overlay.Transform{Scale: .5}, overlay.Options{Boxes: true, Captions: true}},
		{"zoomed", 400, 300, overlay.Transform{Scale: 2.5, Offset: face.Pt(-700, -60)}, overlay.Options{Boxes: true, Captions: true, Landmarks: true, Pose: true, Selected: 2, TextSize: 18, View: face.BoxAt(0, 0, 400, 300)}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := canvas(tt.w, tt.h)
			overlay.Paint(got, overlay.Shapes(photo, tt.t, tt.o))
			compare(t, filepath.Join("testdata", tt.name+".png"), got)
		})
	}
}

// compare holds got to the picture at path. Rounding differs between processors, so a little may differ.
func compare(t *testing.T, path string, got *image.RGBA) {
	t.Helper()
	if *update {
		var b bytes.Buffer
		if err := png.Encode(&b, got); err != nil {
			t.Fatal(err)
		}
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	want, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("%v, want %v", got.Bounds(), want.Bounds())
	}
	worst := 0
	for y := range got.Rect.Dy() {
		for x := range got.Rect.Dx() {
			g, w := got.RGBAAt(x, y), color.RGBAModel.Convert(want.At(x, y)).(color.RGBA)
			for _, d := range []int{int(g.R) - int(w.R), int(g.G) - int(w.G), int(g.B) - int(w.B)} {
				worst = max(worst, d, -d)
			}
		}
	}
	if worst > 3 {
		t.Errorf("differs from %s by up to %d: look at it, then run with -update", path, worst)
	}
}

// Painting the outline in strips has to give what painting the whole box gives.
func TestOutlineOfALargeBox(t *testing.T) {
	col := color.NRGBA{200, 100, 50, 128}
	for _, box := range []face.Box{face.BoxAt(10, 10, 60, 40), face.BoxAt(9.3, 10.7, 61.2, 40.4), face.BoxAt(-20, -20, 60, 60), face.BoxAt(20, 20, 5, 5)} {
		s := overlay.Shape{Kind: overlay.Rect, Box: box, Color: col, Stroke: 3, Radius: 4}
		got := image.NewRGBA(image.Rect(0, 0, 100, 80))
		overlay.Paint(got, []overlay.Shape{s})
		for y := range 80 {
			for x := range 100 {
				if want := outlineAlpha(box, 3, 4, float64(x)+.5, float64(y)+.5) * 128; math.Abs(want-float64(got.RGBAAt(x, y).A)) > 1 {
					t.Fatalf("box %v: pixel %d, %d has the alpha %d, want %.1f", box, x, y, got.RGBAAt(x, y).A, want)
				}
			}
		}
	}
}

// outlineAlpha is how much of a pixel the outline of a rounded box covers, the slow and plain way.
func outlineAlpha(b face.Box, stroke, radius, x, y float64) float64 {
	w, h := float64(b.W())/2, float64(b.H())/2
	radius = min(radius, w, h)
	dx, dy := math.Abs(x-float64(b.Center().X))-(w-radius), math.Abs(y-float64(b.Center().Y))-(h-radius)
	d := math.Hypot(max(dx, 0), max(dy, 0)) + min(max(dx, dy), 0) - radius
	return min(max(.5+stroke/2-math.Abs(d), 0), 1)
}

func TestDashes(t *testing.T) {
	for _, side := range []float32{0, 3, 40, 500, 100_000} {
		s := overlay.Shape{Kind: overlay.Rect, Box: face.BoxAt(5, 5, side, side), Stroke: 2, Dashed: true}
		lines := overlay.Dashes(s)
		if len(lines) < 8 || len(lines) > 4*41 {
			t.Errorf("a side of %v has %d dashes", side, len(lines))
		}
		corners := 0
		for _, l := range lines {
			if l.From == s.Box.Min || l.From == s.Box.Max {
				corners++
			}
			if l.Kind != overlay.Line || l.Stroke != s.Stroke {
				t.Errorf("a dash is %+v", l)
			}
		}
		if side > 0 && corners != 2 {
			t.Errorf("a side of %v: %d of 2 corners are drawn", side, corners)
		}
	}
	plain := overlay.Shape{Kind: overlay.Dot}
	if got := overlay.Dashes(plain); len(got) != 1 || !cmp.Equal(got[0], plain) {
		t.Errorf("a dot became %v", got)
	}
}

// A view may be zoomed so far that the photo is lost, and a broken file may hold any number.
func TestPaintSurvivesAnyNumber(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, v := range []float32{nan, inf, -inf, math.MaxFloat32, -1e20, 1e12, 1e9, -1e9, 0} {
		a := upright()
		a.Faces[0].Box.Min.X = v
		a.Faces[0].Landmarks[3] = face.Pt(v, v)
		a.Faces[0].Landmarks[27].Y = v
		a.Faces[0].Pose.Yaw = v
		a.Faces[0].Score = .7
		a.Faces[0].Hair = hairstyle(face.BlackHair, [3]uint8{}, 20, 15, 10)
		a.Faces[0].Hair.Pieces[0].Outer[2] = face.Pt(v, 3)
		a.Faces[0].Hair.Pieces[0].Outer[3].Y = v
		for _, tr := range []overlay.Transform{{Scale: 1}, {Scale: 1e6, Offset: face.Pt(-1e8, v)}, {Scale: v}} {
			overlay.Paint(canvas(40, 30), overlay.Shapes(a, tr, everything))
		}
	}
}

func FuzzPaint(f *testing.F) {
	f.Add(float32(10), float32(10), float32(30), float32(20), float32(1), float32(0))
	f.Add(float32(math.NaN()), float32(-5), float32(1e9), float32(1e-9), float32(1e7), float32(-3e8))
	f.Fuzz(func(t *testing.T, x, y, w, h, scale, offset float32) {
		one := aFace(1, x, y, w)
		one.Box.Max.Y = y + h
		one.Pose = face.Pose{Roll: x, Pitch: y, Yaw: w}
		one.Hair = hairstyle(face.RedHair, [3]uint8{}, x, y, w)
		one.Hair.Pieces[0].Holes[0][1] = face.Pt(h, x)
		a := &face.Analysis{W: 40, H: 30, Have: face.AllFeatures, Faces: []face.Face{one}}
		m := image.NewRGBA(image.Rect(0, 0, 40, 30))
		overlay.Paint(m, overlay.Shapes(a, overlay.Transform{Scale: scale, Offset: face.Pt(offset, offset)}, everything))
	})
}

func BenchmarkPaint(b *testing.B) {
	a := upright()
	for i := range 19 {
		a.Faces = append(a.Faces, mask(uint32(i+2), float32(i*20), 100, 60))
	}
	m := image.NewRGBA(image.Rect(0, 0, 1600, 1200))
	for b.Loop() {
		overlay.Paint(m, overlay.Shapes(a, overlay.Transform{Scale: 4}, everything))
	}
}

func BenchmarkShapes(b *testing.B) {
	a := &face.Analysis{W: 6000, H: 4000, Have: face.AllFeatures}
	for i := range 100 {
		a.Faces = append(a.Faces, aFace(uint32(i+1), float32(i%10*600), float32(i/10*400), 200))
	}
	for b.Loop() {
		overlay.Shapes(a, overlay.Transform{Scale: .25}, everything)
	}
}
