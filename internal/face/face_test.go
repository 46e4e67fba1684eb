package face_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"semblance/internal/face"
)

func TestBoxIoU(t *testing.T) {
	tests := []struct {
		name string
		a, b face.Box
		want float32
	}{
		{"same", face.BoxAt(1, 2, 10, 10), face.BoxAt(1, 2, 10, 10), 1},
		{"apart", face.BoxAt(0, 0, 10, 10), face.BoxAt(10, 0, 10, 10), 0},
		{"half", face.BoxAt(0, 0, 10, 10), face.BoxAt(5, 0, 10, 10), 1.0 / 3},
		{"inside", face.BoxAt(0, 0, 10, 10), face.BoxAt(2, 2, 5, 4), .2},
		{"empty", face.Box{}, face.BoxAt(0, 0, 10, 10), 0},
		{"inside out", face.BoxAt(10, 10, -10, -10), face.BoxAt(0, 0, 10, 10), 0},
		{"not a number", face.BoxAt(float32(math.NaN()), 0, 1, 1), face.BoxAt(0, 0, 1, 1), 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.a.IoU(tt.b); math.Abs(float64(got-tt.want)) > 1e-6 {
				t.Errorf("IoU(%v, %v) = %v, want %v", tt.a, tt.b, got, tt.want)
			}
			if got := tt.b.IoU(tt.a); math.Abs(float64(got-tt.want)) > 1e-6 {
				t.Errorf("IoU is not symmetric: %v", got)
			}
		})
	}
}

func TestBoxSquareKeepsCentre(t *testing.T) {
	b := face.BoxAt(10, 20, 30, 50)
	s := b.Square(2)
	if s.W() != 100 || s.H() != 100 || s.Center() != b.Center() {
		t.Errorf("Square(2) of %v = %v", b, s)
	}
}

// The rotation has to give back the angles it was made of, by the formulas of Pose.
func TestPoseRotation(t *testing.T) {
	for _, p := range []face.Pose{{}, {Roll: 30}, {Pitch: -20}, {Yaw: 40}, {Roll: -12, Pitch: 25, Yaw: -50}} {
		r := p.Rotation()
		deg := func(rad float64) float32 { return float32(rad * 180 / math.Pi) }
		got := face.Pose{
			Yaw:   deg(math.Asin(-float64(r[0][2]))),
			Pitch: deg(math.Atan2(float64(r[1][2]), float64(r[2][2]))),
			Roll:  deg(math.Atan2(-float64(r[0][1]), float64(r[0][0]))),
		}
		if math.Abs(float64(got.Roll-p.Roll))+math.Abs(float64(got.Pitch-p.Pitch))+math.Abs(float64(got.Yaw-p.Yaw)) > 1e-3 {
			t.Errorf("%+v: rotation %v gives back %+v", p, r, got)
		}
		for i := range 3 {
			for j := range 3 {
				var dot float64
				for k := range 3 {
					dot += float64(r[i][k] * r[j][k])
				}
				want := 0.0
				if i == j {
					want = 1
				}
				if math.Abs(dot-want) > 1e-5 {
					t.Errorf("%+v: rows %d and %d of %v have the product %v", p, i, j, r, dot)
				}
			}
		}
	}
}

// A head that lies with its top to the right of the picture stands turned by one quarter.
func TestFaceRotation(t *testing.T) {
	up := func(f face.Face) face.Point { // where its top points, and where it looks
		r := f.Rotation()
		return face.Pt(-r[0][1], -r[1][1])
	}
	for turn, want := range []face.Point{face.Pt(0, -1), face.Pt(1, 0), face.Pt(0, 1), face.Pt(-1, 0)} {
		if got := up(face.Face{Turn: uint8(turn)}); got != want {
			t.Errorf("turn %d: the top points to %v, want %v", turn, got, want)
		}
	}
	// Without a turn of the line of sight quarters are just more roll.
	leaning, whole := face.Face{Turn: 2, Pose: face.Pose{Roll: -30}}, face.Face{Pose: face.Pose{Roll: 150}}
	for i, row := range leaning.Rotation() {
		for k, v := range row {
			if math.Abs(float64(v-whole.Rotation()[i][k])) > 1e-6 {
				t.Errorf("a roll of -30 turned by 2 is %v, a roll of 150 is %v", leaning.Rotation(), whole.Rotation())
			}
		}
	}
	// A head upside down that looks to the right of the picture turned back looks to the left of the picture.
	if r := (&face.Face{Turn: 2, Pose: face.Pose{Yaw: 30}}).Rotation(); -r[0][2] > -.4 {
		t.Errorf("it looks to %v", -r[0][2])
	}
}

func TestLandmarkGroupsCoverEveryPointOnce(t *testing.T) {
	var all []int
	for _, g := range face.LandmarkGroups() {
		all = append(all, g.Indices()...)
	}
	slices.Sort(all)
	for i := range face.NumLandmarks {
		if i >= len(all) || all[i] != i {
			t.Fatalf("the groups hold %v", all)
		}
	}
	if len(all) != face.NumLandmarks {
		t.Errorf("%d points in the groups, want %d", len(all), face.NumLandmarks)
	}
}

func TestParseFeatures(t *testing.T) {
	tests := []struct {
		in   string
		want face.Features
		err  string
	}{
		{"", face.UsualFeatures, ""},
		{" , ", face.UsualFeatures, ""},
		{"all", face.AllFeatures, ""},
		{"gender,age", face.GenderClasses | face.AgeYears, ""},
		{" Smile , smile", face.Smiling, ""},
		{"quality", face.Blurriness | face.Lighting, ""},
		{"gender,shoe", 0, `unknown feature "shoe", possible are age, bounds`},
	}
	for _, tt := range tests {
		got, err := face.ParseFeatures(tt.in)
		if got != tt.want || (err == nil) != (tt.err == "") || err != nil && !strings.Contains(err.Error(), tt.err) {
			t.Errorf("ParseFeatures(%q) = %v, %v, want %v, %q", tt.in, got, err, tt.want, tt.err)
		}
	}
	for i := range 32 {
		f := face.Features(1 << i)
		if face.AllFeatures.Has(f) {
			if got, err := face.ParseFeatures(f.String()); got != f || err != nil {
				t.Errorf("ParseFeatures(%q) = %v, %v", f, got, err)
			}
		}
	}
}

func TestUnknownIsNeverAGuess(t *testing.T) {
	var f face.Face // nothing known: every distribution is zero
	guesses := face.EmotionClasses | face.EthnicityClasses | face.GenderClasses | face.GlassesWorn
	if sure := face.DefaultThresholds().Sure(&f) & guesses; sure != 0 {
		t.Errorf("an empty face is sure of %v", sure)
	}
	if face.Gender(0).String() != "unknown" || face.Ethnicity(0).String() != "unknown" {
		t.Error("the zero class has a name of its own")
	}
	if got := face.Emotion(99).String(); got != "(99)" {
		t.Errorf("Emotion(99) = %q", got)
	}
}

func TestEyes(t *testing.T) {
	eye := func(p float32, d face.EyeDoubt) face.Eye { return face.Eye{Open: p, Doubt: d} }
	tests := []struct {
		name        string
		left, right face.Eye
		want        face.EyeState
		sure        bool
	}{
		{"both open", eye(.95, 0), eye(.9, 0), face.EyesOpen, true},
		{"both closed", eye(.05, 0), eye(.1, 0), face.EyesClosed, true},
		{"wink", eye(.95, 0), eye(.03, 0), face.EyesClosed, false},
		{"nearly shut", eye(.4, 0), eye(.35, 0), face.EyesClosed, false},
		{"one covered", eye(.97, 0), eye(.2, face.EyeCovered), face.EyesOpen, true},
		{"one turned away", eye(.8, face.EyeTurnedAway), eye(.02, 0), face.EyesClosed, true},
		{"sunglasses", eye(.97, face.EyeCovered), eye(.96, face.EyeCovered), face.EyesOpen, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := face.Face{Eyes: face.Eyes{Left: tt.left, Right: tt.right}}
			got, _ := f.Eyes.Top()
			if sure := face.DefaultThresholds().Sure(&f).Has(face.EyeStates); got != tt.want || sure != tt.sure {
				t.Errorf("eyes are %v, sure %v, want %v, %v", got, sure, tt.want, tt.sure)
			}
		})
	}
	if got := eye(.9, face.EyeTooSmall).State(.8); got != face.UnsureEyes {
		t.Errorf("an eye too small to be judged is %v", got)
	}
}

func TestADarkFaceIsNotSurelyBlurry(t *testing.T) {
	tests := []struct {
		blur, mean   float32
		light        face.Light
		blurry, sure bool
	}{
		{326, 120, face.Balanced, false, true},
		{326, 20, face.Underexposed, false, true},
		{face.BlurThreshold, 20, face.Underexposed, false, true},
		{41, 120, face.Balanced, true, true},
		{99, 230, face.Overexposed, true, true}, // more light is no less
		{41, 0, face.UnknownLight, true, true},  // nobody looked at it
		{41, 50, face.Underexposed, true, false},
		{41, 60, face.Balanced, true, false}, // dark before something bright
		{24, 50, face.Underexposed, true, true},
		{0, 0, face.Underexposed, true, true},
	}
	for _, tt := range tests {
		f := face.Face{Blur: tt.blur, Exposure: face.Exposure{Is: tt.light, Mean: tt.mean}}
		blurry := f.Blurry()
		if sure := face.DefaultThresholds().Sure(&f).Has(face.Blurriness); blurry != tt.blurry || sure != tt.sure {
			t.Errorf("level %v, %v, mean %v: blurry %v, sure %v, want %v, %v", tt.blur, tt.light, tt.mean, blurry, sure, tt.blurry, tt.sure)
		}
	}
}
