package query

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"semblance/internal/face"
)

// rowVersion is to be raised when a field computes another code from the same
// face; codes that were stored before are then computed anew.
const rowVersion = 2

// Layout names the fields and values that AppendCodes encodes. Codes that were
// stored under another layout must be computed anew.
func Layout() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", rowVersion)
	for i := range table {
		if f := &table[i]; !f.OfPhoto && f.Kind != Switch {
			fmt.Fprintf(&b, " %s", f.Name)
			for _, v := range f.Values {
				fmt.Fprintf(&b, ",%s=%d-%d", v.Name, v.Lo, v.Hi)
			}
		}
	}
	return b.String()
}

// FaceFields returns the fields of a face in the order of its codes. They must not be changed.
func FaceFields() []*Field {
	return fieldsWhere(func(f *Field) bool { return f.code != nil })
}

// PhotoFields returns the fields of a photo. They must not be changed.
func PhotoFields() []*Field {
	return fieldsWhere(func(f *Field) bool { return f.OfPhoto })
}

func fieldsWhere(want func(*Field) bool) []*Field {
	var fields []*Field
	for i := range table {
		if want(&table[i]) {
			fields = append(fields, &table[i])
		}
	}
	return fields
}

// AppendCodes appends what a face says to every face field, one code a field in
// the order of FaceFields: the number of a Choice or a Number, the bits of a Set,
// -1 for what is not known. have is what the analysis of the photo computed, t says what is sure.
func AppendCodes(codes []int16, have face.Features, t face.Thresholds, f *face.Face) []int16 {
	have &^= f.Lacks
	for i := range table {
		switch {
		case table[i].Name == fieldUnsure:
			codes = append(codes, unsureCode(have, t.Sure(f)))
		case table[i].code == nil:
		case have.Has(table[i].Feature):
			codes = append(codes, table[i].code(f))
		default:
			codes = append(codes, unknown)
		}
	}
	return codes
}

// Unsure returns the bit of the field unsure that tells that a face's value of f
// is unsure, and whether there is one.
func (f *Field) Unsure() (bit int, ok bool) {
	bit = slices.Index(unsureFeatures[:], f.Feature)
	return bit, bit >= 0
}

// NumberOf returns what a photo says to a photo field that is no Text: a number, or -1 for unknown.
func (f *Field) NumberOf(p *Photo) int { return f.number(p) }

// TextOf returns what a photo says to a Text field.
func (f *Field) TextOf(p *Photo) string { return f.text(p) }

// Holds reports whether a code of the field lies in lo..hi; for a Set, whether bit lo is on.
func (f *Field) Holds(code, lo, hi int) bool {
	switch {
	case code == unknown:
		return false
	case f.Kind == Set:
		return code&(1<<lo) != 0
	}
	return lo <= code && code <= hi
}

// MatchesFace reports whether a face meets what e asks of one face, the unspoken condition of
// Certain included, as catalog.Result.Matching tells of faces in the index. have is what the
// analysis of the photo computed, t says what is sure. A rejected face never does.
func (e Expr) MatchesFace(have face.Features, t face.Thresholds, f *face.Face) bool {
	conditions := e.Faces()
	conditions = append(conditions, Certain(conditions)...)
	return f.Edit.Verdict != face.Rejected && MatchFaces(conditions, AppendCodes(nil, have, t, f), e.guesses)
}

// MatchFaces reports whether the codes of one face meet all conditions.
func MatchFaces(conditions []Condition, codes []int16, guesses bool) bool {
	for i := range conditions {
		if !conditions[i].MatchFace(codes, guesses) {
			return false
		}
	}
	return true
}

// MatchFace reports whether the codes of a face meet a condition on a face
// field. Unless guesses, an unsure value is like none.
func (c *Condition) MatchFace(codes []int16, guesses bool) bool {
	code := int(codes[c.Field.column])
	if bit, ok := c.Field.Unsure(); ok && !guesses && codes[lookup(fieldUnsure).column]&(1<<bit) != 0 {
		code = unknown
	}
	return c.MatchNumber(code)
}

// MatchPhoto reports whether a photo meets a condition on a photo field.
func (c *Condition) MatchPhoto(p *Photo) bool {
	if c.Field.Kind == Text {
		return c.MatchText(c.Field.text(p))
	}
	return c.MatchNumber(c.Field.number(p))
}

// MatchText reports whether what TextOf returned meets a condition on a Text field.
func (c *Condition) MatchText(text string) bool {
	for _, it := range c.Items {
		if c.Field.within && isBelow(text, it.Text) || !c.Field.within && containsFold(text, it.Text) {
			return !c.Not
		}
	}
	return c.Not
}

// MatchNumber reports whether a code or what NumberOf returned meets a condition on any other field.
func (c *Condition) MatchNumber(code int) bool {
	for _, it := range c.Items {
		if c.Field.Holds(code, it.Lo, it.Hi) {
			return !c.Not
		}
	}
	return c.Not
}

// isBelow reports whether the elements of part lie in a row in the path folder, at
// its beginning if part is a full path. Both kinds of slashes are the same.
func isBelow(folder, part string) bool {
	folder = strings.ReplaceAll(folder, `\`, "/") + "/"
	part = strings.TrimRight(strings.ReplaceAll(part, `\`, "/"), "/") + "/"
	if strings.HasPrefix(part, "/") {
		n := prefixFold(folder, part)
		return n >= 0
	}
	return containsFold("/"+folder, "/"+part)
}

// containsFold reports whether s contains part, without regard to case.
func containsFold(s, part string) bool {
	for i := range s {
		if prefixFold(s[i:], part) >= 0 {
			return true
		}
	}
	return part == ""
}

// prefixFold returns the length of the beginning of s that equals prefix without
// regard to case, -1 if there is none.
func prefixFold(s, prefix string) int {
	i := 0
	for _, want := range prefix {
		if i >= len(s) {
			return -1
		}
		if got := s[i]; got < utf8.RuneSelf && want < utf8.RuneSelf { // nearly always
			if got != byte(want) && lowerASCII(got) != lowerASCII(byte(want)) {
				return -1
			}
			i++
			continue
		}
		got, n := utf8.DecodeRuneInString(s[i:])
		if got != want && unicode.ToLower(got) != unicode.ToLower(want) && unicode.ToUpper(got) != unicode.ToUpper(want) {
			return -1
		}
		i += n
	}
	return i
}

func lowerASCII(c byte) byte {
	if 'A' <= c && c <= 'Z' {
		c += 'a' - 'A'
	}
	return c
}
