package query

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// SyntaxError says where a query is wrong, and what is possible there.
type SyntaxError struct {
	Pos  int    // offset of Word in bytes
	Word string // the offending part as it was written, "" at the end of the text
	Msg  string // what is wrong, and what is possible
}

// Error returns the word, its position in bytes, counted from 1, and the message.
func (e *SyntaxError) Error() string {
	if e.Word == "" {
		return fmt.Sprintf("at %d: %s", e.Pos+1, e.Msg)
	}
	return fmt.Sprintf("%q at %d: %s", e.Word, e.Pos+1, e.Msg)
}

// Parse reads a query. The error is a *SyntaxError.
func Parse(text string) (Expr, error) {
	p := parser{text: text}
	e, err := p.expr(false)
	if err != nil {
		return Expr{}, err
	}
	return e, nil
}

// parser walks through a query from the left to the right.
type parser struct {
	text string
	pos  int
}

// expr reads terms until the end, or until the closing parenthesis of a group.
func (p *parser) expr(inGroup bool) (Expr, error) {
	var e Expr
	for {
		p.spaces()
		switch {
		case p.pos == len(p.text) && inGroup:
			return e, p.fail(p.pos, "the group is not closed: a ) is missing")
		case p.pos == len(p.text):
			return e, nil
		case p.text[p.pos] == ')' && inGroup:
			p.pos++
			return e, nil
		}
		if err := p.term(&e, inGroup); err != nil {
			return e, err
		}
	}
}

// term reads [-]field:value[,value...] or [-]any(...) into e.
func (p *parser) term(e *Expr, inGroup bool) error {
	start := p.pos
	not := p.take('-')
	at := p.pos
	word := p.word(":")
	switch {
	case p.pos < len(p.text) && p.text[p.pos] == '(':
		return p.group(e, word, at, not, inGroup)
	case word == "":
		p.pos = start
		return p.fail(start, "a term is field:value; the fields are "+names(anyField))
	case !p.take(':'):
		return p.fail(at, hint(word))
	}
	f := lookup(word)
	switch {
	case f == nil:
		return p.failWord(at, word, "there is no such field"+meant(word)+"; there are "+names(anyField))
	case inGroup && (f.OfPhoto || f.Kind == Switch):
		return p.failWord(at, word, "inside a group only fields of a face make sense: "+names(func(f *Field) bool { return f.code != nil }))
	case f.Kind == Switch && not:
		return p.failWord(at, word, "write guesses:no or leave it out")
	}
	for {
		at := p.pos
		value, err := p.value(f)
		if err != nil {
			return err
		}
		for _, name := range f.expand(value) {
			it, problem := f.parse(name)
			switch {
			case problem != "":
				return p.failWord(at, p.text[at:p.pos], problem)
			case f.Kind == Switch:
				*e = e.WithGuesses(it.Lo == yes)
			default:
				*e = e.with(f, not, it)
			}
		}
		if !p.take(',') {
			break
		}
	}
	if p.pos < len(p.text) && !p.atSpace() && !(inGroup && p.text[p.pos] == ')') {
		return p.fail(p.pos, "a space or a comma is missing")
	}
	return nil
}

// group reads the parentheses behind a quantifier.
func (p *parser) group(e *Expr, word string, at int, not, inGroup bool) error {
	q := -1
	for i, name := range quantifierNames {
		if strings.EqualFold(name, word) {
			q = i
		}
	}
	switch {
	case q < 0:
		return p.failWord(at, word, "only any(...), all(...) and none(...) have parentheses")
	case inGroup:
		return p.failWord(at, word, "a group cannot hold a group")
	}
	p.pos++
	inner, err := p.expr(true)
	if err != nil {
		return err
	}
	if inner.Empty() {
		return p.failWord(at, word, "the group is empty; write for example any(emotion:happy)")
	}
	g := Group{Quantifier: Quantifier(q), Not: not}
	for _, c := range inner.clauses {
		g.Conditions = append(g.Conditions, c.Condition)
	}
	*e = e.withGroup(g)
	if p.pos < len(p.text) && !p.atSpace() {
		return p.fail(p.pos, "a space is missing")
	}
	return nil
}

// value reads a word, or a text in quotes, in which "" is a quote.
func (p *parser) value(f *Field) (string, error) {
	start := p.pos
	if !p.take('"') {
		word := p.word("")
		if word == "" {
			return "", p.fail(start, f.Name+" needs a value: "+f.possible())
		}
		return word, nil
	}
	var b strings.Builder
	for {
		part, rest, ok := strings.Cut(p.text[p.pos:], `"`)
		if !ok {
			return "", p.failWord(start, p.text[start:], `the closing " is missing`)
		}
		b.WriteString(part)
		p.pos = len(p.text) - len(rest)
		if !p.take('"') {
			break
		}
		b.WriteByte('"')
	}
	if b.Len() == 0 {
		return "", p.failWord(start, `""`, f.Name+" needs a value: "+f.possible())
	}
	return b.String(), nil
}

// special ends a word that is not in quotes.
const special = `,"()`

// word reads up to a space, a special character or one of stop.
func (p *parser) word(stop string) string {
	start := p.pos
	for p.pos < len(p.text) && !p.atSpace() && !strings.ContainsRune(special+stop, rune(p.text[p.pos])) {
		_, n := utf8.DecodeRuneInString(p.text[p.pos:])
		p.pos += n
	}
	return p.text[start:p.pos]
}

func (p *parser) spaces() {
	for p.pos < len(p.text) && p.atSpace() {
		_, n := utf8.DecodeRuneInString(p.text[p.pos:])
		p.pos += n
	}
}

func (p *parser) atSpace() bool {
	r, _ := utf8.DecodeRuneInString(p.text[p.pos:])
	return unicode.IsSpace(r)
}

// take steps over c if it comes next.
func (p *parser) take(c byte) bool {
	if p.pos < len(p.text) && p.text[p.pos] == c {
		p.pos++
		return true
	}
	return false
}

// fail is about whatever lies between at and the next space.
func (p *parser) fail(at int, msg string) error {
	word, _, _ := strings.Cut(p.text[at:], " ")
	return p.failWord(at, word, msg)
}

func (p *parser) failWord(at int, word, msg string) error {
	return &SyntaxError{Pos: at, Word: word, Msg: msg}
}

func anyField(*Field) bool { return true }

// hint says what a word without a colon could have meant.
func hint(word string) string {
	if f := lookup(word); f != nil {
		return fmt.Sprintf("write %s:value with one of %s", f.Name, f.possible())
	}
	for i := range table {
		for _, v := range table[i].Values {
			if strings.EqualFold(v.Name, word) || strings.EqualFold(v.Title, word) {
				return fmt.Sprintf("did you mean %s:%s?", table[i].Name, v.Name)
			}
		}
	}
	return "a term is field:value, as in name:" + quote(word) + "; the fields are " + names(anyField)
}

// possible says which values a field has.
func (f *Field) possible() string {
	switch f.Kind {
	case Choice, Set, Switch:
		list := make([]string, len(f.Values))
		for i, v := range f.Values {
			list[i] = v.Name
		}
		list = slices.AppendSeq(list, slices.Values(slices.Sorted(maps.Keys(f.also))))
		return strings.Join(list, ", ")
	case Number:
		return "a number or a range: 3, 3-5, 3.. or ..5"
	case Date:
		return "a date or a range: 2026, 2026-05, 2026-05-03, 2026-05..2026-07, 2026-05.. or ..2026-07"
	case Text:
	}
	return `a word, or several in quotes: "two words"`
}

// expand returns the values that a word stands for: mostly itself.
func (f *Field) expand(word string) []string {
	if values, ok := f.also[strings.ToLower(word)]; ok {
		return values
	}
	return []string{word}
}

// parse reads one value; problem says what is wrong with it.
func (f *Field) parse(value string) (it Item, problem string) {
	switch f.Kind {
	case Choice, Set, Switch:
		for _, v := range f.Values {
			if strings.EqualFold(v.Name, value) {
				return Item{Lo: v.Lo, Hi: v.Hi}, ""
			}
		}
		return it, "possible are " + f.possible()
	case Number:
		it, ok := parseRange(value, parseNumber)
		if !ok {
			return it, "possible is " + f.possible()
		}
		return it, backwards(it)
	case Date:
		it, ok := parseRange(value, parseDate)
		if !ok {
			return it, "possible is " + f.possible()
		}
		return it, backwards(it)
	case Text:
	}
	if value == "" {
		return it, "possible is " + f.possible()
	}
	return Item{Text: value}, ""
}

func backwards(it Item) string {
	if it.Lo > it.Hi {
		return "the range runs backwards"
	}
	return ""
}

// parseRange reads a, a..b, a.., ..b and, for numbers, a-b and a-.
func parseRange(s string, parse func(string) (lo, hi int, ok bool)) (it Item, ok bool) {
	from, to, ranged := strings.Cut(s, "..")
	if !ranged {
		if lo, hi, ok := parse(s); ok {
			return Item{Lo: lo, Hi: hi}, true
		}
		if from, to, ranged = strings.Cut(s, "-"); !ranged || from == "" {
			return it, false
		}
	}
	if from == "" && to == "" {
		return it, false
	}
	it = Item{Lo: 0, Hi: Open}
	if from != "" {
		if it.Lo, _, ok = parse(from); !ok {
			return it, false
		}
	}
	if to != "" {
		if _, it.Hi, ok = parse(to); !ok {
			return it, false
		}
	}
	return it, true
}

// parseNumber reads a whole number of at most six digits.
func parseNumber(s string) (lo, hi int, ok bool) {
	if len(s) > 6 || strings.Trim(s, "0123456789") != "" {
		return 0, 0, false
	}
	n, err := strconv.Atoi(s)
	return n, n, err == nil
}

// The ends of a year and of a month. Every month has 31 days here: days are only compared.
const (
	lastMonth = 12
	lastDay   = 31
)

// parseDate reads 2026, 2026-05 or 2026-05-03 as its first and its last day.
func parseDate(s string) (lo, hi int, ok bool) {
	for _, layout := range []string{time.DateOnly, "2006-01", "2006"} {
		t, err := time.Parse(layout, s)
		if err != nil || t.Year() == 0 {
			continue
		}
		lo = day(t.Year(), int(t.Month()), t.Day())
		switch layout {
		case time.DateOnly:
			hi = lo
		case "2006-01":
			hi = day(t.Year(), int(t.Month()), lastDay)
		default:
			hi = day(t.Year(), lastMonth, lastDay)
		}
		return lo, hi, true
	}
	return 0, 0, false
}

// meant names the field that a misspelt word comes nearest to, in words that go on a sentence,
// "" if it is near none.
func meant(word string) string {
	best, least := "", 3 // more than two wrong letters are another word
	for i := range table {
		if d := editDistance(strings.ToLower(word), table[i].Name); d < least && d < len(table[i].Name)-1 {
			best, least = table[i].Name, d
		}
	}
	if best == "" {
		return ""
	}
	return ", did you mean " + best + "?"
}

// editDistance returns how many letters of a have to be changed, added or left out to have b
// (V. I. Levenshtein, Soviet Physics Doklady 10, 1966).
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for k := range row {
		row[k] = k
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for k := range len(b) {
			changed := diagonal
			if a[i] != b[k] {
				changed++
			}
			diagonal = row[k+1]
			row[k+1] = min(changed, row[k]+1, row[k+1]+1)
		}
	}
	return row[len(b)]
}
