package catalog_test

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"reflect"
	"strings"
	"testing"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// What was said waits in an empty catalog for the photos, and never takes the place of what somebody says there.
func TestAdopt(t *testing.T) {
	path := newPath(t)
	box := face.BoxAt(10, 10, 50, 60)
	said := []catalog.Said{
		{ID: id(0), W: 600, H: 400, Faces: []face.Edit{{Number: 4, Box: face.BoxAt(12, 9, 50, 60), Name: "Ada"}, {Number: 5, Box: face.BoxAt(300, 200, 40, 40), Drawn: true}}},
		{ID: id(1), W: 600, H: 400, Marks: photo.Marks{Rating: 4, Label: photo.Red, Tags: []string{"a", "b"}}},
		{ID: id(2), W: 600, H: 400, Faces: []face.Edit{{Number: 1, Box: box, Verdict: face.Rejected}}},
		{ID: id(3), W: 600, H: 400, Faces: []face.Edit{{Number: 1, Box: face.BoxAt(900, 10, 50, 60), Name: "Nowhere"}}, Marks: photo.Marks{Rating: 9}},
	}
	want := catalog.Adopted{Photos: 3, Faces: 3, Marks: 1, Wrong: 1}
	for _, want := range []catalog.Adopted{want, {Wrong: 1}} {
		if got, err := catalog.Adopt(t.Context(), path, said); got != want || err != nil {
			t.Errorf("%+v, %v, want %+v", got, err, want)
		}
	}
	c := mustOpen(t, path)
	if _, err := catalog.Adopt(t.Context(), path, said); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	for n, name := range []string{"a.jpg", "b.jpg", "c.jpg", "d.jpg"} {
		check(t, c.Commit([]catalog.Outcome{{File: file(name, 1), Record: record(n, person(face.Happy, face.Woman, 30))}}))
	}
	for text, want := range map[string]string{"edited:yes": "a.jpg", "faces:0": "c.jpg", "faces:1": "b.jpg d.jpg", "faces:2": "a.jpg"} {
		if got := strings.Join(found(t, c, text, catalog.Scope{}, catalog.ByPath), " "); got != want {
			t.Errorf("%s finds %q, want %q", text, got, want)
		}
	}
	r, err := c.Record(file("b.jpg", 1).Path)
	if err != nil || !r.Marks.Equal(said[1].Marks) {
		t.Errorf("marks %+v, %v", r.Marks, err)
	}
	r, err = c.Record(file("a.jpg", 1).Path)
	if a := face.Apply(&r.Analysis, &r.Edits); err != nil || len(a.Faces) != 2 || a.Faces[0].Edit.Name != "Ada" || !a.Faces[1].Edit.Drawn {
		t.Errorf("faces %+v, %v", a.Faces, err)
	}
	number := r.Analysis.Faces[0].Number
	// Since then people say something else.
	called(0, number, "Eve")(t, c)
	check(t, c.Edit(id(1), func(r *catalog.Record) error { r.Marks = photo.Marks{Rating: 1, Tags: []string{"b"}}; return nil }))
	check(t, c.Close())
	if got, err := catalog.Adopt(t.Context(), path, said); err != nil || got != (catalog.Adopted{Photos: 1, Marks: 1, Wrong: 1}) { // the label alone
		t.Errorf("%+v, %v", got, err)
	}
	c = mustOpen(t, path)
	r, err = c.Record(file("a.jpg", 1).Path)
	if err != nil || r.Edits.Of(number).Name != "Eve" {
		t.Errorf("the name is %q now, %v", r.Edits.Of(number).Name, err)
	}
	r, err = c.Record(file("b.jpg", 1).Path)
	if err != nil || !r.Marks.Equal(photo.Marks{Rating: 1, Label: photo.Red, Tags: []string{"b"}}) {
		t.Errorf("marks %+v, %v", r.Marks, err)
	}
	check(t, c.Close())
	if values, err := catalog.CheckFile(t.Context(), path); err != nil || len(values) > 0 {
		t.Errorf("%v, %v", values, err)
	}
}

// What a catalog says, taken over by an empty one in which the same photos are analysed, is said there too.
func TestAdoptAll(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	from, to := mustOpen(t, newPath(t)), newPath(t)
	var said []catalog.Said
	records := map[int]*catalog.Record{}
	for n := range 60 {
		records[n] = randomRecord(rng, n)
		check(t, from.Commit([]catalog.Outcome{{File: file(fmt.Sprintf("%d.jpg", n), 1), Record: records[n]}}))
		check(t, from.Edit(id(n), func(r *catalog.Record) error {
			for i := range r.Analysis.Faces {
				if err := r.Edits.Call(&r.Analysis, r.Analysis.Faces[i].Number, []string{"Ada", "Bob", ""}[rng.IntN(3)]); err != nil {
					return err
				}
			}
			r.Marks = photo.Marks{Rating: uint8(rng.IntN(6))}
			said = append(said, catalog.Said{ID: r.ID, W: r.Analysis.W, H: r.Analysis.H, Faces: r.Edits.Faces, Marks: r.Marks})
			return nil
		}))
	}
	_, err := catalog.Adopt(t.Context(), to, said)
	check(t, err)
	c := mustOpen(t, to)
	for n := range 60 {
		check(t, c.Commit([]catalog.Outcome{{File: file(fmt.Sprintf("%d.jpg", n), 1), Record: records[n]}}))
		names := func(c *catalog.Catalog) (names []string) {
			check(t, c.Edit(id(n), func(r *catalog.Record) error {
				a := face.Apply(&r.Analysis, &r.Edits)
				for i := range a.Faces {
					names = append(names, a.Faces[i].Edit.Name)
				}
				names = append(names, string('0'+rune(r.Marks.Rating)))
				return nil
			}))
			return names
		}
		if got, want := names(c), names(from); !reflect.DeepEqual(got, want) {
			t.Errorf("photo %d: %q, want %q", n, got, want)
		}
	}
}

// A damaged catalog makes room for an empty one, and its file is kept.
func TestSetAside(t *testing.T) {
	path := newPath(t)
	if _, err := catalog.SetAside(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("without a catalog: %v", err)
	}
	c := mustOpen(t, path)
	if _, err := catalog.SetAside(path); !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	check(t, c.Close())
	damaged := []byte(strings.Repeat("no catalog", 1000))
	check(t, os.WriteFile(path, damaged, 0o600))
	_, err := catalog.Open(path)
	var damage *catalog.DamageError
	if !errors.As(err, &damage) || damage.Backup.Path != "" || !errors.Is(err, catalog.ErrDamaged) ||
		!strings.Contains(err.Error(), "no sound backup") || !strings.Contains(err.Error(), "--sidecars FOLDER") {
		t.Errorf("a damaged one: %v", err)
	}
	kept, err := catalog.SetAside(path)
	check(t, err)
	if got, err := os.ReadFile(kept); err != nil || !bytes.Equal(got, damaged) {
		t.Errorf("kept is %d bytes, %v", len(got), err)
	}
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("it is still there: %v", err)
	}
	check(t, mustOpen(t, path).Close())
}
