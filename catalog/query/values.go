package query

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// hint says what a word without a colon could have meant.
func hint(word string) string {
	f := lookup(word)
	if f != nil && f.Kind != Number {
		return fmt.Sprintf("write %s:value with one of %s", f.Name, f.possible())
	}
	for i := range table {
		for _, v := range table[i].Values {
			if strings.EqualFold(v.Name, word) || strings.EqualFold(v.Title, word) {
				return fmt.Sprintf("did you mean %s:%s?", table[i].Name, v.Name)
			}
		}
	}
	if f != nil {
		return fmt.Sprintf("write %s:value with %s", f.Name, f.possible())
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
		for _, name := range f.asides {
			if aside := column(name); aside.Kind == Number {
				list = append(list, "a range of percent as 70..")
			} else {
				list = append(list, aside.possible())
			}
		}
		return strings.Join(list, ", ")
	case Number:
		return "a number or a range: 3, 3-5, 3.. or ..5"
	case Date:
		return "a date or a range: 2026, 2026-05, 2026-05-03, 2026-05..2026-07, 2026-05.. or ..2026-07"
	case Text:
	}
	return `a word, or several in quotes: "two words"`
}

// parse reads one value; problem says what is wrong with it.
func (f *Field) parse(value string) (it Item, problem string) {
	switch f.Kind {
	case Choice, Set, Switch:
		word := f.word(value)
		for _, v := range f.Values {
			if strings.EqualFold(v.Name, word) {
				return Item{Lo: v.Lo, Hi: v.Hi}, ""
			}
		}
		for _, name := range f.asides {
			by := column(name)
			switch it, problem := by.parse(value); problem {
			case "":
				it.By = by
				return it, ""
			case runsBackwards:
				return it, problem
			}
		}
		return it, f.meant(word) + "possible are " + f.possible()
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

const runsBackwards = "the range runs backwards"

func backwards(it Item) string {
	if it.Lo > it.Hi {
		return runsBackwards
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

// word returns a value as the table spells it: with lines for spaces, and without other spellings.
func (f *Field) word(value string) string {
	word := strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(value)))
	if spelt, ok := f.spelt[word]; ok {
		return spelt
	}
	return word
}

// meant names the value that a word comes nearest to, in words that go before a sentence, "" if it is near none.
func (f *Field) meant(word string) string {
	best, ok := f.near[word]
	if !ok {
		var names []string
		for _, v := range f.Values {
			names = append(names, v.Name)
		}
		best = nearest(word, names)
	}
	if best == "" {
		return ""
	}
	return "did you mean " + best + "? "
}

// meant names the field that a misspelt word comes nearest to, in words that go on a sentence,
// "" if it is near none.
func meant(word string) string {
	var fields []string
	for i := range table {
		if !table[i].Aside {
			fields = append(fields, table[i].Name)
		}
	}
	if best := nearest(strings.ToLower(word), fields); best != "" {
		return ", did you mean " + best + "?"
	}
	return ""
}

// nearest returns the name with the fewest wrong letters, "" if a word is near none: more than two wrong letters are
// another word, and so is half of them.
func nearest(word string, names []string) string {
	best, least := "", 3
	for _, name := range names {
		if d := editDistance(word, name); d < least && 2*d < len(name) {
			best, least = name, d
		}
	}
	return best
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
