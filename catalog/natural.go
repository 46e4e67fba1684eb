package catalog

import (
	"cmp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// compareNatural orders names as file managers do: numbers in them by their value, so that IMG_2 comes before IMG_10, letters without
// regard to case, and a separator before everything else. What differs in nothing but case or leading zeros is in the order of its bytes, so that 0 means
// the same text.
func compareNatural(a, b string) int {
	full, other := a, b
	for a != "" && b != "" {
		x, y := a[0], b[0]
		if isDigit(x) && isDigit(y) {
			n, m := digits(a), digits(b)
			if c := compareDigits(a[:n], b[:m]); c != 0 {
				return c
			}
			a, b = a[n:], b[m:]
			continue
		}
		if x < utf8.RuneSelf && y < utf8.RuneSelf {
			if x != y {
				if c := cmp.Compare(weightASCII(x), weightASCII(y)); c != 0 {
					return c
				}
			}
			a, b = a[1:], b[1:]
			continue
		}
		r, n := utf8.DecodeRuneInString(a)
		s, m := utf8.DecodeRuneInString(b)
		if c := cmp.Compare(weight(r), weight(s)); c != 0 {
			return c
		}
		a, b = a[n:], b[m:]
	}
	if c := cmp.Compare(len(a), len(b)); c != 0 {
		return c
	}
	return strings.Compare(full, other)
}

// naturalKey returns a text whose bytes are in the order of compareNatural, apart from what it leaves to the order of the names' bytes.
func naturalKey(key []byte, name string) []byte {
	for name != "" {
		if isDigit(name[0]) {
			n := digits(name)
			number := strings.TrimLeft(name[:n], "0")
			// The number of digits goes before them: a longer number is greater. It is
			// where other texts have a letter, and there any digit goes.
			key = append(key, '0')
			for left := len(number); ; left -= 255 {
				key = append(key, byte(min(left, 255)))
				if left < 255 {
					break
				}
			}
			key = append(key, number...)
			name = name[n:]
			continue
		}
		r, n := utf8.DecodeRuneInString(name)
		key = utf8.AppendRune(key, weight(r))
		name = name[n:]
	}
	return key
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// digits returns how many digits a text begins with.
func digits(s string) int {
	n := 0
	for n < len(s) && isDigit(s[n]) {
		n++
	}
	return n
}

func compareDigits(a, b string) int {
	a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
	return cmp.Or(cmp.Compare(len(a), len(b)), strings.Compare(a, b))
}

// weight is what letters are compared by.
func weight(r rune) rune {
	if r < utf8.RuneSelf {
		return rune(weightASCII(byte(r)))
	}
	return unicode.ToLower(r)
}

func weightASCII(c byte) byte {
	switch {
	case 'A' <= c && c <= 'Z':
		return c + 'a' - 'A'
	case c == separator:
		return 0
	}
	return c
}
