package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"semblance/internal/face"
)

// settle waits until everything that was said is stored and shown.
func (f *fixture) settle() {
	f.t.Helper()
	f.until("the edits", func() bool { return !f.edits.busy && len(f.edits.waiting) == 0 })
}

func (f *fixture) wantVerdict(want string) {
	f.t.Helper()
	if got := f.card.verdict.text(); got != want {
		f.t.Errorf("the card says %q, want %q", got, want)
	}
}

func (f *fixture) wantCard(title string) {
	f.t.Helper()
	if got := f.card.title.Text; got != title {
		f.t.Errorf("the card is of %q, want %q", got, title)
	}
}

// A doubtful face is accepted and rejected by keys and buttons; panel, counts and card follow at once.
func TestJudgeADoubtfulFace(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false) // c.jpg: a sad man and a doubtful face
	f.typed(fyne.KeyY)
	f.settle()
	f.wantVerdict("")
	if !strings.Contains(f.status.said.Text, "not in doubt") {
		t.Errorf("about a certain face the status bar says %q", f.status.said.Text)
	}
	f.typed(fyne.KeyRightBracket)
	f.wantVerdict("May be no face. Not counted until you accept it.")
	if got := f.count("doubtful", "yes"); got != "1" {
		t.Errorf("%s doubtful faces, want 1", got)
	}
	f.typed(fyne.KeyY)
	f.settle()
	f.wantVerdict("Accepted by you")
	f.wantCard("FACE 2 · 2 of 2")
	if got := f.count("doubtful", "yes"); got != "0" || f.result.TotalFaces != 4 {
		t.Errorf("%s doubtful faces, %d in all, want 0 and 4", got, f.result.TotalFaces)
	}
	if got := f.status.said.Text; got != "Face 2 accepted." {
		t.Errorf("the status bar says %q", got)
	}
	f.card.verdict.back.OnTapped() // take back
	f.settle()
	if got := f.status.said.Text; got != "Face 2 is back, still doubtful." {
		t.Errorf("the status bar says %q", got)
	}
	f.wantVerdict("May be no face. Not counted until you accept it.")
	f.card.verdict.reject.OnTapped()
	f.settle()
	f.wantCard("FACE 1")
	f.wantVerdict("")
	if got := f.count("doubtful", "yes"); got != "0" || f.result.TotalFaces != 3 {
		t.Errorf("%s doubtful faces, %d in all, want 0 and 3", got, f.result.TotalFaces)
	}
	if !f.rejected.object.Visible() || f.rejected.words.Text != "1 rejected face" || !strings.Contains(f.status.said.Text, "Ctrl+Z") {
		t.Errorf("the card says %q, the status bar %q", f.rejected.words.Text, f.status.said.Text)
	}
	f.undo()
	f.settle()
	f.wantCard("FACE 1 · 1 of 2")
	if f.rejected.object.Visible() || !strings.Contains(f.status.said.Text, "reject face 2 of c.jpg") {
		t.Errorf("after undoing the status bar says %q", f.status.said.Text)
	}
	f.redo()
	f.settle()
	f.wantCard("FACE 1")
}

// A face that is there only because it was accepted has no score of the search that did not
// find it, and the status bar says that it goes with the verdict.
func TestAcceptedFaceThatIsNotFoundAgain(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false)
	f.typed(fyne.KeyRightBracket)
	f.typed(fyne.KeyY)
	f.settle()
	f.wantCard("FACE 2 · 2 of 2")
	scored := func() bool {
		return slices.ContainsFunc(f.card.facts.facts, func(l fact) bool { return l.name == "Detector's score" })
	}
	if !scored() {
		t.Error("the card of a face that was found says no score")
	}
	f.lookHarder()
	f.until("the second look", func() bool { return f.faces != nil && len(f.faces.Faces) == 2 && f.faces.Faces[1].Given })
	f.wantCard("FACE 2 · 2 of 2")
	f.wantVerdict("Accepted by you")
	if scored() {
		t.Error("the card says a score of a face that was not found")
	}
	if s := f.faces.Faces[1].Score; s != .7 {
		t.Errorf("score %v, want .7 as before", s)
	}
	f.card.verdict.back.OnTapped()
	f.settle()
	f.wantCard("FACE 1")
	if got := f.status.said.Text; !strings.Contains(got, "no face any more") {
		t.Errorf("the status bar says %q", got)
	}
	f.undo()
	f.settle()
	f.wantCard("FACE 1 · 1 of 2")
}

// Rejected faces can be shown, and brought back.
func TestRejectedFacesComeBack(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false)
	f.typed(fyne.KeyN) // a certain face can be rejected too
	f.settle()
	f.wantCard("FACE 2")
	f.wantVerdict("May be no face. Not counted until you accept it.")
	f.typed(fyne.KeyN) // the last one
	f.settle()
	if !strings.Contains(f.card.emptyText.Text, "No face is left") || f.rejected.words.Text != "2 rejected faces" {
		t.Errorf("the card says %q and %q", f.card.emptyText.Text, f.rejected.words.Text)
	}
	f.rejected.show.OnTapped()
	f.wantCard("FACE 1 · 1 of 2")
	f.wantVerdict("Rejected by you")
	f.typed(fyne.KeyN) // it is
	f.settle()
	f.wantVerdict("Rejected by you")
	f.typed(fyne.KeyY)
	f.settle()
	f.wantVerdict("Accepted by you")
	f.typed(fyne.KeyRightBracket)
	f.wantVerdict("Rejected by you")
	f.restoreRejected()
	f.settle()
	f.wantVerdict("May be no face. Not counted until you accept it.")
	if f.rejected.object.Visible() {
		t.Error("the card still tells of rejected faces")
	}
	f.rejected.show.OnTapped()
	f.wantCard("FACE 2 · 2 of 2") // the choice stays
}

// Two quick presses are about two faces, and judging goes on to the photo that comes next.
func TestJudgingGoesOn(t *testing.T) {
	f := newFixture(t)
	drawPhoto(t, f.photos+"/g.jpg", 170)
	drawPhoto(t, f.photos+"/h.jpg", 160)
	f.openFolder(f.photos, false)
	f.until("the new photos", func() bool { return f.count("doubtful", "yes") == "3" })
	f.search.submit("doubtful:yes")
	f.check("c g h")
	f.grid.MoveTo(1, false)
	f.wantVerdict("May be no face. Not counted until you accept it.") // the one that was asked for
	f.typed(fyne.KeyY)
	f.settle()
	f.check("c h")
	if !strings.HasSuffix(f.current, "h.jpg") {
		t.Errorf("judging went on to %s, want h.jpg", f.current)
	}
	if got := f.status.said.Text; got != "Face 2 of g.jpg accepted." {
		t.Errorf("the status bar says %q", got)
	}
	f.typed(fyne.KeyN)
	f.typed(fyne.KeyN)
	f.settle()
	f.check("")
	f.undo()
	f.undo()
	f.undo()
	f.settle()
	f.check("c g h")
	f.undo()
	f.settle()
	if f.status.said.Text != "Nothing to undo." {
		t.Errorf("the status bar says %q", f.status.said.Text)
	}
}

// A face that a person marks is there at once, and then analysed.
func TestMarkAFace(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(3, false) // d.jpg: no face
	f.typed(fyne.KeyM)
	if !f.loupe.open || !f.loupe.viewer.Marking() || !f.loupe.hint.object.Visible() {
		t.Fatalf("loupe open %v, marking %v, hint %v", f.loupe.open, f.loupe.viewer.Marking(), f.loupe.hint.object.Visible())
	}
	f.typedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if !f.loupe.open || f.loupe.viewer.Marking() || f.loupe.hint.object.Visible() {
		t.Error("Esc does not end marking alone")
	}
	f.typed(fyne.KeyM)
	v := f.loupe.viewer
	at := func(x, y float32) fyne.Position {
		view := v.View()
		return fyne.NewPos(view.Offset.X+x*view.Scale, view.Offset.Y+y*view.Scale)
	}
	drag := func(from, to fyne.Position) {
		v.MouseDown(&desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: from}})
		v.Dragged(&fyne.DragEvent{PointEvent: fyne.PointEvent{Position: to}})
		v.DragEnd()
	}
	drag(at(50, 50), at(53, 90))
	if !v.Marking() || !strings.Contains(f.loupe.hint.text.Text, "too small") {
		t.Errorf("after a box of 3 pixels: marking %v, %q", v.Marking(), f.loupe.hint.text.Text)
	}
	drag(at(50, 50), at(110, 130))
	if v.Marking() {
		t.Error("marking goes on after a box")
	}
	f.settle()
	f.wantCard("FACE 1")
	if got := f.card.verdict.text(); !strings.HasPrefix(got, "Marked by you") {
		t.Errorf("the card says %q", got)
	}
	f.until("its analysis", func() bool { return f.card.gender.text.Text == "Woman  100 %" })
	f.wantVerdict("Marked by you")
	if b := f.faces.Faces[0].Box; b.IoU(face.BoxAt(50, 50, 60, 80)) < .99 {
		t.Errorf("the box is %v", b)
	}
	if f.result.TotalFaces != 4 {
		t.Errorf("%d faces, want 4", f.result.TotalFaces)
	}
	f.undo()
	f.settle()
	if !strings.Contains(f.card.emptyText.Text, "No face") {
		t.Errorf("after undoing the card says %q", f.card.emptyText.Text)
	}
	f.grid.MoveTo(4, false) // e.jpg failed
	f.typed(fyne.KeyM)
	if v.Marking() || !strings.Contains(f.status.said.Text, "analysed") {
		t.Errorf("marking in a photo that failed: %v, %q", v.Marking(), f.status.said.Text)
	}
}

// A marked face that is not analysed, as while the analysis pauses, can be removed on its card.
func TestRemoveAMarkedFaceBeforeItsAnalysis(t *testing.T) {
	f := newFixture(t)
	f.lib.SetPaused(true)
	f.grid.MoveTo(3, false)
	f.faceMarked(f.current, face.BoxAt(50, 50, 60, 80))
	f.settle()
	f.wantVerdict("Marked by you, not analysed yet")
	if got := f.card.geometry.Title(); got != "BOX" {
		t.Errorf("below %q the card says nothing but the box", got)
	}
	remove := f.card.verdict.back
	if !remove.Visible() || remove.OnTapped == nil {
		t.Fatal("there is no button to remove the face")
	}
	remove.OnTapped()
	f.settle()
	if !strings.Contains(f.card.emptyText.Text, "No face") {
		t.Errorf("after removing the card says %q", f.card.emptyText.Text)
	}
}

// A face that is marked while the window has no library is not stored anywhere.
func TestMarkWithoutALibrary(t *testing.T) {
	f := newFixture(t)
	path := f.photos + "/d.jpg"
	lib := f.lib
	f.lib = nil
	f.faceMarked(path, face.BoxAt(50, 50, 60, 80))
	f.lib = lib
	f.settle()
	if p, err := lib.Photo(path); err != nil || len(p.Analysis.Faces) != 0 {
		t.Errorf("faces %v, %v", p.Analysis.Faces, err)
	}
}

// What cannot be stored is said, and what was meant after it is dropped.
func TestEditThatCannotBeStored(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(2, false)
	full := errors.New("no space left on device")
	f.edits.do(func() func() error { return func() error { return full } })
	f.typed(fyne.KeyN)
	f.settle()
	if f.win.Canvas().Overlays().Top() == nil {
		t.Error("nobody says that it is not stored")
	}
	f.wantCard("FACE 1 · 1 of 2")
}
