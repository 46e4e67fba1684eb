package overlay_test

import (
	"fmt"
	"image/color"
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/overlay"
)

// upright is a photo of 400 x 300 with one face in its middle, looking into the
// camera; each call gives a new one to change.
func upright(more ...face.Face) *face.Analysis {
	return &face.Analysis{W: 400, H: 300, Have: face.AllFeatures, Faces: append([]face.Face{aFace(1, 140, 80, 120)}, more...)}
}

// aFace is a square face with the side side at x, y.
func aFace(number uint32, x, y, side float32) face.Face {
	f := face.Face{
		Number: number, Box: face.BoxAt(x, y, side, side), Score: .99,
		Age: face.Age{Years: 34.6, Low: 29, High: 41}, Gender: face.Genders{.97, .03},
		Emotion: face.Emotions{face.Happy: .92, face.Neutral: .08},
		Eyes:    face.Eyes{Left: face.Eye{Open: .98}, Right: face.Eye{Open: .97}},
	}
	for i := range f.Landmarks { // a spiral: every point is somewhere else
		a, r := float64(i), float64(side)/3*(1-float64(i)/face.NumLandmarks)
		f.Landmarks[i] = face.Pt(x+side/2+float32(r*math.Cos(a)), y+side/2+float32(r*math.Sin(a)))
	}
	return f
}

var everything = overlay.Options{Boxes: true, Captions: true, Landmarks: true, Pose: true, Hair: true, Selected: 1}

func count(shapes []overlay.Shape) map[overlay.Kind]int {
	n := map[overlay.Kind]int{}
	for _, s := range shapes {
		n[s.Kind]++
	}
	return n
}

func only(shapes []overlay.Shape, k overlay.Kind) []overlay.Shape {
	var of []overlay.Shape
	for _, s := range shapes {
		if s.Kind == k {
			of = append(of, s)
		}
	}
	return of
}

func ExampleShapes() {
	photo := &face.Analysis{
		W: 600, H: 400, Have: face.BoundsBox | face.GenderClasses,
		Faces: []face.Face{{Number: 1, Box: face.BoxAt(100, 100, 80, 100), Score: .98, Gender: face.Genders{.9, .1}}},
	}
	half := overlay.Transform{Scale: .5, Offset: face.Pt(20, 0)}
	for _, s := range overlay.Shapes(photo, half, overlay.Options{Boxes: true, Captions: true, Selected: 1}) {
		switch s.Kind {
		case overlay.Rect:
			fmt.Println("box", s.Box.Min.X, s.Box.Min.Y, s.Box.W(), s.Box.H())
		case overlay.Label:
			fmt.Println("caption", s.Text)
		}
	}
	number, ok := overlay.HitTest(photo, half.Invert(face.Pt(80, 60))) // a click
	fmt.Println("face", number, ok)
	// Output:
	// box 70 50 40 50
	// caption 1  woman
	// face 1 true
}

func TestTransform(t *testing.T) {
	tr := overlay.Transform{Scale: .25, Offset: face.Pt(-30, 12)}
	for _, p := range []face.Point{{}, face.Pt(100, 40), face.Pt(-8, 3.5)} {
		if got := tr.Invert(tr.Apply(p)); got != p {
			t.Errorf("Invert(Apply(%v)) = %v", p, got)
		}
	}
	if got, want := tr.Box(face.BoxAt(40, 80, 100, 20)), face.BoxAt(-20, 32, 25, 5); got != want {
		t.Errorf("Box = %v, want %v", got, want)
	}
	if got := (overlay.Transform{}).Invert(face.Pt(3, 4)); got != (face.Point{}) {
		t.Errorf("the zero Transform inverts to %v", got)
	}
}

func TestOptionsSwitchShapes(t *testing.T) {
	tests := []struct {
		name string
		o    overlay.Options
		have face.Features
		want map[overlay.Kind]int
	}{
		{"nothing", overlay.Options{}, face.AllFeatures, map[overlay.Kind]int{}},
		{"boxes", overlay.Options{Boxes: true}, face.AllFeatures, map[overlay.Kind]int{overlay.Rect: 1}},
		{"captions", overlay.Options{Captions: true}, face.AllFeatures, map[overlay.Kind]int{overlay.Label: 1}},
		{"landmarks", overlay.Options{Landmarks: true}, face.AllFeatures, map[overlay.Kind]int{overlay.Dot: 71}},
		{"pose", overlay.Options{Pose: true}, face.AllFeatures, map[overlay.Kind]int{overlay.Line: 3}},
		{"everything", everything, face.AllFeatures, map[overlay.Kind]int{overlay.Rect: 1, overlay.Label: 1, overlay.Dot: 71, overlay.Line: 3}},
		{"only the box is known", everything, face.BoundsBox, map[overlay.Kind]int{overlay.Rect: 1, overlay.Label: 1}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := upright()
			a.Have = tt.have
			if diff := cmp.Diff(tt.want, count(overlay.Shapes(a, overlay.Transform{Scale: 1}, tt.o))); diff != "" {
				t.Errorf("shapes of each kind (-want +got):\n%s", diff)
			}
		})
	}
	t.Run("a face that lacks its landmarks", func(t *testing.T) {
		a := upright()
		a.Faces[0].Lacks = face.Landmark | face.PoseAngles
		if got := count(overlay.Shapes(a, overlay.Transform{Scale: 1}, everything)); got[overlay.Dot]+got[overlay.Line] != 0 {
			t.Errorf("%d dots and %d axes are drawn", got[overlay.Dot], got[overlay.Line])
		}
	})
	t.Run("no photo, no view", func(t *testing.T) {
		if s := overlay.Shapes(nil, overlay.Transform{Scale: 1}, everything); s != nil {
			t.Errorf("no analysis draws %v", s)
		}
		if s := overlay.Shapes(upright(), overlay.Transform{}, everything); s != nil {
			t.Errorf("a view without a size draws %v", s)
		}
	})
}

// A rejected face that is shown all the same is a broken grey box and nothing else.
func TestRejectedIsABoxOnly(t *testing.T) {
	f := aFace(2, 10, 10, 50)
	f.Edit.Verdict = face.Rejected
	shapes := overlay.Shapes(upright(f), overlay.Transform{Scale: 1}, everything)
	for _, s := range shapes {
		if s.Face == 2 && s.Kind != overlay.Label && (s.Kind != overlay.Rect || !s.Dashed || s.Color == overlay.Accent()) {
			t.Errorf("a rejected face is drawn with %+v", s)
		}
	}
}

func TestDoubtfulIsDashedAndSelectedIsStrong(t *testing.T) {
	doubtful := aFace(2, 10, 10, 50)
	doubtful.Score = face.AcceptScore
	boxes := only(overlay.Shapes(upright(doubtful), overlay.Transform{Scale: 1}, everything), overlay.Rect)
	if len(boxes) != 2 {
		t.Fatalf("%d boxes", len(boxes))
	}
	other, selected := boxes[0], boxes[1] // the selected one is drawn last, above the others
	if other.Face != 2 || !other.Dashed || selected.Dashed {
		t.Errorf("face %d is dashed: %v, face %d: %v", other.Face, other.Dashed, selected.Face, selected.Dashed)
	}
	if selected.Face != 1 || selected.Stroke <= other.Stroke || selected.Color != overlay.Accent() {
		t.Errorf("selected: %+v, other: %+v", selected, other)
	}
}

// The signs of the pose, as DESIGN states them, seen on the axes: this is what
// tells whether an arrow points where the person looks.
func TestAxesPointWhereTheFaceLooks(t *testing.T) {
	const x, y, z = 0, 1, 2
	tests := []struct {
		name string
		pose face.Pose
		axis int
		is   func(d face.Point) bool
	}{
		{"yaw > 0 looks to the right side of the picture", face.Pose{Yaw: 30}, z, func(d face.Point) bool { return d.X > 20 && math.Abs(float64(d.Y)) < 1 }},
		{"yaw < 0 looks to the left side", face.Pose{Yaw: -30}, z, func(d face.Point) bool { return d.X < -20 }},
		{"pitch > 0 looks up", face.Pose{Pitch: 30}, z, func(d face.Point) bool { return d.Y < -20 && math.Abs(float64(d.X)) < 1 }},
		{"pitch < 0 looks down", face.Pose{Pitch: -30}, z, func(d face.Point) bool { return d.Y > 20 }},
		{"a frontal face looks at the viewer", face.Pose{}, z, func(d face.Point) bool { return math.Hypot(float64(d.X), float64(d.Y)) < 1 }},
		{"the frontal x axis is level", face.Pose{}, x, func(d face.Point) bool { return d.X > 40 && math.Abs(float64(d.Y)) < 1 }},
		{"the frontal y axis stands", face.Pose{}, y, func(d face.Point) bool { return d.Y < -40 && math.Abs(float64(d.X)) < 1 }},
		{"roll > 0 leans clockwise", face.Pose{Roll: 30}, y, func(d face.Point) bool { return d.X > 20 && d.Y < -20 }},
		{"roll > 0 lowers the picture's right side", face.Pose{Roll: 30}, x, func(d face.Point) bool { return d.X > 20 && d.Y > 20 }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := upright()
			a.Faces[0].Pose = tt.pose
			lines := overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Pose: true})
			root := a.Faces[0].Landmarks[27]
			l := lines[tt.axis]
			if l.From != root {
				t.Errorf("starts at %v, want the nose root %v", l.From, root)
			}
			if d := face.Pt(l.To.X-l.From.X, l.To.Y-l.From.Y); !tt.is(d) {
				t.Errorf("points along %v", d)
			}
			if c := [...]uint8{l.Color.R, l.Color.G, l.Color.B}; c[tt.axis] != max(c[0], c[1], c[2]) {
				t.Errorf("the colour of axis %d is %v", tt.axis, l.Color)
			}
		})
	}
}

// The axes of a head that lies on its side or stands upside down are those of the same
// head upright, turned with it.
func TestAxesOfTurnedHeads(t *testing.T) {
	axes := func(turn uint8, pose face.Pose) (ends [3]face.Point) {
		a := upright()
		a.Faces[0].Turn, a.Faces[0].Pose = turn, pose
		for i, l := range overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Pose: true}) {
			ends[i] = face.Pt(l.To.X-l.From.X, l.To.Y-l.From.Y)
		}
		return ends
	}
	for _, pose := range []face.Pose{{}, {Roll: 25, Yaw: 40}, {Roll: -40, Yaw: -30, Pitch: 20}, {Yaw: 60, Pitch: -35}} {
		want := axes(0, pose)
		for turn := range uint8(4) {
			for i, got := range axes(turn, pose) {
				if math.Hypot(float64(got.X-want[i].X), float64(got.Y-want[i].Y)) > .01 {
					t.Errorf("turn %d, %+v: axis %d points along %v, want %v", turn, pose, i, got, want[i])
				}
				want[i] = face.Pt(-want[i].Y, want[i].X) // a quarter clockwise
			}
		}
	}
}

func TestLandmarksHaveTheColoursOfTheirGroups(t *testing.T) {
	a := upright()
	colors := map[face.Point]overlay.Shape{}
	for _, s := range overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Landmarks: true}) {
		colors[s.From] = s
	}
	tests := []struct {
		point int
		is    func(c color.NRGBA) bool
	}{
		{8, func(c color.NRGBA) bool { return c.G > c.R && c.G > c.B }},                               // chin: green
		{39, func(c color.NRGBA) bool { return c.R > 200 && c.G < 100 && c.B < 100 }},                 // eye: red
		{face.LeftEyeCenter, func(c color.NRGBA) bool { return c.R > 200 && c.G < 100 && c.B < 100 }}, // its centre: red
		{19, func(c color.NRGBA) bool { return c.B > 200 && c.B > c.R && c.B > c.G }},                 // brow: blue
		{30, func(c color.NRGBA) bool { return c.R == 255 && c.G == 255 && c.B == 255 }},              // nose: white
		{57, func(c color.NRGBA) bool { return c.R > 200 && c.G > 200 && c.B < 100 }},                 // under lip: yellow
		{51, func(c color.NRGBA) bool { return c.R > 100 && c.B > 200 && c.G < 100 }},                 // upper lip: purple
		{face.MouthCenter, func(c color.NRGBA) bool { return c.R == 0 && c.G == 0 && c.B == 0 }},      // mouth: black
	}
	for _, tt := range tests {
		s, ok := colors[a.Faces[0].Landmarks[tt.point]]
		if !ok || !tt.is(s.Fill) {
			t.Errorf("point %d has the colour %v (%v)", tt.point, s.Fill, ok)
		}
		if rim := s.Stroke > 0 && s.Color.R > 200; rim != (tt.point == face.MouthCenter) {
			t.Errorf("point %d has a rim: %v", tt.point, rim)
		}
	}
}

func TestHitTest(t *testing.T) {
	a := &face.Analysis{W: 400, H: 300, Faces: []face.Face{aFace(7, 0, 0, 200), aFace(3, 50, 50, 50), aFace(9, 90, 90, 30)}}
	tests := []struct {
		p    face.Point
		want uint32
		ok   bool
	}{
		{face.Pt(10, 10), 7, true},
		{face.Pt(60, 60), 3, true},
		{face.Pt(95, 95), 9, true},
		{face.Pt(200, 100), 0, false}, // half open
		{face.Pt(-1, 10), 0, false},
		{face.Pt(float32(math.NaN()), 10), 0, false},
	}
	for _, tt := range tests {
		if got, ok := overlay.HitTest(a, tt.p); got != tt.want || ok != tt.ok {
			t.Errorf("HitTest(%v) = %d, %v, want %d, %v", tt.p, got, ok, tt.want, tt.ok)
		}
	}
	if _, ok := overlay.HitTest(nil, face.Point{}); ok {
		t.Error("a photo without an analysis was hit")
	}
}

// Faces that nobody asked for have a thin grey box and no caption; a selected one keeps its caption.
func TestDimmedFaces(t *testing.T) {
	a := upright(aFace(2, 10, 10, 60), aFace(3, 300, 10, 60))
	o := overlay.Options{Boxes: true, Captions: true, Selected: 3, Dimmed: []uint32{2, 3}}
	captions := map[uint32]bool{}
	boxes := map[uint32]overlay.Shape{}
	for _, s := range overlay.Shapes(a, overlay.Transform{Scale: 1}, o) {
		if s.Kind == overlay.Label {
			captions[s.Face] = true
		} else {
			boxes[s.Face] = s
		}
	}
	if want := map[uint32]bool{1: true, 3: true}; !cmp.Equal(captions, want) {
		t.Errorf("captions of %v, want %v", captions, want)
	}
	if b := boxes[2]; b.Stroke >= boxes[1].Stroke || b.Color.R != b.Color.B || b.Dashed {
		t.Errorf("the box of a dimmed face is %+v", b)
	}
	if b := boxes[3]; b.Stroke <= boxes[2].Stroke || b.Color == boxes[1].Color {
		t.Errorf("the box of a dimmed face that is selected is %+v", b)
	}
	if boxes[1].Color != overlay.Accent() {
		t.Errorf("the box of another face is %v", boxes[1].Color)
	}
}
