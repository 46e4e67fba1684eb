package ui

import (
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestRootsOfTheFolderTree(t *testing.T) {
	path := func(s string) string { return filepath.FromSlash(s) }
	paths := func(s ...string) []string {
		for i := range s {
			s[i] = path(s[i])
		}
		return s
	}
	tests := []struct {
		name   string
		roots  []string
		open   string
		recent []string
		want   []string
	}{
		{"the first one", nil, "/a", nil, paths("/a")},
		{"below a root", paths("/a"), "/a/b", nil, paths("/a")},
		{"above a root", paths("/a/b", "/c"), "/a", nil, paths("/a", "/c")},
		{"beside a root", paths("/a"), "/b", nil, paths("/b", "/a")},
		{"names that begin alike", paths("/a"), "/ab", nil, paths("/ab", "/a")},
		{"a recent folder that holds it", nil, "/a/b/c", paths("/a/b/c", "/x", "/a"), paths("/a", "/x")},
		{"recent folders fill up", nil, "/a", paths("/b", "/b/c", "/d", "/e", "/f", "/g", "/h"), paths("/a", "/b", "/d", "/e", "/f", "/g")},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := &folderTree{roots: tt.roots}
			f.addRoot(path(tt.open), tt.recent)
			if d := cmp.Diff(tt.want, f.roots); d != "" {
				t.Error(d)
			}
		})
	}
}
