package analysis

import "semblance/internal/face"

// iBUGPoints holds, for each of the 68 points of iBUG 300-W, the point of the mesh that
// lies there: the list that is widely used with MediaPipe's mesh. On Helen's test
// photos the mean error is 5.2 % of the distance of the outer eye corners (jaw 9.2,
// brows 6.4, nose 3.1, eyes 2.9, mouth 3.5). Lists fitted to the labels of 300-W are
// some better at the jaw, but those labels are for research only.
var iBUGPoints = [68]int{
	162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389, // jaw
	71, 63, 105, 66, 107, // the subject's right brow
	336, 296, 334, 293, 301, // left brow
	168, 197, 5, 4, 75, 97, 2, 326, 305, // nose
	33, 160, 158, 133, 153, 144, // right eye
	362, 385, 387, 263, 373, 380, // left eye
	61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, // outer lips
	78, 82, 13, 312, 308, 317, 14, 87, // inner lips
}

// landmarks picks the 71 landmarks from a mesh.
func landmarks(m mesh) face.Landmarks {
	var l face.Landmarks
	for i, k := range iBUGPoints {
		l[i] = face.Pt(float32(m.points[k].x), float32(m.points[k].y))
	}
	// As Rosto's sample computes them: the eyes from their lids, without the corners, the
	// mouth from the inner lips.
	l[face.LeftEyeCenter] = middle(l[43], l[44], l[46], l[47])
	l[face.RightEyeCenter] = middle(l[37], l[38], l[40], l[41])
	l[face.MouthCenter] = middle(l[60:68]...)
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
