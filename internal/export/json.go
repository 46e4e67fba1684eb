package export

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
)

// A value is a part of the tree of a document. Package json sorts the keys of maps
// and writes 0.0 as 0; readers that compare with the pages of the APIs want their
// order and their numbers.
type value interface {
	// append appends the value's JSON to b, with line breaks if depth is not negative.
	append(b []byte, depth int) []byte
}

// Depths of JSON without line breaks.
const (
	compact = -1 // for programs
	oneLine = -2 // for people: a part of an indented document
)

type (
	object []member // keys in the order in which they are written
	member struct {
		key   string
		value value
	}
	list    []value
	inline  struct{ value value } // on one line even where the rest is indented
	decimal struct {
		value  float64
		places int // decimals that are kept at most
	}
	whole int
	text  string
	truth bool
	null  struct{}
)

// add appends a key.
func (o *object) add(key string, v value) { *o = append(*o, member{key, v}) }

func (o object) append(b []byte, depth int) []byte {
	return appendMembers(b, '{', '}', len(o), depth, func(b []byte, i, depth int) []byte {
		b = append(text(o[i].key).append(b, depth), ':')
		if depth != compact {
			b = append(b, ' ')
		}
		return o[i].value.append(b, depth)
	})
}

func (l list) append(b []byte, depth int) []byte {
	return appendMembers(b, '[', ']', len(l), depth, func(b []byte, i, depth int) []byte {
		return l[i].append(b, depth)
	})
}

func (i inline) append(b []byte, depth int) []byte {
	if depth != compact {
		depth = oneLine
	}
	return i.value.append(b, depth)
}

func (w whole) append(b []byte, _ int) []byte { return strconv.AppendInt(b, int64(w), 10) }

func (t truth) append(b []byte, _ int) []byte { return strconv.AppendBool(b, bool(t)) }

func (null) append(b []byte, _ int) []byte { return append(b, "null"...) }

func appendMembers(b []byte, opening, closing byte, n, depth int, one func(b []byte, i, depth int) []byte) []byte {
	const tab = "  "
	newline := func(depth int) {
		b = append(b, '\n')
		b = append(b, bytes.Repeat([]byte(tab), depth)...)
	}
	inner := depth
	if depth >= 0 {
		inner = depth + 1
	}
	b = append(b, opening)
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		switch {
		case depth >= 0:
			newline(inner)
		case depth == oneLine && i > 0:
			b = append(b, ' ')
		}
		b = one(b, i, inner)
	}
	if depth >= 0 && n > 0 {
		newline(depth)
	}
	return append(b, closing)
}

// append leaves <, > and & as they are: nobody puts these files into HTML. Bytes
// that are not UTF-8 become U+FFFD.
func (t text) append(b []byte, _ int) []byte {
	var buf bytes.Buffer
	e := json.NewEncoder(&buf)
	e.SetEscapeHTML(false)
	_ = e.Encode(string(t)) // a string can always be encoded
	return append(b, bytes.TrimSuffix(buf.Bytes(), []byte("\n"))...)
}

// append writes a number as both APIs do: rounded, without trailing zeros, but
// always with one decimal. What is not finite would not be JSON: it is written as 0.0.
func (d decimal) append(b []byte, _ int) []byte {
	scale := math.Pow10(d.places)
	v := math.Round(d.value*scale) / scale
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return append(b, "0.0"...) // never -0.0
	}
	from := len(b)
	b = strconv.AppendFloat(b, v, 'f', -1, 64)
	if !bytes.ContainsRune(b[from:], '.') {
		b = append(b, ".0"...)
	}
	return b
}

// probability returns p, 0..1, with so many decimals.
func probability(p float32, places int) decimal {
	return decimal{min(max(float64(p), 0), 1), places}
}
