package analysis

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/models"
)

func near(a, b face.Box) bool { return a.IoU(b) > .97 }

func TestFindsFaces(t *testing.T) {
	f := threeFaces()
	a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{})
	if a.W != 640 || a.H != 480 || a.Mode != "fast" || a.Have != face.BoundsBox {
		t.Errorf("got %d x %d, mode %q, features %v", a.W, a.H, a.Mode, a.Have)
	}
	if diff := cmp.Diff(map[string]string{netDetector: "hash of detector"}, a.Models); diff != "" {
		t.Errorf("models (-want +got):\n%s", diff)
	}
	order := []int{1, 0, 2} // largest first
	if len(a.Faces) != len(order) {
		t.Fatalf("%d faces, want %d", len(a.Faces), len(order))
	}
	for i, k := range order {
		got, want := a.Faces[i], f.faces[k]
		if !near(got.Box, want.box) || got.Number != uint32(i+1) {
			t.Errorf("face %d: number %d, box %v, want %v", i, got.Number, got.Box, want.box)
		}
		if score := (want.pass + want.first + want.second) / 3; math.Abs(float64(got.Score-score)) > 1e-5 {
			t.Errorf("face %d: score %v, want the mean %v", i, got.Score, score)
		}
	}
	if a.Accepted() != 2 {
		t.Errorf("%d faces are accepted, want 2", a.Accepted())
	}
}

func TestAcceptance(t *testing.T) {
	for _, c := range []struct {
		name                string
		pass, first, second float32
		faces, accepted     int
	}{
		{"certain", .9, .9, .9, 1, 1},
		{"at the upper threshold", .85, .85, .84, 1, 0},
		{"doubtful", .7, .7, .7, 1, 0},
		{"below the lower threshold", .6, .65, .65, 0, 0},
		{"first look sees nothing", 1, .09, 1, 0, 0},
		{"weak first look", 1, .11, .9, 1, 0},
		{"not looked at", .19, 1, 1, 0, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := &fakes{w: 640, h: 480, faces: []fakeFace{{box: face.BoxAt(100, 100, 50, 50), pass: c.pass, first: c.first, second: c.second}}}
			a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{})
			if len(a.Faces) != c.faces || a.Accepted() != c.accepted {
				t.Errorf("%d faces, %d accepted, want %d and %d", len(a.Faces), a.Accepted(), c.faces, c.accepted)
			}
		})
	}
}

func TestBoxEndsAtTheBorder(t *testing.T) {
	f := &fakes{w: 640, h: 480, faces: []fakeFace{{box: face.BoxAt(-30, 400, 100, 100), pass: .9, first: .9, second: .9}}}
	a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: face.AllFeatures})
	if len(a.Faces) != 1 || !near(a.Faces[0].Box, face.BoxAt(0, 400, 70, 80)) {
		t.Errorf("got %v", a.Faces)
	}
}

// runsOf says, for every feature, which networks run how often a face because of it.
func runsOf() map[face.Features]map[string]int {
	return map[face.Features]map[string]int{
		face.BoundsBox:        {},
		face.Landmark:         {netMesh: 2},
		face.PoseAngles:       {netMesh: 2},
		face.GenderClasses:    {netMesh: 2, netAttributes: 1},
		face.EthnicityClasses: {netMesh: 2, netAttributes: 1},
		face.GlassesWorn:      {netMesh: 2, netAttributes: 1},
		face.AgeYears:         {netMesh: 2, netAttributes: 1, netAgeGender: 1},
		face.EmotionClasses:   {netMesh: 2, netExpression: 1, netEmotion: 1},
		face.Smiling:          {netMesh: 2, netExpression: 1, netEmotion: 1},
		face.Blurriness:       {netMesh: 2},
		face.Lighting:         {netMesh: 2},
		face.EyeStates:        {netMesh: 2, netEyes: 1},
		face.HairShape:        {netHair192: 1, netMesh: 2, netAttributes: 1, netAgeGender: 1}, // the apparent age is an input of its word
	}
}

// isSet reports whether anything is known of one feature of f.
func isSet(f *face.Face, feature face.Features) bool {
	switch feature {
	case face.Landmark:
		return f.Landmarks != face.Landmarks{}
	case face.PoseAngles:
		return f.Pose != face.Pose{}
	case face.AgeYears:
		return f.Age != face.Age{}
	case face.GenderClasses:
		return f.Gender != face.Genders{}
	case face.EthnicityClasses:
		return f.Ethnicity != face.Ethnicities{}
	case face.GlassesWorn:
		return f.Eyewear != face.Eyewear{}
	case face.EmotionClasses:
		return f.Emotion != face.Emotions{}
	case face.Smiling:
		return f.Smile != 0
	case face.EyeStates:
		return f.Eyes != face.Eyes{}
	case face.Blurriness:
		return f.Blur != 0
	case face.Lighting:
		return f.Exposure != face.Exposure{}
	case face.HairShape:
		return f.Hair.Color != face.UnknownHair && f.Hair.Pieces != nil
	}
	return !f.Box.Empty()
}

// Every feature alone, every two together and all of them: nothing runs that none of them needs, and
// nothing runs twice because two of them need it.
func TestOnlyWantedNetworksRun(t *testing.T) {
	const faces, passes, looks = 3, 3, 6 // of 640 x 480 pixels in mode fast; two looks at each face
	needs := runsOf()
	var all []face.Features
	for feature := face.Features(1); feature < face.AllFeatures; feature <<= 1 {
		if _, ok := needs[feature]; !ok {
			t.Fatalf("%v is not in the table", feature)
		}
		all = append(all, feature)
	}
	subsets := []face.Features{face.AllFeatures, face.UsualFeatures}
	for i := range all {
		for k := range all[:i+1] {
			subsets = append(subsets, all[i]|all[k])
		}
	}
	for _, want := range subsets {
		t.Run(want.String(), func(t *testing.T) {
			runs := map[string]int{netDetector: passes + looks}
			for _, feature := range all {
				for name, n := range needs[feature] {
					if want.Has(feature) {
						runs[name] = n * faces
					}
				}
			}
			f := threeFaces()
			a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: want})
			if diff := cmp.Diff(runs, f.runs); diff != "" {
				t.Errorf("runs (-want +got):\n%s", diff)
			}
			if a.Have != want|face.BoundsBox {
				t.Errorf("have %v", a.Have)
			}
			for i := range a.Faces {
				for _, feature := range all {
					if set := isSet(&a.Faces[i], feature); set != a.Have.Has(feature) {
						t.Errorf("face %d: %v is set: %v", i, feature, set)
					}
				}
			}
		})
	}
}

func TestValues(t *testing.T) {
	f := threeFaces()
	g := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: face.AllFeatures}).Faces[0]
	if want := (face.Ethnicities{.45, .15, .1, .05, .02, .23}); cmp.Diff(want, g.Ethnicity, about(1e-6)) != "" {
		t.Errorf("ethnicity %v, want %v", g.Ethnicity, want)
	}
	if want := (face.Eyes{Right: face.Eye{Open: .8}, Left: face.Eye{Open: .1}}); cmp.Diff(want, g.Eyes, about(1e-6)) != "" {
		t.Errorf("eyes %v, want %v", g.Eyes, want)
	}
	if want := (face.Eyewear{.7, .2, .1, 0}); g.Eyewear != want {
		t.Errorf("eyewear %v, want %v", g.Eyewear, want)
	}
	if want := (face.Genders{.8, .2}); g.Gender != want {
		t.Errorf("gender %v, want %v", g.Gender, want)
	}
	if e, _ := g.Emotion.Top(); e != face.Happy {
		t.Errorf("emotion %v", g.Emotion)
	}
	if c := g.Box.Center(); math.Hypot(float64(g.Landmarks[30].X-c.X), float64(g.Landmarks[30].Y-c.Y)) > 20 {
		t.Errorf("the nose is at %v, the face at %v", g.Landmarks[30], c)
	}
	if want := (face.Pose{Pitch: pitchZero}); cmp.Diff(want, g.Pose, about(.01)) != "" {
		t.Errorf("pose %v, want %v", g.Pose, want)
	}
}

func about(limit float64) cmp.Option {
	return cmp.Comparer(func(a, b float32) bool { return math.Abs(float64(a-b)) <= limit })
}

func TestKnown(t *testing.T) {
	f := threeFaces()
	engine, photo := f.engine(), ImageSource(f.photo())
	first := mustAnalyze(t, engine, photo, Request{Want: face.GenderClasses})
	for i := range first.Faces {
		first.Faces[i].Number += 4 // as if others had been removed
	}
	first.Faces[0].Gender = face.Genders{.25, .75} // a mark: what is known stays
	before := fmt.Sprint(*first)
	clear(f.runs)
	second := mustAnalyze(t, engine, photo, Request{Want: face.GenderClasses | face.EmotionClasses, Known: first})
	if diff := cmp.Diff(map[string]int{netMesh: 6, netExpression: 3, netEmotion: 3}, f.runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if after := fmt.Sprint(*first); after != before {
		t.Errorf("the known analysis was modified:\n%s\n%s", before, after)
	}
	want := mustAnalyze(t, engine, photo, Request{Want: face.GenderClasses | face.EmotionClasses})
	for i := range want.Faces {
		want.Faces[i].Number += 4
	}
	want.Faces[0].Gender = face.Genders{.25, .75}
	if diff := cmp.Diff(want, second); diff != "" {
		t.Errorf("differs from asking at once (-want +got):\n%s", diff)
	}
	clear(f.runs)
	if third := mustAnalyze(t, engine, photo, Request{Want: face.EmotionClasses, Known: second}); len(f.runs) != 0 || cmp.Diff(second, third) != "" {
		t.Errorf("nothing was missing, but %v ran", f.runs)
	}
	small := ImageSource(image.NewRGBA(image.Rect(0, 0, 480, 640)))
	if _, err := engine.Analyze(t.Context(), small, Request{Known: first}); !errors.Is(err, ErrOtherPhoto) {
		t.Errorf("error for another photo: %v", err)
	}
}

func TestBoxes(t *testing.T) {
	f := threeFaces()
	engine, photo := f.engine(), ImageSource(f.photo())
	drawn := []face.Box{face.BoxAt(510, 40, 60, 60), face.BoxAt(600, 100, 100, 100)}
	a := mustAnalyze(t, engine, photo, Request{Want: face.Landmark, Boxes: drawn})
	if diff := cmp.Diff(map[string]int{netMesh: 4}, f.runs); diff != "" {
		t.Errorf("runs (-want +got):\n%s", diff)
	}
	if a.Mode != "boxes" || len(a.Faces) != 2 || a.Faces[0].Box != face.BoxAt(600, 100, 40, 100) || a.Faces[0].Score != 1 || a.Faces[1].Number != 2 {
		t.Errorf("mode %q, faces %v", a.Mode, a.Faces)
	}
	both := mustAnalyze(t, engine, photo, Request{Want: face.PoseAngles, Boxes: []face.Box{face.BoxAt(300, 100, 150, 150)}, Known: a})
	if both.Mode != "boxes" || len(both.Faces) != 3 || both.Faces[0].Number != 3 || both.Faces[1].Number != 1 {
		t.Fatalf("mode %q, faces %v", both.Mode, both.Faces)
	}
	if added := both.Faces[0]; added.Landmarks == (face.Landmarks{}) || added.Pose == (face.Pose{}) {
		t.Error("the added face has not all that is known of the others")
	}
	for name, b := range map[string]face.Box{
		"empty": {}, "inside out": face.BoxAt(50, 50, -10, 10), "outside": face.BoxAt(700, 0, 10, 10),
		"not a number": face.BoxAt(float32(math.NaN()), 0, 10, 10),
	} {
		if _, err := engine.Analyze(t.Context(), photo, Request{Boxes: []face.Box{drawn[0], b}}); err == nil || !strings.Contains(err.Error(), "box 2") {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

func TestCrop(t *testing.T) {
	f := &fakes{w: 100, h: 120, faces: []fakeFace{{box: face.BoxAt(10, 10, 80, 100)}}}
	a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: face.AllFeatures, Crop: true})
	if f.runs[netDetector] != 0 || f.runs[netMesh] != 2 {
		t.Errorf("runs %v", f.runs)
	}
	if a.Mode != "crop" || len(a.Faces) != 1 || a.Faces[0].Box != face.BoxAt(0, 0, 100, 120) || a.Faces[0].Lacks != 0 {
		t.Errorf("mode %q, faces %v", a.Mode, a.Faces)
	}
}

// A face without a mesh keeps its box, says what it lacks, and has all the rest.
func TestNoMesh(t *testing.T) {
	f := threeFaces()
	f.faces[1].noMesh = true
	a := mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: face.AllFeatures})
	if len(a.Faces) != 3 {
		t.Fatalf("%d faces, want 3", len(a.Faces))
	}
	bad := a.Faces[0]
	if !near(bad.Box, f.faces[1].box) || bad.Lacks != face.Landmark|face.PoseAngles|face.EyeStates || bad.Landmarks != (face.Landmarks{}) || bad.Pose != (face.Pose{}) {
		t.Errorf("box %v, lacks %v", bad.Box, bad.Lacks)
	}
	if bad.Age.Years == 0 || bad.Gender[0] == 0 || bad.Ethnicity[0] == 0 || bad.Emotion[0] == 0 {
		t.Errorf("attributes are missing: %v", bad)
	}
	if want := smile(mesh{}, rotation{}, face.Emotions{face.Happy: .6}, face.Emotions{face.Happy: .7}, false); bad.Smile != want {
		t.Errorf("smile %v, want that of the expressions alone, %v", bad.Smile, want)
	}
	for _, g := range a.Faces[1:] {
		if g.Lacks != 0 || g.Landmarks == (face.Landmarks{}) {
			t.Errorf("face %d lacks %v", g.Number, g.Lacks)
		}
	}
}

func TestPlausibleMesh(t *testing.T) {
	box := square{x: 100, y: 100, side: 100}
	good := func(x, k float64) mesh {
		p := canonicalMesh(x, 100, k, identityRotation())
		return mesh{points: p, at: bounds(p)}
	}
	broken := func(i int, p point3) mesh {
		m := good(100, 6)
		m.points[i] = p
		m.at = bounds(m.points)
		return m
	}
	eyes := good(100, 6)
	eyes.points[leftEyeOuter] = eyes.points[rightEyeOuter]
	for name, c := range map[string]struct {
		m    mesh
		want bool
	}{
		"good":       {good(100, 6), true},
		"NaN":        {broken(7, point3{math.NaN(), 0, 0}), false},
		"infinite":   {broken(7, point3{0, 0, math.Inf(1)}), false},
		"tiny":       {good(100, 1), false},
		"huge":       {good(100, 30), false},
		"elsewhere":  {good(300, 6), false},
		"one-eyed":   {eyes, false},
		"stray":      {broken(7, point3{900, 100, 0}), false},
		"all at one": {mesh{points: make([]point3, meshPoints)}, false},
	} {
		if got := c.m.plausible(box); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

// Whichever run ctx ends in, none follows it, and the error is ctx's.
func TestCancelled(t *testing.T) {
	all := threeFaces()
	mustAnalyze(t, all.engine(), ImageSource(all.photo()), Request{Want: face.AllFeatures})
	total := 0
	for _, n := range all.runs {
		total += n
	}
	for last := range total {
		ctx, cancel := context.WithCancel(t.Context())
		f := threeFaces()
		runs := 0
		f.after = func(string) error {
			if runs++; runs == last {
				cancel()
			}
			return nil
		}
		if last == 0 {
			cancel()
		}
		a, err := f.engine().Analyze(ctx, ImageSource(f.photo()), Request{Want: face.AllFeatures})
		if !errors.Is(err, context.Canceled) || a != nil {
			t.Errorf("cancelled in run %d: %v, %v", last, a, err)
		}
		if runs != last {
			t.Errorf("cancelled in run %d, but %d ran", last, runs)
		}
		cancel()
	}
}

func TestFailures(t *testing.T) {
	broken := errors.New("broken")
	for _, name := range []string{netDetector, netMesh, netAttributes, netAgeGender, netExpression, netEmotion, netEyes, netHair192} {
		f := threeFaces()
		f.after = func(n string) error {
			if n == name {
				return broken
			}
			return nil
		}
		_, err := f.engine().Analyze(t.Context(), ImageSource(f.photo()), Request{Want: face.AllFeatures})
		if !errors.Is(err, broken) || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error %v", name, err)
		}
	}
	if _, err := threeFaces().engine().Analyze(t.Context(), ImageSource(image.NewRGBA(image.Rectangle{})), Request{}); err == nil {
		t.Error("no error for an empty picture")
	}
}

func TestOpenIsTriedAgain(t *testing.T) {
	f := threeFaces()
	f.engine()
	opened := map[string]int{}
	e := New(Config{Open: func(name string) (Network, error) {
		if opened[name]++; opened[name] == 1 {
			return nil, errors.New("not now")
		}
		return fakeNetwork{f, name}, nil
	}})
	photo := ImageSource(f.photo())
	if _, err := e.Analyze(t.Context(), photo, Request{}); err == nil || !strings.Contains(err.Error(), "open network detector: not now") {
		t.Errorf("error %v", err)
	}
	mustAnalyze(t, e, photo, Request{})
	a := mustAnalyze(t, e, photo, Request{})
	if diff := cmp.Diff(map[string]int{netDetector: 2}, opened); diff != "" {
		t.Errorf("opened (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(map[string]string{netDetector: ""}, a.Models); diff != "" {
		t.Errorf("models without hashes (-want +got):\n%s", diff)
	}
}

func TestOutput(t *testing.T) {
	outputs := []models.Tensor{{Shape: []int{1, 3, 2}, Data: make([]float32, 6)}, {}, {Shape: []int{1, 3, 4}, Data: make([]float32, 8)}}
	if v, err := output(outputs, "n", 3, 2); err != nil || len(v) != 6 {
		t.Errorf("%v, %v", v, err)
	}
	for _, last := range []int{4, 5} {
		if _, err := output(outputs, "n", 3, last); err == nil {
			t.Errorf("no error for rows of %d", last)
		}
	}
}

// bigNetwork is a detector that finds nothing, takes a second, and counts how many large
// inputs it works on at a time.
type bigNetwork struct{ now, most *atomic.Int32 }

func (n bigNetwork) Run(_ context.Context, inputs ...models.Tensor) ([]models.Tensor, error) {
	h, w := inputs[0].Shape[2], inputs[0].Shape[3]
	if max(w, h) > bigPass {
		n.most.Store(max(n.most.Load(), n.now.Add(1)))
		defer n.now.Add(-1)
	}
	time.Sleep(time.Second)
	c := priorCount(w, h)
	return []models.Tensor{
		{Shape: []int{1, c, 2}, Data: make([]float32, 2*c)},
		{Shape: []int{1, c, 4}, Data: make([]float32, 4*c)},
	}, nil
}

func TestBigPasses(t *testing.T) {
	for limit, want := range map[int]int32{0: 1, 1: 1, 2: 2} {
		t.Run(fmt.Sprint(limit), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var now, most atomic.Int32
				e := New(Config{BigPasses: limit, Open: func(string) (Network, error) { return bigNetwork{&now, &most}, nil }})
				photo := ImageSource(image.NewRGBA(image.Rect(0, 0, 1300, 40)))
				var callers sync.WaitGroup
				for range 4 {
					callers.Go(func() {
						if _, err := e.Analyze(t.Context(), photo, Request{Mode: Default}); err != nil {
							t.Error(err)
						}
					})
				}
				callers.Wait()
				if most.Load() != want {
					t.Errorf("%d large passes at once, want %d", most.Load(), want)
				}
			})
		})
	}
}

// A caller that waits for its turn at a large pass stops waiting when its ctx ends.
func TestCancelledWhileWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		e := New(Config{Open: func(string) (Network, error) { return bigNetwork{&now, &most}, nil }})
		photo := ImageSource(image.NewRGBA(image.Rect(0, 0, 1300, 40)))
		var callers sync.WaitGroup
		defer callers.Wait()
		callers.Go(func() {
			if _, err := e.Analyze(t.Context(), photo, Request{Mode: Default}); err != nil {
				t.Error(err)
			}
		})
		synctest.Wait()
		ctx, cancel := context.WithTimeout(t.Context(), time.Millisecond)
		defer cancel()
		start := time.Now()
		if _, err := e.Analyze(ctx, photo, Request{Mode: Default}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("error %v", err)
		}
		if waited := time.Since(start); waited != time.Millisecond {
			t.Errorf("waited %v", waited)
		}
	})
}

func TestMode(t *testing.T) {
	for m := range numModes {
		if got, err := ParseMode(m.String()); err != nil || got != m {
			t.Errorf("%v: %v, %v", m, got, err)
		}
	}
	if _, err := ParseMode("slow"); err == nil || !strings.Contains(err.Error(), "thorough") {
		t.Errorf("error %v", err)
	}
	if s := Mode(9).String(); s != "(9)" {
		t.Errorf("unknown mode is %q", s)
	}
}

// A nil pointer in an interface is not nil: Opener must not hand one out.
func TestOpenerReturnsNothingWithAnError(t *testing.T) {
	broken := errors.New("no such model")
	open := Opener(func(string) (*fakeNetwork, error) { return nil, broken })
	if n, err := open("detector"); n != nil || !errors.Is(err, broken) {
		t.Errorf("%v, %v, want no network and %v", n, err, broken)
	}
}
