package ui

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
)

// removeEmpty removes a file if there is nothing in it.
func removeEmpty(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.Size() > 0:
		return fmt.Errorf("%s: there is a file that is not empty", path)
	}
	return os.Remove(path)
}

// newField is a line of a dialog to type into. Esc closes the dialog.
func (w *Window) newField(holder string) *entry {
	e := &entry{first: func(fyne.KeyName) bool { return false }, tabs: func() bool { return false }, left: func() {}}
	e.escape = func() {
		if w.dialog != nil {
			w.dialog.escape()
		}
	}
	e.ExtendBaseWidget(e)
	e.SetPlaceHolder(holder)
	return e
}

// askRestore lets one of the backups be chosen.
func (w *Window) askRestore() {
	const title = "Restore a backup"
	backups, err := w.upkeep().Backups()
	if err != nil {
		w.showError(title, err)
		return
	}
	names := make([]string, len(backups))
	for i, b := range backups {
		names[i] = clock(b.Time) + "   " + byteSize(b.Size)
	}
	holds := wrapped("")
	list := widget.NewRadioGroup(names, nil)
	list.Required = true
	chosen := -1
	post := w.bridge.post
	list.OnChanged = func(name string) {
		for i := range names {
			if names[i] == name {
				chosen = i
			}
		}
		at := chosen
		holds.SetText("Looking into it …")
		go func() {
			s, err := library.Upkeep{Catalog: backups[at].Path}.Stats(context.Background())
			post(func() {
				switch {
				case chosen != at:
				case err != nil:
					holds.SetText("It cannot be read: " + err.Error())
				default:
					holds.SetText(fmt.Sprintf("It holds %s and %s; you said something about %s.", plural(s.Photos, "photo"), plural(s.Faces, "face"), plural(s.EditedPhotos, "photo")))
				}
			})
		}()
	}
	words := "The backup takes the place of the catalog. What came later is not in it: photos are analysed again, and what you said since then is only in the present file, which is kept beside it under another name."
	if len(backups) == 0 {
		words = "There is no backup beside this catalog yet: Semblance makes one a day. If you have one elsewhere, choose its file."
	}
	box := container.NewBorder(wrapped(words), holds, nil, nil, container.NewVScroll(list))
	d := dialog.NewCustomWithoutButtons(title, box, w.win)
	buttons := []fyne.CanvasObject{
		widget.NewButton("Cancel", d.Hide),
		widget.NewButton("Another file…", func() { d.Hide(); w.askFile("", w.catalogFolder(), w.restore) }),
	}
	if len(backups) > 0 {
		list.SetSelected(names[0])
		buttons = append(buttons, widget.NewButton("Restore", func() { d.Hide(); w.restore(backups[chosen].Path) }))
	}
	d.SetButtons(buttons)
	w.present(d, fyne.NewSize(600, 330), func() {})
}

// restore puts a backup in the place of the catalog.
func (w *Window) restore(path string) {
	w.whileClosed(closedWork{
		title: "Restore a backup", busy: "The backup is being checked and copied …", stoppable: true,
		do: func(ctx context.Context, u library.Upkeep, _ func(string)) (string, error) {
			r, err := u.Restore(ctx, path)
			words := "The catalog is what it was in " + filepath.Base(path) + "."
			if r.Kept != "" {
				words += "\nThe former file is kept as " + r.Kept + "."
			}
			return strings.Join(append([]string{words}, someErrors(r.Values, "1 value of the backup is damaged", "values of the backup are damaged")...), "\n"), err
		},
	})
}

// askRelocate asks where a folder was and where it is now.
func (w *Window) askRelocate() {
	const title = "Relocate a moved folder"
	from, to := w.newField("Where the folder was"), w.newField("Where it is now")
	if dir, _ := w.lib.Folder(); w.scanErr != nil { // it is most likely the one that is meant
		from.SetText(dir)
	}
	was := widget.NewSelect(w.lib.Recent(), func(path string) { from.SetText(path) })
	was.PlaceHolder = "Recent folders"
	browse := widget.NewButton("Choose…", nil)
	form := container.New(layout.NewFormLayout(),
		widget.NewLabel("It was"), container.NewBorder(nil, nil, nil, was, from),
		widget.NewLabel("It is now"), container.NewBorder(nil, nil, nil, browse, to))
	box := container.NewVBox(wrapped("If you have moved or renamed a folder or a disk, say so here: what is known of the photos stays, and nothing is analysed again. Your files are not touched."), form)
	var show func()
	show = func() {
		d := dialog.NewCustomWithoutButtons(title, box, w.win)
		browse.OnTapped = func() {
			d.Hide()
			w.askFolderFor(filepath.Dir(from.Text), func(path string) { to.SetText(path); show() })
		}
		d.SetButtons([]fyne.CanvasObject{
			widget.NewButton("Cancel", d.Hide),
			widget.NewButton("Relocate", func() {
				if from.Text == "" || to.Text == "" {
					return
				}
				d.Hide()
				w.relocate(from.Text, to.Text)
			}),
		})
		w.present(d, fyne.NewSize(680, 230), func() {})
	}
	show()
}

// relocate tells the catalog that a folder lies elsewhere.
func (w *Window) relocate(from, to string) {
	w.whileClosed(closedWork{
		title: "Relocate a moved folder", busy: "The places of the photos are being changed …",
		do: func(_ context.Context, u library.Upkeep, _ func(string)) (string, error) {
			r, err := u.Relocate(from, to, false)
			words := fmt.Sprintf("%s relocated. %s of them not found there.", plural(r.Photos, "photo"), count(r.Missing))
			if r.Missing == 0 {
				words = fmt.Sprintf("%s relocated; all of them are there.", plural(r.Photos, "photo"))
			}
			return words, err
		},
		folder: to,
	})
}

// What deleting face data says before it is done. It cannot be undone, so it says what goes and what stays.
const (
	forgetWhat = "names and places of the photos, every face that was found and all that was seen in it, their thumbnails, and the backups beside the catalog that hold any of it."
	forgetStay = "Your photo files are not touched. JSON files that were exported stay beside them, and so do copies of the catalog in other places: delete those yourself. " +
		"Whoever opens the photos in Semblance again has them analysed again."
	forgetPersonWhat = "every face that you called so, in the catalog and in all backups beside it: what was seen in it, where it is, what you said of it, and saved searches for it. " +
		"Other faces stay, and so do faces of that person that nobody named. " +
		"Your photo files are not touched. JSON files that were exported stay: delete those yourself. " +
		"Whoever has such a photo analysed again finds the face anew, without a name."
	noWayBack = "This cannot be undone."
)

// askForget asks whether all face data of a folder is to be deleted, "" for all.
func (w *Window) askForget(folder string) {
	title, where := "Delete the face data of all photos?", "of all photos: "
	if folder != "" {
		title, where = "Delete the face data of this folder?", "of the photos in "+folder+" and the folders below it: "
	}
	last := strong(noWayBack)
	said := widget.NewCheck("Also what I said: corrections, names, stars, flags, labels, tags, and places in albums", nil)
	said.SetChecked(true)
	w.confirmForget(title, container.NewVBox(wrapped("Deleted is what is known "+where+forgetWhat), wrapped(forgetStay), said, last), fyne.NewSize(640, 320), func() {
		edits := said.Checked
		w.whileClosed(closedWork{
			title: "Delete face data", busy: "Face data is being deleted …", away: true,
			do: func(ctx context.Context, u library.Upkeep, _ func(string)) (string, error) {
				r, err := u.Forget(ctx, folder, edits, false)
				return fmt.Sprintf("Deleted: %s with all faces of them, what you said about %s, %s, %s.",
					plural(r.Photos, "photo"), plural(r.Edits, "photo"), plural(r.Thumbnails, "thumbnail"), plural(len(r.Copies), "backup")), err
			},
		})
	})
}

// askForgetPerson asks whose faces are to be deleted.
func (w *Window) askForgetPerson() {
	name := w.newField("The name, as on the face card")
	var names []string
	for _, s := range w.known(personField, "") {
		names = append(names, s.text)
	}
	people := widget.NewSelect(names, func(chosen string) { name.SetText(chosen) })
	people.PlaceHolder = "People"
	line := container.NewBorder(nil, nil, nil, people, name)
	w.confirmForget("Delete the face data of one person?", container.NewVBox(line, wrapped("Deleted is "+forgetPersonWhat), strong(noWayBack)), fyne.NewSize(640, 300), func() {
		who := strings.TrimSpace(name.Text)
		if who == "" {
			return
		}
		w.whileClosed(closedWork{
			title: "Delete the face data of " + who, busy: "The catalog and its backups are being looked through …",
			do: func(ctx context.Context, u library.Upkeep, _ func(string)) (string, error) {
				r, err := u.ForgetPerson(ctx, who, false)
				return forgottenWords(r), err
			},
		})
	})
	w.win.Canvas().Focus(name)
}

func forgottenWords(r library.ForgottenPerson) string {
	lines := []string{fmt.Sprintf("%s in %s deleted, from the catalog and %s.", plural(r.Faces, "face"), plural(len(r.Photos), "photo"), plural(len(r.Copies), "backup"))}
	if len(r.Removed) > 0 {
		lines = append(lines, plural(len(r.Removed), "backup")+" could not be read and were removed as a whole.")
	}
	if r.Mentions > 0 {
		lines = append(lines, "The name is in tags or albums too: "+count(r.Mentions)+". Those stay.")
	}
	const most = 8
	for i, path := range r.Documents {
		if i == 0 {
			lines = append(lines, plural(len(r.Documents), "JSON file")+" beside these photos may name the person:")
		}
		if i == most {
			lines = append(lines, fmt.Sprintf("and %d more", len(r.Documents)-i))
			break
		}
		lines = append(lines, path)
	}
	return strings.Join(lines, "\n")
}

// strong is a line that is not to be overlooked.
func strong(words string) *widget.Label {
	label := wrapped(words)
	label.TextStyle.Bold, label.Importance = true, widget.DangerImportance
	return label
}

// confirmForget asks before something is deleted for good. Enter and Esc keep it.
func (w *Window) confirmForget(title string, content fyne.CanvasObject, size fyne.Size, do func()) {
	d := dialog.NewCustomWithoutButtons(title, container.NewVScroll(content), w.win)
	yes := widget.NewButton("Delete for good", func() { d.Hide(); do() })
	yes.Importance = widget.DangerImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Keep", d.Hide), yes})
	w.present(d, size, d.Hide)
}
