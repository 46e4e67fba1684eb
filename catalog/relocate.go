package catalog

import (
	"errors"
	"fmt"
	"strings"

	bolt "go.etcd.io/bbolt"
)

// Relocated says what Relocate did, or would do.
type Relocated struct {
	Paths []string // the new paths of the photos, in their order
	Known int      // of them, paths that the catalog knew already
}

// Errors of Relocate and Erase.
var (
	// ErrNothingThere is the error where the catalog knows no photo below the folder.
	ErrNothingThere = errors.New("the catalog knows no photo below it")
	// ErrWithin is the error where the new folder lies within the former one.
	ErrWithin = errors.New("it lies within the former one")
)

// Relocate tells a catalog that is not open that the photos below a folder lie below another one now, both absolute
// and clean. What is known of them stays as it is, since records are kept by content. If the
// new path is known already, the entry that says more stays. dry says what would be done, and changes nothing.
func Relocate(path, from, to string, dry bool) (Relocated, error) {
	r, err := relocate(path, from, to, dry)
	if err != nil {
		return Relocated{}, fmt.Errorf("relocate in catalog %s: %w", path, err)
	}
	return r, nil
}

func relocate(path, from, to string, dry bool) (r Relocated, err error) {
	from, to = trimFolder(from)+string(separator), trimFolder(to)+string(separator)
	if strings.HasPrefix(to, from) {
		return r, fmt.Errorf("%s: %w", to, ErrWithin)
	}
	c, err := openToChange(path, dry)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, c.db.Close()) }()
	look, change := c.db.View, c.db.Update
	if dry {
		change = look
	}
	err = guard(func() error {
		return change(func(tx *bolt.Tx) error {
			r, err = c.relocate(tx, from, to, dry)
			return err
		})
	})
	if err == nil && len(r.Paths) == 0 {
		err = fmt.Errorf("%s: %w", from, ErrNothingThere)
	}
	return r, err
}

// openToChange opens the file of a catalog without an index, and brings it to this version unless nothing is to be changed.
func openToChange(path string, dry bool) (*Catalog, error) {
	c, err := openAsIs(path, dry)
	if err != nil || dry {
		return c, err
	}
	if err := c.db.Close(); err != nil {
		return nil, err
	}
	// What cannot be backed up before an upgrade is told by Open; it does not stop this one either.
	c.db, _, err = openFile(path)
	return c, err
}

// relocate changes the entries. Both folders are written with a separator at their end.
func (c *Catalog) relocate(tx *bolt.Tx, from, to string, dry bool) (r Relocated, err error) {
	type entry struct {
		key []byte
		v   pathValue
	}
	var entries []entry
	b := tx.Bucket([]byte(bucketPaths))
	cursor := b.Cursor()
	for key, value := cursor.Seek([]byte(from)); key != nil && strings.HasPrefix(string(key), from); key, value = cursor.Next() {
		v, err := c.codec.unsealPath(key, value)
		if err != nil {
			continue // Check tells of it; the next scan finds the photo
		}
		entries = append(entries, entry{append([]byte(nil), key...), v})
	}
	if !dry { // all of them, before a new path can be a former one
		for _, e := range entries {
			if err := b.Delete(e.key); err != nil {
				return r, err
			}
		}
	}
	for _, e := range entries {
		path := to + string(e.key[len(from):])
		key := []byte(path)
		r.Paths = append(r.Paths, path)
		if value := b.Get(key); value != nil && !strings.HasPrefix(path, from) {
			r.Known++
			if there, err := c.codec.unsealPath(key, value); err == nil {
				e.v = there.merged(&e.v)
			}
		}
		if dry {
			continue
		}
		sealed, err := c.codec.seal(key, &e.v)
		if err != nil {
			return r, err
		}
		if err := b.Put(key, sealed); err != nil {
			return r, err
		}
	}
	return r, nil
}

// merged returns what is stored of a path under which the photo of another path, o, is found too: what
// the last scan saw there, unless only o knows what the file shows.
func (v *pathValue) merged(o *pathValue) pathValue {
	out := *v
	same := v.Size == o.Size && v.MTime == o.MTime
	if v.Gone && !o.Gone || (v.ID.IsZero() || v.Bare) && !o.ID.IsZero() && !o.Bare && same {
		out = *o
		out.Gone = v.Gone && o.Gone
	}
	out.Look = v.Look | o.Look
	return out
}
