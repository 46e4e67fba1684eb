package library_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
)

// What people said comes back out of the JSON files beside the photos when the catalog is damaged, and another
// analysis finds the rest.
func TestReadBack(t *testing.T) {
	f := newFixture(t)
	for i, name := range []string{"a.jpg", "sub/wide.jpg", "c.jpg"} {
		w := 40 + i
		if name == "sub/wide.jpg" {
			w = 90
		}
		writeJPEG(t, f.path(name), w, 10)
	}
	f.scan()
	a, wide := f.path("a.jpg"), f.path("sub/wide.jpg")
	if _, err := f.DrawFace(a, boxAt(20, 10, 12, 14)); err != nil {
		t.Fatal(err)
	}
	f.wait()
	if err := errors.Join(
		f.Correct(a, 1, face.AgeYears, 77), f.Call(a, 1, "Ada"), f.Judge(wide, 1, face.Rejected),
		f.Rate([]string{wide}, 5), f.Tag([]string{wide}, []string{"wedding"}, nil),
	); err != nil {
		t.Fatal(err)
	}
	if s, err := f.ExportJSON(t.Context(), []string{a, wide, f.path("c.jpg")}, export.Semblance, nil); err != nil || s.Written != 3 {
		t.Fatal(s, err)
	}
	if err := f.Rate([]string{a}, 2); err != nil { // since then
		t.Fatal(err)
	}
	if err := os.WriteFile(f.path("other.semblance.json"), []byte("{}"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := f.upkeep().ReadBack(t.Context(), []string{f.photos}, nil); !errors.Is(err, library.ErrInUse) {
		t.Errorf("while it is open: %v", err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	r, err := f.upkeep().ReadBack(t.Context(), []string{f.photos}, nil)
	if err != nil || r.Files != 3 || r.Photos != 0 || r.Kept != "" || len(r.Unread) != 1 {
		t.Errorf("into a sound catalog that says all of it: %+v, %v", r, err)
	}
	damaged := bytes.Repeat([]byte("no catalog"), 10_000)
	if err := os.WriteFile(f.upkeep().Catalog, damaged, 0o600); err != nil {
		t.Fatal(err)
	}
	var damage *library.DamageError
	if _, err := library.Open(library.Config{Catalog: f.upkeep().Catalog, Cache: filepath.Join(f.home, "cache")}); !errors.As(err, &damage) {
		t.Errorf("a damaged catalog: %v", err)
	}
	if _, err := f.upkeep().ReadBack(t.Context(), []string{f.path("nowhere")}, nil); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("of a folder that is not there: %v", err)
	}
	told := 0
	r, err = f.upkeep().ReadBack(t.Context(), []string{f.photos}, func(files int) { told = files })
	if err != nil || r.Files != 3 || told != 3 || r.Photos != 2 || r.Faces != 3 || r.Marks != 1 {
		t.Errorf("%+v, %v, told of %d files", r, err, told)
	}
	if kept, err := os.ReadFile(r.Kept); err != nil || !bytes.Equal(kept, damaged) {
		t.Errorf("the damaged file is not kept: %v", err)
	}
	f.open()
	f.scan()
	f.wantFound("edited:yes", "a.jpg")
	f.wantFound("faces:2", "a.jpg")
	f.wantFound("faces:1", "c.jpg sub/wide.jpg")
	p, err := f.Photo(wide)
	if err != nil || !p.Marks.Equal(photo.Marks{Rating: 5, Tags: []string{"wedding"}}) || len(p.Rejected) != 1 {
		t.Errorf("marks %+v, rejected %+v, %v", p.Marks, p.Rejected, err)
	}
	p, err = f.Photo(a)
	if err != nil {
		t.Fatal(err)
	}
	var named, drawn int
	for _, one := range p.Analysis.Faces {
		if age, ok := one.Edit.Said.Of(face.AgeYears); ok && age == 77 && one.Edit.Name == "Ada" {
			named++
		}
		if one.Edit.Drawn {
			drawn++
		}
	}
	if named != 1 || drawn != 1 {
		t.Errorf("faces %+v", p.Analysis.Faces)
	}
}

// A value that is damaged is mended: its photo has what the backup has, or is analysed again.
func TestMendFromBackup(t *testing.T) {
	f := newFixture(t)
	f.engine.mark = "a face that is in the backup"
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	f.scan()
	f.Care()
	f.engine.mark = "a face that is nowhere else."
	writeJPEG(t, f.path("b.jpg"), 41, 10)
	f.scan()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.damage("a face that is in the backup")
	f.damage("a face that is nowhere else.")
	m, err := f.upkeep().Mend(t.Context())
	if err != nil || m.Restored != 1 || m.Again != 1 || m.Kept == "" {
		t.Errorf("%+v, %v", m, err)
	}
	f.open()
	problems := f.problems()
	f.scan()
	f.wantFound("faces:1", "a.jpg b.jpg")
	if n := f.engine.count(); n != 3 {
		t.Errorf("%d analyses, want another one of b.jpg alone", n)
	}
	f.Care()
	if p := problems(); len(p) > 0 {
		t.Errorf("problems %v", p)
	}
}

// Whoever is forgotten is in no file: neither by name nor by face.
func TestForgetPerson(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("wide.jpg"), 90, 20)
	f.scan()
	a, wide := f.path("a.jpg"), f.path("wide.jpg")
	if err := errors.Join(f.Call(wide, 2, "Ada Example"), f.Call(wide, 1, "Bob Other"), f.Call(a, 1, "Bob Other")); err != nil {
		t.Fatal(err)
	}
	f.Care()
	if s, err := f.ExportJSON(t.Context(), []string{a, wide}, export.Semblance, nil); err != nil || s.Written != 2 {
		t.Fatal(s, err)
	}
	thumbA, thumbWide := f.thumbnail("a.jpg"), f.thumbnail("wide.jpg")
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	if got := f.holding("Ada Example"); len(got) != 2 {
		t.Fatalf("%q hold the name", got)
	}
	if _, err := f.upkeep().ForgetPerson(t.Context(), "Eve", false); !errors.Is(err, library.ErrNobody) {
		t.Errorf("nobody: %v", err)
	}
	for _, dry := range []bool{true, false} {
		r, err := f.upkeep().ForgetPerson(t.Context(), "ada example", dry)
		if err != nil || r.Faces != 1 || len(r.Documents) != 1 || !strings.HasPrefix(r.Documents[0], wide) || len(r.Copies) != 1 || (r.Thumbnails == 1) == dry {
			t.Errorf("dry %v: %+v, %v", dry, r, err)
		}
	}
	if got := f.holding("Example"); len(got) > 0 {
		t.Errorf("%q hold the name", got)
	}
	if got := f.holding("Bob Other"); len(got) != 2 {
		t.Errorf("%q hold the other name, want the catalog and the backup", got)
	}
	if _, err := os.Stat(thumbWide); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the thumbnail is left: %v", err)
	}
	if _, err := os.Stat(thumbA); err != nil {
		t.Errorf("the thumbnail of another photo is gone: %v", err)
	}
	f.open()
	f.scan()
	f.wantFound("faces:1", "a.jpg wide.jpg")
	if n := f.engine.count(); n != 2 {
		t.Errorf("%d analyses: forgetting must not have photos analysed again", n)
	}
	// Who has the photo analysed again finds the face, and nobody knows whose it is.
	if err := f.Reanalyse([]string{wide}, 0); err != nil {
		t.Fatal(err)
	}
	f.wait()
	p, err := f.Photo(wide)
	if err != nil || len(p.Analysis.Faces) != 2 {
		t.Fatalf("%+v, %v", p, err)
	}
	for _, one := range p.Analysis.Faces {
		if one.Edit.Name == "" && one.Number != 3 {
			t.Errorf("the face has the number %d again", one.Number)
		}
	}
}

// An upgrade that cannot be backed up is told, and goes on.
func TestUpgradeWithoutBackup(t *testing.T) {
	packed, err := os.Open(filepath.FromSlash("../../catalog/testdata/schema3.db.gz"))
	if err != nil {
		t.Fatal(err)
	}
	defer packed.Close()
	unpacked, err := gzip.NewReader(packed)
	if err != nil {
		t.Fatal(err)
	}
	old, err := io.ReadAll(unpacked)
	if err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	path := filepath.Join(home, "catalog.semblance")
	if err := errors.Join(os.WriteFile(path, old, 0o600), os.WriteFile(filepath.Join(home, "backups"), nil, 0o600)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []int{1, 0} {
		l, err := library.Open(library.Config{Catalog: path, Cache: filepath.Join(home, "cache")})
		if err != nil {
			t.Fatal(err)
		}
		if n := l.Notices(); len(n) != want || want > 0 && !strings.Contains(n[0].Error(), "upgrade") {
			t.Errorf("notices %v, want %d", n, want)
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
	}
}
