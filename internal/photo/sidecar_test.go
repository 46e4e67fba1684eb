package photo_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/photo"
)

func TestSidecarsOf(t *testing.T) {
	for _, tt := range []struct{ name, files, photo, want string }{
		{"none", "a.jpg b.xmp", "a.jpg", ""},
		{"the full name", "a.jpg a.jpg.xmp", "a.jpg", "a.jpg.xmp"},
		{"Adobe's name", "a.jpg a.xmp", "a.jpg", "a.xmp"},
		{"the full name first", "a.jpg a.xmp a.jpg.xmp", "a.jpg", "a.jpg.xmp a.xmp"},
		{"a RAW file", "a.cr3 a.xmp", "a.cr3", "a.xmp"},
		{"a RAW file of a pair", "a.CR3 a.jpg a.xmp", "a.CR3", "a.xmp"},
		{"a JPEG of a pair", "a.CR3 a.jpg a.xmp", "a.jpg", ""},
		{"a JPEG of a pair with one of its own", "a.nef a.jpg a.xmp a.jpg.xmp", "a.jpg", "a.jpg.xmp"},
		{"a RAW file of a pair, the full name", "a.nef a.jpg a.xmp a.nef.xmp", "a.nef", "a.nef.xmp a.xmp"},
		{"extensions in capitals", "A.JPG A.XMP", "A.JPG", "A.XMP"},
		{"the full name in capitals", "a.JPG a.JPG.XMP", "a.JPG", "a.JPG.XMP"},
		{"another photo's", "a.jpg a.png.xmp", "a.jpg", ""},
		{"several dots", "a.b.jpg a.xmp a.b.xmp", "a.b.jpg", "a.b.xmp"},
		{"hidden", "a.jpg .xmp ._a.xmp .a.jpg.xmp", "a.jpg", ""},
		{"two photos of a name", "a.jpg a.png a.xmp", "a.png", "a.xmp"},
		{"a folder", "a.jpg a.xmp/x", "a.jpg", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			for name := range strings.FieldsSeq(tt.files) {
				write(t, filepath.Join(dir, name), "x")
			}
			entries, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			s := photo.SidecarsIn(entries)
			var got []string
			for _, e := range s.Of(tt.photo) {
				got = append(got, e.Name())
			}
			if d := cmp.Diff(strings.Fields(tt.want), got, cmp.Transformer("none", func(s []string) string { return strings.Join(s, " ") })); d != "" {
				t.Errorf("-want +got\n%s", d)
			}
			if (s.Number(tt.photo) != 0) != (tt.want != "") {
				t.Errorf("the number is %d", s.Number(tt.photo))
			}
		})
	}
}

// TestWalkTellsOfSidecars changes a sidecar in every way that there is: each time the number is another one, and the file's stamp is not.
func TestWalkTellsOfSidecars(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "a.jpg"), "x")
	write(t, filepath.Join(dir, "b.jpg"), "x")
	xmp := filepath.Join(dir, "a.jpg.xmp")
	seen := map[uint64]string{}
	look := func(what string) {
		t.Helper()
		err := photo.Walk(context.Background(), dir, photo.WalkOptions{}, func(f photo.File) error {
			switch {
			case filepath.Base(f.Path) == "b.jpg" && f.Sidecars != 0:
				t.Errorf("%s: b.jpg has a sidecar", what)
			case filepath.Base(f.Path) == "a.jpg":
				if before, known := seen[f.Sidecars]; known {
					t.Errorf("%s is as %s", what, before)
				}
				seen[f.Sidecars] = what
			}
			return nil
		}, func(path string, err error) { t.Error(path, err) })
		if err != nil {
			t.Fatal(err)
		}
	}
	look("none")
	write(t, xmp, "1")
	look("one")
	write(t, xmp, "12")
	look("a longer one")
	if err := os.Chtimes(xmp, time.Time{}, time.Unix(1e9, 1)); err != nil {
		t.Fatal(err)
	}
	look("an older one")
	write(t, filepath.Join(dir, "a.xmp"), "1")
	look("two")
	if err := os.Remove(xmp); err != nil {
		t.Fatal(err)
	}
	look("another one")
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
