package ui

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// typed is a search box in a window, and what it was used for.
type typed struct {
	*searchEntry
	win      fyne.Window
	searched []string
	left     int
}

func newTyped(t *testing.T) *typed {
	t.Helper()
	test.NewTempApp(t)
	b := &typed{}
	b.searchEntry = newSearchEntry(func(e query.Expr) { b.searched = append(b.searched, e.String()) }, func() { b.left++ })
	b.known = func(field, part string) []string {
		if field == "person" && part == "a" {
			return []string{"Ada Byron", "Barbara"}
		}
		return nil
	}
	b.win = test.NewTempWindow(t, b.entry)
	b.win.Resize(fyne.NewSize(600, 400))
	b.win.Canvas().Focus(b.entry)
	return b
}

func (b *typed) keys(names ...fyne.KeyName) {
	for _, name := range names {
		b.entry.TypedKey(&fyne.KeyEvent{Name: name})
	}
}

func (b *typed) listed() []string {
	var list []string
	for _, p := range b.suggestions.pieces {
		list = append(list, p.Text)
	}
	return list
}

func TestSuggestions(t *testing.T) {
	down, up, tab, enter, escape := fyne.KeyDown, fyne.KeyUp, fyne.KeyTab, fyne.KeyReturn, fyne.KeyEscape
	for _, tt := range []struct {
		name     string
		typed    string
		keys     []fyne.KeyName
		text     string
		searched []string
	}{
		{"tab takes the first one", "smile:yes emo", []fyne.KeyName{tab}, "smile:yes emotion:", nil},
		{"and the next one", "emotion:", []fyne.KeyName{down, down, tab}, "emotion:neutral ", nil},
		{"enter searches", "emotion:happy", []fyne.KeyName{enter}, "emotion:happy", []string{"emotion:happy"}},
		{"beside suggestions too", "smile:y", []fyne.KeyName{enter}, "smile:y", nil}, // and says what is wrong
		{"enter takes what was chosen", "smile:y", []fyne.KeyName{down, enter}, "smile:yes ", nil},
		{"and searches then", "smile:y", []fyne.KeyName{down, enter, enter}, "smile:yes ", []string{"smile:yes"}},
		{"up again chooses none", "emotion:happy age:2", []fyne.KeyName{down, up, enter}, "emotion:happy age:2", []string{"emotion:happy age:2"}},
		{"a name with a space", "person:a", []fyne.KeyName{tab}, `person:"Ada Byron" `, nil},
		{"escape leaves the text", "emo", []fyne.KeyName{escape}, "emo", nil},
		{"and then the box", "emo", []fyne.KeyName{escape, escape}, "", nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			b := newTyped(t)
			test.Type(b.entry, tt.typed)
			b.keys(tt.keys...)
			if b.entry.Text != tt.text || !slices.Equal(b.searched, tt.searched) {
				t.Errorf("the box says %q and searched %q, want %q and %q; listed %q", b.entry.Text, b.searched, tt.text, tt.searched, b.listed())
			}
		})
	}
}

func TestSuggestionsComeAndGo(t *testing.T) {
	b := newTyped(t)
	for _, tt := range []struct {
		typed string
		want  []string
	}{
		{"em", []string{"emotion:"}},
		{" ", nil},
		{"glasses:g", []string{"glasses", "goggles", "none", "yes"}},
	} {
		test.Type(b.entry, tt.typed)
		if got := b.listed(); !slices.Equal(got, tt.want) {
			t.Errorf("after %q: %q, want %q", b.entry.Text, got, tt.want)
		}
		if b.entry.AcceptsTab() != (tt.want != nil) {
			t.Errorf("after %q Tab is for the box: %v", b.entry.Text, b.entry.AcceptsTab())
		}
	}
	b.suggestions.rows[1].MouseIn(nil)
	test.Tap(b.suggestions.rows[1])
	if b.entry.Text != "em glasses:goggles " || b.suggestions.visible() {
		t.Errorf("a tap makes %q, listed %q", b.entry.Text, b.listed())
	}
	test.Type(b.entry, "emo")
	b.win.Canvas().Unfocus()
	if b.suggestions.visible() {
		t.Error("the list stays when the keyboard is elsewhere")
	}
	b.show(query.Expr{}.Toggle("smile", "yes"))
	if b.suggestions.visible() {
		t.Error("a filter that was clicked makes suggestions")
	}
}

// What is hidden in a catalog is not suggested.
func TestNothingHiddenIsSuggested(t *testing.T) {
	b := newTyped(t)
	b.hidden = face.EthnicityClasses
	for _, text := range []string{"ethn", "white", "unsure:e"} {
		b.entry.SetText("")
		test.Type(b.entry, text)
		for _, p := range b.suggestions.pieces {
			if slices.Contains([]string{"ethnicity:", "ethnicity:white", "ethnicity"}, p.Text) {
				t.Errorf("%q: %q is suggested", text, p.Text)
			}
		}
	}
}
