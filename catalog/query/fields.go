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
	Many    bool    // a photo has any number of texts, for Text
	Aside   bool    // nobody can name it: its codes are compared for values of another field, see Item.By

	chip    string                   // what a chip puts before the title of a value
	unit    string                   // what a chip puts behind a number
	near    map[string]string        // words that people write, and the values that they mean
	spelt   map[string]string        // other spellings of values
	asides  []string                 // further fields that read the values which this one does not know
	stands  string                   // the value of the field state that this field's yes means; the field is but a word for it
	certain bool                     // it tells how sure it is itself: the field unsure says nothing of it
	column  int                      // place in the codes of a face
	code    func(f *face.Face) int16 // of a face that does not lack Feature
	number  func(p *Photo) int
	text    func(p *Photo) string
	texts   func(p *Photo) []string       // if Many
	match   func(text, value string) bool // Text: whether a text meets a value
}

// Photo is what can be asked of a photo, apart from its faces.
type Photo struct {
	Folder string
	Name   string // of the file
	State  int    // 0 waiting, 1 done, 2 failed: the order of the catalog's states
	Faces  int    // accepted ones
	Camera string
	Taken  time.Time // zero if unknown; the date on the camera's clock counts

	Rating  int      // stars, 0 for none
	Flag    int      // 0 none, 1 picked, 2 rejected: photo.Flag
	Label   int      // 0 none, 1 red ...: photo.Label
	Tags    []string // levels parted by levelSeparator: photo.TagSeparator
	Albums  []string
	Offline bool // the drive that it lies on is not there
	Differs bool // another program says something else about it than people here
}

// levelSeparator parts the levels of a tag, as photo.TagSeparator does.
const levelSeparator = "|"

// unknown is the code of a value that was not computed.
const unknown = -1

// The codes of yes and no.
const (
	no  = 0
	yes = 1
)

// The names of fields that are more to the language than what the table says of them.
const (
	fieldUnsure   = "unsure" // tells which values of a face are unsure
	fieldDoubtful = "doubtful"
	fieldState    = "state"
)

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
	unsureEyewear
	unsureHair
	numUnsure
)

// unsureFeatures are the features of the bits of the field unsure.
var unsureFeatures = [numUnsure]face.Features{
	face.AgeYears, face.GenderClasses, face.EmotionClasses, face.EthnicityClasses, face.Smiling, face.EyeStates, face.Blurriness, face.GlassesWorn,
	face.GlassesWorn, // whether there are any, of whatever kind
	face.HairShape,
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

// Fields returns the table in the order of the panel, without the fields that nobody can name. It is the caller's.
func Fields() []Field {
	fields := slices.DeleteFunc(slices.Clone(table), func(f Field) bool { return f.Aside })
	for i := range fields {
		fields[i].Values = slices.Clone(fields[i].Values)
	}
	return fields
}

// lookup finds a field by its name, nil if there is none.
func lookup(name string) *Field {
	if f := column(name); f != nil && !f.Aside {
		return f
	}
	return nil
}

// column is lookup for fields that nobody can name too.
func column(name string) *Field {
	for i := range table {
		if strings.EqualFold(table[i].Name, name) {
			return &table[i]
		}
	}
	return nil
}

// ofFace reports whether a field is one of a face.
func ofFace(f *Field) bool { return !f.OfPhoto && f.Kind != Switch }

// names lists the names of the fields that want is true for.
func names(want func(*Field) bool) string {
	var list []string
	for i := range table {
		if !table[i].Aside && want(&table[i]) {
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
func unsureCode(have face.Features, t face.Thresholds, f *face.Face) int16 {
	sure := t.Sure(f)
	var bits int16
	for bit, feature := range unsureFeatures {
		unsure := !sure.Has(feature)
		if bit == unsureEyewear {
			// A face that may wear glasses or sunglasses surely wears something.
			worn := eyewear(f)
			unsure = unsure && max(worn, 1-worn) < t.Glasses
		}
		if have.Has(feature) && unsure {
			bits |= 1 << bit
		}
	}
	return bits
}

// eyewear returns the probability that there is anything before the eyes.
func eyewear(f *face.Face) float32 {
	return f.Eyewear.Of(face.ClearGlasses) + f.Eyewear.Of(face.Sunglasses) + f.Eyewear.Of(face.Goggles)
}

// percent is a probability in full percent. What was rounded to a percent on its way is still that percent: .53 is
// a little less as a float32.
func percent(p float32) int16 {
	return known(p >= 0, int(float64(min(p, 1))*100+1e-4)) // NaN is unknown
}
