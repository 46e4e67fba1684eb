package catalog

import (
	"context"
	"errors"
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
)

// Stats says what a catalog holds, and in how many bytes.
type Stats struct {
	File    int64 // bytes of the file
	Free    int64 // bytes of it that are free, and that Compact would give back
	Version int   // of the file's layout
	Buckets []BucketStats

	Photos                      int // paths, those that are gone included
	Waiting, Done, Failed, Gone int // of Photos; those that are gone are in Gone alone
	Records                     int // contents that were analysed, under whatever path, or none any more
	Faces                       int // in Records, as the networks found them
	Landmarks                   int // bytes of the records that are landmarks
	Outlines                    int // bytes of the records that are outlines of hair
	EditedPhotos, EditedFaces   int // about which a person said something, of a photo also stars, a flag, a label or tags
	Damaged                     int // values that could not be read, and that are in none of the other numbers but the bytes
}

// BucketStats is what one bucket holds.
type BucketStats struct {
	Name   string
	Values int
	Bytes  int64 // of keys and values
	Pages  int64 // bytes of the pages that they are in
}

// Bytes returns the bytes of all keys and values.
func (s Stats) Bytes() int64 {
	var n int64
	for _, b := range s.Buckets {
		n += b.Bytes
	}
	return n
}

// ReadStats reads all of a catalog that is not open, of this version or an earlier one. The error is that of ctx when it ends.
func ReadStats(ctx context.Context, path string) (Stats, error) {
	s, err := readStats(ctx, path)
	if err != nil {
		return Stats{}, fmt.Errorf("read catalog %s: %w", path, err)
	}
	return s, nil
}

func readStats(ctx context.Context, path string) (s Stats, err error) {
	c, err := openAsIs(path, true)
	if err != nil {
		return s, err
	}
	defer func() { err = errors.Join(err, c.db.Close()) }()
	if s.File, err = sizeOf(path); err != nil {
		return s, err
	}
	looks := map[string]func(key, value []byte) error{
		bucketPaths: func(key, value []byte) error {
			v, err := c.codec.unsealPath(key, value)
			if err == nil {
				s.addPath(&v)
			}
			return err
		},
		bucketPhotos: func(key, value []byte) error {
			var r Record
			err := c.codec.unseal(key, value, &r)
			if err == nil {
				err = s.addRecord(c.codec, &r)
			}
			return err
		},
		bucketEdits: func(key, value []byte) error {
			var e said
			err := c.codec.unseal(key, value, &e)
			if err == nil && (len(e.Faces) > 0 || !e.Marks.IsZero()) {
				s.EditedPhotos++
				s.EditedFaces += len(e.Faces)
			}
			return err
		},
	}
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			if s.Version, err = schemaOf(tx); err != nil {
				return err
			}
			used := int64(0)
			for _, name := range buckets(s.Version) {
				b := tx.Bucket([]byte(name))
				stats := b.Stats()
				n := BucketStats{Name: name, Values: stats.KeyN, Pages: int64(stats.LeafAlloc + stats.BranchAlloc)}
				used += n.Pages
				err := b.ForEach(func(key, value []byte) error {
					n.Bytes += int64(len(key) + len(value))
					if look := looks[name]; look != nil && look(key, value) != nil {
						s.Damaged++
					}
					return ctx.Err()
				})
				if err != nil {
					return err
				}
				s.Buckets = append(s.Buckets, n)
			}
			s.Free = max(0, s.File-used)
			return nil
		})
	})
	return s, err
}

func (s *Stats) addPath(v *pathValue) {
	s.Photos++
	switch {
	case v.Gone:
		s.Gone++
	case v.State == Waiting:
		s.Waiting++
	case v.State == Done:
		s.Done++
	case v.State == Failed:
		s.Failed++
	}
}

// addRecord counts a record. What a part of it takes is what it is shorter without.
func (s *Stats) addRecord(c codec, r *Record) error {
	size := func() (int, error) {
		data, err := c.enc.Marshal(r)
		return len(data), err
	}
	whole, err := size()
	if err != nil {
		return err
	}
	r.Analysis.Faces = slices.Clone(r.Analysis.Faces)
	for i := range r.Analysis.Faces {
		r.Analysis.Faces[i].Landmarks = face.Landmarks{}
	}
	rest, err := size()
	if err != nil {
		return err
	}
	for i := range r.Analysis.Faces {
		r.Analysis.Faces[i].Hair.Pieces = nil
	}
	bare, err := size()
	if err != nil {
		return err
	}
	s.Records++
	s.Faces += len(r.Analysis.Faces)
	s.Landmarks += whole - rest
	s.Outlines += rest - bare
	return nil
}
