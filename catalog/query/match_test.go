package query_test

import (
	"strings"
	"testing"
	"time"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// ada is a sure, frontal, happy woman of 29.9 years who smiles.
func ada() face.Face {
	f := face.Face{Number: 1, Box: face.BoxAt(0, 0, 100, 120), Score: .99, Smile: .9}
	f.Emotion[face.Happy] = .9
	f.Gender = face.Genders{.95, .05}
	f.Ethnicity[face.Black-1] = .8
	f.Age = face.Age{Years: 29.9, Low: 25, High: 35}
	return f
}

func with(change func(*face.Face)) face.Face {
	f := ada()
	change(&f)
	return f
}

func TestMatchFaces(t *testing.T) {
	doubtful := with(func(f *face.Face) { f.Score = .7 })
	unsure := with(func(f *face.Face) {
		f.Emotion[face.Happy] = .4
		f.Smile = .6
		f.Age.High = 90
		f.Gender = face.Genders{.6, .4}
		f.Ethnicity[face.Black-1] = .5
	})
	turned := with(func(f *face.Face) { f.Pose = face.Pose{Yaw: -30, Pitch: 20, Roll: 40} })
	lacking := with(func(f *face.Face) { f.Lacks = face.EmotionClasses | face.PoseAngles })
	all, none := face.AllFeatures, face.BoundsBox
	tests := []struct {
		text string
		have face.Features
		face face.Face
		want bool
	}{
		{"", all, ada(), true},
		{"emotion:happy", all, ada(), true},
		{"emotion:sad,happy", all, ada(), true},
		{"emotion:sad", all, ada(), false},
		{"-emotion:sad", all, ada(), true},
		{"-emotion:happy", all, ada(), false},
		{"emotion:happy -emotion:happy", all, ada(), false},
		{"emotion:happy smile:no", all, ada(), false},
		{"age:29", all, ada(), true},
		{"age:30", all, ada(), false},
		{"age:..29", all, ada(), true},
		{"age:30..", all, ada(), false},
		{"age:20-29", all, ada(), true},
		{"gender:woman ethnicity:black smile:yes pose:frontal", all, ada(), true},
		{"unsure:age,gender,emotion,ethnicity,smile", all, ada(), false},

		{"", all, doubtful, false},
		{"emotion:happy", all, doubtful, false},
		{"doubtful:yes", all, doubtful, true},
		{"doubtful:yes,no", all, doubtful, true},
		{"doubtful:yes,no", all, ada(), true},
		{"doubtful:yes", all, ada(), false},
		{"-doubtful:no", all, doubtful, true},

		{"emotion:happy", all, unsure, false},
		{"-emotion:happy", all, unsure, true},
		{"emotion:happy guesses:yes", all, unsure, true},
		{"age:29", all, unsure, false},
		{"age:29 gender:woman ethnicity:black smile:yes guesses:yes", all, unsure, true},
		{"gender:woman", all, unsure, false},
		{"ethnicity:black", all, unsure, false},
		{"smile:yes", all, unsure, false},
		{"unsure:age", all, unsure, true},
		{"unsure:gender", all, unsure, true},
		{"unsure:emotion", all, unsure, true},
		{"unsure:ethnicity", all, unsure, true},
		{"unsure:smile", all, unsure, true},

		{"pose:left", all, turned, true},
		{"pose:up", all, turned, true},
		{"pose:tilted", all, turned, true},
		{"pose:right", all, turned, false},
		{"pose:down", all, turned, false},
		{"pose:frontal", all, turned, false},

		{"emotion:happy", none, ada(), false},
		{"age:0..", none, ada(), false},
		{"smile:yes,no", none, ada(), false},
		{"unsure:emotion", none, unsure, false},
		{"pose:frontal", none, ada(), false},
		{"emotion:happy", all, lacking, false},
		{"pose:frontal", all, lacking, false},
		{"smile:yes", all, lacking, true},
	}
	for _, tt := range tests {
		e := mustParse(t, tt.text)
		conditions := e.Faces()
		conditions = append(conditions, query.Certain(conditions)...)
		codes := query.AppendCodes(nil, tt.have, &tt.face)
		if len(codes) != len(query.FaceFields()) {
			t.Fatalf("%d codes for %d fields", len(codes), len(query.FaceFields()))
		}
		if got := query.MatchFaces(conditions, codes, e.Guesses()); got != tt.want {
			t.Errorf("%q of a face with the codes %d and the features %s: %v", tt.text, codes, tt.have, got)
		}
	}
}

func TestMatchPhoto(t *testing.T) {
	p := query.Photo{
		Folder: "/home/ada/Photos/2026/Wedding", Name: "IMG_2005.JPG", State: 1, Faces: 2,
		Camera: "SONY ILCE-7M4", Taken: time.Date(2026, time.May, 31, 23, 59, 0, 0, time.FixedZone("", 7200)),
	}
	windows := query.Photo{Folder: `C:\Photos\Été`, State: 0}
	tests := []struct {
		text  string
		photo query.Photo
		want  bool
	}{
		{"faces:2", p, true},
		{"faces:3..", p, false},
		{"-faces:0", p, true},
		{"faces:0..", windows, false},
		{"state:done,failed", p, true},
		{"state:waiting", windows, true},
		{"folder:wedding", p, true},
		{"folder:2026/Wedding", p, true},
		{"folder:2026/Wedding/", p, true},
		{"folder:Photos", p, true},
		{"folder:Wed", p, false},
		{"folder:ada/2026", p, false},
		{"folder:/home/ada", p, true},
		{"folder:/ada", p, false},
		{"folder:/home/ada/Photos/2026/Wedding", p, true},
		{"folder:/home/ada/Photos/2026/Wedding/x", p, false},
		{`folder:c:\photos`, windows, true},
		{`folder:été`, windows, true},
		{"-folder:wedding", p, false},
		{"name:img_2005", p, true},
		{"name:2006", p, false},
		{`camera:ilce-7m4`, p, true},
		{`camera:"sony ilce"`, p, true},
		{"taken:2026", p, true},
		{"taken:2026-05", p, true},
		{"taken:2026-05-31", p, true},
		{"taken:2026-06", p, false},
		{"taken:2026-06..", p, false},
		{"taken:..2026-05", p, true},
		{"taken:2025..2026", p, true},
		{"taken:..2026", windows, false},
		{"-taken:2026", windows, true},
	}
	for _, tt := range tests {
		for _, c := range mustParse(t, tt.text).Photos() {
			if got := c.MatchPhoto(&tt.photo); got != tt.want {
				t.Errorf("%q of %+v: %v", tt.text, tt.photo, got)
			}
		}
	}
}

// Codes that lie on the disk have to be told from those of another table.
func TestLayoutNamesTheFieldsOfFaces(t *testing.T) {
	layout := query.Layout()
	for _, f := range query.FaceFields() {
		if !strings.Contains(layout, " "+f.Name+",") {
			t.Errorf("%s is not in the layout %q", f.Name, layout)
		}
	}
	for _, f := range query.PhotoFields() {
		if strings.Contains(layout, " "+f.Name+",") {
			t.Errorf("%s, which has no code, is in the layout %q", f.Name, layout)
		}
	}
}
