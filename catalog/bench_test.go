package catalog

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/synthetic"
)

// The budgets: a filter with all counts at a million faces in 5 ms, opening in 1 s.

const (
	benchFaces  = 1_000_000
	benchPhotos = 450_000
)

// benchRecord is a random record like those of a library.
func benchRecord(rng *rand.Rand, n, faces int) *Record {
	r := &Record{
		Meta:     photo.Meta{Make: "Sony", Model: "ILCE-7M4", Taken: time.Unix(1_600_000_000+rng.Int64N(1e8), 0).UTC()},
		Analysis: face.Analysis{W: 6000, H: 4000, Have: face.AllFeatures},
		Analysed: time.Unix(1_800_000_000, 0),
	}
	binary.BigEndian.PutUint64(r.ID[:], uint64(n)+1)
	for i := range faces {
		f := face.Face{Number: uint32(i + 1), Box: face.BoxAt(float32(1000*i), 0, 200, 300), Score: .6 + .4*rng.Float32(), Smile: rng.Float32()}
		f.Emotion[rng.IntN(face.NumEmotions)] = rng.Float32()
		f.Gender[rng.IntN(face.NumGenders)] = 1 - rng.Float32()/4
		f.Ethnicity[rng.IntN(face.NumEthnicities)] = 1 - rng.Float32()/2
		f.Age = face.Age{Years: 90 * rng.Float32(), High: 35 * rng.Float32()}
		f.Eyewear[rng.IntN(face.NumGlasses)] = 1 - rng.Float32()/4
		f.Hair = face.Hair{Color: face.HairColor(rng.IntN(face.NumHairColors + 1)), Pieces: []face.Polygon{{Outer: make(face.Ring, 100)}}}
		f.Pose = face.Pose{Yaw: 60*rng.Float32() - 30, Pitch: 40*rng.Float32() - 20}
		for k := range f.Landmarks {
			f.Landmarks[k] = face.Pt(6000*rng.Float32(), 4000*rng.Float32())
		}
		r.Analysis.Faces = append(r.Analysis.Faces, f)
	}
	return r
}

func benchPath(n int) string {
	return filepath.FromSlash(fmt.Sprintf("/home/ada/Photos/20%02d/Event %03d/IMG_%06d.JPG", n/50_000, n/300, n))
}

// syntheticRecord is the record of a made-up photo with what people said about it.
func syntheticRecord(p *synthetic.Photo) *Record {
	r := &Record{ID: p.ID, Meta: p.Meta, Analysis: p.Analysis, Analysed: p.Analysed, Marks: p.Marks}
	for number, name := range p.Names {
		_ = r.Edits.Call(&r.Analysis, number, name) // there is such a face
	}
	return r
}

// benchCatalog is a catalog of a million faces without a file.
func benchCatalog() *Catalog {
	ix := newIndex()
	all := make([]Ref, 0, benchPhotos)
	l := synthetic.NewLibrary(benchPhotos, benchFaces)
	l.Whole = true // for the colours of hair
	for n := range l.Photos() {
		p := l.Photo(n)
		ref := ix.put(p.File.Path, pathValue{State: Done, ID: p.ID, Size: p.File.Size, MTime: toNano(p.File.MTime)})
		r := newRow(syntheticRecord(&p), DefaultPolicy())
		ix.setRow(ref, &r)
		all = append(all, ref)
	}
	ix.reorder(all, all)
	return &Catalog{index: ix}
}

func BenchmarkFindMillionFaces(b *testing.B) {
	c := benchCatalog()
	folder := Scope{Folder: filepath.FromSlash("/home/ada/Photos"), Recursive: true}
	for _, bm := range []struct {
		name, text string
		scope      Scope
		order      Order
	}{
		{"everything", "", Scope{}, ByPath},
		{"emotion", "emotion:happy", Scope{}, ByPath},
		{"four fields", "emotion:happy,sad age:20-39 gender:woman smile:yes", Scope{}, ByPath},
		{"odd age", "age:23-58 gender:woman", Scope{}, ByPath},
		{"four fields in a folder", "emotion:happy,sad age:20-39 gender:woman smile:yes", folder, ByPath},
		{"faces", "faces:2 emotion:happy", Scope{}, ByPath},
		{"glasses and hair", "glasses:yes hair:blond,light_brown", Scope{}, ByPath},
		{"group", "all(smile:yes) faces:2..", Scope{}, ByPath},
		{"name", "name:7 emotion:happy", Scope{}, ByPath},
		{"folder", `folder:"Event 0007" emotion:happy`, Scope{}, ByPath},
		{"by time", "emotion:happy", Scope{}, ByTaken},
		{"by faces", "emotion:happy", Scope{}, ByFaces},
	} {
		b.Run(bm.name, func(b *testing.B) {
			e, err := query.Parse(bm.text)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				c.Find(e, bm.scope, bm.order)
			}
			b.ReportMetric(float64(c.Find(e, bm.scope, bm.order).Faces), "faces")
		})
	}
}

// BenchmarkOneCountSet is what one more click in one field costs: the faces that the four fields leave, and the counts of one of them.
func BenchmarkOneCountSet(b *testing.B) {
	c := benchCatalog()
	e, err := query.Parse("emotion:happy,sad age:20-39 gender:woman smile:yes")
	if err != nil {
		b.Fatal(err)
	}
	ix := c.index
	k := slices.IndexFunc(ix.faceFields, func(f *query.Field) bool { return f.Name == "emotion" })
	field := ix.faceFields[k]
	counted := 0
	for b.Loop() {
		counted = 0
		f := newFinder(ix, e, Scope{})
		faces := f.facesWithout(field)
		ix.restrict(faces, f.photos)
		set := countedSet(faces)
		for j := range field.Values {
			counted += set.countAnd(ix.faceColumns[k].values[j])
		}
	}
	b.ReportMetric(float64(counted), "faces")
}

// BenchmarkIndexMillionFaces is what a batch of the writer costs the index of a large library: new photos, and photos that were
// analysed anew and mostly have another number of faces. A search in between brings the orders up to date, which takes longer.
func BenchmarkIndexMillionFaces(b *testing.B) {
	const batch = 64
	l := synthetic.NewLibrary(benchPhotos, benchFaces)
	for _, added := range []bool{true, false} {
		name := "analysed anew"
		if added {
			name = "added"
		}
		b.Run(name, func(b *testing.B) {
			c := benchCatalog()
			rng := rand.New(rand.NewPCG(2, 2))
			next := benchPhotos
			for b.Loop() {
				b.StopTimer()
				changes := make([]change, batch)
				for i := range changes {
					p, path := l.Photo(rng.IntN(benchPhotos)), benchPath(next)
					if !added {
						path = l.Photo(rng.IntN(benchPhotos)).File.Path
					} else {
						binary.BigEndian.PutUint64(p.ID[:], rng.Uint64())
						next++
					}
					rec := syntheticRecord(&p)
					r := newRow(rec, DefaultPolicy())
					changes[i] = change{path: path, stored: pathValue{State: Done, ID: rec.ID}, record: rec, row: &r}
				}
				b.StartTimer()
				c.index.apply(changes)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*batch), "µs/photo")
		})
	}
}

func BenchmarkCommit64(b *testing.B) {
	c, err := Open(filepath.Join(b.TempDir(), "catalog.semblance"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	rng := rand.New(rand.NewPCG(3, 3))
	n := 0
	for b.Loop() {
		b.StopTimer()
		outcomes := make([]Outcome, 64)
		for i := range outcomes {
			outcomes[i] = Outcome{File: photo.File{Path: benchPath(n), Size: 1, MTime: time.Unix(1, 0)}, Record: benchRecord(rng, n, 2)}
			n++
		}
		b.StartTimer()
		if err := c.Commit(outcomes); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEdit is one verdict: on the disk and in the index.
func BenchmarkEdit(b *testing.B) {
	c, err := Open(filepath.Join(b.TempDir(), "catalog.semblance"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	rng := rand.New(rand.NewPCG(4, 4))
	const photos = 1000
	outcomes := make([]Outcome, photos)
	for n := range outcomes {
		outcomes[n] = Outcome{File: photo.File{Path: benchPath(n), Size: 1, MTime: time.Unix(1, 0)}, Record: benchRecord(rng, n, 2)}
	}
	if err := c.Commit(outcomes); err != nil {
		b.Fatal(err)
	}
	n := 0
	for b.Loop() {
		err := c.Edit(outcomes[n%photos].Record.ID, func(r *Record) error {
			return r.Edits.Judge(&r.Analysis, r.Analysis.Faces[0].Number, face.Verdict(1+n/photos%2))
		})
		if err != nil {
			b.Fatal(err)
		}
		n++
	}
}

func BenchmarkOpen100000Photos(b *testing.B) {
	path := filepath.Join(b.TempDir(), "catalog.semblance")
	c, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	const photos = 100_000
	fill(b, c, photos)
	files := make([]photo.File, photos)
	for n := range files {
		files[n] = photo.File{Path: benchPath(n), Size: 1, MTime: time.Unix(1, 0)}
	}
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
	b.Run("open", func(b *testing.B) {
		for b.Loop() {
			c, err := Open(path)
			if err != nil {
				b.Fatal(err)
			}
			if err := c.Close(); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("track unchanged", func(b *testing.B) {
		c, err := Open(path)
		if err != nil {
			b.Fatal(err)
		}
		defer c.Close()
		for b.Loop() {
			if err := c.Track(files); err != nil {
				b.Fatal(err)
			}
		}
	})
}

// BenchmarkSetPolicy100000Photos is what other thresholds cost.
func BenchmarkSetPolicy100000Photos(b *testing.B) {
	c, err := Open(filepath.Join(b.TempDir(), "catalog.semblance"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	fill(b, c, 100_000)
	p := DefaultPolicy()
	for b.Loop() {
		p.Sure.Emotion = 1.2 - p.Sure.Emotion
		if err := c.SetPolicy(p); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkEthnicityOff10000Photos is what taking a feature out of all records costs.
func BenchmarkEthnicityOff10000Photos(b *testing.B) {
	c, err := Open(filepath.Join(b.TempDir(), "catalog.semblance"))
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	for b.Loop() {
		b.StopTimer()
		if err := c.SetPolicy(Policy{Ethnicity: true}); err != nil {
			b.Fatal(err)
		}
		fill(b, c, 10_000)
		b.StartTimer()
		if err := c.SetPolicy(Policy{}); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkNewRow(b *testing.B) {
	r := benchRecord(rand.New(rand.NewPCG(6, 6)), 1, 2)
	for b.Loop() {
		newRow(r, DefaultPolicy())
	}
}
