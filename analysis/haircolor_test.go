package analysis

import (
	"math"
	"testing"

	"semblance/internal/face"
)

func TestHairColor(t *testing.T) {
	skin := labOf(.82, .62, .53)
	seen := skinColor{skin, true}
	for _, c := range []struct {
		rgb  [3]uint8
		skin skinColor
		want face.HairColor
	}{
		{[3]uint8{18, 17, 23}, seen, face.BlackHair},
		{[3]uint8{60, 40, 30}, seen, face.DarkBrownHair},
		{[3]uint8{105, 75, 55}, seen, face.BrownHair},
		{[3]uint8{120, 95, 80}, seen, face.LightBrownHair},
		{[3]uint8{200, 165, 115}, seen, face.BlondHair},
		{[3]uint8{150, 150, 150}, seen, face.GrayHair},
		{[3]uint8{225, 222, 218}, seen, face.WhiteHair},
		{[3]uint8{150, 60, 30}, seen, face.RedHair},
		{[3]uint8{40, 60, 200}, seen, face.BlueHair},
		{[3]uint8{60, 150, 80}, seen, face.GreenHair},
		{[3]uint8{230, 90, 160}, seen, face.PinkHair},
		{[3]uint8{130, 50, 150}, seen, face.PurpleHair},
		{[3]uint8{75, 20, 60}, seen, face.PurpleHair}, // dark, of the same hue as pink
		// Dark hair that shines, or has a cast of the light.
		{[3]uint8{89, 81, 80}, seen, face.BlackHair},
		{[3]uint8{100, 91, 84}, seen, face.DarkBrownHair},
		{[3]uint8{52, 54, 84}, seen, face.BlackHair},
		// What is red beside pale skin is brown in red light.
		{[3]uint8{110, 55, 30}, seen, face.RedHair},
		{[3]uint8{110, 55, 30}, skinColor{labOf(.86, .45, .2), true}, face.BrownHair},
		// Skin without colour but coloured hair: too much light on the face, no black and white picture.
		{[3]uint8{154, 116, 100}, skinColor{labOf(.98, .98, .97), true}, face.LightBrownHair},
		// Without skin that of most people is taken.
		{[3]uint8{150, 150, 150}, skinColor{}, face.GrayHair},
		{[3]uint8{60, 40, 30}, skinColor{}, face.DarkBrownHair},
		// In a black and white picture nothing else is told apart.
		{[3]uint8{20, 20, 20}, skinColor{labOf(.6, .6, .6), true}, face.BlackHair},
		{[3]uint8{90, 90, 90}, skinColor{labOf(.6, .6, .6), true}, face.GrayHair},
		{[3]uint8{230, 230, 230}, skinColor{labOf(.6, .6, .6), true}, face.WhiteHair},
	} {
		hair := labOf(float32(c.rgb[0])/255, float32(c.rgb[1])/255, float32(c.rgb[2])/255)
		if got := hair.name(c.skin); got != c.want {
			t.Errorf("%v beside %v is %v, want %v", c.rgb, c.skin, got, c.want)
		}
		if got := hair.rgb(); got != c.rgb {
			t.Errorf("%v came back as %v", c.rgb, got)
		}
	}
	// The light of a lamp colours skin and hair alike.
	lamp := func(r, g, b float32) lab { return labOf(r, g*.95, b*.85) }
	if got := lamp(.6, .6, .6).name(skinColor{lamp(.82, .62, .53), true}); got != face.GrayHair {
		t.Errorf("grey hair under a lamp is %v", got)
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

// headMap is a map of a face of 60 x 60 pixels of a colour in the middle of it, with hair of a colour about it.
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
		want face.HairColor
	}{
		{"much hair", brown, 20, face.BrownHair},
		{"nothing", brown, 0, face.NoHair},
		{"a strip", brown, 1, face.NoHair},
		{"little hair", brown, 5, face.BrownHair},
		{"little that looks like skin", stubble, 5, face.NoHair},
		{"much that looks like skin", stubble, 20, face.BlondHair},
	} {
		m, own := headMap(c.hair, skin, c.rows)
		got := m.hair(own, f)
		if got.Color != c.want {
			t.Errorf("%s: %v, want %v", c.name, got.Color, c.want)
		}
		if none := got.Color == face.NoHair; none != (len(got.Pieces) == 0) || none != (got.Area == 0) || none && got.RGB != [3]uint8{} {
			t.Errorf("%s: %v", c.name, got)
		}
		if c.want != face.NoHair && math.Abs(float64(got.Area)-float64(c.rows)/60) > .01 {
			t.Errorf("%s: area %v, want %v", c.name, got.Area, float64(c.rows)/60)
		}
	}
	// Fewer pixels than a colour needs, of a large piece: a map of few pixels.
	m := upright(6)
	m.paint(1, func(x, y float64) bool { return y < 4 })
	if got := m.hair(head{3, 3, 4, 4, 0}, &face.Face{Box: face.BoxAt(1, 1, 4, 4)}); got.Color != face.UnknownHair || len(got.Pieces) != 1 {
		t.Errorf("few pixels: %v", got)
	}
}
