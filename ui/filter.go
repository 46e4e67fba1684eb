package ui

import (
	"fmt"
	"path/filepath"
	"slices"
	"time"

	"semblance/catalog/query"
	"semblance/internal/library"
	"semblance/ui/widgets"
)

// showExpr makes e the filter in search box and chips; runSearch is to follow.
func (w *Window) showExpr(e query.Expr) {
	w.expr = e
	w.search.show(e)
	var labels []string
	for _, t := range e.Terms() {
		labels = append(labels, t.Label)
	}
	w.chips.SetLabels(labels)
	w.markAlbums()
	w.showUndo()
}

// find asks the index, about the open folder or about all.
func (w *Window) find(e query.Expr) *library.Result {
	if w.everywhere {
		return w.lib.SearchAll(e, w.order)
	}
	return w.lib.Search(e, w.order)
}

// setExpr makes e the filter: search box, chips, panel, counts and grid follow.
func (w *Window) setExpr(e query.Expr) {
	w.showExpr(e)
	before := w.current
	w.runSearch()
	if w.current != "" && w.current == before { // else it was shown with the new filter
		if f := w.chosenFace(); f != nil && !w.asksFor(f) {
			w.face = w.firstAsked()
		}
		w.showFace()
	}
}

// setOrder sorts the photos.
func (w *Window) setOrder(o library.Order) {
	w.order = o
	w.runSearch()
	w.win.SetMainMenu(w.mainMenu()) // the mark
}

// sorted reports whether the photos are sorted so, from the end or not.
func (w *Window) sorted(o library.Order) func() bool {
	return func() bool { return w.order.Forward() == o }
}

// setOrderBy sorts the photos otherwise, from the end if they were so before.
func (w *Window) setOrderBy(o library.Order) {
	if w.order.Reversed() {
		o = o.Reverse()
	}
	w.setOrder(o)
}

// reverseOrder sorts the photos from the other end.
func (w *Window) reverseOrder() { w.setOrder(w.order.Reverse()) }

func (w *Window) clearFilter() { w.setExpr(query.Expr{}) }

// runSearch asks the index and shows the answer. It is memory only.
func (w *Window) runSearch() {
	if w.lib == nil {
		return
	}
	start := time.Now()
	r := w.find(w.expr)
	w.searched, w.searchDue = time.Now(), false
	same := slices.Equal(r.Photos, w.result.Photos)
	was, _ := w.grid.Cursor()
	w.result = r
	w.filter.show(w.expr, r)
	if !same {
		// The functions hold r: the grid may ask about its old list until it has the new one.
		w.grid.SetItems(len(r.Photos),
			func(i int) string { return w.lib.Entry(r.Photos[i]).Path },
			func(i int) widgets.PhotoItem { return w.photoItem(r, r.Photos[i]) })
		w.selectWanted()
		w.prioritize()
		w.followResult(was)
	}
	w.showCounts()
	w.showState()
	w.opts.Trace("search done", map[string]any{
		"query": w.expr.String(), "photos": len(r.Photos), "total": r.Total, "faces": r.Faces,
		"ms": float64(time.Since(start).Microseconds()) / 1e3,
	})
}

// followResult keeps loupe and card on a photo of the result: what they showed may
// not be in it any more. The cursor was at the place was, -1 for none.
func (w *Window) followResult(was int) {
	if w.current == "" {
		return
	}
	switch _, path := w.grid.Cursor(); {
	case path != "":
		if path != w.current {
			w.showPhoto(path)
		}
	case (w.loupe.open || w.place >= 0) && w.grid.Len() > 0:
		if w.place >= 0 {
			was = w.place
		}
		w.grid.MoveTo(max(was, 0), false) // on the next one, if it is gone from the disk
	default:
		w.showNoPhoto()
	}
}

// searchSoon searches because something came in, but not more often than
// searchPause: the counts move, the eye does not need every step.
func (w *Window) searchSoon() {
	if w.searchDue {
		return
	}
	wait := searchPause - time.Since(w.searched)
	if wait <= 0 {
		w.runSearch()
		return
	}
	w.searchDue = true
	post := w.bridge.post
	time.AfterFunc(wait, func() {
		post(func() {
			if w.searchDue {
				w.runSearch()
			}
		})
	})
}

// keyOf returns the path of the i-th photo of the result.
func (w *Window) keyOf(i int) string { return w.lib.Entry(w.result.Photos[i]).Path }

// photoItem is what the cell of a photo of the result r shows.
func (w *Window) photoItem(r *library.Result, ref library.Ref) widgets.PhotoItem {
	e := w.lib.Entry(ref)
	item := widgets.PhotoItem{Name: filepath.Base(e.Path), Count: e.Faces, Doubt: e.Doubtful > 0 && e.Faces == 0, Marks: shownMarks(e.Marks), Stamp: e.MTime.UnixNano(), Pair: pairBadge(e)}
	if n := len(r.Matching(ref)); n < e.Faces && w.filtersFaces() {
		item.Matching = n
	}
	switch e.State {
	case library.Waiting:
		item.State = widgets.PhotoWaiting
	case library.Failed:
		item.State = widgets.PhotoFailed
	}
	return item
}

// selectWanted chooses the photo that was dropped or named, once it is there.
func (w *Window) selectWanted() {
	if w.wanted == "" {
		return
	}
	for i := range w.result.Photos {
		if w.keyOf(i) == w.wanted {
			w.wanted = ""
			w.grid.MoveTo(i, false)
			return
		}
	}
}

// showCounts says how many photos are shown: "412 of 100 000 photos · 3 selected".
func (w *Window) showCounts() {
	r := w.result
	words := plural(len(r.Photos), "photo")
	if len(r.Photos) != r.Total {
		words = fmt.Sprintf("%s of %s", count(len(r.Photos)), plural(r.Total, "photo"))
	}
	if r.Faces > 0 {
		words += " · " + plural(r.Faces, "face")
	}
	if n := w.grid.SelectedCount(); n > 1 {
		words += fmt.Sprintf(" · %s selected", count(n))
	}
	w.counts.Text = words
	w.counts.Refresh()
}

// lessStrict says which part of the filter to drop when nothing matches it:
// "Without Glasses: 41 photos."
func (w *Window) lessStrict() string {
	best, label := 0, ""
	for i, t := range w.expr.Terms() {
		if n := len(w.find(w.expr.Remove(i)).Photos); n > best {
			best, label = n, t.Label
		}
	}
	if best == 0 {
		return "No part of the filter alone is to blame."
	}
	verb := "are"
	if best == 1 {
		verb = "is"
	}
	return fmt.Sprintf("Without “%s” there %s %s.", label, verb, plural(best, "photo"))
}

// frequentTexts returns the most frequent texts of a field among what a filter finds, for the filter panel.
func (w *Window) frequentTexts(e query.Expr, field string) []library.TextCount {
	if w.lib == nil {
		return nil
	}
	return w.lib.Texts(e, w.everywhere, field, textRows)
}

// knownTexts returns the texts of a field that the catalog has, for the search box.
func (w *Window) knownTexts(field, part string) []string {
	if w.lib == nil {
		return nil
	}
	var texts []string
	for _, t := range w.lib.AllTexts(field, part, maxPieces) {
		texts = append(texts, t.Text)
	}
	return texts
}
