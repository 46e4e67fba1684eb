package ui

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
)

// overlay returns the objects of the dialog that is open.
func (f *fixture) overlay() []fyne.CanvasObject {
	f.t.Helper()
	top := f.win.Canvas().Overlays().Top()
	if top == nil {
		f.t.Fatal("no dialog is open")
	}
	return test.LaidOutObjects(top)
}

// says returns the texts of the dialog that is open.
func (f *fixture) says() string {
	f.t.Helper()
	var lines []string
	for _, o := range f.overlay() {
		if l, ok := o.(*widget.Label); ok {
			lines = append(lines, l.Text)
		}
	}
	return strings.Join(lines, "\n")
}

// press presses the button of the dialog whose title begins so.
func (f *fixture) press(title string) {
	f.t.Helper()
	for _, o := range f.overlay() {
		if b, ok := o.(*widget.Button); ok && strings.HasPrefix(b.Text, title) {
			test.Tap(b)
			return
		}
	}
	f.t.Fatalf("no button %q in %s", title, f.says())
}

// worked waits until work on the catalog is done and a library is open again, and looks for words in what is told.
func (f *fixture) worked(words string) {
	f.t.Helper()
	f.until("work on the catalog", func() bool {
		return f.lib != nil && f.opening == nil && f.win.Canvas().Overlays().Top() != nil && strings.Contains(f.says(), words)
	})
	f.press("Close")
	if f.win.Canvas().Overlays().Top() != nil {
		f.t.Errorf("another dialog is open: %s", f.says())
	}
	f.events = nil
}

// The catalog is closed for what needs that, and the same window goes on with it.
func TestCatalogIsClosedAndOpenedAgain(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	before := f.lib
	f.compact()
	if f.lib != nil || f.grid.Len() != 0 {
		t.Error("the closed catalog is still shown")
	}
	f.typed(fyne.KeyE) // keys do nothing meanwhile
	f.typed(fyne.KeyY)
	f.worked("he file")
	f.until("the photos", func() bool { return f.names() == "a b c d e" })
	if f.lib == before {
		t.Error("it is the same library")
	}
	f.grid.MoveTo(2, false)
	f.typed(fyne.KeyN)
	f.settle()
	f.search.submit("faces:0")
	f.check("c d")
}

func TestCheckAndBackUp(t *testing.T) {
	f := newFixture(t)
	f.checkCatalog()
	f.worked("is sound")
	f.askBackUp()
	f.press("Among the daily backups")
	f.worked("The copy is complete")
	copies, err := f.upkeep().Backups()
	if err != nil || len(copies) != 1 {
		t.Fatal(copies, err)
	}
	// What came later is not there any more when the backup is restored, and the former file is.
	f.grid.MoveTo(0, false)
	f.typed(fyne.KeyN)
	f.settle()
	f.search.submit("faces:1..")
	f.check("b c")
	f.askRestore()
	f.until("what the backup holds", func() bool {
		return strings.Contains(f.says(), "6 photos and 4 faces") || strings.Contains(f.says(), "5 photos and")
	})
	f.press("Restore")
	f.worked("The former file is kept as")
	f.search.submit("faces:1..")
	f.until("the photos", func() bool { return f.names() == "a b c" })
}

// A damaged catalog is named with the ways out, and each of them leads to one that can be used.
func TestDamagedCatalog(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	if err := f.lib.Correct(filepath.Join(f.photos, "a.jpg"), 1, face.AgeYears, 77); err != nil {
		t.Fatal(err)
	}
	if _, err := f.lib.ExportJSON(t.Context(), []string{filepath.Join(f.photos, "a.jpg")}, export.Semblance, nil); err != nil {
		t.Fatal(err)
	}
	if _, err := f.lib.BackUp(t.Context(), "", false); err != nil {
		t.Fatal(err)
	}
	damaged := bytes.Repeat([]byte("no catalog"), 10_000)
	for _, way := range []string{"Restore the backup of", "Start anew and read the JSON"} {
		f.whileClosed(closedWork{title: "damage", do: func(_ context.Context, u library.Upkeep, _ func(string)) (string, error) {
			return "", os.WriteFile(u.Catalog, damaged, 0o600)
		}})
		f.wait("trouble shown")
		if s := f.says(); !strings.Contains(s, f.opts.Catalog) || !strings.Contains(s, "It holds") || !strings.Contains(s, "you had said something about") || !strings.Contains(s, f.photos) || f.lib != nil {
			t.Errorf("the dialog says %s", s)
		}
		f.dialog.typed(fyne.KeyReturn) // does nothing
		f.press(way)
		f.worked("kept as")
		f.until("the photos", func() bool { return f.names() == "a b c d e" })
		f.until("what was said", func() bool { f.search.submit("age:77"); return f.names() == "a" })
		f.search.submit("")
	}
	kept, err := filepath.Glob(filepath.Join(filepath.Dir(f.opts.Catalog), "*-replaced-*"))
	if err != nil || len(kept) == 0 {
		t.Errorf("the damaged files are not kept: %q, %v", kept, err)
	}
}

// A catalog that another program has open is no dead end.
func TestCatalogInUse(t *testing.T) {
	f := newFixture(t)
	other := filepath.Join(t.TempDir(), "other.db")
	lib, err := library.Open(library.Config{Catalog: other, Cache: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	f.openCatalog(other)
	f.wait("trouble shown")
	if s := f.says(); !strings.Contains(s, other) || !strings.Contains(s, "Another Semblance has it open") {
		t.Errorf("the dialog says %s", s)
	}
	if !f.empty.object.Visible() || f.empty.button.Text != "What can be done…" {
		t.Errorf("behind it is %q", f.empty.button.Text)
	}
	if err := lib.Close(); err != nil {
		t.Fatal(err)
	}
	f.press("Try again")
	f.until("the library", func() bool { return f.lib != nil })
	if f.win.Canvas().Overlays().Top() != nil || f.opts.Catalog != other {
		t.Errorf("catalog %s", f.opts.Catalog)
	}
}

// Face data is deleted after a word about what goes, and is not found again at once.
func TestForget(t *testing.T) {
	f := newFixture(t)
	if err := f.lib.Call(filepath.Join(f.photos, "a.jpg"), 1, "Ada"); err != nil {
		t.Fatal(err)
	}
	f.askForgetPerson()
	if s := f.says(); !strings.Contains(s, noWayBack) {
		t.Errorf("the dialog says %s", s)
	}
	for _, o := range f.overlay() {
		if e, ok := o.(*entry); ok {
			e.SetText("ada")
		}
	}
	f.press("Delete for good")
	f.worked("1 face in 1 photo deleted")
	f.search.submit("faces:0")
	f.until("the photos", func() bool { return f.names() == "a d" })

	for _, keep := range []bool{true, false} {
		f.askForget("")
		if s := f.says(); !strings.Contains(s, noWayBack) || !strings.Contains(s, "of all photos") {
			t.Errorf("the dialog says %s", s)
		}
		if keep {
			f.dialog.typed(fyne.KeyReturn)
			if f.win.Canvas().Overlays().Top() != nil || f.opening != nil {
				t.Error("Enter does not keep the data")
			}
			continue
		}
		f.press("Delete for good")
	}
	f.worked("Deleted: ")
	if path, _ := f.lib.Folder(); path != "" || len(f.lib.Recent()) != 0 {
		t.Errorf("the folder %q is open, %q are offered: everything is analysed again", path, f.lib.Recent())
	}
}

// A window that is closed while the catalog is worked on waits, and leaves it closed.
func TestQuitWhileClosed(t *testing.T) {
	f := newFixture(t)
	hold := make(chan struct{})
	f.whileClosed(closedWork{title: "slow", do: func(context.Context, library.Upkeep, func(string)) (string, error) { <-hold; return "", nil }})
	close(hold)
	if err := f.shutdown(); err != nil {
		t.Fatal(err)
	}
	lib, err := library.Open(library.Config{Catalog: f.opts.Catalog, Cache: t.TempDir()})
	if err != nil {
		t.Fatalf("somebody still has it open: %v", err)
	}
	if err := lib.Close(); err != nil {
		t.Error(err)
	}
}

// What cannot be saved is told until it can.
func TestNotSaved(t *testing.T) {
	f := newFixture(t)
	f.bridge.event(library.Event{Kind: library.Problem, Err: errors.Join(library.ErrNotSaved, errors.New("no space left on device"))})
	f.until("the banner", func() bool { return f.banner.object.Visible() })
	if !strings.Contains(f.banner.text.Text, "cannot be saved") {
		t.Errorf("the banner says %q", f.banner.text.Text)
	}
	f.bridge.event(library.Event{Kind: library.SavedAgain})
	f.until("the end of the banner", func() bool { return !f.banner.object.Visible() })
}

// A repair says what it did, and nothing of what it did not have to do; a damaged catalog says where it is repaired.
func TestWordsOfADamagedCatalog(t *testing.T) {
	for _, tt := range []struct {
		m    library.Mended
		want string
	}{
		{library.Mended{Kept: "k.db", Restored: 1}, "1 value taken from backups.\nThe former file is kept as k.db."},
		{library.Mended{Kept: "k.db", Again: 2, Lost: 1}, "2 photos to be analysed again.\nWhat you said about 1 photo is in no backup. " +
			"File > Catalog > Read Back JSON Files may have it.\nThe former file is kept as k.db."},
	} {
		if got := mendWords(tt.m); got != tt.want {
			t.Errorf("a repair says %q, want %q", got, tt.want)
		}
	}
	one := []error{errors.New("a.jpg: record: damaged")}
	if got := strings.Join(someErrors(one, "1 value is damaged", "values are damaged"), "\n"); got != "1 value is damaged:\na.jpg: record: damaged" {
		t.Errorf("one error is told as %q", got)
	}
	if got := someErrors(append(one, one...), "1 value is damaged", "values are damaged")[0]; got != "2 values are damaged:" {
		t.Errorf("two errors are told as %q", got)
	}
	f := newFixture(t)
	damage := fmt.Errorf("a.jpg: record: %w", library.ErrDamaged)
	if got := f.problemLine(library.Event{Path: f.opts.Catalog, Err: damage}); !strings.Contains(got, "File > Catalog > Check") {
		t.Errorf("a damaged catalog is told as %q", got)
	}
	if got := f.problemLine(library.Event{Path: "b.jpg", Err: damage}); got != "b.jpg: "+damage.Error() {
		t.Errorf("a photo is told as %q", got)
	}
}

// Nothing is offered of the apparent ethnicity while no catalog is open that says it is on, and no texts without words.
func TestFilterBeforeACatalogIsOpen(t *testing.T) {
	f := newFixture(t)
	f.policy.Ethnicity = true
	f.furnish(newBridge(nil))
	f.build()
	if f.filter.hidable[face.EthnicityClasses].Visible() {
		t.Error("the filter panel shows the apparent ethnicity before a catalog is open")
	}
	for _, s := range f.filter.texts {
		if s.section.Visible() && s.section.Open() || s.rows[0].Visible() {
			t.Errorf("the filter panel shows rows of %s before a catalog is open", s.field)
		}
	}
}
