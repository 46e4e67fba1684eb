package ui

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// rejects types a key and reports whether a face was rejected by it.
func (f *fixture) rejects(key fyne.KeyName) bool {
	f.t.Helper()
	f.typedKey(&fyne.KeyEvent{Name: key})
	f.settle()
	p, err := f.lib.Photo(filepath.Join(f.photos, "c.jpg"))
	if err != nil {
		f.t.Fatal(err)
	}
	if len(p.Rejected) == 0 {
		if f.status.said.Text == "" {
			f.t.Errorf("%s does nothing, and nothing says why", key)
		}
		return false
	}
	f.undo()
	f.settle()
	return true
}

// Keys judge only a face that is on the screen as the chosen one.
func TestKeysJudgeWhatIsSeen(t *testing.T) {
	f := newFixture(t)
	show := func() { f.grid.MoveTo(2, false) } // c.jpg
	tests := []struct {
		name      string
		prepare   func()
		n, delete bool // whether the keys reject
	}{
		{"one photo in the grid", show, true, false},
		{"several photos", func() { f.grid.MoveTo(3, false); f.grid.MoveTo(2, true) }, false, false},
		{"no photo", func() { show(); f.grid.SelectNone() }, false, false},
		{"the panels are hidden", func() { show(); f.togglePanels() }, false, false},
		{"loupe, the panels are hidden", func() { f.setLoupe(true) }, true, true},
		{"loupe", f.togglePanels, true, true},
		{"loupe, several photos", func() { f.grid.MoveTo(1, false); f.grid.MoveTo(2, true) }, true, true},
	}
	for _, tt := range tests {
		tt.prepare()
		if got := f.rejects(fyne.KeyN); got != tt.n {
			t.Errorf("%s: N rejects: %v", tt.name, got)
		}
		f.status.say("")
		if got := f.rejects(fyne.KeyDelete); got != tt.delete {
			t.Errorf("%s: Delete rejects: %v", tt.name, got)
		}
	}
}

// Without a chosen photo the card shows none, and the loupe takes the one that the keys are at.
func TestSelectNoneClearsTheCard(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false)
	f.grid.SelectNone()
	if f.card.body.Visible() || f.current != "" || !strings.Contains(f.card.emptyText.Text, "Choose a photo") {
		t.Errorf("the card shows a face of %q and says %q", f.current, f.card.emptyText.Text)
	}
	f.setLoupe(true)
	if !strings.HasSuffix(f.current, "c.jpg") || f.grid.SelectedCount() != 1 {
		t.Errorf("the loupe shows %q, %d are selected", f.current, f.grid.SelectedCount())
	}
	f.grid.SelectNone()
	if !f.card.body.Visible() {
		t.Error("in the loupe the card is empty, although it shows a photo")
	}
	f.setLoupe(false)
	if f.card.body.Visible() {
		t.Error("back in the grid the card shows a photo that is not selected")
	}
}

// A slash goes to the search box, not into it: the character comes after the key.
func TestSlashIsNotTyped(t *testing.T) {
	f := newFixture(t)
	press := func() {
		for _, step := range []func(fyne.Focusable){
			func(o fyne.Focusable) { o.TypedKey(&fyne.KeyEvent{Name: fyne.KeySlash}) },
			func(o fyne.Focusable) { o.TypedRune('/') },
		} {
			step(f.win.Canvas().Focused())
		}
	}
	f.takeKeys()
	press()
	if f.win.Canvas().Focused() != f.search.entry || f.search.entry.Text != "" {
		t.Errorf("focused is %T, the search box says %q", f.win.Canvas().Focused(), f.search.entry.Text)
	}
	press() // now it is text
	if f.search.entry.Text != "/" {
		t.Errorf("a slash in the search box makes %q", f.search.entry.Text)
	}
}

// Enter goes to the loupe and back, as the sheet says.
func TestEnterGoesBack(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	for _, want := range []bool{true, false, true} {
		f.typedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
		if f.loupe.open != want {
			t.Errorf("after Enter the loupe is open: %v", f.loupe.open)
		}
	}
	_, lines := sheet(f.commands)
	said := ""
	for _, l := range lines[menuView] {
		if l[0] == "Enter" {
			said = l[1]
		}
	}
	if said != "Loupe and Back" {
		t.Errorf("of Enter the sheet says %q", said)
	}
}

// group shows c.jpg with n faces, numbered against their size and with a gap: 9, n-1, ... 1.
// Those with even numbers are happy, the others sad.
func (f *fixture) group(n int) {
	f.t.Helper()
	f.grid.MoveTo(2, false)
	a := &face.Analysis{W: 300, H: 200, Have: face.AllFeatures}
	for i := range n {
		e := face.Sad
		if (n-i)%2 == 0 {
			e = face.Happy
		}
		a.Faces = append(a.Faces, person(uint32(n-i), face.BoxAt(float32(40*i), 40, 30, float32(60-i)), e, face.Man, 40))
	}
	a.Faces[0].Number = 9
	f.faces, f.face = a, 0
	f.showFace()
}

// The card, the picture and the steps have the numbers of the faces, in their order.
func TestFacesAreNamedByTheirNumbers(t *testing.T) {
	f := newFixture(t)
	f.group(4) // 9, 3, 2, 1
	f.wantCard("FACE 9 · 4 of 4")
	for _, want := range []string{"FACE 1 · 1 of 4", "FACE 2 · 2 of 4", "FACE 3 · 3 of 4", "FACE 9 · 4 of 4"} {
		f.typed(fyne.KeyRightBracket)
		f.wantCard(want)
	}
	f.typed(fyne.KeyLeftBracket)
	f.wantCard("FACE 3 · 3 of 4")
	f.typed(fyne.KeyPeriod)
	f.typed(fyne.KeyPeriod)
	f.typed(fyne.KeyComma)
	f.wantCard("FACE 9 · 4 of 4")
}

// With a filter on faces the steps go through those that it asks for; the others are dimmed.
func TestFilteredFaces(t *testing.T) {
	f := newFixture(t)
	f.group(5) // 9 sad, 4 happy, 3 sad, 2 happy, 1 sad
	want := func(title string, dimmed ...uint32) {
		t.Helper()
		f.wantCard(title)
		if !slices.Equal(f.loupe.dimmed, dimmed) {
			t.Errorf("%s: dimmed are %v, want %v", title, f.loupe.dimmed, dimmed)
		}
	}
	want("FACE 9 · 5 of 5")
	expr := func(text string) {
		t.Helper()
		e, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		f.expr = e
		f.showFace()
	}
	expr("emotion:happy")
	want("FACE 9 · not in the filter", 9, 3, 1)
	f.typed(fyne.KeyRightBracket)
	want("FACE 2 · 1 of 2 in the filter", 9, 3, 1)
	f.typed(fyne.KeyRightBracket)
	want("FACE 4 · 2 of 2 in the filter", 9, 3, 1)
	f.typed(fyne.KeyRightBracket)
	want("FACE 2 · 1 of 2 in the filter", 9, 3, 1)
	expr("emotion:angry") // of none: all are gone through
	want("FACE 2 · not in the filter", 9, 4, 3, 2, 1)
	expr("faces:1..") // a filter on photos dims nothing
	want("FACE 2 · 2 of 5")
	f.faces.Faces[1].Edit.Verdict = face.Rejected // 4, shown although it is rejected
	expr("emotion:happy")
	want("FACE 2 · 1 of 1 in the filter", 9, 4, 3, 1)
}

// A new filter chooses a face that it asks for in the photo that is shown.
func TestFilterChoosesAFace(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false) // a sad man and a doubtful face
	f.wantCard("FACE 1 · 1 of 2")
	f.search.submit("doubtful:yes")
	f.wantCard("FACE 2 · 1 of 1 in the filter")
	f.clearFilter()
	f.wantCard("FACE 2 · 2 of 2")
}
