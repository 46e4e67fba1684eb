package library_test

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"semblance/catalog"
	"semblance/internal/library"
)

// problems collects the Problem events of a library.
func (f *fixture) problems() (said func() []error) {
	f.t.Helper()
	var mu sync.Mutex
	var errs []error
	f.t.Cleanup(f.Subscribe(func(e library.Event) {
		if e.Kind == library.Problem {
			mu.Lock()
			defer mu.Unlock()
			errs = append(errs, e.Err)
		}
	}))
	return func() []error {
		mu.Lock()
		defer mu.Unlock()
		return errs
	}
}

func (f *fixture) copies() []string {
	f.t.Helper()
	found, err := filepath.Glob(filepath.Join(f.home, "backups", "*"))
	if err != nil {
		f.t.Fatal(err)
	}
	return found
}

// A catalog is backed up once a day; one that was backed up today, or that is empty, is not.
func TestDailyBackup(t *testing.T) {
	f := newFixture(t)
	problems := f.problems()
	f.Care()
	if got := f.copies(); len(got) != 0 {
		t.Errorf("an empty catalog was backed up: %q", got)
	}
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	f.scan()
	f.Care()
	f.Care()
	if got := f.copies(); len(got) != 1 {
		t.Fatalf("backups %q, want one", got)
	}
	if p := problems(); len(p) > 0 {
		t.Errorf("problems %v", p)
	}
	l, err := library.Open(library.Config{Catalog: f.copies()[0], Cache: filepath.Join(f.home, "cache")})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if p, err := l.Photo(f.path("a.jpg")); err != nil || p.Analysis == nil {
		t.Errorf("the backup does not know the photo: %v", err)
	}
}

// Where no backup can be written, people are told, and everything else goes on.
func TestBackupThatFails(t *testing.T) {
	f := newFixture(t)
	problems := f.problems()
	if err := os.WriteFile(filepath.Join(f.home, "backups"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	f.scan()
	f.Care()
	if p := problems(); len(p) != 1 || !strings.Contains(p[0].Error(), "backup") {
		t.Errorf("problems %v, want one about the backup", p)
	}
	writeJPEG(t, f.path("b.jpg"), 40, 20)
	f.scan()
	f.wantFound("emotion:happy", "a.jpg b.jpg")
}

// damage changes the file of a closed library in the middle of every place where a text stands.
func (f *fixture) damage(text string) {
	f.t.Helper()
	file := filepath.Join(f.home, "catalog.semblance")
	data, err := os.ReadFile(file)
	if err != nil {
		f.t.Fatal(err)
	}
	if !bytes.Contains(data, []byte(text)) {
		f.t.Fatalf("the catalog does not hold %q", text)
	}
	other := strings.Repeat("x", len(text))
	if err := os.WriteFile(file, bytes.ReplaceAll(data, []byte(text), []byte(other)), 0o600); err != nil {
		f.t.Fatal(err)
	}
}

// A damaged value is told of when the catalog has been open for a while, and costs no backup until it is healed.
func TestDamageIsTold(t *testing.T) {
	f := newFixture(t)
	f.engine.mark = "a text in every record"
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	f.scan()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	f.damage(f.engine.mark)
	if err := os.Mkdir(filepath.Join(f.home, "backups"), 0o700); err != nil {
		t.Fatal(err)
	}
	for day := range 9 { // more than are kept
		name := fmt.Sprintf("catalog-2020010%dT000000Z.semblance", day+1)
		if err := os.WriteFile(filepath.Join(f.home, "backups", name), nil, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f.open()
	problems := f.problems()
	f.Care()
	if p := problems(); len(p) != 1 || !strings.Contains(p[0].Error(), f.path("a.jpg")+": record") {
		t.Errorf("problems %v, want one that names the photo", p)
	}
	if got := f.copies(); len(got) != 10 {
		t.Errorf("of 9 backups and a new one there are %d", len(got))
	}
	if err := f.Reanalyse([]string{f.path("a.jpg")}, 0); err != nil {
		t.Fatal(err)
	}
	f.wait()
	f.Care()
	if p := problems(); len(p) != 1 {
		t.Errorf("problems %v after another analysis, want the former one alone", p)
	}
	if got := f.copies(); len(got) != 4 { // three, and the last of the first week of 2020
		t.Errorf("%d backups after another analysis: %q", len(got), got)
	}
}

// Of damaged pages people are told, and no backup has them.
func TestDamagedPagesAreTold(t *testing.T) {
	f := newFixture(t)
	for i := range 40 {
		writeJPEG(t, f.path(fmt.Sprintf("%d.jpg", i)), 40+i, 10)
	}
	f.scan()
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(f.home, "catalog.semblance")
	sound, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	told := 0
	for at := 2 * 4096; at < len(sound) && told < 3; at += 4096 { // a page that is only looked at in the background is among them
		data := bytes.Clone(sound)
		copy(data[at:], bytes.Repeat([]byte{0xA5}, 4096))
		if err := os.WriteFile(file, data, 0o600); err != nil {
			t.Fatal(err)
		}
		l, err := library.Open(library.Config{Catalog: file, Cache: filepath.Join(f.home, "cache")})
		if err != nil {
			continue
		}
		f.Library = l
		problems := f.problems()
		f.Care()
		for _, err := range problems() {
			if errors.Is(err, catalog.ErrDamaged) && strings.HasPrefix(err.Error(), "check catalog") {
				told++
				if got := f.copies(); len(got) != 0 {
					t.Errorf("page %d: %v, and there are the backups %q", at/4096, err, got)
				}
			}
		}
		if err := errors.Join(l.Close(), os.RemoveAll(filepath.Join(f.home, "backups"))); err != nil {
			t.Fatal(err)
		}
	}
	if told == 0 {
		t.Error("no damaged page was left to the background: the test says nothing")
	}
}
