package ui

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// searchEntry is the search box. It always shows the expression of the filter;
// Enter applies what was typed, and what is wrong with it is said below.
type searchEntry struct {
	entry   *entry
	problem *widget.RichText
	wrong   fyne.CanvasObject // the line that says what is wrong
	apply   func(query.Expr)
	leave   func()
	shown   string // the text of the current expression
	hidden  face.Features

	suggestions *suggestions
	known       func(field, part string) []string // the texts of the catalog, for the suggestions
	quiet       bool                              // the text is not changed by somebody who types
}

// entry is Fyne's entry that gives up the keyboard on Esc, and hands keys to the suggestions first. All but escape may be nil.
type entry struct {
	widget.Entry
	escape func()
	first  func(fyne.KeyName) bool // takes a key that is not for the text
	tabs   func() bool             // whether Tab is not for the next widget
	left   func()
}

// AcceptsTab implements fyne.Tabbable.
func (e *entry) AcceptsTab() bool { return e.tabs != nil && e.tabs() }

// FocusLost implements fyne.Focusable.
func (e *entry) FocusLost() {
	e.Entry.FocusLost()
	if e.left != nil {
		e.left()
	}
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
	if e.first != nil && e.first(k.Name) {
		return
	}
	if k.Name == fyne.KeyEscape {
		e.escape()
		return
	}
	e.Entry.TypedKey(k)
}

func newSearchEntry(apply func(query.Expr), leave func()) *searchEntry {
	s := &searchEntry{entry: &entry{}, apply: apply, leave: leave, problem: widget.NewRichText()}
	s.entry.ExtendBaseWidget(s.entry)
	s.entry.SetPlaceHolder("Search:  emotion:happy age:20-60 glasses:yes faces:2..")
	s.entry.SetIcon(theme.SearchIcon())
	s.entry.escape = func() {
		s.setText(s.shown)
		s.clear()
		s.leave()
	}
	s.entry.OnSubmitted = s.submit
	s.entry.OnChanged = func(string) {
		s.clear()
		s.suggest()
	}
	s.known = func(string, string) []string { return nil }
	s.suggestions = newSuggestions(s.put)
	s.entry.first, s.entry.tabs, s.entry.left = s.suggestions.key, s.suggestions.visible, s.hideSuggestions
	s.problem.Wrapping = fyne.TextWrapWord
	s.wrong = container.NewStack(canvas.NewRectangle(grey(0x30)), container.New(layout.NewCustomPaddedLayout(0, 2, 134, 6), s.problem))
	s.wrong.Hide()
	return s
}

// show shows the expression of the filter.
func (s *searchEntry) show(e query.Expr) {
	s.shown = e.String()
	s.setText(s.shown)
	s.clear()
}

// setText changes the text without suggesting anything.
func (s *searchEntry) setText(text string) {
	s.quiet = true
	if s.entry.Text != text {
		s.entry.SetText(text)
	}
	s.quiet = false
	s.suggestions.hide()
}

// suggest lists what can stand where the cursor is, if a word has begun there.
func (s *searchEntry) suggest() {
	if s.quiet {
		return
	}
	text := s.entry.Text
	pos := len(string([]rune(text)[:min(s.entry.CursorColumn, len([]rune(text)))]))
	if pos == 0 || strings.ContainsRune(" (-", rune(text[pos-1])) {
		s.suggestions.hide()
		return
	}
	pieces := slices.DeleteFunc(query.Complete(text, pos, s.known), func(p query.Piece) bool {
		return p.Text == text[p.From:p.To] || s.isHidden(text[:p.From]+p.Text)
	})
	driver := fyne.CurrentApp().Driver()
	at := driver.AbsolutePositionForObject(s.entry).Subtract(driver.AbsolutePositionForObject(s.suggestions.layer)) // the menu is above the layer
	s.suggestions.show(pieces, at.AddXY(0, s.entry.Size().Height+2))
}

// isHidden reports whether a query is about what is not shown in this catalog.
func (s *searchEntry) isHidden(text string) bool {
	if name, ok := strings.CutSuffix(text, ":"); ok {
		name = name[strings.LastIndexAny(name, " (-")+1:]
		return fieldNamed(name).Feature&s.hidden != 0
	}
	e, err := query.Parse(text)
	return err == nil && e.Check(s.hidden) != nil
}

// put puts a suggestion in its place, with the space that follows it.
func (s *searchEntry) put(p query.Piece) {
	text := s.entry.Text
	before, after := text[:p.From]+p.Text, text[p.To:]
	if !p.Open && !strings.HasPrefix(after, " ") && !strings.HasPrefix(after, ")") && !strings.HasPrefix(after, ",") && !strings.HasPrefix(after, ":") {
		before += " "
	}
	s.setText(before + after)
	s.entry.CursorColumn = len([]rune(before))
	s.entry.Refresh()
	s.clear()
	if c := fyne.CurrentApp().Driver().CanvasForObject(s.entry); c != nil {
		c.Focus(s.entry)
	}
	if p.Open {
		s.suggest()
	}
}

// hideSuggestions is called when the keyboard goes elsewhere.
func (s *searchEntry) hideSuggestions() {
	if !s.suggestions.under {
		s.suggestions.hide()
	}
}

func (s *searchEntry) submit(text string) {
	s.suggestions.hide()
	e, err := query.Parse(text)
	if err != nil && !strings.ContainsAny(text, `:"()`) {
		e, err = query.Parse(`name:"` + strings.TrimSpace(text) + `"`) // plain words are looked for in file names
	}
	if err == nil {
		err = e.Check(s.hidden)
	}
	if err == nil {
		s.clear()
		s.apply(e)
		s.leave()
		return
	}
	if errors.Is(err, query.ErrHidden) {
		err = fmt.Errorf("%w. Library > Apparent Ethnicity… says what it is, and switches it on", err)
	}
	s.explain(text, err)
}

// explain shows the query with the wrong word in red, and what is possible in its place.
func (s *searchEntry) explain(text string, err error) {
	var syntax *query.SyntaxError
	plain := func(t string, c fyne.ThemeColorName, bold bool) widget.RichTextSegment {
		return &widget.TextSegment{Text: t, Style: widget.RichTextStyle{Inline: true, ColorName: c, TextStyle: fyne.TextStyle{Bold: bold}}}
	}
	s.problem.Segments = []widget.RichTextSegment{plain(err.Error(), theme.ColorNameError, false)}
	if errors.As(err, &syntax) {
		at := min(max(syntax.Pos, 0), len(text))
		end := min(at+len(syntax.Word), len(text))
		word := text[at:end]
		if word == "" {
			word = "▏"
		}
		s.problem.Segments = []widget.RichTextSegment{
			plain(text[:at], theme.ColorNameForeground, false),
			plain(word, theme.ColorNameError, true),
			plain(text[end:], theme.ColorNameForeground, false),
			plain(fmt.Sprintf("   at character %d: ", len([]rune(text[:at]))+1), theme.ColorNamePlaceHolder, false),
			plain(syntax.Msg, theme.ColorNameError, false),
		}
		s.entry.CursorColumn = len([]rune(text[:at]))
		s.entry.Refresh()
	}
	s.problem.Refresh()
	s.wrong.Show()
}

func (s *searchEntry) selectText() { s.entry.TypedShortcut(&fyne.ShortcutSelectAll{}) }

func (s *searchEntry) clear() {
	s.wrong.Hide()
}

// problemText returns what is said to be wrong, "" for nothing.
func (s *searchEntry) problemText() string {
	if !s.wrong.Visible() {
		return ""
	}
	return s.problem.String()
}
