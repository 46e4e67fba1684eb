package ui

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
	"semblance/ui/widgets"
)

// sidecar writes an XMP file with a rating and tags beside a photo, and has the folder scanned.
func (f *fixture) sidecar(name string, stars int, tags ...string) {
	f.t.Helper()
	text := fmt.Sprintf(`<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmp:Rating="%d"><dc:subject><rdf:Bag><rdf:li>%s</rdf:li></rdf:Bag></dc:subject></rdf:Description></rdf:RDF>`,
		stars, strings.Join(tags, "</rdf:li><rdf:li>"))
	f.write(name, text)
}

func (f *fixture) write(name, text string) {
	f.t.Helper()
	if err := os.WriteFile(filepath.Join(f.photos, name), []byte(text), 0o600); err != nil {
		f.t.Fatal(err)
	}
	f.lib.Rescan()
}

// heardWords returns what the box says, a line each, and its buttons.
func (f *fixture) heardWords() (words []string, buttons []*widgets.ToolButton) {
	if !f.heard.object.Visible() {
		return nil, nil
	}
	var look func(o fyne.CanvasObject)
	look = func(o fyne.CanvasObject) {
		switch o := o.(type) {
		case *widget.Label:
			words = append(words, o.Text)
		case *widgets.ToolButton:
			buttons = append(buttons, o)
		case *fyne.Container:
			for _, inner := range o.Objects {
				look(inner)
			}
		}
	}
	look(f.heard.rows)
	return words, buttons
}

func (f *fixture) wantHeard(want ...string) []*widgets.ToolButton {
	f.t.Helper()
	words, buttons := f.heardWords()
	if !slices.Equal(words, want) {
		f.t.Errorf("the box says %q, want %q", words, want)
	}
	return buttons
}

// A sidecar that is written while the photo is shown shows at once; where it and a person say different things, the person decides.
func TestSidecarOnTheCard(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	marks := func(want string) {
		t.Helper()
		f.until(want, func() bool { return f.marksOf("a") == want })
		f.until("the card", func() bool { return len(f.work) == 0 })
	}
	f.sidecar("a.jpg.xmp", 4, "sunny")
	marks("4 none none [sunny]")
	f.wantHeard()
	f.until("the facts", func() bool {
		return slices.ContainsFunc(f.facts.facts, func(l fact) bool {
			return l.name == "From XMP" && l.value == "rating, 1 tag" && l.more == "in a.jpg.xmp"
		})
	})

	f.typed(fyne.Key2)
	f.settle()
	f.sidecar("a.jpg.xmp", 5, "sunny", "beach")
	marks("2 none none [beach sunny]")
	f.until("the box", func() bool { w, _ := f.heardWords(); return len(w) > 0 })
	buttons := f.wantHeard("★★★★★ in a.jpg.xmp; ★★ here.")
	if len(buttons) != 2 {
		t.Fatalf("%d buttons", len(buttons))
	}
	test.Tap(buttons[0])
	f.settle()
	f.wantMarks("a", "5 none none [beach sunny]")
	f.wantSaid("What a.jpg.xmp says holds. Ctrl+Z takes that back.")
	f.wantHeard()
	f.undo()
	f.settle()
	f.wantMarks("a", "2 none none [beach sunny]")
	test.Tap(f.wantHeard("★★★★★ in a.jpg.xmp; ★★ here.")[1])
	f.settle()
	f.wantHeard()
	f.wantMarks("a", "2 none none [beach sunny]")

	f.write("a.jpg.xmp", "<x")
	f.until("what is wrong", func() bool { w, _ := f.heardWords(); return len(w) > 0 })
	f.wantHeard("Not all of a.jpg.xmp could be read: no sound XMP: it ends in the middle.")
}

func TestReadXMPItem(t *testing.T) {
	f := newFixture(t)
	item := func() *fyne.MenuItem { return f.item(menuLib, "Read XMP") }
	if !item().Checked {
		t.Error("by default XMP is not read")
	}
	item().Action()
	if item().Checked || f.lib.ReadsXMP() {
		t.Error("XMP is still read")
	}
	item().Action()
	if !item().Checked || !f.lib.ReadsXMP() {
		t.Error("XMP is not read again")
	}
}

func TestDifferenceWords(t *testing.T) {
	p := &library.Photo{}
	p.Path = "/photos/a.jpg"
	p.Marks.Tags = []string{"Places|Rome"}
	for _, tt := range []struct {
		d    library.Difference
		want string
	}{
		{library.Difference{Item: library.ItemRating}, "no stars / no stars"},
		{library.Difference{Item: library.ItemTags}, "no tags / Places › Rome"},
		{library.Difference{Item: library.ItemNames, Face: 3, Name: "Ada"}, "Face 3: Ada / no name"},
		{library.Difference{Item: library.ItemFlag}, "No flag / no flag"},
		{library.Difference{Item: library.ItemLabel}, "No label / no label"},
	} {
		theirs, ours := differenceWords(p, tt.d)
		if got := theirs + " / " + ours; got != tt.want {
			t.Errorf("%q, want %q", got, tt.want)
		}
	}
}
