package catalog_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
)

func Example() {
	dir, err := os.MkdirTemp("", "semblance")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	c, err := catalog.Open(filepath.Join(dir, "catalog.semblance"))
	if err != nil {
		fmt.Println(err)
		return
	}
	defer c.Close()

	// A scan found two photos; one of them has been analysed.
	err = c.Track([]photo.File{file("a.jpg", 1), file("b.jpg", 1)})
	if err != nil {
		fmt.Println(err)
		return
	}
	err = c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 34))}})
	if err != nil {
		fmt.Println(err)
		return
	}

	e := query.Expr{}.Toggle("emotion", "happy")
	r := c.Find(e, catalog.Scope{Folder: "/photos", Recursive: true}, catalog.ByPath)
	fmt.Println(e, "finds", len(r.Photos), "of", r.Total, "photos;", r.Waiting, "waiting")
	fmt.Println(c.Entry(r.Photos[0]).Path, "faces", r.Matching(r.Photos[0]))
	fmt.Println("women", r.Counts["gender"]["woman"], "30-39", r.Counts["age"]["30-39"])
	// Output:
	// emotion:happy finds 1 of 2 photos; 1 waiting
	// /photos/a.jpg faces [1]
	// women 1 30-39 1
}

var everything = catalog.Scope{}

func wantFound(t *testing.T, c *catalog.Catalog, text string, want ...string) {
	t.Helper()
	if got := found(t, c, text, everything, catalog.ByPath); !slices.Equal(got, want) {
		t.Errorf("%q found %q, want %q", text, got, want)
	}
}

func TestChangedFileIsAnalysedAgain(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Track([]photo.File{file("a.jpg", 1), file("b.jpg", 1)}))
	check(t, c.Commit([]catalog.Outcome{
		{File: file("a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 30))},
		{File: file("b.jpg", 1), Record: record(2)},
	}))
	before := c.Generation()
	check(t, c.Track([]photo.File{file("a.jpg", 1), file("b.jpg", 1)}))
	if c.Generation() != before || len(c.Pending("", true)) != 0 {
		t.Error("unchanged files were touched")
	}
	check(t, c.Track([]photo.File{file("a.jpg", 2)}))
	c = reopen(t, c, path)
	if got, want := c.Pending("", true), []string{file("a.jpg", 1).Path}; !slices.Equal(got, want) {
		t.Errorf("pending %q, want %q", got, want)
	}
	ref, _ := c.Lookup(file("a.jpg", 1).Path)
	e := c.Entry(ref)
	if e.State != catalog.Waiting || !e.ID.IsZero() || e.Faces != 1 || e.Size != file("", 2).Size || !e.MTime.Equal(file("", 2).MTime) {
		t.Errorf("entry %+v: want it to wait, without an identity, with what was known", e)
	}
	wantFound(t, c, "emotion:happy", "a.jpg") // until it is replaced
	if r, err := c.Record(e.Path); err != nil || r.ID != id(1) {
		t.Errorf("the old record is %v, %v", r.ID, err)
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 2), Record: record(3, person(face.Sad, face.Man, 50))}}))
	wantFound(t, c, "emotion:happy")
	wantFound(t, c, "emotion:sad gender:man", "a.jpg")
	wantFound(t, c, "state:done", "a.jpg", "b.jpg")
}

// The analysis of a file that has changed meanwhile must not pass for one of the new content.
func TestStaleOutcomeGoesOnWaiting(t *testing.T) {
	c := mustOpen(t, newPath(t))
	check(t, c.Track([]photo.File{file("a.jpg", 2)}))
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1)}}))
	if got := c.Pending("", true); len(got) != 1 {
		t.Errorf("pending %q after an outcome of the older file", got)
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 3), Record: record(2)}}))
	if got := c.Pending("", true); len(got) != 0 {
		t.Errorf("pending %q after an outcome of a file newer than the scan", got)
	}
}

func TestFailure(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 30))}}))
	check(t, c.Commit([]catalog.Outcome{
		{File: file("a.jpg", 2), Failure: "the file is damaged"},
		{File: photo.File{Path: file("b.jpg", 1).Path}, Failure: "no permission"}, // not even its stamp is known
	}))
	c = reopen(t, c, path)
	wantFound(t, c, "state:failed", "a.jpg", "b.jpg")
	wantFound(t, c, "emotion:happy")
	ref, _ := c.Lookup(file("a.jpg", 1).Path)
	if e := c.Entry(ref); e.Failure != "the file is damaged" || e.Faces != 0 {
		t.Errorf("entry %+v", e)
	}
	if r := c.Find(query.Expr{}, everything, catalog.ByPath); r.Failed != 2 || r.Total != 2 {
		t.Errorf("%d of %d failed", r.Failed, r.Total)
	}
	check(t, c.Track([]photo.File{file("b.jpg", 1)}))
	wantFound(t, c, "state:waiting", "b.jpg")
	for _, o := range []catalog.Outcome{
		{File: file("a.jpg", 1)},
		{File: file("a.jpg", 1), Record: record(1), Failure: "both"},
		{File: file("a.jpg", 1), Record: &catalog.Record{}},
		{Failure: "no path"},
	} {
		if err := c.Commit([]catalog.Outcome{o}); err == nil {
			t.Errorf("Commit accepted %+v", o)
		}
	}
}

func TestSameContentUnderTwoPaths(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 30))}}))
	known := func(n int) catalog.Known {
		t.Helper()
		k, err := c.Known(file("a.jpg", 1).Path, id(n))
		check(t, err)
		return k
	}
	k := known(1)
	if k.Record == nil || k.Renew {
		t.Fatalf("Known = %+v", k)
	}
	if k := known(99); k.Record != nil {
		t.Errorf("Known of nothing = %+v", k)
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("copy/a.jpg", 7), Record: k.Record}}))
	wantFound(t, c, "emotion:happy", "a.jpg", "copy/a.jpg")

	// A new analysis of one is a new analysis of both.
	check(t, c.Renew([]string{file("a.jpg", 1).Path, "/nowhere"}, 0))
	if k := known(1); !k.Renew || k.Record == nil {
		t.Errorf("Known = %+v, want a record that is to be renewed", k)
	}
	wantFound(t, c, "state:waiting", "a.jpg")
	c = reopen(t, c, path)
	if k := known(1); !k.Renew {
		t.Error("after a restart nothing is to be renewed any more")
	}
	ref, _ := c.Lookup(file("a.jpg", 1).Path)
	if e := c.Entry(ref); e.ID != id(1) {
		t.Errorf("a photo that is renewed has the identity %v: its content is the same", e.ID)
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: record(1, person(face.Sad, face.Woman, 30))}}))
	wantFound(t, c, "emotion:sad", "a.jpg", "copy/a.jpg")
	wantFound(t, c, "emotion:happy")
	if k := known(1); k.Renew {
		t.Errorf("Known = %+v after the new analysis", k)
	}
	c = reopen(t, c, path)
	wantFound(t, c, "emotion:sad", "a.jpg", "copy/a.jpg")
}

func TestForgottenFileComesBack(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	check(t, c.Commit([]catalog.Outcome{
		{File: file("a.jpg", 1), Record: record(1, person(face.Happy, face.Woman, 30))},
		{File: file("b.jpg", 1), Record: record(2)},
	}))
	check(t, c.Forget([]string{file("a.jpg", 1).Path, "/nowhere"}))
	for range 2 {
		wantFound(t, c, "", "b.jpg")
		if _, ok := c.Lookup(file("a.jpg", 1).Path); ok {
			t.Error("a forgotten file is found")
		}
		if _, err := c.Record(file("a.jpg", 1).Path); !errors.Is(err, catalog.ErrUnknown) {
			t.Errorf("the record of a forgotten file: %v, want %v", err, catalog.ErrUnknown)
		}
		if r := c.Find(query.Expr{}, everything, catalog.ByPath); r.Total != 1 || r.TotalFaces != 0 || r.Counts["emotion"]["happy"] != 0 {
			t.Errorf("a forgotten file is counted: %+v", r)
		}
		if k, err := c.Known(file("new.jpg", 1).Path, id(1)); k.Record == nil || err != nil {
			t.Errorf("a moved file does not find its analysis: %v", err)
		}
		c = reopen(t, c, path)
	}
	check(t, c.Track([]photo.File{file("a.jpg", 1)}))
	wantFound(t, c, "emotion:happy", "a.jpg") // the same file needs no analysis
	check(t, c.Forget([]string{file("a.jpg", 1).Path}))
	check(t, c.Track([]photo.File{file("a.jpg", 2)}))
	wantFound(t, c, "state:waiting", "a.jpg")
}

// exported leaves out the blank fields of face, which only carry tags.
var exported = cmp.FilterPath(func(p cmp.Path) bool {
	f, ok := p.Last().(cmp.StructField)
	return ok && f.Name() == "_"
}, cmp.Ignore())

func TestRecordIsComplete(t *testing.T) {
	path := newPath(t)
	c := showAll(t, mustOpen(t, path))
	want := record(1, person(face.Happy, face.Woman, 30), person(face.Fear, face.Man, 71.25))
	want.Meta = photo.Meta{
		Orientation: photo.Rotate90, Taken: time.Date(2026, 5, 3, 10, 20, 30, 120_000_000, time.FixedZone("", 2*3600)), Make: "Sony", Model: "ILCE-7M4",
		Lens: "FE 24-70", FocalLength: 70.3, FNumber: 2.8, Exposure: 1.0 / 3, ISO: 102_400, StoredW: 400, StoredH: 600,
		FullW: 6000, FullH: 4000, GPS: photo.GPS{Known: true, HasAltitude: true, Latitude: 52.516275, Longitude: -13.377704, Altitude: -4.5},
	}
	want.Warnings = []string{"truncated"}
	want.Analysis.Mode, want.Analysis.Turned = "default", true
	want.Analysis.Models = map[string]string{"detector": "00ff"}
	want.Analysis.Faces[0].Landmarks[3] = face.Pt(1.25, -7.125)
	want.Analysis.Faces[0].Lacks = face.PoseAngles | face.Smiling
	want.Analysis.Faces[0].Small = face.Smiling
	want.Analysis.Faces[0].Eyewear = face.Eyewear{.125, .875}
	want.Analysis.Faces[0].Hair = face.Hair{Color: face.GrayHair, RGB: [3]uint8{128, 0, 255}, Area: .375, Pieces: []face.Polygon{
		{
			Outer: face.Ring{face.Pt(10, 5.25), face.Pt(9.5, 40), face.Pt(60, 41.75)},
			Holes: []face.Ring{{face.Pt(20, 20), face.Pt(21, 20), face.Pt(21, 22)}, {face.Pt(30, 30), face.Pt(31, 30), face.Pt(31, 32)}},
		},
		{Outer: face.Ring{face.Pt(-1, -2), face.Pt(-3, 0), face.Pt(4000, 3000)}},
	}}
	want.Analysis.Faces[1].Hair = face.Hair{Color: face.NoHair}
	want.Last = 2
	for _, part := range []any{want.Meta, want.Analysis} { // a new field has to be set here, else nobody knows that it is stored
		v := reflect.ValueOf(part)
		for i := range v.NumField() {
			if v.Field(i).IsZero() {
				t.Errorf("%v.%s is not set", v.Type(), v.Type().Field(i).Name)
			}
		}
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: want}}))
	c = reopen(t, c, path)
	got, err := c.Record(file("a.jpg", 1).Path)
	check(t, err)
	sameTime := cmp.Comparer(func(a, b time.Time) bool {
		_, za := a.Zone()
		_, zb := b.Zone()
		return a.Equal(b) && za == zb
	})
	if diff := cmp.Diff(*want, got, sameTime, exported); diff != "" {
		t.Errorf("record (-want +got):\n%s", diff)
	}
	ref, _ := c.Lookup(file("a.jpg", 1).Path)
	if e := c.Entry(ref); !e.Taken.Equal(want.Meta.Taken) || e.W != 600 || e.H != 400 || e.Faces != 2 || e.ID != id(1) || e.Have != face.AllFeatures || e.Mode != "default" {
		t.Errorf("entry %+v", e)
	}
	wantFound(t, c, `camera:"sony ilce" taken:2026-05-03`, "a.jpg")
	if e := c.Entry(12345); !reflect.DeepEqual(e, catalog.Entry{}) {
		t.Errorf("entry of no photo %+v", e)
	}
}

func TestScopeAndOrder(t *testing.T) {
	c := mustOpen(t, newPath(t))
	dated := func(n, day, faces int) *catalog.Record {
		people := make([]face.Face, faces)
		for i := range people {
			people[i] = person(face.Happy, face.Man, 40)
		}
		r := record(n, people...)
		if day > 0 {
			r.Meta.Taken = time.Date(2026, 1, day, 0, 0, 0, 0, time.UTC)
		}
		return r
	}
	check(t, c.Track([]photo.File{file("a/2.jpg", 1), file("ab/1.jpg", 1), file("a.jpg", 1)}))
	check(t, c.Commit([]catalog.Outcome{
		{File: file("a/b/3.jpg", 1), Record: dated(3, 1, 1)},
		{File: file("a/2.jpg", 1), Record: dated(2, 0, 3)},
		{File: file("a.jpg", 1), Record: dated(5, 9, 0)},
		{File: file("a/1.jpg", 1), Record: dated(1, 3, 1)},
		{File: file("ab/1.jpg", 1), Record: dated(4, 2, 2)},
	}))
	folder := func(name string, recursive bool) catalog.Scope {
		return catalog.Scope{Folder: filepath.FromSlash("/photos/" + name), Recursive: recursive}
	}
	tests := []struct {
		name  string
		scope catalog.Scope
		order catalog.Order
		want  []string
	}{
		{"everything", everything, catalog.ByPath, []string{"a.jpg", "a/1.jpg", "a/2.jpg", "a/b/3.jpg", "ab/1.jpg"}},
		{"by time", everything, catalog.ByTaken, []string{"a/b/3.jpg", "ab/1.jpg", "a/1.jpg", "a.jpg", "a/2.jpg"}},
		{"by faces", everything, catalog.ByFaces, []string{"a/2.jpg", "ab/1.jpg", "a/1.jpg", "a/b/3.jpg", "a.jpg"}},
		{"with folders below", folder("a", true), catalog.ByPath, []string{"a/1.jpg", "a/2.jpg", "a/b/3.jpg"}},
		{"the folder alone", folder("a", false), catalog.ByPath, []string{"a/1.jpg", "a/2.jpg"}},
		{"a separator at the end", folder("a/", false), catalog.ByFaces, []string{"a/2.jpg", "a/1.jpg"}},
		{"root", catalog.Scope{Folder: string(filepath.Separator), Recursive: true}, catalog.ByPath, []string{"a.jpg", "a/1.jpg", "a/2.jpg", "a/b/3.jpg", "ab/1.jpg"}},
		{"nowhere", folder("nowhere", true), catalog.ByPath, []string{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := found(t, c, "", tt.scope, tt.order); !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
	r := c.Find(mustParse(t, "faces:2.."), folder("a", true), catalog.ByPath)
	if r.Total != 3 || r.TotalFaces != 5 || len(r.Photos) != 1 || r.Faces != 3 {
		t.Errorf("in a: %d of %d photos, %d of %d faces", len(r.Photos), r.Total, r.Faces, r.TotalFaces)
	}
	if got, want := c.Paths(folder("a", false).Folder, false), []string{file("a/1.jpg", 1).Path, file("a/2.jpg", 1).Path}; !slices.Equal(got, want) {
		t.Errorf("Paths = %q, want %q", got, want)
	}
	if got := (&catalog.Result{}).Matching(0); got != nil {
		t.Errorf("the zero Result matches %v", got)
	}
}
