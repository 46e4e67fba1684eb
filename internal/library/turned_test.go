package library_test

import (
	"context"
	"os"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
)

// boxOf returns the box of a face of a photo.
func (d *desk) boxOf(path string, number uint32) face.Box {
	d.t.Helper()
	p, err := d.Photo(path)
	d.do(err)
	if p.State != library.Done || p.Analysis == nil {
		d.t.Fatalf("%s: %+v", path, p)
	}
	for _, f := range p.Analysis.Faces {
		if f.Number == number {
			return f.Box
		}
	}
	d.t.Fatalf("%s has no face %d", path, number)
	return face.Box{}
}

// A photo that another program has turned is read, not analysed: faces keep numbers, names and corrections, and lie where they should.
func TestTurnedPhotoKeepsEverything(t *testing.T) {
	d := newDesk(t, analysis.Default)
	a := d.path("a.jpg")
	writeJPEG(t, a, 60, 1)
	d.scan()
	drawn, err := d.DrawFace(a, boxAt(45, 15, 8, 12))
	d.do(err)
	d.wait()
	d.do(d.Call(a, 1, "Ada"))
	d.do(d.Judge(a, 2, face.Accepted))
	d.do(d.Correct(a, 1, face.AgeYears, 50))
	d.do(d.Rate([]string{a}, 4))
	d.do(d.Collect("Best", []string{a}))
	original, err := os.ReadFile(a)
	d.do(err)
	first := d.boxOf(a, 1)
	d.wantFaces("3 fear, 1 happy, 2 sad")
	d.engine.asked()

	withOrientation(t, a, photo.Rotate90)
	d.scan()
	d.wantAsked()
	d.wantFaces("3 fear, 1 happy, 2 sad")
	p, err := d.Photo(a)
	d.do(err)
	if p.Analysis.W != 30*grid || p.Analysis.H != 60*grid || p.W != 30*grid || p.Marks.Rating != 4 {
		t.Errorf("%d x %d, %d wide, %d stars", p.Analysis.W, p.Analysis.H, p.W, p.Marks.Rating)
	}
	if got, want := d.boxOf(a, drawn), boxAt(30-15-12, 45, 12, 8); got != want {
		t.Errorf("the drawn face is at %v, want %v", got, want)
	}
	if got, want := d.boxOf(a, 1), face.BoxAt(30*grid-first.Max.Y, first.Min.X, first.H(), first.W()); got != want {
		t.Errorf("the first face is at %v, want %v", got, want)
	}
	d.wantFound(`person:Ada age:50 rating:4 album:Best`, "a.jpg")
	thumb, err := d.Thumbnail(t.Context(), a, 100)
	if err != nil || thumb.Rect.Dx() >= thumb.Rect.Dy() {
		t.Errorf("thumbnail %v, %v", thumb.Rect, err)
	}

	// A copy that stands upside down has no former path, but the same faces.
	b := d.path("b.jpg")
	d.do(os.WriteFile(b, original, 0o644))
	withOrientation(t, b, photo.Rotate180)
	d.scan()
	d.wantAsked()
	if got, want := d.boxOf(b, 1), face.BoxAt(60*grid-first.Max.X, 30*grid-first.Max.Y, first.W(), first.H()); got != want {
		t.Errorf("the first face of the copy is at %v, want %v", got, want)
	}
	d.wantFound(`person:Ada age:50`, "a.jpg b.jpg")

	// What is said from now on is said about that one; turned back, the photo is what it was.
	d.do(d.Call(b, 1, "Bob"))
	d.do(os.WriteFile(a, append(original, 0)[:len(original)], 0o600))
	withOrientation(t, a, photo.Upright)
	d.scan()
	d.wantAsked()
	if got := d.boxOf(a, 1); got != first {
		t.Errorf("turned back, the first face is at %v, and was at %v", got, first)
	}
	d.wantFound(`person:Ada`, "a.jpg")
	d.reopen()
	d.wantFound(`person:Ada`, "a.jpg")
	d.wantFound(`person:Bob`, "b.jpg")
}

// A photo that lay on its side, so that no face was found, is searched when it is put right.
func TestPhotoPutRightIsSearched(t *testing.T) {
	d := newDesk(t, analysis.Default)
	d.do(d.Close())
	engine := engineFunc(func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
		a, err := d.engine.Analyze(ctx, src, req)
		if w, h := src.Size(); err == nil && w > h {
			a.Faces = nil // a portrait, lying
		}
		return a, err
	})
	l, err := library.Open(library.Config{Catalog: d.home + "/c.db", Cache: d.home + "/cache", Engine: engine, Mode: d.mode, Workers: 1})
	d.do(err)
	d.Library = l
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.wantAsked("60x30 default")
	drawn, err := d.DrawFace(d.path("a.jpg"), boxAt(45, 15, 8, 12))
	d.do(err)
	d.wait()
	d.engine.asked()
	withOrientation(t, d.path("a.jpg"), photo.Rotate90)
	d.scan()
	if asked := d.engine.asked(); len(asked) == 0 || asked[0] != "30x60 default" {
		t.Errorf("the engine was asked for %q", asked)
	}
	if got, want := d.boxOf(d.path("a.jpg"), drawn), boxAt(30-15-12, 45, 12, 8); got != want {
		t.Errorf("the drawn face is at %v, want %v", got, want)
	}
}
