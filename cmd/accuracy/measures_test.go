package main

import (
	"math"
	"slices"
	"testing"

	"semblance/internal/face"
)

// find returns the measure of a name and a set.
func find(t *testing.T, name, set string) *measure {
	t.Helper()
	for _, m := range measures() {
		if m.name == name && m.set == set {
			return &m
		}
	}
	t.Fatalf("no measure %s of %s", name, set)
	return nil
}

// one returns the only observation of a picture with one label and one accepted face.
func one(t *testing.T, m *measure, l label, f face.Face) observation {
	t.Helper()
	f.Box, f.Score = face.BoxAt(0, 0, 100, 100), 1
	obs := m.observe(&picture{name: "p", labels: []label{l}}, &face.Analysis{W: 100, H: 100, Have: face.AllFeatures, Faces: []face.Face{f}})
	if len(obs) != 1 || obs[0].picture != "p" {
		t.Fatalf("%s: %+v", m.key(), obs)
	}
	return obs[0]
}

func TestMeasuresAreWhole(t *testing.T) {
	known := map[string]bool{}
	for _, s := range sets() {
		known[s.name] = true
	}
	keys, names := map[string]bool{}, map[string]bool{}
	for _, m := range measures() {
		if slices.ContainsFunc(m.sets(), func(s string) bool { return !known[s] }) || m.section == "" || len(m.rows) == 0 || (m.whole == nil) != (m.truth != nil) || (m.truth == nil) != (m.answer == nil) {
			t.Errorf("%s is not whole", m.key())
		}
		if keys[m.key()] {
			t.Errorf("%s is there twice", m.key())
		}
		keys[m.key()] = true
		for i := range m.rows {
			r := &m.rows[i]
			f := figure{measure: &m, row: r}
			if names[f.name()] {
				t.Errorf("%s is there twice", f.name())
			}
			names[f.name()] = true
			if r.better == 0 && r.least+r.aim != 0 {
				t.Errorf("%s has limits but no direction", f.name())
			}
			if r.least != 0 && r.aim != 0 && !r.reached(r.aim, r.least) {
				t.Errorf("%s: the aim is below what must be reached", f.name())
			}
		}
	}
}

// How many observations a picture gives must not depend on what is found: without that no two
// versions could be compared.
func TestObservationsDependOnLabelsAlone(t *testing.T) {
	full := label{
		box: face.BoxAt(10, 10, 50, 50), complete: true, points: make([]face.Point, numPoints), hasAge: true, ageLow: 30, ageHigh: 31,
		gender: face.Man, race: "black", emotion: 3, smile: 1, hasPose: true, eyes: "open",
		glasses: face.Sunglasses, hair: newBitmap(100, 100), hairColors: []face.HairColor{face.GrayHair},
		secondColors: []face.HairColor{face.WhiteHair, face.GrayHair},
	}
	for i := range full.points {
		full.points[i] = face.Pt(float32(i), float32(i))
	}
	ignored := full
	ignored.ignore = true
	bare := label{emotion: -1, smile: -1}
	for _, p := range []picture{{side: 8, labels: []label{full}}, {labels: []label{full}}, {labels: []label{full, ignored, full}}, {labels: []label{bare}}, {crop: true, labels: []label{full}}} {
		nobody := &face.Analysis{W: 100, H: 100}
		all := &face.Analysis{W: 100, H: 100, Faces: faces(face.BoxAt(10, 10, 50, 50), face.BoxAt(0, 0, 5, 5), face.BoxAt(30, 30, 40, 40))}
		all.Faces[1].Score = face.DoubtScore
		for _, m := range measures() {
			a, b := m.observe(&p, nobody), m.observe(&p, all)
			if fingerprint(a) != fingerprint(b) {
				t.Errorf("%s: %+v of nobody, %+v of three faces", m.key(), a, b)
			}
		}
	}
}

func TestAnswers(t *testing.T) {
	nan := math.NaN()
	smiling, woman := face.Face{Smile: .9}, face.Face{Gender: face.Genders{.7, .3}}
	mixed := face.Face{Ethnicity: face.Ethnicities{.05, .1, .2, .05, .35, .25}}
	sad := face.Face{Emotion: face.Emotions{0, 0, .2, 0, .6, .2, 0}}
	eyes := face.Face{Eyes: face.Eyes{Left: face.Eye{Open: .1}, Right: face.Eye{Open: .2}}}
	young := face.Face{Age: face.Age{Years: 24, Low: 18, High: 31, Bands: [face.NumAgeBands]float32{0, 0, .2, .5, .3}}}
	shaded := face.Face{Eyewear: face.Eyewear{.05, .1, .85, 0}}
	blond := face.Face{Hair: face.Hair{Color: face.BlondHair, Pieces: []face.Polygon{{Outer: face.Ring{face.Pt(0, 0), face.Pt(0, 40), face.Pt(50, 40), face.Pt(50, 0)}}}}}
	likelyBlond := face.Face{Hair: face.Hair{Color: face.BlondHair, Fits: [face.NumGrownHair]float32{0, 0, 0, .5, .6}}}
	mask := newBitmap(100, 100)
	mask.fill(face.Polygon{Outer: face.Ring{face.Pt(0, 0), face.Pt(0, 50), face.Pt(40, 50), face.Pt(40, 0)}})
	light := []face.HairColor{face.LightBrownHair, face.BlondHair}
	turned := face.Face{Pose: face.Pose{Yaw: 12, Pitch: -4, Roll: 1}}
	for name, c := range map[string]struct {
		measure, set string
		label        label
		face         face.Face
		want         observation
	}{
		"smile":                 {"smile", "genki4k", label{smile: 1}, smiling, observation{truth: 1, said: 1, p: .9, sure: true}},
		"no smile":              {"smile", "genki4k", label{smile: 0}, face.Face{Smile: .4}, observation{truth: 0, said: 0, p: .6}},
		"gender":                {"gender", "fairface_val", label{gender: face.Man}, woman, observation{truth: int(face.Man), said: int(face.Woman), p: .7}},
		"six ethnicities":       {"ethnicity", "fairface_val", label{race: "southeast asian"}, mixed, observation{truth: 0, said: 4, p: .35}},
		"four ethnicities":      {"ethnicity", "utkface", label{race: "black"}, mixed, observation{truth: 2, said: 2, p: .5}},
		"emotion":               {"emotion", "fer2013", label{emotion: int(face.Fear)}, sad, observation{truth: 2, said: 4, p: .6, sure: true}},
		"eyes":                  {"eyes", "labelled_eyes", label{eyes: "closed"}, eyes, observation{truth: 0, said: 0, p: .85, sure: true}},
		"age":                   {"age", "utkface", label{hasAge: true, ageLow: 30, ageHigh: 31}, young, observation{truth: 1, said: 1, value: -6, sure: true}},
		"age beyond the range":  {"age", "utkface", label{hasAge: true, ageLow: 32, ageHigh: 33}, young, observation{truth: 1, said: 0, value: -8, sure: true}},
		"the middle of a band":  {"age", "fairface_val", label{hasAge: true, ageLow: 30, ageHigh: 40}, young, observation{truth: 1, said: 1, value: -11, sure: true}},
		"the open band":         {"age", "fairface_val", label{hasAge: true, ageLow: 70, ageHigh: 101}, young, observation{truth: 1, said: 0, value: -52, sure: true}},
		"age band":              {"age band", "fairface_val", label{hasAge: true, ageLow: 30, ageHigh: 40}, young, observation{truth: 4, said: 3, p: .5}},
		"years of a band":       {"age range", "fairface_val", label{hasAge: true, ageLow: 30, ageHigh: 40}, young, observation{truth: 1, said: 1, value: 10}},
		"glasses":               {"glasses", "genki4k", label{glasses: face.ClearGlasses}, shaded, observation{truth: 1, said: 2, p: .85, sure: true, value: 95}},
		"hair":                  {"hair", "celeb1k_test", label{hair: mask}, blond, observation{truth: 1, said: 1, value: 100 * 1600. / 2400}},
		"a hidden face":         {"hair", "celeb1k_test", label{hair: mask}, face.Face{Lacks: face.HairShape}, observation{truth: 1, said: missing, value: nan}},
		"colours":               {"hair colour", "labelled_haircolor", label{hairColors: light}, blond, observation{truth: 1<<5 | 1<<6, said: 6, sure: true}},
		"second colours":        {"hair colour, second annotator", "labelled_haircolor", label{hairColors: light[1:], secondColors: light[:1]}, blond, observation{truth: 1 << 5, said: 6, sure: true}},
		"colours of either":     {"hair colour, either annotator", "labelled_haircolor", label{hairColors: light[1:], secondColors: light[:1]}, blond, observation{truth: 1<<5 | 1<<6, said: 6, sure: true}},
		"colours of one only":   {"hair colour, either annotator", "labelled_haircolor", label{secondColors: light[:1]}, blond, observation{truth: 1 << 5, said: 6, sure: true}},
		"a colour that fits":    {"hair colour", "labelled_haircolor", label{hairColors: light}, likelyBlond, observation{truth: 1<<5 | 1<<6, said: 6, p: .6}},
		"one colour":            {"hair colour, heads with one right word", "labelled_haircolor", label{hairColors: light[:1]}, blond, observation{truth: 4, said: 5, sure: true}},
		"no colour":             {"hair colour, heads with one right word", "labelled_haircolor", label{hairColors: light[:1]}, face.Face{}, observation{truth: 4, said: 13, sure: true}},
		"yaw":                   {"yaw", "genki4k", label{hasPose: true, pose: face.Pose{Yaw: 20}}, turned, observation{truth: 1, said: 1, value: -8}},
		"pitch":                 {"pitch", "genki4k", label{hasPose: true, pose: face.Pose{Pitch: -10}}, turned, observation{truth: 1, said: 1, value: 6}},
		"a face without a mesh": {"yaw", "genki4k", label{hasPose: true}, face.Face{Lacks: face.PoseAngles}, observation{truth: 1, said: missing, value: nan}},
	} {
		m := find(t, c.measure, c.set)
		if m.want == 0 {
			t.Errorf("%s: asks for nothing", name)
		}
		got := one(t, m, c.label, c.face)
		if got.truth != c.want.truth || got.said != c.want.said || got.sure != c.want.sure || !near(got.p, c.want.p, 1e-6) ||
			!(near(got.value, c.want.value, 1e-5) || c.want.value == 0 && math.IsNaN(got.value)) {
			t.Errorf("%s: %+v, want %+v", name, got, c.want)
		}
	}
	for _, l := range []label{{eyes: "unsure"}, {eyes: "", emotion: -1, smile: -1, race: "other"}} {
		for _, m := range measures() {
			if m.truth == nil || m.name == "eyes of which nobody can tell" || l.eyes != "" && m.set != "labelled_eyes" {
				continue
			}
			if o, ok := m.truth(&l); ok {
				t.Errorf("%s: a label that does not speak about it is %+v", m.key(), o)
			}
		}
	}
}

// One annotator takes the program's place only where both have words, the first only with a word that stands alone.
func TestObserveAnnotators(t *testing.T) {
	black, brown, red := face.BlackHair, face.BrownHair, face.RedHair
	words := func(c ...face.HairColor) []face.HairColor { return c }
	m := find(t, "hair colour, annotators", "labelled_haircolor")
	for name, c := range map[string]struct {
		first, second []face.HairColor
		want          []float64 // values of the rows: the second's word judged by the first, the first's by the second
	}{
		"same":               {words(black), words(black), []float64{1, 1}},
		"one of several":     {words(black, brown), words(brown, red), []float64{1, math.NaN()}},
		"the likeliest only": {words(black, brown), words(red, brown), []float64{0, math.NaN()}},
		"only word accepted": {words(brown), words(red, brown), []float64{0, 1}},
		"nothing in common":  {words(black), words(red), []float64{0, 0}},
		"first unsure":       {nil, words(red), []float64{math.NaN(), math.NaN()}},
		"second unsure":      {words(red), nil, []float64{math.NaN(), math.NaN()}},
	} {
		obs := m.observe(&picture{name: "p", labels: []label{{hairColors: c.first, secondColors: c.second}}}, &face.Analysis{W: 1, H: 1})
		for i, f := range figures(m, obs) {
			if f.value != c.want[i] && !(math.IsNaN(f.value) && math.IsNaN(c.want[i])) {
				t.Errorf("%s, %s: %v, want %v", name, f.row.what, f.value, c.want[i])
			}
		}
	}
}

func TestGroups(t *testing.T) {
	for _, c := range []struct {
		label label
		want  []string
	}{
		{label{hasAge: true, ageLow: 17, ageHigh: 18, race: "white"}, []string{"10-19", "white"}},
		{label{hasAge: true, ageLow: 18, ageHigh: 19}, []string{"10-19", adults}},
		{label{hasAge: true, ageLow: 70, ageHigh: 101, race: "east asian"}, []string{"70 and older", adults, "asian"}},
		{label{hasAge: true, ageLow: 2, ageHigh: 3, race: "other"}, []string{"0-2"}},
		{label{race: "latino_hispanic"}, []string{"latino_hispanic"}},
	} {
		if got := people(&c.label); !slices.Equal(got, c.want) {
			t.Errorf("%+v: %v, want %v", c.label, got, c.want)
		}
	}
}

func TestNormalisedError(t *testing.T) {
	truth, got := make([]face.Point, numPoints), make([]face.Point, numPoints)
	truth[36], truth[45] = face.Pt(10, 20), face.Pt(110, 20)
	copy(got, truth)
	got[0] = face.Pt(3, 4) // off by 5 where the eyes are 100 apart
	if e := normalisedError(truth, got, 0, 17); !near(e, 5./17, 1e-6) {
		t.Errorf("jaw: %v", e)
	}
	if e := normalisedError(truth, got, 17, numPoints); e != 0 {
		t.Errorf("the rest: %v", e)
	}
}

func TestObserveFaces(t *testing.T) {
	a, b, c, ignored := face.BoxAt(0, 0, 10, 10), face.BoxAt(100, 0, 50, 50), face.BoxAt(300, 0, 100, 100), face.BoxAt(500, 0, 30, 30)
	p := &picture{labels: []label{{box: a, complete: true}, {box: ignored, complete: true, ignore: true}, {box: b, complete: true}, {box: c, complete: true}}}
	found := faces(b.Scale(.5), ignored, face.BoxAt(700, 0, 20, 20), c, face.BoxAt(800, 0, 9, 9))
	found[3].Score, found[4].Score = .7, .7 // c and one more are doubtful
	analysis := &face.Analysis{W: 1000, H: 100, Faces: found}
	var said []int
	for _, o := range observeFaces(p, analysis) {
		said = append(said, o.said)
		if o.said == accepted && (!near(o.value, 25, 1e-4) || !o.in(widths[2])) {
			t.Errorf("b: %+v", o)
		}
	}
	if want := []int{missing, accepted, doubtful}; !slices.Equal(said, want) {
		t.Errorf("said %v, want %v", said, want)
	}
	for ofDoubtful, want := range map[bool]observation{false: {value: 1, count: 3}, true: {value: 1, count: 2}} {
		if got := observeFalse(ofDoubtful)(p, analysis); len(got) != 1 || got[0].value != want.value || got[0].count != want.count {
			t.Errorf("false boxes, doubtful %v: %+v, want %+v", ofDoubtful, got, want)
		}
	}
	var byWidth []int
	for _, o := range observeFalseByWidth(p, analysis) {
		byWidth = append(byWidth, int(o.value), o.count)
	}
	if want := []int{0, 0, 1, 3, 0, 0, 0, 0}; !slices.Equal(byWidth, want) {
		t.Errorf("false and all boxes by width: %v, want %v", byWidth, want)
	}
	nobody := &picture{labels: []label{{complete: true}}}
	if got := observeFalse(false)(nobody, analysis); got[0].value != 3 {
		t.Errorf("a photo without a face: %+v", got)
	}
	if got := observeFalse(false)(&picture{labels: []label{{box: a}}}, analysis); got != nil {
		t.Errorf("a photo that is not completely labelled: %+v", got)
	}
}

func TestWidths(t *testing.T) {
	for w, want := range map[float32]string{19.9: widths[0], 20: widths[1], 39.9: widths[1], 40: widths[2], 80: widths[3]} {
		if got := widthOf(face.BoxAt(0, 0, w, 1)); got != want {
			t.Errorf("%v: %s", w, got)
		}
	}
}
