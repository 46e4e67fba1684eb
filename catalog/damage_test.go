package catalog_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// filled makes a closed catalog of two analysed photos and returns its path.
func filled(t *testing.T) string {
	t.Helper()
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{
		{File: file("a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 30))},
		{File: file("b.jpg", 1), Record: record(2, person(face.Happy, face.Man, 30))},
	}))
	check(t, c.Close())
	return path
}

// edit changes a closed catalog with bbolt itself.
func edit(t *testing.T, path string, change func(tx *bolt.Tx) error) {
	t.Helper()
	db, err := bolt.Open(path, 0o600, nil)
	check(t, err)
	check(t, db.Update(change))
	check(t, db.Close())
}

// flip changes one bit at the end of a value.
func flip(t *testing.T, path, bucket string, key []byte) {
	t.Helper()
	edit(t, path, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte(bucket))
		value := bytes.Clone(b.Get(key))
		value[len(value)-1] ^= 1
		return b.Put(key, value)
	})
}

func TestDamagedValues(t *testing.T) {
	first, a := id(1), file("a.jpg", 1).Path
	tests := []struct {
		name    string
		damage  func(t *testing.T, path string)
		happy   []string // what emotion:happy finds
		pending []string
		problem string
	}{
		{
			"row", func(t *testing.T, path string) { flip(t, path, "rows", first[:]) },
			[]string{"a.jpg", "b.jpg"},
			nil, "", // made anew from the record
		},
		{
			"no row", func(t *testing.T, path string) {
				edit(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("rows")).Delete(first[:]) })
			},
			[]string{"a.jpg", "b.jpg"},
			nil, "",
		},
		{
			"row and record", func(t *testing.T, path string) {
				flip(t, path, "rows", first[:])
				flip(t, path, "photos", first[:])
			},
			[]string{"b.jpg"},
			[]string{a},
			"record of " + a,
		},
		{
			"entry", func(t *testing.T, path string) { flip(t, path, "paths", []byte(a)) },
			[]string{"b.jpg"},
			nil, "entry of " + a, // the next scan finds it as new
		},
		{
			"value of another photo", func(t *testing.T, path string) {
				second := id(2)
				edit(t, path, func(tx *bolt.Tx) error {
					rows, photos := tx.Bucket([]byte("rows")), tx.Bucket([]byte("photos"))
					return errors.Join(rows.Put(first[:], bytes.Clone(rows.Get(second[:]))), photos.Put(first[:], bytes.Clone(photos.Get(second[:]))))
				})
			},
			[]string{"b.jpg"},
			[]string{a},
			"record of " + a,
		},
		{
			"rows of another table of fields", func(t *testing.T, path string) {
				edit(t, path, func(tx *bolt.Tx) error {
					return errors.Join(tx.DeleteBucket([]byte("rows")), tx.Bucket([]byte("meta")).Put([]byte("layout"), []byte("another")),
						func() error { _, err := tx.CreateBucket([]byte("rows")); return err }())
				})
			},
			[]string{"a.jpg", "b.jpg"},
			nil, "",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filled(t)
			tt.damage(t, path)
			c := mustOpen(t, path)
			if got := found(t, c, "emotion:happy", everything, catalog.ByPath); !slices.Equal(got, tt.happy) {
				t.Errorf("found %q, want %q", got, tt.happy)
			}
			if got := c.Pending("", true); !slices.Equal(got, tt.pending) {
				t.Errorf("pending %q, want %q", got, tt.pending)
			}
			switch problems := c.Problems(); {
			case tt.problem == "" && len(problems) > 0:
				t.Errorf("problems %v", problems)
			case tt.problem != "" && (len(problems) != 1 || !errors.Is(problems[0], catalog.ErrDamaged) || !strings.Contains(problems[0].Error(), tt.problem)):
				t.Errorf("problems %v, want one that says %q", problems, tt.problem)
			}
			check(t, c.Track([]photo.File{file("a.jpg", 1)}))
			check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, person(face.Sad, face.Woman, 30))}}))
			c = reopen(t, c, path)
			if len(c.Problems()) > 0 || !slices.Equal(found(t, c, "emotion:sad", everything, catalog.ByPath), []string{"a.jpg"}) {
				t.Errorf("another analysis does not heal it: %v", c.Problems())
			}
		})
	}
}

func TestDamagedRecordIsSaid(t *testing.T) {
	path, first := filled(t), id(1)
	flip(t, path, "photos", first[:])
	c := mustOpen(t, path)
	if _, err := c.Record(file("a.jpg", 1).Path); !errors.Is(err, catalog.ErrDamaged) || !strings.Contains(err.Error(), "a.jpg") {
		t.Errorf("Record: %v", err)
	}
	if k, err := c.Known(file("a.jpg", 1).Path, first); k.Record != nil || !errors.Is(err, catalog.ErrDamaged) {
		t.Errorf("Known: %+v, %v", k, err)
	}
	if _, err := c.Record(file("nowhere.jpg", 1).Path); !errors.Is(err, catalog.ErrUnknown) {
		t.Errorf("Record of an unknown path: %v", err)
	}
}

// A file that is no sound catalog is refused and left as it is.
func TestOpenRefuses(t *testing.T) {
	sound, err := os.ReadFile(filled(t))
	check(t, err)
	write := func(content []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) { check(t, os.WriteFile(path, content, 0o600)) }
	}
	meta := func(key, value string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			write(sound)(t, path)
			edit(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte(key), []byte(value)) })
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T, path string)
		want error
	}{
		{"empty", write(nil), catalog.ErrDamaged},
		{"a photo", write(bytes.Repeat([]byte("\xFF\xD8\xFF\xE0"), 10_000)), catalog.ErrDamaged},
		{"short", write([]byte("semblance")), catalog.ErrDamaged},
		{"both heads gone", write(append(make([]byte, 8192), sound[8192:]...)), catalog.ErrDamaged},
		{"truncated", write(sound[:3*4096]), catalog.ErrDamaged},
		{"pages full of nothing", write(append(slices.Clone(sound[:8192]), make([]byte, len(sound)-8192)...)), catalog.ErrDamaged},
		{"bbolt file of another program", func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error { _, err := tx.CreateBucket([]byte("other")); return err })
		}, catalog.ErrDamaged},
		{"later version", meta("schema", "99"), catalog.ErrNewer},
		{"no version", meta("schema", "x"), catalog.ErrDamaged},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			tt.make(t, path)
			before, err := os.ReadFile(path)
			check(t, err)
			c, err := catalog.Open(path)
			if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("Open: %v, want %v", err, tt.want)
			}
			if c != nil {
				check(t, c.Close())
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the file was changed: %v", err)
			}
		})
	}
}

func TestOpenTwice(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	if _, err := catalog.Open(path); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("a second Open: %v, want %v", err, catalog.ErrInUse)
	}
	check(t, c.Close())
	check(t, mustOpen(t, path).Close())
}

func TestOpenMakesFoldersAndNoLitter(t *testing.T) {
	path := filepath.Join(t.TempDir(), "deep", "er", "catalog.semblance")
	check(t, mustOpen(t, path).Close())
	entries, err := os.ReadDir(filepath.Dir(path))
	check(t, err)
	if len(entries) != 1 {
		t.Errorf("the folder holds %v", entries)
	}
}

func TestUseAfterClose(t *testing.T) {
	c := mustOpen(t, filled(t))
	check(t, c.Close())
	if err := c.Track([]photo.File{file("new.jpg", 1)}); err == nil {
		t.Error("Track after Close is no error")
	}
	if _, err := c.Record(file("a.jpg", 1).Path); err == nil {
		t.Error("Record after Close is no error")
	}
	if got := found(t, c, "", everything, catalog.ByPath); len(got) != 2 {
		t.Errorf("found %q", got)
	}
}

// Searches and changes at once: what a result says has to fit together.
func TestConcurrentUse(t *testing.T) {
	c := mustOpen(t, newPath(t))
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := range 20 {
				n := 2*(i%7) + w
				f := file(string(rune('a'+n))+".jpg", 1)
				if err := c.Commit([]catalog.Outcome{{File: f, Record: record(n, person(face.Happy, face.Woman, 30), person(face.Sad, face.Man, float32(i)))}}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		wg.Go(func() {
			e := query.Expr{}.Toggle("emotion", "happy")
			last := uint64(0)
			for range 300 {
				r := c.Find(e, everything, catalog.ByPath)
				if r.Generation < last || r.Faces != len(r.Photos) || r.TotalFaces != 2*r.Total || r.Counts["emotion"]["sad"] != r.Faces {
					t.Errorf("result %+v", r)
				}
				last = r.Generation
				for _, ref := range r.Photos {
					if got := r.Matching(ref); !slices.Equal(got, []uint32{1}) {
						t.Errorf("matching %v", got)
					}
				}
			}
		})
	}
	wg.Wait()
}
