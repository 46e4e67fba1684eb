package ui

import (
	"errors"
	"fmt"
	"slices"

	"semblance/internal/face"
	"semblance/internal/library"
)

// edits stores what a person says, one after the other and off the UI goroutine, because a
// disk may be slow. What is meant is worked out only when it is its turn: the second of two
// quick presses of a key is about the face that the first one left chosen.
type edits struct {
	post    func(func())
	waiting []func() func() error
	busy    bool
	saved   func(error) // runs on the UI goroutine after each
	running chan struct{}
}

// do has plan work out what to store, when everything before is stored; nil is nothing.
func (e *edits) do(plan func() (store func() error)) {
	e.waiting = append(e.waiting, plan)
	e.next()
}

func (e *edits) next() {
	for !e.busy && len(e.waiting) > 0 {
		plan := e.waiting[0]
		e.waiting = e.waiting[1:]
		store := plan()
		if store == nil {
			continue
		}
		e.busy = true
		done := make(chan struct{})
		e.running = done
		go func() {
			err := store()
			close(done)
			e.post(func() {
				e.busy = false
				e.saved(err)
				e.next()
			})
		}()
	}
}

// wait waits until what is being stored is on the disk.
func (e *edits) wait() {
	if e.running != nil {
		<-e.running
	}
}

// chosenFace returns the face that the card shows, nil if there is none.
func (w *Window) chosenFace() *face.Face {
	if w.lib == nil || w.faces == nil || w.face >= len(w.faces.Faces) {
		return nil
	}
	return &w.faces.Faces[w.face]
}

// judge gives the chosen face a verdict, and then goes on to the next doubtful one of the photo.
func (w *Window) judge(v face.Verdict) {
	w.edits.do(func() func() error {
		f := w.chosenFace()
		if f == nil || f.Edit.Verdict == v {
			return nil
		}
		if v == face.Accepted && !f.Doubtful() && f.Edit.Verdict != face.Rejected {
			w.status.say(fmt.Sprintf("Face %d is not in doubt.", f.Number))
			return nil
		}
		lib, path, number := w.lib, w.current, f.Number
		w.place, _ = w.grid.Cursor()
		was := *f
		w.stored = func() {
			w.goOn(path, number)
			w.status.say(w.judgedWords(v, path, &was))
			w.opts.Trace("face judged", map[string]any{"path": path, "face": number, "verdict": v.String()})
		}
		return func() error { return lib.Judge(path, number, v) }
	})
}

// goOn chooses the next doubtful face of the photo after one that was judged, if there is one.
func (w *Window) goOn(path string, number uint32) {
	if w.current != path || w.faces == nil {
		return
	}
	order := inOrder(w.faces)
	for _, again := range []bool{false, true} { // from the face on, then from the first one
		for _, i := range order {
			f := &w.faces.Faces[i]
			if f.Doubtful() && f.Edit.Verdict == face.NoVerdict && (f.Number >= number) != again {
				w.chooseFace(i)
				return
			}
		}
	}
	if w.indexOf(number) < 0 {
		w.chooseAfter(number)
	}
}

// indexOf returns which of the shown faces has a number, -1 if none.
func (w *Window) indexOf(number uint32) int {
	if w.faces == nil {
		return -1
	}
	return slices.IndexFunc(w.faces.Faces, func(f face.Face) bool { return f.Number == number })
}

// restoreRejected takes back all rejections of the current photo.
func (w *Window) restoreRejected() {
	w.edits.do(func() func() error {
		if w.lib == nil || len(w.photo.Rejected) == 0 {
			return nil
		}
		lib, path, n := w.lib, w.current, len(w.photo.Rejected)
		w.stored = func() { w.status.say(plural(n, "face") + " restored.") }
		return func() error { return lib.RestoreFaces(path) }
	})
}

// toggleRejected shows the rejected faces of photos, or hides them again.
func (w *Window) toggleRejected() {
	w.showRejected = !w.showRejected
	w.win.SetMainMenu(w.mainMenu()) // the mark
	if w.current != "" {
		w.showPhoto(w.current)
	}
}

// undo and redo take back what was said last, of whatever photo, and show that photo.
func (w *Window) undo() {
	w.back("Undone", "Nothing to undo.", (*library.Library).Undo)
}

func (w *Window) redo() {
	w.back("Done again", "Nothing to redo.", (*library.Library).Redo)
}

func (w *Window) back(word, nothing string, step func(*library.Library) (path, what string, err error)) {
	w.edits.do(func() func() error {
		if w.lib == nil {
			return nil
		}
		lib := w.lib
		var path, what string
		w.stored = func() {
			if what == "" {
				w.status.say(nothing)
				return
			}
			w.showAlbums()
			w.goTo(path)
			w.status.say(undoneWords(word, path, what))
			w.opts.Trace("undone", map[string]any{"path": path, "what": what})
		}
		return func() (err error) {
			path, what, err = step(lib)
			return err
		}
	})
}

// goTo chooses a photo, if it is shown and not chosen already.
func (w *Window) goTo(path string) {
	if path == "" || w.grid.Selects(path) {
		return
	}
	for i := range w.result.Photos {
		if w.keyOf(i) == path {
			w.grid.MoveTo(i, false)
			return
		}
	}
}

// startMarking has the next drag in the loupe mark a face.
func (w *Window) startMarking() {
	if w.lib == nil {
		return
	}
	w.inLoupe(func() {
		if w.photo.Analysis == nil {
			w.status.say("Faces can be marked once the photo is analysed.")
			return
		}
		w.loupe.setMarking(true)
	})
}

// faceMarked adds the face that was drawn on the current photo and chooses it.
func (w *Window) faceMarked(path string, box face.Box) {
	w.edits.do(func() func() error {
		if w.lib == nil {
			return nil
		}
		lib := w.lib
		var number uint32
		w.stored = func() {
			if i := w.indexOf(number); w.current == path && i >= 0 {
				w.chooseFace(i)
			}
			w.status.say("Face marked. Ctrl+Z takes it away.")
			w.opts.Trace("face marked", map[string]any{"path": path, "face": number})
		}
		return func() (err error) {
			number, err = lib.DrawFace(path, box)
			return err
		}
	})
}

// editStored brings the window up to date after an edit.
func (w *Window) editStored(err error) {
	then := w.stored
	w.stored = nil
	switch {
	case errors.Is(err, face.ErrNoFace):
		w.status.say("The photo has been analysed again meanwhile: the face is not there any more.")
	case err != nil:
		w.edits.waiting = nil
		w.showError("This cannot be saved", err)
	}
	if w.current != "" {
		w.showPhoto(w.current)
	}
	w.runSearch()
	w.place = -1
	if err == nil && then != nil {
		then()
	}
	if w.tagging != nil {
		w.tagging.refresh()
	}
	w.showUndo()
}

// showUndo greys undo, redo and what is about an album in the menu where there is nothing to do.
func (w *Window) showUndo() {
	if w.lib == nil {
		return
	}
	now := [...]bool{w.lib.CanUndo(), w.lib.CanRedo(), w.shownAlbum() != ""}
	if now != w.possible {
		w.possible = now
		w.win.SetMainMenu(w.mainMenu())
	}
}
