package analysis

import (
	"math"

	"semblance/internal/face"
)

// The two models of a smile are logistic regressions on the logits of what both expression networks give for
// happy, before calibration. They were fitted on the 792 faces of GENKI-4K (The MPLab GENKI-4K Database,
// http://mplab.ucsd.edu) and the 400 of SMILEsmileD (github.com/hromi/SMILEsmileD; neither has an explicit licence) that
// `make accuracy` measures, the second ones counting a quarter in sum. In tenfold cross-validation, measured by hand,
// the one with the mesh is right in 95.5 and 87.2 % of the faces that were found, without it 93.8 and 86.7 %; a model of
// the first network and six ratios, fitted on other pictures of GENKI-4K, was in 94.8 and 84.8 %. Taken for the
// question whether a face is happy, both are better than that one on LFW's and FER2013's faces too, which
// nothing was fitted on.
const (
	// Without a mesh.
	bareFirst, bareSecond, bareBias = 0.21, 0.432, -0.412
	// With one.
	smileFirst, smileSecond, smileBias = 0.146, 0.355, 8.616
	smileLift, smileCorner             = 38.04, -12.37
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
