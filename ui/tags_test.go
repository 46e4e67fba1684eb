package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/ui/widgets"
)

// tagsShown are the labels of the dialog; those that not all photos have begin with a question mark.
func (f *fixture) tagsShown() string {
	var labels []string
	for _, tag := range f.tagging.list.Tags() {
		label := tag.Label
		if tag.Weak {
			label = "?" + label
		}
		labels = append(labels, label)
	}
	return strings.Join(labels, ", ")
}

func (f *fixture) wantTags(want string) {
	f.t.Helper()
	f.settle()
	if got := f.tagsShown(); got != want {
		f.t.Errorf("the dialog shows %q, want %q", got, want)
	}
}

// Tags are typed, completed, added by commas, given to all and taken away.
func TestTagDialog(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	f.typed(fyne.KeyT)
	if f.tagging == nil || f.win.Canvas().Focused() != f.tagging.field.entry {
		t.Fatal("T opens no dialog that can be typed into")
	}
	entry := f.tagging.field.entry
	enter := func() { entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn}) }
	f.wantTags("")
	test.Type(entry, "  Wedding ")
	enter()
	f.wantTags("Wedding")
	test.Type(entry, "Places|Rome, best")
	f.wantTags("Places › Rome, Wedding") // what stands before a comma is added at once
	if entry.Text != " best" {
		t.Errorf("after the comma the line has %q", entry.Text)
	}
	enter()
	f.wantTags("best, Places › Rome, Wedding")
	test.Type(entry, "|")
	enter()
	if got := f.tagging.wrong.Text; !strings.Contains(got, "empty") {
		t.Errorf("about no tag the dialog says %q", got)
	}
	entry.SetText("")
	enter() // closes
	if f.tagging != nil || f.win.Canvas().Focused() != f.keys {
		t.Error("Enter in an empty line does not close the dialog")
	}
	if got := f.marks.tags.Tags(); !cmp.Equal(got, []widgets.Tag{{Label: "best"}, {Label: "Places › Rome"}, {Label: "Wedding"}}) {
		t.Errorf("the card shows %v", got)
	}

	f.grid.MoveTo(2, true) // a, b and c
	f.typed(fyne.KeyT)
	f.wantTags("?best  1 of 3, ?Places › Rome  1 of 3, ?Wedding  1 of 3")
	f.tagging.list.OnTapped(2) // to all
	f.wantTags("?best  1 of 3, ?Places › Rome  1 of 3, Wedding")
	f.wantSaid("Tagged Wedding: 3 photos.")
	f.tagging.list.OnRemove(0)
	f.wantTags("?Places › Rome  1 of 3, Wedding")
	f.tagging.field.entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	f.wantMarks("a", "0 none none [Places|Rome Wedding]")
	f.wantMarks("c", "0 none none [Wedding]")
	f.undo()
	f.settle()
	f.wantMarks("a", "0 none none [best Places|Rome Wedding]")
	f.wantMarks("c", "0 none none [Wedding]")
}

// The letter of the key that opens the dialog is not typed into it.
func TestKeyOfADialogIsNotTyped(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	press := func(name fyne.KeyName, letter rune) { // as a driver does
		f.win.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: name})
		f.win.Canvas().Focused().TypedRune(letter)
	}
	press(fyne.KeyT, 't')
	if f.tagging == nil || f.tagging.field.entry.Text != "" {
		t.Fatalf("T opens no dialog, or is typed into it")
	}
	press(fyne.KeyT, 't')
	if got := f.tagging.field.entry.Text; got != "t" {
		t.Errorf("a second t is %q in the line", got)
	}
	f.tagging.close()
	press(fyne.KeyI, 'I') // with Caps Lock
	if f.line == nil || f.line.field.entry.Text != "" {
		t.Fatalf("I opens no dialog, or is typed into it")
	}
}

// The line offers the tags of the catalog, by their beginning or that of a level, and not those that all photos have.
func TestTagSuggestions(t *testing.T) {
	f := newFixture(t)
	if err := f.lib.Tag([]string{f.photos + "/a.jpg", f.photos + "/b.jpg"}, []string{"Places|Rome", "Wedding"}, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.lib.Tag([]string{f.photos + "/a.jpg"}, []string{"Rain"}, nil); err != nil {
		t.Fatal(err)
	}
	f.grid.MoveTo(2, false)
	f.askTags()
	entry := f.tagging.field.entry
	offered := func() string {
		var texts []string
		for _, s := range f.tagging.field.shown {
			texts = append(texts, s.text+" "+s.note)
		}
		return strings.Join(texts, ", ")
	}
	if got := offered(); got != "Places|Rome 2, Wedding 2, Rain 1" {
		t.Errorf("offered are %q", got)
	}
	test.Type(entry, "r")
	if got := offered(); got != "Rain 1, Places|Rome 2" {
		t.Errorf("for r are offered %q", got)
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown}) // stays at the last one
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.wantTags("Places › Rome")
	test.Type(entry, "wed")
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyTab})
	if entry.Text != "Wedding" {
		t.Errorf("Tab makes %q of wed", entry.Text)
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.wantTags("Places › Rome, Wedding")
	if got := offered(); got != "Rain 1" {
		t.Errorf("offered are %q, and not what the photo has", got)
	}
}

// A click on a tag of the card filters by it.
func TestFilterByTag(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(1, false)
	f.askTags()
	f.tagging.accept("Places|Rome, Wedding")
	f.settle()
	f.tagging.close()
	f.marks.tags.OnTapped(0)
	f.check("b")
	if got := f.expr.String(); got != `tag:"Places|Rome"` && got != `tag:Places|Rome` {
		t.Errorf("the filter is %s", got)
	}
}

// A face gets a name, card and caption show it, and it is taken away again.
func TestNameAFace(t *testing.T) {
	f := newFixture(t)
	f.typed(fyne.KeyI)
	if f.line != nil {
		t.Fatal("a name is asked for without a face")
	}
	f.grid.MoveTo(2, false) // c: a man and a doubtful face
	if got := f.card.name.words(); got != "Name… (I)" {
		t.Errorf("the card says %q of a face without a name", got)
	}
	f.typed(fyne.KeyI)
	entry := f.line.field.entry
	test.Type(entry, " Ada  Lovelace ")
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.settle()
	f.wantSaid("Face 1 of c.jpg is Ada Lovelace.")
	if got := f.card.name.words(); got != "Ada Lovelace" {
		t.Errorf("the card says %q", got)
	}
	f.stepFace(1)
	f.card.name.Tapped(&fyne.PointEvent{})
	entry = f.line.field.entry
	if got := f.line.field.shown; len(got) != 1 || got[0].text != "Ada Lovelace" {
		t.Errorf("offered are %v", got)
	}
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	f.settle()
	if f.faces.Faces[f.face].Doubtful() || f.card.name.words() != "Ada Lovelace" {
		t.Errorf("a face with a name is doubtful, or has none: %q", f.card.name.words())
	}
	f.askName()
	f.line.field.entry.SetText(strings.Repeat("x", face.MaxName+1))
	f.line.field.submit()
	if f.line == nil || !strings.Contains(f.line.wrong.Text, "bytes") {
		t.Fatal("a name that is too long is taken")
	}
	f.line.field.set("")
	f.line.field.submit()
	f.settle()
	if got := f.card.name.words(); got != "Name… (I)" {
		t.Errorf("the card says %q after the name was taken away", got)
	}
	f.undo()
	f.settle()
	f.wantSaid("Undone: remove the name of face 2 of c.jpg.")
	if got := f.card.name.words(); got != "Ada Lovelace" {
		t.Errorf("after undoing the card says %q", got)
	}
}

func TestMatching(t *testing.T) {
	texts := []suggestion{{"Wedding", "9"}, {"Places|Rome", "8"}, {"Rain", "7"}, {"Ada Rossi", "6"}, {"rome", "5"}}
	for _, tt := range []struct{ typed, want string }{
		{"", "Wedding Places|Rome Rain Ada Rossi rome"},
		{"r", "Rain rome Places|Rome Ada Rossi"},
		{"ROME", "Places|Rome"}, // and not what was typed itself
		{"edding", ""},
		{"x", ""},
	} {
		var got []string
		for _, s := range matching(texts, tt.typed, nil) {
			got = append(got, s.text)
		}
		if words := strings.Join(got, " "); words != tt.want {
			t.Errorf("%q: %q, want %q", tt.typed, words, tt.want)
		}
	}
	if got := matching(slices.Repeat(texts, 3), "", func(s string) bool { return s == "Rain" }); len(got) != maxSuggestions || slices.Contains(got, texts[2]) {
		t.Errorf("%v", got)
	}
}
