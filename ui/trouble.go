package ui

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
)

// way is something that a person can do about a catalog that cannot be opened.
type way struct {
	title, words string // words say what it does, "" for nothing
	do           func()
}

// showTrouble tells why the catalog cannot be opened, and offers what can be done about it.
func (w *Window) showTrouble() {
	title, words, ways := w.trouble(w.openErr)
	ways = append(
		ways,
		way{"Open another catalog…", "", w.askCatalog},
		way{quitTitle, "", w.win.Close},
	)
	box := container.NewVBox()
	if w.failing != "" {
		box.Add(strong(w.failing))
	}
	box.Add(wrapped(words))
	var d *dialog.CustomDialog
	for i, one := range ways {
		b := widget.NewButton(one.title, func() { d.Hide(); one.do() })
		b.Alignment = widget.ButtonAlignLeading
		if i == 0 {
			b.Importance = widget.HighImportance
		}
		box.Add(b)
		if one.words != "" {
			box.Add(wrapped(one.words))
		}
	}
	d = dialog.NewCustomWithoutButtons(title, box, w.win)
	w.present(d, fyne.NewSize(600, 0), func() {})
	w.opts.Trace("trouble shown", map[string]any{"title": title})
}

// wrapped is a text of several lines.
func wrapped(words string) *widget.Label {
	label := widget.NewLabel(words)
	label.Wrapping = fyne.TextWrapWord
	return label
}

// trouble says what is wrong with a catalog, and the ways out that are particular to it.
func (w *Window) trouble(err error) (title, words string, ways []way) {
	again := way{"Try again", "", func() { w.whileClosed(closedWork{title: "Opening", busy: "The catalog is being opened …"}) }}
	var damage *library.DamageError
	switch {
	case errors.As(err, &damage):
		return "The catalog is damaged",
			fmt.Sprintf("%s\n\n%v.\n\nYour photos are not affected. The damaged file is kept under another name, whatever you choose.", damage.Path, plainDamage(damage.Err)),
			w.repairs(damage)
	case errors.Is(err, library.ErrInUse):
		return "The catalog is in use", w.opts.Catalog + "\n\nAnother Semblance has it open: a window, or semblancectl. One at a time can use a catalog. " +
			"Close the other one and try again, or open another catalog here.", []way{again}
	case errors.Is(err, library.ErrNewer):
		return "The catalog is of a later version", w.opts.Catalog + "\n\nA later version of Semblance wrote it, and this one would lose what it does not know. " +
			"Use that version, or open another catalog here.", nil
	}
	return "The catalog cannot be opened", w.opts.Catalog + "\n\n" + err.Error(), []way{again}
}

// plainDamage says what is damaged with a capital.
func plainDamage(err error) string {
	s := err.Error()
	return strings.ToUpper(s[:1]) + s[1:]
}

// repairs are the ways to get a catalog again whose file is damaged.
func (w *Window) repairs(damage *library.DamageError) (ways []way) {
	if b := damage.Backup; b.Path != "" {
		title := "Restore the backup of " + clock(b.Time)
		const then = "Everything is as it was then, albums and saved searches too"
		words := then + "."
		if s := w.held; s.Records > 0 {
			words = fmt.Sprintf("It holds %s and %s; you had said something about %s. %s; photos that came later are analysed again, and "+
				"File > Catalog > Read Back JSON Files adds what you said later, if you have exported it.",
				plural(s.Photos, "photo"), plural(s.Faces, "face"), plural(s.EditedPhotos, "photo"), then)
		}
		ways = append(ways, way{title, words, func() { w.restore(b.Path) }})
	}
	var folders []string
	for _, folder := range w.upkeep().Recent() {
		if info, err := os.Stat(folder); err == nil && info.IsDir() {
			folders = append(folders, folder)
		}
	}
	words := "Photos are analysed again. What you said is read from the files *.semblance.json beside them, if you have exported any: "
	switch {
	case len(folders) > 3:
		words += fmt.Sprintf("in %s and %d other folders that you opened before.", folders[0], len(folders)-1)
	case len(folders) > 0:
		words += "in " + strings.Join(folders, ", ") + "."
	default:
		words = "Photos are analysed again. File > Catalog > Read Back JSON Files takes over what you said, if you have exported it beside the photos."
	}
	words += " Albums and saved searches are in none of them."
	return append(ways, way{"Start anew and read the JSON files beside the photos", words, func() { w.readBack(folders) }})
}

// readBack takes over what the JSON files in folders say.
func (w *Window) readBack(folders []string) {
	w.whileClosed(closedWork{
		title: "Read back JSON files", busy: "Looking for JSON files …", stoppable: true,
		do: func(ctx context.Context, u library.Upkeep, say func(string)) (string, error) {
			r, err := u.ReadBack(ctx, folders, func(files int) {
				if files%100 == 0 {
					say(plural(files, "file") + " read …")
				}
			})
			return readBackWords(r), err
		},
	})
}

func readBackWords(r library.ReadBack) string {
	lines := []string{fmt.Sprintf("%s of Semblance read.", plural(r.Files, "JSON file"))}
	if r.Photos > 0 {
		lines = append(lines, fmt.Sprintf("What you said about %s and %s was taken over; nothing that the catalog says was replaced.", plural(r.Photos, "photo"), plural(r.Faces, "face")))
	} else {
		lines = append(lines, "They say nothing that the catalog does not know.")
	}
	if r.Kept != "" {
		lines = append(lines, "A new catalog is begun. The damaged file is kept as "+r.Kept+".")
	}
	return strings.Join(append(lines, someErrors(r.Unread, "1 file could not be read", "files could not be read")...), "\n")
}

// someErrors are lines that name the first of several errors: one is what a single one is called, several what follows
// the number of more.
func someErrors(errs []error, one, several string) (lines []string) {
	const most = 8
	switch len(errs) {
	case 0:
	case 1:
		lines = append(lines, one+":")
	default:
		lines = append(lines, count(len(errs))+" "+several+":")
	}
	for i, err := range errs {
		if i == most {
			return append(lines, fmt.Sprintf("and %d more", len(errs)-i))
		}
		lines = append(lines, err.Error())
	}
	return lines
}
