package widgets_test

import (
	"context"
	"image"
	"image/color"
	"image/draw"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"semblance/ui/widgets"
)

func labelColors() []color.Color {
	return []color.Color{color.NRGBA{R: 0xE0, A: 0xFF}, color.NRGBA{G: 0xC0, A: 0xFF}}
}

// A click says what lies under the mouse, and takes away what is said already.
func TestMarkBarClicks(t *testing.T) {
	// Slots are 17 wide; flags begin at 5*17+9 = 94, labels at 94+2*17+9 = 137.
	said := widgets.Marks{Stars: 3, Flag: widgets.Rejected, Label: labelColors()[1]}
	for _, tt := range []struct {
		name  string
		marks widgets.Marks
		x     float32
		want  string
	}{
		{"first star", widgets.Marks{}, 3, "stars 1"},
		{"last star", widgets.Marks{}, 84, "stars 5"},
		{"fewer stars", said, 20, "stars 2"},
		{"more stars", said, 60, "stars 4"},
		{"the last lit star", said, 40, "stars 0"},
		{"between stars and flags", said, 90, ""},
		{"pick", widgets.Marks{}, 100, "flag 1"},
		{"pick what is rejected", said, 100, "flag 1"},
		{"reject", widgets.Marks{}, 120, "flag 2"},
		{"unflag", said, 120, "flag 0"},
		{"label", widgets.Marks{}, 140, "label 0"},
		{"another label", said, 140, "label 0"},
		{"no label", said, 160, "label -1"},
		{"behind the labels", said, 175, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := widgets.NewMarkBar(labelColors())
			window(t, container.NewHBox(b), fyne.NewSize(220, 30))
			got := ""
			tell := func(what string, n int) { got = what + " " + string(rune('0'+n)) }
			b.OnStars = func(n int) { tell("stars", n) }
			b.OnFlag = func(f widgets.Flag) { tell("flag", int(f)) }
			b.OnLabel = func(i int) {
				if tell("label", i); i < 0 {
					got = "label -1"
				}
			}
			b.SetMarks(tt.marks)
			b.Tapped(&fyne.PointEvent{Position: fyne.NewPos(tt.x, 10)})
			if got != tt.want {
				t.Errorf("a click at %v says %q, want %q", tt.x, got, tt.want)
			}
			if b.Marks() != tt.marks {
				t.Error("the bar changes what its owner decides")
			}
		})
	}
}

// tagAt returns the i-th label of the list in a window.
func tagAt(t *testing.T, w fyne.Window, i int) fyne.Tappable {
	t.Helper()
	var chips []fyne.Tappable
	for _, o := range test.LaidOutObjects(w.Content()) {
		if c, ok := o.(fyne.Tappable); ok {
			chips = append(chips, c)
		}
	}
	if i >= len(chips) {
		t.Fatalf("%d labels, no number %d", len(chips), i)
	}
	return chips[i]
}

func TestTagsClicks(t *testing.T) {
	var told []string
	tags := widgets.NewTags("+", func() { told = append(told, "more") })
	tags.OnTapped = func(i int) { told = append(told, "tapped "+tags.Tags()[i].Label) }
	tags.OnRemove = func(i int) { told = append(told, "removed "+tags.Tags()[i].Label) }
	w := window(t, tags, fyne.NewSize(300, 60))
	tags.SetTags([]widgets.Tag{{Label: "old"}})
	tags.SetTags([]widgets.Tag{{Label: "Rome"}, {Label: "Wedding", Weak: true}})
	tap := func(i int, fromRight float32) {
		chip := tagAt(t, w, i)
		width := chip.(fyne.CanvasObject).Size().Width
		chip.Tapped(&fyne.PointEvent{Position: fyne.NewPos(width-fromRight, 8)})
	}
	tap(0, 30)
	tap(1, 5) // the cross
	tap(2, 5)
	if want := []string{"tapped Rome", "removed Wedding", "more"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

func TestListRowClicks(t *testing.T) {
	var told []string
	r := widgets.NewListRow("Best", "12", func() { told = append(told, "tapped") })
	window(t, r, fyne.NewSize(200, 22))
	at := func(x float32) *fyne.PointEvent { return &fyne.PointEvent{Position: fyne.NewPos(x, 10)} }
	r.MouseIn(&desktop.MouseEvent{PointEvent: *at(175)})
	r.Tapped(at(175)) // there are no dots without a menu
	r.TappedSecondary(at(20))
	r.OnMenu = func(fyne.Position) { told = append(told, "menu") }
	r.Tapped(at(175))
	r.TappedSecondary(at(20))
	r.Tapped(at(20))
	r.MouseOut()
	r.Tapped(at(175)) // nor without the mouse over the row
	if want := []string{"tapped", "menu", "menu", "tapped", "tapped"}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}

// Marks can be read on white and on black, and there is nothing where nothing was said.
func TestMarksLook(t *testing.T) {
	q := make(uiQueue, 100)
	th := widgets.NewThumbnails(nil, func(_ context.Context, key string, side int) (*image.RGBA, error) {
		p := image.NewRGBA(image.Rect(0, 0, side, side))
		draw.Draw(p, p.Rect, map[string]image.Image{"w": image.White, "b": image.Black}[key[:1]], image.Point{}, draw.Src)
		return p, nil
	}, 1, 1<<24)
	t.Cleanup(th.Close)
	g := widgets.NewPhotoGrid(th, fyne.NewSize(90, 90), q.post)
	all := widgets.Marks{Stars: 3, Flag: widgets.Picked, Label: color.NRGBA{R: 0x4C, G: 0x8F, B: 0xE8, A: 0xFF}}
	keys := []string{"w1", "w2", "b1", "b2"}
	items := []widgets.PhotoItem{{Marks: all}, {Marks: widgets.Marks{Flag: widgets.Rejected}}, {Marks: all}, {}}
	bar := widgets.NewMarkBar(labelColors())
	bar.SetMarks(widgets.Marks{Stars: 2, Flag: widgets.Rejected, Label: labelColors()[0]})
	tags := widgets.NewTags("+ Tag", nil)
	tags.SetTags([]widgets.Tag{{Label: "Places › Rome"}, {Label: "of some", Weak: true}})
	row := widgets.NewListRow("An album with a long name that is cut", "12", nil)
	row.SetOn(true)
	w := window(t, container.NewBorder(container.NewVBox(bar, tags, row), nil, nil, nil, g), fyne.NewSize(200, 270))
	g.SetItems(len(keys), func(i int) string { return keys[i] }, func(i int) widgets.PhotoItem { return items[i] })
	q.run(t, len(keys))
	checkPicture(t, "marks.png", w.Canvas().Capture())
}
