package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
	"semblance/ui/widgets"
)

// failureBox says why the current photo could not be analysed, with a button to try again.
type failureBox struct {
	object fyne.CanvasObject
	text   *widget.Label
}

func newFailureBox(retry func()) *failureBox {
	f := &failureBox{text: widget.NewLabel("")}
	f.text.Wrapping = fyne.TextWrapWord
	f.text.Importance = widget.DangerImportance
	f.object = container.New(layout.NewCustomPaddedLayout(0, 4, 6, 6),
		container.NewVBox(f.text, container.NewHBox(widgets.NewToolButton("Try again", theme.ViewRefreshIcon(), retry))))
	f.object.Hide()
	return f
}

// show shows the failure of e, or nothing if there is none.
func (f *failureBox) show(e library.Entry) {
	setVisible(f.object, e.State == library.Failed)
	f.text.SetText(e.Failure)
}

// warningBox says what is wrong with a photo that could be analysed all the same, in full: a line of a factTable is too short for it.
type warningBox struct {
	object fyne.CanvasObject
	text   *widget.Label
}

func newWarningBox() *warningBox {
	b := &warningBox{text: widget.NewLabel("")}
	b.text.Wrapping = fyne.TextWrapWord
	b.text.Importance = widget.WarningImportance
	b.object = container.New(layout.NewCustomPaddedLayout(0, 4, 6, 6), b.text)
	b.object.Hide()
	return b
}

// show shows the warnings, a line each, or nothing if there are none.
func (b *warningBox) show(warnings []string) {
	setVisible(b.object, len(warnings) > 0)
	b.text.SetText(strings.Join(warnings, "\n"))
}
