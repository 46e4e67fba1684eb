package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"semblance/internal/export"
	"semblance/internal/library"
)

// analysed makes a catalog as a window does, and returns it and the folder of its photos.
func analysed(t *testing.T) (u library.Upkeep, photos string) {
	t.Helper()
	data := t.TempDir()
	t.Setenv("XDG_DATA_HOME", data)
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	u, err := places("", "")
	if err != nil {
		t.Fatal(err)
	}
	photos = folder(t)
	window, err := library.Open(library.Config{Catalog: u.Catalog, Cache: u.Cache, Engine: fakeEngine{}})
	if err != nil {
		t.Fatal(err)
	}
	window.OpenFolder(photos, true)
	if err := window.WaitIdle(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := window.Close(); err != nil {
		t.Fatal(err)
	}
	return u, photos
}

// step is a command line and what it is to print.
type step struct {
	args   string
	code   int
	stdout string // a part of it
	stderr string // a part of it, "" for nothing
}

func (s step) run(t *testing.T) {
	t.Helper()
	code, stdout, stderr := execute(t, nil, nil, strings.Fields(s.args)...)
	if code != s.code || !strings.Contains(stdout, s.stdout) || !strings.Contains(stderr, s.stderr) || s.stderr == "" && stderr != "" {
		t.Errorf("%s: %d\n%s\n%s\nwant %d, %q and %q", s.args, code, stdout, stderr, s.code, s.stdout, s.stderr)
	}
}

func TestCatalog(t *testing.T) {
	u, photos := analysed(t)
	mine := filepath.Join(t.TempDir(), "mine.db")
	step{"catalog check", exitOK, "sound\n", ""}.run(t)
	step{"catalog stats", exitOK, "photos    4", ""}.run(t)
	step{"catalog stats", exitOK, "3 analysed, 0 waiting, 1 failed, 0 gone", ""}.run(t)
	step{"catalog stats", exitOK, "faces     6", ""}.run(t)
	step{"catalog backup " + mine, exitOK, mine + "\n", ""}.run(t)
	step{"catalog backup " + mine, exitFailed, "", "--replace replaces it"}.run(t)
	step{"catalog backup --replace " + mine, exitOK, mine + "\n", ""}.run(t)
	step{"catalog backup", exitOK, filepath.Join(filepath.Dir(u.Catalog), "backups", "catalog-"), ""}.run(t)
	step{"catalog compact", exitOK, " bytes\n", ""}.run(t)

	elsewhere := t.TempDir()
	step{"catalog relocate --dry-run " + photos + " " + elsewhere, exitOK, "4 photos to be relocated, 0 of them known there already, 4 not found there\n", ""}.run(t)
	step{"query --count gender:woman", exitOK, "3\n", ""}.run(t)
	step{"catalog relocate " + photos + " " + elsewhere + "/nowhere", exitFailed, "", "the new folder: "}.run(t)
	step{"catalog relocate " + elsewhere + " " + photos, exitFailed, "", "the catalog knows no photo below it"}.run(t)
	step{"catalog relocate " + photos + " " + elsewhere, exitOK, "4 photos relocated", ""}.run(t)
	step{"query gender:woman", exitOK, filepath.Join(elsewhere, "sub", "d.png") + "\n", ""}.run(t)

	// A damaged catalog says what to do, and that does it.
	damaged := bytes.Repeat([]byte("x"), 20_000)
	write(t, u.Catalog, damaged)
	step{"catalog check", exitFailed, "", "damaged"}.run(t)
	step{"query --count gender:woman", exitFailed, "", "is sound: `semblancectl catalog restore --catalog \"" + u.Catalog + "\"` puts it in place"}.run(t)
	step{"catalog restore --catalog " + u.Catalog, exitOK, "the former one is kept as " + filepath.Join(filepath.Dir(u.Catalog), "catalog-replaced-"), ""}.run(t)
	step{"query gender:woman", exitOK, filepath.Join(photos, "sub", "d.png") + "\n", ""}.run(t)
	kept, err := filepath.Glob(filepath.Join(filepath.Dir(u.Catalog), "catalog-replaced-*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept %q, %v", kept, err)
	}
	if data, err := os.ReadFile(kept[0]); err != nil || !bytes.Equal(data, damaged) {
		t.Errorf("the damaged file was changed: %v", err)
	}
}

// A value that is damaged is named.
func TestCatalogCheckOfADamagedValue(t *testing.T) {
	u, photos := analysed(t)
	data, err := os.ReadFile(u.Catalog)
	if err != nil {
		t.Fatal(err)
	}
	reason := []byte("not a picture") // of the failed photo
	if !bytes.Contains(data, reason) {
		t.Fatal("the catalog does not hold the reason of the failure")
	}
	write(t, u.Catalog, bytes.ReplaceAll(data, reason, bytes.ToUpper(reason)))
	step{"catalog check", exitFailed, "entry of " + filepath.Join(photos, "c.jpg") + ": damaged", "`semblancectl catalog repair`"}.run(t)
	step{"catalog repair", exitOK, "0 values taken from backups, 0 photos to be analysed again", ""}.run(t) // the next scan finds the photo
	step{"catalog check", exitOK, "sound\n", ""}.run(t)
	step{"catalog repair", exitOK, "no value is damaged\n", ""}.run(t)
}

// What people said comes back from the files beside the photos, and one person can be forgotten.
func TestCatalogPeople(t *testing.T) {
	u, photos := analysed(t)
	window, err := library.Open(library.Config{Catalog: u.Catalog, Cache: u.Cache})
	if err != nil {
		t.Fatal(err)
	}
	window.OpenFolder(photos, true)
	d, a := filepath.Join(photos, "sub", "d.png"), filepath.Join(photos, "a.png")
	if err := errors.Join(window.Call(d, 1, "Ada"), window.Call(a, 1, "Bob")); err != nil {
		t.Fatal(err)
	}
	sidecars, err := window.ExportJSON(t.Context(), []string{a, d}, export.Semblance, nil)
	if err := errors.Join(err, window.Close()); err != nil || sidecars.Written != 2 {
		t.Fatal(err)
	}
	write(t, u.Catalog, bytes.Repeat([]byte("x"), 20_000))
	for _, s := range []step{
		{"query --count gender:woman", exitFailed, "", "`semblancectl catalog restore --catalog \"" + u.Catalog + "\" --sidecars FOLDER` begins anew"},
		{"catalog restore --sidecars", exitUsage, "", "needs the folders"},
		{"catalog restore one two", exitUsage, "", `the arguments of restore are "[BACKUP]"`},
		{"catalog restore --sidecars " + photos, exitOK, "2 JSON files read: 2 photos say more now, 2 faces", ""},
		{"catalog restore --sidecars " + photos, exitOK, "2 JSON files read: 0 photos say more now", ""},
		{"catalog forget --person Eve", exitFailed, "", "no face has this name"},
		{"catalog forget --person Ada " + photos, exitUsage, "", "takes neither a folder"},
		{"catalog forget --person ada", exitFailed, "1 faces in 1 photos", "nothing was removed: --yes removes it"},
		{"catalog forget --person ada --yes", exitOK, "removed, with 1 thumbnails\n", ""},
		{"catalog forget --person ada --yes", exitFailed, "", "no face has this name"},
		{"catalog check", exitOK, "sound\n", ""},
	} {
		s.run(t)
	}
}

func TestCatalogMisused(t *testing.T) {
	u, photos := analysed(t)
	window, err := library.Open(library.Config{Catalog: u.Catalog, Cache: u.Cache})
	if err != nil {
		t.Fatal(err)
	}
	defer window.Close()
	none := filepath.Join(t.TempDir(), "none.db")
	for _, s := range []step{
		{"catalog", exitUsage, "", "do what? Possible are backup, check"},
		{"catalog dance", exitUsage, "", `unknown task "dance", possible are backup, check`},
		{"catalog check it", exitUsage, "", `the arguments of check are "", not "it"`},
		{"catalog relocate " + photos, exitUsage, "", `the arguments of relocate are "OLD NEW"`},
		{"catalog check --yes", exitUsage, "", "check has no flag --yes"},
		{"catalog forget --yes", exitFailed, "", "open in another Semblance"},
		{"catalog compact --dry-run", exitUsage, "", "compact has no flag --dry-run"},
		{"catalog check --catalog " + none, exitFailed, "", "no catalog at " + none},
		{"catalog restore --catalog " + none, exitFailed, "", "there is no sound backup"},
		{"catalog backup", exitFailed, "", "open in another Semblance"},
		{"catalog check", exitFailed, "", "open in another Semblance"},
		{"catalog compact", exitFailed, "", "open in another Semblance"},
		{"catalog stats", exitFailed, "", "open in another Semblance"},
		{"catalog restore", exitFailed, "", "open in another Semblance"},
		{"catalog relocate " + photos + " " + t.TempDir(), exitFailed, "", "open in another Semblance"},
	} {
		s.run(t)
	}
}

// Nothing is removed without a second word, and then nothing is left.
func TestCatalogForget(t *testing.T) {
	u, photos := analysed(t)
	sub := filepath.Join(photos, "sub")
	step{"catalog backup", exitOK, "backups", ""}.run(t)
	step{"catalog forget " + sub, exitFailed, "1 photos, 1 analyses, what was said in 0 photos, 1 backups\n", "nothing was removed: --yes removes it"}.run(t)
	step{"query --count gender:woman", exitOK, "3\n", ""}.run(t)
	step{"catalog forget --yes " + sub, exitOK, "removed, with 1 thumbnails\n", ""}.run(t)
	step{"query --count gender:woman", exitOK, "2\n", ""}.run(t)
	step{"catalog check", exitOK, "sound\n", ""}.run(t)
	step{"catalog forget --yes " + sub, exitFailed, "", "the catalog knows no photo below it"}.run(t)
	step{"catalog forget --yes --edits --cache " + u.Cache, exitOK, "3 photos, 2 analyses, what was said in 0 photos, 1 backups\nremoved, with 2 thumbnails\n", ""}.run(t)
	step{"catalog stats", exitOK, "photos    0", ""}.run(t)
}
