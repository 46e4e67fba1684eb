package widgets_test

import (
	"image/color"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"semblance/ui/widgets"
)

func mouseAt(x float32) *desktop.MouseEvent {
	return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 40)}}
}

func dragTo(x float32) *fyne.DragEvent {
	return &fyne.DragEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, 40)}}
}

func TestRangeHistogram(t *testing.T) {
	type rng struct{ lo, hi int }
	// The slider is 222 wide: 100 years on 200 units, which begin at 11.
	at := func(year float32) float32 { return 11 + 2*year }
	tests := []struct {
		name string
		do   func(r *widgets.RangeHistogram)
		want rng
		told int
	}{
		{"a press moves the nearer thumb", func(r *widgets.RangeHistogram) { r.MouseDown(mouseAt(at(30))); r.MouseUp(nil) }, rng{30, 100}, 1},
		{"the other one", func(r *widgets.RangeHistogram) { r.MouseDown(mouseAt(at(80))); r.MouseUp(nil) }, rng{0, 80}, 1},
		{"a drag tells once, at its end", func(r *widgets.RangeHistogram) {
			r.MouseDown(mouseAt(at(0)))
			r.Dragged(dragTo(at(10)))
			r.Dragged(dragTo(at(20)))
			r.MouseUp(nil)
			r.DragEnd()
		}, rng{20, 100}, 1},
		{"thumbs do not pass each other", func(r *widgets.RangeHistogram) {
			r.SetRange(40, 60)
			r.MouseDown(mouseAt(at(41)))
			r.Dragged(dragTo(at(90)))
			r.DragEnd()
		}, rng{60, 60}, 1},
		{"beyond the end", func(r *widgets.RangeHistogram) {
			r.MouseDown(mouseAt(at(95)))
			r.Dragged(dragTo(9999))
			r.DragEnd()
		}, rng{0, 100}, 1},
		{"thumbs that lie on each other part to both sides", func(r *widgets.RangeHistogram) {
			r.SetRange(50, 50)
			r.MouseDown(mouseAt(at(60)))
			r.MouseUp(nil)
		}, rng{50, 60}, 1},
		{"set from outside tells nobody", func(r *widgets.RangeHistogram) { r.SetRange(-5, 30) }, rng{0, 30}, 0},
		{"a drag is not disturbed from outside", func(r *widgets.RangeHistogram) {
			r.MouseDown(mouseAt(at(30)))
			r.SetRange(0, 100)
			r.MouseUp(nil)
		}, rng{30, 100}, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := widgets.NewRangeHistogram(0, 100, 20)
			window(t, r, fyne.NewSize(222, 80))
			told := 0
			r.OnChanged = func(int, int) { told++ }
			tt.do(r)
			if lo, hi := r.Range(); (rng{lo, hi}) != tt.want || told != tt.told {
				t.Errorf("range %d..%d, told %d times, want %v, %d", lo, hi, told, tt.want, tt.told)
			}
		})
	}
}

func TestChipsRemove(t *testing.T) {
	removed := []int{}
	c := widgets.NewChips(func(i int) { removed = append(removed, i) })
	w := window(t, c, fyne.NewSize(300, 30))
	c.SetLabels([]string{"Happy", "Age 20–60", "Woman"})
	test.TapCanvas(w.Canvas(), fyne.NewPos(100, 10))
	test.TapCanvas(w.Canvas(), fyne.NewPos(20, 10))
	if !slices.Equal(removed, []int{1, 0}) {
		t.Errorf("removed %v, want [1 0]", removed)
	}
	c.SetLabels(nil)
	test.TapCanvas(w.Canvas(), fyne.NewPos(20, 10))
	if len(removed) != 2 {
		t.Error("an empty row still removes")
	}
}

func TestToolButtonNeverTakesTheKeyboard(t *testing.T) {
	taps := 0
	b := widgets.NewToolButton("Box", nil, func() { taps++ })
	w := window(t, b, fyne.NewSize(60, 24))
	test.TapCanvas(w.Canvas(), fyne.NewPos(10, 10))
	if taps != 1 || w.Canvas().Focused() != nil {
		t.Errorf("%d taps, focused %v", taps, w.Canvas().Focused())
	}
	b.SetEnabled(false)
	test.TapCanvas(w.Canvas(), fyne.NewPos(10, 10))
	if taps != 1 {
		t.Error("a greyed button was tapped")
	}
}

func TestSectionFolds(t *testing.T) {
	row := widgets.NewFacetRow("Happy", nil)
	s := widgets.NewSection("EMOTION", row)
	w := window(t, s, fyne.NewSize(200, 100))
	before := s.MinSize().Height
	test.TapCanvas(w.Canvas(), fyne.NewPos(20, 10))
	if after := s.MinSize().Height; after >= before {
		t.Errorf("folded height %v, unfolded %v", after, before)
	}
	test.TapCanvas(w.Canvas(), fyne.NewPos(20, 10))
	if s.MinSize().Height != before {
		t.Error("not unfolded again")
	}
	s.SetOpen(true)
	if s.MinSize().Height != before {
		t.Error("an open section does not stay open")
	}
	s.SetOpen(false)
	if s.MinSize().Height >= before {
		t.Error("not folded")
	}
}

// A click on a bar tells its owner where the mouse is on the window: a menu opens there.
func TestScoreBarTellsWhere(t *testing.T) {
	b := widgets.NewScoreBar()
	var at fyne.Position
	b.OnTapped = func(p fyne.Position) { at = p }
	w := window(t, container.NewVBox(widgets.NewScoreBar(), b), fyne.NewSize(200, 80))
	test.TapCanvas(w.Canvas(), fyne.NewPos(60, b.Position().Y+10))
	if at.X != 60 || at.Y < b.Position().Y {
		t.Errorf("told of a click at %v", at)
	}
}

func TestFacetRowTellsItsOwner(t *testing.T) {
	taps := 0
	r := widgets.NewFacetRow("Happy", func() { taps++ })
	w := window(t, r, fyne.NewSize(200, 20))
	test.TapCanvas(w.Canvas(), fyne.NewPos(100, 10))
	if taps != 1 || r.On() {
		t.Errorf("%d taps, on %v: the owner decides", taps, r.On())
	}
}

func TestControlsLook(t *testing.T) {
	happy, disgust, long := widgets.NewFacetRow("Happy", nil), widgets.NewFacetRow("Disgust", nil), widgets.NewFacetRow("A very long name that does not fit", nil)
	happy.Set(true, "1 204", false, 1)
	long.Set(false, "811", false, .66)
	strong, plain, weak := widgets.NewScoreBar(), widgets.NewScoreBar(), widgets.NewScoreBar()
	strong.Set("White", "61.0 %", .61, widgets.Strong)
	plain.Set("Asian", "33.0 %", .33, widgets.Plain)
	weak.Set("Black", "0.2 %", .002, widgets.Weak)
	ages := widgets.NewRangeHistogram(0, 100, 20)
	ages.SetBins([]int{1, 3, 2, 4, 10, 18, 20, 17, 14, 12, 10, 8, 8, 6, 4, 3, 2, 1, 0, 0})
	ages.SetRange(20, 60)
	chips := widgets.NewChips(nil)
	chips.SetLabels([]string{"Happy", "Age 20–60"})
	brown := widgets.NewFacetRow("Brown hair", nil)
	brown.SetSwatch(color.NRGBA{0x5E, 0x40, 0x29, 0xFF})
	brown.Set(false, "20", false, .3)
	bald := widgets.NewFacetRow("No visible hair", nil)
	bald.SetSwatch(color.Transparent)
	hair := widgets.NewSection("HAIR", brown, bald)
	hair.SetAction(widgets.NewToolButton("", widgets.GridIcon(), nil))
	on, off := widgets.NewToolButton("Box", nil, nil), widgets.NewToolButton("", widgets.GridIcon(), nil)
	on.SetOn(true)
	grey := widgets.NewToolButton("Export", widgets.LoupeIcon(), nil)
	grey.SetEnabled(false)
	line := widgets.NewProgressLine()
	line.Set(.25)
	w := window(t, container.NewVBox(
		widgets.NewSection("EMOTION", happy, long, disgust),
		widgets.NewSection("AGE", ages), hair,
		strong, plain, weak, chips,
		container.NewHBox(on, off, grey, widgets.NewToolButton("", widgets.FaceIcon(), nil)), line,
	), fyne.NewSize(220, 450))
	checkPicture(t, "controls.png", w.Canvas().Capture())
}
