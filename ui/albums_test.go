package ui

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"semblance/catalog/query"
	"semblance/internal/library"
)

func (f *fixture) shelfRows(s *shelf) string {
	var rows []string
	for _, r := range s.rows {
		label, note := r.Texts()
		row := strings.TrimSpace(label + " " + note)
		if r.On() {
			row = "*" + row
		}
		rows = append(rows, row)
	}
	return strings.Join(rows, ", ")
}

func (f *fixture) wantAlbums(want string) {
	f.t.Helper()
	f.settle()
	if got := f.shelfRows(f.albums.albums); got != want {
		f.t.Errorf("the albums are %q, want %q", got, want)
	}
}

// answer types into the dialog that is open, and Enter.
func (f *fixture) answer(text string) {
	f.t.Helper()
	if f.line == nil {
		f.t.Fatalf("no dialog asks for %q", text)
	}
	f.line.field.set(text)
	f.line.field.submit()
	f.settle()
}

// An album is made, shown over all folders, renamed, emptied and removed; a folder leads back.
func TestAlbums(t *testing.T) {
	f := newFixture(t)
	f.askAlbum()
	if f.line != nil {
		t.Fatal("an album is asked for without a photo")
	}
	f.grid.MoveTo(0, false)
	f.grid.MoveTo(1, true)
	f.askAlbum()
	f.answer("Best | 2026")
	f.wantAlbums("Best › 2026 2")
	f.wantSaid("In the album Best › 2026: 2 photos.")
	f.openFolder(f.photos+"/sub", false)
	f.wait("idle")
	f.grid.MoveTo(0, false)
	f.askAlbum()
	f.line.field.choose(0)
	f.line.field.submit()
	f.wantAlbums("Best › 2026 3")

	f.albums.albums.rows[0].OnTapped()
	f.check("a b f1")
	f.wantAlbums("*Best › 2026 3")
	if !f.folders.all.On() || f.status.folder.Text != allFolders || f.win.Title() != "All folders – Semblance" {
		t.Errorf("all folders %v, %q, %q", f.folders.all.On(), f.status.folder.Text, f.win.Title())
	}
	f.grid.MoveTo(1, false)
	if got := f.facts.facts[len(f.facts.facts)-2]; got.name != "Folder" || got.value != filepath.Base(f.photos) {
		t.Errorf("the card says %q %q", got.name, got.value)
	}
	f.uncollect()
	f.wantAlbums("*Best › 2026 2")
	f.check("a f1")
	f.undo()
	f.wantAlbums("*Best › 2026 3")
	f.check("a b f1")

	f.askRenameAlbum("Best|2026")
	f.answer("Portfolio")
	f.wantAlbums("*Portfolio 3")
	f.check("a b f1")

	f.grid.MoveTo(1, false)
	f.openFolderOf()
	f.check("a b c d e")
	if i, _ := f.grid.Cursor(); i != 1 || f.everywhere {
		t.Errorf("photo %d is chosen, want b; everywhere %v", i, f.everywhere)
	}
	f.openAlbum("Portfolio")
	f.openFolder(f.photos, false) // leads back
	f.check("a b c d e")
	f.wantAlbums("Portfolio 3")
	if f.folders.all.On() || !f.expr.Empty() || f.search.entry.Text != "" || f.status.folder.Text != f.photos {
		t.Errorf("after a folder was opened: all %v, filter %q, %q", f.folders.all.On(), f.expr, f.status.folder.Text)
	}

	f.openAlbum("Portfolio")
	f.removeAlbum("Portfolio")
	f.wantAlbums("")
	f.check("a b c d e f1") // all folders, without a filter
	f.undo()
	f.wantAlbums("Portfolio 3")
	f.grid.SelectNone()
	f.newAlbum()
	f.answer("portfolio")
	if f.line == nil || !strings.Contains(f.line.wrong.Text, "There is an album of this name") {
		t.Fatal("two albums of one name can be made")
	}
	f.answer("Empty")
	f.wantAlbums("Empty 0, Portfolio 3")
	f.openAlbum("Empty")
	if !f.empty.object.Visible() || f.empty.title.Text != "This album is empty" {
		t.Errorf("an empty album says %q", f.empty.title.Text)
	}
}

// The panel counts what a click shows: every copy of a photo, and none that is gone.
func TestAlbumCounts(t *testing.T) {
	f := newFixture(t)
	data, err := os.ReadFile(f.photos + "/a.jpg")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(f.photos+"/copy.jpg", data, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(f.photos + "/b.jpg"); err != nil {
		t.Fatal(err)
	}
	if err := f.lib.Collect("Best", []string{f.photos + "/a.jpg", f.photos + "/b.jpg"}); err != nil {
		t.Fatal(err)
	}
	f.openFolder(f.photos, false)
	f.wait("idle")
	f.openAlbum("Best")
	f.check("a copy")
	f.wantAlbums("*Best 2")
}

// A filter is saved under a name, found again in all folders, renamed and removed.
func TestSavedSearches(t *testing.T) {
	f := newFixture(t)
	f.askSaveSearch()
	if f.line != nil || !strings.Contains(f.status.said.Text, "no filter") {
		t.Fatalf("no filter can be saved: %q", f.status.said.Text)
	}
	want := func(want string) {
		t.Helper()
		f.settle()
		if got := f.shelfRows(f.albums.searches); got != want {
			t.Errorf("the searches are %q, want %q", got, want)
		}
	}
	f.filter.tapped("emotion", "happy")
	f.askSaveSearch()
	if got := f.line.field.entry.Text; got != "Happy" {
		t.Errorf("the name that is offered is %q", got)
	}
	f.answer("Happy people")
	want("Happy people")
	f.openFolder(f.photos+"/sub", false)
	f.wait("idle")
	f.clearFilter()
	f.albums.searches.rows[0].OnTapped()
	f.check("a b f1")
	want("*Happy people")
	f.filter.tapped("emotion", "sad")
	f.check("a b c f1")
	want("Happy people") // it is another filter now
	s := f.lib.Searches()[0]
	f.askRenameSearch(s)
	f.answer("happy people") // other letters
	want("happy people")
	f.askRenameSearch(f.lib.Searches()[0])
	f.answer("Smiles")
	want("Smiles")
	f.removeSearch(f.lib.Searches()[0])
	f.win.Canvas().Overlays().Top().Hide()
	f.storeAlbum("", func(lib *library.Library) error { return lib.RemoveSearch("Smiles") }, nil)
	want("")
}

// A saved search about what is hidden by now says so and changes nothing.
func TestSavedSearchOfWhatIsHidden(t *testing.T) {
	f := newFixture(t)
	e, err := query.Parse("ethnicity:white")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.lib.SaveSearch("Old", e); err != nil {
		t.Fatal(err)
	}
	f.openSearch(f.lib.Searches()[0])
	if f.everywhere || !f.expr.Empty() || f.win.Canvas().Overlays().Top() == nil {
		t.Error("a search of what is hidden is done, or nothing is said")
	}
}

// All Folders looks through every folder with the same filter, and the open folder leads back, filter and all.
func TestAllFolders(t *testing.T) {
	f := newFixture(t)
	f.openFolder(f.photos+"/sub", false)
	f.wait("idle")
	f.filter.tapped("emotion", "happy")
	f.check("f1")
	f.folders.all.OnTapped()
	f.check("a b f1")
	if f.folders.scope.Visible() {
		t.Error("the scope of a folder is offered while all are shown")
	}
	f.folders.here.OnTapped()
	f.check("f1")
	f.folders.all.OnTapped()
	f.folders.tree.Select(f.photos + "/sub")
	f.check("f1")
	if f.expr.String() != "emotion:happy" || f.everywhere {
		t.Errorf("the filter is %q, everywhere %v", f.expr, f.everywhere)
	}
}
