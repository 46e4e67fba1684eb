package catalog

import (
	"cmp"
	"reflect"
	"slices"
	"strings"

	"github.com/zeebo/xxh3"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// Item is a thing that a file of another program can say about a photo. It is a set, whose bits are stored.
type Item uint8

// The items.
const (
	ItemRating Item = 1 << iota
	ItemFlag        // whether it is rejected: programs write that in place of the stars
	ItemLabel
	ItemTags
	ItemNames // of faces
)

// Told is what a file says about a photo that another program wrote: a sidecar, or the metadata within the photo's file. It is kept apart
// from what people say here, whatever becomes of that.
//
// The numbers in the cbor tags are the stored form: a number is never used again for something else.
type Told struct {
	Says    Item        `cbor:"1,keyasint,omitempty"` // what it speaks about
	Marks   photo.Marks `cbor:"2,keyasint,omitzero"`  // sound ones (photo.Marks.Check); of the flags Rejected alone
	Names   []Named     `cbor:"3,keyasint,omitempty"`
	File    string      `cbor:"4,keyasint,omitempty"` // the name of the sidecar, without its folder; "" for the photo's own file
	Problem string      `cbor:"5,keyasint,omitempty"` // why some of it, or all, could not be read: a sentence for people
}

// Named is a face that a file gives a name.
type Named struct {
	Name string   `cbor:"1,keyasint"` // as face.CleanName returns it
	Box  face.Box `cbor:"2,keyasint"` // in fractions of the upright photo, 0..1
}

// Source is what the files of a photo under one path said when they were read last.
type Source struct {
	Path    uint64 `cbor:"1,keyasint"` // pathKey
	Own     Told   `cbor:"2,keyasint,omitzero"`
	Sidecar Told   `cbor:"3,keyasint,omitzero"`
}

// Heard is everything that other programs said about a content, and where it differs from what people say here. The zero Heard is nothing.
type Heard struct {
	Sources []Source     `cbor:"1,keyasint,omitempty"` // the one that was heard first is the first one
	Open    []Difference `cbor:"2,keyasint,omitempty"` // that nobody has decided about
	// Deaf says that no names of faces are read from the files any more: a person was removed from the catalog who is, or may be, in them.
	Deaf bool `cbor:"3,keyasint,omitempty"`
}

// A Difference is what another program says since it changed its file, where people say something else here.
type Difference struct {
	Item  Item        `cbor:"1,keyasint"`
	File  string      `cbor:"2,keyasint,omitempty"` // as in Told
	Marks photo.Marks `cbor:"3,keyasint,omitzero"`  // what it says, of ItemRating to ItemTags
	Face  uint32      `cbor:"4,keyasint,omitempty"` // the number of the face, of ItemNames
	Name  string      `cbor:"5,keyasint,omitempty"` // that it gives the face, "" for none
}

// maxSources bounds how many paths of one content are told apart: the one that was heard first is given up.
const maxSources = 8

// IsZero reports whether nothing was heard.
func (h *Heard) IsZero() bool { return len(h.Sources) == 0 && len(h.Open) == 0 && !h.Deaf }

// pathKey is how a path is stored in a Source.
func pathKey(path string) uint64 { return xxh3.HashString(path) }

// Source returns what the files of the photo at path said, or, where nobody has read any there, those at another path.
func (h *Heard) Source(path string) (s Source, ok bool) {
	if i := h.sourceOf(path); i >= 0 {
		return h.Sources[i], true
	}
	if n := len(h.Sources); n > 0 {
		return h.Sources[n-1], true
	}
	return Source{}, false
}

func (h *Heard) sourceOf(path string) int {
	return slices.IndexFunc(h.Sources, func(s Source) bool { return s.Path == pathKey(path) })
}

// part returns the one of the two that a file is.
func (s *Source) part(sidecar bool) *Told {
	if sidecar {
		return &s.Sidecar
	}
	return &s.Own
}

// Theirs returns what the files say together: the sidecar counts, and the photo's own file where the sidecar says nothing.
func (s *Source) Theirs() Told {
	t := s.Own
	side := &s.Sidecar
	t.Says |= side.Says
	if side.Says&ItemRating != 0 {
		t.Marks.Rating = side.Marks.Rating
	}
	if side.Says&ItemFlag != 0 {
		t.Marks.Flag = side.Marks.Flag
	}
	if side.Says&ItemLabel != 0 {
		t.Marks.Label = side.Marks.Label
	}
	if side.Says&ItemTags != 0 {
		t.Marks.Tags = side.Marks.Tags
	}
	if side.Says&ItemNames != 0 {
		t.Names = side.Names
	}
	return t
}

// FileOf returns the file that speaks about an item, as Told.File.
func (s *Source) FileOf(i Item) string {
	if s.Sidecar.Says&i != 0 {
		return s.Sidecar.File
	}
	return ""
}

// hear takes over what a file of the photo at path says now, and reports whether that changed anything of r.
//
// What that file said when it was read last is the base of a comparison of three, item by item. Where the file says what it said,
// nothing happens: what people say here stays, also where they removed what the file says. Where it says something else and people say what
// the base said, or what it says now, its word is taken. Where both have changed, what people say stays in force, and the other is kept as a Difference.
// Of tags each is an item of its own: what either side added is there. Only a removal can differ: of a tag that is here, while people have changed the
// tags since.
func (r *Record) hear(path string, sidecar bool, t Told) (changed bool) {
	h := &r.Heard
	if h.Deaf {
		t.Names, t.Says = nil, t.Says&^ItemNames
	}
	i := h.sourceOf(path)
	if i < 0 {
		if len(h.Sources) == 0 && reflect.ValueOf(t).IsZero() {
			return false
		}
		h.Sources = append(slices.Clone(h.Sources), h.moved(path, sidecar, &t))
		h.Sources = h.Sources[max(0, len(h.Sources)-maxSources):]
		i = len(h.Sources) - 1
	} else {
		if reflect.DeepEqual(*h.Sources[i].part(sidecar), t) {
			return false
		}
		h.Sources = slices.Clone(h.Sources)
	}
	s := &h.Sources[i]
	base := s.Theirs()
	part := s.part(sidecar)
	if t.Marks.Flag == photo.Rejected { // a program writes that in place of the stars, which it knows no more
		t.Marks.Rating = part.Marks.Rating
	}
	if t.Says == 0 && t.Problem != "" { // it could not be read: what it said stays
		t.Says, t.Marks, t.Names = part.Says, part.Marks, part.Names
	}
	*part = t
	r.hearMarks(s, base.Marks, s.Theirs().Marks)
	r.hearNames(s, base.Names, s.Theirs().Names)
	return true
}

// moved returns the source of a path of which nothing was read so far. If another path has a file that says the same, the photo was moved or copied
// with what is said of it: nothing of that is new.
func (h *Heard) moved(path string, sidecar bool, t *Told) Source {
	for i := len(h.Sources) - 1; i >= 0; i-- {
		if s := h.Sources[i]; reflect.DeepEqual(s.part(sidecar).facts(), t.facts()) {
			s.Path = pathKey(path)
			return s
		}
	}
	return Source{Path: pathKey(path)}
}

// facts is t without the name of the file, which may have changed with the photo's.
func (t *Told) facts() Told {
	f := *t
	f.File = ""
	return f
}

// compared is the comparison of three. differs says that both sides have changed.
func compared[T comparable](base, theirs, ours T) (now T, differs bool) {
	switch {
	case theirs == base || theirs == ours:
		return ours, false
	case ours == base:
		return theirs, false
	}
	return ours, true
}

func (r *Record) hearMarks(s *Source, base, theirs photo.Marks) {
	note := func(i Item, changed, differs bool) {
		if changed {
			r.Heard.decide(i, 0)
		}
		if differs {
			r.Heard.Open = append(r.Heard.Open, Difference{Item: i, File: s.FileOf(i), Marks: only(i, theirs)})
		}
	}
	var differs bool
	r.Marks.Rating, differs = compared(base.Rating, theirs.Rating, r.Marks.Rating)
	note(ItemRating, base.Rating != theirs.Rating, differs)
	r.Marks.Flag, differs = compared(base.Flag, theirs.Flag, r.Marks.Flag)
	note(ItemFlag, base.Flag != theirs.Flag, differs)
	r.Marks.Label, differs = compared(base.Label, theirs.Label, r.Marks.Label)
	note(ItemLabel, base.Label != theirs.Label, differs)
	if sameTags(base.Tags, theirs.Tags) {
		return
	}
	differs = false
	if sameTags(base.Tags, r.Marks.Tags) {
		r.Marks.Tags = slices.Clone(theirs.Tags)
	} else {
		for _, tag := range theirs.Tags {
			if !base.HasTag(tag) {
				r.Marks = r.Marks.WithTag(tag)
			}
		}
		for _, tag := range base.Tags {
			differs = differs || !theirs.HasTag(tag) && r.Marks.HasTag(tag)
		}
	}
	note(ItemTags, true, differs)
}

func sameTags(a, b []string) bool {
	return slices.EqualFunc(a, b, func(a, b string) bool { return photo.CompareTags(a, b) == 0 })
}

// only returns what marks say of one item.
func only(i Item, m photo.Marks) photo.Marks { return taken(photo.Marks{}, i, m) }

// hearNames compares the names that files give faces. A name of which no face is found where it should be gets a box of its own, so
// that people see it.
func (r *Record) hearNames(s *Source, base, theirs []Named) {
	if reflect.DeepEqual(base, theirs) || r.Analysis.W <= 0 || r.Analysis.H <= 0 {
		return
	}
	// Faces of which the file says something else now: those that it names, and those that it named.
	type change struct {
		box          face.Box // pixels of the upright photo
		before, name string
	}
	var changes []change
	was := paired(boxesOf(theirs), boxesOf(base))
	gone := map[int]bool{}
	for i := range base {
		gone[i] = true
	}
	for i, n := range theirs {
		c := change{box: r.pixels(n.Box), name: n.Name}
		if k := was[i]; k >= 0 {
			c.before = base[k].Name
			delete(gone, k)
		}
		changes = append(changes, c)
	}
	for i, n := range base {
		if gone[i] {
			changes = append(changes, change{box: r.pixels(n.Box), before: n.Name})
		}
	}
	numbers, places := r.places()
	boxes := make([]face.Box, len(changes))
	for i := range changes {
		boxes[i] = changes[i].box
	}
	for i, at := range paired(boxes, places) {
		c := changes[i]
		switch {
		case c.name == c.before:
		case at >= 0:
			r.hearName(numbers[at], c.before, c.name, s.FileOf(ItemNames))
		case c.name != "":
			if number, err := r.Edits.Draw(&r.Analysis, c.box, r.Last); err == nil { // else it is too small to be seen
				_ = r.Edits.Call(&r.Analysis, number, c.name) // it is there, and the name is clean
			}
		}
	}
}

// hearName compares the name of one face.
func (r *Record) hearName(number uint32, base, theirs, file string) {
	edit := r.Edits.Of(number)
	r.Heard.decide(ItemNames, number)
	now, differs := compared(base, theirs, edit.Name)
	if edit.Verdict == face.Rejected { // whatever its name was, people say that it is no face
		now, differs = edit.Name, theirs != ""
	}
	switch {
	case differs:
		r.Heard.Open = append(r.Heard.Open, Difference{Item: ItemNames, File: file, Face: number, Name: theirs})
	case now == edit.Name:
	case now == "" && edit.Drawn && edit.Verdict == face.NoVerdict && edit.Said == face.Said{}:
		r.Edits.Set(face.Edit{Number: number}) // the box was there because of the name
	default:
		_ = r.Edits.Call(&r.Analysis, number, now) // it is there, and the name is clean
	}
}

// pixels returns a box in pixels of the photo.
func (r *Record) pixels(b face.Box) face.Box {
	w, h := float32(r.Analysis.W), float32(r.Analysis.H)
	return face.Box{Min: face.Pt(b.Min.X*w, b.Min.Y*h), Max: face.Pt(b.Max.X*w, b.Max.Y*h)}
}

// places returns the faces that an analysis found or that people spoke of, rejected ones included.
func (r *Record) places() (numbers []uint32, boxes []face.Box) {
	for i := range r.Analysis.Faces {
		numbers, boxes = append(numbers, r.Analysis.Faces[i].Number), append(boxes, r.Analysis.Faces[i].Box)
	}
	for _, e := range r.Edits.Faces {
		if !slices.Contains(numbers, e.Number) {
			numbers, boxes = append(numbers, e.Number), append(boxes, e.Box)
		}
	}
	return numbers, boxes
}

func boxesOf(names []Named) []face.Box {
	boxes := make([]face.Box, len(names))
	for i := range names {
		boxes[i] = names[i].Box
	}
	return boxes
}

// paired returns for each box of a the place in b of the one that is the same face, -1 if there is none: one to one, the best IoU first.
func paired(a, b []face.Box) []int {
	type pair struct {
		a, b int
		iou  float32
	}
	var pairs []pair
	out := make([]int, len(a))
	for i := range a {
		out[i] = -1
		for k := range b {
			if iou := a[i].IoU(b[k]); iou >= face.SameFace {
				pairs = append(pairs, pair{i, k, iou})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(q.iou, p.iou) })
	taken := make([]bool, len(b))
	for _, p := range pairs {
		if out[p.a] < 0 && !taken[p.b] {
			out[p.a], taken[p.b] = p.b, true
		}
	}
	return out
}

// decide ends the difference about an item; number is the face's of ItemNames.
func (h *Heard) decide(i Item, number uint32) {
	h.Open = slices.DeleteFunc(slices.Clone(h.Open), func(d Difference) bool { return d.Item == i && d.Face == number })
	if len(h.Open) == 0 {
		h.Open = nil
	}
}

// Differences returns what other programs say that people say otherwise and that nobody has decided about, in the order of the items.
func (r *Record) Differences() []Difference {
	var out []Difference
	numbers, _ := r.places()
	for _, d := range r.Heard.Open {
		differs := !only(d.Item, r.Marks).Equal(d.Marks)
		if d.Item == ItemNames {
			differs = slices.Contains(numbers, d.Face) && r.Edits.Of(d.Face).Name != d.Name
		}
		if differs {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Difference) int { return cmp.Or(cmp.Compare(a.Item, b.Item), cmp.Compare(a.Face, b.Face)) })
	return out
}

// Decide ends a difference: theirs says that what the other program says holds from now on, else what people say here does. It is for an edit
// of the catalog (EditAll). The error is face.ErrNoFace where the face is not there any more.
func (r *Record) Decide(d Difference, theirs bool) error {
	if theirs {
		if d.Item == ItemNames {
			if err := r.Edits.Call(&r.Analysis, d.Face, d.Name); err != nil {
				return err
			}
		} else {
			r.Marks = taken(r.Marks, d.Item, d.Marks)
		}
	}
	r.Heard.decide(d.Item, d.Face)
	return nil
}

// taken returns m with what other says of an item.
func taken(m photo.Marks, i Item, other photo.Marks) photo.Marks {
	switch i {
	case ItemRating:
		m.Rating = other.Rating
	case ItemFlag:
		m.Flag = other.Flag
	case ItemLabel:
		m.Label = other.Label
	case ItemTags:
		m.Tags = slices.Clone(other.Tags)
	}
	return m
}

// carried returns what is known of other programs' words about a content where another one follows it: if it is the same picture in
// another orientation, with the boxes where they are now, else without faces.
func (h Heard) carried(from, to photo.ID) Heard {
	h.Sources = slices.Clone(h.Sources)
	turn := func(t *Told) {
		if !samePicture(from, to) {
			t.Names, t.Says = nil, t.Says&^ItemNames
			return
		}
		t.Names = slices.Clone(t.Names)
		for i, n := range t.Names {
			t.Names[i].Box = turning(from, to).Box(n.Box, 1, 1)
		}
	}
	for i := range h.Sources {
		turn(&h.Sources[i].Own)
		turn(&h.Sources[i].Sidecar)
	}
	if !samePicture(from, to) {
		h.Open = slices.DeleteFunc(slices.Clone(h.Open), func(d Difference) bool { return d.Item == ItemNames })
	}
	return h
}

// names reports whether a file or a difference names somebody.
func (h *Heard) names(is func(string) bool) bool {
	named := func(n Named) bool { return is(n.Name) }
	return slices.ContainsFunc(h.Sources, func(s Source) bool {
		return slices.ContainsFunc(s.Own.Names, named) || slices.ContainsFunc(s.Sidecar.Names, named)
	}) || slices.ContainsFunc(h.Open, func(d Difference) bool { return is(d.Name) })
}

// silence removes all names of faces and has none be read again: a person is removed who may be named in files.
func (h *Heard) silence(is func(string) bool) {
	h.Sources = slices.Clone(h.Sources)
	for i := range h.Sources {
		for _, sidecar := range []bool{false, true} {
			t := h.Sources[i].part(sidecar)
			t.Names, t.Says = nil, t.Says&^ItemNames
		}
	}
	h.Open = slices.DeleteFunc(slices.Clone(h.Open), func(d Difference) bool { return is(d.Name) })
	h.Deaf = true
}

// CleanTold returns what a file says as it can be taken over: at most maxTold tags and names, each as photo.CleanTag and face.CleanName
// return it. Others are left out.
func CleanTold(t Told) Told {
	var marks photo.Marks
	for _, tag := range t.Marks.Tags {
		if clean, err := photo.CleanTag(strings.ToValidUTF8(tag, "")); err == nil && len(marks.Tags) < maxTold {
			marks = marks.WithTag(clean)
		}
	}
	t.Marks.Tags = marks.Tags
	var names []Named
	for _, n := range t.Names {
		if clean, err := face.CleanName(n.Name); err == nil && len(names) < maxTold {
			names = append(names, Named{clean, n.Box})
		}
	}
	t.Names = names
	return t
}

// maxTold is how many tags and names of one file are taken over.
const maxTold = 500
