package main

import (
	"path/filepath"
	"testing"

	"semblance/internal/library"
	"semblance/internal/photo"
)

// What is said on the command line is in the catalog; what cannot be said is told, and the rest is done.
func TestMark(t *testing.T) {
	u, photos := analysed(t)
	a, b, broken := filepath.Join(photos, "a.png"), filepath.Join(photos, "b.png"), filepath.Join(photos, "c.jpg")
	none := filepath.Join(photos, "none.png")
	for _, s := range []step{
		{"mark --rating 5 --flag picked --label blue --tag Places|Rome --tag Wedding " + a + " " + b, exitOK, "2 photos marked\n", ""},
		{"mark --rating 0 --untag wedding " + b, exitOK, "1 photo marked\n", ""},
		{"mark --flag rejected " + broken, exitOK, "1 photo marked\n", ""}, // its analysis failed
		{"query --marks flag:picked", exitOK, b + "\t\tpicked\tblue\tPlaces|Rome\n", ""},
		{"query --count tag:wedding", exitOK, "1\n", ""},
		{"mark --label green " + none + " " + b, exitFailed, "", none + ": the catalog does not know this photo"},
		{"mark " + a, exitUsage, "", "say what: --rating"},
		{"mark --rating 3", exitUsage, "", "which photos?"},
		{"mark --rating 6 " + a, exitUsage, "", "it is 0 to 5"},
		{"mark --flag maybe " + a, exitUsage, "", "picked or rejected"},
		{"mark --label orange " + a, exitUsage, "", "red, yellow"},
		{"mark --tag | " + a, exitUsage, "", "it is empty"},
		{"mark --rating 1 --catalog " + none + " " + a, exitFailed, "", "no catalog at"},
		{"help mark", exitOK, "--rating stars", ""},
	} {
		s.run(t)
	}
	l, err := library.Open(library.Config{Catalog: u.Catalog, Cache: u.Cache})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	for path, want := range map[string]string{
		a: "5\tpicked\tblue\tPlaces|Rome, Wedding", b: "\tpicked\tgreen\tPlaces|Rome", broken: "\trejected\t\t",
		filepath.Join(photos, "sub", "d.png"): "\t\t\t",
	} {
		if e, ok := l.EntryAt(path); !ok || markWords(e.Marks) != want {
			t.Errorf("%s is %q, %v, want %q", path, markWords(e.Marks), ok, want)
		}
	}
	if got := markWords(photo.Marks{}); got != "\t\t\t" {
		t.Errorf("no marks are %q", got)
	}
}

func TestAlbums(t *testing.T) {
	_, photos := analysed(t)
	a, b := filepath.Join(photos, "a.png"), filepath.Join(photos, "b.png")
	for _, s := range []step{
		{"albums list", exitOK, "", ""},
		{"albums add Best " + a + " " + b, exitOK, "2 photos in Best\n", ""},
		{"albums add best " + a, exitOK, "1 photo in best\n", ""},
		{"albums add Empty", exitOK, "0 photos in Empty\n", ""},
		{"albums list", exitOK, "Best   2 photos\nEmpty  0 photos\n", ""},
		{"albums remove Best " + b, exitOK, "1 photo taken out of Best\n", ""},
		{"query album:best", exitOK, a + "\n", ""},
		{"albums rename Best Portfolio", exitOK, "Best is called Portfolio\n", ""},
		{"albums rename Portfolio Empty", exitFailed, "", "there is one of this name"},
		{"albums list", exitOK, "Portfolio  1 photo\n", ""},
		{"albums delete Portfolio", exitOK, "its photos stay\n", ""},
		{"albums delete Portfolio", exitFailed, "", "there is none of this name"},
		{"albums remove None " + a, exitFailed, "", "there is none of this name"},
		{"albums list", exitOK, "Empty  0 photos\n", ""},
		{"albums", exitUsage, "", "do what? Possible are list, add"},
		{"albums dance", exitUsage, "", `unknown task "dance"`},
		{"albums remove Best", exitUsage, "", `the arguments of remove are "NAME FILE..."`},
		{"albums list it", exitUsage, "", `the arguments of list are ""`},
	} {
		s.run(t)
	}
}
