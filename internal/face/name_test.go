package face

import (
	"errors"
	"strings"
	"testing"
)

func TestCleanName(t *testing.T) {
	for _, tt := range []struct{ name, want string }{
		{"Ada Lovelace", "Ada Lovelace"},
		{"  Ada \t Lovelace\n", "Ada Lovelace"},
		{"Zoë", "Zoë"},
		{"", ""},
		{" \t", ""},
		{"a\x00b", ""},
		{"\xff", ""},
		{strings.Repeat("x", MaxName+1), ""},
	} {
		got, err := CleanName(tt.name)
		if got != tt.want || (err != nil) != (tt.want == "") || err != nil && !errors.Is(err, ErrName) {
			t.Errorf("CleanName(%q) = %q, %v, want %q", tt.name, got, err, tt.want)
		}
	}
}

// A named face is certain, stays over analyses that do not find it, and loses its name again.
func TestCall(t *testing.T) {
	a := &Analysis{W: 400, H: 400, Have: BoundsBox, Faces: []Face{{Number: 1, Box: BoxAt(10, 10, 50, 50), Score: .7}, {Number: 2, Box: BoxAt(200, 10, 50, 50), Score: .7}}}
	var e Edits
	if err := e.Call(a, 3, "Ada"); !errors.Is(err, ErrNoFace) {
		t.Errorf("a face that is not there: %v", err)
	}
	if err := e.Call(a, 1, " Ada"); !errors.Is(err, ErrName) {
		t.Errorf("a name that is not clean: %v", err)
	}
	if err := e.Judge(a, 1, Rejected); err != nil {
		t.Fatal(err)
	}
	if err := e.Call(a, 1, "Ada"); err != nil {
		t.Fatal(err)
	}
	applied := Apply(a, &e)
	if f := applied.Faces[0]; f.Edit.Name != "Ada" || f.Doubtful() || !f.Edited() || !applied.Faces[1].Doubtful() {
		t.Errorf("faces %+v", applied.Faces)
	}
	if missing := e.Missing(&Analysis{W: 400, H: 400}); len(missing) != 1 || missing[0].Name != "Ada" {
		t.Errorf("a named face that was not found again: %+v", missing)
	}
	if err := e.Call(a, 1, ""); err != nil || len(e.Faces) != 0 {
		t.Errorf("without its name %+v, %v", e.Faces, err)
	}
}
