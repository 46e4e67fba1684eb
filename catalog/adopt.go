package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// Said is what people said about a photo and its faces, as it is known from elsewhere.
type Said struct {
	ID    photo.ID
	W, H  int         // size of the upright photo in pixels, in which the boxes are
	Faces []face.Edit // in no order; their numbers say nothing
	Marks photo.Marks
}

// Adopted says what Adopt took over.
type Adopted struct {
	Photos int // about which the catalog says more now
	Faces  int // of which something was taken over
	Marks  int // photos whose rating, flag, label or tags were
	Wrong  int // photos of which something could not be: it is no sound edit, or what the catalog says is damaged
}

// adoptSize is how many photos are changed in one transaction.
const adoptSize = 500

// Adopt takes over what people said, as far as nobody says something else in the catalog at path, which must not be open. If there is no
// catalog, it makes one. The photos need not be known: what was said waits for them, by their content. A second time nothing is new.
func Adopt(ctx context.Context, path string, all []Said) (Adopted, error) {
	a, err := adopt(ctx, path, all)
	if err != nil {
		return a, fmt.Errorf("take over what was said into catalog %s: %w", path, err)
	}
	return a, nil
}

func adopt(ctx context.Context, path string, all []Said) (a Adopted, err error) {
	c, err := openToChange(path, false)
	if errors.Is(err, fs.ErrNotExist) {
		if err := createFile(path); err != nil {
			return a, fmt.Errorf("create: %w", err)
		}
		c, err = openToChange(path, false)
	}
	if err != nil {
		return a, err
	}
	defer func() { err = errors.Join(err, c.db.Close()) }()
	for some := range slices.Chunk(all, adoptSize) {
		if err := ctx.Err(); err != nil {
			return a, err
		}
		now := a
		err := guard(func() error {
			return c.db.Update(func(tx *bolt.Tx) error {
				now = a
				for i := range some {
					if err := c.adoptOne(tx, &some[i], &now); err != nil {
						return err
					}
				}
				if now.Photos == a.Photos {
					return nil
				}
				return tx.Bucket([]byte(bucketMeta)).Delete([]byte(keyLayout)) // Open makes the rows anew
			})
		})
		if err != nil {
			return a, err
		}
		a = now
	}
	return a, nil
}

// adoptOne takes over what was said about one photo, and counts it.
func (c *Catalog) adoptOne(tx *bolt.Tx, s *Said, a *Adopted) error {
	now, err := c.said(tx, s.ID[:])
	if err != nil {
		a.Wrong++
		return ignoreDamage(err)
	}
	var analysis *face.Analysis
	var last uint32
	r, analysed, err := c.read(tx, s.ID[:])
	if ignoreDamage(err) != nil {
		return err
	}
	if analysed && err == nil {
		analysis, last = &r.Analysis, r.Last
	}
	sound := slices.DeleteFunc(slices.Clone(s.Faces), func(e face.Edit) bool {
		return face.CheckEdit(e, s.W, s.H) != nil || analysis != nil && (analysis.W != s.W || analysis.H != s.H)
	})
	marksWrong := s.Marks.Check() != nil
	if marksWrong || len(sound) < len(s.Faces) {
		a.Wrong++
	}
	edits, w, h := now.edits(), now.W, now.H
	if analysis != nil {
		edits, w, h = r.Edits, 0, 0
	} else if w > 0 {
		sound = face.Reframed(sound, s.W, s.H, w, h)
	}
	faces := edits.Adopt(sound, analysis, last)
	marks := now.Marks
	if !marksWrong {
		marks = JoinMarks(marks, s.Marks)
	}
	if faces == 0 && marks.Equal(now.Marks) {
		return nil
	}
	a.Photos++
	a.Faces += faces
	if !marks.Equal(now.Marks) {
		a.Marks++
	}
	return c.putSaid(tx, s.ID[:], &said{edits.Faces, edits.Last, marks, now.Heard, w, h})
}

// JoinMarks returns what m says, and of what it does not speak about, what other says.
func JoinMarks(m, other photo.Marks) photo.Marks {
	if m.Rating == 0 {
		m.Rating = other.Rating
	}
	if m.Flag == photo.Unflagged {
		m.Flag = other.Flag
	}
	if m.Label == photo.NoLabel {
		m.Label = other.Label
	}
	if len(m.Tags) == 0 { // else somebody may have removed one since
		m.Tags = slices.Clone(other.Tags)
	}
	return m
}
