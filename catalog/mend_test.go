package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"semblance/catalog"
	"semblance/internal/face"
)

// spoil changes every place of a file where a text stands.
func spoil(t *testing.T, path string, texts ...string) {
	t.Helper()
	data, err := os.ReadFile(path)
	check(t, err)
	for _, text := range texts {
		if !bytes.Contains(data, []byte(text)) {
			t.Fatalf("%s does not hold %q", path, text)
		}
		data = bytes.ReplaceAll(data, []byte(text), []byte(strings.Repeat("x", len(text))))
	}
	check(t, os.WriteFile(path, data, 0o600))
}

// Damaged values come back out of the latest backup that has them; what is in none is analysed again or given up, and the file as it was is kept.
func TestMend(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	commit := func(n int) {
		t.Helper()
		r := record(n, person(face.Happy, face.Woman, 30))
		r.Warnings = []string{fmt.Sprintf("warning of photo %d.", n)}
		r.Analysis.Models = map[string]string{"faces": fmt.Sprintf("network of photo %d.", n)}
		check(t, c.Commit([]catalog.Outcome{{File: file(fmt.Sprintf("photo-%d-.jpg", n), 1), Record: r}}))
	}
	for n := range 3 {
		commit(n)
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("failed.jpg", 1), Failure: "why it failed"}}))
	called(0, 1, "In the backup")(t, c)
	called(1, 1, "Also there")(t, c)
	_, err := c.BackUpDaily(t.Context(), time.Now())
	check(t, err)
	commit(3)
	called(2, 1, "Nowhere else")(t, c)
	check(t, c.Edit(id(3), func(r *catalog.Record) error { r.Marks = r.Marks.WithTag("wedding"); return nil }))
	check(t, c.Close())
	if m, err := catalog.Mend(t.Context(), path); err != nil || m != (catalog.Mended{}) {
		t.Errorf("a sound catalog: %+v, %v", m, err)
	}
	whole := filesBelow(t, filepath.Dir(path))

	spoil(t, path, "warning of photo 0.", "network of photo 0.", "network of photo 3.", "In the backup", "Nowhere else", "why it failed")
	if values, err := catalog.CheckFile(t.Context(), path); err != nil || len(values) < 5 {
		t.Fatalf("damaged are %v, %v: the test says nothing", values, err)
	}
	m, err := catalog.Mend(t.Context(), path)
	check(t, err)
	if m.Restored != 4 || m.Again != 1 || m.Lost != 1 {
		t.Errorf("%+v, want 4 restored, 1 analysed again, 1 lost", m)
	}
	if kept, err := os.ReadFile(m.Kept); err != nil || !bytes.Contains(kept, []byte(strings.Repeat("x", len("warning of photo 0.")))) {
		t.Errorf("kept is %s, %v", m.Kept, err)
	}
	if n := len(filesBelow(t, filepath.Dir(path))); n != len(whole)+1 {
		t.Errorf("%d files, want one more than %d", n, len(whole))
	}
	if values, err := catalog.CheckFile(t.Context(), path); err != nil || len(values) > 0 {
		t.Errorf("mended: %v, %v", values, err)
	}
	c = mustOpen(t, path)
	if p := c.Problems(); len(p) > 0 {
		t.Errorf("problems %v", p)
	}
	if r, err := c.Record(file("photo-0-.jpg", 1).Path); err != nil || r.Edits.Of(1).Name != "In the backup" || r.Analysis.Models["faces"] != "network of photo 0." || r.Warnings[0] != "warning of photo 0." {
		t.Errorf("photo 0: %+v, %v", r, err)
	}
	if r, err := c.Record(file("photo-2-.jpg", 1).Path); err != nil || len(r.Edits.Faces) != 0 {
		t.Errorf("photo 2: %+v, %v", r.Edits, err)
	}
	if got := c.Pending("", true); len(got) != 1 || got[0] != file("photo-3-.jpg", 1).Path {
		t.Errorf("waiting are %q, want photo 3", got)
	}
	if ref, ok := c.Lookup(file("failed.jpg", 1).Path); !ok || c.Entry(ref).Failure != "why it failed" {
		t.Errorf("the photo that failed: %v", ok)
	}
	commit(3)
	for n, want := range map[int]string{1: "Also there", 3: "wedding"} { // what people said waited for them
		r, err := c.Record(file(fmt.Sprintf("photo-%d-.jpg", n), 1).Path)
		if got := r.Edits.Of(1).Name + strings.Join(r.Marks.Tags, ""); err != nil || got != want {
			t.Errorf("photo %d: %q, %v, want %q", n, got, err, want)
		}
	}
}

// Damaged pages are not for Mend.
func TestMendDamagedPages(t *testing.T) {
	path := newPath(t)
	check(t, os.WriteFile(path, bytes.Repeat([]byte("no catalog"), 10_000), 0o600))
	if _, err := catalog.Mend(t.Context(), path); !errors.Is(err, catalog.ErrDamaged) {
		t.Errorf("%v, want ErrDamaged", err)
	}
}
