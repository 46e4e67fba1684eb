package ui

import (
	"errors"
	"fmt"
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
}

// entry is Fyne's entry that gives up the keyboard on Esc.
type entry struct {
	widget.Entry
	escape func()
}

// TypedKey implements fyne.Focusable.
func (e *entry) TypedKey(k *fyne.KeyEvent) {
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
		s.entry.SetText(s.shown)
		s.clear()
		s.leave()
	}
	s.entry.OnSubmitted = s.submit
	s.entry.OnChanged = func(string) { s.clear() }
	s.problem.Wrapping = fyne.TextWrapWord
	s.wrong = container.NewStack(canvas.NewRectangle(grey(0x30)), container.New(layout.NewCustomPaddedLayout(0, 2, 134, 6), s.problem))
	s.wrong.Hide()
	return s
}

// show shows the expression of the filter.
func (s *searchEntry) show(e query.Expr) {
	s.shown = e.String()
	if s.entry.Text != s.shown {
		s.entry.SetText(s.shown)
	}
	s.clear()
}

func (s *searchEntry) submit(text string) {
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
