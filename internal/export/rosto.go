package export

import (
	"slices"

	"semblance/internal/face"
)

// rostoPlaces is the precision of every probability in Rosto's answers.
const rostoPlaces = 2

// rosto is what Rosto's API answers: keys in alphabetical order, whole pixels,
// degrees and years, probabilities with two decimals. Six things cannot be told in
// its words: glasses are glasses, dark or clear; hair has no holes; of the ethnicities it knows four, among which the probabilities are
// shared out anew; it has no score, so that a doubtful face looks like any other; its
// angles end at 90 degrees, so that a head that stands sideways or upside down has those of
// the picture turned back; and it says nothing of open and closed eyes.
func rosto(doc Document, o Options) object {
	all := list{}
	for _, f := range faces(doc, o) {
		all = append(all, rostoFace(f, doc))
	}
	return object{{"faces", all}}
}

func rostoFace(f *face.Face, doc Document) object {
	o := object{}
	have := found(f, doc.Have)
	if have.Has(face.AgeYears) {
		o.add("age", whole(years(f.Age)))
	}
	if have.Has(face.Blurriness) {
		blur := object{{"is_blurry", truth(f.Blurry())}}
		if blurMeasured(f) {
			blur.add("level", whole(floor(max(f.Blur, 0))))
		}
		blur.add("threshold", whole(face.BlurThreshold))
		o.add("blur", blur)
	}
	if have.Has(face.BoundsBox) {
		left, top, right, bottom := pixelBox(f.Box, doc)
		o.add("bounds", object{{"bottom", whole(bottom)}, {"left", whole(left)}, {"right", whole(right)}, {"top", whole(top)}})
	}
	if have.Has(face.EmotionClasses) {
		names, values := emotions(f)
		o.add("emotion", rostoClass(names, values))
	}
	if have.Has(face.EthnicityClasses) {
		if names, values, ok := rostoEthnicities(f); ok {
			o.add("ethnicity", rostoClass(names, values))
		}
	}
	if have.Has(face.Lighting) {
		o.add("exposure", object{{"level", text(f.Exposure.Is.String())}})
	}
	if have.Has(face.GenderClasses) {
		names, values := genders(f)
		o.add("gender", rostoClass(names, values))
	}
	if have.Has(face.GlassesWorn) {
		w := &f.Eyewear
		o.add("glasses", rostoClass(
			[]string{"not-using-glasses", "swimming-goggles", "using-glasses"},
			[]float32{w.Of(face.NoGlasses), w.Of(face.Goggles), w.Of(face.ClearGlasses) + w.Of(face.Sunglasses)}))
	}
	if have.Has(face.HairShape) {
		o.add("hair", rostoHair(f))
	}
	if have.Has(face.Landmark) {
		// The pixel that holds the point: its own centres of the eyes are cut off, not rounded.
		o.add("landmarks", landmarks(f, func(p face.Point) object {
			return object{{"x", whole(floor(p.X))}, {"y", whole(floor(p.Y))}}
		}))
	}
	if have.Has(face.PoseAngles) {
		o.add("pose", object{{"x_roll", whole(round(f.Pose.Roll))}, {"y_pitch", whole(round(f.Pose.Pitch))}, {"z_yaw", whole(round(f.Pose.Yaw))}})
	}
	if have.Has(face.Smiling) {
		smiles, _ := f.Smiles()
		o.add("smile", object{{"is_smiling", truth(smiles)}, {"probability", probability(f.Smile, rostoPlaces)}})
	}
	return o
}

// rostoHair is the outlines of a head's hair, without holes, and its colour: null where there is no hair to be seen or too
// little of it, its hex null where a person named a colour that was not measured.
func rostoHair(f *face.Face) object {
	rings := list{}
	for _, p := range f.Hair.Pieces {
		points := list{}
		for _, at := range p.Outer {
			points = append(points, object{{"x", whole(round(at.X))}, {"y", whole(round(at.Y))}})
		}
		rings = append(rings, inline{points})
	}
	if f.Hair.Color <= face.NoHair {
		return object{{"color", null{}}, {"polygons", rings}}
	}
	color := object{{"hex", null{}}, {"name", text(spaced(f.Hair.Color.String()))}}
	if hex, ok := hairHex(f); ok {
		color[0].value = text(hex)
	}
	return object{{"color", color}, {"polygons", rings}}
}

// rostoClass is the most probable of some classes, which are in alphabetical order.
func rostoClass(names []string, values []float32) object {
	best := 0
	order := make([]int, len(names))
	for i := range names {
		order[i] = i
		if values[i] > values[best] {
			best = i
		}
	}
	slices.SortFunc(order, func(a, b int) int {
		if names[a] < names[b] {
			return -1
		}
		return 1
	})
	classes := object{}
	for _, i := range order {
		classes.add(names[i], probability(values[i], rostoPlaces))
	}
	return object{{"classes", classes}, {"probability", probability(values[best], rostoPlaces)}, {"value", text(names[best])}}
}

// rostoEthnicities shares the probability out among the four classes that Rosto
// knows. A face for which none of them is probable at all has no answer.
func rostoEthnicities(f *face.Face) (names []string, values []float32, ok bool) {
	var sum float32
	for _, e := range []face.Ethnicity{face.Asian, face.Black, face.Indian, face.White} {
		p := max(f.Ethnicity.Of(e), 0)
		names, values, sum = append(names, e.String()), append(values, p), sum+p
	}
	const least = 1e-4 // what is left below this is rounding
	if sum < least {
		return nil, nil, false
	}
	for i := range values {
		values[i] /= sum
	}
	return names, values, true
}
