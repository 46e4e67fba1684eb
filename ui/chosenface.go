package ui

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2/container"

	"semblance/internal/face"
)

// judgeSeen is judge for keys and menu, which may be used without a look at the card.
func (w *Window) judgeSeen(v face.Verdict) {
	if w.faceSeen("judge", "judged") {
		w.judge(v)
	}
}

// faceSeen reports whether the chosen face is on the screen as such, in the loupe or on the
// card of the only selected photo, and otherwise says how to get there. What is to be done with the face
// are two forms of one verb.
func (w *Window) faceSeen(do, done string) bool {
	if w.loupe.open {
		return true
	}
	_, panels := w.body.Objects[0].(*container.Split)
	switch selected := w.grid.Selected(); {
	case len(selected) > 1:
		w.status.say(plural(len(selected), "photo") + " are selected. E opens one in the loupe, to " + do + " its faces.")
	case len(selected) == 0 || selected[0] != w.current:
		w.status.say("No photo is selected whose faces could be " + done + ".")
	case !panels:
		w.status.say("The face card is hidden. Tab shows it; E opens the loupe.")
	default:
		return true
	}
	return false
}

// deleteKey rejects the chosen face in the loupe. In the grid the key would be taken for one that
// deletes photos.
func (w *Window) deleteKey() {
	if !w.loupe.open {
		w.status.say("Delete rejects a face in the loupe only. Photo files are never deleted.")
		return
	}
	w.judge(face.Rejected)
}

// inOrder returns the indices of a's faces in the order of their numbers, by which picture, card and
// status bar name them.
func inOrder(a *face.Analysis) []int {
	order := make([]int, len(a.Faces))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(i, k int) int { return cmp.Compare(a.Faces[i].Number, a.Faces[k].Number) })
	return order
}

// filtersFaces reports whether the filter asks for faces, and not only for photos.
func (w *Window) filtersFaces() bool { return w.expr.AsksFaces() }

// asksFor reports whether the filter asks for a face of the shown photo; without terms on
// faces it asks for all.
func (w *Window) asksFor(f *face.Face) bool {
	return !w.filtersFaces() || w.expr.MatchesFace(w.faces.Have, w.policy.Sure, f)
}

// notAsked returns the numbers of the shown faces that the filter does not ask for.
func (w *Window) notAsked() []uint32 {
	if w.faces == nil {
		return nil
	}
	var numbers []uint32
	for i := range w.faces.Faces {
		if f := &w.faces.Faces[i]; !w.asksFor(f) {
			numbers = append(numbers, f.Number)
		}
	}
	return numbers
}

// firstAsked returns the index of the largest face that the filter asks for, 0 if there is
// none: of fifty faces it is the one to see.
func (w *Window) firstAsked() int {
	if w.faces == nil {
		return 0
	}
	return max(0, slices.IndexFunc(w.faces.Faces, func(f face.Face) bool { return w.asksFor(&f) }))
}

// steps returns the indices of the faces that the next and the previous face are among, in the
// order of their numbers: those that the filter asks for, or all if it asks for none of them.
func (w *Window) steps() []int {
	if w.faces == nil {
		return nil
	}
	order := inOrder(w.faces)
	asked := slices.DeleteFunc(slices.Clone(order), func(i int) bool { return !w.asksFor(&w.faces.Faces[i]) })
	if len(asked) == 0 {
		return order
	}
	return asked
}

// stepFace goes to the next face, or with -1 to the one before, around the end.
func (w *Window) stepFace(by int) {
	f := w.chosenFace()
	if f == nil {
		return
	}
	if by > 0 {
		w.chooseAfter(f.Number)
	} else {
		w.chooseBefore(f.Number)
	}
	if w.loupe.open && !w.loupe.viewer.Fitted() {
		w.loupe.showFace() // zoomed in: go there
	}
}

// chooseAfter chooses the face with the next number, of those that the steps go through.
func (w *Window) chooseAfter(number uint32) {
	steps := w.steps()
	if len(steps) == 0 {
		return
	}
	at := slices.IndexFunc(steps, func(i int) bool { return w.faces.Faces[i].Number > number })
	w.chooseFace(steps[max(at, 0)])
}

// chooseBefore chooses the face with the number before.
func (w *Window) chooseBefore(number uint32) {
	steps := w.steps()
	slices.Reverse(steps)
	if len(steps) == 0 {
		return
	}
	at := slices.IndexFunc(steps, func(i int) bool { return w.faces.Faces[i].Number < number })
	w.chooseFace(steps[max(at, 0)])
}

// cardPlace says which face the card shows.
type cardPlace struct {
	number   uint32 // Face.Number
	at, of   int    // the at-th of those that the steps go through; 0 if the filter does not ask for it
	filtered bool   // a filter asks for faces
}

// facePlace returns the place of the chosen face.
func (w *Window) facePlace() cardPlace {
	steps := w.steps()
	p := cardPlace{of: len(steps), filtered: w.filtersFaces()}
	if f := w.chosenFace(); f != nil {
		p.number = f.Number
		if w.asksFor(f) {
			p.at = slices.Index(steps, w.face) + 1
		}
	}
	return p
}

// String returns the heading of the card: "FACE 3 · 1 of 4".
func (p cardPlace) String() string {
	heading := fmt.Sprintf("FACE %d", p.number)
	switch {
	case p.at == 0:
		return heading + " · not in the filter"
	case p.filtered:
		return fmt.Sprintf("%s · %d of %d in the filter", heading, p.at, p.of)
	case p.of > 1:
		return fmt.Sprintf("%s · %d of %d", heading, p.at, p.of)
	}
	return heading
}

// judgedWords says that the face f of the photo at path, as it was before, was given a
// verdict; it names the photo if another one is shown already.
func (w *Window) judgedWords(v face.Verdict, path string, f *face.Face) string {
	name := fmt.Sprintf("Face %d", f.Number)
	if w.current != path {
		name += " of " + filepath.Base(path)
	}
	switch {
	case v == face.Accepted:
		return name + " accepted."
	case v == face.Rejected:
		return name + " rejected. Ctrl+Z brings it back."
	case f.Given && !f.Edit.Drawn: // only the verdict kept it
		return name + " is no face any more. Ctrl+Z brings it back."
	case f.Score <= face.AcceptScore:
		return name + " is back, still doubtful."
	default:
		return name + " is back."
	}
}
