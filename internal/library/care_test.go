package library_test

import (
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

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
