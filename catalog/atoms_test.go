package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// This file checks Find against a slow, obvious evaluator that shares nothing with
// it: it looks at face.Face itself and knows no codes, bit sets or parser.

// shot is a photo of the evaluator.
type shot struct {
	path  string
	state catalog.State
	rec   *catalog.Record // nil: never analysed, or failed

	marks   photo.Marks
	differs bool // another program says something else
	albums  []string
}

func (s *shot) faces() []*face.Face {
	if s.rec == nil {
		return nil
	}
	var faces []*face.Face
	for i := range s.rec.Analysis.Faces {
		faces = append(faces, &s.rec.Analysis.Faces[i])
	}
	return faces
}

// has reports whether a feature of a face is known.
func (s *shot) has(f *face.Face, want face.Features) bool {
	return s.rec.Analysis.Have.Has(want) && f.Lacks&want == 0
}

func isSure(f *face.Face, feature face.Features) bool {
	return face.DefaultThresholds().Sure(f).Has(feature)
}

// An atom is a value of a field in the language, and what it means.
type atom struct {
	text  string
	face  func(s *shot, f *face.Face, guesses bool) bool // nil for a field of photos
	photo func(s *shot) bool
}

func classAtom(name string, feature face.Features, class func(*face.Face) (string, bool)) atom {
	return atom{text: name, face: func(s *shot, f *face.Face, guesses bool) bool {
		got, sure := class(f)
		return s.has(f, feature) && got == name && (sure || guesses)
	}}
}

func ageAtom(text string, lo, hi int) atom {
	return atom{text: text, face: func(s *shot, f *face.Face, guesses bool) bool {
		years, sure := f.Age.Floor(), isSure(f, face.AgeYears)
		return s.has(f, face.AgeYears) && lo <= years && years <= hi && (sure || guesses)
	}}
}

func sizeAtom(text string, lo, hi int) atom {
	return atom{text: text, face: func(_ *shot, f *face.Face, _ bool) bool {
		pixels := int(max(f.Box.W(), f.Box.H()))
		return lo <= pixels && pixels <= hi
	}}
}

func confidenceAtom(text string, lo, hi int) atom {
	return atom{text: text, face: func(_ *shot, f *face.Face, _ bool) bool {
		percent := int(f.Score * 100)
		return lo <= percent && percent <= hi
	}}
}

func unsureAtom(name string, feature face.Features) atom {
	return atom{text: name, face: func(s *shot, f *face.Face, _ bool) bool { return s.has(f, feature) && !isSure(f, feature) }}
}

// percentAtom is about a probability, of which nothing is unsure.
func percentAtom(text string, lo, hi int, feature face.Features, p func(*face.Face) float32) atom {
	return atom{text: text, face: func(s *shot, f *face.Face, _ bool) bool {
		percent := int(float64(p(f))*100 + 1e-4)
		return s.has(f, feature) && lo <= percent && percent <= hi
	}}
}

func photoAtom(text string, holds func(s *shot) bool) atom { return atom{text: text, photo: holds} }

func poseAtom(name string, is func(face.Pose) bool) atom {
	return atom{text: name, face: func(s *shot, f *face.Face, _ bool) bool { return s.has(f, face.PoseAngles) && is(f.Pose) }}
}

func facesAtom(text string, lo, hi int) atom {
	return atom{text: text, photo: func(s *shot) bool {
		if s.state != catalog.Done {
			return false
		}
		n := 0
		for _, f := range s.faces() {
			if !f.Doubtful() {
				n++
			}
		}
		return lo <= n && n <= hi
	}}
}

// atoms returns the values of every field that the evaluator knows, which are all that have counts.
func atoms() map[string][]atom {
	yesNo := func(b bool) string {
		if b {
			return "yes"
		}
		return "no"
	}
	all := map[string][]atom{
		"smile": {}, "doubtful": {},
		"unsure": {
			unsureAtom("age", face.AgeYears),
			unsureAtom("gender", face.GenderClasses),
			unsureAtom("emotion", face.EmotionClasses),
			unsureAtom("ethnicity", face.EthnicityClasses),
			unsureAtom("smile", face.Smiling),
			unsureAtom("eyes", face.EyeStates),
			unsureAtom("blur", face.Blurriness),
			unsureAtom("glasses", face.GlassesWorn),
			unsureAtom("hair", face.HairShape),
			{text: "eyewear", face: func(s *shot, f *face.Face, _ bool) bool {
				worn := wearing(f)
				return s.has(f, face.GlassesWorn) && !isSure(f, face.GlassesWorn) && max(worn, 1-worn) < face.DefaultThresholds().Glasses
			}},
		},
		"pose": {
			poseAtom("frontal", face.Pose.Frontal),
			poseAtom("left", func(p face.Pose) bool { return p.Yaw <= -15 }),
			poseAtom("right", func(p face.Pose) bool { return p.Yaw >= 15 }),
			poseAtom("up", func(p face.Pose) bool { return p.Pitch >= 15 }),
			poseAtom("down", func(p face.Pose) bool { return p.Pitch <= -15 }),
			poseAtom("tilted", func(p face.Pose) bool { return p.Roll >= 15 || p.Roll <= -15 }),
		},
		"faces": {facesAtom("0", 0, 0), facesAtom("1", 1, 1), facesAtom("2", 2, 2), facesAtom("3-", 3, 99)},
		"state": {}, "rating": {}, "flag": {}, "label": {}, "tagged": {}, "offline": {}, "differs": {photoAtom("yes", func(s *shot) bool { return s.differs })},
	}
	for stars := range uint8(photo.MaxRating + 1) {
		all["rating"] = append(all["rating"], photoAtom(fmt.Sprint(stars), func(s *shot) bool { return s.marks.Rating == stars }))
	}
	for flag := photo.Unflagged; flag <= photo.Rejected; flag++ {
		all["flag"] = append(all["flag"], photoAtom(flag.String(), func(s *shot) bool { return s.marks.Flag == flag }))
	}
	for label := range photo.NumLabels {
		all["label"] = append(all["label"], photoAtom(label.String(), func(s *shot) bool { return s.marks.Label == label }))
	}
	for e := range face.Emotion(face.NumEmotions) {
		all["emotion"] = append(all["emotion"], classAtom(e.String(), face.EmotionClasses, func(f *face.Face) (string, bool) {
			e, _ := f.Emotion.Top()
			return e.String(), isSure(f, face.EmotionClasses)
		}))
	}
	for _, name := range []string{"woman", "man"} {
		all["gender"] = append(all["gender"], classAtom(name, face.GenderClasses, func(f *face.Face) (string, bool) {
			g, _ := f.Gender.Top()
			return g.String(), isSure(f, face.GenderClasses)
		}))
	}
	for e := face.Asian; e <= face.LatinoHispanic; e++ {
		all["ethnicity"] = append(all["ethnicity"], classAtom(e.String(), face.EthnicityClasses, func(f *face.Face) (string, bool) {
			e, _ := f.Ethnicity.Top()
			return e.String(), isSure(f, face.EthnicityClasses)
		}))
	}
	for _, name := range []string{"yes", "no"} {
		all["smile"] = append(all["smile"], classAtom(name, face.Smiling, func(f *face.Face) (string, bool) {
			smiles, _ := f.Smiles()
			return yesNo(smiles), isSure(f, face.Smiling)
		}))
		all["tagged"] = append(all["tagged"], photoAtom(name, func(s *shot) bool { return yesNo(len(s.marks.Tags) > 0) == name }))
		all["offline"] = append(all["offline"], photoAtom(name, func(s *shot) bool { return yesNo(strings.HasPrefix(filepath.ToSlash(s.path), "/photos/a/b/")) == name }))
		all["named"] = append(all["named"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool { return yesNo(f.Edit.Name != "") == name }})
		all["edited"] = append(all["edited"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool { return yesNo(f.Edited()) == name }})
		all["doubtful"] = append(all["doubtful"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool { return yesNo(f.Doubtful()) == name }})
	}
	for _, name := range []string{"open", "closed"} {
		all["eyes"] = append(all["eyes"], classAtom(name, face.EyeStates, func(f *face.Face) (string, bool) {
			state, _ := f.Eyes.Top()
			return state.String(), isSure(f, face.EyeStates)
		}))
	}
	for _, name := range []string{"sharp", "blurry"} {
		all["blur"] = append(all["blur"], classAtom(name, face.Blurriness, func(f *face.Face) (string, bool) {
			return map[bool]string{false: "sharp", true: "blurry"}[f.Blurry()], isSure(f, face.Blurriness)
		}))
	}
	for _, name := range []string{"underexposed", "balanced", "overexposed"} {
		all["exposure"] = append(all["exposure"], classAtom(name, face.Lighting, func(f *face.Face) (string, bool) {
			return f.Exposure.Is.String(), true
		}))
	}
	for g := face.NoGlasses; g <= face.Goggles; g++ {
		all["glasses"] = append(all["glasses"], classAtom(g.String(), face.GlassesWorn, func(f *face.Face) (string, bool) {
			g, _ := f.Eyewear.Top()
			return g.String(), isSure(f, face.GlassesWorn)
		}))
	}
	for h := face.NoHair; h <= face.PurpleHair; h++ {
		all["hair"] = append(all["hair"], classAtom(h.String(), face.HairShape, func(f *face.Face) (string, bool) {
			return f.Hair.Color.String(), isSure(f, face.HairShape) // face.UnknownHair is the name of no value
		}))
	}
	for lo := 0; lo < 80; lo += 10 {
		all["age"] = append(all["age"], ageAtom(fmt.Sprintf("%d-%d", lo, lo+9), lo, lo+9))
	}
	all["age"] = append(all["age"], ageAtom("80-", 80, 999))
	for s := catalog.Waiting; s <= catalog.Failed; s++ {
		all["state"] = append(all["state"], atom{text: s.String(), photo: func(shot *shot) bool { return shot.state == s }})
	}
	return all
}

// further adds values without counts.
func further(all map[string][]atom, rng *rand.Rand) {
	for range 15 {
		lo := rng.IntN(110)
		hi := lo + rng.IntN(40)
		all["age"] = append(all["age"], ageAtom(fmt.Sprintf("%d-%d", lo, hi), lo, hi), ageAtom(fmt.Sprintf("%d..", lo), lo, 999))
	}
	for range 5 {
		lo := rng.IntN(150) // over the end of the index's bins, and below it
		hi := lo + rng.IntN(100)
		all["size"] = append(all["size"], sizeAtom(fmt.Sprintf("%d-%d", lo, hi), lo, hi), sizeAtom(fmt.Sprintf("%d..", lo), lo, 1e6))
		lo = 65 + rng.IntN(36)
		all["confidence"] = append(all["confidence"], confidenceAtom(fmt.Sprintf("%d..", lo), lo, 100), confidenceAtom(fmt.Sprintf("..%d", lo), 0, lo))
	}
	all["glasses"] = append(all["glasses"], atom{text: "yes", face: func(s *shot, f *face.Face, guesses bool) bool {
		worn := wearing(f)
		sure := worn >= face.DefaultThresholds().Glasses || isSure(f, face.GlassesWorn)
		return s.has(f, face.GlassesWorn) && worn > .5 && (guesses || sure)
	}})
	for e := range face.Emotion(face.NumEmotions) {
		lo := rng.IntN(90)
		all[e.String()] = append(all[e.String()],
			percentAtom(fmt.Sprintf("%d..", lo), lo, 100, face.EmotionClasses, func(f *face.Face) float32 { return f.Emotion[e] }),
			percentAtom(fmt.Sprintf("%d-%d", lo, lo+10), lo, lo+10, face.EmotionClasses, func(f *face.Face) float32 { return f.Emotion[e] }))
	}
	for range 3 {
		lo := rng.IntN(90)
		all["smile"] = append(all["smile"], percentAtom(fmt.Sprintf("%d-%d", lo, lo+20), lo, lo+20, face.Smiling, func(f *face.Face) float32 { return f.Smile }))
	}
	all["sharpness"] = []atom{
		{text: "50-100", face: func(s *shot, f *face.Face, _ bool) bool {
			return s.has(f, face.Blurriness) && f.Blur >= 50 && f.Blur < 101
		}},
		{text: "101..", face: func(s *shot, f *face.Face, _ bool) bool { return s.has(f, face.Blurriness) && f.Blur >= 101 }},
	}
	for _, name := range []string{"ADA", "b"} {
		all["person"] = append(all["person"], atom{text: name, face: func(_ *shot, f *face.Face, _ bool) bool {
			return strings.Contains(strings.ToLower(f.Edit.Name), strings.ToLower(name))
		}})
	}
	for _, tag := range []string{"Rome", "places", "wedding"} {
		all["tag"] = append(all["tag"], photoAtom(tag, func(s *shot) bool {
			return slices.ContainsFunc(s.marks.Tags, func(have string) bool {
				return slices.ContainsFunc(strings.Split(have, "|"), func(level string) bool { return strings.EqualFold(level, tag) })
			})
		}))
	}
	for _, album := range []string{"best", `"best of"`} {
		all["album"] = append(all["album"], photoAtom(album, func(s *shot) bool {
			return slices.ContainsFunc(s.albums, func(have string) bool { return strings.EqualFold(have, strings.Trim(album, `"`)) })
		}))
	}
	all["rating"] = append(all["rating"], photoAtom("2-3", func(s *shot) bool { return s.marks.Rating == 2 || s.marks.Rating == 3 }))
	all["faces"] = append(all["faces"], facesAtom("2-4", 2, 4), facesAtom("1..", 1, 99))
	all["folder"] = []atom{
		{text: "a", photo: func(s *shot) bool { return strings.Contains(filepath.ToSlash(s.path), "/a/") }},
		{text: "/photos/b", photo: func(s *shot) bool { return strings.HasPrefix(filepath.ToSlash(s.path), "/photos/b/") }},
	}
	all["name"] = []atom{{text: "7", photo: func(s *shot) bool { return strings.Contains(filepath.Base(s.path), "7") }}}
	all["camera"] = []atom{{text: `"camera 1"`, photo: func(s *shot) bool {
		return s.rec != nil && s.rec.Meta.Model == "Camera 1"
	}}}
	all["taken"] = []atom{{text: "2021", photo: func(s *shot) bool {
		return s.rec != nil && s.rec.Meta.Taken.Year() == 2021
	}}}
}

// wearing is the probability of anything before the eyes.
func wearing(f *face.Face) float32 {
	return f.Eyewear.Of(face.ClearGlasses) + f.Eyewear.Of(face.Sunglasses) + f.Eyewear.Of(face.Goggles)
}
