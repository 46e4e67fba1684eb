package catalog

import (
	"fmt"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// Edit has edit change what people said about a photo, r.Edits, and stores it at once, in a
// transaction of its own: when Edit returns, it is on the disk and in the index. edit
// must leave the rest of r as it is; its error is returned, and nothing is stored then. r is what
// is stored, whatever the policy lets be seen of it.
//
// The error is ErrUnknown if the content was never analysed, ErrDamaged if its record or
// what was said before is: that is never replaced.
func (c *Catalog) Edit(id photo.ID, edit func(r *Record) error) error {
	c.write.Lock()
	defer c.write.Unlock()
	var changed row
	err := guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			r, ok, err := c.read(tx, id[:])
			if err != nil {
				return err
			}
			if !ok {
				return ErrUnknown
			}
			if _, err := c.edits(tx, id[:]); err != nil {
				return err
			}
			if err := edit(&r); err != nil {
				return err
			}
			if err := c.putEdits(tx, id[:], &r.Edits); err != nil {
				return err
			}
			changed = newRow(&r, c.policy)
			return c.putRow(tx.Bucket([]byte(bucketRows)), id[:], changed)
		})
	})
	if err != nil {
		return fmt.Errorf("edit photo %v in catalog %s: %w", id, c.path, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.index.setRows(id, &changed) // no order that is kept depends on faces
	c.index.tidy()
	c.generation++
	return nil
}

// putEdits stores edits, or removes those that say nothing.
func (c *Catalog) putEdits(tx *bolt.Tx, id []byte, e *face.Edits) error {
	bucket := tx.Bucket([]byte(bucketEdits))
	if len(e.Faces) == 0 && e.Last == 0 {
		return bucket.Delete(id)
	}
	sealed, err := c.codec.seal(id, e)
	if err != nil {
		return err
	}
	return bucket.Put(id, sealed)
}
