package export

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// schemaPrefix begins the value of "schema" in every version of the program's own dialect.
const schemaPrefix = "semblance/"

// schemaVersion is the value of "schema"; assets.Schema describes it.
const schemaVersion = schemaPrefix + "1"

// editedFace is the word in "edited" for a face of which a person said that it is one; a value
// that a person gave is named by its feature.
const editedFace = "face"

// Decimals of the own dialect: more than the measurements are worth, few enough to be read.
const (
	pixelPlaces       = 2
	probabilityPlaces = 4
	anglePlaces       = 2
	agePlaces         = 1
	lumaPlaces        = 1
	blurPlaces        = 1
)

// semblance is the program's own dialect: Rosto's keys and nesting with decimals,
// six ethnicities, and what else is known.
func semblance(doc Document, o Options) object {
	orientation := doc.Orientation
	if !orientation.Valid() {
		orientation = photo.Upright
	}
	storedW, storedH := doc.StoredW, doc.StoredH
	if storedW == 0 || storedH == 0 {
		// Turning by 90 degrees is its own inverse as far as sizes go.
		storedW, storedH = orientation.UprightSize(doc.W, doc.H)
	}
	tree := object{
		{"schema", text(schemaVersion)},
		{"file", text(doc.File)},
		{"id", text(doc.ID.String())},
		{"size", size(doc.W, doc.H)},
		{"stored", size(storedW, storedH)},
		{"orientation", whole(orientation)},
	}
	if !doc.Taken.IsZero() {
		tree.add("taken", text(timestamp(doc.Taken)))
	}
	if doc.Camera != "" {
		tree.add("camera", text(doc.Camera))
	}
	models := object{}
	for _, name := range slices.Sorted(maps.Keys(doc.Models)) {
		models.add(name, text(doc.Models[name]))
	}
	tree.add("models", models)
	features := list{}
	for _, name := range doc.Have.Names() {
		features = append(features, text(name))
	}
	tree.add("features", inline{features})
	if m := doc.Marks; m != nil {
		tags := list{}
		for _, tag := range m.Tags {
			tags = append(tags, text(tag))
		}
		tree.add("tags", inline{tags})
		tree.add("rating", whole(m.Rating))
		tree.add("label", text(m.Label.String()))
		tree.add("flag", text(m.Flag.String()))
	}
	all := list{}
	for _, f := range faces(doc, o) {
		all = append(all, semblanceFace(f, doc.Have, doc.Sure.OrDefault()))
	}
	tree.add("faces", all)
	if len(doc.Rejected) > 0 {
		rejected := list{}
		for i := range doc.Rejected {
			f := &doc.Rejected[i]
			if found(f, face.BoundsBox) != 0 {
				rejected = append(rejected, inline{object{{"number", whole(f.Number)}, {"bounds", bounds(f.Box)}}})
			}
		}
		tree.add("rejected", rejected)
	}
	return tree
}

func size(w, h int) inline { return inline{object{{"w", whole(w)}, {"h", whole(h)}}} }

// timestamp writes RFC 3339; without an offset where the camera gave none, because
// "Z" would claim to know.
func timestamp(t time.Time) string {
	if t.Location() == time.UTC {
		return t.Format("2006-01-02T15:04:05")
	}
	return t.Format(time.RFC3339)
}

func semblanceFace(f *face.Face, have face.Features, t face.Thresholds) object {
	o := object{{"number", whole(f.Number)}}
	if f.Scored() {
		o.add("score", probability(f.Score, probabilityPlaces))
	}
	o.add("doubtful", truth(f.Doubtful()))
	if f.Edit.Name != "" {
		o.add("name", text(f.Edit.Name))
	}
	if edited := editedWords(f, have); len(edited) > 0 {
		o.add("edited", inline{edited})
	}
	if small := names(f.Small & have); len(small) > 0 {
		o.add("too_small", inline{small})
	}
	o = append(o, values(f, found(f, have), t)...)
	if f.Model != nil {
		guess := values(f.Model, found(f.Model, have&f.Edit.Said.Features()), t)
		if len(guess) > 0 {
			o.add("model", guess)
		}
	}
	return o
}

// editedWords says what a person said of f: that it is a face, and which values of have it has.
func editedWords(f *face.Face, have face.Features) list {
	words := list{}
	if f.Edit.Drawn || f.Edit.Verdict == face.Accepted || f.Edit.Name != "" {
		words = append(words, text(editedFace))
	}
	return append(words, names(f.Edit.Said.Features()&have)...)
}

func names(features face.Features) list {
	words := list{}
	for _, name := range features.Names() {
		words = append(words, text(name))
	}
	return words
}

// values is what f has of the features of have.
func values(f *face.Face, have face.Features, t face.Thresholds) object {
	o := object{}
	sure := t.Sure(f)
	if have.Has(face.AgeYears) {
		o.add("age", decimal{max(float64(f.Age.Years), 0), agePlaces})
		o.add("age_range", inline{list{decimal{float64(f.Age.Low), agePlaces}, decimal{float64(f.Age.High), agePlaces}}})
		o.add("age_unsure", truth(!sure.Has(face.AgeYears)))
	}
	if have.Has(face.Blurriness) {
		blur := object{{"is_blurry", truth(f.Blurry())}}
		if blurMeasured(f) {
			blur.add("level", decimal{cutTo(f.Blur, blurPlaces), blurPlaces})
		}
		blur.add("threshold", decimal{face.BlurThreshold, blurPlaces})
		blur.add("unsure", truth(!sure.Has(face.Blurriness)))
		o.add("blur", blur)
	}
	if have.Has(face.BoundsBox) {
		o.add("bounds", bounds(f.Box))
	}
	if have.Has(face.EmotionClasses) {
		names, values := emotions(f)
		value, p := f.Emotion.Top()
		o.add("emotion", class(value.String(), p, names, values, sure.Has(face.EmotionClasses)))
	}
	if have.Has(face.EthnicityClasses) {
		names, values := ethnicities(f)
		value, p := f.Ethnicity.Top()
		o.add("ethnicity", class(value.String(), p, names, values, sure.Has(face.EthnicityClasses)))
	}
	if have.Has(face.Lighting) {
		o.add("exposure", object{{"level", text(f.Exposure.Is.String())}, {"mean", decimal{float64(f.Exposure.Mean), lumaPlaces}}})
	}
	if have.Has(face.EyeStates) {
		o.add("eyes", bothEyes(f, t))
	}
	if have.Has(face.GenderClasses) {
		names, values := genders(f)
		value, p := f.Gender.Top()
		o.add("gender", class(value.String(), p, names, values, sure.Has(face.GenderClasses)))
	}
	if have.Has(face.GlassesWorn) {
		value, p := f.Eyewear.Top()
		classNames := make([]string, face.NumGlasses)
		for i := range classNames {
			classNames[i] = face.Glasses(i + 1).String()
		}
		o.add("glasses", class(value.String(), p, classNames, f.Eyewear[:], sure.Has(face.GlassesWorn)))
	}
	if have.Has(face.HairShape) {
		o.add("hair", hair(f, sure.Has(face.HairShape)))
	}
	if have.Has(face.Landmark) {
		o.add("landmarks", landmarks(f, func(p face.Point) object {
			return object{{"x", decimal{float64(p.X), pixelPlaces}}, {"y", decimal{float64(p.Y), pixelPlaces}}}
		}))
	}
	if have.Has(face.PoseAngles) {
		angle := func(v float32) decimal { return decimal{float64(v), anglePlaces} }
		pose := object{{"x_roll", angle(f.Pose.Roll)}, {"y_pitch", angle(f.Pose.Pitch)}, {"z_yaw", angle(f.Pose.Yaw)}}
		if f.Turn != 0 {
			pose.add("turn", whole(f.Turn))
		}
		o.add("pose", inline{pose})
	}
	if have.Has(face.Smiling) {
		smiles, _ := f.Smiles()
		o.add("smile", object{{"is_smiling", truth(smiles)}, {"probability", probability(f.Smile, probabilityPlaces)}, {"unsure", truth(!sure.Has(face.Smiling))}})
	}
	return o
}

func bounds(b face.Box) inline {
	edge := func(v float32) decimal { return decimal{float64(v), pixelPlaces} }
	return inline{object{{"bottom", edge(b.Max.Y)}, {"left", edge(b.Min.X)}, {"right", edge(b.Max.X)}, {"top", edge(b.Min.Y)}}}
}

// class is a value among classes.
func class(value string, p float32, names []string, values []float32, sure bool) object {
	classes := object{}
	for i, n := range names {
		classes.add(n, probability(values[i], probabilityPlaces))
	}
	return object{
		{"value", text(value)}, {"probability", probability(p, probabilityPlaces)}, {"classes", inline{classes}}, {"unsure", truth(!sure)},
	}
}

// blurMeasured reports whether the level of the blur was measured, and is not only one that goes with what a person said.
func blurMeasured(f *face.Face) bool { return f.Model == nil || !f.Model.Lacks.Has(face.Blurriness) }

// hair is where a head's hair is and its colour. A colour that a person gave where the networks saw no
// hair has a name alone. The words' probabilities are each its own: two may fit.
func hair(f *face.Face, sure bool) object {
	o := object{{"visible", truth(f.Hair.Color != face.NoHair)}}
	if f.Hair.Color > face.NoHair {
		color := object{}
		if hex, ok := hairHex(f); ok {
			color.add("hex", text(hex))
		}
		color.add("name", text(f.Hair.Color.String()))
		if word, p := f.Hair.Fitting(); word != face.UnknownHair {
			color.add("probability", probability(p, probabilityPlaces))
			fits := object{}
			for i, p := range f.Hair.Fits {
				fits.add((face.BlackHair + face.HairColor(i)).String(), probability(p, probabilityPlaces))
			}
			color.add("fits", inline{fits})
		}
		color.add("unsure", truth(!sure))
		o.add("color", inline{color})
	}
	rings := list{}
	for _, p := range f.Hair.Pieces {
		for _, r := range slices.Concat([]face.Ring{p.Outer}, p.Holes) {
			points := list{}
			for _, at := range r {
				points = append(points, object{{"x", decimal{float64(at.X), pixelPlaces}}, {"y", decimal{float64(at.Y), pixelPlaces}}})
			}
			rings = append(rings, inline{points})
		}
	}
	o.add("polygons", rings)
	return o
}

// hairHex returns the measured colour of the hair, if it could be measured: "#3b2a1f".
func hairHex(f *face.Face) (hex string, ok bool) {
	measured := f.Hair
	if f.Model != nil {
		measured = f.Model.Hair
	}
	c := measured.RGB
	return fmt.Sprintf("#%02x%02x%02x", c[0], c[1], c[2]), measured.Color > face.NoHair
}

// cutTo cuts v, which rounding may have made a little negative, to so many decimals: rounded, a level just below the threshold would
// read as if it had reached it, and contradict is_blurry.
func cutTo(v float32, places int) float64 {
	scale := math.Pow10(places)
	return math.Floor(max(float64(v), 0)*scale) / scale
}

// bothEyes is the state of both eyes and of each.
func bothEyes(f *face.Face, t face.Thresholds) object {
	state, p := f.Eyes.Top()
	o := object{{"value", text(state.String())}, {"probability", probability(p, probabilityPlaces)}, {"unsure", truth(!t.Sure(f).Has(face.EyeStates))}}
	addDoubt(&o, f.Eyes.Doubt())
	o.add("left", oneEye(f.Eyes.Left, t))
	o.add("right", oneEye(f.Eyes.Right, t))
	return o
}

func oneEye(e face.Eye, t face.Thresholds) inline {
	state := face.EyesClosed
	if e.Open > .5 {
		state = face.EyesOpen
	}
	o := object{
		{"value", text(state.String())},
		{"open", probability(e.Open, probabilityPlaces)},
		{"unsure", truth(e.State(t.Eyes) == face.UnsureEyes)},
	}
	addDoubt(&o, e.Doubt)
	return inline{o}
}

// addDoubt says why an eye cannot be judged, if that is so.
func addDoubt(o *object, d face.EyeDoubt) {
	if d != face.NoEyeDoubt {
		o.add("doubt", text(strings.ReplaceAll(d.String(), " ", "_")))
	}
}

// The neutral names and probabilities of a face's classes, in the order of package face.

func emotions(f *face.Face) (names []string, values []float32) {
	for e := range face.Emotion(face.NumEmotions) {
		names = append(names, e.String())
	}
	return names, f.Emotion[:]
}

func ethnicities(f *face.Face) (names []string, values []float32) {
	for i := range face.NumEthnicities {
		names = append(names, face.Ethnicity(i+1).String())
	}
	return names, f.Ethnicity[:]
}

func genders(f *face.Face) (names []string, values []float32) {
	for i := range face.NumGenders {
		names = append(names, face.Gender(i+1).String())
	}
	return names, f.Gender[:]
}

// landmarks are Rosto's groups in its order: a list of points, or one point where
// the group is the centre of something.
func landmarks(f *face.Face, point func(face.Point) object) object {
	groups := face.LandmarkGroups()
	slices.SortFunc(groups, func(a, b face.LandmarkGroup) int {
		if a.String() < b.String() {
			return -1
		}
		return 1
	})
	o := object{}
	for _, g := range groups {
		switch g {
		case face.LeftEyeCentre, face.RightEyeCentre, face.MouthCentre:
			o.add(g.String(), inline{point(f.Landmarks[g.Indices()[0]])})
		default:
			points := list{}
			for _, i := range g.Indices() {
				points = append(points, point(f.Landmarks[i]))
			}
			o.add(g.String(), inline{points})
		}
	}
	return o
}
