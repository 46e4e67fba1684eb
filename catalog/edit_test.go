package catalog_test

import (
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// maybe is a face that the detector was not certain of.
func maybe(x float32) face.Face {
	f := person(face.Sad, face.Man, 61)
	f.Score, f.Box = .7, face.BoxAt(x, 100, 40, 50)
	return f
}

// judge gives a face of a photo a verdict.
func judge(t testing.TB, c *catalog.Catalog, id photo.ID, number uint32, v face.Verdict) {
	t.Helper()
	check(t, c.Edit(id, func(r *catalog.Record) error { return r.Edits.Judge(&r.Analysis, number, v) }))
}

// draw adds a face to a photo and returns its number.
func draw(t testing.TB, c *catalog.Catalog, id photo.ID, box face.Box) (number uint32) {
	t.Helper()
	check(t, c.Edit(id, func(r *catalog.Record) (err error) {
		number, err = r.Edits.Draw(&r.Analysis, box, r.Last)
		return err
	}))
	return number
}

// shown describes the faces of a photo as Apply has them: "1 happy, 2 sad?".
func shown(t testing.TB, c *catalog.Catalog, name string) string {
	t.Helper()
	r, err := c.Record(file(name, 1).Path)
	check(t, err)
	var words []string
	for _, f := range face.Apply(&r.Analysis, &r.Edits).Faces {
		w := fmt.Sprint(f.Number)
		if e, p := f.Emotion.Top(); p > 0 {
			w += " " + e.String()
		}
		if f.Doubtful() {
			w += "?"
		}
		words = append(words, w)
	}
	return strings.Join(words, ", ")
}

func wantShown(t *testing.T, c *catalog.Catalog, name, want string) {
	t.Helper()
	if got := shown(t, c, name); got != want {
		t.Errorf("%s has the faces %s, want %s", name, got, want)
	}
}

// What a person says counts at once, after a restart, and for every copy of the photo.
func TestEdit(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	r := record(1, person(face.Happy, face.Woman, 30), maybe(200), maybe(300))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r}, {File: file("b.jpg", 1), Record: r}}))
	wantFound(t, c, "doubtful:yes", "a.jpg", "b.jpg")
	wantFound(t, c, "faces:1", "a.jpg", "b.jpg")
	before := c.Generation()
	judge(t, c, id(1), 2, face.Accepted)
	judge(t, c, id(1), 3, face.Rejected)
	number := draw(t, c, id(1), face.BoxAt(400, 200, 50, 60))
	if number != 4 || c.Generation() != before+3 {
		t.Errorf("the drawn face has number %d, the generation went from %d to %d", number, before, c.Generation())
	}
	for range 2 {
		wantFound(t, c, "doubtful:yes")
		wantFound(t, c, "faces:3", "a.jpg", "b.jpg")
		wantFound(t, c, "edited:yes", "a.jpg", "b.jpg")
		wantFound(t, c, "edited:yes emotion:happy")
		wantFound(t, c, "emotion:sad gender:man", "a.jpg", "b.jpg")
		wantShown(t, c, "b.jpg", "1 happy, 4, 2 sad")
		ref, _ := c.Lookup(file("a.jpg", 1).Path)
		if e := c.Entry(ref); e.Faces != 3 || e.Doubtful != 0 || e.Have != 0 {
			t.Errorf("entry %+v: want three faces, of which one was not looked at", e)
		}
		c = reopen(t, c, path)
	}
	paths := c.PathsOf(id(1))
	slices.Sort(paths)
	if want := []string{file("a.jpg", 1).Path, file("b.jpg", 1).Path}; !slices.Equal(paths, want) {
		t.Errorf("PathsOf = %q, want %q", paths, want)
	}
	judge(t, c, id(1), 2, face.NoVerdict)
	wantFound(t, c, "doubtful:yes", "a.jpg", "b.jpg")

	mistake := errors.New("a mistake")
	err := c.Edit(id(1), func(r *catalog.Record) error {
		r.Edits = face.Edits{}
		return mistake
	})
	if !errors.Is(err, mistake) {
		t.Errorf("Edit: %v, want %v", err, mistake)
	}
	wantShown(t, c, "a.jpg", "1 happy, 4, 2 sad?")
	if err := c.Edit(id(7), func(*catalog.Record) error { return nil }); !errors.Is(err, catalog.ErrUnknown) {
		t.Errorf("an edit of nothing: %v, want %v", err, catalog.ErrUnknown)
	}
}

// A new analysis changes nothing of what people said, and faces keep their numbers.
func TestEditsSurviveAnotherAnalysis(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	commit := func(faces ...face.Face) {
		t.Helper()
		check(t, c.Renew([]string{file("a.jpg", 1).Path}, 0))
		check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, faces...)}}))
		c = reopen(t, c, path)
	}
	commit(person(face.Happy, face.Woman, 30), maybe(200), maybe(300), maybe(400))
	judge(t, c, id(1), 2, face.Accepted)
	judge(t, c, id(1), 3, face.Rejected)
	number := draw(t, c, id(1), face.BoxAt(100, 300, 50, 60))
	wantShown(t, c, "a.jpg", "1 happy, 5, 2 sad, 4 sad?")

	// Somebody looks at the drawn face.
	drawn := person(face.Fear, face.Man, 20)
	drawn.Box = face.BoxAt(100, 300, 50, 60)
	drawn.Given = true
	commit(person(face.Happy, face.Woman, 30), maybe(200), maybe(300), maybe(400), drawn)
	wantShown(t, c, "a.jpg", "1 happy, 2 sad, 4 sad?, 5 fear")

	// Another detector finds them in another order, one more, and the doubtful ones not at all.
	fresh := person(face.Surprise, face.Woman, 50)
	fresh.Box = face.BoxAt(500, 10, 50, 60)
	commit(fresh, person(face.Neutral, face.Woman, 30))
	wantShown(t, c, "a.jpg", "6 surprise, 1 neutral, 5 fear, 2 sad")

	// It finds the rejected one again: it stays rejected.
	commit(person(face.Neutral, face.Woman, 30), maybe(305), maybe(205))
	wantShown(t, c, "a.jpg", "1 neutral, 5 fear, 2 sad")
	judge(t, c, id(1), 3, face.NoVerdict)
	wantShown(t, c, "a.jpg", "1 neutral, 5 fear, 3 sad?, 2 sad")

	// What is not wanted any more, and was never found, is gone; its number is not used again.
	check(t, c.Edit(id(1), func(r *catalog.Record) error {
		r.Edits.Set(face.Edit{Number: number})
		return nil
	}))
	wantShown(t, c, "a.jpg", "1 neutral, 3 sad?, 2 sad")
	commit(person(face.Neutral, face.Woman, 30), maybe(205), fresh)
	wantShown(t, c, "a.jpg", "1 neutral, 2 sad, 7 surprise")
	if n := draw(t, c, id(1), face.BoxAt(100, 300, 50, 60)); n != 8 {
		t.Errorf("another drawn face has number %d, want 8", n)
	}
}

// A way of looking that a person asked for stays with the photo.
func TestLookStays(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	look := func() catalog.Look {
		t.Helper()
		k, err := c.Known(file("a.jpg", 1).Path, id(99))
		check(t, err)
		return k.Look
	}
	check(t, c.Track([]photo.File{file("a.jpg", 1)}))
	check(t, c.Renew([]string{file("a.jpg", 1).Path}, catalog.LookHarder))
	check(t, c.Renew([]string{file("a.jpg", 1).Path}, catalog.LookTurned))
	check(t, c.Renew([]string{file("a.jpg", 1).Path}, 0))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1)}}))
	check(t, c.Track([]photo.File{file("a.jpg", 2)}))
	check(t, c.Forget([]string{file("a.jpg", 2).Path}))
	c = reopen(t, c, path)
	if got := look(); got != catalog.LookHarder|catalog.LookTurned {
		t.Errorf("the photo is looked at in the ways %b", got)
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 3), Failure: "damaged"}}))
	if got := look(); got != catalog.LookHarder|catalog.LookTurned {
		t.Errorf("after a failure the photo is looked at in the ways %b", got)
	}
}

// A photo of which more was asked while it was analysed goes on waiting, as what is known of it.
func TestAskedDuringTheAnalysis(t *testing.T) {
	const harder, turned = catalog.LookHarder, catalog.LookTurned
	failure := catalog.Look(1 << 7) // in the place of looked: Keep
	for _, tt := range []struct {
		name         string
		asked        catalog.Look
		looked       catalog.Look
		added        bool
		state        catalog.State
		look         catalog.Look
		tried, found catalog.Look // of Keep
	}{
		{name: "nothing more", asked: harder, looked: harder, state: catalog.Done, look: harder},
		{name: "looked for more than asked", asked: harder, looked: harder | turned, state: catalog.Done, look: harder},
		{name: "another way", asked: harder | turned, looked: harder, state: catalog.Waiting, look: harder | turned},
		{name: "anew", added: true, state: catalog.Waiting},
		{name: "failed", asked: harder, looked: failure, tried: harder, state: catalog.Done},
		{name: "failed, and another way", asked: harder | turned, looked: failure, tried: harder, state: catalog.Waiting, look: turned},
		{name: "failed after another way", asked: harder | turned, looked: failure, tried: harder | turned, found: harder, state: catalog.Done, look: harder},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			c := mustOpen(t, path)
			a := file("a.jpg", 1)
			check(t, c.Commit([]catalog.Outcome{{File: a, Record: record(1, person(face.Happy, face.Woman, 30))}}))
			check(t, c.Renew([]string{a.Path}, tt.asked))
			if tt.looked == failure {
				if kept, err := c.Keep(a, tt.tried, tt.found); err != nil || !kept {
					t.Errorf("Keep = %v, %v", kept, err)
				}
			} else {
				check(t, c.Commit([]catalog.Outcome{{File: a, Record: record(1, person(face.Happy, face.Woman, 30)), Looked: tt.looked, Added: tt.added}}))
			}
			for range 2 {
				ref, _ := c.Lookup(a.Path)
				e := c.Entry(ref)
				k, err := c.Known(a.Path, id(1))
				if err != nil || e.State != tt.state || e.ID != id(1) || k.Look != tt.look || k.Renew != (tt.state == catalog.Waiting) {
					t.Errorf("%+v, %+v, %v, want %v and the ways %b", e, k, err, tt.state, tt.look)
				}
				wantShown(t, c, "a.jpg", "1 happy")
				c = reopen(t, c, path)
			}
		})
	}
}

// Only a photo that waits for another analysis, and whose file is as it was, is left with what is known.
func TestKeepNothing(t *testing.T) {
	c := mustOpen(t, newPath(t))
	check(t, c.Track([]photo.File{file("new.jpg", 1)}))
	for name, number := range map[string]int{"done.jpg": 1, "changed.jpg": 2} {
		check(t, c.Commit([]catalog.Outcome{{File: file(name, 1), Record: record(number)}}))
	}
	check(t, c.Renew([]string{file("new.jpg", 1).Path, file("changed.jpg", 1).Path}, 0))
	for _, f := range []photo.File{file("new.jpg", 1), file("done.jpg", 1), file("changed.jpg", 2), file("nowhere.jpg", 1)} {
		if kept, err := c.Keep(f, 0, 0); kept || err != nil {
			t.Errorf("%s: %v, %v", f.Path, kept, err)
		}
	}
	if kept, err := c.Keep(photo.File{Path: file("changed.jpg", 1).Path}, 0, 0); !kept || err != nil { // nobody could look
		t.Errorf("a file that cannot be read: %v, %v", kept, err)
	}
}

func TestDamagedEdits(t *testing.T) {
	path, first := filled(t), id(1)
	c := mustOpen(t, path)
	judge(t, c, first, 1, face.Rejected)
	wantFound(t, c, "emotion:happy", "b.jpg")
	check(t, c.Close())
	flip(t, path, "edits", first[:])
	flip(t, path, "rows", first[:])
	c = mustOpen(t, path)
	problems := c.Problems()
	if len(problems) != 1 || !errors.Is(problems[0], catalog.ErrDamaged) || !strings.Contains(problems[0].Error(), "a.jpg: edits") {
		t.Errorf("problems %v, want one that says that the edits of a.jpg are damaged", problems)
	}
	wantFound(t, c, "emotion:happy", "a.jpg", "b.jpg") // the photo is there as if nothing had been said
	err := c.Edit(first, func(r *catalog.Record) error { return r.Edits.Judge(&r.Analysis, 1, face.Accepted) })
	if !errors.Is(err, catalog.ErrDamaged) {
		t.Errorf("an edit over damaged ones: %v, want %v", err, catalog.ErrDamaged)
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, person(face.Sad, face.Woman, 30))}}))
	wantFound(t, c, "emotion:sad", "a.jpg") // analysis goes on
	c = reopen(t, c, path)
	if len(c.Problems()) != 1 {
		t.Errorf("problems %v: the damaged edits were written over", c.Problems())
	}
}

// A value of another photo's edits in the place of a photo's own is found out too: the key is in the checksum.
func TestEditsOfAnotherPhoto(t *testing.T) {
	path, first, second := filled(t), id(1), id(2)
	c := mustOpen(t, path)
	judge(t, c, first, 1, face.Rejected)
	check(t, c.Close())
	edit(t, path, func(tx *bolt.Tx) error {
		b := tx.Bucket([]byte("edits"))
		return b.Put(second[:], slices.Clone(b.Get(first[:])))
	})
	if p := mustOpen(t, path).Problems(); len(p) != 1 || !strings.Contains(p[0].Error(), "b.jpg") {
		t.Errorf("problems %v", p)
	}
}

// unpack unpacks a catalog that an earlier version of the layout wrote.
func unpack(t *testing.T, name string) string {
	t.Helper()
	packed, err := os.Open(filepath.Join("testdata", name))
	check(t, err)
	defer packed.Close()
	z, err := gzip.NewReader(packed)
	check(t, err)
	data, err := io.ReadAll(z)
	check(t, err)
	path := newPath(t)
	check(t, os.WriteFile(path, data, 0o600))
	return path
}

// schema1 unpacks a catalog of version 1: a.jpg with a happy woman
// and a doubtful sad man, b.jpg with a neutral man, c.jpg waits, d.jpg failed, e.jpg with the
// doubtful man again is to be renewed. Nobody had been looked at for blur, exposure and eyes.
func schema1(t *testing.T) string { return unpack(t, "schema1.db.gz") }

func TestOpenSchema1(t *testing.T) {
	path := schema1(t)
	c := mustOpen(t, path)
	old := face.AgeYears | face.BoundsBox | face.EmotionClasses | face.GenderClasses | face.Landmark | face.PoseAngles | face.Smiling
	check1 := func() {
		t.Helper()
		if p := c.Problems(); len(p) > 0 {
			t.Errorf("problems %v", p)
		}
		wantFound(t, c, "", "a.jpg", "b.jpg", "c.jpg", "d.jpg", "e.jpg")
		wantFound(t, c, "emotion:happy gender:woman age:30-39", "a.jpg")
		wantFound(t, c, "taken:2026-05-03 camera:ILCE", "b.jpg")
		wantFound(t, c, "state:waiting", "c.jpg", "e.jpg")
		wantFound(t, c, "state:failed", "d.jpg")
		for _, path := range c.Paths("", true) {
			ref, _ := c.Lookup(path)
			e := c.Entry(ref)
			if analysed := !e.ID.IsZero(); analysed != (e.Have == old) || analysed != (e.Mode == "default") {
				t.Errorf("%s: has %v, mode %q", path, e.Have, e.Mode)
			}
		}
		if k, err := c.Known(file("e.jpg", 1).Path, id(5)); err != nil || !k.Renew || k.Look != 0 || k.Record == nil {
			t.Errorf("e.jpg: %+v, %v, want it to be renewed", k, err)
		}
	}
	check1()
	wantFound(t, c, "doubtful:yes", "a.jpg", "e.jpg")
	judge(t, c, id(1), 2, face.Rejected)
	for range 2 { // the values that nothing has changed are still those of version 1
		c = reopen(t, c, path)
		check1()
		wantFound(t, c, "doubtful:yes", "e.jpg")
	}
	check(t, c.Renew([]string{file("a.jpg", 1).Path}, catalog.LookTurned))
	check(t, c.Commit([]catalog.Outcome{{
		File: file("a.jpg", 1), Looked: catalog.LookTurned, Record: record(1, maybe(205), person(face.Fear, face.Woman, 30)),
	}}))
	c = reopen(t, c, path)
	wantShown(t, c, "a.jpg", "1 fear")
	if k, err := c.Known(file("a.jpg", 1).Path, id(1)); err != nil || k.Look != catalog.LookTurned || k.Renew {
		t.Errorf("a.jpg: %+v, %v", k, err)
	}
}

// A catalog of version 2: a.jpg with a happy woman and two doubtful sad men, of whom the first was accepted and the
// second rejected; b.jpg with a neutral man and a drawn face is to be searched for turned faces; c.jpg waits, d.jpg failed.
// Everybody's apparent ethnicity was found out: nobody had been asked.
func TestOpenSchema2(t *testing.T) {
	path := unpack(t, "schema2.db.gz")
	c := mustOpen(t, path)
	for range 2 {
		if p := c.Problems(); len(p) > 0 || c.Policy() != catalog.DefaultPolicy() {
			t.Errorf("problems %v, policy %+v", p, c.Policy())
		}
		wantShown(t, c, "a.jpg", "1 happy, 2 sad")
		wantShown(t, c, "b.jpg", "1 neutral, 2")
		wantFound(t, c, "edited:yes emotion:sad", "a.jpg")
		wantFound(t, c, "edited:yes", "a.jpg", "b.jpg")
		wantFound(t, c, "state:waiting", "b.jpg", "c.jpg")
		wantFound(t, c, "state:failed", "d.jpg")
		wantFound(t, c, "ethnicity:white guesses:yes")
		r, err := c.Record(file("a.jpg", 1).Path)
		if err != nil || r.Analysis.Have.Has(face.EthnicityClasses) || r.Analysis.Faces[0].Ethnicity != (face.Ethnicities{}) {
			t.Errorf("the record has %v, %v, %v", r.Analysis.Have, r.Analysis.Faces[0].Ethnicity, err)
		}
		if e := r.Edits.Of(2); e.Verdict != face.Accepted || e.Said != (face.Said{}) {
			t.Errorf("edit %+v", e)
		}
		if k, err := c.Known(file("b.jpg", 1).Path, id(2)); err != nil || !k.Renew || k.Look != catalog.LookTurned || k.Record.Analysis.Have.Has(face.EthnicityClasses) {
			t.Errorf("b.jpg: %+v, %v", k, err)
		}
		c = reopen(t, c, path)
	}
	check(t, c.Close())
	wantNoEthnicities(t, path)
	c = showAll(t, mustOpen(t, path)) // it has to be found out
	wantFound(t, c, "ethnicity:white")
}

// A catalog of version 3: a.jpg with a happy woman and an accepted sad man, b.jpg with a man who was corrected to be sad and a drawn
// face, c.jpg waits, d.jpg failed, e.jpg with a doubtful man is to be looked at harder. The apparent ethnicity is switched on.
func TestOpenSchema3(t *testing.T) {
	path := unpack(t, "schema3.db.gz")
	c := mustOpen(t, path)
	for i := range 2 {
		if p := c.Problems(); len(p) > 0 || !c.Policy().Ethnicity {
			t.Errorf("problems %v, policy %+v", p, c.Policy())
		}
		wantShown(t, c, "a.jpg", "1 happy, 2 sad")
		wantShown(t, c, "b.jpg", "2, 1 sad")
		wantFound(t, c, "edited:yes emotion:sad", "a.jpg", "b.jpg")
		wantFound(t, c, "state:waiting", "c.jpg", "e.jpg")
		wantFound(t, c, "state:failed", "d.jpg")
		if k, err := c.Known(file("e.jpg", 1).Path, id(3)); err != nil || !k.Renew || k.Look != catalog.LookHarder {
			t.Errorf("e.jpg: %+v, %v", k, err)
		}
		if i == 0 { // an edit of that version takes marks and names
			check(t, c.Edit(id(2), func(r *catalog.Record) error {
				r.Marks.Rating = 3
				return r.Edits.Call(&r.Analysis, 1, "Bob")
			}))
		}
		c = reopen(t, c, path)
	}
	if r, err := c.Record(file("b.jpg", 1).Path); err != nil || r.Marks.Rating != 3 || r.Edits.Of(1).Name != "Bob" || r.Edits.Of(1).Said == (face.Said{}) {
		t.Errorf("%+v, %+v, %v", r.Marks, r.Edits, err)
	}
}

// A catalog of version 4: a.jpg with Ada, rated, labelled, tagged and in an album, b.jpg without a face, c.jpg waits, d.jpg failed.
func TestOpenSchema4(t *testing.T) {
	path := unpack(t, "schema4.db.gz")
	c := mustOpen(t, path)
	for range 2 {
		if p := c.Problems(); len(p) > 0 {
			t.Error(p)
		}
		wantFound(t, c, "person:ada rating:4 flag:picked label:blue tag:rome album:best", "a.jpg")
		wantFound(t, c, "differs:yes")
		wantFound(t, c, "state:waiting", "c.jpg")
		wantFound(t, c, "state:failed", "d.jpg")
		if u := c.Unheard([]photo.File{file("a.jpg", 1), file("c.jpg", 1)}); len(u) > 0 {
			t.Errorf("sidecars that are not there: %v", u)
		}
		c = reopen(t, c, path)
	}
}

// A catalog of version 4 whose rows had their texts in them: a.jpg and its copy a2.jpg with a happy woman and a sad man called Bob, rated and tagged, b.jpg of
// another camera with a neutral man, c.jpg waits, d.jpg failed; an album and a search.
func TestOpenRows6(t *testing.T) {
	path := unpack(t, "schema4rows6.db.gz")
	c := mustOpen(t, path)
	for range 2 {
		if p := c.Problems(); len(p) > 0 {
			t.Errorf("problems %v", p)
		}
		wantShown(t, c, "a.jpg", "1 happy, 2 sad")
		wantFound(t, c, "camera:ILCE taken:2026-05-03 rating:4 person:Bob tag:Rome album:Best", "a.jpg", "a2.jpg")
		wantFound(t, c, `camera:"EOS R5"`, "b.jpg")
		wantFound(t, c, "state:waiting", "c.jpg")
		wantFound(t, c, "state:failed", "d.jpg")
		for name, mode := range map[string]string{"a.jpg": "default", "a2.jpg": "default", "b.jpg": "fast", "c.jpg": ""} {
			if ref, ok := c.Lookup(file(name, 1).Path); !ok || c.Entry(ref).Mode != mode {
				t.Errorf("%s: mode %q, want %q", name, c.Entry(ref).Mode, mode)
			}
		}
		if found, err := c.Check(t.Context()); err != nil || len(found) > 0 {
			t.Errorf("Check: %v, %v", found, err)
		}
		c = reopen(t, c, path)
	}
	if s := c.Searches(); len(s) != 1 || s[0].Name != "Smiles" {
		t.Errorf("searches %v", s)
	}
}

// A file of version 1 that lost a bucket is no catalog, and stays as it is.
func TestDamagedSchema1(t *testing.T) {
	path := schema1(t)
	edit(t, path, func(tx *bolt.Tx) error { return tx.DeleteBucket([]byte("photos")) })
	before, err := os.ReadFile(path)
	check(t, err)
	if _, err := catalog.Open(path); !errors.Is(err, catalog.ErrDamaged) {
		t.Errorf("Open: %v, want %v", err, catalog.ErrDamaged)
	}
	if after, err := os.ReadFile(path); err != nil || !slices.Equal(before, after) {
		t.Errorf("the file was changed: %v", err)
	}
}
