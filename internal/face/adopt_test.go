package face

import (
	"errors"
	"math"
	"reflect"
	"testing"
)

func TestAdopt(t *testing.T) {
	here, there, far := BoxAt(10, 10, 50, 50), BoxAt(12, 11, 50, 50), BoxAt(200, 100, 50, 50)
	a := &Analysis{W: 400, H: 300, Have: BoundsBox, Faces: []Face{{Number: 3, Box: here, Score: .9}}}
	said := func(feature Features, value int) (s Said) { s[feature.bit()] = int16(value) + 1; return s }
	both := said(AgeYears, 40)
	both[GenderClasses.bit()] = said(GenderClasses, int(Man))[GenderClasses.bit()]
	for _, tt := range []struct {
		name  string
		a     *Analysis
		now   []Edit
		said  []Edit
		want  []Edit
		taken int
	}{
		{"nothing is known yet", nil, nil, []Edit{{Number: 7, Box: there, Said: said(AgeYears, 40)}}, []Edit{{Number: 6, Box: there, Said: said(AgeYears, 40)}}, 1},
		{"the same face", a, nil, []Edit{{Number: 7, Box: there, Said: said(AgeYears, 40), Name: "Ada"}}, []Edit{{Number: 3, Box: here, Said: said(AgeYears, 40), Name: "Ada"}}, 1},
		{"a face that was not found", a, nil, []Edit{{Number: 3, Box: far, Drawn: true}}, []Edit{{Number: 6, Box: far, Drawn: true}}, 1},
		{
			"what was said since", a,
			[]Edit{{Number: 3, Box: here, Said: said(AgeYears, 20)}},
			[]Edit{{Number: 3, Box: there, Said: both, Name: "Ada", Verdict: Accepted}},
			[]Edit{{Number: 3, Box: here, Said: func() Said { s := both; s[AgeYears.bit()] = 21; return s }(), Name: "Ada", Verdict: Accepted}},
			1,
		},
		{"another name since", a, []Edit{{Number: 3, Box: here, Name: "Bob"}}, []Edit{{Number: 3, Box: there, Name: "Ada"}}, []Edit{{Number: 3, Box: here, Name: "Bob"}}, 0},
		{"rejected since", a, []Edit{{Number: 3, Box: here, Verdict: Rejected}}, []Edit{{Number: 3, Box: there, Said: both}}, []Edit{{Number: 3, Box: here, Verdict: Rejected}}, 0},
		{"rejected before, and corrected since", a, []Edit{{Number: 3, Box: here, Said: both}}, []Edit{{Number: 3, Box: there, Verdict: Rejected}}, []Edit{{Number: 3, Box: here, Said: both}}, 0},
		{"rejected", a, nil, []Edit{{Number: 1, Box: there, Verdict: Rejected}}, []Edit{{Number: 3, Box: here, Verdict: Rejected}}, 1},
		{"what says nothing", a, nil, []Edit{{Number: 1, Box: there}}, nil, 0},
	} {
		e := Edits{Faces: tt.now}
		for round, taken := range []int{tt.taken, 0} { // the second time there is nothing new
			if got := e.Adopt(tt.said, tt.a, 5); got != taken || !reflect.DeepEqual(e.Faces, tt.want) {
				t.Errorf("%s, time %d: took %d, %+v, want %d, %+v", tt.name, round+1, got, e.Faces, taken, tt.want)
			}
		}
	}
}

func TestCheckEdit(t *testing.T) {
	box := BoxAt(10, 10, 50, 50)
	for _, tt := range []struct {
		e    Edit
		want error
	}{
		{Edit{Box: box, Drawn: true}, nil},
		{Edit{Box: box, Name: "Ada"}, nil},
		{Edit{Box: box, Name: " Ada"}, ErrName},
		{Edit{Box: BoxAt(10, 10, 4, 4), Drawn: true}, ErrSmallBox},
		{Edit{Box: BoxAt(500, 10, 50, 50)}, ErrSmallBox},
		{Edit{Box: BoxAt(float32(math.NaN()), 10, 50, 50)}, ErrSmallBox},
		{Edit{Box: box, Said: Said{200}}, ErrNoValue},
		{Edit{Box: box, Verdict: numVerdicts}, ErrNoValue},
	} {
		if err := CheckEdit(tt.e, 400, 300); !errors.Is(err, tt.want) {
			t.Errorf("%+v: %v, want %v", tt.e, err, tt.want)
		}
	}
}

func TestDrop(t *testing.T) {
	a := &Analysis{Faces: []Face{{Number: 1}, {Number: 2}, {Number: 3}}}
	whole := a.Faces
	if n := a.Drop(func(f *Face) bool { return f.Number == 2 }); n != 1 || len(a.Faces) != 2 || a.Faces[1].Number != 3 || whole[1].Number != 2 {
		t.Errorf("%d gone, left are %+v of %+v", n, a.Faces, whole)
	}
}
