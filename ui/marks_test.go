package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
	"semblance/ui/widgets"
)

// marksOf says the marks of a photo: "5 picked green [a b]".
func (f *fixture) marksOf(name string) string {
	f.t.Helper()
	e, ok := f.lib.EntryAt(f.photos + "/" + name + ".jpg")
	if !ok {
		f.t.Fatalf("no photo %s", name)
	}
	m := e.Marks
	return strings.Join([]string{string('0' + rune(m.Rating)), m.Flag.String(), m.Label.String(), "[" + strings.Join(m.Tags, " ") + "]"}, " ")
}

func (f *fixture) wantMarks(name, want string) {
	f.t.Helper()
	if got := f.marksOf(name); got != want {
		f.t.Errorf("%s is %q, want %q", name, got, want)
	}
}

func (f *fixture) wantSaid(want string) {
	f.t.Helper()
	if got := f.status.said.Text; got != want {
		f.t.Errorf("the status bar says %q, want %q", got, want)
	}
}

// item returns an item of the menu bar.
func (f *fixture) item(menu, label string) *fyne.MenuItem {
	f.t.Helper()
	for _, m := range f.mainMenu().Items {
		for _, i := range m.Items {
			if m.Label == menu && strings.HasPrefix(i.Label, label) {
				return i
			}
		}
	}
	f.t.Fatalf("no item %s > %s", menu, label)
	return nil
}

const saysNothing = "0 none none []"

// Every key of Lightroom says what it says there, of one photo and of several, and Ctrl+Z takes it back.
func TestMarkKeys(t *testing.T) {
	f := newFixture(t)
	f.typed(fyne.Key5)
	if !strings.Contains(f.status.said.Text, "No photo is selected") {
		t.Errorf("without a photo the status bar says %q", f.status.said.Text)
	}
	f.grid.MoveTo(0, false)
	for _, tt := range []struct {
		key        fyne.KeyName
		want, said string
	}{
		{fyne.Key5, "5 none none []", "5 stars: a.jpg."},
		{fyne.Key1, "1 none none []", "1 star: a.jpg."},
		{fyne.Key0, "0 none none []", "No stars: a.jpg."},
		{fyne.Key3, "3 none none []", "3 stars: a.jpg."},
		{fyne.KeyP, "3 picked none []", "Picked: a.jpg."},
		{fyne.KeyX, "3 rejected none []", "Rejected: a.jpg."},
		{fyne.KeyU, "3 none none []", "No flag: a.jpg."},
		{fyne.Key6, "3 none red []", "Label red: a.jpg."},
		{fyne.Key7, "3 none yellow []", "Label yellow: a.jpg."},
		{fyne.Key8, "3 none green []", "Label green: a.jpg."},
		{fyne.Key9, "3 none blue []", "Label blue: a.jpg."},
		{fyne.Key9, "3 none none []", "No label: a.jpg."},
	} {
		f.typed(tt.key)
		f.settle()
		f.wantMarks("a", tt.want)
		f.wantSaid(tt.said)
	}
	f.wantMarks("b", saysNothing)

	f.grid.MoveTo(2, true) // a, b and c
	f.typed(fyne.Key4)
	f.typed(fyne.Key8)
	f.settle()
	f.wantSaid("Label green: 3 photos.")
	for _, name := range []string{"a", "b", "c"} {
		f.wantMarks(name, "4 none green []")
	}
	f.wantMarks("d", saysNothing)
	if f.grid.SelectedCount() != 3 {
		t.Errorf("%d photos stay selected, want 3", f.grid.SelectedCount())
	}
	f.undo()
	f.settle()
	f.wantSaid("Undone: label as green 3 photos.")
	f.wantMarks("b", "4 none none []")
	f.undo()
	f.settle()
	f.wantMarks("a", "3 none none []")
	f.wantMarks("b", saysNothing)
	if f.grid.SelectedCount() != 3 {
		t.Errorf("after undoing %d photos are selected, want 3", f.grid.SelectedCount())
	}
	f.redo()
	f.settle()
	f.wantMarks("b", "4 none none []")
}

// Of photos some of which have the label, the key gives it to all.
func TestLabelOfSome(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	f.typed(fyne.Key6)
	f.settle()
	f.grid.MoveTo(1, true)
	f.typed(fyne.Key6)
	f.settle()
	f.wantMarks("a", "0 none red []")
	f.wantMarks("b", "0 none red []")
	f.typed(fyne.Key6)
	f.settle()
	f.wantMarks("a", saysNothing)
	f.wantMarks("b", saysNothing)
}

// A mark can be given to a photo without faces and to one that failed.
func TestMarkAnyPhoto(t *testing.T) {
	f := newFixture(t)
	for i, name := range []string{"d", "e"} {
		f.grid.MoveTo(3+i, false)
		f.typed(fyne.Key2)
		f.settle()
		f.wantMarks(name, "2 none none []")
		if got := f.marks.bar.Marks().Stars; got != 2 {
			t.Errorf("%s: the card shows %d stars", name, got)
		}
	}
}

// With Go On After a Mark the next photo is chosen, of several photos none.
func TestGoOnAfterAMark(t *testing.T) {
	f := newFixture(t)
	f.item(menuPhoto, "Go On After a Mark").Action()
	if !f.item(menuPhoto, "Go On After a Mark").Checked {
		t.Error("the menu does not show the switch as on")
	}
	f.grid.MoveTo(0, false)
	f.typed(fyne.Key5) // two quick presses: the second one is about the next photo
	f.typed(fyne.KeyX)
	f.settle()
	f.wantMarks("a", "5 none none []")
	f.wantMarks("b", "0 rejected none []")
	if i, _ := f.grid.Cursor(); i != 2 {
		t.Errorf("the cursor is at %d, want 2", i)
	}
	f.grid.MoveTo(3, true)
	f.typed(fyne.Key1)
	f.settle()
	if n := f.grid.SelectedCount(); n != 2 {
		t.Errorf("%d photos are selected, want 2", n)
	}
	f.grid.MoveTo(4, false) // the last one: there is no next one
	f.typed(fyne.Key1)
	f.settle()
	if i, _ := f.grid.Cursor(); i != 4 {
		t.Errorf("the cursor is at %d, want 4", i)
	}
}

// What a key with a digit does is said by its character: keyboards have a slash and brackets there.
func TestSignsOnTheKeysOfDigits(t *testing.T) {
	key := func(n fyne.KeyName) func(*fixture) {
		return func(f *fixture) { f.keys.TypedKey(&fyne.KeyEvent{Name: n}) }
	}
	char := func(r rune) func(*fixture) { return func(f *fixture) { f.keys.TypedRune(r) } }
	for _, tt := range []struct {
		name    string
		steps   []func(*fixture)
		marks   string
		focused bool // the search box
		stepped bool // to another face
	}{
		{"a digit", []func(*fixture){key(fyne.Key5), char('5')}, "5 none none []", false, false},
		{"a digit as an American keyboard has it with Shift", []func(*fixture){key(fyne.Key4), char('$')}, "4 none none []", false, false},
		{"a digit as a French keyboard has it without Shift", []func(*fixture){key(fyne.Key6), char('-')}, "0 none red []", false, false},
		{"a dead key, and another digit", []func(*fixture){key(fyne.Key6), key(fyne.Key3), char('3')}, "3 none red []", false, false},
		{"a dead key alone", []func(*fixture){key(fyne.Key6)}, "0 none red []", false, false},
		{"a slash on 7", []func(*fixture){key(fyne.Key7), char('/')}, saysNothing, true, false},
		{"a bracket on 9", []func(*fixture){key(fyne.Key9), char(']')}, saysNothing, false, true},
		{"a bracket on a key of its own", []func(*fixture){key(fyne.KeyRightBracket), char(']')}, saysNothing, false, true},
		{"two brackets", []func(*fixture){key(fyne.Key9), char(']'), key(fyne.Key8), char('[')}, saysNothing, false, false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := newFixture(t)
			f.grid.MoveTo(2, false)
			before := f.card.title.Text
			for _, step := range tt.steps {
				step(f)
			}
			f.until("the digit", func() bool { return f.keys.held == "" })
			f.settle()
			f.wantMarks("c", tt.marks)
			if got := f.win.Canvas().Focused() == fyne.Focusable(f.search.entry); got != tt.focused {
				t.Errorf("the search box has the keyboard: %v", got)
			}
			if got := f.card.title.Text != before; got != tt.stepped {
				t.Errorf("the card is of %q, and was of %q", f.card.title.Text, before)
			}
		})
	}
}

// No key marks a photo while text is typed.
func TestMarkKeysBelongToATextField(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	f.focusSearch()
	for _, r := range "5p6" {
		f.win.Canvas().Focused().TypedRune(r)
		f.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyName(strings.ToUpper(string(r)))})
	}
	f.settle()
	f.wantMarks("a", saysNothing)
	if got := f.search.entry.Text; got != "5p6" {
		t.Errorf("the search box has %q", got)
	}
	f.askTags()
	f.typedKey(&fyne.KeyEvent{Name: fyne.Key5}) // behind a dialog
	f.settle()
	f.wantMarks("a", saysNothing)
}

// Card and loupe show the marks, a click on them changes them, and so do the menus.
func TestMarksByMouse(t *testing.T) {
	f := newFixture(t)
	if f.marks.object.Visible() {
		t.Error("marks are shown of no photo")
	}
	f.grid.MoveTo(1, false)
	f.marks.bar.OnStars(4)
	f.settle()
	f.loupe.marks.OnFlag(widgets.Picked)
	f.settle()
	f.loupe.marks.OnLabel(4)
	f.settle()
	f.wantMarks("b", "4 picked purple []")
	want := widgets.Marks{Stars: 4, Flag: widgets.Picked, Label: labelColors()[4]}
	for name, bar := range map[string]*widgets.MarkBar{"card": f.marks.bar, "loupe": f.loupe.marks} {
		if got := bar.Marks(); got != want {
			t.Errorf("the %s shows %v, want %v", name, got, want)
		}
	}
	if got := f.photoItem(f.result, f.result.Photos[1]).Marks; got != want {
		t.Errorf("the cell shows %v, want %v", got, want)
	}
	f.loupe.marks.OnLabel(-1)
	f.settle()
	f.wantMarks("b", "4 picked none []")
	for _, tt := range []struct{ menu, item, want string }{
		{"Rating", "2 stars", "2 picked none []"},
		{"Rating", "No stars", "0 picked none []"},
		{"Flag", "Rejected", "0 rejected none []"},
		{"Flag", "No flag", saysNothing},
		{"Label", "Purple", "0 none purple []"},
		{"Label", "No label", saysNothing},
	} {
		items := f.item(menuPhoto, tt.menu).ChildMenu.Items
		i := slices.IndexFunc(items, func(i *fyne.MenuItem) bool { return strings.HasPrefix(i.Label, tt.item) })
		if i < 0 {
			t.Fatalf("no item %q in %s", tt.item, tt.menu)
		}
		items[i].Action()
		f.settle()
		f.wantMarks("b", tt.want)
	}
}

// A photo that the filter no longer asks for gives way to the next one.
func TestMarkedOutOfTheFilter(t *testing.T) {
	f := newFixture(t)
	f.search.submit("flag:none")
	if f.search.problemText() != "" {
		t.Fatal(f.search.problemText())
	}
	f.grid.MoveTo(1, false)
	f.setLoupe(true)
	f.item(menuPhoto, "Go On After a Mark").Action()
	f.typed(fyne.KeyX)
	f.settle()
	f.check("a c d e")
	if _, path := f.grid.Cursor(); !strings.HasSuffix(path, "c.jpg") {
		t.Errorf("%s is chosen, want c.jpg, and no photo left out", path)
	}
}

// Undo and redo are grey while there is nothing to undo or redo.
func TestUndoIsGrey(t *testing.T) {
	f := newFixture(t)
	want := func(when string, undo, redo bool) {
		t.Helper()
		if got := [...]bool{!f.item(menuEdit, "Undo").Disabled, !f.item(menuEdit, "Redo").Disabled}; got != [...]bool{undo, redo} {
			t.Errorf("%s: undo %v, redo %v, want %v, %v", when, got[0], got[1], undo, redo)
		}
		for _, m := range f.win.MainMenu().Items { // what is on the screen says so too
			for _, i := range m.Items {
				if i.Label == "Undo" && i.Disabled == undo || i.Label == "Redo" && i.Disabled == redo {
					t.Errorf("%s: the menu on the screen is not up to date: %s", when, i.Label)
				}
			}
		}
	}
	want("at first", false, false)
	f.grid.MoveTo(0, false)
	f.typed(fyne.Key5)
	f.settle()
	want("after a mark", true, false)
	f.undo()
	f.settle()
	want("after undoing", false, true)
	f.redo()
	f.settle()
	want("after doing it again", true, false)
	f.undo()
	f.settle()
	f.typed(fyne.KeyP)
	f.settle()
	want("after another mark", true, false)
}

// What the former analysis said differently is on the card, what it said alike is not.
func TestFormerFacts(t *testing.T) {
	now := &face.Analysis{Have: face.AllFeatures, Faces: []face.Face{
		person(1, face.BoxAt(0, 0, 50, 50), face.Happy, face.Woman, 34), person(2, face.BoxAt(60, 0, 50, 50), face.Sad, face.Man, 50),
	}}
	before := face.Analysis{Have: face.AllFeatures, Faces: []face.Face{person(1, face.BoxAt(0, 0, 50, 50), face.Sad, face.Woman, 60)}}
	p := &library.Photo{Found: now, Former: &library.Former{Analysis: before}}
	for number, want := range map[uint32]string{1: "Apparent age 60, Emotion sad", 2: "Face not found", 3: ""} {
		var words []string
		for _, l := range formerFacts(p, number) {
			words = append(words, l.name+" "+l.value)
		}
		slices.Sort(words)
		if got := strings.Join(words, ", "); got != want {
			t.Errorf("of face %d: %q, want %q", number, got, want)
		}
	}
	if got := formerFacts(&library.Photo{Found: now}, 1); got != nil {
		t.Errorf("without a former analysis: %v", got)
	}
	c := newFaceCard(nil, nil, nil, nil)
	c.showFormer(&library.Photo{}, 1)
	if c.before.Visible() {
		t.Error("the card has a section about an analysis that there was not")
	}
	c.showFormer(p, 1)
	if !c.before.Visible() || !strings.HasPrefix(c.before.Title(), "BEFORE · ") {
		t.Errorf("the card says %q", c.before.Title())
	}
}

func TestUndoneWords(t *testing.T) {
	for _, tt := range []struct{ path, what, want string }{
		{"/p/a.jpg", "reject face 3", "Undone: reject face 3 of a.jpg."},
		{"/p/a.jpg", "rate with 5 stars", "Undone: rate with 5 stars (a.jpg)."},
		{"/p/a.jpg", "tag 3 photos", "Undone: tag 3 photos."},
		{"", "add to the album Best", "Undone: add to the album Best."},
	} {
		if got := undoneWords("Undone", tt.path, tt.what); got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}

// The colours of the window are those of the labels, in their order.
func TestShownMarks(t *testing.T) {
	if n := len(labelColors()); n != int(photo.NumLabels)-1 {
		t.Fatalf("%d colours for %d labels", n, photo.NumLabels-1)
	}
	if got := shownMarks(photo.Marks{}); got != (widgets.Marks{}) {
		t.Errorf("no marks are shown as %v", got)
	}
	for l := photo.Red; l < photo.NumLabels; l++ {
		if got := shownMarks(photo.Marks{Label: l}).Label; got != labelColors()[l-1] {
			t.Errorf("%v is shown as %v", l, got)
		}
	}
	for _, f := range []photo.Flag{photo.Unflagged, photo.Picked, photo.Rejected} {
		want := map[photo.Flag]widgets.Flag{photo.Unflagged: widgets.Unflagged, photo.Picked: widgets.Picked, photo.Rejected: widgets.Rejected}[f]
		if got := shownMarks(photo.Marks{Flag: f}).Flag; got != want {
			t.Errorf("%v is shown as %v", f, got)
		}
	}
}
