package main

import (
	"cmp"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
)

// normal95 is the quantile of the normal distribution that cuts off 2.5 % on each side.
const normal95 = 1.959964

// interval is a range that holds the true value with a probability of 95 %.
type interval struct{ low, high float64 }

// wilson returns the interval of a share p of n (E. B. Wilson, J. Am. Stat. Assoc. 22, 1927):
// unlike p +- 1.96 standard errors it never is empty, nor leaves 0..1.
func wilson(p float64, n int) interval {
	if n == 0 {
		return interval{0, 1}
	}
	const z2 = normal95 * normal95
	m := float64(n)
	center := (p + z2/(2*m)) / (1 + z2/m)
	half := normal95 / (1 + z2/m) * math.Sqrt(p*(1-p)/m+z2/(4*m*m))
	return interval{max(0, center-half), min(1, center+half)} // but for rounding it lies there
}

// resamples is how many samples the bootstrap draws: its standard error is right to 4 %.
const resamples = 400

// random returns a generator whose numbers depend on a name alone, so that a new row of the
// table changes no other.
func random(name string) *rand.Rand {
	h := fnv.New64a()
	h.Write([]byte(name))
	return rand.New(rand.NewPCG(h.Sum64(), 1))
}

// bootstrap returns the standard error of a statistic of n observations (B. Efron, Ann. Stat.
// 7, 1979), its standard deviation over samples drawn with replacement, and the interval
// between the samples' 2.5 and 97.5 percentiles. of gets the indices of a sample, which it
// must not keep; samples of which it returns NaN are left out. One observation tells nothing: NaN.
func bootstrap(r *rand.Rand, n int, of func(sample []int) float64) (se float64, range95 interval) {
	sample := make([]int, n)
	var values []float64
	for range resamples {
		for i := range sample {
			sample[i] = r.IntN(n)
		}
		if v := of(sample); !math.IsNaN(v) {
			values = append(values, v)
		}
	}
	if n < 2 || len(values) < 2 {
		return math.NaN(), interval{math.NaN(), math.NaN()}
	}
	slices.Sort(values)
	last := float64(len(values) - 1)
	return deviation(values), interval{values[int(.025*last+.5)], values[int(.975*last+.5)]}
}

func mean(values []float64) float64 {
	sum := 0.
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// deviation returns the standard deviation of two values or more.
func deviation(values []float64) float64 {
	m, sum := mean(values), 0.
	for _, v := range values {
		sum += (v - m) * (v - m)
	}
	return math.Sqrt(sum / float64(len(values)-1))
}

// median returns the middle value, NaN of none. It sorts the values.
func median(values []float64) float64 {
	slices.Sort(values)
	switch n := len(values); {
	case n == 0:
		return math.NaN()
	case n%2 == 1:
		return values[n/2]
	default:
		return (values[n/2-1] + values[n/2]) / 2
	}
}

// scored is a score beside whether it belongs to the positive class.
type scored struct {
	score    float64
	positive bool
}

// auc returns the area under the ROC curve: the probability that a positive one has a higher
// score than a negative one, equal scores counting half (Mann and Whitney's U). NaN if there
// are not both. It sorts s.
func auc(s []scored) float64 {
	slices.SortFunc(s, func(a, b scored) int { return cmp.Compare(a.score, b.score) })
	var positives, ranks float64
	for i := 0; i < len(s); {
		k := i
		for k < len(s) && s[k].score == s[i].score {
			k++
		}
		rank := float64(i+k+1) / 2 // the mean of ranks i+1..k
		for ; i < k; i++ {
			if s[i].positive {
				positives++
				ranks += rank
			}
		}
	}
	negatives := float64(len(s)) - positives
	if positives == 0 || negatives == 0 {
		return math.NaN()
	}
	return (ranks - positives*(positives+1)/2) / (positives * negatives)
}

// claim is a probability that something is so, and whether it was.
type claim struct {
	p     float64
	right bool
}

// bins is the number of equally wide bins of the calibration error.
const bins = 10

// calibrationError returns the expected calibration error: the mean, over the claims, of how
// far the share of right ones in a claim's bin is from the mean probability there
// (M. P. Naeini et al., AAAI 2015). NaN of no claims.
func calibrationError(claims []claim) float64 {
	var p, right [bins]float64
	for _, c := range claims {
		b := min(max(int(c.p*bins), 0), bins-1)
		p[b] += c.p
		if c.right {
			right[b]++
		}
	}
	sum := 0.
	for b := range bins {
		sum += math.Abs(right[b] - p[b])
	}
	return sum / float64(len(claims)) // 0/0 is NaN
}

// calibrationFloor returns the calibration error that a perfectly calibrated model with the
// same probabilities would have in the mean: chance alone moves the shares of the bins.
func calibrationFloor(r *rand.Rand, claims []claim) float64 {
	drawn := slices.Clone(claims)
	sum := 0.
	for range resamples {
		for i, c := range claims {
			drawn[i].right = r.Float64() < c.p
		}
		sum += calibrationError(drawn)
	}
	return sum / resamples
}
