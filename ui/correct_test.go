package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/ui/widgets"
)

// items returns the labels of what can be said about a feature of the chosen face.
func (f *fixture) items(feature face.Features) []string {
	var labels []string
	for _, i := range f.corrections(feature, f.chosenFace()) {
		labels = append(labels, i.Label)
	}
	return labels
}

// choose runs an item of the menu of a feature.
func (f *fixture) choose(feature face.Features, label string) {
	f.t.Helper()
	for _, i := range f.corrections(feature, f.chosenFace()) {
		if strings.HasPrefix(i.Label, label) {
			i.Action()
			f.settle()
			return
		}
	}
	f.t.Fatalf("no item %q in %q", label, f.items(feature))
}

// A value is corrected, filters and counts follow, it is undone and reverted.
func TestCorrectAValue(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false) // a.jpg: a happy woman
	f.card.emotion.bars[3].OnTapped(fyne.NewPos(300, 300))
	menu := f.win.Canvas().Overlays().Top()
	if menu == nil {
		t.Fatal("a click on a bar opens no menu")
	}
	f.win.Canvas().Overlays().Remove(menu)
	if got := f.corrections(face.EmotionClasses, f.chosenFace())[0]; got.Label != "Happy" || !got.Checked {
		t.Errorf("the first item is %q, checked %v", got.Label, got.Checked)
	}
	f.choose(face.EmotionClasses, "Sad")
	if got := f.card.emotion.section.Title(); got != "EMOTION   edited by you" {
		t.Errorf("the title is %q", got)
	}
	bar := f.card.emotion.bars[0]
	if label, value := bar.Texts(); label != "Sad" || value != "by you · model 0.0 %" || bar.Emphasis() != widgets.Strong {
		t.Errorf("the first bar is %q %q", label, value)
	}
	if label, value := f.card.emotion.bars[1].Texts(); label != "Happy" || value != "90.0 %" || f.card.emotion.bars[1].Emphasis() != widgets.Weak {
		t.Errorf("what the model said is shown as %q %q", label, value)
	}
	if f.count("emotion", "happy") != "1" || f.count("emotion", "sad") != "2" {
		t.Errorf("%s happy, %s sad, want 1 and 2", f.count("emotion", "happy"), f.count("emotion", "sad"))
	}
	if got := f.status.said.Text; got != "Face 1, emotion: sad. Edited by you; Ctrl+Z takes it back." {
		t.Errorf("the status bar says %q", got)
	}
	f.undo()
	f.settle()
	if got := f.card.emotion.section.Title(); got != "EMOTION" || f.count("emotion", "happy") != "2" {
		t.Errorf("after undoing %q, %s happy", got, f.count("emotion", "happy"))
	}
	f.redo()
	f.settle()
	f.choose(face.EmotionClasses, "Back to the model's: happy 90 %")
	if got := f.card.emotion.section.Title(); got != "EMOTION" || f.status.said.Text != "Face 1, emotion: as the model sees it again." {
		t.Errorf("after reverting %q, status bar %q", got, f.status.said.Text)
	}
}

// Every value that can be corrected is, from its menu, and says so.
func TestEveryValueCanBeCorrected(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	for _, tt := range []struct {
		feature face.Features
		item    string
		want    string // what the card says then
	}{
		{face.GenderClasses, "Man", "Man\nedited by you\nmodel: woman 100 %"},
		{face.Smiling, "Not smiling", "no / edited by you · model: yes 90 %"},
		{face.EyeStates, "Eyes closed", "closed / edited by you · model: open 97 %"},
		{face.Lighting, "Overexposed", "overexposed · mean 120 of 255 / edited by you · model: balanced"},
		{face.Blurriness, "Blurry", "blurry / edited by you · model: sharp"},
	} {
		f.choose(tt.feature, tt.item)
		if got := f.said(tt.feature); got != tt.want {
			t.Errorf("%v: the card says %q, want %q", tt.feature, got, tt.want)
		}
	}
	f.correct(f.current, 1, face.AgeYears, 7)
	f.settle()
	if got := f.card.age.words(); got != "Age 7\nedited by you\nmodel: 34 (29 – 39)" {
		t.Errorf("the card says %q", got)
	}
	for range 6 {
		f.undo()
	}
	f.settle()
	if f.chosenFace().Edited() || f.chosenFace().Model != nil {
		t.Error("undoing leaves something")
	}
}

// said returns what the card says of a feature.
func (f *fixture) said(feature face.Features) string {
	if feature == face.GenderClasses {
		return f.card.gender.words()
	}
	for _, table := range []*factTable{f.card.looks, f.card.quality} {
		for _, line := range table.facts {
			if line.feature == feature && line.more != "" {
				return line.value + " / " + line.more
			} else if line.feature == feature {
				return line.value
			}
		}
	}
	return ""
}

func TestAgeIsTyped(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	f.correctAt(face.AgeYears, fyne.NewPos(10, 10))
	years, ok := f.win.Canvas().Focused().(*entry)
	if !ok || years.Text != "34" {
		t.Fatalf("the keyboard is at %T", f.win.Canvas().Focused())
	}
	for _, wrong := range []string{"", "old", "-1", "121", "3.5"} {
		years.SetText(wrong)
		years.OnSubmitted(wrong)
		if f.win.Canvas().Overlays().Top() == nil {
			t.Fatalf("%q was taken for an age", wrong)
		}
	}
	// Shortcuts of the menu are the text's, or nobody's, while the dialog is open.
	for _, c := range f.commands {
		switch c.title {
		case "Undo", "Select All", "Clear Filter":
			f.menuItem(&c).Action()
		}
	}
	f.settle()
	if selected := f.grid.Selected(); len(selected) > 1 || f.status.said.Text == "Nothing to undo." {
		t.Errorf("behind the dialog %d photos are selected, and the status bar says %q", len(selected), f.status.said.Text)
	}
	years.SetText(" 52 ")
	years.OnSubmitted(years.Text)
	f.settle()
	if f.win.Canvas().Overlays().Top() != nil || f.card.age.text.Text != "Age 52" {
		t.Errorf("the card says %q", f.card.age.words())
	}
	if diff := cmp.Diff([]string{"Apparent age…", "", "Back to the model's: 34 (29 – 39)"}, f.items(face.AgeYears)); diff != "" {
		t.Errorf("items (-want +got):\n%s", diff)
	}
}

// The key offers what the card shows, and needs a face on the screen.
func TestCorrectByKey(t *testing.T) {
	f := newFixture(t)
	f.typed(fyne.KeyW)
	if f.win.Canvas().Overlays().Top() != nil || f.status.said.Text != "No photo is selected whose faces could be corrected." {
		t.Errorf("without a photo the status bar says %q", f.status.said.Text)
	}
	f.grid.MoveTo(0, false)
	f.typed(fyne.KeyW)
	menu, ok := f.win.Canvas().Focused().(*widget.PopUpMenu)
	if !ok {
		t.Fatalf("the keyboard is at %T", f.win.Canvas().Focused())
	}
	for _, k := range []fyne.KeyName{fyne.KeyDown, fyne.KeyRight, fyne.KeyDown, fyne.KeyReturn} { // gender: the second value
		menu.TypedKey(&fyne.KeyEvent{Name: k})
	}
	f.settle()
	if got := f.card.gender.text.Text; got != "Man" {
		t.Errorf("the card says %q", f.card.gender.words())
	}
}

// The lines of glasses and hair in every standing.
func TestLookFacts(t *testing.T) {
	base := person(1, face.BoxAt(0, 0, 50, 60), face.Happy, face.Woman, 30)
	glasses := func(p ...float32) func(*face.Face) { return func(f *face.Face) { f.Eyewear = face.Eyewear(p) } }
	said := func(feature face.Features, value int) func(*face.Face) {
		return func(f *face.Face) {
			a := &face.Analysis{W: 100, H: 100, Have: face.AllFeatures, Faces: []face.Face{*f}}
			var e face.Edits
			if err := e.Correct(a, f.Number, feature, value); err != nil {
				t.Fatal(err)
			}
			*f = face.Apply(a, &e).Faces[0]
		}
	}
	brown := swatchOf([3]uint8{90, 60, 40})
	for _, tt := range []struct {
		name   string
		change func(*face.Face)
		have   face.Features
		want   []fact
	}{
		{"nothing looked for", func(*face.Face) {}, face.BoundsBox, nil},
		{"sure", func(*face.Face) {}, face.GlassesWorn | face.HairShape, []fact{
			{name: "Glasses", value: "none  97 %", feature: face.GlassesWorn},
			{name: "Hair", value: "brown  #5a3c28", swatch: brown, feature: face.HairShape},
		}},
		{"unsure", glasses(.5, .45, .05, 0), face.GlassesWorn, []fact{
			{name: "Glasses", value: "unsure", more: "none 50 % · glasses 45 % · sunglasses 5 %", weak: true, feature: face.GlassesWorn},
		}},
		{"too small", func(f *face.Face) { f.Lacks, f.Small = face.AllFeatures, face.GlassesWorn|face.HairShape }, face.GlassesWorn | face.HairShape, []fact{
			{name: "Glasses", value: "too small", weak: true, feature: face.GlassesWorn},
			{name: "Hair", value: "too small", weak: true, feature: face.HairShape},
		}},
		{"not known", func(f *face.Face) { f.Lacks = face.AllFeatures }, face.GlassesWorn, []fact{
			{name: "Glasses", value: "not known", weak: true, feature: face.GlassesWorn},
		}},
		{"no hair", func(f *face.Face) { f.Hair = face.Hair{Color: face.NoHair} }, face.HairShape, []fact{
			{name: "Hair", value: "no hair visible", feature: face.HairShape},
		}},
		{"too little hair", func(f *face.Face) { f.Hair.Color, f.Hair.RGB = face.UnknownHair, [3]uint8{} }, face.HairShape, []fact{
			{name: "Hair", value: "colour not known", weak: true, feature: face.HairShape},
		}},
		{"hair corrected", said(face.HairShape, int(face.BlondHair)), face.HairShape, []fact{
			{name: "Hair", value: "blond  #5a3c28", more: "edited by you · model: brown", edited: true, swatch: brown, feature: face.HairShape},
		}},
		{"glasses corrected on a small face", func(f *face.Face) {
			f.Lacks, f.Small = face.GlassesWorn, face.GlassesWorn
			said(face.GlassesWorn, int(face.Sunglasses))(f)
		}, face.GlassesWorn, []fact{
			{name: "Glasses", value: "sunglasses", more: "edited by you · model: too small", edited: true, feature: face.GlassesWorn},
		}},
		{"smile unsure", func(f *face.Face) { f.Smile = .45 }, face.Smiling, []fact{
			{name: "Smile", value: "unsure", more: "no 55 % · yes 45 %", weak: true, feature: face.Smiling},
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := base
			tt.change(&f)
			if diff := cmp.Diff(tt.want, lookFacts(tt.have, face.DefaultThresholds(), &f), cmp.AllowUnexported(fact{})); diff != "" {
				t.Errorf("facts (-want +got):\n%s", diff)
			}
		})
	}
}

// A click on a line is about that line, also below one of two lines.
func TestClickOnALine(t *testing.T) {
	test.NewTempApp(t)
	table := newFactTable()
	var got []face.Features
	table.correct = func(feature face.Features, _ fyne.Position) { got = append(got, feature) }
	table.show([]fact{
		{name: "Glasses", value: "unsure", more: "none 50 %", feature: face.GlassesWorn},
		{name: "Hair", value: "brown", feature: face.HairShape},
		{name: "Box", value: "1"},
	})
	for _, y := range []float32{3, 30, 40, 60, 200} {
		table.Tapped(&fyne.PointEvent{Position: fyne.NewPos(20, y)})
	}
	if diff := cmp.Diff([]face.Features{face.GlassesWorn, face.GlassesWorn, face.HairShape}, got); diff != "" {
		t.Errorf("corrected (-want +got):\n%s", diff)
	}
}

func TestBandWords(t *testing.T) {
	for _, tt := range []struct {
		band int
		want string
	}{{0, "most likely 0 – 2: 60 %"}, {3, "most likely 20 – 29: 60 %"}, {8, "most likely 70 and more: 60 %"}} {
		var a face.Age
		a.Bands[tt.band] = .6
		if got := bandWords(a); got != tt.want {
			t.Errorf("band %d: %q, want %q", tt.band, got, tt.want)
		}
	}
	if got := bandWords(face.Age{Years: 30}); got != "" {
		t.Errorf("without bands %q", got)
	}
}
