package catalog

import (
	"math"
	"slices"
	"strings"
	"time"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// index is everything that filters look at. It knows no disk; Catalog guards it.
type index struct {
	photos []photoRow
	refs   refTable // by path, those that are gone included
	byID   refTable // one photo of each identity; photoRow.same leads to the others
	live   bitset   // photos that are shown: they are not gone, and not hidden by the other half of a pair
	known  bitset   // photos with an analysis
	byPath *ordering
	byTime *ordering
	byName *ordering
	names  names       // of the files
	modes  []string    // each Entry.Mode once
	asked  query.Photo // what refresh looks at

	albums   []Album // by name
	searches []Search

	photoFields  []*query.Field
	photoColumns []photoColumn
	folders      *photoColumn // the one of the field folder
	cameras      *photoColumn // the one of the field camera
	tags         texts        // of photos, those that are gone included
	offline      bitset       // photos that lie where nothing is now: see Catalog.SetOffline
	pairs        pairs

	// The faces of a photo are in consecutive rows. These are apart from photos
	// because filters walk through them.
	first    []uint32 // of each photo, its first face
	count    []uint16 // of each photo, how many faces it has
	accepted []uint16 // of each photo, how many of them are not doubtful

	faces       int      // rows, dead ones included
	liveFaces   bitset   // faces that are shown: not replaced, and their photo not gone
	dead        int      // replaced faces
	photoOf     []Ref    // of each face
	numbers     []uint32 // face.Face.Number of each face
	faceFields  []*query.Field
	faceColumns []faceColumn
	person      *query.Field // the field of the names of faces
	persons     texts        // names of faces, those that are not shown included
	called      []int32      // of each face, 1 + the place of its name in persons, 0 for none; shorter if the last faces have none
}

// The names of fields that the index keeps in a way of their own.
const (
	fieldPerson = "person"
	fieldTag    = "tag"
	fieldAlbum  = "album"
)

// photoColumn holds one photo field for every photo.
type photoColumn struct {
	values []bitset         // for each value of the field
	codes  []int32          // the number, or the place in texts; none for a Choice, for a Text that does not repeat and for one of many
	texts  []string         // each text once
	places map[string]int32 // in texts
	last   int32            // place returned it
	holds  [][]uint8        // of the codes from unsaid on that are not large: the values that hold; not of a Text
}

// mostHeld is the largest code in photoColumn.holds.
const mostHeld = 100

// of returns the values that hold for a code of the field of the column.
func (c *photoColumn) of(f *query.Field, code int) []uint8 {
	if at := code - unsaid; at < len(c.holds) {
		return c.holds[at]
	}
	return holding(f, code)
}

// photoRow is a photo in the index.
type photoRow struct {
	path   string
	stored pathValue
	same   Ref // the next photo with the same identity, or none
	w, h   int32
	taken  time.Time
	camera string
	marks  *photo.Marks  // nil for none
	have   face.Features // Entry.Have
	mode   uint8         // place in index.modes

	differs bool // row.Differs
}

// none is no photo.
const none = ^Ref(0)

func newIndex() *index {
	ix := &index{
		modes:       []string{""},
		faceFields:  query.FaceFields(),
		photoFields: query.PhotoFields(),
	}
	ix.refs = newRefTable(func(ref Ref) uint64 { return hashPath(ix.photos[ref].path) })
	ix.byID = newRefTable(func(ref Ref) uint64 { return hashID(&ix.photos[ref].stored.ID) })
	ix.faceColumns = newFaceColumns(ix.faceFields)
	ix.photoColumns = make([]photoColumn, len(ix.photoFields))
	for i, f := range ix.photoFields {
		ix.photoColumns[i] = photoColumn{values: make([]bitset, len(f.Values)), places: map[string]int32{}}
		switch {
		case f.Name == "folder":
			ix.folders = &ix.photoColumns[i]
		case f.Name == "camera":
			ix.cameras = &ix.photoColumns[i]
		case f.Kind != query.Text && len(f.Values) > 0:
			for code := unsaid; code <= mostHeld; code++ {
				ix.photoColumns[i].holds = append(ix.photoColumns[i].holds, holding(f, code))
			}
		}
	}
	ix.tags, ix.persons = newTexts(), newTexts()
	ix.person = query.FieldNamed(fieldPerson)
	ix.newOrderings()
	return ix
}

// lookup returns the photo at path if it is not gone.
func (ix *index) lookup(path string) (Ref, bool) {
	ref, ok := ix.refOf(path)
	if !ok || ix.photos[ref].stored.Gone {
		return 0, false
	}
	return ref, true
}

// entry is the photo as others see it.
func (ix *index) entry(ref Ref) Entry {
	if int(ref) >= len(ix.photos) {
		return Entry{}
	}
	p := &ix.photos[ref]
	e := Entry{
		Path: p.path, ID: p.stored.ID, State: p.stored.State, Failure: p.stored.Failure,
		Faces: int(ix.accepted[ref]), Doubtful: int(ix.count[ref] - ix.accepted[ref]),
		Size: p.stored.Size, MTime: fromNano(p.stored.MTime),
		W: int(p.w), H: int(p.h), Taken: p.taken,
		Marks: p.said(), Have: p.have, Mode: ix.modes[p.mode],
	}
	e.Partner, e.Hidden = ix.partnerOf(ref), ix.pairs.hidden.has(uint32(ref))
	if e.State == Waiting && !p.stored.Renew || p.stored.Bare {
		e.ID = photo.ID{}
	}
	return e
}

// queryPhoto is the photo as the query language sees it, apart from its albums: nobody asks a photo for them.
func (ix *index) queryPhoto(ref Ref) query.Photo {
	p := &ix.photos[ref]
	folder, name := splitPath(p.path)
	marks := p.said()
	return query.Photo{
		Folder: folder, Name: name, State: int(p.stored.State), Faces: int(ix.accepted[ref]),
		Camera: p.camera, Taken: p.taken,
		Rating: int(marks.Rating), Flag: int(marks.Flag), Label: int(marks.Label), Tags: marks.Tags, Offline: ix.offline.has(uint32(ref)), Differs: p.differs,
	}
}

// put adds a photo or changes what is stored of its path. The faces are those that the
// photo had, unless it has no identity any more.
func (ix *index) put(path string, v pathValue) Ref {
	ref, ok := ix.refOf(path)
	if !ok {
		ref = ix.enter(path)
		ix.refs.put(ref, func(Ref) bool { return false })
		ix.enterHalf(ref)
	}
	p := &ix.photos[ref]
	regroup := !ok || p.stored.Gone != v.Gone
	if p.stored.ID != v.ID {
		ix.unlink(ref)
		p.stored.ID = v.ID
		ix.link(ref)
	}
	p.stored = v
	if regroup {
		ix.pairUp(ref)
	}
	ix.showFaces(ref, ix.shown(ref))
	ix.mark(ref)
	switch {
	case v.ID.IsZero():
		ix.setRow(ref, &row{})
	case v.Bare:
		ix.setRow(ref, &row{Marks: p.said()})
	default:
		ix.refresh(ref)
	}
	return ref
}

// enter adds a photo of which nothing is known. It is not in refs yet.
func (ix *index) enter(path string) Ref {
	ref := Ref(len(ix.photos))
	ix.photos = append(ix.photos, photoRow{path: path, same: none})
	ix.first = append(ix.first, 0)
	ix.count = append(ix.count, 0)
	ix.accepted = append(ix.accepted, 0)
	_, name := splitPath(path)
	ix.names.add(name)
	if int(ref)%wordSize == 0 {
		ix.live = append(ix.live, 0)
		ix.known = append(ix.known, 0)
		ix.offline = append(ix.offline, 0)
		ix.pairs.hidden = append(ix.pairs.hidden, 0)
		for _, c := range ix.photoColumns {
			for i := range c.values {
				c.values[i] = append(c.values[i], 0)
			}
		}
	}
	return ref
}

// enterPaths makes refs.
func (ix *index) enterPaths() {
	ix.refs.expect(len(ix.photos) + len(ix.photos)/64)
	for i := range ix.photos {
		ix.refs.add(hashPath(ix.photos[i].path), Ref(i))
	}
}

// expect makes room for n photos in an empty index.
func (ix *index) expect(n int) {
	words := len(newBitset(n))
	ix.photos = make([]photoRow, 0, n)
	ix.first, ix.count, ix.accepted = make([]uint32, 0, n), make([]uint16, 0, n), make([]uint16, 0, n)
	ix.live, ix.known, ix.offline = make(bitset, 0, words), make(bitset, 0, words), make(bitset, 0, words)
	ix.pairs.hidden = make(bitset, 0, words)
	ix.names.ends, ix.names.text = make([]uint32, 0, n), make([]byte, 0, 16*n) // of short names
	for i, f := range ix.photoFields {
		c := &ix.photoColumns[i]
		if f.Kind != query.Choice && f.Kind != query.Text || f.Repeats && !f.Many {
			c.codes = make([]int32, 0, n)
		}
		for k := range c.values {
			c.values[k] = make(bitset, 0, words)
		}
	}
}

// mark keeps the sets of photos that are shown and that are known.
func (ix *index) mark(ref Ref) {
	v := &ix.photos[ref].stored
	ix.live.put(uint32(ref), ix.shown(ref))
	ix.known.put(uint32(ref), !v.ID.IsZero() && !v.Bare)
}

// said returns what people said about the photo as a whole.
func (p *photoRow) said() photo.Marks {
	if p.marks == nil {
		return photo.Marks{}
	}
	return *p.marks
}

// refresh brings the columns of the photo fields up to date.
func (ix *index) refresh(ref Ref) {
	p := &ix.asked
	*p = ix.queryPhoto(ref)
	for i, f := range ix.photoFields {
		c := &ix.photoColumns[i]
		code := 0
		switch {
		case f.Kind != query.Text:
			code = f.NumberOf(p)
		case f.Repeats && !f.Many:
			code = int(c.place(f.TextOf(p)))
		default:
			continue
		}
		if f.Kind != query.Choice { // all values of which have sets
			if int(ref) == len(c.codes) {
				c.codes = append(c.codes, 0)
			}
			c.codes[ref] = int32(code)
		}
		for k, v := range f.Values {
			c.values[k].put(uint32(ref), f.Holds(code, v.Lo, v.Hi))
		}
	}
}

// place returns where a text is among those of the column.
func (c *photoColumn) place(text string) int32 {
	if int(c.last) < len(c.texts) && c.texts[c.last] == text { // photos of a folder come one after the other
		return c.last
	}
	at, ok := c.places[text]
	if !ok {
		at = int32(len(c.texts))
		text = strings.Clone(text) // it may be a part of something longer
		c.texts = append(c.texts, text)
		c.places[text] = at
	}
	c.last = at
	return at
}

// link and unlink keep the chain of photos with one identity.
func (ix *index) link(ref Ref) {
	p := &ix.photos[ref]
	if p.stored.ID.IsZero() {
		return
	}
	p.same = none
	if head, ok := ix.firstWith(p.stored.ID); ok {
		p.same = head
	}
	ix.byID.put(ref, func(other Ref) bool { return ix.photos[other].stored.ID == p.stored.ID })
}

func (ix *index) unlink(ref Ref) {
	p := &ix.photos[ref]
	if p.stored.ID.IsZero() {
		return
	}
	slot, _ := ix.slotOf(p.stored.ID)
	head := ix.byID.slots[slot]
	switch {
	case head == ref && p.same == none:
		ix.byID.removeAt(slot)
	case head == ref:
		ix.byID.slots[slot] = p.same
	default:
		for ix.photos[head].same != ref {
			head = ix.photos[head].same
		}
		ix.photos[head].same = p.same
	}
	p.same = none
}

// withID calls do for every photo with an identity.
func (ix *index) withID(id photo.ID, do func(Ref)) {
	ref, ok := ix.firstWith(id)
	if !ok {
		return
	}
	for ; ref != none; ref = ix.photos[ref].same {
		do(ref)
	}
}

// setRow replaces what is known of a photo's content.
func (ix *index) setRow(ref Ref, r *row) {
	if ix.photos[ref].stored.Bare {
		r = r.bare()
	}
	ix.setFaces(ref, r)
	var marks *photo.Marks
	if !r.Marks.IsZero() {
		copied := r.Marks // the row may be used again
		marks = &copied
	}
	ix.setPhoto(ref, r, marks)
}

// setFaces replaces the faces of a photo.
func (ix *index) setFaces(ref Ref, r *row) {
	ix.showFaces(ref, false)
	if len(r.Numbers) != int(ix.count[ref]) { // there is no place for them where the former ones are
		ix.dead += int(ix.count[ref])
		ix.first[ref], ix.count[ref] = uint32(ix.faces), uint16(len(r.Numbers))
		ix.addFaces(ref, len(r.Numbers))
	}
	width := len(ix.faceFields)
	r.fit(width)
	for i, number := range r.Numbers {
		face := ix.first[ref] + uint32(i)
		ix.putFace(face, number, r.Codes[i*width:][:width])
		name := ""
		if i < len(r.Names) {
			name = r.Names[i]
		}
		ix.callFace(face, name)
	}
}

// setPhoto replaces what is known of a photo apart from its faces, which have their places already: it looks neither at r.Numbers
// nor at r.Codes. What people said of the photo is in marks, nil for nothing.
func (ix *index) setPhoto(ref Ref, r *row, marks *photo.Marks) {
	p := &ix.photos[ref]
	p.w, p.h, p.taken = r.W, r.H, r.taken()
	p.camera, p.have, p.differs = r.Camera, face.Features(r.Have), r.Differs
	for _, tag := range p.said().Tags {
		ix.tags.remove(tag, uint32(ref))
	}
	p.marks = marks
	for _, tag := range p.said().Tags {
		ix.tags.add(tag, uint32(ref))
	}
	p.mode = ix.modeOf(r.Mode)
	ix.accepted[ref] = min(uint16(min(r.Accepted, math.MaxUint16)), ix.count[ref])
	ix.showFaces(ref, ix.shown(ref))
	ix.refresh(ref)
}

// modeOf returns where a mode is in modes. There are a handful; what comes after 255
// others is not told apart.
func (ix *index) modeOf(mode string) uint8 {
	at := slices.Index(ix.modes, mode)
	if at < 0 && len(ix.modes) <= math.MaxUint8 {
		at = len(ix.modes)
		ix.modes = append(ix.modes, strings.Clone(mode))
	}
	return uint8(max(at, 0))
}

// showFaces puts a photo's faces into results or takes them out.
func (ix *index) showFaces(ref Ref, shown bool) {
	for i := ix.first[ref]; i < ix.first[ref]+uint32(ix.count[ref]); i++ {
		ix.liveFaces.put(i, shown)
	}
}

// reorder is called after photos were added or changed.
func (ix *index) reorder(added, changed []Ref) {
	ix.byPath.update(added)
	ix.byName.update(added)
	ix.byTime.update(changed)
}

// below returns the photos of a scope, in the order of their paths, those that are gone included.
func (ix *index) below(s Scope, do func(Ref)) {
	in := ix.foldersOf(s)
	for _, ref := range ix.byPath.sorted() {
		if in[ix.folders.codes[ref]] {
			do(ref)
		}
	}
}

// foldersOf tells of each folder whether its photos are in a scope.
func (ix *index) foldersOf(s Scope) []bool {
	folder := trimFolder(s.Folder)
	below := folder + string(separator)
	in := make([]bool, len(ix.folders.texts))
	for i, text := range ix.folders.texts {
		in[i] = s.Folder == "" || text == folder || s.Recursive && strings.HasPrefix(text, below)
	}
	return in
}
