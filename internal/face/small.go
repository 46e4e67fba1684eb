package face

// leastSides are the least longer sides of a face's box, in pixels of the photo, at which a feature is
// looked at: the least of 8, 12, 16, 20, 24, 32, 48 and 64 at which, on each set of labelled faces that were shrunk by area
// averaging, the mean recall of the classes (of the age the mean error) has lost less than a third of the way to
// a blind guess, and sure values are right in 85 % or more. That was measured by hand on FairFace's and UTKFace's, GENKI-4K's and LFW's
// faces, 193 to 347 of a set; the section "Small faces" of `make accuracy` measures the like. A blur is looked at where one
// of 3 % of the face's side, a strong one, is found in 84 % of the cases (of 20 pixels in 58 %): weaker ones cannot be seen in
// small faces. Hair is looked at where its outlines have lost less than a third of their overlap with those that people drew on CelebAMask-HQ's
// portraits. Other features are looked at in any face; eyes have limits of their own (EyeTooSmall).
var leastSides = [...]struct {
	feature Features
	side    float32
}{
	{GenderClasses, 12},    // lost .30, sure ones right .88; at 8 pixels .50 and .78
	{AgeYears, 20},         // lost .26; at 16 pixels .37
	{GlassesWorn, 20},      // lost .26, sure ones right .95; at 16 pixels .67 and .95
	{EthnicityClasses, 24}, // lost .16, sure ones right .85; at 20 pixels .27 and .84
	{Smiling, 24},          // lost .14, sure ones right .94; at 20 pixels .34 and .83
	{Blurriness, 24},
	{HairShape, 32},      // overlap .67, of .84 in portraits as they are; at 24 pixels .43
	{EmotionClasses, 32}, // lost .18, sure ones right .87; at 24 pixels .35 and .86
}

// TooSmall returns the features of which nothing can be said of a face in a box: they are not guessed.
func TooSmall(box Box) Features {
	var set Features
	for _, least := range leastSides {
		if box.LongSide() < least.side {
			set |= least.feature
		}
	}
	return set
}

// LeastSide returns the least longer side in pixels of a face at which all of some features are looked at, 0 for any.
func LeastSide(features Features) float32 {
	var side float32
	for _, least := range leastSides {
		if features&least.feature != 0 {
			side = max(side, least.side)
		}
	}
	return side
}
