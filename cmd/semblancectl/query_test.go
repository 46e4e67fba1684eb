package main

import (
	"bytes"
	"errors"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog/query"
	"semblance/internal/library"
)

// A catalog that the window made is searched once the window is closed.
func TestQuery(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	photos, catalog := folder(t), filepath.Join(t.TempDir(), "catalog.db")
	window, err := library.Open(library.Config{Catalog: catalog, Cache: t.TempDir(), Engine: fakeEngine{}})
	if err != nil {
		t.Fatal(err)
	}
	window.OpenFolder(photos, true)
	if err := window.WaitIdle(t.Context()); err != nil {
		t.Fatal(err)
	}

	code, stdout, stderr := execute(t, nil, nil, "query", "--catalog", catalog, "gender:woman")
	if code != exitFailed || stdout != "" || !strings.Contains(stderr, "open in another Semblance") {
		t.Errorf("beside the window: %d, %q, %q", code, stdout, stderr)
	}
	if err := window.Close(); err != nil {
		t.Fatal(err)
	}

	in := func(names ...string) string {
		var s strings.Builder
		for _, n := range names {
			s.WriteString(filepath.Join(photos, n) + "\n")
		}
		return s.String()
	}
	tests := []struct {
		args []string
		want string
	}{
		{[]string{"gender:woman"}, in("a.png", "b.png", "sub/d.png")},
		{[]string{"gender:woman", "age:30-39"}, in("a.png", "b.png", "sub/d.png")},
		{[]string{"gender:woman", "-folder:sub"}, in("a.png", "b.png")},
		{[]string{"gender:man"}, ""},
		{[]string{"gender:woman", "--count"}, "3\n"},
		{[]string{"--sort", "-name", "gender:woman"}, in("sub/d.png", "b.png", "a.png")},
		{[]string{"--sort=rating", "(gender:woman", "OR", "age:3)"}, in("a.png", "b.png", "sub/d.png")},
		{[]string{"--null", "folder:sub"}, strings.ReplaceAll(in("sub/d.png"), "\n", "\x00")},
	}
	for _, tt := range tests {
		t.Run(strings.Join(tt.args, " "), func(t *testing.T) {
			code, stdout, stderr := execute(t, nil, nil, append([]string{"query", "--catalog", catalog}, tt.args...)...)
			if code != exitOK || stderr != "" {
				t.Errorf("exit status %d, complained: %s", code, stderr)
			}
			if diff := cmp.Diff(tt.want, stdout); diff != "" {
				t.Errorf("printed (-want +got):\n%s", diff)
			}
		})
	}
}

// What a catalog hides cannot be asked for: to find nothing would say that there is nothing.
func TestQueryOfWhatIsHidden(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	catalog := filepath.Join(t.TempDir(), "catalog.db")
	window, err := library.Open(library.Config{Catalog: catalog, Cache: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	if err := window.Close(); err != nil {
		t.Fatal(err)
	}
	want := "ethnicity:white: ethnicity is switched off for this catalog"
	if code, stdout, stderr := execute(t, nil, nil, "query", "--catalog", catalog, "ethnicity:white"); code != exitFailed || stdout != "" || !strings.Contains(stderr, want) {
		t.Errorf("%d, %q, %q", code, stdout, stderr)
	}
}

// Without a name the catalog of the window is meant.
func TestQueryLooksForTheCatalogOfTheWindow(t *testing.T) {
	data := t.TempDir()
	t.Setenv("XDG_DATA_HOME", data)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	want := "no catalog at " + filepath.Join(data, "semblance", "catalog.db")
	if code, _, stderr := execute(t, nil, nil, "query", "faces:1"); code != exitFailed || !strings.Contains(stderr, want) {
		t.Errorf("%d, %s", code, stderr)
	}
}

// The fields are told of in lines that a terminal holds.
func TestHelpOfQuery(t *testing.T) {
	code, stdout, _ := execute(t, nil, nil, "help", "query")
	if code != exitOK {
		t.Fatalf("exit status %d", code)
	}
	for _, f := range query.Fields() {
		if !strings.Contains(stdout, "\n  "+f.Name+" ") {
			t.Errorf("%s is not told of", f.Name)
		}
		for _, v := range f.Values {
			if !strings.Contains(stdout, " "+v.Name) {
				t.Errorf("%s:%s is not told of", f.Name, v.Name)
			}
		}
	}
	for line := range strings.Lines(stdout) {
		if n := utf8.RuneCountInString(line); n > 90 { // prose and flags have up to 90
			t.Errorf("%d letters in a line: %s", n, line)
		}
	}
}

// A RAW file and its picture are one photo, or two.
func TestQueryOfPairs(t *testing.T) {
	photos, home := folder(t), t.TempDir()
	data, err := os.ReadFile(filepath.Join(photos, "a.png"))
	if err != nil {
		t.Fatal(err)
	}
	img, err := png.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	for i, name := range []string{"IMG_1.jpg", "img_1.CR2", "IMG_2.NEF"} {
		var b bytes.Buffer
		if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: 80 + i}); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b.Bytes(), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	catalog := filepath.Join(home, "catalog.db")
	window, err := library.Open(library.Config{Catalog: catalog, Cache: home, Engine: fakeEngine{}})
	if err != nil {
		t.Fatal(err)
	}
	window.OpenFolder(dir, true)
	if err := errors.Join(window.WaitIdle(t.Context()), window.Close()); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ args, want string }{
		{"", "IMG_1.jpg IMG_2.NEF"},
		{"--apart", "img_1.CR2 IMG_1.jpg IMG_2.NEF"},
		{"--apart state:waiting", "img_1.CR2"},
	} {
		code, stdout, stderr := execute(t, nil, nil, append([]string{"query", "--catalog", catalog}, strings.Fields(tt.args)...)...)
		got := strings.Join(strings.Fields(strings.ReplaceAll(stdout, dir+string(filepath.Separator), "")), " ")
		if code != exitOK || stderr != "" || got != tt.want {
			t.Errorf("query %s: %d, %q, %s, want %s", tt.args, code, stderr, got, tt.want)
		}
	}
}
