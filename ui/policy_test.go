package ui

import (
	"encoding/json"
	"math"
	"os"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// decideEthnicity switches the apparent ethnicity on or off as its dialog does.
func (f *fixture) decideEthnicity(on bool) {
	f.t.Helper()
	p := f.policy
	p.Ethnicity = on
	f.setPolicy(p, "…", func() string { return "done" })
	f.settle()
	if f.win.Canvas().Overlays().Top() != nil {
		f.t.Error("the note stays")
	}
}

// The apparent ethnicity is nowhere until it is asked for, and nowhere again when it is switched off.
func TestEthnicityIsAskedFor(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	hidden := func(when string) {
		t.Helper()
		if f.filter.hidable[face.EthnicityClasses].Visible() || f.card.ethnicity.section.Visible() {
			t.Errorf("%s: filter %v, card %v", when, f.filter.hidable[face.EthnicityClasses].Visible(), f.card.ethnicity.section.Visible())
		}
		f.search.submit("ethnicity:white")
		if got := f.search.problemText(); !strings.Contains(got, "ethnicity") || f.expr.String() == "ethnicity:white" {
			t.Errorf("%s: the search says %q", when, got)
		}
		f.search.submit("")
		if got := exportWhere([]string{"/p/a.jpg"}, 0, f.policy.Hidden()); strings.Contains(got, "ethnicity") {
			t.Errorf("%s: the export says %q", when, got)
		}
	}
	hidden("at the start")
	f.askEthnicity()
	if f.win.Canvas().Overlays().Top() == nil {
		t.Fatal("nothing is explained")
	}
	f.dialog.typed(fyne.KeyReturn)
	f.settle()
	if f.policy.Ethnicity {
		t.Fatal("Enter alone switches it on")
	}
	f.decideEthnicity(true)
	f.until("the ethnicity", func() bool { return f.faces != nil && f.faces.Have.Has(face.EthnicityClasses) })
	if !f.filter.hidable[face.EthnicityClasses].Visible() || !f.card.ethnicity.section.Visible() {
		t.Error("switched on it is not shown")
	}
	f.search.submit("emotion:happy ethnicity:white")
	f.check("a b")
	f.decideEthnicity(false)
	if got := f.expr.String(); got != "emotion:happy" {
		t.Errorf("the filter is %q", got)
	}
	f.grid.MoveTo(0, false)
	hidden("switched off")
}

func TestAllowed(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		"ethnicity:white":                   "",
		"emotion:happy ethnicity:white":     "emotion:happy",
		"unsure:ethnicity,age":              "unsure:age",
		"-ethnicity:asian name:x":           "name:x",
		"any(emotion:sad ethnicity:white)":  "",
		"gender:woman any(ethnicity:white)": "gender:woman",
	} {
		e, err := query.Parse(text)
		if err != nil {
			t.Fatal(err)
		}
		if got := allowed(e, face.EthnicityClasses).String(); got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
		if got := allowed(e, 0); !got.Equal(e) {
			t.Errorf("%q became %q where nothing is hidden", text, got)
		}
	}
}

// Other thresholds make other values sure: card, captions and counts follow.
func TestThresholdsAreChosen(t *testing.T) {
	f := newFixture(t)
	f.grid.MoveTo(0, false)
	before := f.result.Counts[unsureField]
	p := f.policy
	p.Sure.Emotion = .95 // all are sure by .9
	f.setPolicy(p, "…", func() string { return surenessWords(before, f.result.Counts[unsureField], f.policy.Hidden()) })
	f.settle()
	if got := f.card.emotion.section.Title(); got != "EMOTION   unsure" {
		t.Errorf("the card says %q", got)
	}
	if f.count("emotion", "happy") != "0" || f.count("unsure", "emotion") != "3" {
		t.Errorf("%s happy, %s unsure, want 0 and 3", f.count("emotion", "happy"), f.count("unsure", "emotion"))
	}
	if f.loupe.sure.Emotion != .95 {
		t.Error("captions know other thresholds than the card")
	}
	if got := f.status.said.Text; got != "Unsure now: emotion 3 (before 0)." {
		t.Errorf("the status bar says %q", got)
	}
	if got := surenessWords(before, before, 0); got != "Of the faces that are shown none is more or less sure." {
		t.Errorf("where nothing changes it says %q", got)
	}
}

func TestSurenessForm(t *testing.T) {
	newEmptyFixture(t, true)
	now := face.DefaultThresholds()
	now.Glasses = .8125 // between two steps of the slider
	now.Ethnicity = .7
	form := newSurenessForm(now, face.EthnicityClasses, nil)
	if got := form.thresholds(); got != now {
		t.Errorf("without a move the thresholds become %+v", got)
	}
	for i, row := range form.rows {
		if row.feature == face.EthnicityClasses {
			t.Error("a hidden feature has a slider")
		}
		form.sliders[i].SetValue(row.high)
	}
	got := form.thresholds()
	if got.Emotion != .99 || got.AgeSpan != 60 || got.Ethnicity != .7 || got.Check() != nil {
		t.Errorf("moved to the end the thresholds are %+v", got)
	}
	form.reset()
	want := face.DefaultThresholds()
	want.Ethnicity = .7 // not shown, not changed
	if got := form.thresholds(); got != want {
		t.Errorf("the defaults are %+v, want %+v", got, want)
	}
}

// What the dialog says about the accuracy is what was measured.
func TestEthnicityFigures(t *testing.T) {
	data, err := os.ReadFile("../docs/accuracy.json")
	if err != nil {
		t.Fatal(err)
	}
	var report struct {
		Rows map[string]struct{ Value float64 }
	}
	if err := json.Unmarshal(data, &report); err != nil {
		t.Fatal(err)
	}
	check := func(name string, said int) {
		t.Helper()
		row, ok := report.Rows["ethnicity fairface_val default: "+name]
		if !ok || math.Abs(row.Value*100-float64(said)) > 1 {
			t.Errorf("%s: the dialog says %d %%, measured was %.1f %% (%v)", name, said, row.Value*100, ok)
		}
	}
	check("right, six classes", ethnicityFigures.right)
	for _, c := range ethnicityFigures.classes {
		check(c.class.String()+" recognised", c.right)
	}
}
