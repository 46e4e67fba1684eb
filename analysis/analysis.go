// Package analysis turns the pixels of a photo into a face.Analysis: where the
// faces are and what each of them shows.
//
// One file is one stage, in the order in which they run:
//
//	detect.go, priors.go   passes of the detector over the whole photo
//	fusion.go              boxes of several passes -> one box a face
//	looks.go               second looks at each candidate, final score
//	turn.go                heads that stand sideways or upside down
//	mesh.go                468 points of a face, in two passes
//	landmarks.go           mesh -> 71 landmarks
//	pose.go, svd.go        mesh -> roll, pitch, yaw
//	attributes.go, age.go  apparent ethnicity, gender and age
//	glasses.go             what is worn before the eyes
//	emotion.go, smile.go   expression
//	quality.go             blur and exposure
//	eyes.go                open, closed or covered
//	hair.go, hairmask.go, haircontour.go, haircolor.go, hairwords.go
//	                       where the hair is, and of what colour
//
// source.go says where pixels come from, views.go picks the cheapest picture that
// is good enough for a crop, shrink.go and crop.go make the networks' inputs.
// Everything about models (files, runtime) stays behind the interface Network.
package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"semblance/internal/face"
	"semblance/models"
)

// The networks of the engine, by the names that Config.Open is asked for.
const (
	netDetector   = "detector"
	netMesh       = "facemesh"
	netAttributes = "attributes"
	netAgeGender  = "age_gender"
	netExpression = "face_expression"
	netEmotion    = "emotion"
	netEyes       = "eyes"
	netHair224    = "hair_224"
	netHair192    = "hair_192"
	netHairWords  = "hair_words"
)

// Network is one neural network, ready to run. It is safe for concurrent use.
//
// Run reads the inputs only until it returns; the outputs belong to the caller.
// The order of the outputs does not matter: the engine tells them apart by shape.
type Network interface {
	Run(ctx context.Context, inputs ...models.Tensor) ([]models.Tensor, error)
}

// Config is what an Engine is made of.
type Config struct {
	// Open returns the network of a name: "detector", "facemesh", "attributes",
	// "age_gender", "face_expression", "emotion", "eyes", "hair_224" or, in mode fast, "hair_192", and
	// "hair_words". It is called when the
	// network is first needed, once unless it fails, perhaps for several names at the same time.
	Open func(name string) (Network, error)
	// SHA256 returns the hash of a network's file, for Analysis.Models. It may be nil.
	SHA256 func(name string) string
	// BigPasses is how many detector passes above 960 pixels may run at once, over
	// all callers of Analyze: each takes 150 to 420 MB (facts: peak of a 1280 to a
	// 2400 pixel pass). 0 means 1.
	BigPasses int
}

// Engine analyses photos. It is safe for concurrent use; every Analyze works in
// the goroutine of its caller.
type Engine struct {
	config   Config
	big      chan struct{} // holds one value for every big pass that is running
	networks map[string]*lazyNetwork
	pool     pool
}

// lazyNetwork is a network that is opened at its first use.
type lazyNetwork struct {
	mu  sync.Mutex
	net Network // nil until opened
}

// Opener makes a Config.Open of a function that returns networks of one type. Where
// that fails it returns no network at all: a nil pointer in an interface is not nil.
func Opener[N Network](open func(name string) (N, error)) func(name string) (Network, error) {
	return func(name string) (Network, error) {
		n, err := open(name)
		if err != nil {
			return nil, err
		}
		return n, nil
	}
}

// New returns an engine. It opens nothing yet.
func New(c Config) *Engine {
	e := &Engine{config: c, big: make(chan struct{}, max(c.BigPasses, 1)), networks: map[string]*lazyNetwork{}}
	for _, name := range []string{netDetector, netMesh, netAttributes, netAgeGender, netExpression, netEmotion, netEyes, netHair224, netHair192, netHairWords} {
		e.networks[name] = &lazyNetwork{}
	}
	return e
}

// Request says what to find out about a photo.
type Request struct {
	// Want is what to compute. Boxes are always found, since all else needs them,
	// so the zero value asks for boxes alone.
	Want face.Features
	// Mode says how hard to look for small faces.
	Mode Mode
	// Turned asks for faces that stand sideways or upside down too: the photo is searched
	// in all four quarter turns, for four times the processor time. A face that is seen in
	// two of them is kept in that of the better score (Face.Turn).
	Turned bool
	// Unoriented says that nobody knows which side of the photo is up: its file has no
	// orientation. If such a photo shows no face, or none that certainly stands upright, its
	// other quarter turns are tried; the faces of the one in which they stand are returned
	// if more of them are accepted there. That costs an upright photo with faces two looks at
	// one face in each turn, or nothing, and an empty one three passes of 320 pixels.
	Unoriented bool
	// Boxes are faces that a person drew: with them the detector does not run, and
	// every box becomes a face of score 1. Together with Known they are added to
	// the known faces.
	Boxes []face.Box
	// Crop says that the picture is one tight crop of a face, which becomes the
	// one face, with the whole picture as its box: no detector runs.
	Crop bool
	// Known is an earlier analysis of the same photo. Its faces, numbers and
	// features are kept, and only what is missing is computed, whatever Mode, Turned and
	// Unoriented say. It is not modified.
	Known *face.Analysis
}

// ErrOtherPhoto says that Request.Known does not belong to the photo: it was made of
// one of another size (of another orientation, perhaps).
var ErrOtherPhoto = errors.New("the known analysis is of a photo of another size")

// Analyze finds the faces of a photo and computes the wanted features of each, of
// doubtful ones too. Only the networks that Want needs are run.
//
// Faces are sorted by the area of their boxes, largest first, and numbered from 1 in
// this order; known faces keep their numbers. A box ends at the photo's border.
//
// A face whose mesh cannot be found (a wrong box, say, or a head from behind) has
// no landmarks and no pose, which its Lacks says; everything else is then read from
// the square of its box. A tight crop (Request.Crop) in which no hair is seen lacks hair: it ends where hair begins.
// What a face is too small for is not looked at: its Small says so.
//
// The error is ctx's when ctx ends, which is looked at before every run of a network;
// otherwise it says which stage failed. There is no partial result.
func (e *Engine) Analyze(ctx context.Context, src Source, req Request) (*face.Analysis, error) {
	w, h := src.Size()
	if w < 1 || h < 1 {
		return nil, fmt.Errorf("analyse a photo of %d x %d pixels: it is empty", w, h)
	}
	j := &job{engine: e, src: src, w: w, h: h, models: map[string]string{}}
	defer j.release()

	a, tasks, err := j.faces(ctx, req)
	if err != nil {
		return nil, err
	}
	if req.Known != nil || len(req.Boxes) > 0 {
		if err := j.prepare(ctx, a.Mode, tasks); err != nil {
			return nil, err
		}
	}
	for _, t := range tasks {
		want := t.want
		if j.wantsHair(a, req.Known, t) && !a.Have.Has(face.AgeYears) {
			want |= face.AgeYears // the word for the colour of hair needs it
		}
		if err := j.describe(ctx, &a.Faces[t.face], want, a.Mode == modeCrop && t.face == 0); err != nil {
			return nil, fmt.Errorf("face at %.0f, %.0f: %w", a.Faces[t.face].Box.Min.X, a.Faces[t.face].Box.Min.Y, err)
		}
	}
	for _, t := range tasks { // when all heads are known that hair may belong to
		if !j.wantsHair(a, req.Known, t) {
			continue
		}
		f := &a.Faces[t.face]
		if err := j.hair(ctx, a.Faces, t.face, a.Mode); err != nil {
			return nil, fmt.Errorf("hair of the face at %.0f, %.0f: %w", f.Box.Min.X, f.Box.Min.Y, err)
		}
	}
	if !a.Have.Has(face.AgeYears) {
		for i := range a.Faces {
			f := &a.Faces[i]
			f.Age, f.Lacks, f.Small = face.Age{}, f.Lacks&^face.AgeYears, f.Small&^face.AgeYears
		}
	}
	maps.Copy(a.Models, j.models)
	slices.SortStableFunc(a.Faces, func(f, g face.Face) int { return cmp.Compare(g.Box.Area(), f.Box.Area()) })
	number(a.Faces)
	return a, nil
}

// wantsHair reports whether the hair of a task's face is to be looked at: it is wanted, or may have changed.
func (j *job) wantsHair(a, known *face.Analysis, t task) bool {
	return (t.want.Has(face.HairShape) || j.losesHair(a, known, t.face)) && !face.TooSmall(a.Faces[t.face].Box).Has(face.HairShape)
}

// losesHair reports whether the face i of a, which is known, may have been given hair of a head that is new in a.
func (j *job) losesHair(a, known *face.Analysis, i int) bool {
	if known == nil || !known.Have.Has(face.HairShape) || i >= len(known.Faces) || a.Faces[i].Lacks.Has(face.HairShape) {
		return false
	}
	own := headOf(&a.Faces[i], a.Mode == modeCrop && i == 0)
	return slices.ContainsFunc(a.Faces[len(known.Faces):], func(f face.Face) bool { return own.loses(f.Box) })
}

// job is the analysis of one photo.
type job struct {
	engine *Engine
	src    Source
	w, h   int               // of the photo
	views  []view            // pictures of the whole photo, the smallest first
	pooled []*[]byte         // pixels of those that the job made itself
	models map[string]string // what ran
}

// task is a face and what is to be found out about it.
type task struct {
	face int // index in Analysis.Faces
	want face.Features
}

// faces begins the analysis: which faces there are, and what to do with each.
func (j *job) faces(ctx context.Context, req Request) (*face.Analysis, []task, error) {
	want := req.Want | face.BoundsBox
	a := &face.Analysis{W: j.w, H: j.h, Have: want, Mode: req.Mode.String(), Models: map[string]string{}}
	var tasks []task
	if k := req.Known; k != nil {
		if k.W != j.w || k.H != j.h {
			return nil, nil, fmt.Errorf("%w: %d x %d, not %d x %d", ErrOtherPhoto, k.W, k.H, j.w, j.h)
		}
		a.Mode, a.Turned, a.Have, a.Faces = k.Mode, k.Turned, k.Have|want, slices.Clone(k.Faces)
		maps.Copy(a.Models, k.Models)
		for i := range a.Faces {
			tasks = append(tasks, task{i, want &^ k.Have})
		}
	}
	photo := face.BoxAt(0, 0, float32(j.w), float32(j.h))
	var found []candidate
	switch {
	case len(req.Boxes) > 0:
		if req.Known == nil {
			a.Mode = modeBoxes
		}
		for i, b := range req.Boxes {
			if b.Intersect(photo).Empty() {
				return nil, nil, fmt.Errorf("box %d of the request is empty or outside the photo", i+1)
			}
			found = append(found, candidate{box: b, score: 1})
		}
	case req.Known != nil:
	case req.Crop:
		a.Mode = modeCrop
		found = []candidate{{box: photo, score: 1}}
	default:
		var err error
		if found, err = j.detect(ctx, req); err != nil {
			return nil, nil, fmt.Errorf("find faces: %w", err)
		}
		a.Turned = req.Turned
	}
	for _, c := range found {
		// The clipped box, not the detector's own, is what all later stages see: so
		// adding a feature later gives the values that asking at once would have given.
		if b := c.box.Intersect(photo); !b.Empty() {
			tasks = append(tasks, task{len(a.Faces), a.Have})
			a.Faces = append(a.Faces, face.Face{Box: b, Score: c.score, Turn: uint8(c.turn)})
		}
	}
	return a, tasks, nil
}

// prepare makes the pictures that a detection would have left. So a feature that is added
// later has exactly the value that it would have had at once. mode is Analysis.Mode.
func (j *job) prepare(ctx context.Context, mode string, tasks []task) error {
	if !slices.ContainsFunc(tasks, func(t task) bool { return t.want&^face.BoundsBox != 0 }) {
		return nil
	}
	m, err := ParseMode(mode)
	if err != nil {
		m = Fast // given boxes, or a crop, were not detected: the cheapest pictures will do
	}
	if mode == modeCrop {
		return nil
	}
	for _, p := range passes(j.w, j.h, m) {
		if _, _, _, err := j.picture(ctx, p); err != nil {
			return err
		}
	}
	return nil
}

// number gives every face that has none the next free number.
func number(faces []face.Face) {
	var last uint32
	for i := range faces {
		last = max(last, faces[i].Number)
	}
	for i := range faces {
		if faces[i].Number == 0 {
			last++
			faces[i].Number = last
		}
	}
}

// What needs which network; everything but the box and the shape of the hair needs the mesh, for its crop. (The word for the hair's colour needs
// the age, for which Analyze asks then.)
const (
	needsAttributes = face.AgeYears | face.GenderClasses | face.EthnicityClasses | face.GlassesWorn
	needsAgeGender  = face.AgeYears
	needsExpression = face.EmotionClasses | face.Smiling
	needsPixels     = face.Blurriness | face.Lighting
)

// describe computes the wanted features of one face but its hair, and but for those that it is too small for. f's box is the
// whole picture if tight is true.
func (j *job) describe(ctx context.Context, f *face.Face, want face.Features, tight bool) error {
	tiny := want & face.TooSmall(f.Box)
	f.Small |= tiny
	f.Lacks |= tiny
	want &^= tiny
	if want&^(face.BoundsBox|face.HairShape) == 0 {
		return nil
	}
	v, done, err := j.around(ctx, f.Box, tight)
	if err != nil {
		return err
	}
	defer done()
	stands := turn(f.Turn % numTurns)
	m, ok, err := j.mesh(ctx, v, f.Box, stands, tight)
	if err != nil {
		return err
	}
	var head rotation
	var pose face.Pose
	if ok {
		head = kabsch(m)
		pose = head.turnedBack(stands).pose()
	} else {
		f.Lacks |= want & (face.Landmark | face.PoseAngles | face.EyeStates)
	}
	if ok && want.Has(face.Landmark) {
		f.Landmarks = landmarks(m)
	}
	if ok && want.Has(face.PoseAngles) {
		f.Pose = pose
	}
	if ok && want.Has(face.EyeStates) {
		if f.Eyes, err = j.eyes(ctx, v, m, pose); err != nil {
			return err
		}
	}
	if want&needsPixels != 0 {
		if err := j.quality(ctx, v, f.Box, m, want, f); err != nil {
			return err
		}
	}
	if want&needsAttributes != 0 {
		if err := j.attributes(ctx, v, m, want, f); err != nil {
			return err
		}
	}
	if want&(needsAgeGender|needsExpression) == 0 {
		return nil
	}
	small, putBack := j.faceAPICrop(v, m)
	defer putBack()
	if want.Has(face.AgeYears) {
		second, err := j.faceAPIAge(ctx, small)
		if err != nil {
			return err
		}
		f.Age = age(f.Age.Bands, second)
	}
	if want&needsExpression == 0 {
		return nil
	}
	first, err := j.expression(ctx, small)
	if err != nil {
		return err
	}
	second, err := j.secondEmotion(ctx, v, m)
	if err != nil {
		return err
	}
	if want.Has(face.EmotionClasses) {
		f.Emotion = blendEmotions(first, second)
	}
	if want.Has(face.Smiling) {
		f.Smile = smile(m, head, first, second, ok)
	}
	return nil
}

// run feeds one tensor to a network. It looks at ctx first, so that a cancelled
// analysis stops between two runs.
func (j *job) run(ctx context.Context, name string, input models.Tensor) ([]models.Tensor, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	net, err := j.engine.network(name)
	if err != nil {
		return nil, err
	}
	if _, ran := j.models[name]; !ran {
		hash := ""
		if j.engine.config.SHA256 != nil {
			hash = j.engine.config.SHA256(name)
		}
		j.models[name] = hash
	}
	out, err := net.Run(ctx, input)
	if err != nil {
		return nil, fmt.Errorf("run network %s: %w", name, err)
	}
	return out, nil
}

// network returns a network, opening it at its first use. A failed opening is tried
// again the next time.
func (e *Engine) network(name string) (Network, error) {
	l := e.networks[name]
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.net == nil {
		net, err := e.config.Open(name)
		if err != nil {
			return nil, fmt.Errorf("open network %s: %w", name, err)
		}
		l.net = net
	}
	return l.net, nil
}

// output returns the values of the one output whose last dimension is last, and
// checks that there are rows*last of them.
func output(outputs []models.Tensor, name string, rows, last int) ([]float32, error) {
	for _, t := range outputs {
		if n := len(t.Shape); n == 0 || t.Shape[n-1] != last {
			continue
		}
		if len(t.Data) != rows*last {
			return nil, fmt.Errorf("network %s: output of shape %v with %d values, expected %d x %d", name, t.Shape, len(t.Data), rows, last)
		}
		return t.Data, nil
	}
	return nil, fmt.Errorf("network %s: no output with rows of %d values", name, last)
}
