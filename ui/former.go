package ui

import (
	"semblance/internal/face"
	"semblance/internal/library"
)

// formerFacts are the lines about what the analysis before this one, by other networks, said differently of the face with a number; none where
// it said the same.
func formerFacts(p *library.Photo, number uint32) []fact {
	if p.Former == nil || p.Found == nil {
		return nil
	}
	var facts []fact
	for _, d := range face.Compare(&p.Former.Analysis, p.Found) {
		switch {
		case d.Number != number:
		case d.Feature == face.BoundsBox && d.Before == face.Absent:
			facts = append(facts, fact{name: "Face", value: "not found", weak: true})
		case d.Feature == face.BoundsBox:
			facts = append(facts, fact{name: "Face", value: "found", weak: true})
		case d.Before == face.Absent:
			facts = append(facts, fact{name: fieldOf(d.Feature).Title, value: missingWords, weak: true})
		default:
			facts = append(facts, fact{name: fieldOf(d.Feature).Title, value: valueWord(d.Feature, d.Before), weak: true})
		}
	}
	return facts
}

// showFormer shows what the former analysis said differently of a face, if it did.
func (c *faceCard) showFormer(p *library.Photo, number uint32) {
	facts := formerFacts(p, number)
	c.former.show(facts)
	if len(facts) > 0 {
		c.before.SetTitle("BEFORE · " + p.Former.Analysed.Local().Format("2006-01-02"))
	}
	setVisible(c.before, len(facts) > 0)
}
