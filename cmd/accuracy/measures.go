package main

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"semblance/analysis"
	"semblance/internal/face"
)

// A measure is a set of labelled pictures and what is asked of each label there. To measure
// something new, add one to the list that measures returns.
type measure struct {
	section string // of the table
	name    string // what is measured, unique together with set and mode
	set     string // several are joined by " and "
	mode    analysis.Mode
	sides   bool // some faces of the set are shown in several sizes (small.go)
	want    face.Features

	// truth returns the observation that a label begins; false if the label does not speak
	// about it. answer completes it with what was found; it is not called for a face that
	// was not found or that lacks the feature.
	truth  func(*label) (observation, bool)
	answer func(*label, *face.Face, *observation)
	// whole takes the place of the two where a whole picture is asked. How many observations
	// it returns must not depend on the analysis.
	whole func(*picture, *face.Analysis) []observation

	rows    []row
	classes []string // names of truth and said, if the table is to show who was taken for whom
	chosen  string   // which constant was fitted or chosen on the set; "" if it is held out
}

// sets returns the sets of a measure.
func (m *measure) sets() []string { return strings.Split(m.set, " and ") }

// key tells measures apart.
func (m *measure) key() string { return fmt.Sprintf("%s %s %v", m.name, m.set, m.mode) }

// observe returns what an analysis says of each label of a picture that speaks about it.
func (m *measure) observe(p *picture, a *face.Analysis) []observation {
	var out []observation
	if m.whole != nil {
		out = m.whole(p, a)
	} else {
		for i, f := range partners(p, a) {
			l := &p.labels[i]
			o, ok := m.truth(l)
			if !ok {
				continue
			}
			o.said, o.value = missing, math.NaN()
			if f != nil && f.Lacks&m.want == 0 {
				m.answer(l, f, &o)
			}
			out = append(out, o)
		}
	}
	for i := range out {
		out[i].picture = p.name
		if m.sides {
			out[i].groups = append(out[i].groups, sideName(p.side))
		}
	}
	return out
}

// measures returns everything that is measured, in the order of the table.
func measures() []measure {
	return slices.Concat(detection(), landmarks(), poses(), smiles(), eyes(), genders(), ethnicities(), ages(), emotions(), glasses(), hair(), smallFaces())
}

// What is said of sets that are not held out.
const (
	chosenDetector = "partly not held out: the detector's thresholds"
	chosenOutline  = "looked at when jaw and brows were drawn"
	chosenPose     = "not held out: scale and zero of the angles"
	chosenSmile    = "partly not held out: of two fits of the smile this one was kept"
	chosenEyes     = "partly not held out: of three calibrations this one was kept"
	chosenEmotion  = "not held out: the emotions' temperature"
	chosenAge      = "not held out: the age's blend"
	chosenSure     = "not held out: the threshold"
	chosenHair     = "looked at when the crop for hair was chosen, and when hair_224 was"
	chosenColor    = "partly not held out: none of these heads was fitted on, but other heads of their sets chose among fits and how sure words may be, and rules for other words were tried on these"
	chosenSecond   = "not held out, as above; these labels were made after the first figure was known to be missed"
)

func inSection(name string, list []measure) []measure {
	for i := range list {
		list[i].section = name
	}
	return list
}
