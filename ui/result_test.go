package ui

import (
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// What loupe and card show is in the result, or they show nothing.
func TestCardFollowsTheResult(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	shown := f.current
	if shown == "" {
		t.Fatal("the first photo was not shown")
	}
	f.search.submit("state:failed")
	if f.current == shown {
		t.Errorf("the card still shows %s, which the filter left out", shown)
	}
	f.search.submit("")
	f.grid.MoveTo(0, false)
	f.search.submit("faces:1..")
	if _, path := f.grid.Cursor(); f.current != path {
		t.Errorf("the card shows %q, chosen is %q", f.current, path)
	}
}

func TestPlainWordsAreFileNames(t *testing.T) {
	f := newFixture(t)
	f.search.submit("b")
	f.check("b")
	if f.search.problemText() != "" {
		t.Errorf("a file name is called wrong: %s", f.search.problemText())
	}
	f.search.submit("emotoin:happy")
	if f.search.problemText() == "" {
		t.Error("a wrong field is taken for a file name")
	}
}

func TestRightClickExcludes(t *testing.T) {
	f := newFixture(t)
	f.row("emotion", "happy").TappedSecondary(nil)
	if got := f.expr.String(); got != "-emotion:happy" {
		t.Errorf("the filter is %q", got)
	}
}

// Of many faces the one that was asked for is chosen.
func TestTheMatchingFaceIsChosen(t *testing.T) {
	f := newFixture(t)
	f.search.submit("emotion:sad")
	f.grid.MoveTo(0, false)
	if f.photo.Analysis == nil {
		t.Fatal("no photo is shown")
	}
	if e, _ := f.photo.Analysis.Faces[f.face].Emotion.Top(); e.String() != "sad" {
		t.Errorf("the face card shows a %s face", e)
	}
}

// The loupe must not make a small window wider: the panels would leave the screen.
func TestLoupeFitsASmallWindow(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	before := f.win.Content().MinSize().Width
	f.setLoupe(true)
	if got := f.win.Content().MinSize().Width; got > max(before, 720) {
		t.Errorf("the window must be %.0f wide with the loupe, %.0f without", got, before)
	}
}

// A folder that is gone while it is open is told of, and a photo that was deleted leaves the grid.
func TestFilesThatAreGone(t *testing.T) {
	f := newFixture(t)
	if err := os.Remove(filepath.Join(f.photos, "a.jpg")); err != nil {
		t.Fatal(err)
	}
	f.pictureFailed(fs.ErrNotExist)
	f.until("the deleted photo has left the grid", func() bool { return f.names() == "b c d e" })
	f.until("the scan is over", func() bool { return f.scanned })
	if f.banner.object.Visible() {
		t.Errorf("a deleted photo is called a problem: %s", f.banner.text.Text)
	}
	if err := os.RemoveAll(f.photos); err != nil {
		t.Fatal(err)
	}
	f.pictureFailed(fs.ErrNotExist)
	f.until("the banner", func() bool { return f.banner.object.Visible() })
	if !strings.Contains(f.banner.text.Text, "not reachable") {
		t.Errorf("the banner says %q", f.banner.text.Text)
	}
	f.check("b c d e") // what is known stays
}

// What the counts of a field leave out stands beside them.
func TestUnsureFacesAreCounted(t *testing.T) {
	f := newFixture(t)
	for _, field := range []string{"emotion", "age", "gender"} {
		sum := 0
		for value, n := range f.result.Counts[field] {
			if strings.Contains(value, "-") == (field == "age") {
				sum += n
			}
		}
		if want := count(f.result.TotalFaces - sum); f.count("unsure", field) != want {
			t.Errorf("%s: %s unsure, want %s of %d faces", field, f.count("unsure", field), want, f.result.TotalFaces)
		}
	}
	f.row("unsure", "gender").Tapped(nil)
	if got := f.expr.String(); got != "unsure:gender" {
		t.Errorf("the filter is %q", got)
	}
}
