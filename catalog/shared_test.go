package catalog_test

import (
	"bytes"
	"encoding/binary"
	"path/filepath"
	"testing"
	"time"

	"github.com/zeebo/xxh3"
	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// Where two shared values have keys that begin alike, a row does not say which is its own: the record does.
func TestSharedKeysBeginAlike(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	r := record(1, person(face.Happy, face.Woman, 30))
	r.Analysis.Mode = "fast"
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r}}))
	check(t, c.Close())
	edit(t, path, func(tx *bolt.Tx) error {
		meta := tx.Bucket([]byte("meta"))
		key, value := meta.Cursor().Seek([]byte("shared "))
		other := bytes.Clone(key)
		other[len(other)-1]++
		return meta.Put(other, append(binary.BigEndian.AppendUint64(nil, xxh3.HashSeed(value[8:], xxh3.Hash(other))), value[8:]...))
	})
	c = mustOpen(t, path)
	wantFound(t, c, "camera:ILCE emotion:happy", "a.jpg")
	if ref, _ := c.Lookup(file("a.jpg", 1).Path); c.Entry(ref).Mode != "fast" || len(c.Problems()) > 0 {
		t.Errorf("mode %q, problems %v", c.Entry(ref).Mode, c.Problems())
	}
}

// Rows of records that were stored before records shared anything keep what they share, whatever is erased.
func TestEraseKeepsWhatRowsShare(t *testing.T) {
	path := unpack(t, "schema3.db.gz")
	c := mustOpen(t, path)
	before := found(t, c, "camera:ILCE", catalog.Scope{}, catalog.ByPath)
	if len(before) == 0 {
		t.Fatal("no photo of the old catalog has a camera")
	}
	other := photo.File{Path: filepath.FromSlash("/other/x.jpg"), Size: 1, MTime: time.Unix(1, 0)}
	check(t, c.Commit([]catalog.Outcome{{File: other, Record: record(77)}}))
	check(t, c.Close())
	_, err := catalog.Erase(t.Context(), path, catalog.Erasure{Folder: filepath.FromSlash("/other"), Edits: true})
	check(t, err)
	c = mustOpen(t, path)
	wantFound(t, c, "camera:ILCE", before...)
}
