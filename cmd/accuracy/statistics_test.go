package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

func near(a, b, by float64) bool { return math.Abs(a-b) <= by || math.IsNaN(a) && math.IsNaN(b) }

// Wilson's bounds are where a share p0 is 1.96 of its own standard errors from the observed
// one: found here by bisection.
func TestWilson(t *testing.T) {
	edge := func(p, from, to float64, n int) float64 { // p0 between from, where it is too far, and to
		for range 60 {
			p0 := (from + to) / 2
			if math.Abs(p-p0) > normal95*math.Sqrt(p0*(1-p0)/float64(n)) {
				from = p0
			} else {
				to = p0
			}
		}
		return to
	}
	for _, c := range []struct {
		k, n int
	}{{0, 1}, {1, 1}, {0, 50}, {1, 50}, {50, 50}, {173, 174}, {12, 24}, {700, 1500}} {
		p := float64(c.k) / float64(c.n)
		got := wilson(p, c.n)
		if low, high := edge(p, 0, p, c.n), edge(p, 1, p, c.n); !near(got.low, low, 1e-9) || !near(got.high, high, 1e-9) {
			t.Errorf("%d of %d: %v, want %v .. %v", c.k, c.n, got, low, high)
		}
	}
	if got := wilson(math.NaN(), 0); got != (interval{0, 1}) {
		t.Errorf("of nothing: %v", got)
	}
}

// The bootstrap of a mean is known in closed form.
func TestBootstrap(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	values := make([]float64, 200)
	for i := range values {
		values[i] = r.NormFloat64() * 3
	}
	of := func(sample []int) float64 {
		sum := 0.
		for _, i := range sample {
			sum += values[i]
		}
		return sum / float64(len(sample))
	}
	se, range95 := bootstrap(random("a"), len(values), of)
	want := deviation(values) / math.Sqrt(float64(len(values)))
	if !near(se, want, .12*want) {
		t.Errorf("standard error %v, want %v", se, want)
	}
	if m := mean(values); !near(range95.low, m-normal95*want, .4*want) || !near(range95.high, m+normal95*want, .4*want) {
		t.Errorf("interval %v, want %v +- %v", range95, m, normal95*want)
	}
	if again, _ := bootstrap(random("a"), len(values), of); again != se {
		t.Errorf("a second run gives %v, not %v", again, se)
	}
	if other, _ := bootstrap(random("b"), len(values), of); other == se {
		t.Error("another name gives the same numbers")
	}
	if se, _ := bootstrap(random("a"), 0, of); !math.IsNaN(se) {
		t.Errorf("of nothing: %v", se)
	}
}

func TestDeviation(t *testing.T) {
	if got := deviation([]float64{1, 2, 3, 6}); !near(got, math.Sqrt(14./3), 1e-12) {
		t.Errorf("of 1 2 3 6: %v", got)
	}
}

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		in   []float64
		want float64
	}{{nil, math.NaN()}, {[]float64{3}, 3}, {[]float64{5, 1, 3}, 3}, {[]float64{4, 1, 3, 2}, 2.5}} {
		if got := median(c.in); !near(got, c.want, 0) {
			t.Errorf("median of %v: %v, want %v", c.in, got, c.want)
		}
	}
}

// slowAUC compares every positive with every negative.
func slowAUC(s []scored) float64 {
	won, all := 0., 0.
	for _, p := range s {
		for _, n := range s {
			if !p.positive || n.positive {
				continue
			}
			all++
			switch {
			case p.score > n.score:
				won++
			case p.score == n.score:
				won += .5
			}
		}
	}
	return won / all
}

func TestAUC(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for _, n := range []int{0, 1, 2, 5, 60, 300} {
		for _, levels := range []int{1, 3, 1000} { // few levels: many ties
			s := make([]scored, n)
			for i := range s {
				s[i] = scored{float64(r.IntN(levels)), r.IntN(3) == 0}
			}
			want := slowAUC(s)
			if got := auc(s); !near(got, want, 1e-12) {
				t.Errorf("%d scores of %d levels: %v, want %v", n, levels, got, want)
			}
		}
	}
	if got := auc([]scored{{.9, true}, {.8, true}, {.1, false}}); got != 1 {
		t.Errorf("perfectly told apart: %v", got)
	}
}

// slowCalibrationError goes through the bins one by one.
func slowCalibrationError(claims []claim) float64 {
	sum := 0.
	for b := range bins {
		var p, right, n float64
		for _, c := range claims {
			in := c.p >= float64(b)/bins && c.p < float64(b+1)/bins || b == bins-1 && c.p == 1
			if in {
				n++
				p += c.p
				if c.right {
					right++
				}
			}
		}
		if n > 0 {
			sum += n / float64(len(claims)) * math.Abs(right/n-p/n)
		}
	}
	return sum
}

// claims draws n claims of probabilities .5..1 that come true with probability true(p).
func claims(r *rand.Rand, n int, comesTrue func(float64) float64) []claim {
	out := make([]claim, n)
	for i := range out {
		out[i].p = .5 + r.Float64()/2
		out[i].right = r.Float64() < comesTrue(out[i].p)
	}
	return out
}

func TestCalibrationError(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for _, c := range [][]claim{
		{{.8, true}},
		{{.8, false}, {0, true}, {1, false}, {.999, true}},
		claims(r, 200, func(p float64) float64 { return p * p }),
	} {
		if got, want := calibrationError(c), slowCalibrationError(c); !near(got, want, 1e-12) {
			t.Errorf("%d claims: %v, want %v", len(c), got, want)
		}
	}
	if got := calibrationError([]claim{{.6, true}, {.6, false}, {.6, true}, {.6, true}}); !near(got, .15, 1e-12) {
		t.Errorf("three of four at .6: %v, want .15", got)
	}
}

// The floor is what a calibrated model has; what it says of one that is not must not depend
// on whether that was right.
func TestCalibrationFloor(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, n := range []int{60, 300, 1500} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			var over []float64
			for range 40 {
				c := claims(r, n, func(p float64) float64 { return p })
				over = append(over, calibrationError(c)-calibrationFloor(r, c))
			}
			if m, se := mean(over), deviation(over)/math.Sqrt(40); math.Abs(m) > 4*se {
				t.Errorf("calibrated models lie %v over the floor, standard error %v", m, se)
			}
			c := claims(r, n, func(p float64) float64 { return p - .2 })
			if got := calibrationError(c) - calibrationFloor(r, c); !near(got, .2, 4*.5/math.Sqrt(float64(n))) {
				t.Errorf("too sure by .2: %v over the floor", got)
			}
			floor := calibrationFloor(random("x"), c)
			for i := range c {
				c[i].right = !c[i].right
			}
			if got := calibrationFloor(random("x"), c); got != floor {
				t.Errorf("the floor depends on the outcome: %v, %v", floor, got)
			}
		})
	}
}
