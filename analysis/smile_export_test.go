package analysis

import (
	"context"

	"semblance/internal/face"
)

// SmileInputs is what the probability of a smile is made of.
type SmileInputs struct {
	First, Second         float64 // logits of what both expression networks give for happy, on the mesh's square
	BareFirst, BareSecond float64 // the same on the square of the face's box, as where there is no mesh
	Lift, Corner          float64 // see smileRatios
}

// SmileInputs finds the largest face of a photo, as Analyze does in mode Default, and returns its inputs. ok is false
// if there is no face, or no mesh of it.
func (e *Engine) SmileInputs(ctx context.Context, src Source) (in SmileInputs, ok bool, err error) {
	w, h := src.Size()
	j := &job{engine: e, src: src, w: w, h: h, models: map[string]string{}}
	defer j.release()
	found, err := j.detectTurn(ctx, Default, 0)
	if err != nil {
		return SmileInputs{}, false, err
	}
	var b face.Box
	for _, c := range found {
		if inside := c.box.Intersect(face.BoxAt(0, 0, float32(w), float32(h))); inside.Area() > b.Area() {
			b = inside
		}
	}
	if b.Empty() {
		return SmileInputs{}, false, nil
	}
	v, done, err := j.around(ctx, b, false)
	if err != nil {
		return SmileInputs{}, false, err
	}
	defer done()
	m, ok, err := j.mesh(ctx, v, b, 0, false)
	if err != nil || !ok {
		return SmileInputs{}, false, err
	}
	if in.First, in.Second, err = j.happy(ctx, v, m); err != nil {
		return SmileInputs{}, false, err
	}
	if in.BareFirst, in.BareSecond, err = j.happy(ctx, v, mesh{at: squareAt(b, float64(b.LongSide()))}); err != nil {
		return SmileInputs{}, false, err
	}
	in.Lift, in.Corner = smileRatios(m, kabsch(m))
	return in, true, nil
}

// happy returns the logits of what both expression networks give for happy.
func (j *job) happy(ctx context.Context, v view, m mesh) (first, second float64, err error) {
	small, putBack := j.faceAPICrop(v, m)
	defer putBack()
	p, err := j.expression(ctx, small)
	if err != nil {
		return 0, 0, err
	}
	q, err := j.secondEmotion(ctx, v, m)
	return logit(p[face.Happy]), logit(q[face.Happy]), err
}

// Probability is what smile makes of the inputs of a face with a mesh.
func (in SmileInputs) Probability() float32 {
	return float32(sigmoid(smileFirst*in.First + smileSecond*in.Second + smileLift*in.Lift + smileCorner*in.Corner + smileBias))
}
