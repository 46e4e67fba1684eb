package library_test

import (
	"context"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
)

// sceneEngine finds one face, in the same place of the scene whatever the size of the picture, and remembers the sizes.
type sceneEngine struct {
	mu    sync.Mutex
	sizes []string
}

func (s *sceneEngine) Analyze(_ context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	w, h := src.Size()
	a := req.Known
	if a == nil {
		s.mu.Lock()
		s.sizes = append(s.sizes, fmt.Sprint(w))
		s.mu.Unlock()
		f := person(1, face.Happy, 34)
		f.Box = face.BoxAt(float32(w)/8, float32(h)/8, float32(w)/4, float32(h)/4)
		a = &face.Analysis{W: w, H: h, Have: req.Want, Faces: []face.Face{f}}
	} else {
		copied := *a
		copied.Faces = slices.Clone(a.Faces)
		a = &copied
	}
	for i, box := range req.Boxes {
		f := person(uint32(100+i), face.Sad, 20)
		f.Box = box
		a.Faces = append(a.Faces, f)
	}
	return a, nil
}

// pair is a library with a RAW file and its picture. The RAW file is a JPEG of half the size inside.
type pair struct {
	*fixture
	engine   sceneEngine
	jpg, raw string
}

func newPair(t *testing.T) *pair {
	t.Helper()
	p := &pair{fixture: &fixture{t: t, photos: filepath.Join(t.TempDir(), "photos"), home: t.TempDir()}}
	l, err := library.Open(library.Config{Catalog: filepath.Join(p.home, "c.db"), Cache: filepath.Join(p.home, "cache"), Engine: &p.engine})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	l.SetWatchLimit(0)
	p.Library = l
	p.jpg, p.raw = p.path("IMG_1.jpg"), p.path("img_1.CR2")
	return p
}

// add writes one of the two files as a camera would, and tells the library.
func (p *pair) add(path string, w, h int) {
	p.t.Helper()
	if err := os.WriteFile(path, plainJPEG(p.t, w, h, uint8(w/8)), 0o600); err != nil {
		p.t.Fatal(err)
	}
	info, err := os.Stat(path)
	if err == nil {
		err = p.Track(path, info.Size(), info.ModTime())
	}
	if err != nil {
		p.t.Fatal(err)
	}
	p.wait()
}

// wantLooked compares the widths of the pictures that were analysed.
func (p *pair) wantLooked(when, want string) {
	p.t.Helper()
	p.engine.mu.Lock()
	defer p.engine.mu.Unlock()
	if got := strings.Join(p.engine.sizes, " "); got != want {
		p.t.Errorf("%s: pictures of the widths %s were analysed, want %s", when, got, want)
	}
}

// said describes the faces of a photo: name, gender, whether it was drawn, and the left edge as a part of the width.
func (p *pair) said(path string) string {
	p.t.Helper()
	ph, err := p.Photo(path)
	if err != nil || ph.Analysis == nil {
		p.t.Fatal(path, err)
	}
	var all []string
	for _, f := range ph.Analysis.Faces {
		gender, _ := f.Gender.Top()
		all = append(all, fmt.Sprintf("%s %v %v %.2f", f.Edit.Name, gender, f.Edit.Drawn, f.Box.Min.X/float32(ph.W)))
	}
	return strings.Join(all, ", ")
}

func (p *pair) do(err error) {
	p.t.Helper()
	if err != nil {
		p.t.Fatal(err)
	}
}

func TestPairIsOnePhoto(t *testing.T) {
	p := newPair(t)
	p.scanEmpty()
	p.add(p.jpg, 640, 480)
	p.add(p.raw, 320, 240)
	p.wantLooked("as one", "640")
	p.wantFound("", "IMG_1.jpg")
	if e, _ := p.EntryAt(p.jpg); e.Partner != p.raw || e.Hidden {
		t.Errorf("the picture is %+v", e)
	}

	// What is said of the photo is said of both files, in one step.
	p.do(p.Rate([]string{p.jpg}, 4))
	p.do(p.Tag([]string{p.jpg}, []string{"Rome"}, nil))
	p.do(p.Collect("Best", []string{p.jpg}))
	p.do(p.Correct(p.jpg, 1, face.GenderClasses, int(face.Man)))
	p.do(p.Call(p.jpg, 1, "Ada"))
	drawn, err := p.DrawFace(p.jpg, face.BoxAt(400, 160, 80, 80))
	p.do(err)
	p.wait()
	p.wantLooked("edited", "640")
	p.do(p.Call(p.jpg, drawn, "Bob"))
	if _, what, err := p.Undo(); what != fmt.Sprintf("name face %d Bob", drawn) || err != nil {
		t.Errorf("undone was %q, %v", what, err)
	}
	p.do(p.Rate([]string{p.jpg}, 2))
	if _, what, err := p.Undo(); what != "rate with 2 stars" || err != nil {
		t.Errorf("undone was %q, %v", what, err)
	}
	if e, _ := p.EntryAt(p.raw); e.Marks.Rating != 4 || len(e.Marks.Tags) != 1 {
		t.Errorf("the RAW file has the marks %+v", e.Marks)
	}
	p.wait()
	before := p.said(p.jpg)
	if want := "Ada man false 0.12,  woman true 0.62"; before != want {
		t.Errorf("the picture has the faces %q, want %q", before, want)
	}

	// Shown apart, the RAW file is analysed, and has the same faces with what was said about them.
	p.SetPairs(false)
	p.wait()
	if p.wantFound("", "img_1.CR2 IMG_1.jpg"); p.PairsAsOne() {
		t.Error("pairs are still one photo")
	}
	p.wantFound("rating:4 tag:rome album:Best", "img_1.CR2 IMG_1.jpg")
	if got := p.said(p.raw); got != before {
		t.Errorf("the RAW file has the faces %q, the picture %q", got, before)
	}
	p.do(p.Rate([]string{p.jpg}, 1)) // of one alone now
	p.do(p.Call(p.raw, 1, "Eve"))
	p.wantFound("rating:4", "img_1.CR2")
	p.wantFound("person:Ada", "IMG_1.jpg")

	// As one again: what is said follows, also of faces that were analysed in both.
	p.SetPairs(true)
	p.wantFound("", "IMG_1.jpg")
	p.do(p.Call(p.jpg, 1, "Ada Byron"))
	p.do(p.Judge(p.jpg, drawn, face.Rejected))
	p.wait()
	before = p.said(p.jpg)
	p.wantLooked("apart once", "640 320")

	// The picture is deleted: the RAW file is a photo of its own, and nothing is lost.
	p.do(os.Remove(p.jpg))
	p.do(p.Forget(p.jpg))
	p.wait()
	p.wantFound("", "img_1.CR2")
	p.wantFound(`person:"Ada Byron" tag:rome`, "img_1.CR2")
	if got := p.said(p.raw); got != before {
		t.Errorf("the RAW file has the faces %q, the picture had %q", got, before)
	}
}

// scanEmpty opens the folder before there is anything in it.
func (p *pair) scanEmpty() {
	p.t.Helper()
	if err := os.MkdirAll(p.photos, 0o755); err != nil {
		p.t.Fatal(err)
	}
	p.scan()
}

// A face that was marked in a picture of another shape is where it was in the scene.
func TestPairOfTwoShapes(t *testing.T) {
	p := newPair(t)
	p.scanEmpty()
	p.add(p.jpg, 240, 120)
	p.add(p.raw, 120, 120) // all that the sensor sees is higher
	_, err := p.DrawFace(p.jpg, face.BoxAt(120, 60, 40, 40))
	p.do(err)
	p.SetPairs(false)
	p.wait()
	ph, err := p.Photo(p.raw)
	p.do(err)
	for _, f := range ph.Analysis.Faces {
		if f.Edit.Drawn {
			if want := face.BoxAt(60, 60, 20, 20); math.Abs(float64(f.Box.Min.X-want.Min.X))+math.Abs(float64(f.Box.Max.Y-want.Max.Y)) > .1 {
				t.Errorf("the box is %v, want %v", f.Box, want)
			}
			return
		}
	}
	t.Error("the drawn face is lost")
}

// What was said about a RAW file before its picture was there, or about a picture before its RAW file was, is said about both; where they differ, each
// keeps its own.
func TestFilesThatBecomeAPair(t *testing.T) {
	p := newPair(t)
	p.scanEmpty()
	p.add(p.raw, 320, 240)
	p.do(p.Rate([]string{p.raw}, 5))
	p.do(p.Collect("Best", []string{p.raw}))
	p.do(p.Call(p.raw, 1, "Ada"))
	p.add(p.jpg, 640, 480)
	p.wantFound("rating:5 person:Ada album:Best", "IMG_1.jpg")

	jpg, raw := p.path("b.jpg"), p.path("b.nef")
	p.add(jpg, 400, 400)
	p.do(p.Flag([]string{jpg}, photo.Picked))
	p.do(p.Call(jpg, 1, "Bob"))
	p.add(raw, 200, 200)
	p.wantFound("flag:picked", "b.jpg")

	p.SetPairs(false)
	p.wait()
	p.wantFound("rating:5 person:Ada album:Best", "img_1.CR2 IMG_1.jpg")
	p.wantFound("flag:picked person:Bob", "b.jpg b.nef")
	p.do(p.Rate([]string{p.raw}, 2)) // of one alone
	p.do(p.Label([]string{raw}, photo.Red))
	p.SetPairs(true)
	p.wantFound("rating:5", "IMG_1.jpg")
	p.wantFound("label:red", "b.jpg")
	if e, _ := p.EntryAt(p.raw); e.Marks.Rating != 2 {
		t.Errorf("the RAW file has %d stars: those that somebody gave it are lost", e.Marks.Rating)
	}
}

// A RAW file that is found before its picture, and waits, is not analysed once the picture is there.
func TestPictureFoundAfterItsRAWFile(t *testing.T) {
	p := newPair(t)
	p.scanEmpty()
	p.SetPaused(true)
	for path, w := range map[string]int{p.raw: 80, p.jpg: 160} {
		p.do(os.WriteFile(path, plainJPEG(t, w, w, uint8(w)), 0o600))
	}
	for _, path := range []string{p.raw, p.jpg} {
		info, err := os.Stat(path)
		p.do(err)
		p.do(p.Track(path, info.Size(), info.ModTime()))
	}
	if s := p.Status(); s.Total != 1 {
		t.Errorf("%d photos wait, want 1", s.Total)
	}
	p.SetPaused(false)
	p.wait()
	p.wantLooked("as one", "160")
	p.do(p.Flag([]string{p.jpg}, photo.Picked))
	if e, _ := p.EntryAt(p.raw); e.Marks.Flag != photo.Picked || e.State != library.Waiting {
		t.Errorf("the RAW file is %+v", e)
	}
}
