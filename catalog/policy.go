package catalog

import (
	"fmt"
	"slices"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// Policy is what people decided about a catalog as a whole. It is kept in the catalog's file.
// The names in the json tags are stored.
type Policy struct {
	// Ethnicity says that the apparent ethnicity is found out, shown and searched for. While it is not, nothing that
	// the catalog returns has it, and no record does but with Lost.
	Ethnicity bool `json:"ethnicity"`
	// Lost says that what people had decided about Ethnicity was damaged, and that nobody has decided since: it is off, but
	// records that have it keep it until their photo is analysed again. Whoever changes another part of a policy passes it
	// on, and whoever decides about Ethnicity clears it; it means nothing where Ethnicity is on.
	Lost bool `json:"lost,omitempty"`
	// Sure says which values are sure.
	Sure face.Thresholds `json:"sure"`
}

// DefaultPolicy returns the policy of a catalog about which nobody decided anything.
func DefaultPolicy() Policy { return Policy{Sure: face.DefaultThresholds()} }

// Hidden returns the features that are neither found out nor shown.
func (p Policy) Hidden() face.Features {
	if p.Ethnicity {
		return 0
	}
	return face.EthnicityClasses
}

// Wanted returns the features that are found out about every face.
func (p Policy) Wanted() face.Features { return face.AllFeatures &^ p.Hidden() }

// withheld returns the features of which records keep nothing.
func (p Policy) withheld() face.Features {
	if p.Lost {
		return 0
	}
	return p.Hidden()
}

// shown returns a record as the policy lets it be seen. It is not to be stored.
func (p Policy) shown(r *Record) *Record {
	out := *r.without(p.Hidden())
	out.Edits = r.Edits.Without(p.Hidden())
	return &out
}

// Policy returns what people decided about the catalog.
func (c *Catalog) Policy() Policy {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.policy
}

// SetPolicy stores a policy and makes the index anew from what is stored; no photo has to be analysed for it. The
// zero Thresholds are the defaults; the error is that of Thresholds.Check for wrong ones.
//
// When it returns, everything is on the disk and in the index, and where the policy hides a feature and is not Lost, no record has
// values of it any more; what people said of it stays, out of sight. The values are gone from free pages of the file and from the backups
// beside it too, which takes as long as Compact of each. It takes about as long as reading all records.
// Others read and write meanwhile, and see some photos as they were before. After an error, or when the
// program ends, the policy is the new one, and the next SetPolicy or Open does the rest.
func (c *Catalog) SetPolicy(p Policy) error {
	p.Sure = p.Sure.OrDefault()
	p.Lost = p.Lost && !p.Ethnicity
	err := p.Sure.Check()
	if err == nil {
		c.deciding.Lock()
		defer c.deciding.Unlock()
		err = c.decide(p)
	}
	if err != nil {
		return fmt.Errorf("set policy of catalog %s: %w", c.path, err)
	}
	return nil
}

func (c *Catalog) decide(p Policy) error {
	if err := c.putPolicy(p); err != nil {
		return err
	}
	if err := c.renewRows(); err != nil {
		return err
	}
	return c.removeTraces()
}

// putPolicy stores a policy. If it is another one, the rows are not current from then on.
func (c *Catalog) putPolicy(p Policy) error {
	c.write.Lock()
	defer c.write.Unlock()
	if p == c.policy && c.decided {
		return nil
	}
	err := guard(func() error {
		sealed, err := c.codec.seal([]byte(keyPolicy), p)
		if err != nil {
			return err
		}
		return c.db.Update(func(tx *bolt.Tx) error {
			meta := tx.Bucket([]byte(bucketMeta))
			if err := meta.Put([]byte(keyPolicy), sealed); err != nil {
				return err
			}
			if p.withheld()&^c.policy.withheld() != 0 { // also where no record has it any more
				if err := meta.Put([]byte(keyTraces), []byte("yes")); err != nil {
					return err
				}
			}
			return meta.Delete([]byte(keyLayout))
		})
	})
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.policy, c.decided = p, true
	c.generation++
	return nil
}

// loadPolicy reads the policy. One that is damaged or out of range is a problem, and the default, Lost, takes its place.
func (c *Catalog) loadPolicy(tx *bolt.Tx) error {
	p, decided, err := c.policyOf(tx)
	if err != nil {
		c.problems = append(c.problems, err)
	}
	c.policy, c.decided = p, decided
	return nil
}

// policyOf reads the policy of a file, the default if nobody decided anything, and a Lost one with an error.
func (c *Catalog) policyOf(tx *bolt.Tx) (p Policy, decided bool, err error) {
	p = DefaultPolicy() // also for what an earlier version did not store
	sealed := tx.Bucket([]byte(bucketMeta)).Get([]byte(keyPolicy))
	if sealed == nil {
		return p, false, nil
	}
	err = c.codec.unseal([]byte(keyPolicy), sealed, &p)
	if err == nil {
		err = p.Sure.Check()
	}
	if err != nil {
		p = DefaultPolicy()
		p.Lost = true
		return p, false, fmt.Errorf("policy: %w", err)
	}
	return p, true, nil
}

// rowsPerCommit bounds the memory that renewRows takes, and how long others wait for it.
const rowsPerCommit = 1000

// renewRows derives all rows from their records if what they depend on has changed since they were
// written.
func (c *Catalog) renewRows() error {
	current, err := c.current()
	if err != nil || current {
		return err
	}
	for from := []byte{}; from != nil; {
		if from, err = c.renewSome(from); err != nil {
			return err
		}
	}
	return nil
}

// current reports whether the rows are what this program would make of the records.
func (c *Catalog) current() (current bool, err error) {
	err = guard(func() error {
		return c.view(func(tx *bolt.Tx) error {
			current = string(tx.Bucket([]byte(bucketMeta)).Get([]byte(keyLayout))) == c.layout()
			return nil
		})
	})
	return current, err
}

// renewSome derives the rows of the records from a key on, and returns the key to go on from, nil if that was all. What is
// withheld is taken out of the records too.
func (c *Catalog) renewSome(from []byte) (next []byte, err error) {
	c.write.Lock()
	defer c.write.Unlock()
	type renewed struct {
		id  []byte
		row row
	}
	var batch []renewed
	err = guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			meta, photos, rows := tx.Bucket([]byte(bucketMeta)), tx.Bucket([]byte(bucketPhotos)), tx.Bucket([]byte(bucketRows))
			var stripped []*Record
			cursor := photos.Cursor()
			key, _ := cursor.Seek(from)
			for ; key != nil && len(batch) < rowsPerCommit; key, _ = cursor.Next() {
				rec, ok, err := c.read(tx, key)
				if !ok {
					continue
				}
				n := renewed{id: slices.Clone(key)}
				if err == nil {
					n.row = newRow(&rec, c.policy)
					err = c.putRow(rows, key, &n.row)
				} else { // nobody knows what its row should be; Open tells of it
					err = rows.Delete(key)
				}
				if err != nil {
					return err
				}
				if without := rec.without(c.policy.withheld()); without != &rec {
					stripped = append(stripped, without)
				}
				batch = append(batch, n)
			}
			next = slices.Clone(key)
			if len(stripped) > 0 {
				if err := meta.Put([]byte(keyTraces), []byte("yes")); err != nil {
					return err
				}
			}
			for _, rec := range stripped { // not while the cursor walks
				if err := c.putRecord(photos, rec); err != nil {
					return err
				}
			}
			if next == nil {
				return meta.Put([]byte(keyLayout), []byte(c.layout()))
			}
			return nil
		})
	})
	if err != nil || c.index == nil {
		return next, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	var changed []Ref
	for i := range batch {
		refs := c.index.setRows(photo.ID(batch[i].id), &batch[i].row)
		if !batch[i].row.Analysed { // damaged: it says no time any more
			changed = append(changed, refs...)
		}
	}
	c.index.reorder(nil, changed)
	c.index.tidy()
	c.generation++
	return next, nil
}
