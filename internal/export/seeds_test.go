package export_test

import (
	"bytes"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// The samples of both APIs' pages, retyped: numbers in, the page's JSON out, to the
// last key, order and decimal.

// ethnicities fills in the four classes that Rosto knows.
func ethnicities(asian, black, indian, white float32) face.Ethnicities {
	var e face.Ethnicities
	e[face.Asian-1], e[face.Black-1], e[face.Indian-1], e[face.White-1] = asian, black, indian, white
	return e
}

func TestRostoSamples(t *testing.T) {
	tests := []struct {
		name  string
		have  face.Features
		faces []face.Face
		want  string
	}{
		{
			"gender", face.GenderClasses,
			[]face.Face{{Gender: face.Genders{.02, .98}}},
			`{"faces": [{"gender": {"classes": {"man": 0.98, "woman": 0.02}, "probability": 0.98, "value": "man"}}]}`,
		},
		{
			"age", face.AgeYears,
			[]face.Face{{Age: face.Age{Years: 10.7}}},
			`{"faces": [{"age": 10}]}`,
		},
		{
			"bounds", face.BoundsBox,
			[]face.Face{{Box: face.BoxAt(157.3, 69.6, 36, 36)}},
			`{"faces": [{"bounds": {"bottom": 106, "left": 157, "right": 193, "top": 70}}]}`,
		},
		{
			"emotion", face.EmotionClasses,
			[]face.Face{{Emotion: face.Emotions{face.Angry: .011, face.Happy: .984, face.Sad: .004, face.Neutral: .001}}},
			`{"faces": [{"emotion": {"classes": {"angry": 0.01, "disgust": 0.0, "fear": 0.0, "happy": 0.98, "neutral": 0.0, "sad": 0.0, "surprise": 0.0}, "probability": 0.98, "value": "happy"}}]}`,
		},
		{
			"ethnicity", face.EthnicityClasses,
			[]face.Face{{Ethnicity: ethnicities(0, 0, 0, 1)}, {Ethnicity: ethnicities(0, 0, .01, .99)}},
			`{"faces": [{"ethnicity": {"classes": {"asian": 0.0, "black": 0.0, "indian": 0.0, "white": 1.0}, "probability": 1.0, "value": "white"}},
			{"ethnicity": {"classes": {"asian": 0.0, "black": 0.0, "indian": 0.01, "white": 0.99}, "probability": 0.99, "value": "white"}}]}`,
		},
		{
			"pose", face.PoseAngles,
			[]face.Face{{Pose: face.Pose{Roll: -22.3, Pitch: -57.6, Yaw: 24.4}}, {Pose: face.Pose{Roll: -15, Pitch: -56, Yaw: 16}}, {Pose: face.Pose{Roll: -3, Pitch: -52, Yaw: 4}}},
			`{"faces": [{"pose": {"x_roll": -22, "y_pitch": -58, "z_yaw": 24}}, {"pose": {"x_roll": -15, "y_pitch": -56, "z_yaw": 16}}, {"pose": {"x_roll": -3, "y_pitch": -52, "z_yaw": 4}}]}`,
		},
		{
			"quality of a sharp face", face.Blurriness | face.Lighting,
			[]face.Face{{Blur: 581.4, Exposure: face.Exposure{Is: face.Underexposed, Mean: 48}}},
			`{"faces": [{"blur": {"is_blurry": false, "level": 581, "threshold": 100}, "exposure": {"level": "underexposed"}}]}`,
		},
		{
			"quality of two blurred faces", face.Blurriness | face.Lighting,
			[]face.Face{{Blur: 26.7, Exposure: face.Exposure{Is: face.Overexposed, Mean: 220}}, {Blur: 17.2, Exposure: face.Exposure{Is: face.Overexposed, Mean: 231}}},
			`{"faces": [{"blur": {"is_blurry": true, "level": 26, "threshold": 100}, "exposure": {"level": "overexposed"}},
			{"blur": {"is_blurry": true, "level": 17, "threshold": 100}, "exposure": {"level": "overexposed"}}]}`,
		},
		{
			"glasses", face.GlassesWorn,
			[]face.Face{{Eyewear: face.Eyewear{.003, .58, .3, .117}}},
			`{"faces": [{"glasses": {"classes": {"not-using-glasses": 0.0, "swimming-goggles": 0.12, "using-glasses": 0.88}, "probability": 0.88, "value": "using-glasses"}}]}`,
		},
		{
			"hair, the first points of the page", face.HairShape,
			[]face.Face{{Hair: face.Hair{Color: face.BlackHair, RGB: [3]uint8{0x12, 0x11, 0x17}, Pieces: []face.Polygon{{Outer: face.Ring{{X: 142.25, Y: 3}, {X: 140, Y: 4.75}, {X: 135, Y: 5}}}}}}},
			`{"faces": [{"hair": {"color": {"hex": "#121117", "name": "black"}, "polygons": [[{"x": 142, "y": 3}, {"x": 140, "y": 5}, {"x": 135, "y": 5}]]}}]}`,
		},
		{
			"no hair to be seen, and hair of a colour that its page calls by two words", face.HairShape,
			[]face.Face{{Hair: face.Hair{Color: face.NoHair}}, {Hair: face.Hair{Color: face.LightBrownHair, RGB: [3]uint8{0x9a, 0x7b, 0x5c}}}},
			`{"faces": [{"hair": {"color": null, "polygons": []}}, {"hair": {"color": {"hex": "#9a7b5c", "name": "light brown"}, "polygons": []}}]}`,
		},
		{
			"eyes, of which its page knows nothing", face.EyeStates,
			[]face.Face{{Eyes: face.Eyes{Left: face.Eye{Open: .9}, Right: face.Eye{Open: .9}}}},
			`{"faces": [{}]}`,
		},
		{
			"smile", face.Smiling,
			[]face.Face{{Smile: 1}, {Smile: .05}, {Smile: .03}},
			`{"faces": [{"smile": {"is_smiling": true, "probability": 1.0}}, {"smile": {"is_smiling": false, "probability": 0.05}}, {"smile": {"is_smiling": false, "probability": 0.03}}]}`,
		},
		{
			"landmarks", face.Landmark,
			[]face.Face{{Landmarks: rostoLandmarks()}},
			`{"faces": [{"landmarks": {
			"jaw": [{"x": 58, "y": 59}, {"x": 59, "y": 68}, {"x": 61, "y": 78}, {"x": 64, "y": 88}, {"x": 67, "y": 98}, {"x": 72, "y": 107}, {"x": 79, "y": 115}, {"x": 87, "y": 122}, {"x": 97, "y": 124}, {"x": 108, "y": 121}, {"x": 119, "y": 112}, {"x": 128, "y": 103}, {"x": 135, "y": 93}, {"x": 139, "y": 82}, {"x": 140, "y": 70}, {"x": 140, "y": 58}, {"x": 139, "y": 47}],
			"left_eye": [{"x": 100, "y": 54}, {"x": 105, "y": 49}, {"x": 111, "y": 48}, {"x": 116, "y": 51}, {"x": 112, "y": 54}, {"x": 106, "y": 54}],
			"left_eye_center": {"x": 108, "y": 51},
			"left_eyebrow": [{"x": 91, "y": 45}, {"x": 98, "y": 41}, {"x": 107, "y": 39}, {"x": 116, "y": 39}, {"x": 124, "y": 43}],
			"mouth_center": {"x": 91, "y": 99},
			"nose": [{"x": 86, "y": 54}, {"x": 86, "y": 62}, {"x": 85, "y": 70}, {"x": 85, "y": 78}, {"x": 82, "y": 83}, {"x": 85, "y": 85}, {"x": 88, "y": 86}, {"x": 93, "y": 84}, {"x": 97, "y": 82}],
			"right_eye": [{"x": 65, "y": 57}, {"x": 69, "y": 53}, {"x": 74, "y": 53}, {"x": 80, "y": 57}, {"x": 74, "y": 58}, {"x": 69, "y": 59}],
			"right_eye_center": {"x": 71, "y": 55},
			"right_eyebrow": [{"x": 58, "y": 52}, {"x": 61, "y": 47}, {"x": 67, "y": 45}, {"x": 74, "y": 45}, {"x": 80, "y": 46}],
			"under_lip": [{"x": 103, "y": 104}, {"x": 97, "y": 107}, {"x": 92, "y": 108}, {"x": 87, "y": 108}, {"x": 82, "y": 105}, {"x": 81, "y": 100}, {"x": 106, "y": 97}, {"x": 96, "y": 100}, {"x": 91, "y": 101}, {"x": 86, "y": 101}],
			"upper_lip": [{"x": 79, "y": 100}, {"x": 81, "y": 97}, {"x": 86, "y": 94}, {"x": 90, "y": 96}, {"x": 95, "y": 93}, {"x": 102, "y": 95}, {"x": 109, "y": 97}, {"x": 86, "y": 98}, {"x": 91, "y": 99}, {"x": 96, "y": 97}]
			}}]}`,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			for i := range tt.faces {
				tt.faces[i].Score = .99
			}
			sameJSON(t, export.Rosto, export.Document{Have: tt.have, Faces: tt.faces}, tt.want)
		})
	}
}

// rostoLandmarks are the 68 points of the page's sample in iBUG's order, with
// fractions that have to be cut off, and the three centres.
func rostoLandmarks() face.Landmarks {
	whole := [face.NumLandmarks][2]float32{
		{58, 59},
		{59, 68},
		{61, 78},
		{64, 88},
		{67, 98},
		{72, 107},
		{79, 115},
		{87, 122},
		{97, 124},
		{108, 121},
		{119, 112},
		{128, 103},
		{135, 93},
		{139, 82},
		{140, 70},
		{140, 58},
		{139, 47},
		{58, 52},
		{61, 47},
		{67, 45},
		{74, 45},
		{80, 46},
		{91, 45},
		{98, 41},
		{107, 39},
		{116, 39},
		{124, 43},
		{86, 54},
		{86, 62},
		{85, 70},
		{85, 78},
		{82, 83},
		{85, 85},
		{88, 86},
		{93, 84},
		{97, 82},
		{65, 57},
		{69, 53},
		{74, 53},
		{80, 57},
		{74, 58},
		{69, 59},
		{100, 54},
		{105, 49},
		{111, 48},
		{116, 51},
		{112, 54},
		{106, 54},
		{79, 100},
		{81, 97},
		{86, 94},
		{90, 96},
		{95, 93},
		{102, 95},
		{109, 97},
		{103, 104},
		{97, 107},
		{92, 108},
		{87, 108},
		{82, 105},
		{81, 100},
		{86, 98},
		{91, 99},
		{96, 97},
		{106, 97},
		{96, 100},
		{91, 101},
		{86, 101},
		{108, 51},
		{71, 55},
		{91, 99},
	}
	var l face.Landmarks
	for i, p := range whole {
		l[i] = face.Pt(p[0]+.75, p[1]+.5)
	}
	return l
}

// aScaleflexFace has the numbers of the page, in percent and in its order.
func aScaleflexFace(x1, y1, x2, y2 float32, emotions [7]float32, races [6]float32, age float32, g face.Gender) face.Face {
	f := face.Face{Score: .99, Box: face.Box{Min: face.Pt(x1, y1), Max: face.Pt(x2, y2)}, Age: face.Age{Years: age + .4}}
	for i, p := range emotions {
		f.Emotion[i] = p / 100
	}
	for i, p := range races {
		f.Ethnicity[i] = p / 100
	}
	f.Gender[g-1] = 1
	return f
}

func TestScaleflexSamples(t *testing.T) {
	id := func(s string) photo.ID {
		id, err := photo.ParseID(s)
		if err != nil {
			t.Fatal(err)
		}
		return id
	}
	const have = face.BoundsBox | face.EmotionClasses | face.EthnicityClasses | face.AgeYears | face.GenderClasses
	t.Run("face", func(t *testing.T) {
		doc := export.Document{
			File: "face.png", ID: id("cf655b9a74674d2c8425a12fbb600af4"), Have: have,
			Faces: []face.Face{aScaleflexFace(630, 161, 940, 573, [7]float32{.9, .29, .09, 2.27, 3.59, .09, 92.79}, [6]float32{.03, .06, 0, 84.59, 7.62, 7.7}, 26, face.Woman)},
		}
		// "result", the address of a picture on their servers, is left out.
		sameJSON(t, export.Scaleflex, doc, `{
		"status": "success", "version": "2.9.3", "request_uuid": "cf655b9a-7467-4d2c-8425-a12fbb600af4",
		"faces": {"face_0": {
			"box": [630, 161, 940, 573],
			"emotions": {"angry": 0.9, "disgust": 0.29, "fear": 0.09, "happy": 2.27, "sad": 3.59, "surprise": 0.09, "neutral": 92.79},
			"dominant_emotion": "neutral",
			"races": {"asian": 0.03, "indian": 0.06, "black": 0.0, "white": 84.59, "middle eastern": 7.62, "latino hispanic": 7.7},
			"dominant_race": "white", "age": 26, "gender": "Female"}},
		"file_downloaded": "face.png"}`)
	})
	t.Run("friends", func(t *testing.T) { // three of its six faces
		doc := export.Document{
			File: "friends.jpg", ID: id("4f74f08439a348f7829a336b55e8fd13"), Have: have,
			Faces: []face.Face{
				aScaleflexFace(467, 269, 576, 416, [7]float32{.07, .03, .02, 98.85, .3, .58, .16}, [6]float32{.89, 3.23, .42, 34.26, 31.55, 29.64}, 34, face.Man),
				aScaleflexFace(746, 346, 844, 474, [7]float32{.55, .29, .15, 97.94, .09, .92, .06}, [6]float32{3.73, 9.26, 1.63, 27.46, 26.19, 31.73}, 36, face.Man),
				aScaleflexFace(907, 53, 1017, 207, [7]float32{1.92, .13, 1.65, 31.76, 9.86, 3.49, 51.2}, [6]float32{.01, .02, 0, 89.42, 5.25, 5.3}, 25, face.Man),
			},
		}
		sameJSON(t, export.Scaleflex, doc, `{
		"status": "success", "version": "2.9.3", "request_uuid": "4f74f084-39a3-48f7-829a-336b55e8fd13",
		"faces": {
			"face_0": {"box": [467, 269, 576, 416],
				"emotions": {"angry": 0.07, "disgust": 0.03, "fear": 0.02, "happy": 98.85, "sad": 0.3, "surprise": 0.58, "neutral": 0.16}, "dominant_emotion": "happy",
				"races": {"asian": 0.89, "indian": 3.23, "black": 0.42, "white": 34.26, "middle eastern": 31.55, "latino hispanic": 29.64}, "dominant_race": "white",
				"age": 34, "gender": "Male"},
			"face_1": {"box": [746, 346, 844, 474],
				"emotions": {"angry": 0.55, "disgust": 0.29, "fear": 0.15, "happy": 97.94, "sad": 0.09, "surprise": 0.92, "neutral": 0.06}, "dominant_emotion": "happy",
				"races": {"asian": 3.73, "indian": 9.26, "black": 1.63, "white": 27.46, "middle eastern": 26.19, "latino hispanic": 31.73}, "dominant_race": "latino hispanic",
				"age": 36, "gender": "Male"},
			"face_2": {"box": [907, 53, 1017, 207],
				"emotions": {"angry": 1.92, "disgust": 0.13, "fear": 1.65, "happy": 31.76, "sad": 9.86, "surprise": 3.49, "neutral": 51.2}, "dominant_emotion": "neutral",
				"races": {"asian": 0.01, "indian": 0.02, "black": 0.0, "white": 89.42, "middle eastern": 5.25, "latino hispanic": 5.3}, "dominant_race": "white",
				"age": 25, "gender": "Male"}},
		"file_downloaded": "friends.jpg"}`)
	})
}

// sameJSON compares with the page's text, blanks aside: order of keys and form of
// numbers included, so that a diff with an answer of the API shows values only.
func sameJSON(t *testing.T, d export.Dialect, doc export.Document, want string) {
	t.Helper()
	got, err := d.Marshal(doc, export.Options{})
	if err != nil {
		t.Fatal(err)
	}
	var flat bytes.Buffer
	if err := json.Compact(&flat, []byte(want)); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(flat.String(), string(got)); diff != "" {
		t.Errorf("%v (-page +got):\n%s", d, diff)
	}
}
