package widgets_test

import (
	"context"
	"errors"
	"image"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"semblance/ui/widgets"
)

func at(key string) widgets.ThumbnailKey { return widgets.ThumbnailKey{Key: key, Side: 8} }

// recorder is a load function that waits until it is let go, and remembers the order.
type recorder struct {
	mu    sync.Mutex
	order []string
	gate  chan struct{}
	size  image.Point
}

func (r *recorder) load(ctx context.Context, key string, _ int) (*image.RGBA, error) {
	r.mu.Lock()
	r.order = append(r.order, key)
	r.mu.Unlock()
	select {
	case <-r.gate:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	if key == "broken" {
		return nil, errors.New("no picture")
	}
	return image.NewRGBA(image.Rectangle{Max: r.size}), nil
}

func (r *recorder) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return strings.Join(r.order, " ")
}

func TestThumbnailsLoadTheLatestFirstAndSkipCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{gate: make(chan struct{}), size: image.Pt(8, 4)}
		th := widgets.NewThumbnails(r.load, 1, 1<<20)
		defer th.Close()
		delivered := map[string]error{}
		var mu sync.Mutex
		ask := func(key string) func() {
			return th.Request(at(key), func(_ *image.RGBA, err error) {
				mu.Lock()
				defer mu.Unlock()
				delivered[key] = err
			})
		}
		ask("first")
		synctest.Wait() // the only worker is busy with it
		ask("second")
		cancel := ask("scrolled away")
		ask("broken")
		cancel()
		close(r.gate)
		synctest.Wait()
		if got, want := r.String(), "first broken second"; got != want {
			t.Errorf("loaded %q, want %q", got, want)
		}
		mu.Lock()
		defer mu.Unlock()
		if len(delivered) != 3 || delivered["broken"] == nil || delivered["second"] != nil {
			t.Errorf("delivered %v", delivered)
		}
		if th.Cached(at("second")) == nil || th.Cached(at("broken")) != nil || th.Cached(widgets.ThumbnailKey{Key: "second", Side: 16}) != nil || th.Cached(widgets.ThumbnailKey{Key: "second", Side: 8, Stamp: 1}) != nil {
			t.Error("the cache does not hold exactly what was loaded")
		}
	})
}

func TestThumbnailsKeepToTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{gate: make(chan struct{}), size: image.Pt(8, 8)} // 256 bytes each
		close(r.gate)
		th := widgets.NewThumbnails(r.load, 1, 2*256)
		defer th.Close()
		for _, k := range []string{"a", "b", "c"} {
			th.Request(at(k), func(*image.RGBA, error) {})
			synctest.Wait()
			th.Cached(at("a")) // used again and again: it stays
		}
		if th.Cached(at("a")) == nil || th.Cached(at("b")) != nil || th.Cached(at("c")) == nil {
			t.Error("not the least recently used picture was dropped")
		}
	})
}

func TestThumbnailsCloseEndsRunningLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{gate: make(chan struct{}), size: image.Pt(1, 1)}
		th := widgets.NewThumbnails(r.load, 2, 1)
		th.Request(at("slow"), func(*image.RGBA, error) { t.Error("delivered after Close") })
		synctest.Wait()
		th.Close() // returns although the load never finished
		th.Request(at("late"), func(*image.RGBA, error) { t.Error("delivered after Close") })
		if r.String() != "slow" {
			t.Errorf("loaded %q", r)
		}
	})
}

func TestThumbnailsFitTheCell(t *testing.T) {
	big := image.NewRGBA(image.Rect(0, 0, 100, 40))
	for i := range big.Pix {
		big.Pix[i] = 200
	}
	part := big.SubImage(image.Rect(10, 10, 20, 20)).(*image.RGBA)
	for name, tt := range map[string]struct {
		in   *image.RGBA
		want image.Point
	}{
		"too large":            {big, image.Pt(50, 20)},
		"part of another one":  {part, image.Pt(10, 10)},
		"one pixel high":       {image.NewRGBA(image.Rect(0, 0, 1000, 1)), image.Pt(50, 1)},
		"small enough already": {image.NewRGBA(image.Rect(0, 0, 20, 50)), image.Pt(20, 50)},
	} {
		t.Run(name, func(t *testing.T) {
			th := widgets.NewThumbnails(func(context.Context, string, int) (*image.RGBA, error) { return tt.in, nil }, 1, 1<<20)
			defer th.Close()
			got := make(chan *image.RGBA, 1)
			th.Request(widgets.ThumbnailKey{Key: "x", Side: 50}, func(p *image.RGBA, _ error) { got <- p })
			p := <-got
			if p.Rect.Size() != tt.want || p.Stride != 4*tt.want.X {
				t.Errorf("size %v, stride %d, want %v", p.Rect.Size(), p.Stride, tt.want)
			}
		})
	}
}
