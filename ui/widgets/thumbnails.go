package widgets

import (
	"container/list"
	"context"
	"image"
	"slices"
	"sync"

	"golang.org/x/image/draw"
)

// ThumbnailFunc returns the picture of key with a long side of about longSide
// pixels. It may block; it is called on several goroutines at once.
type ThumbnailFunc func(ctx context.Context, key string, longSide int) (*image.RGBA, error)

// PreviewFunc returns a picture of key that is quickly had, of any size, to be shown until a ThumbnailFunc has made the
// true one; ready says that it is the true one. An error means that there is none. It may block, but not for long.
type PreviewFunc func(ctx context.Context, key string, longSide int) (p *image.RGBA, ready bool, err error)

// Thumbnails loads pictures in the background and remembers the latest of
// them. What was asked for last is loaded first, because that is what is on
// the screen, and quick pictures before all true ones. All methods may be called from any goroutine.
type Thumbnails struct {
	preview PreviewFunc
	load    ThumbnailFunc
	ctx     context.Context //nolint:containedctx // the loader's own life: Close ends the loads that run
	cancel  context.CancelFunc
	done    sync.WaitGroup

	mu     sync.Mutex
	wake   *sync.Cond
	closed bool
	asked  int             // requests so far
	quick  []*thumbnailJob // whose preview is to be loaded
	slow   []*thumbnailJob // whose true picture is to be loaded
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
	ready   bool // it is the true one
}

type thumbnailJob struct {
	ThumbnailKey
	number  int             // requests are counted
	ctx     context.Context //nolint:containedctx // ends when nobody waits for the picture any more
	end     context.CancelFunc
	deliver func(*image.RGBA, error)
}

// NewThumbnails starts workers goroutines that call load, and preview before, unless that is nil; one more only calls preview, so that
// nobody waits for a quick picture behind slow ones. At most budget bytes of pixels are remembered. Close ends them.
func NewThumbnails(preview PreviewFunc, load ThumbnailFunc, workers, budget int) *Thumbnails {
	ctx, cancel := context.WithCancel(context.Background())
	t := &Thumbnails{
		preview: preview, load: load, ctx: ctx, cancel: cancel, budget: budget,
		order: list.New(), byKey: map[ThumbnailKey]*list.Element{},
	}
	t.wake = sync.NewCond(&t.mu)
	for range workers {
		t.done.Go(func() { t.work(true) })
	}
	if preview != nil {
		t.done.Go(func() { t.work(false) })
	}
	return t
}

// Cached returns the remembered picture of k, whose long side is k.Side pixels
// at most, or nil; ready says that it is the true one. The picture must not be changed.
func (t *Thumbnails) Cached(k ThumbnailKey) (p *image.RGBA, ready bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e := t.byKey[k]
	if e == nil {
		return nil, false
	}
	t.order.MoveToFront(e)
	th := e.Value.(*thumbnail)
	return th.picture, th.ready
}

// Request loads the picture of k and calls deliver, on another goroutine: with a quick picture if there
// is one, and with the true one or an error afterwards. After cancel was called, loads that run are ended, and
// deliver may be called at most once more.
func (t *Thumbnails) Request(k ThumbnailKey, deliver func(*image.RGBA, error)) (cancel func()) {
	ctx, cancel := context.WithCancel(t.ctx)
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return cancel
	}
	t.asked++
	j := &thumbnailJob{ThumbnailKey: k, number: t.asked, ctx: ctx, end: cancel, deliver: deliver}
	if t.preview == nil || t.byKey[k] != nil { // what is remembered is quicker
		t.slow = append(t.slow, j)
	} else {
		t.quick = append(t.quick, j)
	}
	t.wake.Broadcast()
	return cancel
}

// Close ends the workers and waits for them; nothing is delivered afterwards.
func (t *Thumbnails) Close() {
	t.mu.Lock()
	t.closed = true
	t.quick, t.slow = nil, nil
	t.wake.Broadcast()
	t.mu.Unlock()
	t.cancel()
	t.done.Wait()
}

// work loads pictures until Close is called, true ones only if slow.
func (t *Thumbnails) work(slow bool) {
	for {
		j, quick := t.next(slow)
		switch {
		case j == nil:
			return
		case quick:
			t.loadPreview(j)
		default:
			t.loadTrue(j)
		}
	}
}

func (t *Thumbnails) loadPreview(j *thumbnailJob) {
	p, ready := t.Cached(j.ThumbnailKey)
	if p == nil { // nobody else loaded it meanwhile
		var err error
		if p, ready, err = t.preview(j.ctx, j.Key, j.Side); err != nil {
			p = nil
		}
		if p != nil {
			p = fit(p, j.Side, !ready)
			ready = t.remember(j.ThumbnailKey, p, ready)
		}
	}
	if j.ctx.Err() != nil {
		return
	}
	if p != nil {
		j.deliver(p, nil)
	}
	if p != nil && ready {
		j.end()
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.closed {
		t.slow = append(t.slow, j)
		t.wake.Broadcast()
	}
}

func (t *Thumbnails) loadTrue(j *thumbnailJob) {
	p, ready := t.Cached(j.ThumbnailKey)
	var err error
	if !ready {
		if p, err = t.load(j.ctx, j.Key, j.Side); err == nil {
			p = fit(p, j.Side, false)
			t.remember(j.ThumbnailKey, p, true)
		}
	}
	if j.ctx.Err() == nil {
		j.deliver(p, err)
	}
	j.end()
}

// next waits for a job; quick says that its preview is to be loaded. nil means that Close was called.
func (t *Thumbnails) next(slow bool) (j *thumbnailJob, quick bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for {
		if j := latest(&t.quick); j != nil {
			return j, true
		}
		if slow {
			if j := latest(&t.slow); j != nil {
				return j, false
			}
		}
		if t.closed {
			return nil, false
		}
		t.wake.Wait()
	}
}

// latest takes the job that was asked for last out of a list, and those that nobody waits for any more. nil means that there is none.
func latest(list *[]*thumbnailJob) *thumbnailJob {
	jobs := slices.DeleteFunc(*list, func(j *thumbnailJob) bool { return j.ctx.Err() != nil })
	*list = jobs
	if len(jobs) == 0 {
		return nil
	}
	at := 0
	for i, j := range jobs {
		if j.number > jobs[at].number {
			at = i
		}
	}
	j := jobs[at]
	*list = slices.Delete(jobs, at, at+1)
	return j
}

// remember keeps a picture, unless it is a quick one and the true one is there. It reports whether the true one is.
func (t *Thumbnails) remember(k ThumbnailKey, p *image.RGBA, ready bool) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if e := t.byKey[k]; e != nil {
		if e.Value.(*thumbnail).ready && !ready {
			return true
		}
		t.drop(e)
	}
	t.byKey[k] = t.order.PushFront(&thumbnail{k, p, ready})
	t.used += len(p.Pix)
	for t.used > t.budget && t.order.Len() > 1 {
		t.drop(t.order.Back())
	}
	return ready
}

func (t *Thumbnails) drop(e *list.Element) {
	th := t.order.Remove(e).(*thumbnail)
	delete(t.byKey, th.ThumbnailKey)
	t.used -= len(th.picture.Pix)
}

// fit returns p with a long side of at most side pixels, or with enlarge of exactly that, so that the card draws
// it pixel by pixel. A picture of the right size is returned as it is, unless
// it is part of another one: the card would read its rows with the wrong stride.
func fit(p *image.RGBA, side int, enlarge bool) *image.RGBA {
	s := p.Rect.Size()
	long := max(s.X, s.Y)
	if (long == side || long < side && !enlarge) && p.Stride == 4*s.X {
		return p
	}
	scale := float64(side) / float64(max(long, 1))
	if !enlarge {
		scale = min(1, scale)
	}
	out := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(s.X)*scale+.5)), max(1, int(float64(s.Y)*scale+.5))))
	var by draw.Scaler = draw.CatmullRom
	if scale > 1 { // there is nothing in it that would be worth more time
		by = draw.ApproxBiLinear
	}
	by.Scale(out, out.Rect, p, p.Rect, draw.Src, nil)
	return out
}
