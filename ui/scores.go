package ui

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"

	"semblance/internal/face"
	"semblance/ui/widgets"
)

// scores is a section of the card with a bar for each class of a feature.
type scores struct {
	section *widgets.Section
	title   string
	feature face.Features
	bars    []*widgets.ScoreBar
}

func newScores(title string, feature face.Features, n int, correct func(face.Features, fyne.Position)) *scores {
	s := &scores{title: title, feature: feature}
	tapped := func(at fyne.Position) {
		if correct != nil {
			correct(feature, at)
		}
	}
	rows := make([]fyne.CanvasObject, n)
	for i := range n {
		b := widgets.NewScoreBar()
		b.OnTapped = tapped
		s.bars = append(s.bars, b)
		rows[i] = b
	}
	s.section = widgets.NewSection(title, rows...)
	s.section.SetAction(newArrow(tapped))
	return s
}

// show lists the classes, the most probable first, of a feature that was looked for. When the best one is
// unsure the title says so and no class is emphasised, as none is of what may be no face. What a person said
// comes first, before what the networks say.
func (s *scores) show(have face.Features, t face.Thresholds, f *face.Face) {
	setVisible(s.section, have.Has(s.feature))
	heading, seen, how := s.title, f, standingOf(f, s.feature, t)
	said, _ := f.Edit.Said.Of(s.feature)
	switch how {
	case isSure:
	case isUnsure:
		heading += "   " + unsureWords
	case isSmall:
		heading, seen = heading+"   "+tooSmallWords, nil
	case isMissing:
		heading, seen = heading+"   "+missingWords, nil
	case isEdited:
		heading += "   " + editedWords
		if seen = f.Model; seen != nil && seen.Lacks.Has(s.feature) {
			seen = nil
		}
	}
	s.section.SetTitle(heading)
	var rows []likely
	if seen != nil {
		rows = likelihoods(s.feature, seen)
	}
	if how == isEdited {
		at := slices.IndexFunc(rows, func(l likely) bool { return l.value == said })
		own := likely{value: said}
		if at >= 0 {
			own = rows[at]
			rows = slices.Delete(rows, at, at+1)
		}
		rows = slices.Insert(rows, 0, own)
	}
	for i, b := range s.bars {
		setVisible(b, i < len(rows))
		if i >= len(rows) {
			continue
		}
		l := rows[i]
		e := widgets.Plain
		switch {
		case how == isEdited && i == 0:
			b.Set(valueTitle(s.feature, l.value), "by you"+modelPart(seen, l.p), 1, widgets.Strong)
			continue
		case f.Doubtful(), how != isSure, l.p < .01:
			e = widgets.Weak
		case i == 0:
			e = widgets.Strong
		}
		b.Set(valueTitle(s.feature, l.value), percent(l.p), l.p, e)
	}
}

// modelPart says the networks' probability of what a person said, if they say anything.
func modelPart(seen *face.Face, p float32) string {
	if seen == nil {
		return ""
	}
	return fmt.Sprintf(" · model %.1f %%", p*100)
}
