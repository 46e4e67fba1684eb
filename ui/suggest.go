package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"semblance/ui/widgets"
)

// maxSuggestions is how many suggestions are shown below a field.
const maxSuggestions = 6

// suggestion is a text that a field offers.
type suggestion struct{ text, note string }

// suggestField is a line of text with suggestions below it: the arrows go through them, Tab takes one into the line, Enter accepts the
// chosen one, or else what was typed.
type suggestField struct {
	object fyne.CanvasObject
	entry  *keyEntry
	list   *fyne.Container
	shown  []suggestion
	rows   []*widgets.ListRow
	chosen int // of shown; -1: what was typed

	find    func(typed string) []suggestion // at most maxSuggestions; nil: there are none
	accept  func(text string)
	changed func(text string) // something was typed; may be nil
	title   func(string) string
}

// keyEntry is an entry that gives some keys to its owner.
type keyEntry struct {
	widget.Entry
	key func(fyne.KeyName) bool // whether the owner took the key
}

// TypedKey implements fyne.Focusable.
func (e *keyEntry) TypedKey(k *fyne.KeyEvent) {
	if e.key == nil || !e.key(k.Name) {
		e.Entry.TypedKey(k)
	}
}

// AcceptsTab implements fyne.Tabbable: Tab takes a suggestion.
func (e *keyEntry) AcceptsTab() bool { return true }

// newSuggestField makes a field; find may be nil. escape is what Esc does; title, which may be nil, is how a text is shown.
func newSuggestField(hint string, find func(string) []suggestion, accept func(string), escape func(), title func(string) string) *suggestField {
	f := &suggestField{entry: &keyEntry{}, chosen: -1, find: find, accept: accept, title: title}
	f.entry.ExtendBaseWidget(f.entry)
	f.entry.SetPlaceHolder(hint)
	f.entry.OnChanged = func(text string) {
		if f.changed != nil {
			f.changed(text)
		}
		f.suggest()
	}
	f.entry.key = func(name fyne.KeyName) bool {
		switch name {
		case fyne.KeyEscape:
			escape()
		case fyne.KeyDown:
			f.choose(f.chosen + 1)
		case fyne.KeyUp:
			f.choose(f.chosen - 1)
		case fyne.KeyTab:
			f.complete()
		case fyne.KeyReturn, fyne.KeyEnter:
			f.submit()
		default:
			return false
		}
		return true
	}
	f.list = container.New(layout.NewCustomPaddedVBoxLayout(0))
	f.object = f.entry
	if find != nil {
		space := canvas.NewRectangle(nil) // so that nothing moves while suggestions come and go
		space.SetMinSize(fyne.NewSize(200, maxSuggestions*20))
		f.object = container.New(layout.NewCustomPaddedVBoxLayout(4), f.entry, container.NewStack(space, f.list))
		f.suggest()
	}
	return f
}

// suggest brings the suggestions up to date with what was typed.
func (f *suggestField) suggest() {
	if f.find == nil {
		return
	}
	f.shown, f.chosen, f.rows = f.find(strings.TrimSpace(f.entry.Text)), -1, nil
	f.list.RemoveAll()
	for _, s := range f.shown {
		label := s.text
		if f.title != nil {
			label = f.title(label)
		}
		row := widgets.NewListRow(label, s.note, func() { f.accept(s.text) })
		row.Inset = 8
		f.rows = append(f.rows, row)
		f.list.Add(row)
	}
	f.list.Refresh()
}

// choose chooses a suggestion; before the first one is what was typed.
func (f *suggestField) choose(i int) {
	f.chosen = min(max(i, -1), len(f.rows)-1)
	for k, r := range f.rows {
		r.SetOn(k == f.chosen)
	}
}

// complete takes the chosen suggestion, or the first one, into the line.
func (f *suggestField) complete() {
	if len(f.shown) == 0 {
		return
	}
	f.set(f.shown[max(f.chosen, 0)].text)
}

// set replaces what was typed.
func (f *suggestField) set(text string) {
	f.entry.SetText(text)
	f.entry.CursorColumn = len([]rune(text))
	f.entry.Refresh()
}

func (f *suggestField) submit() {
	if f.chosen >= 0 {
		f.accept(f.shown[f.chosen].text)
		return
	}
	f.accept(f.entry.Text)
}

// matching returns the texts that have a level or a word that begins with what was typed, those that begin with it themselves first, and none that is
// that already. They keep their order otherwise.
func matching(texts []suggestion, typed string, skip func(string) bool) []suggestion {
	typed = strings.ToLower(typed)
	var first, later []suggestion
	for _, s := range texts {
		lower := strings.ToLower(s.text)
		switch {
		case skip != nil && skip(s.text):
		case typed == "" || strings.HasPrefix(lower, typed) && lower != typed:
			first = append(first, s)
		case strings.Contains(lower, "|"+typed) || strings.Contains(lower, " "+typed):
			later = append(later, s)
		}
	}
	all := append(first, later...)
	return all[:min(len(all), maxSuggestions)]
}

// maxKnown bounds the texts that suggestions are chosen from.
const maxKnown = 500

// known returns the texts of a field that the catalog has and that contain what was typed, the most frequent ones first.
func (w *Window) known(field, typed string) []suggestion {
	var all []suggestion
	for _, t := range w.lib.AllTexts(field, typed, maxKnown) {
		all = append(all, suggestion{t.Text, count(t.Count)})
	}
	return all
}
