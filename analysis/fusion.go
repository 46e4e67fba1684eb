package analysis

import (
	"cmp"
	"slices"

	"semblance/internal/face"
)

// candidate is a box that may hold a face.
type candidate struct {
	box   face.Box
	score float32 // 0..1
	turn  turn    // in which it was found
}

// byScore sorts the best first.
func byScore(c []candidate) {
	slices.SortStableFunc(c, func(a, b candidate) int { return cmp.Compare(b.score, a.score) })
}

// The IoU above which two boxes are of one face: of the boxes of the passes, and of the
// better ones after the looks.
const (
	fuseOverlap     = 0.35
	suppressOverlap = 0.4
)

// fuse gathers the boxes of all passes into one a face: greedily by score, boxes that
// overlap the best by more than fuseOverlap are its own, and the result is the mean of
// those with more than .7 of its score. The result is sorted by score.
func fuse(boxes []candidate) []candidate { return group(boxes, fuseOverlap, mean) }

// suppress keeps the best of boxes that overlap by more than suppressOverlap, sorted by score.
func suppress(boxes []candidate) []candidate {
	return group(boxes, suppressOverlap, func(c []candidate) face.Box { return c[0].box })
}

// group gathers boxes greedily by score and makes one of each group, which begins with its best.
func group(boxes []candidate, limit float32, box func([]candidate) face.Box) []candidate {
	rest := slices.Clone(boxes)
	byScore(rest)
	var out, own []candidate
	for len(rest) > 0 {
		best := rest[0]
		own = append(own[:0], best)
		others := rest[:0]
		for _, c := range rest[1:] {
			if c.box.IoU(best.box) > limit {
				own = append(own, c)
			} else {
				others = append(others, c)
			}
		}
		out = append(out, candidate{box(own), best.score, best.turn})
		rest = others
	}
	return out
}

// mean averages the boxes that have more than .7 of the first one's score, which is the
// best, weighted by score².
func mean(c []candidate) face.Box {
	var x0, y0, x1, y1, sum float32
	for i, b := range c {
		if i > 0 && b.score <= .7*c[0].score {
			continue
		}
		w := b.score * b.score
		x0, y0 = x0+w*b.box.Min.X, y0+w*b.box.Min.Y
		x1, y1 = x1+w*b.box.Max.X, y1+w*b.box.Max.Y
		sum += w
	}
	return face.Box{Min: face.Pt(x0/sum, y0/sum), Max: face.Pt(x1/sum, y1/sum)}
}

// dropInside removes the weaker of two boxes that share more than 75 % of the smaller
// one's area, unless it is of a quite other size (9 times the area) and strong: then it
// is a face in front of a face. c is sorted by score.
func dropInside(c []candidate) []candidate {
	return drop(c, func(a, b candidate) bool {
		small, large := min(a.box.Area(), b.box.Area()), max(a.box.Area(), b.box.Area())
		return a.box.Intersect(b.box).Area() > .75*small && (large < 9*small || b.score < .8)
	})
}

// drop removes every candidate that loses against one before it that stays.
func drop(c []candidate, loses func(to, c candidate) bool) []candidate {
	var out []candidate
next:
	for _, b := range c {
		for _, a := range out {
			if loses(a, b) {
				continue next
			}
		}
		out = append(out, b)
	}
	return out
}

// dropInLarger removes a box of which more than 80 % lies in a larger one that is a
// face almost certainly, however strong the smaller one is: an eye or an ear of it.
func dropInLarger(c []candidate) []candidate {
	gone := make([]bool, len(c))
	for i, a := range c {
		for k, b := range c {
			if !gone[i] && !gone[k] && b.box.Area() < a.box.Area() && a.score >= .7 &&
				a.box.Intersect(b.box).Area() > .8*b.box.Area() {
				gone[k] = true
			}
		}
	}
	var out []candidate
	for i, b := range c {
		if !gone[i] {
			out = append(out, b)
		}
	}
	return out
}
