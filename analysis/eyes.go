package analysis

import (
	"context"
	"math"

	"semblance/internal/face"
	"semblance/models"
)

// Eyes are judged by a small network of our own (models/train/eyes), which looks at one eye at a
// time and says open, closed or covered. MediaPipe's mesh cannot tell, since it hardly closes its
// lids, and its iris network, which is ten times larger, told less well on the same labelled faces
// even with the best threshold for them. What this one gives is in docs/ACCURACY.md.

const (
	// eyePixels is the side of the network's input.
	eyePixels = 40
	// eyeFactor is the side of an eye's crop over the measure of the face (eyeMeasure).
	eyeFactor = 0.55
	// upright and sideways heads have about this ratio of the distance of the outer eye corners to
	// that from the root of the nose to the middle of the mouth. The larger of both, so scaled, is the
	// measure of a face: of a head turned aside the first is too short, of one that nods the second.
	eyesPerNose = 1.25
	// coveredFrom is the probability of covered from which an eye cannot be judged. Of covered eyes that
	// were not trained on fewer are called surely open or closed than with .5 (models/train/eyes prints both).
	coveredFrom = 0.3
	// leastEye is the side of an eye's crop in pixels of the photo below which it is too small: a face is
	// about 24 pixels wide then, an eye 6. (Eyes that are cut out of shrunk photos are told down to this
	// size nearly as well; but a mesh that is found in so few pixels is less exact than theirs was.)
	leastEye = 10
	// An eye is turned away when its side of the head is, by more than farYaw degrees; both are
	// when the head is turned or nods by more than mostTurn.
	farYaw   = 30
	mostTurn = 55
)

// The outputs of the network for one eye.
const (
	eyeOpen = iota
	eyeClosed
	eyeCovered
	eyeClasses
)

// eyes judges both eyes of a face. m has points.
func (j *job) eyes(ctx context.Context, v view, m mesh, p face.Pose) (face.Eyes, error) {
	right, left := eyeCrops(m)
	pool := &j.engine.pool
	buffer := floats(&pool.crops, 2*3*eyePixels*eyePixels)
	defer pool.crops.Put(buffer)
	half := len(*buffer) / 2
	pool.crop((*buffer)[:half], eyePixels, v, right, format{mul: 1, repeat: true})
	// The network knows the eye on the left of the picture; the other one is its mirror image.
	pool.crop((*buffer)[half:], eyePixels, v, left, format{mul: 1, repeat: true})
	mirror((*buffer)[half:], eyePixels)
	outputs, err := j.run(ctx, netEyes, models.Tensor{Shape: []int{2, eyePixels, eyePixels, 3}, Data: *buffer})
	if err != nil {
		return face.Eyes{}, err
	}
	values, err := output(outputs, netEyes, 2, eyeClasses)
	if err != nil {
		return face.Eyes{}, err
	}
	turned := math.Abs(float64(p.Yaw)) > mostTurn || math.Abs(float64(p.Pitch)) > mostTurn
	// Of a head turned to the right side of the picture the subject's left eye, which is on that side, goes first.
	return face.Eyes{
		Left:  eye(values[eyeClasses:], left.side, turned || p.Yaw > farYaw),
		Right: eye(values[:eyeClasses], right.side, turned || p.Yaw < -farYaw),
	}, nil
}

// eye reads one row of the network's output. side is that of the crop in pixels of the photo.
func eye(p []float32, side float64, turnedAway bool) face.Eye {
	e := face.Eye{Open: .5}
	if seen := p[eyeOpen] + p[eyeClosed]; seen > 0 {
		e.Open = p[eyeOpen] / seen
	}
	switch {
	case turnedAway:
		e.Doubt = face.EyeTurnedAway
	case side < leastEye:
		e.Doubt = face.EyeTooSmall
	case !(p[eyeCovered] < coveredFrom):
		e.Doubt = face.EyeCovered
	}
	return e
}

// eyeCrops returns the squares about the subject's right and left eye.
func eyeCrops(m mesh) (right, left square) {
	at := func(i int) point2 { return point2{m.points[i].x, m.points[i].y} }
	const (
		rightEyeInner = 133
		leftEyeInner  = 362
		noseRoot      = 168
	)
	r, l := at(rightEyeOuter), at(leftEyeOuter)
	var mouth point2
	for _, i := range iBUGPoints[len(iBUGPoints)-innerLips:] {
		mouth.x += m.points[i].x / innerLips
		mouth.y += m.points[i].y / innerLips
	}
	root := at(noseRoot)
	measure := max(math.Hypot(l.x-r.x, l.y-r.y), eyesPerNose*math.Hypot(mouth.x-root.x, mouth.y-root.y))
	s := square{side: eyeFactor * measure, roll: m.at.roll}
	about := func(a, b point2) square {
		c := between(a, b, .5)
		return square{x: c.x, y: c.y, side: s.side, roll: s.roll}
	}
	return about(r, at(rightEyeInner)), about(at(leftEyeInner), l)
}

// mirror swaps left and right of n x n pixels of three values.
func mirror(pixels []float32, n int) {
	for row := range n {
		line := pixels[3*n*row : 3*n*(row+1)]
		for a, b := 0, n-1; a < b; a, b = a+1, b-1 {
			for c := range 3 {
				line[3*a+c], line[3*b+c] = line[3*b+c], line[3*a+c]
			}
		}
	}
}
