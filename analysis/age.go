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

const (
	// priorExponent is how much of the training prior is divided out of the bands before
	// their expectation is taken. It costs .2 years on FairFace, where most are 20 to 39,
	// and takes most of the bias out of all other ages (60-69: -5.8 years to -1.9).
	priorExponent = .5
	// bandWeight is the share of that expectation, the rest is face-api's age: mean error
	// 5.3 years on FairFace's validation faces, 5.1 on UTKFace's.
	bandWeight = .7
	// ageTail is what lies on each side of the shown range.
	ageTail = .1
)

// age combines the bands' probabilities with the age that face-api's network sees.
func age(bands [face.NumAgeBands]float32, second float32) face.Age {
	var sum, years float64
	for i, b := range ageBands {
		p := float64(bands[i]) / math.Pow(b.prior, priorExponent)
		sum += p
		years += p * b.middle
	}
	if sum > 0 {
		years /= sum
	}
	years = bandWeight*years + (1-bandWeight)*float64(min(max(second, 0), 100))
	// The value leans on a second network, so it may lie beyond the range of the bands.
	low, high := min(ageAt(bands, ageTail), years), max(ageAt(bands, 1-ageTail), years)
	return face.Age{Years: float32(years), Low: float32(low), High: float32(high), Bands: bands}
}

// ageAt returns the quantile q, 0..1, of the distribution that is even within each band.
func ageAt(bands [face.NumAgeBands]float32, q float64) float64 {
	var sum float64
	for _, p := range bands {
		sum += float64(p)
	}
	rest := q * sum
	for i, b := range ageBands {
		p := float64(bands[i])
		if rest <= p && p > 0 {
			return b.from + rest/p*(b.to-b.from)
		}
		rest -= p
	}
	return ageBands[face.NumAgeBands-1].to // rounding left a little over
}
