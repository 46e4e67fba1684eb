package ui

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/storage"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
)

// catalogItems is the menu of what can be done to the catalog as a whole. What needs an open one is grey without it.
func (w *Window) catalogItems() []*fyne.MenuItem {
	item := func(title string, do func(), possible bool) *fyne.MenuItem {
		i := fyne.NewMenuItem(title, func() {
			if w.win.Canvas().Overlays().Top() == nil { // nothing behind a dialog
				do()
			}
		})
		i.Disabled = !possible
		return i
	}
	open := w.lib != nil
	folder := ""
	if open {
		folder, _ = w.lib.Folder()
	}
	forget := fyne.NewMenuItem("Delete Face Data", nil)
	forget.ChildMenu = fyne.NewMenu("",
		item("Of All Photos…", func() { w.askForget("") }, open),
		item("Of This Folder…", func() { w.askForget(folder) }, folder != ""),
		item("Of One Person…", w.askForgetPerson, open))
	return []*fyne.MenuItem{
		item("Open Another…", w.askCatalog, w.opening == nil),
		item("New…", w.askNewCatalog, w.opening == nil),
		fyne.NewMenuItemSeparator(),
		item("Back Up Now…", w.askBackUp, open),
		item("Restore a Backup…", w.askRestore, w.opening == nil),
		item("Check…", w.checkCatalog, open),
		item("Compact", w.compact, open),
		fyne.NewMenuItemSeparator(),
		item("Relocate a Moved Folder…", w.askRelocate, open),
		item("Read Back JSON Files…", w.askReadBack, open),
		forget,
	}
}

// askFile lets a file be chosen: one that is there, or, if fresh, a new one.
func (w *Window) askFile(fresh string, dir string, chosen func(path string)) {
	var d *dialog.FileDialog
	if fresh == "" {
		d = dialog.NewFileOpen(func(f fyne.URIReadCloser, err error) {
			switch {
			case err != nil:
				w.showError("The file cannot be opened", err)
			case f != nil:
				_ = f.Close() // it was only read
				chosen(f.URI().Path())
			}
		}, w.win)
	} else {
		d = dialog.NewFileSave(func(f fyne.URIWriteCloser, err error) {
			switch {
			case err != nil:
				w.showError("The file cannot be written", err)
			case f != nil:
				_ = f.Close() // nothing was written
				chosen(f.URI().Path())
			}
		}, w.win)
		d.SetFileName(fresh)
	}
	if u, err := storage.ListerForURI(storage.NewFileURI(dir)); err == nil {
		d.SetLocation(u)
	}
	w.showChooser(d)
}

// showChooser shows a dialog of files or folders.
func (w *Window) showChooser(d *dialog.FileDialog) {
	w.dialog = &dialogKeys{enter: func() {}, escape: d.Hide}
	d.SetOnClosed(w.dialogClosed)
	d.Show()
	d.Resize(fyne.NewSize(820, 560)) // a file dialog has no size before it is shown
}

// askFolderFor lets a folder be chosen.
func (w *Window) askFolderFor(dir string, chosen func(path string)) {
	d := dialog.NewFolderOpen(func(u fyne.ListableURI, err error) {
		switch {
		case err != nil:
			w.showError("The folder cannot be opened", err)
		case u != nil:
			chosen(u.Path())
		}
	}, w.win)
	if u, err := storage.ListerForURI(storage.NewFileURI(dir)); err == nil {
		d.SetLocation(u)
	}
	w.showChooser(d)
}

func (w *Window) catalogFolder() string { return filepath.Dir(w.opts.Catalog) }

// askCatalog opens another catalog.
func (w *Window) askCatalog() { w.askFile("", w.catalogFolder(), w.openCatalog) }

// askNewCatalog begins another one.
func (w *Window) askNewCatalog() {
	w.askFile("photos.db", w.catalogFolder(), func(path string) {
		if err := removeEmpty(path); err != nil { // the dialog has made it, and an empty file is no catalog
			w.showError("No catalog can begin there", err)
			return
		}
		w.openCatalog(path)
	})
}

// openCatalog has the window show another catalog until it is closed.
func (w *Window) openCatalog(path string) {
	w.whileClosed(closedWork{title: "Open another catalog", busy: "The catalog is being opened …", catalog: path})
}

// inBackground does work on the open library off the UI goroutine, which can be stopped, and tells its words.
func (w *Window) inBackground(title, busy string, do func(ctx context.Context, lib *library.Library) (func(), error)) {
	ctx, stop := context.WithCancel(context.Background())
	_, hide := w.showBusy(closedWork{title: title, busy: busy, stoppable: true}, stop)
	lib, post := w.lib, w.bridge.post
	w.background.Go(func() {
		done, err := do(ctx, lib)
		stop()
		post(func() {
			hide()
			w.opts.Trace("catalog work done", map[string]any{"title": title, "failed": err != nil})
			switch {
			case errors.Is(err, context.Canceled):
				w.status.say("Stopped.")
			case err != nil:
				w.showError(title, err)
			default:
				done()
			}
		})
	})
	w.stops = append(w.stops, stop)
}

// askBackUp asks where to back the catalog up.
func (w *Window) askBackUp() {
	const title = "Back up the catalog"
	write := func(to string) {
		w.inBackground(title, "The catalog is being copied …", func(ctx context.Context, lib *library.Library) (func(), error) {
			made, err := lib.BackUp(ctx, to, to != "")
			return func() { w.showWords(title, "The copy is complete:\n"+made) }, err
		})
	}
	w.choose(title, "Semblance makes a backup every day that something has changed, and keeps the latest three and one of each of four weeks. "+
		"They lie beside the catalog: a copy on another disk is safer.", []way{
		{"On another disk…", "", func() {
			w.askFile("semblance-"+time.Now().Format("2006-01-02")+".db", w.catalogFolder(), write)
		}},
		{"Among the daily backups", "", func() { write("") }},
	})
}

// choose asks which of several things to do. None is the default.
func (w *Window) choose(title, words string, ways []way) {
	d := dialog.NewCustomWithoutButtons(title, wrapped(words), w.win)
	buttons := []fyne.CanvasObject{widget.NewButton("Cancel", d.Hide)}
	for _, one := range ways {
		buttons = append(buttons, widget.NewButton(one.title, func() { d.Hide(); one.do() }))
	}
	d.SetButtons(buttons)
	w.present(d, fyne.NewSize(560, 180), func() {})
}

// checkCatalog reads the whole catalog, and offers to repair what is damaged.
func (w *Window) checkCatalog() {
	const title = "Check the catalog"
	w.inBackground(title, "The whole catalog is being read. You can go on when it is done, or stop it.", func(ctx context.Context, lib *library.Library) (func(), error) {
		values, err := lib.CheckCatalog(ctx)
		if errors.Is(err, library.ErrDamaged) {
			return func() {
				w.choose(title, "The file is damaged:\n"+err.Error()+"\n\nA backup can take its place. The damaged file is kept.",
					[]way{{"Restore a backup…", "", w.askRestore}})
			}, nil
		}
		return func() {
			if len(values) == 0 {
				w.showWords(title, "The catalog is sound: every value is what was stored.")
				return
			}
			lines := someErrors(values, "1 value is damaged", "values are damaged")
			w.choose(title, strings.Join(lines, "\n")+"\n\nRepairing takes them from the latest backup that has them. Photos whose analysis is in none are analysed again. "+
				"The file as it is now is kept.", []way{{"Repair", "", w.mend}})
		}, err
	})
}

// mend repairs damaged values.
func (w *Window) mend() {
	w.whileClosed(closedWork{
		title: "Repair the catalog", busy: "Damaged values are taken from backups …",
		do: func(ctx context.Context, u library.Upkeep, _ func(string)) (string, error) {
			m, err := u.Mend(ctx)
			words := "Nothing is damaged."
			if m.Kept != "" {
				words = mendWords(m)
			}
			return words, err
		},
	})
}

// mendWords says what a repair did; what it did not have to do is not mentioned.
func mendWords(m library.Mended) string {
	var lines []string
	if m.Restored > 0 {
		lines = append(lines, plural(m.Restored, "value")+" taken from backups.")
	}
	if m.Again > 0 {
		lines = append(lines, plural(m.Again, "photo")+" to be analysed again.")
	}
	if m.Lost > 0 {
		lines = append(lines, "What you said about "+plural(m.Lost, "photo")+" is in no backup. File > Catalog > Read Back JSON Files may have it.")
	}
	return strings.Join(append(lines, "The former file is kept as "+m.Kept+"."), "\n")
}

// compact gives back what is free in the file.
func (w *Window) compact() {
	w.whileClosed(closedWork{
		title: "Compact the catalog", busy: "The catalog is being written anew …",
		do: func(_ context.Context, u library.Upkeep, _ func(string)) (string, error) {
			before, after, err := u.Compact()
			if after >= before {
				return "Nothing was free in the file, which has " + byteSize(after) + ".", err
			}
			return fmt.Sprintf("The file had %s and has %s now.", byteSize(before), byteSize(after)), err
		},
	})
}

// askReadBack takes over what the JSON files in a folder say.
func (w *Window) askReadBack() {
	dir, _ := w.lib.Folder()
	w.askFolderFor(dir, func(path string) { w.readBack([]string{path}) })
}

// clock is a time as people read it.
func clock(t time.Time) string { return t.Local().Format("2006-01-02 15:04") }

// byteSize is a size as people read it: "12.3 MB".
func byteSize(n int64) string {
	if n < 1_000_000 {
		return fmt.Sprintf("%d kB", (n+999)/1000)
	}
	return fmt.Sprintf("%.1f MB", float64(n)/1e6)
}
