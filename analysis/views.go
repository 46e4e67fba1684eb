package analysis

import (
	"context"
	"errors"
	"fmt"
	"image"
	"math"
	"slices"
	"sync"

	"semblance/internal/face"
)

// view is a picture of the photo, or of a part of it, at some scale.
type view struct {
	img    *image.RGBA
	x, y   float64 // where its top left corner lies in the photo
	sx, sy float64 // its pixels per pixel of the photo; equal but for rounding
}

// newView returns the view that img gives of the part r of the photo.
func newView(img *image.RGBA, r image.Rectangle) view {
	return view{
		img: img, x: float64(r.Min.X), y: float64(r.Min.Y),
		sx: float64(img.Rect.Dx()) / float64(r.Dx()), sy: float64(img.Rect.Dy()) / float64(r.Dy()),
	}
}

// enough is the share of the pixels a crop would like to have that it must have
// before a larger picture, or a region at full resolution, is read. On 45 photos of AFW
// in mode fast .3 and .5 accept 114 and 119 faces, .75 and 1 accept 123; decoding at half
// size then changes scores by .003 and ages by .4 years in the mean.
const enough = 0.75

// bounds is the photo's frame.
func (j *job) bounds() image.Rectangle { return image.Rect(0, 0, j.w, j.h) }

// whole returns a view of the whole photo whose long side has at least longSide
// pixels or all that there are: the smallest one known, or the source's.
func (j *job) whole(ctx context.Context, longSide int) (view, error) {
	longSide = min(longSide, max(j.w, j.h))
	for _, v := range j.views {
		if max(v.img.Rect.Dx(), v.img.Rect.Dy()) >= longSide {
			return v, nil
		}
	}
	if err := ctx.Err(); err != nil {
		return view{}, err
	}
	img, err := j.src.Pixels(ctx, longSide)
	if err != nil {
		return view{}, fmt.Errorf("get pixels: %w", err)
	}
	if img == nil || img.Rect.Empty() {
		return view{}, errors.New("get pixels: the source returned an empty picture")
	}
	v := newView(img, j.bounds())
	j.addView(v)
	return v, nil
}

// addView keeps a view of the whole photo for later crops.
func (j *job) addView(v view) {
	i, _ := slices.BinarySearchFunc(j.views, v.sx, func(o view, sx float64) int {
		if o.sx < sx {
			return -1
		}
		return 1
	})
	j.views = slices.Insert(j.views, i, v)
}

// part returns a view that shows b (as far as the photo goes) with at least scale
// pixels per pixel of the photo, or nearly: the smallest whole view that will do,
// else a region of the source.
func (j *job) part(ctx context.Context, b face.Box, scale float64) (view, error) {
	return j.partOf(ctx, b, scale, enough)
}

// partOf is part for whom the share of scale that a whole view must have is not enough.
func (j *job) partOf(ctx context.Context, b face.Box, scale, share float64) (view, error) {
	scale = min(scale, 1)
	for _, v := range j.views {
		if v.sx >= scale*share {
			return v, nil
		}
	}
	r := image.Rect(
		int(math.Floor(float64(b.Min.X))), int(math.Floor(float64(b.Min.Y))),
		int(math.Ceil(float64(b.Max.X))), int(math.Ceil(float64(b.Max.Y))),
	).Intersect(j.bounds())
	if r.Empty() {
		return view{}, fmt.Errorf("the region %v lies outside the photo", b)
	}
	if err := ctx.Err(); err != nil {
		return view{}, err
	}
	img, err := j.src.Region(ctx, r, int(math.Ceil(float64(max(r.Dx(), r.Dy()))*scale)))
	if err != nil {
		return view{}, fmt.Errorf("get region %v: %w", r, err)
	}
	if img == nil || img.Rect.Empty() {
		return view{}, fmt.Errorf("get region %v: the source returned an empty picture", r)
	}
	return newView(img, r), nil
}

// shrunk returns the whole photo at w x h pixels, shrunk from v, and keeps it.
func (j *job) shrunk(v view, w, h int) view {
	if v.img.Rect.Dx() == w && v.img.Rect.Dy() == h {
		return v
	}
	pix := j.engine.pool.bytes(4 * w * h)
	j.pooled = append(j.pooled, pix)
	img := &image.RGBA{Pix: *pix, Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
	shrink(img, v.img)
	s := newView(img, j.bounds())
	j.addView(s)
	return s
}

// release gives the job's pictures back to the pool.
func (j *job) release() {
	for _, p := range j.pooled {
		j.engine.pool.putBytes(p)
	}
	j.pooled, j.views = nil, nil
}

// pool keeps buffers between analyses: a scan of a folder would otherwise allocate
// some 30 MB a photo. Buffers hold what was in them before.
type pool struct {
	passes sync.Pool // *[]float32, inputs of the detector's passes, up to 47 MB
	crops  sync.Pool // *[]float32, all other inputs, up to 442 kB
	pixels sync.Pool // *[]byte
	hair   sync.Pool // *hairMap
}

func (p *pool) bytes(n int) *[]byte {
	if b, ok := p.pixels.Get().(*[]byte); ok && cap(*b) >= n {
		*b = (*b)[:n]
		return b
	}
	b := make([]byte, n)
	return &b
}

func (p *pool) putBytes(b *[]byte) { p.pixels.Put(b) }

// floats takes a buffer of n values from one of the two pools of floats.
func floats(from *sync.Pool, n int) *[]float32 {
	if b, ok := from.Get().(*[]float32); ok && cap(*b) >= n {
		*b = (*b)[:n]
		return b
	}
	b := make([]float32, n)
	return &b
}
