package overlay_test

import (
	"fmt"
	"testing"

	"semblance/internal/face"
	"semblance/overlay"
)

func TestCaption(t *testing.T) {
	tests := []struct {
		name     string
		change   func(f *face.Face)
		have     face.Features
		want     string
		selected bool
	}{
		{"all", func(*face.Face) {}, face.AllFeatures, "1  woman · 34 · happy 92 %", false},
		{"age only", func(*face.Face) {}, face.AgeYears, "1  34", false},
		{"boxes only", func(*face.Face) {}, face.BoundsBox, "1", false},
		{"unsure gender is left out", func(f *face.Face) { f.Gender = face.Genders{.6, .4} }, face.AllFeatures, "1  34 · happy 92 %", false},
		{"wide age is left out", func(f *face.Face) { f.Age.High = 70 }, face.AllFeatures, "1  woman · happy 92 %", false},
		{"nothing sure", func(f *face.Face) { f.Gender = face.Genders{.6, .4} }, face.GenderClasses, "1  unsure", false},
		{"lacking is not unsure", func(f *face.Face) { f.Lacks = face.GenderClasses }, face.GenderClasses, "1", false},
		{"closed eyes", func(f *face.Face) { shut(&f.Eyes.Left, &f.Eyes.Right) }, face.AllFeatures, "1  woman · 34 · happy 92 % · eyes closed", false},
		{"a wink", func(f *face.Face) { shut(&f.Eyes.Left) }, face.AllFeatures, "1  woman · 34 · happy 92 %", false},
		{"nobody looked at the eyes", func(f *face.Face) { shut(&f.Eyes.Left, &f.Eyes.Right) }, face.AgeYears, "1  34", false},
		{"nothing but closed eyes", func(f *face.Face) { shut(&f.Eyes.Left, &f.Eyes.Right) }, face.EyeStates, "1  eyes closed", false},
		{"doubtful", func(f *face.Face) { f.Score = .7 }, face.GenderClasses, "1?  woman", false},
		{"accepted", func(f *face.Face) { f.Score, f.Edit.Verdict = .7, face.Accepted }, face.GenderClasses, "1  woman", false},
		{"an emotion that a person gave", func(f *face.Face) { *f = said(t, *f, face.EmotionClasses, int(face.Sad)) }, face.AllFeatures, "1  woman · 34 · sad", false},
		{"glasses", wear(.05, .9, .05, 0), face.AllFeatures, "1  woman · 34 · happy 92 % · glasses", false},
		{"sunglasses", wear(0, .05, .95, 0), face.GlassesWorn, "1  sunglasses", false},
		{"goggles", wear(0, 0, .1, .9), face.GlassesWorn, "1  goggles", false},
		{"unsure glasses", wear(.3, .7, 0, 0), face.AllFeatures, "1  woman · 34 · happy 92 %", false},
		{"nobody looked for glasses", wear(0, 1, 0, 0), face.AgeYears, "1  34", false},
		{"a happy face smiles", func(f *face.Face) { f.Smile = .99 }, face.AllFeatures, "1  woman · 34 · happy 92 %", false},
		{"a smile of a neutral face", func(f *face.Face) { f.Smile, f.Emotion = .99, face.Emotions{face.Neutral: .9} }, face.AllFeatures, "1  woman · 34 · neutral 90 % · smiling", false},
		{"a smile of an unsure emotion", func(f *face.Face) { f.Smile, f.Emotion = .99, face.Emotions{face.Happy: .5} }, face.AllFeatures, "1  woman · 34 · smiling", false},
		{"an unsure smile", func(f *face.Face) { f.Smile = .6 }, face.Smiling, "1", false},
		{"hair", func(f *face.Face) { f.Hair.Color = face.DarkBrownHair }, face.AllFeatures, "1  woman · 34 · happy 92 %", false},
		{"hair of the selected face", func(f *face.Face) { f.Hair.Color = face.DarkBrownHair }, face.AllFeatures, "1  woman · 34 · happy 92 % · dark brown hair", true},
		{"no hair", func(f *face.Face) { f.Hair.Color = face.NoHair }, face.HairShape, "1  no hair visible", true},
		{"too little hair for a colour", func(*face.Face) {}, face.HairShape, "1", true},
		{"nobody looked for hair", func(f *face.Face) { f.Hair.Color = face.RedHair }, face.AgeYears, "1  34", true},
		{"ethnicity", latin, face.EthnicityClasses, "1", false},
		{"ethnicity of the selected face", latin, face.AgeYears | face.EthnicityClasses, "1  34 · looks latino hispanic", true},
		{"ethnicity that is off", latin, face.AllFeatures &^ face.EthnicityClasses, "1  woman · 34 · happy 92 %", true},
		{"unsure ethnicity", func(f *face.Face) { f.Ethnicity = face.Ethnicities{.5, .5} }, face.EthnicityClasses, "1", true},
		{"everything at once", func(f *face.Face) {
			shut(&f.Eyes.Left, &f.Eyes.Right)
			wear(0, 0, 1, 0)(f)
			f.Hair.Color = face.GrayHair
			latin(f)
		}, face.AllFeatures, "1  woman · 34 · happy 92 % · eyes closed · sunglasses · gray hair · looks latino hispanic", true},
		{"an emotion that a person gave, of another photo's features", func(f *face.Face) { *f = said(t, *f, face.EmotionClasses, int(face.Sad)) }, face.AgeYears, "1  34", false},
		{"a name comes first", func(f *face.Face) { f.Edit.Name = "Ada Lovelace" }, face.AllFeatures, "1  Ada Lovelace · woman · 34 · happy 92 %", false},
		{"a name and nothing else", func(f *face.Face) { f.Edit.Name = "Ada" }, face.BoundsBox, "1  Ada", false},
		{"a name and nothing sure", func(f *face.Face) { f.Edit.Name, f.Gender = "Ada", face.Genders{.6, .4} }, face.GenderClasses, "1  Ada", false},
		{"a name of a face that was rejected", func(f *face.Face) { f.Edit.Name, f.Edit.Verdict = "Ada", face.Rejected }, face.GenderClasses, "1  rejected", false},
		{"rejected", func(f *face.Face) { f.Score, f.Edit.Verdict = .7, face.Rejected }, face.GenderClasses, "1  rejected", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := aFace(1, 0, 0, 100)
			tt.change(&f)
			if got := overlay.Caption(&f, tt.have, face.Thresholds{}, tt.selected); got != tt.want {
				t.Errorf("Caption = %q, want %q", got, tt.want)
			}
		})
	}
}

// said returns f once a person said that value is right.
func said(t *testing.T, f face.Face, feature face.Features, value int) face.Face {
	t.Helper()
	a := &face.Analysis{W: 200, H: 200, Have: face.AllFeatures, Faces: []face.Face{f}}
	var e face.Edits
	if err := e.Correct(a, f.Number, feature, value); err != nil {
		t.Fatal(err)
	}
	return face.Apply(a, &e).Faces[0]
}

// wear gives a face the probabilities of glasses.
func wear(p ...float32) func(*face.Face) {
	return func(f *face.Face) { f.Eyewear = face.Eyewear(p) }
}

func latin(f *face.Face) { f.Ethnicity = face.Ethnicities{face.LatinoHispanic - 1: .9} }

func shut(eyes ...*face.Eye) {
	for _, e := range eyes {
		*e = face.Eye{Open: .02}
	}
}

// Wherever the face is, its caption can be read: inside the photo, inside the view, not on another's.
func TestCaptionsStayInSight(t *testing.T) {
	for _, view := range []face.Box{{}, face.BoxAt(100, 50, 200, 150)} {
		for x := float32(-60); x <= 380; x += 20 {
			for y := float32(-60); y <= 280; y += 20 {
				a := &face.Analysis{W: 400, H: 300, Have: face.AllFeatures, Faces: []face.Face{aFace(1, x, y, 90)}}
				visible := face.BoxAt(0, 0, 400, 300)
				if !view.Empty() {
					visible = view
				}
				inSight := !visible.Intersect(a.Faces[0].Box).Empty()
				labels := overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Captions: true, Selected: 1, View: view})
				if got := len(labels) == 1; got != inSight {
					t.Fatalf("a face at %v, %v has a caption: %v, is in sight: %v", x, y, got, inSight)
				}
				if inSight && visible.Intersect(labels[0].Box) != labels[0].Box {
					t.Fatalf("the caption of a face at %v, %v is at %v, beyond %v", x, y, labels[0].Box, visible)
				}
			}
		}
	}
}

func TestCaptionsOfNeighboursDoNotCover(t *testing.T) {
	// The second face's preferred place is taken by the first one's caption.
	a := &face.Analysis{W: 400, H: 300, Have: face.AllFeatures, Faces: []face.Face{aFace(1, 100, 100, 100), aFace(2, 150, 102, 98)}}
	labels := overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Captions: true, Selected: 1})
	if len(labels) != 2 || !labels[0].Box.Intersect(labels[1].Box).Empty() {
		t.Errorf("captions at %v", labels)
	}
	if labels[len(labels)-1].Face != 1 {
		t.Error("the selected caption is not the last one drawn")
	}
}

// A caption that has room elsewhere does not lie on somebody's face.
func TestCaptionsDoNotCoverOtherFaces(t *testing.T) {
	// Above its box and to the left the second caption would lie on the first face.
	a := &face.Analysis{W: 600, H: 300, Have: face.AllFeatures, Faces: []face.Face{aFace(1, 300, 60, 120), aFace(2, 200, 130, 80)}}
	for _, s := range overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Captions: true}) {
		for _, f := range a.Faces {
			if f.Number != s.Face && !s.Box.Intersect(f.Box).Empty() {
				t.Errorf("the caption of face %d at %v covers face %d", s.Face, s.Box, f.Number)
			}
		}
	}
}

// Words that have no room go, the last ones first, and what is left says so; the selected face keeps all of its words.
func TestCaptionsGiveWay(t *testing.T) {
	all := "  woman · 34 · happy 92 % · sunglasses"
	for _, gap := range []float32{300, 30} { // at 30 one stands above and the other below
		a := &face.Analysis{W: int(180 + gap), H: 200, Have: face.AllFeatures, Faces: []face.Face{aFace(1, 0, 60, 90), aFace(2, 90+gap, 60, 90)}}
		for i := range a.Faces {
			wear(0, 0, 1, 0)(&a.Faces[i])
		}
		checkCaptions(t, fmt.Sprintf("gap %v", gap), a, 0, []string{"1" + all, "2" + all})
		checkCaptions(t, fmt.Sprintf("gap %v, one selected", gap), a, 2, []string{"1" + all, "2" + all})
	}
	// Three in a row: above and below the one in the middle there is no place left for words.
	row := &face.Analysis{W: 330, H: 140, Have: face.AllFeatures, Faces: []face.Face{aFace(1, 0, 25, 90), aFace(2, 240, 25, 90), aFace(3, 120, 25, 90)}}
	for i := range row.Faces {
		wear(0, 0, 1, 0)(&row.Faces[i])
	}
	checkCaptions(t, "three in a row", row, 0, []string{"1" + all, "2" + all, "3  woman · 34 …"})
	checkCaptions(t, "three in a row, the middle one selected", row, 3, []string{"1" + all, "2  woman · 34 …", "3" + all})
}

// checkCaptions compares the captions of a, and checks that those of faces that are not selected cover nobody else.
func checkCaptions(t *testing.T, name string, a *face.Analysis, selected uint32, want []string) {
	t.Helper()
	labels := overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Captions: true, Selected: selected})
	for i, s := range labels {
		if s.Text != want[s.Face-1] {
			t.Errorf("%s: %q, want %q", name, s.Text, want[s.Face-1])
		}
		for _, f := range a.Faces {
			if s.Face != selected && f.Number != s.Face && !s.Box.Intersect(f.Box).Empty() {
				t.Errorf("%s: %q covers face %d", name, s.Text, f.Number)
			}
		}
		for _, other := range labels[:i] {
			if !s.Box.Intersect(other.Box).Empty() {
				t.Errorf("%s: %q covers %q", name, s.Text, other.Text)
			}
		}
	}
}

func TestSmallFacesOfACrowdShowNumbersOnly(t *testing.T) {
	a := &face.Analysis{W: 400, H: 300, Have: face.AllFeatures, Faces: []face.Face{aFace(1, 100, 100, 20), aFace(2, 200, 102, 20)}}
	for _, s := range overlay.Shapes(a, overlay.Transform{Scale: 1}, overlay.Options{Captions: true, Selected: 1}) {
		if long := len(s.Text) > 2; long != (s.Face == 1) {
			t.Errorf("face %d: %q", s.Face, s.Text)
		}
	}
}

func TestTextSizeScalesEverything(t *testing.T) {
	a := upright()
	sizes := func(o overlay.Options) string {
		var s string
		for _, shape := range overlay.Shapes(a, overlay.Transform{Scale: 1}, o) {
			s += fmt.Sprintf("%d stroke %g size %g\n", shape.Kind, shape.Stroke, shape.Size)
		}
		return s
	}
	o := overlay.Options{Boxes: true, Captions: true, Pose: true}
	if sizes(o) == "" {
		t.Fatal("nothing drawn")
	}
	o.TextSize = overlay.DefaultTextSize
	same := sizes(o)
	o.TextSize = 0
	if got := sizes(o); got != same {
		t.Errorf("no text size: %s, want the default's %s", got, same)
	}
	o.TextSize = 24
	if got, want := overlay.Shapes(a, overlay.Transform{Scale: 1}, o)[0].Stroke, float32(3); got != want {
		t.Errorf("at twice the text size a box is %v wide, want %v", got, want)
	}
}
