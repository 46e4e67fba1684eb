package catalog_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
)

// The latest backup that is sound takes the place of a damaged catalog, which is kept.
func TestRestore(t *testing.T) {
	path := filled(t)
	dir := filepath.Join(filepath.Dir(path), "backups")
	to, err := catalog.BackUp(t.Context(), path, "", false)
	check(t, err)
	sound := filepath.Join(dir, "catalog-20260301T120000Z.semblance")
	check(t, os.Rename(to, sound))
	// Later ones: one with a damaged value, one that is no catalog, one that is cut off.
	data, err := os.ReadFile(sound)
	check(t, err)
	value := filepath.Join(dir, "catalog-20260401T120000Z.semblance")
	check(t, os.WriteFile(value, data, 0o600))
	first := id(1)
	flip(t, value, "photos", first[:])
	check(t, os.WriteFile(filepath.Join(dir, "catalog-20260501T120000Z.semblance"), []byte("no catalog"), 0o600))
	check(t, os.WriteFile(filepath.Join(dir, "catalog-20260601T120000Z.semblance"), data[:len(data)/2], 0o600))

	// The catalog was changed since, and is damaged.
	c := mustOpen(t, path)
	judge(t, c, first, 1, face.Rejected)
	check(t, c.Close())
	broken := append(make([]byte, 8192), bytes.Repeat([]byte("x"), 5000)...)
	check(t, os.WriteFile(path, broken, 0o600))
	_, err = catalog.Open(path)
	when := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC).Local().Format("2006-01-02 15:04")
	if !errors.Is(err, catalog.ErrDamaged) || !strings.Contains(err.Error(), "the backup of "+when+" is sound") || !strings.Contains(err.Error(), "semblancectl catalog restore") {
		t.Errorf("Open: %v, want one that names the backup of %s", err, when)
	}

	r, err := catalog.Restore(t.Context(), path, "")
	check(t, err)
	if r.From != sound || len(r.Values) != 0 {
		t.Errorf("%+v, want from %s", r, sound)
	}
	if kept, err := os.ReadFile(r.Kept); err != nil || !bytes.Equal(kept, broken) {
		t.Errorf("the damaged file was not kept: %v", err)
	}
	wantFound(t, mustOpen(t, path), "emotion:happy", "a.jpg", "b.jpg")
	if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{"backups", filepath.Base(r.Kept), filepath.Base(path)}) {
		t.Errorf("the folder holds %q", got)
	}
	if got := names(t, dir); len(got) != 4 {
		t.Errorf("the backups are %q", got)
	}
}

// A person may choose another backup, also one in which a value is damaged, and also over a sound catalog.
func TestRestoreOfAChosenBackup(t *testing.T) {
	path, first := filled(t), id(1)
	backup := filepath.Join(t.TempDir(), "mine.db")
	_, err := catalog.BackUp(t.Context(), path, backup, false)
	check(t, err)
	flip(t, backup, "photos", first[:])
	c := mustOpen(t, path)
	judge(t, c, id(2), 1, face.Rejected)
	check(t, c.Close())
	r, err := catalog.Restore(t.Context(), path, backup)
	check(t, err)
	if r.From != backup || len(r.Values) != 1 {
		t.Errorf("%+v, want one damaged value", r)
	}
	wantFound(t, mustOpen(t, path), "emotion:happy", "a.jpg", "b.jpg") // of a.jpg the row is sound
	wantFound(t, mustOpen(t, r.Kept), "emotion:happy", "a.jpg")
}

func TestRestoreWhereNothingIs(t *testing.T) {
	path := filled(t)
	_, err := catalog.BackUp(t.Context(), path, "", false)
	check(t, err)
	check(t, os.Remove(path))
	r, err := catalog.Restore(t.Context(), path, "")
	check(t, err)
	if r.Kept != "" {
		t.Errorf("%+v", r)
	}
	wantFound(t, mustOpen(t, path), "emotion:happy", "a.jpg", "b.jpg")
}

// What cannot be restored leaves everything as it was.
func TestRestoreRefuses(t *testing.T) {
	path := filled(t)
	no := filepath.Join(t.TempDir(), "no.db")
	check(t, os.WriteFile(no, []byte("no catalog"), 0o600))
	newer := filepath.Join(t.TempDir(), "newer.db")
	_, err := catalog.BackUp(t.Context(), path, newer, false)
	check(t, err)
	edit(t, newer, func(tx *bolt.Tx) error { return tx.Bucket([]byte("meta")).Put([]byte("schema"), []byte("99")) })
	before, err := os.ReadFile(path)
	check(t, err)
	page := filepath.Join(t.TempDir(), "page.db")
	half := len(before) / 2
	check(t, os.WriteFile(page, slices.Concat(before[:8192], bytes.Repeat([]byte("x"), half), before[8192+half:]), 0o600))
	tests := []struct {
		name, backup string
		open         bool
		want         error
	}{
		{"no backup", "", false, catalog.ErrNoBackup},
		{"no such file", filepath.Join(t.TempDir(), "x"), false, os.ErrNotExist},
		{"no catalog", no, false, catalog.ErrDamaged},
		{"a page is damaged", page, false, catalog.ErrDamaged},
		{"of a later version", newer, false, catalog.ErrNewer},
		{"while it is open", no, true, catalog.ErrInUse},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.open {
				mustOpen(t, path)
			}
			if r, err := catalog.Restore(t.Context(), path, tt.backup); !errors.Is(err, tt.want) || !strings.Contains(err.Error(), path) {
				t.Errorf("%+v, %v, want %v", r, err, tt.want)
			}
			if after, err := os.ReadFile(path); err != nil || !bytes.Equal(before, after) {
				t.Errorf("the catalog was changed: %v", err)
			}
			if got := names(t, filepath.Dir(path)); !slices.Equal(got, []string{filepath.Base(path)}) {
				t.Errorf("the folder holds %q", got)
			}
		})
	}
}
