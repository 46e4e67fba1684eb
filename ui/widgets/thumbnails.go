package widgets

import (
	"container/list"
	"context"
	"image"
	"sync"

	"golang.org/x/image/draw"
)

// ThumbnailFunc returns the picture of key with a long side of about longSide
// pixels. It may block; it is called on several goroutines at once.
type ThumbnailFunc func(ctx context.Context, key string, longSide int) (*image.RGBA, error)

// Thumbnails loads pictures in the background and remembers the latest of
// them. What was asked for last is loaded first, because that is what is on
// the screen. All methods may be called from any goroutine.
type Thumbnails struct {
	load   ThumbnailFunc
	ctx    context.Context //nolint:containedctx // the loader's own life: Close ends the loads that run
	cancel context.CancelFunc
	done   sync.WaitGroup

	mu     sync.Mutex
	wake   *sync.Cond
	closed bool
	queue  []*thumbnailJob // a stack
	budget int             // bytes
	used   int
	order  *list.List // of *thumbnail, the latest used in front
	byKey  map[ThumbnailKey]*list.Element
}

// ThumbnailKey names a picture: one version of one photo in one size.
type ThumbnailKey struct {
	Key   string
	Stamp int64 // another value for another content of the same photo, such as the file's time
	Side  int   // long side in pixels
}

type thumbnail struct {
	ThumbnailKey
	picture *image.RGBA
}

type thumbnailJob struct {
	ThumbnailKey
	cancelled bool
	deliver   func(*image.RGBA, error)
}

// NewThumbnails starts workers goroutines that call load. At most budget bytes
// of pixels are remembered. Close ends them.
func NewThumbnails(load ThumbnailFunc, workers, budget int) *Thumbnails {
	ctx, cancel := context.WithCancel(context.Background())
	t := &Thumbnails{
		load: load, ctx: ctx, cancel: cancel, budget: budget,
		order: list.New(), byKey: map[ThumbnailKey]*list.Element{},
	}
	t.wake = sync.NewCond(&t.mu)
	for range workers {
		t.done.Go(t.work)
	}
	return t
}

// Cached returns the remembered picture of k, whose long side is k.Side pixels
// at most, or nil. The picture must not be changed.
func (t *Thumbnails) Cached(k ThumbnailKey) *image.RGBA {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.byKey[k]
	if e == nil {
		return nil
	}
	t.order.MoveToFront(e)
	return e.Value.(*thumbnail).picture
}

// Request loads the picture of k and calls deliver, on another goroutine,
// unless cancel was called before the load began.
func (t *Thumbnails) Request(k ThumbnailKey, deliver func(*image.RGBA, error)) (cancel func()) {
	j := &thumbnailJob{ThumbnailKey: k, deliver: deliver}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.queue = append(t.queue, j)
		t.wake.Signal()
	}
	return func() {
		t.mu.Lock()
		defer t.mu.Unlock()
		j.cancelled = true
	}
}

// Close ends the workers and waits for them; nothing is delivered afterwards.
func (t *Thumbnails) Close() {
	t.mu.Lock()
	t.closed = true
	t.queue = nil
	t.wake.Broadcast()
	t.mu.Unlock()
	t.cancel()
	t.done.Wait()
}

func (t *Thumbnails) work() {
	for {
		j := t.next()
		if j == nil {
			return
		}
		picture, err := t.Cached(j.ThumbnailKey), error(nil)
		if picture == nil { // nobody else loaded it meanwhile
			if picture, err = t.load(t.ctx, j.Key, j.Side); err == nil {
				picture = fit(picture, j.Side)
				t.remember(j.ThumbnailKey, picture)
			}
		}
		if t.ctx.Err() != nil {
			return
		}
		j.deliver(picture, err)
	}
}

// next waits for a job; nil means that Close was called.
func (t *Thumbnails) next() *thumbnailJob {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		for n := len(t.queue); n > 0; n = len(t.queue) {
			j := t.queue[n-1]
			t.queue[n-1] = nil
			t.queue = t.queue[:n-1]
			if !j.cancelled {
				return j
			}
		}
		if t.closed {
			return nil
		}
		t.wake.Wait()
	}
}

func (t *Thumbnails) remember(k ThumbnailKey, p *image.RGBA) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.byKey[k]; e != nil {
		t.drop(e)
	}
	t.byKey[k] = t.order.PushFront(&thumbnail{k, p})
	t.used += len(p.Pix)
	for t.used > t.budget && t.order.Len() > 1 {
		t.drop(t.order.Back())
	}
}

func (t *Thumbnails) drop(e *list.Element) {
	th := t.order.Remove(e).(*thumbnail)
	delete(t.byKey, th.ThumbnailKey)
	t.used -= len(th.picture.Pix)
}

// fit returns p with a long side of at most side pixels, so that the card draws
// it pixel by pixel. A picture of the right size is returned as it is, unless
// it is part of another one: the card would read its rows with the wrong stride.
func fit(p *image.RGBA, side int) *image.RGBA {
	s := p.Rect.Size()
	long := max(s.X, s.Y)
	if long <= side && p.Stride == 4*s.X {
		return p
	}
	scale := min(1, float64(side)/float64(max(long, 1)))
	out := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(s.X)*scale+.5)), max(1, int(float64(s.Y)*scale+.5))))
	draw.CatmullRom.Scale(out, out.Rect, p, p.Rect, draw.Src, nil)
	return out
}
