package library_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/library"
)

// newCrowd is a desk whose folder has other photos and a.jpg, which a person looks at. All of
// them wait, and the analysis is paused. Then the others wait until a.jpg was analysed in a way
// that fits last (as searcher writes it down), or for two seconds: it should not have been after them.
func newCrowd(t *testing.T, others int, last string) *desk {
	t.Helper()
	d := newDesk(t, analysis.Default)
	d.do(d.Close())
	first, cancel := context.WithTimeout(t.Context(), 2*time.Second)
	t.Cleanup(cancel)
	engine := engineFunc(func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
		w, _ := src.Size()
		if w != 60*grid {
			<-first.Done()
		}
		a, err := d.engine.Analyze(ctx, src, req)
		if w == 60*grid && d.engine.last() == last {
			cancel()
		}
		return a, err
	})
	l, err := library.Open(library.Config{
		Catalog: filepath.Join(d.home, "c.db"), Cache: filepath.Join(d.home, "cache"), Engine: engine, Mode: d.mode, Workers: 1,
	})
	d.do(err)
	d.Library = l
	for i := range others {
		writeJPEG(t, d.path(fmt.Sprintf("%d.jpg", i)), 100+i, uint8(i))
	}
	writeJPEG(t, d.path("a.jpg"), 60, 9)
	d.SetPaused(true)
	d.OpenFolder(d.photos, true)
	for d.Status().Scanning {
		time.Sleep(time.Millisecond)
	}
	d.Prioritize(d.path("a.jpg"), nil, nil)
	return d
}

// last returns what the engine was asked for most recently.
func (s *searcher) last() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.runs) == 0 {
		return ""
	}
	return s.runs[len(s.runs)-1]
}

// state returns how far a.jpg is.
func (d *desk) state() library.State {
	d.t.Helper()
	p, err := d.Photo(d.path("a.jpg"))
	d.do(err)
	return p.State
}

func (d *desk) wantState(want library.State) {
	d.t.Helper()
	if got := d.state(); got != want {
		d.t.Errorf("the photo is %v, want %v", got, want)
	}
}

// Who asks for more during the quick look gets it next, not a second quick look, and not after all others.
func TestLookHarderDuringTheQuickLook(t *testing.T) {
	d := newCrowd(t, 2, "60x30 thorough")
	d.engine.before = func() { // the others wait: it is a.jpg
		d.engine.before = nil
		d.do(d.Reanalyse([]string{d.path("a.jpg")}, library.LookHarder))
	}
	d.SetPaused(false)
	d.wait()
	got := d.engine.asked()
	if len(got) == 5 && got[4] == "60x30 thorough" {
		got = got[:4] // the thorough run began before the quick one was committed, so it is asked for once more
	}
	if want := []string{"60x30 fast", "60x30 thorough", "100x30 default", "101x30 default"}; !slices.Equal(got, want) {
		t.Errorf("the engine was asked for %q, want %q", got, want)
	}
	d.wantFaces("3 neutral, 1 happy, 2 sad?")
}

// Who asks for more before the photo is opened gets no quick look that finds less.
func TestOpenedPhotoThatIsToBeLookedAtHarder(t *testing.T) {
	d := newCrowd(t, 0, "")
	d.do(d.Reanalyse([]string{d.path("a.jpg")}, library.LookHarder))
	d.SetPaused(false)
	d.wait()
	d.wantAsked("60x30 thorough")
}

// A face that is marked on a photo that waits to be completed is looked at before all others,
// whatever the window says meanwhile.
func TestDrawnFaceOfAPhotoThatWaits(t *testing.T) {
	d := newCrowd(t, 2, "60x30 add , 1 boxes")
	a := d.path("a.jpg")
	d.SetPaused(false)
	for d.state() != library.Done {
		time.Sleep(time.Millisecond)
	}
	d.SetPaused(true)
	_, err := d.DrawFace(a, boxAt(45, 15, 10, 10))
	d.do(err)
	d.Prioritize(a, nil, nil)
	d.SetPaused(false)
	d.wait()
	d.wantAsked("60x30 fast", "60x30 default", "60x30 add , 1 boxes", "100x30 default", "101x30 default")
	d.wantFaces("3 fear, 1 happy, 2 sad?")
}

// An analysis that a person asked for and that fails costs nothing of what is known, and is not tried
// again by itself.
func TestLookHarderFails(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	a := d.path("a.jpg")
	d.do(d.Judge(a, 2, face.Accepted))
	var problems []library.Event
	defer d.Subscribe(func(e library.Event) {
		if e.Kind == library.Problem {
			problems = append(problems, e)
		}
	})()
	d.engine.fail = errors.New("out of memory")
	d.engine.asked()
	d.do(d.Reanalyse([]string{a}, library.LookHarder))
	d.wait()
	if len(problems) != 1 || problems[0].Path != a || !strings.Contains(problems[0].Err.Error(), "out of memory") {
		t.Errorf("told was %v", problems)
	}
	for range 2 { // as it is, and after another scan
		d.wantState(library.Done)
		d.wantFaces("1 happy, 2 sad")
		d.wantFound("emotion:sad", "a.jpg")
		d.scan()
	}
	d.wantAsked("60x30 thorough")
	d.engine.fail = nil
	d.do(d.Judge(a, 1, face.Rejected))
	_, err := d.DrawFace(a, boxAt(45, 15, 10, 10)) // is looked at without the look that failed
	d.do(err)
	d.wait()
	d.wantAsked("60x30 add , 1 boxes")
	d.do(d.Reanalyse([]string{a}, library.LookHarder))
	d.wait()
	d.wantAsked("60x30 thorough", "60x30 add , 1 boxes")
	d.wantFaces("3 fear, 4 neutral, 2 sad")
}

// A look that fails takes back neither what an earlier one found nor what is asked for meanwhile.
func TestLookTurnedFails(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	a := []string{d.path("a.jpg")}
	d.scan()
	d.do(d.Reanalyse(a, library.LookHarder))
	d.wait()
	d.engine.asked()
	d.engine.fail = errors.New("out of memory")
	d.do(d.Reanalyse(a, library.LookTurned))
	d.wait()
	d.wantAsked("60x30 thorough turned")
	d.wantState(library.Done)
	d.engine.fail = nil
	d.do(d.Reanalyse(a, 0))
	d.wait()
	d.wantAsked("60x30 thorough")

	writeJPEG(t, d.path("a.jpg"), 60, 2)
	writeJPEG(t, d.path("b.jpg"), 60, 3)
	a[0] = d.path("b.jpg")
	d.scan()
	d.engine.asked()
	d.engine.fail = errors.New("out of memory")
	told := make(chan struct{}, 1)
	defer d.Subscribe(func(e library.Event) {
		if e.Kind == library.Problem {
			told <- struct{}{}
		}
	})()
	d.engine.before = func() {
		d.engine.before = nil
		d.do(d.Reanalyse(a, library.LookTurned))
		d.SetPaused(true)
	}
	d.do(d.Reanalyse(a, library.LookHarder))
	select {
	case <-told:
	case <-time.After(10 * time.Second):
		t.Fatal("nobody was told of the failure")
	}
	d.engine.fail = nil
	d.SetPaused(false)
	d.wait()
	d.wantAsked("60x30 thorough", "60x30 default turned")
}

// A file that is touched before it is looked at for turned faces is looked at so all the same.
func TestLookTurnedAtATouchedFile(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	a := d.path("a.jpg")
	d.scan()
	d.engine.asked()
	d.SetPaused(true)
	d.do(d.Reanalyse([]string{a}, library.LookTurned))
	now := time.Now().Add(time.Minute)
	d.do(os.Chtimes(a, now, now))
	d.OpenFolder(d.photos, true)
	for d.Status().Scanning {
		time.Sleep(time.Millisecond)
	}
	d.SetPaused(false)
	d.wait()
	d.wantAsked("60x30 default turned")
	d.wantFaces("1 happy, 2 sad?, 3 surprise")
}

// What is asked for while a photo is analysed is done afterwards, even by another process.
func TestAskedWhileRunning(t *testing.T) {
	for _, tt := range []struct {
		name          string
		running, more library.Look
		adds          bool // what runs only adds to what is known
		want          string
	}{
		{"turned during harder", library.LookHarder, library.LookTurned, false, "60x30 thorough turned"},
		{"harder during turned", library.LookTurned, library.LookHarder, false, "60x30 thorough turned"},
		{"turned during the usual", 0, library.LookTurned, false, "60x30 default turned"},
		{"again during an addition", 0, 0, true, "60x30 default"},
		{"turned during an addition", 0, library.LookTurned, true, "60x30 default turned"},
	} {
		for _, again := range []bool{false, true} {
			t.Run(fmt.Sprintf("%s, reopened=%v", tt.name, again), func(t *testing.T) {
				d := newDesk(t, analysis.Default)
				writeJPEG(t, d.path("a.jpg"), 60, 1)
				d.scan()
				d.engine.asked()
				a := []string{d.path("a.jpg")}
				d.engine.before = func() {
					d.engine.before = nil
					d.do(d.Reanalyse(a, tt.more))
					d.SetPaused(true)
				}
				if tt.adds {
					_, err := d.DrawFace(a[0], boxAt(45, 15, 10, 10))
					d.do(err)
				} else {
					d.do(d.Reanalyse(a, tt.running))
				}
				for d.Status().Running > 0 || d.Status().Done == 0 {
					time.Sleep(time.Millisecond)
				}
				if again {
					d.reopen()
					d.scan()
				} else {
					d.SetPaused(false)
					d.wait()
				}
				if got := d.engine.asked(); len(got) < 2 || got[1] != tt.want {
					t.Errorf("the engine was asked for %q, want %q as the second", got, tt.want)
				}
				d.wantState(library.Done)
				d.scan()
				d.wantAsked()
			})
		}
	}
}
