package ui

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
)

// What happens in the open folder shows by itself: photos, the folders at the left and their counts. The loupe goes on to the next photo when
// its own is deleted.
func TestWhatHappensInTheFolderShows(t *testing.T) {
	f := newFixture(t)
	f.until("the count", func() bool { return f.below == 1 })
	f.folders.tree.Refresh()
	f.until("the tree", func() bool { return len(f.folders.kids[f.photos]) == 1 })
	f.grid.MoveTo(1, false)
	f.setLoupe(true)
	if filepath.Base(f.current) != "b.jpg" {
		t.Fatalf("the loupe shows %s", f.current)
	}
	drawPhoto(t, filepath.Join(f.photos, "aa.jpg"), 70)
	drawPhoto(t, filepath.Join(f.photos, "new", "n.jpg"), 75)
	f.until("the new photo", func() bool { return f.names() == "a aa b c d e" })
	f.until("the new folder", func() bool {
		return slices.Equal(f.folders.kids[f.photos], []string{filepath.Join(f.photos, "new"), filepath.Join(f.photos, "sub")})
	})
	f.until("the new count", func() bool { return f.below == 2 })
	if filepath.Base(f.current) != "b.jpg" || !f.loupe.open {
		t.Errorf("the loupe shows %s", f.current)
	}
	if err := os.Remove(filepath.Join(f.photos, "b.jpg")); err != nil {
		t.Fatal(err)
	}
	f.until("the end of b.jpg", func() bool { return f.names() == "a aa c d e" })
	if filepath.Base(f.current) != "c.jpg" || !f.loupe.open {
		t.Errorf("the loupe shows %s, want the photo after the one that was deleted", f.current)
	}
	if err := os.RemoveAll(filepath.Join(f.photos, "new")); err != nil {
		t.Fatal(err)
	}
	f.until("the end of the folder", func() bool { return len(f.folders.kids[f.photos]) == 1 && f.below == 1 })
}

// A disk that is unplugged is told once, and not any more when it is back.
func TestUnpluggedAndBack(t *testing.T) {
	f := newFixture(t)
	away := f.photos + "-away"
	if err := os.Rename(f.photos, away); err != nil {
		t.Fatal(err)
	}
	f.keys.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	f.until("the problem", func() bool { return len(f.problems) == 1 && f.scanErr != nil })
	f.check("a b c d e")
	if err := os.Rename(away, f.photos); err != nil {
		t.Fatal(err)
	}
	f.keys.TypedKey(&fyne.KeyEvent{Name: fyne.KeyF5})
	f.until("the end of the problem", func() bool { return len(f.problems) == 0 && f.scanErr == nil })
	f.check("a b c d e")
}
