package catalog

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog/query"
	"semblance/internal/face"
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
	id   photo.ID
	ref  Ref
	bare bool
}

// rowsPart is the rows that one goroutine reads.
type rowsPart struct {
	row, end int    // in loader.found
	face     uint32 // the first one in the index; those of another part are in other words of its sets
	shared   []sharedTexts
	names    []namedFace // in their order
}

// sharedTexts is what many rows share.
type sharedTexts struct {
	begin        [rowSharedSize]byte
	mode, camera string
	err          error
	modeAt       uint8 // in index.modes
	cameraAt     int32 // in the column of cameras
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
	id          photo.ID
	marks       *photo.Marks // nil for none
	seconds     int64
	first       uint32 // of its faces in the index
	w, h        int32
	have        uint32
	nanos, zone int32
	shared      uint32 // in rowsPart.shared
	accepted    uint16
	count       uint16 // of its faces
	dated       bool
	differs     bool
	lost        bool // it is not sound
	live        bool // its faces belong to a photo that is shown
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
		folder, _ := splitPath(path)
		l.index.folders.codes = append(l.index.folders.codes, l.index.folders.place(folder))
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
			sorted[ends[k]] = identified{*id, Ref(i), photos[i].stored.Bare}
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
		face   = part.face
		cursor = tx.Bucket([]byte(bucketRows)).Cursor()
	)
	block := faceBlock{index: l.index, first: part.face}
	key, value := cursor.Seek([]byte{partsBegin[i]})
	for at := part.row; at < part.end; at++ {
		f := &l.found[at]
		if l.codec.unsealRow(key, value, &r, texts) == nil && len(key) == len(photo.ID{}) { // else finish looks into the record
			*f = takeRow(&r, face, &block)
			f.shared = part.placeOf(&l.codec, r.Shared)
			f.lost = part.shared[f.shared].err != nil
			for i, name := range r.Names {
				if name != "" {
					part.names = append(part.names, namedFace{face + uint32(i), name})
				}
			}
			face += uint32(len(r.Numbers))
		} else {
			f.lost = true
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

// placeOf returns where what a row shares is in p.shared. There are as many as cameras and networks.
func (p *rowsPart) placeOf(c *codec, begin [rowSharedSize]byte) uint32 {
	for i := range p.shared {
		if p.shared[i].begin == begin {
			return uint32(i)
		}
	}
	t := sharedTexts{begin: begin}
	t.mode, t.camera, t.err = c.rowTexts(begin)
	p.shared = append(p.shared, t)
	return uint32(len(p.shared) - 1)
}

// maps makes what join does not need.
func (l *loader) maps() error {
	ix := l.index
	ix.enterPaths()
	ix.byID.expect(len(l.identified) + len(l.identified)/64)
	for i := range l.identified {
		p := &l.identified[i]
		if i > 0 && l.identified[i-1].id == p.id {
			ix.photos[p.ref].same = l.identified[i-1].ref
		}
		if i+1 == len(l.identified) || l.identified[i+1].id != p.id {
			ix.byID.add(hashID(&p.id), p.ref)
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
	rowOf := l.rowsOf()
	for i := range l.parts {
		for k := range l.parts[i].shared {
			t := &l.parts[i].shared[k]
			t.modeAt, t.cameraAt = ix.modeOf(t.mode), ix.cameras.place(t.camera)
		}
	}
	halves := [2]joinedPart{{end: len(ix.photos) / 2 / wordSize * wordSize}, {end: len(ix.photos)}} // each has words of its own in the sets
	halves[1].from = halves[0].end
	for i := range halves {
		halves[i].noCamera = ix.cameras.place("")
	}
	for i := range ix.photoColumns {
		c := &ix.photoColumns[i]
		if cap(c.codes) > 0 {
			c.codes = c.codes[:len(ix.photos)]
		}
	}
	first := beside(func() error { return l.joinPart(&halves[0], rowOf) })
	maps := beside(l.maps)
	err = errors.Join(l.joinPart(&halves[1], rowOf), <-first, <-maps)
	ix.dead = ix.faces
	for i := range halves {
		doubtful = append(doubtful, halves[i].doubtful...)
		ix.dead -= halves[i].faces
		for _, ref := range halves[i].tagged {
			for _, tag := range ix.photos[ref].marks.Tags {
				ix.tags.add(tag, uint32(ref))
			}
		}
	}
	for i := range l.found {
		if f := &l.found[i]; f.live {
			ix.liveFaces.addRange(f.first, f.first+uint32(f.count))
		}
	}
	return doubtful, err
}

// rowsOf returns the place in found of each photo's row, and 1: 0 for none, or one that is of no use to it.
func (l *loader) rowsOf() []uint32 {
	rowOf := make([]uint32, len(l.index.photos))
	i := 0
	for _, p := range l.identified {
		for i < len(l.found) && bytes.Compare(l.found[i].id[:], p.id[:]) < 0 {
			i++
		}
		if i < len(l.found) && l.found[i].id == p.id && !p.bare && !l.found[i].lost {
			rowOf[p.ref] = uint32(i + 1)
			i++ // another path with the same content has faces of its own
		}
	}
	return rowOf
}

// joinedPart is a part of the photos, and what became of them.
type joinedPart struct {
	from, end int
	noCamera  int32
	doubtful  []Ref
	tagged    []Ref
	faces     int
}

// joinPart has photos say what their rows do. It does for each what setPhoto and refresh do for one that may have been something else before.
func (l *loader) joinPart(j *joinedPart, rowOf []uint32) error {
	ix := l.index
	asked := &query.Photo{}
	for i := j.from; i < j.end; i++ {
		ref, p := Ref(i), &ix.photos[i]
		*asked = query.Photo{State: int(p.stored.State)}
		ix.cameras.codes[ref] = j.noCamera
		if at := rowOf[i]; at != 0 {
			f := &l.found[at-1]
			part := &l.parts[0]
			if int(at) > part.end {
				part = &l.parts[1]
			}
			texts := &part.shared[f.shared]
			ix.first[ref], ix.count[ref], ix.accepted[ref] = f.first, f.count, f.accepted
			for face := f.first; face < f.first+uint32(f.count); face++ {
				ix.photoOf[face] = ref
			}
			f.live = ix.shown(ref)
			j.faces += int(f.count)
			r := row{Dated: f.dated, Seconds: f.seconds, Nanos: f.nanos, Zone: f.zone}
			p.w, p.h, p.have, p.mode, p.camera, p.taken, p.marks = f.w, f.h, face.Features(f.have), texts.modeAt, texts.camera, r.taken(), f.marks
			p.differs, asked.Differs = f.differs, f.differs
			ix.cameras.codes[ref] = texts.cameraAt
			asked.Faces, asked.Taken = int(f.accepted), p.taken
			if m := p.marks; m != nil {
				asked.Rating, asked.Flag, asked.Label, asked.Tags = int(m.Rating), int(m.Flag), int(m.Label), m.Tags
				if len(m.Tags) > 0 {
					j.tagged = append(j.tagged, ref)
				}
			}
		} else if !p.stored.ID.IsZero() {
			j.doubtful = append(j.doubtful, ref)
		}
		for k, field := range ix.photoFields {
			if field.Kind == query.Text { // folders and cameras have their codes, the others have none
				continue
			}
			c := &ix.photoColumns[k]
			code := field.NumberOf(asked)
			if field.Kind != query.Choice {
				c.codes[ref] = int32(code)
			}
			if len(c.values) > 0 {
				for _, v := range c.of(field, code) {
					c.values[v].add(uint32(ref))
				}
			}
		}
	}
	return nil
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
