package analysis

import (
	"context"
	"math"

	"semblance/internal/face"
)

// look is a second run of the detector, on a square about a candidate in which it has
// the size that the network knows best.
type look struct {
	pixels int     // side of the input
	size   float64 // square root of the candidate's area, in pixels of the input
}

// The two looks: the candidate at 32 pixels in 128, then its corrected box at 64 in 160.
// (Larger priors stay as they are here: moving them up as in the passes did not help.)
var (
	firstLook  = look{128, 32}
	secondLook = look{160, 64}
)

const (
	// lookLeast is the least score of a box in a look.
	lookLeast = 0.05
	// lookOverlap is the IoU with the candidate that a box must have to be its own.
	lookOverlap = 0.35
	// firstLeast is the score of the first look below which a candidate is dropped.
	firstLeast = 0.1
	// secondLeast is the score of the second look from which its box counts.
	secondLeast = 0.3
)

// lookAll looks at every candidate twice. The final score is the mean of the three
// scores, the box the mean of both looks'. Candidates that the first look does not
// see are dropped.
func (j *job) lookAll(ctx context.Context, found []candidate) ([]candidate, error) {
	var out []candidate
	for _, c := range found {
		first, second, err := j.looks(ctx, c.box, c.turn)
		if err != nil {
			return nil, err
		}
		if first.score < firstLeast {
			continue
		}
		box := first.box
		if second.score > secondLeast {
			box = mean([]candidate{{box: first.box, score: 1}, {box: second.box, score: 1}})
		}
		out = append(out, candidate{box, (c.score + first.score + second.score) / 3, c.turn})
	}
	return out, nil
}

// looks looks twice at a box, turned back by t. The second look is at what the first one saw,
// and is not taken if that was nothing. Of a box outside the photo both see nothing.
func (j *job) looks(ctx context.Context, b face.Box, t turn) (first, second candidate, err error) {
	size := math.Sqrt(float64(b.Area()))
	// One view for both looks: the first needs the most surroundings, the second the most pixels.
	around := squareBox(b, size*float64(firstLook.pixels)/firstLook.size)
	if around.Intersect(face.BoxAt(0, 0, float32(j.w), float32(j.h))).Empty() {
		return candidate{}, candidate{}, nil
	}
	v, err := j.part(ctx, around, secondLook.size/size)
	if err != nil {
		return candidate{}, candidate{}, err
	}
	if first, err = j.look(ctx, v, b, t, firstLook); err != nil || first.score < firstLeast {
		return first, candidate{}, err
	}
	second, err = j.look(ctx, v, first.box, t, secondLook)
	return first, second, err
}

// look runs the detector on the square about b, turned back by t, and returns what it sees
// there: the mean of the boxes that overlap b, with the best score of them; score 0 and b
// itself for none.
func (j *job) look(ctx context.Context, v view, b face.Box, t turn, l look) (candidate, error) {
	buffer := floats(&j.engine.pool.crops, 3*l.pixels*l.pixels)
	defer j.engine.pool.crops.Put(buffer)
	scale := math.Sqrt(float64(b.Area())) / l.size // photo pixels per pixel of the input
	s := squareAt(b, float64(l.pixels)*scale)
	s.roll = t.radians()
	j.engine.pool.crop(*buffer, l.pixels, v, s, detectorFormat())
	scores, offsets, err := j.runDetector(ctx, *buffer, l.pixels, l.pixels)
	if err != nil {
		return candidate{}, err
	}
	centre, half, k := face.Pt(float32(s.x), float32(s.y)), float32(l.pixels)/2, float32(scale)
	var own []candidate
	eachPrior(l.pixels, l.pixels, scores, lookLeast, func(i int, score float32, p prior) {
		x0, y0, x1, y1 := p.decode(offsets[4*i : 4*i+4])
		q := t.box(face.Box{Min: face.Pt(k*(x0-half), k*(y0-half)), Max: face.Pt(k*(x1-half), k*(y1-half))}, centre)
		if q.IoU(b) > lookOverlap {
			own = append(own, candidate{q, score, t})
		}
	})
	if len(own) == 0 {
		return candidate{box: b, turn: t}, nil
	}
	byScore(own)
	return candidate{mean(own), own[0].score, t}, nil
}

// squareBox returns the upright square of a side about the centre of b.
func squareBox(b face.Box, side float64) face.Box {
	c, half := b.Center(), float32(side/2)
	return face.Box{Min: face.Pt(c.X-half, c.Y-half), Max: face.Pt(c.X+half, c.Y+half)}
}
