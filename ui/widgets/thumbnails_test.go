package widgets_test

import (
	"context"
	"errors"
	"fmt"
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
		th := widgets.NewThumbnails(nil, r.load, 1, 1<<20)
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
		remembered := func(k widgets.ThumbnailKey) bool {
			p, ready := th.Cached(k)
			return p != nil && ready
		}
		if !remembered(at("second")) || remembered(at("broken")) || remembered(widgets.ThumbnailKey{Key: "second", Side: 16}) || remembered(widgets.ThumbnailKey{Key: "second", Side: 8, Stamp: 1}) {
			t.Error("the cache does not hold exactly what was loaded")
		}
	})
}

// Quick pictures come first, whatever was asked for before, and each is followed by the true one, in the order of the latest requests. A
// true one out of the cache is the only one, and what nobody waits for any more is not loaded.
func TestThumbnailsDeliverTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{gate: make(chan struct{}), size: image.Pt(8, 4)}
		preview := func(_ context.Context, key string, _ int) (*image.RGBA, bool, error) {
			if key == "none" {
				return nil, false, errors.New("no thumbnail inside")
			}
			return image.NewRGBA(image.Rect(0, 0, 4, 2)), key == "cached", nil
		}
		th := widgets.NewThumbnails(preview, r.load, 1, 1<<20)
		defer th.Close()
		var mu sync.Mutex
		var got []string
		ask := func(key string) func() {
			return th.Request(at(key), func(p *image.RGBA, err error) {
				mu.Lock()
				defer mu.Unlock()
				if err != nil {
					got = append(got, key+" error")
					return
				}
				_, ready := th.Cached(at(key))
				got = append(got, fmt.Sprintf("%s %v %v", key, p.Rect.Dx(), ready))
			})
		}
		check := func(what, want string) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if s := strings.Join(got, ", "); s != want {
				t.Errorf("%s: delivered %s, want %s", what, s, want)
			}
			got = nil
		}
		ask("a")
		check("a", "a 8 false") // as large as the true one, so that nothing moves
		ask("b")
		check("the worker is busy with a", "b 8 false")
		ask("cached")
		check("cached", "cached 4 true")
		ask("none")
		away := ask("scrolled away")
		check("scrolled away", "scrolled away 8 false")
		away()
		ask("broken")
		check("broken", "broken 8 false")
		ask("b")() // cancelled before anything
		close(r.gate)
		check("true pictures", "a 8 true, broken error, none 8 true, b 8 true")
		if want := "a broken none b"; r.String() != want {
			t.Errorf("loaded %s, want %s", r, want)
		}
		ask("scrolled away") // its quick picture is remembered: only the true one is loaded
		check("again", "scrolled away 8 true")
	})
}

// Nobody waits for a load that was begun for a photo that is not on the screen any more.
func TestThumbnailsCancelEndsRunningLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{gate: make(chan struct{}), size: image.Pt(1, 1)}
		th := widgets.NewThumbnails(nil, r.load, 1, 1<<20)
		defer th.Close()
		cancel := th.Request(at("slow"), func(*image.RGBA, error) { t.Error("delivered after it was cancelled") })
		synctest.Wait()
		th.Request(at("next"), func(*image.RGBA, error) {})
		cancel()
		synctest.Wait()
		if r.String() != "slow next" {
			t.Errorf("loaded %q: the only worker still waits for the first", r)
		}
	})
}

func TestThumbnailsKeepToTheBudget(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{gate: make(chan struct{}), size: image.Pt(8, 8)} // 256 bytes each
		close(r.gate)
		th := widgets.NewThumbnails(nil, r.load, 1, 2*256)
		defer th.Close()
		for _, k := range []string{"a", "b", "c"} {
			th.Request(at(k), func(*image.RGBA, error) {})
			synctest.Wait()
			th.Cached(at("a")) // used again and again: it stays
		}
		a, _ := th.Cached(at("a"))
		b, _ := th.Cached(at("b"))
		c, _ := th.Cached(at("c"))
		if a == nil || b != nil || c == nil {
			t.Error("not the least recently used picture was dropped")
		}
	})
}

func TestThumbnailsCloseEndsRunningLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &recorder{gate: make(chan struct{}), size: image.Pt(1, 1)}
		th := widgets.NewThumbnails(nil, r.load, 2, 1)
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
			th := widgets.NewThumbnails(nil, func(context.Context, string, int) (*image.RGBA, error) { return tt.in, nil }, 1, 1<<20)
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
