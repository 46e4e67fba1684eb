package ui

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/library"
)

// takePolicy has everything follow what was decided about the catalog: which features are hidden, and
// which values are sure.
func (w *Window) takePolicy() {
	w.policy = w.lib.Policy()
	w.card.sure, w.loupe.sure = w.policy.Sure, w.policy.Sure
	w.filter.hide(w.policy.Hidden())
	w.search.hidden = w.policy.Hidden()
	if e := allowed(w.expr, w.policy.Hidden()); !e.Equal(w.expr) {
		w.setExpr(e)
	}
	w.win.SetMainMenu(w.mainMenu()) // the mark
}

// allowed returns e without the terms on features that are hidden.
func allowed(e query.Expr, hidden face.Features) query.Expr {
	for i := len(e.Terms()) - 1; i >= 0 && e.Check(hidden) != nil; i-- {
		if one := onlyTerm(e, i); one.Check(hidden) != nil {
			e = e.Remove(i)
		}
	}
	return e
}

// onlyTerm returns e without all terms but one.
func onlyTerm(e query.Expr, keep int) query.Expr {
	for i := len(e.Terms()) - 1; i >= 0; i-- {
		if i != keep {
			e = e.Remove(i)
		}
	}
	return e
}

// setPolicy stores a policy in the background, because every photo of the catalog is sorted anew, and
// then says what words returns. Meanwhile a note with busy is shown.
func (w *Window) setPolicy(p library.Policy, busy string, words func() string) {
	w.edits.do(func() func() error {
		if w.lib == nil {
			return nil
		}
		bar := widget.NewProgressBarInfinite()
		note := dialog.NewCustomWithoutButtons("One moment", container.NewVBox(widget.NewLabel(busy), bar), w.win)
		note.Resize(fyne.NewSize(380, 110))
		note.Show()
		lib := w.lib
		var failed error
		w.stored = func() {
			bar.Stop()
			note.Hide()
			w.takePolicy()
			if w.current != "" {
				w.showPhoto(w.current)
			}
			w.runSearch()
			if failed == nil {
				w.status.say(words())
			}
			w.opts.Trace("policy changed", map[string]any{"ethnicity": p.Ethnicity})
			if failed != nil {
				w.showError("Not everything could be done", failed)
			}
		}
		return func() error {
			failed = lib.SetPolicy(p) // where it fails, the policy is the new one all the same
			return nil
		}
	})
}

// ethnicityFigures are what the dialog says about the accuracy: TestEthnicityFigures holds them to docs/accuracy.json.
var ethnicityFigures = struct {
	right   int // percent of all faces
	classes []ethnicityFigure
}{75, []ethnicityFigure{
	{face.Asian, 91}, {face.Black, 83}, {face.Indian, 73}, {face.White, 72}, {face.LatinoHispanic, 57}, {face.MiddleEastern, 48},
}}

// ethnicityFigure is how many percent of the faces of a class are recognised.
type ethnicityFigure struct {
	class face.Ethnicity
	right int
}

// ethnicityStays says what is not removed where the apparent ethnicity is switched off.
const ethnicityStays = "Corrections of yours are kept in both, out of sight. JSON files that were exported, and copies of the catalog elsewhere, stay as they are."

// ethnicityText explains what the apparent ethnicity is before it is switched on.
func ethnicityText() []string {
	var groups []string
	for _, c := range ethnicityFigures.classes {
		groups = append(groups, fmt.Sprintf("%s %d %%", className("ethnicity", c.class.String()), c.right))
	}
	return []string{
		"What it is",
		"A network's guess which of six groups a face looks like. It was learnt from labels that a crowd of people gave to " +
			"photos of strangers. It is about looks: it does not know who somebody is, where somebody comes from or how somebody sees themselves.",
		"How often it is right",
		fmt.Sprintf("In about one of four faces it is wrong (right in %d %% of 1500 labelled faces), and it is uneven. Of the faces of each group it recognises: %s. "+
			"Counts over many photos lean the same way.", ethnicityFigures.right, strings.Join(groups, ", ")),
		"What it must not be used for",
		"To decide anything about a person: work, housing, credit, travel, admission, insurance, policing or the like. It is no evidence of anything, and in many " +
			"places the law forbids keeping such guesses about people without their consent.",
		"What happens",
		"Photos are looked at once more for it, on this computer; nothing leaves it. It appears on the face card, in the caption of the selected face, in the filter and in JSON exports. " +
			"It can be switched off here at any time: then the guesses are removed from the catalog and from the backups beside it. " + ethnicityStays,
	}
}

// askEthnicity explains the apparent ethnicity, and switches it on or off.
func (w *Window) askEthnicity() {
	if w.lib == nil {
		return
	}
	if w.policy.Ethnicity {
		w.askEthnicityOff()
		return
	}
	box := container.NewVBox()
	var keepOff func()
	if w.policy.Lost {
		lost := widget.NewLabel("The catalog was damaged where it says whether you had switched it on. Guesses that it holds are neither shown nor removed until you decide here.")
		lost.Wrapping, lost.Importance = fyne.TextWrapWord, widget.WarningImportance
		box.Add(lost)
		keepOff = func() {
			p := w.policy
			p.Lost = false
			w.removeEthnicity(p)
		}
	}
	for i, t := range ethnicityText() {
		label := widget.NewLabel(t)
		label.Wrapping = fyne.TextWrapWord
		label.TextStyle.Bold = i%2 == 0
		box.Add(label)
	}
	w.decide("Apparent ethnicity: off", "Switch it on", "Keep it off", box, fyne.NewSize(640, 500), keepOff, func() {
		p := w.policy
		p.Ethnicity, p.Lost = true, false
		w.setPolicy(p, "The catalog is being prepared …", func() string { return "Apparent ethnicity is on. It is found out photo by photo." })
	})
}

// ethnicityOffText says what becomes of the apparent ethnicity where it is switched off.
const ethnicityOffText = "If you switch it off, the guesses vanish from card, captions, filter and export, and are removed from the catalog and from the backups beside it. " +
	ethnicityStays + " If you switch it on again your corrections come back, and photos have to be looked at once more."

func (w *Window) askEthnicityOff() {
	label := widget.NewLabel(ethnicityOffText)
	label.Wrapping = fyne.TextWrapWord
	w.decide("Apparent ethnicity: on", "Switch it off", "Keep it on", label, fyne.NewSize(520, 230), nil, func() {
		p := w.policy
		p.Ethnicity = false
		w.removeEthnicity(p)
	})
}

// removeEthnicity stores p, a policy without the apparent ethnicity.
func (w *Window) removeEthnicity(p library.Policy) {
	w.setPolicy(p, "The guesses are being removed …", func() string {
		return "Apparent ethnicity is off, and its guesses are removed from the catalog and its backups."
	})
}

// decide asks whether to do something; leave, which may be nil, is what to do otherwise. Neither answer is the default: Enter
// closes the dialog as Esc does, and does nothing.
func (w *Window) decide(title, yes, no string, content fyne.CanvasObject, size fyne.Size, leave, do func()) {
	d := dialog.NewCustomWithoutButtons(title, container.NewVScroll(content), w.win)
	d.SetButtons([]fyne.CanvasObject{
		widget.NewButton(no, func() {
			d.Hide()
			if leave != nil {
				leave()
			}
		}),
		widget.NewButton(yes, func() { d.Hide(); do() }),
	})
	w.present(d, size, d.Hide)
}
