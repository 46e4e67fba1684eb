package overlay

import (
	"image"
	"image/color"
	"slices"

	"semblance/internal/face"
)

// areaLines is how many lines through each row of pixels are cut with the edges of an area.
// Along a line the cover of a pixel is exact.
const areaLines = 8

// paintArea fills what an odd number of rings encloses, and draws the rings over it.
func paintArea(dst *image.RGBA, s Shape) {
	fillRings(dst, s.Rings, s.Fill)
	strokeRings(dst, s.Rings, s.Stroke/2, s.Color)
}

// edge is a piece of a ring's outline from its upper to its lower end.
type edge struct{ x, y, slope, end float32 }

// fillRings blends c over the inside of rings: row by row, with the edges that the row meets.
func fillRings(dst *image.RGBA, rings []face.Ring, c color.NRGBA) {
	r := pixels(bounds(rings)).Intersect(dst.Rect)
	if c.A == 0 || r.Empty() {
		return
	}
	edges := edgesOf(rings, float32(r.Min.Y), float32(r.Max.Y))
	cover := make([]float32, r.Dx()+2) // how the cover changes from pixel to pixel
	var (
		active []edge
		cuts   []float32
	)
	left, right := float32(r.Min.X), float32(r.Max.X)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for len(edges) > 0 && edges[0].y < float32(y+1) {
			active, edges = append(active, edges[0]), edges[1:]
		}
		active = slices.DeleteFunc(active, func(e edge) bool { return e.end <= float32(y) })
		if len(active) == 0 {
			continue
		}
		clear(cover)
		for line := range areaLines {
			at := float32(y) + (float32(line)+.5)/areaLines
			cuts = cuts[:0]
			for _, e := range active {
				if e.y <= at && at < e.end {
					cuts = append(cuts, min(max(e.x+(at-e.y)*e.slope, left), right)-left)
				}
			}
			slices.Sort(cuts)
			for i := 0; i+1 < len(cuts); i += 2 {
				step(cover, cuts[i], 1./areaLines)
				step(cover, cuts[i+1], -1./areaLines)
			}
		}
		row := dst.Pix[dst.PixOffset(r.Min.X, y):]
		covered := float32(0)
		for x := range r.Dx() {
			if covered += cover[x]; covered > 1./512 {
				blend(row[4*x:][:4:4], c, covered)
			}
		}
	}
}

// step adds h to the cover of everything to the right of x.
func step(cover []float32, x, h float32) {
	i := int(x)
	part := x - float32(i)
	cover[i] += (1 - part) * h
	cover[i+1] += part * h
}

// edgesOf returns the edges between the heights top and bottom, by their upper ends.
func edgesOf(rings []face.Ring, top, bottom float32) []edge {
	var edges []edge
	for _, ring := range rings {
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			if p.Y > q.Y {
				p, q = q, p
			}
			if p.Y == q.Y || q.Y <= top || p.Y >= bottom {
				continue
			}
			if slope := (q.X - p.X) / (q.Y - p.Y); abs(slope) < 1e15 { // else as good as level
				edges = append(edges, edge{p.X, p.Y, slope, q.Y})
			}
		}
	}
	slices.SortFunc(edges, func(a, b edge) int {
		switch {
		case a.y < b.y:
			return -1
		case a.y > b.y:
			return 1
		}
		return 0
	})
	return edges
}

// strokeRings draws the outlines of rings. Where two edges meet a pixel takes the larger cover of the
// two, so that a line that is not opaque has no knots.
func strokeRings(dst *image.RGBA, rings []face.Ring, half float32, c color.NRGBA) {
	b := bounds(rings)
	reach := half + 1
	r := pixels(grown(b, reach)).Intersect(dst.Rect)
	if c.A == 0 || half <= 0 || r.Empty() {
		return
	}
	mask := image.NewAlpha(r)
	for _, ring := range rings {
		for i, p := range ring {
			q := ring[(i+1)%len(ring)]
			strokeEdge(mask, p, q, half)
		}
	}
	for y := r.Min.Y; y < r.Max.Y; y++ {
		row, line := dst.Pix[dst.PixOffset(r.Min.X, y):], mask.Pix[mask.PixOffset(r.Min.X, y):][:r.Dx()]
		for x, a := range line {
			if a != 0 {
				blend(row[4*x:][:4:4], c, float32(a)/255)
			}
		}
	}
}

// strokeEdge raises mask to the cover of a line with round ends. Of a long slanting one only
// the part near the line is looked at, row by row.
func strokeEdge(mask *image.Alpha, p, q face.Point, half float32) {
	reach := half + 1
	r := pixels(grown(face.Bounds([]face.Point{p, q}), reach)).Intersect(mask.Rect)
	dx, dy := q.X-p.X, q.Y-p.Y
	length := hypot(dx, dy)
	for y := r.Min.Y; y < r.Max.Y; y++ {
		from, to := r.Min.X, r.Max.X
		if abs(dy) > .01*length { // not level: the row crosses it in one place
			x := p.X + (float32(y)+.5-p.Y)*dx/dy
			wide := reach * length / abs(dy)
			from, to = max(from, int(floor(max(x-wide, float32(from))))), min(to, int(floor(min(x+wide, float32(to))))+1)
		}
		for x := from; x < to; x++ {
			covered := min(half+.5-toSegment(face.Pt(float32(x)+.5, float32(y)+.5), p, q), 1)
			if covered <= 0 {
				continue
			}
			if i := mask.PixOffset(x, y); mask.Pix[i] < uint8(covered*255) {
				mask.Pix[i] = uint8(covered * 255)
			}
		}
	}
}

func grown(b face.Box, by float32) face.Box {
	return face.Box{Min: face.Pt(b.Min.X-by, b.Min.Y-by), Max: face.Pt(b.Max.X+by, b.Max.Y+by)}
}
