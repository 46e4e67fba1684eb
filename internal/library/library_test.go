package library_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
)

// fakeEngine finds one happy face in every photo, and a second, sad one in wide photos.
// It counts its runs and can be held.
type fakeEngine struct {
	mu    sync.Mutex
	runs  int
	hold  chan struct{} // nil: never held
	model string        // what every analysis says was used, "" for nothing
	mark  string        // that can be read in the stored faces, "" for nothing
}

// markRing is an outline whose stored form is a text of an even number of bytes.
func markRing(text string) face.Ring {
	var ring face.Ring
	var at [2]int
	for i := range len(text) {
		n := int(text[i])
		at[i%2] += n>>1 ^ -(n & 1)
		if i%2 == 1 {
			ring = append(ring, face.Pt(float32(at[0])/4, float32(at[1])/4))
		}
	}
	return ring
}

func (f *fakeEngine) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	f.mu.Lock()
	f.runs++
	hold := f.hold
	f.mu.Unlock()
	if hold != nil {
		select {
		case <-hold:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	if _, err := src.Pixels(ctx, 640); err != nil {
		return nil, err
	}
	w, h := src.Size()
	a := &face.Analysis{W: w, H: h, Have: req.Want, Faces: []face.Face{person(1, face.Happy, 34)}}
	if f.model != "" {
		a.Models = map[string]string{"finder": f.model}
	}
	if f.mark != "" {
		a.Faces[0].Hair.Pieces = []face.Polygon{{Outer: markRing(f.mark)}}
	}
	if w > 2*h {
		a.Faces = append(a.Faces, person(2, face.Sad, 61))
	}
	return a, nil
}

func (f *fakeEngine) count() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.runs
}

func person(number uint32, e face.Emotion, age float32) face.Face {
	f := face.Face{Number: number, Box: boxAt(1, 1, 10, 12), Score: .99}
	f.Emotion[e] = 1
	f.Gender[0] = 1
	f.Age = face.Age{Years: age, Low: age - 5, High: age + 5}
	return f
}

// writeJPEG writes a photo of w x 30 steps whose content is a function of w and shade.
func writeJPEG(t *testing.T, path string, w int, shade uint8) {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, grid*w, grid*30))
	for i := range img.Pix {
		img.Pix[i] = shade + uint8(i%7)
	}
	img.SetGray(0, 0, color.Gray{255})
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := jpeg.Encode(f, img, nil); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// grid is how many pixels a step of the coordinates in these tests is: faces of 9 steps are large enough for every feature.
const grid = 4

// boxAt is face.BoxAt in steps.
func boxAt(x, y, w, h float32) face.Box { return face.BoxAt(grid*x, grid*y, grid*w, grid*h) }

// fixture is a library over a folder of photos.
type fixture struct {
	t      *testing.T
	photos string
	home   string
	engine *fakeEngine
	*library.Library
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{t: t, photos: filepath.Join(t.TempDir(), "photos"), home: t.TempDir(), engine: &fakeEngine{}}
	if err := os.Mkdir(f.photos, 0o755); err != nil {
		t.Fatal(err)
	}
	f.open()
	t.Cleanup(func() { f.Close() })
	return f
}

func (f *fixture) open() {
	f.t.Helper()
	l, err := library.Open(library.Config{
		Catalog: filepath.Join(f.home, "catalog.semblance"),
		Cache:   filepath.Join(f.home, "cache"),
		Engine:  f.engine,
	})
	if err != nil {
		f.t.Fatal(err)
	}
	f.Library = l
}

func (f *fixture) reopen() {
	f.t.Helper()
	if err := f.Close(); err != nil {
		f.t.Fatal(err)
	}
	f.open()
}

func (f *fixture) path(name string) string { return filepath.Join(f.photos, filepath.FromSlash(name)) }

// scan opens the folder and waits until everything is analysed.
func (f *fixture) scan() {
	f.t.Helper()
	f.OpenFolder(f.photos, true)
	f.wait()
}

func (f *fixture) wait() {
	f.t.Helper()
	ctx, cancel := context.WithTimeout(f.t.Context(), 30*time.Second)
	defer cancel()
	if err := f.WaitIdle(ctx); err != nil {
		f.t.Fatalf("the library is not idle: %v, %+v", err, f.Status())
	}
}

// found returns the names of the photos that match a query.
func (f *fixture) found(text string) string {
	f.t.Helper()
	e, err := query.Parse(text)
	if err != nil {
		f.t.Fatal(err)
	}
	var names []string
	for _, ref := range f.Search(e, library.ByPath).Photos {
		rel, err := filepath.Rel(f.photos, f.Entry(ref).Path)
		if err != nil {
			f.t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(rel))
	}
	return strings.Join(names, " ")
}

func (f *fixture) wantFound(text, want string) {
	f.t.Helper()
	if got := f.found(text); got != want {
		f.t.Errorf("search %q found %q, want %q", text, got, want)
	}
}

func TestScanSearchAndRestart(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("b/wide.jpg"), 90, 20)
	writeJPEG(t, f.path("c.JPG"), 40, 30)
	f.scan()

	check := func(when string) {
		t.Helper()
		t.Log(when)
		f.wantFound("", "a.jpg c.JPG b/wide.jpg")
		f.wantFound("emotion:sad", "b/wide.jpg")
		f.wantFound("emotion:happy age:30-39 gender:woman", "a.jpg c.JPG b/wide.jpg")
		f.wantFound("age:60..", "b/wide.jpg")
		r := f.Search(query.Expr{}, library.ByPath)
		if r.Counts["emotion"]["happy"] != 3 || r.Counts["emotion"]["sad"] != 1 || r.TotalFaces != 4 || r.Total != 3 {
			t.Errorf("counts %v, %d faces, %d photos", r.Counts["emotion"], r.TotalFaces, r.Total)
		}
	}
	check("after the first scan")
	if n := f.engine.count(); n != 3 {
		t.Errorf("%d analyses, want 3", n)
	}
	f.reopen()
	f.scan()
	check("after a restart")
	if n := f.engine.count(); n != 3 {
		t.Errorf("%d analyses after a restart, want 3: unchanged files are not analysed again", n)
	}
	if got := f.Recent(); !slices.Equal(got, []string{f.photos}) {
		t.Errorf("Recent() = %q", got)
	}
}

func TestSubfoldersOnlyOnRequest(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	writeJPEG(t, f.path("b/c.jpg"), 40, 20)
	here, below, err := f.CountPhotos(t.Context(), f.photos)
	if here != 1 || below != 1 || err != nil {
		t.Errorf("CountPhotos = %d, %d, %v, want 1, 1", here, below, err)
	}
	f.OpenFolder(f.photos, false)
	f.wait()
	f.wantFound("", "a.jpg")
	if n := f.engine.count(); n != 1 {
		t.Errorf("%d analyses, want 1", n)
	}
}

// How a folder was opened last is remembered, as long as it is a recent one.
func TestSubfoldersAreRemembered(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("b/c.jpg"), 40, 20)
	for _, recursive := range []bool{true, false, true} {
		f.OpenFolder(f.photos, recursive)
		f.wait()
		f.reopen()
		if got := f.WithSubfolders(f.photos); got != recursive {
			t.Errorf("opened with subfolders: %v, remembered: %v", recursive, got)
		}
	}
	if f.WithSubfolders(f.path("b")) {
		t.Error("a folder that was never opened is to be opened with subfolders")
	}
	for i := range 10 {
		dir := f.path(fmt.Sprintf("b/%d", i))
		if err := os.MkdirAll(dir, 0o755); err != nil {
			t.Fatal(err)
		}
		f.OpenFolder(dir, false)
		f.wait()
	}
	if f.WithSubfolders(f.photos) {
		t.Error("of a folder that is no recent one any more something is kept")
	}
}

func TestChangedMovedAndDeletedFiles(t *testing.T) {
	f := newFixture(t)
	for i, name := range []string{"changed.jpg", "deleted.jpg", "moved.jpg", "same.jpg"} {
		writeJPEG(t, f.path(name), 40, uint8(10*i))
	}
	f.scan()
	writeJPEG(t, f.path("changed.jpg"), 90, 99)
	if err := os.Remove(f.path("deleted.jpg")); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(f.path("moved.jpg"), f.path("z.jpg")); err != nil {
		t.Fatal(err)
	}
	f.scan()
	f.wantFound("", "changed.jpg same.jpg z.jpg")
	f.wantFound("emotion:sad", "changed.jpg")
	f.wantFound("emotion:happy", "changed.jpg same.jpg z.jpg")
	if n := f.engine.count(); n != 5 {
		t.Errorf("%d analyses, want 5: four, and the changed one again; the moved one keeps its analysis", n)
	}
}

func TestFailuresAreNamedAndTheRestGoesOn(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("good.jpg"), 40, 10)
	for name, content := range map[string]string{"text.jpg": "this is a text, not a photo", "empty.jpg": ""} {
		if err := os.WriteFile(f.path(name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	f.scan()
	f.wantFound("", "empty.jpg good.jpg text.jpg")
	f.wantFound("state:failed", "empty.jpg text.jpg")
	f.wantFound("emotion:happy", "good.jpg")
	p, err := f.Photo(f.path("text.jpg"))
	if err != nil || p.State != library.Failed || p.Failure == "" || strings.Contains(p.Failure, f.photos) {
		t.Errorf("Photo = %+v, %v: want a reason without the path", p.Entry, err)
	}
	if _, err := f.Thumbnail(t.Context(), f.path("text.jpg"), 100); err == nil || !strings.Contains(err.Error(), "text.jpg") {
		t.Errorf("Thumbnail's error is %v, want one that names the file", err)
	}

	writeJPEG(t, f.path("text.jpg"), 40, 50)
	if err := f.Reanalyse([]string{f.path("text.jpg")}, 0); err != nil {
		t.Fatal(err)
	}
	f.wait()
	f.wantFound("state:failed", "empty.jpg")
	f.wantFound("emotion:happy", "good.jpg text.jpg")
}

func TestMissingFolder(t *testing.T) {
	f := newFixture(t)
	errs := make(chan error, 1)
	cancel := f.Subscribe(func(e library.Event) {
		if e.Kind == library.ScanDone {
			errs <- e.Err
		}
	})
	defer cancel()
	f.OpenFolder(f.path("nowhere"), true)
	f.wait()
	if err := <-errs; !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the scan ended with %v, want one that says that the folder is not there", err)
	}
}

// A folder whose disk is unplugged keeps what is known, and nothing is called a failure.
func TestUnpluggedFolder(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 10)
	f.scan()
	writeJPEG(t, f.path("b.jpg"), 40, 20)
	f.SetPaused(true)
	f.OpenFolder(f.photos, true)
	for f.Status().Scanning {
		time.Sleep(time.Millisecond)
	}
	if err := os.Rename(f.photos, f.photos+".away"); err != nil {
		t.Fatal(err)
	}
	f.SetPaused(false)
	f.wait()
	f.wantFound("", "a.jpg b.jpg")
	f.wantFound("state:failed", "")
	f.wantFound("state:waiting", "b.jpg")
	f.OpenFolder(f.photos, true)
	f.wait()
	f.wantFound("emotion:happy", "a.jpg")
	if err := os.Rename(f.photos+".away", f.photos); err != nil {
		t.Fatal(err)
	}
	f.scan()
	f.wantFound("emotion:happy", "a.jpg b.jpg")
}

func TestPauseStopsAnalysisOnly(t *testing.T) {
	f := newFixture(t)
	f.SetPaused(true)
	for i, name := range []string{"a.jpg", "b.jpg"} {
		writeJPEG(t, f.path(name), 40, uint8(i))
	}
	done := make(chan struct{})
	cancel := f.Subscribe(func(e library.Event) {
		if e.Kind == library.ScanDone {
			close(done)
		}
	})
	defer cancel()
	f.OpenFolder(f.photos, true)
	<-done
	f.wantFound("state:waiting", "a.jpg b.jpg")
	if s := f.Status(); !s.Paused || s.Total != 2 || s.Done != 0 || f.engine.count() != 0 {
		t.Errorf("paused: %+v, %d analyses", s, f.engine.count())
	}
	if img, err := f.Thumbnail(t.Context(), f.path("a.jpg"), 100); err != nil || img.Bounds().Dx() != grid*40 {
		t.Errorf("a paused library gives no thumbnail: %v", err)
	}
	f.SetPaused(false)
	f.wait()
	f.wantFound("state:done", "a.jpg b.jpg")
}

func TestCloseInterruptsAndLosesNothingCommitted(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 1)
	f.scan()
	f.engine.hold = make(chan struct{})
	writeJPEG(t, f.path("b.jpg"), 40, 2)
	f.OpenFolder(f.photos, true)
	for f.engine.count() < 2 {
		time.Sleep(time.Millisecond)
	}
	f.reopen() // b.jpg was being analysed
	f.engine.mu.Lock()
	f.engine.hold = nil
	f.engine.mu.Unlock()
	f.scan()
	f.wantFound("emotion:happy", "a.jpg b.jpg")
	if n := f.engine.count(); n != 3 {
		t.Errorf("%d analyses, want 3: a once, b twice", n)
	}
}

func TestCatalogIsOpenedOnce(t *testing.T) {
	f := newFixture(t)
	_, err := library.Open(library.Config{Catalog: filepath.Join(f.home, "catalog.semblance"), Cache: f.home, Engine: f.engine})
	if !errors.Is(err, catalog.ErrInUse) {
		t.Errorf("a second library got %v, want %v", err, catalog.ErrInUse)
	}
}

func TestExportJSON(t *testing.T) {
	f := newFixture(t)
	writeJPEG(t, f.path("a.jpg"), 40, 1)
	writeJPEG(t, f.path("b.jpg"), 40, 2)
	if err := os.WriteFile(f.path("broken.jpg"), []byte("no photo"), 0o644); err != nil {
		t.Fatal(err)
	}
	f.scan()
	// Somebody else's file in the place of the sidecar stays as it is.
	foreign := f.path("b.jpg.semblance.json")
	if err := os.WriteFile(foreign, []byte(`{"other": 1}`), 0o644); err != nil {
		t.Fatal(err)
	}
	s, err := f.ExportJSON(t.Context(), []string{f.path("a.jpg"), f.path("b.jpg"), f.path("broken.jpg")}, export.Semblance, nil)
	if err != nil || s.Written != 1 || s.Skipped != 1 || len(s.Failed) != 1 || !errors.Is(s.Failed[0], export.ErrForeign) {
		t.Fatalf("ExportJSON = %+v, %v", s, err)
	}
	data, err := os.ReadFile(f.path("a.jpg.semblance.json"))
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Schema string
		File   string
		Faces  []struct {
			Emotion struct{ Value string }
		}
	}
	if err := json.Unmarshal(data, &doc); err != nil || doc.Schema != "semblance/1" || doc.File != "a.jpg" || len(doc.Faces) != 1 || doc.Faces[0].Emotion.Value != "happy" {
		t.Errorf("the sidecar is %s (%v)", data, err)
	}
	if data, err := os.ReadFile(foreign); err != nil || string(data) != `{"other": 1}` {
		t.Errorf("the foreign file is now %s (%v)", data, err)
	}
}
