package export_test

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/export"
)

func TestSidecarPath(t *testing.T) {
	for d, want := range map[export.Dialect]string{
		export.Semblance: "a/IMG_1.jpg.semblance.json",
		export.Rosto:     "a/IMG_1.jpg.semblance-rosto.json",
		export.Scaleflex: "a/IMG_1.jpg.semblance-scaleflex.json",
	} {
		if got := export.SidecarPath("a/IMG_1.jpg", d); got != want {
			t.Errorf("%v lies at %s, want %s", d, got, want)
		}
	}
}

// Every dialect is written, and written again after a new analysis.
func TestWriteSidecar(t *testing.T) {
	for _, d := range export.Dialects() {
		t.Run(d.String(), func(t *testing.T) {
			dir := t.TempDir()
			photo := filepath.Join(dir, "IMG_1.jpg")
			for _, doc := range []export.Document{{File: "IMG_1.jpg"}, wedding()} {
				path, err := export.WriteSidecar(photo, doc, d, export.Options{Indent: true})
				if err != nil {
					t.Fatal(err)
				}
				want, err := d.Marshal(doc, export.Options{Indent: true})
				if err != nil {
					t.Fatal(err)
				}
				if got := read(t, path); path != export.SidecarPath(photo, d) || got != string(want)+"\n" {
					t.Errorf("%s holds %s, want %s", path, got, want)
				}
			}
			if left := names(t, dir); len(left) != 1 {
				t.Errorf("the folder holds %v", left)
			}
		})
	}
}

func TestUnchangedSidecarIsLeftAlone(t *testing.T) {
	photo := filepath.Join(t.TempDir(), "IMG_1.jpg")
	write := func() fs.FileInfo {
		path, err := export.WriteSidecar(photo, wedding(), export.Semblance, export.Options{})
		if err != nil {
			t.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			t.Fatal(err)
		}
		return info
	}
	if first, second := write(), write(); !os.SameFile(first, second) || !first.ModTime().Equal(second.ModTime()) {
		t.Error("the same content was written again")
	}
}

func TestSidecarKeepsItsMode(t *testing.T) {
	photo := filepath.Join(t.TempDir(), "IMG_1.jpg")
	path, err := export.WriteSidecar(photo, export.Document{}, export.Semblance, export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, mode := range []fs.FileMode{0o600, 0o664} { // 664 is more than a umask of 022 allows
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
		doc := wedding()
		doc.W = int(mode)
		if _, err := export.WriteSidecar(photo, doc, export.Semblance, export.Options{}); err != nil {
			t.Fatal(err)
		}
		if info, err := os.Stat(path); err != nil || info.Mode().Perm() != mode {
			t.Errorf("the mode is %v (%v), want %v", info.Mode().Perm(), err, mode)
		}
	}
}

// Whatever else lies where a sidecar belongs stays as it is.
func TestForeignFilesAreNeverOverwritten(t *testing.T) {
	photo := func(dir string) string { return filepath.Join(dir, "IMG_1.jpg") }
	file := func(content string) func(*testing.T, string) {
		return func(t *testing.T, path string) {
			t.Helper()
			if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		d    export.Dialect
		put  func(t *testing.T, path string)
	}{
		{"another program's JSON", export.Semblance, file(`{"title": "IMG_1.jpg", "photoTakenTime": {}}`)},
		{"another schema", export.Semblance, file(`{"schema": "semblances/1"}`)},
		{"a schema that is no text", export.Semblance, file(`{"schema": 1}`)},
		{"a list", export.Semblance, file(`["schema", "semblance/1"]`)},
		{"empty", export.Semblance, file("")},
		{"half a file", export.Semblance, file(`{"schema": "semblance/1", "fi`)},
		{"no JSON", export.Semblance, file("a note about semblance/1")},
		{"Rosto's place, another shape", export.Rosto, file(`{"faces": {}}`)},
		{"Rosto's place, our own dialect", export.Rosto, file(`{"schema": "semblance/1", "faces": []}`)},
		{"Scaleflex's place, Rosto's shape", export.Scaleflex, file(`{"faces": []}`)},
		{"a folder", export.Semblance, func(t *testing.T, path string) {
			if err := os.Mkdir(path, 0o755); err != nil {
				t.Fatal(err)
			}
		}},
		{"a link", export.Semblance, func(t *testing.T, path string) {
			target := filepath.Join(t.TempDir(), "elsewhere.json")
			if err := os.WriteFile(target, []byte(`{"schema": "semblance/1"}`), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(target, path); err != nil {
				t.Skip("no links here: ", err)
			}
		}},
		{"a dangling link", export.Semblance, func(t *testing.T, path string) {
			if err := os.Symlink("nowhere", path); err != nil {
				t.Skip("no links here: ", err)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := t.TempDir()
			path := export.SidecarPath(photo(dir), tt.d)
			tt.put(t, path)
			before, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			content, _ := os.ReadFile(path)
			if _, err := export.WriteSidecar(photo(dir), wedding(), tt.d, export.Options{}); !errors.Is(err, export.ErrForeign) || !strings.Contains(err.Error(), filepath.Base(path)) {
				t.Errorf("the error is %v, want ErrForeign with the file's name", err)
			}
			after, err := os.Lstat(path)
			if err != nil {
				t.Fatal(err)
			}
			now, _ := os.ReadFile(path)
			if !os.SameFile(before, after) || !before.ModTime().Equal(after.ModTime()) || !bytes.Equal(content, now) {
				t.Error("the file was touched")
			}
			if left := names(t, dir); len(left) != 1 {
				t.Errorf("the folder holds %v", left)
			}
		})
	}
}

func TestNoFolder(t *testing.T) {
	photo := filepath.Join(t.TempDir(), "unplugged", "IMG_1.jpg")
	if _, err := export.WriteSidecar(photo, wedding(), export.Semblance, export.Options{}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the error is %v", err)
	}
}

func TestReadOnlyFolder(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("nothing is read-only for root: TestPlainErrors covers the words")
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.Chmod(dir, 0o755); err != nil { // or the folder could not be removed
			t.Error(err)
		}
	})
	_, err := export.WriteSidecar(filepath.Join(dir, "IMG_1.jpg"), wedding(), export.Semblance, export.Options{})
	if !errors.Is(err, export.ErrReadOnly) || !errors.Is(err, fs.ErrPermission) {
		t.Errorf("the error is %v", err)
	}
}

func TestNameAsLongAsNamesCanBe(t *testing.T) {
	dir := t.TempDir()
	suffix := len(".semblance.json")
	photo := filepath.Join(dir, strings.Repeat("x", 255-suffix))
	if _, err := export.WriteSidecar(photo, wedding(), export.Semblance, export.Options{}); err != nil {
		t.Error(err)
	}
	if _, err := export.WriteSidecar(photo+"x", wedding(), export.Semblance, export.Options{}); err == nil {
		t.Error("a name of 256 bytes was written")
	}
	if diff := cmp.Diff([]string{filepath.Base(photo) + ".semblance.json"}, names(t, dir)); diff != "" {
		t.Errorf("the folder (-want +got):\n%s", diff)
	}
}

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
