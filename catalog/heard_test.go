package catalog_test

import (
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

const allItems = catalog.ItemRating | catalog.ItemFlag | catalog.ItemLabel | catalog.ItemTags | catalog.ItemNames

// readMarks reads "4 red rejected a,b": what there is of it.
func readMarks(t testing.TB, s string) (m photo.Marks) {
	t.Helper()
	for word := range strings.FieldsSeq(s) {
		if label, err := photo.ParseLabel(word); err == nil {
			m.Label = label
		} else if flag, err := photo.ParseFlag(word); err == nil {
			m.Flag = flag
		} else if len(word) == 1 && word[0] >= '0' && word[0] <= '5' {
			m.Rating = word[0] - '0'
		} else {
			for tag := range strings.SplitSeq(word, ",") {
				m = m.WithTag(tag)
			}
		}
	}
	return m
}

func textOf(m photo.Marks) string {
	var words []string
	if m.Rating > 0 {
		words = append(words, fmt.Sprint(m.Rating))
	}
	if m.Flag != photo.Unflagged {
		words = append(words, m.Flag.String())
	}
	if m.Label != photo.NoLabel {
		words = append(words, m.Label.String())
	}
	if len(m.Tags) > 0 {
		words = append(words, strings.Join(m.Tags, ","))
	}
	return strings.Join(words, " ")
}

// said is a sidecar that speaks about everything.
func told(t testing.TB, s string, names ...catalog.Named) *catalog.Told {
	t.Helper()
	told := catalog.CleanTold(catalog.Told{Says: allItems, Marks: readMarks(t, s), Names: names, File: "a.xmp"})
	return &told
}

func hear(t testing.TB, c *catalog.Catalog, name string, content int, number uint64, what *catalog.Told) (unseen []string) {
	t.Helper()
	f := file(name, 1)
	f.Sidecars = number
	unseen, err := c.Hear([]catalog.Sidecar{{File: f, ID: id(content), Told: what}})
	check(t, err)
	return unseen
}

func recordOf(t testing.TB, c *catalog.Catalog, name string) *catalog.Record {
	t.Helper()
	r, err := c.Record(file(name, 1).Path)
	check(t, err)
	return &r
}

func setMarks(t testing.TB, c *catalog.Catalog, content int, m photo.Marks) {
	t.Helper()
	check(t, c.Edit(id(content), func(r *catalog.Record) error { r.Marks = m; return nil }))
}

// TestHearMarks is the table of the comparison of three: what the file said before, what it says now, what people said meanwhile, what holds then, and
// what differs.
func TestHearMarks(t *testing.T) {
	for _, tt := range []struct{ name, base, theirs, ours, want, differs string }{
		{"first, nothing here", "", "4 red a,b", "", "4 red a,b", ""},
		{"first, the same here", "", "4", "4", "4", ""},
		{"first, something else here", "", "4 red", "2", "2 red", "4"},
		{"first, tags on both sides", "", "a,b", "b,c", "a,b,c", ""},
		{"theirs alone changed", "3", "4", "3", "4", ""},
		{"ours alone changed", "3", "3", "5", "5", ""},
		{"both changed", "3", "4", "5", "5", "4"},
		{"both changed alike", "3", "4", "4", "4", ""},
		{"they took theirs away", "3 red a", "", "3 red a", "", ""},
		{"they took theirs away, ours changed", "3", "", "5", "5", "none"},
		{"ours was taken away, theirs stayed", "3 red a", "3 red a", "", "", ""},
		{"ours was taken away, theirs changed", "3", "4", "", "", "4"},
		{"labels", "red", "blue", "green", "green", "blue"},
		{"items are apart", "3 red", "4 red", "3 blue", "4 blue", ""},
		{"they rejected", "3", "rejected", "3", "3 rejected", ""},
		{"they rejected what was picked here", "", "rejected", "picked", "picked", "rejected"},
		{"they took the rejection back", "rejected", "", "rejected", "", ""},
		{"they added a tag", "a", "a,b", "a", "a,b", ""},
		{"they added a tag, so did we", "a", "a,b", "a,c", "a,b,c", ""},
		{"they removed a tag", "a,b", "a", "a,b", "a", ""},
		{"they removed a tag, we added one", "a,b", "a", "a,b,c", "a,b,c", "a"},
		{"they removed a tag, so did we", "a,b", "a", "a", "a", ""},
		{"they removed a tag, we removed another", "a,b", "a", "b", "b", "a"},
		{"we removed a tag", "a,b", "a,b", "a", "a", ""},
		{"we removed a tag, they added one", "a,b", "a,b,c", "a", "a,c", ""},
		{"tags in other letters", "Rome", "rome", "Rome", "Rome", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			c := mustOpen(t, path)
			check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1)}}))
			if tt.base != "" {
				hear(t, c, "a.jpg", 1, 1, told(t, tt.base))
			}
			setMarks(t, c, 1, readMarks(t, tt.ours))
			hear(t, c, "a.jpg", 1, 2, told(t, tt.theirs))
			for i := range 3 {
				r := recordOf(t, c, "a.jpg")
				if got := textOf(r.Marks); got != tt.want {
					t.Errorf("%d: %q holds, want %q", i, got, tt.want)
				}
				var differs []string
				for _, d := range r.Differences() {
					text := textOf(d.Marks)
					if text == "" {
						text = "none"
					}
					differs = append(differs, text)
					if d.File != "a.xmp" {
						t.Errorf("a difference from %q", d.File)
					}
				}
				if got := strings.Join(differs, "; "); got != tt.differs {
					t.Errorf("%d: %q differs, want %q", i, got, tt.differs)
				}
				if n := len(found(t, c, "differs:yes", everything, catalog.ByPath)); (n == 1) != (tt.differs != "") {
					t.Errorf("differs:yes finds %d photos", n)
				}
				switch i {
				case 0: // heard once more, nothing is new
					hear(t, c, "a.jpg", 1, 3, told(t, tt.theirs))
				case 1:
					c = reopen(t, c, path)
				}
			}
			// Either decision ends it.
			for _, d := range recordOf(t, c, "a.jpg").Differences() {
				check(t, c.Edit(id(1), func(r *catalog.Record) error { return r.Decide(d, false) }))
				if r := recordOf(t, c, "a.jpg"); textOf(r.Marks) != tt.want || len(r.Differences()) > 0 {
					t.Errorf("ours: %q, %v", textOf(r.Marks), r.Differences())
				}
				check(t, c.Edit(id(1), func(r *catalog.Record) error { return r.Decide(d, true) }))
				if r := recordOf(t, c, "a.jpg"); len(r.Differences()) > 0 || d.Item == catalog.ItemRating && r.Marks.Rating != d.Marks.Rating || d.Item == catalog.ItemTags && !slices.Equal(r.Marks.Tags, d.Marks.Tags) {
					t.Errorf("theirs: %q, %v", textOf(r.Marks), r.Differences())
				}
			}
		})
	}
}

// at returns a box in fractions of the photos of record, which have 600 x 400 pixels.
func at(box face.Box) face.Box {
	return face.Box{Min: face.Pt(box.Min.X/600, box.Min.Y/400), Max: face.Pt(box.Max.X/600, box.Max.Y/400)}
}

var (
	left  = face.BoxAt(50, 50, 100, 100)
	right = face.BoxAt(350, 50, 100, 100)
	wall  = face.BoxAt(200, 250, 100, 100) // where no face is
)

func two() *catalog.Record {
	a, b := person(face.Happy, face.Woman, 30), person(face.Sad, face.Man, 40)
	a.Box, b.Box = left, right
	return record(1, a, b)
}

// whose returns "1 Ada, 2, 3 Bob": the faces of a photo and whose they are.
func whose(r *catalog.Record) string {
	a := face.Apply(&r.Analysis, &r.Edits)
	var words []string
	for i := range a.Faces {
		words = append(words, strings.TrimSpace(fmt.Sprint(a.Faces[i].Number, " ", a.Faces[i].Edit.Name)))
	}
	slices.Sort(words)
	return strings.Join(words, ", ")
}

func TestHearNames(t *testing.T) {
	ada := catalog.Named{Name: "Ada", Box: at(left)}
	bob := catalog.Named{Name: "Bob", Box: at(right)}
	eve := catalog.Named{Name: "Eve", Box: at(wall)}
	as := func(n catalog.Named, name string) catalog.Named { n.Name = name; return n }
	call := func(number uint32, name string) func(r *catalog.Record) error {
		return func(r *catalog.Record) error { return r.Edits.Call(&r.Analysis, number, name) }
	}
	reject := func(number uint32) func(r *catalog.Record) error {
		return func(r *catalog.Record) error { return r.Edits.Judge(&r.Analysis, number, face.Rejected) }
	}
	none := func(*catalog.Record) error { return nil }
	type named = []catalog.Named
	for _, tt := range []struct {
		name          string
		base          named
		edit          func(*catalog.Record) error
		theirs        named
		want, differs string
	}{
		{"first", nil, none, named{ada, bob}, "1 Ada, 2 Bob", ""},
		{"no face where the name is", nil, none, named{ada, eve}, "1 Ada, 2, 3 Eve", ""},
		{"the other order", nil, none, named{bob, ada}, "1 Ada, 2 Bob", ""},
		{"two names for one face", nil, none, named{ada, as(ada, "Ida")}, "1 Ada, 2, 3 Ida", ""},
		{"a name here", nil, call(1, "Mum"), named{ada, bob}, "1 Mum, 2 Bob", "1 Ada"},
		{"the same name here", nil, call(1, "Ada"), named{ada}, "1 Ada, 2", ""},
		{"no face, people say", nil, reject(1), named{ada}, "2", "1 Ada"},
		{"renamed there", named{ada}, none, named{as(ada, "Ida")}, "1 Ida, 2", ""},
		{"renamed here", named{ada}, call(1, "Mum"), named{ada}, "1 Mum, 2", ""},
		{"renamed on both sides", named{ada}, call(1, "Mum"), named{as(ada, "Ida")}, "1 Mum, 2", "1 Ida"},
		{"removed here", named{ada}, call(1, ""), named{ada}, "1, 2", ""},
		{"removed here, another one added there", named{ada}, call(1, ""), named{ada, bob}, "1, 2 Bob", ""},
		{"removed here, renamed there", named{ada}, call(1, ""), named{as(ada, "Ida")}, "1, 2", "1 Ida"},
		{"removed there", named{ada, bob}, none, named{ada}, "1 Ada, 2", ""},
		{"removed there, renamed here", named{ada}, call(1, "Mum"), nil, "1 Mum, 2", "1"},
		{"a drawn one removed there", named{eve}, none, nil, "1, 2", ""},
		{"a drawn one removed there that was renamed here", named{eve}, call(3, "Mum"), nil, "1, 2, 3 Mum", "3"},
		{"a drawn one rejected here", named{eve}, reject(3), named{eve}, "1, 2", ""},
		{"too small to be seen", nil, none, named{{Name: "Dot", Box: face.BoxAt(.1, .8, .001, .001)}}, "1, 2", ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := newPath(t)
			c := mustOpen(t, path)
			check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: two()}}))
			if tt.base != nil {
				hear(t, c, "a.jpg", 1, 1, told(t, "", tt.base...))
			}
			check(t, c.Edit(id(1), tt.edit))
			unseen := hear(t, c, "a.jpg", 1, 2, told(t, "", tt.theirs...))
			if r := recordOf(t, c, "a.jpg"); (len(unseen) > 0) != (len(r.Edits.Missing(&r.Analysis)) > 0) {
				t.Errorf("unseen: %v, missing %v", unseen, r.Edits.Missing(&r.Analysis))
			}
			for i := range 3 {
				r := recordOf(t, c, "a.jpg")
				if got := whose(r); got != tt.want {
					t.Errorf("%d: %q, want %q", i, got, tt.want)
				}
				var differs []string
				for _, d := range r.Differences() {
					differs = append(differs, strings.TrimSpace(fmt.Sprint(d.Face, " ", d.Name)))
				}
				if got := strings.Join(differs, ", "); got != tt.differs {
					t.Errorf("%d: %q differs, want %q", i, got, tt.differs)
				}
				switch i {
				case 0: // another analysis, and the same word again
					check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: two(), Told: &catalog.Told{}}}))
					hear(t, c, "a.jpg", 1, 3, told(t, "", tt.theirs...))
				case 1:
					c = reopen(t, c, path)
				}
			}
			for _, d := range recordOf(t, c, "a.jpg").Differences() {
				check(t, c.Edit(id(1), func(r *catalog.Record) error { return r.Decide(d, true) }))
				if r := recordOf(t, c, "a.jpg"); r.Edits.Of(d.Face).Name != d.Name || len(r.Differences()) > 0 {
					t.Errorf("theirs: %s, %v", whose(r), r.Differences())
				}
			}
		})
	}
}

// TestHearFiles has a photo's own file and its sidecar speak: the sidecar counts where it says anything, and what it said stays when it is gone or
// cannot be read.
func TestHearFiles(t *testing.T) {
	c := mustOpen(t, newPath(t))
	own := *told(t, "2 red a")
	own.File = ""
	commit := func() {
		t.Helper()
		check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: two(), Told: &own}}))
	}
	want := func(text string) {
		t.Helper()
		if r := recordOf(t, c, "a.jpg"); textOf(r.Marks) != text || len(r.Differences()) > 0 {
			t.Errorf("%q, %v; want %q", textOf(r.Marks), r.Differences(), text)
		}
	}
	commit()
	want("2 red a")
	hear(t, c, "a.jpg", 1, 1, &catalog.Told{Says: catalog.ItemRating | catalog.ItemFlag, Marks: photo.Marks{Rating: 5}, File: "a.xmp"})
	want("5 red a")
	commit() // it is analysed again
	want("5 red a")
	r := recordOf(t, c, "a.jpg")
	s, ok := r.Heard.Source(file("a.jpg", 1).Path)
	if !ok || s.FileOf(catalog.ItemRating) != "a.xmp" || s.FileOf(catalog.ItemTags) != "" {
		t.Errorf("where it comes from: %+v", s)
	}
	hear(t, c, "a.jpg", 1, 0, nil) // the sidecar is gone
	want("5 red a")
	hear(t, c, "a.jpg", 1, 2, &catalog.Told{File: "a.xmp", Problem: "it is cut off"})
	want("5 red a")
	r = recordOf(t, c, "a.jpg")
	if s, _ := r.Heard.Source(file("a.jpg", 1).Path); s.Sidecar.Problem == "" || s.Sidecar.Marks.Rating != 5 {
		t.Errorf("a sidecar that cannot be read: %+v", s.Sidecar)
	}
	hear(t, c, "a.jpg", 1, 3, &catalog.Told{File: "a.xmp"}) // it says nothing of the rating any more
	want("2 red a")
	own = *told(t, "3 red b") // another program changed the file
	own.File = ""
	commit()
	want("3 red b")
}

// Moved and copied photos have nothing new to say, and a file that another program changed keeps the base.
func TestHearFollows(t *testing.T) {
	c := mustOpen(t, newPath(t))
	ada := catalog.Named{Name: "Ada", Box: at(left)}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: two(), Told: &catalog.Told{}}}))
	hear(t, c, "a.jpg", 1, 1, told(t, "3 a", ada))
	setMarks(t, c, 1, readMarks(t, "5"))
	check(t, c.Edit(id(1), func(r *catalog.Record) error { return r.Edits.Call(&r.Analysis, 1, "Mum") }))
	want := func(name string) {
		t.Helper()
		if r := recordOf(t, c, name); textOf(r.Marks) != "5" || len(r.Differences()) > 0 || !strings.HasPrefix(whose(r), "1 Mum, ") {
			t.Errorf("%s: %q, %s, %v", name, textOf(r.Marks), whose(r), r.Differences())
		}
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("b.jpg", 1), Record: two(), Told: &catalog.Told{}}})) // a copy, without a sidecar
	want("a.jpg")
	hear(t, c, "b.jpg", 1, 9, told(t, "3 a", ada)) // and with one
	want("b.jpg")
	// Another orientation: the boxes lie elsewhere, and nothing is new.
	turned := two()
	turned.ID = id(1).Oriented(photo.Rotate180)
	for i := range turned.Analysis.Faces {
		b := &turned.Analysis.Faces[i].Box
		*b = face.BoxAt(600-b.Max.X, 400-b.Max.Y, b.W(), b.H())
	}
	check(t, c.Track([]photo.File{file("a.jpg", 2)}))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 2), Record: turned, Told: &catalog.Told{}}}))
	want("a.jpg")
	there := ada
	there.Box = face.Box{Min: face.Pt(1-ada.Box.Max.X, 1-ada.Box.Max.Y), Max: face.Pt(1-ada.Box.Min.X, 1-ada.Box.Min.Y)}
	f := file("a.jpg", 2)
	f.Sidecars = 2
	_, err := c.Hear([]catalog.Sidecar{{File: f, ID: turned.ID, Told: told(t, "3 a", there)}})
	check(t, err)
	want("a.jpg")
	// Another picture under the name that nobody knew: the marks go with it, and so does their base.
	other := two()
	other.ID = id(100)
	check(t, c.Track([]photo.File{file("b.jpg", 2)}))
	check(t, c.Commit([]catalog.Outcome{{File: file("b.jpg", 2), Record: other, Told: &catalog.Told{}}}))
	r := recordOf(t, c, "b.jpg")
	if textOf(r.Marks) != "5" || whose(r) != "1, 2" {
		t.Errorf("another picture: %q, %s", textOf(r.Marks), whose(r))
	}
	f = file("b.jpg", 2)
	f.Sidecars = 10
	_, err = c.Hear([]catalog.Sidecar{{File: f, ID: other.ID, Told: told(t, "3 a", ada)}})
	check(t, err)
	if r := recordOf(t, c, "b.jpg"); textOf(r.Marks) != "5" || len(r.Differences()) > 0 || whose(r) != "1 Ada, 2" {
		t.Errorf("another picture, heard: %q, %s, %v", textOf(r.Marks), whose(r), r.Differences())
	}
}

// What a scan finds is unheard until somebody has heard it, and a photo that is not analysed waits for that.
func TestUnheard(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	a, b := file("a.jpg", 1), file("b.jpg", 1)
	a.Sidecars, b.Sidecars = 7, 8
	files := []photo.File{a, b, file("c.jpg", 1)}
	check(t, c.Track(files))
	unheard := func(want ...string) {
		t.Helper()
		var got []string
		for _, s := range c.Unheard(files) {
			got = append(got, filepath.Base(s.File.Path))
		}
		if !slices.Equal(got, want) {
			t.Errorf("unheard: %v, want %v", got, want)
		}
	}
	unheard()
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1)}, {File: file("b.jpg", 1), Failure: "damaged"}}))
	unheard("a.jpg")
	hear(t, c, "a.jpg", 2, 7, told(t, "3")) // of another content
	unheard("a.jpg")
	hear(t, c, "a.jpg", 1, 7, told(t, "3"))
	unheard()
	c = reopen(t, c, path)
	unheard()
	check(t, c.Track(files))
	unheard()
	files[0].Sidecars = 9
	check(t, c.Track(files))
	unheard("a.jpg")
	files[0].Sidecars = 7
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1)}}))
	unheard()
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(5)}})) // another content that nobody has heard
	unheard("a.jpg")
}

// Whoever is removed is removed from what the files said too, and does not come back with the next look into them.
func TestErasePersonFromFiles(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	ada, bob := catalog.Named{Name: "Ada Example", Box: at(left)}, catalog.Named{Name: "Bob", Box: at(right)}
	own := &catalog.Told{Says: catalog.ItemNames, Names: []catalog.Named{ada}}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: two(), Told: own}, {File: file("b.jpg", 1), Record: record(2, two().Analysis.Faces...)}}))
	hear(t, c, "a.jpg", 1, 1, told(t, "4", ada, bob))
	check(t, c.Edit(id(2), func(r *catalog.Record) error { return r.Edits.Call(&r.Analysis, 1, "Mum") }))
	hear(t, c, "b.jpg", 2, 1, told(t, "", ada)) // she is named there in a difference alone
	check(t, c.Close())
	e, err := catalog.ErasePerson(t.Context(), path, "ada example", false)
	if err != nil || len(e.Photos) != 2 || e.Faces != 1 {
		t.Errorf("%+v, %v", e, err)
	}
	for _, f := range filesBelow(t, filepath.Dir(path)) {
		if data, err := os.ReadFile(f); err == nil && strings.Contains(string(data), "Example") {
			t.Errorf("%s has the name", f)
		}
	}
	c = mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: two(), Told: own}}))
	hear(t, c, "a.jpg", 1, 2, told(t, "5", ada, bob))
	hear(t, c, "b.jpg", 2, 2, told(t, "", ada))
	r := recordOf(t, c, "a.jpg")
	if strings.Contains(whose(r), "Ada") || !strings.Contains(whose(r), "Bob") || r.Marks.Rating != 5 {
		t.Errorf("%s, %+v", whose(r), r.Marks)
	}
	if r := recordOf(t, c, "b.jpg"); whose(r) != "1 Mum, 2" || len(r.Differences()) > 0 {
		t.Errorf("%s, %v", whose(r), r.Differences())
	}
}

// TestHearRandomly compares many words of files and people with a map that knows the rule for one rating, and ends as every test does: what is in
// memory is on the disk.
func TestHearRandomly(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 5))
	c := mustOpen(t, newPath(t))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: two()}}))
	var base, ours uint8
	open := -1
	for n := range 200 {
		switch theirs := uint8(rng.IntN(4)); rng.IntN(3) {
		case 0:
			ours = theirs
			m := recordOf(t, c, "a.jpg").Marks
			m.Rating = ours
			setMarks(t, c, 1, m)
		default:
			hear(t, c, "a.jpg", 1, uint64(n+1), told(t, fmt.Sprint(theirs)))
			switch {
			case theirs == base:
			case theirs == ours || ours == base:
				ours, open = theirs, -1
			default:
				open = int(theirs)
			}
			base = theirs
		}
		r := recordOf(t, c, "a.jpg")
		want := []int{}
		if open >= 0 && uint8(open) != ours {
			want = append(want, open)
		}
		got := []int{}
		for _, d := range r.Differences() {
			got = append(got, int(d.Marks.Rating))
		}
		if r.Marks.Rating != ours || !cmp.Equal(got, want) {
			t.Fatalf("after %d steps: %d stars, differs %v; want %d, %v", n+1, r.Marks.Rating, got, ours, want)
		}
	}
}
