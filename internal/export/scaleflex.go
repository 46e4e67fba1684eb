package export

import (
	"encoding/hex"
	"fmt"
	"strings"

	"semblance/internal/face"
)

// scaleflexVersion is the version of Scaleflex's answers whose shape this is.
const scaleflexVersion = "2.9.3"

// scaleflex is what Scaleflex's "Face analysis" answers: percents with two decimals,
// corners of boxes in whole pixels, its names of the classes. Of the envelope,
// request_uuid is the photo's identity, since nobody asked over a network and a
// picture should keep its name; "result", the address of a picture on their
// servers, is left out; file_downloaded is the photo's name.
func scaleflex(doc Document, o Options) object {
	all := object{}
	for i, f := range faces(doc, o) {
		all.add(fmt.Sprintf("face_%d", i), scaleflexFace(f, doc))
	}
	return object{
		{"status", text("success")},
		{"version", text(scaleflexVersion)},
		{"request_uuid", text(uuid(doc.ID))},
		{"faces", all},
		{"file_downloaded", text(doc.File)},
	}
}

// uuid writes 16 bytes as a UUID is written.
func uuid(id [16]byte) string {
	h := hex.EncodeToString(id[:])
	return strings.Join([]string{h[:8], h[8:12], h[12:16], h[16:20], h[20:]}, "-")
}

func scaleflexFace(f *face.Face, doc Document) object {
	o := object{}
	have := found(f, doc.Have)
	if have.Has(face.BoundsBox) {
		left, top, right, bottom := pixelBox(f.Box, doc)
		o.add("box", inline{list{whole(left), whole(top), whole(right), whole(bottom)}})
	}
	if have.Has(face.EmotionClasses) {
		names, values := emotions(f)
		top, _ := f.Emotion.Top()
		o.add("emotions", percents(names, values))
		o.add("dominant_emotion", text(top.String()))
	}
	if have.Has(face.EthnicityClasses) {
		names, values := ethnicities(f)
		top, _ := f.Ethnicity.Top()
		for i := range names {
			names[i] = spaced(names[i])
		}
		o.add("races", percents(names, values))
		o.add("dominant_race", text(spaced(top.String())))
	}
	if have.Has(face.AgeYears) {
		o.add("age", whole(years(f.Age)))
	}
	if have.Has(face.GenderClasses) {
		gender := text("Male")
		if top, _ := f.Gender.Top(); top == face.Woman {
			gender = "Female"
		}
		o.add("gender", gender)
	}
	return o
}

func percents(names []string, values []float32) object {
	o := object{}
	for i, n := range names {
		p := probability(values[i], 0).value
		o.add(n, decimal{p * 100, 2})
	}
	return o
}

func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }
