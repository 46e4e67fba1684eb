package main

import (
	"fmt"

	"semblance/analysis"
	"semblance/internal/face"
)

// ethnicityOf returns what FairFace's and UTKFace's word for a race is among ours.
func ethnicityOf(race string) face.Ethnicity {
	switch race {
	case "east asian", "southeast asian", "asian":
		return face.Asian
	case "indian":
		return face.Indian
	case "black":
		return face.Black
	case "white":
		return face.White
	case "middle eastern":
		return face.MiddleEastern
	case "latino_hispanic":
		return face.LatinoHispanic
	}
	return face.UnknownEthnicity // "other" of UTKFace mixes several
}

func ethnicityNames() []string {
	var out []string
	for e := face.Asian; e <= face.NumEthnicities; e++ {
		out = append(out, e.String())
	}
	return out
}

// band returns the index of the age band in which an age lies.
func band(age float64) int {
	starts := face.AgeBandStarts()
	i := 0
	for i+1 < len(starts) && age >= float64(starts[i+1]) {
		i++
	}
	return i
}

func bandNames() []string {
	starts := face.AgeBandStarts()
	var out []string
	for i, s := range starts {
		if i+1 == len(starts) {
			out = append(out, fmt.Sprintf("%d and older", s))
		} else {
			out = append(out, fmt.Sprintf("%d-%d", s, starts[i+1]-1))
		}
	}
	return out
}

// people returns the groups of a labelled face: its age band, its ethnicity, whether it is
// a grown-up.
func people(l *label) []string {
	var out []string
	if l.hasAge {
		out = append(out, bandNames()[band(l.ageLow)])
		if l.ageLow >= 18 {
			out = append(out, adults)
		}
	}
	if e := ethnicityOf(l.race); e != face.UnknownEthnicity {
		out = append(out, e.String())
	}
	return out
}

// adults are people of 18 years or more; in FairFace, which labels bands, of 20 or more.
const adults = "adults"

func genders() []measure {
	gender := func(set string, chosenOf string, rows ...row) measure {
		return measure{
			name: "gender", set: set, mode: analysis.Default, want: face.GenderClasses, rows: rows, chosen: chosenOf,
			truth: func(l *label) (observation, bool) {
				return observation{truth: int(l.gender), groups: people(l)}, l.gender != face.UnknownGender
			},
			answer: func(_ *label, f *face.Face, o *observation) {
				g, p := f.Gender.Top()
				o.sure = isSure(f, face.GenderClasses)
				o.said, o.p = int(g), p64(p)
			},
		}
	}
	// of holds the ones that are labelled g within a group.
	of := func(g face.Gender, group string) func(*observation) bool {
		return func(o *observation) bool { return o.truth == int(g) && o.in(group) }
	}
	rows := func(all, grown, calibrated row, ethnicities, ages []string) []row {
		out := []row{all, grown, recall("women recognised", int(face.Woman)), recall("men recognised", int(face.Man))}
		for _, g := range ethnicities {
			out = append(out, accuracy("right, "+g, func(o *observation) bool { return o.in(g) }),
				accuracy("women recognised, "+g, of(face.Woman, g)), accuracy("men recognised, "+g, of(face.Man, g)))
		}
		for _, g := range ages {
			out = append(out, accuracy("right, "+g, func(o *observation) bool { return o.in(g) }))
		}
		return append(out, sureShare(), sureRight(), calibrated)
	}
	isAdult := func(o *observation) bool { return o.in(adults) }
	four := ethnicityNames()[:4]
	fair := rows(accuracy("right, all ages", nil).limits(.915, .95), accuracy("right, 20 and older", isAdult), calibration().limits(.03, .02), ethnicityNames(), bandNames())
	markSure(fair)
	return inSection("Apparent gender", []measure{
		gender("fairface_val", "", fair...),
		gender("utkface", "", rows(accuracy("right, all ages", nil), accuracy("right, 18 and older", isAdult).limits(.965, .98), calibration(), four, bandNames())...),
	})
}

// markSure says that the thresholds of sure values were read off FairFace's validation faces.
func markSure(rows []row) {
	for i := range rows {
		if rows[i].sure {
			rows[i].chosen = chosenSure
		}
	}
}

func ethnicities() []measure {
	six := ethnicityNames()
	// Classes count from 0 here.
	fair := measure{
		name: "ethnicity", set: "fairface_val", mode: analysis.Default, want: face.EthnicityClasses, classes: six,
		truth: func(l *label) (observation, bool) {
			e := ethnicityOf(l.race)
			return observation{truth: int(e) - 1}, e != face.UnknownEthnicity
		},
		answer: func(_ *label, f *face.Face, o *observation) {
			e, p := f.Ethnicity.Top()
			o.sure = isSure(f, face.EthnicityClasses)
			o.said, o.p = int(e)-1, p64(p)
		},
		rows: []row{accuracy("right, six classes", nil).limits(.73, .78), meanRecall(len(six)).limits(.69, 0), leastRecall(len(six)).limits(0, .60)},
	}
	for i, name := range six {
		fair.rows = append(fair.rows, recall(name+" recognised", i))
	}
	fair.rows = append(fair.rows, sureShare(), sureRight(), calibration().limits(.03, .02))
	markSure(fair.rows)
	four := measure{
		name: "ethnicity", set: "utkface", mode: analysis.Default, want: face.EthnicityClasses,
		truth: func(l *label) (observation, bool) {
			e := ethnicityOf(l.race)
			return observation{truth: int(e) - 1}, e != face.UnknownEthnicity
		},
		answer: func(_ *label, f *face.Face, o *observation) {
			sum := 0.
			for i, p := range f.Ethnicity[:4] {
				sum += p64(p)
				if o.said == missing || p > f.Ethnicity[o.said] {
					o.said = i
				}
			}
			o.p = p64(f.Ethnicity[o.said]) / sum
		},
		rows: []row{accuracy("right, the four of Rosto", nil), meanRecall(4), calibration()},
	}
	return inSection("Apparent ethnicity", []measure{fair, four})
}

// middleAge is the age that an estimate is compared with: the middle of a labelled band, 76
// for FairFace's open one (as the network's bands count, analysis/age.go).
func middleAge(l *label) float64 {
	switch {
	case l.ageHigh == l.ageLow+1:
		return l.ageLow
	case l.ageLow == 70:
		return 76
	}
	return (l.ageLow + l.ageHigh) / 2
}

func ages() []measure {
	years := func(set string, rows ...row) measure {
		for i, g := range bandNames() {
			in := func(o *observation) bool { return o.in(bandNames()[i]) }
			rows = append(rows, meanSize("mean error, "+g, yearsUnit, in), meanOf("bias, "+g, yearsUnit, in).nearZero())
		}
		return measure{
			name: "age", set: set, mode: analysis.Default, want: face.AgeYears, chosen: chosenAge,
			truth: func(l *label) (observation, bool) { return observation{truth: 1, groups: people(l)}, l.hasAge },
			answer: func(l *label, f *face.Face, o *observation) {
				o.sure = isSure(f, face.AgeYears)
				o.said = class(p64(f.Age.Low) < l.ageHigh && p64(f.Age.High) >= l.ageLow)
				o.value = p64(f.Age.Years) - middleAge(l)
			},
			rows: rows,
		}
	}
	// Of a labelled band nobody knows the age, so its share within the range is what would be found
	// if ages were spread evenly over it; the open band has no such share.
	within := measure{
		name: "age range", set: "fairface_val", mode: analysis.Default, want: face.AgeYears, chosen: chosenAge,
		truth: func(l *label) (observation, bool) { return observation{truth: 1}, l.hasAge && l.ageLow < 70 },
		answer: func(l *label, f *face.Face, o *observation) {
			o.said = 1
			o.value = 100 * max(0, min(p64(f.Age.High), l.ageHigh)-max(p64(f.Age.Low), l.ageLow)) / (l.ageHigh - l.ageLow)
		},
		rows: []row{overValues("of the labelled bands within the 80 % range, ages spread evenly", ratio, nil, func(v []float64) float64 { return mean(v) / 100 }).noDirection()},
	}
	middle := bandNames()[1:8]
	bands := measure{
		name: "age band", set: "fairface_val", mode: analysis.Default, want: face.AgeYears, classes: bandNames(),
		truth: func(l *label) (observation, bool) { return observation{truth: band(l.ageLow)}, l.hasAge },
		answer: func(_ *label, f *face.Face, o *observation) {
			for i, p := range f.Age.Bands {
				if o.said == missing || p > f.Age.Bands[o.said] {
					o.said, o.p = i, p64(p)
				}
			}
		},
		rows: []row{accuracy("right, nine bands", nil), withinOne("right or the band beside"), calibration().limits(.03, .02)},
	}
	return inSection("Apparent age", []measure{
		years("utkface", meanSize("mean error", yearsUnit, nil).limits(5.3, 4.5), largestBias("largest bias, bands from 3 to 69", middle).limits(3.5, 0),
			accuracy("age within the 80 % range", nil).noDirection(), sureShare(), meanSize("mean error, sure ones", yearsUnit, func(o *observation) bool { return o.sure })),
		years("fairface_val", meanSize("mean error to the middle of the band", yearsUnit, nil).limits(5.35, 4.7), largestBias("largest bias, bands from 3 to 69", middle).limits(3.5, 0), sureShare()),
		within,
		bands,
	})
}
