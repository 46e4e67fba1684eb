package catalog

import (
	"errors"
	"fmt"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// said is what is stored of what people said about a photo and its faces. What was stored before version 4 is one without marks.
type said struct {
	Faces []face.Edit `cbor:"1,keyasint,omitempty"`
	Last  uint32      `cbor:"2,keyasint,omitempty"` // face.Edits.Last
	Marks photo.Marks `cbor:"3,keyasint,omitzero"`
	Heard Heard       `cbor:"4,keyasint,omitzero"`  // what other programs said; since version 5
	W     int         `cbor:"5,keyasint,omitempty"` // Record.FrameW and FrameH; 0 if the boxes are in the analysis
	H     int         `cbor:"6,keyasint,omitempty"`
}

// said is what is stored of what people and other programs said.
func (r *Record) said() *said {
	s := said{r.Edits.Faces, r.Edits.Last, r.Marks, r.Heard, 0, 0}
	if len(s.Faces) > 0 && r.Analysed.IsZero() {
		s.W, s.H = r.FrameW, r.FrameH
	}
	return &s
}

// tell sets what was said of the content of r. The boxes of faces that were marked before anybody looked at it are
// where they are in the photo, once its size is known.
func (r *Record) tell(s *said) {
	r.Edits, r.Marks, r.Heard = s.edits(), s.Marks, s.Heard
	switch {
	case s.W == 0:
	case r.Analysed.IsZero():
		r.FrameW, r.FrameH = s.W, s.H
	default:
		r.Edits.Faces = face.Reframed(s.Faces, s.W, s.H, r.Analysis.W, r.Analysis.H)
	}
}

func (s *said) edits() face.Edits { return face.Edits{Faces: s.Faces, Last: s.Last} }

// empty reports whether s says nothing.
func (s *said) empty() bool {
	return len(s.Faces) == 0 && s.Last == 0 && s.Marks.IsZero() && s.Heard.IsZero()
}

// Edit has edit change what people said about a photo, r.Edits and r.Marks, and what they decided about other programs' words (Record.Decide), and stores it at once, in a
// transaction of its own: when Edit returns, it is on the disk and in the index. edit
// must leave the rest of r as it is; its error is returned, and nothing is stored then. r is what
// is stored, whatever the policy lets be seen of it. Of a content that was never analysed only its identity is set, apart from
// what was said: r.Analysed is zero.
//
// The error is ErrUnknown if no path ever had the content, ErrDamaged if its record or
// what was said before is: that is never replaced.
func (c *Catalog) Edit(id photo.ID, edit func(r *Record) error) error {
	return c.EditAll([]photo.ID{id}, edit)
}

// EditAll is Edit of many photos in one transaction: either all changes are stored or none. A content that is there twice is
// edited twice.
func (c *Catalog) EditAll(ids []photo.ID, edit func(r *Record) error) error {
	c.write.Lock()
	defer c.write.Unlock()
	changed := make([]row, len(ids))
	err := guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			for i, id := range ids {
				if err := c.editOne(tx, id, edit, &changed[i]); err != nil {
					return fmt.Errorf("edit photo %v: %w", id, err)
				}
			}
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("catalog %s: %w", c.path, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var refs []Ref
	for i, id := range ids {
		refs = append(refs, c.index.setRows(id, &changed[i])...)
	}
	c.index.reorder(nil, refs)
	c.index.tidy()
	c.generation++
	return nil
}

func (c *Catalog) editOne(tx *bolt.Tx, id photo.ID, edit func(r *Record) error, changed *row) error {
	r, analysed, err := c.read(tx, id[:])
	if err != nil {
		return err
	}
	if _, known := c.index.firstWith(id); !analysed && !known {
		return ErrUnknown
	}
	if _, err := c.said(tx, id[:]); err != nil {
		return err
	}
	if err := edit(&r); err != nil {
		return err
	}
	if err := r.Marks.Check(); err != nil {
		return err
	}
	if err := c.putSaid(tx, id[:], r.said()); err != nil {
		return err
	}
	*changed = newRow(&r, c.policy)
	return c.putRow(tx.Bucket([]byte(bucketRows)), id[:], changed)
}

// said reads what people said about a photo.
func (c *Catalog) said(tx *bolt.Tx, id []byte) (s said, err error) {
	value := tx.Bucket([]byte(bucketEdits)).Get(id)
	if value == nil {
		return s, nil
	}
	if err := c.codec.unseal(id, value, &s); err != nil {
		return said{}, fmt.Errorf("edits: %w", err)
	}
	return s, nil
}

// putSaid stores what people said about a photo, or removes what says nothing.
func (c *Catalog) putSaid(tx *bolt.Tx, id []byte, s *said) error {
	bucket := tx.Bucket([]byte(bucketEdits))
	if s.empty() {
		return bucket.Delete(id)
	}
	sealed, err := c.codec.seal(id, s)
	if err != nil {
		return err
	}
	return bucket.Put(id, sealed)
}

// Identify tells what the contents of photos are, by path, that wait or have failed, so that people can say something about them before
// they are analysed. The photos stay as they are otherwise. Of an unknown path, and of one whose content is known, nothing is changed.
func (c *Catalog) Identify(ids map[string]photo.ID) error {
	return c.update("identify", func() ([]change, error) {
		var changes []change
		for path, id := range ids {
			v, known := c.stored(path)
			if !known || v.State == Done || v.Renew || v.ID == id || id.IsZero() {
				continue
			}
			v.ID, v.Bare = id, true
			changes = append(changes, change{path: path, stored: v})
		}
		return changes, nil
	})
}

// follows reports whether a content that took the place of another one at a path is the same photo, which another program has changed: it is the
// same picture in another orientation, or nobody knew it before, in any orientation. One that was known has only got the name of the other.
func (c *Catalog) follows(tx *bolt.Tx, from, to photo.ID) bool {
	if from.IsZero() || to.IsZero() || from == to {
		return false
	}
	_, lies := c.index.firstWith(to)
	return samePicture(from, to) || !lies && tx.Bucket([]byte(bucketPhotos)).Get(to[:]) == nil && len(kin(tx, to, from)) == 0
}

// unchanged reports whether the file of which v is known is still the same one now. If its content has another identity all the same, an
// earlier version of the program told contents of its format apart by other bytes. What was read before the file became what it is says nothing.
func (v *pathValue) unchanged(now *pathValue) bool {
	return (v.State == Done || v.Renew) && (now.State == Done || now.Renew) && v.Size == now.Size && v.MTime == now.MTime
}

func samePicture(a, b photo.ID) bool { return a.Oriented(photo.Upright) == b.Oriented(photo.Upright) }

// carry has a content that follows another one say what people said about that one, as far as nobody said anything about
// the new one: marks always, what was said about faces if it is the same picture, in another orientation or not. The other one goes on saying it: it may lie
// elsewhere by now.
func (c *Catalog) carry(tx *bolt.Tx, from, to photo.ID, same bool) error {
	before, err := c.said(tx, from[:])
	if err != nil || before.empty() {
		return ignoreDamage(err)
	}
	now, err := c.said(tx, to[:])
	if err != nil {
		return ignoreDamage(err)
	}
	if now.Marks.IsZero() {
		now.Marks = before.Marks
	}
	if now.Heard.IsZero() {
		now.Heard = before.Heard.carried(from, to)
	}
	if same && len(now.Faces) == 0 && len(before.Faces) > 0 {
		r, ok, err := c.read(tx, from[:])
		if err != nil {
			return ignoreDamage(err)
		}
		if ok {
			now.Faces, now.Last = r.turnedTo(to).Edits.Faces, max(now.Last, before.Last, r.Last)
		}
	}
	return c.putSaid(tx, to[:], &now)
}

// ignoreDamage returns an error unless it is of a damaged value, of which Open and Check tell.
func ignoreDamage(err error) error {
	if errors.Is(err, ErrDamaged) {
		return nil
	}
	return err
}
