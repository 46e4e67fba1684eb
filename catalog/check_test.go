package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
)

// fillRandomly commits random photos, edits some, and commits some again.
func fillRandomly(t *testing.T, c *catalog.Catalog, rng *rand.Rand, photos int) {
	t.Helper()
	for range 2 {
		var done []catalog.Outcome
		for n := range photos {
			done = append(done, catalog.Outcome{File: file(fmt.Sprintf("%d/%d.jpg", n%7, n), 1), Record: randomRecord(rng, n)})
		}
		check(t, c.Commit(done))
		for n := range photos {
			if n%20 == 0 && len(done[n].Record.Analysis.Faces) > 0 {
				draw(t, c, id(n), randomBox(rng))
				check(t, c.Edit(id(n), func(r *catalog.Record) error { return r.Edits.Correct(&r.Analysis, 1, face.AgeYears, rng.IntN(90)) }))
			}
		}
	}
}

func wantSound(t *testing.T, path string) {
	t.Helper()
	if values, err := catalog.CheckFile(t.Context(), path); err != nil || len(values) > 0 {
		t.Errorf("%s: %v, %v", path, values, err)
	}
}

// What was written in any of the ways of writing is sound, under any policy.
func TestCheckOfASoundCatalog(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	rng := rand.New(rand.NewPCG(1, 2))
	for _, p := range []catalog.Policy{catalog.DefaultPolicy(), {Ethnicity: true}, {Sure: face.Thresholds{Gender: .95}.OrDefault()}} {
		check(t, c.SetPolicy(p))
		fillRandomly(t, c, rng, 550) // more than are looked at in one go
		for _, check := range []func(context.Context) ([]error, error){c.Check, c.CheckSums} {
			if values, err := check(t.Context()); err != nil || len(values) > 0 {
				t.Errorf("%+v: %v, %v", p, values, err)
			}
		}
	}
	check(t, c.Close())
	wantSound(t, path)
}

func TestCheckOfEarlierVersions(t *testing.T) {
	for _, name := range []string{"schema1.db.gz", "schema2.db.gz", "schema3.db.gz", "schema4.db.gz"} {
		path := unpack(t, name)
		before, err := os.ReadFile(path)
		check(t, err)
		wantSound(t, path)
		if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
			t.Errorf("%s was changed: %v", name, err)
		}
		if values, err := mustOpen(t, path).Check(t.Context()); err != nil || len(values) > 0 {
			t.Errorf("%s, upgraded: %v, %v", name, values, err)
		}
	}
}

func TestCheckNamesDamagedValues(t *testing.T) {
	first, second, a := id(1), id(2), file("a.jpg", 1).Path
	remove := func(bucket string, key []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucket)).Delete(key) })
		}
	}
	flipped := func(bucket string, key []byte) func(*testing.T, string) {
		return func(t *testing.T, path string) { flip(t, path, bucket, key) }
	}
	tests := []struct {
		name   string
		damage func(t *testing.T, path string)
		want   []string // a part of each
		unseen int      // of them, by CheckSums
	}{
		{"record", flipped("photos", first[:]), []string{a + ": record"}, 0},
		{"edits", flipped("edits", first[:]), []string{a + ": edits"}, 0},
		{"entry", flipped("paths", []byte(a)), []string{"entry of " + a}, 0},
		{"policy", flipped("meta", []byte("policy")), []string{"policy"}, 0},
		{"row", flipped("rows", first[:]), []string{a + ": row"}, 0},
		{"no row", remove("rows", first[:]), []string{a + ": row"}, 1},
		{"no record", remove("photos", first[:]), []string{"record of " + a, a + ": row: damaged: its record is missing"}, 0},
		{"row of another photo", func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error {
				rows := tx.Bucket([]byte("rows"))
				return rows.Put(first[:], bytes.Clone(rows.Get(second[:])))
			})
		}, []string{a + ": row"}, 0},
		{"record of another photo", func(t *testing.T, path string) {
			edit(t, path, func(tx *bolt.Tx) error {
				photos := tx.Bucket([]byte("photos"))
				return photos.Put(first[:], bytes.Clone(photos.Get(second[:])))
			})
		}, []string{a + ": record"}, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			path := filled(t)
			c := mustOpen(t, path)
			check(t, c.SetPolicy(catalog.DefaultPolicy()))
			judge(t, c, first, 1, face.Rejected)
			check(t, c.Close())
			tt.damage(t, path)
			values, err := catalog.CheckFile(t.Context(), path)
			check(t, err)
			c = mustOpen(t, path)
			sums, err := c.CheckSums(t.Context())
			check(t, err)
			check(t, c.Close())
			if want := len(tt.want) - tt.unseen; len(sums) != want {
				t.Errorf("sums alone: %v, want %d", sums, want)
			}
			if len(values) != len(tt.want) {
				t.Fatalf("found %v, want %q", values, tt.want)
			}
			for i, want := range tt.want {
				if !errors.Is(values[i], catalog.ErrDamaged) || !strings.Contains(values[i].Error(), want) {
					t.Errorf("found %v, want %q", values[i], want)
				}
			}
		})
	}
}

// Rows that are wrong although their checksums are right are found, and made anew.
func TestCheckHealsRows(t *testing.T) {
	path, first := filled(t), id(1)
	edit(t, path, func(tx *bolt.Tx) error { return tx.Bucket([]byte("rows")).Delete(first[:]) })
	c := mustOpen(t, path)
	if values, err := c.Check(t.Context()); err != nil || len(values) != 1 {
		t.Errorf("found %v, %v", values, err)
	}
	check(t, reopen(t, c, path).Close())
	wantSound(t, path)
}

func TestCheckNamesAHundred(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	fillRandomly(t, c, rand.New(rand.NewPCG(3, 4)), 150)
	check(t, c.Close())
	edit(t, path, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("rows"))
		for n := range 130 {
			key := id(n)
			if err := b.Put(key[:], []byte("123456789")); err != nil {
				return err
			}
		}
		return nil
	})
	values, err := catalog.CheckFile(t.Context(), path)
	check(t, err)
	if len(values) != 101 || !strings.Contains(values[100].Error(), "30 other values") {
		t.Errorf("%d errors, the last is %v", len(values), values[len(values)-1])
	}
}

func TestCheckRefuses(t *testing.T) {
	path := filled(t)
	c := mustOpen(t, path)
	if _, err := catalog.CheckFile(t.Context(), path); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("an open one: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if _, err := c.Check(ended); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	if _, err := catalog.CheckFile(t.Context(), newPath(t)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
}

// Whichever page is damaged, that is found, and the program goes on.
func TestCheckOfDamagedPages(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	fillRandomly(t, c, rand.New(rand.NewPCG(5, 6)), 250)
	check(t, c.Close())
	// Without free pages, so that every page counts.
	src, err := bolt.Open(path, 0o600, nil)
	check(t, err)
	compact := newPath(t)
	dst, err := bolt.Open(compact, 0o600, nil)
	check(t, err)
	check(t, bolt.Compact(dst, src, 0))
	free, pageSize := dst.Stats().FreePageN+dst.Stats().PendingPageN, dst.Info().PageSize
	check(t, errors.Join(src.Close(), dst.Close()))
	to := newPath(t)
	_, err = catalog.BackUp(t.Context(), compact, to, false)
	check(t, err)
	wantSound(t, to)
	sound, err := os.ReadFile(to)
	check(t, err)
	pages := len(sound) / pageSize
	if pages < 30 {
		t.Fatalf("%d pages: the test says little", pages)
	}
	missed := func(data []byte) bool {
		check(t, os.WriteFile(to, data, 0o600))
		values, err := catalog.CheckFile(t.Context(), to)
		if err != nil && !errors.Is(err, catalog.ErrDamaged) {
			t.Errorf("not called damaged: %v", err)
		}
		return err == nil && len(values) == 0
	}
	rng := rand.New(rand.NewPCG(7, 8))
	unseen := 0
	for page := 2; page < pages; page++ {
		data := bytes.Clone(sound)
		for i := range pageSize {
			data[page*pageSize+i] = byte(rng.Uint32())
		}
		if missed(data) {
			unseen++
		}
	}
	// The list of free pages is one, and bbolt makes it anew from a page that says nothing of the kind.
	if unseen > free+1 {
		t.Errorf("%d of %d pages were damaged unseen, %d were free", unseen, pages-2, free)
	}
	flips := 0
	for range 80 {
		data := bytes.Clone(sound)
		at := 2*pageSize + rng.IntN(len(data)-2*pageSize)
		data[at] ^= 1 << rng.IntN(8)
		if missed(data) {
			flips++ // in the empty space of a page
		}
	}
	t.Logf("%d pages, %d free, %d damaged unseen; %d of 80 bits flipped unseen", pages-2, free, unseen, flips)
}
