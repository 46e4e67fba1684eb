package ui

import (
	"fyne.io/fyne/v2/container"

	"semblance/internal/face"
)

// judgeSeen is judge for keys and menu, which may be used without a look at the card: it
// judges only a face that is on the screen as the chosen one, in the loupe or on the
// card of the only selected photo, and otherwise says how to get there.
func (w *Window) judgeSeen(v face.Verdict) {
	if w.loupe.open {
		w.judge(v)
		return
	}
	_, panels := w.body.Objects[0].(*container.Split)
	switch selected := w.grid.Selected(); {
	case len(selected) > 1:
		w.status.say(plural(len(selected), "photo") + " are selected. E opens one in the loupe, to judge its faces.")
	case len(selected) == 0 || selected[0] != w.current:
		w.status.say("No photo is selected whose faces could be judged.")
	case !panels:
		w.status.say("The face card is hidden. Tab shows it; E opens the loupe.")
	default:
		w.judge(v)
	}
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
