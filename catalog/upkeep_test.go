package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// values reads every value of a closed catalog.
func values(t *testing.T, path string) map[string]string {
	t.Helper()
	db, err := bolt.Open(path, 0o600, &bolt.Options{ReadOnly: true, Timeout: time.Second})
	check(t, err)
	defer db.Close()
	all := map[string]string{}
	check(t, db.View(func(tx *bolt.Tx) error {
		return tx.ForEach(func(name []byte, b *bolt.Bucket) error {
			return b.ForEach(func(key, value []byte) error {
				all[string(name)+"/"+string(key)] = string(value)
				return nil
			})
		})
	}))
	return all
}

func TestCompact(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	fillRandomly(t, c, rand.New(rand.NewPCG(9, 9)), 300)
	check(t, c.Close())
	edit(t, path, func(tx *bolt.Tx) error { // leaves free pages
		_, err := tx.CreateBucket([]byte("large"))
		return errors.Join(err, tx.Bucket([]byte("large")).Put([]byte("x"), bytes.Repeat([]byte("deleted"), 50_000)))
	})
	edit(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("large")) })
	want := values(t, path)
	before, after, err := catalog.Compact(path)
	check(t, err)
	info, err := os.Stat(path)
	check(t, err)
	if after != info.Size() || before-after < 300_000 {
		t.Errorf("from %d to %d bytes, and the file has %d", before, after, info.Size())
	}
	if data, err := os.ReadFile(path); err != nil || bytes.Contains(data, []byte("deleted")) {
		t.Errorf("what was deleted is still in the file: %v", err)
	}
	got := values(t, path)
	if len(got) != len(want) {
		t.Errorf("%d values, want %d", len(got), len(want))
	}
	for key, value := range want {
		if got[key] != value {
			t.Errorf("%q is another value", key)
		}
	}
	if n := names(t, filepath.Dir(path)); len(n) != 1 {
		t.Errorf("the folder holds %q", n)
	}
	mustOpen(t, path)
	if _, _, err := catalog.Compact(path); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("an open one: %v", err)
	}
	if _, _, err := catalog.Compact(newPath(t)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("none: %v", err)
	}
}

func TestReadStats(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	bare := person(face.Happy, face.Woman, 30)
	rich := person(face.Sad, face.Man, 40)
	for i := range rich.Landmarks {
		rich.Landmarks[i] = face.Pt(float32(i)+.1, 3.3)
	}
	rich.Hair = face.Hair{Color: 2, Pieces: []face.Polygon{{Outer: make(face.Ring, 200)}}}
	check(t, c.Commit([]catalog.Outcome{
		{File: file("a.jpg", 1), Record: record(1, bare)},
		{File: file("b.jpg", 1), Record: record(2, rich, bare)},
		{File: file("gone.jpg", 1), Record: record(1, bare)},
		{File: file("failed.jpg", 1), Failure: "no photo"},
	}))
	check(t, c.Track([]photo.File{file("waiting.jpg", 1)}))
	check(t, c.Forget([]string{file("gone.jpg", 1).Path}))
	judge(t, c, id(2), 2, face.Accepted)
	judge(t, c, id(2), 1, face.Accepted)
	mark(t, c, photo.Marks{Rating: 3}, id(1))
	check(t, c.Close())
	s, err := catalog.ReadStats(t.Context(), path)
	check(t, err)
	if s.Photos != 5 || s.Done != 2 || s.Failed != 1 || s.Waiting != 1 || s.Gone != 1 || s.Records != 2 || s.Faces != 3 || s.EditedPhotos != 2 || s.EditedFaces != 2 || s.Damaged != 0 {
		t.Errorf("%+v", s)
	}
	// A coordinate takes a byte at least, and a float five at most.
	if n := 2 * len(rich.Landmarks); s.Landmarks < n || s.Landmarks > 6*n || s.Outlines < 400 || s.Outlines > 900 {
		t.Errorf("%d bytes of landmarks, %d of outlines", s.Landmarks, s.Outlines)
	}
	var bytes int64
	for key, value := range values(t, path) {
		_, key, _ = strings.Cut(key, "/")
		bytes += int64(len(key) + len(value))
	}
	info, err := os.Stat(path)
	check(t, err)
	if s.Bytes() != bytes || s.File != info.Size() || len(s.Buckets) != 7 || s.Free <= 0 || s.Free >= s.File {
		t.Errorf("%d bytes, want %d: %+v", s.Bytes(), bytes, s)
	}
	first := id(1)
	flip(t, path, "photos", first[:])
	if s, err := catalog.ReadStats(t.Context(), path); err != nil || s.Damaged != 1 || s.Records != 1 {
		t.Errorf("with a damaged record: %+v, %v", s, err)
	}
}

// Photos whose folder has moved are known below the new one, and nothing else has changed.
func TestRelocate(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{
		{File: file("old/a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 30))},
		{File: file("old/sub/b.jpg", 1), Record: record(2, person(face.Happy, face.Woman, 30))},
		{File: file("old/new/c.jpg", 1), Record: record(3, person(face.Happy, face.Woman, 30))},
		{File: file("old/known.jpg", 1), Record: record(4, person(face.Happy, face.Woman, 30))},
		{File: file("old/changed.jpg", 1), Record: record(5, person(face.Happy, face.Woman, 30))},
		{File: file("older/d.jpg", 1), Record: record(6, person(face.Happy, face.Woman, 30))},
		{File: file("new/changed.jpg", 2), Record: record(7, person(face.Sad, face.Woman, 30))},
	}))
	check(t, c.Track([]photo.File{file("new/known.jpg", 1), file("old/waits.jpg", 1)})) // a scan has met one
	judge(t, c, id(2), 1, face.Rejected)
	check(t, c.Close())
	at := func(name string) string { return filepath.FromSlash("/photos/" + name) }

	before := values(t, path)
	r, err := catalog.Relocate(path, at("old"), at("new"), true)
	check(t, err)
	want := []string{at("new/a.jpg"), at("new/changed.jpg"), at("new/known.jpg"), at("new/new/c.jpg"), at("new/sub/b.jpg"), at("new/waits.jpg")}
	if !slices.Equal(r.Paths, want) || r.Known != 2 {
		t.Errorf("to be done: %+v, want %q", r, want)
	}
	if fmt.Sprint(before) != fmt.Sprint(values(t, path)) {
		t.Error("a dry run has changed the catalog")
	}
	r, err = catalog.Relocate(path, at("old")+string(filepath.Separator), at("new"), false)
	check(t, err)
	if !slices.Equal(r.Paths, want) || r.Known != 2 {
		t.Errorf("done: %+v, want %q", r, want)
	}
	wantSound(t, path)
	c = mustOpen(t, path)
	wantFound(t, c, "", "new/a.jpg", "new/changed.jpg", "new/known.jpg", "new/waits.jpg", "new/new/c.jpg", "new/sub/b.jpg", "older/d.jpg")
	wantFound(t, c, "emotion:happy", "new/a.jpg", "new/known.jpg", "new/new/c.jpg", "older/d.jpg") // what was said of b.jpg stays
	wantFound(t, c, "emotion:sad", "new/changed.jpg")
	if got := c.Pending("", true); !slices.Equal(got, []string{at("new/waits.jpg")}) {
		t.Errorf("pending %q", got)
	}

	check(t, c.Close())
	// Up into a folder whose names are those of the former paths: new/new/c.jpg becomes new/c.jpg, and new/c.jpg c.jpg.
	r, err = catalog.Relocate(path, at("new"), at(""), false)
	check(t, err)
	if r.Known != 0 {
		t.Errorf("%+v", r)
	}
	c = mustOpen(t, path)
	wantFound(t, c, "", "a.jpg", "changed.jpg", "known.jpg", "waits.jpg", "new/c.jpg", "older/d.jpg", "sub/b.jpg")
	wantFound(t, c, "emotion:happy", "a.jpg", "known.jpg", "new/c.jpg", "older/d.jpg")

	if _, err := catalog.Relocate(path, at("a"), at("b"), true); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("in an open one: %v", err)
	}
	check(t, c.Close())
	if _, err := catalog.Relocate(path, at("nowhere"), at("b"), false); !errors.Is(err, catalog.ErrNothingThere) || !strings.Contains(err.Error(), at("nowhere")) {
		t.Errorf("of nothing: %v", err)
	}
	if _, err := catalog.Relocate(path, at("sub"), at("sub/deeper"), false); !errors.Is(err, catalog.ErrWithin) {
		t.Errorf("into itself: %v", err)
	}
}

// The entries of version 1 are read too, and written anew.
func TestRelocateInAnEarlierVersion(t *testing.T) {
	path := schema1(t)
	r, err := catalog.Relocate(path, filepath.FromSlash("/photos"), filepath.FromSlash("/elsewhere"), false)
	check(t, err)
	if len(r.Paths) != 5 {
		t.Errorf("%+v", r)
	}
	c := mustOpen(t, path)
	if p := c.Problems(); len(p) > 0 || len(c.Paths(filepath.FromSlash("/elsewhere"), true)) != 5 {
		t.Errorf("%v, %q", p, c.Paths("", true))
	}
}
