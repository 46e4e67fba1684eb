package face

import (
	"slices"
	"testing"
)

func TestReframe(t *testing.T) {
	for _, tt := range []struct {
		name           string
		box            Box
		fw, fh, tw, th int
		want           Box
	}{
		{"half the size", BoxAt(100, 200, 40, 60), 600, 400, 300, 200, BoxAt(50, 100, 20, 30)},
		{"a wide picture out of a higher one", BoxAt(0, 0, 1600, 900), 1600, 900, 1500, 1000, BoxAt(0, 78.125, 1500, 843.75)},
		{"a square one out of a wide one", BoxAt(0, 0, 100, 100), 1000, 1000, 1500, 1000, BoxAt(250, 0, 100, 100)},
		{"nothing is known", BoxAt(1, 2, 3, 4), 0, 0, 300, 200, BoxAt(1, 2, 3, 4)},
	} {
		if got := Reframe(tt.box, tt.fw, tt.fh, tt.tw, tt.th); got.IoU(tt.want) < .999 {
			t.Errorf("%s: %v, want %v", tt.name, got, tt.want)
		}
	}
}

// What changes in one picture changes in the other, and nothing else does: a face that the other knows already, under whatever number, is that one.
func TestFollow(t *testing.T) {
	box := BoxAt(10, 10, 40, 40)
	said := func(v int16) (s Said) {
		s[0] = v
		return s
	}
	a := &Analysis{W: 100, H: 100, Faces: []Face{{Number: 7, Box: BoxAt(12, 11, 40, 40)}}}
	for _, tt := range []struct {
		name          string
		there         []Edit
		a             *Analysis
		before, after Edit
		want          []Edit
	}{
		{"a name", nil, nil, Edit{Number: 1}, Edit{Number: 1, Box: box, Name: "Ada"}, []Edit{{Number: 1, Box: box, Name: "Ada"}}},
		{"a name of an analysed face", nil, a, Edit{Number: 1}, Edit{Number: 1, Box: box, Name: "Ada"}, []Edit{{Number: 7, Box: a.Faces[0].Box, Name: "Ada"}}},
		{
			"another name, beside what it says of its own",
			[]Edit{{Number: 7, Box: box, Name: "Bob", Verdict: Accepted, Said: said(2)}},
			a,
			Edit{Number: 1, Box: box, Name: "Ada"},
			Edit{Number: 1, Box: box, Name: "Eve"},
			[]Edit{{Number: 7, Box: box, Name: "Eve", Verdict: Accepted, Said: said(2)}},
		},
		{"taken back", []Edit{{Number: 3, Box: box, Said: said(2)}}, nil, Edit{Number: 1, Box: box, Said: said(2)}, Edit{Number: 1}, nil},
		{"drawn", []Edit{{Number: 3, Box: BoxAt(60, 60, 20, 20), Drawn: true}}, nil, Edit{Number: 1}, Edit{Number: 1, Box: box, Drawn: true}, []Edit{{Number: 3, Box: BoxAt(60, 60, 20, 20), Drawn: true}, {Number: 4, Box: box, Drawn: true}}},
		{"rejected", nil, a, Edit{Number: 1}, Edit{Number: 1, Box: box, Verdict: Rejected}, []Edit{{Number: 7, Box: a.Faces[0].Box, Verdict: Rejected}}},
	} {
		e := Edits{Faces: slices.Clone(tt.there)}
		e.Follow(tt.before, tt.after, tt.a, 0)
		if !slices.Equal(e.Faces, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, e.Faces, tt.want)
		}
	}
}
