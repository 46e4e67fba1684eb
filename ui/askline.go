package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// lineQuestion asks for one line of text.
type lineQuestion struct {
	title, button string
	above         fyne.CanvasObject // the question
	text, hint    string            // what stands in the line, and what does while it is empty
	find          func(typed string) []suggestion
	show          func(string) string              // how a suggestion is shown; nil: as it is
	accept        func(text string) (wrong string) // "" closes the dialog
}

// lineDialog is a dialog that asks a lineQuestion.
type lineDialog struct {
	field *suggestField
	wrong *widget.Label
	close func()
}

// askLine shows the dialog. Enter answers it, Esc closes it.
func (w *Window) askLine(q lineQuestion) *lineDialog {
	l := &lineDialog{wrong: widget.NewLabel("")}
	l.wrong.Importance, l.wrong.Wrapping = widget.DangerImportance, fyne.TextWrapWord
	accept := func(text string) {
		if wrong := q.accept(text); wrong != "" {
			l.wrong.SetText(wrong)
			return
		}
		l.close()
	}
	l.field = newSuggestField(q.hint, q.find, accept, func() { l.close() }, q.show)
	l.field.entry.SetText(q.text)
	l.field.changed = func(string) { l.wrong.SetText("") }
	d := dialog.NewCustomWithoutButtons(q.title, container.New(layout.NewCustomPaddedVBoxLayout(6), q.above, l.field.object, l.wrong), w.win)
	l.close = d.Hide
	ok := widget.NewButton(q.button, l.field.submit)
	ok.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Cancel", d.Hide), ok})
	w.dialog = &dialogKeys{enter: l.field.submit, escape: d.Hide}
	w.line = l
	d.SetOnClosed(func() {
		w.line = nil
		w.dialogClosed()
	})
	height := float32(170)
	if q.find != nil {
		height = 280
	}
	d.Resize(fyne.NewSize(440, height))
	d.Show()
	w.win.Canvas().Focus(l.field.entry)
	return l
}
