package face_test

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"semblance/internal/face"
)

// boxes are places that share nothing.
func boxAt(place int) face.Box { return face.BoxAt(float32(100*place), 50, 60, 80) }

// faceAt is a face at a place.
func faceAt(number uint32, place int, score float32) face.Face {
	return face.Face{Number: number, Box: boxAt(place), Score: score, Smile: float32(number) / 10}
}

func analysisOf(faces ...face.Face) *face.Analysis {
	return &face.Analysis{W: 1000, H: 500, Have: face.AllFeatures, Faces: faces}
}

// describe writes faces as "number@x score" with what was said, in their order.
func describe(faces []face.Face) string {
	var words []string
	for _, f := range faces {
		w := fmt.Sprintf("%d@%.0f %.2g", f.Number, f.Box.Min.X, f.Score)
		if f.Edit.Verdict != face.NoVerdict {
			w += " " + f.Edit.Verdict.String()
		}
		if f.Edit.Drawn {
			w += " drawn"
		}
		if f.Lacks != 0 {
			w += " bare"
		}
		if f.Doubtful() {
			w += "?"
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}

func TestApply(t *testing.T) {
	certain, doubtful := faceAt(1, 1, .99), faceAt(2, 2, .7)
	given := faceAt(3, 3, 1)
	given.Given = true
	say := func(number uint32, v face.Verdict) face.Edit {
		return face.Edit{Number: number, Box: boxAt(int(number)), Verdict: v}
	}
	drawn := face.Edit{Number: 3, Box: boxAt(3), Drawn: true}
	drawnRejected := drawn
	drawnRejected.Verdict = face.Rejected
	large := face.Edit{Number: 4, Box: face.BoxAt(500, 0, 200, 200), Drawn: true}
	tests := []struct {
		name     string
		faces    []face.Face
		edits    []face.Edit
		want     string
		rejected string
		accepted int
	}{
		{"nothing said", []face.Face{certain, doubtful}, nil, "1@100 0.99, 2@200 0.7?", "", 1},
		{"doubtful accepted", []face.Face{certain, doubtful}, []face.Edit{say(2, face.Accepted)}, "1@100 0.99, 2@200 0.7 accepted", "", 2},
		{"doubtful rejected", []face.Face{certain, doubtful}, []face.Edit{say(2, face.Rejected)}, "1@100 0.99", "2@200 0.7 rejected?", 1},
		{"certain rejected", []face.Face{certain, doubtful}, []face.Edit{say(1, face.Rejected)}, "2@200 0.7?", "1@100 0.99 rejected", 0},
		{"drawn, not looked at", []face.Face{certain}, []face.Edit{drawn}, "1@100 0.99, 3@300 1 drawn bare", "", 2},
		{"drawn, looked at", []face.Face{certain, given}, []face.Edit{drawn}, "1@100 0.99, 3@300 1 drawn", "", 2},
		{"drawn, then found by the detector", []face.Face{certain, faceAt(3, 3, .7)}, []face.Edit{drawn}, "1@100 0.99, 3@300 1 drawn", "", 2},
		{"drawing undone", []face.Face{certain, given}, nil, "1@100 0.99", "", 1},
		{"drawn, then rejected", []face.Face{certain, given}, []face.Edit{drawnRejected}, "1@100 0.99", "3@300 1 rejected drawn", 1},
		{"drawn, rejected before it was looked at", []face.Face{certain}, []face.Edit{drawnRejected}, "1@100 0.99", "3@300 1 rejected drawn bare", 1},
		{"accepted, not found any more", []face.Face{certain}, []face.Edit{say(2, face.Accepted)}, "1@100 0.99, 2@200 0 accepted bare", "", 2},
		{"the largest stands first", []face.Face{certain}, []face.Edit{large}, "4@500 1 drawn bare, 1@100 0.99", "", 2},
		{"no faces", nil, nil, "", "", 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a, e := analysisOf(tt.faces...), &face.Edits{Faces: tt.edits}
			before := describe(a.Faces)
			got := face.Apply(a, e)
			if s := describe(got.Faces); s != tt.want {
				t.Errorf("faces %s, want %s", s, tt.want)
			}
			if s := describe(face.RejectedFaces(a, e)); s != tt.rejected {
				t.Errorf("rejected %s, want %s", s, tt.rejected)
			}
			if n := got.Accepted(); n != tt.accepted {
				t.Errorf("%d accepted, want %d", n, tt.accepted)
			}
			if describe(a.Faces) != before {
				t.Errorf("the analysis was changed: %s", describe(a.Faces))
			}
		})
	}
}

// What an earlier version guessed of a face that is too small is not said, unless a person said it.
func TestApplyTooSmall(t *testing.T) {
	small, large := seen(1), seen(2)
	small.Box = face.BoxAt(10, 10, 15, 15)
	a := analysisOf(large, small)
	a.Have &^= face.Smiling
	var e face.Edits
	if err := errors.Join(e.Correct(a, 1, face.AgeYears, 5), e.Judge(a, 1, face.Accepted)); err != nil {
		t.Fatal(err)
	}
	want := face.TooSmall(small.Box) &^ face.Smiling
	if !want.Has(face.AgeYears | face.GlassesWorn) {
		t.Fatalf("the box is too small for %v alone", want)
	}
	faces := face.Apply(a, &e).Faces
	if f := faces[0]; f.Small != 0 || f.Lacks != 0 {
		t.Errorf("the large face lacks %v, is too small for %v", f.Lacks, f.Small)
	}
	if f := faces[1]; f.Small != want&^face.AgeYears || f.Lacks != f.Small || f.Age.Floor() != 5 || f.Model.Small != want {
		t.Errorf("the small face of %v lacks %v, is too small for %v, its model for %v, want %v", f.Age.Floor(), f.Lacks, f.Small, f.Model.Small, want)
	}
	if f := a.Faces[1]; f.Small != 0 || f.Lacks != 0 {
		t.Error("the analysis was changed")
	}
	if err := e.Judge(a, 1, face.Rejected); err != nil {
		t.Fatal(err)
	}
	if f := face.RejectedFaces(a, &e); len(f) != 1 || f[0].Small != want&^face.AgeYears {
		t.Errorf("rejected are %+v", f)
	}
}

func TestJudgeAndDraw(t *testing.T) {
	a := analysisOf(faceAt(1, 1, .99), faceAt(2, 2, .7))
	var e face.Edits
	steps := []struct {
		name string
		do   func() error
		want string // what Apply gives
	}{
		{"accept", func() error { return e.Judge(a, 2, face.Accepted) }, "1@100 0.99, 2@200 0.7 accepted"},
		{"reject instead", func() error { return e.Judge(a, 2, face.Rejected) }, "1@100 0.99"},
		{"take it back", func() error { return e.Judge(a, 2, face.NoVerdict) }, "1@100 0.99, 2@200 0.7?"},
		{"draw", func() error { _, err := e.Draw(a, boxAt(5), 6); return err }, "1@100 0.99, 2@200 0.7?, 7@500 1 drawn bare"},
		{"reject the drawn one", func() error { return e.Judge(a, 7, face.Rejected) }, "1@100 0.99, 2@200 0.7?"},
		{"restore it", func() error { return e.Judge(a, 7, face.NoVerdict) }, "1@100 0.99, 2@200 0.7?, 7@500 1 drawn bare"},
		{"take the drawing away", func() error { e.Set(face.Edit{Number: 7}); return nil }, "1@100 0.99, 2@200 0.7?"},
		{"its number is not used again", func() error { _, err := e.Draw(a, boxAt(6), 0); return err }, "1@100 0.99, 2@200 0.7?, 8@600 1 drawn bare"},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Errorf("%s: %v", s.name, err)
		}
		if got := describe(face.Apply(a, &e).Faces); got != s.want {
			t.Errorf("%s: faces %s, want %s", s.name, got, s.want)
		}
		if !slices.IsSortedFunc(e.Faces, func(f, g face.Edit) int { return int(f.Number) - int(g.Number) }) {
			t.Errorf("%s: edits are not sorted: %+v", s.name, e.Faces)
		}
	}
	if err := e.Judge(a, 99, face.Accepted); !errors.Is(err, face.ErrNoFace) {
		t.Errorf("a verdict about no face: %v, want %v", err, face.ErrNoFace)
	}
	nan := float32(math.NaN())
	for _, b := range []face.Box{{}, face.BoxAt(5, 5, 7, 100), face.BoxAt(997, 5, 50, 50), face.BoxAt(2000, 0, 50, 50), face.BoxAt(9, 9, -5, -5), face.BoxAt(nan, 0, 20, 20)} {
		if n, err := e.Draw(a, b, 0); !errors.Is(err, face.ErrSmallBox) {
			t.Errorf("box %v became face %d, %v", b, n, err)
		}
	}
	n, err := e.Draw(a, face.BoxAt(-20, 450, 100, 100), 0)
	if want := face.BoxAt(0, 450, 80, 50); err != nil || e.Of(n).Box != want {
		t.Errorf("a box that reaches beyond the photo became %v, %v, want %v", e.Of(n).Box, err, want)
	}
}

// moved is a face that shares iou with the place.
func moved(number uint32, place int, iou float32) face.Face {
	f := faceAt(number, place, .9)
	d := f.Box.W() * (1 - iou) / (1 + iou)
	f.Box = face.BoxAt(f.Box.Min.X+d, f.Box.Min.Y, f.Box.W(), f.Box.H())
	return f
}

func TestRenumber(t *testing.T) {
	judged := []face.Edit{{Number: 9, Box: boxAt(5), Verdict: face.Rejected}}
	tests := []struct {
		name   string
		former *face.Analysis
		edits  face.Edits
		last   uint32
		faces  []face.Face
		want   []uint32
		end    uint32
	}{
		{"first analysis", nil, face.Edits{}, 0, []face.Face{faceAt(1, 1, .9), faceAt(2, 2, .9)}, []uint32{1, 2}, 2},
		{"the same faces in another order", analysisOf(faceAt(1, 1, .9), faceAt(2, 2, .9)), face.Edits{}, 2, []face.Face{faceAt(1, 2, .9), faceAt(2, 1, .9)}, []uint32{2, 1}, 2},
		{"one more", analysisOf(faceAt(1, 1, .9)), face.Edits{}, 4, []face.Face{faceAt(1, 3, .9), faceAt(2, 1, .9)}, []uint32{5, 1}, 5},
		{"moved a little", analysisOf(faceAt(1, 1, .9)), face.Edits{}, 1, []face.Face{moved(1, 1, .41)}, []uint32{1}, 1},
		{"moved too far", analysisOf(faceAt(1, 1, .9)), face.Edits{}, 1, []face.Face{moved(1, 1, .39)}, []uint32{2}, 2},
		{"two for one: the nearer", analysisOf(faceAt(1, 1, .9)), face.Edits{}, 1, []face.Face{moved(1, 1, .5), moved(2, 1, .8)}, []uint32{2, 1}, 2},
		{"one for two: the nearer", analysisOf(moved(1, 1, .5), moved(2, 1, .8)), face.Edits{}, 2, []face.Face{faceAt(1, 1, .9)}, []uint32{2}, 2},
		{"equal boxes keep their numbers", analysisOf(faceAt(1, 1, .9), faceAt(2, 1, .9)), face.Edits{}, 2, []face.Face{faceAt(2, 1, .9), faceAt(1, 1, .9)}, []uint32{2, 1}, 2},
		{"a rejected one that the former analysis did not have", analysisOf(faceAt(1, 1, .9)), face.Edits{Faces: judged}, 9, []face.Face{moved(1, 5, .6), faceAt(2, 1, .9)}, []uint32{9, 1}, 9},
		{"edits without a former analysis", nil, face.Edits{Faces: judged}, 0, []face.Face{faceAt(1, 1, .9), moved(2, 5, .6)}, []uint32{10, 9}, 10},
		{"numbers of undone drawings are not used again", nil, face.Edits{Last: 12}, 0, []face.Face{faceAt(1, 1, .9)}, []uint32{13}, 13},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := analysisOf(slices.Clone(tt.faces)...)
			end := tt.edits.Renumber(a, tt.former, tt.last)
			if got := numbers(a); !slices.Equal(got, tt.want) || end != tt.end {
				t.Errorf("numbers %v up to %d, want %v up to %d", got, end, tt.want, tt.end)
			}
		})
	}
}

func numbers(a *face.Analysis) []uint32 {
	var n []uint32
	for i := range a.Faces {
		n = append(n, a.Faces[i].Number)
	}
	return n
}

// TestRenumberAgainstSearch compares Renumber with a search for the best pair, again and again, over crowds.
func TestRenumberAgainstSearch(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	crowd := func(n int) *face.Analysis {
		a := analysisOf()
		for i := range n {
			a.Faces = append(a.Faces, face.Face{Number: uint32(i + 1), Box: face.BoxAt(rng.Float32()*90, rng.Float32()*90, 30+20*rng.Float32(), 40)})
		}
		return a
	}
	matched := 0
	for range 500 {
		former, a := crowd(rng.IntN(9)), crowd(rng.IntN(9))
		want := make([]uint32, len(a.Faces))
		for {
			best, of, to := float32(0), -1, -1
			for i := range former.Faces {
				for k := range a.Faces {
					iou := former.Faces[i].Box.IoU(a.Faces[k].Box)
					if iou >= face.SameFace && iou > best && want[k] == 0 && !slices.Contains(want, former.Faces[i].Number) {
						best, of, to = iou, i, k
					}
				}
			}
			if of < 0 {
				break
			}
			want[to] = former.Faces[of].Number
			matched++
		}
		last := uint32(len(former.Faces))
		for k := range want {
			if want[k] == 0 {
				last++
				want[k] = last
			}
		}
		if end := (&face.Edits{}).Renumber(a, former, 0); !slices.Equal(numbers(a), want) || end != last {
			t.Fatalf("numbers %v up to %d, want %v up to %d", numbers(a), end, want, last)
		}
	}
	if matched < 200 {
		t.Errorf("only %d faces were matched: the test tests nothing", matched)
	}
}

func TestMarkGiven(t *testing.T) {
	former := analysisOf(faceAt(1, 1, .99), faceAt(2, 2, .7))
	missing := []face.Edit{{Number: 2, Box: boxAt(2), Verdict: face.Accepted}, {Number: 3, Box: boxAt(3), Drawn: true}, {Number: 4, Box: boxAt(4), Drawn: true}}
	for _, tt := range []struct {
		former *face.Analysis
		score  float32 // of face 2
	}{{nil, 1}, {former, .7}} {
		a := analysisOf(faceAt(1, 1, .9), faceAt(2, 2, 1), faceAt(3, 3, 1))
		face.MarkGiven(a, tt.former, missing)
		for i, want := range []face.Face{{Score: .9}, {Score: tt.score, Given: true}, {Score: 1, Given: true}} {
			if f := &a.Faces[i]; f.Score != want.Score || f.Given != want.Given || f.Scored() == want.Given {
				t.Errorf("face %d with a former one (%v): score %v, given %v, scored %v; want %v, %v", f.Number, tt.former != nil, f.Score, f.Given, f.Scored(), want.Score, want.Given)
			}
		}
	}
	if f := face.Apply(analysisOf(), &face.Edits{Faces: missing}).Faces[0]; f.Scored() {
		t.Errorf("nobody looked at face %d, and yet it has a score", f.Number)
	}
}

func TestKeep(t *testing.T) {
	former := analysisOf(faceAt(1, 1, .99), faceAt(2, 2, .7), faceAt(3, 3, .7), faceAt(4, 4, 1))
	former.Have &^= face.EyeStates
	e := &face.Edits{Faces: []face.Edit{
		{Number: 2, Box: boxAt(2), Verdict: face.Accepted},
		{Number: 3, Box: boxAt(3), Verdict: face.Rejected},
		{Number: 4, Box: boxAt(4), Drawn: true},
		{Number: 5, Box: boxAt(5), Drawn: true},
	}}
	a := analysisOf(faceAt(1, 1, .99))
	e.Keep(a, nil)
	if got := numbers(a); !slices.Equal(got, []uint32{1}) {
		t.Errorf("kept %v without a former analysis", got)
	}
	e.Keep(a, former)
	if got := numbers(a); !slices.Equal(got, []uint32{1, 2, 4}) {
		t.Errorf("faces %v, want the accepted and the drawn one to stay", got)
	}
	if f := a.Faces[1]; !f.Given || f.Lacks != 0 || f.Smile != former.Faces[1].Smile {
		t.Errorf("the kept face is %+v, want its values", f)
	}
	if want := face.AllFeatures &^ face.EyeStates; a.Have != want {
		t.Errorf("the analysis has %v, want %v: nobody has looked for the rest in all faces", a.Have, want)
	}
	if former.Faces[1].Given {
		t.Error("the former analysis was changed")
	}
	// Once nobody wants it any more, what the detector did not find is gone.
	e.Set(face.Edit{Number: 2})
	if got := numbers(face.Apply(a, e)); !slices.Equal(got, []uint32{1, 4, 5}) {
		t.Errorf("faces %v after the verdict was taken back", got)
	}
}
