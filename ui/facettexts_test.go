package ui

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"
)

// The panel offers the people and tags that there are among what is found, and a click filters by them.
func TestFrequentTexts(t *testing.T) {
	f := newFixture(t)
	section := func(field string) string {
		for _, s := range f.filter.texts {
			if s.field != field || !s.section.Visible() {
				continue
			}
			var words []string
			for _, r := range s.rows {
				if label, n := r.Label(); r.Visible() {
					words = append(words, fmt.Sprintf("%s %s %v", label, n, r.On()))
				}
			}
			return strings.Join(words, ", ")
		}
		return ""
	}
	want := func(field, want string) {
		t.Helper()
		f.settle()
		if got := section(field); got != want {
			t.Errorf("%s offers %q, want %q", field, got, want)
		}
	}
	want(tagField, "")
	want(personField, "")
	a, b, c := filepath.Join(f.photos, "a.jpg"), filepath.Join(f.photos, "b.jpg"), filepath.Join(f.photos, "c.jpg")
	for _, err := range []error{
		f.lib.Tag([]string{a, c}, []string{"Places|Rome"}, nil), f.lib.Tag([]string{a}, []string{"Best"}, nil),
		f.lib.Call(a, 1, "Ada"), f.lib.Call(b, 1, "Ada"), f.lib.Call(c, 1, "Bob"),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	f.runSearch()
	want(tagField, "Places › Rome 2 false, Best 1 false")
	want(personField, "Ada 2 false, Bob 1 false")
	f.filter.texts[0].rows[0].Tapped(nil)
	want(personField, "Ada 2 true, Bob 1 false")
	want(tagField, "Best 1 false, Places › Rome 1 false")
	f.check("a b")
	f.filter.texts[1].rows[1].TappedSecondary(nil)
	f.check("b")
	want(personField, "Ada 1 true")
	want(tagField, "Best 1 false, Places › Rome excluded false")
}
