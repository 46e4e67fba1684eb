package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/photo"
)

// Mended says what Mend did.
type Mended struct {
	Kept     string // a copy of the catalog as it was, "" if nothing was damaged
	Restored int    // values that were taken from a backup
	Again    int    // analyses that are in no backup: their photos are analysed again
	Lost     int    // photos, albums and searches of which what people said is in no backup
}

// Mend repairs the values of the catalog at path, which must not be open, whose checksums are wrong (Check names them): each becomes
// what the latest backup beside the catalog has of it. Analyses that are in none are given up, so that their photos are analysed again, and so is what
// people said. The file as it was is kept beside the catalog. The error is ErrDamaged if the pages are damaged:
// then Restore is what helps. What a damaged policy said is for people to decide again.
func Mend(ctx context.Context, path string) (Mended, error) {
	m, err := mend(ctx, path)
	if err != nil {
		return m, fmt.Errorf("mend catalog %s: %w", path, err)
	}
	return m, nil
}

// mendKey is where a value is.
type mendKey struct{ bucket, key string }

func mend(ctx context.Context, path string) (m Mended, err error) {
	c, err := openToChange(path, false)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, c.db.Close()) }()
	broken, rows, err := c.broken(ctx)
	if err != nil || len(broken) == 0 && !rows {
		return m, err
	}
	kept := keptName(path, time.Now())
	if err := backUp(ctx, c.db, path, kept, false); err != nil {
		return m, fmt.Errorf("keep the file as it is: %w", err)
	}
	m.Kept = kept
	sound, err := c.fromCopies(ctx, path, broken)
	if err != nil {
		return m, err
	}
	if err := c.giveUpSharing(broken, sound); err != nil {
		return m, err
	}
	again := map[photo.ID]bool{}
	err = guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			for k := range broken {
				value, found := sound[k]
				if !found {
					c.giveUp(k, again, &m)
				} else {
					m.Restored++
				}
				if err := replaceValue(tx.Bucket([]byte(k.bucket)), k.key, value); err != nil {
					return err
				}
			}
			if err := c.waitAgain(tx, again); err != nil {
				return err
			}
			return tx.Bucket([]byte(bucketMeta)).Delete([]byte(keyLayout)) // Open makes the rows anew
		})
	})
	return m, err
}

// giveUpSharing adds the records to the broken values that share one which is in no backup: they are without their camera and the names
// of their networks, and another analysis finds these again.
func (c *Catalog) giveUpSharing(broken map[mendKey]bool, sound map[mendKey][]byte) error {
	lost := map[string]bool{}
	for k := range broken {
		if k.bucket == bucketMeta && sound[k] == nil {
			lost[k.key] = true
		}
	}
	if len(lost) == 0 {
		return nil
	}
	return guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(bucketPhotos)).ForEach(func(id, value []byte) error {
				for _, key := range c.codec.sharedIn(value) {
					if k := (mendKey{bucketPhotos, string(id)}); lost[key] {
						broken[k] = true
						delete(sound, k)
					}
				}
				return nil
			})
		})
	})
}

// replaceValue puts a value, or removes the key if it is nil.
func replaceValue(b *bolt.Bucket, key string, value []byte) error {
	if value == nil {
		return b.Delete([]byte(key))
	}
	return b.Put([]byte(key), value)
}

// giveUp counts a value that is in no backup.
func (c *Catalog) giveUp(k mendKey, again map[photo.ID]bool, m *Mended) {
	switch k.bucket {
	case bucketPhotos:
		m.Again++
		if id, ok := idOf([]byte(k.key)); ok {
			again[id] = true
		}
	case bucketEdits, bucketAlbums, bucketSearches:
		m.Lost++
	}
}

// waitAgain has the photos with these contents wait for another analysis. What people said about them stays.
func (c *Catalog) waitAgain(tx *bolt.Tx, ids map[photo.ID]bool) error {
	if len(ids) == 0 {
		return nil
	}
	changed := map[string]pathValue{}
	b := tx.Bucket([]byte(bucketPaths))
	err := b.ForEach(func(key, value []byte) error {
		if v, err := c.codec.unsealPath(key, value); err == nil && ids[v.ID] && !v.Bare {
			v.State, v.Failure, v.Renew, v.Bare = Waiting, "", false, true
			changed[string(key)] = v
		}
		return nil
	})
	if err != nil {
		return err
	}
	for key, v := range changed {
		sealed, err := c.codec.seal([]byte(key), &v)
		if err != nil {
			return err
		}
		if err := b.Put([]byte(key), sealed); err != nil {
			return err
		}
	}
	for id := range ids {
		if err := tx.Bucket([]byte(bucketRows)).Delete(id[:]); err != nil {
			return err
		}
	}
	return nil
}

// mendable returns the buckets whose values people or networks made, of meta what records share. Rows are made of them.
func mendable() []string {
	return []string{bucketMeta, bucketPaths, bucketPhotos, bucketEdits, bucketAlbums, bucketSearches}
}

// soundValue reports whether a value is what was stored.
func (c *Catalog) soundValue(bucket string, key, value []byte) bool {
	switch bucket {
	case bucketMeta:
		if !bytes.HasPrefix(key, []byte(keyShared)) {
			return true // the policy is for people to decide, the others have no checksum
		}
	case bucketPaths:
		_, err := c.codec.unsealPath(key, value)
		return err == nil
	case bucketPhotos:
		var r Record
		return c.codec.unseal(key, value, &r) == nil && bytes.Equal(r.ID[:], key)
	case bucketEdits:
		var s said
		return c.codec.unseal(key, value, &s) == nil
	}
	_, err := checked(key, value)
	return err == nil
}

// broken returns where the values are that are damaged or that are missing although a path has them, and whether any row is not sound.
func (c *Catalog) broken(ctx context.Context) (broken map[mendKey]bool, rows bool, err error) {
	broken = map[mendKey]bool{}
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			photos := tx.Bucket([]byte(bucketPhotos))
			for _, bucket := range mendable() {
				b := tx.Bucket([]byte(bucket))
				err := b.ForEach(func(key, value []byte) error {
					if value != nil && !c.soundValue(bucket, key, value) {
						broken[mendKey{bucket, string(key)}] = true
						return ctx.Err()
					}
					if bucket != bucketPaths {
						return ctx.Err()
					}
					if v, err := c.codec.unsealPath(key, value); err == nil && !v.ID.IsZero() && !v.Bare && photos.Get(v.ID[:]) == nil {
						broken[mendKey{bucketPhotos, string(v.ID[:])}] = true
					}
					return ctx.Err()
				})
				if err != nil {
					return fmt.Errorf("bucket %s: %w", bucket, err)
				}
			}
			return tx.Bucket([]byte(bucketRows)).ForEach(func(key, value []byte) error {
				_, err := checked(key, value)
				rows = rows || err != nil
				return nil
			})
		})
	})
	return broken, rows, err
}

// fromCopies returns what the latest backups that have sound ones have of values.
func (c *Catalog) fromCopies(ctx context.Context, path string, keys map[mendKey]bool) (map[mendKey][]byte, error) {
	copies, err := Copies(path)
	if err != nil {
		return nil, err
	}
	var policy Policy
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			policy, _, _ = c.policyOf(tx) // a damaged one withholds nothing
			return nil
		})
	})
	sound := map[mendKey][]byte{}
	for _, copied := range copies {
		if ctx.Err() != nil || err != nil || len(sound) == len(keys) {
			break
		}
		from, openErr := openAsIs(copied.Path, true)
		if openErr != nil {
			continue // the next one may be sound
		}
		_ = guard(func() error { // whatever could be read counts
			return from.db.View(func(tx *bolt.Tx) error {
				for k := range keys {
					b := tx.Bucket([]byte(k.bucket))
					if b == nil || sound[k] != nil {
						continue
					}
					if value := b.Get([]byte(k.key)); value != nil && c.soundValue(k.bucket, []byte(k.key), value) {
						sound[k] = c.allowed(k, bytes.Clone(value), policy)
					}
				}
				return nil
			})
		})
		if err := from.db.Close(); err != nil {
			return nil, err
		}
	}
	return sound, errors.Join(err, ctx.Err())
}

// allowed returns a sound value without what a policy has taken out of the records since it was backed up.
func (c *Catalog) allowed(k mendKey, value []byte, p Policy) []byte {
	if k.bucket != bucketPhotos {
		return value
	}
	var r Record
	if c.codec.unseal([]byte(k.key), value, &r) != nil {
		return nil
	}
	without := r.without(p.withheld())
	if without == &r {
		return value
	}
	sealed, err := c.codec.seal([]byte(k.key), without)
	if err != nil {
		return nil
	}
	return sealed
}
