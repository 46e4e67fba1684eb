package catalog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/photo"
)

// Opening a catalog of a million faces takes less than a second because nothing is made once for each face or photo that can be
// made once for all: rows are read one after the other, in the order of their keys, while another goroutine reads the paths.

// loadIndex builds the index from the file, which nobody changes meanwhile.
func (c *Catalog) loadIndex() error {
	l := loader{Catalog: c, index: newIndex(), counted: make(chan struct{})}
	rows := beside(l.rows)
	err := guard(func() error { return c.db.View(l.paths) })
	if err == nil {
		err = guard(func() error { return c.db.View(l.restOfRows) })
	}
	if err := errors.Join(err, <-rows); err != nil {
		return err
	}
	doubtful, err := l.join()
	if err != nil {
		return err
	}
	err = guard(func() error { return c.db.View(func(tx *bolt.Tx) error { return l.finish(tx, doubtful) }) })
	if err == nil {
		c.index = l.index
	}
	return err
}

// beside runs do in a goroutine and sends its error.
func beside(do func() error) <-chan error {
	done := make(chan error, 1)
	go func() { done <- guard(do) }()
	return done
}

// loader is one run of loadIndex. Its goroutines have different parts of it and of the index.
type loader struct {
	*Catalog
	index *index

	damagedPaths []error      // found by paths
	identified   []identified // photos by identity, and by path within one, sorted by paths

	counted      chan struct{} // closed once found and the faces of the index are as long as they will be, or that has failed
	found        []foundRow    // sound ones, by key, and others that are zero but for the key
	parts        [2]rowsPart
	damagedEdits []damagedValue
}

// identified is a photo whose identity is known.
type identified struct {
	id  photo.ID
	ref Ref
}

// rowsPart is the rows that one goroutine reads.
type rowsPart struct {
	row, end int         // in loader.found
	face     uint32      // the first one in the index; those of another part are in other words of its sets
	texts    []string    // modes and cameras
	names    []namedFace // in their order
}

type namedFace struct {
	face uint32
	name string
}

// partsBegin are the first bytes of the keys with which the parts begin. Identities are spread evenly; the goroutine
// that reads the second part reads the paths before.
var partsBegin = [...]byte{0, 0xb0}

// foundRow is a sound row without what is in the index already: the codes of its faces and their numbers.
type foundRow struct {
	id           photo.ID
	marks        *photo.Marks // nil for none
	seconds      int64
	first        uint32 // of its faces in the index
	w, h         int32
	have         uint32
	nanos, zone  int32
	mode, camera uint32 // in rowsPart.texts
	accepted     uint16
	count        uint16 // of its faces
	dated        bool
	differs      bool
	joined       bool // its faces belong to a photo, or it is not sound
}

type damagedValue struct {
	key []byte
	err error
}

// paths reads what is stored of paths. The photos have neither faces nor anything else of their rows afterwards.
func (l *loader) paths(tx *bolt.Tx) error {
	bucket := tx.Bucket([]byte(bucketPaths))
	photos, size := 0, 0
	cursor := bucket.Cursor()
	for key, _ := cursor.First(); key != nil; key, _ = cursor.Next() {
		photos++
		size += len(key)
	}
	l.index.expect(photos + photos/64)
	var all strings.Builder // all paths in one piece of memory
	all.Grow(size)
	err := bucket.ForEach(func(key, value []byte) error {
		all.Write(key)
		path := all.String()[all.Len()-len(key):]
		v, err := l.codec.unsealPath(key, value)
		if err != nil {
			l.damagedPaths = append(l.damagedPaths, fmt.Errorf("entry of %s: %w", path, err))
			return nil
		}
		ref := l.index.enter(path)
		l.index.photos[ref].stored = v
		l.index.mark(ref)
		return nil
	})
	l.index.pairAll()
	l.identified = sortedByID(l.index.photos)
	return err
}

// sortedByID returns the photos with an identity, sorted by it, those with the same one as they are. Identities are spread evenly, so that
// they are almost sorted once they are counted by their first bytes.
func sortedByID(photos []photoRow) []identified {
	const keys = 1 << 16
	key := func(id *photo.ID) int { return int(id[0])<<8 | int(id[1]) }
	ends := make([]int, keys+1) // behind each key how many photos have it, and after the sum at each where they begin
	for i := range photos {
		if id := &photos[i].stored.ID; !id.IsZero() {
			ends[key(id)+1]++
		}
	}
	for k := range keys {
		ends[k+1] += ends[k]
	}
	sorted := make([]identified, ends[keys])
	for i := range photos {
		if id := &photos[i].stored.ID; !id.IsZero() {
			k := key(id)
			sorted[ends[k]] = identified{*id, Ref(i)}
			ends[k]++
		}
	}
	begin := 0
	for k := range keys {
		slices.SortFunc(sorted[begin:ends[k]], func(a, b identified) int {
			return cmp.Or(bytes.Compare(a.id[:], b.id[:]), cmp.Compare(a.ref, b.ref))
		})
		begin = ends[k]
	}
	return sorted
}

// rows makes room for all rows and reads the first part of them and the checksums of the edits.
func (l *loader) rows() error {
	err := guard(func() error { return l.db.View(l.count) })
	close(l.counted)
	if err != nil {
		return err
	}
	return l.db.View(func(tx *bolt.Tx) error {
		if err := l.part(tx, 0); err != nil {
			return err
		}
		return tx.Bucket([]byte(bucketEdits)).ForEach(func(id, value []byte) error {
			if _, err := checked(id, value); err != nil {
				l.damagedEdits = append(l.damagedEdits, damagedValue{slices.Clone(id), err})
			}
			return nil
		})
	})
}

// restOfRows reads the second part of the rows.
func (l *loader) restOfRows(tx *bolt.Tx) error {
	<-l.counted
	return l.part(tx, 1)
}

// count makes room for all rows and their faces.
func (l *loader) count(tx *bolt.Tx) error {
	rows, faces := 0, 0
	cursor := tx.Bucket([]byte(bucketRows)).Cursor()
	key, value := cursor.First()
	for i := range l.parts {
		part := &l.parts[i]
		faces = (faces + wordSize - 1) / wordSize * wordSize
		part.row, part.face = rows, uint32(faces)
		for ; key != nil && (i+1 == len(l.parts) || key[0] < partsBegin[i+1]); key, value = cursor.Next() {
			rows++
			faces += packedFaces(value[min(sumSize, len(value)):])
		}
		part.end = rows
	}
	l.found = make([]foundRow, rows)
	l.index.grow(faces)
	l.index.called = make([]int32, 0, faces+faces/64)
	return nil
}

// part reads a part of the rows. Their faces have places in the index afterwards, but belong to no photo.
func (l *loader) part(tx *bolt.Tx, i int) error {
	var (
		part   = &l.parts[i]
		r      row
		texts  = interned{}
		places = map[string]uint32{}
		face   = part.face
		cursor = tx.Bucket([]byte(bucketRows)).Cursor()
	)
	block := faceBlock{index: l.index, first: part.face}
	key, value := cursor.Seek([]byte{partsBegin[i]})
	for at := part.row; at < part.end; at++ {
		f := &l.found[at]
		if l.codec.unsealRow(key, value, &r, texts) == nil && len(key) == len(photo.ID{}) { // else finish looks into the record
			*f = takeRow(&r, face, &block)
			f.mode, f.camera = part.placeOf(places, r.Mode), part.placeOf(places, r.Camera)
			for i, name := range r.Names {
				if name != "" {
					part.names = append(part.names, namedFace{face + uint32(i), name})
				}
			}
			face += uint32(len(r.Numbers))
		} else {
			f.joined = true
		}
		copy(f.id[:], key)
		key, value = cursor.Next()
	}
	block.flush()
	return nil
}

// faceBlock gathers the codes of faces whose bits are in one word, so that each column is gone through once for all of them.
type faceBlock struct {
	index *index
	first uint32 // face, the first of a word
	n     int
	codes []int16 // of one face after the other
}

func (b *faceBlock) add(codes []int16) {
	b.codes = append(b.codes, codes...)
	if b.n++; b.n == wordSize {
		b.flush()
	}
}

func (b *faceBlock) flush() {
	columns := b.index.faceColumns
	for k := range columns {
		columns[k].addBlock(b.first, b.n, b.codes[min(k, len(b.codes)):], len(columns))
	}
	b.first += uint32(b.n)
	b.n, b.codes = 0, b.codes[:0]
}

// takeRow puts the codes of a row's faces, of which first is the first one in the index, into a block, and returns the rest.
func takeRow(r *row, first uint32, block *faceBlock) foundRow {
	width := len(block.index.faceColumns)
	r.fit(width)
	copy(block.index.numbers[first:], r.Numbers)
	for i := range r.Numbers {
		block.add(r.Codes[i*width:][:width])
	}
	f := foundRow{
		seconds: r.Seconds, first: first, w: r.W, h: r.H, have: r.Have, nanos: r.Nanos, zone: r.Zone,
		accepted: uint16(min(int(r.Accepted), len(r.Numbers))), count: uint16(len(r.Numbers)), dated: r.Dated, differs: r.Differs,
	}
	if !r.Marks.IsZero() {
		marks := r.Marks
		f.marks = &marks
	}
	return f
}

// placeOf returns where a text is in p.texts.
func (p *rowsPart) placeOf(places map[string]uint32, text string) uint32 {
	at, ok := places[text]
	if !ok {
		at = uint32(len(p.texts))
		places[text] = at
		p.texts = append(p.texts, text)
	}
	return at
}

// maps makes what join does not need.
func (l *loader) maps() error {
	ix := l.index
	ix.enterPaths()
	ix.byID.expect(len(l.identified) + len(l.identified)/64)
	for i, p := range l.identified {
		if i > 0 && l.identified[i-1].id == p.id {
			ix.photos[p.ref].same = l.identified[i-1].ref
		}
		if i+1 == len(l.identified) || l.identified[i+1].id != p.id {
			ix.byID.add(p.ref)
		}
	}
	for i := range l.parts {
		for _, n := range l.parts[i].names {
			ix.callFace(n.face, n.name)
		}
	}
	return nil
}

// join brings photos and rows together. It returns the photos whose row is of no use: it is missing or damaged, it has other faces of
// its own, or the photo is bare.
func (l *loader) join() (doubtful []Ref, err error) {
	ix := l.index
	rowOf := make([]uint32, len(ix.photos)) // place in found, and 1; 0 for none
	i := 0
	for _, p := range l.identified {
		for i < len(l.found) && bytes.Compare(l.found[i].id[:], p.id[:]) < 0 {
			i++
		}
		if i < len(l.found) && l.found[i].id == p.id {
			rowOf[p.ref] = uint32(i + 1)
		}
	}
	maps := beside(l.maps)
	ix.dead = ix.faces
	var r row
	for i := range ix.photos {
		ref, stored := Ref(i), &ix.photos[i].stored
		if stored.ID.IsZero() {
			ix.refresh(ref)
			continue
		}
		if rowOf[i] == 0 || stored.Bare || l.found[rowOf[i]-1].joined {
			ix.refresh(ref)
			doubtful = append(doubtful, ref)
			continue
		}
		f := &l.found[rowOf[i]-1]
		f.joined = true
		texts := l.parts[0].texts
		if int(rowOf[i]) > l.parts[0].end {
			texts = l.parts[1].texts
		}
		ix.dead -= int(f.count)
		ix.first[ref], ix.count[ref] = f.first, f.count
		for face := f.first; face < f.first+uint32(f.count); face++ {
			ix.photoOf[face] = ref
		}
		r = row{
			W: f.w, H: f.h, Dated: f.dated, Seconds: f.seconds, Nanos: f.nanos, Zone: f.zone, Camera: texts[f.camera], Accepted: int32(f.accepted),
			Have: f.have, Mode: texts[f.mode], Differs: f.differs,
		}
		ix.setPhoto(ref, &r, f.marks)
	}
	return doubtful, <-maps
}

// finish looks into the records of photos whose rows are of no use, and reads the rest of the file.
func (l *loader) finish(tx *bolt.Tx, doubtful []Ref) error {
	l.problems = append(l.problems, l.damagedPaths...)
	rows := tx.Bucket([]byte(bucketRows))
	for _, ref := range doubtful {
		var r row
		v := &l.index.photos[ref].stored
		if !v.Bare && l.codec.unseal(v.ID[:], rows.Get(v.ID[:]), &r) == nil { // another path has the same content
			l.index.setRow(ref, &r)
		} else {
			l.lookInto(tx, ref)
		}
	}
	for _, d := range l.damagedEdits {
		l.problems = append(l.problems, fmt.Errorf("%s: edits: %w", l.index.nameOf(d.key), d.err))
	}
	if err := l.loadNamed(tx, l.index); err != nil {
		return err
	}
	all := make([]Ref, len(l.index.photos))
	for i := range all {
		all[i] = Ref(i)
	}
	l.index.reorder(all, all)
	l.index.tidy()
	return nil
}

// lookInto makes the row of a photo whose stored one is of no use: it is missing or damaged, or the photo is bare.
func (l *loader) lookInto(tx *bolt.Tx, ref Ref) {
	path, v := l.index.photos[ref].path, l.index.photos[ref].stored
	rec, ok, err := l.read(tx, v.ID[:])
	if !v.Bare { // what is damaged of one that is bare is told where it is looked for
		if err == nil && !ok {
			err = fmt.Errorf("%w: it is missing", ErrDamaged)
		}
		if err != nil {
			l.problems = append(l.problems, fmt.Errorf("record of %s: %w", path, err))
			v.ID, v.State, v.Failure = photo.ID{}, Waiting, ""
		}
	}
	l.index.put(path, v)
	if !v.ID.IsZero() {
		r := newRow(&rec, l.policy)
		l.index.setRow(ref, &r)
	}
}
