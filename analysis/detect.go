package analysis

import (
	"context"
	"image"
	"math"

	"semblance/internal/face"
	"semblance/models"
)

// The detector is UltraFace RFB-320 with a free input size, run over the photo at
// several sizes, followed by two looks at every candidate. The passes, gates and
// thresholds of detect.go, fusion.go and looks.go were chosen on 158 photos with 802
// faces and checked once on AFW (337 of 337 faces, 2.6 % false boxes).

// pass is one run of the detector over the whole photo.
type pass struct {
	longSide int     // pixels, of the photo as the network sees it
	gate     float64 // largest face it may report, square root of the area in its pixels
}

// bigPass is the size above which Config.BigPasses counts.
const bigPass = 960

const (
	// leastScore is what a box of a pass must have to be looked at again.
	leastScore = 0.2
	// maxEnlarge is how far a small photo is enlarged: more shows the network nothing new.
	maxEnlarge = 2
	// shiftFrom is the pass from which boxes of large priors are moved up by shift pixels
	// of the network (see largePrior); smaller passes are re-centred by the looks.
	shiftFrom = 640
	shift     = 6
	// padTo is what both sides of the input are padded to, so that there are few shapes.
	padTo = 32
)

// passes returns the passes of a mode over a photo, the largest first, so that every
// picture can be shrunk from the one before. A larger pass finds smaller faces and
// invents large ones: hence the gates.
func passes(w, h int, mode Mode) []pass {
	n := max(w, h)
	wanted := []pass{{160, math.Inf(1)}, {320, 160}, {640, 100}}
	if mode >= Default {
		switch {
		case n >= 1500:
			wanted = append(wanted, pass{1600, 64})
		case n >= 1200:
			wanted = append(wanted, pass{1280, 64})
		case n >= 900:
			wanted = append(wanted, pass{960, 80})
		}
	}
	if mode >= Thorough {
		if n >= 1200 { // from 900 to 1199 Default has this pass already
			wanted = append(wanted, pass{960, 80})
		}
		if n >= 2300 {
			wanted = append(wanted, pass{2400, 64})
		}
	}
	var out []pass
	seen := map[int]bool{}
	for _, p := range wanted {
		// Passes of a small photo that would be of one size are one, with the wider gate.
		if size := min(p.longSide, maxEnlarge*n); !seen[size] {
			seen[size] = true
			out = append(out, p)
		}
	}
	for i := 1; i < len(out); i++ { // insertion sort by size, largest first: the list is short
		for k := i; k > 0 && out[k].longSide > out[k-1].longSide; k-- {
			out[k], out[k-1] = out[k-1], out[k]
		}
	}
	return out
}

// detect returns the faces of the photo with a score above face.DoubtScore, the best first,
// each in the turn in which it was seen best. Boxes may reach beyond the photo.
func (j *job) detect(ctx context.Context, req Request) ([]candidate, error) {
	faces, err := j.detectTurn(ctx, req.Mode, 0)
	switch {
	case err != nil:
		return nil, err
	case req.Turned:
		for t := turn(1); t < numTurns; t++ {
			turned, err := j.detectTurn(ctx, req.Mode, t)
			if err != nil {
				return nil, err
			}
			faces = append(faces, turned...)
		}
		return dropInLarger(dropInside(suppress(faces))), nil
	case req.Unoriented:
		t, err := j.likeliestTurn(ctx, faces)
		if err != nil || t == 0 {
			return faces, err
		}
		turned, err := j.detectTurn(ctx, req.Mode, t)
		if err != nil {
			return nil, err
		}
		if accepted(turned) > accepted(faces) {
			return turned, nil
		}
	}
	return faces, nil
}

// detectTurn returns the faces of the photo whose heads stand turned by t.
func (j *job) detectTurn(ctx context.Context, mode Mode, t turn) ([]candidate, error) {
	var boxes []candidate
	for _, p := range passes(j.w, j.h, mode) {
		found, err := j.pass(ctx, p, t)
		if err != nil {
			return nil, err
		}
		boxes = append(boxes, found...)
	}
	looked, err := j.lookAll(ctx, dropInside(fuse(boxes)))
	if err != nil {
		return nil, err
	}
	var faces []candidate
	for _, c := range dropInLarger(dropInside(suppress(looked))) {
		if c.score > face.DoubtScore {
			faces = append(faces, c)
		}
	}
	return faces, nil
}

// picture returns the photo as a pass sees it, w x h pixels; or, for a photo so small that it
// is to be enlarged to this size, the photo.
func (j *job) picture(ctx context.Context, p pass) (v view, w, h int, err error) {
	scale := min(float64(p.longSide)/float64(max(j.w, j.h)), maxEnlarge)
	w = max(1, int(math.RoundToEven(float64(j.w)*scale)))
	h = max(1, int(math.RoundToEven(float64(j.h)*scale)))
	if v, err = j.whole(ctx, p.longSide); err != nil {
		return view{}, 0, 0, err
	}
	if w <= v.img.Rect.Dx() && h <= v.img.Rect.Dy() {
		v = j.shrunk(v, w, h)
	}
	return v, w, h, nil
}

// pass runs the detector once over the whole photo, turned back by t.
func (j *job) pass(ctx context.Context, p pass, t turn) ([]candidate, error) {
	v, w, h, err := j.picture(ctx, p)
	if err != nil {
		return nil, err
	}
	img := v.img
	if t != 0 {
		tw, th := t.size(img.Rect.Dx(), img.Rect.Dy())
		pix := j.engine.pool.bytes(4 * tw * th)
		defer j.engine.pool.putBytes(pix)
		img = &image.RGBA{Pix: *pix, Stride: 4 * tw, Rect: image.Rect(0, 0, tw, th)}
		turnBack(img, v.img, t)
		w, h = t.size(w, h)
	}
	// One after the other, the large passes fit the memory budget; pixels are made before.
	if max(w, h) > bigPass {
		select {
		case j.engine.big <- struct{}{}:
			defer func() { <-j.engine.big }()
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	pw, ph := ceilDiv(w, padTo)*padTo, ceilDiv(h, padTo)*padTo
	buffer := floats(&j.engine.pool.passes, 3*pw*ph)
	defer j.engine.pool.passes.Put(buffer)
	if img.Rect.Size() == image.Pt(w, h) {
		planes(*buffer, pw, ph, img)
	} else {
		enlarge(*buffer, pw, ph, img, w, h)
	}
	scores, offsets, err := j.runDetector(ctx, *buffer, pw, ph)
	if err != nil {
		return nil, err
	}
	tw, th := t.size(j.w, j.h)
	sx, sy := float32(w)/float32(tw), float32(h)/float32(th)
	var found []candidate
	eachPrior(pw, ph, scores, leastScore, func(i int, score float32, pr prior) {
		x0, y0, x1, y1 := pr.decode(offsets[4*i : 4*i+4])
		if p.longSide >= shiftFrom && pr.w >= largePrior {
			y0, y1 = y0-shift, y1-shift
		}
		b := face.Box{Min: face.Pt(x0/sx, y0/sy), Max: face.Pt(x1/sx, y1/sy)}
		if size := math.Sqrt(float64(b.Area())) * float64(sy); size <= p.gate && size > 0 && !math.IsInf(size, 0) {
			found = append(found, candidate{t.inPhoto(b, j.w, j.h), score, t})
		}
	})
	return found, nil
}

// runDetector feeds w x h pixels, planar and normalised, and returns two scores and
// four offsets for every prior.
func (j *job) runDetector(ctx context.Context, data []float32, w, h int) (scores, offsets []float32, err error) {
	out, err := j.run(ctx, netDetector, models.Tensor{Shape: []int{1, 3, h, w}, Data: data})
	if err != nil {
		return nil, nil, err
	}
	if scores, err = output(out, netDetector, priorCount(w, h), 2); err != nil {
		return nil, nil, err
	}
	if offsets, err = output(out, netDetector, priorCount(w, h), 4); err != nil {
		return nil, nil, err
	}
	return scores, offsets, nil
}
