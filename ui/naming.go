package ui

import (
	"fmt"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"

	"semblance/internal/face"
)

// personField is the field of the query language that asks for names.
const personField = "person"

// nameKey asks for the name of the chosen face, for the keyboard.
func (w *Window) nameKey() {
	if w.faceSeen("name", "named") {
		w.askName()
	}
}

// askName asks whose face the card shows. Nothing recognises people: a name is what a person typed.
func (w *Window) askName() {
	f := w.chosenFace()
	if f == nil {
		return
	}
	path, number, was := w.current, f.Number, f.Edit.Name
	find := func(typed string) []suggestion {
		return matching(w.known(personField, typed), typed, func(name string) bool { return name == was })
	}
	picture := &canvas.Image{Image: w.card.crop.Image, FillMode: canvas.ImageFillContain, CornerRadius: 4}
	picture.SetMinSize(fyne.NewSquareSize(84))
	l := w.askLine(lineQuestion{
		title: "Name", button: "Store", text: was, hint: "Name", find: find,
		above: container.NewBorder(nil, nil, picture, nil, container.New(layout.NewCustomPaddedLayout(0, 0, 8, 0), container.NewVBox(
			smallText(fmt.Sprintf("Whose face is face %d of %s?", number, filepath.Base(path)), grey(0xD6)),
			smallText("Semblance recognises nobody: a name is what you say.", grey(0x90)),
			smallText("An empty line takes the name away.", grey(0x90))))),
		accept: func(text string) string {
			name := ""
			if strings.TrimSpace(text) != "" {
				clean, err := face.CleanName(text)
				if err != nil {
					return capital(err.Error()) + "."
				}
				name = clean
			}
			if name != was {
				w.name(path, number, name)
			}
			return ""
		},
	})
	l.field.entry.TypedShortcut(&fyne.ShortcutSelectAll{})
}

// name stores whose face a face is, "" for nobody's.
func (w *Window) name(path string, number uint32, name string) {
	w.edits.do(func() func() error {
		if w.lib == nil {
			return nil
		}
		lib := w.lib
		w.place, _ = w.grid.Cursor()
		w.stored = func() {
			words := fmt.Sprintf("Face %d of %s is %s.", number, filepath.Base(path), name)
			if name == "" {
				words = fmt.Sprintf("Face %d of %s has no name any more. Ctrl+Z brings it back.", number, filepath.Base(path))
			}
			w.status.say(words)
			w.opts.Trace("face named", map[string]any{"path": path, "face": number, "named": name != ""})
		}
		return func() error { return lib.Call(path, number, name) }
	})
}
