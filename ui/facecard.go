package ui

import (
	"fmt"
	"image"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"

	"semblance/internal/face"
	"semblance/ui/widgets"
)

// faceCard says everything about one face of the current photo.
type faceCard struct {
	object    fyne.CanvasObject
	head      *fyne.Container
	title     *canvas.Text
	step      fyne.CanvasObject
	crop      *canvas.Image
	gender    *canvas.Text
	age       *canvas.Text
	ageRange  *canvas.Text
	verdict   *verdictBox
	emotion   *scores
	ethnicity *scores
	facts     *factTable
	geometry  *widgets.Section // the section of facts
	quality   *factTable
	culling   fyne.CanvasObject // the section of quality
	body      *fyne.Container
	empty     fyne.CanvasObject
	emptyText *canvas.Text
}

// scores is a section of bars, one a class.
type scores struct {
	section *widgets.Section
	title   string
	bars    []*widgets.ScoreBar
}

func newScores(title string, n int) *scores {
	s := &scores{title: title}
	rows := make([]fyne.CanvasObject, n)
	for i := range n {
		b := widgets.NewScoreBar()
		s.bars = append(s.bars, b)
		rows[i] = b
	}
	s.section = widgets.NewSection(title, rows...)
	return s
}

// show lists the classes, the most probable first. When the best one is unsure
// the title says so and no class is emphasised, as none is of what may be no face.
func (s *scores) show(names []string, p []float32, sure, doubtful bool) {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case p[a] > p[b]:
			return -1
		case p[a] < p[b]:
			return 1
		}
		return 0
	})
	heading := s.title
	if !sure {
		heading += "   unsure"
	}
	s.section.SetTitle(heading)
	for i, k := range order {
		e := widgets.Plain
		switch {
		case doubtful, !sure, p[k] < .01:
			e = widgets.Weak
		case i == 0:
			e = widgets.Strong
		}
		s.bars[i].Set(names[k], percent(p[k]), p[k], e)
	}
}

const cropSide = 92

func newFaceCard(step func(int), judge func(face.Verdict)) *faceCard {
	c := &faceCard{
		title: smallText("", grey(0x9A)), crop: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest, CornerRadius: 4},
		gender: canvas.NewText("", grey(0xD6)), age: canvas.NewText("", grey(0xD6)), ageRange: smallText("", grey(0x90)), verdict: newVerdictBox(judge),
		emotion: newScores("EMOTION", face.NumEmotions), ethnicity: newScores("APPARENT ETHNICITY", face.NumEthnicities),
		facts: newFactTable(), quality: newFactTable(), emptyText: smallText("", grey(0x90)),
	}
	c.title.TextStyle.Bold = true
	c.gender.TextSize, c.age.TextSize = 15, 15
	c.gender.TextStyle.Bold = true
	c.crop.SetMinSize(fyne.NewSquareSize(cropSide))
	c.step = container.NewHBox(
		widgets.NewToolButton("", theme.NavigateBackIcon(), func() { step(-1) }),
		widgets.NewToolButton("", theme.NavigateNextIcon(), func() { step(1) }))
	c.head = container.New(layout.NewCustomPaddedLayout(4, 2, 10, 6),
		container.NewBorder(nil, nil, container.NewCenter(c.title), c.step))
	words := container.New(layout.NewCustomPaddedVBoxLayout(3), c.gender, c.age, c.ageRange)
	c.geometry = widgets.NewSection("", c.facts)
	c.culling = widgets.NewSection("EYES · QUALITY", c.quality)
	c.body = container.New(layout.NewCustomPaddedVBoxLayout(3),
		container.New(layout.NewCustomPaddedLayout(2, 4, 10, 8),
			container.NewBorder(nil, nil, c.crop, nil, container.New(layout.NewCustomPaddedLayout(2, 0, 8, 0), words))),
		c.verdict.object,
		c.emotion.section, c.ethnicity.section,
		c.culling, c.geometry)
	c.empty = container.New(layout.NewCustomPaddedLayout(4, 10, 12, 10), c.emptyText)
	c.object = container.New(layout.NewCustomPaddedVBoxLayout(0), c.head, c.empty, c.body)
	c.showNothing("")
	return c
}

// showNothing says why there is no face to show.
func (c *faceCard) showNothing(why string) {
	c.title.Text = "FACE"
	c.emptyText.Text = why
	c.crop.Image = nil
	c.body.Hide()
	c.step.Hide()
	c.empty.Show()
	c.object.Refresh()
}

// setPlace names the face that show shows by its number, and says where it is among those
// that the steps go through.
func (c *faceCard) setPlace(p cardPlace) {
	c.title.Text = p.String()
	setVisible(c.step, p.of > 1 || p.at == 0)
}

// show shows face i of a.
func (c *faceCard) show(a *face.Analysis, i int) {
	f := &a.Faces[i]
	have := a.Have &^ f.Lacks
	sure := face.DefaultThresholds().Sure(f)
	set := func(t *canvas.Text, words string, sure bool) {
		t.Text, t.Color = words, grey(0xD6)
		if !sure || f.Doubtful() {
			t.Color = grey(0x80)
		}
		setVisible(t, words != "")
	}
	set(c.gender, "", true)
	if have.Has(face.GenderClasses) {
		if g, _ := f.Gender.Top(); sure.Has(face.GenderClasses) {
			set(c.gender, fmt.Sprintf("%s  %.0f %%", className("gender", g.String()), f.Gender.Of(g)*100), true)
		} else {
			set(c.gender, "Gender unsure", false)
		}
	}
	set(c.age, "", true)
	set(c.ageRange, "", true)
	if have.Has(face.AgeYears) {
		if sure.Has(face.AgeYears) {
			set(c.age, fmt.Sprintf("Age %d", f.Age.Floor()), true)
		} else {
			set(c.age, "Age unsure", false)
		}
		c.ageRange.Text = fmt.Sprintf("apparent · 80 %%: %.0f – %.0f", f.Age.Low, f.Age.High)
		c.ageRange.Color = grey(0x90)
		c.ageRange.Show()
	}
	c.verdict.show(f, have&^face.BoundsBox != 0)
	c.showScores(have, sure, f)
	c.showFacts(have, sure, f)
	c.empty.Hide()
	c.body.Show()
	c.object.Refresh()
}

func (c *faceCard) showScores(have, sure face.Features, f *face.Face) {
	setVisible(c.emotion.section, have.Has(face.EmotionClasses))
	if have.Has(face.EmotionClasses) {
		names := make([]string, face.NumEmotions)
		for e := range face.Emotion(face.NumEmotions) {
			names[e] = className("emotion", e.String())
		}
		c.emotion.show(names, f.Emotion[:], sure.Has(face.EmotionClasses), f.Doubtful())
	}
	setVisible(c.ethnicity.section, have.Has(face.EthnicityClasses))
	if have.Has(face.EthnicityClasses) {
		names := make([]string, face.NumEthnicities)
		for e := range face.Ethnicity(face.NumEthnicities) {
			names[e] = className("ethnicity", (e + 1).String())
		}
		c.ethnicity.show(names, f.Ethnicity[:], sure.Has(face.EthnicityClasses), f.Doubtful())
	}
}

func (c *faceCard) showFacts(have, sure face.Features, f *face.Face) {
	var facts []fact
	if have.Has(face.PoseAngles) {
		facts = append(facts, fact{name: "Roll / pitch / yaw", value: fmt.Sprintf("%s / %s / %s", degrees(f.Pose.Roll), degrees(f.Pose.Pitch), degrees(f.Pose.Yaw))})
		facts = append(facts, fact{name: "Stands", value: stands(f.Turn)}) // upright: no line
	}
	if have.Has(face.Smiling) {
		smiles, p := f.Smiles()
		words := "no"
		if smiles {
			words = "yes"
		}
		if !sure.Has(face.Smiling) {
			facts = append(facts, fact{name: "Smile", value: "unsure", weak: true})
		} else {
			facts = append(facts, fact{name: "Smile", value: fmt.Sprintf("%s  %.0f %%", words, p*100)})
		}
	}
	if f.Scored() {
		facts = append(facts, fact{name: "Detector's score", value: fmt.Sprintf("%.3f", f.Score), warn: f.Doubtful()})
	}
	facts = append(facts, fact{name: "Box", value: fmt.Sprintf("%.0f × %.0f px", f.Box.W(), f.Box.H())})
	heading := "POSE · SMILE"
	if !have.Has(face.PoseAngles) && !have.Has(face.Smiling) { // a box that nobody has looked at yet
		heading = "BOX"
	}
	c.geometry.SetTitle(heading)
	c.facts.show(facts)
	quality := qualityFacts(have, face.DefaultThresholds(), f)
	c.quality.show(quality)
	setVisible(c.culling, len(quality) > 0)
}

// setCrop shows the picture of the face.
func (c *faceCard) setCrop(p *image.RGBA) {
	if p == nil {
		c.crop.Image = nil
	} else {
		c.crop.Image = p
	}
	c.crop.Refresh()
}

// stands says how a head is turned that does not stand upright; the angles of its pose are
// those of the picture turned back.
func stands(quarters uint8) string {
	return [...]string{"", "on its side, 90° clockwise", "upside down", "on its side, 90° anticlockwise"}[quarters%4]
}

// degrees prints an angle in full degrees, with a real minus sign.
func degrees(a float32) string {
	switch whole := math.Round(float64(a)); {
	case whole < 0:
		return fmt.Sprintf("−%.0f°", -whole)
	case whole == 0:
		return "0°" // of a negative zero too
	default:
		return fmt.Sprintf("%.0f°", whole)
	}
}
