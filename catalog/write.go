package catalog

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// change is what a transaction writes and what the index then takes over.
type change struct {
	path   string
	stored pathValue
	record *Record // nil: the record, if any, stays
	added  bool    // the record adds to the former one
	row    *row    // of the content, if it may have changed; put makes it

	told    *Told  // what a file says about the content; nil if nobody has read any
	sidecar bool   // that is a sidecar
	from    string // the photo whose sidecar it is, "" for path
	unseen  bool   // there is a face that nobody has looked at; put sets it
}

// Track tells that a scan found these files. New paths wait to be analysed, and so
// do those whose size or time has changed; unchanged ones stay as they are, and
// cost no transaction.
func (c *Catalog) Track(files []photo.File) error {
	return c.update("track", func() ([]change, error) {
		var changes []change
		for _, f := range files {
			v, known := c.stored(f.Path)
			switch {
			case known && v.Size == f.Size && v.MTime == toNano(f.MTime):
				if !v.Gone {
					continue
				}
				v.Gone = false
			default:
				v = pathValue{Size: f.Size, MTime: toNano(f.MTime), ID: v.ID, Bare: v.Bare, Look: v.Look, Sidecars: v.Sidecars}
			}
			changes = append(changes, change{path: f.Path, stored: v})
		}
		return changes, nil
	})
}

// Forget tells that files are gone. They are in no result any more, but what is
// known stays: the same content under another path finds it, and so does the same
// path when it comes back. Unknown paths are ignored.
func (c *Catalog) Forget(paths []string) error {
	return c.update("forget", func() ([]change, error) {
		var changes []change
		for _, path := range paths {
			if v, known := c.stored(path); known && !v.Gone {
				v.Gone = true
				changes = append(changes, change{path: path, stored: v})
			}
		}
		return changes, nil
	})
}

// Renew has photos wait for another analysis although their files have not changed:
// after a failure, because the analysis has become better, or to be searched in other
// ways too. What is known stays until then, but Known says that it is to be renewed. Unknown paths are ignored.
func (c *Catalog) Renew(paths []string, look Look) error {
	return c.update("renew", func() ([]change, error) {
		var changes []change
		for _, path := range paths {
			v, known := c.stored(path)
			if !known || v.Gone {
				continue
			}
			v.State, v.Failure = Waiting, ""
			v.Renew = !v.ID.IsZero() && !v.Bare
			v.Look |= look
			changes = append(changes, change{path: path, stored: v})
		}
		return changes, nil
	})
}

// Keep tells that the analysis that a photo waited for (Renew) has failed: it is left with what
// is known of it. It reports whether that is so: that the photo waited for one, and that its file
// is still f, which has no time if nobody could look.
//
// The ways of looking in tried are taken back, apart from those in had, in which the photo was
// searched before. What a person asked for meanwhile stays, and the photo waits for it.
func (c *Catalog) Keep(f photo.File, tried, had Look) (kept bool, err error) {
	err = c.update("keep", func() ([]change, error) {
		v, known := c.stored(f.Path)
		same := f.MTime.IsZero() || v.Size == f.Size && v.MTime == toNano(f.MTime)
		if kept = known && v.State == Waiting && v.Renew && same; !kept {
			return nil, nil
		}
		v.Look &^= tried &^ had
		if v.Look&^had == 0 {
			v.State, v.Renew = Done, false
		}
		return []change{{path: f.Path, stored: v}}, nil
	})
	return kept && err == nil, err
}

// Commit stores what became of photos, all in one transaction: when it returns,
// they are on the disk and in the index. A photo whose file has changed since it
// was read goes on waiting, and so does one of which more was asked meanwhile than its outcome has.
//
// The faces of a photo that was analysed before keep their numbers (face.Edits.Renumber), and those
// that people accepted or drew stay even if they were not found again. The records are not changed.
func (c *Catalog) Commit(done []Outcome) error {
	return c.update("commit", func() ([]change, error) {
		changes := make([]change, 0, len(done))
		for _, o := range done {
			if (o.Record == nil) == (o.Failure == "") {
				return nil, fmt.Errorf("%s: an outcome is either a record or a failure", o.File.Path)
			}
			if o.Record != nil && o.Record.ID.IsZero() {
				return nil, fmt.Errorf("%s: a record needs the identity of the photo", o.File.Path)
			}
			ch := change{path: o.File.Path, record: o.Record, added: o.Added, told: o.Told}
			ch.stored = pathValue{Size: o.File.Size, MTime: toNano(o.File.MTime), State: Failed, Failure: o.Failure}
			if o.Record != nil {
				ch.stored.State, ch.stored.ID = Done, o.Record.ID
			}
			before, known := c.stored(o.File.Path)
			if o.Record == nil { // what people said stays in sight
				ch.stored.ID, ch.stored.Bare = before.ID, !before.ID.IsZero()
			}
			ch.stored.Gone, ch.stored.Look = known && before.Gone, before.Look
			if ch.stored.ID == before.ID && !before.Bare { // else nobody has read them for this content
				ch.stored.Sidecars = before.Sidecars
			}
			switch {
			case known && !o.File.MTime.IsZero() && before.MTime > ch.stored.MTime:
				ch.stored.Size, ch.stored.MTime, ch.stored.State, ch.stored.Failure = before.Size, before.MTime, Waiting, ""
			case o.Record != nil && (before.Look&^o.Looked != 0 || before.Renew && o.Added): // asked for during the analysis
				ch.stored.State, ch.stored.Renew = Waiting, true
			}
			changes = append(changes, ch)
		}
		return changes, nil
	})
}

// contentID is the identity of the content that ch tells of.
func (ch *change) contentID() photo.ID {
	if ch.record != nil {
		return ch.record.ID
	}
	return ch.stored.ID
}

// past returns what is kept of r, and of what it keeps itself, once another analysis takes its place. One that only adds to it, or that the
// same networks made, is nothing to be compared with.
func (r *Record) past(now *face.Analysis, added bool) *Former {
	if added || maps.Equal(r.Analysis.Models, now.Models) {
		return r.Former
	}
	a := *r.Analysis.Without(face.Landmark)
	a.Faces = slices.Clone(a.Faces)
	for i := range a.Faces {
		a.Faces[i].Hair.Pieces = nil
	}
	return &Former{a, r.Analysed}
}

// stored returns what is stored of a path. The caller holds write, so that nobody
// changes the index.
func (c *Catalog) stored(path string) (pathValue, bool) {
	ref, ok := c.index.refOf(path)
	if !ok {
		return pathValue{}, false
	}
	return c.index.photos[ref].stored, true
}

// update writes what plan asks for in one transaction, then changes the index.
func (c *Catalog) update(what string, plan func() ([]change, error)) error {
	c.write.Lock()
	defer c.write.Unlock()
	changes, err := plan()
	if err == nil && len(changes) == 0 {
		return nil
	}
	albums := c.index.albums // as they are once the transaction is done
	if err == nil {
		err = guard(func() error {
			return c.db.Update(func(tx *bolt.Tx) error {
				for i := range changes {
					if err := c.put(tx, &changes[i], &albums); err != nil {
						return fmt.Errorf("%s: %w", changes[i].path, err)
					}
				}
				return nil
			})
		})
	}
	if err != nil {
		return fmt.Errorf("%s in catalog %s: %w", what, c.path, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.index.apply(changes)
	c.index.albums = albums
	c.generation++
	return nil
}

// put writes one change, and has albums say what they are then.
func (c *Catalog) put(tx *bolt.Tx, ch *change, albums *[]Album) error {
	if ch.path == "" {
		return errors.New("a photo needs a path")
	}
	key := []byte(ch.path)
	sealed, err := c.codec.seal(key, &ch.stored)
	if err != nil {
		return err
	}
	if err := tx.Bucket([]byte(bucketPaths)).Put(key, sealed); err != nil {
		return err
	}
	id := ch.contentID()
	before, _ := c.stored(ch.path)
	if c.follows(tx, before.ID, id) {
		if err := c.carry(tx, before.ID, id, samePicture(before.ID, id) || before.unchanged(&ch.stored)); err != nil {
			return err
		}
		if err := c.carryAlbums(tx, before.ID, id, albums); err != nil {
			return err
		}
	}
	var record Record
	switch {
	case ch.record != nil:
		if record, err = c.succeed(tx, *ch.record, ch.added, before.ID); err != nil {
			return err
		}
		if err := c.putRecord(tx.Bucket([]byte(bucketPhotos)), &record); err != nil {
			return err
		}
		if err := c.hear(tx, ch, &record); err != nil {
			return err
		}
	case ch.told != nil: // about a content that is analysed
		if record, _, err = c.read(tx, id[:]); err != nil {
			return ignoreDamage(err)
		}
		if err := c.hear(tx, ch, &record); err != nil {
			return err
		}
	case before.ID != id: // a content that nobody has looked at, or not under this path
		if record, _, err = c.read(tx, id[:]); ignoreDamage(err) != nil {
			return err
		}
	default:
		return nil
	}
	r := newRow(&record, c.policy)
	ch.row, ch.unseen = &r, r.Analysed && len(record.Edits.Missing(&record.Analysis)) > 0
	return c.putRow(tx.Bucket([]byte(bucketRows)), id[:], &r)
}

// putRow stores the row of a content that was analysed; that of another one is made of what people said when it is needed.
func (c *Catalog) putRow(rows *bolt.Bucket, id []byte, r *row) error {
	if !r.Analysed {
		return nil
	}
	sealed, err := c.codec.seal(id, r)
	if err != nil {
		return err
	}
	if err := c.codec.putSharedValues(rows.Tx(), r.with); err != nil { // a record of an earlier version does not
		return err
	}
	return rows.Put(id, sealed)
}

func (c *Catalog) putRecord(photos *bolt.Bucket, r *Record) error {
	stored, err := c.codec.stored(r)
	if err != nil {
		return err
	}
	c.codec.keepShared(stored, r, photos.Get(r.ID[:]))
	sealed, err := c.codec.seal(r.ID[:], stored)
	if err != nil {
		return err
	}
	if err := c.codec.putShared(photos.Tx(), r); err != nil {
		return err
	}
	return photos.Put(r.ID[:], sealed)
}

// succeed returns a new record as the one that follows what is stored of the same
// content, with the edits. It reads them in the transaction that writes, so that what a person
// said while the photo was being analysed counts. A content that nobody has looked at follows the same picture in another orientation: nearest if
// that is one, else any other, of which it takes over what people said.
func (c *Catalog) succeed(tx *bolt.Tx, r Record, added bool, nearest photo.ID) (Record, error) {
	former, ok, err := c.read(tx, r.ID[:])
	if ignoreDamage(err) != nil {
		return Record{}, err
	}
	if !ok {
		other, found, err := c.readKin(tx, r.ID, nearest)
		if err != nil {
			return Record{}, err
		}
		if found {
			if err := c.carry(tx, other.ID, r.ID, true); err != nil {
				return Record{}, err
			}
			former, ok = *other.turnedTo(r.ID), true
		}
	}
	s, err := c.said(tx, r.ID[:])
	if ignoreDamage(err) != nil {
		return Record{}, err
	}
	r.tell(&s)
	var before *face.Analysis
	if ok {
		before = &former.Analysis
	}
	r.Analysis.Faces = slices.Clone(r.Analysis.Faces)
	r.Analysis.Round() // as it is stored, so that its row is that of what is read again
	r.Last = r.Edits.Renumber(&r.Analysis, before, former.Last)
	r.Edits.Keep(&r.Analysis, before)
	if ok {
		r.Former = former.past(&r.Analysis, added)
	}
	return *r.without(c.policy.Hidden()), nil // it may have been hidden while the photo was analysed
}

// apply brings the index to where the file is. The same content under other paths
// gets a new record too.
func (ix *index) apply(changes []change) {
	before := len(ix.photos)
	var changed []Ref
	for i := range changes {
		ch := &changes[i]
		changed = append(changed, ix.put(ch.path, ch.stored))
		if ch.row != nil {
			changed = append(changed, ix.setRows(ch.contentID(), ch.row)...)
		}
	}
	var added []Ref
	for ref := before; ref < len(ix.photos); ref++ {
		added = append(added, Ref(ref))
	}
	ix.reorder(added, changed)
	ix.tidy()
}

// setRows replaces what is known of a content and returns the photos that have it.
func (ix *index) setRows(id photo.ID, r *row) (changed []Ref) {
	ix.withID(id, func(ref Ref) {
		ix.setRow(ref, r)
		changed = append(changed, ref)
	})
	return changed
}

// tidy compacts the index when too many of its faces are dead.
func (ix *index) tidy() {
	if ix.dead > minDead && ix.dead > ix.faces/5 {
		ix.compact()
	}
}

// minDead is the number of replaced faces below which compacting is not worth it.
const minDead = 10_000

// compact drops the rows of replaced faces.
func (ix *index) compact() {
	old := *ix
	ix.faces, ix.dead = 0, 0
	ix.liveFaces, ix.photoOf, ix.numbers = nil, nil, nil
	ix.faceColumns = newFaceColumns(ix.faceFields)
	ix.persons, ix.called = newTexts(), nil
	ix.first = make([]uint32, len(old.first))
	var codes []int16
	for i := range ix.photos {
		ref := Ref(i)
		first := uint32(ix.faces)
		ix.first[ref] = first
		ix.addFaces(ref, int(ix.count[ref]))
		for k := range uint32(ix.count[ref]) {
			codes = old.faceCodes(codes[:0], old.first[ref]+k)
			ix.putFace(first+k, old.numbers[old.first[ref]+k], codes)
			ix.callFace(first+k, old.faceName(old.first[ref]+k))
		}
		ix.showFaces(ref, ix.shown(ref))
	}
}
