package main

import (
	"math"

	"semblance/analysis"
	"semblance/internal/face"
)

func detection() []measure {
	rows := []row{found("found", nil).limits(.98, .99)}
	wrong := []row{falseOfAll("false boxes, of all", nil).limits(.01, .003)}
	for _, w := range widths {
		in := func(o *observation) bool { return o.in(w) }
		rows = append(rows, found("found, faces "+w, in))
		wrong = append(wrong, falseOfAll("false boxes, of those "+w, in))
	}
	rows = append(rows, foundOrDoubtful(), overlap().limits(.80, .88))
	var out []measure
	add := func(m measure) { out = append(out, m) }
	for _, mode := range []analysis.Mode{analysis.Fast, analysis.Default} {
		add(measure{
			name: "faces", set: "groups_hand", mode: mode, whole: observeFaces, chosen: chosenDetector,
			rows: rows,
		})
		add(measure{
			name: "false boxes", set: "groups_hand", mode: mode, whole: observeFalseByWidth, chosen: chosenDetector,
			rows: wrong,
		})
	}
	add(measure{
		name: "false boxes", set: "noface_hand", mode: analysis.Default, whole: observeFalse(false), chosen: chosenDetector,
		rows: []row{perHundred("false boxes per 100 photos").limits(12, 3)},
	})
	add(measure{
		name: "doubtful boxes", set: "noface_hand", mode: analysis.Default, whole: observeFalse(true), chosen: chosenDetector,
		rows: []row{perHundred("doubtful boxes per 100 photos")},
	})
	for _, s := range []string{"afw", "helen_test", "dlib_faces", "aflw2000_16", "genki4k", "celeb1k_test", "lfw_hair_test"} {
		m := measure{name: "faces", set: s, mode: analysis.Default, whole: observeFaces, rows: []row{found("found", nil), foundOrDoubtful()}}
		if s == "aflw2000_16" || s == "helen_test" {
			m.chosen = "looked at when the detector was made"
		}
		add(m)
	}
	return inSection("Detection", out)
}

// widths are the classes of labelled faces by the width of their boxes in the photo.
var widths = [...]string{"below 20 px", "of 20-39 px", "of 40-79 px", "from 80 px"}

func widthOf(b face.Box) string {
	switch w := b.W(); {
	case w < 20:
		return widths[0]
	case w < 40:
		return widths[1]
	case w < 80:
		return widths[2]
	}
	return widths[3]
}

// What observeFaces says of a labelled face; its truth is always accepted.
const (
	doubtful = 0
	accepted = 1
)

// observeFaces says of every labelled face whether it was found, or found with doubt. The value
// is the IoU with a labelled box, in percent.
func observeFaces(p *picture, a *face.Analysis) []observation {
	found := partners(p, a)
	// Who was not found may be among the doubtful.
	var rest picture
	for i, l := range p.labels {
		if found[i] == nil {
			rest.labels = append(rest.labels, l)
		}
	}
	var unsure []*face.Face
	for i := range a.Faces {
		if f := &a.Faces[i]; f.Doubtful() {
			unsure = append(unsure, f)
		}
	}
	perhaps := pair(&rest, a, unsure)
	var out []observation
	for i, l := range p.labels {
		o := observation{truth: accepted, said: missing, value: math.NaN()}
		if found[i] != nil {
			o.said = accepted
			if !l.box.Empty() {
				o.value = 100 * float64(l.box.IoU(found[i].Box))
			}
		} else {
			if perhaps[0] != nil {
				o.said = doubtful
			}
			perhaps = perhaps[1:]
		}
		if l.ignore {
			continue
		}
		if !l.box.Empty() {
			o.groups = []string{widthOf(l.box)}
		}
		out = append(out, o)
	}
	return out
}

// boxesOf returns the accepted or the doubtful boxes of a photo, and those of them that are no
// labelled face.
func boxesOf(p *picture, a *face.Analysis, ofDoubtful bool) (all, wrong []face.Box) {
	var faces []*face.Face
	for i := range a.Faces {
		if f := &a.Faces[i]; f.Doubtful() == ofDoubtful {
			faces = append(faces, f)
		}
	}
	labelled := map[*face.Face]bool{}
	if !p.labels[0].box.Empty() { // else it is a photo without a face
		for _, f := range pair(p, a, faces) {
			labelled[f] = true
		}
	}
	for _, f := range faces {
		all = append(all, f.Box)
		if !labelled[f] {
			wrong = append(wrong, f.Box)
		}
	}
	return all, wrong
}

// observeFalse counts the boxes of a photo that are no labelled face, accepted or doubtful
// ones: value are the false ones, count all. It says nothing of a photo that is not
// completely labelled.
func observeFalse(ofDoubtful bool) func(*picture, *face.Analysis) []observation {
	return func(p *picture, a *face.Analysis) []observation {
		if !p.labels[0].complete {
			return nil
		}
		all, wrong := boxesOf(p, a, ofDoubtful)
		return []observation{{value: float64(len(wrong)), count: len(all)}}
	}
}

// observeFalseByWidth is observeFalse of accepted boxes, for each class of widths.
func observeFalseByWidth(p *picture, a *face.Analysis) []observation {
	if !p.labels[0].complete {
		return nil
	}
	all, wrong := boxesOf(p, a, false)
	of := func(boxes []face.Box, width string) (n int) {
		for _, b := range boxes {
			if widthOf(b) == width {
				n++
			}
		}
		return n
	}
	var out []observation
	for _, w := range widths {
		out = append(out, observation{groups: []string{w}, value: float64(of(wrong, w)), count: of(all, w)})
	}
	return out
}
