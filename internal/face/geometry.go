package face

import "math"

// Point is a position in a photo, in pixels.
type Point struct {
	_ struct{} `cbor:",toarray"`
	X float32
	Y float32
}

// Pt is shorthand for Point{X: x, Y: y}.
func Pt(x, y float32) Point { return Point{X: x, Y: y} }

// Box is an axis-aligned rectangle: Min belongs to it, Max does not.
// It may reach beyond the photo.
type Box struct {
	_   struct{} `cbor:",toarray"`
	Min Point
	Max Point
}

// BoxAt returns the box with its top left corner at x, y and the size w, h.
func BoxAt(x, y, w, h float32) Box { return Box{Min: Pt(x, y), Max: Pt(x+w, y+h)} }

// W returns the width, which is negative for a box that is turned inside out.
func (b Box) W() float32 { return b.Max.X - b.Min.X }

// H returns the height.
func (b Box) H() float32 { return b.Max.Y - b.Min.Y }

// Area returns the area, 0 for an empty box.
func (b Box) Area() float32 {
	if b.Empty() {
		return 0
	}
	return b.W() * b.H()
}

// Center returns the centre.
func (b Box) Center() Point { return Pt((b.Min.X+b.Max.X)/2, (b.Min.Y+b.Max.Y)/2) }

// LongSide returns the larger of width and height.
func (b Box) LongSide() float32 { return max(b.W(), b.H()) }

// Empty reports whether b holds no point.
func (b Box) Empty() bool { return !(b.Min.X < b.Max.X && b.Min.Y < b.Max.Y) } // also true for NaN

// Contains reports whether p lies in b.
func (b Box) Contains(p Point) bool {
	return b.Min.X <= p.X && p.X < b.Max.X && b.Min.Y <= p.Y && p.Y < b.Max.Y
}

// Intersect returns what b and c share, the zero Box if they share nothing.
func (b Box) Intersect(c Box) Box {
	i := Box{
		Min: Pt(max(b.Min.X, c.Min.X), max(b.Min.Y, c.Min.Y)),
		Max: Pt(min(b.Max.X, c.Max.X), min(b.Max.Y, c.Max.Y)),
	}
	if i.Empty() {
		return Box{}
	}
	return i
}

// IoU returns intersection over union, 0..1: 0 when either is empty.
func (b Box) IoU(c Box) float32 {
	i := b.Intersect(c).Area()
	if i == 0 {
		return 0
	}
	return i / (b.Area() + c.Area() - i)
}

// Scale returns b enlarged by f about its centre.
func (b Box) Scale(f float32) Box {
	c, w, h := b.Center(), b.W()*f/2, b.H()*f/2
	return Box{Min: Pt(c.X-w, c.Y-h), Max: Pt(c.X+w, c.Y+h)}
}

// Square returns the square about b's centre whose side is f times b's longer side.
func (b Box) Square(f float32) Box {
	c, s := b.Center(), b.LongSide()*f/2
	return Box{Min: Pt(c.X-s, c.Y-s), Max: Pt(c.X+s, c.Y+s)}
}

// Bounds returns the smallest box that holds all points, the zero Box for none.
func Bounds(points []Point) Box {
	if len(points) == 0 {
		return Box{}
	}
	b := Box{Min: points[0], Max: points[0]}
	for _, p := range points[1:] {
		b.Min = Pt(min(b.Min.X, p.X), min(b.Min.Y, p.Y))
		b.Max = Pt(max(b.Max.X, p.X), max(b.Max.Y, p.Y))
	}
	return b
}

// Pose is the rotation of a head, each angle in degrees, -90..90.
// All zero looks straight into the camera. Of a head that was found sideways or upside
// down (Face.Turn) it is the pose in the picture turned back by those quarter turns, so that
// a photo that lies on its side says the same of a person; Face.Rotation has both together.
type Pose struct {
	_     struct{} `cbor:",toarray"`
	Roll  float32  // positive: turned clockwise in the picture
	Pitch float32  // positive: looks up
	Yaw   float32  // positive: turned towards the right side of the picture
}

// FrontalLimit is the yaw and the pitch in degrees below which a face counts as
// frontal: about the error of the angles themselves.
const FrontalLimit = 15

// Frontal reports whether the face looks roughly into the camera.
func (p Pose) Frontal() bool {
	return math.Abs(float64(p.Yaw)) < FrontalLimit && math.Abs(float64(p.Pitch)) < FrontalLimit
}

// Rotation returns the rotation matrix of the pose, row by row, in a frame with x
// right, y down and z away from the camera: a direction d of the head, seen
// from the front, points to R*d in the picture. R = Rx(pitch) Ry(yaw) Rz(roll),
// the order in which the angles were taken apart (analysis/pose.go).
func (p Pose) Rotation() [3][3]float32 {
	sin := func(d float32) float64 { return math.Sin(float64(d) * math.Pi / 180) }
	cos := func(d float32) float64 { return math.Cos(float64(d) * math.Pi / 180) }
	// The angles follow yaw = asin(-R02), pitch = atan2(R12, R22), roll = atan2(-R01, R00).
	sy, cy := sin(p.Yaw), cos(p.Yaw)
	sp, cp := sin(p.Pitch), cos(p.Pitch)
	sr, cr := sin(p.Roll), cos(p.Roll)
	m := [3][3]float64{
		{cy * cr, -cy * sr, -sy},
		{cp*sr + sp*sy*cr, cp*cr - sp*sy*sr, sp * cy},
		{0, 0, cp * cy},
	}
	// The third row is the cross product of the first two: a rotation keeps hands.
	m[2][0] = m[0][1]*m[1][2] - m[0][2]*m[1][1]
	m[2][1] = m[0][2]*m[1][0] - m[0][0]*m[1][2]
	var out [3][3]float32
	for i := range 3 {
		for j := range 3 {
			out[i][j] = float32(m[i][j])
		}
	}
	return out
}
