package analysis

import "semblance/internal/face"

// eyewearOrder says which kind of glasses each of the attribute network's three classes is. It knows no
// goggles: no pictures of them under a free licence are there to train on, so their probability is always 0.
var eyewearOrder = [3]face.Glasses{face.NoGlasses, face.ClearGlasses, face.Sunglasses}

// eyewear brings the attribute network's classes into ours.
func eyewear(p []float32) face.Eyewear {
	var e face.Eyewear
	for i, g := range eyewearOrder {
		e[g-1] = p[i]
	}
	return e
}
