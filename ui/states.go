package ui

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
)

// attach takes the library that was opened, or shows why it could not be.
func (w *Window) attach(lib *library.Library, err error) {
	if err != nil {
		w.openErr = err
		w.log.Error("open library", "err", err)
		w.showState()
		w.opts.Trace("library failed", map[string]any{"error": err.Error()})
		if w.opts.Report != nil {
			w.endReport(err)
		} else {
			w.showTrouble()
		}
		return
	}
	w.lib = lib
	w.source.lib.Store(lib)
	for _, err := range lib.Notices() {
		w.problems = append(w.problems, library.Event{Err: err})
	}
	w.takePolicy()
	w.folders.list = lib.Subfolders
	w.showAlbums()
	lib.Subscribe(w.bridge.event)
	w.showBanner()
	w.status.show(lib.Status(), w.result)
	w.win.SetMainMenu(w.mainMenu())
	w.opts.Trace("library open", nil)
	w.filter.show(w.expr, w.result)
	if w.away {
		w.folders.setRecent(lib.Recent())
		w.showState()
		return
	}
	path := w.opts.Folder
	if recent := lib.Recent(); path == "" && len(recent) > 0 {
		path = recent[0] // go on where the last session ended
	}
	if path == "" {
		w.showState()
		return
	}
	if info, err := os.Stat(path); err == nil && !info.IsDir() {
		w.openPhoto(path)
		return
	}
	w.openFolder(path, w.opts.Recursive || lib.WithSubfolders(path))
}

// showBanner says above the grid what is wrong: that nothing can be analysed, or
// what could not be read or saved in the open folder.
func (w *Window) showBanner() {
	if err := w.lib.Status().NoAnalysis; err != nil {
		w.banner.show("Photos are shown, but not analysed: "+err.Error(), "", nil)
		return
	}
	switch len(w.problems) {
	case 0:
		w.banner.hide()
	case 1:
		w.banner.show(w.problemLine(w.problems[0]), "Close", w.forgetProblems)
	default:
		w.banner.show(count(len(w.problems))+" problems.", "Show…", w.showProblems)
	}
}

// errNotReachable tells of an open folder that is not there any more.
var errNotReachable = errors.New("this folder is not reachable any more: is the disk unplugged? What was found in it before is kept. If you moved or renamed it: File > Catalog > Relocate a Moved Folder")

// pictureFailed looks at the folder again when a photo is not there any more: either
// the photo was deleted, or the whole folder is gone.
func (w *Window) pictureFailed(err error) {
	switch {
	case w.reported:
		w.endReport(err)
	case errors.Is(err, fs.ErrNotExist) && w.scanned && w.scanErr == nil && !w.everywhere:
		w.scanned = false
		w.lib.Rescan()
	}
}

// rescan looks for what has changed in the open folder, below it, and on the disks.
func (w *Window) rescan() {
	if w.lib == nil {
		return
	}
	w.lib.Rescan()
	w.lib.LookAround()
}

// returned is called when the window gets the keyboard from another program, which may have changed something.
func (w *Window) returned() {
	if w.lib != nil {
		w.lib.LookAround()
	}
}

// problemLine is a problem in one line, and for a damaged catalog what can be done about it.
func (w *Window) problemLine(e library.Event) string {
	if e.Path == w.opts.Catalog && errors.Is(e.Err, library.ErrDamaged) {
		return "A part of the catalog is damaged: " + e.Err.Error() + ". File > Catalog > Check can repair it"
	}
	if e.Path == "" {
		return e.Err.Error()
	}
	return e.Path + ": " + e.Err.Error()
}

func (w *Window) forgetProblems() {
	w.problems = nil
	w.showBanner()
}

// maxProblems bounds the list of problems; the log has all.
const maxProblems = 200

// showProblems lists what could not be read; the banner has done its work then.
func (w *Window) showProblems() {
	lines := make([]string, 0, len(w.problems))
	for _, e := range w.problems {
		lines = append(lines, w.problemLine(e))
	}
	text := widget.NewLabel(strings.Join(lines, "\n"))
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustom("Could not be read", "Close", container.NewVScroll(text), w.win)
	w.present(d, fyne.NewSize(640, 360), d.Dismiss)
	w.forgetProblems()
}

// showState says in the middle of the grid why there is nothing in it, if there is nothing.
func (w *Window) showState() {
	if w.openErr != nil {
		title, _, _ := w.trouble(w.openErr)
		w.empty.show(title, w.opts.Catalog, "What can be done…", w.showTrouble)
		return
	}
	if w.lib == nil {
		w.empty.show("Starting …", "The models are being loaded.", "", nil)
		return
	}
	path, recursive := w.lib.Folder()
	w.empty.setIcon(nil)
	switch {
	case path == "" && !w.everywhere:
		w.empty.setIcon(theme.NewDisabledResource(theme.FolderOpenIcon()))
		w.empty.show("Open a folder of photos",
			"Or drop a folder or a photo here. Everything stays on this computer, and photo files are never changed.",
			"Open a folder…", w.askFolder)
	case len(w.result.Photos) > 0:
		w.empty.hide()
	case w.everywhere && w.shownAlbum() != "" && len(w.expr.Terms()) == 1:
		w.empty.show("This album is empty", "Open a folder, choose photos and press Ctrl+B.", "", nil)
	case w.everywhere && w.expr.Empty():
		w.empty.show("No photos yet", "Photos of every folder that you open are shown here.", "Open a folder…", w.askFolder)
	case w.result.Total > 0 && !w.expr.Empty():
		w.empty.show("No photo matches the filter", w.lessStrict(), "Clear the filter", w.clearFilter)
	case !w.scanned:
		w.empty.show("Looking for photos …", path, "", nil)
	case w.scanErr != nil:
		w.showUnreadable(path, w.scanErr)
	case !recursive && w.below > 0:
		w.empty.show("No photos directly in this folder",
			"There are "+plural(w.below, "photo")+" in the folders below it.",
			"Show them", func() { w.openFolder(path, true) })
	default:
		w.empty.show("No photos in this folder", filepath.Base(path)+" holds no file that Semblance knows as a photo.", "Open another folder…", w.askFolder)
	}
}

// showUnreadable says why a folder cannot be read.
func (w *Window) showUnreadable(path string, err error) {
	title := "This folder cannot be read"
	text := path + "\n" + err.Error()
	switch {
	case errors.Is(err, fs.ErrNotExist):
		title = "This folder is not there"
		text = path + "\nIs the disk unplugged, or was the folder moved? What was found in it before is kept."
	case errors.Is(err, fs.ErrPermission):
		text = path + "\nYou have no permission to read it."
	}
	w.empty.show(title, text, "Try again", func() { w.openFolder(w.lib.Folder()) })
}

// countTime bounds how long the photos below a folder are counted.
const countTime = 20 * time.Second

// countPhotos finds out, in the background, what is in the folder and below it.
func (w *Window) countPhotos(path string) {
	if w.counting != nil {
		w.counting()
	}
	ctx, cancel := context.WithTimeout(context.Background(), countTime)
	w.counting = cancel
	lib, post := w.lib, w.bridge.post
	go func() {
		defer cancel()
		here, below, err := lib.CountPhotos(ctx, path)
		post(func() {
			if now, _ := w.lib.Folder(); now != path || err != nil && !errors.Is(err, context.DeadlineExceeded) {
				return
			}
			w.below = below
			w.folders.setCounts(here, below, err == nil)
			w.showState()
		})
	}()
}

// news takes in what happened in the library. It never moves the selection or
// the scroll position.
func (w *Window) news(n news) {
	if w.lib == nil {
		return
	}
	for path := range n.photos {
		w.grid.RefreshItem(path)
		if path == w.current {
			w.showPhoto(path)
		}
		w.opts.Trace("photo analysed", map[string]any{"path": path})
	}
	for _, e := range n.scanned {
		if path, _ := w.lib.Folder(); path == e.Path {
			w.scanned, w.scanErr = true, e.Err
			w.problems = slices.DeleteFunc(w.problems, func(e library.Event) bool {
				return errors.Is(e.Err, errNotReachable) || errors.Is(e.Err, library.ErrUnreachable) // it is there again, or is told of now
			})
			if e.Err != nil && w.result.Total > 0 { // what is known stays on the screen, but not without a word
				w.problems = append(w.problems, library.Event{Path: e.Path, Err: errNotReachable})
			}
			w.win.SetMainMenu(w.mainMenu()) // a folder that could be read is a recent one
			w.opts.Trace("scan done", map[string]any{"path": e.Path})
		}
	}
	for _, e := range n.problems {
		w.log.Warn("problem", "path", e.Path, "err", e.Err)
		w.opts.Trace("problem", map[string]any{"path": e.Path, "error": e.Err.Error()})
		if len(w.problems) < maxProblems && (w.scanErr == nil || !errors.Is(e.Err, library.ErrUnreachable)) {
			w.problems = append(w.problems, e)
		}
	}
	if n.saved { // the banner need not say any more that nothing can be
		w.problems = slices.DeleteFunc(w.problems, func(e library.Event) bool { return errors.Is(e.Err, library.ErrNotSaved) })
	}
	w.showBanner()
	for folder := range n.folders {
		w.folders.setChanged(folder)
	}
	w.grown = w.grown || n.found && w.scanned || len(n.folders) > 0
	if w.grown && (n.idle || len(n.folders) > 0) {
		w.grown = false
		if path, _ := w.lib.Folder(); path != "" {
			w.countPhotos(path)
		}
	}
	if n.albums {
		w.showAlbums()
		w.searchSoon()
	}
	switch {
	case n.idle, len(n.scanned) > 0:
		w.runSearch()
		w.countAlbums()
	case n.found, len(n.photos) > 0:
		w.searchSoon()
	}
	w.status.show(w.lib.Status(), w.result)
	w.lookedAgain()
	if n.idle {
		w.opts.Trace("idle", map[string]any{"photos": w.result.Total, "faces": w.result.TotalFaces, "failed": w.result.Failed})
		if w.opts.Report != nil {
			w.report(w.opts.Report)
			w.opts.Report = nil // once
		}
	}
}
