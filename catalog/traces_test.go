package catalog_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
)

// guessesIn returns how often the ethnicity of hesitant can be read in each file of a folder and those below, whatever wrote it there.
func guessesIn(t *testing.T, dir string) map[string]int {
	t.Helper()
	var guess []byte // six numbers of Face.Ethnicity, of which only two are not 0, in ten thousandths
	for _, p := range []uint64{0, 0, 7000, 3000, 0, 0} {
		guess = binary.AppendUvarint(guess, p)
	}
	files := map[string]int{}
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		files[path] = bytes.Count(data, guess)
		return err
	}))
	return files
}

func wantTraces(t *testing.T, dir string, files int, want bool) {
	t.Helper()
	all := guessesIn(t, dir)
	if len(all) != files {
		t.Errorf("there are the files %v, want %d", all, files)
	}
	for path, n := range all {
		if n > 0 != want {
			t.Errorf("%s holds %d guesses, want any: %v", path, n, want)
		}
	}
}

// Once ethnicity is off, no byte of the catalog or of a backup beside it tells of a guess, and all else is there.
func TestNoTraces(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	var outcomes []catalog.Outcome
	for n := range 300 {
		outcomes = append(outcomes, catalog.Outcome{File: file(string(rune('a'+n%26))+string(rune('a'+n/26))+".jpg", 1), Record: record(n, hesitant(), maybe(200))})
	}
	check(t, c.Commit(outcomes))
	correct(t, c, 1, 2, face.EthnicityClasses, int(face.Indian))
	day := time.Date(2026, 5, 3, 12, 0, 0, 0, time.UTC)
	_, err := c.BackUpDaily(t.Context(), day)
	check(t, err)
	check(t, c.Commit(outcomes[:100])) // what was stored before is in free pages
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.semblance")
	check(t, c.Backup(t.Context(), elsewhere, false))
	check(t, os.Rename(elsewhere, strings.TrimSuffix(path, ".semblance")+"-replaced-20260504T120000Z.semblance")) // as Restore keeps one
	wantTraces(t, filepath.Dir(path), 3, true)

	check(t, c.SetPolicy(catalog.Policy{}))
	wantTraces(t, filepath.Dir(path), 3, false)
	for range 2 { // the same open catalog, and opened again
		wantFound(t, c, "ethnicity:black guesses:yes")
		wantFound(t, c, "edited:yes")
		if r := c.Find(mustParse(t, "gender:woman"), everything, catalog.ByPath); len(r.Photos) != 300 {
			t.Errorf("%d photos were found", len(r.Photos))
		}
		_, err := c.Record(file("aa.jpg", 1).Path)
		check(t, err)
		check(t, c.Commit(outcomes[:1]))
		c = reopen(t, c, path)
	}
	wantTraces(t, filepath.Dir(path), 3, false)

	// The backup is as good as before.
	check(t, c.Close())
	_, err = catalog.Restore(t.Context(), path, "")
	check(t, err)
	c = mustOpen(t, path)
	if p := c.Problems(); len(p) > 0 || !c.Policy().Ethnicity {
		t.Errorf("problems %v, policy %+v", p, c.Policy())
	}
	wantFound(t, c, "ethnicity:black guesses:yes")
	wantFound(t, c, "ethnicity:indian", "ba.jpg")
	if r := c.Find(mustParse(t, "gender:woman"), everything, catalog.ByPath); len(r.Photos) != 300 {
		t.Errorf("%d photos were found", len(r.Photos))
	}
}

// A program that ends before all traces are removed leaves that to the next.
func TestTracesAfterAnEnd(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, hesitant())}}))
	_, err := c.BackUpDaily(t.Context(), time.Now())
	check(t, err)
	check(t, c.Close())
	edit(t, path, func(tx *bolt.Tx) error { // switched off, and no more
		meta := tx.Bucket([]byte("meta"))
		return errors.Join(meta.Delete([]byte("policy")), meta.Put([]byte("traces"), []byte("yes")))
	})
	wantTraces(t, filepath.Dir(path), 2, true)
	check(t, mustOpen(t, path).Close())
	wantTraces(t, filepath.Dir(path), 2, false)
	view(t, path, func(tx *bolt.Tx) error {
		if tx.Bucket([]byte("meta")).Get([]byte("traces")) != nil {
			t.Error("the next Open does it all again")
		}
		return nil
	})
}

// The copies that are made of a catalog of an earlier version before it is changed lose the guesses too, and are what they were else.
func TestNoTracesOfAnUpgrade(t *testing.T) {
	path := unpack(t, "schema2.db.gz")
	check(t, mustOpen(t, path).Close())
	copies, err := catalog.Copies(path)
	if err != nil || len(copies) != 1 {
		t.Fatalf("copies %v, %v", copies, err)
	}
	wantNoEthnicities(t, path)
	wantNoEthnicities(t, copies[0].Path)
	view(t, copies[0].Path, func(tx *bolt.Tx) error {
		if v := string(tx.Bucket([]byte("meta")).Get([]byte("schema"))); v != "2" {
			t.Errorf("the copy is of version %s", v)
		}
		return nil
	})
}

// A copy that cannot be read is told of once; it stays, and the policy holds.
func TestTracesInADamagedCopy(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, hesitant())}}))
	to, err := c.BackUpDaily(t.Context(), time.Now())
	check(t, err)
	check(t, os.WriteFile(to, []byte("no catalog"), 0o600))
	if err := c.SetPolicy(catalog.Policy{}); !errors.Is(err, catalog.ErrDamaged) || !strings.Contains(err.Error(), to) {
		t.Errorf("SetPolicy: %v, want it to name the copy", err)
	}
	if data, err := os.ReadFile(to); err != nil || string(data) != "no catalog" {
		t.Errorf("the copy is %q, %v", data, err)
	}
	if c = reopen(t, c, path); len(c.Problems()) > 0 || c.Policy().Ethnicity {
		t.Errorf("problems %v, policy %+v", c.Problems(), c.Policy())
	}
}
