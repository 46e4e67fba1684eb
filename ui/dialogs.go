package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"semblance/catalog/query"
	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/ui/widgets"
)

// askFolder lets a folder be chosen.
func (w *Window) askFolder() {
	if w.lib == nil {
		return
	}
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		switch {
		case err != nil:
			w.showError("The folder cannot be opened", err)
		case u != nil:
			w.openAsBefore(u.Path())
		}
	}, w.win)
	if path, _ := w.lib.Folder(); path != "" {
		if u, err := storage.ListerForURI(storage.NewFileURI(filepath.Dir(path))); err == nil {
			d.SetLocation(u)
		}
	}
	w.dialog = &dialogKeys{enter: func() {}, escape: d.Hide}
	d.SetOnClosed(w.dialogClosed)
	d.Show()
	d.Resize(fyne.NewSize(820, 560)) // a file dialog has no size before it is shown
}

// recentItems lists the folders that were opened before.
func (w *Window) recentItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	if w.lib != nil {
		for _, path := range w.lib.Recent() {
			items = append(items, fyne.NewMenuItem(path, func() { w.openAsBefore(path) }))
		}
	}
	if len(items) == 0 {
		none := fyne.NewMenuItem("None yet", nil)
		none.Disabled = true
		items = append(items, none)
	}
	return items
}

// present shows a dialog that Enter answers and Esc closes, which Fyne leaves to
// the mouse, and takes the keyboard back when it is closed.
func (w *Window) present(d interface {
	dialog.Dialog
	Dismiss()
}, size fyne.Size, enter func(),
) {
	w.dialog = &dialogKeys{enter: enter, escape: d.Dismiss}
	d.SetOnClosed(w.dialogClosed)
	d.Resize(size)
	d.Show()
	w.win.Canvas().Unfocus() // a widget of the dialog would take Enter for itself
}

func (w *Window) dialogClosed() {
	w.dialog = nil
	w.takeKeys()
}

// dialogKeys is what the keys do while a dialog is open.
type dialogKeys struct{ enter, escape func() }

func (k *dialogKeys) typed(name fyne.KeyName) {
	switch name {
	case fyne.KeyReturn, fyne.KeyEnter:
		k.enter()
	case fyne.KeyEscape:
		k.escape()
	}
}

// showError tells about something that did not work.
func (w *Window) showError(title string, err error) {
	w.log.Warn(title, "err", err)
	text := widget.NewLabel(err.Error())
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustom(title, "Close", text, w.win)
	w.present(d, fyne.NewSize(480, 160), d.Dismiss)
}

// askExport asks what JSON sidecars are to be written: of the selection, or of
// everything that is shown.
func (w *Window) askExport() {
	selected, all := w.grid.Selected(), w.shown()
	if w.lib == nil || len(all) == 0 {
		w.showError("Nothing to export", errors.New("no photo is shown"))
		return
	}
	scopes := []string{"All that are shown (" + count(len(all)) + ")"}
	if len(selected) > 0 {
		scopes = append(scopes, "Selected ("+count(len(selected))+")")
	}
	dialects := []export.Dialect{export.Semblance, export.Rosto, export.Scaleflex}
	names := make([]string, len(dialects))
	for i, d := range dialects {
		names[i] = d.String()
	}
	where := widget.NewLabel("")
	where.Wrapping = fyne.TextWrapWord
	scope, dialect := widget.NewRadioGroup(scopes, nil), widget.NewRadioGroup(names, nil)
	scope.Horizontal, dialect.Horizontal = true, true
	scope.Required, dialect.Required = true, true
	paths := func() []string {
		if scope.Selected == scopes[0] {
			return all
		}
		return selected
	}
	chosen := func() export.Dialect { return dialects[max(slices.Index(names, dialect.Selected), 0)] }
	say := func(string) { where.SetText(exportWhere(paths(), chosen(), w.policy.Hidden())) }
	scope.OnChanged, dialect.OnChanged = say, say
	scope.SetSelected(scopes[len(scopes)-1])
	dialect.SetSelected(names[0])
	content := container.NewVBox(
		container.New(layout.NewFormLayout(), widget.NewLabel("Photos"), scope, widget.NewLabel("Dialect"), dialect), where)
	d := dialog.NewCustomConfirm("Export JSON", "Export", "Cancel", content, func(ok bool) {
		if ok {
			w.export(paths(), chosen())
		}
	}, w.win)
	w.present(d, fyne.NewSize(560, 260), d.Confirm)
}

// shown returns the paths of all photos of the result.
func (w *Window) shown() []string {
	paths := make([]string, len(w.result.Photos))
	for i := range paths {
		paths[i] = w.keyOf(i)
	}
	return paths
}

// exportWhere says where the files will be.
func exportWhere(paths []string, d export.Dialect, hidden face.Features) string {
	folders := map[string]bool{}
	for _, p := range paths {
		folders[filepath.Dir(p)] = true
	}
	place := filepath.Dir(paths[0])
	if len(folders) > 1 {
		place = plural(len(folders), "folder")
	}
	about := "apparent age and gender"
	if hidden&face.EthnicityClasses == 0 {
		about = "apparent age, gender and ethnicity"
	}
	return fmt.Sprintf("The files lie beside the photos, in %s, as %s. They hold "+about+". "+
		"Photos that are not analysed yet are left out; a JSON file of another program is never overwritten.",
		place, filepath.Base(export.SidecarPath(paths[0], d)))
}

// export writes the sidecars in the background, with a progress that can be cancelled.
func (w *Window) export(paths []string, d export.Dialect) {
	ctx, cancel := context.WithCancel(context.Background())
	line, words := widget.NewProgressBar(), widget.NewLabel("")
	line.Max = float64(len(paths))
	progress := dialog.NewCustom("Exporting JSON", "Cancel", container.NewVBox(words, line), w.win)
	progress.SetOnClosed(cancel)
	progress.Resize(fyne.NewSize(420, 140))
	progress.Show()
	lib, post := w.lib, w.bridge.post
	go func() {
		s, err := lib.ExportJSON(ctx, paths, d, func(done, total int) {
			post(func() {
				line.SetValue(float64(done))
				words.SetText(fmt.Sprintf("%s of %s", count(done), plural(total, "photo")))
			})
		})
		post(func() {
			progress.Hide()
			w.exported(s, err)
		})
	}()
}

// exported tells what an export did.
func (w *Window) exported(s library.ExportSummary, err error) {
	w.opts.Trace("export done", map[string]any{"written": s.Written, "skipped": s.Skipped, "failed": len(s.Failed)})
	lines := []string{plural(s.Written, "file") + " written."}
	if s.Skipped > 0 {
		lines = append(lines, plural(s.Skipped, "photo")+" left out: not analysed yet.")
	}
	if err != nil {
		lines = append(lines, "Stopped: "+err.Error())
	}
	if len(s.Failed) > 0 {
		lines = append(lines, plural(len(s.Failed), "file")+" could not be written:")
		for i, e := range s.Failed {
			if i == 8 {
				lines = append(lines, fmt.Sprintf("and %d more; all are in the log", len(s.Failed)-i))
				break
			}
			lines = append(lines, e.Error())
		}
	}
	text := widget.NewLabel(strings.Join(lines, "\n"))
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustom("Export JSON", "Close", text, w.win)
	w.present(d, fyne.NewSize(480, 180), d.Dismiss)
}

// showShortcuts shows the sheet of keys, made from the table of commands.
func (w *Window) showShortcuts() {
	menus, lines := sheet(w.commands)
	columns := [2]*fyne.Container{container.NewVBox(), container.NewVBox()}
	height := [2]int{}
	for _, m := range menus {
		rows := []fyne.CanvasObject{}
		for _, l := range lines[m] {
			rows = append(rows, keyLine(l[0], l[1]))
		}
		c := 0
		if height[1] < height[0] {
			c = 1
		}
		height[c] += len(rows) + 2
		columns[c].Add(widgets.NewSection(strings.ToUpper(m), rows...))
	}
	d := dialog.NewCustom("Keyboard shortcuts", "Close", container.NewVScroll(container.NewGridWithColumns(2, columns[0], columns[1])), w.win)
	w.present(d, fyne.NewSize(780, 800), d.Dismiss)
}

func keyLine(keys, what string) fyne.CanvasObject {
	k := smallText(keys, accent())
	k.TextStyle.Bold = true
	k.Alignment = fyne.TextAlignTrailing
	return container.New(layout.NewCustomPaddedLayout(1, 1, 8, 4),
		container.NewBorder(nil, nil, container.NewGridWrap(fyne.NewSize(116, 16), k), nil,
			container.New(layout.NewCustomPaddedLayout(0, 0, 10, 0), smallText(what, grey(0xD0)))))
}

// gogglesHelp says what to expect of a class that the networks give no probability.
const gogglesHelp = "Goggles are never guessed, because there were no free pictures to learn them from: they come from corrections alone."

// showQueryHelp shows the fields of the search language, from their table.
func (w *Window) showQueryHelp() {
	box := container.NewVBox(widget.NewLabel(
		"Values of one field are alternatives, different fields must all hold for the same face, a minus or NOT in front excludes:\n" +
			"emotion:happy age:20-29 gender:woman glasses:yes -hair:blond faces:2..\n" +
			"A minus is asked of the same face too: none(smile:yes) finds photos without any smile, -smile:yes a face that does not smile.\n" +
			"any(...), all(...) and none(...) ask about the photo's faces: any(person:Ada) any(person:Bob).\n" +
			"OR is weaker than the space; parentheses keep alternatives together: (happy:80.. OR smile:90..) rating:4.."))
	for _, f := range query.Fields() {
		if f.Feature&w.policy.Hidden() != 0 {
			continue
		}
		words := f.Help
		if f.Feature == face.GlassesWorn {
			words += " " + gogglesHelp
		}
		box.Add(helpLine(f.Name, strings.TrimSpace(words+"  "+strings.Join(valueNames(f, w.policy.Hidden()), "  "))))
	}
	d := dialog.NewCustom("Search language", "Close", container.NewVScroll(box), w.win)
	w.present(d, fyne.NewSize(760, 560), d.Dismiss)
}

// helpLine is a name with what is to be said about it.
func helpLine(name, words string) fyne.CanvasObject {
	text := canvas.NewText(name, accent())
	text.TextSize, text.TextStyle.Bold = 12, true
	help := widget.NewLabel(words)
	help.Wrapping = fyne.TextWrapWord
	return container.NewBorder(nil, nil, container.NewGridWrap(fyne.NewSize(90, 24), container.NewCenter(text)), nil, help)
}

// legend says what is drawn over a photo, line by line.
func legend(hidden face.Features) [][2]string {
	selected := "the selected face has its hair colour"
	if hidden&face.EthnicityClasses == 0 {
		selected += " and apparent ethnicity"
	}
	return [][2]string{
		{"Box", "Around each face. Broken: it is doubtful that it is one. Grey: the filter does not ask for it; grey and broken: you rejected it."},
		{"Caption", "The face's number and the name that you gave it, then the values that are sure: apparent gender and age, expression, closed eyes, smile, glasses; " + selected + " too. " +
			"All are what a face looks like, not who a person is or feels. Values that are unsure are left out, and so is what has no room (…); a small face has a number alone. 1? is a doubtful face."},
		{"Landmarks", "Green: jaw. Blue: eyebrows. Red: eyes. White: nose. Purple: upper lip. Yellow: lower lip. Black: middle of the mouth."},
		{"Pose", "Red points to the picture's right side of the face, green to the top of the head, blue to where the face looks."},
		{"Hair", "A tint that differs from the hair: its colour says nothing. The measured colour is on the card."},
	}
}

// showLegend shows the legend.
func (w *Window) showLegend() {
	box := container.NewVBox()
	for _, line := range legend(w.policy.Hidden()) {
		box.Add(helpLine(line[0], line[1]))
	}
	d := dialog.NewCustom("Boxes and captions", "Close", container.NewVScroll(box), w.win)
	w.present(d, fyne.NewSize(680, 400), d.Dismiss)
}

// valueNames returns the names of the values of f that can be asked for.
func valueNames(f query.Field, hidden face.Features) []string {
	var names []string
	for _, v := range f.Values {
		if !hides(hidden, f, v) {
			names = append(names, v.Name)
		}
	}
	return names
}

// showAbout shows the version, the models with their licences, and the notices.
func (w *Window) showAbout() {
	box := container.NewVBox()
	head := canvas.NewText("Semblance "+w.opts.About.Version, grey(0xE0))
	head.TextSize, head.TextStyle.Bold = 18, true
	box.Add(head)
	intro := widget.NewLabel("What a face shows, not who a person is. Everything runs on this computer. Age, gender and ethnicity are apparent: a model's guess about looks.")
	intro.Wrapping = fyne.TextWrapWord
	box.Add(intro)
	for _, m := range w.opts.About.Models {
		name := canvas.NewText(m.Name, accent())
		name.TextSize, name.TextStyle.Bold = 12, true
		text := widget.NewLabel(strings.Trim(m.Licence+" · "+m.Origin+"\n"+m.Note, "\n"))
		text.Wrapping = fyne.TextWrapWord
		box.Add(container.NewVBox(name, text))
	}
	if w.opts.About.Notice != "" {
		notice := widget.NewLabel(w.opts.About.Notice)
		notice.Wrapping = fyne.TextWrapWord
		box.Add(widget.NewSeparator())
		box.Add(notice)
	}
	d := dialog.NewCustom("Models and licences", "Close", container.NewVScroll(box), w.win)
	w.present(d, fyne.NewSize(760, 560), d.Dismiss)
}

func (w *Window) focusSearch() {
	w.win.Canvas().Focus(w.search.entry)
	w.search.selectText() // so that typing replaces it, as in a browser's address bar
}

// selectAll selects what the keyboard is at: the text of the search box or every
// photo. The menu gets Ctrl+A before a text field does.
func (w *Window) selectAll() { w.grid.SelectAll() }
