package catalog

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
	"time"

	"semblance/internal/photo"
)

// BenchmarkUpkeep measures what the library does in the background to a catalog of 100,000 faces in 45,000 photos: a
// backup, Check and CheckSums without their rests, and the part of them for which those who write wait (pages).
func BenchmarkUpkeep(b *testing.B) {
	path := filepath.Join(b.TempDir(), "catalog.db")
	c, err := Open(path)
	if err != nil {
		b.Fatal(err)
	}
	defer c.Close()
	const photos, faces = benchPhotos / 10, benchFaces / 10
	rng := rand.New(rand.NewPCG(1, 1))
	var done []Outcome
	for n := range photos {
		r := benchRecord(rng, n, faces*(n+1)/photos-faces*n/photos)
		for i := range r.Analysis.Faces {
			outline := r.Analysis.Faces[i].Hair.Pieces[0].Outer
			for k := range outline { // as far as an outline goes from point to point
				outline[k] = outline[max(k-1, 0)]
				outline[k].X += float32(rng.IntN(33)-16) / 4
				outline[k].Y += float32(rng.IntN(33)-16) / 4
			}
		}
		done = append(done, Outcome{File: photo.File{Path: benchPath(n), Size: 1, MTime: time.Unix(1, 0)}, Record: r})
		if len(done) == 1000 || n == photos-1 {
			if err := c.Commit(done); err != nil {
				b.Fatal(err)
			}
			done = done[:0]
		}
	}
	b.Run("Backup", func(b *testing.B) {
		for b.Loop() {
			if err := c.Backup(context.Background(), filepath.Join(b.TempDir(), "copy.db"), true); err != nil {
				b.Fatal(err)
			}
		}
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(info.Size())/faces, "bytes/face")
	})
	for _, sums := range []bool{false, true} {
		b.Run(fmt.Sprintf("Check/sums=%v", sums), func(b *testing.B) {
			for b.Loop() {
				k := checker{Catalog: c, ctx: context.Background(), sums: sums}
				if err := k.run(); err != nil || len(k.found) > 0 {
					b.Fatal(k.found, err)
				}
			}
		})
	}
	b.Run("Pages", func(b *testing.B) {
		k := checker{Catalog: c, ctx: context.Background()}
		for b.Loop() {
			if err := k.pages(); err != nil {
				b.Fatal(err)
			}
		}
	})
}
