package catalog

import (
	"cmp"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

var slowParts = regexp.MustCompile(`(?s)[0-9]+|.`)

// SlowNatural is compareNatural, as obvious as it can be.
func SlowNatural(a, b string) int {
	x, y := slowParts.FindAllString(a, -1), slowParts.FindAllString(b, -1)
	for i := range min(len(x), len(y)) {
		p, ok := new(big.Int).SetString(x[i], 10)
		q, also := new(big.Int).SetString(y[i], 10)
		if ok && also {
			if c := p.Cmp(q); c != 0 {
				return c
			}
			continue
		}
		r, s := []rune(x[i])[0], []rune(y[i])[0]
		if c := cmp.Compare(slowWeight(r), slowWeight(s)); c != 0 {
			return c
		}
	}
	return cmp.Or(cmp.Compare(len(x), len(y)), strings.Compare(a, b))
}

func slowWeight(r rune) rune {
	if r == separator {
		return 0
	}
	return unicode.ToLower(r)
}

// SlowByPath is the order ByPath of two paths.
func SlowByPath(a, b string) int {
	i, k := strings.LastIndexByte(a, separator), strings.LastIndexByte(b, separator)
	return cmp.Or(SlowNatural(a[:i], b[:k]), SlowNatural(a[i+1:], b[k+1:]))
}

var naturalNames = []string{
	"", "/", "/a", "/a/x", "/a b", "0", "00", "1", "01", "2", "10", "a", "A", "a1b2", "a01b2", "a1b10", "IMG_2.JPG", "img_2.jpg", "IMG_10.JPG",
	"IMG_1000000000000000000000000.JPG", "é", "É", "z", "K", "k", "ſ", "s", "\xff", "a\xff", "日本2", "日本10", "-1", "a.b", "a:b",
	strings.Repeat("7", 300), strings.Repeat("8", 256), strings.Repeat("9", 255),
}

func TestCompareNatural(t *testing.T) {
	for _, list := range [][]string{
		{"/p", "/p/a", "/p/a/b", "/p/a 2", "/p/a 10", "/p/B", "/p/c"},
		{"IMG_2.JPG", "img_3.jpg", "IMG_10.JPG", "IMG_100.JPG"},
		{"01.jpg", "1.jpg", "2.jpg"},
	} {
		sorted := slices.Clone(list)
		slices.Reverse(sorted)
		slices.SortFunc(sorted, compareNatural)
		if !slices.Equal(sorted, list) {
			t.Errorf("got %q, want %q", sorted, list)
		}
	}
	for _, a := range naturalNames {
		for _, b := range naturalNames {
			compareAgainstSlow(t, a, b)
		}
	}
}

func compareAgainstSlow(t *testing.T, a, b string) {
	t.Helper()
	got, want := compareNatural(a, b), SlowNatural(a, b)
	if got != want {
		t.Errorf("%q and %q: %d, want %d", a, b, got, want)
	}
	// The keys may leave open what differs in case or leading zeros only.
	keys := slices.Compare(naturalKey(nil, a), naturalKey(nil, b))
	if keys != 0 && keys != want {
		t.Errorf("keys of %q and %q: %d, want %d", a, b, keys, want)
	}
	if keys == 0 && weightless(a) != weightless(b) {
		t.Errorf("%q and %q have one key", a, b)
	}
}

// weightless is a name without what the order leaves to the bytes.
func weightless(name string) string {
	name = regexp.MustCompile(`0*([0-9]+)`).ReplaceAllString(name, "$1")
	return strings.Map(slowWeight, name)
}

func FuzzCompareNatural(f *testing.F) {
	for i, a := range naturalNames {
		f.Add(a, naturalNames[(i*7+3)%len(naturalNames)])
	}
	f.Fuzz(compareAgainstSlow)
}
