package ui

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/library"
	"semblance/internal/photo"
	"semblance/ui/widgets"
)

// tagField is the field of the query language that asks for tags.
const tagField = "tag"

// tagTitle is a tag as people see it: "Places › Rome".
func tagTitle(tag string) string { return strings.ReplaceAll(tag, photo.TagSeparator, " › ") }

// markBox shows what a person said about the current photo as a whole, and lets it be changed.
type markBox struct {
	object fyne.CanvasObject
	bar    *widgets.MarkBar
	tags   *widgets.Tags
	shown  []string // the tags
}

func newMarkBox(bar *widgets.MarkBar, filter func(tag string), ask func()) *markBox {
	b := &markBox{bar: bar}
	b.tags = widgets.NewTags("+ Tag (T)", ask)
	b.tags.OnTapped = func(i int) { filter(b.shown[i]) }
	b.object = container.New(layout.NewCustomPaddedLayout(4, 2, 10, 8), container.New(layout.NewCustomPaddedVBoxLayout(3),
		container.NewHBox(b.bar), b.tags))
	b.object.Hide()
	return b
}

// show shows the marks of the photo at path, "" for none.
func (b *markBox) show(path string, m photo.Marks) {
	b.bar.SetMarks(shownMarks(m))
	if !slices.Equal(b.shown, m.Tags) {
		b.shown = m.Tags
		tags := make([]widgets.Tag, len(m.Tags))
		for i, tag := range m.Tags {
			tags[i].Label = tagTitle(tag)
		}
		b.tags.SetTags(tags)
	}
	setVisible(b.object, path != "")
	b.object.Refresh()
}

// filterByTag shows the photos with a tag.
func (w *Window) filterByTag(tag string) { w.setExpr(w.expr.Toggle(tagField, tag)) }

// tagDialog shows the tags of photos and changes them. What is said is stored at once, and can be undone.
type tagDialog struct {
	window *Window
	paths  []string
	list   *widgets.Tags
	none   *widget.Label
	field  *suggestField
	wrong  *widget.Label
	close  func()

	tags []string       // of the photos, in their order
	on   map[string]int // how many of the photos have one
}

// askTags opens the dialog for the chosen photos.
func (w *Window) askTags() {
	paths := w.chosen()
	if w.lib == nil || len(paths) == 0 {
		w.status.say("No photo is selected that could get a tag.")
		return
	}
	d := &tagDialog{window: w, paths: paths, list: widgets.NewTags("", nil), none: widget.NewLabel("No tags yet."), wrong: widget.NewLabel("")}
	d.wrong.Importance, d.wrong.Wrapping = widget.DangerImportance, fyne.TextWrapWord
	d.list.OnTapped = func(i int) { d.store([]string{d.tags[i]}, nil) }
	d.list.OnRemove = func(i int) { d.store(nil, []string{d.tags[i]}) }
	d.field = newSuggestField("Add tags: Ceremony, Places|Rome", func(typed string) []suggestion {
		return matching(w.known(tagField, typed), typed, func(tag string) bool { return d.on[tag] == len(d.paths) })
	}, d.accept, func() { d.close() }, tagTitle)
	d.field.changed = d.typed
	help := smallText("Enter or a comma adds, | begins a level below. Enter alone closes.", grey(0x90))
	list := container.NewVScroll(container.NewStack(d.list, d.none))
	list.SetMinSize(fyne.NewSize(420, 74))
	box := dialog.NewCustomWithoutButtons("Tags of "+photoWords(paths),
		container.New(layout.NewCustomPaddedVBoxLayout(6), list, d.field.object, help, d.wrong), w.win)
	done := widget.NewButton("Done", box.Hide)
	done.Importance = widget.HighImportance
	box.SetButtons([]fyne.CanvasObject{done})
	d.close = box.Hide
	w.dialog = &dialogKeys{enter: box.Hide, escape: box.Hide}
	w.tagging = d
	box.SetOnClosed(func() {
		w.tagging = nil
		w.dialogClosed()
	})
	d.refresh()
	box.Resize(fyne.NewSize(460, 360))
	box.Show()
	w.win.Canvas().Focus(d.field.entry)
}

// refresh shows the tags as they are now: those of all photos, and as outlines those of some.
func (d *tagDialog) refresh() {
	d.on = map[string]int{}
	written := map[string]string{} // a tag as it is written in the first photo that has it
	for _, path := range d.paths {
		e, _ := d.window.entryAt(path)
		for _, tag := range e.Marks.Tags {
			lower := strings.ToLower(tag)
			if written[lower] == "" {
				written[lower] = tag
			}
			d.on[written[lower]]++
		}
	}
	d.tags = slices.SortedFunc(maps.Keys(d.on), photo.CompareTags)
	tags := make([]widgets.Tag, len(d.tags))
	for i, tag := range d.tags {
		tags[i] = widgets.Tag{Label: tagTitle(tag)}
		if n := d.on[tag]; n < len(d.paths) {
			tags[i] = widgets.Tag{Label: fmt.Sprintf("%s  %s of %s", tagTitle(tag), count(n), count(len(d.paths))), Weak: true}
		}
	}
	d.list.SetTags(tags)
	setVisible(d.none, len(tags) == 0)
	d.field.suggest()
}

// typed adds what stands before a comma.
func (d *tagDialog) typed(text string) {
	d.wrong.SetText("")
	at := strings.LastIndexByte(text, ',')
	if at < 0 {
		return
	}
	if d.add(text[:at]) {
		d.field.set(strings.TrimLeft(text[at+1:], " "))
	}
}

// accept adds what was typed or chosen; nothing closes the dialog.
func (d *tagDialog) accept(text string) {
	if strings.TrimSpace(text) == "" {
		d.close()
		return
	}
	if d.add(text) {
		d.field.set("")
	}
}

// add adds tags that commas part, and reports whether they are tags.
func (d *tagDialog) add(text string) bool {
	var tags []string
	for part := range strings.SplitSeq(text, ",") {
		if strings.TrimSpace(part) == "" {
			continue
		}
		tag, err := photo.CleanTag(part)
		if err != nil {
			d.wrong.SetText(capital(err.Error()) + ".")
			return false
		}
		tags = append(tags, tag)
	}
	if len(tags) > 0 {
		d.store(tags, nil)
	}
	return true
}

func (d *tagDialog) store(add, remove []string) {
	w, paths := d.window, d.paths
	words := "Tagged " + titles(add)
	if len(add) == 0 {
		words = "No longer tagged " + titles(remove)
	}
	w.edits.do(func() func() error {
		return w.marking(paths, words, false, func(lib *library.Library, paths []string) error { return lib.Tag(paths, add, remove) })
	})
}

// titles names tags: "Rome, Wedding".
func titles(tags []string) string {
	words := make([]string, len(tags))
	for i, tag := range tags {
		words[i] = tagTitle(tag)
	}
	return strings.Join(words, ", ")
}
