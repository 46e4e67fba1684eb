package catalog

import (
	"bytes"
	"errors"
	"slices"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// A picture that another program has turned, by writing another orientation into its file, is another content, with an identity
// that differs in the last three bits: its records lie side by side. What was found in it once holds, turned, so nothing is analysed anew.

// kin returns the identities under which something is stored of the picture of id in other orientations; nearest, if it is among them, comes first.
func kin(tx *bolt.Tx, id, nearest photo.ID) (ids []photo.ID) {
	first := id.Oriented(photo.Upright)
	c := tx.Bucket([]byte(bucketPhotos)).Cursor()
	for key, _ := c.Seek(first[:]); bytes.HasPrefix(key, first[:len(first)-1]); key, _ = c.Next() {
		other := photo.ID(key)
		if !samePicture(other, id) {
			break
		}
		if other != id {
			ids = append(ids, other)
		}
	}
	if i := slices.Index(ids, nearest); i > 0 {
		ids[0], ids[i] = ids[i], ids[0]
	}
	return ids
}

// readKin reads the record of the picture of id in another orientation, as it is, the one of nearest if there are several.
func (c *Catalog) readKin(tx *bolt.Tx, id, nearest photo.ID) (r Record, ok bool, err error) {
	for _, other := range kin(tx, id, nearest) {
		switch r, ok, err = c.read(tx, other[:]); {
		case err == nil && ok:
			return r, true, nil
		case err != nil && !errors.Is(err, ErrDamaged):
			return Record{}, false, err
		}
	}
	return Record{}, false, nil
}

// kinOf is readKin in a transaction of its own.
func (c *Catalog) kinOf(id, nearest photo.ID) (r Record, ok bool, err error) {
	err = guard(func() error {
		return c.view(func(tx *bolt.Tx) error {
			r, ok, err = c.readKin(tx, id, nearest)
			return err
		})
	})
	return r, ok, err
}

// turnedTo returns what r says of its picture in the orientation of to.
func (r *Record) turnedTo(to photo.ID) *Record {
	t := turning(r.ID, to)
	out := *r
	out.ID, out.Meta.Orientation = to, to.Orientation()
	out.Analysis = *r.Analysis.TurnedBy(t)
	if r.Former != nil {
		out.Former = &Former{*r.Former.Analysis.TurnedBy(t), r.Former.Analysed}
	}
	out.Edits, out.Heard = r.Edits.TurnedBy(t, r.Analysis.W, r.Analysis.H), r.Heard.carried(r.ID, to)
	return &out
}

func turning(from, to photo.ID) face.Turning {
	mirrored, quarters := from.Orientation().To(to.Orientation())
	return face.Turning{Mirrored: mirrored, Quarters: uint8(quarters)}
}

// overlooked reports whether the picture of r may show faces, in the orientation of to, that nobody could find in that of r: it lay on its side then,
// as photos do whose orientation is put right. A face that stood upright tells that it did not.
func (r *Record) overlooked(to photo.ID) bool {
	return turning(r.ID, to).Quarters != 0 && !r.Analysis.Turned && !r.Analysis.Upright()
}
