package query_test

import (
	"slices"
	"strings"
	"testing"

	"semblance/catalog/query"
)

// texts is what a small catalog knows.
func texts(field, part string) []string {
	all := map[string][]string{
		"person": {"Ada Byron", "Bob", `Eve "the" Mole`},
		"tag":    {"wedding", "Places|Rome"},
	}[field]
	var some []string
	for _, t := range all {
		if strings.Contains(strings.ToLower(t), strings.ToLower(part)) {
			some = append(some, t)
		}
	}
	return some
}

func TestComplete(t *testing.T) {
	tests := []struct {
		text string   // | is the cursor
		want []string // the text with the piece put in, in this order
		not  []string // not among them
		more bool     // there may be more behind want
	}{
		{text: "emo|", want: []string{"emotion:"}},
		{text: "smile:yes emo|", want: []string{"smile:yes emotion:"}},
		{text: "-emo|", want: []string{"-emotion:"}},
		{text: "em|otoin:happy", want: []string{"emotion:happy"}},
		{text: "EMOTION:HA|", want: []string{"EMOTION:happy"}},
		{text: "emotion:ha|ppy smile:yes", want: []string{"emotion:happy smile:yes"}},
		{text: "emotion:sad,s|", want: []string{"emotion:sad,sad", "emotion:sad,surprise"}},
		{text: "emotion:|", want: []string{"emotion:happy", "emotion:neutral", "emotion:sad"}, more: true},
		{text: "glasses:|", want: []string{"glasses:none", "glasses:glasses", "glasses:sunglasses", "glasses:goggles", "glasses:yes"}},
		{text: "glasses:y|", want: []string{"glasses:yes"}},
		{text: "smile:|", want: []string{"smile:yes", "smile:no"}},
		{text: "hair:b|", want: []string{"hair:black", "hair:brown", "hair:blond", "hair:blue", "hair:dark_brown", "hair:light_brown"}},
		{text: "hap|", want: []string{"happy:", "emotion:happy"}},
		{text: "smiling|", want: []string{"smile:yes", "smile:no"}},
		{text: "latino|", want: []string{"ethnicity:latino_hispanic"}},
		{text: "person:|", want: []string{`person:"Ada Byron"`, "person:Bob", `person:"Eve ""the"" Mole"`}},
		{text: "person:a|", want: []string{`person:"Ada Byron"`}},
		{text: `person:"ada b|`, want: []string{`person:"Ada Byron"`}},
		{text: `person:"ada b|y" smile:yes`, want: []string{`person:"Ada Byron" smile:yes`}},
		{text: `person:"eve ""t|he"" x",Bob`, want: []string{`person:"Eve ""the"" Mole",Bob`}},
		{text: `person:Bob,"a|`, want: []string{`person:Bob,"Ada Byron"`}},
		{text: `person:"Bob"|`, want: []string{"person:Bob"}},
		{text: "tag:rom|", want: []string{"tag:Places|Rome"}},
		{text: "rating:|", want: []string{"rating:5", "rating:4"}, more: true},
		{text: "any(|", want: []string{"any(emotion:", "any(age:"}, not: []string{"any(faces:", "any(any(", "any(guesses:"}, more: true},
		{text: "any(fac|", want: []string{"any(doubtful:yes", "any(doubtful:no"}},
		{text: "(fa|", want: []string{"(faces:", "(failed:"}, more: true},
		{text: "any(smile:yes) fa|", want: []string{"any(smile:yes) faces:"}, more: true},
		{text: "al|", want: []string{"album:", "all("}},
		{text: "smile:yes o|", want: []string{"smile:yes offline:", "smile:yes OR"}, more: true},
		{text: "o|", want: []string{"offline:"}, not: []string{"OR"}, more: true},
		{text: "shoe:4|", want: nil},
		{text: "taken:20|", want: nil},
		{text: "name:x|", want: nil},
		{text: "smile:yes |", want: []string{"smile:yes emotion:"}, not: []string{"smile:yes OR"}, more: true},
		{text: "|", want: []string{"emotion:", "age:"}, more: true},
	}
	for _, tt := range tests {
		pos := strings.LastIndexByte(tt.text, '|')
		text := tt.text[:pos] + tt.text[pos+1:]
		var got []string
		for _, p := range query.Complete(text, pos, texts) {
			got = append(got, text[:p.From]+p.Text+text[p.To:])
		}
		if head := got[:min(len(got), len(tt.want))]; !slices.Equal(head, tt.want) || !tt.more && len(got) > len(tt.want) {
			t.Errorf("%q: got %q, want %q", tt.text, got, tt.want)
		}
		for _, not := range tt.not {
			if slices.Contains(got, not) {
				t.Errorf("%q: %q cannot stand there", tt.text, not)
			}
		}
	}
}

// Whatever was typed: each piece fits, and what is complete can be parsed once it is in its place.
func FuzzComplete(f *testing.F) {
	for _, tt := range canonical {
		f.Add(tt.in, len(tt.in))
		f.Add(tt.in, len(tt.in)/2)
	}
	for _, tt := range wrong {
		f.Add(tt.in, tt.pos)
	}
	f.Fuzz(func(t *testing.T, in string, pos int) {
		at := min(max(pos, 0), len(in))
		_, before := query.Parse(in)
		for _, p := range query.Complete(in, pos, texts) {
			if p.From < 0 || p.From > at || p.To < at || p.To > len(in) || p.Text == "" {
				t.Fatalf("%q at %d: piece %+v", in, pos, p)
			}
			done := in[:p.From] + p.Text + in[p.To:]
			if _, after := query.Parse(done); before == nil && after != nil && !p.Open && strings.Contains(p.Text, ":") {
				t.Fatalf("%q at %d is right, and %q is not: %v", in, pos, done, after)
			}
		}
		query.Complete(in, pos, nil)
	})
}
