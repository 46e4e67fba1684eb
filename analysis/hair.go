package analysis

import (
	"context"

	"semblance/internal/face"
)

// Hair is found by MediaPipe's segmenter of selfies, which tells six classes in a square about the head
// (models/train/hair says how it was made cheap). One file is one step: hairmask.go makes a map of hair of the
// network's output and leaves in it what is of this head, haircontour.go draws its outlines, haircolor.go names
// its colour.

const (
	// hairFactor is the side of the crop over the height of the face's box, hairUp how far its centre lies
	// above the box's, in heights too. The crop is then moved into the photo: into the black beyond it the
	// network would paint hair. (Measured on Figaro: 2.2 to 3.8 heights give .804 to .860 in the mean, but the
	// same median: a few pictures of long hair make the difference, and get the wider crop.)
	hairFactor = 2.6
	hairUp     = 0.12
	// widerFactor is that of a second crop, where hair reaches an edge of the first with the photo going on
	// behind it, over at least leastCut pixels of the map.
	widerFactor = 4
	leastCut    = 6
	// tolerance is how far the outlines may leave the line that was found, in heights of the face: .99 IoU with
	// it, and some 120 points. leastTolerance is the same in pixels, half a step of their stored form.
	tolerance      = 0.002
	leastTolerance = 0.125
	// leastPiece is the area in squares of the face's height below which a piece of hair is dropped and a hole filled.
	leastPiece = 0.004
)

// hairNetwork returns the name of the network that finds hair, and the side of its input. mode is Analysis.Mode.
func hairNetwork(mode string) (name string, pixels int) {
	if mode == Fast.String() {
		return netHair192, 192
	}
	return netHair224, 224
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
func (d head) crop(w, h, factor float64) square {
	ux, uy := d.turn.vector(0, -1)
	s := square{side: min(factor*d.h, max(w, h)), roll: d.turn.radians()}
	into := func(c, size float64) float64 {
		if s.side >= size {
			return size / 2
		}
		return min(max(c, s.side/2), size-s.side/2)
	}
	s.x, s.y = into(d.x+hairUp*d.h*float64(ux), w), into(d.y+hairUp*d.h*float64(uy), h)
	return s
}

// hair fills in the hair of faces[i]. The other faces keep theirs.
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
	pool := &j.engine.pool
	name, pixels := hairNetwork(mode)
	m := pool.hairMap(pixels)
	defer func() { pool.hair.Put(m) }()
	if err := j.hairPass(ctx, m, name, own, others, hairFactor); err != nil {
		return err
	}
	if m.cut() >= leastCut {
		wider := pool.hairMap(pixels)
		if err := j.hairPass(ctx, wider, name, own, others, widerFactor); err != nil {
			return err
		}
		m, wider = wider, m
		pool.hair.Put(wider)
	}
	faces[i].Hair = m.hair(own, &faces[i])
	return nil
}

// hairPass makes m the map of a head's own hair in a crop of a factor.
func (j *job) hairPass(ctx context.Context, m *hairMap, name string, own head, others []head, factor float64) error {
	m.at = own.crop(float64(j.w), float64(j.h), factor)
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

// hair returns what the map shows: that there is none, or its outlines and colour.
func (m *hairMap) hair(own head, f *face.Face) face.Hair {
	box := own.w * own.h
	pieces, area := m.polygons(own)
	if area < leastHair*box {
		return face.Hair{Color: face.NoHair}
	}
	color, skin, ok := m.color()
	if ok && area < shavedHair*box && skin.seen && color.distance(skin.lab) < shavedDistance {
		return face.Hair{Color: face.NoHair}
	}
	out := face.Hair{Area: float32(area / float64(f.Box.Area())), Pieces: pieces}
	if ok {
		out.Color, out.RGB = color.name(skin), color.rgb()
	}
	return out
}
