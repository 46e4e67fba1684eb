package query_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog/query"
)

func Example() {
	e, err := query.Parse("emotion:happy age:20-29")
	if err != nil {
		fmt.Println(err)
		return
	}
	e = e.Toggle("emotion", "surprise").Exclude("ethnicity", "white").WithRange("age", 20, 60)
	fmt.Println(e)
	for _, t := range e.Terms() {
		fmt.Println(t.Label)
	}
	_, err = query.Parse("emotion:hapy")
	fmt.Println(err)
	// Output:
	// emotion:happy,surprise -ethnicity:white age:20-60
	// Happy
	// Surprise
	// not White
	// Age 20–60
	// "hapy" at 9: did you mean happy? possible are happy, neutral, sad, surprise, angry, fear, disgust
}

// canonical are queries and how they are printed.
var canonical = []struct{ in, want string }{
	{"", ""},
	{"  \t ", ""},
	{"emotion:happy", "emotion:happy"},
	{"Emotion:HAPPY", "emotion:happy"},
	{"emotion:happy,sad emotion:sad,fear", "emotion:happy,sad,fear"},
	{"emotion:happy age:20-29 emotion:sad", "emotion:happy,sad age:20-29"},
	{"-ethnicity:white -ethnicity:black", "-ethnicity:white,black"},
	{"emotion:happy -emotion:happy", "emotion:happy -emotion:happy"},
	{"age:34", "age:34"},
	{"age:20..29", "age:20-29"},
	{"age:20..", "age:20.."},
	{"age:20-", "age:20.."},
	{"age:80..", "age:80-"},
	{"age:80-", "age:80-"},
	{"age:..9", "age:0-9"},
	{"age:0..", "age:0.."},
	{"faces:0,2..", "faces:0,2.."},
	{"faces:3..", "faces:3-"},
	{`folder:"2026/Wedding day"`, `folder:"2026/Wedding day"`},
	{`folder:"C:\Photos\"`, `folder:C:\Photos\`},
	{`folder:2026:05`, `folder:2026:05`},
	{`name:"say ""cheese"""`, `name:"say ""cheese"""`},
	{`name:"a,b","(c)"`, `name:"a,b","(c)"`},
	{"camera:ILCE-7M4", "camera:ILCE-7M4"},
	{"taken:2026", "taken:2026"},
	{"taken:2026-05", "taken:2026-05"},
	{"taken:2026-05-31", "taken:2026-05-31"},
	{"taken:2026-05..2026-07", "taken:2026-05-01..2026-07"},
	{"taken:2026-05-03..2026-06-07", "taken:2026-05-03..2026-06-07"},
	{"taken:..2026", "taken:..2026-12"},
	{"taken:2026..", "taken:2026-01-01.."},
	{"guesses:yes smile:no", "smile:no guesses:yes"},
	{"guesses:yes guesses:no", ""},
	{"eyes:CLOSED -blur:blurry exposure:balanced,underexposed", "eyes:closed -blur:blurry exposure:balanced,underexposed"},
	{"unsure:blur,eyes size:40..100 confidence:86..", "unsure:blur,eyes size:40-100 confidence:86.."},
	{"none(eyes:closed)", "none(eyes:closed)"},
	{"glasses:YES", "glasses:yes"},
	{"-glasses:yes,none glasses:goggles,yes", "-glasses:yes,none glasses:goggles,yes"},
	{"any(glasses:yes) hair:dark_brown,none unsure:glasses,eyewear", "any(glasses:yes) hair:dark_brown,none unsure:glasses,eyewear"},
	{"happy:80.. sad:..5 surprise:20-30 disgust:0", "happy:80.. sad:0-5 surprise:20-30 disgust:0"},
	{"smile:70.. -smile:no smile:YES,20-30", "smile:70..,yes,20-30 -smile:no"},
	{`person:Ada person:"Bob Noyce" named:no`, `person:Ada,"Bob Noyce" named:no`},
	{"sharpness:300..", "sharpness:300.."},
	{`hair:grey,Blonde,"dark brown",light-brown`, "hair:gray,blond,dark_brown,light_brown"},
	{"rating:4.. rating:0 flag:picked -label:none,red", "rating:4..,0 flag:picked -label:none,red"},
	{`tag:Places|Rome tag:"two words" tagged:yes album:"Best of 2026" offline:no`, `tag:Places|Rome,"two words" tagged:yes album:"Best of 2026" offline:no`},
	{"failed:yes", "state:failed"},
	{"-failed:no unanalysed:yes -failed:yes unanalysed:No", "state:failed,waiting -state:failed,waiting"},
	{"smile:yes AND age:20.. and rating:3", "smile:yes age:20.. rating:3"},
	{"NOT smile:yes not any(smile:yes)", "-smile:yes -any(smile:yes)"},
	{"emotion:happy OR emotion:sad", "emotion:happy,sad"},
	{"(emotion:happy or emotion:sad,happy) smile:yes", "emotion:happy,sad smile:yes"},
	{"emotion:happy OR smile:yes", "(emotion:happy OR smile:yes)"},
	{"(emotion:happy smile:no OR smile:yes) age:3", "(emotion:happy smile:no OR smile:yes) age:3"},
	{"emotion:happy smile:no OR smile:yes OR emotion:happy smile:no", "(emotion:happy smile:no OR smile:yes)"},
	{"(smile:yes OR smile:yes)", "smile:yes"},
	{"(smile:yes age:3)", "smile:yes age:3"},
	{"-(smile:yes)", "-smile:yes"},
	{"NOT (smile:yes OR smile:70..)", "-smile:yes,70.."},
	{"-(smile:yes age:3)", "-(smile:yes age:3)"},
	{"-(-smile:no)", "-(-smile:no)"},
	{"NOT(smile:yes OR age:3)", "-(smile:yes OR age:3)"},
	{"-smile:yes OR -smile:no", "(-smile:yes OR -smile:no)"},
	{"(smile:yes OR age:3) (smile:yes OR age:3)", "(smile:yes OR age:3)"},
	{"guesses:yes smile:yes OR age:3", "(smile:yes OR age:3) guesses:yes"},
	{"smile:yes OR age:3 guesses:yes", "(smile:yes OR age:3) guesses:yes"},
	{"guesses:yes AND smile:yes AND guesses:yes", "smile:yes guesses:yes"},
	{"tag:a OR any(smile:yes) rating:3 OR -none(person:Ada)", "(tag:a OR rating:3 any(smile:yes) OR -none(person:Ada))"},
	{"any(smile:yes OR emotion:happy age:3)", "any(smile:yes OR emotion:happy age:3)"},
	{"all(smile:yes OR smile:no)", "all(smile:yes,no)"},
	{"any(smile:yes OR smile:yes)", "any(smile:yes)"},
	{"any(NOT smile:yes AND age:3)", "any(-smile:yes age:3)"},
	{`name:OR name:AND,NOT name:"a OR b"`, `name:OR,AND,NOT,"a OR b"`},
	{"any(emotion:happy)", "any(emotion:happy)"},
	{"ALL( smile:yes age:20.. ) any(smile:no)", "all(smile:yes age:20..) any(smile:no)"},
	{"any(smile:yes) any(smile:yes)", "any(smile:yes)"},
	{"-none(-gender:man)", "-none(-gender:man)"},
	{"unsure:age,emotion doubtful:yes state:failed pose:left", "unsure:age,emotion doubtful:yes state:failed pose:left"},
}

func TestParsePrintsCanonically(t *testing.T) {
	for _, tt := range canonical {
		t.Run(tt.in, func(t *testing.T) {
			e, err := query.Parse(tt.in)
			if err != nil {
				t.Fatal(err)
			}
			if got := e.String(); got != tt.want {
				t.Errorf("printed %q, want %q", got, tt.want)
			}
			again, err := query.Parse(e.String())
			if err != nil {
				t.Fatalf("parse what was printed: %v", err)
			}
			if diff := cmp.Diff(e, again); diff != "" {
				t.Errorf("parsed again (-want +got):\n%s", diff)
			}
			if e.Empty() != (tt.want == "") {
				t.Errorf("Empty() = %v", e.Empty())
			}
		})
	}
}

// wrong are queries, the word that is wrong, where it is, and a part of the message.
var wrong = []struct {
	in   string
	pos  int
	word string
	msg  string
}{
	{"emotion:hapy", 8, "hapy", "possible are happy, neutral"},
	{"smile:yes emotion:happy,glad", 24, "glad", "possible are happy"},
	{"emotoin:happy", 0, "emotoin", "there are emotion, age, gender"},
	{"happy", 0, "happy", "did you mean emotion:happy?"},
	{"wedding", 0, "wedding", "name:wedding"},
	{"closed", 0, "closed", "did you mean eyes:closed?"},
	{"eyes:yes", 5, "yes", "possible are open, closed"},
	{"glasses:no", 8, "no", "did you mean none? possible are none, glasses, sunglasses, goggles, yes"},
	{"glasses:", 8, "", "glasses needs a value: none, glasses, sunglasses, goggles, yes"},
	{"hair:orange", 5, "orange", "possible are black, dark_brown"},
	{"sunglasses", 0, "sunglasses", "did you mean glasses:sunglasses?"},
	{"blur:100..", 5, "100..", "possible are sharp, blurry"},
	{"size:big", 5, "big", "a number or a range"},
	{"emotion", 0, "emotion", "write emotion:value with one of happy"},
	{"emotion:", 8, "", "emotion needs a value: happy"},
	{"emotion:happy,", 14, "", "emotion needs a value"},
	{"emotion:happy,,sad", 14, ",sad", "emotion needs a value"},
	{"age:old", 4, "old", "a number or a range"},
	{"age:-5", 4, "-5", "a number or a range"},
	{"age:..", 4, "..", "a number or a range"},
	{"age:9999999", 4, "9999999", "a number or a range"},
	{"age:30-20", 4, "30-20", "backwards"},
	{"taken:2026-13", 6, "2026-13", "a date or a range"},
	{"taken:2026-02-30", 6, "2026-02-30", "a date or a range"},
	{"taken:2026-05-2026-07", 6, "2026-05-2026-07", "a date or a range"},
	{`taken:"2026 05"`, 6, `"2026 05"`, "a date or a range"},
	{`name:"open`, 5, `"open`, `closing "`},
	{`name:""`, 5, `""`, "needs a value"},
	{`name:"a"b`, 8, "b", "a space or a comma"},
	{"any(smile:yes", 13, "", "not closed"},
	{"any()", 0, "any", "empty"},
	{"some(smile:yes)", 0, "some", "only any(...), all(...) and none(...)"},

	{"any(all(smile:yes))", 4, "all", "cannot hold a group"},
	{"any(faces:2)", 4, "faces", "only fields of a face"},
	{"any(guesses:yes)", 4, "guesses", "only fields of a face"},
	{"any(smile:yes)age:3", 14, "age:3", "a space is missing"},
	{"smile:yes)", 9, ")", "a space or a comma"},
	{") smile:yes", 0, ")", "a term is field:value"},
	{"-", 0, "-", "a term is field:value"},
	{"-guesses:yes", 1, "guesses", "guesses:no"},
	{"é ü:1", 0, "é", "a term is field:value"},
	{"name:é ü:1", 8, "ü", "no such field; there are"},
	{"eye:closed", 0, "eye", "no such field, did you mean eyes?; there are emotion"},
	{"Emotoin:happy", 0, "Emotoin", "did you mean emotion?"},
	{"shoe:42", 0, "shoe", "no such field; there are"},
	{"hair:dark brown", 5, "dark", "did you mean dark_brown? possible are black"},
	{"hair:grai", 5, "grai", "did you mean gray?"},
	{"label:orange", 6, "orange", "possible are red, yellow, green, blue, purple, none"},
	{"label:gren", 6, "gren", "did you mean green?"},
	{"flag:pick", 5, "pick", "did you mean picked?"},
	{"gender:female", 7, "female", "did you mean woman?"},
	{"emotion:smiling", 8, "smiling", "did you mean happy?"},
	{"smile:maybe", 6, "maybe", "possible are yes, no, a range of percent as 70.."},
	{"smile:90-20", 6, "90-20", "the range runs backwards"},
	{"happy:yes", 6, "yes", "a number or a range"},
	{"smiling:80..", 0, "smiling", "no such field"},
	{"eyewear:yes", 0, "eyewear", "no such field"},
	{"failed:maybe", 7, "maybe", "possible are yes, no"},
	{"failed:yes,no", 10, ",no", "a space"},
	{"rating:many", 7, "many", "a number or a range"},
	{"album:", 6, "", "album needs a value"},
	{"AND smile:yes", 0, "AND", "a term before it"},
	{"or", 0, "or", "OR needs a term before it"},
	{"smile:yes OR", 10, "OR", "a term behind it"},
	{"smile:yes AND ", 10, "AND", "a term behind it"},
	{"smile:yes and OR age:3", 14, "OR", "a term before it"},
	{"(smile:yes OR )", 11, "OR", "a term behind it"},
	{"guesses:yes OR age:3", 12, "OR", "a term before it"},
	{"smile:yes OR guesses:yes", 10, "OR", "a term behind it"},
	{"NOT", 0, "NOT", "a term behind it"},
	{"smile:yes not OR age:3", 10, "not", "a term behind it"},
	{"(NOT)", 1, "NOT", "a term behind it"},
	{"NOT -smile:yes", 4, "-smile:yes", "is enough"},
	{"NOT NOT smile:yes", 4, "NOT", "is enough"},
	{"()", 0, "()", "the parentheses are empty"},
	{"(smile:yes", 10, "", "the parentheses are not closed"},
	{"((smile:yes OR age:3))", 1, "(smile:yes", "cannot stand in others"},
	{"any((smile:yes OR age:3))", 4, "(smile:yes", "cannot stand in others"},
	{"(smile:yes OR age:3) age:4 OR age:5", 0, "(smile:yes OR age:3)", "cannot hold alternatives"},
	{"age:5 OR (smile:yes OR age:3)", 9, "(smile:yes OR age:3)", "cannot hold alternatives"},
	{"(guesses:yes OR age:3)", 1, "guesses", "outside of the parentheses"},
	{"smile:yes OR faces:2", 13, "faces:2", "about the photo"},
	{"(faces:2 OR tag:a -smile:yes)", 18, "-smile:yes", "any(smile:yes)"},
	{"smile:yes OR any(smile:no)", 13, "any(smile:no)", "about the photo"},
	{"(smile:yes OR age:3)rating:3", 20, "rating:3", "a space is missing"},
	{"any(smile:yes OR faces:2)", 17, "faces", "only fields of a face"},
}

func TestParseNamesWhatIsWrong(t *testing.T) {
	for _, tt := range wrong {
		t.Run(tt.in, func(t *testing.T) {
			e, err := query.Parse(tt.in)
			var syntax *query.SyntaxError
			if !errors.As(err, &syntax) {
				t.Fatalf("got %v, %v, want a SyntaxError", e, err)
			}
			if syntax.Pos != tt.pos || syntax.Word != tt.word || !strings.Contains(syntax.Msg, tt.msg) {
				t.Errorf("got %d, %q, %q\nwant %d, %q, ...%q...", syntax.Pos, syntax.Word, syntax.Msg, tt.pos, tt.word, tt.msg)
			}
			if !e.Empty() {
				t.Errorf("a wrong query gave %v", e)
			}
		})
	}
}

func FuzzParse(f *testing.F) {
	for _, tt := range canonical {
		f.Add(tt.in)
	}
	for _, tt := range wrong {
		f.Add(tt.in)
	}
	f.Fuzz(func(t *testing.T, in string) {
		e, err := query.Parse(in)
		if err != nil {
			var syntax *query.SyntaxError
			if !errors.As(err, &syntax) || syntax.Pos < 0 || syntax.Pos > len(in) || !strings.HasPrefix(in[syntax.Pos:], syntax.Word) {
				t.Fatalf("error %#v of %q", err, in)
			}
			return
		}
		again, err := query.Parse(e.String())
		if err != nil || again.String() != e.String() {
			t.Fatalf("%q is printed %q, which is parsed as %q, %v", in, e, again, err)
		}
		terms := e.Terms()
		for i := range terms {
			if got := len(e.Remove(i).Terms()); got != len(terms)-1 {
				t.Fatalf("%q has %d terms, without the %d-th %d", e, len(terms), i, got)
			}
		}
	})
}

func mustParse(t *testing.T, text string) query.Expr {
	t.Helper()
	e, err := query.Parse(text)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEdits(t *testing.T) {
	tests := []struct {
		name string
		from string
		edit func(query.Expr) query.Expr
		want string
	}{
		{"toggle on", "", func(e query.Expr) query.Expr { return e.Toggle("emotion", "happy") }, "emotion:happy"},
		{"toggle a second", "emotion:happy", func(e query.Expr) query.Expr { return e.Toggle("emotion", "sad") }, "emotion:happy,sad"},
		{"toggle off", "emotion:happy,sad smile:yes", func(e query.Expr) query.Expr { return e.Toggle("emotion", "happy") }, "emotion:sad smile:yes"},
		{"toggle the last off", "emotion:happy smile:yes", func(e query.Expr) query.Expr { return e.Toggle("emotion", "happy") }, "smile:yes"},
		{"toggle replaces an exclusion", "-emotion:happy", func(e query.Expr) query.Expr { return e.Toggle("emotion", "happy") }, "emotion:happy"},
		{"exclude replaces a value", "emotion:happy,sad", func(e query.Expr) query.Expr { return e.Exclude("emotion", "happy") }, "emotion:sad -emotion:happy"},
		{"exclude off", "-emotion:happy", func(e query.Expr) query.Expr { return e.Exclude("emotion", "happy") }, ""},
		{"an age range", "age:20-29", func(e query.Expr) query.Expr { return e.Toggle("age", "30-39") }, "age:20-29,30-39"},
		{"a folder", "", func(e query.Expr) query.Expr { return e.Toggle("folder", "/a b/c") }, `folder:"/a b/c"`},
		{"guesses", "", func(e query.Expr) query.Expr { return e.Toggle("guesses", "yes") }, "guesses:yes"},
		{"one besides any glasses", "glasses:yes", func(e query.Expr) query.Expr { return e.Toggle("glasses", "sunglasses") }, "glasses:yes,sunglasses"},
		{"glasses of any kind", "glasses:goggles,sunglasses", func(e query.Expr) query.Expr { return e.Toggle("glasses", "glasses") }, "glasses:goggles,sunglasses,glasses"},
		{"hair", "-hair:none", func(e query.Expr) query.Expr { return e.Toggle("hair", "none").Toggle("hair", "red") }, "hair:none,red"},
		{"a word for several values", "glasses:none", func(e query.Expr) query.Expr { return e.Toggle("glasses", "yes").Toggle("glasses", "none") }, "glasses:yes"},
		{"a word for a state", "state:done", func(e query.Expr) query.Expr { return e.Toggle("failed", "yes").Toggle("unanalysed", "no") }, "state:done,failed"},
		{"an album", "", func(e query.Expr) query.Expr { return e.Toggle("album", "Best of") }, `album:"Best of"`},
		{"beside alternatives", "(smile:yes OR age:3)", func(e query.Expr) query.Expr { return e.Toggle("smile", "yes").Toggle("smile", "yes") }, "(smile:yes OR age:3)"},
		{"an exclusion beside alternatives", "-(smile:yes OR age:3)", func(e query.Expr) query.Expr { return e.Exclude("smile", "yes") }, "-(smile:yes OR age:3) -smile:yes"},
		{"a range beside alternatives", "(smile:yes OR age:3) age:4", func(e query.Expr) query.Expr { return e.WithRange("age", 20, 30) }, "(smile:yes OR age:3) age:20-30"},
		{"without beside alternatives", "(smile:yes OR age:3) age:4", func(e query.Expr) query.Expr { return e.Without("age") }, "(smile:yes OR age:3)"},
		{"remove alternatives", "age:4,5 (smile:yes OR age:3) smile:no", func(e query.Expr) query.Expr { return e.Remove(2) }, "age:4,5 smile:no"},
		{"remove after alternatives", "(smile:yes OR age:3) any(age:4) smile:no", func(e query.Expr) query.Expr { return e.Remove(2) }, "(smile:yes OR age:3) any(age:4)"},
		{"unknown field", "smile:yes", func(e query.Expr) query.Expr { return e.Toggle("shoe", "42") }, "smile:yes"},
		{"unknown value", "smile:yes", func(e query.Expr) query.Expr { return e.Toggle("smile", "maybe") }, "smile:yes"},
		{"range", "smile:yes", func(e query.Expr) query.Expr { return e.WithRange("age", 20, 60) }, "smile:yes age:20-60"},
		{"range replaces", "age:20-29,40 -age:25", func(e query.Expr) query.Expr { return e.WithRange("age", 20, 60) }, "age:20-60"},
		{"range up to the end", "", func(e query.Expr) query.Expr { return e.WithRange("age", 20, 100) }, "age:20.."},
		{"full range", "age:20-29 smile:yes", func(e query.Expr) query.Expr { return e.WithRange("age", 0, 100) }, "smile:yes"},
		{"range inside out", "", func(e query.Expr) query.Expr { return e.WithRange("age", 60, 20) }, "age:20-60"},
		{"range of a score", "", func(e query.Expr) query.Expr { return e.WithRange("confidence", 90, 100) }, "confidence:90.."},
		{"full range of a score", "confidence:90..", func(e query.Expr) query.Expr { return e.WithRange("confidence", 65, 100) }, ""},
		{"range of no number", "smile:yes", func(e query.Expr) query.Expr { return e.WithRange("smile", 0, 1) }, "smile:yes"},
		{"without", "age:20 smile:yes -age:25 any(age:3)", func(e query.Expr) query.Expr { return e.Without("age") }, "smile:yes any(age:3)"},
		{"remove a value", "emotion:happy,sad any(smile:yes) -age:3 guesses:yes", func(e query.Expr) query.Expr { return e.Remove(1) }, "emotion:happy any(smile:yes) -age:3 guesses:yes"},
		{"remove a group", "emotion:happy,sad any(smile:yes) -age:3", func(e query.Expr) query.Expr { return e.Remove(2) }, "emotion:happy,sad -age:3"},
		{"remove after a group", "any(smile:yes) -age:3", func(e query.Expr) query.Expr { return e.Remove(1) }, "any(smile:yes)"},
		{"remove guesses", "any(smile:yes) guesses:yes", func(e query.Expr) query.Expr { return e.Remove(1) }, "any(smile:yes)"},
		{"remove nothing", "smile:yes guesses:yes", func(e query.Expr) query.Expr { return e.Remove(7).Remove(-1) }, "smile:yes guesses:yes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			from := mustParse(t, tt.from)
			if got := tt.edit(from).String(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
			if from.String() != mustParse(t, tt.from).String() {
				t.Errorf("the edit changed %q to %q", tt.from, from)
			}
		})
	}
}

// Two expressions that grow from the same one must not share memory.
func TestExprIsAValue(t *testing.T) {
	e := mustParse(t, "emotion:happy,sad,fear")
	a, b := e.Toggle("emotion", "angry"), e.Toggle("emotion", "neutral")
	c, d := a.Toggle("smile", "yes"), a.Toggle("smile", "no")
	got := fmt.Sprint([]query.Expr{e, a, b, c, d})
	want := "[emotion:happy,sad,fear emotion:happy,sad,fear,angry emotion:happy,sad,fear,neutral " +
		"emotion:happy,sad,fear,angry smile:yes emotion:happy,sad,fear,angry smile:no]"
	if got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestHasAndRange(t *testing.T) {
	e := mustParse(t, "emotion:happy -emotion:sad age:20-60 faces:2,4 guesses:yes")
	for _, tt := range []struct {
		field, value  string
		has, excludes bool
	}{
		{"emotion", "happy", true, false},
		{"emotion", "sad", false, true},
		{"emotion", "fear", false, false},
		{"age", "20-60", true, false},
		{"age", "20-29", false, false},
		{"guesses", "yes", true, false},
		{"shoe", "42", false, false},
	} {
		if has, excludes := e.Has(tt.field, tt.value), e.Excludes(tt.field, tt.value); has != tt.has || excludes != tt.excludes {
			t.Errorf("%s:%s: Has %v, Excludes %v", tt.field, tt.value, has, excludes)
		}
	}
	for _, tt := range []struct {
		text, field string
		lo, hi      int
		ok          bool
	}{
		{"age:20-60", "age", 20, 60, true},
		{"age:20..", "age", 20, 100, true},
		{"age:..60", "age", 0, 60, true},
		{"age:20,40", "age", 0, 100, false},
		{"-age:20-60", "age", 0, 100, false},
		{"", "age", 0, 100, false},
		{"smile:yes", "smile", 0, 0, false},
	} {
		if lo, hi, ok := mustParse(t, tt.text).Range(tt.field); lo != tt.lo || hi != tt.hi || ok != tt.ok {
			t.Errorf("range of %s in %q: %d, %d, %v", tt.field, tt.text, lo, hi, ok)
		}
	}
}

func TestTerms(t *testing.T) {
	e := mustParse(t, `emotion:happy age:20-60,80.. -ethnicity:white glasses:sunglasses -hair:none unsure:age,blur eyes:closed -blur:blurry size:100.. confidence:90-95 faces:0 folder:Wedding taken:2026-05..2026-07 all(smile:yes -gender:man) happy:80..,20-30 smile:70.. glasses:yes rating:4.. -label:red tag:Rome (smile:yes age:3 OR -emotion:happy,sad) -(tag:a OR any(smile:yes OR age:3)) guesses:yes`)
	want := []query.Term{
		{"emotion", "Happy"},
		{"age", "Age 20–60"},
		{"age", "Age 80+"},
		{"ethnicity", "not White"},
		{"glasses", "Sunglasses"},
		{"glasses", "Any glasses"},
		{"hair", "not No visible hair"},
		{"unsure", "Unsure: Age"},
		{"unsure", "Unsure: Sharpness"},
		{"eyes", "Eyes closed"},
		{"blur", "not Blurry"},
		{"size", "Size 100+"},
		{"confidence", "Confidence 90–95"},
		{"faces", "Faces 0"},
		{"folder", "Folder Wedding"},
		{"taken", "Taken 2026-05-01 – 2026-07"},
		{"", "all of the faces: Smiling, not Man"},
		{"happy", "Happy 80+ %"},
		{"happy", "Happy 20–30 %"},
		{"smile", "Smile 70+ %"},
		{"rating", "Rating 4+"},
		{"label", "not Red label"},
		{"tag", "Tag Rome"},
		{"", "Smiling, Age 3 or not Happy, not Sad"},
		{"", "not (Tag a or any of the faces: Smiling or Age 3)"},
		{"guesses", "Best guesses too"},
	}
	if diff := cmp.Diff(want, e.Terms()); diff != "" {
		t.Error(diff)
	}
}

func TestFieldsAreSound(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range query.Fields() {
		if f.Name == "" || f.Title == "" || f.Help == "" || seen[f.Name] {
			t.Errorf("%q: a field needs a name of its own, a title and a sentence", f.Name)
		}
		seen[f.Name] = true
		for _, v := range f.Values {
			if v.Name == "" || v.Title == "" || v.Lo > v.Hi {
				t.Errorf("%s: value %+v", f.Name, v)
			}
			want := f.Name + ":" + v.Name
			switch f.Name {
			case "failed", "unanalysed": // words for a state
				if v.Name == "no" {
					continue
				}
				want = mustParse(t, want).String()
			}
			e := query.Expr{}.Toggle(f.Name, v.Name)
			if f.Kind != query.Switch && (!e.Has(f.Name, v.Name) || e.String() != want) {
				t.Errorf("%s:%s toggled on is %q", f.Name, v.Name, e)
			}
		}
	}
	fields := query.Fields()
	fields[0].Values[0].Name = "changed"
	if query.Fields()[0].Values[0].Name == "changed" {
		t.Error("a caller can change the table")
	}
	if !slices.ContainsFunc(fields, func(f query.Field) bool { return f.Panel }) {
		t.Error("the panel is empty")
	}
}
