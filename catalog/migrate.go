package catalog

import (
	"fmt"
	"strconv"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/photo"
)

// The versions of the file, and what came with each:
//
//	1  meta, paths, photos, rows
//	2  the bucket edits; the values of paths have a Look
//	3  the policy in meta; edits have corrections, which earlier programs would lose
//	4  albums and searches; edits have names and marks, records the former analysis; entries of paths, rows and faces are packed, and
//	   what records have in common is in meta
//	5  edits have what other programs said, which earlier programs would lose; entries of paths say which sidecars were read
//	6  faces have how probably each word for the colour of hair fits, which earlier programs could not read
//
// Opening a file of an earlier version brings it to this one, in one transaction. Its rows are made anew then, and its records lose
// the apparent ethnicity, which nobody had been asked about (renewSome). What a
// version added at the end of a value is not written into values that are there
// already: they are read as they are and written anew when they next change.

// versionOf returns the version of a file that is a catalog of this version or an earlier one. It refuses files of others and of later versions.
func versionOf(db *bolt.DB) (version int, err error) {
	err = db.View(func(tx *bolt.Tx) error {
		version, err = schemaOf(tx)
		return err
	})
	return version, err
}

// migrate brings a file of an earlier version to this one.
func migrate(db *bolt.DB) error {
	return db.Update(func(tx *bolt.Tx) error {
		for _, name := range buckets(schema) {
			if _, err := tx.CreateBucketIfNotExists([]byte(name)); err != nil {
				return fmt.Errorf("bring it to version %d: %w", schema, err)
			}
		}
		return tx.Bucket([]byte(bucketMeta)).Put([]byte(keySchema), []byte(strconv.Itoa(schema)))
	})
}

// buckets returns the buckets of a version.
func buckets(version int) []string {
	names := []string{bucketMeta, bucketPaths, bucketPhotos, bucketRows}
	if version >= 2 {
		names = append(names, bucketEdits)
	}
	if version >= 4 {
		names = append(names, bucketAlbums, bucketSearches)
	}
	return names
}

// schemaOf returns the version of a file that is a catalog of this version or an earlier one.
func schemaOf(tx *bolt.Tx) (int, error) {
	notOurs := fmt.Errorf("%w: the file is not a catalog of Semblance", ErrDamaged)
	meta := tx.Bucket([]byte(bucketMeta))
	if meta == nil {
		return 0, notOurs
	}
	version, err := strconv.Atoi(string(meta.Get([]byte(keySchema))))
	switch {
	case err != nil || version < 1:
		return 0, fmt.Errorf("%w: the file does not say its version", ErrDamaged)
	case version > schema:
		return 0, fmt.Errorf("%w (%d, this one knows up to %d)", ErrNewer, version, schema)
	}
	for _, name := range buckets(version) {
		if tx.Bucket([]byte(name)) == nil {
			return 0, notOurs
		}
	}
	return version, nil
}

// pathValue1 is pathValue as version 1 wrote it.
type pathValue1 struct {
	_       struct{} `cbor:",toarray"`
	Size    int64
	MTime   int64
	State   State
	Failure string
	ID      photo.ID
	Gone    bool
	Renew   bool
}

// pathValue2 is pathValue as versions 2 and 3 wrote it.
type pathValue2 struct {
	_       struct{} `cbor:",toarray"`
	Size    int64
	MTime   int64
	State   State
	Failure string
	ID      photo.ID
	Gone    bool
	Renew   bool
	Look    Look
}

// The first byte of a CBOR array of seven and eight elements: of a pathValue1 and a pathValue2.
const (
	arrayOf7 = 0x87
	arrayOf8 = 0x88
)

// unsealPath decodes what is stored of a path, by whatever version.
func (c codec) unsealPath(key, sealed []byte) (v pathValue, err error) {
	data, err := checked(key, sealed)
	switch {
	case err != nil:
		return v, err
	case len(data) > 0 && (data[0] == arrayOf7 || data[0] == arrayOf8):
		return c.unsealOldPath(key, sealed)
	}
	err = v.unpack(data)
	return v, err
}

// unsealOldPath decodes what earlier versions stored. It is apart because what CBOR decodes into costs an allocation.
func (c codec) unsealOldPath(key, sealed []byte) (pathValue, error) {
	var (
		old pathValue2
		err error
	)
	if sealed[sumSize] == arrayOf7 {
		var oldest pathValue1
		err = c.unseal(key, sealed, &oldest)
		old = pathValue2{
			Size: oldest.Size, MTime: oldest.MTime, State: oldest.State, Failure: oldest.Failure, ID: oldest.ID, Gone: oldest.Gone, Renew: oldest.Renew,
		}
	} else {
		err = c.unseal(key, sealed, &old)
	}
	return pathValue{
		Size: old.Size, MTime: old.MTime, State: old.State, Failure: old.Failure, ID: old.ID, Gone: old.Gone, Renew: old.Renew, Look: old.Look,
	}, err
}
