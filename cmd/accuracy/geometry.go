package main

import (
	"math"

	"semblance/analysis"
	"semblance/internal/face"
)

// part is a part of the face, and its points in the order of iBUG 300-W.
type part struct {
	name     string
	from, to int
}

func parts() []part {
	return []part{{"all points", 0, numPoints}, {"jaw", 0, 17}, {"brows", 17, 27}, {"nose", 27, 36}, {"eyes", 36, 48}, {"mouth", 48, numPoints}}
}

func landmarks() []measure {
	var out []measure
	for _, s := range []string{"helen_test", "afw", "dlib_faces", "aflw2000_16"} {
		for _, p := range parts() {
			name := p.name
			if s == "aflw2000_16" {
				// Its points lie on a head in space: those of the jaw's far side are hidden.
				if p.to == 17 {
					continue
				}
				if p.from == 0 {
					p.from, name = 17, "all points but the jaw"
				}
			}
			m := measure{
				name: "landmarks, " + name, set: s, mode: analysis.Default, want: face.Landmark,
				truth: func(l *label) (observation, bool) { return observation{truth: 1}, l.points != nil && !l.ignore },
				answer: func(l *label, f *face.Face, o *observation) {
					o.said, o.value = 1, normalisedError(l.points, f.Landmarks[:numPoints], p.from, p.to)
				},
				rows: []row{meanOf("mean error, "+name, eyeDistance, nil)},
			}
			if p.from < 27 && s != "aflw2000_16" {
				m.chosen = chosenOutline
			}
			if p.to == numPoints && p.from < 48 {
				if s == "helen_test" {
					m.rows[0] = m.rows[0].limits(5.25, 4.8)
				}
				m.rows = append(m.rows, medianOf("median error, "+name, eyeDistance), farOff())
			}
			out = append(out, m)
		}
	}
	return inSection("Landmarks", out)
}

// normalisedError returns the mean distance of the points from..to-1, in percent of the
// distance of the outer corners of the labelled eyes (points 37 and 46 of iBUG, from 1).
func normalisedError(truth, got []face.Point, from, to int) float64 {
	distance := func(a, b face.Point) float64 { return math.Hypot(float64(a.X-b.X), float64(a.Y-b.Y)) }
	sum := 0.
	for i := from; i < to; i++ {
		sum += distance(truth[i], got[i])
	}
	return 100 * sum / float64(to-from) / distance(truth[36], truth[45])
}

func poses() []measure {
	var out []measure
	for _, s := range []struct {
		set        string
		least, aim float64
	}{{"genki4k", 3.5, 3}, {"aflw2000_16", 4.5, 3}} {
		for _, angle := range []struct {
			name string
			of   func(face.Pose) float32
		}{
			{"yaw", func(p face.Pose) float32 { return p.Yaw }},
			{"pitch", func(p face.Pose) float32 { return p.Pitch }},
			{"roll", func(p face.Pose) float32 { return p.Roll }},
		} {
			m := measure{
				name: angle.name, set: s.set, mode: analysis.Default, want: face.PoseAngles, chosen: chosenPose,
				truth: func(l *label) (observation, bool) { return observation{truth: 1}, l.hasPose },
				answer: func(l *label, f *face.Face, o *observation) {
					o.said, o.value = 1, float64(angle.of(f.Pose)-angle.of(l.pose))
				},
				rows: []row{meanSize(angle.name+", mean error", degrees, nil)},
			}
			if angle.name == "yaw" {
				m.rows[0] = m.rows[0].limits(s.least, s.aim)
			}
			out = append(out, m)
		}
	}
	return inSection("Pose", out)
}
