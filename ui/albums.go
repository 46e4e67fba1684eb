package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"semblance/catalog/query"
	"semblance/internal/library"
	"semblance/internal/photo"
	"semblance/ui/widgets"
)

// albumField is the field of the query language that asks for albums.
const albumField = "album"

// albumPanel lists the albums and the saved searches. It holds none of them: show is told.
type albumPanel struct {
	object   fyne.CanvasObject
	albums   *shelf
	searches *shelf
}

// shelf is one of the two lists.
type shelf struct {
	section *widgets.Section
	list    *fyne.Container
	rows    []*widgets.ListRow
	none    string // what is said if there is nothing
}

// shelfMost is the greatest height of the panel: then it scrolls.
const shelfMost = 230

func newAlbumPanel(newAlbum, saveSearch func()) *albumPanel {
	p := &albumPanel{
		albums:   newShelf("ALBUMS", "Ctrl+B puts chosen photos into one.", newAlbum),
		searches: newShelf("SAVED SEARCHES", "Ctrl+S keeps the filter.", saveSearch),
	}
	p.object = container.New(&atMost{height: shelfMost}, container.NewVScroll(container.New(layout.NewCustomPaddedVBoxLayout(1), p.albums.section, p.searches.section)))
	return p
}

func newShelf(title, none string, add func()) *shelf {
	s := &shelf{list: container.New(layout.NewCustomPaddedVBoxLayout(0)), none: none}
	s.section = widgets.NewSection(title, s.list)
	s.section.SetAction(widgets.NewToolButton("", theme.ContentAddIcon(), add))
	return s
}

// set replaces the rows.
func (s *shelf) set(rows []*widgets.ListRow) {
	s.rows = rows
	s.list.RemoveAll()
	for _, r := range rows {
		s.list.Add(r)
	}
	if len(rows) == 0 {
		s.list.Add(container.New(layout.NewCustomPaddedLayout(0, 3, 18, 4), smallText(s.none, grey(0x80))))
	}
	s.list.Refresh()
	s.section.Refresh()
}

// atMost lays out a scroll so that it is as high as what it holds, up to a height.
type atMost struct{ height float32 }

// Layout implements fyne.Layout.
func (l *atMost) Layout(objects []fyne.CanvasObject, s fyne.Size) {
	for _, o := range objects {
		o.Resize(s)
	}
}

// MinSize implements fyne.Layout.
func (l *atMost) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var s fyne.Size
	for _, o := range objects {
		s = s.Max(o.MinSize())
		if scroll, ok := o.(*container.Scroll); ok {
			s.Height = max(s.Height, min(scroll.Content.MinSize().Height, l.height))
		}
	}
	return s
}

// showAlbums brings the panel up to date, and marks what is shown.
func (w *Window) showAlbums() {
	if w.lib == nil {
		return
	}
	var rows []*widgets.ListRow
	for _, a := range w.lib.Albums() {
		r := widgets.NewListRow(tagTitle(a.Name), "", func() { w.openAlbum(a.Name) })
		r.OnMenu = func(at fyne.Position) { w.albumMenu(a.Name, at) }
		rows = append(rows, r)
	}
	w.albums.albums.set(rows)
	rows = nil
	for _, s := range w.lib.Searches() {
		r := widgets.NewListRow(tagTitle(s.Name), "", func() { w.openSearch(s) })
		r.OnMenu = func(at fyne.Position) { w.searchMenu(s, at) }
		rows = append(rows, r)
	}
	w.albums.searches.set(rows)
	w.countAlbums()
	w.markAlbums()
}

// countAlbums says how many photos a click on each album shows: copies of one content too, and none that is gone.
func (w *Window) countAlbums() {
	photos := w.lib.AlbumCounts()
	for i, a := range w.lib.Albums() {
		if i < len(w.albums.albums.rows) {
			w.albums.albums.rows[i].SetNote(count(photos[a.Name]))
		}
	}
}

// markAlbums marks the album and the search that are shown.
func (w *Window) markAlbums() {
	if w.lib == nil {
		return
	}
	shown, now := w.shownAlbum(), w.expr.String()
	for i, a := range w.lib.Albums() {
		if i < len(w.albums.albums.rows) {
			w.albums.albums.rows[i].SetOn(w.everywhere && a.Name == shown)
		}
	}
	for i, s := range w.lib.Searches() {
		if i < len(w.albums.searches.rows) {
			w.albums.searches.rows[i].SetOn(w.everywhere && s.Query == now && now != "")
		}
	}
}

// shownAlbum returns the one album that the filter asks for, "" if it asks for none or for several.
func (w *Window) shownAlbum() string {
	if w.lib == nil {
		return ""
	}
	var names []string
	for _, a := range w.lib.Albums() {
		if w.expr.Has(albumField, a.Name) {
			names = append(names, a.Name)
		}
	}
	if len(names) != 1 {
		return ""
	}
	return names[0]
}

// openAlbum shows an album: its photos lie in any folder.
func (w *Window) openAlbum(name string) {
	w.showEverywhere(query.Expr{}.Toggle(albumField, name))
}

// openSearch shows what a saved search finds in all folders.
func (w *Window) openSearch(s library.SavedSearch) {
	e, err := query.Parse(s.Query)
	if err == nil {
		err = e.Check(w.policy.Hidden())
	}
	if err != nil {
		w.showError("This search cannot be done", fmt.Errorf("%s: %w", s.Query, err))
		return
	}
	w.showEverywhere(e)
}

// showEverywhere shows what a filter finds in all folders that were ever opened. A folder in the tree leads back.
func (w *Window) showEverywhere(e query.Expr) {
	if w.lib == nil {
		return
	}
	w.everywhere = true
	w.folders.setEverywhere(true)
	w.status.setFolder(allFolders)
	w.win.SetTitle(allFolders + " – Semblance")
	w.status.say("")
	w.setExpr(e)
	w.opts.Trace("everywhere", nil)
	w.takeKeys()
}

// allFolders names the scope of albums and saved searches.
const allFolders = "All folders"

// leaveEverywhere goes back to the open folder. An album is left too: its photos lie elsewhere.
func (w *Window) leaveEverywhere() {
	if !w.everywhere {
		return
	}
	w.everywhere = false
	w.folders.setEverywhere(false)
	w.showExpr(w.expr.Without(albumField))
}

// openFolderOf opens the folder of the current photo and chooses it there.
func (w *Window) openFolderOf() { w.openPhoto(w.current) }

func (w *Window) albumMenu(name string, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		fyne.NewMenuItem("Show", func() { w.openAlbum(name) }),
		fyne.NewMenuItem("Rename…", func() { w.askRenameAlbum(name) }),
		fyne.NewMenuItem("Remove the album", func() { w.removeAlbum(name) })), w.win.Canvas(), at)
}

func (w *Window) searchMenu(s library.SavedSearch, at fyne.Position) {
	widget.ShowPopUpMenuAtPosition(fyne.NewMenu("",
		fyne.NewMenuItem("Show", func() { w.openSearch(s) }),
		fyne.NewMenuItem("Rename…", func() { w.askRenameSearch(s) }),
		fyne.NewMenuItem("Remove the search", func() { w.removeSearch(s) })), w.win.Canvas(), at)
}

// storeAlbum stores something about albums or searches, and says then that it is done.
func (w *Window) storeAlbum(words string, store func(*library.Library) error, then func()) {
	w.edits.do(func() func() error {
		if w.lib == nil {
			return nil
		}
		lib := w.lib
		w.place, _ = w.grid.Cursor()
		w.stored = func() {
			w.showAlbums()
			if then != nil {
				then()
			}
			w.status.say(words)
			w.opts.Trace("albums changed", nil)
		}
		return func() error { return store(lib) }
	})
}

// askAlbum asks for the album that the chosen photos are to be in.
func (w *Window) askAlbum() {
	paths := w.chosen()
	if w.lib == nil || len(paths) == 0 {
		w.status.say("No photo is selected that could be put into an album.")
		return
	}
	w.askClean(lineQuestion{
		title: "Add " + photoWords(paths) + " to an album", button: "Add", hint: "Name of an album, or of a new one", find: w.albumNames, show: tagTitle,
		above: smallText("An album is a list: the photos stay where they are.", grey(0x90)),
	}, func(name string) string {
		w.storeAlbum(fmt.Sprintf("In the album %s: %s.", tagTitle(name), photoWords(paths)), func(lib *library.Library) error { return lib.Collect(name, paths) }, nil)
		return ""
	})
}

// newAlbum puts the chosen photos into an album, or makes an empty one.
func (w *Window) newAlbum() {
	if len(w.chosen()) > 0 {
		w.askAlbum()
		return
	}
	w.askClean(lineQuestion{title: "New album", button: "Make", hint: "Name of the album", above: smallText("Ctrl+B puts photos into it.", grey(0x90))},
		func(name string) string {
			if w.hasAlbum(name) {
				return "There is an album of this name."
			}
			w.storeAlbum("The album "+tagTitle(name)+" is made.", func(lib *library.Library) error { return lib.Collect(name, nil) }, nil)
			return ""
		})
}

// albumNames offers the albums that match what was typed.
func (w *Window) albumNames(typed string) []suggestion {
	var all []suggestion
	photos := w.lib.AlbumCounts()
	for _, a := range w.lib.Albums() {
		all = append(all, suggestion{a.Name, plural(photos[a.Name], "photo")})
	}
	return matching(all, typed, nil)
}

// askClean asks for a name of an album or a search; do gets it clean.
func (w *Window) askClean(q lineQuestion, do func(name string) (wrong string)) {
	q.accept = func(text string) string {
		name, err := photo.CleanTag(text)
		if err != nil {
			return "A name, please."
		}
		return do(name)
	}
	w.askLine(q).field.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// uncollect takes the chosen photos out of the album that is shown.
func (w *Window) uncollect() {
	name, paths := w.shownAlbum(), w.chosen()
	switch {
	case name == "":
		w.status.say("No album is shown. A click on one in the left panel shows it.")
		return
	case len(paths) == 0:
		w.status.say("No photo is selected that could be taken out of the album.")
		return
	}
	w.storeAlbum(fmt.Sprintf("Out of the album %s: %s. Ctrl+Z brings back.", tagTitle(name), photoWords(paths)),
		func(lib *library.Library) error { return lib.Uncollect(name, paths) }, nil)
}

func (w *Window) askRenameAlbum(name string) {
	w.askClean(lineQuestion{title: "Rename the album", button: "Rename", text: name, above: smallText("New name:", grey(0xD6))}, func(to string) string {
		if photo.CompareTags(to, name) != 0 && w.hasAlbum(to) {
			return "There is an album of this name."
		}
		shown := w.shownAlbum() == name
		w.storeAlbum("The album is called "+tagTitle(to)+".", func(lib *library.Library) error { return lib.RenameAlbum(name, to) }, func() {
			if shown {
				w.setExpr(w.expr.Without(albumField).Toggle(albumField, to))
			}
		})
		return ""
	})
}

func (w *Window) hasAlbum(name string) bool {
	return slices.ContainsFunc(w.lib.Albums(), func(a library.Album) bool { return photo.CompareTags(a.Name, name) == 0 })
}

func (w *Window) removeAlbum(name string) {
	shown := w.shownAlbum() == name
	w.storeAlbum("The album "+tagTitle(name)+" is removed; its photos stay. Ctrl+Z brings it back.", func(lib *library.Library) error { return lib.RemoveAlbum(name) }, func() {
		if shown {
			w.setExpr(w.expr.Without(albumField))
		}
	})
}

// askSaveSearch asks for a name for the filter.
func (w *Window) askSaveSearch() {
	if w.lib == nil {
		return
	}
	if w.expr.Empty() {
		w.status.say("There is no filter that could be saved. Click values in the left panel, or type a query.")
		return
	}
	e := w.expr
	var labels []string
	for _, t := range e.Terms() {
		labels = append(labels, t.Label)
	}
	w.askClean(lineQuestion{
		title: "Save the search", button: "Save", text: strings.Join(labels, ", "), hint: "Name of the search", find: w.searchNames, show: tagTitle,
		above: container.NewVBox(smallText(cut(e.String(), 11, 400), accent()), smallText("It looks through all folders, whenever you click it.", grey(0x90))),
	}, func(name string) string {
		w.storeAlbum("The search "+tagTitle(name)+" is saved.", func(lib *library.Library) error { return lib.SaveSearch(name, e) }, nil)
		return ""
	})
}

// searchNames offers the saved searches that match what was typed: saving takes their place.
func (w *Window) searchNames(typed string) []suggestion {
	var all []suggestion
	for _, s := range w.lib.Searches() {
		all = append(all, suggestion{s.Name, "replace"})
	}
	return matching(all, typed, nil)
}

func (w *Window) askRenameSearch(s library.SavedSearch) {
	w.askClean(lineQuestion{title: "Rename the search", button: "Rename", text: s.Name, above: smallText(cut(s.Query, 11, 400), accent())}, func(to string) string {
		taken := slices.ContainsFunc(w.lib.Searches(), func(o library.SavedSearch) bool { return photo.CompareTags(o.Name, to) == 0 })
		same := photo.CompareTags(to, s.Name) == 0
		if taken && !same {
			return "There is a search of this name."
		}
		e, err := query.Parse(s.Query)
		if err != nil {
			return capital(err.Error()) + "."
		}
		w.storeAlbum("The search is called "+tagTitle(to)+".", func(lib *library.Library) error {
			if err := lib.SaveSearch(to, e); err != nil || same {
				return err
			}
			return lib.RemoveSearch(s.Name)
		}, nil)
		return ""
	})
}

func (w *Window) removeSearch(s library.SavedSearch) {
	text := widget.NewLabel("The search “" + tagTitle(s.Name) + "” is forgotten:\n" + s.Query + "\nPhotos are not touched.")
	text.Wrapping = fyne.TextWrapWord
	w.decide("Remove the search", "Remove", "Keep", text, fyne.NewSize(420, 190), nil, func() {
		w.storeAlbum("The search "+tagTitle(s.Name)+" is removed.", func(lib *library.Library) error { return lib.RemoveSearch(s.Name) }, nil)
	})
}

// undoneWords says what an edit of a photo, or of an album, was about.
func undoneWords(word, path, what string) string {
	switch name := filepath.Base(path); {
	case path == "", strings.HasSuffix(what, " photos"):
		return fmt.Sprintf("%s: %s.", word, what)
	case strings.Contains(what, " face"):
		return fmt.Sprintf("%s: %s of %s.", word, what, name)
	default:
		return fmt.Sprintf("%s: %s (%s).", word, what, name)
	}
}
