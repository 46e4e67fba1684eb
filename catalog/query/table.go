package query

import (
	"slices"
	"strings"

	"semblance/internal/face"
)

// table is every field, in the order of the panel. It is never changed.
var table = numbered(slices.Concat(ofFaces, probabilities(), asides, ofPhotos))

// ofFaces are the fields of faces.
var ofFaces = []Field{
	{
		Name: "emotion", Title: "Emotion", Help: "The strongest expression of the face.", Kind: Choice, Panel: true, Feature: face.EmotionClasses,
		Values: []Value{
			choice("happy", "Happy", int(face.Happy)), choice("neutral", "Neutral", int(face.Neutral)),
			choice("sad", "Sad", int(face.Sad)), choice("surprise", "Surprise", int(face.Surprise)),
			choice("angry", "Angry", int(face.Angry)), choice("fear", "Fear", int(face.Fear)),
			choice("disgust", "Disgust", int(face.Disgust)),
		},
		near: map[string]string{
			"smiling": "happy", "joy": "happy", "happiness": "happy", "sadness": "sad", "anger": "angry", "afraid": "fear", "scared": "fear",
			"disgusted": "disgust", "calm": "neutral",
		},
		code: func(f *face.Face) int16 {
			e, p := f.Emotion.Top()
			return known(p > 0, int(e))
		},
	},
	{
		Name: "age", Title: "Apparent age", Help: "Full years of the estimated age: 34, 20-29, 60.. or ..12.", Kind: Number, Panel: true, Feature: face.AgeYears,
		Values: []Value{
			{Name: "0-9", Title: "0–9", Lo: 0, Hi: 9},
			{Name: "10-19", Title: "10–19", Lo: 10, Hi: 19},
			{Name: "20-29", Title: "20–29", Lo: 20, Hi: 29},
			{Name: "30-39", Title: "30–39", Lo: 30, Hi: 39},
			{Name: "40-49", Title: "40–49", Lo: 40, Hi: 49},
			{Name: "50-59", Title: "50–59", Lo: 50, Hi: 59},
			{Name: "60-69", Title: "60–69", Lo: 60, Hi: 69},
			{Name: "70-79", Title: "70–79", Lo: 70, Hi: 79},
			{Name: "80-", Title: "80+", Lo: 80, Hi: Open},
		},
		Max: 100, chip: "Age",
		code: func(f *face.Face) int16 {
			return int16(min(max(f.Age.Floor(), 0), 150))
		},
	},
	{
		Name: "gender", Title: "Apparent gender", Help: "What the face looks like to a network, not who a person is.", Kind: Choice, Panel: true, Feature: face.GenderClasses,
		Values: []Value{choice("woman", "Woman", int(face.Woman)), choice("man", "Man", int(face.Man))},
		near:   map[string]string{"female": "woman", "women": "woman", "girl": "woman", "male": "man", "men": "man", "boy": "man"},
		code: func(f *face.Face) int16 {
			g, p := f.Gender.Top()
			return known(p > 0, int(g))
		},
	},
	{
		Name: "ethnicity", Title: "Apparent ethnicity", Help: "What the face looks like to a network, in six classes; only in a catalog for which it is switched on.", Kind: Choice, Panel: true, Feature: face.EthnicityClasses,
		Values: []Value{
			choice("asian", "Asian", int(face.Asian)), choice("black", "Black", int(face.Black)),
			choice("indian", "Indian", int(face.Indian)), choice("latino_hispanic", "Latino/Hispanic", int(face.LatinoHispanic)),
			choice("middle_eastern", "Middle Eastern", int(face.MiddleEastern)), choice("white", "White", int(face.White)),
		},
		code: func(f *face.Face) int16 {
			e, p := f.Ethnicity.Top()
			return known(p > 0, int(e))
		},
	},
	{
		Name: "smile", Title: "Smile", Help: "Whether the face smiles, or the probability of a smile in full percent: yes, no, 70.. or 30-60.", Kind: Choice, Panel: true, Feature: face.Smiling,
		Values: []Value{choice("yes", "Smiling", yes), choice("no", "Not smiling", no)}, asides: []string{"smiling"},
		code: func(f *face.Face) int16 {
			smiles, _ := f.Smiles()
			return int16(truth(smiles))
		},
	},
	{
		Name: "eyes", Title: "Eyes", Help: "Whether both eyes are open or closed; a wink is unsure, and so are eyes that cannot be seen.", Kind: Choice, Panel: true, Feature: face.EyeStates,
		Values: []Value{choice("open", "Eyes open", int(face.EyesOpen)), choice("closed", "Eyes closed", int(face.EyesClosed))},
		code: func(f *face.Face) int16 {
			state, _ := f.Eyes.Top()
			return int16(state)
		},
	},
	{
		Name: "glasses", Title: "Glasses", Help: "What the face wears before its eyes; glasses:yes is any of them, also where it is not sure which.", Kind: Choice, Panel: true, Feature: face.GlassesWorn,
		Values: []Value{
			choice("none", "No glasses", int(face.NoGlasses)), choice("glasses", "Glasses", int(face.ClearGlasses)),
			choice("sunglasses", "Sunglasses", int(face.Sunglasses)), choice("goggles", "Goggles", int(face.Goggles)),
		},
		asides: []string{"eyewear"}, near: map[string]string{"no": "none", "clear": "glasses", "shades": "sunglasses"},
		code: func(f *face.Face) int16 {
			g, p := f.Eyewear.Top()
			return known(p > 0, int(g))
		},
	},
	{
		Name: "hair", Title: "Hair colour", Help: "The colour of the hair, or none where no hair is to be seen.", Kind: Choice, Panel: true, Feature: face.HairShape,
		Values: []Value{
			choice("black", "Black hair", int(face.BlackHair)), choice("dark_brown", "Dark brown hair", int(face.DarkBrownHair)),
			choice("brown", "Brown hair", int(face.BrownHair)), choice("light_brown", "Light brown hair", int(face.LightBrownHair)),
			choice("blond", "Blond hair", int(face.BlondHair)), choice("red", "Red hair", int(face.RedHair)),
			choice("gray", "Gray hair", int(face.GrayHair)), choice("white", "White hair", int(face.WhiteHair)),
			choice("blue", "Blue hair", int(face.BlueHair)), choice("green", "Green hair", int(face.GreenHair)),
			choice("pink", "Pink hair", int(face.PinkHair)), choice("purple", "Purple hair", int(face.PurpleHair)),
			choice("none", "No visible hair", int(face.NoHair)),
		},
		near:  map[string]string{"dark": "dark_brown", "light": "light_brown", "bald": "none", "no": "none", "ginger": "red", "brunette": "brown"},
		spelt: map[string]string{"grey": "gray", "blonde": "blond"},
		code:  func(f *face.Face) int16 { return known(f.Hair.Color != face.UnknownHair, int(f.Hair.Color)) },
	},
	{
		Name: "pose", Title: "Pose", Help: "Where the head is turned, in the picture.", Kind: Set, Panel: true, Feature: face.PoseAngles,
		Values: []Value{
			{Name: "frontal", Title: "Frontal", Help: "roughly into the camera", Lo: poseFrontal, Hi: poseFrontal},
			{Name: "left", Title: "Turned left", Help: "towards the left side of the picture", Lo: poseLeft, Hi: poseLeft},
			{Name: "right", Title: "Turned right", Help: "towards the right side of the picture", Lo: poseRight, Hi: poseRight},
			{Name: "up", Title: "Looking up", Lo: poseUp, Hi: poseUp},
			{Name: "down", Title: "Looking down", Lo: poseDown, Hi: poseDown},
			{Name: "tilted", Title: "Tilted", Help: "turned in the plane of the picture", Lo: poseTilted, Hi: poseTilted},
		},
		code: poseCode,
	},
	{
		Name: "blur", Title: "Sharpness", Help: "Whether the face is sharp, or blurred or shaken; it is unsure where more light might show a sharp face.", Kind: Choice, Panel: true, Feature: face.Blurriness,
		Values: []Value{choice("sharp", "Sharp", no), choice("blurry", "Blurry", yes)},
		code:   func(f *face.Face) int16 { return int16(truth(f.Blurry())) },
	},
	{
		Name: "exposure", Title: "Exposure", Help: "How bright the face is; a dark face before a bright background is balanced.", Kind: Choice, Panel: true, Feature: face.Lighting,
		Values: []Value{
			choice("underexposed", "Underexposed", int(face.Underexposed)), choice("balanced", "Balanced", int(face.Balanced)),
			choice("overexposed", "Overexposed", int(face.Overexposed)),
		},
		code: func(f *face.Face) int16 { return known(f.Exposure.Is != face.UnknownLight, int(f.Exposure.Is)) },
	},
	{
		Name: fieldUnsure, Title: "Unsure", Help: "What could not be said with enough certainty: such values match only with guesses:yes.", Kind: Set, Panel: true,
		Values: []Value{
			{Name: "age", Title: "Age", Lo: unsureAge, Hi: unsureAge},
			{Name: "gender", Title: "Gender", Lo: unsureGender, Hi: unsureGender},
			{Name: "emotion", Title: "Emotion", Lo: unsureEmotion, Hi: unsureEmotion},
			{Name: "ethnicity", Title: "Ethnicity", Lo: unsureEthnicity, Hi: unsureEthnicity},
			{Name: "smile", Title: "Smile", Lo: unsureSmile, Hi: unsureSmile},
			{Name: "eyes", Title: "Eyes", Lo: unsureEyes, Hi: unsureEyes},
			{Name: "glasses", Title: "Glasses", Lo: unsureGlasses, Hi: unsureGlasses},
			{Name: "blur", Title: "Sharpness", Lo: unsureBlur, Hi: unsureBlur},
			{Name: "eyewear", Title: "Any glasses", Help: "whether there are glasses of any kind", Lo: unsureEyewear, Hi: unsureEyewear},
			{Name: "hair", Title: "Hair", Lo: unsureHair, Hi: unsureHair},
		},
		chip: "Unsure:",
		code: func(*face.Face) int16 { return unknown }, // AppendCodes knows what is sure
	},
	{
		Name: fieldDoubtful, Title: "Doubtful", Help: "Whether it is doubtful that this is a face at all; such faces are left out unless they are asked for.", Kind: Choice, Panel: true,
		Values: []Value{choice("yes", "Doubtful face", yes), choice("no", "Certain face", no)},
		code:   func(f *face.Face) int16 { return int16(truth(f.Doubtful())) },
	},
	{
		Name: "person", Title: "Person", Help: "Part of the name that somebody gave the face: Ada or \"Ada Byron\".", Kind: Text, chip: "Person",
		match: containsFold,
	},
	{
		Name: "named", Title: "Named", Help: "Whether somebody said whose face it is.", Kind: Choice, Panel: true,
		Values: []Value{choice("yes", "With a name", yes), choice("no", "Without a name", no)},
		code:   func(f *face.Face) int16 { return int16(truth(f.Edit.Name != "")) },
	},
	{
		Name: "edited", Title: "Edited", Help: "Whether a person accepted, marked or corrected the face.", Kind: Choice, chip: "Edited:",
		Values: []Value{choice("yes", "Yes", yes), choice("no", "No", no)},
		code:   func(f *face.Face) int16 { return int16(truth(f.Edited())) },
	},
	{
		Name: "size", Title: "Size", Help: "Longer side of the face's box in pixels: 40, 100-300, 200.. or ..30.", Kind: Number, Max: largestSize, chip: "Size",
		code: func(f *face.Face) int16 {
			side := f.Box.LongSide()
			return known(side >= 0, int(min(side, largestSize)))
		},
	},
	{
		Name: "confidence", Title: "Confidence", Help: "The detector's score in full percent, 65 to 100: 95.. or 86-90; up to 85 a face is doubtful.", Kind: Number, Min: 65, Max: 100, chip: "Confidence",
		code: func(f *face.Face) int16 { return known(f.Score >= 0, int(min(f.Score, 1)*100)) },
	},
	{
		Name: "sharpness", Title: "Sharpness as a number", Help: "How sharp the face is as a number; from 100 on it is sharp: 300.. or ..50.", Kind: Number, Feature: face.Blurriness, Max: largestSize, chip: "Sharpness",
		certain: true,
		code:    func(f *face.Face) int16 { return known(f.Blur >= 0, int(min(f.Blur, largestSize))) },
	},
}

// probabilities returns the fields of the probabilities of the emotions, which do not ask which is the strongest.
func probabilities() []Field {
	var fields []Field
	for e := range face.Emotion(face.NumEmotions) {
		name := e.String()
		title := strings.ToUpper(name[:1]) + name[1:]
		fields = append(fields, Field{
			Name: name, Title: title + ", probability", Help: "Probability of the expression " + name + " in full percent: 80.., 20-40 or ..5.",
			Kind: Number, Feature: face.EmotionClasses, Max: 100, chip: title, unit: " %", certain: true,
			code: func(f *face.Face) int16 { return percent(f.Emotion[e]) },
		})
	}
	return fields
}

// asides are fields that nobody can name: other fields have values that are compared with their codes.
var asides = []Field{
	{
		Name: "smiling", Title: "Smile, probability", Help: "Probability of a smile in full percent.", Kind: Number, Feature: face.Smiling, Aside: true, Max: 100,
		chip: "Smile", unit: " %", certain: true,
		code: func(f *face.Face) int16 { return percent(f.Smile) },
	},
	{
		Name: "eyewear", Title: "Any glasses", Help: "Whether there is anything before the eyes.", Kind: Choice, Feature: face.GlassesWorn, Aside: true,
		Values: []Value{choice("yes", "Any glasses", yes)},
		code: func(f *face.Face) int16 {
			_, p := f.Eyewear.Top()
			return known(p > 0, truth(eyewear(f) > .5))
		},
	},
}

// ofPhotos are the fields of photos and, at the end, the switch.
var ofPhotos = []Field{
	{
		Name: "faces", Title: "Faces", Help: "How many faces the photo has: 2, 2-4, 3.. or 0.", Kind: Number, OfPhoto: true, Panel: true,
		Values: []Value{
			{Name: "0", Title: "0", Lo: 0, Hi: 0},
			{Name: "1", Title: "1", Lo: 1, Hi: 1},
			{Name: "2", Title: "2", Lo: 2, Hi: 2},
			{Name: "3-", Title: "3+", Lo: 3, Hi: Open},
		},
		Max: 50, chip: "Faces",
		number: func(p *Photo) int {
			if p.State != 1 {
				return unknown // nobody has counted them
			}
			return p.Faces
		},
	},
	{
		Name: fieldState, Title: "Analysis", Help: "Whether the photo has been analysed.", Kind: Choice, OfPhoto: true, Panel: true,
		Values: []Value{choice("done", "Analysed", 1), choice("waiting", "Waiting", 0), choice("failed", "Failed", 2)},
		number: func(p *Photo) int { return p.State },
	},
	{
		Name: "failed", Title: "Failed", Help: "failed:yes is state:failed.", Kind: Choice, OfPhoto: true, stands: "failed",
		Values: []Value{choice("yes", "Failed", yes), choice("no", "Not failed", no)},
	},
	{
		Name: "unanalysed", Title: "Not analysed", Help: "unanalysed:yes is state:waiting.", Kind: Choice, OfPhoto: true, stands: "waiting",
		Values: []Value{choice("yes", "Waiting", yes), choice("no", "Not waiting", no)},
	},
	{
		Name: "offline", Title: "Offline", Help: "Whether the folder or drive that the photo lies on is not there now.", Kind: Choice, OfPhoto: true,
		Values: []Value{choice("yes", "Offline", yes), choice("no", "Not offline", no)},
		number: func(p *Photo) int { return truth(p.Offline) },
	},
	{
		Name: "rating", Title: "Rating", Help: "Stars that somebody gave the photo, 0 for none: 4, 3-5, 4.. or 0.", Kind: Number, OfPhoto: true, Panel: true,
		Values: []Value{
			choice("5", "★★★★★", 5), choice("4", "★★★★", 4), choice("3", "★★★", 3), choice("2", "★★", 2), choice("1", "★", 1), choice("0", "No stars", 0),
		},
		Max: 5, chip: "Rating",
		number: func(p *Photo) int { return p.Rating },
	},
	{
		Name: "flag", Title: "Flag", Help: "Whether somebody picked or rejected the photo.", Kind: Choice, OfPhoto: true, Panel: true,
		Values: []Value{choice("picked", "Picked", 1), choice("rejected", "Rejected", 2), choice("none", "No flag", 0)},
		near:   map[string]string{"pick": "picked", "yes": "picked", "reject": "rejected", "no": "none", "unflagged": "none"},
		number: func(p *Photo) int { return p.Flag },
	},
	{
		Name: "label", Title: "Label", Help: "The colour that somebody gave the photo.", Kind: Choice, OfPhoto: true, Panel: true,
		Values: []Value{
			choice("red", "Red label", 1), choice("yellow", "Yellow label", 2), choice("green", "Green label", 3),
			choice("blue", "Blue label", 4), choice("purple", "Purple label", 5), choice("none", "No label", 0),
		},
		near:   map[string]string{"no": "none", "violet": "purple"},
		number: func(p *Photo) int { return p.Label },
	},
	{
		Name: "tag", Title: "Tag", Help: "A tag, or one or several of its levels: Rome or \"Places|Rome\".", Kind: Text, OfPhoto: true,
		Repeats: true, Many: true, chip: "Tag", match: hasLevels,
		texts: func(p *Photo) []string { return p.Tags },
	},
	{
		Name: "tagged", Title: "Tagged", Help: "Whether the photo has any tag.", Kind: Choice, OfPhoto: true,
		Values: []Value{choice("yes", "With tags", yes), choice("no", "Without tags", no)},
		number: func(p *Photo) int { return truth(len(p.Tags) > 0) },
	},
	{
		Name: "differs", Title: "Differs", Help: "Whether another program says something else about the photo than people here, and nobody has decided what holds.",
		Kind: Choice, OfPhoto: true, Panel: true,
		Values: []Value{choice("yes", "Differs from XMP", yes)},
		number: func(p *Photo) int { return truth(p.Differs) },
	},
	{
		Name: "album", Title: "Album", Help: "The whole name of an album that the photo is in.", Kind: Text, OfPhoto: true,
		Repeats: true, Many: true, chip: "Album", match: equalFold,
		texts: func(p *Photo) []string { return p.Albums },
	},
	{
		Name: "folder", Title: "Folder", Help: "A folder or several in a row, with all below: Wedding, \"2026/Wedding\" or a full path.", Kind: Text, OfPhoto: true,
		Repeats: true, chip: "Folder", match: isBelow,
		text: func(p *Photo) string { return p.Folder },
	},
	{
		Name: "name", Title: "Name", Help: "Part of the file's name.", Kind: Text, OfPhoto: true, chip: "Name", match: containsFold,
		text: func(p *Photo) string { return p.Name },
	},
	{
		Name: "camera", Title: "Camera", Help: "Part of the camera's name, as in \"ILCE-7M4\".", Kind: Text, OfPhoto: true,
		Repeats: true, chip: "Camera", match: containsFold,
		text: func(p *Photo) string { return p.Camera },
	},
	{
		Name: "taken", Title: "Taken", Help: "When the photo was taken: 2026, 2026-05, 2026-05-03, 2026-05..2026-07 or 2026-05.. .", Kind: Date, OfPhoto: true,
		chip: "Taken",
		number: func(p *Photo) int {
			if p.Taken.IsZero() {
				return unknown
			}
			return day(p.Taken.Year(), int(p.Taken.Month()), p.Taken.Day())
		},
	},
	{
		Name: "guesses", Title: "Best guesses", Help: "Lets values match that are unsure.", Kind: Switch, chip: "Best guesses:",
		Values: []Value{choice("yes", "Yes", yes), choice("no", "No", no)},
	},
}
