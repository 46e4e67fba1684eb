package photo

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestCleanTag(t *testing.T) {
	for _, tt := range []struct{ tag, want string }{
		{"wedding", "wedding"},
		{"  Ada   &  Bob\t", "Ada & Bob"},
		{"Places | Rome|", "Places|Rome"},
		{"||Animals||Dog", "Animals|Dog"},
		{"Été", "Été"},
		{"AC/DC", "AC/DC"},
		{"one\ntwo", "one two"},
		{"", ""},
		{"  | |", ""},
		{"a\x00b", ""},
		{"\xff", ""},
		{strings.Repeat("x", MaxTag), strings.Repeat("x", MaxTag)},
		{strings.Repeat("x", MaxTag+1), ""},
	} {
		got, err := CleanTag(tt.tag)
		if got != tt.want || (err != nil) != (tt.want == "") || err != nil && !errors.Is(err, ErrMark) {
			t.Errorf("CleanTag(%q) = %q, %v, want %q", tt.tag, got, err, tt.want)
		}
	}
}

func FuzzCleanTag(f *testing.F) {
	for _, s := range []string{"a|b", " x  y ", "|", "\x00", "Ünï|côde"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		clean, err := CleanTag(s)
		if err != nil {
			return
		}
		if again, err := CleanTag(clean); err != nil || again != clean {
			t.Errorf("CleanTag(%q) = %q, and of that %q, %v", s, clean, again, err)
		}
		if err := (Marks{Tags: []string{clean}}).Check(); err != nil {
			t.Error(err)
		}
	})
}

func TestMarks(t *testing.T) {
	var m Marks
	if !m.IsZero() {
		t.Error("the zero Marks says something")
	}
	for _, tag := range []string{"wedding", "Ada", "WEDDING", "bob"} {
		m = m.WithTag(tag)
	}
	if want := []string{"Ada", "bob", "wedding"}; !slices.Equal(m.Tags, want) {
		t.Fatalf("tags %q, want %q", m.Tags, want)
	}
	if err := m.Check(); err != nil {
		t.Error(err)
	}
	fewer := m.WithoutTag("BOB").WithoutTag("nobody")
	if fewer.HasTag("bob") || !m.HasTag("Bob") || len(fewer.Tags) != 2 {
		t.Errorf("without bob %q, before %q", fewer.Tags, m.Tags)
	}
	if none := fewer.WithoutTag("ada").WithoutTag("wedding"); !none.IsZero() {
		t.Errorf("without all tags %+v", none)
	}
	for _, wrong := range []Marks{
		{Rating: 6}, {Flag: 3}, {Label: NumLabels}, {Tags: []string{" x"}}, {Tags: []string{"b", "a"}}, {Tags: []string{"a", "A"}}, {Tags: []string{""}},
	} {
		if err := wrong.Check(); !errors.Is(err, ErrMark) {
			t.Errorf("%+v: %v", wrong, err)
		}
	}
}

func TestFlagAndLabelNames(t *testing.T) {
	for f := range numFlags {
		if got, err := ParseFlag(f.String()); got != f || err != nil {
			t.Errorf("flag %d: %v, %v", f, got, err)
		}
	}
	for l := range NumLabels {
		if got, err := ParseLabel(l.String()); got != l || err != nil {
			t.Errorf("label %d: %v, %v", l, got, err)
		}
	}
	if _, err := ParseFlag("maybe"); !errors.Is(err, ErrMark) {
		t.Error(err)
	}
	if _, err := ParseLabel("mauve"); !errors.Is(err, ErrMark) {
		t.Error(err)
	}
	if Flag(9).String() != "unknown" || Label(9).String() != "unknown" {
		t.Error("a number that is none has a name")
	}
}
