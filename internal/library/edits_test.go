package library_test

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/catalog/query"
	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
)

// searcher is an engine that does what a request says and writes down what it was. Every
// photo has a happy woman and a doubtful sad man; who looks hard finds a third face, who
// looks for turned faces a fourth. Features in blind are not found out.
type searcher struct {
	mu     sync.Mutex
	blind  face.Features
	turn   uint8 // of all faces that are found
	smile  float32
	less   bool   // turned faces are not found, whoever looks for them
	before func() // runs before each analysis; may be nil
	fail   error
	runs   []string
}

func (s *searcher) Analyze(_ context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	if s.before != nil {
		s.before()
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	w, h := src.Size()
	a := &face.Analysis{W: w, H: h, Have: req.Want &^ s.blind, Mode: req.Mode.String(), Turned: req.Turned}
	run := fmt.Sprintf("%dx%d %v", w/grid, h/grid, req.Mode)
	add := func(x float32, e face.Emotion, score float32, turn uint8) {
		f := person(uint32(len(a.Faces)+1), e, 34)
		f.Box, f.Score, f.Turn, f.Smile = boxAt(x, 1, 9, 10), score, turn, s.smile
		a.Faces = append(a.Faces, f)
	}
	switch k := req.Known; {
	case k != nil:
		run = fmt.Sprintf("%dx%d add %v, %d boxes", w/grid, h/grid, req.Want&^k.Have, len(req.Boxes))
		a.Mode, a.Turned, a.Have, a.Faces = k.Mode, k.Turned, a.Have|k.Have, slices.Clone(k.Faces)
		for _, b := range req.Boxes {
			add(b.Min.X/grid, face.Fear, 1, 0)
			a.Faces[len(a.Faces)-1].Box = b
		}
	default:
		if req.Mode == analysis.Thorough { // the numbers of an engine are those of its own order
			add(31, face.Neutral, .99, 0)
		}
		add(1, face.Happy, .99, s.turn)
		add(11, face.Sad, .7, s.turn)
		if req.Turned {
			run += " turned"
			if !s.less {
				add(21, face.Surprise, .99, 2)
			}
		}
	}
	for i := range a.Faces {
		if f := &a.Faces[i]; a.Have.Has(face.EthnicityClasses) && !f.Lacks.Has(face.EthnicityClasses) {
			f.Ethnicity = face.Ethnicities{face.White - 1: 1}
		}
	}
	slices.SortStableFunc(a.Faces, func(f, g face.Face) int { return cmp.Compare(g.Box.Area(), f.Box.Area()) })
	s.runs = append(s.runs, run)
	return a, s.fail
}

// asked returns what the engine was asked for since the last call.
func (s *searcher) asked() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	runs := s.runs
	s.runs = nil
	return runs
}

// desk is a library over a folder with a searcher.
type desk struct {
	*fixture
	engine *searcher
	mode   analysis.Mode
}

func newDesk(t *testing.T, mode analysis.Mode) *desk {
	t.Helper()
	d := &desk{fixture: &fixture{t: t, photos: t.TempDir(), home: t.TempDir()}, engine: &searcher{}, mode: mode}
	d.open()
	t.Cleanup(func() { d.Close() })
	return d
}

func (d *desk) open() {
	d.t.Helper()
	l, err := library.Open(library.Config{
		Catalog: filepath.Join(d.home, "c.db"), Cache: filepath.Join(d.home, "cache"), Engine: d.engine, Mode: d.mode, Workers: 1,
	})
	if err != nil {
		d.t.Fatal(err)
	}
	d.Library = l
}

func (d *desk) reopen() {
	d.t.Helper()
	if err := d.Close(); err != nil {
		d.t.Fatal(err)
	}
	d.open()
}

func (d *desk) wantAsked(want ...string) {
	d.t.Helper()
	if got := d.engine.asked(); !slices.Equal(got, want) {
		d.t.Errorf("the engine was asked for %q, want %q", got, want)
	}
}

// wantFaces compares the faces of a.jpg with "1 happy, 2 sad?".
func (d *desk) wantFaces(want string) {
	d.t.Helper()
	p, err := d.Photo(d.path("a.jpg"))
	if err != nil || p.Analysis == nil {
		d.t.Fatalf("%+v, %v", p, err)
	}
	var words []string
	for _, f := range p.Analysis.Faces {
		e, _ := f.Emotion.Top()
		w := fmt.Sprintf("%d %v", f.Number, e)
		if f.Lacks.Has(face.EmotionClasses) {
			w = fmt.Sprint(f.Number)
		}
		if f.Doubtful() {
			w += "?"
		}
		words = append(words, w)
	}
	if got := strings.Join(words, ", "); got != want {
		d.t.Errorf("the faces are %s, want %s", got, want)
	}
}

func (d *desk) do(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func TestEditsAndUndo(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	writeJPEG(t, d.path("b/a.jpg"), 60, 1) // the same photo
	d.scan()
	d.engine.asked()
	a := d.path("a.jpg")
	var changed sync.Map
	defer d.Subscribe(func(e library.Event) {
		if e.Kind == library.PhotoChanged {
			changed.Store(e.Path, true)
		}
	})()
	number := uint32(0)
	box := boxAt(45, 15, 10, 10)
	undo := func(want string) func() error {
		return func() error {
			path, what, err := d.Undo()
			if path != a || what != want {
				t.Errorf("undone was %q of %s, want %q", what, path, want)
			}
			return err
		}
	}
	redo := func(want string) func() error {
		return func() error {
			_, what, err := d.Redo()
			if what != want {
				t.Errorf("done again was %q, want %q", what, want)
			}
			return err
		}
	}
	steps := []struct {
		name  string
		do    func() error
		faces string
		doubt string // what doubtful:yes finds
		asked []string
	}{
		{"accept", func() error { return d.Judge(a, 2, face.Accepted) }, "1 happy, 2 sad", "", nil},
		{"undo", undo("accept face 2"), "1 happy, 2 sad?", "a.jpg b/a.jpg", nil},
		{"redo", redo("accept face 2"), "1 happy, 2 sad", "", nil},
		{"reject", func() error { return d.Judge(a, 1, face.Rejected) }, "2 sad", "", nil},
		{"draw", func() (err error) { number, err = d.DrawFace(a, box); d.wait(); return err }, "3 fear, 2 sad", "", []string{"60x30 add , 1 boxes"}},
		{"undo the drawing", undo("mark a face"), "2 sad", "", nil},
		{"redo the drawing", func() error { err := redo("mark a face")(); d.wait(); return err }, "3 fear, 2 sad", "", nil},
		{"reject the drawn face", func() error { return d.Judge(a, 3, face.Rejected) }, "2 sad", "", nil},
		{"restore all", func() error { return d.RestoreFaces(a) }, "3 fear, 1 happy, 2 sad", "", nil},
		{"undo that", undo("restore rejected faces"), "2 sad", "", nil},
		{"restore one", func() error { return d.Judge(a, 1, face.NoVerdict) }, "1 happy, 2 sad", "", nil},
		{"take back the verdict", func() error { return d.Judge(a, 2, face.NoVerdict) }, "1 happy, 2 sad?", "a.jpg b/a.jpg", nil},
		{"redo finds nothing after another edit", redo(""), "1 happy, 2 sad?", "a.jpg b/a.jpg", nil},
		{"the same again", func() error { return d.Judge(a, 2, face.NoVerdict) }, "1 happy, 2 sad?", "a.jpg b/a.jpg", nil},
		{"which is nothing to undo", undo("restore face 2"), "1 happy, 2 sad", "", nil},
	}
	for _, s := range steps {
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		t.Log(s.name)
		d.wantFaces(s.faces)
		d.wantFound("doubtful:yes", s.doubt)
		d.wantAsked(s.asked...)
	}
	if number != 3 {
		t.Errorf("the drawn face has number %d, want 3", number)
	}
	for _, name := range []string{"a.jpg", "b/a.jpg"} {
		if _, ok := changed.Load(d.path(name)); !ok {
			t.Errorf("nobody was told that %s changed", name)
		}
	}
	if p, err := d.Photo(a); err != nil || len(p.Rejected) != 1 || p.Rejected[0].Number != 3 {
		t.Errorf("rejected are %+v, %v, want the drawn face", p.Rejected, err)
	}

	// After a restart and another analysis all is as it was; the history is that of a session.
	d.reopen()
	d.scan()
	d.wantFaces("1 happy, 2 sad")
	if _, what, err := d.Undo(); what != "" || err != nil {
		t.Errorf("after a restart %q was undone, %v", what, err)
	}
	d.do(d.Reanalyse([]string{a}, 0))
	d.wait()
	d.wantFaces("1 happy, 2 sad")
	d.do(d.RestoreFaces(a))
	d.wait()
	d.wantFaces("3 fear, 1 happy, 2 sad")
}

// What a person says while the photo is being analysed counts, whatever the analysis finds.
func TestEditsDuringAnAnalysis(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.engine.asked()
	a := d.path("a.jpg")
	d.engine.before = func() {
		d.engine.before = nil
		d.do(d.Judge(a, 1, face.Rejected))
		d.do(d.Judge(a, 2, face.Accepted))
		_, err := d.DrawFace(a, boxAt(45, 15, 10, 10))
		d.do(err)
	}
	d.do(d.Reanalyse([]string{a}, library.LookHarder))
	d.wait()
	d.wantAsked("60x30 thorough", "60x30 add , 1 boxes")
	d.wantFaces("3 fear, 4 neutral, 2 sad")
}

// When the box that a person drew cannot be looked at, it stays, and the person is told.
func TestDrawnFaceThatCannotBeAnalysed(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.engine.asked()
	a := d.path("a.jpg")
	problems := make(chan library.Event, 1)
	defer d.Subscribe(func(e library.Event) {
		if e.Kind == library.Problem {
			problems <- e
		}
	})()
	d.Prioritize(a, nil, nil)
	d.engine.fail = errors.New("out of memory")
	_, err := d.DrawFace(a, boxAt(45, 15, 10, 10))
	d.do(err)
	d.wait()
	if e := <-problems; e.Path != a || !strings.Contains(e.Err.Error(), "out of memory") {
		t.Errorf("told was %+v", e)
	}
	d.wantFaces("3, 1 happy, 2 sad?")
	d.engine.fail = nil
	d.engine.asked()
	d.scan() // the next time the folder is opened
	d.wantAsked("60x30 add , 1 boxes")
	d.wantFaces("3 fear, 1 happy, 2 sad?")
}

// What others read is what people said.
func TestExportFollowsEdits(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	a := d.path("a.jpg")
	d.do(d.Judge(a, 1, face.Rejected))
	d.do(d.Judge(a, 2, face.Accepted))
	_, err := d.DrawFace(a, boxAt(45, 15, 10, 10))
	d.do(err)
	d.wait()
	s, err := d.ExportJSON(t.Context(), []string{a}, export.Semblance, nil)
	if err != nil || s.Written != 1 {
		t.Fatalf("%+v, %v", s, err)
	}
	data, err := os.ReadFile(a + ".semblance.json")
	d.do(err)
	var doc struct {
		Faces []struct {
			Number   int
			Score    float64
			Doubtful bool
			Edited   []string
		}
	}
	d.do(json.Unmarshal(data, &doc))
	if got := fmt.Sprint(doc.Faces); got != "[{3 0 false [face]} {2 0.7 false [face]}]" {
		t.Errorf("written are the faces %s", got)
	}
	if r := d.Search(query.Expr{}, library.ByPath); r.TotalFaces != 2 {
		t.Errorf("%d faces are counted, want 2", r.TotalFaces)
	}
}

func TestEditsThatCannotBe(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.do(os.WriteFile(d.path("broken.jpg"), []byte("no photo"), 0o644))
	d.scan()
	a := d.path("a.jpg")
	if err := d.Judge(a, 9, face.Accepted); !errors.Is(err, face.ErrNoFace) {
		t.Errorf("a verdict about no face: %v", err)
	}
	if _, err := d.DrawFace(a, face.BoxAt(1, 1, 3, 3)); !errors.Is(err, face.ErrSmallBox) {
		t.Errorf("a tiny box: %v", err)
	}
	for _, path := range []string{d.path("broken.jpg"), d.path("nowhere.jpg")} {
		if _, err := d.DrawFace(path, face.BoxAt(1, 1, 30, 30)); !errors.Is(err, library.ErrNotAnalysed) {
			t.Errorf("a face in %s: %v", path, err)
		}
	}
	if _, what, _ := d.Undo(); what != "" {
		t.Errorf("%q is undone, though it was refused", what)
	}
	d.wantFaces("1 happy, 2 sad?")
}

// How a person asked for a photo to be searched stays with it, and no later analysis finds less.
func TestLooksStay(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	a := []string{d.path("a.jpg")}
	d.wantAsked("60x30 default")
	d.do(d.Reanalyse(a, library.LookHarder))
	d.wait()
	d.wantAsked("60x30 thorough")
	d.wantFaces("3 neutral, 1 happy, 2 sad?") // known faces keep their numbers
	d.do(d.Reanalyse(a, library.LookTurned))
	d.wait()
	d.wantAsked("60x30 thorough turned")
	d.wantFaces("3 neutral, 1 happy, 2 sad?, 4 surprise")
	d.reopen()
	d.scan()
	d.do(d.Reanalyse(a, 0))
	d.wait()
	d.wantAsked("60x30 thorough turned")
	writeJPEG(t, d.path("a.jpg"), 50, 2) // another photo of this name
	d.scan()
	d.wantAsked("50x30 thorough turned")

	// A moved file is known by what was found in it.
	d.do(os.Rename(d.path("a.jpg"), d.path("z.jpg")))
	d.scan()
	d.wantAsked()
	d.do(d.Reanalyse([]string{d.path("z.jpg")}, 0))
	d.wait()
	d.wantAsked("50x30 thorough turned")
}

// A wish for a photo that nobody has looked at survives a restart.
func TestLookOfAWaitingPhoto(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.SetPaused(true)
	d.OpenFolder(d.photos, true)
	for d.Status().Scanning {
		time.Sleep(time.Millisecond)
	}
	d.do(d.Reanalyse([]string{d.path("a.jpg")}, library.LookHarder))
	d.reopen()
	d.scan()
	d.wantAsked("60x30 thorough")
}

// The photo that a person looks at is analysed quickly, even while the only worker is
// busy, and as well as all others when nothing else waits: once more, and no other photo twice.
func TestFirstFacesComeFast(t *testing.T) {
	d := newDesk(t, analysis.Default)
	for i, name := range []string{"0.jpg", "a.jpg", "b.jpg", "c.jpg"} {
		writeJPEG(t, d.path(name), 60+10*i, uint8(i))
	}
	d.SetPaused(true)
	d.OpenFolder(d.photos, true)
	for d.Status().Scanning {
		time.Sleep(time.Millisecond)
	}
	visible := []string{d.path("a.jpg"), d.path("c.jpg")}
	var calls atomic.Int32
	d.engine.before = func() {
		// The first is 0.jpg, the second a.jpg, which ends while the first is still at work. Whenever
		// another photo's turn comes, the window tells again what is on the screen.
		call := calls.Add(1)
		if call == 2 {
			return
		}
		d.Prioritize(d.path("a.jpg"), visible, nil)
		if call > 2 {
			return
		}
		for p, _ := d.Photo(d.path("a.jpg")); p.State != library.Done; p, _ = d.Photo(d.path("a.jpg")) {
			time.Sleep(time.Millisecond)
		}
	}
	d.SetPaused(false)
	d.wait()
	d.wantAsked("70x30 fast", "60x30 default", "90x30 default", "80x30 default", "70x30 default")
	d.wantFaces("1 happy, 2 sad?")
	d.Prioritize(d.path("b.jpg"), visible, nil)
	d.scan()
	d.wantAsked() // all are done, the opened one too
}

// A photo that was looked at in a hurry is completed by the next session, if the first one ended too soon.
func TestHastyPhotoIsCompletedLater(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.wantAsked("60x30 fast")
	d.do(d.Judge(d.path("a.jpg"), 2, face.Accepted))
	d.mode = analysis.Default
	d.reopen()
	d.scan()
	d.wantAsked("60x30 default")
	d.wantFaces("1 happy, 2 sad")
}

// What an earlier version did not look for is added to what it found, after all photos that wait.
func TestAnalysesOfEarlierVersionsAreCompleted(t *testing.T) {
	d := newDesk(t, analysis.Default)
	d.engine.blind = face.EyeStates | face.Blurriness
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.engine.asked()
	d.engine.blind = 0
	writeJPEG(t, d.path("z.jpg"), 90, 3)
	d.reopen()
	d.engine.fail = errors.New("out of memory")
	d.scan()
	d.wantAsked("90x30 default", "60x30 add blur,eyes, 0 boxes")
	d.wantFound("state:failed", "z.jpg")
	d.wantFaces("1 happy, 2 sad?") // what is known stays
	d.engine.fail = nil
	d.scan()
	d.wantAsked("90x30 default", "60x30 add blur,eyes, 0 boxes")
	d.scan()
	d.wantAsked()
}

// All photos that wait go before those that only lack something, however many there are.
func TestCompletingComesLast(t *testing.T) {
	d := newDesk(t, analysis.Default)
	d.engine.blind = face.EyeStates
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.engine.asked()
	d.engine.blind = 0
	writeJPEG(t, d.path("z.jpg"), 90, 3)
	for i := range 600 { // more than a scan tells of at once
		d.do(os.Link(d.path("z.jpg"), d.path(fmt.Sprintf("z%d.jpg", i))))
	}
	writeJPEG(t, d.path("zz.jpg"), 120, 4)
	d.scan()
	if got := d.engine.asked(); got[0] != "90x30 default" || got[len(got)-1] != "60x30 add eyes, 0 boxes" {
		t.Errorf("the engine was asked for %q", got)
	}
}

// What was looked for hard, or found standing sideways, is looked for so again, whoever asked for it.
func TestNoAnalysisFindsLess(t *testing.T) {
	d := newDesk(t, analysis.Thorough)
	d.engine.turn = 1
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.wantAsked("60x30 thorough")
	d.mode = analysis.Default
	d.reopen()
	d.scan()
	d.wantAsked()
	d.do(d.Reanalyse([]string{d.path("a.jpg")}, 0))
	d.wait()
	d.wantAsked("60x30 thorough turned")
}
