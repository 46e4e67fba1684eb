package catalog

import (
	"bytes"
	"errors"
	"maps"
	"path/filepath"
	"testing"

	bolt "go.etcd.io/bbolt"
)

// What many records share is damaged: that is told, and no record loses it for good, whatever is done before it is mended.
func TestDamagedShared(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.semblance")
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { c.Close() }()
	do := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	do(c.SetPolicy(Policy{Ethnicity: true}))
	fill(t, c, 3)
	photo := c.Entry(0).Path
	before, err := c.Record(photo)
	do(err)
	if before.Meta.Model == "" {
		t.Fatal("the record has no camera: the test says nothing")
	}
	_, err = c.BackUpNow(t.Context(), "", false)
	do(err)
	do(c.db.Update(func(tx *bolt.Tx) error {
		meta := tx.Bucket([]byte(bucketMeta))
		cursor := meta.Cursor()
		key, value := cursor.Seek([]byte(keyShared))
		value = bytes.Clone(value)
		value[len(value)-1] ^= 1
		return meta.Put(bytes.Clone(key), value)
	}))
	do(c.Close())
	c, err = Open(path)
	do(err)
	if p := c.Problems(); len(p) != 1 || !errors.Is(p[0], ErrDamaged) {
		t.Errorf("problems %v", p)
	}
	do(c.SetPolicy(Policy{})) // writes all records anew
	do(c.Close())
	_, err = Mend(t.Context(), path)
	do(err)
	c, err = Open(path)
	do(err)
	after, err := c.Record(photo)
	do(err)
	if len(c.Problems()) > 0 || after.Meta.Model != before.Meta.Model || !maps.Equal(after.Analysis.Models, before.Analysis.Models) {
		t.Errorf("mended: %+v, %v; problems %v", after.Meta, after.Analysis.Models, c.Problems())
	}
}
