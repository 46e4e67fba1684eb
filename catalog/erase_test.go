package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// marked is a record with a text that is nowhere else.
func marked(n int, marker string) *catalog.Record {
	r := record(n, person(face.Happy, face.Woman, 30))
	r.Warnings = []string{marker}
	r.Analysis.Models = map[string]string{"finder": marker} // what records share goes with the last of them
	return r
}

// holding returns the names of the files below a folder, hidden ones too, that hold a text.
func holding(t *testing.T, dir, text string) (found []string) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		if bytes.Contains(data, []byte(text)) {
			found = append(found, d.Name())
		}
		return err
	}))
	return found
}

// erasable makes a catalog with backups and leftovers: photos in the folders secret and open, one content in both, one that has
// moved out of secret and one that was changed since; a.jpg and open.jpg were edited.
func erasable(t *testing.T) (path string, at func(string) string) {
	t.Helper()
	path = newPath(t)
	c := mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{
		{File: file("secret/a.jpg", 1), Record: marked(1, "marker of a secret")},
		{File: file("secret/sub/b.jpg", 1), Record: marked(2, "marker of a secret")},
		{File: file("secret/moved.jpg", 1), Record: marked(3, "marker of a secret")},
		{File: file("before/moved.jpg", 1), Record: marked(3, "marker of a secret")},
		{File: file("secret/changed.jpg", 1), Record: marked(4, "marker of a secret")},
		{File: file("secret/both.jpg", 1), Record: marked(5, "marker of both")},
		{File: file("open/both.jpg", 1), Record: marked(5, "marker of both")},
		{File: file("open/open.jpg", 1), Record: marked(6, "marker of an open one")},
		{File: file("secrets/like.jpg", 1), Record: marked(7, "marker of an open one")},
	}))
	check(t, c.Commit([]catalog.Outcome{{File: file("secret/changed.jpg", 2), Record: marked(8, "marker of a secret")}}))
	check(t, c.Forget([]string{file("before/moved.jpg", 1).Path}))
	judge(t, c, id(1), 1, face.Accepted)
	judge(t, c, id(6), 1, face.Accepted)
	check(t, c.Backup(t.Context(), copyName(t, path, 1), false))
	check(t, c.Close())
	data, err := os.ReadFile(path)
	check(t, err)
	dir := filepath.Dir(path)
	for _, name := range []string{"catalog-replaced-20260101T000000Z.semblance", ".catalog.semblance.new-1", "backups/.catalog-20260101T000000Z.semblance.new-1"} {
		check(t, os.WriteFile(filepath.Join(dir, name), data, 0o600))
	}
	check(t, os.WriteFile(copyName(t, path, 2), []byte("damaged, marker of a secret"), 0o600))
	// One that was made before any of it.
	other := mustOpen(t, filepath.Join(t.TempDir(), "c"))
	check(t, other.Commit([]catalog.Outcome{{File: file("open/open.jpg", 1), Record: marked(6, "marker of an open one")}}))
	check(t, other.Backup(t.Context(), copyName(t, path, 3), false))
	return path, func(name string) string { return filepath.FromSlash("/photos/" + name) }
}

func copyName(t *testing.T, path string, day int) string {
	t.Helper()
	dir := filepath.Join(filepath.Dir(path), "backups")
	check(t, os.MkdirAll(dir, 0o700))
	return filepath.Join(dir, fmt.Sprintf("catalog-2026010%dT000000Z.semblance", day))
}

func TestEraseAFolder(t *testing.T) {
	for _, edits := range []bool{false, true} {
		t.Run(fmt.Sprintf("edits %v", edits), func(t *testing.T) {
			path, at := erasable(t)
			dir := filepath.Dir(path)
			if n := len(holding(t, dir, "marker of a secret")); n != 6 {
				t.Fatalf("%d files hold the marker: %q", n, names(t, dir))
			}
			before := values(t, path)
			what := catalog.Erasure{Folder: at("secret"), Edits: edits, Dry: true}
			dry, err := catalog.Erase(t.Context(), path, what)
			check(t, err)
			if fmt.Sprint(before) != fmt.Sprint(values(t, path)) || len(holding(t, dir, "marker of a secret")) != 6 {
				t.Error("a dry run has removed something")
			}
			what.Dry = false
			e, err := catalog.Erase(t.Context(), path, what)
			check(t, err)
			wantEdits, wantLeft := 0, 1
			if edits {
				wantEdits, wantLeft = 1, 0
			}
			// 5 of the folder and one that has moved out of it; the former content of the changed one too.
			if e.Photos != 6 || len(e.Records) != 5 || e.Shared != 1 || e.Edits != wantEdits || e.Left != wantLeft || len(e.Copies) != 3 {
				t.Errorf("%+v", e)
			}
			if fmt.Sprint(dry) != fmt.Sprint(e) {
				t.Errorf("was to be %+v", dry)
			}
			if got := holding(t, dir, "marker of a secret"); len(got) > 0 {
				t.Errorf("%q hold what was removed", got)
			}
			first := id(1)
			if _, there := values(t, path)["edits/"+string(first[:])]; there == edits {
				t.Errorf("edits of a.jpg: %v", there)
			}
			wantSound(t, path)
			c := mustOpen(t, path)
			wantFound(t, c, "emotion:happy", "open/both.jpg", "open/open.jpg", "secrets/like.jpg")
			copies, err := catalog.Copies(path)
			check(t, err)
			if len(copies) != 2 || copies[1].Path != copyName(t, path, 3) {
				t.Errorf("backups %+v, want a new one and the one without it", copies)
			}
			wantSound(t, copies[0].Path)
		})
	}
}

// A call that ended before it came to the backups is ended by another one, although the catalog knows nothing there any more.
func TestEraseAgain(t *testing.T) {
	path, at := erasable(t)
	backups := filepath.Join(filepath.Dir(path), "backups")
	check(t, os.Rename(backups, backups+" not reached"))
	what := catalog.Erasure{Folder: at("secret"), Edits: true}
	_, err := catalog.Erase(t.Context(), path, what)
	check(t, err)
	check(t, os.RemoveAll(backups)) // one was made
	check(t, os.Rename(backups+" not reached", backups))
	if got := holding(t, backups, "marker of a secret"); len(got) == 0 {
		t.Fatal("there is nothing left to be removed")
	}
	_, err = catalog.Erase(t.Context(), path, what)
	check(t, err)
	if got := holding(t, filepath.Dir(path), "marker of a secret"); len(got) > 0 {
		t.Errorf("%q hold what was removed", got)
	}
	if _, err := catalog.Erase(t.Context(), path, what); !errors.Is(err, catalog.ErrNothingThere) {
		t.Errorf("once more: %v", err)
	}
}

// Where there is no room to write the file anew, its free pages still hold what was removed: the next Open writes it anew.
func TestEraseWithoutRoom(t *testing.T) {
	for _, tt := range []struct {
		name  string
		erase func(path string) error
	}{
		{"folder", func(path string) error {
			_, err := catalog.Erase(t.Context(), path, catalog.Erasure{Folder: filepath.FromSlash("/photos/secret"), Edits: true})
			return err
		}},
		{"person", func(path string) error {
			_, err := catalog.ErasePerson(t.Context(), path, "Marker Person", false)
			return err
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			c := mustOpen(t, path)
			check(t, c.Commit([]catalog.Outcome{{File: file("secret/a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 30))}}))
			check(t, c.Edit(id(1), func(r *catalog.Record) error { return r.Edits.Call(&r.Analysis, 1, "Marker Person") }))
			check(t, c.Close())
			long := filepath.Join(filepath.Dir(path), strings.Repeat("x", 250)) // of which no longer name can be made
			check(t, os.Rename(path, long))
			if err := tt.erase(long); err == nil {
				t.Fatal("the file was written anew all the same: the test says nothing")
			}
			check(t, os.Rename(long, path))
			if len(holding(t, filepath.Dir(path), "Marker Person")) == 0 {
				t.Fatal("nothing is left: the test says nothing")
			}
			c = mustOpen(t, path)
			if p := c.Problems(); len(p) > 0 {
				t.Error(p)
			}
			check(t, c.Close())
			if got := holding(t, filepath.Dir(path), "Marker Person"); len(got) > 0 {
				t.Errorf("%q hold what was removed", got)
			}
		})
	}
}

func TestEraseEverything(t *testing.T) {
	path, _ := erasable(t)
	e, err := catalog.Erase(t.Context(), path, catalog.Erasure{Edits: true})
	check(t, err)
	if e.Photos != 9 || len(e.Records) != 8 || e.Edits != 2 || e.Left != 0 || len(e.Copies) != 4 {
		t.Errorf("%+v", e)
	}
	if got := holding(t, filepath.Dir(path), "marker"); len(got) > 0 {
		t.Errorf("%q hold what was removed", got)
	}
	for key := range values(t, path) {
		if !strings.HasPrefix(key, "meta/") {
			t.Errorf("%q is left", key)
		}
	}
	wantFound(t, mustOpen(t, path), "")
}

func TestEraseRefuses(t *testing.T) {
	path, at := erasable(t)
	before := values(t, path)
	if _, err := catalog.Erase(t.Context(), path, catalog.Erasure{Folder: at("nowhere")}); !errors.Is(err, catalog.ErrNothingThere) || !strings.Contains(err.Error(), at("nowhere")) {
		t.Errorf("a folder without photos: %v", err)
	}
	if fmt.Sprint(before) != fmt.Sprint(values(t, path)) {
		t.Error("something was removed")
	}
	c := mustOpen(t, path)
	if _, err := catalog.Erase(t.Context(), path, catalog.Erasure{}); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("an open catalog: %v", err)
	}
	if got := c.PathsOf(photo.ID(id(1))); !slices.Equal(got, []string{at("secret/a.jpg")}) {
		t.Errorf("paths %q", got)
	}
}

// Albums lose the photos of a folder, and all of them go with everything, if what people said goes; otherwise they stay.
func TestEraseFromAlbums(t *testing.T) {
	for _, tt := range []struct {
		what     catalog.Erasure
		left     string
		searches int
	}{
		{catalog.Erasure{Folder: "/photos/secret", Edits: true}, "both [6 5] secrets []", 1},
		{catalog.Erasure{Folder: "/photos/secret"}, "both [1 6 5] secrets [2]", 1},
		{catalog.Erasure{}, "both [1 6 5] secrets [2]", 1},
		{catalog.Erasure{Edits: true}, "", 0},
	} {
		path, _ := erasable(t)
		c := mustOpen(t, path)
		check(t, c.PutAlbum(catalog.Album{Name: "both", Photos: []photo.ID{id(1), id(6), id(5)}}))
		check(t, c.PutAlbum(catalog.Album{Name: "secrets", Photos: []photo.ID{id(2)}}))
		check(t, c.PutSearch(catalog.Search{Name: "happy", Query: "emotion:happy"}))
		check(t, c.Close())
		_, err := catalog.Erase(t.Context(), path, tt.what)
		check(t, err)
		c = mustOpen(t, path)
		var left []string
		for _, a := range c.Albums() {
			numbers := []int{}
			for _, p := range a.Photos {
				n := 0
				for id(n) != p {
					n++
				}
				numbers = append(numbers, n)
			}
			left = append(left, fmt.Sprint(a.Name, " ", numbers))
		}
		if got := strings.Join(left, " "); got != tt.left || len(c.Searches()) != tt.searches {
			t.Errorf("%+v: left are %s and %d searches, want %s and %d", tt.what, got, len(c.Searches()), tt.left, tt.searches)
		}
	}
}
