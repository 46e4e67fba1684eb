package analysis

import (
	"context"
	"math"
	"slices"

	"semblance/internal/face"
)

// Blur is the variance of the Laplacian (J. L. Pech-Pacheco et al., Diatom autofocusing in
// brightfield microscopy, ICPR 2000) of a picture of the face that always has the same size,
// so that a number means the same in every photo: blurriness is told in shares of the face.
const (
	// qualityPixels is the side of that picture, qualityFactor that of its square over the mesh's.
	qualityPixels = 112
	qualityFactor = 1.1
	// blurSizes makes faces of fewer pixels comparable, which are not enlarged: their levels are
	// multiplied by (side / qualityPixels) to this power. Medians of sharp faces of 500 to 60
	// pixels then lie between 354 and 283.
	blurSizes = 1.2
	// blurSpare is how many pixels a scaled picture of the photo must have over qualityPixels: below,
	// the resampling beats with them.
	blurSpare = 1.05
	// meshOverBox is the side of the mesh over that of the detector's box, for faces without a mesh:
	// the median of 600 faces.
	meshOverBox = 0.93
)

// Exposure. The rules were picked among several because they call faces of different skin
// underexposed nearly equally often (of untouched faces, brightened and darkened ones: see
// TestExposureTable). "Overexposed" remains uneven: dark skin is called so one stop later.
const (
	// A face is overexposed if more than overShare of it has a luma of overLuma or more.
	overLuma  = 245
	overShare = 0.1
	// It is underexposed, if not over, where the brightest underShare of its surroundings,
	// contextFactor times the square, are darker than underLuma. The face alone would tell
	// dark skin, not dark light.
	underLuma     = 130
	underShare    = 0.02
	contextFactor = 2
)

// quality fills in blur and exposure, as far as they are wanted. Without points m is the
// square of the box b; the face is taken for an ellipse in it.
func (j *job) quality(ctx context.Context, v view, b face.Box, m mesh, want face.Features, f *face.Face) error {
	if m.points == nil {
		m.at.side *= meshOverBox
	}
	s := square{x: m.at.x, y: m.at.y, side: qualityFactor * m.at.side} // upright: nothing is resampled that need not be
	luma := lumaOf(v, s)
	if want.Has(face.Blurriness) {
		fine, pixels := luma, s.side*v.sx
		sharp, err := j.sharp(ctx, v, s)
		if err != nil {
			return err
		}
		if sharp.img != v.img {
			fine, pixels = lumaOf(sharp, s), s.side*sharp.sx
		}
		f.Blur = blur(fine, pixels)
	}
	if want.Has(face.Lighting) {
		s.side *= contextFactor
		around := b.Square(patchFactor).Intersect(face.BoxAt(0, 0, float32(j.w), float32(j.h)))
		f.Exposure = exposure(luma, m, lumaOf(v, s), around)
	}
	return nil
}

// sharp returns v if it shows s with enough pixels, or else a view that does.
func (j *job) sharp(ctx context.Context, v view, s square) (view, error) {
	least := min(1, blurSpare*qualityPixels/s.side)
	b := face.BoxAt(float32(s.x-s.side/2), float32(s.y-s.side/2), float32(s.side), float32(s.side))
	if v.sx >= least && v.shows(b.Intersect(face.BoxAt(0, 0, float32(j.w), float32(j.h)))) {
		return v, nil
	}
	return j.partOf(ctx, b, least, 1)
}

// shows reports whether b lies within v, but for a pixel at its edges.
func (v view) shows(b face.Box) bool {
	size := v.img.Rect.Size()
	return (float64(b.Min.X)-v.x)*v.sx > -1 && (float64(b.Min.Y)-v.y)*v.sy > -1 &&
		(float64(b.Max.X)-v.x)*v.sx < float64(size.X+1) && (float64(b.Max.Y)-v.y)*v.sy < float64(size.Y+1)
}

// blur returns the level of blur of a picture that was made of pixels x pixels of a view:
// the lower, the more blurred.
func blur(g lumaPicture, pixels float64) float32 {
	if g.n < 3 {
		return 0 // no pixel has four neighbours
	}
	level := g.laplacianVariance() * math.Pow(float64(g.n)/qualityPixels, blurSizes)
	if over := pixels / qualityPixels; over > 1 {
		// A pixel of the view is a mean over a square already: of the light on a sensor, and of
		// pixels of the photo where the decoder has shrunk it. That takes about 1/(4 over²) of the
		// level (640 faces of Helen and AFW, shrunk by a JPEG decoder and by averaging: the medians
		// at 1.2, 1.4, 1.7, 2, 2.4 pixels of the view per pixel of g are .83, .89, .92, .94, .95).
		level /= 1 - 1/(4*over*over)
	}
	return float32(level)
}

// exposure judges the light on the face m in g. context is a picture of its surroundings, of
// which the part within frame counts.
func exposure(g lumaPicture, m mesh, context lumaPicture, frame face.Box) face.Exposure {
	var sum float32
	n, bright := 0, 0
	for i, in := range g.oval(m) {
		if in {
			n++
			sum += g.luma[i]
			if g.luma[i] >= overLuma-.5 { // as if it were rounded
				bright++
			}
		}
	}
	e := face.Exposure{Is: face.Balanced, Mean: sum / float32(n)}
	switch {
	case float64(bright) > overShare*float64(n):
		e.Is = face.Overexposed
	case context.brightest(underShare, frame) < underLuma:
		e.Is = face.Underexposed
	}
	return e
}

// brightest returns the least luma of the brightest share of the pixels within frame, 256 if
// there are none.
func (g lumaPicture) brightest(share float64, frame face.Box) int {
	x0, y0 := g.pixel(float64(frame.Min.X), float64(frame.Min.Y))
	x1, y1 := g.pixel(float64(frame.Max.X), float64(frame.Max.Y))
	left, top := max(0, int(math.Ceil(x0))), max(0, int(math.Ceil(y0)))
	right, bottom := min(g.n-1, int(math.Floor(x1))), min(g.n-1, int(math.Floor(y1)))
	var count [256]int
	n := 0
	for y := top; y <= bottom; y++ {
		for x := left; x <= right; x++ {
			count[min(255, int(g.luma[y*g.n+x]+.5))]++
			n++
		}
	}
	above := 0
	for luma := 255; luma >= 0; luma-- {
		if above += count[luma]; float64(above) > share*float64(n) {
			return luma
		}
	}
	return 256
}

// lumaPicture is a square of the photo, n x n lumas of 0..255.
type lumaPicture struct {
	n    int
	luma []float32
	at   square // upright
}

// pixel returns where a point of the photo lies in g, counted from the centre of its first pixel.
func (g lumaPicture) pixel(x, y float64) (column, row float64) {
	k := float64(g.n) / g.at.side
	return (x-g.at.x+g.at.side/2)*k - .5, (y-g.at.y+g.at.side/2)*k - .5
}

// lumaOf shrinks the upright square s of v to qualityPixels x qualityPixels with a triangle of
// twice the width of the result's pixels, as imaging.Linear does. It begins at a whole pixel
// and does not enlarge: either would blur. Beyond the view its edge is repeated.
func lumaOf(v view, s square) lumaPicture {
	w, h := max(1, int(math.Round(s.side*v.sx))), max(1, int(math.Round(s.side*v.sy)))
	x0, y0 := int(math.Round((s.x-s.side/2-v.x)*v.sx)), int(math.Round((s.y-s.side/2-v.y)*v.sy))
	n := min(qualityPixels, w, h)
	across, down := triangles(w, n), triangles(h, n)
	size := v.img.Rect.Size()
	line, shrunk := make([]float32, w), make([]float32, h*n)
	for y := range h {
		row := v.img.Pix[min(max(y0+y, 0), size.Y-1)*v.img.Stride:][:4*size.X]
		for x := range line {
			at := 4 * min(max(x0+x, 0), size.X-1)
			p := row[at : at+3 : at+3]
			line[x] = bt601(p[0], p[1], p[2])
		}
		to := shrunk[y*n : (y+1)*n]
		for x, t := range across {
			var sum float32
			from := line[t.first:][:len(t.weights)]
			for i, weight := range t.weights {
				sum += weight * from[i]
			}
			to[x] = sum
		}
	}
	g := lumaPicture{n: n, luma: make([]float32, n*n), at: s}
	for y, t := range down {
		to := g.luma[y*n : (y+1)*n]
		for i, weight := range t.weights {
			for x, luma := range shrunk[(t.first+i)*n : (t.first+i+1)*n] {
				to[x] += weight * luma
			}
		}
	}
	return g
}

// bt601 is the luma of a pixel (ITU-R BT.601).
func bt601(r, g, b uint8) float32 {
	return .299*float32(r) + .587*float32(g) + .114*float32(b)
}

// triangle is what one pixel of the result reads of a source line.
type triangle struct {
	first   int
	weights []float32 // of the pixels from first on; they add up to 1
}

// triangles returns what each of n pixels reads of a line of m >= n.
func triangles(m, n int) []triangle {
	out := make([]triangle, n)
	step := float64(m) / float64(n)
	for i := range out {
		centre := (float64(i) + .5) * step
		first, last := max(0, int(math.Ceil(centre-step-.5))), min(m-1, int(math.Floor(centre+step-.5)))
		weights := make([]float32, last-first+1)
		var sum float32
		for k := range weights {
			weights[k] = float32(1 - math.Abs(float64(first+k)+.5-centre)/step)
			sum += weights[k]
		}
		for k := range weights {
			weights[k] /= sum
		}
		out[i] = triangle{first, weights}
	}
	return out
}

// laplacianVariance returns the variance of the Laplacian of four neighbours, over all pixels
// that have them. n is at least 3.
func (g lumaPicture) laplacianVariance() float64 {
	var sum, squares float64
	for y := 1; y < g.n-1; y++ {
		above, row, below := g.luma[(y-1)*g.n:], g.luma[y*g.n:], g.luma[(y+1)*g.n:]
		for x := 1; x < g.n-1; x++ {
			l := float64(above[x] + row[x-1] + row[x+1] + below[x] - 4*row[x])
			sum += l
			squares += l * l
		}
	}
	count := float64((g.n - 2) * (g.n - 2))
	return max(0, squares/count-sum/count*sum/count)
}

// faceOutline are the points of the mesh along the edge of the face, clockwise from the middle
// of the forehead (google/mediapipe, face_mesh_connections.py, FACEMESH_FACE_OVAL; Apache-2.0).
var faceOutline = [36]int{
	10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377,
	152, 148, 176, 149, 150, 136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
}

// oval says which pixels of g are of the face: those within the mesh's outline or, where there
// is no mesh or its outline holds no pixel, within an ellipse as narrow as most faces.
func (g lumaPicture) oval(m mesh) []bool {
	inside := make([]bool, g.n*g.n)
	if m.points != nil {
		var outline [len(faceOutline)][2]float64
		for i, k := range faceOutline {
			outline[i][0], outline[i][1] = g.pixel(m.points[k].x, m.points[k].y)
		}
		if g.fill(inside, outline[:]) {
			return inside
		}
	}
	x, y := g.pixel(m.at.x, m.at.y)
	k := m.at.side * float64(g.n) / g.at.side
	sin, cos := math.Sincos(m.at.roll)
	for i := range inside {
		dx, dy := float64(i%g.n)-x, float64(i/g.n)-y
		u, v := (dx*cos+dy*sin)/(.375*k), (dy*cos-dx*sin)/(.5*k)
		inside[i] = u*u+v*v <= 1
	}
	inside[g.n/2*g.n+g.n/2] = true // of the smallest faces too
	return inside
}

// fill marks the pixels whose centre lies in the polygon, by the rule of even and odd, and
// reports whether there is one.
func (g lumaPicture) fill(inside []bool, polygon [][2]float64) bool {
	found := false
	var crossings []float64
	for y := range g.n {
		crossings = crossings[:0]
		for i, p := range polygon {
			q := polygon[(i+1)%len(polygon)]
			if (p[1] > float64(y)) != (q[1] > float64(y)) {
				crossings = append(crossings, p[0]+(float64(y)-p[1])/(q[1]-p[1])*(q[0]-p[0]))
			}
		}
		slices.Sort(crossings)
		for i := 0; i+1 < len(crossings); i += 2 {
			for x := max(0, int(math.Ceil(crossings[i]))); x < g.n && float64(x) < crossings[i+1]; x++ {
				inside[y*g.n+x] = true
				found = true
			}
		}
	}
	return found
}
