package ui

import (
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/face"
	"semblance/internal/library"
)

// correctables returns the features that a person can correct, in the order of the card.
func correctables() []face.Features {
	return []face.Features{
		face.GenderClasses, face.AgeYears, face.EmotionClasses, face.Smiling, face.GlassesWorn, face.HairShape,
		face.EyeStates, face.Lighting, face.Blurriness, face.EthnicityClasses,
	}
}

// correctAt offers the values of a feature of the face that the card shows, at a place of the window.
func (w *Window) correctAt(feature face.Features, at fyne.Position) {
	f := w.chosenFace()
	if f == nil || !w.faces.Have.Has(feature) {
		return
	}
	if _, edited := f.Edit.Said.Of(feature); feature == face.AgeYears && !edited {
		w.askAge(w.current, f)
		return
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", w.corrections(feature, f)...), w.win.Canvas(), at)
}

// correctKey offers all that can be corrected of the chosen face, for the keyboard.
func (w *Window) correctKey() {
	f := w.chosenFace()
	if !w.faceSeen("correct", "corrected") || f == nil {
		return
	}
	var items []*fyne.MenuItem
	for _, feature := range correctables() {
		if !w.faces.Have.Has(feature) {
			continue
		}
		title := fieldOf(feature).Title
		if feature == face.AgeYears {
			items = append(items, w.corrections(feature, f)...)
			continue
		}
		item := fyne.NewMenuItem(title, nil)
		item.ChildMenu = fyne.NewMenu(title, w.corrections(feature, f)...)
		items = append(items, item)
	}
	if len(items) == 0 {
		w.status.say("Nothing is known about this face yet that could be corrected.")
		return
	}
	d := w.app.Driver()
	at := d.AbsolutePositionForObject(w.loupe.object).AddXY(40, 60)
	if w.right.Visible() && w.right.Size().Width > 0 {
		at = d.AbsolutePositionForObject(w.right).AddXY(-150, 60)
	}
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("", items...), w.win.Canvas(), at)
}

// corrections are the menu items of a feature of the face f of the current photo: its values, and the way back.
func (w *Window) corrections(feature face.Features, f *face.Face) []*fyne.MenuItem {
	path, number := w.current, f.Number
	how := standingOf(f, feature, w.policy.Sure)
	now, _ := f.Value(feature)
	var items []*fyne.MenuItem
	if feature == face.AgeYears {
		items = append(items, fyne.NewMenuItem("Apparent age…", func() { w.askAge(path, f) }))
	}
	for _, v := range fieldOf(feature).Values {
		if feature == face.AgeYears {
			break
		}
		item := fyne.NewMenuItem(titleNote(feature, v), func() { w.correct(path, number, feature, v.Lo) })
		item.Checked = v.Lo == now && (how == isSure || how == isEdited)
		if feature == face.HairShape {
			item.Icon = hairSwatch(face.HairColor(v.Lo))
		}
		items = append(items, item)
	}
	if how == isEdited {
		back := fyne.NewMenuItem("Back to the model's: "+modelWords(feature, f), func() { w.revert(path, number, feature) })
		back.Icon = theme.ContentUndoIcon()
		items = append(items, fyne.NewMenuItemSeparator(), back)
	}
	return items
}

// correct stores that a value is the right one of a feature of a face.
func (w *Window) correct(path string, number uint32, feature face.Features, value int) {
	w.say(path, feature, fmt.Sprintf("Face %d", number), valueWord(feature, value)+". Edited by you; Ctrl+Z takes it back.",
		func(lib *library.Library) error { return lib.Correct(path, number, feature, value) })
}

// revert takes back what a person said about a feature of a face.
func (w *Window) revert(path string, number uint32, feature face.Features) {
	w.say(path, feature, fmt.Sprintf("Face %d", number), "as the model sees it again.",
		func(lib *library.Library) error { return lib.Revert(path, number, feature) })
}

// say stores something about a feature of a face, and then says that it is.
func (w *Window) say(path string, feature face.Features, name, words string, store func(*library.Library) error) {
	w.edits.do(func() func() error {
		if w.lib == nil {
			return nil
		}
		lib := w.lib
		w.place, _ = w.grid.Cursor()
		w.stored = func() {
			if w.current != path {
				name += " of " + filepath.Base(path)
			}
			w.status.say(name + ", " + strings.ToLower(fieldOf(feature).Title) + ": " + words)
			w.opts.Trace("face corrected", map[string]any{"path": path, "feature": feature.String()})
		}
		return func() error { return store(lib) }
	})
}

// askAge asks for the apparent age of a face of the photo at path.
func (w *Window) askAge(path string, f *face.Face) {
	number := f.Number
	years := &entry{}
	years.ExtendBaseWidget(years)
	if !f.Lacks.Has(face.AgeYears) {
		years.SetText(strconv.Itoa(f.Age.Floor()))
	}
	years.SetPlaceHolder("full years")
	wrong := widget.NewLabel("")
	wrong.Importance = widget.DangerImportance
	d := dialog.NewCustomWithoutButtons("Apparent age", container.NewVBox(
		widget.NewLabel(fmt.Sprintf("How old does face %d look, in full years?", number)), years, wrong), w.win)
	store := func() {
		n, err := strconv.Atoi(strings.TrimSpace(years.Text))
		if err != nil || n < 0 || n > face.MaxAge {
			wrong.SetText(fmt.Sprintf("A whole number from 0 to %d, please.", face.MaxAge))
			return
		}
		d.Hide()
		w.correct(path, number, face.AgeYears, n)
	}
	years.OnSubmitted = func(string) { store() }
	years.escape = d.Hide
	years.OnChanged = func(string) { wrong.SetText("") }
	cancel, ok := widget.NewButton("Cancel", d.Hide), widget.NewButton("Store", store)
	ok.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{cancel, ok})
	w.dialog = &dialogKeys{enter: store, escape: d.Hide}
	d.SetOnClosed(w.dialogClosed)
	d.Resize(fyne.NewSize(320, 170))
	d.Show()
	w.win.Canvas().Focus(years)
	years.TypedShortcut(&fyne.ShortcutSelectAll{})
}
