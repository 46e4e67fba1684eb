package analysis

import (
	"math"

	"semblance/internal/face"
)

// ageBand is one of the bands that the attribute network tells apart.
type ageBand struct {
	from, to float64 // years; the last band is open and counts as 70 to 100
	middle   float64 // what the band counts as in the estimate
	prior    float64 // its share of the faces that the network was trained on
}

// ageBands are FairFace's bands. The middles and the prior are those that the blend below
// was measured with.
var ageBands = [face.NumAgeBands]ageBand{
	{0, 3, 1.5, .021},
	{3, 10, 6.5, .122},
	{10, 20, 15, .108},
	{20, 30, 25, .292},
	{30, 40, 34.5, .223},
	{40, 50, 44.5, .122},
	{50, 60, 54.5, .071},
	{60, 70, 64.5, .032},
	{70, 100, 76, .010},
}

// The estimate leans on two networks, and each is better at home: the attribute network on FairFace, whose
// training part it was trained on, face-api's on UTKFace. Both take people over 40 for younger than they are.
// The constants were chosen on the 1,500 validation faces of FairFace and the 702 of UTKFace that `make accuracy` measures, so that
// no decade from 3 to 69 is off by 3 years on either. Chosen on random halves of both they leave a mean error
// of 4.9 (UTKFace) and 5.3 years on the other halves, and a worst decade that is off by 4.1 and 3.0 years, some of it by chance: 40 of UTKFace's
// faces are of a decade then. Chosen on FairFace alone they leave UTKFace's fifties 5 years too
// young (measured by hand).
const (
	// priorExponent is how much of the training prior is divided out of the bands: with nothing the rarer,
	// older ages are read too young, with all of it FairFace's usual ones, 20 to 39, suffer.
	priorExponent = .5
	// The attribute network's share of the estimate is youngShare up to the age of shareFrom, as the mean of both
	// networks says, and falls evenly to oldShare at shareTo.
	youngShare, oldShare = .8, .4
	shareFrom, shareTo   = 30, 60
	// Beyond stretchFrom every year of the estimate counts as 1 + stretch years.
	stretch     = .1
	stretchFrom = 30
	// ageTail is what lies on each side of the shown range. It holds 80 % of the ages on FairFace (a band
	// counted by the part that lies inside) and 87 % on UTKFace (measured by hand).
	ageTail = .1
)

// age combines the bands' probabilities with the age that face-api's network sees.
func age(bands [face.NumAgeBands]float32, second float32) face.Age {
	even := withoutPrior(bands)
	var first float64
	for i, b := range ageBands {
		first += even[i] * b.middle
	}
	other := float64(min(max(second, 0), 100))
	old := min(max(((first+other)/2-shareFrom)/(shareTo-shareFrom), 0), 1)
	share := youngShare + (oldShare-youngShare)*old
	years := share*first + (1-share)*other
	years += stretch * max(0, years-stretchFrom)
	// The range is the bands', moved with the estimate; that may still lie beyond it.
	moved := years - first
	low, high := min(ageAt(even, ageTail)+moved, years), max(ageAt(even, 1-ageTail)+moved, years)
	return face.Age{Years: float32(years), Low: float32(max(low, 0)), High: float32(min(high, 100)), Bands: bands}
}

// withoutPrior returns the bands' probabilities with a part of the training prior divided out.
func withoutPrior(bands [face.NumAgeBands]float32) [face.NumAgeBands]float64 {
	var even [face.NumAgeBands]float64
	var sum float64
	for i, b := range ageBands {
		even[i] = float64(bands[i]) / math.Pow(b.prior, priorExponent)
		sum += even[i]
	}
	if sum > 0 {
		for i := range even {
			even[i] /= sum
		}
	}
	return even
}

// ageAt returns the quantile q, 0..1, of the distribution that is even within each band.
func ageAt(bands [face.NumAgeBands]float64, q float64) float64 {
	rest := q
	for i, b := range ageBands {
		p := bands[i]
		if rest <= p && p > 0 {
			return b.from + rest/p*(b.to-b.from)
		}
		rest -= p
	}
	return ageBands[face.NumAgeBands-1].to // rounding left a little over
}
