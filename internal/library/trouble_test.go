package library_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
)

// engineFunc is an engine made of a function.
type engineFunc func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error)

func (f engineFunc) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	return f(ctx, src, req)
}

// openWith opens a library of its own with another engine.
func openWith(t *testing.T, engine engineFunc) *library.Library {
	t.Helper()
	home := t.TempDir()
	l, err := library.Open(library.Config{Catalog: filepath.Join(home, "c.db"), Cache: filepath.Join(home, "cache"), Engine: engine})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func waitIdle(t *testing.T, l *library.Library) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	if err := l.WaitIdle(ctx); err != nil {
		t.Fatalf("never idle: %+v", l.Status())
	}
}

// A photo of the former folder that is still being analysed, by an engine that does
// not look at its context, must not keep the library busy for ever.
func TestIdleAfterAnotherFolderWasOpened(t *testing.T) {
	started, release := make(chan struct{}, 2), make(chan struct{})
	l := openWith(t, func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
		started <- struct{}{}
		<-release
		return &face.Analysis{}, nil
	})
	full, empty := t.TempDir(), t.TempDir()
	writeJPEG(t, filepath.Join(full, "a.jpg"), 40, 1)
	scans := make(chan string, 2)
	defer l.Subscribe(func(e library.Event) {
		if e.Kind == library.ScanDone {
			scans <- e.Path
		}
	})()
	l.OpenFolder(full, false)
	<-started
	<-scans
	l.OpenFolder(empty, false)
	<-scans
	close(release)
	waitIdle(t, l)
	l.OpenFolder(full, false) // what was interrupted still waits
	<-scans
	if s := l.Status(); s.Total != 1 {
		t.Errorf("%+v: the interrupted photo is not analysed again", s)
	}
}

// withOrientation puts an EXIF block with an orientation into a JPEG file.
func withOrientation(t *testing.T, path string, o photo.Orientation) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	app := []byte("\xFF\xE1\x00\x22Exif\x00\x00MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00\x00\x00\x00\x00\x00\x00\x00")
	binary.BigEndian.PutUint16(app[28:], uint16(o))
	if err := os.WriteFile(path, slices.Concat(data[:2], app, data[2:]), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Two files with one picture that stand differently are two photos: their boxes lie elsewhere.
func TestOrientationIsPartOfThePhoto(t *testing.T) {
	f := newFixture(t)
	for _, name := range []string{"a.jpg", "b.jpg"} {
		writeJPEG(t, f.path(name), 40, 7)
	}
	withOrientation(t, f.path("a.jpg"), photo.Rotate90)
	f.scan()
	check := func(name string, w, h int) {
		t.Helper()
		p, err := f.Photo(f.path(name))
		if err != nil || p.Analysis == nil || p.Analysis.W != grid*w || p.Analysis.H != grid*h || p.W != grid*w {
			t.Errorf("%s: %+v, %v, want an analysis of %d x %d steps", name, p, err, w, h)
		}
		thumb, err := f.Thumbnail(t.Context(), f.path(name), 100)
		if err != nil || thumb.Rect.Dx() != grid*w || thumb.Rect.Dy() != grid*h {
			t.Errorf("%s: thumbnail %v, %v", name, thumb.Rect, err)
		}
	}
	check("a.jpg", 30, 40)
	check("b.jpg", 40, 30)
	withOrientation(t, f.path("b.jpg"), photo.Rotate270)
	f.scan()
	check("b.jpg", 30, 40)
}

func TestPassingFailuresAreTriedAgain(t *testing.T) {
	broken := true
	l := openWith(t, func(context.Context, analysis.Source, analysis.Request) (*face.Analysis, error) {
		if broken {
			return nil, errors.New("out of memory")
		}
		return &face.Analysis{W: 40, H: 30}, nil
	})
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jpg")
	writeJPEG(t, path, 40, 1)
	l.OpenFolder(dir, false)
	waitIdle(t, l)
	if p, err := l.Photo(path); err != nil || p.State != library.Failed || p.Failure != "analyse: out of memory" {
		t.Fatalf("%+v, %v, want a failure with its reason", p.Entry, err)
	}
	broken = false
	l.OpenFolder(dir, false)
	waitIdle(t, l)
	if p, err := l.Photo(path); err != nil || p.State != library.Done {
		t.Errorf("%+v, %v: the photo was not tried again", p.Entry, err)
	}
}

// A bug in one stage costs one photo, not the program.
func TestPanicCostsOnePhoto(t *testing.T) {
	l := openWith(t, func(_ context.Context, src analysis.Source, _ analysis.Request) (*face.Analysis, error) {
		if w, _ := src.Size(); w == 90*grid {
			panic("index out of range")
		}
		return &face.Analysis{W: 40, H: 30}, nil
	})
	dir := t.TempDir()
	writeJPEG(t, filepath.Join(dir, "bad.jpg"), 90, 1)
	writeJPEG(t, filepath.Join(dir, "good.jpg"), 40, 1)
	l.OpenFolder(dir, false)
	waitIdle(t, l)
	for name, want := range map[string]library.State{"bad.jpg": library.Failed, "good.jpg": library.Done} {
		if p, err := l.Photo(filepath.Join(dir, name)); err != nil || p.State != want {
			t.Errorf("%s is %v (%q), %v, want %v", name, p.State, p.Failure, err, want)
		}
	}
}

func TestCloseTwice(t *testing.T) {
	f := newFixture(t)
	for range 2 {
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	f.OpenFolder(f.photos, true) // starts nothing that nobody would wait for
	waitIdle(t, f.Library)
}

// Photo files of kinds that cannot be read are counted and named.
func TestUnreadKindsAreNamed(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 1)
	for _, name := range []string{"1.PSD", "2.psd", "3.X3F", "notes.txt"} {
		if err := os.WriteFile(f.path(name), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	problems := make(chan string, 10)
	defer f.Subscribe(func(e library.Event) {
		if e.Kind == library.Problem {
			problems <- e.Err.Error()
		}
	})()
	f.scan()
	if got := <-problems; got != "2 Photoshop, 1 RAW files are not shown: Semblance cannot read these kinds yet" {
		t.Errorf("told was %q", got)
	}
}
