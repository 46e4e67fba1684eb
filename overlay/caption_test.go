package overlay_test

import (
	"fmt"
	"testing"

	"semblance/internal/face"
	"semblance/overlay"
)

func TestCaption(t *testing.T) {
	tests := []struct {
		name   string
		change func(f *face.Face)
		have   face.Features
		want   string
	}{
		{"all", func(*face.Face) {}, face.AllFeatures, "1  woman · 34 · happy 92 %"},
		{"age only", func(*face.Face) {}, face.AgeYears, "1  34"},
		{"boxes only", func(*face.Face) {}, face.BoundsBox, "1"},
		{"unsure gender is left out", func(f *face.Face) { f.Gender = face.Genders{.6, .4} }, face.AllFeatures, "1  34 · happy 92 %"},
		{"wide age is left out", func(f *face.Face) { f.Age.High = 70 }, face.AllFeatures, "1  woman · happy 92 %"},
		{"nothing sure", func(f *face.Face) { f.Gender = face.Genders{.6, .4} }, face.GenderClasses, "1  unsure"},
		{"lacking is not unsure", func(f *face.Face) { f.Lacks = face.GenderClasses }, face.GenderClasses, "1"},
		{"closed eyes", func(f *face.Face) { shut(&f.Eyes.Left, &f.Eyes.Right) }, face.AllFeatures, "1  woman · 34 · happy 92 % · eyes closed"},
		{"a wink", func(f *face.Face) { shut(&f.Eyes.Left) }, face.AllFeatures, "1  woman · 34 · happy 92 %"},
		{"nobody looked at the eyes", func(f *face.Face) { shut(&f.Eyes.Left, &f.Eyes.Right) }, face.AgeYears, "1  34"},
		{"nothing but closed eyes", func(f *face.Face) { shut(&f.Eyes.Left, &f.Eyes.Right) }, face.EyeStates, "1  eyes closed"},
		{"doubtful", func(f *face.Face) { f.Score = .7 }, face.GenderClasses, "1?  woman"},
		{"accepted", func(f *face.Face) { f.Score, f.Edit.Verdict = .7, face.Accepted }, face.GenderClasses, "1  woman"},
		{"an emotion that a person gave", func(f *face.Face) { *f = said(t, *f, face.EmotionClasses, int(face.Sad)) }, face.AllFeatures, "1  woman · 34 · sad"},
		{"rejected", func(f *face.Face) { f.Score, f.Edit.Verdict = .7, face.Rejected }, face.GenderClasses, "1  rejected"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := aFace(1, 0, 0, 100)
			tt.change(&f)
			if got := overlay.Caption(&f, tt.have, face.Thresholds{}); got != tt.want {
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
