package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// keyboard wraps the content of the window and holds the focus while no text is
// edited. Without it Fyne would give the Tab key to its own traversal, and after
// a click the letters to some widget.
type keyboard struct {
	widget.BaseWidget
	content fyne.CanvasObject
	window  *Window
}

func newKeyboard(content fyne.CanvasObject, w *Window) *keyboard {
	k := &keyboard{content: content, window: w}
	k.ExtendBaseWidget(k)
	return k
}

// CreateRenderer implements fyne.Widget.
func (k *keyboard) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(k.content) }

// FocusGained implements fyne.Focusable: nothing shows it.
func (k *keyboard) FocusGained() {}

// FocusLost implements fyne.Focusable.
func (k *keyboard) FocusLost() {}

// AcceptsTab implements fyne.Tabbable: Tab hides the panels.
func (k *keyboard) AcceptsTab() bool { return true }

// TypedRune implements fyne.Focusable. The commands of a slash, a question mark and what opens a line of text come
// with the character: keyboards have them on different keys, and a search box that had the
// focus already when the character comes would take it for text.
func (k *keyboard) TypedRune(r rune) {
	if k.window.win.Canvas().Overlays().Top() != nil {
		return
	}
	switch r {
	case '?':
		k.window.typed(keyQuestion)
	case '/':
		k.window.typed(fyne.KeySlash)
	default:
		if name := fyne.KeyName(strings.ToUpper(string(r))); k.window.typesText(name) {
			k.window.typed(name)
		}
	}
}

// TypedKey implements fyne.Focusable: commands first, then the grid's own keys.
func (k *keyboard) TypedKey(e *fyne.KeyEvent) { k.window.typedKey(e) }

// typedKey handles a key that no text field takes.
func (w *Window) typedKey(e *fyne.KeyEvent) {
	if w.win.Canvas().Overlays().Top() != nil {
		if w.dialog != nil {
			w.dialog.typed(e.Name)
		}
		return
	}
	shift := false
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok {
		shift = d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0
	}
	switch {
	case w.loupe.viewer.Marking() && e.Name == fyne.KeyEscape:
		w.loupe.setMarking(false)
	case e.Name == fyne.KeySlash, w.typesText(e.Name): // the rune follows, which may be "?"
	case w.typed(e.Name):
	default:
		w.grid.HandleKey(e.Name, shift)
	}
}

// takeKeys gives the keyboard back to the window.
func (w *Window) takeKeys() { w.win.Canvas().Focus(w.keys) }
