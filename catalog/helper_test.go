package catalog_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// newPath returns the path of a catalog that does not exist yet.
func newPath(t testing.TB) string { return filepath.Join(t.TempDir(), "catalog.semblance") }

func mustOpen(t testing.TB, path string) *catalog.Catalog {
	t.Helper()
	c, err := catalog.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if t, ok := t.(*testing.T); ok && !t.Failed() {
			wantSameFromDisk(t, c, path)
		}
		c.Close() // a second Close does nothing
	})
	return c
}

// wantSameFromDisk compares an index that has followed all changes with one that is made of what is on the disk, unless the catalog is
// damaged, or closed: then the test may have done things to the file since. It ends every test.
func wantSameFromDisk(t *testing.T, c *catalog.Catalog, path string) {
	t.Helper()
	if _, err := c.Known("/nowhere", id(1<<20)); err != nil || len(c.Problems()) > 0 {
		return
	}
	for _, path := range c.Paths("", true) {
		if _, err := c.Record(path); errors.Is(err, catalog.ErrDamaged) {
			return
		}
	}
	c.SetOffline(nil) // that is not stored
	c.SetPairs(true)  // nor is that
	before := snapshot(t, c)
	check(t, c.Close())
	again, err := catalog.Open(path)
	check(t, err)
	defer again.Close()
	if len(again.Problems()) > 0 {
		return // the test has damaged it
	}
	if diff := cmp.Diff(before, snapshot(t, again)); diff != "" {
		t.Errorf("index in memory and index read from the disk (-memory +disk):\n%s", diff)
	}
}

// showAll has a catalog show every feature.
func showAll(t testing.TB, c *catalog.Catalog) *catalog.Catalog {
	t.Helper()
	check(t, c.SetPolicy(catalog.Policy{Ethnicity: true}))
	return c
}

func reopen(t testing.TB, c *catalog.Catalog, path string) *catalog.Catalog {
	t.Helper()
	if err := c.Close(); err != nil {
		t.Fatal(err)
	}
	return mustOpen(t, path)
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func mustParse(t testing.TB, text string) query.Expr {
	t.Helper()
	e, err := query.Parse(text)
	check(t, err)
	return e
}

// file is a file below /photos as a scan sees it; version is its size and time.
func file(name string, version int) photo.File {
	return photo.File{
		Path: filepath.FromSlash("/photos/" + name), Size: int64(1000 + version),
		MTime: time.Unix(1_700_000_000+int64(version), 123_456_789),
	}
}

func id(n int) (id photo.ID) {
	binary.BigEndian.PutUint64(id[:], uint64(n)+1)
	return id
}

// record is an analysis with the given faces.
func record(n int, faces ...face.Face) *catalog.Record {
	for i := range faces {
		faces[i].Number = uint32(i + 1)
	}
	return &catalog.Record{
		ID: id(n), Meta: photo.Meta{Make: "Sony", Model: "ILCE-7M4"}, Analysed: time.Unix(1_800_000_000, 0).UTC(),
		Analysis: face.Analysis{W: 600, H: 400, Have: face.AllFeatures, Faces: faces},
	}
}

// person is a sure, accepted face.
func person(e face.Emotion, g face.Gender, age float32) face.Face {
	f := face.Face{Box: face.BoxAt(10, 10, 50, 60), Score: .99}
	f.Emotion[e] = 1
	f.Gender[g-1] = 1
	f.Ethnicity[face.White-1] = 1
	f.Age = face.Age{Years: age, Low: age - 5, High: age + 5}
	return f
}

// found returns the paths of the result of a query, in their order, without /photos/.
func found(t testing.TB, c *catalog.Catalog, text string, s catalog.Scope, o catalog.Order) []string {
	t.Helper()
	names := []string{}
	for _, ref := range c.Find(mustParse(t, text), s, o).Photos {
		rel, err := filepath.Rel(filepath.FromSlash("/photos"), c.Entry(ref).Path)
		check(t, err)
		names = append(names, filepath.ToSlash(rel))
	}
	return names
}

// randomFace makes a face whose values lie on both sides of every threshold.
func randomFace(rng *rand.Rand) face.Face {
	f := face.Face{Score: .65 + .35*rng.Float32(), Box: randomBox(rng)}
	if rng.IntN(4) > 0 {
		f.Score = .99
	}
	spread(rng, f.Emotion[:])
	spread(rng, f.Gender[:])
	spread(rng, f.Ethnicity[:])
	f.Smile = rng.Float32()
	f.Age.Years = 105 * rng.Float32()
	width := 45 * rng.Float32()
	f.Age.Low, f.Age.High = f.Age.Years-width/2, f.Age.Years+width/2
	f.Pose = face.Pose{Roll: angle(rng), Pitch: angle(rng), Yaw: angle(rng)}
	if rng.IntN(10) == 0 {
		f.Lacks = face.Features(rng.Uint32()) & face.AllFeatures
	}
	f.Round() // as it will be stored, so that the slow answers are of the same numbers
	return f
}

// randomBox lies about one of a few places, so that boxes of two analyses often are of one face.
func randomBox(rng *rand.Rand) face.Box {
	return face.BoxAt(float32(60*rng.IntN(7))+20*rng.Float32(), float32(70*rng.IntN(4))+20*rng.Float32(), 40+20*rng.Float32(), 50+20*rng.Float32())
}

func angle(rng *rand.Rand) float32 { return float32(rng.NormFloat64()) * 12 }

// spread fills p with probabilities that add up to 1, one of them often large.
func spread(rng *rand.Rand, p []float32) {
	rest := 1 - rng.Float32()*.9
	for i := range p {
		p[i] = rest / float32(len(p))
	}
	p[rng.IntN(len(p))] += 1 - rest
}

// randomRecord makes a record with up to five faces.
func randomRecord(rng *rand.Rand, n int) *catalog.Record {
	faces := make([]face.Face, rng.IntN(6))
	for i := range faces {
		faces[i] = randomFace(rng)
	}
	r := record(n, faces...)
	r.Meta.Model = fmt.Sprintf("Camera %d", rng.IntN(3))
	if rng.IntN(5) > 0 {
		r.Meta.Taken = time.Date(2020+rng.IntN(3), time.Month(1+rng.IntN(12)), 1+rng.IntN(28), rng.IntN(24), 0, 0, 5000, time.UTC)
	}
	if rng.IntN(5) == 0 {
		r.Analysis.Have = face.Features(rng.Uint32()) & face.AllFeatures
	}
	return r
}
