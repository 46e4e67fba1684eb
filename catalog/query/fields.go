package query

import (
	"math"
	"slices"
	"strings"
	"time"

	"semblance/internal/face"
)

// Kind says what the values of a field are.
type Kind uint8

// The kinds.
const (
	Choice Kind = iota // exactly one of Values
	Set                // any number of Values at once
	Number             // whole numbers; Values are the ranges that are offered
	Date               // days
	Text               // words, compared without regard to case
	Switch             // yes or no to the whole expression
)

// Value is a value that a field offers.
type Value struct {
	Name  string // in the language: "happy", "20-29"
	Title string // for people: "Happy", "20–29"
	Help  string // what it means where the title does not say it

	// Lo..Hi are the numbers of the value, both inclusive. For a Set it is its bit.
	Lo, Hi int
}

// Field is one row of the table: what can be asked.
type Field struct {
	Name    string // in the language
	Title   string // of its section in the filter panel
	Help    string // one sentence for the help page
	Kind    Kind
	OfPhoto bool // of the photo, not of a face
	Panel   bool // shown in the filter panel

	// Feature is what a face field is about, 0 for none. The numbers of the values of a Choice are those of face.Face.Value.
	Feature face.Features

	Values  []Value // in the order in which they are shown; empty for Date and Text
	Min     int     // least number that occurs, for Number
	Max     int     // number from which on it makes no difference, for Number
	Repeats bool    // many photos have the same text, for Text

	chip   string                   // what a chip puts before the title of a value
	also   map[string][]string      // further words of the language, and the values that they stand for
	column int                      // place in the codes of a face
	code   func(f *face.Face) int16 // of a face that does not lack Feature
	number func(p *Photo) int
	text   func(p *Photo) string
	within bool // Text: whole path elements are compared, not any part
}

// Photo is what can be asked of a photo, apart from its faces.
type Photo struct {
	Folder string
	Name   string // of the file
	State  int    // 0 waiting, 1 done, 2 failed: the order of the catalog's states
	Faces  int    // accepted ones
	Camera string
	Taken  time.Time // zero if unknown; the date on the camera's clock counts
}

// unknown is the code of a value that was not computed.
const unknown = -1

// The codes of yes and no.
const (
	no  = 0
	yes = 1
)

// fieldUnsure is the name of the field that tells which values of a face are unsure.
const fieldUnsure = "unsure"

// The bits of the field unsure.
const (
	unsureAge = iota
	unsureGender
	unsureEmotion
	unsureEthnicity
	unsureSmile
	unsureEyes
	unsureBlur
	unsureGlasses
	numUnsure
)

// unsureFeatures are the features of the bits of the field unsure.
var unsureFeatures = [numUnsure]face.Features{
	face.AgeYears, face.GenderClasses, face.EmotionClasses, face.EthnicityClasses, face.Smiling, face.EyeStates, face.Blurriness, face.GlassesWorn,
}

// The bits of the field pose.
const (
	poseFrontal = iota
	poseLeft
	poseRight
	poseUp
	poseDown
	poseTilted
)

// largestSize is the size in pixels from which on faces are not told apart: codes have 16 bits.
const largestSize = math.MaxInt16

// table is every field, in the order of the panel. It is never changed.
var table = numbered([]Field{
	{
		Name: "emotion", Title: "Emotion", Help: "The strongest expression of the face.", Kind: Choice, Panel: true, Feature: face.EmotionClasses,
		Values: []Value{
			choice("happy", "Happy", int(face.Happy)), choice("neutral", "Neutral", int(face.Neutral)),
			choice("sad", "Sad", int(face.Sad)), choice("surprise", "Surprise", int(face.Surprise)),
			choice("angry", "Angry", int(face.Angry)), choice("fear", "Fear", int(face.Fear)),
			choice("disgust", "Disgust", int(face.Disgust)),
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
		Name: "smile", Title: "Smile", Help: "Whether the face smiles.", Kind: Choice, Panel: true, Feature: face.Smiling,
		Values: []Value{choice("yes", "Smiling", yes), choice("no", "Not smiling", no)},
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
		Name: "glasses", Title: "Glasses", Help: "What the face wears before its eyes; glasses:yes is any of them.", Kind: Choice, Panel: true, Feature: face.GlassesWorn,
		Values: []Value{
			choice("none", "No glasses", int(face.NoGlasses)), choice("glasses", "Glasses", int(face.ClearGlasses)),
			choice("sunglasses", "Sunglasses", int(face.Sunglasses)), choice("goggles", "Goggles", int(face.Goggles)),
		},
		also: map[string][]string{"yes": {"glasses", "sunglasses", "goggles"}},
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
		code: func(f *face.Face) int16 { return known(f.Hair.Color != face.UnknownHair, int(f.Hair.Color)) },
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
		},
		chip: "Unsure:",
		code: func(*face.Face) int16 { return unknown }, // AppendCodes knows what is sure
	},
	{
		Name: "doubtful", Title: "Doubtful", Help: "Whether it is doubtful that this is a face at all; such faces are left out unless they are asked for.", Kind: Choice, Panel: true,
		Values: []Value{choice("yes", "Doubtful face", yes), choice("no", "Certain face", no)},
		code:   func(f *face.Face) int16 { return int16(truth(f.Doubtful())) },
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
		Name: "state", Title: "Analysis", Help: "Whether the photo has been analysed.", Kind: Choice, OfPhoto: true, Panel: true,
		Values: []Value{choice("done", "Analysed", 1), choice("waiting", "Waiting", 0), choice("failed", "Failed", 2)},
		number: func(p *Photo) int { return p.State },
	},
	{
		Name: "folder", Title: "Folder", Help: "A folder or several in a row, with all below: Wedding, \"2026/Wedding\" or a full path.", Kind: Text, OfPhoto: true,
		Repeats: true, chip: "Folder", within: true,
		text: func(p *Photo) string { return p.Folder },
	},
	{
		Name: "name", Title: "Name", Help: "Part of the file's name.", Kind: Text, OfPhoto: true, chip: "Name",
		text: func(p *Photo) string { return p.Name },
	},
	{
		Name: "camera", Title: "Camera", Help: "Part of the camera's name, as in \"ILCE-7M4\".", Kind: Text, OfPhoto: true,
		Repeats: true, chip: "Camera",
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
})

// numbered gives every face field its place in the codes of a face.
func numbered(fields []Field) []Field {
	n := 0
	for i := range fields {
		if fields[i].code != nil {
			fields[i].column = n
			n++
		}
	}
	return fields
}

// Fields returns the table in the order of the panel. It is the caller's.
func Fields() []Field {
	fields := slices.Clone(table)
	for i := range fields {
		fields[i].Values = slices.Clone(fields[i].Values)
	}
	return fields
}

// lookup finds a field by its name, nil if there is none.
func lookup(name string) *Field {
	for i := range table {
		if strings.EqualFold(table[i].Name, name) {
			return &table[i]
		}
	}
	return nil
}

// names lists the names of the fields that want is true for.
func names(want func(*Field) bool) string {
	var list []string
	for i := range table {
		if want(&table[i]) {
			list = append(list, table[i].Name)
		}
	}
	return strings.Join(list, ", ")
}

func choice(name, title string, number int) Value {
	return Value{Name: name, Title: title, Lo: number, Hi: number}
}

func truth(b bool) int {
	if b {
		return yes
	}
	return no
}

func known(ok bool, code int) int16 {
	if !ok {
		return unknown
	}
	return int16(code)
}

// day is a date as a number that sorts.
func day(year, month, dom int) int { return year*10000 + month*100 + dom }

func poseCode(f *face.Face) int16 {
	var bits int16
	set := func(bit int, on bool) {
		if on {
			bits |= 1 << bit
		}
	}
	set(poseFrontal, f.Pose.Frontal())
	set(poseLeft, f.Pose.Yaw <= -face.FrontalLimit)
	set(poseRight, f.Pose.Yaw >= face.FrontalLimit)
	set(poseUp, f.Pose.Pitch >= face.FrontalLimit)
	set(poseDown, f.Pose.Pitch <= -face.FrontalLimit)
	set(poseTilted, f.Turn != 0 || f.Pose.Roll <= -face.FrontalLimit || f.Pose.Roll >= face.FrontalLimit)
	return bits
}

// unsureCode says which of the values that a face has are not sure.
func unsureCode(have, sure face.Features) int16 {
	var bits int16
	for bit, feature := range unsureFeatures {
		if have.Has(feature) && !sure.Has(feature) {
			bits |= 1 << bit
		}
	}
	return bits
}
