package ui

import (
	"strings"

	"semblance/internal/library"
)

// lookAgain is photos that a person has had analysed again, until that is done: then the status
// bar says what came of it.
type lookAgain struct {
	look    library.Look
	photos  int                           // asked for
	waiting map[library.Ref]library.Entry // those that are not done yet, as they were before

	more, fewer, doubtful, failed int // faces, faces, additional doubtful faces, photos
}

func (w *Window) reanalyse()  { w.again(w.chosen(), 0) }
func (w *Window) lookHarder() { w.again(w.chosen(), library.LookHarder) }
func (w *Window) lookTurned() { w.again(w.chosen(), library.LookTurned) }

// retry analyses the current photo again.
func (w *Window) retry() { w.again([]string{w.current}, 0) }

func (w *Window) again(paths []string, look library.Look) {
	if w.lib == nil {
		return
	}
	if len(paths) == 0 {
		w.status.say("No photo is selected that could be analysed again.")
		return
	}
	asked := map[string]bool{}
	for _, path := range paths {
		asked[path] = true
	}
	l := &lookAgain{look: look, waiting: map[library.Ref]library.Entry{}}
	for _, ref := range w.result.Photos {
		if e := w.lib.Entry(ref); asked[e.Path] {
			l.waiting[ref] = e
		}
	}
	l.photos = len(l.waiting)
	w.status.say(l.begun())
	lib, post := w.lib, w.bridge.post
	folder, _ := lib.Folder()
	go func() { // it waits for the disk
		err := lib.Reanalyse(paths, look)
		post(func() {
			if err != nil {
				w.status.say("")
				w.showError("The photos cannot be analysed again", err)
				return
			}
			if now, _ := lib.Folder(); now == folder { // else they wait until it is opened again
				w.looks = append(w.looks, l)
				w.lookedAgain()
			}
		})
	}()
}

// lookedAgain says what came of the photos that were analysed again, once all of them are.
func (w *Window) lookedAgain() {
	st := w.lib.Status()
	atRest := !st.Scanning && st.Done == st.Total // a file that is gone waits for ever
	pending := w.looks[:0]
	for _, l := range w.looks {
		for ref, before := range l.waiting {
			if e := w.lib.Entry(ref); e.State != library.Waiting {
				l.done(before, e)
				delete(l.waiting, ref)
			}
		}
		if len(l.waiting) > 0 && !atRest {
			pending = append(pending, l)
			continue
		}
		l.photos -= len(l.waiting)
		w.status.say(l.words())
		w.opts.Trace("looked again", map[string]any{"photos": l.photos, "more": l.more, "fewer": l.fewer, "doubtful": l.doubtful, "failed": l.failed})
	}
	w.looks = pending
}

// done takes in a photo that was analysed again.
func (l *lookAgain) done(before, now library.Entry) {
	if now.State == library.Failed {
		l.failed++
		return
	}
	l.more += max(now.Faces-before.Faces, 0)
	l.fewer += max(before.Faces-now.Faces, 0)
	l.doubtful += max(now.Doubtful-before.Doubtful, 0)
}

// begun says what is being done: "Looking harder at 3 photos …".
func (l *lookAgain) begun() string {
	photos := plural(l.photos, "photo")
	switch l.look {
	case library.LookHarder:
		return "Looking harder for small faces in " + photos + " …"
	case library.LookTurned:
		return "Looking for turned faces in " + photos + " …"
	}
	return "Analysing " + photos + " again …"
}

// words says what came of it: "Looked harder: 2 more faces, 1 more doubtful in 3 photos."
func (l *lookAgain) words() string {
	did := "Analysed again: "
	switch l.look {
	case library.LookHarder:
		did = "Looked harder: "
	case library.LookTurned:
		did = "Looked for turned faces: "
	}
	var parts []string
	if l.more > 0 {
		parts = append(parts, plural(l.more, "more face"))
	}
	if l.fewer > 0 {
		parts = append(parts, plural(l.fewer, "face")+" fewer")
	}
	if l.doubtful > 0 {
		parts = append(parts, count(l.doubtful)+" more doubtful")
	}
	if len(parts) == 0 && l.look == 0 {
		parts = []string{"as many faces as before"}
	} else if len(parts) == 0 {
		parts = []string{"no more faces"}
	}
	said := did + strings.Join(parts, ", ") + " in " + plural(l.photos-l.failed, "photo") + "."
	switch {
	case l.failed > 0 && l.failed == l.photos:
		return did + plural(l.failed, "photo") + " failed."
	case l.failed > 0:
		said += " " + plural(l.failed, "photo") + " failed."
	}
	return said
}
