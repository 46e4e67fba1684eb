package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"semblance/internal/face"
	"semblance/internal/library"
)

// command is one thing the window can do. Menus, keys and the shortcut sheet
// are made from the table of commands and from nothing else.
type command struct {
	menu  string // the menu it is in, "" for none
	title string // in the menu and on the sheet
	keys  []key
	run   func()
	on    func() bool // of a switch: whether it is on
	line  bool        // a line above it in the menu
	sheet bool        // on the sheet, but not in the menu
	quiet bool        // neither: a line of the sheet tells of several
	text  bool        // it opens a line of text: it runs with the character, which would be typed into that line else
	can   func() bool // nil: always; the menu greys what cannot be done now
	sub   func() []*fyne.MenuItem
}

// key is a key with its modifiers. Keys without Ctrl or Alt work while no text is edited.
type key struct {
	name fyne.KeyName
	mod  fyne.KeyModifier
}

func bare(names ...fyne.KeyName) []key {
	keys := make([]key, len(names))
	for i, n := range names {
		keys[i] = key{name: n}
	}
	return keys
}

func ctrl(name fyne.KeyName) []key { return []key{{name, fyne.KeyModifierShortcutDefault}} }

// String returns the key as it is printed: "Ctrl+O".
func (k key) String() string {
	s := ""
	for _, m := range []struct {
		mod  fyne.KeyModifier
		name string
	}{
		{fyne.KeyModifierControl, "Ctrl"},
		{fyne.KeyModifierSuper, "Cmd"},
		{fyne.KeyModifierAlt, "Alt"},
		{fyne.KeyModifierShift, "Shift"},
	} {
		if k.mod&m.mod != 0 {
			s += m.name + "+"
		}
	}
	return s + keyName(k.name)
}

func keyName(n fyne.KeyName) string {
	switch n {
	case fyne.KeyReturn, fyne.KeyEnter:
		return "Enter"
	case fyne.KeyEscape:
		return "Esc"
	case fyne.KeyPageUp:
		return "Page up"
	case fyne.KeyPageDown:
		return "Page down"
	case keyQuestion:
		return "?"
	}
	return string(n)
}

// keyQuestion stands for the question mark, which has no key name: it is typed as a rune.
const keyQuestion fyne.KeyName = "?"

const quitTitle = "Quit"

// The menus in their order.
const (
	menuFile   = "File"
	menuEdit   = "Edit"
	menuPhoto  = "Photo"
	menuView   = "View"
	menuLib    = "Library"
	menuHelp   = "Help"
	sheetMoves = "Moving" // on the sheet only, as is the next one
	sheetMarks = "Marking"
)

// commands is the table. It is made once, by New.
func (w *Window) table() []command {
	return slices.Concat([]command{
		{menu: menuFile, title: "Open Folder…", keys: ctrl(fyne.KeyO), run: w.askFolder},
		{menu: menuFile, title: "Open Recent", sub: w.recentItems},
		{menu: menuFile, title: "Export JSON…", keys: ctrl(fyne.KeyE), run: w.askExport, line: true},
		{menu: menuFile, title: "Catalog", sub: w.catalogItems, line: true},
		{menu: menuFile, title: quitTitle, keys: ctrl(fyne.KeyQ), run: w.win.Close, line: true},

		{menu: menuEdit, title: "Undo", keys: ctrl(fyne.KeyZ), run: w.undo, can: func() bool { return w.lib != nil && w.lib.CanUndo() }},
		{menu: menuEdit, title: "Redo", keys: ctrl(fyne.KeyY), run: w.redo, can: func() bool { return w.lib != nil && w.lib.CanRedo() }},
		{menu: menuEdit, title: "Select All", keys: ctrl(fyne.KeyA), run: w.selectAll, line: true},
		{menu: menuEdit, title: "Select None", keys: ctrl(fyne.KeyD), run: w.grid.SelectNone},
		{menu: menuEdit, title: "Search", keys: append(ctrl(fyne.KeyF), bare(fyne.KeySlash)...), run: w.focusSearch, line: true},
		{menu: menuEdit, title: "Clear Filter", keys: ctrl(fyne.KeyL), run: w.clearFilter},
		{menu: menuEdit, title: "Save Search…", keys: ctrl(fyne.KeyS), run: w.askSaveSearch},
	}, w.markCommands(), []command{
		{menu: menuPhoto, title: "Tags…", keys: bare(fyne.KeyT), run: w.askTags, text: true},
		{menu: menuPhoto, title: "Add to Album…", keys: ctrl(fyne.KeyB), run: w.askAlbum},
		{menu: menuPhoto, title: "Take Out of the Album", run: w.uncollect, can: func() bool { return w.shownAlbum() != "" }},
		{menu: menuPhoto, title: "Name the Face…", keys: bare(fyne.KeyI), run: w.nameKey, line: true, text: true},
		{menu: menuPhoto, title: "Accept Face", keys: bare(fyne.KeyY), run: func() { w.judgeSeen(face.Accepted) }},
		{menu: menuPhoto, title: "Reject Face", keys: bare(fyne.KeyN), run: func() { w.judgeSeen(face.Rejected) }},
		{menu: menuPhoto, title: "Reject Face in the Loupe", keys: bare(fyne.KeyDelete), run: w.deleteKey, sheet: true},
		{menu: menuPhoto, title: "Correct a Value…", keys: bare(fyne.KeyW), run: w.correctKey},
		{menu: menuPhoto, title: "Mark a Face", keys: bare(fyne.KeyM), run: w.startMarking},
		{menu: menuPhoto, title: "Show Rejected Faces", run: w.toggleRejected, on: func() bool { return w.showRejected }},
		{menu: menuPhoto, title: "Restore Rejected Faces", run: w.restoreRejected},
		{menu: menuPhoto, title: "Analyse Again", keys: ctrl(fyne.KeyR), run: w.reanalyse, line: true},
		{menu: menuPhoto, title: "Look Harder for Small Faces", run: w.lookHarder},
		{menu: menuPhoto, title: "Look for Turned Faces", run: w.lookTurned},
		{menu: menuPhoto, title: "Pause or Resume Analysis", keys: bare(fyne.KeySpace), run: w.togglePause},
		{menu: menuPhoto, title: "Next Face", keys: bare(fyne.KeyRightBracket, fyne.KeyPeriod), run: func() { w.stepFace(1) }, line: true},
		{menu: menuPhoto, title: "Previous Face", keys: bare(fyne.KeyLeftBracket, fyne.KeyComma), run: func() { w.stepFace(-1) }},
		{menu: menuPhoto, title: "Copy Path", keys: []key{{fyne.KeyC, fyne.KeyModifierShortcutDefault | fyne.KeyModifierShift}}, run: w.copyPath, line: true},

		{menu: menuView, title: "Grid", keys: bare(fyne.KeyG, fyne.KeyEscape), run: func() { w.setLoupe(false) }},
		{menu: menuView, title: "Loupe", keys: bare(fyne.KeyE), run: func() { w.setLoupe(true) }},
		{menu: menuView, title: "Loupe and Back", keys: bare(fyne.KeyReturn, fyne.KeyEnter), run: func() { w.setLoupe(!w.loupe.open) }, sheet: true},
		{menu: menuView, title: "Fit or 100 %", keys: bare(fyne.KeyZ), run: func() { w.inLoupe(w.loupe.viewer.ToggleMiddle) }, line: true},
		{menu: menuView, title: "Zoom to Face", keys: bare(fyne.KeyV, fyne.KeyF8), run: func() { w.inLoupe(w.loupe.showFace) }},
		{menu: menuView, title: "Zoom In", keys: bare(fyne.KeyPlus, fyne.KeyEqual), run: func() { w.zoom(1.25) }},
		{menu: menuView, title: "Zoom Out", keys: bare(fyne.KeyMinus), run: func() { w.zoom(.8) }},
		{menu: menuView, title: "Boxes and Captions", keys: bare(fyne.KeyB), run: func() { w.loupe.toggle(&w.loupe.shown.Boxes) }, on: func() bool { return w.loupe.shown.Boxes }, line: true},
		{menu: menuView, title: "Landmarks", keys: bare(fyne.KeyL), run: func() { w.loupe.toggle(&w.loupe.shown.Landmarks) }, on: func() bool { return w.loupe.shown.Landmarks }},
		{menu: menuView, title: "Pose Axes", keys: bare(fyne.KeyA), run: func() { w.loupe.toggle(&w.loupe.shown.Pose) }, on: func() bool { return w.loupe.shown.Pose }},
		{menu: menuView, title: "Hair", keys: bare(fyne.KeyH), run: func() { w.loupe.toggle(&w.loupe.shown.Hair) }, on: func() bool { return w.loupe.shown.Hair }},
		{menu: menuView, title: "Sort by Path", run: func() { w.setOrderBy(library.ByPath) }, on: w.sorted(library.ByPath), line: true},
		{menu: menuView, title: "Sort by Time Taken", run: func() { w.setOrderBy(library.ByTaken) }, on: w.sorted(library.ByTaken)},
		{menu: menuView, title: "Sort by Number of Faces", run: func() { w.setOrderBy(library.ByFaces) }, on: w.sorted(library.ByFaces)},
		{menu: menuView, title: "Sort by Name", run: func() { w.setOrderBy(library.ByName) }, on: w.sorted(library.ByName)},
		{menu: menuView, title: "Sort by Rating", run: func() { w.setOrderBy(library.ByRating) }, on: w.sorted(library.ByRating)},
		{menu: menuView, title: "Sort by Youngest Face", run: func() { w.setOrderBy(library.ByAge) }, on: w.sorted(library.ByAge)},
		{menu: menuView, title: "Sort by Sharpest Face", run: func() { w.setOrderBy(library.BySharpness) }, on: w.sorted(library.BySharpness)},
		{menu: menuView, title: "Reverse the Order", run: w.reverseOrder, on: func() bool { return w.order.Reversed() }},
		{menu: menuView, title: "RAW and JPEG as One", run: w.togglePairs, on: func() bool { return w.lib != nil && w.lib.PairsAsOne() }, line: true},
		{menu: menuView, title: "Scan Again", keys: bare(fyne.KeyF5), run: w.rescan, can: func() bool { return w.lib != nil }, line: true},
		{menu: menuView, title: "Panels", keys: bare(fyne.KeyTab), run: w.togglePanels, line: true},
		{menu: menuView, title: "Full Screen", keys: bare(fyne.KeyF, fyne.KeyF11), run: func() { w.win.SetFullScreen(!w.win.FullScreen()) }},

		{menu: menuLib, title: "How Sure Is Sure…", keys: bare(fyne.KeyS), run: w.askSureness},
		{menu: menuLib, title: "Read XMP of Other Programs", run: w.toggleXMP, on: func() bool { return w.lib != nil && w.lib.ReadsXMP() }},
		{menu: menuLib, title: "Apparent Ethnicity…", run: w.askEthnicity, on: func() bool { return w.policy.Ethnicity }},

		{menu: menuHelp, title: "Keyboard Shortcuts", keys: bare(keyQuestion, fyne.KeyF1), run: w.showShortcuts},
		{menu: menuHelp, title: "Search Language", run: w.showQueryHelp},
		{menu: menuHelp, title: "Boxes and Captions", run: w.showLegend},
		{menu: menuHelp, title: "Models and Licences", run: w.showAbout, line: true},

		{menu: sheetMoves, title: "Move the selection; Shift extends it", keys: bare("Arrows")},
		{menu: sheetMoves, title: "To the first, to the last photo", keys: bare(fyne.KeyHome, fyne.KeyEnd)},
		{menu: sheetMoves, title: "A screen up, a screen down", keys: bare(fyne.KeyPageUp, fyne.KeyPageDown)},
		{menu: sheetMoves, title: "Add one photo, or a range, to the selection", keys: bare("Ctrl+click", "Shift+click")},
		{menu: sheetMoves, title: "Zoom at the mouse; drag to move", keys: bare("Wheel")},
		{menu: sheetMoves, title: "Fit or 100 %; in the grid: loupe", keys: bare("Double click")},
		{menu: sheetMoves, title: "Exclude a value of the filter", keys: bare("Right click")},
		{menu: sheetMoves, title: "On the face card: correct the value", keys: bare("Click")},
	})
}

// mainMenu makes the menu bar of the table.
func (w *Window) mainMenu() *fyne.MainMenu {
	var menus []*fyne.Menu
	for _, name := range []string{menuFile, menuEdit, menuPhoto, menuView, menuLib, menuHelp} {
		m := fyne.NewMenu(name)
		for i := range w.commands {
			c := &w.commands[i]
			if c.menu != name || c.sheet || c.quiet {
				continue
			}
			if c.line {
				m.Items = append(m.Items, fyne.NewMenuItemSeparator())
			}
			m.Items = append(m.Items, w.menuItem(c))
		}
		menus = append(menus, m)
	}
	return fyne.NewMainMenu(menus...)
}

func (w *Window) menuItem(c *command) *fyne.MenuItem {
	item := fyne.NewMenuItem(c.title, func() { w.fromMenu(c) })
	item.IsQuit = c.title == quitTitle // or Fyne adds one that does not close the window first
	if c.sub != nil {
		item.ChildMenu = fyne.NewMenu("", c.sub()...)
	}
	if c.on != nil {
		item.Checked = c.on()
	}
	if c.can != nil {
		item.Disabled = !c.can()
	}
	for _, k := range c.keys {
		if k.mod != 0 {
			item.Shortcut = shortcut(k)
			break
		}
	}
	if item.Shortcut == nil && len(c.keys) > 0 {
		item.Label += "   (" + c.keys[0].String() + ")"
	}
	return item
}

// fromMenu runs a command of the menu. Fyne gives a shortcut to the menu before the text that is being edited, and
// behind a dialog too: there what is done to text is done to it, and nothing to what lies behind a dialog.
func (w *Window) fromMenu(c *command) {
	canvas := w.win.Canvas()
	if e, ok := canvas.Focused().(fyne.Shortcutable); ok && len(c.keys) > 0 {
		switch s := shortcut(c.keys[0]).(type) {
		case *fyne.ShortcutSelectAll, *fyne.ShortcutUndo, *fyne.ShortcutRedo:
			e.TypedShortcut(s)
			return
		}
	}
	if c.title == quitTitle || canvas.Overlays().Top() == nil {
		c.run()
	}
}

// shortcut is a key as Fyne wants it: for some it has names of its own, and knows no others.
func shortcut(k key) fyne.Shortcut {
	if k.mod == fyne.KeyModifierShortcutDefault {
		switch k.name {
		case fyne.KeyA:
			return &fyne.ShortcutSelectAll{}
		case fyne.KeyZ:
			return &fyne.ShortcutUndo{}
		case fyne.KeyY:
			return &fyne.ShortcutRedo{}
		}
	}
	return &desktop.CustomShortcut{KeyName: k.name, Modifier: k.mod}
}

// typed runs the command of a key without modifiers and reports whether there is one.
func (w *Window) typed(name fyne.KeyName) bool {
	for i := range w.commands {
		c := &w.commands[i]
		for _, k := range c.keys {
			if c.run != nil && k.mod == 0 && k.name == name {
				c.run()
				return true
			}
		}
	}
	return false
}

// typesText reports whether the command of a key opens a line of text.
func (w *Window) typesText(name fyne.KeyName) bool {
	return slices.ContainsFunc(w.commands, func(c command) bool {
		return c.text && slices.Contains(c.keys, key{name: name})
	})
}

// sheet returns the lines of the shortcut sheet by menu.
func sheet(table []command) (menus []string, lines map[string][][2]string) {
	lines = map[string][][2]string{}
	for _, c := range table {
		if len(c.keys) == 0 || c.quiet {
			continue
		}
		if _, known := lines[c.menu]; !known {
			menus = append(menus, c.menu)
		}
		var names []string
		for _, k := range c.keys {
			if n := k.String(); len(names) == 0 || names[len(names)-1] != n {
				names = append(names, n)
			}
		}
		lines[c.menu] = append(lines[c.menu], [2]string{strings.Join(names, "  "), strings.TrimSuffix(c.title, "…")})
	}
	return menus, lines
}
