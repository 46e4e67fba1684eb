package ui

import (
	"context"
	"errors"
	"image"
	"os"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
)

// source is the library that pictures come from. Goroutines use it while the window may take another one.
type source struct {
	lib atomic.Pointer[library.Library]
}

// errClosed is the error of a picture while no catalog is open.
var errClosed = errors.New("no catalog is open")

// thumbnail loads a thumbnail; the grid's workers call it.
func (s *source) thumbnail(ctx context.Context, path string, longSide int) (*image.RGBA, error) {
	lib := s.lib.Load()
	if lib == nil {
		return nil, errClosed
	}
	return lib.Thumbnail(ctx, path, longSide)
}

// preview loads a thumbnail that is quickly had; the grid's workers call it.
func (s *source) preview(ctx context.Context, path string, longSide int) (p *image.RGBA, ready bool, err error) {
	lib := s.lib.Load()
	if lib == nil {
		return nil, false, errClosed
	}
	return lib.Preview(ctx, path, longSide)
}

// picture loads a photo in the size of the window or larger; goroutines call it.
func (s *source) picture(ctx context.Context, path string, longSide int) (*image.RGBA, error) {
	lib := s.lib.Load()
	if lib == nil {
		return nil, errClosed
	}
	return lib.Picture(ctx, path, longSide)
}

// opening is a library that is being opened in the background, perhaps after work on the closed catalog.
type opening struct {
	done chan struct{} // closed at the end
	lib  *library.Library
	err  error
	held library.CatalogStats // of the backup that could be restored if err is a library.DamageError
	stop context.CancelFunc
}

// closedWork is something that is done while the catalog is closed.
type closedWork struct {
	title, busy string
	catalog     string // to open afterwards, "" for the same one
	folder      string // to open in the place of a former one that is not there any more; "" for none
	away        bool   // no folder is opened afterwards: its photos would be analysed again at once
	stoppable   bool
	do          func(ctx context.Context, u library.Upkeep, say func(string)) (words string, err error)
}

// upkeep is what can be done to the catalog while it is closed.
func (w *Window) upkeep() library.Upkeep {
	return library.Upkeep{Catalog: w.opts.Catalog, Cache: w.opts.Cache}
}

// whileClosed closes the catalog once everything that a person said is stored, does the work in the background, and opens a catalog again
// in the same window, whatever came of the work. Then it tells.
func (w *Window) whileClosed(work closedWork) {
	w.edits.do(func() func() error {
		w.closeFor(work)
		return nil
	})
}

func (w *Window) closeFor(work closedWork) {
	lib, u := w.lib, w.upkeep()
	if lib != nil {
		w.opts.Folder, w.opts.Recursive = lib.Folder()
	}
	w.refurnish()
	if work.catalog != "" {
		w.opts.Catalog, w.opts.Folder = work.catalog, ""
	}
	if _, err := os.Stat(w.opts.Folder); err != nil && work.folder != "" {
		w.opts.Folder = work.folder
	}
	w.away = work.away
	ctx, stop := context.WithCancel(context.Background())
	words, hide := w.showBusy(work, stop)
	var told string
	var failed error
	w.openLater(func() error {
		if lib != nil {
			if err := lib.Close(); err != nil {
				return err
			}
		}
		if work.do != nil {
			post := w.bridge.post
			told, failed = work.do(ctx, u, func(s string) { post(func() { words.SetText(s) }) })
		}
		return nil
	}, stop, func(lost error) {
		hide()
		w.opts.Trace("catalog work done", map[string]any{"title": work.title, "failed": failed != nil})
		switch {
		case errors.Is(failed, context.Canceled):
			w.status.say("Stopped.")
		case failed != nil && lost != nil: // what is wrong with the catalog is told next
			w.failing = work.title + ": " + failed.Error()
		case failed != nil:
			w.showError(work.title, failed)
		case told != "":
			w.showWords(work.title, told)
		}
	})
}

// showBusy tells of work that goes on, and returns the line that says how far it is and what hides it.
func (w *Window) showBusy(work closedWork, stop context.CancelFunc) (words *widget.Label, hide func()) {
	words = widget.NewLabel(work.busy)
	words.Wrapping = fyne.TextWrapWord
	bar := widget.NewProgressBarInfinite()
	d := dialog.NewCustomWithoutButtons(work.title, container.NewVBox(words, bar), w.win)
	if work.stoppable {
		d.SetButtons([]fyne.CanvasObject{widget.NewButton("Stop", stop)})
	}
	d.Resize(fyne.NewSize(420, 130))
	d.Show()
	w.dialog = &dialogKeys{enter: func() {}, escape: func() {}}
	w.win.Canvas().Unfocus()
	return words, func() {
		bar.Stop()
		d.Hide()
		w.dialogClosed()
	}
}

// openLater runs before, then opens the library in the background and takes it. told runs then, with why there is none, before the folder is opened.
func (w *Window) openLater(before func() error, stop context.CancelFunc, told func(lost error)) {
	o := &opening{done: make(chan struct{}), stop: stop}
	w.opening = o
	open, path, post := w.opts.Open, w.opts.Catalog, w.bridge.post
	go func() {
		defer close(o.done)
		if o.err = before(); o.err == nil {
			o.lib, o.err = open(path)
		}
		var damage *library.DamageError
		if errors.As(o.err, &damage) && damage.Backup.Path != "" {
			o.held, _ = library.Upkeep{Catalog: damage.Backup.Path}.Stats(context.Background()) // then it is not said
		}
		post(func() {
			w.opening, w.held = nil, o.held
			lib, err := o.lib, o.err
			told(err)
			w.attach(lib, err)
		})
	}()
}

// abandon waits for a library that is being opened when the window is closed, and closes it.
func (o *opening) abandon() error {
	if o == nil {
		return nil
	}
	o.stop()
	<-o.done
	if o.lib == nil {
		return nil
	}
	return o.lib.Close()
}

// refurnish has the window begin anew, without a library. What still comes from the former one is dropped.
func (w *Window) refurnish() {
	former := w.session
	former.bridge.close()
	former.loupe.stop()
	if former.counting != nil {
		former.counting()
	}
	go former.pictures.Close() // waits for what is being decoded
	b := newBridge(w.news)
	b.do = former.bridge.do
	w.furnish(b)
	w.order = former.order
	w.opts.Trace("catalog closed", nil)
}

// setRecent shows recent folders where none is open.
func (f *folderTree) setRecent(recent []string) {
	if len(recent) > 0 {
		f.addRoot(recent[0], recent)
		f.tree.Refresh()
	}
}

// showWords tells what was done.
func (w *Window) showWords(title, words string) {
	text := widget.NewLabel(words)
	text.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustom(title, "Close", container.NewVScroll(text), w.win)
	height := float32(140)
	if strings.Count(words, "\n") > 0 || len(words) > 120 {
		height = 230
	}
	w.present(d, fyne.NewSize(560, height), d.Dismiss)
}
