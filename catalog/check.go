package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/photo"
)

// Check reads the whole file: whether its pages hang together, whether every value is what was stored, whether the rows
// are those of their records and whether every path has its record. values are the damaged ones, one error each,
// which names the photo, a hundred at most and then one that counts the others. The error is ErrDamaged if
// the pages are damaged, so that the file is not to be relied on as a whole, and that of ctx when it ends.
//
// Rows that are not those of their records are made anew when the catalog is next opened.
//
// It reads a few hundred values at a time, so that the file does not grow because of it, and rests between them as long as
// it has worked. At the end whoever writes waits while bbolt looks at all pages, which takes a fraction of
// the time of reading the values (BenchmarkUpkeep).
func (c *Catalog) Check(ctx context.Context) (values []error, err error) {
	return c.checkOpen(ctx, false)
}

// CheckSums is Check without a look into records: it takes much shorter, and finds everything but rows that are not those
// of their records although their checksums are right.
func (c *Catalog) CheckSums(ctx context.Context) (values []error, err error) {
	return c.checkOpen(ctx, true)
}

func (c *Catalog) checkOpen(ctx context.Context, sums bool) (values []error, err error) {
	k := checker{Catalog: c, ctx: ctx, sums: sums, gentle: true}
	err = k.run()
	if err == nil && k.rows > 0 {
		err = c.doubtRows()
	}
	if err != nil {
		err = fmt.Errorf("check catalog %s: %w", c.path, err)
	}
	return k.errors(), err
}

// CheckFile is Check of a catalog that is not open, of this version or an earlier one. It changes nothing.
func CheckFile(ctx context.Context, path string) (values []error, err error) {
	if values, err = checkFile(ctx, path); err != nil {
		return values, fmt.Errorf("check catalog %s: %w", path, err)
	}
	return values, nil
}

func checkFile(ctx context.Context, path string) (values []error, err error) {
	c, err := openAsIs(path, true)
	if err != nil {
		return nil, err
	}
	k := checker{Catalog: c, ctx: ctx}
	err = k.run()
	return k.errors(), errors.Join(err, c.db.Close())
}

// openAsIs opens the file of a catalog, of this version or an earlier one, without an index and without changing it.
func openAsIs(path string, readOnly bool) (*Catalog, error) {
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	db, err := openBolt(path, readOnly)
	if err != nil {
		return nil, err
	}
	err = guard(func() error {
		_, err := versionOf(db)
		if err != nil {
			return err
		}
		return db.View(codec.load)
	})
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &Catalog{path: path, db: db, codec: codec}, nil
}

const (
	// checkSize is how many values are looked at in one transaction.
	checkSize = 500
	// maxFound is how many damaged values Check names.
	maxFound = 100
)

// checker is one run of Check.
type checker struct {
	*Catalog
	ctx    context.Context //nolint:containedctx // of the one call that it lives for
	sums   bool            // CheckSums
	gentle bool            // rest between transactions
	found  []damaged
	more   int // that are not in found
	rows   int // that are not those of their records
}

// damaged is a value that is not what was stored.
type damaged struct {
	id  photo.ID // zero if err names it
	err error
}

// add notes a damaged value; id is its key if that is a photo's identity.
func (k *checker) add(id []byte, err error) {
	d := damaged{err: err}
	if len(id) == len(d.id) {
		d.id = photo.ID(id)
	}
	if len(k.found) < maxFound {
		k.found = append(k.found, d)
	} else {
		k.more++
	}
}

func (k *checker) run() error {
	walks := []struct {
		bucket string
		value  func(tx *bolt.Tx, key, value []byte)
	}{
		{bucketMeta, k.meta},
		{bucketPaths, k.path},
		{bucketPhotos, k.record},
		{bucketEdits, k.edit},
		{bucketRows, k.row},
		{bucketAlbums, func(_ *bolt.Tx, key, value []byte) { k.named("album", key, value) }},
		{bucketSearches, func(_ *bolt.Tx, key, value []byte) { k.named("search", key, value) }},
	}
	for _, w := range walks {
		if err := k.walk(w.bucket, w.value); err != nil {
			return err
		}
	}
	return k.pages()
}

// walk calls look for every value of a bucket.
func (k *checker) walk(bucket string, look func(tx *bolt.Tx, key, value []byte)) error {
	var last []byte // the key that was looked at last, nil before the first
	for more := true; more; {
		if err := k.ctx.Err(); err != nil {
			return err
		}
		begun := time.Now()
		err := guard(func() error {
			return k.view(func(tx *bolt.Tx) error {
				more = false
				b := tx.Bucket([]byte(bucket))
				if b == nil {
					return nil // an earlier version has none
				}
				cursor := b.Cursor()
				key, value := cursor.Seek(last)
				if last != nil && bytes.Equal(key, last) {
					key, value = cursor.Next()
				}
				for n := 0; key != nil; key, value = cursor.Next() {
					if n++; n > checkSize {
						more = true
						return nil
					}
					if last != nil && bytes.Compare(last, key) >= 0 {
						return fmt.Errorf("%w: its keys are out of order", ErrDamaged)
					}
					look(tx, key, value)
					last = append(last[:0], key...)
				}
				return nil
			})
		})
		if err != nil {
			return fmt.Errorf("bucket %s: %w", bucket, err)
		}
		if k.gentle && more {
			select {
			case <-time.After(time.Since(begun)):
			case <-k.ctx.Done():
			}
		}
	}
	return nil
}

func (k *checker) meta(tx *bolt.Tx, key, value []byte) {
	if bytes.HasPrefix(key, []byte(keyShared)) {
		if _, err := checked(key, value); err != nil {
			k.add(nil, fmt.Errorf("cameras and networks that records share: %w", err))
		}
	}
	if string(key) != keyPolicy {
		return // the others have no checksum
	}
	if _, _, err := k.policyOf(tx); err != nil {
		k.add(nil, err)
	}
}

func (k *checker) path(tx *bolt.Tx, key, value []byte) {
	v, err := k.codec.unsealPath(key, value)
	switch {
	case err != nil:
		k.add(nil, fmt.Errorf("entry of %s: %w", key, err))
	case !v.ID.IsZero() && !v.Bare && tx.Bucket([]byte(bucketPhotos)).Get(v.ID[:]) == nil:
		k.add(nil, fmt.Errorf("record of %s: %w: it is missing", key, ErrDamaged))
	}
}

func (k *checker) record(tx *bolt.Tx, id, value []byte) {
	if k.sums {
		if _, err := checked(id, value); err != nil {
			k.add(id, fmt.Errorf("record: %w", err))
		}
		return
	}
	var r Record
	if err := k.codec.unseal(id, value, &r); err != nil {
		k.add(id, fmt.Errorf("record: %w", err))
		return
	}
	if !bytes.Equal(r.ID[:], id) {
		k.add(id, fmt.Errorf("record: %w: it is that of photo %v", ErrDamaged, r.ID))
		return
	}
	version, err := schemaOf(tx)
	if err != nil || version != schema {
		return // rows of earlier versions are made anew
	}
	policy, _, err := k.policyOf(tx)
	if err != nil || string(tx.Bucket([]byte(bucketMeta)).Get([]byte(keyLayout))) != layoutOf(policy) {
		return // they are being made anew, or will be
	}
	s, err := k.said(tx, id)
	if err != nil {
		return // edit tells of them, and nobody knows what the row should be
	}
	r.tell(&s)
	want := newRow(&r, policy)
	if sealed, err := k.codec.seal(id, &want); err != nil || !bytes.Equal(sealed, tx.Bucket([]byte(bucketRows)).Get(id)) {
		k.rows++
		k.add(id, fmt.Errorf("row: %w: it is not that of its record", ErrDamaged))
	}
}

func (k *checker) edit(tx *bolt.Tx, id, _ []byte) {
	if _, err := k.said(tx, id); err != nil {
		k.add(id, err)
	}
}

func (k *checker) named(what string, key, value []byte) {
	if _, err := checked(key, value); err != nil {
		k.add(nil, fmt.Errorf("%s %q: %w", what, key, err))
	}
}

// row looks for what record does not see.
func (k *checker) row(tx *bolt.Tx, id, value []byte) {
	if tx.Bucket([]byte(bucketPhotos)).Get(id) == nil {
		k.add(id, fmt.Errorf("row: %w: its record is missing", ErrDamaged))
		return
	}
	if _, err := checked(id, value); k.sums && err != nil {
		k.rows++
		k.add(id, fmt.Errorf("row: %w", err))
	}
}

// pages looks whether every page is sound and used once. Nobody may change the file meanwhile.
func (k *checker) pages() error {
	k.write.Lock()
	defer k.write.Unlock()
	f, err := os.Open(k.db.Path())
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	if err = checkPages(k.ctx, f, info.Size()); err != nil && k.ctx.Err() == nil {
		err = fmt.Errorf("%w: pages: %w", ErrDamaged, err)
	}
	return err
}

// doubtRows has the next Open make the rows anew.
func (c *Catalog) doubtRows() error {
	c.write.Lock()
	defer c.write.Unlock()
	return guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Delete([]byte(keyLayout)) })
	})
}

// errors returns what was found, with the paths of the photos.
func (k *checker) errors() []error {
	paths := map[photo.ID]string{}
	for _, d := range k.found {
		if !d.id.IsZero() {
			paths[d.id] = fmt.Sprintf("photo %v", d.id)
		}
	}
	if len(paths) > 0 {
		// What cannot be walked over was told already, and the identities name the photos too.
		_ = k.walk(bucketPaths, func(_ *bolt.Tx, key, value []byte) {
			if v, err := k.codec.unsealPath(key, value); err == nil {
				if _, wanted := paths[v.ID]; wanted {
					paths[v.ID] = string(key)
				}
			}
		})
	}
	var errs []error
	for _, d := range k.found {
		err := d.err
		if path, ok := paths[d.id]; ok {
			err = fmt.Errorf("%s: %w", path, err)
		}
		errs = append(errs, err)
	}
	if k.more > 0 {
		errs = append(errs, fmt.Errorf("%w: %d other values", ErrDamaged, k.more))
	}
	return errs
}
