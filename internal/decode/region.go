package decode

import (
	"context"
	"fmt"
	"image"
	"math"
	"slices"

	"semblance/internal/photo"
)

// Region returns the part r of the photo, which is in pixels of the upright photo at full
// size and is clipped to it, at the smallest decoder scale at which its long side is at
// least longSide pixels; 0 means full resolution. The picture shows exactly r, also where r
// does not fall on whole pixels of that scale. It is the caller's. An empty part is an error.
//
// Of a JPEG no more than the part is decoded into memory, unless the whole is there already, as after Pixels.
// All data above the part are read for it, so that once regions have cost about as much as the whole photo,
// that is decoded and kept, as by Pixels, until Release: 4 bytes a pixel. Of other formats it always is.
func (e *Encoded) Region(ctx context.Context, r image.Rectangle, longSide int) (*image.RGBA, error) {
	w, h := e.Size()
	r = r.Intersect(image.Rect(0, 0, w, h))
	if r.Empty() {
		return nil, fmt.Errorf("region %v of a photo of %d x %d: empty", r, w, h)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	whole := 0
	if side := max(r.Dx(), r.Dy()); longSide > 0 && longSide < side {
		whole = (max(w, h)*longSide + side - 1) / side
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.eighthsFor(whole)
	if e.pixels != nil && e.eighths >= n {
		return e.cut(e.pixels, e.pixels.Rect, r, e.eighths), nil
	}
	around := e.around(r, n)
	if cost := e.partCost(around, n); e.regions+cost <= 1 {
		img, err := e.picture(ctx, n, around)
		if err != nil {
			return nil, err
		}
		e.regions += cost
		return e.cut(img, around, r, n), nil
	}
	img, err := e.whole(ctx, n)
	if err != nil {
		return nil, err
	}
	return e.cut(img, img.Rect, r, e.eighths), nil
}

// eighthsFor returns the smallest scale the photo's decoder has, in eighths, at which the
// long side has at least longSide pixels; 0 means full size.
func (e *Encoded) eighthsFor(longSide int) int {
	full := max(e.Meta.StoredW, e.Meta.StoredH)
	if e.coded() != photo.JPEG || longSide <= 0 || longSide >= full {
		return 8
	}
	return jpegEighths(full, longSide)
}

// whole returns the photo at n eighths or larger and keeps it. The caller holds the lock.
func (e *Encoded) whole(ctx context.Context, n int) (*image.RGBA, error) {
	if e.pixels != nil && e.eighths >= n {
		return e.pixels, nil
	}
	e.pixels = nil // it would lie in memory beside the larger one
	img, err := e.picture(ctx, n, e.scaledBounds(n))
	if err != nil {
		return nil, err
	}
	e.pixels, e.eighths = img, n
	return img, nil
}

// picture decodes a part of the photo, in pixels of the upright photo at n eighths, and keeps what the
// decoder says about the file. The caller holds the lock.
func (e *Encoded) picture(ctx context.Context, n int, part image.Rectangle) (*image.RGBA, error) {
	img, warning, err := e.decode(ctx, n, part)
	if err != nil {
		return nil, err
	}
	if warning != "" && !slices.Contains(e.warnings, warning) {
		e.warnings = append(e.warnings, warning)
	}
	return img, nil
}

func (e *Encoded) decode(ctx context.Context, n int, part image.Rectangle) (img *image.RGBA, warning string, err error) {
	o := e.Meta.Orientation
	if isHEIF(e.Format) {
		return e.heif.pixels(ctx, e.sandbox, e.Format, e.data)
	}
	if e.Format == photo.TIFF && e.sandbox != nil && !photo.PlainTIFF(e.data) {
		return e.oddTIFF(ctx)
	}
	if e.coded() != photo.JPEG {
		img, warning, err := pixels(ctx, e.coded(), e.data)
		if err != nil {
			return nil, "", err
		}
		return turn(img, o), warning, nil
	}
	defer recovered(&err)
	colours, note := e.colours()
	if img, warning, err = jpegPart(ctx, e.data, n, e.storedRect(part, n), o); err != nil {
		return nil, "", err
	}
	colours.apply(img)
	return img, joined(warning, note), nil
}

// scaledBounds is the upright photo at n eighths.
func (e *Encoded) scaledBounds(n int) image.Rectangle {
	w, h := e.Size()
	return image.Rect(0, 0, scaled(w, n), scaled(h, n))
}

// storedRect maps a part of the upright photo at n eighths to the stored one at that scale.
func (e *Encoded) storedRect(r image.Rectangle, n int) image.Rectangle {
	o, w, h := e.Meta.Orientation, float32(scaled(e.Meta.StoredW, n)), float32(scaled(e.Meta.StoredH, n))
	x0, y0 := o.ToStored(float32(r.Min.X), float32(r.Min.Y), w, h)
	x1, y1 := o.ToStored(float32(r.Max.X), float32(r.Max.Y), w, h)
	return image.Rect(int(x0), int(y0), int(x1), int(y1)) // whole numbers, and so exact
}

// around returns the pixels at n eighths that show the part r of the photo, with the neighbours that cut reads.
func (e *Encoded) around(r image.Rectangle, n int) image.Rectangle {
	if n == 8 {
		return r
	}
	x0, y0 := e.scaledPoint(r.Min, n)
	x1, y1 := e.scaledPoint(r.Max, n)
	return image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1))).
		Inset(-1).Intersect(e.scaledBounds(n))
}

// cut takes the part r of the photo out of img, which shows the part of the photo at n eighths that is
// called part there. At full size that may be img itself.
func (e *Encoded) cut(img *image.RGBA, part, r image.Rectangle, n int) *image.RGBA {
	if n == 8 {
		if part == r && img != e.pixels {
			return img
		}
		return crop(img, r.Sub(part.Min))
	}
	x, y := e.scaledPoint(r.Min, n)
	step := 8 / float64(n)
	rw, rh := math.Ceil(float64(r.Dx())/step), math.Ceil(float64(r.Dy())/step)
	return resample(img, x-float64(part.Min.X), y-float64(part.Min.Y),
		float64(r.Dx())/step/rw, float64(r.Dy())/step/rh, int(rw), int(rh))
}

// partCost is what it takes to decode a part of a JPEG, in decodings of the whole at the same scale: half of
// that is reading the bits, from the top to the end of the part; of several scans all are read, which is nearly everything.
// It is more than 1 where no part can be had alone.
func (e *Encoded) partCost(part image.Rectangle, n int) float64 {
	if e.coded() != photo.JPEG || !turboBuilt {
		return 2
	}
	if jpegCoefficients(e.data) > 0 {
		return 1
	}
	bounds := e.scaledBounds(n)
	stored := e.storedRect(part, n)
	all := float64(bounds.Dx() * bounds.Dy())
	return .5*float64(stored.Max.Y)/float64(e.storedRect(bounds, n).Max.Y) + .5*float64(part.Dx()*part.Dy())/all
}

// scaledPoint maps a point of the upright photo at full size to the upright picture of
// that scale. A last pixel of the stored picture that is only partly filled is on the
// right or at the bottom there, and wherever turning takes it in the upright one.
func (e *Encoded) scaledPoint(p image.Point, eighths int) (x, y float64) {
	o, w, h := e.Meta.Orientation, e.Meta.StoredW, e.Meta.StoredH
	sx, sy := o.ToStored(float32(p.X), float32(p.Y), float32(w), float32(h))
	s := float32(eighths) / 8
	ux, uy := o.ToUpright(sx*s, sy*s, float32(scaled(w, eighths)), float32(scaled(h, eighths)))
	return float64(ux), float64(uy)
}

// scaled is the length of a side at n eighths: rounded up, as libjpeg-turbo does.
func scaled(v, n int) int { return (v*n + 7) / 8 }

// resample reads w x h pixels of img, bilinear: the first covers the square of stepX by
// stepY whose corner is x, y, in continuous coordinates. The steps are near 1, so that nothing is averaged.
func resample(img *image.RGBA, x, y, stepX, stepY float64, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	type tap struct{ a, b, weight int } // of b, in 256ths
	taps := func(from, step float64, n, limit, stride int) []tap {
		t := make([]tap, n)
		for i := range t {
			at := from + (float64(i)+.5)*step - .5
			low := math.Floor(at)
			a := min(max(int(low), 0), limit-1)
			b := min(max(int(low)+1, 0), limit-1)
			t[i] = tap{a * stride, b * stride, int((at-low)*256 + .5)}
		}
		return t
	}
	across := taps(x, stepX, w, img.Rect.Dx(), 4)
	for row, v := range taps(y, stepY, h, img.Rect.Dy(), img.Stride) {
		top, bottom := img.Pix[v.a:], img.Pix[v.b:]
		to := out.Pix[row*out.Stride:]
		for i, u := range across {
			for c := range 4 {
				upper := int(top[u.a+c])*(256-u.weight) + int(top[u.b+c])*u.weight
				lower := int(bottom[u.a+c])*(256-u.weight) + int(bottom[u.b+c])*u.weight
				to[4*i+c] = byte((upper*(256-v.weight) + lower*v.weight + 1<<15) >> 16)
			}
		}
	}
	return out
}
