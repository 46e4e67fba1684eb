package catalog

import (
	"encoding/binary"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// fill commits random photos with two faces each.
func fill(tb testing.TB, c *Catalog, photos int) {
	tb.Helper()
	rng := rand.New(rand.NewPCG(5, 5))
	const batch = 5000
	for from := 0; from < photos; from += batch {
		outcomes := make([]Outcome, min(batch, photos-from))
		for i := range outcomes {
			outcomes[i] = Outcome{File: photo.File{Path: benchPath(from + i), Size: 1, MTime: time.Unix(1, 0)}, Record: benchRecord(rng, from+i, 2)}
		}
		if err := c.Commit(outcomes); err != nil {
			tb.Fatal(err)
		}
	}
}

// stored counts the records that hold an ethnicity, of any face, and the rows that do.
func stored(t *testing.T, c *Catalog) (records, rows int) {
	t.Helper()
	err := c.db.View(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucketPhotos)).ForEach(func(key, _ []byte) error {
			rec, _, err := c.read(tx, key)
			if err != nil {
				return err
			}
			var r row
			if err := c.codec.unseal(key, tx.Bucket([]byte(bucketRows)).Get(key), &r); err != nil {
				return err
			}
			if slices.ContainsFunc(rec.Analysis.Faces, func(f face.Face) bool { return f.Ethnicity != face.Ethnicities{} }) {
				records++
			}
			if face.Features(r.Have).Has(face.EthnicityClasses) {
				rows++
			}
			return nil
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	return records, rows
}

// A program that ends while a policy is put into force leaves a catalog that goes on where it is opened next, even if
// the former policy was to come back.
func TestPolicyInterrupted(t *testing.T) {
	const photos = rowsPerCommit + 100 // more than one step
	path := filepath.Join(t.TempDir(), "catalog.semblance")
	open := func() *Catalog {
		t.Helper()
		c, err := Open(path)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { c.Close() })
		return c
	}
	c := open()
	on, off := Policy{Ethnicity: true, Sure: face.DefaultThresholds()}, DefaultPolicy()
	if err := c.SetPolicy(on); err != nil {
		t.Fatal(err)
	}
	fill(t, c, photos)
	for _, tt := range []struct {
		name          string
		steps         int
		policies      []Policy // each begun, none finished
		records, rows int      // with an ethnicity before the catalog is opened again
		after         int      // both, afterwards
	}{
		{"before the first step, and back", 0, []Policy{off, on}, photos, photos, photos},
		{"before the first step", 0, []Policy{off}, photos, photos, 0},
		{"after the first step of switching on, which brings nothing back", 1, []Policy{on}, 0, 0, 0},
	} {
		for _, p := range tt.policies {
			if err := c.putPolicy(p); err != nil {
				t.Fatal(err)
			}
			var from []byte
			for range tt.steps {
				var err error
				if from, err = c.renewSome(from); err != nil || from == nil {
					t.Fatalf("%s: a step ended with %v, %v", tt.name, from, err)
				}
			}
		}
		if records, rows := stored(t, c); records != tt.records || rows != tt.rows {
			t.Errorf("%s: %d records and %d rows have an ethnicity, want %d and %d", tt.name, records, rows, tt.records, tt.rows)
		}
		if current, err := c.current(); current || err != nil {
			t.Errorf("%s: nobody would notice, %v", tt.name, err)
		}
		if err := c.Close(); err != nil {
			t.Fatal(err)
		}
		c = open()
		if records, rows := stored(t, c); records != tt.after || rows != tt.after {
			t.Errorf("%s: opened again %d records and %d rows have an ethnicity, want %d", tt.name, records, rows, tt.after)
		}
		if current, err := c.current(); !current || err != nil {
			t.Errorf("%s: opened again the rows are not current, %v", tt.name, err)
		}
	}
	// In the middle of taking it away.
	fill(t, c, photos)
	if records, rows := stored(t, c); records != photos || rows != photos {
		t.Fatalf("%d records and %d rows have an ethnicity, want %d", records, rows, photos)
	}
	if err := c.putPolicy(off); err != nil {
		t.Fatal(err)
	}
	if _, err := c.renewSome(nil); err != nil {
		t.Fatal(err)
	}
	if records, rows := stored(t, c); records != photos-rowsPerCommit || rows != records {
		t.Errorf("after one step %d records and %d rows have an ethnicity", records, rows)
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	c = open()
	if records, rows := stored(t, c); records != 0 || rows != 0 {
		t.Errorf("opened again %d records and %d rows have an ethnicity", records, rows)
	}
}

// A face that is kept though it was not found again brings nothing along that was hidden meanwhile. What an earlier version left of
// it, in faces of records that do not have it, goes when rows are made anew.
func TestNothingHiddenOfKeptFaces(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.semblance")
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { c.Close() }()
	if err := c.SetPolicy(Policy{Ethnicity: true}); err != nil {
		t.Fatal(err)
	}
	fill(t, c, 1)
	var id photo.ID
	binary.BigEndian.PutUint64(id[:], 1)
	if err := c.Edit(id, func(r *Record) error { return r.Edits.Judge(&r.Analysis, 1, face.Accepted) }); err != nil {
		t.Fatal(err)
	}
	former, _, err := c.record(id)
	if err != nil || former.Analysis.Faces[0].Ethnicity == (face.Ethnicities{}) {
		t.Fatalf("the record has %+v, %v", former.Analysis.Faces, err)
	}
	if err := c.putPolicy(DefaultPolicy()); err != nil { // the records are as they were
		t.Fatal(err)
	}
	none := former
	none.Analysis.Faces, none.Analysis.Have = nil, face.UsualFeatures
	if err := c.Commit([]Outcome{{File: photo.File{Path: benchPath(0), Size: 1, MTime: time.Unix(1, 0)}, Record: &none}}); err != nil {
		t.Fatal(err)
	}
	if kept, _, err := c.record(id); err != nil || len(kept.Analysis.Faces) != 1 || !kept.Analysis.Faces[0].Given {
		t.Fatalf("kept are the faces %+v, %v", kept.Analysis.Faces, err)
	}
	if records, _ := stored(t, c); records != 0 {
		t.Error("the face that was kept has an ethnicity")
	}
	former.Analysis.Have = face.UsualFeatures
	if err := c.db.Update(func(tx *bolt.Tx) error { return c.putRecord(tx.Bucket([]byte(bucketPhotos)), &former) }); err != nil {
		t.Fatal(err)
	}
	if err := c.renewRows(); err != nil {
		t.Fatal(err)
	}
	if records, _ := stored(t, c); records != 0 {
		t.Error("faces have an ethnicity still")
	}
}

// A record that is damaged has no row under another policy: nobody knows what it would show.
func TestPolicyOverADamagedRecord(t *testing.T) {
	path := filepath.Join(t.TempDir(), "catalog.semblance")
	c, err := Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { c.Close() }()
	fill(t, c, 2)
	first := c.index.photos[c.index.byTime.sorted()[0]].stored.ID
	err = c.db.Update(func(tx *bolt.Tx) error {
		return tx.Bucket([]byte(bucketPhotos)).Put(first[:], []byte("much too short for a record"))
	})
	if err != nil {
		t.Fatal(err)
	}
	if err := c.SetPolicy(Policy{Ethnicity: true}); err != nil {
		t.Fatal(err)
	}
	if ref := c.index.byTime.sorted()[0]; c.index.photos[ref].taken.IsZero() {
		t.Error("a photo of which nobody knows the time any more comes first")
	}
	if r := c.Find(query.Expr{}, Scope{}, ByPath); r.TotalFaces > 2 || len(r.Photos) != 2 {
		t.Errorf("%d faces in %d photos", r.TotalFaces, len(r.Photos))
	}
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	if c, err = Open(path); err != nil {
		t.Fatal(err)
	}
	if p, waiting := c.Problems(), c.Pending("", true); len(p) != 1 || len(waiting) != 1 {
		t.Errorf("problems %v, waiting %v: want the photo to be analysed again", p, waiting)
	}
}

// What other versions stored of edits is read: without corrections, and with those of more or fewer features.
func TestEditsOfOtherVersions(t *testing.T) {
	codec, err := newCodec()
	if err != nil {
		t.Fatal(err)
	}
	type older struct {
		Number  uint32       `cbor:"1,keyasint"`
		Box     face.Box     `cbor:"2,keyasint"`
		Verdict face.Verdict `cbor:"4,keyasint,omitempty"`
	}
	type other[S any] struct {
		older
		Said S `cbor:"5,keyasint"`
	}
	type edits[E any] struct {
		Faces []E `cbor:"1,keyasint"`
	}
	before := older{Number: 7, Box: face.BoxAt(1, 2, 30, 40), Verdict: face.Accepted}
	want := face.Edit{Number: 7, Box: before.Box, Verdict: face.Accepted}
	wantSaid := want
	wantSaid.Said = face.Said{31, 0, 4}
	for _, tt := range []struct {
		name   string
		stored any
		want   face.Edit
	}{
		{"no corrections yet", edits[older]{[]older{before}}, want},
		{"as many features", edits[other[face.Said]]{[]other[face.Said]{{before, face.Said{31, 0, 4}}}}, wantSaid},
		{"more features", edits[other[[20]int16]]{[]other[[20]int16]{{before, [20]int16{31, 0, 4, 19: 5}}}}, wantSaid},
		{"fewer features", edits[other[[3]int16]]{[]other[[3]int16]{{before, [3]int16{31, 0, 4}}}}, wantSaid},
		{"stored by this version", face.Edits{Faces: []face.Edit{wantSaid}}, wantSaid},
		{"without corrections by this version", face.Edits{Faces: []face.Edit{want}}, want},
	} {
		t.Run(tt.name, func(t *testing.T) {
			sealed, err := codec.seal([]byte("key"), tt.stored)
			if err != nil {
				t.Fatal(err)
			}
			var got face.Edits
			if err := codec.unseal([]byte("key"), sealed, &got); err != nil {
				t.Fatal(err)
			}
			if len(got.Faces) != 1 || got.Faces[0] != tt.want {
				t.Errorf("read %+v, want %+v", got.Faces, tt.want)
			}
		})
	}
}

// A policy that an earlier version stored has the usual thresholds for what that version did not know.
func TestPolicyOfAnEarlierVersion(t *testing.T) {
	c, err := Open(filepath.Join(t.TempDir(), "catalog.semblance"))
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	lost := DefaultPolicy()
	lost.Lost = true
	for _, tt := range []struct {
		name     string
		stored   any
		want     Policy
		problems int
	}{
		{"fewer thresholds", map[string]any{"ethnicity": true, "sure": map[string]any{"gender": .95}}, Policy{Ethnicity: true, Sure: func() face.Thresholds {
			sure := face.DefaultThresholds()
			sure.Gender = .95
			return sure
		}()}, 0},
		{"out of range", map[string]any{"ethnicity": true, "sure": map[string]any{"gender": 7}}, lost, 1},
		{"something else", map[string]any{"ethnicity": "perhaps"}, lost, 1},
	} {
		sealed, err := c.codec.seal([]byte(keyPolicy), tt.stored)
		if err != nil {
			t.Fatal(err)
		}
		err = c.db.Update(func(tx *bolt.Tx) error { return tx.Bucket([]byte(bucketMeta)).Put([]byte(keyPolicy), sealed) })
		if err != nil {
			t.Fatal(err)
		}
		c.problems = nil
		if err := c.db.View(c.loadPolicy); err != nil || c.policy != tt.want || len(c.problems) != tt.problems {
			t.Errorf("%s: policy %+v, problems %v, %v, want %+v", tt.name, c.policy, c.problems, err, tt.want)
		}
	}
}
