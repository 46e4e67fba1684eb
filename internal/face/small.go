package face

// leastSides are the least longer sides of a face's box, in pixels of the photo, at which a feature is
// looked at: below, its accuracy has fallen so far that a guess would be worth nothing (`make accuracy`, section
// "Small faces", has the measurements). 0 means that it is looked at in any face.
var leastSides = [numFeatures]float32{}

// TooSmall returns the features of which nothing can be said of a face in a box: they are not guessed.
func TooSmall(box Box) Features {
	var set Features
	for i, side := range leastSides {
		if box.LongSide() < side {
			set |= 1 << i
		}
	}
	return set
}

// LeastSide returns the least longer side in pixels of a face at which a feature is looked at, 0 for any.
func LeastSide(feature Features) float32 {
	var side float32
	for i, s := range leastSides {
		if feature&(1<<i) != 0 {
			side = max(side, s)
		}
	}
	return side
}
