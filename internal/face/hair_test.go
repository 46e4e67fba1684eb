package face_test

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"semblance/internal/face"
)

// stored returns what is read of the stored form of a ring.
func stored(t *testing.T, r face.Ring) (face.Ring, []byte) {
	t.Helper()
	data, err := r.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	var got face.Ring
	if err := got.UnmarshalBinary(data); err != nil {
		t.Fatalf("read %v from % x: %v", r, data, err)
	}
	return got, data
}

func TestRingIsStored(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(1))
	for _, tt := range []struct {
		name string
		ring face.Ring
		want face.Ring
	}{
		{"none", nil, nil},
		{"no points", face.Ring{}, nil},
		{"one", face.Ring{face.Pt(3, 4)}, face.Ring{face.Pt(3, 4)}},
		{"quarters", face.Ring{face.Pt(0, .25), face.Pt(-.5, 1000.75), face.Pt(6000, 4000)}, face.Ring{face.Pt(0, .25), face.Pt(-.5, 1000.75), face.Pt(6000, 4000)}},
		{"other parts of a pixel", face.Ring{face.Pt(.1, .13), face.Pt(-.1, -.13), face.Pt(9.9, 9.88)}, face.Ring{face.Pt(0, .25), face.Pt(0, -.25), face.Pt(10, 10)}},
		{"nowhere", face.Ring{face.Pt(nan, 1), face.Pt(inf, -inf)}, face.Ring{face.Pt(0, 1), face.Pt(1<<22, -1<<22)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got, _ := stored(t, tt.ring)
			if !slices.Equal(got, tt.want) || (got == nil) != (tt.want == nil) {
				t.Errorf("read %v, want %v", got, tt.want)
			}
			rounded := slices.Clone(tt.ring)
			rounded.Round()
			if again, _ := stored(t, rounded); !slices.Equal(rounded, got) || !slices.Equal(again, got) {
				t.Errorf("rounded it is %v, and read %v", rounded, again)
			}
		})
	}
}

// An outline takes about three bytes a point, and none is lost, wherever it lies.
func TestLongRing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 50 {
		ring := make(face.Ring, 1+rng.IntN(400))
		at := face.Pt(12000*rng.Float32(), 8000*rng.Float32())
		for i := range ring {
			at = face.Pt(at.X+30*rng.Float32()-15, at.Y+30*rng.Float32()-15)
			ring[i] = at
		}
		ring.Round()
		got, data := stored(t, ring)
		if !slices.Equal(got, ring) {
			t.Fatalf("read %v, want %v", got, ring)
		}
		if len(data) > 4*len(ring)+8 {
			t.Errorf("%d points take %d bytes", len(ring), len(data))
		}
	}
}

func FuzzRingUnmarshalBinary(f *testing.F) {
	for _, r := range []face.Ring{nil, {face.Pt(1, 2)}, {face.Pt(0, 0), face.Pt(-1.25, 4000), face.Pt(1<<22, -1<<22)}} {
		data, err := r.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte{0xff, 0xff, 0xff, 0xff, 0x0f, 0, 0})                            // more points than there is data for
	f.Add([]byte{1, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 1, 0}) // a step that is too far
	f.Add(append([]byte{2}, bytes.Repeat([]byte{0x80, 0x80, 0x80, 0x08}, 4)...)) // two that are too far together
	f.Add([]byte{1, 2, 3, 4})                                                    // something behind it
	f.Fuzz(func(t *testing.T, data []byte) {
		before := face.Ring{face.Pt(5, 5)}
		r := slices.Clone(before)
		if err := r.UnmarshalBinary(data); err != nil {
			if !slices.Equal(r, before) {
				t.Fatalf("an error left %v", r)
			}
			return
		}
		if len(r) > len(data)/2 {
			t.Fatalf("%d points came out of %d bytes", len(r), len(data))
		}
		for _, p := range r {
			if !(max(p.X, p.Y) <= 1<<22 && min(p.X, p.Y) >= -1<<22) {
				t.Fatalf("%v is no place", p)
			}
		}
		if again, _ := stored(t, r); !slices.Equal(again, r) || (again == nil) != (r == nil) {
			t.Fatalf("%v is read as %v once it is stored again", r, again)
		}
	})
}

func TestHairColors(t *testing.T) {
	seen := map[string]bool{}
	for c := range face.HairColor(face.NumHairColors + 1) {
		if name := c.String(); name == "" || seen[name] {
			t.Errorf("colour %d has the name %q", c, name)
		}
		seen[c.String()] = true
	}
	if !seen["unknown"] || !seen["none"] || !seen["dark_brown"] {
		t.Errorf("the names are %v", seen)
	}
	if got := face.HairColor(face.NumHairColors + 1).String(); got != "(14)" {
		t.Errorf("a colour that is none is called %q", got)
	}
}
