package assets_test

import (
	"bytes"
	"flag"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"math"
	"os"
	"strings"
	"testing"

	"semblance/assets"
)

var update = flag.Bool("update", false, "draw icon.svg and icon.png again")

const iconSide = 512

// A stroke is a line through points with round ends and joins; one point is a dot.
type stroke struct {
	points []point
	width  float64
	color  color.NRGBA
}

type point struct{ x, y float64 }

// iconStrokes is the drawing: the brackets of a viewfinder around a smiling face.
func iconStrokes() []stroke {
	accent := color.NRGBA{0x4C, 0x9A, 0xE6, 0xFF}
	light := color.NRGBA{0xE4, 0xE4, 0xE4, 0xFF}
	const near, arm, thick = 108, 84, 30
	var s []stroke
	for _, sx := range []float64{-1, 1} {
		for _, sy := range []float64{-1, 1} {
			at := func(dx, dy float64) point {
				return point{iconSide/2 + sx*(iconSide/2-near-dx), iconSide/2 + sy*(iconSide/2-near-dy)}
			}
			s = append(s, stroke{[]point{at(arm, 0), at(0, 0), at(0, arm)}, thick, accent})
		}
	}
	for _, x := range []float64{206, 306} {
		s = append(s, stroke{[]point{{x, 212}, {x, 238}}, 38, light})
	}
	var smile []point
	for deg := 25; deg <= 155; deg += 5 {
		a := float64(deg) * math.Pi / 180
		smile = append(smile, point{iconSide/2 + 88*math.Cos(a), 250 + 88*math.Sin(a)})
	}
	return append(s, stroke{smile, 30, light})
}

const iconCorner = 96

var ground = color.NRGBA{0x26, 0x26, 0x26, 0xFF}

func hex(c color.NRGBA) string { return fmt.Sprintf("#%02X%02X%02X", c.R, c.G, c.B) }

// svg writes the drawing as SVG.
func svg() []byte {
	var b strings.Builder
	fmt.Fprintf(&b, "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%[1]d\" viewBox=\"0 0 %[1]d %[1]d\">\n", iconSide)
	fmt.Fprintf(&b, "  <rect width=\"%d\" height=\"%[1]d\" rx=\"%d\" fill=\"%s\"/>\n", iconSide, iconCorner, hex(ground))
	for _, s := range iconStrokes() {
		var at []string
		for _, p := range s.points {
			at = append(at, fmt.Sprintf("%.4g,%.4g", p.x, p.y))
		}
		fmt.Fprintf(&b, "  <polyline points=\"%s\" fill=\"none\" stroke=\"%s\" stroke-width=\"%g\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n",
			strings.Join(at, " "), hex(s.color), s.width)
	}
	b.WriteString("</svg>\n")
	return []byte(b.String())
}

// picture draws the same by the distance of every pixel's centre to each stroke.
func picture() *image.NRGBA {
	m := image.NewNRGBA(image.Rect(0, 0, iconSide, iconSide))
	strokes := iconStrokes()
	for y := range iconSide {
		for x := range iconSide {
			p := point{float64(x) + .5, float64(y) + .5}
			c := ground
			for _, s := range strokes {
				c = mix(c, s.color, coverage(s.distance(p)))
			}
			inner := float64(iconSide/2 - iconCorner)
			dx, dy := max(math.Abs(p.x-iconSide/2)-inner, 0), max(math.Abs(p.y-iconSide/2)-inner, 0)
			c.A = uint8(math.Round(255 * coverage(math.Hypot(dx, dy)-iconCorner)))
			m.SetNRGBA(x, y, c)
		}
	}
	return m
}

// distance returns how far p is outside the stroke, negative inside.
func (s stroke) distance(p point) float64 {
	d := math.Inf(1)
	for i := range s.points {
		a, b := s.points[max(i-1, 0)], s.points[i]
		t := 0.0
		if l := (b.x-a.x)*(b.x-a.x) + (b.y-a.y)*(b.y-a.y); l > 0 {
			t = min(max(((p.x-a.x)*(b.x-a.x)+(p.y-a.y)*(b.y-a.y))/l, 0), 1)
		}
		d = min(d, math.Hypot(p.x-a.x-t*(b.x-a.x), p.y-a.y-t*(b.y-a.y)))
	}
	return d - s.width/2
}

func coverage(distance float64) float64 { return min(max(.5-distance, 0), 1) }

func mix(a, b color.NRGBA, t float64) color.NRGBA {
	m := func(a, b uint8) uint8 { return uint8(math.Round(float64(a)*(1-t) + float64(b)*t)) }
	return color.NRGBA{m(a.R, b.R), m(a.G, b.G), m(a.B, b.B), 0xFF}
}

// Both files of the icon come from one drawing.
func TestIconIsTheDrawing(t *testing.T) {
	want := picture()
	if *update {
		var b bytes.Buffer
		if err := png.Encode(&b, want); err != nil {
			t.Fatal(err)
		}
		for name, data := range map[string][]byte{"icon.png": b.Bytes(), "icon.svg": svg()} {
			if err := os.WriteFile(name, data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		t.Skip("icon.png and icon.svg are written; the next build embeds them")
	}
	if !bytes.Equal(assets.IconSVG(), svg()) {
		t.Error("icon.svg is not the drawing: run with -update")
	}
	got, err := png.Decode(bytes.NewReader(assets.Icon()))
	if err != nil {
		t.Fatal(err)
	}
	if got.Bounds() != want.Bounds() {
		t.Fatalf("the icon measures %v, want %v", got.Bounds(), want.Bounds())
	}
	for y := range iconSide {
		for x := range iconSide {
			g, w := color.NRGBAModel.Convert(got.At(x, y)).(color.NRGBA), want.NRGBAAt(x, y)
			if diff(g.R, w.R)+diff(g.G, w.G)+diff(g.B, w.B)+diff(g.A, w.A) > 4 && w.A > 0 {
				t.Fatalf("pixel %d, %d of icon.png is %v, want %v: run with -update", x, y, g, w)
			}
		}
	}
}

func diff(a, b uint8) int { return max(int(a)-int(b), int(b)-int(a)) }
