package catalog

import (
	"errors"
	"fmt"
	"path/filepath"
	"strings"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
)

// view reads the file. Whoever holds write may read it without.
func (c *Catalog) view(look func(tx *bolt.Tx) error) error {
	c.file.RLock()
	defer c.file.RUnlock()
	return c.db.View(look)
}

// removeTraces removes what may be left of values that renewSome took out of records, which keyTraces tells: the file is written
// anew, since its free pages hold them, and the values are taken out of the backups beside it too. If the program ends
// meanwhile, the next Open goes on. Copies of which nobody knows what they hold are errors, once.
func (c *Catalog) removeTraces() error {
	var traces bool
	err := guard(func() error {
		return c.view(func(tx *bolt.Tx) error {
			traces = tx.Bucket([]byte(bucketMeta)).Get([]byte(keyTraces)) != nil
			return nil
		})
	})
	if err != nil || !traces {
		return err
	}
	if err := c.rewrite(); err != nil {
		return fmt.Errorf("write the file without what was removed: %w", err)
	}
	return errors.Join(withdrawFromCopies(c.path, c.Policy().withheld()), c.traced())
}

// traced notes that there are no traces any more.
func (c *Catalog) traced() error {
	c.write.Lock()
	defer c.write.Unlock()
	return guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Delete([]byte(keyTraces)) })
	})
}

// tracing is a removal of values from a file whose free pages have to go too. If compacting it fails, or the program ends before, the next Open does
// it (removeTraces).
type tracing struct{ already bool } // there were traces before, of which the backups may have some

// begin notes, in the transaction that removes the values, that there are traces.
func (t *tracing) begin(tx *bolt.Tx) error {
	meta := tx.Bucket([]byte(bucketMeta))
	t.already = meta.Get([]byte(keyTraces)) != nil
	return meta.Put([]byte(keyTraces), []byte("yes"))
}

// compact is Catalog.compact, after which there are no traces of the removal.
func (t *tracing) compact(c *Catalog) error {
	_, _, err := c.compactAnd(func(tx *bolt.Tx) error {
		if t.already {
			return nil
		}
		return tx.Bucket([]byte(bucketMeta)).Delete([]byte(keyTraces))
	})
	return err
}

// rewrite is Compact of a catalog that is in use: it goes on in the new file.
func (c *Catalog) rewrite() error {
	c.write.Lock()
	defer c.write.Unlock()
	c.file.Lock()
	defer c.file.Unlock()
	_, _, err := c.compact()
	db, openErr := openBolt(c.path, false)
	if openErr == nil {
		c.db = db // else the file stays closed, and everything that needs it says so
	}
	return errors.Join(err, openErr)
}

// withdrawFromCopies takes the values of features out of the backups beside a catalog.
func withdrawFromCopies(path string, features face.Features) error {
	copies, err := copiesAndKept(path)
	errs := []error{err}
	for _, path := range copies {
		if err := withdrawFrom(path, features); err != nil {
			errs = append(errs, fmt.Errorf("take %v out of the copy %s: %w", features, path, err))
		}
	}
	return errors.Join(errs...)
}

// copiesAndKept returns the paths of the backups beside a catalog, and of the former catalogs that Restore has kept.
func copiesAndKept(path string) ([]string, error) {
	copies, err := Copies(path)
	if err != nil {
		return nil, err
	}
	var paths []string
	for _, c := range copies {
		paths = append(paths, c.Path)
	}
	kept, err := namesLike(filepath.Dir(path), func(name string) bool {
		stem, ext := stemOf(path)
		return strings.HasPrefix(name, stem+keptInfix) && strings.HasSuffix(name, ext)
	})
	return append(paths, kept...), err
}

// withdrawFrom takes the values of features out of the catalog at path, of this version or an earlier one, which is not open. Its
// policy and what people said stay.
func withdrawFrom(path string, features face.Features) error {
	c, err := openAsIs(path, false)
	if err != nil {
		return err
	}
	var traces bool
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			p, _, _ := c.policyOf(tx) // a damaged one withholds nothing
			traces = p.withheld()&features != features || tx.Bucket([]byte(bucketMeta)).Get([]byte(keyTraces)) != nil
			return nil
		})
	})
	for from := []byte{}; err == nil && from != nil; {
		var some bool
		from, some, err = c.withdrawSome(from, features)
		traces = traces || some
	}
	if err != nil || !traces {
		return errors.Join(err, c.db.Close())
	}
	_, _, err = c.compact()
	return err
}

// withdrawSome takes the values of features out of some records, from a key on. Their rows are removed: the next Open makes all anew.
// It returns the key to go on from, nil if that was all, and whether there were any values.
func (c *Catalog) withdrawSome(from []byte, features face.Features) (next []byte, some bool, err error) {
	var changed []*Record
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			cursor := tx.Bucket([]byte(bucketPhotos)).Cursor()
			key, value := cursor.Seek(from)
			for n := 0; key != nil && n < rowsPerCommit; key, value = cursor.Next() {
				n++
				var r Record
				if c.codec.unseal(key, value, &r) != nil || string(key) != string(r.ID[:]) {
					continue // damaged: an analysis replaces it
				}
				if without := r.without(features); without != &r {
					changed = append(changed, without)
				}
			}
			next = append(next, key...)
			return nil
		})
	})
	if err != nil || len(changed) == 0 {
		return next, false, err
	}
	err = guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			if err := tx.Bucket([]byte(bucketMeta)).Delete([]byte(keyLayout)); err != nil {
				return err
			}
			for _, r := range changed {
				err := errors.Join(c.putRecord(tx.Bucket([]byte(bucketPhotos)), r), tx.Bucket([]byte(bucketRows)).Delete(r.ID[:]))
				if err != nil {
					return err
				}
			}
			return nil
		})
	})
	return next, true, err
}
