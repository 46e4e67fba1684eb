package face

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// ErrName is the error of a name that cannot be one.
var ErrName = errors.New("not a name")

// MaxName is the greatest length of a person's name in bytes.
const MaxName = 200

// CleanName returns a person's name as it is stored: without spaces at its ends, with single ones between words. The
// error is ErrName if nothing is left, if it is longer than MaxName, or no text.
func CleanName(name string) (string, error) {
	clean := strings.Join(strings.Fields(name), " ")
	switch {
	case clean == "":
		return "", fmt.Errorf("%q: %w: it is empty", name, ErrName)
	case len(clean) > MaxName:
		return "", fmt.Errorf("%.20q...: %w: it has more than %d bytes", clean, ErrName, MaxName)
	case !utf8.ValidString(clean) || strings.ContainsFunc(clean, unicode.IsControl):
		return "", fmt.Errorf("%q: %w: it is no text", name, ErrName)
	}
	return clean, nil
}

// Call says whose face it is: name is as CleanName returns it, and "" takes the name away. Whoever names a face says
// that it is one. The error is ErrNoFace or ErrName.
func (e *Edits) Call(a *Analysis, number uint32, name string) error {
	if name != "" {
		if clean, err := CleanName(name); err != nil || clean != name {
			return fmt.Errorf("%q: %w", name, ErrName)
		}
	}
	return e.amend(a, number, func(edit *Edit) {
		edit.Name = name
		if name != "" && edit.Verdict == Rejected {
			edit.Verdict = NoVerdict
		}
	})
}
