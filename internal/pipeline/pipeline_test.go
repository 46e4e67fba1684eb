package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// analyze is an Analyzer made of a function.
type analyze func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error)

func (f analyze) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	return f(ctx, src, req)
}

// finds is an Analyzer that finds nobody, but says what it was asked for.
func finds(_ context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	w, h := src.Size()
	return &face.Analysis{W: w, H: h, Have: req.Want}, nil
}

// writePhoto writes a JPEG of 400 x 300 and returns its path.
func writePhoto(t *testing.T) string {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, image.NewGray(image.Rect(0, 0, 400, 300)), nil); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestProcess(t *testing.T) {
	path := writePhoto(t)
	p := pipeline.New(pipeline.Config{
		Analyzer:  analyze(finds),
		Request:   analysis.Request{Want: face.Smiling},
		Thumbnail: 100,
	})
	r := p.Process(t.Context(), path)
	if r.Err != nil || r.Analysis.W != 400 || r.Analysis.Have != face.Smiling || r.Reused {
		t.Errorf("Process = %+v, %v", r.Analysis, r.Err)
	}
	if r.ID.IsZero() || r.File.Path != path || r.Meta.StoredW != 400 {
		t.Errorf("ID %v, file %+v, meta %+v", r.ID, r.File, r.Meta)
	}
	if r.Thumbnail == nil || r.Thumbnail.Rect != image.Rect(0, 0, 100, 75) {
		t.Errorf("thumbnail %v", r.Thumbnail)
	}
}

func TestProcessKnown(t *testing.T) {
	path := writePhoto(t)
	known := &face.Analysis{Have: face.AgeYears | face.Smiling}
	tests := []struct {
		want   face.Features
		reused bool
	}{
		{face.Smiling, true},
		{face.Smiling | face.PoseAngles, false},
	}
	for _, tt := range tests {
		var asked analysis.Request
		p := pipeline.New(pipeline.Config{
			Request: analysis.Request{Want: tt.want},
			Known:   func(photo.ID) (*face.Analysis, bool) { return known, true },
			Analyzer: analyze(func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
				asked = req
				return finds(ctx, src, req)
			}),
		})
		r := p.Process(t.Context(), path)
		if r.Err != nil || r.Reused != tt.reused || !tt.reused && asked.Known != known {
			t.Errorf("want %v: reused %v, %v; the engine was told of %v", tt.want, r.Reused, r.Err, asked.Known)
		}
	}
}

func TestProcessErrors(t *testing.T) {
	path := writePhoto(t)
	broken := errors.New("network broken")
	tests := []struct {
		name string
		path string
		c    pipeline.Config
		want error
	}{
		{"missing", path + ".gone", pipeline.Config{Analyzer: analyze(finds)}, os.ErrNotExist},
		{"engine", path, pipeline.Config{Analyzer: analyze(func(context.Context, analysis.Source, analysis.Request) (*face.Analysis, error) {
			return nil, broken
		})}, broken},
		{"too slow", path, pipeline.Config{
			Timeout: time.Millisecond,
			Analyzer: analyze(func(ctx context.Context, _ analysis.Source, _ analysis.Request) (*face.Analysis, error) {
				<-ctx.Done()
				return nil, ctx.Err()
			}),
		}, pipeline.ErrTooSlow},
		{"panic", path, pipeline.Config{Analyzer: analyze(func(context.Context, analysis.Source, analysis.Request) (*face.Analysis, error) {
			panic("index out of range")
		})}, nil},
	}
	for _, tt := range tests {
		r := pipeline.New(tt.c).Process(t.Context(), tt.path)
		if r.Err == nil || tt.want != nil && !errors.Is(r.Err, tt.want) || strings.Contains(r.Err.Error(), tt.path) || r.Analysis != nil {
			t.Errorf("%s: %v, want %v without the path", tt.name, r.Err, tt.want)
		}
	}
}

// A budget for one photo lets one at a time pass, and a photo larger than all of it still passes.
func TestMemoryBudget(t *testing.T) {
	path := writePhoto(t)
	var now, most atomic.Int32
	p := pipeline.New(pipeline.Config{
		Memory: 300_000, // the photo needs 400 * 300 * 4
		Analyzer: analyze(func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			time.Sleep(time.Millisecond)
			return finds(ctx, src, req)
		}),
	})
	q := pipeline.NewQueue()
	ctx, cancel := context.WithCancel(t.Context())
	results := make(chan pipeline.Result)
	for range 4 {
		go p.Run(ctx, q, func(r pipeline.Result) { results <- r }, nil)
	}
	for i := range 8 {
		link := filepath.Join(filepath.Dir(path), string(rune('b'+i))+".jpg")
		if err := os.Link(path, link); err != nil {
			t.Fatal(err)
		}
		q.Push(link, pipeline.Background)
	}
	for range 8 {
		if r := <-results; r.Err != nil {
			t.Error(r.Err)
		}
	}
	cancel()
	if most.Load() != 1 {
		t.Errorf("%d photos were in memory at once, want 1", most.Load())
	}
}
