package analysis

import "semblance/internal/face"

// eyewearOrder says which kind of glasses each of the attribute network's three classes is. It knows no goggles: no pictures of
// them under a free licence are there to train on, so their probability is always 0.
//
// Drawn ones do not help. A head of four classes was trained on the network's features, of 3,394 labelled faces and of 967 on which
// swimming goggles, diving masks and ski goggles were drawn along the mesh; whatever its regularisation, of five real
// faces with goggles it knew three or four, and took 28 to 50 of 3,223 others for such (measured by hand). The network calls four of the
// five sunglasses and one, behind a diving mask, none.
var eyewearOrder = [3]face.Glasses{face.NoGlasses, face.ClearGlasses, face.Sunglasses}

// eyewear brings the attribute network's classes into ours.
func eyewear(p []float32) face.Eyewear {
	var e face.Eyewear
	for i, g := range eyewearOrder {
		e[g-1] = p[i]
	}
	return e
}
