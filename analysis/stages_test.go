package analysis

import (
	"context"
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
)

func TestPasses(t *testing.T) {
	for _, c := range []struct {
		w, h int
		mode Mode
		want []int
	}{
		{640, 480, Fast, []int{640, 320, 160}},
		{4000, 3000, Fast, []int{640, 320, 160}},
		{800, 600, Default, []int{640, 320, 160}},
		{600, 900, Default, []int{960, 640, 320, 160}},
		{1200, 900, Default, []int{1280, 640, 320, 160}},
		{3000, 4000, Default, []int{1600, 640, 320, 160}},
		{1000, 700, Thorough, []int{960, 640, 320, 160}},
		{2299, 700, Thorough, []int{1600, 960, 640, 320, 160}},
		{3000, 4000, Thorough, []int{2400, 1600, 960, 640, 320, 160}},
		{200, 150, Fast, []int{640, 320, 160}}, // 640 means 400 here
		{150, 90, Fast, []int{320, 160}},       // 640 would be 300 once more
		{40, 40, Fast, []int{160}},
	} {
		var got []int
		for _, p := range passes(c.w, c.h, c.mode) {
			got = append(got, p.longSide)
		}
		if diff := cmp.Diff(c.want, got); diff != "" {
			t.Errorf("%d x %d, %v (-want +got):\n%s", c.w, c.h, c.mode, diff)
		}
	}
}

// UltraFace at its own size: 4,420 priors, in the order of its published code.
func TestPriors(t *testing.T) {
	if n := priorCount(320, 240); n != 4420 {
		t.Errorf("%d priors at 320 x 240, want 4420", n)
	}
	scores := make([]float32, 2*4420)
	for i := range 4420 {
		scores[2*i+1] = float32(i)
	}
	var got []prior
	last := -1
	eachPrior(320, 240, scores, 0, func(i int, score float32, p prior) {
		if i != last+1 || score != float32(i) {
			t.Fatalf("prior %d with score %v after %d", i, score, last)
		}
		last = i
		got = append(got, p)
	})
	for i, want := range map[int]prior{
		0:    {4, 4, 10, 10},
		1:    {4, 4, 16, 16},
		3:    {12, 4, 10, 10},
		120:  {4, 12, 10, 10},
		3600: {8, 8, 32, 32},
		4200: {16, 16, 64, 64},
		4360: {32, 32, 128, 128},
		4362: {32, 32, 256, 240},
		4419: {288, 224, 256, 240},
	} {
		if got[i] != want {
			t.Errorf("prior %d: %v, want %v", i, got[i], want)
		}
	}
	x0, y0, x1, y1 := prior{100, 50, 64, 64}.decode([]float32{1, -1, 0, float32(5 * math.Log(2))})
	want := [4]float32{100 + 6.4 - 32, 50 - 6.4 - 64, 100 + 6.4 + 32, 50 - 6.4 + 64}
	if diff := cmp.Diff(want, [4]float32{x0, y0, x1, y1}, about(1e-3)); diff != "" {
		t.Errorf("decode (-want +got):\n%s", diff)
	}
}

// A box that is larger than its pass may report is left to a smaller pass.
func TestGate(t *testing.T) {
	f := &fakes{w: 640, h: 480, faces: []fakeFace{
		{box: face.BoxAt(20, 20, 400, 400), pass: .9}, {box: face.BoxAt(500, 100, 90, 90), pass: .8},
	}}
	e := f.engine()
	for _, c := range []struct {
		pass pass
		want int
	}{{pass{640, 100}, 1}, {pass{320, 160}, 1}, {pass{160, math.Inf(1)}, 2}} {
		j := &job{engine: e, src: ImageSource(f.photo()), w: 640, h: 480, models: map[string]string{}}
		got, err := j.pass(t.Context(), c.pass, 0)
		if err != nil || len(got) != c.want {
			t.Errorf("pass of %d: %v, %v, want %d boxes", c.pass.longSide, got, err, c.want)
		}
		for _, g := range got {
			if !near(g.box, f.faces[0].box) && !near(g.box, f.faces[1].box) {
				t.Errorf("pass of %d: box %v", c.pass.longSide, g.box)
			}
		}
		j.release()
	}
}

func box(x, y, w, h, score float32) candidate {
	return candidate{box: face.BoxAt(x, y, w, h), score: score}
}

func TestFusion(t *testing.T) {
	for _, c := range []struct {
		name string
		run  func([]candidate) []candidate
		in   []candidate
		want []candidate
	}{
		{"nothing", fuse, nil, nil},
		{
			"the mean by score², without the weak", fuse,
			[]candidate{box(2, 0, 10, 10, .8), box(0, 0, 10, 10, .4), box(0, 0, 10, 10, .8)},
			[]candidate{box(1, 0, 10, 10, .8)},
		},
		{
			"two faces", fuse,
			[]candidate{box(0, 0, 10, 10, .5), box(20, 0, 10, 10, .9), box(6, 0, 10, 10, .4)},
			[]candidate{box(20, 0, 10, 10, .9), box(0, 0, 10, 10, .5), box(6, 0, 10, 10, .4)},
		},
		{
			"the best alone", suppress,
			[]candidate{box(2, 0, 10, 10, .7), box(0, 0, 10, 10, .8), box(5, 0, 10, 10, .6)},
			[]candidate{box(0, 0, 10, 10, .8), box(5, 0, 10, 10, .6)},
		},
		{
			"weak inside strong, and around it", dropInside,
			[]candidate{box(10, 10, 20, 20, .9), box(12, 12, 15, 15, .8), box(5, 5, 40, 40, .7)},
			[]candidate{box(10, 10, 20, 20, .9)},
		},
		{
			"small and strong before a large one", dropInside,
			[]candidate{box(0, 0, 90, 90, .95), box(10, 10, 20, 20, .85), box(50, 50, 20, 20, .75)},
			[]candidate{box(0, 0, 90, 90, .95), box(10, 10, 20, 20, .85)},
		},
		{
			"three quarters exactly stay", dropInside,
			[]candidate{box(0, 0, 20, 20, .9), box(5, 0, 20, 20, .8)},
			[]candidate{box(0, 0, 20, 20, .9), box(5, 0, 20, 20, .8)},
		},
		{
			"part of a face, however strong", dropInLarger,
			[]candidate{box(10, 10, 20, 20, .99), box(0, 0, 90, 90, .7)},
			[]candidate{box(0, 0, 90, 90, .7)},
		},
		{
			"inside something doubtful", dropInLarger,
			[]candidate{box(10, 10, 20, 20, .99), box(0, 0, 90, 90, .69)},
			[]candidate{box(10, 10, 20, 20, .99), box(0, 0, 90, 90, .69)},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := slices.Clone(c.in)
			got := c.run(c.in)
			if diff := cmp.Diff(c.want, got, about(1e-4), cmp.AllowUnexported(candidate{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if !slices.Equal(before, c.in) {
				t.Error("the input was modified")
			}
		})
	}
}

// rotate returns Rx(pitch) Ry(yaw) Rz(roll) of degrees, in the signs of face.Pose.
func rotate(roll, pitch, yaw float32) rotation {
	var r rotation
	for i, row := range (face.Pose{Roll: roll, Pitch: pitch, Yaw: yaw}).Rotation() {
		for k, v := range row {
			r[i][k] = float64(v)
		}
	}
	return r
}

func TestPose(t *testing.T) {
	for _, c := range []struct{ roll, pitch, yaw float32 }{
		{0, 0, 0},
		{20, 0, 0},
		{-20, 0, 0},
		{0, 20, 0},
		{0, -20, 0},
		{0, 0, 20},
		{0, 0, -20},
		{10, -15, 25},
		{-30, 12, -40},
		{70, 40, 60},
	} {
		// A mesh whose head looks straight ahead is one that looks down by pitchZero.
		r := rotation(matrix(rotate(c.roll, c.pitch, c.yaw)).times(matrix(rotate(0, -pitchZero, 0))))
		got := kabsch(mesh{points: canonicalMesh(300, 200, 7, r)}).pose()
		want := face.Pose{Roll: c.roll, Pitch: c.pitch, Yaw: c.yaw * yawScale}
		if diff := cmp.Diff(want, got, about(.01)); diff != "" {
			t.Errorf("%v (-want +got):\n%s", c, diff)
		}
	}
}

// The signs, seen in the picture rather than in a matrix.
func TestPoseSigns(t *testing.T) {
	nose := func(r rotation) point3 { return canonicalMesh(0, 0, 1, r)[4] }
	straight := nose(identityRotation())
	if p := nose(rotate(0, 0, 20)); p.x <= straight.x {
		t.Error("yaw > 0 does not move the nose to the right of the picture")
	}
	if p := nose(rotate(0, 20, 0)); p.y >= straight.y {
		t.Error("pitch > 0 does not move the nose up")
	}
	m := canonicalMesh(0, 0, 1, rotate(20, 0, 0))
	if m[leftEyeOuter].y <= m[rightEyeOuter].y {
		t.Error("roll > 0 does not turn the head clockwise: the eye on the right is not the lower one")
	}
	if s := bounds(m); math.Abs(s.roll*180/math.Pi-20) > .01 {
		t.Errorf("the crop turns by %v degrees, want 20", s.roll*180/math.Pi)
	}
	if p := kabsch(mesh{points: canonicalMesh(0, 0, 1, rotate(0, 0, 85))}).pose(); p.Yaw != 90 {
		t.Errorf("yaw is %v, want it to end at 90", p.Yaw)
	}
}

func TestSVD(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	random := func() (m matrix) {
		for i := range m {
			for k := range m {
				m[i][k] = r.NormFloat64()
			}
		}
		return m
	}
	cases := []matrix{
		{},
		identity(),
		{{1, 2, 3}, {2, 4, 6}, {3, 6, 9}},  // rank 1
		{{1, 0, 0}, {0, 0, 0}, {0, 0, 2}},  // rank 2
		{{0, 0, 1}, {1, 0, 0}, {0, 1, 0}},  // a permutation
		{{1, 0, 0}, {0, 1, 0}, {0, 0, -1}}, // a mirror
		{{1e-9, 0, 0}, {0, 2e-9, 0}, {0, 0, 3e-20}}, // small
	}
	for range 200 {
		cases = append(cases, random())
	}
	for _, a := range cases {
		u, s, v := svd(a)
		if s[0] < s[1] || s[1] < s[2] || s[2] < 0 {
			t.Errorf("%v: singular values %v", a, s)
		}
		back := u.times(matrix{{s[0]}, {0, s[1]}, {0, 0, s[2]}}).times(v.transposed())
		for i := range 3 {
			for k := range 3 {
				if math.Abs(back[i][k]-a[i][k]) > 1e-12*(1+s[0]) {
					t.Fatalf("%v: u s v' is %v", a, back)
				}
				for name, m := range map[string]matrix{"u": u, "v": v} {
					if e := m.transposed().times(m); math.Abs(e[i][k]-identity()[i][k]) > 1e-9 {
						t.Fatalf("%v: %s is not orthogonal: %v", a, name, m)
					}
				}
			}
		}
	}
	nan := matrix{{math.NaN()}}
	svd(nan) // ends
}

func TestLandmarks(t *testing.T) {
	seen := map[int]bool{}
	for _, k := range iBUGPoints {
		if k < 0 || k >= meshPoints || seen[k] {
			t.Errorf("mesh point %d is used twice or does not exist", k)
		}
		seen[k] = true
	}
	m := mesh{points: make([]point3, meshPoints)}
	for i := range m.points {
		m.points[i] = point3{float64(i), float64(1000 - i), 7}
	}
	l := landmarks(m)
	// Which is where on a face: the tip of the nose, the corners of the eyes and of the mouth.
	for i, k := range map[int]int{30: 4, 36: rightEyeOuter, 45: leftEyeOuter, 48: 61, 54: 291} {
		if l[i] != face.Pt(float32(k), float32(1000-k)) {
			t.Errorf("landmark %d is %v, want mesh point %d", i, l[i], k)
		}
	}
	mean := func(k ...int) face.Point {
		sum := 0
		for _, i := range k {
			sum += i
		}
		x := float32(sum) / float32(len(k))
		return face.Pt(x, 1000-x)
	}
	want := []face.Point{mean(385, 387, 373, 380), mean(160, 158, 153, 144), mean(78, 82, 13, 312, 308, 317, 14, 87)}
	if diff := cmp.Diff(want, l[68:], about(1e-3)); diff != "" {
		t.Errorf("centres (-want +got):\n%s", diff)
	}
}

func TestAge(t *testing.T) {
	for _, c := range []struct {
		name             string
		bands            [face.NumAgeBands]float32
		second           float32
		years, low, high float32
	}{
		{"one band", [...]float32{0, 0, 0, 1, 0, 0, 0, 0, 0}, 25, 25, 21, 29},
		{"the first", [...]float32{1, 0, 0, 0, 0, 0, 0, 0, 0}, 1.5, 1.5, .3, 2.7},
		// The rarer band weighs more once a part of the prior is divided out: .53364 of all, so 30.07 years.
		{"two bands", [...]float32{0, 0, 0, .5, .5, 0, 0, 0, 0}, 30, 30.0612, 22.1359, 38.1177},
		{"beyond 30 years count for more", [...]float32{0, 0, 0, 0, 1, 0, 0, 0, 0}, 34.5, 34.95, 31.45, 39.45},
		{"old", [...]float32{0, 0, 0, 0, 0, 0, 0, 0, 1}, 76, 80.6, 77.6, 100},
		// Both are 52.5 in the mean: three quarters of the way from .8 to .4.
		{"the second network counts for more of older faces", [...]float32{0, 0, 0, 0, 0, 1, 0, 0, 0}, 60.5, 54.75, 51.25, 59.25},
		{"the range moves with the estimate", [...]float32{0, 0, 0, 1, 0, 0, 0, 0, 0}, 100, 74, 70, 78},
		{"the range holds the estimate", [...]float32{0, 0, 0, .97987, 0, 0, 0, 0, .02013}, 30.095, 30.1045, 21.12, 30.1045},
		{"no age is below 0", [...]float32{1, 0, 0, 0, 0, 0, 0, 0, 0}, -5, 1.2, 0, 2.4},
	} {
		t.Run(c.name, func(t *testing.T) {
			got := age(c.bands, c.second)
			want := face.Age{Years: c.years, Low: c.low, High: c.high, Bands: c.bands}
			if diff := cmp.Diff(want, got, about(.01)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
	for range 1000 {
		var bands [face.NumAgeBands]float32
		for i := range bands {
			bands[i] = rand.Float32() * rand.Float32()
		}
		// Whatever both say, the range holds the estimate; and where the second sees a face older, by up to 20 years about
		// what the first sees, it is not younger.
		first := float32(0)
		for i, p := range withoutPrior(bands) {
			first += float32(p * ageBands[i].middle)
		}
		before := float32(0)
		for second := max(first-20, 0); second < first+20; second++ {
			a := age(bands, second)
			if !(a.Low >= 0 && a.Low <= a.Years && a.Years <= a.High && a.High <= 100) || a.Years < before {
				t.Fatalf("bands %v and %v: %v after %v", bands, second, a, before)
			}
			before = a.Years
		}
	}
	for i, start := range face.AgeBandStarts() {
		if ageBands[i].from != float64(start) || i > 0 && ageBands[i-1].to != float64(start) {
			t.Errorf("band %d is %v, want it to begin at %d", i, ageBands[i], start)
		}
	}
}

func TestSoften(t *testing.T) {
	p := face.Emotions{0, .01, .04, .8, .05, .05, .05}
	if diff := cmp.Diff(p, soften(p, 1), about(1e-5)); diff != "" {
		t.Errorf("temperature 1 (-want +got):\n%s", diff)
	}
	got := soften(p, expressionTemperature)
	var sum float32
	for i, v := range got {
		sum += v
		want := math.Exp(math.Log((float64(p[i])+1e-6)/(.8+1e-6)) / expressionTemperature)
		if math.Abs(float64(v/got[face.Happy])-want) > 1e-5 {
			t.Errorf("%v: ratio to happy %v, want %v", face.Emotion(i), v/got[face.Happy], want)
		}
	}
	if math.Abs(float64(sum)-1) > 1e-5 || got[face.Happy] > .6 {
		t.Errorf("softened %v, sum %v", got, sum)
	}
}

func TestBlendEmotions(t *testing.T) {
	sure := face.Emotions{face.Happy: 1}
	other := face.Emotions{face.Sad: 1}
	p := blendEmotions(sure, other)
	var sum float32
	for _, v := range p {
		sum += v
	}
	if math.Abs(float64(sum-1)) > 1e-5 || p[face.Happy] < .6 || p[face.Happy] > expressionWeight || p[face.Sad] < 1-expressionWeight-.01 {
		t.Errorf("happy and sad, both sure, give %v, sum %v", p, sum)
	}
	if e, q := blendEmotions(sure, sure).Top(); e != face.Happy || q < .95 {
		t.Errorf("twice happy gives %v %v", e, q)
	}
}

// smileMesh has a mouth of the given measures, in units of the distance of the eyes, turned.
func smileMesh(width, lift, open, drop float64, r rotation) mesh {
	set := map[int]point3{
		rightEyeOuter: {-.5, 0, 0}, leftEyeOuter: {.5, 0, 0},
		61: {-width / 2, .5 + drop, 0}, 291: {width / 2, .5 + drop, 0},
		13: {0, .5 + drop + lift - open/2, 0}, 14: {0, .5 + drop + lift + open/2, 0},
	}
	m := mesh{points: make([]point3, meshPoints)}
	for i, p := range set {
		p = point3{80 * p.x, 80 * p.y, 80 * p.z}
		m.points[i] = point3{
			400 + r[0][0]*p.x + r[0][1]*p.y + r[0][2]*p.z,
			300 + r[1][0]*p.x + r[1][1]*p.y + r[1][2]*p.z,
			r[2][0]*p.x + r[2][1]*p.y + r[2][2]*p.z,
		}
	}
	return m
}

func TestSmile(t *testing.T) {
	for _, r := range []rotation{identityRotation(), rotate(15, -10, 30)} {
		lift, corner := smileRatios(smileMesh(.6, .02, .08, .22, r), r)
		if want := math.Sqrt(.2*.2 + .72*.72); math.Abs(lift-.02) > 1e-6 || math.Abs(corner-want) > 1e-6 {
			t.Errorf("lift %v, corner %v, want .02 and %v", lift, corner, want)
		}
	}
	happy := func(p float32) face.Emotions { return face.Emotions{face.Happy: p, face.Neutral: 1 - p} }
	mouth := func(lift, drop float64, first, second float32) float32 {
		return smile(smileMesh(.62, lift, .08, drop, identityRotation()), identityRotation(), happy(first), happy(second), true)
	}
	// By hand: the logit of .5 is 0, that of .25 is -ln 3.
	z := 12.128 + 28.371*.02 - 16.827*math.Sqrt(.19*.19+.72*.72) - .404*math.Log(3)
	if got, want := mouth(.02, .22, .5, .25), 1/(1+math.Exp(-z)); math.Abs(float64(got)-want) > 1e-5 {
		t.Errorf("smile %v, want %v", got, want)
	}
	z = -.184 - .534*math.Log(3)
	if got, want := smile(mesh{}, rotation{}, happy(.25), happy(.5), false), 1/(1+math.Exp(-z)); math.Abs(float64(got)-want) > 1e-5 {
		t.Errorf("smile without a mesh %v, want %v", got, want)
	}
	for what, c := range map[string][2]float32{
		"the first network sees more happiness":  {mouth(.02, .2, .2, .5), mouth(.02, .2, .9, .5)},
		"the second network sees more happiness": {mouth(.02, .2, .5, .2), mouth(.02, .2, .5, .9)},
		"the corners are lifted":                 {mouth(-.02, .2, .5, .5), mouth(.05, .2, .5, .5)},
		"the corners are nearer to the eyes":     {mouth(.02, .25, .5, .5), mouth(.02, .2, .5, .5)},
	} {
		if c[0] >= c[1] {
			t.Errorf("%s, but it smiles less: %v, %v", what, c[0], c[1])
		}
	}
	for _, p := range []float32{0, 1} {
		if got := mouth(.02, .2, p, p); !(got > 0 && got < 1) {
			t.Errorf("happy %v gives %v", p, got)
		}
	}
}

// counter is a source that can decode at half size and counts what it is asked for.
type counter struct {
	Source
	img             *image.RGBA
	pixels, regions int
}

func (c *counter) Pixels(ctx context.Context, longSide int) (*image.RGBA, error) {
	c.pixels++
	w, h := c.Size()
	if longSide > max(w, h)/2 {
		return c.Source.Pixels(ctx, longSide)
	}
	half := image.NewRGBA(image.Rect(0, 0, w/2, h/2))
	shrink(half, c.img)
	return half, nil
}

func (c *counter) Region(ctx context.Context, r image.Rectangle, longSide int) (*image.RGBA, error) {
	if c.regions++; r.Empty() || !r.In(image.Rect(0, 0, c.img.Rect.Dx(), c.img.Rect.Dy())) {
		return nil, fmt.Errorf("region %v is not in the photo", r)
	}
	return c.Source.Region(ctx, r, longSide)
}

// Regions at full resolution are asked for where the scaled picture shows too little, only.
func TestRegionsOnlyForSmallFaces(t *testing.T) {
	for _, c := range []struct {
		side            float32
		want            face.Features
		pixels, regions int
	}{
		{400, face.AllFeatures, 1, 0},
		{400, face.BoundsBox, 1, 0},
		{150, face.BoundsBox, 1, 0},   // enough for the looks
		{150, face.AllFeatures, 1, 1}, // but not for the mesh
		{50, face.AllFeatures &^ face.HairShape, 1, 2},
		{50, face.AllFeatures, 1, 3}, // the surroundings of the head too
		{400, face.HairShape, 1, 0},
		{50, face.HairShape, 1, 3}, // its age is looked at too
	} {
		f := &fakes{w: 1600, h: 1200, faces: []fakeFace{{box: face.BoxAt(1600-c.side, 300, c.side, c.side), pass: .9, first: .9, second: .9}}}
		img := f.photo()
		src := &counter{Source: ImageSource(img), img: img}
		a := mustAnalyze(t, f.engine(), src, Request{Want: c.want})
		if len(a.Faces) != 1 || !near(a.Faces[0].Box, f.faces[0].box) {
			t.Errorf("face of %v: found %v", c.side, a.Faces)
		}
		if src.pixels != c.pixels || src.regions != c.regions {
			t.Errorf("face of %v, %v: %d times pixels, %d regions, want %d and %d", c.side, c.want, src.pixels, src.regions, c.pixels, c.regions)
		}
	}
}

func TestImageSource(t *testing.T) {
	img := noise(20, 10) // a part of a larger picture: its corner is not at 0, 0
	src := ImageSource(img)
	if w, h := src.Size(); w != 20 || h != 10 {
		t.Errorf("size %d x %d", w, h)
	}
	part, err := src.Region(t.Context(), image.Rect(5, 3, 12, 9), 2)
	if err != nil {
		t.Fatal(err)
	}
	at := img.Rect.Min.Add(image.Pt(5, 3))
	if part.Rect.Size() != image.Pt(7, 6) || part.RGBAAt(part.Rect.Min.X, part.Rect.Min.Y) != img.RGBAAt(at.X, at.Y) {
		t.Errorf("the region is %v", part.Rect)
	}
	if _, err := src.Region(t.Context(), image.Rect(15, 5, 21, 9), 2); err == nil {
		t.Error("no error for a region that reaches beyond the picture")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := src.Pixels(ctx, 10); err == nil {
		t.Error("no error for a cancelled ctx")
	}
}
