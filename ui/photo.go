package ui

import (
	"context"
	"image"
	"path/filepath"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/face"
	"semblance/internal/library"
)

// selectionChanged follows the cursor of the grid.
func (w *Window) selectionChanged() {
	w.status.say("")
	w.showCounts()
	w.prioritize()
	switch _, path := w.grid.Cursor(); {
	case w.grid.SelectedCount() == 0 && !w.loupe.open: // nobody looks at a photo
		w.showNoPhoto()
	case path != "" && path != w.current:
		w.showPhoto(path)
	}
}

// showNoPhoto empties loupe, face card and facts.
func (w *Window) showNoPhoto() {
	w.current, w.photo, w.faces, w.face = "", library.Photo{}, nil, 0
	w.showFace()
	w.failure.show(library.Entry{})
	w.right.Refresh()
}

// prioritize tells the library what is on the screen and what is chosen.
func (w *Window) prioritize() {
	if w.lib == nil {
		return
	}
	var visible []string
	if first, last := w.grid.OnScreen(); first >= 0 {
		for i := first; i <= last && i < len(w.result.Photos); i++ {
			visible = append(visible, w.keyOf(i))
		}
	}
	var chosen []string
	if _, path := w.grid.Cursor(); path != "" {
		chosen = []string{path}
	}
	opened := ""
	if w.loupe.open && len(chosen) > 0 {
		opened = chosen[0]
	}
	w.lib.Prioritize(opened, visible, chosen)
}

// showPhoto brings loupe, face card and facts to a photo, or up to date.
func (w *Window) showPhoto(path string) {
	p, err := w.lib.Photo(path)
	if err != nil {
		w.log.Warn("read photo", "path", path, "err", err)
	}
	var chosen uint32 // number of the face that stays chosen
	if f := w.chosenFace(); f != nil {
		chosen = f.Number
	}
	same := path == w.current
	w.current, w.photo, w.faces = path, p, p.Analysis
	if w.showRejected && len(p.Rejected) > 0 {
		all := *p.Analysis
		all.Faces = slices.Concat(all.Faces, p.Rejected)
		w.faces = &all
	}
	if i := w.indexOf(chosen); same && i >= 0 {
		w.face = i
	} else if !same {
		w.face = w.firstAsked()
	}
	w.rejected.set(len(p.Rejected), w.showRejected)
	w.showFace()
	w.facts.show(append(photoFacts(p, w.partnerOf(p.Entry)), heardFacts(&p)...))
	w.warning.show(p.Warnings)
	w.file.Refresh()
	w.failure.show(p.Entry)
	w.right.Refresh()
}

// showFace shows the chosen face of the current photo.
func (w *Window) showFace() {
	p, a := w.photo, w.faces
	if a != nil {
		w.face = min(max(w.face, 0), max(len(a.Faces)-1, 0))
	}
	w.loupe.show(p.Entry, a, w.face, w.notAsked())
	setVisible(w.file, w.current != "")
	w.marks.show(w.current, p.Marks)
	w.heard.show(&p)
	switch {
	case w.current == "":
		w.card.showNothing("Choose a photo to see its faces.")
	case p.State == library.Failed:
		w.card.showNothing("This photo could not be analysed.")
	case a == nil && w.lib.Status().NoAnalysis != nil:
		w.card.showNothing("Not analysed.")
	case a == nil:
		w.card.showNothing("Not analysed yet. It is in the queue.")
	case len(a.Faces) == 0 && len(p.Rejected) > 0:
		w.card.showNothing("No face is left in this photo. M marks one.")
	case len(a.Faces) == 0:
		w.card.showNothing("No face was found in this photo. M marks one.")
	default:
		w.card.setPlace(w.facePlace())
		w.card.showFormer(&p, a.Faces[w.face].Number)
		w.card.verdict.by = drawnBy(&p, &a.Faces[w.face])
		w.card.show(a, w.face)
		w.cropper.load(w.current, a, w.face, w.card.setCrop)
	}
}

// chooseFace shows another face of the photo.
func (w *Window) chooseFace(i int) {
	w.face = i
	w.showFace()
}

// thumbnailOf returns the thumbnail of the current photo if it is at hand, or nil.
func (w *Window) thumbnailOf(path string) *image.RGBA {
	if i, current := w.grid.Cursor(); current == path {
		return w.grid.Picture(i)
	}
	return nil
}

// chosen returns the photos that a command is about: the selection, or the current photo.
func (w *Window) chosen() []string {
	if paths := w.grid.Selected(); len(paths) > 0 {
		return paths
	}
	if w.current != "" {
		return []string{w.current}
	}
	return nil
}

func (w *Window) togglePause() {
	if w.lib == nil {
		return
	}
	paused := !w.lib.Status().Paused
	w.lib.SetPaused(paused)
	w.status.show(w.lib.Status(), w.result)
	w.opts.Trace("pause", map[string]any{"paused": paused})
}

// openPhoto opens the folder of a photo and chooses it there.
func (w *Window) openPhoto(path string) {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	w.wanted = path
	w.openAsBefore(filepath.Dir(path))
}

// photoMenu shows what can be done with the chosen photos.
func (w *Window) photoMenu(at fyne.Position) {
	n := len(w.chosen())
	if n == 0 {
		return
	}
	menu := fyne.NewMenu("",
		fyne.NewMenuItem("Loupe", func() { w.setLoupe(true) }),
		fyne.NewMenuItem("Mark a face", w.startMarking),
		fyne.NewMenuItemSeparator(),
		subMenu("Rating", w.ratingItems()), subMenu("Flag", w.flagItems()), subMenu("Label", w.labelItems()),
		fyne.NewMenuItem("Tags…", w.askTags),
		fyne.NewMenuItem("Add to album…", w.askAlbum))
	if album := w.shownAlbum(); album != "" {
		menu.Items = append(menu.Items, fyne.NewMenuItem("Take out of "+tagTitle(album), w.uncollect))
	}
	if w.everywhere && w.current != "" {
		menu.Items = append(menu.Items, fyne.NewMenuItem("Show in its folder", w.openFolderOf))
	}
	menu.Items = append(menu.Items,
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem("Analyse "+plural(n, "photo")+" again", w.reanalyse),
		fyne.NewMenuItem("Look harder for small faces", w.lookHarder),
		fyne.NewMenuItem("Look for turned faces", w.lookTurned),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem("Export JSON of "+plural(n, "photo")+"…", w.askExport),
		fyne.NewMenuItemSeparator(),
		fyne.NewMenuItem("Copy path", w.copyPath))
	widget.ShowPopUpMenuAtPosition(menu, w.win.Canvas(), at)
}

func subMenu(title string, items []*fyne.MenuItem) *fyne.MenuItem {
	item := fyne.NewMenuItem(title, nil)
	item.ChildMenu = fyne.NewMenu("", items...)
	return item
}

// cropper cuts the face for the card out of the photo, in the background.
type cropper struct {
	post    func(func())
	picture pictureFunc

	path string // of picture and whole
	side int
	next context.CancelFunc
	have *image.RGBA // the whole photo, as large as the last crop needed it
}

// cropPhoto is the least long side in pixels of the photo that faces are cut from.
const cropPhoto = 640

// load calls show with the crop of face i, at once if the photo is at hand.
func (c *cropper) load(path string, a *face.Analysis, i int, show func(*image.RGBA)) {
	if c.next != nil {
		c.next()
	}
	box, full := a.Faces[i].Box.Square(1.5), max(a.W, a.H)
	side := full
	if w := box.W(); w > 0 { // as many pixels as the crop has on a dense screen
		side = min(max(cropPhoto, int(2*cropSide/w*float32(full))), full)
	}
	if c.path == path && c.have != nil && c.side >= side {
		show(cropOf(c.have, a, box))
		return
	}
	if c.path != path {
		show(nil)
	}
	ctx, cancel := context.WithCancel(context.Background())
	c.next = cancel
	picture := c.picture
	go func() {
		p, err := picture(ctx, path, side)
		if err != nil {
			return // the loupe says so
		}
		crop := cropOf(p, a, box)
		c.post(func() {
			if ctx.Err() != nil {
				return
			}
			c.path, c.side, c.have = path, side, p
			show(crop)
		})
	}()
}
