package library

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Below a folder that is missing nobody is asked.
func TestMissingFolders(t *testing.T) {
	slash := filepath.FromSlash
	var asked []string
	got := missingFolders([]string{slash("/disk/a"), slash("/disk/a/b"), slash("/home/ada/x"), slash("/home/ada")}, func(folder string) bool {
		asked = append(asked, filepath.ToSlash(folder))
		return strings.HasPrefix(folder, slash("/disk"))
	})
	if want := []string{slash("/disk/a"), slash("/disk/a/b")}; !slices.Equal(got, want) {
		t.Errorf("missing are %q, want %q", got, want)
	}
	if want := []string{"/", "/disk", "/home", "/home/ada", "/home/ada/x"}; !slices.Equal(asked, want) {
		t.Errorf("asked for %q, want %q", asked, want)
	}
}
