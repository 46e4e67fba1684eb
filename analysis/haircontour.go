package analysis

import (
	"cmp"
	"image"
	"math"
	"slices"

	"semblance/internal/face"
)

// tracer finds the lines in a picture of values where they change their sign, by marching squares: between two
// neighbouring pixels of different sign lies a point of a line, where linear interpolation is zero, so that the
// lines are finer than the pixels. It keeps its buffers from one picture to the next.
type tracer struct {
	w       int       // of values: the picture's width and a pixel at both sides
	values  []float32 // the picture in a frame of negative values, none of them 0
	next    []int32   // by crossing: the next one of its line, -1 for none
	starts  []int32   // all crossings, in the order in which they were found
	points  []point2  // of all lines, in pixels from the picture's corner
	lines   []line
	keep    []bool
	pending [][2]int // parts of a line that simplify has to look at
}

// line is a closed line of a tracer.
type line struct {
	from, to int     // its points
	area     float64 // square pixels; positive if it runs counter-clockwise as seen
}

// A crossing is named by the sample before it: twice its index for one between it and the sample to its right,
// and one more for one between it and the sample below. The sides of the square between four samples, from that at its
// top left, in this order: top, right, bottom, left.
const (
	topSide = iota
	rightSide
	bottomSide
	leftSide
)

// squareLines are the lines through a square, from side to side, by which of its corners are positive: bit 0 top
// left, 1 top right, 2 bottom right, 3 bottom left. What is positive lies at the left hand. Where two corners
// opposite each other are, the lines part them; joined they are in joinedLines.
var squareLines = [16][][2]uint8{
	1: {{leftSide, topSide}}, 2: {{topSide, rightSide}}, 3: {{leftSide, rightSide}}, 4: {{rightSide, bottomSide}},
	5: {{leftSide, topSide}, {rightSide, bottomSide}}, 6: {{topSide, bottomSide}}, 7: {{leftSide, bottomSide}},
	8: {{bottomSide, leftSide}}, 9: {{bottomSide, topSide}}, 10: {{topSide, rightSide}, {bottomSide, leftSide}},
	11: {{bottomSide, rightSide}}, 12: {{rightSide, leftSide}}, 13: {{rightSide, topSide}}, 14: {{topSide, leftSide}},
}

var joinedLines = [16][][2]uint8{
	5:  {{leftSide, bottomSide}, {rightSide, topSide}},
	10: {{topSide, leftSide}, {bottomSide, rightSide}},
}

// find finds the lines about what is positive in w x h values. What lies in them is positive, or negative within
// a line about it; beyond the picture all is negative, so that a line along its edge lies on the edge.
func (t *tracer) find(values []float32, w, h int) {
	t.frame(values, w, h)
	t.next = resized(t.next, 2*len(t.values))
	for i := range t.next {
		t.next[i] = -1
	}
	t.starts, t.points, t.lines = t.starts[:0], t.points[:0], t.lines[:0]
	for y := range h + 1 {
		upper, lower := t.values[y*t.w:(y+1)*t.w], t.values[(y+1)*t.w:(y+2)*t.w]
		left := sign(upper[0]) | sign(lower[0])<<3
		for x := range w + 1 {
			right := sign(upper[x+1])<<1 | sign(lower[x+1])<<2
			corners := left | right
			left = right>>1&1 | right<<1&8
			if corners == 0 || corners == 15 {
				continue
			}
			lines := squareLines[corners]
			if joined := joinedLines[corners]; joined != nil && upper[x]+upper[x+1]+lower[x]+lower[x+1] > 0 {
				lines = joined
			}
			at := int32(y*t.w + x)
			sides := [4]int32{topSide: 2 * at, rightSide: 2*(at+1) + 1, bottomSide: 2 * (at + int32(t.w)), leftSide: 2*at + 1}
			for _, l := range lines {
				t.next[sides[l[0]]] = sides[l[1]]
				t.starts = append(t.starts, sides[l[0]])
			}
		}
	}
	for _, s := range t.starts {
		if t.next[s] < 0 {
			continue
		}
		from := len(t.points)
		for at := s; t.next[at] >= 0; {
			t.points = append(t.points, t.crossing(at))
			at, t.next[at] = t.next[at], -1
		}
		t.lines = append(t.lines, line{from, len(t.points), ringArea(t.points[from:])})
	}
}

// frame copies the picture into its frame, which mirrors the edge with the sign turned.
func (t *tracer) frame(values []float32, w, h int) {
	const least = 1e-9 // no value is 0, which would have no sign
	t.w = w + 2
	t.values = resized(t.values, t.w*(h+2))
	outside := func(v float32) float32 { return -max(v, -v, least) }
	for y := range h {
		from, to := values[y*w:(y+1)*w], t.values[(y+1)*t.w:(y+2)*t.w]
		for x, v := range from {
			if v == 0 {
				v = -least
			}
			to[x+1] = v
		}
		to[0], to[w+1] = outside(to[1]), outside(to[w])
	}
	for x := range t.w {
		t.values[x] = outside(t.values[t.w+x])
		t.values[(h+1)*t.w+x] = outside(t.values[h*t.w+x])
	}
}

func sign(v float32) uint8 {
	if v > 0 {
		return 1
	}
	return 0
}

// crossing returns where a crossing lies.
func (t *tracer) crossing(c int32) point2 {
	at := int(c / 2)
	to := at + 1
	if c%2 == 1 {
		to = at + t.w
	}
	a, b := float64(t.values[at]), float64(t.values[to])
	p := point2{float64(at%t.w) - .5, float64(at/t.w) - .5}
	if c%2 == 1 {
		p.y += a / (a - b)
	} else {
		p.x += a / (a - b)
	}
	return p
}

// resized returns a slice of n values, s itself where it is large enough.
func resized[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
}

// ringArea returns the area in a ring, positive if it runs counter-clockwise as seen (y grows downwards).
func ringArea(r []point2) float64 {
	if len(r) == 0 {
		return 0
	}
	sum, p := 0., r[len(r)-1]
	for _, q := range r {
		sum += q.x*p.y - p.x*q.y
		p = q
	}
	return sum / 2
}

// holds reports whether p lies in a ring, by the rule of even and odd.
func holds(r []point2, p point2) bool {
	in, a := false, r[len(r)-1]
	for _, b := range r {
		if (a.y > p.y) != (b.y > p.y) && p.x < (b.x-a.x)*(p.y-a.y)/(b.y-a.y)+a.x {
			in = !in
		}
		a = b
	}
	return in
}

// simplified marks in t.keep which points of a ring it needs, so that none of the others is farther than
// tolerance from it (D. Douglas, T. Peucker 1973), beginning with two points that are far from each other.
func (t *tracer) simplified(r []point2, tolerance float64) []bool {
	t.keep = resized(t.keep, len(r))
	clear(t.keep)
	a := farthest(r, r[0])
	b := farthest(r, r[a])
	a, b = min(a, b), max(a, b)
	t.keep[a], t.keep[b] = true, true
	pending := append(t.pending[:0], [2]int{a, b}, [2]int{b, a + len(r)})
	for len(pending) > 0 {
		part := pending[len(pending)-1]
		pending = pending[:len(pending)-1]
		p, q := r[part[0]%len(r)], r[part[1]%len(r)]
		worst, most := -1, tolerance*tolerance
		for k := part[0] + 1; k < part[1]; k++ {
			i := k
			if i >= len(r) {
				i -= len(r)
			}
			if d := squaredFromSegment(r[i], p, q); d > most {
				worst, most = k, d
			}
		}
		if worst >= 0 {
			t.keep[worst%len(r)] = true
			pending = append(pending, [2]int{part[0], worst}, [2]int{worst, part[1]})
		}
	}
	t.pending = pending
	return t.keep
}

// farthest returns the index of the point that is farthest from p.
func farthest(r []point2, p point2) int {
	best, most := 0, -1.
	for i, q := range r {
		if d := (q.x-p.x)*(q.x-p.x) + (q.y-p.y)*(q.y-p.y); d > most {
			best, most = i, d
		}
	}
	return best
}

// squaredFromSegment returns the square of the distance of p from the segment from a to b.
func squaredFromSegment(p, a, b point2) float64 {
	dx, dy := b.x-a.x, b.y-a.y
	x, y := p.x-a.x, p.y-a.y
	if l := dx*dx + dy*dy; l > 0 {
		k := min(max((x*dx+y*dy)/l, 0), 1)
		x, y = x-k*dx, y-k*dy
	}
	return x*x + y*y
}

// polygons returns the pieces of hair in the photo, the largest first, and their area in square pixels of it. own
// is the head, whose size says what is too small to be drawn.
func (m *hairMap) polygons(own head) (pieces []face.Polygon, area float64) {
	m.repeatEdge()
	t := &m.trace
	t.find(m.margin, m.n, m.n)
	k := m.at.side / float64(m.n)
	least := leastPiece * own.h * own.h / (k * k)
	t.lines = slices.DeleteFunc(t.lines, func(l line) bool { return math.Abs(l.area) < least })
	// Outer lines from the largest to the smallest, then the holes.
	slices.SortStableFunc(t.lines, func(a, b line) int { return cmp.Compare(b.area, a.area) })
	type piece struct {
		line
		face.Polygon
		area float64
	}
	var all []piece
	for _, l := range t.lines {
		ring, ringArea := m.ring(t.points[l.from:l.to], own)
		if ringArea*l.area <= 0 { // too thin to have an inside when its points are rounded
			continue
		}
		if l.area > 0 {
			all = append(all, piece{l, face.Polygon{Outer: ring}, ringArea})
			continue
		}
		for i := len(all) - 1; i >= 0; i-- { // a hole of the smallest piece that holds it
			if p := &all[i]; holds(t.points[p.from:p.to], t.points[l.from]) {
				p.Holes = append(p.Holes, ring)
				p.area += ringArea
				break
			}
		}
	}
	slices.SortStableFunc(all, func(a, b piece) int { return cmp.Compare(b.area, a.area) })
	for _, p := range all {
		if p.area < leastShare*all[0].area {
			break
		}
		pieces = append(pieces, p.Polygon)
		area += p.area
	}
	return pieces, area
}

// repeatEdge repeats the pixels at the photo's edge once beyond it: so the lines cross the edge and can be cut off at it,
// instead of ending half a pixel before or behind it.
func (m *hairMap) repeatEdge() {
	r := m.inside
	if r.Empty() {
		return
	}
	wider := r.Inset(-1).Intersect(image.Rect(0, 0, m.n, m.n))
	for y := wider.Min.Y; y < wider.Max.Y; y++ {
		from, to := m.margin[min(max(y, r.Min.Y), r.Max.Y-1)*m.n:], m.margin[y*m.n:]
		if y < r.Min.Y || y >= r.Max.Y {
			copy(to[r.Min.X:r.Max.X], from[r.Min.X:r.Max.X])
		}
		if wider.Min.X < r.Min.X {
			to[wider.Min.X] = from[r.Min.X]
		}
		if wider.Max.X > r.Max.X {
			to[wider.Max.X-1] = from[r.Max.X-1]
		}
	}
}

// ring returns a line of the map as it is in the photo, with as few points as will do, and its area, positive if it runs
// counter-clockwise. It leaves points as points of the photo.
func (m *hairMap) ring(points []point2, own head) (face.Ring, float64) {
	n := float64(m.n)
	for i, p := range points {
		x, y := m.at.photo(p.x/n, p.y/n)
		points[i] = point2{min(max(x, 0), m.photo[0]), min(max(y, 0), m.photo[1])}
	}
	keep := m.trace.simplified(points, max(tolerance*own.h, leastTolerance))
	kept := 0
	for _, k := range keep {
		if k {
			kept++
		}
	}
	ring := make(face.Ring, 0, kept)
	for i, p := range points {
		if keep[i] {
			ring = append(ring, face.Pt(float32(p.x), float32(p.y)))
		}
	}
	ring.Round()
	ring = slices.Compact(ring)
	for len(ring) > 1 && ring[len(ring)-1] == ring[0] {
		ring = ring[:len(ring)-1]
	}
	area := 0.
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		area += (float64(q.X)*float64(p.Y) - float64(p.X)*float64(q.Y)) / 2
	}
	return ring, area
}
