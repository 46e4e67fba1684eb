package query

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Piece is something that can stand at a place of a query: text[From:To] is replaced by Text.
type Piece struct {
	From, To int    // bytes
	Text     string // as the language writes it: "emotion:", "happy", "emotion:happy", "any(", "OR"
	Title    string // for people
	Help     string // what it means, "" where the title says it
	Open     bool   // something has to follow without a space: a value, or terms of a group
}

// Complete returns what can stand at pos, a byte of text, in the place of the word that pos is in or behind: fields, values,
// quantifiers and the words between terms, what is most likely first. known returns the texts that there are of a Text field, those
// that contain part first; it may be nil. A pos out of range is the nearest end.
func Complete(text string, pos int, known func(field, part string) []string) []Piece {
	pos = min(max(pos, 0), len(text))
	c := cursor{place: outside}
	c.walk(text[:pos])
	to := pos + wordEnd(text[pos:])
	if c.quoted {
		to = pos + quoteEnd(text[pos:])
	}
	if c.field != nil {
		return c.values(to, known)
	}
	if c.typed {
		return nil // behind a colon of no field
	}
	return c.terms(text, to)
}

// cursor is where a place of a query is.
type cursor struct {
	start  int    // of the word or value
	part   string // of it up to the place, without quotes
	field  *Field // that a value is of, nil before a colon
	typed  bool   // there was a colon
	quoted bool   // the value's quotes are open
	place  place
}

// walk reads a query up to the cursor, whatever is wrong with it.
func (c *cursor) walk(text string) {
	p := parser{text: text}
	for {
		p.spaces()
		c.start, c.part, c.field, c.typed = p.pos, "", nil, false
		for p.pos < len(text) && strings.IndexByte("-()", text[p.pos]) >= 0 {
			switch text[p.pos] {
			case '(':
				c.place = inParentheses
			case ')':
				c.place = outside
			}
			p.pos++
			c.start = p.pos
		}
		word := p.word(":")
		if p.pos == len(text) {
			c.part = word
			return
		}
		switch {
		case text[p.pos] == '(':
			p.pos++
			c.place = inParentheses
			if slices.ContainsFunc(quantifierNames[:], func(q string) bool { return strings.EqualFold(q, word) }) {
				c.place = inGroup
			}
			continue
		case text[p.pos] != ':':
			if !p.atSpace() && text[p.pos] != ')' {
				p.pos++ // nothing that can be
			}
			continue
		}
		p.pos++
		c.field, c.typed = lookup(word), true
		for {
			c.start = p.pos
			if c.text(&p) {
				return
			}
			if !p.take(',') {
				break
			}
		}
	}
}

// text reads a value, and reports whether the cursor is in it.
func (c *cursor) text(p *parser) bool {
	if !p.take('"') {
		c.part = p.word("")
		return p.pos == len(p.text)
	}
	var b strings.Builder
	for p.pos < len(p.text) {
		switch {
		case !p.take('"'):
			b.WriteByte(p.text[p.pos])
			p.pos++
		case p.take('"'):
			b.WriteByte('"')
		default:
			c.part = b.String()
			return p.pos == len(p.text) // right behind the closing quote
		}
	}
	c.part, c.quoted = b.String(), true
	return true
}

// wordEnd returns where the word ends that a text begins with the rest of.
func wordEnd(text string) int {
	p := parser{text: text}
	p.word(":")
	return p.pos
}

// quoteEnd returns where a text behind an opening quote ends, its closing quote included.
func quoteEnd(text string) int {
	for i := 0; i < len(text); i++ {
		if text[i] != '"' {
			continue
		}
		if i+1 == len(text) || text[i+1] != '"' {
			return i + 1
		}
		i++
	}
	return len(text)
}

// values returns the values of a field.
func (c *cursor) values(to int, known func(field, part string) []string) []Piece {
	var pieces []Piece
	add := func(value, title, help string) {
		if title == value {
			title = ""
		}
		pieces = append(pieces, Piece{From: c.start, To: to, Text: value, Title: title, Help: help})
	}
	if c.field.Kind == Text {
		if known == nil {
			return nil
		}
		for _, t := range known(c.field.Name, c.part) {
			if t != "" {
				add(quote(t), t, "")
			}
		}
		return pieces
	}
	fields := []*Field{c.field}
	for _, name := range c.field.asides {
		fields = append(fields, column(name))
	}
	for _, exact := range []bool{true, false} { // names before titles
		for _, f := range fields {
			for _, v := range f.Values {
				byName := hasPrefixFold(v.Name, c.part)
				if byName == exact && (byName || hasWordFold(v.Title, c.part)) {
					add(v.Name, v.Title, v.Help)
				}
			}
		}
	}
	return pieces
}

// terms returns what a term can begin with.
func (c *cursor) terms(text string, to int) []Piece {
	var pieces []Piece
	colon := to < len(text) && text[to] == ':'
	add := func(text, title, help string, open bool) {
		pieces = append(pieces, Piece{From: c.start, To: to, Text: text, Title: title, Help: help, Open: open})
	}
	fields := func(match func(string) bool) {
		for i := range table {
			f := &table[i]
			if !f.Aside && match(f.Name) && (c.place != inGroup || ofFace(f)) && (c.place == outside || f.Kind != Switch) {
				word := f.Name + ":"
				if colon {
					word = f.Name
				}
				add(word, f.Title, f.Help, true)
			}
		}
	}
	fields(func(name string) bool { return hasPrefixFold(name, c.part) })
	if colon {
		return pieces // its value is there already
	}
	if c.place != inGroup {
		for q, help := range [...]string{Any: "one face of the photo", All: "every face of the photo", None: "no face of the photo"} {
			if name := quantifierNames[q]; hasPrefixFold(name, c.part) {
				add(name+"(", help, "", true)
			}
		}
	}
	if c.part == "" {
		return pieces
	}
	if strings.TrimSpace(text[:c.start]) != "" && text[c.start-1] != '-' {
		for _, w := range []struct{ word, help string }{
			{wordAnd, "both, as without a word"}, {wordOr, "one or the other"}, {wordNot, "without what follows"},
		} {
			if hasPrefixFold(w.word, c.part) {
				add(w.word, w.help, "", false)
			}
		}
	}
	for i := range table {
		f := &table[i]
		if f.Aside || f.Kind == Number || f.stands != "" || f.Name == fieldUnsure || c.place == inGroup && !ofFace(f) || c.place != outside && f.Kind == Switch {
			continue
		}
		for _, v := range f.Values {
			if hasPrefixFold(v.Name, c.part) || hasWordFold(v.Title, c.part) {
				add(f.Name+":"+v.Name, v.Title, v.Help, false)
			}
		}
	}
	return pieces
}

func hasPrefixFold(s, prefix string) bool { return prefixFold(s, prefix) >= 0 }

// hasWordFold reports whether a word of s begins with prefix.
func hasWordFold(s, prefix string) bool {
	for i := range s {
		before, _ := utf8.DecodeLastRuneInString(s[:i])
		if (i == 0 || !unicode.IsLetter(before)) && hasPrefixFold(s[i:], prefix) {
			return true
		}
	}
	return false
}
