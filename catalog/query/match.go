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
const rowVersion = 4

// Layout names the fields and values that AppendCodes encodes. Codes that were
// stored under another layout must be computed anew.
func Layout() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d", rowVersion)
	for i := range table {
		if f := &table[i]; f.code != nil {
			fmt.Fprintf(&b, " %s", f.Name)
			for _, v := range f.Values {
				fmt.Fprintf(&b, ",%s=%d-%d", v.Name, v.Lo, v.Hi)
			}
		}
	}
	return b.String()
}

// FaceFields returns the fields of a face that have codes, in the order of these. They must not be changed.
func FaceFields() []*Field {
	return fieldsWhere(func(f *Field) bool { return f.code != nil })
}

// PhotoFields returns the fields of a photo. They must not be changed.
func PhotoFields() []*Field {
	return fieldsWhere(func(f *Field) bool { return f.OfPhoto && f.stands == "" })
}

// FieldNamed returns the field of that name, nil if there is none. It must not be changed.
func FieldNamed(name string) *Field { return lookup(name) }

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
			codes = append(codes, unsureCode(have, t, f))
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
	switch {
	case f.certain || f.Feature == 0:
		return -1, false
	case f.Aside:
		return unsureEyewear, true // the only one that is not certain
	}
	bit = slices.Index(unsureFeatures[:], f.Feature)
	return bit, bit >= 0
}

// NumberOf returns what a photo says to a photo field that is no Text: a number, or -1 for unknown.
func (f *Field) NumberOf(p *Photo) int { return f.number(p) }

// TextsOf returns what a photo says to a Text field: one text, also an empty one, unless the field is of Many.
func (f *Field) TextsOf(p *Photo) []string {
	if f.Many {
		return f.texts(p)
	}
	return []string{f.text(p)}
}

// TextOf returns what a photo says to a Text field that is not of Many.
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
	return f.Edit.Verdict != face.Rejected && e.MatchesCodes(AppendCodes(nil, have, t, f), f.Edit.Name)
}

// MatchesCodes is MatchesFace for the codes of a face and the name that somebody gave it.
func (e Expr) MatchesCodes(codes []int16, person string) bool {
	for _, o := range e.FaceAlternatives() {
		if !o.MatchFace(codes, person, e.guesses) {
			return false
		}
	}
	return MatchFaces(e.Faces(), codes, person, e.guesses) && MatchFaces(e.Certain(), codes, person, e.guesses)
}

// MatchFaces reports whether the codes and the name of one face meet all conditions.
func MatchFaces(conditions []Condition, codes []int16, person string, guesses bool) bool {
	for i := range conditions {
		if !conditions[i].MatchFace(codes, person, guesses) {
			return false
		}
	}
	return true
}

// MatchFace reports whether the codes and the name of a face meet a condition on a face
// field. Unless guesses, an unsure value is like none.
func (c *Condition) MatchFace(codes []int16, person string, guesses bool) bool {
	if c.Field.Kind == Text {
		return person != "" && c.MatchText(person) || person == "" && c.Not
	}
	unsure := codes[lookup(fieldUnsure).column]
	for _, it := range c.Items {
		f := c.Field
		if it.By != nil {
			f = it.By
		}
		if bit, ok := f.Unsure(); ok && !guesses && unsure&(1<<bit) != 0 {
			continue
		}
		if f.Holds(int(codes[f.column]), it.Lo, it.Hi) {
			return !c.Not
		}
	}
	return c.Not
}

// MatchPhoto reports whether a photo meets a condition on a photo field.
func (c *Condition) MatchPhoto(p *Photo) bool {
	if c.Field.Kind == Text {
		return c.MatchTexts(c.Field.TextsOf(p))
	}
	return c.MatchNumber(c.Field.number(p))
}

// MatchTexts reports whether what TextsOf returned meets a condition on a Text field.
func (c *Condition) MatchTexts(texts []string) bool {
	return slices.ContainsFunc(texts, c.Asks) != c.Not
}

// MatchText is MatchTexts for one text.
func (c *Condition) MatchText(text string) bool { return c.Asks(text) != c.Not }

// Asks reports whether a condition on a Text field names a text, be it to ask for it or to exclude it.
func (c *Condition) Asks(text string) bool {
	return slices.ContainsFunc(c.Items, func(it Item) bool { return c.Field.match(text, it.Text) })
}

// MatchNumber reports whether what NumberOf returned meets a condition on any other field of a photo.
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
		if got != want && fold(got) != fold(want) {
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

// ContainsFold reports whether s contains part, without regard to case.
func ContainsFold(s, part string) bool { return containsFold(s, part) }

// AppendFold appends a text such that two texts contain each other without regard to case if their folded bytes do. What is no
// text becomes U+FFFD.
func AppendFold(b []byte, text string) []byte {
	for _, r := range text {
		if r < utf8.RuneSelf {
			b = append(b, lowerASCII(byte(r)))
			continue
		}
		b = utf8.AppendRune(b, fold(r))
	}
	return b
}

// fold is what letters have in common that differ in case only.
func fold(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

// equalFold reports whether a and b are the same without regard to case, as containsFold does.
func equalFold(a, b string) bool { return prefixFold(a, b) == len(a) }

// hasLevels reports whether the levels of part lie in a row in a tag, all of them whole.
func hasLevels(tag, part string) bool {
	want := levels(part)
	have := levels(tag)
	for len(want) > 0 && len(have) >= len(want) {
		if slices.EqualFunc(have[:len(want)], want, equalFold) {
			return true
		}
		have = have[1:]
	}
	return false
}

// levels returns the levels of a tag without the spaces around them.
func levels(tag string) []string {
	var levels []string
	for level := range strings.SplitSeq(tag, levelSeparator) {
		if level = strings.TrimSpace(level); level != "" {
			levels = append(levels, level)
		}
	}
	return levels
}
