package main

import (
	"cmp"
	"slices"

	"semblance/internal/face"
)

// leastIoU is the overlap from which a found box is that of a labelled face.
const leastIoU = 0.3

// match pairs found boxes with labelled ones: those with an IoU of at least leastIoU, or the
// centre of the found one inside the other, one to one, the greatest IoU first. It returns
// the index of the found box for each labelled one, or -1.
func match(labelled, found []face.Box) []int {
	type pair struct {
		i, k int
		iou  float32
	}
	var pairs []pair
	for i, a := range labelled {
		for k, b := range found {
			if iou := a.IoU(b); iou >= leastIoU || a.Contains(b.Center()) {
				pairs = append(pairs, pair{i, k, iou})
			}
		}
	}
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(q.iou, p.iou) })
	out := slices.Repeat([]int{-1}, len(labelled))
	used := make([]bool, len(found))
	for _, p := range pairs {
		if out[p.i] < 0 && !used[p.k] {
			out[p.i], used[p.k] = p.k, true
		}
	}
	return out
}

// mainFace returns the index of the face that a label of the whole picture means: of those at
// least half as large as the largest, the one nearest to the centre. -1 if there is no face.
func mainFace(w, h int, faces []*face.Face) int {
	var largest float32
	for _, f := range faces {
		largest = max(largest, f.Box.Area())
	}
	best, least := -1, float32(0)
	for i, f := range faces {
		c := f.Box.Center()
		dx, dy := c.X-float32(w)/2, c.Y-float32(h)/2
		if d := dx*dx + dy*dy; f.Box.Area() >= largest/2 && (best < 0 || d < least) {
			best, least = i, d
		}
	}
	return best
}

// partners returns for each label of a picture the face that was found there, or nil.
// Doubtful faces are not found.
func partners(p *picture, a *face.Analysis) []*face.Face {
	var faces []*face.Face
	for i := range a.Faces {
		if f := &a.Faces[i]; !f.Doubtful() {
			faces = append(faces, f)
		}
	}
	return pair(p, a, faces)
}

// pair returns for each label of a picture the one of some faces of its analysis that it
// belongs to, or nil.
func pair(p *picture, a *face.Analysis, faces []*face.Face) []*face.Face {
	var boxed, found []face.Box
	for _, l := range p.labels {
		if !l.box.Empty() {
			boxed = append(boxed, l.box)
		}
	}
	for _, f := range faces {
		found = append(found, f.Box)
	}
	matched := match(boxed, found)
	main := mainFace(a.W, a.H, faces)
	out := make([]*face.Face, len(p.labels))
	for i, l := range p.labels {
		k := main
		if !l.box.Empty() {
			k, matched = matched[0], matched[1:]
		}
		if k >= 0 {
			out[i] = faces[k]
		}
	}
	return out
}
