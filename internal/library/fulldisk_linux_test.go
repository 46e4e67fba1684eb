package library_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/library"
)

// fullDisk is the environment of the child whose disk becomes full: the folder of its photos.
const fullDisk = "SEMBLANCE_FULL_DISK_PHOTOS"

// When the disk is full people are told, the analysis pauses and what was found is held; an edit is refused. When there is room,
// everything is stored and the analysis goes on, without a photo being analysed twice.
func TestFullDisk(t *testing.T) {
	if photos := os.Getenv(fullDisk); photos != "" {
		fillDisk(t, photos)
		return
	}
	photos := t.TempDir()
	for i := range 40 {
		writeJPEG(t, filepath.Join(photos, fmt.Sprintf("%02d.jpg", i)), 40+i, 100)
	}
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestFullDisk$", "-test.v")
	child.Env = append(os.Environ(), fullDisk+"="+photos)
	if out, err := child.CombinedOutput(); err != nil || !strings.Contains(string(out), "went on") {
		t.Fatalf("%v\n%s", err, out)
	}
}

// limitFiles has the system refuse files that are longer.
func limitFiles(t *testing.T, bytes uint64) {
	t.Helper()
	var now syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		t.Fatal(err)
	}
	now.Cur = min(bytes, now.Max)
	if err := syscall.Setrlimit(syscall.RLIMIT_FSIZE, &now); err != nil {
		t.Fatal(err)
	}
}

func fillDisk(t *testing.T, photos string) {
	signal.Ignore(syscall.SIGXFSZ)
	f := &fixture{t: t, photos: photos, home: t.TempDir(), engine: &fakeEngine{}}
	f.open()
	told := make(chan library.Event, 10_000)
	t.Cleanup(f.Subscribe(func(e library.Event) {
		if errors.Is(e.Err, library.ErrNotSaved) || e.Kind == library.SavedAgain { // the daily backup has its own problems
			told <- e
		}
	}))
	next := func() library.Event {
		t.Helper()
		select {
		case e := <-told:
			return e
		case <-time.After(30 * time.Second):
			t.Fatalf("nothing is told: %+v", f.Status())
			return library.Event{}
		}
	}
	all := func() int { return len(f.Search(mustParse(t, "edited:no faces:1.."), library.ByPath).Photos) }

	hold := make(chan struct{}, 5)
	for range cap(hold) {
		hold <- struct{}{}
	}
	f.engine.hold = hold
	f.OpenFolder(photos, false)
	for all() < cap(hold) || f.Status().Scanning { // the catalog knows all photos, and some are stored
		time.Sleep(5 * time.Millisecond)
	}
	limitFiles(t, 8192)
	close(hold)
	if e := next(); e.Kind != library.Problem || !errors.Is(e.Err, library.ErrNotSaved) {
		t.Fatalf("told was %v %v", e.Kind, e.Err)
	}
	if s := f.Status(); !s.Paused {
		t.Errorf("%+v: the analysis is not paused", s)
	}
	stored := all()
	edited := f.Search(mustParse(t, "faces:1.."), library.ByPath).Photos
	path := f.Entry(edited[0]).Path
	if err := f.Correct(path, 1, face.AgeYears, 77); err == nil {
		t.Error("a correction was acknowledged on a full disk")
	}
	if p, err := f.Photo(path); err != nil || p.Analysis.Faces[0].Edited() {
		t.Errorf("%v: the correction is shown as saved", err)
	}
	if undone, _, err := f.Undo(); undone != "" || err != nil {
		t.Errorf("undone was %q, %v: a correction that was refused", undone, err)
	}
	f.SetPaused(false) // before there is room: it is told again
	if e := next(); e.Kind != library.Problem || !errors.Is(e.Err, library.ErrNotSaved) {
		t.Fatalf("told was %v %v", e.Kind, e.Err)
	}
	if got := all(); got != stored {
		t.Errorf("%d photos are shown as stored, want %d", got, stored)
	}
	limitFiles(t, 1<<40)
	for e := next(); e.Kind != library.SavedAgain; e = next() {
		if !errors.Is(e.Err, library.ErrNotSaved) {
			t.Errorf("told was %v", e.Err)
		}
	}
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	if err := f.WaitIdle(ctx); err != nil {
		t.Fatalf("%v: %+v", err, f.Status())
	}
	if got := all(); got != 40 {
		t.Errorf("%d photos in the end, want 40", got)
	}
	if n := f.engine.count(); n > 40+1 {
		t.Errorf("%d analyses of 40 photos", n)
	}
	if err := f.Correct(path, 1, face.AgeYears, 78); err != nil {
		t.Errorf("with room again: %v", err)
	}
	fmt.Println("went on")
}

func mustParse(t *testing.T, text string) query.Expr {
	t.Helper()
	e, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}
