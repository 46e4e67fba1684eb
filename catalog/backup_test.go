package catalog_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// names returns the names in a folder, hidden ones too.
func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	check(t, err)
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// A backup is the catalog at one moment, whatever is written meanwhile.
func TestBackupWhileOthersWrite(t *testing.T) {
	c := mustOpen(t, newPath(t))
	const each = 20 // photos of a commit
	stop := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				return
			default:
			}
			var done []catalog.Outcome
			for i := range each {
				done = append(done, catalog.Outcome{File: file(fmt.Sprintf("%05d.jpg", each*n+i), 1), Record: record(each*n+i, person(face.Happy, face.Woman, 30))})
			}
			if err := c.Commit(done); err != nil {
				t.Error(err)
			}
		}
	})
	dir, sizes := t.TempDir(), []int{}
	for i := range 8 {
		for _, last := c.Lookup(file(fmt.Sprintf("%05d.jpg", each*(i+1)-1), 1).Path); !last; {
			_, last = c.Lookup(file(fmt.Sprintf("%05d.jpg", each*(i+1)-1), 1).Path)
		}
		to := filepath.Join(dir, fmt.Sprintf("%d.db", i))
		check(t, c.Backup(t.Context(), to, false))
		b := mustOpen(t, to)
		n := len(found(t, b, "emotion:happy", everything, catalog.ByPath))
		if p := b.Problems(); len(p) > 0 || n%each != 0 || n < each*(i+1) || n != len(b.Paths("", true)) {
			t.Errorf("backup %d has %d photos, %d of them with a record, and the problems %v", i, len(b.Paths("", true)), n, p)
		}
		sizes = append(sizes, n)
	}
	close(stop)
	wg.Wait()
	if slices.Max(sizes) == slices.Min(sizes) {
		t.Errorf("%v: nothing was written meanwhile, the test says nothing", sizes)
	}
}

func TestBackupReplacesNothingUnasked(t *testing.T) {
	path := filled(t)
	c := mustOpen(t, path)
	dir := t.TempDir()
	to := filepath.Join(dir, "mine.db")
	check(t, os.WriteFile(to, []byte("precious"), 0o600))
	if err := c.Backup(t.Context(), to, false); !errors.Is(err, fs.ErrExist) || !strings.Contains(err.Error(), to) {
		t.Errorf("over a file: %v", err)
	}
	if err := c.Backup(t.Context(), path, true); err == nil || !strings.Contains(err.Error(), "the catalog itself") {
		t.Errorf("over the catalog itself: %v", err)
	}
	ended, end := context.WithCancel(t.Context())
	end()
	if err := c.Backup(ended, to, true); !errors.Is(err, context.Canceled) {
		t.Errorf("after the end: %v", err)
	}
	if err := c.Backup(t.Context(), filepath.Join(dir, "nowhere", "a.db"), true); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("into no folder: %v", err)
	}
	if data, err := os.ReadFile(to); string(data) != "precious" || err != nil {
		t.Errorf("the file was changed: %q, %v", data, err)
	}
	check(t, c.Backup(t.Context(), to, true))
	if got := names(t, dir); !slices.Equal(got, []string{"mine.db"}) {
		t.Errorf("the folder holds %q", got)
	}
	wantFound(t, mustOpen(t, to), "emotion:happy", "a.jpg", "b.jpg")
	wantFound(t, reopen(t, c, path), "emotion:happy", "a.jpg", "b.jpg")
}

func TestBackUpOfAClosedCatalog(t *testing.T) {
	path := filled(t)
	to, err := catalog.BackUp(t.Context(), path, "", false)
	check(t, err)
	copies, err := catalog.Copies(path)
	check(t, err)
	if len(copies) != 1 || copies[0].Path != to || time.Since(copies[0].Time) > time.Minute || copies[0].Size == 0 {
		t.Errorf("copies %+v, made %s", copies, to)
	}
	wantFound(t, mustOpen(t, to), "emotion:happy", "a.jpg", "b.jpg")
	mustOpen(t, path)
	if _, err := catalog.BackUp(t.Context(), path, filepath.Join(t.TempDir(), "x.db"), false); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("of an open one: %v", err)
	}
	if _, err := catalog.BackUp(t.Context(), newPath(t), "", false); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of none: %v", err)
	}
}

func TestBackUpDaily(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	now := time.Now()
	daily := func(after time.Duration) bool {
		t.Helper()
		to, err := c.BackUpDaily(t.Context(), now.Add(after))
		check(t, err)
		return to != ""
	}
	touch := func(after time.Duration) { check(t, os.Chtimes(path, time.Time{}, now.Add(after))) }
	if daily(0) {
		t.Error("an empty catalog was backed up")
	}
	check(t, c.Track([]photo.File{file("a.jpg", 1)}))
	if !daily(0) {
		t.Error("the first is missing")
	}
	touch(time.Hour)
	if daily(2 * time.Hour) {
		t.Error("two on one day")
	}
	if !daily(25 * time.Hour) {
		t.Error("not after a day with changes")
	}
	if daily(100 * time.Hour) {
		t.Error("although nothing was changed")
	}
	touch(90 * time.Hour)
	if !daily(100 * time.Hour) {
		t.Error("not after changes")
	}
	// A clock that was wrong once must not stop it.
	ahead := filepath.Join(filepath.Dir(path), "backups", "catalog-29991231T000000Z.semblance")
	check(t, os.WriteFile(ahead, nil, 0o600))
	touch(190 * time.Hour)
	if !daily(200 * time.Hour) {
		t.Error("not beside one of the future")
	}
	// What cannot be written is an error, and leaves nothing.
	check(t, os.RemoveAll(filepath.Dir(ahead)))
	check(t, os.WriteFile(filepath.Dir(ahead), nil, 0o600))
	if to, err := c.BackUpDaily(t.Context(), now); err == nil || to != "" {
		t.Errorf("without a folder: %q, %v", to, err)
	}
}

// Somebody who works every day has copies of the last days, and of the weeks before.
func TestPrune(t *testing.T) {
	path := newPath(t)
	dir := filepath.Join(filepath.Dir(path), "backups")
	check(t, os.Mkdir(dir, 0o700))
	others := []string{"catalog-old.semblance", "catalog2-20260101T000000Z.semblance", "catalog-20260101T000000Z.db"}
	for _, name := range others {
		check(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	monday := time.Date(2026, 11, 2, 10, 0, 0, 0, time.UTC)
	var kept []string
	for day := range 40 {
		when := monday.AddDate(0, 0, day)
		check(t, os.WriteFile(filepath.Join(dir, "catalog-"+when.Format("20060102T150405Z")+".semblance"), nil, 0o600))
		check(t, catalog.Prune(path))
	}
	copies, err := catalog.Copies(path)
	check(t, err)
	for _, c := range copies {
		kept = append(kept, c.Time.Format("01-02"))
	}
	// The last day is Friday, December 11.
	if want := []string{"12-11", "12-10", "12-09", "12-06", "11-29", "11-22"}; !slices.Equal(kept, want) {
		t.Errorf("kept %q, want %q", kept, want)
	}
	for _, name := range others {
		if _, err := os.Stat(filepath.Join(dir, name)); err != nil {
			t.Errorf("a file that is no backup of the catalog is gone: %v", err)
		}
	}
}

// A file of an earlier version is kept as it was, and opens even where it cannot be.
func TestBackupBeforeAnUpgrade(t *testing.T) {
	path := schema1(t)
	before, err := os.ReadFile(path)
	check(t, err)
	mustOpen(t, path)
	copies, err := catalog.Copies(path)
	check(t, err)
	if len(copies) != 1 {
		t.Fatalf("copies %+v", copies)
	}
	db, err := bolt.Open(copies[0].Path, 0o600, &bolt.Options{ReadOnly: true})
	check(t, err)
	check(t, db.View(func(tx *bolt.Tx) error {
		if v := tx.Bucket([]byte("meta")).Get([]byte("schema")); string(v) != "1" || tx.Bucket([]byte("edits")) != nil {
			t.Errorf("the copy has version %q", v)
		}
		return nil
	}))
	check(t, db.Close())

	other := newPath(t)
	check(t, os.WriteFile(other, before, 0o600))
	check(t, os.WriteFile(filepath.Join(filepath.Dir(other), "backups"), nil, 0o600))
	c := mustOpen(t, other)
	if p := c.Problems(); len(p) != 2 || !strings.Contains(p[0].Error(), "back up before the upgrade") || !strings.Contains(p[1].Error(), "list backups") {
		t.Errorf("problems %v", p)
	}
	wantFound(t, c, "emotion:happy", "a.jpg")
}

// Who waits for the lock of a file that is replaced meanwhile gets the new one: what it writes would be lost otherwise.
func TestOpenOfAFileThatIsReplaced(t *testing.T) {
	path, next := filled(t), filled(t)
	c := mustOpen(t, next)
	judge(t, c, id(1), 1, face.Rejected)
	check(t, c.Close())

	db, err := bolt.Open(path, 0o600, nil)
	check(t, err)
	opened := make(chan *catalog.Catalog)
	go func() {
		c, err := catalog.Open(path)
		if err != nil {
			t.Error(err)
		}
		opened <- c
	}()
	time.Sleep(200 * time.Millisecond) // it waits for the lock by then
	check(t, os.Rename(next, path))
	check(t, db.Close())
	if c := <-opened; c != nil {
		wantFound(t, c, "emotion:happy", "b.jpg")
		check(t, c.Close())
	}
}

// A part of the file that only records are in is missed too.
func TestOpenOfAFileThatIsCutOff(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	var done []catalog.Outcome
	for n := range 2000 {
		done = append(done, catalog.Outcome{File: file(fmt.Sprintf("%d.jpg", n), 1), Record: record(n, person(face.Happy, face.Woman, 30))})
	}
	check(t, c.Commit(done))
	copied := newPath(t) // without free pages at its end
	check(t, c.Backup(t.Context(), copied, false))
	data, err := os.ReadFile(copied)
	check(t, err)
	data = data[:len(data)-1]
	check(t, os.WriteFile(copied, data, 0o600))
	if _, err := catalog.Open(copied); !errors.Is(err, catalog.ErrDamaged) || !strings.Contains(err.Error(), "cut off") {
		t.Errorf("Open: %v", err)
	}
	if after, err := os.ReadFile(copied); err != nil || !bytes.Equal(data, after) {
		t.Errorf("the file was changed: %v", err)
	}
}
