package catalog_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// mark has a person say something about the photos with these contents.
func mark(t testing.TB, c *catalog.Catalog, m photo.Marks, ids ...photo.ID) {
	t.Helper()
	check(t, c.EditAll(ids, func(r *catalog.Record) error {
		r.Marks = m
		return nil
	}))
}

func marksOf(t testing.TB, c *catalog.Catalog, name string) photo.Marks {
	t.Helper()
	ref, ok := c.Lookup(file(name, 1).Path)
	if !ok {
		t.Fatalf("%s is not there", name)
	}
	return c.Entry(ref).Marks
}

// What a person says about a photo is on the disk at once, belongs to every copy, and no analysis touches it.
func TestMarks(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	r := record(1, person(face.Happy, face.Woman, 30))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r}, {File: file("copy.jpg", 1), Record: r}, {File: file("b.jpg", 1), Record: record(2)}}))
	best := photo.Marks{Rating: 5, Flag: photo.Picked, Label: photo.Green}.WithTag("wedding").WithTag("Places|Rome")
	mark(t, c, best, id(1))
	mark(t, c, photo.Marks{Rating: 1}, id(2))
	again := func(when string) {
		t.Helper()
		for _, name := range []string{"a.jpg", "copy.jpg"} {
			if got := marksOf(t, c, name); !got.Equal(best) {
				t.Errorf("%s: %s has %+v", when, name, got)
			}
		}
		if got := marksOf(t, c, "b.jpg"); got.Rating != 1 {
			t.Errorf("%s: b.jpg has %+v", when, got)
		}
		if rec, err := c.Record(file("a.jpg", 1).Path); err != nil || !rec.Marks.Equal(best) {
			t.Errorf("%s: record with %+v, %v", when, rec.Marks, err)
		}
	}
	again("said")
	c = reopen(t, c, path)
	again("reopened")
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, person(face.Sad, face.Man, 50))}}))
	again("analysed again")
	judge(t, c, id(1), 1, face.Rejected)
	again("after an edit of a face")
	wrong := c.EditAll([]photo.ID{id(2), id(1)}, func(r *catalog.Record) error {
		r.Marks.Rating += 4 // 5 and 9
		return nil
	})
	if !errors.Is(wrong, photo.ErrMark) {
		t.Errorf("nine stars: %v", wrong)
	}
	again("after an edit of two that failed at the second")
	mark(t, c, photo.Marks{}, id(1), id(2))
	if got := marksOf(t, c, "a.jpg"); !got.IsZero() {
		t.Errorf("taken back: %+v", got)
	}
}

// A photo can be marked before it is analysed and after it failed, and keeps its marks.
func TestMarksOfUnknownContent(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Track([]photo.File{file("new.jpg", 1), file("bad.jpg", 1)}))
	check(t, c.Commit([]catalog.Outcome{{File: file("bad.jpg", 1), Failure: "damaged"}}))
	if err := c.Edit(id(7), func(*catalog.Record) error { return nil }); !errors.Is(err, catalog.ErrUnknown) {
		t.Errorf("a content of which nobody knows: %v", err)
	}
	for n, name := range []string{"new.jpg", "bad.jpg"} {
		p := file(name, 1).Path
		if _, ok := c.Identity(p); ok {
			t.Errorf("%s is identified", name)
		}
		check(t, c.Identify(map[string]photo.ID{p: id(n), "/nowhere.jpg": id(9)}))
		if got, ok := c.Identity(p); !ok || got != id(n) {
			t.Errorf("%s: identity %v, %v", name, got, ok)
		}
	}
	mark(t, c, photo.Marks{Rating: 3}, id(0), id(1))
	seen := func(when string) {
		t.Helper()
		for n, name := range []string{"new.jpg", "bad.jpg"} {
			ref, _ := c.Lookup(file(name, 1).Path)
			e := c.Entry(ref)
			if !e.ID.IsZero() || e.State != []catalog.State{catalog.Waiting, catalog.Failed}[n] || marksOf(t, c, name).Rating != 3 {
				t.Errorf("%s: %+v, %+v", when, e, marksOf(t, c, name))
			}
		}
	}
	seen("marked")
	c = reopen(t, c, path)
	seen("reopened")
	wantFound(t, c, "faces:0") // nobody has counted
	for n, name := range []string{"new.jpg", "bad.jpg"} {
		check(t, c.Commit([]catalog.Outcome{{File: file(name, 1), Record: record(n, person(face.Happy, face.Woman, 30))}}))
		if marksOf(t, c, name).Rating != 3 {
			t.Errorf("%s lost its stars when it was analysed", name)
		}
	}
	// It fails later on: the faces are gone, the stars are not.
	check(t, c.Commit([]catalog.Outcome{{File: file("new.jpg", 2), Failure: "damaged"}}))
	ref, _ := c.Lookup(file("new.jpg", 1).Path)
	if e := c.Entry(ref); e.Faces != 0 || !e.ID.IsZero() || marksOf(t, c, "new.jpg").Rating != 3 {
		t.Errorf("after a failure %+v, %+v", e, marksOf(t, c, "new.jpg"))
	}
	if p := reopen(t, c, path).Problems(); len(p) > 0 {
		t.Error(p)
	}
}

// Another program changes a file: what was said about the photo stays with it, and what was said about its faces if only the orientation is
// another one.
func TestMarksOfChangedFile(t *testing.T) {
	for _, tt := range []struct {
		name     string
		from, to photo.Orientation
		box      face.Box // where the face of the box 10, 20, 30, 40 is then
	}{
		{"turned clockwise", photo.Upright, photo.Rotate90, face.Box{Min: face.Pt(400-60, 10), Max: face.Pt(400-20, 40)}},
		{"turned back", photo.Rotate90, photo.Upright, face.Box{Min: face.Pt(20, 600-40), Max: face.Pt(60, 600-10)}},
		{"upside down", photo.Upright, photo.Rotate180, face.Box{Min: face.Pt(600-40, 400-60), Max: face.Pt(600-10, 400-20)}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			c := mustOpen(t, path)
			one := person(face.Happy, face.Woman, 30)
			one.Box = face.BoxAt(10, 20, 30, 40)
			r := record(1, one)
			r.ID = id(1).Oriented(tt.from)
			check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r}}))
			check(t, c.Edit(r.ID, func(r *catalog.Record) error {
				r.Marks.Rating = 4
				return r.Edits.Call(&r.Analysis, 1, "Ada")
			}))
			moved := one
			moved.Box = tt.box
			after := record(1, moved)
			after.ID = id(1).Oriented(tt.to)
			check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 2), Record: after}}))
			got, err := c.Record(file("a.jpg", 1).Path)
			check(t, err)
			if got.ID != after.ID || got.Marks.Rating != 4 || len(got.Edits.Faces) != 1 || got.Edits.Faces[0].Name != "Ada" || got.Edits.Faces[0].Box != tt.box {
				t.Errorf("%+v, %+v", got.Marks, got.Edits)
			}
			if faces := face.Apply(&got.Analysis, &got.Edits).Faces; len(faces) != 1 || faces[0].Edit.Name != "Ada" {
				t.Errorf("faces %+v", faces)
			}
			// Another picture altogether keeps the stars alone.
			check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 3), Record: record(5, moved)}}))
			got, err = c.Record(file("a.jpg", 1).Path)
			if err != nil || got.Marks.Rating != 4 || len(got.Edits.Faces) != 0 {
				t.Errorf("another picture: %+v, %+v, %v", got.Marks, got.Edits, err)
			}
			// Turned back by the other program, the first picture is what it was.
			check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 4), Record: r}}))
			if got, err = c.Record(file("a.jpg", 1).Path); err != nil || len(got.Edits.Faces) != 1 || got.Edits.Faces[0].Box != one.Box {
				t.Errorf("turned back: %+v, %v", got.Edits, err)
			}
		})
	}
}

// A file that has not changed may have another identity than an earlier version of the program gave it: all that was said
// follows, about its faces too, when it is analysed anew.
func TestMarksOfAnotherIdentity(t *testing.T) {
	c := mustOpen(t, newPath(t))
	one := person(face.Happy, face.Woman, 30)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.tif", 1), Record: record(1, one)}}))
	check(t, c.Edit(id(1), func(r *catalog.Record) error {
		r.Marks.Rating = 4
		return r.Edits.Call(&r.Analysis, 1, "Ada")
	}))
	check(t, c.Renew([]string{file("a.tif", 1).Path}, 0))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.tif", 1), Record: record(500, one)}}))
	got, err := c.Record(file("a.tif", 1).Path)
	check(t, err)
	if got.ID != id(500) || got.Marks.Rating != 4 || len(got.Edits.Faces) != 1 || got.Edits.Faces[0].Name != "Ada" {
		t.Errorf("%v: %+v, %+v", got.ID, got.Marks, got.Edits)
	}
	// A scan finds the file changed: its faces are others.
	check(t, c.Track([]photo.File{file("a.tif", 2)}))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.tif", 2), Record: record(900, one)}}))
	if got, err = c.Record(file("a.tif", 1).Path); err != nil || got.Marks.Rating != 4 || len(got.Edits.Faces) != 0 {
		t.Errorf("another picture: %+v, %+v, %v", got.Marks, got.Edits, err)
	}
}

// The analysis before the present one is kept if other networks made it.
func TestFormer(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	commit := func(models map[string]string, years float32, added bool) *catalog.Former {
		t.Helper()
		r := record(1, person(face.Happy, face.Woman, years))
		r.Analysis.Models, r.Analysed = models, time.Unix(int64(years), 0).UTC()
		r.Analysis.Faces[0].Landmarks[3] = face.Pt(1, 2)
		check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r, Added: added}}))
		got, err := c.Record(file("a.jpg", 1).Path)
		check(t, err)
		return got.Former
	}
	first, second := map[string]string{"age": "aa"}, map[string]string{"age": "bb"}
	if f := commit(first, 30, false); f != nil {
		t.Errorf("before the first there was %+v", f)
	}
	if f := commit(first, 31, false); f != nil {
		t.Errorf("the same networks: %+v", f)
	}
	if f := commit(second, 32, true); f != nil {
		t.Errorf("one that only adds: %+v", f)
	}
	f := commit(first, 33, false)
	if f == nil || f.Analysed.Unix() != 32 || f.Analysis.Faces[0].Age.Years != 32 || f.Analysis.Faces[0].Number != 1 || f.Analysis.Have.Has(face.Landmark) {
		t.Fatalf("other networks: %+v", f)
	}
	if f := commit(first, 34, false); f == nil || f.Analysed.Unix() != 32 {
		t.Errorf("the same networks after others: %+v", f)
	}
	// What is hidden is in no former analysis either.
	ethnic := func() bool {
		r, err := c.Record(file("a.jpg", 1).Path)
		check(t, err)
		return r.Former.Analysis.Have.Has(face.EthnicityClasses)
	}
	check(t, c.SetPolicy(catalog.Policy{Ethnicity: true}))
	commit(second, 35, false)
	f = commit(first, 36, false)
	if !ethnic() || f == nil {
		t.Fatal("the former analysis lost the ethnicity while it was shown")
	}
	check(t, c.SetPolicy(catalog.Policy{}))
	check(t, c.SetPolicy(catalog.Policy{Ethnicity: true}))
	if ethnic() {
		t.Error("the former analysis kept the ethnicity while it was hidden")
	}
}

func TestAlbumsAndSearches(t *testing.T) {
	path := filled(t)
	c := mustOpen(t, path)
	check(t, c.PutAlbum(catalog.Album{Name: "Best of", Photos: []photo.ID{id(2), id(1), id(2), {}}}))
	check(t, c.PutAlbum(catalog.Album{Name: "Clients|Smith"}))
	check(t, c.PutSearch(catalog.Search{Name: "Smiles", Query: "smile:yes faces:2.."}))
	if err := c.PutSearch(catalog.Search{Name: "Wrong", Query: "smile:maybe"}); err == nil {
		t.Error("a query that is none was stored")
	}
	for _, name := range []string{"", " x", "a||b"} {
		if err := c.PutAlbum(catalog.Album{Name: name}); !errors.Is(err, photo.ErrMark) {
			t.Errorf("album %q: %v", name, err)
		}
		if err := c.PutSearch(catalog.Search{Name: name}); !errors.Is(err, photo.ErrMark) {
			t.Errorf("search %q: %v", name, err)
		}
	}
	for _, when := range []string{"stored", "reopened"} {
		a, ok := c.Album("BEST OF")
		if all := c.Albums(); !ok || a.Name != "Best of" || !slices.Equal(a.Photos, []photo.ID{id(2), id(1)}) || len(all) != 2 || all[1].Name != "Clients|Smith" {
			t.Errorf("%s: %+v, %+v", when, a, all)
		}
		if s := c.Searches(); len(s) != 1 || s[0].Query != "smile:yes faces:2.." {
			t.Errorf("%s: searches %+v", when, s)
		}
		c = reopen(t, c, path)
	}
	check(t, c.PutAlbum(catalog.Album{Name: "best OF", Photos: []photo.ID{id(3)}}))
	if a, _ := c.Album("Best of"); a.Name != "best OF" || len(a.Photos) != 1 || len(c.Albums()) != 2 {
		t.Errorf("replaced: %+v", c.Albums())
	}
	check(t, c.RemoveAlbum("Best of"))
	check(t, c.RemoveSearch("smiles"))
	if err := c.RemoveAlbum("Best of"); !errors.Is(err, catalog.ErrNoAlbum) {
		t.Errorf("removed twice: %v", err)
	}
	if err := c.RemoveSearch("Smiles"); !errors.Is(err, catalog.ErrNoAlbum) {
		t.Errorf("removed twice: %v", err)
	}
	c = reopen(t, c, path)
	if len(c.Albums()) != 1 || len(c.Searches()) != 0 {
		t.Errorf("%+v, %+v", c.Albums(), c.Searches())
	}
	// A damaged one is told, and costs nothing else.
	check(t, c.Close())
	edit(t, path, func(tx *bolt.Tx) error {
		return tx.Bucket([]byte("albums")).Put([]byte("clients|smith"), []byte("nonsense"))
	})
	c = mustOpen(t, path)
	if p := c.Problems(); len(p) != 1 || !errors.Is(p[0], catalog.ErrDamaged) || len(c.Albums()) != 0 {
		t.Errorf("problems %v, albums %+v", p, c.Albums())
	}
	if err := c.PutAlbum(catalog.Album{Name: "Clients|SMITH"}); !errors.Is(err, catalog.ErrDamaged) {
		t.Errorf("a damaged album was replaced, so that no backup can bring it back: %v", err)
	}
}

// Another program changes a file: the photo stays in its albums, at its place.
func TestAlbumsOfChangedFile(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	commit := func(name string, version, content int) {
		t.Helper()
		check(t, c.Commit([]catalog.Outcome{{File: file(name, version), Record: record(content)}}))
	}
	for i, name := range []string{"a.jpg", "b.jpg", "c.jpg"} {
		commit(name, 1, i+1)
	}
	commit("copy of c.jpg", 1, 3)
	check(t, c.PutAlbum(catalog.Album{Name: "All", Photos: []photo.ID{id(1), id(2), id(3)}}))
	check(t, c.PutAlbum(catalog.Album{Name: "Other", Photos: []photo.ID{id(2)}}))
	held := c.Albums()
	want := func(when string, names ...string) {
		t.Helper()
		t.Log(when)
		wantFound(t, c, "album:All", names...)
		wantFound(t, c, "album:Other", "b.jpg")
	}
	all := []string{"a.jpg", "b.jpg", "c.jpg", "copy of c.jpg"}
	check(t, c.Track([]photo.File{file("a.jpg", 2)}))
	want("seen", all...)
	commit("a.jpg", 2, 11)
	want("changed", all...)
	commit("c.jpg", 2, 13)
	want("one of two copies changed", all...)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 3), Failure: "damaged"}}))
	want("cannot be read", all...)
	check(t, c.Identify(map[string]photo.ID{file("a.jpg", 3).Path: id(21)}))
	want("identified without an analysis", all...)
	commit("a.jpg", 4, 22)
	want("changed once more", all...)
	a, _ := c.Album("All")
	if want := []photo.ID{id(1), id(11), id(21), id(22), id(2), id(3), id(13)}; !slices.Equal(a.Photos, want) {
		t.Errorf("%v, want %v", a.Photos, want)
	}
	if !slices.Equal(held[0].Photos, []photo.ID{id(1), id(2), id(3)}) {
		t.Errorf("what somebody holds was changed: %v", held)
	}
	c = reopen(t, c, path)
	want("reopened", all...)
}

// Files that only change their names, each getting that of the next, keep what is theirs, and get nothing of the others.
func TestMarksOfRenamedFiles(t *testing.T) {
	c := mustOpen(t, newPath(t))
	commit := func(version int, contents ...int) {
		t.Helper()
		for i, n := range contents {
			check(t, c.Commit([]catalog.Outcome{{File: file(string(rune('a'+i))+".jpg", version), Record: record(n)}}))
		}
	}
	commit(1, 1, 2, 3)
	mark(t, c, photo.Marks{Rating: 5}.WithTag("best"), id(1))
	check(t, c.PutAlbum(catalog.Album{Name: "Best", Photos: []photo.ID{id(1)}}))
	commit(2, 2, 3, 1)
	wantFound(t, c, "rating:5", "c.jpg")
	wantFound(t, c, "tag:best", "c.jpg")
	wantFound(t, c, "album:Best", "c.jpg")
	commit(3, 3, 1, 2)
	wantFound(t, c, "rating:5", "b.jpg")
	wantFound(t, c, "album:Best", "b.jpg")
}
