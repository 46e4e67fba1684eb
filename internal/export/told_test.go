package export_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"semblance/assets"
	"semblance/internal/export"
	"semblance/internal/face"
)

// withRejected is a document in which people said everything that can be said.
func withRejected() export.Document {
	doc := corrected()
	h := heard()
	doc.Marks = h.Marks
	for _, f := range h.Faces[1:] {
		f.Box.Min.X, f.Edit.Box.Min.X = 20, 20
		doc.Faces = append(doc.Faces, f)
	}
	doc.Rejected = []face.Face{{Number: 12, Box: face.BoxAt(700, 800, 90, 110)}, {Number: 13, Box: face.BoxAt(900, 800, 90.5, 110.25)}}
	return doc
}

// What was said is read back as it was written, whatever else a document has.
func TestReadTold(t *testing.T) {
	schema := parse(t, assets.Schema())
	for name, doc := range map[string]export.Document{"everything": withRejected(), "corrected": corrected(), "heard": heard(), "nothing": wedding()} {
		for _, o := range []export.Options{{}, {Doubtful: true, Indent: true}} {
			data, err := export.Semblance.Marshal(doc, o)
			if err != nil {
				t.Fatal(err)
			}
			if err := check(schema, schema, parse(t, data), name); err != nil {
				t.Error(err)
			}
			if err := described(schema, schema, parse(t, data), name); err != nil {
				t.Error(err)
			}
			got, err := export.ReadTold(data)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			want := export.Told{ID: doc.ID, W: doc.W, H: doc.H}
			if doc.Marks != nil {
				want.Marks = *doc.Marks
			}
			for _, f := range doc.Faces {
				if f.Edit == (face.Edit{}) {
					continue
				}
				e := f.Edit
				e.Box = f.Box
				if !f.Scored() && e.Verdict == face.Accepted { // the box was given: it cannot be told from one that was drawn
					e.Verdict, e.Drawn = face.NoVerdict, true
				}
				want.Faces = append(want.Faces, e)
			}
			for _, f := range doc.Rejected {
				want.Faces = append(want.Faces, face.Edit{Number: f.Number, Box: f.Box, Verdict: face.Rejected})
			}
			sortByNumber(want.Faces)
			near(got.Faces, want.Faces)
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%s:\ngot  %+v\nwant %+v", name, got, want)
			}
		}
	}
}

func sortByNumber(edits []face.Edit) {
	for i := range edits {
		for k := i; k > 0 && edits[k].Number < edits[k-1].Number; k-- {
			edits[k], edits[k-1] = edits[k-1], edits[k]
		}
	}
}

// near makes boxes equal that differ by no more than what a document rounds.
func near(got, want []face.Edit) {
	for i := range min(len(got), len(want)) {
		a, b := got[i].Box, want[i].Box
		for _, d := range []float32{a.Min.X - b.Min.X, a.Min.Y - b.Min.Y, a.Max.X - b.Max.X, a.Max.Y - b.Max.Y} {
			if d > .006 || d < -.006 {
				return
			}
		}
		got[i].Box = b
	}
}

func TestReadToldRefuses(t *testing.T) {
	good, err := export.Semblance.Marshal(withRejected(), export.Options{Indent: true})
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, old, new string
		err            error
		unread         int
	}{
		{"nothing wrong", "x", "x", nil, 0},
		{"a later version", "semblance/1", "semblance/2", export.ErrLater, 0},
		{"another program's", "semblance/1", "other/1", export.ErrNotOurs, 0},
		{"cut off", "\"rejected\"", "", export.ErrNotOurs, 0},
		{"no identity", "abcd0000", "xyzw0000", export.ErrNotOurs, 0},
		{"a value of nobody", `"value": "goggles"`, `"value": "monocle"`, nil, 1},
		{"a feature of nobody", `"edited": ["age"`, `"edited": ["aura"`, nil, 1},
		{"an age of nobody", `"age": 41.0`, `"age": 4100`, nil, 1},
		{"stars of nobody", `"rating": 4`, `"rating": 6`, nil, 1},
		{"half a star", `"rating": 4`, `"rating": 2.5`, nil, 1},
		{"a colour of nobody", `"label": "green"`, `"label": "mauve"`, nil, 1},
		{"a name that is none", `Ada \"Countess\" Lovelace`, `\u0001`, nil, 1},
		{"a face twice", `"number": 13`, `"number": 12`, nil, 1},
		{"a box outside", `"left": 700.0`, `"left": 9900.0`, nil, 1},
	} {
		if !strings.Contains(string(good), tt.old) {
			t.Fatalf("%s: the document has no %s", tt.name, tt.old)
		}
		data := strings.Replace(string(good), tt.old, tt.new, 1)
		told, err := export.ReadTold([]byte(data))
		if !errors.Is(err, tt.err) || told.Unread != tt.unread {
			t.Errorf("%s: %v, %d unread, want %v, %d", tt.name, err, told.Unread, tt.err, tt.unread)
		}
	}
}

func TestReadSidecar(t *testing.T) {
	dir := t.TempDir()
	path, err := export.WriteSidecar(filepath.Join(dir, "a.jpg"), withRejected(), export.Semblance, export.Options{Indent: true})
	if err != nil {
		t.Fatal(err)
	}
	if told, err := export.ReadSidecar(path); err != nil || !told.Says() || !export.IsSidecar(path) || export.IsSidecar(filepath.Join(dir, "a.json")) {
		t.Errorf("%+v, %v", told, err)
	}
	if err := os.Mkdir(filepath.Join(dir, "b.jpg.semblance.json"), 0o755); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]error{"b.jpg.semblance.json": export.ErrNotOurs, "c.jpg.semblance.json": os.ErrNotExist} {
		if _, err := export.ReadSidecar(filepath.Join(dir, name)); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", name, err, want)
		}
	}
}

// Whatever a document says, what is read of it is sound, and is read again when it has been written again.
func FuzzReadTold(f *testing.F) {
	for _, doc := range []export.Document{withRejected(), heard(), wedding()} {
		doc.Have &^= face.Landmark // long, and nobody says anything about them
		data, err := export.Semblance.Marshal(doc, export.Options{Doubtful: true})
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
		f.Add(bytes.ReplaceAll(data, []byte("1"), []byte("-9")))
		f.Add(data[:len(data)/2])
	}
	f.Add([]byte(`{"schema":"semblance/1","id":"abcd00000000000000000000000000ef","size":{"w":9,"h":9},"tags":["a","A"," "],"rating":1e400}`))
	f.Add([]byte(`{"schema":"semblance/1","id":"abcd00000000000000000000000000ef","size":{"w":9,"h":9},"rejected":[{"number":4294967295,"bounds":{"left":0,"top":0,"right":1e38,"bottom":1e38}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		told, err := export.ReadTold(data)
		if err != nil {
			if told.Says() {
				t.Fatalf("%+v with %v", told, err)
			}
			return
		}
		if err := told.Marks.Check(); err != nil {
			t.Fatal(err)
		}
		doc := export.Document{ID: told.ID, W: told.W, H: told.H, Have: face.BoundsBox, Marks: &told.Marks}
		last := int64(-1)
		for _, e := range told.Faces {
			if err := face.CheckEdit(e, told.W, told.H); err != nil {
				t.Fatalf("%+v: %v", e, err)
			}
			if int64(e.Number) <= last {
				t.Fatalf("face %d after %d", e.Number, last)
			}
			last = int64(e.Number)
			if e.Verdict == face.Rejected {
				doc.Rejected = append(doc.Rejected, face.Face{Number: e.Number, Box: e.Box})
			}
		}
		again, err := export.Semblance.Marshal(doc, export.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if back, err := export.ReadTold(again); err != nil || !back.Marks.Equal(told.Marks) || back.ID != told.ID || len(back.Faces) > len(doc.Rejected) {
			t.Fatalf("%+v, %v, want %+v", back, err, told)
		}
	})
}
