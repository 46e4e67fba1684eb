package library_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
)

// BenchmarkScanAgain opens a folder of 100,000 photos, 40 in each of its folders, of which everything is known: until the scan has
// ended and nothing is left to be done. To reach: 10 s.
func BenchmarkScanAgain(b *testing.B) {
	const n, perFolder = 100_000, 40
	root, home := b.TempDir(), b.TempDir()
	file := filepath.Join(home, "catalog.semblance")
	c, err := catalog.Open(file)
	if err != nil {
		b.Fatal(err)
	}
	var done []catalog.Outcome
	for i := range n {
		dir := filepath.Join(root, fmt.Sprint(2010+i/10_000), fmt.Sprintf("%04d Walk", i/perFolder))
		if i%perFolder == 0 {
			if err := os.MkdirAll(dir, 0o755); err != nil {
				b.Fatal(err)
			}
		}
		path := filepath.Join(dir, fmt.Sprintf("IMG_%06d.JPG", i))
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			b.Fatal(err)
		}
		info, err := os.Stat(path)
		if err != nil {
			b.Fatal(err)
		}
		var id photo.ID
		binary.BigEndian.PutUint64(id[:], uint64(i+1))
		done = append(done, catalog.Outcome{
			File: photo.File{Path: path, MTime: info.ModTime()},
			Record: &catalog.Record{ID: id, Analysed: time.Now(), Analysis: face.Analysis{
				W: 6000, H: 4000, Mode: analysis.Default.String(), Have: face.AllFeatures, Faces: []face.Face{person(1, face.Happy, 30)},
			}},
		})
		if len(done) == 10_000 {
			if err := c.Commit(done); err != nil {
				b.Fatal(err)
			}
			done = done[:0]
		}
	}
	if err := c.Close(); err != nil {
		b.Fatal(err)
	}
	l, err := library.Open(library.Config{Catalog: file, Cache: filepath.Join(home, "cache"), Engine: neverEngine{}, Mode: analysis.Default})
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	for b.Loop() {
		l.OpenFolder(root, true)
		if err := l.WaitIdle(context.Background()); err != nil {
			b.Fatal(err)
		}
	}
	if s := l.Status(); s.Done > 0 {
		b.Errorf("%d photos were analysed", s.Done)
	}
	b.ReportMetric(n, "photos/op")
}

// neverEngine is for photos that need no analysis.
type neverEngine struct{}

func (neverEngine) Analyze(context.Context, analysis.Source, analysis.Request) (*face.Analysis, error) {
	return nil, errors.New("nothing was to be analysed")
}

// A scan of a folder in which nothing has changed reads no file, writes nothing and says nothing of new photos: other
// content with the size and time of before is not noticed.
func TestScanAgainReadsNothing(t *testing.T) {
	f := newFixture(t)
	for i := range 20 {
		writeJPEG(t, f.path(fmt.Sprintf("%d/a.jpg", i)), 40, uint8(5*i))
	}
	f.scan()
	f.reopen()
	for i := range 20 {
		path := f.path(fmt.Sprintf("%d/a.jpg", i))
		info, err := os.Stat(path)
		f.must(err)
		f.must(os.WriteFile(path, make([]byte, info.Size()), 0o644))
		f.must(os.Chtimes(path, info.ModTime(), info.ModTime()))
	}
	before, err := os.ReadFile(filepath.Join(f.home, "catalog.semblance"))
	f.must(err)
	found := make(chan bool, 100)
	defer f.Subscribe(func(e library.Event) {
		if e.Kind == library.PhotosFound || e.Kind == library.PhotoChanged {
			found <- true
		}
	})()
	f.scan()
	f.Rescan()
	f.wait()
	after, err := os.ReadFile(filepath.Join(f.home, "catalog.semblance"))
	f.must(err)
	if string(before) != string(after) {
		t.Error("the catalog was written to")
	}
	if len(found) > 0 {
		t.Errorf("%d times new photos were told of", len(found))
	}
	f.wantAnalyses(20)
	if got := f.everywhere("emotion:happy"); len(got) != 20 {
		t.Errorf("%d photos are known, want 20", len(got))
	}
}
