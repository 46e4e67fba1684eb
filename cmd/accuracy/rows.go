package main

import (
	"math"
	"slices"
)

// unit is what a row's value is in.
type unit uint8

const (
	plain       unit = iota // 0.985
	ratio                   // a share, printed in percent
	eyeDistance             // percent of the distance of the outer eye corners
	degrees
	yearsUnit
	boxes
)

// A row is one number of a measure, and how it is read off the observations.
type row struct {
	what string
	unit unit
	// only says which observations count; nil: all.
	only func(*observation) bool
	// of returns the number, NaN of too few, and of how many things it was taken.
	of func([]observation) (value float64, n int)
	// chance returns what part of the number chance alone explains, to be taken away; it may be nil.
	chance func(name string, obs []observation) float64

	share      bool // of a count: right ones / n
	better     int  // 1: more is better, -1: less, 0: neither
	least, aim float64
	sure       bool   // of sure values: their threshold was chosen too
	chosen     string // takes the place of the measure's
}

// limits sets the number that must be reached, and the one that is aimed at; 0 means none.
func (r row) limits(least, aim float64) row {
	r.least, r.aim = least, aim
	return r
}

func (r row) named(what string) row {
	r.what = what
	return r
}

func (r row) lessIsBetter() row {
	r.better = -1
	return r
}

func (r row) noDirection() row {
	r.better = 0
	return r
}

// nearZero says that the number is better the nearer it is to 0; it may be either side.
func (r row) nearZero() row { return r.noDirection() }

// reached reports whether a value is at least as good as a limit.
func (r *row) reached(value, limit float64) bool {
	return limit == 0 || float64(r.better)*(value-limit) >= 0
}

// pick returns the observations that count for the row.
func (r *row) pick(obs []observation) []observation {
	if r.only == nil {
		return obs
	}
	var out []observation
	for i := range obs {
		if r.only(&obs[i]) {
			out = append(out, obs[i])
		}
	}
	return out
}

func shareOf(what string, only, yes func(*observation) bool) row {
	return row{
		what: what, unit: ratio, only: only, share: true, better: 1,
		of: func(obs []observation) (float64, int) {
			n := 0
			for i := range obs {
				if yes(&obs[i]) {
					n++
				}
			}
			return float64(n) / float64(len(obs)), len(obs)
		},
	}
}

func found(what string, only func(*observation) bool) row {
	return shareOf(what, only, func(o *observation) bool { return o.said == accepted })
}

func foundOrDoubtful() row {
	return shareOf("found, doubtful ones too", nil, (*observation).found)
}

func accuracy(what string, only func(*observation) bool) row {
	return shareOf(what, only, (*observation).right)
}

func recall(what string, class int) row {
	return accuracy(what, func(o *observation) bool { return o.truth == class })
}

func withinOne(what string) row {
	return shareOf(what, nil, func(o *observation) bool { return o.found() && max(o.said-o.truth, o.truth-o.said) <= 1 })
}

func sureShare() row {
	r := shareOf("sure", nil, func(o *observation) bool { return o.sure })
	r.better, r.sure = 0, true
	return r
}

func sureRight() row {
	r := accuracy("right, sure ones", func(o *observation) bool { return o.sure })
	r.sure = true
	return r
}

// farOff is the share of landmarks that went wrong; a face that was not found is one.
func farOff() row {
	const far = 8 // percent
	return shareOf("faces off by more than 8 %", nil, func(o *observation) bool { return !(o.value <= far) }).lessIsBetter()
}

// overValues makes a row of a statistic of the values that there are.
func overValues(what string, u unit, only func(*observation) bool, of func([]float64) float64) row {
	return row{what: what, unit: u, only: only, better: -1, of: func(obs []observation) (float64, int) {
		values := make([]float64, 0, len(obs))
		for _, o := range obs {
			if !math.IsNaN(o.value) {
				values = append(values, o.value)
			}
		}
		return of(values), len(values)
	}}
}

func meanOf(what string, u unit, only func(*observation) bool) row {
	return overValues(what, u, only, mean)
}

func medianOf(what string, u unit) row { return overValues(what, u, nil, median) }

// meanSize is the mean absolute value.
func meanSize(what string, u unit, only func(*observation) bool) row {
	return overValues(what, u, only, func(values []float64) float64 {
		for i, v := range values {
			values[i] = math.Abs(v)
		}
		return mean(values)
	})
}

func overlap() row { return overlapOf("overlap of the boxes, median IoU", median) }

// overlapOf makes a row of a statistic of overlaps in percent.
func overlapOf(what string, of func([]float64) float64) row {
	r := overValues(what, plain, nil, func(values []float64) float64 { return of(values) / 100 })
	r.better = 1
	return r
}

// perHundred is how many boxes there are on a hundred photos.
func perHundred(what string) row {
	return overValues(what, boxes, nil, func(values []float64) float64 { return 100 * mean(values) })
}

func falseOfAll(what string, only func(*observation) bool) row {
	return row{what: what, only: only, unit: ratio, better: -1, share: true, of: func(obs []observation) (float64, int) {
		wrong, all := 0., 0
		for _, o := range obs {
			wrong += o.value
			all += o.count
		}
		return wrong / float64(all), all
	}}
}

// largestBias is the mean error of the group that is farthest from 0.
func largestBias(what string, groups []string) row {
	return row{what: what, unit: yearsUnit, better: -1, of: func(obs []observation) (float64, int) {
		largest, n := math.NaN(), 0
		for _, g := range groups {
			sum, k := 0., 0
			for i := range obs {
				if o := &obs[i]; o.in(g) && !math.IsNaN(o.value) {
					sum += o.value
					k++
				}
			}
			if bias := math.Abs(sum / float64(k)); k > 0 && !(bias <= largest) {
				largest = bias
			}
			n += k
		}
		return largest, n
	}}
}

// recalls returns the share of each class that was recognised, NaN of classes that do not occur.
func recalls(obs []observation, classes int) []float64 {
	right, all := make([]float64, classes), make([]float64, classes)
	for i := range obs {
		all[obs[i].truth]++
		if obs[i].right() {
			right[obs[i].truth]++
		}
	}
	for c := range right {
		right[c] /= all[c]
	}
	return right
}

func overRecalls(what string, classes int, of func([]float64) float64) row {
	return row{what: what, unit: ratio, better: 1, of: func(obs []observation) (float64, int) {
		return of(slices.DeleteFunc(recalls(obs, classes), math.IsNaN)), len(obs)
	}}
}

func meanRecall(classes int) row { return overRecalls("mean recall of the classes", classes, mean) }

func leastRecall(classes int) row {
	return overRecalls("least recall of a class", classes, func(r []float64) float64 {
		if len(r) == 0 {
			return math.NaN()
		}
		return slices.Min(r)
	})
}

// area is that under the ROC curve of class 1 against 0, over the faces that were found.
func area(what string) row {
	return row{what: what, better: 1, only: (*observation).found, of: func(obs []observation) (float64, int) {
		s := make([]scored, len(obs))
		for i, o := range obs {
			s[i] = scored{o.p, o.truth == 1}
			if o.said == 0 {
				s[i].score = 1 - o.p
			}
		}
		return auc(s), len(obs)
	}}
}

// areaOfValue is the area under the ROC curve of the value, for class 0 against all others, over
// the faces that were found.
func areaOfValue(what string) row {
	return row{what: what, better: 1, only: (*observation).found, of: func(obs []observation) (float64, int) {
		s := make([]scored, len(obs))
		for i, o := range obs {
			s[i] = scored{o.value, o.truth > 0}
		}
		return auc(s), len(obs)
	}}
}

// calibration is the calibration error of the probability of what is said.
func calibration() row { return calibrationOf((*observation).found, (*observation).right) }

// calibrationOf is the same of some observations, where right tells which answers are.
func calibrationOf(only, right func(*observation) bool) row {
	claims := func(obs []observation) []claim {
		out := make([]claim, len(obs))
		for i := range obs {
			out[i] = claim{obs[i].p, right(&obs[i])}
		}
		return out
	}
	return row{
		what: "calibration error over the floor", better: -1, only: only,
		of: func(obs []observation) (float64, int) { return calibrationError(claims(obs)), len(obs) },
		chance: func(name string, obs []observation) float64 {
			return calibrationFloor(random(name), claims(obs))
		},
	}
}
