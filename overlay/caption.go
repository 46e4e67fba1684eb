package overlay

import (
	"fmt"
	"slices"
	"strings"

	"semblance/internal/face"
)

// Caption returns what is said beside a face: its number, the name that a person gave it and every value that is sure by t (zero: the defaults), such
// as "1  woman · 34 · happy 92 %". They are apparent: what a face looks like to a network, or to the person who corrected it.
// A question mark follows the number of a doubtful face; of a rejected one no more is said than that. Unsure values are left
// out; if nothing sure remains it says so. What most faces have is not said: open eyes, no glasses, no smile, and of a happy
// face not that it smiles. The colour of the hair and the ethnicity follow for a face that is selected.
func Caption(f *face.Face, have face.Features, t face.Thresholds, selected bool) string {
	return caption(f, captionWords(f, have, t, selected))
}

// caption puts words behind the number of a face.
func caption(f *face.Face, words []string) string {
	if len(words) == 0 {
		return shortCaption(f)
	}
	return shortCaption(f) + "  " + strings.Join(words, " · ")
}

// captionWords are the values that a caption says, what matters most first: where there is no room, the last ones go.
func captionWords(f *face.Face, have face.Features, t face.Thresholds, selected bool) []string {
	if f.Edit.Verdict == face.Rejected {
		return []string{"rejected"}
	}
	have &^= f.Lacks
	sure := t.OrDefault().Sure(f) & have
	var words []string
	if f.Edit.Name != "" {
		words = append(words, f.Edit.Name)
	}
	if g, _ := f.Gender.Top(); sure.Has(face.GenderClasses) {
		words = append(words, g.String())
	}
	if sure.Has(face.AgeYears) {
		words = append(words, fmt.Sprint(f.Age.Floor()))
	}
	happy := false
	if e, p := f.Emotion.Top(); sure.Has(face.EmotionClasses) {
		happy = e == face.Happy
		if _, said := f.Edit.Said.Of(face.EmotionClasses); said {
			words = append(words, e.String()) // a person gives no probability
		} else {
			words = append(words, fmt.Sprintf("%s %.0f %%", e, p*100))
		}
	}
	// In a group nobody sees at a glance who has the eyes closed.
	if e, _ := f.Eyes.Top(); e == face.EyesClosed && sure.Has(face.EyeStates) {
		words = append(words, "eyes closed")
	}
	if smiles, _ := f.Smiles(); smiles && !happy && sure.Has(face.Smiling) {
		words = append(words, "smiling")
	}
	if g, _ := f.Eyewear.Top(); g != face.NoGlasses && sure.Has(face.GlassesWorn) {
		words = append(words, g.String())
	}
	if selected && sure.Has(face.HairShape) && f.Hair.Color != face.UnknownHair {
		words = append(words, hairWords(f.Hair.Color))
	}
	if e, _ := f.Ethnicity.Top(); selected && sure.Has(face.EthnicityClasses) {
		words = append(words, "looks "+spaced(e.String())) // only where somebody asked for it and for this face
	}
	if len(words) == 0 && have&(face.GenderClasses|face.AgeYears|face.EmotionClasses) != 0 {
		words = append(words, "unsure")
	}
	return words
}

// hairWords says a colour of hair: "dark brown hair".
func hairWords(c face.HairColor) string {
	if c == face.NoHair {
		return "no hair visible"
	}
	return spaced(c.String()) + " hair"
}

// spaced is a neutral name in words: "dark brown".
func spaced(name string) string { return strings.ReplaceAll(name, "_", " ") }

// shortCaption is what there is room for beside a small face.
func shortCaption(f *face.Face) string {
	if f.Doubtful() && f.Edit.Verdict != face.Rejected {
		return fmt.Sprintf("%d?", f.Number)
	}
	return fmt.Sprint(f.Number)
}

// Lengths of a label, in text sizes.
const (
	labelHeight  = 1.45
	labelDescent = .42 // from the baseline to the lower edge
	labelPadding = .4  // left and right of the text
	labelGap     = .2  // between a label and its box
)

// smallFace is the height of a box in label heights below which only the selected
// face gets its whole caption: in a crowd the words would hide the people.
const smallFace = 4

// captions places a label beside each box. The selected face chooses its place
// first, then the largest faces.
func captions(a *face.Analysis, t Transform, o Options) []Shape {
	visible := t.Box(face.BoxAt(0, 0, float32(a.W), float32(a.H)))
	if !o.View.Empty() {
		visible = visible.Intersect(o.View)
	}
	order := make([]*face.Face, 0, len(a.Faces))
	for i := range a.Faces {
		if f := &a.Faces[i]; f.Number == o.Selected {
			order = append([]*face.Face{f}, order...)
		} else {
			order = append(order, f)
		}
	}
	measure := newRuler(o.textSize())
	labels := make([]Shape, 0, len(order))
	var taken []face.Box
	for _, f := range order {
		box := t.Box(f.Box)
		if visible.Empty() || box.Intersect(visible).Empty() {
			continue // the face itself is out of sight
		}
		if f.Number != o.Selected && slices.Contains(o.Dimmed, f.Number) {
			continue
		}
		s := Shape{Kind: Label, Face: f.Number, Size: o.textSize(), Color: white, Fill: darkBack, Radius: 2 * o.unit()}
		selected := f.Number == o.Selected
		words := captionWords(f, a.Have, o.Sure, selected)
		if selected {
			s.Fill = accent
		} else if box.H() < smallFace*labelHeight*s.Size {
			words = nil
		}
		var others []face.Box
		for _, other := range order {
			if other != f {
				others = append(others, t.Box(other.Box))
			}
		}
		// Words go, the last one first, until the label covers nobody else and no other label; the selected face keeps them all.
		for n := len(words); ; n-- {
			s.Text = caption(f, words[:n])
			if 0 < n && n < len(words) {
				s.Text += " …"
			}
			var alone bool
			s.Box, alone = place(box, measure(s.Text)+2*labelPadding*s.Size, labelHeight*s.Size, labelGap*s.Size, visible, taken, others)
			if alone || selected || n == 0 {
				break
			}
		}
		taken = append(taken, s.Box)
		labels = append(labels, s)
	}
	// What chose first is drawn last: the selected caption is never covered.
	for i, j := 0, len(labels)-1; i < j; i, j = i+1, j-1 {
		labels[i], labels[j] = labels[j], labels[i]
	}
	return labels
}

// place returns where a label of w x h belongs: above its box, else below, else
// inside at the top, and at the left or the right edge. Of the places inside visible
// it is the first that covers no other label and no other face: then it is alone. Else it is the first that
// covers no other label, else the first.
func place(box face.Box, w, h, gap float32, visible face.Box, labels, others []face.Box) (label face.Box, alone bool) {
	inside := max(min(max(box.Min.Y, visible.Min.Y)+gap, visible.Max.Y-h), visible.Min.Y)
	var places []face.Box
	for _, y := range []float32{box.Min.Y - gap - h, box.Max.Y + gap, inside} {
		if y < visible.Min.Y || y+h > visible.Max.Y {
			continue
		}
		for _, x := range []float32{box.Min.X, box.Max.X - w} {
			x = max(min(x, visible.Max.X-w), visible.Min.X)
			places = append(places, face.BoxAt(x, y, w, h))
		}
	}
	if len(places) == 0 { // a view lower than a line of text
		return face.BoxAt(max(min(box.Min.X, visible.Max.X-w), visible.Min.X), visible.Min.Y, w, h), false
	}
	readable := places[0]
	for i := len(places) - 1; i >= 0; i-- { // backwards: the first one stays
		if free(places[i], labels) {
			readable = places[i]
		}
	}
	for _, p := range places {
		if free(p, labels) && free(p, others) {
			return p, true
		}
	}
	return readable, false
}

func free(b face.Box, taken []face.Box) bool {
	for _, t := range taken {
		if !b.Intersect(t).Empty() {
			return false
		}
	}
	return true
}
