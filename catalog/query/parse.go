package query

import (
	"fmt"
	"slices"
	"strings"
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
	runs, err := p.runs(outside)
	if err != nil {
		return Expr{}, err
	}
	return joined(Expr{}, runs, false), nil
}

// joined returns e with runs as its alternatives; best guesses of one of them are the whole's.
func joined(e Expr, runs []Expr, not bool) Expr {
	for i, run := range runs {
		e.guesses = e.guesses || run.guesses
		runs[i].guesses = false
	}
	if len(runs) == 1 && runs[0].Empty() {
		return e
	}
	return e.withAlternatives(runs, not)
}

// parser walks through a query from the left to the right.
type parser struct {
	text string
	pos  int
}

// place is where the parser is: what may stand there.
type place uint8

const (
	outside       place = iota
	inGroup             // any(...): fields of a face
	inParentheses       // alternatives
)

// written is a term as it was written, and what it is about.
type written struct {
	at, end  int
	ofPhoto  bool
	anything bool // a switch, which is about the whole query
	nested   bool // alternatives themselves
}

// The words between terms.
const (
	wordAnd = "AND"
	wordOr  = "OR"
	wordNot = "NOT"
)

// runs reads terms until the end, or until the closing parenthesis of where it is, into one expression for
// everything between two ORs.
func (p *parser) runs(where place) ([]Expr, error) {
	runs := []Expr{{}}
	var terms []written
	empty := true         // the run has no term but switches
	operator, at := "", 0 // the one that waits for a term, and its place
	orAt := 0             // place of the last OR
	for {
		p.spaces()
		end := p.pos == len(p.text)
		if end || where != outside && p.text[p.pos] == ')' {
			switch {
			case operator != "" || empty && len(runs) > 1:
				if operator == "" { // only switches stand behind the last OR
					operator, at = wordOr, orAt
				}
				return nil, p.failWord(at, p.text[at:at+len(operator)], operator+" needs a term behind it")
			case end && where == inGroup:
				return nil, p.fail(p.pos, "the group is not closed: a ) is missing")
			case end && where == inParentheses:
				return nil, p.fail(p.pos, "the parentheses are not closed: a ) is missing")
			case !end:
				p.pos++
			}
			return runs, p.alike(runs, terms)
		}
		if word := p.operator(wordAnd, wordOr); word != "" {
			if operator != "" || empty && (word == wordOr || len(terms) == 0) {
				return nil, p.failWord(p.pos, p.text[p.pos:p.pos+len(word)], word+" needs a term before it")
			}
			operator, at = word, p.pos
			if word == wordOr {
				runs, empty, orAt = append(runs, Expr{}), true, p.pos
			}
			p.pos += len(word)
			continue
		}
		term, err := p.term(&runs[len(runs)-1], where)
		if err != nil {
			return nil, err
		}
		terms = append(terms, term)
		operator, empty = "", empty && term.anything
	}
}

// operator returns which of the words comes next, "" if none does. It does not step over it.
func (p *parser) operator(words ...string) string {
	start := p.pos
	word := p.word(":")
	colon := p.pos < len(p.text) && p.text[p.pos] == ':'
	p.pos = start
	for _, w := range words {
		if strings.EqualFold(w, word) && !colon {
			return w
		}
	}
	return ""
}

// alike returns an error that names the first term which cannot be an alternative of those before it.
func (p *parser) alike(runs []Expr, terms []written) error {
	if len(runs) < 2 {
		return nil
	}
	first := -1
	for i, t := range terms {
		switch {
		case t.anything:
		case t.nested:
			return p.failWord(t.at, p.text[t.at:t.end], "alternatives cannot hold alternatives: write each in full, as in (a b OR a c OR d)")
		case first < 0:
			first = i
		case t.ofPhoto && !terms[first].ofPhoto:
			return p.failWord(t.at, p.text[t.at:t.end], "this is about the photo, and what is before it about one face: alternatives are about one or the other; any(...) makes of a term on faces one about the photo")
		case !t.ofPhoto && terms[first].ofPhoto:
			return p.failWord(t.at, p.text[t.at:t.end], "this is about one face, and what is before it about the photo: write any("+strings.TrimLeft(p.text[t.at:t.end], "-")+") to ask whether the photo has such a face")
		}
	}
	return nil
}

// term reads [-]field:value[,value...], [-]any(...) or [-](...) into e.
func (p *parser) term(e *Expr, where place) (written, error) {
	start := p.pos
	not := p.take('-')
	if !not && p.operator(wordNot) != "" {
		not = true
		p.pos += len(wordNot)
		p.spaces()
		switch {
		case p.pos == len(p.text) || p.text[p.pos] == ')' || p.operator(wordAnd, wordOr) != "":
			return written{}, p.failWord(start, p.text[start:start+len(wordNot)], wordNot+" needs a term behind it")
		case p.text[p.pos] == '-' || p.operator(wordNot) != "":
			return written{}, p.fail(p.pos, "one "+wordNot+" or one minus is enough")
		}
	}
	at := p.pos
	word := p.word(":")
	t := written{at: start}
	var err error
	switch {
	case p.pos < len(p.text) && p.text[p.pos] == '(' && word == "":
		t.nested, t.ofPhoto, err = p.parentheses(e, at, not, where)
	case p.pos < len(p.text) && p.text[p.pos] == '(':
		t.ofPhoto = true
		err = p.group(e, word, at, not, where)
	case word == "":
		p.pos = start
		err = p.fail(start, "a term is field:value; the fields are "+names(anyField))
	case !p.take(':'):
		err = p.fail(at, hint(word))
	default:
		var f *Field
		if f, err = p.condition(e, word, at, not, where); err == nil {
			t.ofPhoto, t.anything = f.OfPhoto, f.Kind == Switch
		}
	}
	if err != nil {
		return written{}, err
	}
	t.end = p.pos
	if p.pos < len(p.text) && !p.atSpace() && (where == outside || p.text[p.pos] != ')') {
		if word != "" && p.text[p.pos-1] != ')' {
			return written{}, p.fail(p.pos, "a space or a comma is missing")
		}
		return written{}, p.fail(p.pos, "a space is missing")
	}
	return t, nil
}

// condition reads the values behind the name of a field and its colon.
func (p *parser) condition(e *Expr, word string, at int, not bool, where place) (*Field, error) {
	f := lookup(word)
	switch {
	case f == nil:
		return nil, p.failWord(at, word, "there is no such field"+meant(word)+"; there are "+names(anyField))
	case where == inGroup && !ofFace(f):
		return nil, p.failWord(at, word, "inside a group only fields of a face make sense: "+names(ofFace))
	case where == inParentheses && f.Kind == Switch:
		return nil, p.failWord(at, word, f.Name+" is of the whole query: put it outside of the parentheses")
	case f.Kind == Switch && not:
		return nil, p.failWord(at, word, "write guesses:no or leave it out")
	}
	for {
		at := p.pos
		value, err := p.value(f)
		if err != nil {
			return nil, err
		}
		it, problem := f.parse(value)
		switch {
		case problem != "":
			return nil, p.failWord(at, p.text[at:p.pos], problem)
		case f.Kind == Switch:
			*e = e.WithGuesses(it.Lo == yes)
		case f.stands != "":
			state, it, _ := resolve(fieldState, f.stands)
			*e = e.with(state, not != strings.EqualFold(value, "no"), it)
		default:
			*e = e.with(f, not, it)
		}
		if f.stands != "" || !p.take(',') {
			return f, nil
		}
	}
}

// parentheses reads [-](... OR ...).
func (p *parser) parentheses(e *Expr, at int, not bool, where place) (nested, ofPhoto bool, err error) {
	if where != outside {
		return false, false, p.fail(at, "parentheses cannot stand in others: write each alternative in full, as in (a b OR a c OR d)")
	}
	p.pos++
	runs, err := p.runs(inParentheses)
	if err != nil {
		return false, false, err
	}
	if runs[0].Empty() {
		return false, false, p.failWord(at, p.text[at:p.pos], "the parentheses are empty; write for example (emotion:happy OR smile:yes)")
	}
	ofPhoto = runs[0].clauses[0].ofPhoto()
	*e = joined(*e, runs, not)
	return slices.ContainsFunc(e.clauses, func(c clause) bool { return c.either != nil }), ofPhoto, nil
}

// group reads the parentheses behind a quantifier.
func (p *parser) group(e *Expr, word string, at int, not bool, where place) error {
	q := -1
	for i, name := range quantifierNames {
		if strings.EqualFold(name, word) {
			q = i
		}
	}
	switch {
	case q < 0:
		return p.failWord(at, word, "only any(...), all(...) and none(...) have a word before the parentheses")
	case where == inGroup:
		return p.failWord(at, word, "a group cannot hold a group")
	}
	p.pos++
	runs, err := p.runs(inGroup)
	if err != nil {
		return err
	}
	if runs[0].Empty() {
		return p.failWord(at, word, "the group is empty; write for example any(emotion:happy)")
	}
	g := Group{Quantifier: Quantifier(q), Not: not}
	for _, run := range alternatives(runs) {
		g.Runs = append(g.Runs, run.Faces())
	}
	*e = e.withClause(clause{group: &g})
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
