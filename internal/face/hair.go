package face

import (
	"encoding/binary"
	"errors"
	"math"
)

// HairColor is a colour of hair, or that there is none to be seen. The zero value is unknown: there is
// hair, but too little of it to tell a colour. The numbers are stored.
type HairColor uint8

// The colours of hair.
const (
	UnknownHair HairColor = iota
	NoHair                // no hair is visible: bald or shaved, or covered
	BlackHair
	DarkBrownHair
	BrownHair
	LightBrownHair
	BlondHair
	RedHair
	GrayHair
	WhiteHair
	BlueHair
	GreenHair
	PinkHair
	PurpleHair
	NumHairColors = iota - 1

	// NumGrownHair is the number of colours that hair grows in, BlackHair to WhiteHair.
	NumGrownHair = int(WhiteHair-BlackHair) + 1
)

var hairColorNames = [NumHairColors + 1]string{
	"unknown", "none", "black", "dark_brown", "brown", "light_brown", "blond", "red", "gray", "white", "blue", "green", "pink", "purple",
}

// String returns the neutral name: "dark_brown", "none" ...
func (c HairColor) String() string { return name(hairColorNames[:], int(c)) }

// Hair is the hair of a head.
type Hair struct {
	_      struct{}  `cbor:",toarray"`
	Color  HairColor // its name
	RGB    [3]uint8  // the measured colour, sRGB; zero where Color is NoHair or UnknownHair
	Area   float32   // in areas of the face's box
	Pieces []Polygon // where it is, the largest piece first; none where Color is NoHair. Shared: not to be changed

	// Fits has for each of the colours from BlackHair to WhiteHair the probability that a person who sees the head accepts that word.
	// Two may fit, so their sum is not 1. All are zero where rules alone told the colour (NoHair, UnknownHair, a dyed one), where a person said it, and where the
	// analysis is older than these probabilities.
	Fits [NumGrownHair]float32 `cbor:"-"`
}

// Fitting returns the colour that most probably is accepted, and how probably; UnknownHair if no network said.
func (h *Hair) Fitting() (HairColor, float32) {
	best, p := UnknownHair, float32(0)
	if i := int(h.Color) - int(BlackHair); i >= 0 && i < len(h.Fits) && h.Fits[i] > 0 {
		best, p = h.Color, h.Fits[i] // also where rounding has made another word as probable
	}
	for i, fits := range h.Fits {
		if fits > p {
			best, p = BlackHair+HairColor(i), fits
		}
	}
	return best, p
}

// Polygon is one connected piece of an area: its outline, which runs counter-clockwise as seen,
// and the outlines of its holes, which run clockwise.
type Polygon struct {
	_     struct{} `cbor:",toarray"`
	Outer Ring
	Holes []Ring
}

// Ring is a closed line of straight edges; the last point is joined to the first, and is another
// one. Its stored form keeps quarters of a pixel: Round makes a ring survive it unchanged.
type Ring []Point

// ringUnits is the number of steps of a stored coordinate in a pixel.
const ringUnits = 4

// maxRingCoordinate bounds a stored coordinate, in pixels: beyond any photo.
const maxRingCoordinate = 1 << 22

// Round moves every point of r to full quarters of a pixel.
func (r Ring) Round() {
	for i, p := range r {
		r[i] = Pt(float32(ringStep(p.X))/ringUnits, float32(ringStep(p.Y))/ringUnits)
	}
}

func ringStep(v float32) int64 {
	if v != v {
		return 0
	}
	return int64(math.Round(float64(min(max(v, -maxRingCoordinate), maxRingCoordinate)) * ringUnits))
}

// MarshalBinary returns the stored form: the number of points, then for each the differences in x and
// y from the one before, in quarters of a pixel, all as varints: about three bytes a point.
func (r Ring) MarshalBinary() ([]byte, error) {
	out := binary.AppendUvarint(make([]byte, 0, 4+3*len(r)), uint64(len(r)))
	var x, y int64
	for _, p := range r {
		px, py := ringStep(p.X), ringStep(p.Y)
		out = binary.AppendVarint(out, px-x)
		out = binary.AppendVarint(out, py-y)
		x, y = px, py
	}
	return out, nil
}

// UnmarshalBinary reads what MarshalBinary wrote. It allocates no more than the data could hold.
func (r *Ring) UnmarshalBinary(data []byte) error {
	errRing := errors.New("damaged outline")
	n, used := binary.Uvarint(data)
	if used <= 0 || n > uint64(len(data))/2 {
		return errRing
	}
	data = data[used:]
	ring := make(Ring, n)
	var at [2]int64
	for i := range ring {
		for k := range at {
			d, used := binary.Varint(data)
			if used <= 0 || d < -4*maxRingCoordinate*ringUnits || d > 4*maxRingCoordinate*ringUnits {
				return errRing
			}
			data = data[used:]
			at[k] += d
		}
		if max(at[0], at[1]) > maxRingCoordinate*ringUnits || min(at[0], at[1]) < -maxRingCoordinate*ringUnits {
			return errRing
		}
		ring[i] = Pt(float32(at[0])/ringUnits, float32(at[1])/ringUnits)
	}
	if len(data) > 0 {
		return errRing
	}
	if n == 0 {
		ring = nil
	}
	*r = ring
	return nil
}
