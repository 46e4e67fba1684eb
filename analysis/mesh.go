package analysis

import (
	"context"
	"math"

	"semblance/internal/face"
	"semblance/models"
)

const (
	// meshPoints is the number of points of MediaPipe's face mesh.
	meshPoints = 468
	// meshPixels is the side of the network's input, and the unit of its output.
	meshPixels = 192
	// boxFactor is the side of the first crop over the longer side of the face's box, and
	// meshFactor that of the second crop over the mesh's own: the best of 1.1 to 1.8 on 145
	// faces. A third crop brings nothing.
	boxFactor  = 1.3
	meshFactor = 1.5
	// patchFactor is how much about a face's box is fetched for all its crops together:
	// meshFactor times the diagonal of a square, and a little for meshes larger than the box.
	patchFactor = 2.4
	// tightShare is how much of a tight crop's side the face has: .6 on FairFace's chips.
	tightShare = 0.6
)

// The outer corners of the eyes in the mesh: the subject's right one, then the left one.
const (
	rightEyeOuter = 33
	leftEyeOuter  = 263
)

// point3 is a point of a mesh: x and y in pixels of the photo, z in the same unit away
// from the camera, from an origin of the network's own.
type point3 struct{ x, y, z float64 }

// mesh is the shape of a face. Without points (a failed one) it still says where the
// face is.
type mesh struct {
	points []point3 // meshPoints of them
	at     square   // the smallest square about them, turned so that the eyes are level
}

// around returns a view of a face and its surroundings for all crops of it: of some more
// pixels than the mesh's first crop, and not many more, so that they are shrunk once and
// not again for every crop. done gives the view back.
func (j *job) around(ctx context.Context, b face.Box, tight bool) (v view, done func(), err error) {
	scale := meshPixels / (boxFactor * float64(b.LongSide()))
	if tight {
		scale /= tightShare
	}
	if v, err = j.part(ctx, b.Square(patchFactor), scale); err != nil {
		return view{}, nil, err
	}
	const spare = 1.2
	if scale *= spare; v.sx > shrinkFrom*scale {
		pool := &j.engine.pool
		if small, pix, ok := pool.shrinkPart(v, squareAt(b, patchFactor*float64(b.LongSide())), scale/v.sx); ok {
			return small, func() { pool.putBytes(pix) }, nil
		}
	}
	return v, func() {}, nil
}

// mesh finds the mesh of the face in b. ok is false if there is none: then the mesh has
// no points and its square is b's. In a tight picture b is the whole picture, which has
// some border about the face already. t is how the head stands.
func (j *job) mesh(ctx context.Context, v view, b face.Box, t turn, tight bool) (m mesh, ok bool, err error) {
	fallback := mesh{at: squareAt(b, float64(b.LongSide()))}
	fallback.at.roll = t.radians()
	first := fallback.at
	first.side *= boxFactor
	if tight {
		first.side = float64(b.LongSide())
	}
	for _, again := range []bool{false, true} {
		s := first
		if again {
			s = m.at
			s.side *= meshFactor
		}
		if m, err = j.meshPass(ctx, v, s); err != nil {
			return mesh{}, false, err
		}
		if !m.plausible(fallback.at) {
			return fallback, false, nil
		}
	}
	return m, true, nil
}

// meshPass runs the mesh network on one square of the photo.
func (j *job) meshPass(ctx context.Context, v view, s square) (mesh, error) {
	outputs, err := j.runCrop(ctx, netMesh, v, s, meshPixels, format{mul: 1. / 255})
	if err != nil {
		return mesh{}, err
	}
	values, err := output(outputs, netMesh, 1, 3*meshPoints)
	if err != nil {
		return mesh{}, err
	}
	points := make([]point3, meshPoints)
	for i := range points {
		p := values[3*i : 3*i+3]
		x, y := s.photo(float64(p[0])/meshPixels, float64(p[1])/meshPixels)
		points[i] = point3{x, y, float64(p[2]) / meshPixels * s.side}
	}
	return mesh{points: points, at: bounds(points)}, nil
}

// bounds returns the square about the points, turned so that the outer eye corners are level.
func bounds(points []point3) square {
	l, r := points[leftEyeOuter], points[rightEyeOuter]
	roll := math.Atan2(l.y-r.y, l.x-r.x)
	sin, cos := math.Sincos(roll)
	uMin, uMax, vMin, vMax := math.Inf(1), math.Inf(-1), math.Inf(1), math.Inf(-1)
	for _, p := range points {
		u, v := p.x*cos+p.y*sin, p.y*cos-p.x*sin // turned back by roll
		uMin, uMax = min(uMin, u), max(uMax, u)
		vMin, vMax = min(vMin, v), max(vMax, v)
	}
	u, v := (uMin+uMax)/2, (vMin+vMax)/2
	return square{x: u*cos - v*sin, y: u*sin + v*cos, side: max(uMax-uMin, vMax-vMin), roll: roll}
}

// Limits of a mesh against the box that it was looked for in. Of the meshes of the group
// photos none comes near them.
const (
	leastMeshSize = 0.4  // sides of the box
	mostMeshSize  = 2.5  // sides of the box
	mostMeshShift = 0.75 // distance of the centres, in sides of the box
	leastEyeSpan  = 0.05 // distance of the outer eye corners, in sides of the mesh
)

// plausible reports whether m can be the mesh of a face whose box has the square b.
// NaN is not.
func (m mesh) plausible(b square) bool {
	for _, p := range m.points {
		if math.IsNaN(p.x+p.y+p.z) || math.IsInf(p.x+p.y+p.z, 0) {
			return false
		}
	}
	l, r := m.points[leftEyeOuter], m.points[rightEyeOuter]
	return m.at.side >= leastMeshSize*b.side && m.at.side <= mostMeshSize*b.side &&
		math.Hypot(m.at.x-b.x, m.at.y-b.y) <= mostMeshShift*b.side &&
		math.Hypot(l.x-r.x, l.y-r.y) >= leastEyeSpan*m.at.side
}

// runCrop feeds one network the n x n pixels of a square, pixel by pixel ([1, n, n, 3]).
func (j *job) runCrop(ctx context.Context, name string, v view, s square, n int, f format) ([]models.Tensor, error) {
	pool := &j.engine.pool
	buffer := floats(&pool.crops, 3*n*n)
	defer pool.crops.Put(buffer)
	pool.crop(*buffer, n, v, s, f)
	return j.run(ctx, name, models.Tensor{Shape: []int{1, n, n, 3}, Data: *buffer})
}
