package catalog_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// What is known of a picture is known in every orientation, as it stands there.
func TestKnownInAnotherOrientation(t *testing.T) {
	c := mustOpen(t, newPath(t))
	r := record(1, person(face.Happy, face.Woman, 30), person(face.Sad, face.Man, 50))
	r.ID = id(1).Oriented(photo.Rotate90)
	r.Analysis.Faces[1].Box = face.BoxAt(300, 100, 50, 60)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r}}))
	check(t, c.Edit(r.ID, func(r *catalog.Record) error { return r.Edits.Judge(&r.Analysis, 2, face.Accepted) }))
	stored, err := c.Record(file("a.jpg", 1).Path)
	check(t, err)
	for o := photo.Upright; o.Valid(); o++ {
		k, err := c.Known("elsewhere.jpg", id(1).Oriented(o))
		check(t, err)
		if k.Record == nil || k.Turned != (o != photo.Rotate90) || k.Overlooked {
			t.Fatalf("orientation %d: %+v", o, k)
		}
		mirrored, quarters := photo.Rotate90.To(o)
		turning := face.Turning{Mirrored: mirrored, Quarters: uint8(quarters)}
		if diff := cmp.Diff(stored.Analysis.TurnedBy(turning), &k.Record.Analysis); diff != "" {
			t.Errorf("orientation %d (-want +got):\n%s", o, diff)
		}
		if k.Record.ID != id(1).Oriented(o) || len(k.Record.Edits.Faces) != 1 || k.Record.Edits.Faces[0].Box != k.Record.Analysis.Faces[1].Box {
			t.Errorf("orientation %d: %v, %+v", o, k.Record.ID, k.Record.Edits)
		}
	}
	if k, err := c.Known("elsewhere.jpg", id(2)); err != nil || k.Record != nil || k.Turned {
		t.Errorf("another picture: %+v, %v", k, err)
	}
}

// Faces may have been overlooked where the picture lay on its side: none stood upright, and turned ones were not looked for.
func TestOverlooked(t *testing.T) {
	lying := person(face.Happy, face.Woman, 30)
	lying.Pose.Roll = 85
	for _, tt := range []struct {
		name   string
		faces  []face.Face
		turned bool
		to     photo.Orientation
		want   bool
	}{
		{"upright face", []face.Face{person(face.Happy, face.Woman, 30)}, false, photo.Rotate90, false},
		{"no face", nil, false, photo.Rotate90, true},
		{"no face, only mirrored", nil, false, photo.MirrorX, false},
		{"no face, though turned ones were looked for", nil, true, photo.Rotate90, false},
		{"lying face", []face.Face{lying}, false, photo.Rotate270, true},
	} {
		c := mustOpen(t, newPath(t))
		r := record(1, tt.faces...)
		r.ID, r.Analysis.Turned = id(1).Oriented(photo.Upright), tt.turned
		check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r}}))
		k, err := c.Known(file("a.jpg", 1).Path, id(1).Oriented(tt.to))
		check(t, err)
		if k.Overlooked != tt.want {
			t.Errorf("%s: overlooked %v", tt.name, k.Overlooked)
		}
	}
}

// The faces of a picture that was turned keep their numbers, also where it is analysed anew and nobody said anything about them.
func TestTurnedFacesKeepNumbers(t *testing.T) {
	path := newPath(t)
	c := mustOpen(t, path)
	one, two := person(face.Happy, face.Woman, 30), person(face.Sad, face.Man, 50)
	one.Box, two.Box = face.BoxAt(10, 20, 30, 40), face.BoxAt(300, 100, 60, 50)
	r := record(1, one, two)
	r.ID = id(1).Oriented(photo.Upright)
	check(t, c.Commit([]catalog.Outcome{{File: file("a.jpg", 1), Record: r}}))
	after := record(1, two, one)
	after.ID = id(1).Oriented(photo.MirrorX)
	for i := range after.Analysis.Faces {
		f := &after.Analysis.Faces[i]
		f.Number, f.Box = uint32(i+1), face.BoxAt(float32(r.Analysis.W)-f.Box.Max.X, f.Box.Min.Y, f.Box.W(), f.Box.H())
	}
	check(t, c.Commit([]catalog.Outcome{{File: file("b.jpg", 1), Record: after}}))
	got, err := c.Record(file("b.jpg", 1).Path)
	check(t, err)
	if got.Last != 2 || got.Analysis.Faces[0].Number != 2 || got.Analysis.Faces[1].Number != 1 {
		t.Errorf("last %d, faces %d and %d", got.Last, got.Analysis.Faces[0].Number, got.Analysis.Faces[1].Number)
	}
	if p := reopen(t, c, path).Problems(); len(p) > 0 {
		t.Error(p)
	}
}
