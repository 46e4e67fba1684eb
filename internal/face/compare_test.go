package face

import (
	"slices"
	"testing"
)

func TestCompare(t *testing.T) {
	one := func(number uint32, years float32, e Emotion) Face {
		f := Face{Number: number, Box: BoxAt(0, 0, 90, 90), Age: Age{Years: years, Low: years - 5, High: years + 5}}
		f.Emotion[e] = .8
		return f
	}
	have := BoundsBox | AgeYears | EmotionClasses
	analysis := func(have Features, faces ...Face) *Analysis {
		return &Analysis{W: 200, H: 200, Have: have, Faces: faces}
	}
	lacking := one(1, 30, Sad)
	lacking.Lacks = EmotionClasses
	for _, tt := range []struct {
		name        string
		before, now *Analysis
		want        []Difference
	}{
		{"the same", analysis(have, one(1, 30, Happy)), analysis(have, one(1, 30, Happy)), nil},
		{"an age within the range", analysis(have, one(1, 30, Happy)), analysis(have, one(1, 34, Happy)), nil},
		{"another age", analysis(have, one(1, 30, Happy)), analysis(have, one(1, 44.9, Happy)), []Difference{{1, AgeYears, 30, 44}}},
		{"another emotion", analysis(have, one(1, 30, Happy)), analysis(have, one(1, 30, Sad)), []Difference{{1, EmotionClasses, int(Happy), int(Sad)}}},
		{"an emotion that cannot be seen any more", analysis(have, one(1, 30, Angry)), analysis(have, lacking), []Difference{{1, EmotionClasses, int(Angry), Absent}}},
		{"not looked for before", analysis(BoundsBox|AgeYears, one(1, 30, Happy)), analysis(have, one(1, 30, Sad)), nil},
		{
			"a new face and one that is gone", analysis(have, one(1, 30, Happy), one(2, 20, Sad)), analysis(have, one(3, 20, Sad), one(1, 30, Happy)),
			[]Difference{{3, BoundsBox, Absent, 1}, {2, BoundsBox, 1, Absent}},
		},
	} {
		if got := Compare(tt.before, tt.now); !slices.Equal(got, tt.want) {
			t.Errorf("%s: %+v, want %+v", tt.name, got, tt.want)
		}
	}
}
