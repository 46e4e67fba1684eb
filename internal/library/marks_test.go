package library_test

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"semblance/analysis"
	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
)

// wantMarks compares what people said about a photo with "5 picked green [a b]".
func (d *desk) wantMarks(name, want string) {
	d.t.Helper()
	p, err := d.Photo(d.path(name))
	d.do(err)
	if got := fmt.Sprint(p.Marks.Rating, p.Marks.Flag, p.Marks.Label, p.Marks.Tags); got != want {
		d.t.Errorf("%s is %s, want %s", name, got, want)
	}
}

const unmarked = "0 none none []"

func TestMarksAndUndo(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	for i, name := range []string{"a.jpg", "b.jpg", "copies/a.jpg"} {
		writeJPEG(t, d.path(name), 60, uint8(1+i%2*50))
	}
	d.scan()
	a, b := d.path("a.jpg"), d.path("b.jpg")
	both := []string{a, b, d.path("copies/a.jpg")}
	undo := func(want string) error {
		_, what, err := d.Undo()
		if what != want {
			t.Errorf("undone was %q, want %q", what, want)
		}
		return err
	}
	for _, s := range []struct {
		name string
		do   func() error
		a, b string
	}{
		{"rate", func() error { return d.Rate([]string{a}, 5) }, "5 none none []", unmarked},
		{"rate both", func() error { return d.Rate(both, 3) }, "3 none none []", "3 none none []"},
		{"undo", func() error { return undo("rate with 3 stars 3 photos") }, "5 none none []", unmarked},
		{"redo", func() error { _, _, err := d.Redo(); return err }, "3 none none []", "3 none none []"},
		{"pick", func() error { return d.Flag([]string{b}, photo.Picked) }, "3 none none []", "3 picked none []"},
		{"label", func() error { return d.Label([]string{b}, photo.Blue) }, "3 none none []", "3 picked blue []"},
		{"tag", func() error { return d.Tag(both, []string{"wedding", "Rome"}, nil) }, "3 none none [Rome wedding]", "3 picked blue [Rome wedding]"},
		{"tag with others", func() error { return d.Tag([]string{a}, []string{"best"}, []string{"ROME"}) }, "3 none none [best wedding]", "3 picked blue [Rome wedding]"},
		{"the same again is nothing to undo", func() error { return d.Rate(both, 3) }, "3 none none [best wedding]", "3 picked blue [Rome wedding]"},
		{"undo the tag", func() error { return undo("tag") }, "3 none none [Rome wedding]", "3 picked blue [Rome wedding]"},
		{"undo the tags", func() error { return undo("tag 3 photos") }, "3 none none []", "3 picked blue []"},
		{"undo the label", func() error { return undo("label as blue") }, "3 none none []", "3 picked none []"},
		{"undo the flag", func() error { return undo("flag as picked") }, "3 none none []", "3 none none []"},
		{"take the stars away", func() error { return d.Rate(both, 0) }, unmarked, unmarked},
	} {
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		t.Log(s.name)
		d.wantMarks("a.jpg", s.a)
		d.wantMarks("copies/a.jpg", s.a)
		d.wantMarks("b.jpg", s.b)
	}
	if err := d.Tag(both, []string{" x"}, nil); !errors.Is(err, library.ErrMark) {
		t.Errorf("a tag that is none: %v", err)
	}
}

// A photo can be marked before anybody has looked at it, and if nobody can: the mark is there when it is analysed.
func TestMarksBeforeTheAnalysis(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.do(os.WriteFile(d.path("bad.jpg"), []byte("no picture"), 0o600))
	d.SetPaused(true)
	scanned := make(chan library.Event, 1)
	defer d.Subscribe(func(e library.Event) {
		if e.Kind == library.ScanDone {
			scanned <- e
		}
	})()
	d.OpenFolder(d.photos, true)
	<-scanned
	gone := d.path("gone.jpg")
	err := d.Rate([]string{d.path("a.jpg"), gone, d.path("bad.jpg")}, 4)
	if !errors.Is(err, catalog.ErrUnknown) || !strings.Contains(err.Error(), "gone.jpg") {
		t.Errorf("a photo that is not there: %v", err)
	}
	check := func(when string) {
		t.Helper()
		for _, name := range []string{"a.jpg", "bad.jpg"} {
			t.Log(when, name)
			d.wantMarks(name, "4 none none []")
		}
	}
	check("waiting")
	d.SetPaused(false)
	d.wait()
	check("analysed")
	d.wantFaces("1 happy, 2 sad?")
	if p, err := d.Photo(d.path("bad.jpg")); err != nil || p.State != library.Failed {
		t.Errorf("bad.jpg: %v, %v", p.State, err)
	}
	d.reopen()
	d.scan()
	check("after a restart")
	if _, err := d.DrawFace(d.path("bad.jpg"), boxAt(1, 1, 9, 9)); !errors.Is(err, library.ErrNotAnalysed) {
		t.Errorf("a face in a photo that nobody has looked at: %v", err)
	}
}

// Another program changes a file that was marked before it was analysed: undo takes back the marks that were carried over, and those of all others.
func TestUndoOfAChangedFile(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("b.jpg"), 90, 7)
	d.scan()
	a, b := d.path("a.jpg"), d.path("b.jpg")
	d.do(d.Rate([]string{b}, 2))
	writeJPEG(t, a, 60, 1)
	d.SetPaused(true)
	scanned := make(chan library.Event, 1)
	cancel := d.Subscribe(func(e library.Event) {
		if e.Kind == library.ScanDone {
			scanned <- e
		}
	})
	d.OpenFolder(d.photos, true)
	<-scanned
	cancel()
	d.do(d.Rate([]string{a, b}, 4))
	writeJPEG(t, a, 70, 99)
	d.SetPaused(false)
	d.wait()
	d.scan()
	want := func(ofA, ofB int) {
		t.Helper()
		d.wantMarks("a.jpg", fmt.Sprintf("%d none none []", ofA))
		d.wantMarks("b.jpg", fmt.Sprintf("%d none none []", ofB))
	}
	want(4, 4)
	for _, step := range []struct {
		do       func() (string, string, error)
		ofA, ofB int
	}{{d.Undo, 0, 2}, {d.Undo, 0, 0}, {d.Redo, 0, 2}, {d.Redo, 4, 4}} {
		_, _, err := step.do()
		d.do(err)
		want(step.ofA, step.ofB)
	}
}

func TestNames(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	a := d.path("a.jpg")
	name := func(want string) {
		t.Helper()
		p, err := d.Photo(a)
		d.do(err)
		for _, f := range p.Analysis.Faces {
			if f.Number == 2 && (f.Edit.Name != want || f.Doubtful() != (want == "")) {
				t.Errorf("face 2 is %q, doubtful %v, want %q", f.Edit.Name, f.Doubtful(), want)
			}
		}
	}
	d.do(d.Call(a, 2, "Bob Example"))
	name("Bob Example")
	d.do(d.Reanalyse([]string{a}, library.LookHarder))
	d.wait()
	name("Bob Example")
	if _, what, err := d.Undo(); err != nil || what != "name face 2 Bob Example" {
		t.Errorf("undone was %q, %v", what, err)
	}
	name("")
	if err := d.Call(a, 9, "Bob"); !errors.Is(err, face.ErrNoFace) {
		t.Errorf("a face that is not there: %v", err)
	}
	if err := d.Call(a, 1, " Bob"); !errors.Is(err, library.ErrName) {
		t.Errorf("a name that is none: %v", err)
	}
}

func TestAlbumsAndUndo(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	for i, name := range []string{"a.jpg", "b.jpg"} {
		writeJPEG(t, d.path(name), 60, uint8(1+50*i))
	}
	d.scan()
	a, b := d.path("a.jpg"), d.path("b.jpg")
	told := 0
	defer d.Subscribe(func(e library.Event) {
		if e.Kind == library.AlbumsChanged {
			told++
		}
	})()
	want := func(words ...string) {
		t.Helper()
		var got []string
		for _, album := range d.Albums() {
			got = append(got, fmt.Sprintf("%s %d", album.Name, len(album.Photos)))
		}
		if !slices.Equal(got, words) {
			t.Errorf("albums %q, want %q", got, words)
		}
	}
	d.do(d.Collect("Best", []string{a}))
	d.do(d.Collect("BEST", []string{a, b}))
	want("Best 2")
	d.do(d.Uncollect("best", []string{a}))
	want("Best 1")
	undo := func(words ...string) {
		t.Helper()
		_, _, err := d.Undo()
		d.do(err)
		want(words...)
	}
	undo("Best 2")
	undo("Best 1")
	undo()
	for range 3 {
		_, _, err := d.Redo()
		d.do(err)
	}
	want("Best 1")
	d.do(d.RenameAlbum("Best", "Portfolio"))
	want("Portfolio 1")
	d.do(d.Collect("Other", nil))
	if err := d.RenameAlbum("Portfolio", "other"); !errors.Is(err, library.ErrMark) {
		t.Errorf("a name that is taken: %v", err)
	}
	d.do(d.RemoveAlbum("other"))
	want("Portfolio 1")
	undo("Other 0", "Portfolio 1")
	undo("Portfolio 1")
	undo("Best 1")
	undo("Best 2") // not a second album of the former name
	for range 3 {
		_, _, err := d.Redo()
		d.do(err)
	}
	want("Other 0", "Portfolio 1")
	d.do(d.RenameAlbum("Portfolio", "PORTFOLIO"))
	want("Other 0", "PORTFOLIO 1")
	undo("Other 0", "Portfolio 1")
	for _, err := range []error{d.RemoveAlbum("x"), d.RenameAlbum("x", "y"), d.Uncollect("x", nil)} {
		if !errors.Is(err, library.ErrNoAlbum) {
			t.Errorf("an album that is not there: %v", err)
		}
	}
	if err := d.Collect(" x", []string{a}); !errors.Is(err, library.ErrMark) {
		t.Errorf("a name that is none: %v", err)
	}
	e, err := query.Parse("emotion:happy faces:1..")
	d.do(err)
	d.do(d.SaveSearch("Happy ones", e))
	d.reopen()
	want("Other 0", "Portfolio 1")
	if s := d.Searches(); len(s) != 1 || s[0].Query != "emotion:happy faces:1.." {
		t.Errorf("searches %+v", s)
	}
	d.do(d.RemoveSearch("happy ones"))
	if told < 10 {
		t.Errorf("%d events", told)
	}
}
