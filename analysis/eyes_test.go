package analysis

import (
	"math"
	"slices"
	"testing"

	"semblance/internal/face"
)

func TestEye(t *testing.T) {
	nan := float32(math.NaN())
	for name, c := range map[string]struct {
		p      []float32
		side   float64
		turned bool
		want   face.Eye
	}{
		"open":              {[]float32{.9, .05, .05}, 60, false, face.Eye{Open: .9 / .95}},
		"closed":            {[]float32{.1, .9, 0}, 60, false, face.Eye{Open: .1}},
		"sunglasses":        {[]float32{.3, .1, .6}, 60, false, face.Eye{Open: .75, Doubt: face.EyeCovered}},
		"quite covered":     {[]float32{0, 0, 1}, 60, false, face.Eye{Open: .5, Doubt: face.EyeCovered}},
		"small":             {[]float32{.9, .1, 0}, leastEye - .1, false, face.Eye{Open: .9, Doubt: face.EyeTooSmall}},
		"turned and small":  {[]float32{.9, .1, 0}, 3, true, face.Eye{Open: .9, Doubt: face.EyeTurnedAway}},
		"a network's fault": {[]float32{nan, nan, nan}, 60, false, face.Eye{Open: .5, Doubt: face.EyeCovered}},
	} {
		got := eye(c.p, c.side, c.turned)
		if got.Doubt != c.want.Doubt || math.Abs(float64(got.Open-c.want.Open)) > 1e-6 {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
}

// The crops lie on the eyes and have one size, whichever way the head stands in the picture;
// of a head turned aside they do not shrink with the distance of the eyes.
func TestEyeCrops(t *testing.T) {
	upright := canonicalMesh(0, 0, 10, identityRotation())
	upright[168] = point3{0, -30, -60}
	for _, i := range iBUGPoints[len(iBUGPoints)-innerLips:] {
		upright[i] = point3{0, 42, -50}
	}
	for _, degrees := range []float64{0, 30, 90, 180} {
		sin, cos := math.Sincos(degrees * math.Pi / 180)
		m := mesh{points: make([]point3, len(upright))}
		for i, p := range upright {
			q := point2{p.x, p.y}.turned(sin, cos)
			m.points[i] = point3{q.x + 100, q.y + 50, p.z}
		}
		m.at = bounds(m.points)
		right, left := eyeCrops(m)
		for side, c := range map[float64]square{-1: right, 1: left} {
			at := point2{c.x - 100, c.y - 50}.turned(-sin, cos)
			if math.Abs(at.x-side*31.5) > .1 || math.Abs(at.y+26.2) > .1 {
				t.Errorf("turned by %v: an eye's crop is about %v", degrees, at)
			}
			if math.Abs(c.side-eyeFactor*90) > .2 {
				t.Errorf("turned by %v: the crop's side is %v", degrees, c.side)
			}
		}
	}
	narrow := mesh{points: slices.Clone(upright)}
	for i := range narrow.points {
		narrow.points[i].x *= .5
	}
	narrow.at = bounds(narrow.points)
	if right, _ := eyeCrops(narrow); right.side < .9*eyeFactor*90 {
		t.Errorf("of a turned head the crop's side is %v", right.side)
	}
}

func TestMirror(t *testing.T) {
	p := []float32{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	mirror(p, 2)
	if want := []float32{4, 5, 6, 1, 2, 3, 10, 11, 12, 7, 8, 9}; !slices.Equal(p, want) {
		t.Errorf("mirrored: %v, want %v", p, want)
	}
}
