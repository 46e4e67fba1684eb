package catalog_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// drawnAt is a face with coordinates that nothing else has.
func drawnAt(at float32) face.Face {
	f := person(face.Happy, face.Woman, 30)
	f.Box = face.BoxAt(at+.131, 50.373, 60.717, 70.919)
	for i := range f.Landmarks {
		f.Landmarks[i] = face.Pt(at+.257+float32(i)*at/100, 61.129)
	}
	f.Round()
	return f
}

// bytesOf returns how many parts of a face a file holds: its box, its landmarks.
func bytesOf(t *testing.T, data []byte, f face.Face) (n int) {
	t.Helper()
	packed := func(f face.Face) []byte {
		b, err := f.MarshalBinary()
		check(t, err)
		return b[2:] // without the parts that there are and the number
	}
	box := packed(face.Face{Box: f.Box})
	landmarks := packed(face.Face{Box: f.Box, Landmarks: f.Landmarks})[len(box):]
	box = box[:len(box)-1] // the score is behind it
	for _, part := range [][]byte{box, landmarks} {
		if bytes.Contains(data, part) {
			n++
		}
	}
	return n
}

// saidOf reports whether a file holds the box of a face as edits have it.
func saidOf(data []byte, f face.Face) bool {
	return bytes.Contains(data, binary.BigEndian.AppendUint32([]byte{0xFA}, math.Float32bits(f.Box.Min.X)))
}

func called(n int, number uint32, name string) func(*testing.T, *catalog.Catalog) {
	return func(t *testing.T, c *catalog.Catalog) {
		t.Helper()
		check(t, c.Edit(id(n), func(r *catalog.Record) error { return r.Edits.Call(&r.Analysis, number, name) }))
	}
}

// Whatever file lies beside the catalog, nothing in it tells of a person who was erased, and nothing is lost of the others.
func TestErasePerson(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	ada, bob := drawnAt(1010), drawnAt(300)
	with := func(n int, model string) catalog.Outcome {
		r := record(n, ada, bob)
		r.Analysis.Models = map[string]string{"faces": model}
		return catalog.Outcome{File: file(string(rune('a'+n))+".jpg", 1), Record: r}
	}
	check(t, c.Commit([]catalog.Outcome{with(0, "first"), with(1, "first"), with(2, "first")}))
	unnamed, err := c.BackUpDaily(t.Context(), time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)) // a backup in which nobody has a name
	check(t, err)
	check(t, c.Commit([]catalog.Outcome{with(0, "second")})) // the former analysis is kept
	for _, say := range []func(*testing.T, *catalog.Catalog){called(0, 1, "Ada Example"), called(1, 1, "ada example"), called(0, 2, "Bob"), called(1, 2, "Ada Example")} {
		say(t, c)
	}
	check(t, c.Edit(id(2), func(r *catalog.Record) error { r.Marks = r.Marks.WithTag("Ada Example"); return nil }))
	named, err := c.BackUpDaily(t.Context(), time.Now().AddDate(0, 0, 2)) // one in which a face has the name that is Bob's
	check(t, err)
	called(1, 2, "Bob")(t, c)
	check(t, c.Edit(id(2), func(r *catalog.Record) error {
		r.Marks = r.Marks.WithoutTag("Ada Example").WithTag("party")
		return nil
	}))
	for _, n := range []string{"Photos of Ada Example", "Ada Examples", "Canada Example"} {
		check(t, c.PutSearch(catalog.Search{Name: n, Query: "emotion:happy"}))
	}
	check(t, c.PutAlbum(catalog.Album{Name: "Family|ada example's", Photos: []photo.ID{id(1)}}))
	if _, err := catalog.ErasePerson(t.Context(), path, " ", true); !errors.Is(err, face.ErrName) {
		t.Errorf("nobody's name: %v", err)
	}
	if _, err := catalog.ErasePerson(t.Context(), path, "Ada Example", false); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	check(t, c.Close())
	kept := filepath.Join(filepath.Dir(path), "catalog-replaced-20260101T000000Z.semblance")
	left := filepath.Join(filepath.Dir(path), ".catalog.semblance.new-1")
	for _, to := range []string{kept, left} {
		data, err := os.ReadFile(named)
		check(t, err)
		check(t, os.WriteFile(to, data, 0o600))
	}
	unreadable := filepath.Join(filepath.Dir(named), "catalog-20250101T000000Z.semblance")
	check(t, os.WriteFile(unreadable, []byte("Ada Example"), 0o600))

	files := []string{path, unnamed, named, kept}
	for _, f := range files {
		if data, err := os.ReadFile(f); err != nil || bytesOf(t, data, ada) != 2 || f != unnamed && !saidOf(data, ada) {
			t.Fatalf("before, %s has %d traces: the test says nothing; %v", f, bytesOf(t, data, ada), err)
		}
	}
	if _, err := catalog.ErasePerson(t.Context(), path, "Eve", false); !errors.Is(err, catalog.ErrNobody) {
		t.Errorf("nobody's name: %v", err)
	}
	want := catalog.ErasedPerson{
		Faces: 2, Photos: []photo.ID{id(0), id(1)}, Searches: 1, Mentions: 1, Copies: []string{named, unnamed, kept}, Removed: []string{unreadable},
	}
	for _, dry := range []bool{true, false} {
		e, err := catalog.ErasePerson(t.Context(), path, "Ada example", dry)
		check(t, err)
		if e.Faces != want.Faces || e.Searches != want.Searches || e.Mentions != want.Mentions || len(e.Paths) != 2 || !slices.Equal(e.Photos, want.Photos) || !slices.Equal(e.Copies, want.Copies) || !slices.Equal(e.Removed, want.Removed) {
			t.Errorf("dry %v: %+v, want %+v", dry, e, want)
		}
	}
	for _, f := range filesBelow(t, filepath.Dir(path)) {
		data, err := os.ReadFile(f)
		if err != nil {
			continue // a folder
		}
		data = bytes.ToLower(data)
		for _, stays := range []string{"ada examples", "canada example", "ada example's"} {
			data = bytes.ReplaceAll(data, []byte(stays), nil)
		}
		if bytes.Contains(data, []byte("ada example")) && f != named && f != kept { // in these two a tag has it
			t.Errorf("%s has the name", f)
		}
	}
	for _, f := range files {
		c := mustOpen(t, f)
		for n, want := range [][]uint32{{2}, {2}, {1, 2}} {
			if f == named && n == 1 || f == kept && n == 1 {
				want = nil // there both faces had the name
			}
			r, err := c.Record(file(string(rune('a'+n))+".jpg", 1).Path)
			check(t, err)
			var got []uint32
			for _, face := range r.Analysis.Faces {
				got = append(got, face.Number)
			}
			if !slices.Equal(got, want) {
				t.Errorf("%s: photo %d has the faces %v, want %v", f, n, got, want)
			}
			if r.Former != nil && len(r.Former.Analysis.Faces) != 1 {
				t.Errorf("%s: the former analysis of photo %d has %d faces", f, n, len(r.Former.Analysis.Faces))
			}
			if f == path && r.Edits.Of(1).Name != "" || f == path && n < 2 && r.Edits.Of(2).Name != "Bob" {
				t.Errorf("names in photo %d: %+v", n, r.Edits)
			}
		}
		check(t, c.Close())
		if values, err := catalog.CheckFile(t.Context(), f); err != nil || len(values) > 0 {
			t.Errorf("%s: %v, %v", f, values, err)
		}
	}
}

// In a catalog in which every photo of a face is named, no byte of it is left.
func TestErasePersonLeavesNoByte(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	ada, bob := drawnAt(1010), drawnAt(300)
	for n := range 40 {
		check(t, c.Commit([]catalog.Outcome{{File: file(string(rune('a'+n))+".jpg", 1), Record: record(n, ada, bob)}}))
	}
	_, err := c.BackUpDaily(t.Context(), time.Now().AddDate(0, 0, -3))
	check(t, err)
	for n := range 40 {
		called(n, 1, "Ada Example")(t, c)
	}
	_, err = c.BackUpDaily(t.Context(), time.Now())
	check(t, err)
	check(t, c.Close())
	_, err = catalog.ErasePerson(t.Context(), path, "Ada Example", false)
	check(t, err)
	looked := 0
	for _, f := range filesBelow(t, filepath.Dir(path)) {
		data, err := os.ReadFile(f)
		if err != nil {
			continue // a folder
		}
		looked++
		if n := bytesOf(t, data, ada); n > 0 || saidOf(data, ada) || bytes.Contains(data, []byte("Example")) {
			t.Errorf("%s holds %d traces of the face, or the name", f, n)
		}
		if bytesOf(t, data, bob) != 2 {
			t.Errorf("%s does not hold the other face", f)
		}
	}
	if looked != 3 {
		t.Errorf("%d files, want the catalog and two backups", looked)
	}
	// Another analysis finds the face again, and nobody knows whose it is.
	c = mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(0, ada, bob)}}))
	r, err := c.Record(file("a.jpg", 1).Path)
	if err != nil || len(r.Analysis.Faces) != 2 || len(r.Edits.Faces) != 0 || r.Analysis.Faces[0].Number != 3 {
		t.Errorf("another analysis: %v, %+v, %+v", err, r.Edits, r.Analysis.Faces)
	}
}

// filesBelow returns the paths of all files and folders below one.
func filesBelow(t *testing.T, dir string) (paths []string) {
	t.Helper()
	check(t, filepath.WalkDir(dir, func(path string, _ os.DirEntry, err error) error {
		paths = append(paths, path)
		return err
	}))
	return paths
}
