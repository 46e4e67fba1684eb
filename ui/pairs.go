package ui

import (
	"fmt"
	"path/filepath"
	"strings"

	"semblance/internal/library"
	"semblance/internal/photo"
)

// togglePairs shows RAW files and their pictures as one photo each, or as two.
func (w *Window) togglePairs() {
	w.edits.do(func() func() error {
		if w.lib == nil {
			return nil
		}
		lib, asOne := w.lib, !w.lib.PairsAsOne()
		w.stored = func() {
			w.runSearch()
			if w.current != "" {
				w.showPhoto(w.current)
			}
			if asOne {
				w.status.say("A RAW file and the JPEG of its name are one photo.")
			} else {
				w.status.say("RAW files are photos of their own.")
			}
		}
		return func() error { lib.SetPairs(asOne); return nil }
	})
}

// partnerOf returns the other half of a pair, nothing if there is none.
func (w *Window) partnerOf(e library.Entry) library.Entry {
	if e.Partner == "" {
		return library.Entry{}
	}
	partner, _ := w.lib.EntryAt(e.Partner)
	return partner
}

// pairFiles returns the paths of the files of a photo: two for a pair, the shown one first.
func pairFiles(e library.Entry) []string {
	if e.Partner == "" {
		return []string{e.Path}
	}
	return []string{e.Path, e.Partner}
}

// pairBadge says which files a pair consists of, "" for a photo of one file.
func pairBadge(e library.Entry) string {
	switch {
	case e.Partner == "":
		return ""
	case photo.FormatOf(e.Path) == photo.JPEG:
		return "RAW+J"
	}
	return "RAW+H" // HEIC and AVIF are both of the HEIF family
}

// fileFacts are the names and sizes of a photo's files. partner is the other half of a pair, if there is one.
func fileFacts(e, partner library.Entry) []fact {
	if e.Partner == "" {
		return []fact{{name: "File", value: fileSize(e.Size)}}
	}
	return []fact{
		{name: "File", value: fmt.Sprintf("%s · %s", filepath.Base(e.Path), fileSize(e.Size))},
		{name: "RAW", value: fmt.Sprintf("%s · %s", filepath.Base(partner.Path), fileSize(partner.Size))},
	}
}

// copyPath puts the path of the current photo into the clipboard, both where it is a pair.
func (w *Window) copyPath() {
	if w.current != "" {
		w.app.Clipboard().SetContent(strings.Join(pairFiles(w.photo.Entry), "\n"))
	}
}
