package analysis

import (
	"cmp"
	"math"
	"slices"

	"semblance/internal/face"
)

// Where the points of iBUG 300-W lie. The nose, the eyes and the mouth are single points of the
// mesh: the list that is widely used with MediaPipe's. The jaw and the brows are not marked by
// anything in a face: people who annotate them draw a line and space its points evenly. So does
// this file, which takes it from the mesh:
//
//   - the jaw is the outline of the face as it is seen, from the height of one eye's outer corner
//     round the chin to that of the other (of a turned head the outline is the cheek, not the jaw bone);
//   - a brow is its upper edge from tail to head.
//
// No weight here was fitted to labels, but of a few such definitions these were kept after a look at the
// errors on Helen, AFW and dlib's photos: on Helen's test photos 4.5 % of the distance of the outer
// eye corners, against 5.2 % with single points of the mesh for jaw and brows too.

// iBUGPoints are the mesh's points of iBUG's 27 to 67 (0-based).
var iBUGPoints = [41]int{
	168, 197, 5, 4, 75, 97, 2, 326, 305, // nose
	33, 160, 158, 133, 153, 144, // right eye
	362, 385, 387, 263, 373, 380, // left eye
	61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, // outer lips
	78, 82, 13, 312, 308, 317, 14, 87, // inner lips
}

// The first of iBUG's points of each kind, and how many there are of a brow and of half the jaw.
const (
	iBUGRightBrow = 17
	iBUGLeftBrow  = 22
	iBUGNose      = 27
	iBUGBrow      = 5
	iBUGHalfJaw   = 9 // the chin belongs to both
	innerLips     = 8
)

// The upper edges of the brows in the mesh, each in iBUG's order, and the point of the chin.
var (
	rightBrow = [5]int{70, 63, 105, 66, 107}
	leftBrow  = [5]int{336, 296, 334, 293, 300}
)

const chin = 152

// landmarks picks the 71 landmarks from a mesh.
func landmarks(m mesh) face.Landmarks {
	var l face.Landmarks
	put := func(first int, points []point2) {
		for i, p := range points {
			l[first+i] = face.Pt(float32(p.x), float32(p.y))
		}
	}
	right, left := jaw(m)
	slices.Reverse(right)
	put(0, right)
	put(iBUGHalfJaw-1, left)
	put(iBUGRightBrow, evenly(m.flat(rightBrow[:]), iBUGBrow))
	put(iBUGLeftBrow, evenly(m.flat(leftBrow[:]), iBUGBrow))
	put(iBUGNose, m.flat(iBUGPoints[:]))
	// As Rosto's sample computes them: the eyes from their lids, without the corners, the
	// mouth from the inner lips.
	l[face.LeftEyeCenter] = middle(l[43], l[44], l[46], l[47])
	l[face.RightEyeCenter] = middle(l[37], l[38], l[40], l[41])
	l[face.MouthCenter] = middle(l[60 : 60+innerLips]...)
	return l
}

// middle returns the mean of points.
func middle(points ...face.Point) face.Point {
	var x, y float32
	for _, p := range points {
		x += p.X
		y += p.Y
	}
	n := float32(len(points))
	return face.Pt(x/n, y/n)
}

// point2 is a point of the photo, or of the photo turned so that the eyes are level.
type point2 struct{ x, y float64 }

// turned returns p turned about the origin, clockwise in the picture, by the angle of sin and cos.
func (p point2) turned(sin, cos float64) point2 {
	return point2{p.x*cos - p.y*sin, p.x*sin + p.y*cos}
}

// between returns the point at t of the way from a to b.
func between(a, b point2, t float64) point2 { return point2{a.x + t*(b.x-a.x), a.y + t*(b.y-a.y)} }

// flat returns points of the mesh as they are seen.
func (m mesh) flat(indices []int) []point2 {
	out := make([]point2, len(indices))
	for i, k := range indices {
		out[i] = point2{m.points[k].x, m.points[k].y}
	}
	return out
}

// jaw returns the two halves of the jaw, iBUGHalfJaw points each, from the chin up: the
// subject's right one, then the left one.
func jaw(m mesh) (right, left []point2) {
	sin, cos := math.Sincos(m.at.roll)
	level := make([]point2, len(m.points)) // the eyes level
	for i, p := range m.points {
		level[i] = point2{p.x, p.y}.turned(-sin, cos)
	}
	rightEnd, leftEnd := level[rightEyeOuter].y, level[leftEyeOuter].y
	middle := level[chin]
	outline := convexHull(level)
	// The outline runs clockwise as seen: from the chin it climbs on the left side of the picture,
	// which is the subject's right.
	start, at := nearestEdge(outline, middle)
	n := len(outline)
	climb := func(step int, to float64) []point2 {
		line := []point2{start}
		for k := range n {
			i := at + 1 + k
			if step < 0 {
				i = at - k + n
			}
			next := outline[i%n]
			if last := line[len(line)-1]; next.y <= to {
				line = append(line, between(last, next, (last.y-to)/max(last.y-next.y, 1e-9)))
				break
			}
			line = append(line, next)
		}
		line = evenly(line, iBUGHalfJaw)
		for i := range line {
			line[i] = line[i].turned(sin, cos)
		}
		return line
	}
	return climb(1, rightEnd), climb(-1, leftEnd)
}

// convexHull returns the corners of the smallest convex polygon about the points, clockwise as
// seen with y downwards (A. M. Andrew, Information Processing Letters 9, 1979). It sorts points.
func convexHull(points []point2) []point2 {
	slices.SortFunc(points, func(a, b point2) int { return cmp.Or(cmp.Compare(a.x, b.x), cmp.Compare(a.y, b.y)) })
	var hull []point2
	half := func(p point2, floor int) {
		for len(hull) >= floor+2 && bend(hull[len(hull)-2], hull[len(hull)-1], p) <= 0 {
			hull = hull[:len(hull)-1]
		}
		hull = append(hull, p)
	}
	for _, p := range points {
		half(p, 0)
	}
	floor := len(hull) - 1
	for _, p := range slices.Backward(points[:len(points)-1]) {
		half(p, floor)
	}
	return hull[:max(len(hull)-1, 1)] // the last is the first again
}

// bend is positive where the way from a by b to c turns clockwise as seen with y downwards.
func bend(a, b, c point2) float64 { return (b.x-a.x)*(c.y-a.y) - (b.y-a.y)*(c.x-a.x) }

// nearestEdge returns the point of a polygon's outline that is nearest to p, and the corner
// before it.
func nearestEdge(polygon []point2, p point2) (nearest point2, corner int) {
	best := math.Inf(1)
	for i, a := range polygon {
		b := polygon[(i+1)%len(polygon)]
		dx, dy := b.x-a.x, b.y-a.y
		t := min(max(((p.x-a.x)*dx+(p.y-a.y)*dy)/max(dx*dx+dy*dy, 1e-12), 0), 1)
		q := between(a, b, t)
		if d := math.Hypot(q.x-p.x, q.y-p.y); d < best {
			best, nearest, corner = d, q, i
		}
	}
	return nearest, corner
}

// evenly returns n points at equal distances along a line, its ends included.
func evenly(line []point2, n int) []point2 {
	length := make([]float64, len(line)) // from the start
	for i := 1; i < len(line); i++ {
		length[i] = length[i-1] + math.Hypot(line[i].x-line[i-1].x, line[i].y-line[i-1].y)
	}
	out := make([]point2, n)
	k := 0
	for i := range out {
		want := length[len(line)-1] * float64(i) / float64(n-1)
		for k+2 < len(line) && length[k+1] < want {
			k++
		}
		out[i] = line[min(k, len(line)-1)]
		if k+1 < len(line) {
			out[i] = between(line[k], line[k+1], min(max((want-length[k])/max(length[k+1]-length[k], 1e-12), 0), 1))
		}
	}
	return out
}
