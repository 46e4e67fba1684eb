package ui

import (
	"fmt"
	"image"
	"math"

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
	name      *headline
	gender    *headline
	age       *headline
	verdict   *verdictBox
	emotion   *scores
	ethnicity *scores
	looks     *factTable // smile, glasses, hair
	looking   *widgets.Section
	facts     *factTable
	geometry  *widgets.Section // the section of facts
	quality   *factTable
	former    *factTable
	before    *widgets.Section  // of former
	culling   fyne.CanvasObject // the section of quality
	body      *fyne.Container
	empty     fyne.CanvasObject
	emptyText *canvas.Text
	sure      face.Thresholds // which values are sure
}

const cropSide = 92

// newFaceCard makes the card. A click on a value calls correct with what it is about and the place of the click
// on the window, a click on the name name.
func newFaceCard(step func(int), judge func(face.Verdict), correct func(face.Features, fyne.Position), name func()) *faceCard {
	c := &faceCard{
		title: smallText("", grey(0x9A)), crop: &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleFastest, CornerRadius: 4},
		name:   newHeadline(0, true, func(face.Features, fyne.Position) { name() }),
		gender: newHeadline(face.GenderClasses, true, correct), age: newHeadline(face.AgeYears, false, correct), verdict: newVerdictBox(judge),
		emotion:   newScores("EMOTION", face.EmotionClasses, face.NumEmotions, correct),
		ethnicity: newScores("APPARENT ETHNICITY", face.EthnicityClasses, face.NumEthnicities, correct),
		looks:     newFactTable(), facts: newFactTable(), quality: newFactTable(), former: newFactTable(), emptyText: smallText("", grey(0x90)),
		sure: face.DefaultThresholds(),
	}
	c.title.TextStyle.Bold = true
	c.looks.correct, c.quality.correct = correct, correct
	c.crop.SetMinSize(fyne.NewSquareSize(cropSide))
	c.step = container.NewHBox(
		widgets.NewToolButton("", theme.NavigateBackIcon(), func() { step(-1) }),
		widgets.NewToolButton("", theme.NavigateNextIcon(), func() { step(1) }))
	c.head = container.New(layout.NewCustomPaddedLayout(4, 2, 10, 6),
		container.NewBorder(nil, nil, container.NewCenter(c.title), c.step))
	words := container.New(layout.NewCustomPaddedVBoxLayout(2), c.name, c.gender, c.age)
	c.looking = widgets.NewSection("SMILE · GLASSES · HAIR", c.looks)
	c.geometry = widgets.NewSection("", c.facts)
	c.before = widgets.NewSection("", c.former)
	c.culling = widgets.NewSection("EYES · QUALITY", c.quality)
	c.body = container.New(layout.NewCustomPaddedVBoxLayout(3),
		container.New(layout.NewCustomPaddedLayout(2, 4, 10, 8),
			container.NewBorder(nil, nil, c.crop, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 6, 0), words))),
		c.verdict.object,
		c.emotion.section, c.looking, c.culling, c.ethnicity.section, c.geometry, c.before)
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
	have := a.Have
	c.showName(f)
	c.showGender(have, f)
	c.showAge(have, f)
	c.verdict.show(f, have&^f.Lacks&^face.BoundsBox != 0)
	c.emotion.show(have, c.sure, f)
	c.ethnicity.show(have, c.sure, f)
	c.showFacts(have, f)
	c.empty.Hide()
	c.body.Show()
	c.object.Refresh()
}

// showName shows whose face it is, as the headline of the card.
func (c *faceCard) showName(f *face.Face) {
	c.name.text.TextSize, c.name.text.TextStyle.Bold = headlineSize, true
	if f.Edit.Name == "" {
		c.name.text.TextSize, c.name.text.TextStyle.Bold = 12, false
		c.name.show("Name… (I)", true, false)
		return
	}
	c.name.show(f.Edit.Name, false, false)
}

func (c *faceCard) showGender(have face.Features, f *face.Face) {
	if !have.Has(face.GenderClasses) {
		c.gender.show("", false, false)
		return
	}
	// What a person said is not apparent: only what a network sees is called so.
	switch standingOf(f, face.GenderClasses, c.sure) {
	case isEdited:
		c.gender.show(capital(topWords(face.GenderClasses, f)), f.Doubtful(), true, editedWords, "model: "+modelWords(face.GenderClasses, f))
	case isSmall:
		c.gender.show("Gender", true, false, tooSmallWords)
	case isMissing:
		c.gender.show("Gender", true, false, missingWords)
	case isUnsure:
		c.gender.show("Gender unsure", true, false, "apparent: "+modelWords(face.GenderClasses, f)) // the other one has the rest
	case isSure:
		c.gender.show(capital(topWords(face.GenderClasses, f)), f.Doubtful(), false, "apparent gender")
	}
}

func (c *faceCard) showAge(have face.Features, f *face.Face) {
	if !have.Has(face.AgeYears) {
		c.age.show("", false, false)
		return
	}
	spread := fmt.Sprintf("apparent age · 80 %%: %.0f – %.0f", f.Age.Low, f.Age.High)
	switch standingOf(f, face.AgeYears, c.sure) {
	case isEdited:
		c.age.show(fmt.Sprintf("Age %d", f.Age.Floor()), f.Doubtful(), true, editedWords, "model: "+modelWords(face.AgeYears, f))
	case isSmall:
		c.age.show("Age", true, false, tooSmallWords)
	case isMissing:
		c.age.show("Age", true, false, missingWords)
	case isUnsure:
		c.age.show("Age unsure", true, false, spread, bandWords(f.Age))
	case isSure:
		c.age.show(fmt.Sprintf("Age %d", f.Age.Floor()), f.Doubtful(), false, spread, bandWords(f.Age))
	}
}

// bandWords says the most probable band of ages: "30 – 39  58 %".
func bandWords(a face.Age) string {
	best := 0
	for i, p := range a.Bands {
		if p > a.Bands[best] {
			best = i
		}
	}
	if a.Bands[best] == 0 {
		return "" // an analysis from before there were bands
	}
	starts := face.AgeBandStarts()
	words := fmt.Sprintf("%d and more", starts[best])
	if best+1 < len(starts) {
		words = fmt.Sprintf("%d – %d", starts[best], starts[best+1]-1)
	}
	return fmt.Sprintf("most likely %s: %.0f %%", words, a.Bands[best]*100)
}

func (c *faceCard) showFacts(have face.Features, f *face.Face) {
	looks := lookFacts(have, c.sure, f)
	c.looks.show(looks)
	setVisible(c.looking, len(looks) > 0)
	var facts []fact
	if (have &^ f.Lacks).Has(face.PoseAngles) {
		facts = append(facts, fact{name: "Roll / pitch / yaw", value: fmt.Sprintf("%s / %s / %s", degrees(f.Pose.Roll), degrees(f.Pose.Pitch), degrees(f.Pose.Yaw))})
		facts = append(facts, fact{name: "Stands", value: stands(f.Turn)}) // upright: no line
	}
	if f.Scored() {
		facts = append(facts, fact{name: "Detector's score", value: fmt.Sprintf("%.3f", f.Score), warn: f.Doubtful()})
	}
	facts = append(facts, fact{name: "Box", value: fmt.Sprintf("%.0f × %.0f px", f.Box.W(), f.Box.H())})
	heading := "POSE"
	if !(have &^ f.Lacks).Has(face.PoseAngles) { // a box that nobody has looked at yet
		heading = "BOX"
	}
	c.geometry.SetTitle(heading)
	c.facts.show(facts)
	quality := qualityFacts(have, c.sure, f)
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
