package analysis

import (
	"cmp"
	"math"
	"slices"
)

const (
	// leastHair is the area of hair in areas of the face's box below which none is visible. Below shavedHair there is none
	// either if its colour is nearer than shavedDistance (CIE 1976) to that of the face's skin: that is skin, or stubble.
	// (Found on 93 pictures, looked at again on 250 of celeb1k_test, figaro1k_test and genki4k: a strip beside a cap has .02.)
	leastHair      = 0.02
	shavedHair     = 0.20
	shavedDistance = 23
	// Of hair the darkest share, shadow, and the brightest, gloss, are left out; of skin both ends.
	hairShadow, hairGloss = 0.2, 0.1
	skinEnds              = 0.2
	// skinSides is how much of the face's box on both sides of its middle is looked at for skin: beside it is somebody else's.
	skinSides = 0.5
	// leastColored is how many pixels a colour needs, wellColored how many there should be of a margin before pixels of
	// the next smaller one are taken too, leastSkin how many pixels the colour of skin needs.
	leastColored = 30
	wellColored  = 100
	leastSkin    = 100
	// mostColored is how many pixels are looked at, evenly spread: a median of more is not another.
	mostColored = 1000
)

// lab is a colour in CIE Lab, D65.
type lab struct{ l, a, b float64 }

// skinColor is the colour of a face's skin, if it was seen.
type skinColor struct {
	lab
	seen bool
}

// hairTones are the ranges of lightness, in shares of the pixels from the darkest on, whose tone is taken apart: shadow and body,
// what is lit, and gloss. Dark hair shows what it is in its lights.
var hairTones = [...][2]float64{{.2, .6}, {.6, .9}, {.85, .98}}

// hairLevels are the shares of the pixels from the darkest on at which the lightness is taken.
var hairLevels = [...]float64{.1, .3, .5, .7, .9}

// hairLook is what is measured of a head's hair and skin, in CIE Lab.
type hairLook struct {
	middle lab                      // the colour that the hair has
	levels [len(hairLevels)]float64 // lightness at hairLevels
	tones  [len(hairTones)]lab      // medians within hairTones
	skin   skinColor
}

// look measures the hair and the face's skin of a head; ok is false if there is too little hair to tell.
func (m *hairMap) look(own head) (out hairLook, ok bool) {
	for _, margin := range []float32{.6, .2, 0} {
		m.labs = m.colors(m.labs, func(i int) bool { return m.margin[i] > margin })
		if len(m.labs) >= wellColored {
			break
		}
	}
	if len(m.labs) < leastColored {
		return hairLook{}, false
	}
	sortByLightness(m.labs)
	for i, share := range hairLevels {
		out.levels[i] = m.labs[int(share*float64(len(m.labs)-1))].l
	}
	medianOf := func(dark, bright float64) lab { // of a copy, which it sorts otherwise
		m.copied = append(m.copied[:0], m.labs...)
		return median(m.copied, dark, bright)
	}
	out.middle = medianOf(hairShadow, hairGloss)
	for i, r := range hairTones {
		out.tones[i] = medianOf(r[0], 1-r[1])
	}
	x, y := m.pixel(own.x, own.y)
	rx, ry := skinSides*own.w*float64(m.n)/m.at.side, skinSides*own.h*float64(m.n)/m.at.side
	m.labs = m.colors(m.labs, func(i int) bool {
		return m.skin[i] && math.Abs(float64(i%m.n)+.5-x) < rx && math.Abs(float64(i/m.n)+.5-y) < ry
	})
	if len(m.labs) > leastSkin {
		out.skin = skinColor{median(m.labs, skinEnds, skinEnds), true}
	}
	return out, true
}

// colors returns the colours of the pixels of a kind in the photo, of mostColored of them at most. It takes the
// buffer that it writes them into.
func (m *hairMap) colors(buffer []lab, kind func(i int) bool) []lab {
	count := 0
	for y := m.inside.Min.Y; y < m.inside.Max.Y; y++ {
		for i := y*m.n + m.inside.Min.X; i < y*m.n+m.inside.Max.X; i++ {
			if kind(i) {
				count++
			}
		}
	}
	buffer, step, skip := buffer[:0], ceilDiv(max(count, 1), mostColored), 0
	for y := m.inside.Min.Y; y < m.inside.Max.Y; y++ {
		for i := y*m.n + m.inside.Min.X; i < y*m.n+m.inside.Max.X; i++ {
			if !kind(i) {
				continue
			}
			if skip--; skip < 0 {
				skip = step - 1
				buffer = append(buffer, labOf(m.pixels[3*i], m.pixels[3*i+1], m.pixels[3*i+2]))
			}
		}
	}
	return buffer
}

func sortByLightness(colors []lab) {
	slices.SortFunc(colors, func(a, b lab) int { return cmp.Compare(a.l, b.l) })
}

// median returns the medians of colours, less a share of the darkest and one of the brightest. It sorts them.
func median(colors []lab, dark, bright float64) lab {
	sortByLightness(colors)
	from := int(dark * float64(len(colors)))
	colors = colors[from:max(int((1-bright)*float64(len(colors))), from+1)]
	middle := len(colors) / 2
	out := lab{l: colors[middle].l}
	slices.SortFunc(colors, func(a, b lab) int { return cmp.Compare(a.a, b.a) })
	out.a = colors[middle].a
	slices.SortFunc(colors, func(a, b lab) int { return cmp.Compare(a.b, b.b) })
	out.b = colors[middle].b
	return out
}

// Lab and sRGB (CIE 15, IEC 61966-2-1): the white point, and where the curves become lines.
const (
	whiteX, whiteZ = 0.95047, 1.08883
	labLine        = 216. / 24389
	labSlope       = 24389. / 27 / 116
)

// labOf returns the colour of sRGB values of 0..1.
func labOf(red, green, blue float32) lab {
	linear := func(v float32) float64 {
		if v <= .04045 {
			return float64(v) / 12.92
		}
		return math.Pow((float64(v)+.055)/1.055, 2.4)
	}
	r, g, b := linear(red), linear(green), linear(blue)
	f := func(t float64) float64 {
		if t > labLine {
			return math.Cbrt(t)
		}
		return t*labSlope + 16./116
	}
	x := f((.4124564*r + .3575761*g + .1804375*b) / whiteX)
	y := f(.2126729*r + .7151522*g + .0721750*b)
	z := f((.0193339*r + .1191920*g + .9503041*b) / whiteZ)
	return lab{116*y - 16, 500 * (x - y), 200 * (y - z)}
}

// rgb returns the nearest sRGB colour.
func (c lab) rgb() [3]uint8 {
	inverse := func(t float64) float64 {
		if cube := t * t * t; cube > labLine {
			return cube
		}
		return (t - 16./116) / labSlope
	}
	light := (c.l + 16) / 116
	x, y, z := inverse(light+c.a/500)*whiteX, inverse(light), inverse(light-c.b/200)*whiteZ
	encode := func(v float64) uint8 {
		if v <= .0031308 {
			v *= 12.92
		} else {
			v = 1.055*math.Pow(v, 1/2.4) - .055
		}
		return uint8(math.Round(255 * min(max(v, 0), 1)))
	}
	return [3]uint8{
		encode(3.2404542*x - 1.5371385*y - .4985314*z),
		encode(-.9692660*x + 1.8760108*y + .0415560*z),
		encode(.0556434*x - .2040259*y + 1.0572252*z),
	}
}

func (c lab) chroma() float64 { return math.Hypot(c.a, c.b) }

// distance returns the distance of two colours (CIE 1976).
func (c lab) distance(d lab) float64 {
	return math.Sqrt((c.l-d.l)*(c.l-d.l) + (c.a-d.a)*(c.a-d.a) + (c.b-d.b)*(c.b-d.b))
}
