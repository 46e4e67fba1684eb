package ui

import (
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
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
		{"several photos", func() { f.grid.MoveTo(1, false); f.grid.MoveTo(2, true) }, false, false},
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
