package face

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
)

// Verdict is what a person said about whether there is a face.
type Verdict uint8

// The verdicts. Their numbers are stored.
const (
	NoVerdict Verdict = iota
	Accepted          // it is a face, whatever the detector's score
	Rejected          // it is none
	numVerdicts
)

var verdictNames = [numVerdicts]string{"none", "accepted", "rejected"}

// String returns "none", "accepted" or "rejected".
func (v Verdict) String() string { return name(verdictNames[:], int(v)) }

// Edits is what people said about the faces of one photo. It is kept apart from the
// analysis, which never changes it: Apply brings the two together. The zero Edits says nothing.
//
// The numbers in the cbor tags are the stored form (package catalog): a number
// is never used again for something else.
type Edits struct {
	Faces []Edit `cbor:"1,keyasint,omitempty"` // by Number, each once, none that says nothing
	Last  uint32 `cbor:"2,keyasint,omitempty"` // the largest number that was ever given to a drawn face
}

// Edit is what people said about one face. One with nothing but Number and Box says nothing.
type Edit struct {
	Number  uint32  `cbor:"1,keyasint"`           // Face.Number
	Box     Box     `cbor:"2,keyasint"`           // as it was drawn, or where the face was when something was first said about it
	Drawn   bool    `cbor:"3,keyasint,omitempty"` // a person drew the box
	Verdict Verdict `cbor:"4,keyasint,omitempty"`
	Said    Said    `cbor:"5,keyasint,omitzero"`  // the values that a person gave
	Name    string  `cbor:"6,keyasint,omitempty"` // whose face it is, as CleanName returns it; "" if nobody said

	// Unseen says that more was said than Said has. Edits.Without alone sets it; it is never stored.
	Unseen bool `cbor:"-"`
}

// kept reports whether the face is there even if no detector finds it: whoever says what it shows
// says that it is one.
func (e Edit) kept() bool { return e.Verdict != Rejected && e.says() }

// says reports whether e says anything.
func (e Edit) says() bool { return e.shows() || e.Unseen }

// shows reports whether e says anything that can be seen.
func (e Edit) shows() bool {
	return e.Drawn || e.Verdict != NoVerdict || e.Said != Said{} || e.Name != ""
}

// Edited reports whether a person said anything about the face that can be seen: Apply tells. What is Unseen keeps the face
// certain, but nothing tells of it.
func (f *Face) Edited() bool { return f.Edit.shows() }

// Scored reports whether Score is the detector's word on a box that it found: it is not
// where a person gave the box.
func (f *Face) Scored() bool { return !f.Given && !f.Edit.Drawn }

// Errors of edits.
var (
	// ErrNoFace is the error of an edit of a face that the photo does not have.
	ErrNoFace = errors.New("the photo has no such face")
	// ErrSmallBox is the error of a drawn box that is too small, or outside the photo.
	ErrSmallBox = errors.New("the box is too small for a face")
)

// MinDrawnSide is the least width and height in pixels of the photo of a drawn box: in
// fewer there is nothing to be seen of a face.
const MinDrawnSide = 8

// SameFace is the least IoU at which a box of one analysis and a box of another are
// the same face: the boxes of two faces side by side share less, and those
// that two modes of the detector give of one face share more.
const SameFace = 0.4

// Of returns what was said about a face: no more than its number if nothing was.
func (e *Edits) Of(number uint32) Edit {
	if i, ok := e.find(number); ok {
		return e.Faces[i]
	}
	return Edit{Number: number}
}

// Set replaces what was said about a face; saying nothing takes it away.
func (e *Edits) Set(edit Edit) {
	i, ok := e.find(edit.Number)
	switch {
	case !edit.says() && ok:
		e.Faces = slices.Delete(e.Faces, i, i+1)
	case !edit.says():
	case ok:
		e.Faces[i] = edit
	default:
		e.Faces = slices.Insert(e.Faces, i, edit)
	}
}

func (e *Edits) find(number uint32) (int, bool) {
	return slices.BinarySearchFunc(e.Faces, number, func(f Edit, n uint32) int { return cmp.Compare(f.Number, n) })
}

// Judge gives a face of a, the photo's analysis as it is stored, or a face that was drawn, a verdict;
// NoVerdict takes one back. The error is ErrNoFace if there is no such face.
func (e *Edits) Judge(a *Analysis, number uint32, v Verdict) error {
	return e.amend(a, number, func(edit *Edit) { edit.Verdict = v })
}

// amend changes what was said about a face.
func (e *Edits) amend(a *Analysis, number uint32, change func(*Edit)) error {
	edit := e.Of(number)
	if !edit.says() {
		f := a.face(number)
		if f == nil {
			return fmt.Errorf("face %d: %w", number, ErrNoFace)
		}
		edit.Box = f.Box
	}
	change(&edit)
	e.Set(edit)
	return nil
}

// Draw adds a face that a person drew and returns its number, which no face of the photo
// ever had: a is the photo's analysis as it is stored, last the largest number that the catalog knows of.
// The part of box outside the photo is cut off. The error is ErrSmallBox if too little is left.
func (e *Edits) Draw(a *Analysis, box Box, last uint32) (number uint32, err error) {
	box = box.Intersect(BoxAt(0, 0, float32(a.W), float32(a.H)))
	if !(box.W() >= MinDrawnSide && box.H() >= MinDrawnSide) {
		return 0, fmt.Errorf("%.0f x %.0f pixels: %w", box.W(), box.H(), ErrSmallBox)
	}
	e.Last = e.largest(last, a) + 1
	e.Set(Edit{Number: e.Last, Box: box, Drawn: true})
	return e.Last, nil
}

// largest returns the largest of last and all numbers of edits and analysis; a may be nil.
func (e *Edits) largest(last uint32, a *Analysis) uint32 {
	last = max(last, e.Last)
	for i := range e.Faces {
		last = max(last, e.Faces[i].Number)
	}
	if a != nil {
		for i := range a.Faces {
			last = max(last, a.Faces[i].Number)
		}
	}
	return last
}

// face returns the face with a number, nil if there is none.
func (a *Analysis) face(number uint32) *Face {
	for i := range a.Faces {
		if a.Faces[i].Number == number {
			return &a.Faces[i]
		}
	}
	return nil
}

// Missing returns the edits of faces that are there because people said so, and that a, the
// photo's analysis as it is stored, does not have: nobody has looked at them yet.
func (e *Edits) Missing(a *Analysis) []Edit {
	var missing []Edit
	for _, edit := range e.Faces {
		if edit.kept() && a.face(edit.Number) == nil {
			missing = append(missing, edit)
		}
	}
	return missing
}

// Apply returns what the faces of a photo are once people have been heard: rejected
// faces are gone, accepted and corrected ones are not doubtful, drawn ones are faces of score 1, and a value
// that a person gave is the value, with probability 1. What a face is too small for is not said of it. A
// drawn face that nobody has looked at yet lacks every feature. It is the one place where analysis and edits
// meet: index, card, export and report all use what it returns. Neither a nor e is changed.
func Apply(a *Analysis, e *Edits) *Analysis {
	out := *a
	out.Faces = make([]Face, 0, len(a.Faces))
	for i := range a.Faces {
		edit := e.Of(a.Faces[i].Number)
		if edit.Verdict == Rejected || a.Faces[i].Given && !edit.kept() {
			continue
		}
		out.Faces = append(out.Faces, edit.applied(a.Faces[i], a.Have))
	}
	missing := e.Missing(a)
	for _, edit := range missing {
		out.Faces = append(out.Faces, edit.bare(a))
	}
	if len(missing) > 0 {
		sortFaces(out.Faces)
	}
	// What a person told of one face and nobody looked for is known of that face alone.
	var said Features
	for i := range out.Faces {
		said |= out.Faces[i].Edit.Said.Features() &^ a.Have
	}
	if said != 0 {
		out.Have |= said
		for i := range out.Faces {
			out.Faces[i].Lacks |= said &^ out.Faces[i].Edit.Said.Features()
		}
	}
	return &out
}

// RejectedFaces returns the faces that Apply leaves out because a person rejected them, the largest first.
func RejectedFaces(a *Analysis, e *Edits) []Face {
	var faces []Face
	for _, edit := range e.Faces {
		if edit.Verdict != Rejected {
			continue
		}
		if f := a.face(edit.Number); f != nil {
			faces = append(faces, edit.applied(*f, a.Have))
		} else {
			faces = append(faces, edit.bare(a))
		}
	}
	sortFaces(faces)
	return faces
}

// applied returns f, a face of an analysis that has features, as e has it.
func (e Edit) applied(f Face, have Features) Face {
	tiny := TooSmall(f.Box) & have // an earlier version guessed
	f.Small |= tiny
	f.Lacks |= tiny
	f = e.corrected(f)
	f.Edit = e
	if e.Drawn {
		f.Score = 1
	}
	return f
}

// bare returns the face of e of which no more is known than its box.
func (e Edit) bare(a *Analysis) Face {
	return e.applied(Face{Number: e.Number, Box: e.Box, Lacks: a.Have &^ BoundsBox, Given: true}, a.Have)
}

func sortFaces(faces []Face) {
	slices.SortStableFunc(faces, func(f, g Face) int { return cmp.Compare(g.Box.Area(), f.Box.Area()) })
}

// Renumber gives the faces of a, a new analysis of a photo, the numbers that the same
// faces have in former, the analysis before it (nil if there is none), and in e. Faces and boxes are matched
// one to one, the best IoU first, down to SameFace; all other faces get numbers that
// no face of the photo ever had: last is the largest number that the catalog knows of,
// and the largest one now is returned.
func (e *Edits) Renumber(a, former *Analysis, last uint32) uint32 {
	last = e.largest(last, former)
	type place struct {
		number uint32
		box    Box
	}
	var places []place
	if former != nil {
		for i := range former.Faces {
			places = append(places, place{former.Faces[i].Number, former.Faces[i].Box})
		}
	}
	for _, edit := range e.Faces {
		if former == nil || former.face(edit.Number) == nil {
			places = append(places, place{edit.Number, edit.Box})
		}
	}
	type pair struct {
		place, face int
		iou         float32
		same        bool // the face has the number already
	}
	var pairs []pair
	for i, p := range places {
		for k := range a.Faces {
			if iou := p.box.IoU(a.Faces[k].Box); iou >= SameFace {
				pairs = append(pairs, pair{i, k, iou, p.number == a.Faces[k].Number})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int {
		if p.iou == q.iou && p.same != q.same {
			if p.same {
				return -1
			}
			return 1
		}
		return cmp.Compare(q.iou, p.iou)
	})
	numbers, taken := make([]uint32, len(a.Faces)), make([]bool, len(places))
	for _, p := range pairs {
		if numbers[p.face] == 0 && !taken[p.place] {
			numbers[p.face], taken[p.place] = places[p.place].number, true
		}
	}
	for k := range a.Faces {
		if numbers[k] == 0 {
			last++
			numbers[k] = last
		}
		a.Faces[k].Number = numbers[k]
	}
	return last
}

// MarkGiven marks the faces of a that were looked at because of missing, the result of Missing, as
// faces of given boxes. Whoever looks at a given box gives it score 1, but a face that is accepted
// and not found again is no more certain than it was: it keeps the score that it has in
// former, the analysis before a, nil if there is none.
func MarkGiven(a, former *Analysis, missing []Edit) {
	for _, edit := range missing {
		f := a.face(edit.Number)
		if f == nil {
			continue
		}
		f.Given = true
		if former == nil {
			continue
		}
		if old := former.face(edit.Number); old != nil {
			f.Score = old.Score
		}
	}
}

// Keep adds to a, a new analysis whose faces have the numbers of former, the faces that
// people accepted or drew and that a does not have, as former knew them. former may be nil. What nobody has looked for in
// a face that is added is taken from all: a does not have it then, and it is found out like any other feature that was not looked for.
func (e *Edits) Keep(a, former *Analysis) {
	if former == nil {
		return
	}
	kept := false
	for _, edit := range e.Missing(a) {
		if f := former.face(edit.Number); f != nil {
			old := *f
			old.Given = true
			a.Faces = append(a.Faces, old)
			kept = true
		}
	}
	if kept {
		sortFaces(a.Faces)
		*a = *a.Without(a.Have &^ former.Have)
	}
}
