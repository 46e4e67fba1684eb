package photo

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Marks is what a person says about a photo as a whole. It belongs to the content, whatever its
// path. The zero Marks says nothing. Its methods never change a slice that somebody else may hold.
//
// The numbers in the cbor tags are the stored form (package catalog): a number is never used again
// for something else.
type Marks struct {
	Rating uint8    `cbor:"1,keyasint,omitempty"` // 1..MaxRating stars, 0 for none
	Flag   Flag     `cbor:"2,keyasint,omitempty"`
	Label  Label    `cbor:"3,keyasint,omitempty"`
	Tags   []string `cbor:"4,keyasint,omitempty"` // each as CleanTag returns it and once without regard to case, in the order of CompareTags
}

// MaxRating is the most stars that a photo can have.
const MaxRating = 5

// Flag says whether a photo was picked or rejected.
type Flag uint8

// The flags. Their numbers are stored.
const (
	Unflagged Flag = iota
	Picked
	Rejected
	numFlags
)

var flagNames = [numFlags]string{"none", "picked", "rejected"}

// String returns "none", "picked" or "rejected".
func (f Flag) String() string { return nameOf(flagNames[:], int(f)) }

// Label is a colour that a person gave a photo. It means what that person wants it to.
type Label uint8

// The labels, in the order of the keys 6 to 9 of other programs. Their numbers are stored.
const (
	NoLabel Label = iota
	Red
	Yellow
	Green
	Blue
	Purple
	NumLabels // of the labels, NoLabel included
)

var labelNames = [NumLabels]string{"none", "red", "yellow", "green", "blue", "purple"}

// String returns the name of the colour, "none" for NoLabel.
func (l Label) String() string { return nameOf(labelNames[:], int(l)) }

func nameOf(names []string, i int) string {
	if i < len(names) {
		return names[i]
	}
	return "unknown"
}

// ParseFlag reads what Flag.String wrote.
func ParseFlag(s string) (Flag, error) {
	i := slices.Index(flagNames[:], s)
	if i < 0 {
		return 0, fmt.Errorf("flag %q: %w: it is none, picked or rejected", s, ErrMark)
	}
	return Flag(i), nil
}

// ParseLabel reads what Label.String wrote.
func ParseLabel(s string) (Label, error) {
	i := slices.Index(labelNames[:], s)
	if i < 0 {
		return 0, fmt.Errorf("label %q: %w: it is %s", s, ErrMark, strings.Join(labelNames[:], ", "))
	}
	return Label(i), nil
}

// ErrMark is the error of a rating, flag, label or tag that there cannot be.
var ErrMark = errors.New("not possible")

// IsZero reports whether m says nothing.
func (m Marks) IsZero() bool { return m.Equal(Marks{}) }

// Equal reports whether m and o say the same.
func (m Marks) Equal(o Marks) bool {
	return m.Rating == o.Rating && m.Flag == o.Flag && m.Label == o.Label && slices.Equal(m.Tags, o.Tags)
}

// Check returns an ErrMark if m has anything that there cannot be.
func (m Marks) Check() error {
	switch {
	case m.Rating > MaxRating:
		return fmt.Errorf("rating %d: %w: it is 0 to %d", m.Rating, ErrMark, MaxRating)
	case m.Flag >= numFlags:
		return fmt.Errorf("flag %d: %w", m.Flag, ErrMark)
	case m.Label >= NumLabels:
		return fmt.Errorf("label %d: %w", m.Label, ErrMark)
	}
	for i, tag := range m.Tags {
		if clean, err := CleanTag(tag); err != nil || clean != tag {
			return fmt.Errorf("tag %q: %w", tag, ErrMark)
		}
		if i > 0 && CompareTags(m.Tags[i-1], tag) >= 0 {
			return fmt.Errorf("tags %q and %q: %w in this order", m.Tags[i-1], tag, ErrMark)
		}
	}
	return nil
}

// TagSeparator parts the levels of a tag: "Places|Rome". Lightroom's hierarchical subjects have it too, and no
// keyword of that program can contain it.
const TagSeparator = "|"

// MaxTag is the greatest length of a tag in bytes.
const MaxTag = 256

// CleanTag returns a tag as it is stored: levels without spaces at their ends and with single ones
// between words, none of them empty. The error is an ErrMark if nothing is left, if it is longer than MaxTag, or no text.
func CleanTag(tag string) (string, error) {
	if !utf8.ValidString(tag) || strings.ContainsFunc(tag, func(r rune) bool { return unicode.IsControl(r) && !unicode.IsSpace(r) }) {
		return "", fmt.Errorf("tag %q: %w: it is no text", tag, ErrMark)
	}
	var levels []string
	for level := range strings.SplitSeq(tag, TagSeparator) {
		if level = strings.Join(strings.Fields(level), " "); level != "" {
			levels = append(levels, level)
		}
	}
	clean := strings.Join(levels, TagSeparator)
	switch {
	case clean == "":
		return "", fmt.Errorf("tag %q: %w: it is empty", tag, ErrMark)
	case len(clean) > MaxTag:
		return "", fmt.Errorf("tag %.20q...: %w: it has more than %d bytes", clean, ErrMark, MaxTag)
	}
	return clean, nil
}

// CompareTags orders tags without regard to case: 0 means that they are the same tag.
func CompareTags(a, b string) int { return cmp.Compare(strings.ToLower(a), strings.ToLower(b)) }

// HasTag reports whether m has a tag, as CleanTag returns it, itself.
func (m Marks) HasTag(tag string) bool {
	_, has := m.findTag(tag)
	return has
}

// WithTag returns m with a tag, as CleanTag returns it. If m has it in other letters, these stay.
func (m Marks) WithTag(tag string) Marks {
	if i, has := m.findTag(tag); !has {
		m.Tags = slices.Insert(slices.Clone(m.Tags), i, tag)
	}
	return m
}

// WithoutTag returns m without a tag, as CleanTag returns it. Tags below it stay.
func (m Marks) WithoutTag(tag string) Marks {
	i, has := m.findTag(tag)
	if !has {
		return m
	}
	m.Tags = slices.Delete(slices.Clone(m.Tags), i, i+1)
	if len(m.Tags) == 0 {
		m.Tags = nil
	}
	return m
}

func (m Marks) findTag(tag string) (int, bool) {
	return slices.BinarySearchFunc(m.Tags, tag, CompareTags)
}
