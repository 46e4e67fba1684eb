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
	held    fyne.KeyName // a digit's key whose character has not come yet, "" for none
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

// TypedRune implements fyne.Focusable. The commands of a slash, a question mark, brackets and what opens a line of text
// come with the character: keyboards have them on different keys, and a search box that had the
// focus already when the character comes would take it for text.
func (k *keyboard) TypedRune(r rune) {
	held := k.held
	k.held = ""
	if k.window.win.Canvas().Overlays().Top() != nil {
		return
	}
	if name, ok := signKey(r); ok { // where it is on the key of a digit that key marks nothing
		k.window.typed(name)
		return
	}
	if held != "" {
		k.window.typed(held)
		return
	}
	if name := fyne.KeyName(strings.ToUpper(string(r))); k.window.typesText(name) {
		k.window.typed(name)
	}
}

// signKey is the key of a command that comes with its character. German, Nordic, Spanish and other keyboards have a slash
// on Shift and 7, and brackets on AltGr and 8 or 9.
func signKey(r rune) (name fyne.KeyName, ok bool) {
	switch r {
	case '?':
		return keyQuestion, true
	case '/':
		return fyne.KeySlash, true
	case '[':
		return fyne.KeyLeftBracket, true
	case ']':
		return fyne.KeyRightBracket, true
	}
	return "", false
}

// hold keeps the key of a digit until its character says whether it is the digit that was meant. A character comes with
// its key, before anything else happens; after a dead key none does, and the digit is what it was.
func (k *keyboard) hold(name fyne.KeyName) {
	k.held = name
	k.window.bridge.post(k.release)
}

// release runs the command of a digit that is held.
func (k *keyboard) release() {
	held := k.held
	k.held = ""
	if held != "" && k.window.win.Canvas().Overlays().Top() == nil {
		k.window.typed(held)
	}
}

// TypedKey implements fyne.Focusable: commands first, then the grid's own keys.
func (k *keyboard) TypedKey(e *fyne.KeyEvent) { k.window.typedKey(e) }

// typedKey handles a key that no text field takes.
func (w *Window) typedKey(e *fyne.KeyEvent) {
	w.keys.release()
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
	case e.Name == fyne.KeySlash, e.Name == fyne.KeyLeftBracket, e.Name == fyne.KeyRightBracket, w.typesText(e.Name): // the rune follows, which may be "?"
	case len(e.Name) == 1 && e.Name >= fyne.Key0 && e.Name <= fyne.Key9:
		w.keys.hold(e.Name)
	case w.typed(e.Name):
	default:
		w.grid.HandleKey(e.Name, shift)
	}
}

// takeKeys gives the keyboard back to the window.
func (w *Window) takeKeys() { w.win.Canvas().Focus(w.keys) }
