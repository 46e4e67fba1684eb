package analysis

import (
	"math"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
)

// rgbLab is the colour of sRGB values of 0..255.
func rgbLab(r, g, b uint8) lab { return labOf(float32(r)/255, float32(g)/255, float32(b)/255) }

// plainLook is the look of hair of one colour all over, beside skin.
func plainLook(hair lab, skin skinColor) hairLook {
	o := hairLook{middle: hair, skin: skin}
	for i := range o.levels {
		o.levels[i] = hair.l
	}
	for i := range o.tones {
		o.tones[i] = hair
	}
	return o
}

func TestDyedHair(t *testing.T) {
	seen := skinColor{labOf(.82, .62, .53), true}
	for _, c := range []struct {
		rgb  [3]uint8
		skin skinColor
		want face.HairColor
	}{
		{[3]uint8{40, 60, 200}, seen, face.BlueHair},
		{[3]uint8{60, 150, 80}, seen, face.GreenHair},
		{[3]uint8{230, 90, 160}, seen, face.PinkHair},
		{[3]uint8{230, 90, 160}, skinColor{}, face.PinkHair}, // without skin that of most people is taken
		{[3]uint8{130, 50, 150}, seen, face.PurpleHair},
		{[3]uint8{75, 20, 60}, seen, face.PurpleHair}, // dark, of the same hue as pink
		// What grows, a cast of the light among it.
		{[3]uint8{18, 17, 23}, seen, face.UnknownHair},
		{[3]uint8{52, 54, 84}, seen, face.UnknownHair},
		{[3]uint8{150, 60, 30}, seen, face.UnknownHair},
		{[3]uint8{200, 165, 115}, seen, face.UnknownHair},
		{[3]uint8{200, 90, 95}, skinColor{labOf(.95, .35, .3), true}, face.UnknownHair}, // pink light
	} {
		look := plainLook(rgbLab(c.rgb[0], c.rgb[1], c.rgb[2]), c.skin)
		if got := look.dyed(); got != c.want {
			t.Errorf("%v beside %v is %v, want %v", c.rgb, c.skin, got, c.want)
		}
		if got := look.middle.rgb(); got != c.rgb {
			t.Errorf("%v came back as %v", c.rgb, got)
		}
	}
}

// The inputs are the measured colours in the order that models/train/hair/words.py was given them.
func TestHairInputs(t *testing.T) {
	o := hairLook{
		levels: [5]float64{5, 15, 25, 35, 45},
		tones:  [3]lab{{l: 15, a: 3, b: 4}, {l: 35, a: 6, b: 8}, {l: 45, a: 0, b: 0}},
		skin:   skinColor{lab{65, 12, 16}, true},
	}
	ln := func(x float64) float32 { return float32(math.Log(x)) }
	want := [hairInputs]float32{ln(10), ln(20), ln(30), ln(40), ln(50), 3, 4, ln(.35), 6, 8, ln(.6), 0, 0, ln(.1), ln(70), 12, 16, 41.5}
	if diff := cmp.Diff(want, o.inputs(41.5), about(1e-5)); diff != "" {
		t.Errorf("inputs (-want +got):\n%s", diff)
	}
	o.skin = skinColor{}
	want = [hairInputs]float32{ln(10), ln(20), ln(30), ln(40), ln(50), 3, 4, ln(5/math.Hypot(13, 18) + .1), 6, 8, ln(10/math.Hypot(13, 18) + .1), 0, 0, ln(.1), ln(70), 13, 18, 0}
	if diff := cmp.Diff(want, o.inputs(0), about(1e-5)); diff != "" {
		t.Errorf("inputs where no skin was seen (-want +got):\n%s", diff)
	}
}

// The reference white, and sRGB red as it is printed everywhere.
func TestLab(t *testing.T) {
	for rgb, want := range map[[3]float32]lab{{1, 1, 1}: {100, 0, 0}, {0, 0, 0}: {}, {1, 0, 0}: {53.24, 80.09, 67.20}} {
		if got := labOf(rgb[0], rgb[1], rgb[2]); got.distance(want) > .05 {
			t.Errorf("%v is %v, want %v", rgb, got, want)
		}
	}
}

// headMap is a map of a face of 60 x 60 pixels of a colour in the middle of it, with hair of a colour about it, and of
// somebody else's face at the left edge.
func headMap(hair, skin [3]float32, hairRows int) (*hairMap, head) {
	const n = 120
	m := upright(n)
	for i := range n * n {
		x, y := i%n, i/n
		color := [3]float32{.5, .5, .5}
		switch {
		case x >= 30 && x < 90 && y >= 30 && y < 90:
			color = skin
			m.skin[i] = true
		case x < 28:
			color = [3]float32{.2, .1, .05}
			m.skin[i] = true
		case x >= 30 && x < 90 && y < 30 && y >= 30-hairRows:
			color = hair
			m.margin[i] = 1
		}
		copy(m.pixels[3*i:], color[:])
	}
	return m, head{60, 60, 60, 60, 0}
}

func TestNoHair(t *testing.T) {
	brown, skin, stubble := [3]float32{.41, .29, .22}, [3]float32{.82, .62, .53}, [3]float32{.75, .56, .48}
	f := &face.Face{Box: face.BoxAt(30, 30, 60, 60)}
	for _, c := range []struct {
		name string
		hair [3]float32
		rows int
		none bool
	}{
		{"much hair", brown, 20, false},
		{"nothing", brown, 0, true},
		{"a strip", brown, 1, true},
		{"little hair", brown, 5, false},
		{"little that looks like skin", stubble, 5, true},
		{"much that looks like skin", stubble, 20, false},
	} {
		m, own := headMap(c.hair, skin, c.rows)
		got, look, ok := m.hair(own, f)
		if none := got.Color == face.NoHair; none != c.none || ok == c.none {
			t.Errorf("%s: %v, its colour is known: %v", c.name, got.Color, ok)
		}
		if c.none != (len(got.Pieces) == 0) || c.none != (got.Area == 0) {
			t.Errorf("%s: %v", c.name, got)
		}
		if !c.none && math.Abs(float64(got.Area)-float64(c.rows)/60) > .01 {
			t.Errorf("%s: area %v, want %v", c.name, got.Area, float64(c.rows)/60)
		}
		if want := plainLook(labOf(c.hair[0], c.hair[1], c.hair[2]), skinColor{labOf(skin[0], skin[1], skin[2]), true}); ok && look != want {
			t.Errorf("%s: %+v, want %+v", c.name, look, want)
		}
	}
	// Fewer pixels than a colour needs, of a large piece: a map of few pixels.
	m := upright(6)
	m.paint(1, func(x, y float64) bool { return y < 4 })
	got, _, ok := m.hair(head{3, 3, 4, 4, 0}, &face.Face{Box: face.BoxAt(1, 1, 4, 4)})
	if ok || got.Color != face.UnknownHair || len(got.Pieces) != 1 {
		t.Errorf("few pixels: %v", got)
	}
}

// Shadow, body and gloss are told apart by lightness.
func TestHairTones(t *testing.T) {
	m, own := headMap([3]float32{}, [3]float32{.8, .6, .5}, 20)
	dark, lit := [3]float32{.1, .08, .07}, [3]float32{.5, .3, .15}
	for y := 10; y < 30; y++ {
		for x := 30; x < 90; x++ {
			color := dark
			if x >= 66 { // two fifths
				color = lit
			}
			copy(m.pixels[3*(y*m.n+x):], color[:])
		}
	}
	look, ok := m.look(own)
	d, l := labOf(dark[0], dark[1], dark[2]), labOf(lit[0], lit[1], lit[2])
	if !ok || look.tones != [3]lab{d, l, l} || look.levels != [5]float64{d.l, d.l, d.l, l.l, l.l} || look.middle != d {
		t.Errorf("%+v of %v and %v", look, d, l)
	}
}
