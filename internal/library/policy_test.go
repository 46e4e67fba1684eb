package library_test

import (
	"encoding/json"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"semblance/analysis"
	"semblance/catalog"
	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
)

// face returns a face of a.jpg.
func (d *desk) face(number uint32) face.Face {
	d.t.Helper()
	p, err := d.Photo(d.path("a.jpg"))
	if err != nil || p.Analysis == nil {
		d.t.Fatalf("%+v, %v", p, err)
	}
	for _, f := range p.Analysis.Faces {
		if f.Number == number {
			return f
		}
	}
	d.t.Fatalf("there is no face %d", number)
	return face.Face{}
}

// What a person says a face shows is what it shows, whatever an analysis says, until it is taken back.
func TestCorrections(t *testing.T) {
	d := newDesk(t, analysis.Fast)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	writeJPEG(t, d.path("b/a.jpg"), 60, 1) // the same photo
	d.scan()
	a := d.path("a.jpg")
	undo := func(want string) func() error {
		return func() error {
			_, what, err := d.Undo()
			if what != want {
				t.Errorf("undone was %q, want %q", what, want)
			}
			return err
		}
	}
	again := func(look library.Look) func() error {
		return func() error {
			err := d.Reanalyse([]string{a}, look)
			d.wait()
			return err
		}
	}
	const both = "a.jpg b/a.jpg"
	for _, s := range []struct {
		name           string
		do             func() error
		sad, fear      string // what emotion:sad and emotion:fear find
		man, corrected string // what gender:man and edited:yes find
	}{
		{"a doubtful face", func() error { return d.Correct(a, 2, face.EmotionClasses, int(face.Fear)) }, "", both, "", both},
		{"analysed again", again(0), "", both, "", both},
		{"searched harder", again(library.LookHarder), "", both, "", both},
		{"a second value of it", func() error { return d.Correct(a, 2, face.GenderClasses, int(face.Man)) }, "", both, both, both},
		{"another value instead", func() error { return d.Correct(a, 2, face.EmotionClasses, int(face.Sad)) }, both, "", both, both},
		{"undo that", undo("correct emotion of face 2"), "", both, both, both},
		{"undo the second", undo("correct gender of face 2"), "", both, "", both},
		{"redo it", func() error { _, _, err := d.Redo(); return err }, "", both, both, both},
		{"after a restart", func() error { d.reopen(); d.scan(); return nil }, "", both, both, both},
		{"revert one", func() error { return d.Revert(a, 2, face.EmotionClasses) }, both, "", both, both},
		{"undo it", undo("revert emotion of face 2"), "", both, both, both},
		{"revert all", func() error { return d.Revert(a, 2, face.Correctable) }, "", "", "", ""},
		{"undo that too", undo("revert corrections of face 2"), "", both, both, both},
	} {
		if err := s.do(); err != nil {
			t.Fatalf("%s: %v", s.name, err)
		}
		t.Log(s.name)
		d.wantFound("emotion:sad", s.sad)
		d.wantFound("emotion:fear", s.fear)
		d.wantFound("gender:man", s.man)
		d.wantFound("edited:yes", s.corrected)
	}
	if f := d.face(2); f.Doubtful() || f.Model == nil || f.Model.Gender.Of(face.Woman) != 1 {
		t.Errorf("the corrected face is %+v: want the network's guess beside it", f)
	}
	for want, err := range map[error]error{
		face.ErrNoFace:         d.Correct(a, 9, face.Smiling, 1),
		face.ErrNoValue:        d.Correct(a, 1, face.GenderClasses, 3),
		library.ErrNotAnalysed: d.Correct(d.path("nowhere.jpg"), 1, face.Smiling, 1),
		library.ErrHidden:      d.Correct(a, 1, face.EthnicityClasses, int(face.Asian)),
	} {
		if !errors.Is(err, want) {
			t.Errorf("got the error %v, want %v", err, want)
		}
	}
	d.wantFound("edited:yes", both)
}

// A drawn face, and one that no analysis finds any more, keep what a person said of them.
func TestCorrectionsOfFacesThatNobodyFinds(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	a := d.path("a.jpg")
	d.do(d.Reanalyse([]string{a}, library.LookTurned))
	d.wait()
	d.wantFaces("1 happy, 2 sad?, 3 surprise")
	d.do(d.Correct(a, 3, face.AgeYears, 8))
	d.engine.before = func() { // it is drawn and corrected before anybody looked at it
		d.engine.before = nil
		number, err := d.DrawFace(a, boxAt(45, 15, 10, 10))
		d.do(err)
		d.do(d.Correct(a, number, face.AgeYears, 7))
	}
	d.engine.less = true
	d.do(d.Reanalyse([]string{a}, 0))
	d.wait()
	d.wantFaces("4 fear, 1 happy, 2 sad?, 3 fear") // both were looked at in their boxes
	d.wantFound("age:7", "a.jpg")
	d.wantFound("age:8", "a.jpg")
	if f := d.face(4); f.Age.Floor() != 7 || f.Model == nil || f.Model.Age.Floor() != 34 {
		t.Errorf("the drawn face is %+v", f)
	}
}

// Ethnicity is looked for, shown and exported where people asked for it, and nowhere else.
func TestEthnicityIsAskedFor(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.engine.asked()
	a := d.path("a.jpg")
	var mu sync.Mutex
	told := 0
	defer d.Subscribe(func(e library.Event) {
		mu.Lock()
		defer mu.Unlock()
		if e.Kind == library.PolicyChanged {
			told++
		}
	})()
	exported := func() string {
		t.Helper()
		_, err := d.ExportJSON(t.Context(), []string{a}, export.Semblance, nil)
		d.do(err)
		data, err := os.ReadFile(a + ".semblance.json")
		d.do(err)
		return string(data)
	}
	wantOff := func() {
		t.Helper()
		p, err := d.Photo(a)
		d.do(err)
		if p.Analysis.Have.Has(face.EthnicityClasses) || p.Have.Has(face.EthnicityClasses) {
			t.Errorf("the photo has %v, its entry %v", p.Analysis.Have, p.Have)
		}
		d.wantFound("ethnicity:white", "")
		if text := exported(); strings.Contains(text, "ethnicity") || strings.Contains(text, "white") {
			t.Errorf("written was %s", text)
		}
	}
	wantOff()
	if p := d.Policy(); p != catalog.DefaultPolicy() {
		t.Errorf("policy %+v, want the default", p)
	}

	// Switched on, it is found out of what is there, and corrections are possible.
	d.do(d.SetPolicy(library.Policy{Ethnicity: true}))
	d.wait()
	d.wantAsked("60x30 add ethnicity, 0 boxes")
	d.wantFound("ethnicity:white", "a.jpg")
	d.do(d.Correct(a, 2, face.EthnicityClasses, int(face.Indian)))
	d.wantFound("ethnicity:indian", "a.jpg")
	if text := exported(); !strings.Contains(text, `"ethnicity"`) {
		t.Errorf("written was %s", text)
	}
	mu.Lock()
	if told != 1 {
		t.Errorf("told was %d times that the policy changed, want once", told)
	}
	mu.Unlock()
	writeJPEG(t, d.path("b.jpg"), 90, 2)
	d.reopen()
	d.scan()
	d.wantAsked("90x30 default")
	d.wantFound("ethnicity:white", "a.jpg b.jpg")

	// Switched off, it is gone, but for what a person said, which comes back.
	d.do(d.SetPolicy(library.Policy{}))
	d.wait()
	wantOff()
	if f := d.face(2); f.Edited() || f.Edit.Said != (face.Said{}) || f.Doubtful() {
		t.Errorf("face 2 is %+v: want it to be certain, and nobody to tell that something was said of it", f)
	}
	d.do(d.Reanalyse([]string{a}, 0))
	d.wait()
	wantOff()
	d.do(d.Revert(a, 2, face.Correctable)) // of what is out of sight nothing is taken back
	d.wantAsked("60x30 default")
	d.do(d.SetPolicy(library.Policy{Ethnicity: true}))
	d.wait()
	d.wantAsked("60x30 add ethnicity, 0 boxes", "90x30 add ethnicity, 0 boxes")
	d.wantFound("ethnicity:indian", "a.jpg")
}

// Nobody changes what is out of sight: undo passes over what was said of it, and refuses what cannot be without it.
func TestUndoLeavesWhatIsHidden(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	a := d.path("a.jpg")
	on, off := library.Policy{Ethnicity: true}, library.Policy{}
	wantMoved := func(move func() (string, string, error), want string) {
		t.Helper()
		if _, what, err := move(); err != nil || what != want {
			t.Errorf("moved %q, %v, want %q", what, err, want)
		}
	}
	wantSaid := func(number uint32, want face.Said) {
		t.Helper()
		d.do(d.SetPolicy(on))
		d.wait()
		if f := d.face(number); f.Edit.Said != want {
			t.Errorf("of face %d was said %v, want %v", number, f.Edit.Said, want)
		}
		d.do(d.SetPolicy(off))
		d.wait()
	}
	var ethnicity, both face.Said
	ethnicity[3] = int16(face.Indian) + 1
	both = ethnicity
	both[7] = 2

	d.do(d.SetPolicy(on))
	d.wait()
	d.do(d.Correct(a, 1, face.Smiling, 1))
	d.do(d.Correct(a, 1, face.EthnicityClasses, int(face.Indian)))
	d.do(d.SetPolicy(off))
	wantMoved(d.Undo, "correct smile of face 1")
	wantSaid(1, ethnicity)
	wantMoved(d.Undo, "")
	wantMoved(d.Redo, "correct smile of face 1")
	wantSaid(1, both)
	wantMoved(d.Undo, "correct smile of face 1")

	d.do(d.SetPolicy(on))
	number, err := d.DrawFace(a, boxAt(45, 15, 10, 10))
	d.do(err)
	d.wait()
	d.do(d.Correct(a, number, face.EthnicityClasses, int(face.Indian)))
	d.do(d.SetPolicy(off))
	if _, what, err := d.Undo(); !errors.Is(err, library.ErrHidden) || what != "" {
		t.Errorf("undone %q, %v, want %v", what, err, library.ErrHidden)
	}
	wantSaid(number, ethnicity)
	if f := d.face(number); !f.Edit.Drawn {
		t.Errorf("the face is %+v", f.Edit)
	}
	wantSaid(1, ethnicity)
}

// What is switched on while a photo is analysed is found out of that photo too.
func TestEthnicitySwitchedOnDuringAnAnalysis(t *testing.T) {
	d := newDesk(t, analysis.Default)
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.engine.before = func() {
		d.engine.before = nil
		d.do(d.SetPolicy(library.Policy{Ethnicity: true}))
	}
	d.scan()
	d.wantAsked("60x30 default", "60x30 add ethnicity, 0 boxes")
	d.wantFound("ethnicity:white", "a.jpg")
	d.engine.before = func() {
		d.engine.before = nil
		d.do(d.SetPolicy(library.Policy{}))
	}
	d.do(d.Reanalyse([]string{d.path("a.jpg")}, 0))
	d.wait()
	d.wantAsked("60x30 default")
	d.do(d.SetPolicy(library.Policy{Ethnicity: true}))
	d.wantFound("ethnicity:white", "") // the analysis that had been begun left nothing of it
	d.wait()
	d.wantFound("ethnicity:white", "a.jpg")
}

// The thresholds of the policy say what searches find and what is written.
func TestThresholdsReachSearchAndExport(t *testing.T) {
	d := newDesk(t, analysis.Default)
	d.engine.smile = .8
	writeJPEG(t, d.path("a.jpg"), 60, 1)
	d.scan()
	d.engine.asked()
	a := d.path("a.jpg")
	d.wantFound("smile:yes", "a.jpg")
	sure := face.DefaultThresholds()
	sure.Smile = .9
	d.do(d.SetPolicy(library.Policy{Sure: sure}))
	d.wait()
	d.wantAsked()
	d.wantFound("smile:yes", "")
	d.wantFound("unsure:smile", "a.jpg")
	if p, err := d.Photo(a); err != nil || p.Sure != sure {
		t.Errorf("the photo says %+v, %v, want %+v", p.Sure, err, sure)
	}
	_, err := d.ExportJSON(t.Context(), []string{a}, export.Semblance, nil)
	d.do(err)
	data, err := os.ReadFile(a + ".semblance.json")
	d.do(err)
	var doc struct {
		Faces []struct{ Smile struct{ Unsure bool } }
	}
	d.do(json.Unmarshal(data, &doc))
	if len(doc.Faces) == 0 || !doc.Faces[0].Smile.Unsure {
		t.Errorf("written are the faces %+v", doc.Faces)
	}
	sure.Gender = 7
	if err := d.SetPolicy(library.Policy{Sure: sure}); err == nil {
		t.Error("a threshold of 7 is no error")
	}
}
