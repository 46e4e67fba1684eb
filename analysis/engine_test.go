package analysis

import (
	"context"
	"image"
	"math"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/face"
	"semblance/models"
)

// One engine serves many callers; they share its buffers and networks, not its results.
func TestConcurrent(t *testing.T) {
	photos := []*fakes{threeFaces(), {w: 900, h: 300, faces: []fakeFace{{box: face.BoxAt(400, 50, 200, 200), pass: .9, first: .9, second: .9}}}}
	var want []*face.Analysis
	for _, f := range photos {
		want = append(want, mustAnalyze(t, f.engine(), ImageSource(f.photo()), Request{Want: face.AllFeatures, Mode: Default}))
	}
	for i, f := range photos {
		e, photo := f.engine(), f.photo()
		var callers sync.WaitGroup
		for range 4 {
			callers.Go(func() {
				for range 3 {
					got, err := e.Analyze(t.Context(), ImageSource(photo), Request{Want: face.AllFeatures, Mode: Default})
					if err != nil {
						t.Error(err)
						return
					}
					if diff := cmp.Diff(want[i], got); diff != "" {
						t.Errorf("photo %d (-alone +together):\n%s", i, diff)
					}
				}
			})
		}
		callers.Wait()
	}
}

// garbage is a network that returns outputs of the right shape with anything in them.
type garbage struct {
	fakeNetwork
	random *rand.Rand
}

func (n garbage) Run(ctx context.Context, inputs ...models.Tensor) ([]models.Tensor, error) {
	outputs, err := n.fakeNetwork.Run(ctx, inputs...)
	for _, o := range outputs {
		for i := range o.Data {
			switch n.random.IntN(8) {
			case 0:
				o.Data[i] = float32(math.NaN())
			case 1:
				o.Data[i] = float32(math.Inf(1 - 2*n.random.IntN(2)))
			case 2:
				o.Data[i] = float32(n.random.NormFloat64()) * 1000
			case 3:
				o.Data[i] = n.random.Float32()
			}
		}
	}
	return outputs, err
}

// Whatever networks say, boxes are boxes within the photo, and nothing panics.
func TestGarbage(t *testing.T) {
	found := 0
	for seed := range uint64(20) {
		f := &fakes{w: 60, h: 50, faces: threeFaces().faces}
		f.engine()
		random := rand.New(rand.NewPCG(seed, 0))
		e := New(Config{Open: func(name string) (Network, error) { return garbage{fakeNetwork{f, name}, random}, nil }})
		a := mustAnalyze(t, e, ImageSource(f.photo()), Request{Want: face.AllFeatures})
		found += len(a.Faces)
		for _, g := range a.Faces {
			if g.Box.Empty() || g.Box.Intersect(face.BoxAt(0, 0, 60, 50)) != g.Box {
				t.Fatalf("box %v", g.Box)
			}
			if g.Score < face.DoubtScore || g.Number == 0 {
				t.Errorf("score %v, number %d", g.Score, g.Number)
			}
		}
	}
	if found == 0 {
		t.Error("no garbage was taken for a face: nothing was tested")
	}
}

// Pictures of a pixel's width, and of extreme shapes, are photos too.
func TestOddShapes(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {2, 1}, {1, 700}, {3000, 2}, {5, 3}} {
		f := &fakes{w: size.X, h: size.Y}
		img := image.NewRGBA(image.Rectangle{Max: size})
		for _, mode := range []Mode{Fast, Default, Thorough} {
			if a := mustAnalyze(t, f.engine(), ImageSource(img), Request{Want: face.AllFeatures, Mode: mode}); len(a.Faces) != 0 {
				t.Errorf("%v: found %v", size, a.Faces)
			}
		}
		a := mustAnalyze(t, f.engine(), ImageSource(img), Request{Want: face.AllFeatures, Crop: true})
		if len(a.Faces) != 1 {
			t.Errorf("%v: %d faces in a tight crop, want 1", size, len(a.Faces))
		}
	}
}
