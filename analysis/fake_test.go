package analysis

import (
	"context"
	"errors"
	"image"
	"math"
	"sync"
	"testing"

	"semblance/internal/face"
	"semblance/models"
)

// fakeFace is a face of a fake photo: a square of one red value.
type fakeFace struct {
	box                 face.Box
	pass, first, second float32 // what the detector says of it in a pass and in the two looks
	noMesh              bool
	turn                turn    // how the head stands
	otherwise           float32 // what the detector says of it in all other turns
}

// fakes are networks that know where the faces of one photo are. They see which face
// a crop is of by the red value in its middle, and which side of it is up by the green forehead;
// which side of a photo is up they see by its blue sky, if it has one.
type fakes struct {
	w, h  int
	faces []fakeFace
	sky   bool

	mu    sync.Mutex
	runs  map[string]int
	after func(name string) error // called in every run, may be nil
}

// grey is the background of a fake photo; faces have red values of (1 + index) * redStep.
const (
	grey    = 127
	redStep = 20
)

// fakeNetwork is one of the networks of fakes.
type fakeNetwork struct {
	*fakes
	name string
}

func (f *fakes) engine() *Engine {
	f.runs = map[string]int{}
	return New(Config{
		Open:   func(name string) (Network, error) { return fakeNetwork{f, name}, nil },
		SHA256: func(name string) string { return "hash of " + name },
	})
}

// photo draws the faces.
func (f *fakes) photo() *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, f.w, f.h))
	for i := range img.Pix {
		img.Pix[i] = grey
	}
	for y := range f.h / skyShare {
		for x := 0; f.sky && x < f.w; x++ {
			img.Pix[img.PixOffset(x, y)+2] = 255
		}
	}
	for i, c := range f.faces {
		for y := int(c.box.Min.Y); y < int(c.box.Max.Y); y++ {
			for x := int(c.box.Min.X); x < int(c.box.Max.X); x++ {
				if !image.Pt(x, y).In(img.Rect) {
					continue
				}
				img.Pix[img.PixOffset(x, y)] = uint8((i + 1) * redStep)
				if c.forehead(x, y) {
					img.Pix[img.PixOffset(x, y)+1] = 255
				}
			}
		}
	}
	return img
}

// skyShare is the height of a fake photo over that of its sky.
const skyShare = 16

// forehead reports whether the photo's pixel x, y is of the upper quarter of the head.
func (c fakeFace) forehead(x, y int) bool {
	m, side := c.box.Center(), c.box.W()
	_, up := ((numTurns - c.turn) % numTurns).vector(float32(x)+.5-m.X, float32(y)+.5-m.Y)
	return up < -side/4
}

// isForehead reports whether a green value of 0..255 is a forehead's.
func isForehead(green float32) bool { return green > 200 }

// seen returns the face whose red is the given value, of 0..255.
func (f *fakes) seen(red float32) (fakeFace, bool) {
	i := int(math.Round(float64(red)/redStep)) - 1
	if i < 0 || i >= len(f.faces) || math.Abs(float64(red)-float64((i+1)*redStep)) > 3 {
		return fakeFace{}, false
	}
	return f.faces[i], true
}

func (n fakeNetwork) Run(ctx context.Context, inputs ...models.Tensor) ([]models.Tensor, error) {
	n.mu.Lock()
	n.runs[n.name]++
	n.mu.Unlock()
	if n.after != nil {
		if err := n.after(n.name); err != nil {
			return nil, err
		}
	}
	if len(inputs) != 1 {
		return nil, errors.New("one input is needed")
	}
	in := inputs[0]
	switch n.name {
	case netDetector:
		return n.detector(in)
	case netMesh:
		return n.mesh(in), ctx.Err()
	case netAttributes: // the order of the outputs must not matter
		return []models.Tensor{
			row(make([]float32, 1024)...),
			row(.8, .2),
			row(.05, .1, .15, .2, .25, .02, .23),
			row(0, 0, 0, .5, .5, 0, 0, 0, 0),
			row(.7, .2, .1),
		}, nil
	case netAgeGender:
		return []models.Tensor{row(.9, .1), row(40)}, nil
	case netEmotion:
		return []models.Tensor{row(.05, .05, .05, .7, .05, .05, .05)}, nil
	case netEyes:
		return []models.Tensor{{Shape: []int{2, 3}, Data: []float32{.72, .18, .1, .08, .72, .2}}}, nil
	case netHair224, netHair192:
		return n.hair(in), ctx.Err()
	case netExpression:
		return []models.Tensor{row(.1, .6, .05, .05, .05, .05, .1)}, nil
	}
	return nil, errors.New("there is no network " + n.name)
}

func row(v ...float32) models.Tensor { return models.Tensor{Shape: []int{1, len(v)}, Data: v} }

// detector plants the faces: all of them in a pass over the photo, the one in the middle
// in a look.
func (n fakeNetwork) detector(in models.Tensor) ([]models.Tensor, error) {
	h, w := in.Shape[2], in.Shape[3]
	p := planted{w: w, h: h, scores: make([]float32, 2*priorCount(w, h)), offsets: make([]float32, 4*priorCount(w, h))}
	if l := map[int]look{128: firstLook, 160: secondLook}[w]; l.pixels == w && h == w {
		f, ok := n.seen(in.Data[h/2*w+w/2]*128 + 127)
		if ok {
			score := f.first
			if l == secondLook {
				score = f.second
			}
			if !isForehead(in.Data[w*h+(h/2-int(.375*l.size))*w+w/2]*128 + 127) {
				score = f.otherwise
			}
			p.plant(float32(w)/2, float32(w)/2, float32(l.size), score)
		}
	} else {
		scale := float32(min(1, float64(max(w, h))/float64(max(n.w, n.h))))
		back := n.turned(in, scale)
		tw, th := back.size(n.w, n.h)
		for _, f := range n.faces {
			score := f.pass
			if f.turn != back {
				score = f.otherwise
			}
			c := f.box.Center()
			x, y := ((numTurns - back) % numTurns).vector(c.X-float32(n.w)/2, c.Y-float32(n.h)/2)
			x, y = (x+float32(tw)/2)*scale, (y+float32(th)/2)*scale
			if max(w, h) >= shiftFrom && f.box.W()*scale > 56 {
				y += shift // as the real network errs
			}
			p.plant(x, y, f.box.W()*scale, score)
		}
	}
	return []models.Tensor{
		{Shape: []int{1, len(p.offsets) / 4, 4}, Data: p.offsets},
		{Shape: []int{1, len(p.scores) / 2, 2}, Data: p.scores},
	}, nil
}

// turned returns how far the photo was turned back for a pass in which it has a scale, by its sky.
func (f *fakes) turned(in models.Tensor, scale float32) turn {
	if !f.sky {
		return 0
	}
	h, w := in.Shape[2], in.Shape[3]
	height := float32(f.h) / 2 // from the centre of the photo to the sky's edge
	for t := range turn(numTurns) {
		x, y := ((numTurns - t) % numTurns).vector(0, height/skyShare-height)
		tw, th := t.size(f.w, f.h)
		column, line := int((x+float32(tw)/2)*scale), int((y+float32(th)/2)*scale)
		if column < w && line < h && in.Data[2*w*h+line*w+column]*128+127 > 200 {
			return t
		}
	}
	return 0
}

// planted are outputs of the detector.
type planted struct {
	w, h            int
	scores, offsets []float32
}

// plant makes the prior that is nearest in size and place say score for a square.
func (p planted) plant(x, y, size, score float32) {
	best, bestPrior, miss := -1, prior{}, float32(math.Inf(1))
	eachPrior(p.w, p.h, p.scores, 0, func(i int, _ float32, q prior) {
		dx, dy, ds := (q.x-x)/size, (q.y-y)/size, float32(math.Log(float64(q.w/size)))
		if m := dx*dx + dy*dy + 4*ds*ds; m < miss {
			best, bestPrior, miss = i, q, m
		}
	})
	p.scores[2*best+1] = score
	o := p.offsets[4*best : 4*best+4]
	o[0], o[1] = (x-bestPrior.x)/bestPrior.w*10, (y-bestPrior.y)/bestPrior.h*10
	o[2] = 5 * float32(math.Log(float64(size/bestPrior.w)))
	o[3] = 5 * float32(math.Log(float64(size/bestPrior.h)))
}

// mesh returns the canonical face, looking into the camera, in the middle of the crop.
func (n fakeNetwork) mesh(in models.Tensor) []models.Tensor {
	side := in.Shape[1]
	out := make([]float32, 3*meshPoints)
	for i, p := range canonicalMesh(float64(side)/2, float64(side)/2, 8.5, identityRotation()) {
		out[3*i], out[3*i+1], out[3*i+2] = float32(p.x), float32(p.y), float32(p.z)
	}
	const up = 42 // pixels from the middle of the crop to its forehead, for boxes up to half as large again
	forehead := in.Data[((side/2-up)*side+side/2)*3+1] * 255
	if f, ok := n.seen(in.Data[(side/2*side+side/2)*3] * 255); ok && (f.noMesh || !isForehead(forehead)) {
		out[100] = float32(math.NaN())
	}
	return []models.Tensor{row(make([]float32, 266)...), row(1), row(out...)}
}

// hair calls foreheads hair, and the rest of a face its skin.
func (n fakeNetwork) hair(in models.Tensor) []models.Tensor {
	side := in.Shape[1]
	out := models.NewTensor(1, side/2, side/2, 4*hairClasses)
	for i := range side * side {
		x, y := i%side, i/side
		class := 0
		if isForehead(in.Data[3*i+1] * 255) {
			class = hairClass
		} else if _, ok := n.seen(in.Data[3*i] * 255); ok {
			class = faceSkinClass
		}
		out.Data[((y/2*(side/2)+x/2)*4+y%2*2+x%2)*hairClasses+class] = 9
	}
	return []models.Tensor{out}
}

func identityRotation() rotation { return rotation(identity()) }

// canonicalMesh returns a mesh whose rigid points are those of the canonical face, turned,
// scaled by k and moved to x, y. All other points lie in the face's middle.
func canonicalMesh(x, y, k float64, r rotation) []point3 {
	points := make([]point3, meshPoints)
	for i := range points {
		points[i] = point3{x, y, 0}
	}
	for _, c := range rigidPoints {
		p := c.canonical
		points[c.index] = point3{
			x + k*(r[0][0]*p.x+r[0][1]*p.y+r[0][2]*p.z),
			y + k*(r[1][0]*p.x+r[1][1]*p.y+r[1][2]*p.z),
			k * (r[2][0]*p.x + r[2][1]*p.y + r[2][2]*p.z),
		}
	}
	return points
}

// threeFaces is a photo with a large, a middle and a small face; the last one is doubtful.
func threeFaces() *fakes {
	return &fakes{w: 640, h: 480, faces: []fakeFace{
		{box: face.BoxAt(80, 300, 60, 60), pass: .95, first: .9, second: .95},
		{box: face.BoxAt(300, 100, 150, 150), pass: .99, first: .99, second: .99},
		{box: face.BoxAt(520, 50, 40, 40), pass: .6, first: .8, second: .8},
	}}
}

// mustAnalyze fails the test at an error.
func mustAnalyze(t *testing.T, e *Engine, src Source, req Request) *face.Analysis {
	t.Helper()
	a, err := e.Analyze(t.Context(), src, req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
