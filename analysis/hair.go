package analysis

import (
	"context"

	"semblance/internal/face"
)

// Hair is found by MediaPipe's segmenter of selfies, which tells six classes in a square about the head
// (models/train/hair says how it was made cheap). One file is one step: hairmask.go makes a map of hair of the
// network's output and leaves in it what is of this head, haircontour.go draws its outlines, haircolor.go measures
// its colour, hairwords.go names it.

const (
	// hairFactor is the side of the crop over the height of the face's box, hairUp how far its centre lies
	// above the box's, in heights too. The crop is then moved into the photo: into the black beyond it the
	// network would paint hair. (Measured on Figaro: 2.2 to 3.8 heights give .804 to .860 in the mean, but the
	// same median: a few pictures of long hair make the difference, and get the wider crop.)
	hairFactor = 2.6
	hairUp     = 0.12
	// widerFactor is that of a second crop, where hair reaches an edge of the first with the photo going on
	// behind it, over at least leastCut pixels of the map. It grows to where hair was cut off.
	widerFactor = 4
	leastCut    = 6
	// tolerance is how far the outlines may leave the line that was found, in heights of the face: .99 IoU with
	// it, and some 120 points. leastTolerance is the same in pixels, half a step of their stored form.
	tolerance      = 0.002
	leastTolerance = 0.125
	// leastPiece is the area in squares of the face's height below which a piece of hair is dropped and a hole filled,
	// leastShare that of the largest piece below which another is dropped: the edge of a collar, say.
	leastPiece = 0.004
	leastShare = 0.02
)

// hairNetwork returns the name of the network that finds hair in a crop of side pixels of the photo, and the side of its
// input: the larger one only where it sees more. mode is Analysis.Mode.
func hairNetwork(mode string, side float64) (name string, pixels int) {
	const small, large = 192, 224
	if mode == Fast.String() || side <= small {
		return netHair192, small
	}
	return netHair224, large
}

// head is a head in the photo, as it stands: its own up is where its crown is.
type head struct {
	x, y float64 // centre of the face's box
	w, h float64 // of the box, along the head's own axes
	turn turn
}

// headOf returns the head of a face. In a tight picture, which the box is all of, the face is smaller than the box.
func headOf(f *face.Face, tight bool) head {
	c, w, h := f.Box.Center(), float64(f.Box.W()), float64(f.Box.H())
	t := turn(f.Turn % numTurns)
	if t%2 == 1 {
		w, h = h, w
	}
	if tight {
		w, h = w*tightShare, h*tightShare
	}
	return head{float64(c.X), float64(c.Y), w, h, t}
}

// crop returns the square of the photo of w x h pixels in which the hair of a head is looked for.
func (d head) crop(w, h float64) square {
	ux, uy := d.turn.vector(0, -1)
	s := square{d.x + hairUp*d.h*float64(ux), d.y + hairUp*d.h*float64(uy), hairFactor * d.h, d.turn.radians()}
	return s.into(w, h)
}

// into returns s moved into the photo of w x h as far as it goes, no larger than its longer side.
func (s square) into(w, h float64) square {
	s.side = min(s.side, max(w, h))
	into := func(c, size float64) float64 {
		if s.side >= size {
			return size / 2
		}
		return min(max(c, s.side/2), size-s.side/2)
	}
	s.x, s.y = into(s.x, w), into(s.y, h)
	return s
}

// wider returns the crop to look at after m's, whose hair was cut off at some edges.
func (m *hairMap) wider(own head, c cuts) square {
	s := m.at
	s.side = max(widerFactor*own.h, s.side)
	grow := float32(s.side-m.at.side) / 2
	dx, dy := own.turn.vector(grow*float32(truth(c.right)-truth(c.left)), grow*float32(truth(c.bottom)-truth(c.top)))
	s.x, s.y = s.x+float64(dx), s.y+float64(dy)
	return s.into(m.photo[0], m.photo[1])
}

func truth(b bool) int {
	if b {
		return 1
	}
	return 0
}

// loses reports whether a new head may take hair from a known one: it lies in the wider of the known one's crops.
func (d head) loses(other face.Box) bool {
	reach := float32(widerFactor * d.h / 2)
	c := face.Pt(float32(d.x), float32(d.y))
	return !other.Intersect(face.Box{Min: face.Pt(c.X-reach, c.Y-reach), Max: face.Pt(c.X+reach, c.Y+reach)}).Empty()
}

// hair fills in the hair of faces[i], whose age is known. The other faces keep theirs.
func (j *job) hair(ctx context.Context, faces []face.Face, i int, mode string) error {
	tight := mode == modeCrop && i == 0 // as in Analyze: boxes that were added later are none of the picture
	own := headOf(&faces[i], tight)
	var others []head
	for k := range faces {
		// A doubtful box claims no hair: many of them are no faces but, say, an ornament in somebody's hair,
		// which would be cut out of it. An accepted one that is wrong is seldom, and can be told by nothing.
		if k != i && faces[k].Score > face.AcceptScore {
			others = append(others, headOf(&faces[k], false))
		}
	}
	m, err := j.hairOf(ctx, own, others, mode)
	if err != nil {
		return err
	}
	defer func() { j.engine.pool.hair.Put(m) }()
	f := &faces[i]
	hair, look, ok := m.hair(own, f)
	if tight && hair.Color == face.NoHair {
		f.Hair, f.Lacks = face.Hair{}, f.Lacks|face.HairShape // the picture ends where hair begins: that says nothing
		return nil
	}
	if ok {
		if err := j.word(ctx, &look, f.Age.Years, &hair); err != nil {
			return err
		}
	}
	f.Hair = hair
	return nil
}

// hairOf returns the map of a head's own hair, which the caller puts back.
func (j *job) hairOf(ctx context.Context, own head, others []head, mode string) (*hairMap, error) {
	pool := &j.engine.pool
	at := own.crop(float64(j.w), float64(j.h))
	name, pixels := hairNetwork(mode, at.side)
	m := pool.hairMap(pixels)
	if err := j.hairPass(ctx, m, name, own, others, at); err != nil {
		pool.hair.Put(m)
		return nil, err
	}
	c := m.cut()
	if c.pixels < leastCut {
		return m, nil
	}
	defer pool.hair.Put(m)
	at = m.wider(own, c)
	name, pixels = hairNetwork(mode, at.side)
	wider := pool.hairMap(pixels)
	if err := j.hairPass(ctx, wider, name, own, others, at); err != nil {
		pool.hair.Put(wider)
		return nil, err
	}
	return wider, nil
}

// hairPass makes m the map of a head's own hair in a square of the photo.
func (j *job) hairPass(ctx context.Context, m *hairMap, name string, own head, others []head, at square) error {
	m.at = at
	reach := float32(m.at.side / 2)
	around := face.Box{Min: face.Pt(float32(m.at.x)-reach, float32(m.at.y)-reach), Max: face.Pt(float32(m.at.x)+reach, float32(m.at.y)+reach)}
	v, err := j.part(ctx, around, float64(m.n)/m.at.side)
	if err != nil {
		return err
	}
	j.engine.pool.crop(m.pixels, m.n, v, m.at, format{mul: 1. / 255})
	outputs, err := j.run(ctx, name, m.input())
	if err != nil {
		return err
	}
	half := m.n / 2
	logits, err := output(outputs, name, half*half, 4*hairClasses)
	if err != nil {
		return err
	}
	m.read(logits)
	m.within(float64(j.w), float64(j.h))
	m.keepOwn(own, others)
	return nil
}

// hair returns what the map shows: that there is none, or its outlines. Where ok, look is what its colour is told by.
func (m *hairMap) hair(own head, f *face.Face) (out face.Hair, look hairLook, ok bool) {
	box := own.w * own.h
	pieces, area := m.polygons(own)
	if area < leastHair*box {
		return face.Hair{Color: face.NoHair}, look, false
	}
	look, ok = m.look(own)
	if ok && area < shavedHair*box && look.skin.seen && look.middle.distance(look.skin.lab) < shavedDistance {
		return face.Hair{Color: face.NoHair}, look, false
	}
	return face.Hair{Area: float32(area / float64(f.Box.Area())), Pieces: pieces}, look, ok
}
