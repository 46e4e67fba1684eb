package face

import (
	"bytes"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// packedFace is a face of which everything is known.
func packedFace(rng *rand.Rand) Face {
	f := Face{
		Number: 7, Box: BoxAt(-12.3, 2000.07, 317.77, 402.1), Score: rng.Float32(), Smile: rng.Float32(), Lacks: Landmark, Small: AllFeatures,
		Pose: Pose{Roll: -89.999, Pitch: 12.345, Yaw: 1e-7}, Age: Age{Years: 34.56, Low: -1.2, High: 110}, Blur: float32(1000 * rng.Float64()),
		Exposure: Exposure{Is: Balanced, Mean: 255 * rng.Float32()}, Eyes: Eyes{Left: Eye{Open: rng.Float32()}, Right: Eye{Doubt: EyeCovered}},
		Turn: 3, Given: true, Hair: Hair{Color: GrayHair, RGB: [3]uint8{1, 2, 255}, Area: rng.Float32(), Fits: [NumGrownHair]float32{rng.Float32(), 0, rng.Float32(), 1, 0, rng.Float32(), .5, .25}},
	}
	for _, classes := range [][]float32{f.Age.Bands[:], f.Gender[:], f.Emotion[:], f.Ethnicity[:], f.Eyewear[:]} {
		for i := range classes {
			classes[i] = rng.Float32()
		}
	}
	for i := range f.Landmarks {
		f.Landmarks[i] = Pt(300*rng.Float32(), 2000+400*rng.Float32())
	}
	f.Hair.Pieces = []Polygon{{Outer: Ring{Pt(1, 2), Pt(3, 4.25), Pt(-5, 6)}, Holes: []Ring{{Pt(1, 1)}, {Pt(2, 2)}}}, {Outer: Ring{Pt(0, 0)}}}
	return f
}

// TestPackedFace checks that a face comes back within half a step, and that a rounded one comes back as it is.
func TestPackedFace(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	within := func(what string, got, want float32, steps float64) {
		t.Helper()
		if d := math.Abs(float64(got) - float64(want)); d > .5/steps+1e-4/steps+1e-7*math.Abs(float64(want)) {
			t.Errorf("%s %v becomes %v", what, want, got)
		}
	}
	for range 200 {
		f := packedFace(rng)
		data, err := f.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		var got Face
		if err := got.UnmarshalBinary(data); err != nil {
			t.Fatal(err)
		}
		for i, p := range f.Landmarks {
			within("landmark", got.Landmarks[i].X, p.X, stepsPixel)
			within("landmark", got.Landmarks[i].Y, p.Y, stepsPixel)
		}
		for i, p := range []Point{f.Box.Min, f.Box.Max} {
			q := []Point{got.Box.Min, got.Box.Max}[i]
			within("box", q.X, p.X, stepsPixel)
			within("box", q.Y, p.Y, stepsPixel)
		}
		for i, p := range f.Emotion {
			within("emotion", got.Emotion[i], p, stepsProbability)
		}
		for i, p := range f.Age.Bands {
			within("age band", got.Age.Bands[i], p, stepsProbability)
		}
		within("score", got.Score, f.Score, stepsProbability)
		within("smile", got.Smile, f.Smile, stepsProbability)
		within("roll", got.Pose.Roll, f.Pose.Roll, stepsDegree)
		within("years", got.Age.Years, f.Age.Years, stepsYear)
		within("low", got.Age.Low, f.Age.Low, stepsYear)
		within("blur", got.Blur, f.Blur, stepsBlur)
		within("luma", got.Exposure.Mean, f.Exposure.Mean, stepsLuma)
		within("eye", got.Eyes.Left.Open, f.Eyes.Left.Open, stepsProbability)
		within("hair", got.Hair.Area, f.Hair.Area, stepsArea)
		f.Round()
		if diff := cmp.Diff(f, got); diff != "" {
			t.Fatalf("(-rounded +stored)\n%s", diff)
		}
		again := f
		if again.Round(); cmp.Diff(f, again) != "" {
			t.Errorf("%+v is rounded to %+v", f, again)
		}
	}
}

// A new field has to be among the parts, and in packedFace, else it is lost when it is stored.
func TestPackedFaceHasEveryField(t *testing.T) {
	all := reflect.ValueOf(packedFace(rand.New(rand.NewPCG(1, 1))))
	for i := range all.NumField() {
		field := all.Type().Field(i)
		if field.Tag.Get("cbor") == "-" {
			continue
		}
		var one, got Face
		reflect.ValueOf(&one).Elem().Field(i).Set(all.Field(i))
		data, err := one.MarshalBinary()
		if err != nil {
			t.Fatal(err)
		}
		if err := got.UnmarshalBinary(data); err != nil || reflect.ValueOf(got).Field(i).IsZero() {
			t.Errorf("%s is not stored: %v", field.Name, err)
		}
	}
}

// Values with as many decimals as people see and thresholds have are stored as they are.
func TestPackedFaceKeepsDecimals(t *testing.T) {
	for n := range stepsProbability + 1 {
		f := Face{Smile: float32(n) / stepsProbability, Score: float32(n) / stepsProbability}
		if g := f; true {
			if g.Round(); g.Smile != f.Smile || g.Score != f.Score {
				t.Fatalf("%v becomes %v and %v", f.Smile, g.Smile, g.Score)
			}
		}
	}
	f := Face{Box: BoxAt(float32(math.NaN()), float32(math.Inf(1)), 3, 4), Blur: -5, Age: Age{Years: 34.5}}
	f.Round()
	if f.Box.Min.X != 0 || f.Blur != 0 || f.Age.Years != 34.5 {
		t.Errorf("%+v", f)
	}
}

func FuzzUnpackFace(f *testing.F) {
	rng := rand.New(rand.NewPCG(2, 2))
	for _, face := range []Face{packedFace(rng), {}, {Number: 1, Box: BoxAt(1, 2, 3, 4), Score: 1}} {
		data, err := face.MarshalBinary()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var got, again Face
		if got.UnmarshalBinary(data) != nil {
			return
		}
		packed, err := got.MarshalBinary()
		if err != nil {
			t.Fatalf("%+v: %v", got, err)
		}
		if err := again.UnmarshalBinary(packed); err != nil {
			t.Fatalf("%x, made of %x: %v", packed, data, err)
		}
		if twice, _ := again.MarshalBinary(); !bytes.Equal(twice, packed) {
			t.Errorf("%x becomes %x", packed, twice)
		}
	})
}
