package face_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
)

func turnings() (all []face.Turning) {
	for q := range uint8(4) {
		all = append(all, face.Turning{Quarters: q}, face.Turning{Mirrored: true, Quarters: q})
	}
	return all
}

// back returns the turning that undoes t: a mirrored one undoes itself.
func back(t face.Turning) face.Turning {
	if !t.Mirrored {
		t.Quarters = (4 - t.Quarters) % 4
	}
	return t
}

// turnable is an analysis of a photo of 600 x 400 with one face of which everything is known.
func turnable() *face.Analysis {
	rng := rand.New(rand.NewPCG(1, 1))
	f := face.Face{
		Number: 7, Box: face.BoxAt(100, 50, 80, 120), Score: .99, Pose: face.Pose{Roll: 20, Pitch: 10, Yaw: -30}, Turn: 1,
		Eyes: face.Eyes{Left: face.Eye{Open: .9}, Right: face.Eye{Doubt: face.EyeCovered}},
		Hair: face.Hair{Color: face.RedHair, Area: 2, Pieces: []face.Polygon{{
			Outer: face.Ring{face.Pt(90, 40), face.Pt(90, 100), face.Pt(190, 100), face.Pt(190, 40)},
			Holes: []face.Ring{{face.Pt(100, 50), face.Pt(120, 50), face.Pt(100, 60)}},
		}}},
	}
	for i := range f.Landmarks {
		f.Landmarks[i] = face.Pt(100+float32(rng.IntN(80*8))/8, 50+float32(rng.IntN(120*8))/8)
	}
	plain := face.Face{Number: 8, Box: face.BoxAt(-5, 390, 20, 30), Score: .7}
	return &face.Analysis{W: 600, H: 400, Have: face.AllFeatures, Faces: []face.Face{f, plain}}
}

// All eight turnings followed by each of the eight give what the one gives that they are together; there and back is where it was.
func TestTurnedThereAndBack(t *testing.T) {
	a := turnable()
	want := turnable()
	for _, first := range turnings() {
		there := a.TurnedBy(first)
		if diff := cmp.Diff(want, there.TurnedBy(back(first))); diff != "" {
			t.Errorf("%+v and back (-want +got):\n%s", first, diff)
		}
		for _, second := range turnings() {
			both := there.TurnedBy(second)
			together := 0
			for _, one := range turnings() {
				if cmp.Equal(both, a.TurnedBy(one)) {
					together++
				}
			}
			if together != 1 {
				t.Errorf("%+v and then %+v is the same as %d of the eight", first, second, together)
			}
		}
	}
	if diff := cmp.Diff(want, a); diff != "" {
		t.Errorf("the analysis was changed:\n%s", diff)
	}
}

// Where everything lies, and what a mirror swaps.
func TestTurned(t *testing.T) {
	a := turnable()
	clockwise := a.TurnedBy(face.Turning{Quarters: 1})
	if clockwise.W != 400 || clockwise.H != 600 || clockwise.Faces[0].Box != face.BoxAt(400-50-120, 100, 120, 80) {
		t.Errorf("turned clockwise: %d x %d, %v", clockwise.W, clockwise.H, clockwise.Faces[0].Box)
	}
	if f := clockwise.Faces[0]; f.Turn != 2 || f.Pose != a.Faces[0].Pose || f.Number != 7 || f.Eyes != a.Faces[0].Eyes {
		t.Errorf("turned clockwise: %+v", f)
	}
	mirrored := a.TurnedBy(face.Turning{Mirrored: true}).Faces[0]
	if mirrored.Turn != 3 || mirrored.Pose != (face.Pose{Roll: -20, Pitch: 10, Yaw: 30}) || mirrored.Eyes.Left.Doubt != face.EyeCovered {
		t.Errorf("mirrored: %+v", mirrored)
	}
	if plain := clockwise.Faces[1]; plain.Landmarks != (face.Landmarks{}) || plain.Hair.Pieces != nil {
		t.Errorf("a face without landmarks has some: %v", plain.Landmarks)
	}
	// A tip of the mouth's right corner (48), seen in a mirror, is where the left one (54) is looked for.
	for _, pair := range [][2]int{
		{0, 16},
		{7, 9},
		{8, 8},
		{17, 26},
		{21, 22},
		{27, 27},
		{30, 30},
		{31, 35},
		{32, 34},
		{33, 33},
		{36, 45},
		{39, 42},
		{37, 44},
		{41, 46},
		{40, 47},
		{48, 54},
		{50, 52},
		{51, 51},
		{59, 55},
		{58, 56},
		{57, 57},
		{60, 64},
		{61, 63},
		{62, 62},
		{67, 65},
		{66, 66},
		{68, 69},
		{70, 70},
	} {
		p := a.Faces[0].Landmarks[pair[0]]
		if got := mirrored.Landmarks[pair[1]]; got != face.Pt(600-p.X, p.Y) {
			t.Errorf("point %d was at %v, and point %d is at %v", pair[0], p, pair[1], got)
		}
	}
}

// The rotation that a head has in the picture is turned with the picture.
func TestTurnedRotation(t *testing.T) {
	before := turnable().Faces[0]
	for _, turning := range turnings() {
		after := turnable().TurnedBy(turning).Faces[0]
		want, got := before.Rotation(), after.Rotation()
		if turning.Mirrored {
			for i := 1; i < 3; i++ { // on both sides: the first element stays
				want[0][i], want[i][0] = -want[0][i], -want[i][0]
			}
		}
		for range turning.Quarters {
			for k := range 3 {
				want[0][k], want[1][k] = -want[1][k], want[0][k]
			}
		}
		for i := range want {
			for k := range want {
				if math.Abs(float64(want[i][k]-got[i][k])) > 1e-5 {
					t.Errorf("%+v: rotation %v, want %v", turning, got, want)
				}
			}
		}
	}
}

// area is positive for a ring that runs counter-clockwise as seen, y pointing down.
func area(r face.Ring) (sum float32) {
	for i, p := range r {
		q := r[(i+1)%len(r)]
		sum += q.X*p.Y - p.X*q.Y
	}
	return sum / 2
}

// Outlines run the same way round, whatever a mirror does.
func TestTurnedRings(t *testing.T) {
	was := turnable().Faces[0].Hair.Pieces[0]
	for _, turning := range turnings() {
		is := turnable().TurnedBy(turning).Faces[0].Hair.Pieces[0]
		if area(is.Outer) != area(was.Outer) || area(is.Holes[0]) != area(was.Holes[0]) || area(was.Outer) < 0 || area(was.Holes[0]) > 0 {
			t.Errorf("%+v: %v and %v, were %v and %v", turning, area(is.Outer), area(is.Holes[0]), area(was.Outer), area(was.Holes[0]))
		}
	}
}

func TestUpright(t *testing.T) {
	for _, tt := range []struct {
		name string
		face face.Face
		want bool
	}{
		{"upright", face.Face{Score: .99, Pose: face.Pose{Roll: 30}}, true},
		{"doubtful", face.Face{Score: .7}, false},
		{"found lying", face.Face{Score: .99, Turn: 1}, false},
		{"lying", face.Face{Score: .99, Pose: face.Pose{Roll: -80}}, false},
	} {
		a := face.Analysis{Faces: []face.Face{tt.face}}
		if a.Upright() != tt.want {
			t.Errorf("%s: %v", tt.name, !tt.want)
		}
	}
	if (&face.Analysis{}).Upright() {
		t.Error("no face stands upright")
	}
}
