package query_test

import (
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"semblance/catalog/query"
	"semblance/internal/face"
)

// ada is a sure, frontal, happy woman of 29.9 years who smiles, sharp, well lit, with open eyes behind
// glasses and dark brown hair.
func ada() face.Face {
	f := face.Face{Number: 1, Box: face.BoxAt(0, 0, 100, 120), Score: .99, Smile: .9}
	f.Emotion[face.Happy] = .9
	f.Gender = face.Genders{.95, .05}
	f.Ethnicity[face.Black-1] = .8
	f.Age = face.Age{Years: 29.9, Low: 25, High: 35}
	f.Eyes = face.Eyes{Left: face.Eye{Open: .97}, Right: face.Eye{Open: .95}}
	f.Blur, f.Exposure = 300, face.Exposure{Is: face.Balanced, Mean: 120}
	f.Eyewear[face.ClearGlasses-1] = .95
	f.Hair.Color = face.DarkBrownHair
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
	lacking := with(func(f *face.Face) {
		f.Lacks = face.EmotionClasses | face.PoseAngles | face.EyeStates | face.Blurriness | face.Lighting
	})
	shut := face.Eye{Open: .03}
	blink := with(func(f *face.Face) { f.Eyes = face.Eyes{Left: shut, Right: shut} })
	wink := with(func(f *face.Face) { f.Eyes.Left = shut })
	shades := with(func(f *face.Face) { f.Eyes.Left.Doubt, f.Eyes.Right.Doubt = face.EyeCovered, face.EyeCovered })
	profile := with(func(f *face.Face) {
		f.Eyes = face.Eyes{Left: shut, Right: face.Eye{Open: .9, Doubt: face.EyeTurnedAway}}
	})
	shaken := with(func(f *face.Face) { f.Blur, f.Exposure.Is = 99.9, face.Overexposed })
	dark := with(func(f *face.Face) { f.Blur, f.Exposure = 40, face.Exposure{Is: face.Underexposed, Mean: 40} })
	lying := with(func(f *face.Face) { f.Turn = 1 })
	wearing := func(g face.Glasses, p float32) face.Face {
		return with(func(f *face.Face) { f.Eyewear = face.Eyewear{}; f.Eyewear[g-1] = p })
	}
	bare := with(func(f *face.Face) { f.Eyewear, f.Hair = face.Eyewear{1}, face.Hair{Color: face.NoHair} })
	capped := with(func(f *face.Face) { f.Hair.Color = face.UnknownHair })
	tiny := with(func(f *face.Face) {
		f.Small = face.GlassesWorn | face.HairShape
		f.Lacks = f.Small
	})
	e := face.Edits{}
	a := &face.Analysis{Have: face.AllFeatures, Faces: []face.Face{wearing(face.NoGlasses, .5)}}
	if err := errors.Join(e.Correct(a, 1, face.GlassesWorn, int(face.Sunglasses)), e.Correct(a, 1, face.HairShape, int(face.PinkHair))); err != nil {
		t.Fatal(err)
	}
	corrected := face.Apply(a, &e).Faces[0]
	either := with(func(f *face.Face) { f.Eyewear = face.Eyewear{.05, .55, .4} })
	b := &face.Analysis{Have: face.AllFeatures, Faces: []face.Face{either}}
	if err := (&e).Correct(b, 1, face.GlassesWorn, int(face.NoGlasses)); err != nil {
		t.Fatal(err)
	}
	unworn := face.Apply(b, &e).Faces[0]
	named := with(func(f *face.Face) { f.Edit.Name = "Ada Byron" })
	almost := with(func(f *face.Face) { f.Score = .9999 })
	nowhere := with(func(f *face.Face) {
		f.Box.Max.X, f.Score = float32(math.NaN()), float32(math.NaN())
		f.Exposure = face.Exposure{}
	})
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

		{"eyes:open", all, ada(), true},
		{"eyes:closed", all, ada(), false},
		{"eyes:closed", all, blink, true},
		{"-eyes:closed", all, blink, false},
		{"eyes:open,closed", all, wink, false},
		{"unsure:eyes", all, wink, true},
		{"eyes:closed guesses:yes", all, wink, true},
		{"eyes:open,closed", all, shades, false},
		{"unsure:eyes", all, shades, true},
		{"-eyes:closed", all, shades, true},
		{"eyes:closed", all, profile, true}, // one eye is seen, and it is shut
		{"eyes:open,closed guesses:yes", none, blink, false},
		{"unsure:eyes", none, wink, false},

		{"blur:blurry", all, ada(), false},
		{"blur:blurry exposure:overexposed", all, shaken, true},
		{"blur:sharp", all, shaken, false},
		{"exposure:underexposed", all, dark, true},
		{"blur:sharp,blurry", all, dark, false},
		{"unsure:blur", all, dark, true},
		{"blur:blurry guesses:yes", all, dark, true},
		{"blur:sharp,blurry exposure:underexposed,balanced,overexposed", none, shaken, false},
		{"exposure:underexposed,balanced,overexposed", all, nowhere, false},

		{"size:120", all, ada(), true},
		{"size:121..", all, ada(), false},
		{"size:100-200 confidence:99", none, ada(), true}, // every face has them
		{"confidence:..98", all, ada(), false},
		{"confidence:99", all, almost, true},
		{"confidence:100", all, almost, false},
		{"confidence:70", all, doubtful, false},
		{"confidence:70 doubtful:yes", all, doubtful, true},
		{"size:0.. doubtful:yes,no", all, nowhere, false},
		{"confidence:0.. doubtful:yes,no", all, nowhere, false},

		{"glasses:glasses", all, ada(), true},
		{"glasses:none,sunglasses,goggles", all, ada(), false},
		{"glasses:yes", all, ada(), true},
		{"-glasses:yes", all, ada(), false},
		{"glasses:yes", all, bare, false},
		{"glasses:none", all, bare, true},
		{"-glasses:yes", all, bare, true},
		{"glasses:yes,none", all, bare, true},
		{"glasses:yes", all, wearing(face.Sunglasses, .9), true},
		{"glasses:yes", all, wearing(face.Goggles, .9), true},
		{"glasses:goggles", all, wearing(face.Goggles, .9), true},
		{"glasses:glasses", all, wearing(face.Goggles, .9), false},
		{"glasses:yes", all, wearing(face.Sunglasses, .5), false},
		{"glasses:yes guesses:yes", all, wearing(face.Sunglasses, .51), true},
		{"glasses:yes guesses:yes", all, wearing(face.Sunglasses, .5), false},
		{"unsure:eyewear", all, wearing(face.Sunglasses, .5), true},
		{"glasses:yes -glasses:glasses -unsure:eyewear unsure:glasses", all, either, true}, // it surely wears something
		{"glasses:glasses", all, either, false},
		{"-glasses:yes", all, either, false},
		{"(glasses:yes OR age:3)", all, either, true},
		{"glasses:yes", all, tiny, false},
		{"glasses:yes", all, corrected, true},
		{"glasses:yes", all, unworn, false},
		{"-unsure:eyewear glasses:none", all, unworn, true},
		{"glasses:none,yes", all, unworn, true},

		{"happy:90", all, ada(), true},
		{"happy:91..", all, ada(), false},
		{"happy:40", all, unsure, true}, // how sure it is is what is asked for
		{"happy:35..45 sad:0", all, unsure, true},
		{"happy:0..", none, ada(), false},
		{"happy:0..", all, lacking, false},
		{"-happy:50..", all, lacking, true},
		{"smile:90", all, ada(), true},
		{"smile:yes,20..30", all, ada(), true},
		{"smile:91..", all, ada(), false},
		{"smile:60..", all, unsure, true},
		{"smile:yes,61..", all, unsure, false},
		{"-smile:70..", all, unsure, true},
		{"smile:0..", none, ada(), false},
		{"sharpness:300", all, ada(), true},
		{"sharpness:..99", all, dark, true},
		{"sharpness:0..", all, lacking, false},

		{"person:ada", all, named, true},
		{"person:BYRON,bob", all, named, true},
		{"person:bob", all, named, false},
		{"-person:bob named:yes edited:yes", all, named, true},
		{"-person:ada", all, named, false},
		{"-person:ada named:no", all, ada(), true},
		{"person:ada", all, ada(), false},
		{"named:yes", none, ada(), false},
		{"named:yes", none, named, true},

		{"(smile:no OR emotion:happy)", all, ada(), true},
		{"(smile:no OR emotion:sad)", all, ada(), false},
		{"-(smile:no OR emotion:sad)", all, ada(), true},
		{"-(smile:yes emotion:sad)", all, ada(), true},
		{"-(smile:yes emotion:happy)", all, ada(), false},
		{"(smile:yes emotion:sad OR age:29 gender:woman)", all, ada(), true},
		{"(smile:yes OR emotion:sad) age:30", all, ada(), false},
		{"(smile:yes OR age:29) (emotion:sad OR gender:woman)", all, ada(), true},
		{"(smile:yes OR age:29) (emotion:sad OR gender:man)", all, ada(), false},
		{"(emotion:happy OR age:3)", all, unsure, false},
		{"(emotion:happy OR age:3) guesses:yes", all, unsure, true},
		{"(person:ada OR age:3)", all, named, true},
		{"(emotion:happy OR smile:yes)", all, doubtful, false},
		{"(doubtful:yes OR age:3)", all, doubtful, true},
		{"unsure:glasses", all, wearing(face.Sunglasses, .5), true},
		{"glasses:sunglasses guesses:yes", all, wearing(face.Sunglasses, .5), true},
		{"unsure:glasses", all, ada(), false},
		{"glasses:yes,none guesses:yes", none, ada(), false},
		{"glasses:yes,none guesses:yes", all, tiny, false},
		{"unsure:glasses", all, tiny, false},
		{"glasses:sunglasses hair:pink edited:yes -unsure:glasses", all, corrected, true},
		{"edited:yes", all, ada(), false},

		{"hair:dark_brown", all, ada(), true},
		{"hair:brown,black", all, ada(), false},
		{"hair:none", all, bare, true},
		{"-hair:none", all, bare, false},
		{"hair:black,dark_brown,brown,light_brown,blond,red,gray,white,blue,green,pink,purple,none guesses:yes", all, capped, false},
		{"-hair:black", all, capped, true},
		{"hair:dark_brown", all, tiny, false},
		{"hair:dark_brown guesses:yes", none, ada(), false},

		{"pose:left", all, turned, true},
		{"pose:up", all, turned, true},
		{"pose:tilted", all, turned, true},
		{"pose:tilted", all, ada(), false},
		{"pose:tilted", all, lying, true},
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
		{"eyes:open", all, lacking, false},
		{"blur:sharp,blurry", all, lacking, false},
		{"exposure:balanced", all, lacking, false},
		{"smile:yes", all, lacking, true},
	}
	for _, tt := range tests {
		e := mustParse(t, tt.text)
		codes := query.AppendCodes(nil, tt.have, face.DefaultThresholds(), &tt.face)
		if len(codes) != len(query.FaceFields()) {
			t.Fatalf("%d codes for %d fields", len(codes), len(query.FaceFields()))
		}
		if got := e.MatchesCodes(codes, tt.face.Edit.Name); got != tt.want {
			t.Errorf("%q of a face with the codes %d and the features %s: %v", tt.text, codes, tt.have, got)
		}
	}
}

func TestMatchPhoto(t *testing.T) {
	p := query.Photo{
		Folder: "/home/ada/Photos/2026/Wedding", Name: "IMG_2005.JPG", State: 1, Faces: 2,
		Camera: "SONY ILCE-7M4", Taken: time.Date(2026, time.May, 31, 23, 59, 0, 0, time.FixedZone("", 7200)),
		Rating: 4, Flag: 1, Label: 3, Tags: []string{"Places|Rome", "wedding"}, Albums: []string{"Best of"}, Offline: true,
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
		{"rating:4..", p, true},
		{"rating:5", p, false},
		{"rating:0 flag:none label:none tagged:no offline:no", windows, true},
		{"flag:picked,rejected", p, true},
		{"flag:none", p, false},
		{"label:green", p, true},
		{"-label:green", p, false},
		{"tag:places", p, true},
		{"tag:ROME", p, true},
		{"tag:places|rome", p, true},
		{`tag:"Places | Rome"`, p, true},
		{"tag:plac", p, false},
		{"tag:rome|places", p, false},
		{"tag:Italy|Places|Rome", p, false},
		{"tag:|", p, false},
		{"tag:WEDDING,x", p, true},
		{"-tag:x", p, true},
		{"-tag:wedding", p, false},
		{"-tag:x tagged:no", windows, true},
		{"tagged:yes", p, true},
		{`album:"best of"`, p, true},
		{"album:best", p, false},
		{`-album:"Best Of"`, p, false},
		{"album:x", windows, false},
		{"offline:yes", p, true},
		{"failed:yes", windows, false},
		{"unanalysed:yes -failed:yes", windows, true},
		{"unanalysed:no", windows, false},
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
	layout := map[string]bool{}
	for part := range strings.FieldsSeq(query.Layout()) {
		name, _, _ := strings.Cut(part, ",")
		layout[name] = true
	}
	for _, f := range query.FaceFields() {
		if !layout[f.Name] {
			t.Errorf("%s is not in the layout %q", f.Name, query.Layout())
		}
	}
	for _, f := range query.PhotoFields() {
		if layout[f.Name] {
			t.Errorf("%s, which has no code, is in the layout %q", f.Name, query.Layout())
		}
	}
}

// So is that of every probability.
func TestProbabilitiesAreInFullPercents(t *testing.T) {
	for n := range 101 {
		f := face.Face{Score: 1, Smile: float32(n) / 100}
		f.Emotion[face.Sad] = float32(n) / 100
		codes := query.AppendCodes(nil, face.AllFeatures, face.DefaultThresholds(), &f)
		if e := mustParse(t, fmt.Sprintf("sad:%d smile:%d", n, n)); !e.MatchesCodes(codes, "") {
			t.Errorf("%d %% is not %s: codes %d", n, e, codes)
		}
	}
}

// A percent that was rounded on its way is still that percent.
func TestConfidenceIsInFullPercents(t *testing.T) {
	for percent := 65; percent <= 100; percent++ {
		f := face.Face{Score: float32(percent) / 100}
		codes := query.AppendCodes(nil, 0, face.DefaultThresholds(), &f)
		e := mustParse(t, fmt.Sprintf("confidence:%d doubtful:yes,no", percent))
		if !e.MatchesCodes(codes, "") {
			t.Errorf("a score of %v is not %d %%: codes %d", f.Score, percent, codes)
		}
	}
}

// The numbers of the values are those that a person can correct a face to, and each has one; what is unsure is of a
// feature that somebody can correct.
func TestFieldsKnowTheirFeatures(t *testing.T) {
	want := map[string]face.Features{
		"emotion": face.EmotionClasses, "age": face.AgeYears, "gender": face.GenderClasses, "ethnicity": face.EthnicityClasses,
		"smile": face.Smiling, "glasses": face.GlassesWorn, "hair": face.HairShape, "eyes": face.EyeStates, "pose": face.PoseAngles,
		"blur": face.Blurriness, "exposure": face.Lighting, "sharpness": face.Blurriness,
	}
	for e := range face.Emotion(face.NumEmotions) {
		want[e.String()] = face.EmotionClasses
	}
	var all face.Features
	for _, f := range query.Fields() {
		if f.Feature != want[f.Name] {
			t.Errorf("%s is about %v, want %v", f.Name, f.Feature, want[f.Name])
		}
		all |= f.Feature
		if f.Kind != query.Choice || f.Feature&face.Correctable == 0 {
			continue
		}
		offered := map[int]bool{}
		for _, v := range f.Values {
			a := &face.Analysis{Have: face.AllFeatures, Faces: []face.Face{ada()}}
			var e face.Edits
			if err := e.Correct(a, 1, f.Feature, v.Lo); err != nil || offered[v.Lo] || v.Lo != v.Hi {
				t.Errorf("%s:%s has the number %d: %v", f.Name, v.Name, v.Lo, err)
			}
			offered[v.Lo] = true
			corrected := face.Apply(a, &e).Faces[0]
			if !mustParse(t, f.Name+":"+v.Name).MatchesFace(a.Have, face.DefaultThresholds(), &corrected) {
				t.Errorf("a face corrected to %s:%s does not match it", f.Name, v.Name)
			}
		}
		for n := -3; n < 100; n++ {
			a := &face.Analysis{Have: face.AllFeatures, Faces: []face.Face{ada()}}
			if err := (&face.Edits{}).Correct(a, 1, f.Feature, n); (err == nil) != offered[n] {
				t.Errorf("%s: a person can give %d (%v), the field offers it: %v", f.Name, n, err, offered[n])
			}
		}
	}
	if all&face.Correctable != face.Correctable {
		t.Errorf("no field is about %v", face.Correctable&^all)
	}
}

// What is hidden cannot be asked for, wherever the term stands.
func TestCheck(t *testing.T) {
	for _, tt := range []struct {
		text   string
		hidden face.Features
		err    string
	}{
		{"", face.AllFeatures, ""},
		{"ethnicity:white", 0, ""},
		{"ethnicity:white", face.EthnicityClasses, "ethnicity:white: ethnicity is switched off for this catalog"},
		{"emotion:happy -ethnicity:white,black smile:yes", face.EthnicityClasses, "-ethnicity:white,black: ethnicity is"},
		{"smile:yes any(emotion:happy -ethnicity:asian)", face.EthnicityClasses, "-ethnicity:asian: ethnicity is"},
		{"unsure:age,ethnicity", face.EthnicityClasses, "unsure:age,ethnicity: ethnicity is"},
		{"none(unsure:ethnicity)", face.EthnicityClasses, "unsure:ethnicity: ethnicity is"},
		{"unsure:age emotion:happy folder:ethnicity doubtful:yes size:3 edited:yes faces:2 guesses:yes", face.EthnicityClasses, ""},
		{"glasses:yes", face.EthnicityClasses | face.GlassesWorn, "glasses:yes: glasses is"},
		{"smile:70..", face.Smiling, "smile:70..: smile is"},
		{"happy:3 age:3", face.EmotionClasses, "happy:3: emotion is"},
		{"unsure:eyewear", face.GlassesWorn, "unsure:eyewear: glasses is"},
		{"smile:yes (age:3 OR -ethnicity:asian)", face.EthnicityClasses, "-ethnicity:asian: ethnicity is"},
		{"(rating:3 OR tag:a none(smile:yes OR ethnicity:asian))", face.EthnicityClasses, "ethnicity:asian: ethnicity is"},
	} {
		err := mustParse(t, tt.text).Check(tt.hidden)
		if (err == nil) != (tt.err == "") || err != nil && (!errors.Is(err, query.ErrHidden) || !strings.HasPrefix(err.Error(), tt.err)) {
			t.Errorf("%q without %v: %v, want %q", tt.text, tt.hidden, err, tt.err)
		}
	}
}
