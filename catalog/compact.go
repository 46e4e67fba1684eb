package catalog

import (
	"errors"
	"fmt"
	"os"

	bolt "go.etcd.io/bbolt"
)

// compactTx bounds the memory that Compact takes, bytes.
const compactTx = 32 << 20

const (
	// compactPage is the size of the pages of a file that was compacted, bytes. Records of photos of crowds take some thousand bytes, of which two leave
	// much of a page of 4096 empty: a library is 4 % smaller than with such. One edit writes the pages that it is in, and waits for the disk
	// as long as before.
	compactPage = 8192
	// compactAlloc is by how much that file grows, bytes: what bbolt does for files that go on growing, 16 MB at a time, would stay in it.
	compactAlloc = 64 << 10
)

// Compact writes the catalog at path, which must not be open, anew without what is free in it, and returns the
// sizes of the file before and after in bytes. With an error the catalog is as it was.
func Compact(path string) (before, after int64, err error) {
	if before, after, err = compact(path); err != nil {
		return before, after, fmt.Errorf("compact catalog %s: %w", path, err)
	}
	return before, after, nil
}

func compact(path string) (before, after int64, err error) {
	c, err := openAsIs(path, false)
	if err != nil {
		return 0, 0, err
	}
	return c.compact()
}

// compact is Compact of an open catalog, which it closes. Nobody else uses it.
func (c *Catalog) compact() (before, after int64, err error) {
	return c.compactAnd(func(*bolt.Tx) error { return nil })
}

// compactAnd is compact that changes the new file before it takes the place of the former one.
func (c *Catalog) compactAnd(change func(tx *bolt.Tx) error) (before, after int64, err error) {
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, c.db.Close())
		}
	}()
	tmp, err := newFile(c.path)
	if err != nil {
		return 0, 0, err
	}
	defer os.Remove(tmp.Name()) // fails, rightly, once it was renamed
	if err := tmp.Close(); err != nil {
		return 0, 0, err
	}
	dst, err := bolt.Open(tmp.Name(), 0o600, &bolt.Options{FreelistType: bolt.FreelistMapType, PageSize: compactPage})
	if err != nil {
		return 0, 0, err
	}
	dst.AllocSize = compactAlloc
	err = guard(func() error { return errors.Join(bolt.Compact(dst, c.db, compactTx), dst.Update(change)) })
	if err := errors.Join(err, dst.Close()); err != nil {
		return 0, 0, err
	}
	if before, err = sizeOf(c.path); err != nil {
		return 0, 0, err
	}
	if after, err = sizeOf(tmp.Name()); err != nil {
		return 0, 0, err
	}
	closed = true // by replace, whatever comes of it
	return before, after, replace(c.db, tmp.Name(), c.path)
}

func sizeOf(path string) (int64, error) {
	info, err := os.Stat(path)
	if err != nil {
		return 0, err
	}
	return info.Size(), nil
}
