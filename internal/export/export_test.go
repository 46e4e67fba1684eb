package export_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/photo"
)

var update = flag.Bool("update", false, "write the files of testdata again")

// wedding is a photo of one certain face, one that lacks its landmarks, and a doubtful one.
func wedding() export.Document {
	f := face.Face{
		Number: 1, Box: face.BoxAt(312.254, 88.5, 240, 301.75), Score: .99312,
		Pose:      face.Pose{Roll: -2.125, Pitch: 4.5, Yaw: 11.346},
		Age:       face.Age{Years: 34.62, Low: 28.4, High: 41.06},
		Gender:    face.Genders{.97, .03},
		Emotion:   face.Emotions{.0007, .0003, .0002, .9885, .003, .0058, .0016},
		Ethnicity: face.Ethnicities{.0089, .0323, .0042, .3426, .3155, .2964},
		Smile:     .9512,
		Blur:      325.96, Exposure: face.Exposure{Is: face.Balanced, Mean: 128.44},
		Eyes:    face.Eyes{Left: face.Eye{Open: .98125}, Right: face.Eye{Open: .962}},
		Eyewear: face.Eyewear{.021, .9532, .0258, 0},
		Hair: face.Hair{Color: face.DarkBrownHair, RGB: [3]uint8{0x3B, 0x2A, 0x1F}, Area: .61, Fits: [face.NumGrownHair]float32{.4731, .8812, .112, .003, .0004, .0061, .0072, .0001}, Pieces: []face.Polygon{
			{Outer: face.Ring{{X: 300, Y: 20.25}, {X: 290.5, Y: 200}, {X: 560.75, Y: 210}, {X: 540, Y: 15}}, Holes: []face.Ring{{{X: 400, Y: 40}, {X: 420, Y: 40}, {X: 410, Y: 55.25}}}},
			{Outer: face.Ring{{X: 570, Y: 220}, {X: 565.5, Y: 240}, {X: 580.25, Y: 230}}},
		}},
	}
	for i := range f.Landmarks {
		f.Landmarks[i] = face.Pt(320+float32(i)*2.125, 100+float32(i)*3.5)
	}
	turned := f
	turned.Number, turned.Box, turned.Score, turned.Lacks = 2, face.BoxAt(-12, 40, 90, 110), .91, face.Landmark|face.PoseAngles
	turned.Gender = face.Genders{.55, .45}
	turned.Blur, turned.Exposure = 99.96, face.Exposure{Is: face.Overexposed, Mean: 231}
	turned.Eyes = face.Eyes{Left: face.Eye{Open: .04}, Right: face.Eye{Open: .5, Doubt: face.EyeTurnedAway}}
	turned.Eyewear, turned.Hair = face.Eyewear{.1, .15, .7, .05}, face.Hair{Color: face.NoHair, Area: .01}
	doubtful := f
	doubtful.Hair.Color, doubtful.Hair.RGB, doubtful.Hair.Fits = face.UnknownHair, [3]uint8{}, [face.NumGrownHair]float32{}
	doubtful.Small = face.EthnicityClasses
	doubtful.Lacks = doubtful.Small
	doubtful.Number, doubtful.Score, doubtful.Turn = 5, .7, 3
	doubtful.Blur, doubtful.Exposure = 41.2, face.Exposure{Is: face.Underexposed, Mean: 31.5}
	doubtful.Eyes.Left.Doubt, doubtful.Eyes.Right.Doubt = face.EyeTooSmall, face.EyeTooSmall
	return export.Document{
		File: "IMG <1> & ü.jpg", ID: photo.ID{0xAB, 0xCD, 15: 0xEF}, W: 3000, H: 4000, StoredW: 4000, StoredH: 3000, Orientation: photo.Rotate90,
		Taken:  time.Date(2026, 5, 3, 14, 22, 8, 0, time.FixedZone("", 2*3600)),
		Camera: "SONY ILCE-7M4",
		Models: map[string]string{"facemesh": strings.Repeat("0f", 32), "detector": strings.Repeat("a1", 32)},
		Have:   face.AllFeatures,
		Faces:  []face.Face{f, turned, doubtful},
	}
}

// heard is a photo with marks and of five faces of which people said something: one was doubtful and is accepted, one
// is accepted and was not found again, one was marked, one was marked and nobody has looked at it yet, and one has a name.
func heard() export.Document {
	doc := wedding()
	doc.Have = face.BoundsBox | face.AgeYears
	accepted := doc.Faces[2]
	accepted.Edit = face.Edit{Number: accepted.Number, Box: accepted.Box, Verdict: face.Accepted}
	lost := accepted
	lost.Number, lost.Given, lost.Edit.Number = 6, true, 6
	marked := doc.Faces[0]
	marked.Number, marked.Score, marked.Given, marked.Edit = 7, 1, true, face.Edit{Number: 7, Box: marked.Box, Drawn: true}
	unseen := face.Face{Number: 8, Box: face.BoxAt(20, 30, 40, 50), Score: 1, Lacks: doc.Have &^ face.BoundsBox}
	unseen.Edit = face.Edit{Number: 8, Box: unseen.Box, Drawn: true}
	named := accepted
	named.Number, named.Edit = 9, face.Edit{Number: 9, Box: accepted.Box, Name: "Ada \"Countess\" Lovelace"}
	doc.Faces = []face.Face{accepted, lost, marked, unseen, named}
	doc.Marks = &photo.Marks{Rating: 4, Flag: photo.Picked, Label: photo.Green, Tags: []string{"Places|Rome", "wedding"}}
	return doc
}

// corrected is a photo of two faces of which a person said what they show: of one everything that can be said, of the
// other, which was too small and doubtful, the ethnicity and the colour of hair where none was seen.
func corrected() export.Document {
	doc := wedding()
	all, small := doc.Faces[0], doc.Faces[2]
	small.Hair = face.Hair{Color: face.NoHair}
	a := face.Analysis{W: doc.W, H: doc.H, Have: doc.Have, Faces: []face.Face{all, small}}
	var edits face.Edits
	for _, c := range []struct {
		number  uint32
		feature face.Features
		value   int
	}{
		{1, face.AgeYears, 41},
		{1, face.EmotionClasses, int(face.Surprise)},
		{1, face.EthnicityClasses, int(face.Indian)},
		{1, face.GenderClasses, int(face.Man)},
		{1, face.Smiling, 0},
		{1, face.Blurriness, 1},
		{1, face.Lighting, int(face.Overexposed)},
		{1, face.EyeStates, int(face.EyesClosed)},
		{1, face.GlassesWorn, int(face.Goggles)},
		{1, face.HairShape, int(face.BlondHair)},
		{5, face.EthnicityClasses, int(face.Black)},
		{5, face.HairShape, int(face.GrayHair)},
	} {
		if err := edits.Correct(&a, c.number, c.feature, c.value); err != nil {
			panic(err)
		}
	}
	doc.Faces = face.Apply(&a, &edits).Faces
	return doc
}

func ExampleDialect_Marshal() {
	doc := export.Document{
		File: "IMG_1.jpg", W: 600, H: 400, Have: face.BoundsBox | face.AgeYears,
		Faces: []face.Face{{Number: 1, Score: .98, Box: face.BoxAt(100, 80, 120, 150), Age: face.Age{Years: 34.6}}},
	}
	data, err := export.Rosto.Marshal(doc, export.Options{})
	fmt.Println(string(data), err)
	// Output: {"faces":[{"age":34,"bounds":{"bottom":230,"left":100,"right":220,"top":80}}]} <nil>
}

func TestGolden(t *testing.T) {
	empty := wedding()
	empty.Faces, empty.Models, empty.Taken, empty.Camera = nil, nil, time.Time{}, ""
	gender := wedding()
	gender.Have = face.GenderClasses
	tests := []struct {
		name string
		doc  export.Document
		o    export.Options
	}{
		{"all", wedding(), export.Options{Indent: true, Doubtful: true}},
		{"edited", heard(), export.Options{Indent: true}},
		{"corrected", corrected(), export.Options{Indent: true}},
		{"no-faces", empty, export.Options{Indent: true}},
		{"gender-compact", gender, export.Options{}},
	}
	for _, tt := range tests {
		for _, d := range export.Dialects() {
			t.Run(tt.name+"/"+d.String(), func(t *testing.T) {
				got, err := d.Marshal(tt.doc, tt.o)
				if err != nil {
					t.Fatal(err)
				}
				golden(t, fmt.Sprintf("%s.%s.json", tt.name, d), append(got, '\n'))
			})
		}
	}
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), string(got)); diff != "" {
		t.Errorf("%s (-want +got):\n%s", name, diff)
	}
}

// What a person said is told from what the detector said, and no score is written that it did not give.
func TestEditedFaces(t *testing.T) {
	doc := heard()
	data, err := export.Semblance.Marshal(doc, export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	got := parse(t, data)["faces"].([]any)
	if len(got) != len(doc.Faces) {
		t.Fatalf("%d faces, want %d: %s", len(got), len(doc.Faces), data)
	}
	for i, want := range []struct{ score any }{{.7}, {nil}, {nil}, {nil}} {
		f := got[i].(map[string]any)
		if f["score"] != want.score || f["doubtful"] != false || fmt.Sprint(f["edited"]) != "[face]" {
			t.Errorf("face %v: score %v, doubtful %v, edited %v; want score %v, false, [face]", f["number"], f["score"], f["doubtful"], f["edited"], want.score)
		}
	}
	data, err = export.Semblance.Marshal(wedding(), export.Options{Doubtful: true})
	if err != nil || strings.Contains(string(data), "edited") || strings.Count(string(data), `"score":`) != 3 {
		t.Errorf("of faces that nobody edited: %s, %v", data, err)
	}
}

func TestNoFacesAreAnEmptyListAndNotNull(t *testing.T) {
	doc := export.Document{Have: face.AllFeatures}
	for d, want := range map[export.Dialect]string{export.Semblance: `"faces":[]`, export.Rosto: `{"faces":[]}`, export.Scaleflex: `"faces":{}`} {
		got, err := d.Marshal(doc, export.Options{})
		if err != nil || !strings.Contains(string(got), want) || strings.Contains(string(got), "null") {
			t.Errorf("%v: %s, %v", d, got, err)
		}
	}
}

func TestDoubtfulFacesOnlyWhenAsked(t *testing.T) {
	doc := wedding()
	for _, d := range export.Dialects() {
		for _, doubtful := range []bool{false, true} {
			data, err := d.Marshal(doc, export.Options{Doubtful: doubtful})
			if err != nil {
				t.Fatal(err)
			}
			var tree struct{ Faces any }
			if err := json.Unmarshal(data, &tree); err != nil {
				t.Fatal(err)
			}
			n := 0
			switch f := tree.Faces.(type) {
			case []any:
				n = len(f)
			case map[string]any:
				n = len(f)
			}
			if want := map[bool]int{false: 2, true: 3}[doubtful]; n != want {
				t.Errorf("%v with doubtful %v: %d faces, want %d", d, doubtful, n, want)
			}
		}
	}
}

// featureSets returns no feature, every pair of them (each with itself too), every set that
// lacks such a pair, and all: what 2 to the power of their number would show too.
func featureSets() []face.Features {
	sets := []face.Features{0, face.AllFeatures}
	for a := face.Features(1); face.AllFeatures.Has(a); a <<= 1 {
		for b := a; face.AllFeatures.Has(b); b <<= 1 {
			sets = append(sets, a|b, face.AllFeatures&^(a|b))
		}
	}
	return sets
}

// Keys appear for features that were looked for and found, in any set of them.
func TestKeysFollowFeatures(t *testing.T) {
	keys := map[export.Dialect]map[face.Features][]string{
		export.Semblance: {
			face.AgeYears: {"age", "age_range", "age_unsure"}, face.BoundsBox: {"bounds"}, face.EmotionClasses: {"emotion"}, face.EthnicityClasses: {"ethnicity"},
			face.GenderClasses: {"gender"}, face.Landmark: {"landmarks"}, face.PoseAngles: {"pose"}, face.Smiling: {"smile"},
			face.Blurriness: {"blur"}, face.Lighting: {"exposure"}, face.EyeStates: {"eyes"}, face.GlassesWorn: {"glasses"}, face.HairShape: {"hair"},
		},
		export.Rosto: {
			face.AgeYears: {"age"}, face.BoundsBox: {"bounds"}, face.EmotionClasses: {"emotion"}, face.EthnicityClasses: {"ethnicity"},
			face.GenderClasses: {"gender"}, face.Landmark: {"landmarks"}, face.PoseAngles: {"pose"}, face.Smiling: {"smile"},
			face.Blurriness: {"blur"}, face.Lighting: {"exposure"}, face.GlassesWorn: {"glasses"}, face.HairShape: {"hair"},
		},
		export.Scaleflex: {
			face.AgeYears: {"age"}, face.BoundsBox: {"box"}, face.EmotionClasses: {"emotions", "dominant_emotion"},
			face.EthnicityClasses: {"races", "dominant_race"}, face.GenderClasses: {"gender"},
		},
	}
	always := map[export.Dialect][]string{export.Semblance: {"number", "score", "doubtful"}}
	for d, of := range keys {
		for _, have := range featureSets() {
			doc := wedding()
			doc.Have, doc.Faces = have, doc.Faces[:1]
			data, err := d.Marshal(doc, export.Options{})
			if err != nil {
				t.Fatal(err)
			}
			want := map[string]bool{}
			for _, k := range always[d] {
				want[k] = true
			}
			for f, ks := range of {
				for _, k := range ks {
					if have.Has(f) {
						want[k] = true
					}
				}
			}
			got := map[string]bool{}
			for k := range firstFace(t, data) {
				got[k] = true
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Fatalf("%v with %v (-want +got):\n%s", d, have, diff)
			}
		}
	}
}

func firstFace(t *testing.T, data []byte) map[string]any {
	t.Helper()
	var tree map[string]any
	if err := json.Unmarshal(data, &tree); err != nil {
		t.Fatalf("%v in %s", err, data)
	}
	switch f := tree["faces"].(type) {
	case []any:
		return f[0].(map[string]any)
	case map[string]any:
		return f["face_0"].(map[string]any)
	}
	t.Fatalf("no faces in %s", data)
	return nil
}

func TestRostoSharesEthnicitiesOutAmongFour(t *testing.T) {
	doc := wedding()
	doc.Have, doc.Faces = face.EthnicityClasses, doc.Faces[:1]
	doc.Faces[0].Ethnicity = face.Ethnicities{.1, .05, .05, .2, .4, .2} // middle eastern, which Rosto does not know
	sameJSON(t, export.Rosto, doc, `{"faces": [{"ethnicity": {"classes": {"asian": 0.25, "black": 0.13, "indian": 0.13, "white": 0.5}, "probability": 0.5, "value": "white"}}]}`)
	doc.Faces[0].Ethnicity = face.Ethnicities{face.MiddleEastern - 1: 1}
	sameJSON(t, export.Rosto, doc, `{"faces": [{}]}`)
}

func TestForeignBoxesStayInThePhoto(t *testing.T) {
	doc := export.Document{W: 100, H: 80, Have: face.BoundsBox, Faces: []face.Face{{Score: .99, Box: face.BoxAt(-10, -5, 200, 60)}}}
	sameJSON(t, export.Rosto, doc, `{"faces": [{"bounds": {"bottom": 55, "left": 0, "right": 100, "top": 0}}]}`)
}

func TestNumbersThatAreNotFiniteAreNotWritten(t *testing.T) {
	nan, inf := float32(math.NaN()), float32(math.Inf(-1))
	breaks := map[face.Features]func(f *face.Face, v float32){
		face.AgeYears:         func(f *face.Face, v float32) { f.Age.High = v },
		face.BoundsBox:        func(f *face.Face, v float32) { f.Box.Max.Y = v },
		face.EmotionClasses:   func(f *face.Face, v float32) { f.Emotion[face.Sad] = v },
		face.EthnicityClasses: func(f *face.Face, v float32) { f.Ethnicity[0] = v },
		face.GenderClasses:    func(f *face.Face, v float32) { f.Gender[1] = v },
		face.Landmark:         func(f *face.Face, v float32) { f.Landmarks[70].X = v },
		face.PoseAngles:       func(f *face.Face, v float32) { f.Pose.Yaw = v },
		face.Smiling:          func(f *face.Face, v float32) { f.Smile = v },
		face.Blurriness:       func(f *face.Face, v float32) { f.Blur = v },
		face.Lighting:         func(f *face.Face, v float32) { f.Exposure.Mean = v },
		face.EyeStates:        func(f *face.Face, v float32) { f.Eyes.Right.Open = v },
		face.GlassesWorn:      func(f *face.Face, v float32) { f.Eyewear[2] = v },
		face.HairShape: func(f *face.Face, v float32) {
			f.Hair.Pieces = []face.Polygon{{Outer: face.Ring{{X: 1, Y: 2}, {X: 3, Y: 4}, {X: 5, Y: v}}}}
		},
	}
	for _, d := range export.Dialects() {
		for feature, spoil := range breaks {
			for _, v := range []float32{nan, inf, math.MaxFloat32} {
				doc := wedding()
				doc.Faces = doc.Faces[:1]
				spoil(&doc.Faces[0], v)
				doc.Faces[0].Score = float32(math.NaN())
				data, err := d.Marshal(doc, export.Options{Doubtful: true})
				if err != nil || !json.Valid(data) {
					t.Fatalf("%v with %v spoilt by %v: %v, %s", d, feature, v, err, data)
				}
				if v == math.MaxFloat32 {
					continue // large, but a number
				}
				without := wedding()
				without.Faces = without.Faces[:1]
				without.Faces[0].Lacks, without.Faces[0].Score = feature, doc.Faces[0].Score
				want, err := d.Marshal(without, export.Options{Doubtful: true})
				if err != nil {
					t.Fatal(err)
				}
				if diff := cmp.Diff(string(want), string(data)); diff != "" {
					t.Errorf("%v with %v spoilt (-lacking it +got):\n%s", d, feature, diff)
				}
			}
		}
	}
}

func TestStoredSizeFollowsOrientation(t *testing.T) {
	doc := export.Document{W: 30, H: 40, Orientation: photo.Rotate270}
	data, err := export.Semblance.Marshal(doc, export.Options{})
	if err != nil || !strings.Contains(string(data), `"stored":{"w":40,"h":30},"orientation":8`) {
		t.Errorf("%s, %v", data, err)
	}
}

func TestTakenWithoutAZoneClaimsNone(t *testing.T) {
	doc := export.Document{Taken: time.Date(2026, 5, 3, 14, 22, 8, 0, time.UTC)}
	data, err := export.Semblance.Marshal(doc, export.Options{})
	if err != nil || !strings.Contains(string(data), `"taken":"2026-05-03T14:22:08"`) {
		t.Errorf("%s, %v", data, err)
	}
}

// A level just below the threshold must not be rounded up to it: is_blurry would contradict it.
func TestABlurLevelReadsAsItIsJudged(t *testing.T) {
	for _, level := range []float32{-1e-9, 0, 26.04, 99.949, 99.96, 99.99999, 100, 100.04, 580.99} {
		doc := export.Document{Have: face.Blurriness, Faces: []face.Face{{Score: .99, Blur: level}}}
		for _, d := range []export.Dialect{export.Semblance, export.Rosto} {
			data, err := d.Marshal(doc, export.Options{})
			if err != nil {
				t.Fatal(err)
			}
			blur := firstFace(t, data)["blur"].(map[string]any)
			if blurry := blur["level"].(float64) < blur["threshold"].(float64); blur["is_blurry"] != blurry || blurry != (level < face.BlurThreshold) || blur["level"].(float64) < 0 {
				t.Errorf("%v of %v: %v", d, level, blur)
			}
		}
	}
}

// A face whose light nobody knows has no exposure in any dialect.
func TestUnknownLightIsNotWritten(t *testing.T) {
	doc := export.Document{Have: face.Lighting, Faces: []face.Face{{Score: .99, Exposure: face.Exposure{Mean: 90}}}}
	sameJSON(t, export.Rosto, doc, `{"faces": [{}]}`)
}

func TestParseDialect(t *testing.T) {
	for _, d := range export.Dialects() {
		if got, err := export.ParseDialect(strings.ToUpper(d.String())); got != d || err != nil {
			t.Errorf("ParseDialect(%q) = %v, %v", d, got, err)
		}
	}
	if _, err := export.ParseDialect("yaml"); err == nil || !strings.Contains(err.Error(), `"yaml"`) || !strings.Contains(err.Error(), "semblance, rosto, scaleflex") {
		t.Errorf("the error of an unknown dialect is %v", err)
	}
	if _, err := export.Dialect(9).Marshal(export.Document{}, export.Options{}); err == nil {
		t.Error("an unknown dialect was written")
	}
}

// Any text and number gives valid JSON that reads back as the same text.
func FuzzMarshal(f *testing.F) {
	f.Add("IMG_1.jpg", float32(1), float32(.5), uint32(1))
	f.Add("IMG_2.jpg", float32(1), float32(.5), uint32(2)) // accepted
	f.Add("IMG_3.jpg", float32(1), float32(1), uint32(7))  // marked, and accepted
	f.Add("\xff<&>\u2028\"\\\n", float32(math.NaN()), float32(-1e-9), uint32(1<<31))
	f.Fuzz(func(t *testing.T, name string, x, p float32, number uint32) {
		doc := wedding()
		doc.File, doc.Camera = name, name
		one := &doc.Faces[0]
		one.Number, one.Box.Min.X, one.Landmarks[5].Y, one.Age.Years, one.Smile, one.Pose.Roll = number, x, x, x, p, p
		one.Gender, one.Score = face.Genders{p, 1 - p}, p
		one.Given, one.Edit = number&1 != 0, face.Edit{Number: number, Drawn: number&4 != 0, Verdict: face.Verdict(number >> 1 & 1)}
		one.Blur, one.Exposure = x, face.Exposure{Is: face.Light(number), Mean: x}
		one.Eyewear, one.Hair = face.Eyewear{p, x}, face.Hair{Color: face.HairColor(number), Pieces: []face.Polygon{{Outer: face.Ring{{X: x, Y: p}}, Holes: []face.Ring{{{X: p, Y: x}}}}}}
		one.Eyes = face.Eyes{Left: face.Eye{Open: p, Doubt: face.EyeDoubt(number)}, Right: face.Eye{Open: 1 - p}}
		for _, d := range export.Dialects() {
			for _, indent := range []bool{false, true} {
				data, err := d.Marshal(doc, export.Options{Indent: indent, Doubtful: true})
				if err != nil {
					t.Fatal(err)
				}
				var tree map[string]any
				if err := json.Unmarshal(data, &tree); err != nil {
					t.Fatalf("%v: %v in %s", d, err, data)
				}
				if f := tree["faces"]; d == export.Semblance {
					_, scored := f.([]any)[0].(map[string]any)["score"]
					_, edited := f.([]any)[0].(map[string]any)["edited"]
					if scored != (number&5 == 0) || edited != (number&6 != 0) {
						t.Fatalf("%+v, given %v: score %v, edited %v", one.Edit, one.Given, scored, edited)
					}
				}
				if d == export.Semblance && utf8.ValidString(name) && tree["file"] != name {
					t.Fatalf("the name %q became %q", name, tree["file"])
				}
			}
		}
	})
}
