package ui

import (
	"fmt"
	"image/color"
	"math"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/dialog"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"semblance/internal/face"
)

// sureness is a threshold as the dialog shows it: on a scale of whole numbers.
type sureness struct {
	title     string
	low, high float64
	unit      string
	feature   face.Features
	of        func(*face.Thresholds) *float32
	factor    float64 // of the threshold to the scale
}

func surenesses() []sureness {
	percent := func(title string, feature face.Features, of func(*face.Thresholds) *float32) sureness {
		return sureness{title, 50, 99, "%", feature, of, 100}
	}
	emotion := percent("Emotion", face.EmotionClasses, func(t *face.Thresholds) *float32 { return &t.Emotion })
	ethnicity := percent("Apparent ethnicity", face.EthnicityClasses, func(t *face.Thresholds) *float32 { return &t.Ethnicity })
	emotion.low, ethnicity.low = 20, 20 // of six or seven classes the best may have little
	return []sureness{
		percent("Apparent gender", face.GenderClasses, func(t *face.Thresholds) *float32 { return &t.Gender }),
		emotion,
		percent("Smile", face.Smiling, func(t *face.Thresholds) *float32 { return &t.Smile }),
		percent("Glasses", face.GlassesWorn, func(t *face.Thresholds) *float32 { return &t.Glasses }),
		percent("Eyes", face.EyeStates, func(t *face.Thresholds) *float32 { return &t.Eyes }),
		percent("Hair colour", face.HairShape, func(t *face.Thresholds) *float32 { return &t.Hair }),
		ethnicity,
		{"Width of the age range", 5, 60, "years", face.AgeYears, func(t *face.Thresholds) *float32 { return &t.AgeSpan }, 1},
	}
}

// get and set are the threshold on the scale.
func (s sureness) get(t face.Thresholds) float64 {
	return math.Round(float64(*s.of(&t)) * s.factor)
}

func (s sureness) set(t *face.Thresholds, v float64) { *s.of(t) = float32(v / s.factor) }

// words says a threshold: "80 %", "at most 30 years".
func (s sureness) words(v float64) string {
	if s.feature == face.AgeYears {
		return fmt.Sprintf("≤ %.0f %s", v, s.unit)
	}
	return fmt.Sprintf("≥ %.0f %s", v, s.unit)
}

// askSureness lets the thresholds be chosen.
func (w *Window) askSureness() {
	if w.lib == nil {
		return
	}
	form := newSurenessForm(w.policy.Sure, w.policy.Hidden(), func(name fyne.KeyName) {
		if w.dialog != nil {
			w.dialog.typed(name)
		}
	})
	about := widget.NewLabel("A value counts as sure from the probability that is chosen here. Below it the face card says “unsure” beside the probabilities, " +
		"and filters leave the face out unless the search says guesses:yes. The age is sure if the range that holds it with 80 % is narrow enough. " +
		"A mark shows each default. No photo has to be analysed again.")
	about.Wrapping = fyne.TextWrapWord
	d := dialog.NewCustomWithoutButtons("How sure is sure", container.NewBorder(about, nil, nil, nil, container.New(layout.NewCustomPaddedLayout(8, 0, 0, 0), form.object)), w.win)
	apply := func() {
		d.Hide()
		p := w.policy
		if p.Sure = form.thresholds(); p == w.policy {
			return
		}
		before := w.result.Counts[unsureField]
		w.setPolicy(p, "Faces are being sorted anew …", func() string { return surenessWords(before, w.result.Counts[unsureField], w.policy.Hidden()) })
	}
	ok := widget.NewButton("Apply", apply)
	ok.Importance = widget.HighImportance
	d.SetButtons([]fyne.CanvasObject{widget.NewButton("Defaults", form.reset), widget.NewButton("Cancel", d.Hide), ok})
	w.present(d, fyne.NewSize(560, 400), apply)
}

// surenessWords says how many of the faces that are shown are unsure by other thresholds, and were before.
func surenessWords(before, now map[string]int, hidden face.Features) string {
	var parts []string
	field := fieldNamed(unsureField)
	for _, v := range field.Values {
		if before[v.Name] != now[v.Name] && !hides(hidden, field, v) {
			parts = append(parts, fmt.Sprintf("%s %s (before %s)", strings.ToLower(v.Title), count(now[v.Name]), count(before[v.Name])))
		}
	}
	if len(parts) == 0 {
		return "Of the faces that are shown none is more or less sure."
	}
	return "Unsure now: " + strings.Join(parts, ", ") + "."
}

// surenessForm is the sliders of the dialog.
type surenessForm struct {
	object  fyne.CanvasObject
	rows    []sureness
	sliders []*keyedSlider
	start   face.Thresholds // what is not shown stays as it is
}

func newSurenessForm(now face.Thresholds, hidden face.Features, key func(fyne.KeyName)) *surenessForm {
	form := &surenessForm{start: now}
	box := container.NewVBox()
	for _, row := range surenesses() {
		if row.feature&hidden != 0 {
			continue
		}
		name, value := widget.NewLabel(row.title), widget.NewLabel("")
		value.Alignment = fyne.TextAlignTrailing
		s := newKeyedSlider(row.low, row.high, key)
		s.OnChanged = func(v float64) { value.SetText(row.words(v)) }
		s.Value = row.get(now)
		s.OnChanged(s.Value)
		usual := float32((row.get(face.DefaultThresholds()) - row.low) / (row.high - row.low))
		tick := canvas.NewRectangle(grey(0x90))
		box.Add(container.NewBorder(nil, nil, container.NewGridWrap(fyne.NewSize(160, 26), name), container.NewGridWrap(fyne.NewSize(90, 26), value),
			container.New(&tickLayout{at: usual}, tick, s)))
		form.rows, form.sliders = append(form.rows, row), append(form.sliders, s)
	}
	form.object = container.NewThemeOverride(box, railTheme{newTheme()})
	return form
}

// thresholds returns what is chosen.
func (f *surenessForm) thresholds() face.Thresholds {
	t := f.start
	for i, s := range f.sliders {
		if s.Value != f.rows[i].get(t) { // else the slider would round what nobody moved
			f.rows[i].set(&t, s.Value)
		}
	}
	return t
}

// reset chooses the defaults.
func (f *surenessForm) reset() {
	for i, s := range f.sliders {
		s.SetValue(f.rows[i].get(face.DefaultThresholds()))
	}
}

// keyedSlider is Fyne's slider that leaves Enter and Esc to the dialog it is in.
type keyedSlider struct {
	widget.Slider
	key func(fyne.KeyName)
}

func newKeyedSlider(low, high float64, key func(fyne.KeyName)) *keyedSlider {
	s := &keyedSlider{key: key}
	s.Min, s.Max, s.Step = low, high, 1
	s.ExtendBaseWidget(s)
	return s
}

// TypedKey implements fyne.Focusable.
func (s *keyedSlider) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeyEscape:
		s.key(e.Name)
	default:
		s.Slider.TypedKey(e)
	}
}

// tickLayout lays a mark under a slider, at a part of its track.
type tickLayout struct{ at float32 }

// trackInset is how far the track of Fyne's slider begins from the slider's edge with the window's theme.
const trackInset = 9.5

// Layout implements fyne.Layout.
func (l *tickLayout) Layout(o []fyne.CanvasObject, s fyne.Size) {
	tick, slider := o[0], o[1]
	wide := s.Width - 2*trackInset
	place(tick, trackInset+l.at*wide-1, s.Height/2-9, 2, 18)
	place(slider, 0, 0, s.Width, s.Height)
}

// MinSize implements fyne.Layout.
func (l *tickLayout) MinSize(o []fyne.CanvasObject) fyne.Size { return o[1].MinSize() }

// railTheme makes the track of a slider seen on the ground of a dialog.
type railTheme struct{ fyne.Theme }

// Color implements fyne.Theme.
func (t railTheme) Color(n fyne.ThemeColorName, v fyne.ThemeVariant) color.Color {
	if n == theme.ColorNameInputBackground {
		return grey(0x58)
	}
	return t.Theme.Color(n, v)
}
