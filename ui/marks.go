package ui

import (
	"fmt"
	"image/color"
	"path/filepath"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"semblance/internal/library"
	"semblance/internal/photo"
	"semblance/ui/widgets"
)

// labelColors are the colours of the labels, photo.Red first.
func labelColors() []color.Color {
	return []color.Color{
		color.NRGBA{R: 0xE0, G: 0x55, B: 0x4E, A: 0xFF},
		color.NRGBA{R: 0xE8, G: 0xCC, B: 0x4A, A: 0xFF},
		color.NRGBA{R: 0x5E, G: 0xB8, B: 0x5C, A: 0xFF},
		color.NRGBA{R: 0x4C, G: 0x8F, B: 0xE8, A: 0xFF},
		color.NRGBA{R: 0xA0, G: 0x6C, B: 0xD8, A: 0xFF},
	}
}

// shownMarks are marks as the widgets have them, which know no photos.
func shownMarks(m photo.Marks) widgets.Marks {
	s := widgets.Marks{Stars: int(m.Rating), Flag: widgets.Flag(m.Flag)} // the numbers are the same
	if m.Label != photo.NoLabel && int(m.Label) <= len(labelColors()) {
		s.Label = labelColors()[m.Label-photo.Red]
	}
	return s
}

// newMarkBar makes a bar whose clicks mark the chosen photos.
func (w *Window) newMarkBar() *widgets.MarkBar {
	b := widgets.NewMarkBar(labelColors())
	b.OnStars = func(n int) { w.rate(n, false) }
	b.OnFlag = func(f widgets.Flag) { w.flag(photo.Flag(f), false) }
	b.OnLabel = func(i int) { w.label(photo.Label(i+1), false) }
	return b
}

// onward reports whether a mark by a key goes on to the next photo: with Shift, and always if that is switched on.
func (w *Window) onward() bool {
	if w.advance {
		return true
	}
	d, ok := w.app.Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
}

// rateKey returns what the key of a rating does.
func (w *Window) rateKey(stars int) func() { return func() { w.rate(stars, w.onward()) } }

// flagKey returns what the key of a flag does.
func (w *Window) flagKey(f photo.Flag) func() { return func() { w.flag(f, w.onward()) } }

// labelKey returns what the key of a label does: it gives the label; where all photos have it, it takes it away.
func (w *Window) labelKey(l photo.Label) func() {
	return func() {
		onward := w.onward()
		w.edits.do(func() func() error {
			give := photo.NoLabel
			for _, path := range w.chosen() {
				if e, ok := w.entryAt(path); ok && e.Marks.Label != l {
					give = l
				}
			}
			return w.marking(w.chosen(), labelWords(give), onward, func(lib *library.Library, paths []string) error { return lib.Label(paths, give) })
		})
	}
}

func (w *Window) rate(stars int, onward bool) {
	w.mark(starWords(stars), onward, func(lib *library.Library, paths []string) error { return lib.Rate(paths, stars) })
}

func (w *Window) flag(f photo.Flag, onward bool) {
	w.mark(flagWords(f), onward, func(lib *library.Library, paths []string) error { return lib.Flag(paths, f) })
}

func (w *Window) label(l photo.Label, onward bool) {
	w.mark(labelWords(l), onward, func(lib *library.Library, paths []string) error { return lib.Label(paths, l) })
}

func starWords(n int) string {
	if n == 0 {
		return "No stars"
	}
	return plural(n, "star")
}

func flagWords(f photo.Flag) string {
	return [...]string{photo.Unflagged: "No flag", photo.Picked: "Picked", photo.Rejected: "Rejected"}[f]
}

func labelWords(l photo.Label) string {
	if l == photo.NoLabel {
		return "No label"
	}
	return "Label " + l.String()
}

// mark says something about the chosen photos, and then says that it is said: "5 stars: 12 photos."
func (w *Window) mark(words string, onward bool, store func(*library.Library, []string) error) {
	w.edits.do(func() func() error { return w.marking(w.chosen(), words, onward, store) })
}

// marking is the plan of a mark, for edits.do. With onward the photo after a single one is chosen then.
func (w *Window) marking(paths []string, words string, onward bool, store func(*library.Library, []string) error) func() error {
	if w.lib == nil || len(paths) == 0 {
		w.status.say("No photo is selected. Click one, or select several with Shift, Ctrl or Ctrl+A.")
		return nil
	}
	lib := w.lib
	w.place, _ = w.grid.Cursor()
	w.stored = func() {
		w.repaint(paths)
		_, path := w.grid.Cursor()
		if onward && len(paths) == 1 && path == paths[0] { // else the filter took it away, and the next one is chosen already
			i, _ := w.grid.Cursor()
			w.grid.MoveTo(i+1, false)
		}
		w.status.say(words + ": " + photoWords(paths) + ".")
		w.opts.Trace("photos marked", map[string]any{"what": words, "photos": len(paths)})
	}
	return func() error { return store(lib, paths) }
}

// photoWords names one photo, and counts several.
func photoWords(paths []string) string {
	if len(paths) == 1 {
		return filepath.Base(paths[0])
	}
	return plural(len(paths), "photo")
}

// repaint shows photos as they are now, without a wait for the news of them.
func (w *Window) repaint(paths []string) {
	for _, path := range paths {
		w.grid.RefreshItem(path)
	}
}

// entryAt returns what is known of a photo; ok is false if there is no library or it does not know it.
func (w *Window) entryAt(path string) (e library.Entry, ok bool) {
	if w.lib == nil {
		return library.Entry{}, false
	}
	return w.lib.EntryAt(path)
}

// ratingItems is the menu of ratings.
func (w *Window) ratingItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for n := photo.MaxRating; n >= 0; n-- {
		items = append(items, fyne.NewMenuItem(fmt.Sprintf("%s   (%d)", starWords(n), n), func() { w.rate(n, w.advance) }))
	}
	return items
}

// flagItems is the menu of flags.
func (w *Window) flagItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for _, f := range []struct {
		flag photo.Flag
		key  string
	}{{photo.Picked, "P"}, {photo.Rejected, "X"}, {photo.Unflagged, "U"}} {
		items = append(items, fyne.NewMenuItem(flagWords(f.flag)+"   ("+f.key+")", func() { w.flag(f.flag, w.advance) }))
	}
	return items
}

// labelItems is the menu of labels.
func (w *Window) labelItems() []*fyne.MenuItem {
	var items []*fyne.MenuItem
	for l := photo.Red; l < photo.NumLabels; l++ {
		title := capital(l.String())
		if key := 5 + int(l); key <= 9 {
			title += fmt.Sprintf("   (%d)", key)
		}
		items = append(items, fyne.NewMenuItem(title, w.labelKey(l)))
	}
	return append(items, fyne.NewMenuItem("No label", func() { w.label(photo.NoLabel, w.advance) }))
}

// markCommands are the commands of marks; the keys of single values are told by a few lines of the sheet.
func (w *Window) markCommands() []command {
	digits := []fyne.KeyName{fyne.Key0, fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4, fyne.Key5, fyne.Key6, fyne.Key7, fyne.Key8, fyne.Key9}
	commands := []command{
		{menu: menuPhoto, title: "Rating", sub: w.ratingItems},
		{menu: menuPhoto, title: "Flag", sub: w.flagItems},
		{menu: menuPhoto, title: "Label", sub: w.labelItems},
		{menu: menuPhoto, title: "Go On After a Mark", run: w.toggleAdvance, on: func() bool { return w.advance }},
		{menu: sheetMarks, title: "Stars; 0 takes them away", keys: bare("1 – 5, 0")},
		{menu: sheetMarks, title: "Pick, reject, unflag", keys: bare("P, X, U")},
		{menu: sheetMarks, title: "Red, yellow, green, blue; again: none", keys: bare("6 – 9")},
		{menu: sheetMarks, title: "The same, then on to the next photo", keys: bare("Shift+…")},
	}
	quiet := func(title string, name fyne.KeyName, run func()) {
		commands = append(commands, command{title: title, keys: bare(name), run: run, quiet: true})
	}
	quiet("Pick", fyne.KeyP, w.flagKey(photo.Picked))
	quiet("Reject", fyne.KeyX, w.flagKey(photo.Rejected))
	quiet("Unflag", fyne.KeyU, w.flagKey(photo.Unflagged))
	for n := range photo.MaxRating + 1 {
		quiet(starWords(n), digits[n], w.rateKey(n))
	}
	for l := photo.Red; l <= photo.Blue; l++ {
		quiet(labelWords(l), digits[5+l], w.labelKey(l))
	}
	return commands
}

// toggleAdvance has marks by keys go on to the next photo, or ends that.
func (w *Window) toggleAdvance() {
	w.advance = !w.advance
	w.win.SetMainMenu(w.mainMenu()) // the mark
}
