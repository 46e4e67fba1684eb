package analysis

import (
	"math"

	"semblance/internal/face"
)

// rotation turns a head that looks into the camera into the photo's; x right, y down,
// z away from the camera, row by row.
type rotation [3][3]float64

// rigidPoint is a point of the mesh that hardly moves with expression.
type rigidPoint struct {
	index     int     // in the mesh
	weight    float64 // in the fit; all weights add up to 1 nearly
	canonical point3  // on the canonical face, in centimetres, in the frame of rotation
}

// rigidPoints are the 33 points and weights of MediaPipe's face geometry (google/mediapipe,
// commit 9d880778, modules/face_geometry/data: canonical_face_model.obj, with y and z
// negated, and geometry_pipeline_metadata_landmarks.pbtxt; Apache-2.0).
var rigidPoints = [33]rigidPoint{
	{4, 0.070909939706326, point3{0.0, 0.46317, -7.58658}},
	{6, 0.032100144773722, point3{0.0, -2.473255, -5.788627}},
	{10, 0.008446550928056, point3{0.0, -8.261778, -4.481535}},
	{33, 0.058724168688059, point3{-4.445859, -2.663991, -3.173422}},
	{54, 0.007667080033571, point3{-6.279331, -6.615427, -1.42585}},
	{67, 0.009078059345484, point3{-3.523964, -8.005976, -3.729163}},
	{117, 0.009791937656701, point3{-5.258659, -0.945811, -2.974312}},
	{119, 0.014565368182957, point3{-3.300681, -0.861641, -3.872784}},
	{121, 0.018591361120343, point3{-1.820731, -1.467954, -4.224124}},
	{127, 0.005197994410992, point3{-7.743095, -2.364999, 2.005167}},
	{129, 0.120625205338001, point3{-1.785794, 0.978284, -4.85047}},
	{132, 0.005560018587857, point3{-7.270895, 2.890917, 2.252455}},
	{133, 0.05328618362546, point3{-1.856432, -2.585245, -3.757904}},
	{136, 0.066890455782413, point3{-5.085276, 7.17859, -0.714711}},
	{143, 0.014816547743976, point3{-6.407571, -2.236021, -1.560843}},
	{147, 0.014262833632529, point3{-6.234883, 1.94443, -1.663542}},
	{198, 0.025462191551924, point3{-1.246815, -0.230297, -5.681036}},
	{205, 0.047252278774977, point3{-3.832928, 1.537326, -4.137731}},
	{263, 0.058724168688059, point3{4.445859, -2.663991, -3.173422}},
	{284, 0.007667080033571, point3{6.279331, -6.615427, -1.42585}},
	{297, 0.009078059345484, point3{3.523964, -8.005976, -3.729163}},
	{346, 0.009791937656701, point3{5.258659, -0.945811, -2.974312}},
	{348, 0.014565368182957, point3{3.300681, -0.861641, -3.872784}},
	{350, 0.018591361120343, point3{1.820731, -1.467954, -4.224124}},
	{356, 0.005197994410992, point3{7.743095, -2.364999, 2.005167}},
	{358, 0.120625205338001, point3{1.785794, 0.978284, -4.85047}},
	{361, 0.005560018587857, point3{7.270895, 2.890917, 2.252455}},
	{362, 0.05328618362546, point3{1.856432, -2.585245, -3.757904}},
	{365, 0.066890455782413, point3{5.085276, 7.17859, -0.714711}},
	{372, 0.014816547743976, point3{6.407571, -2.236021, -1.560843}},
	{376, 0.014262833632529, point3{6.234883, 1.94443, -1.663542}},
	{420, 0.025462191551924, point3{1.246815, -0.230297, -5.681036}},
	{425, 0.047252278774977, point3{3.832928, 1.537326, -4.137731}},
}

// Calibration of the angles, from people's estimates on GENKI-4K and the 3D fits of AFLW2000 and
// AFW. The mesh looks down a little when a person looks straight ahead (by 7.2, 3.4 and 4.5 degrees;
// pitchZero is their mean), and turns too little (by slopes of 1.16, 1.17 and 1.17). The zero is taken
// out in the frame of the head, before the angles are: added to the pitch afterwards it would leave
// the yaw of a tilted head wrong (GENKI: pitch 6.3 degrees instead of 5.7, yaw 3.5 instead of 3.4).
const (
	yawScale  = 1.17
	pitchZero = 5 // degrees
)

// kabsch returns the rotation that brings the canonical face nearest to the mesh, in the
// sense of weighted least squares, up to scale and position (W. Kabsch, Acta
// Crystallographica A32, 1976): with H = sum of w (C-c)'(P-p) = U S V', it is
// V diag(1, 1, det(V U')) U'.
func kabsch(m mesh) rotation {
	var sum float64
	var c, p point3
	for _, r := range rigidPoints {
		q := m.points[r.index]
		sum += r.weight
		c = point3{c.x + r.weight*r.canonical.x, c.y + r.weight*r.canonical.y, c.z + r.weight*r.canonical.z}
		p = point3{p.x + r.weight*q.x, p.y + r.weight*q.y, p.z + r.weight*q.z}
	}
	c = point3{c.x / sum, c.y / sum, c.z / sum}
	p = point3{p.x / sum, p.y / sum, p.z / sum}
	var h matrix
	for _, r := range rigidPoints {
		q := m.points[r.index]
		from := [3]float64{r.canonical.x - c.x, r.canonical.y - c.y, r.canonical.z - c.z}
		to := [3]float64{q.x - p.x, q.y - p.y, q.z - p.z}
		for i := range 3 {
			for k := range 3 {
				h[i][k] += r.weight * from[i] * to[k]
			}
		}
	}
	u, _, v := svd(h)
	mirror := v.times(u.transposed()).det() // -1: the best fit would be a mirrored face
	if mirror < 0 {
		for i := range 3 {
			v[i][2] = -v[i][2] // the axis of the smallest singular value costs the least
		}
	}
	return rotation(v.times(u.transposed()))
}

// pose calibrates the rotation and takes it apart, R = Rx(pitch) Ry(yaw) Rz(roll).
func (r rotation) pose() face.Pose {
	sin, cos := math.Sincos(pitchZero * math.Pi / 180)
	r = rotation(matrix(r).times(matrix{{1, 0, 0}, {0, cos, sin}, {0, -sin, cos}}))
	yaw := math.Asin(min(max(-r[0][2], -1), 1))
	pitch := math.Atan2(r[1][2], r[2][2])
	roll := math.Atan2(-r[0][1], r[0][0])
	degrees := func(radians float64) float64 { return radians * 180 / math.Pi }
	clip := func(d float64) float32 { return float32(min(max(d, -90), 90)) }
	return face.Pose{Roll: clip(degrees(roll)), Pitch: clip(degrees(pitch)), Yaw: clip(degrees(yaw) * yawScale)}
}

// back turns a point of the photo back into the frame of a head that looks into the camera.
func (r rotation) back(p point3) point3 {
	return point3{
		r[0][0]*p.x + r[1][0]*p.y + r[2][0]*p.z,
		r[0][1]*p.x + r[1][1]*p.y + r[2][1]*p.z,
		r[0][2]*p.x + r[1][2]*p.y + r[2][2]*p.z,
	}
}
