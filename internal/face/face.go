// Package face is the vocabulary of the program: what can be said about a face.
//
// It imports nothing of this module and touches no file, model or screen.
// Coordinates are pixels of the upright photo (after its EXIF orientation has
// been applied), float32: (0, 0) is the top left corner of the first pixel, x
// grows to the right, y downwards. "Left" is the subject's left. Angles are
// degrees. Scores and probabilities are 0..1; percents belong to internal/export.
//
// Everything about age, gender, ethnicity and emotion is apparent: a model's
// guess about looks, never a fact about a person.
package face

// Face is what is known about one face. A field means something only if the
// Analysis that holds the face Has the feature of that field and the face does
// not lack it.
//
// The numbers in the cbor tags are the stored form (package catalog): a number
// is never used again for something else.
type Face struct {
	Number    uint32      `cbor:"1,keyasint"`            // within its photo, from 1, never used again for another face
	Box       Box         `cbor:"2,keyasint"`            // from the forehead to the chin, as the detector was taught
	Score     float32     `cbor:"3,keyasint"`            // of the detector, DoubtScore..1
	Landmarks Landmarks   `cbor:"4,keyasint,omitempty"`  // feature Landmark
	Pose      Pose        `cbor:"5,keyasint,omitempty"`  // feature PoseAngles
	Age       Age         `cbor:"6,keyasint,omitempty"`  // feature AgeYears
	Gender    Genders     `cbor:"7,keyasint,omitempty"`  // feature GenderClasses
	Emotion   Emotions    `cbor:"8,keyasint,omitempty"`  // feature EmotionClasses
	Ethnicity Ethnicities `cbor:"9,keyasint,omitempty"`  // feature EthnicityClasses
	Smile     float32     `cbor:"10,keyasint,omitempty"` // feature Smiling: the probability that the face smiles
	Lacks     Features    `cbor:"11,keyasint,omitempty"` // features of the Analysis that could not be found on this face
	Blur      float32     `cbor:"12,keyasint,omitempty"` // feature Blurriness: the variance of the Laplacian; the lower, the more blurred
	Exposure  Exposure    `cbor:"13,keyasint,omitempty"` // feature Lighting
	Eyes      Eyes        `cbor:"14,keyasint,omitempty"` // feature EyeStates
	Turn      uint8       `cbor:"15,keyasint,omitempty"` // quarter turns clockwise by which the head stands in the picture, 0..3: it was looked for so
	Given     bool        `cbor:"16,keyasint,omitempty"` // a person gave the box: the detector found no face here
	Eyewear   Eyewear     `cbor:"17,keyasint,omitempty"` // feature GlassesWorn
	Hair      Hair        `cbor:"18,keyasint,omitempty"` // feature HairShape
	Small     Features    `cbor:"19,keyasint,omitempty"` // those of Lacks for which the face is too small: TooSmall

	// Edit is what a person said about the face. Apply alone sets it; no analysis holds it.
	Edit Edit `cbor:"-"`
	// Model is the face as the networks saw it, if a person corrected any value. Apply alone sets it.
	Model *Face `cbor:"-"`
}

// The two thresholds of the detector's score (measured on the group and empty
// photos of the development pack: docs and analysis/detect.go).
const (
	// DoubtScore is the least score at which a box is kept at all.
	DoubtScore = 0.65
	// AcceptScore is the score above which a face counts as found.
	AcceptScore = 0.85
)

// Doubtful reports whether the detector was not certain that this is a face, and no
// person was either. A doubtful face is shown, but it is out of counts, filters
// and exports unless somebody asks for it.
func (f *Face) Doubtful() bool { return f.Score <= AcceptScore && !f.Edit.kept() }

// Rotation returns the rotation of the head in the picture, in the frame of Pose.Rotation:
// that of its pose, and then Turn quarter turns clockwise about the line of sight.
func (f *Face) Rotation() [3][3]float32 {
	r := f.Pose.Rotation()
	for range f.Turn % 4 {
		for k := range 3 {
			r[0][k], r[1][k] = -r[1][k], r[0][k]
		}
	}
	return r
}

// Smiles reports whether the face more probably smiles than not, and the
// probability of that answer, .5..1.
func (f *Face) Smiles() (smiling bool, probability float32) {
	if f.Smile > .5 {
		return true, f.Smile
	}
	return false, 1 - f.Smile
}

// Analysis is what is known about the faces of one photo.
type Analysis struct {
	W      int               `cbor:"1,keyasint"`           // width of the upright photo, pixels
	H      int               `cbor:"2,keyasint"`           // height of the upright photo, pixels
	Have   Features          `cbor:"3,keyasint"`           // the features that were computed
	Mode   string            `cbor:"4,keyasint,omitempty"` // detector mode: "fast", "default", "thorough", "boxes" (given ones), "crop"
	Models map[string]string `cbor:"5,keyasint,omitempty"` // name of each network that ran: sha256 of its file
	Faces  []Face            `cbor:"6,keyasint,omitempty"` // largest box first
	Turned bool              `cbor:"7,keyasint,omitempty"` // faces that stand sideways or upside down were looked for too
}

// Accepted returns the number of faces that are not doubtful.
func (a *Analysis) Accepted() int {
	n := 0
	for i := range a.Faces {
		if !a.Faces[i].Doubtful() {
			n++
		}
	}
	return n
}
