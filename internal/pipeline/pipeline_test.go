package pipeline_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"semblance/analysis"
	"semblance/internal/decode"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// analyze is an Analyzer made of a function.
type analyze func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error)

func (f analyze) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	return f(ctx, src, req)
}

// What a person looks at is read by a decoder of its own.
func TestViewer(t *testing.T) {
	path := writePhoto(t)
	p := pipeline.New(pipeline.Config{
		Analyzer: analyze(finds), Decoder: decode.Decoder{Limits: decode.Limits{MaxPixels: 1}}, Viewer: decode.Decoder{Limits: decode.DefaultLimits()},
	})
	if r := p.Process(t.Context(), path); !errors.Is(r.Err, decode.ErrTooLarge) {
		t.Errorf("analysed: %v", r.Err)
	}
	if err := p.WithPhoto(t.Context(), path, 0, func(*decode.Encoded) error { return nil }); err != nil {
		t.Errorf("looked at: %v", err)
	}
}

// Files that are too large to lie in memory together are read one after the other, however much decoding may take.
func TestLargeFilesAreReadAlone(t *testing.T) {
	path := writePhoto(t)
	if err := os.Truncate(path, 170<<20); err != nil {
		t.Fatal(err)
	}
	var now, most atomic.Int32
	p := pipeline.New(pipeline.Config{
		Memory: 4 << 30,
		Analyzer: analyze(func(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			time.Sleep(10 * time.Millisecond)
			return finds(ctx, src, req)
		}),
	})
	var group sync.WaitGroup
	for range 3 {
		group.Go(func() {
			if r := p.Process(t.Context(), path); r.Err != nil {
				t.Error(r.Err)
			}
		})
	}
	group.Wait()
	if most.Load() != 1 {
		t.Errorf("%d files of 170 MB were in memory at once", most.Load())
	}
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

// TestProcessPlan counts and checks the runs of the engine that plans lead to.
func TestProcessPlan(t *testing.T) {
	path := writePhoto(t)
	found := face.BoxAt(10, 10, 40, 50) // what the engine finds
	nearby := face.BoxAt(14, 12, 40, 50)
	away := face.BoxAt(200, 100, 40, 50)
	at := func(number uint32, b face.Box) face.Face { return face.Face{Number: number, Box: b} }
	known := &face.Analysis{W: 400, H: 300, Have: face.AgeYears | face.Smiling, Faces: []face.Face{at(7, nearby)}}
	complete := &face.Analysis{W: 400, H: 300, Have: face.AllFeatures, Faces: []face.Face{at(7, nearby)}}
	drawn := face.Edits{Faces: []face.Edit{{Number: 9, Box: away, Drawn: true}}}
	overlapping := face.Edits{Faces: []face.Edit{{Number: 9, Box: nearby, Drawn: true}}}
	rejected := face.Edits{Faces: []face.Edit{{Number: 9, Box: nearby, Verdict: face.Rejected}}}
	seen := &face.Analysis{W: 400, H: 300, Have: face.AllFeatures, Faces: []face.Face{at(7, nearby), at(9, away)}}
	tests := []struct {
		name   string
		plan   pipeline.Plan
		runs   []string // "find", or "add" with the number of boxes
		faces  string   // numbers, with a + if a person gave the box
		reused bool
	}{
		{"nothing known", pipeline.Plan{}, []string{"find"}, "1", false},
		{"all known", pipeline.Plan{Request: analysis.Request{Known: known, Want: face.Smiling}}, nil, "7", true},
		{"a feature is missing", pipeline.Plan{Request: analysis.Request{Known: known}}, []string{"add 0"}, "7", false},
		{"look again", pipeline.Plan{Former: known}, []string{"find"}, "7", false},
		{"a face was drawn", pipeline.Plan{Request: analysis.Request{Known: complete}, Former: complete, Edits: drawn}, []string{"add 1"}, "7 9+", false},
		{"a face was drawn over another", pipeline.Plan{Request: analysis.Request{Known: complete}, Former: complete, Edits: overlapping}, []string{"add 1"}, "7 9+", false},
		{"a feature is missing and a face was drawn", pipeline.Plan{Request: analysis.Request{Known: known}, Former: known, Edits: drawn}, []string{"add 1"}, "7 9+", false},
		{"the drawn face was looked at", pipeline.Plan{Request: analysis.Request{Known: seen}, Former: seen, Edits: drawn}, nil, "7 9", true},
		{"look again, with a drawn face", pipeline.Plan{Former: seen, Edits: drawn}, []string{"find", "add 1"}, "7 9+", false},
		{"look again, and the drawn face is found", pipeline.Plan{Former: known, Edits: face.Edits{Faces: []face.Edit{{Number: 7, Box: nearby, Drawn: true}}}}, []string{"find"}, "7", false},
		{"look again, and a rejected face is found", pipeline.Plan{Edits: rejected}, []string{"find"}, "9", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.plan.Request.Want == 0 {
				tt.plan.Request.Want = face.AllFeatures
			}
			tt.plan.Request.Mode = analysis.Default
			var runs []string
			p := pipeline.New(pipeline.Config{
				Plan: func(string, photo.ID) pipeline.Plan { return tt.plan },
				Analyzer: analyze(func(_ context.Context, _ analysis.Source, req analysis.Request) (*face.Analysis, error) {
					a := &face.Analysis{W: 400, H: 300, Have: req.Want}
					if !req.Unoriented {
						t.Error("the file has no orientation, but the engine was not told")
					}
					if k := req.Known; k == nil {
						runs = append(runs, "find")
						a.Faces = []face.Face{at(1, found)}
					} else {
						runs = append(runs, fmt.Sprint("add ", len(req.Boxes)))
						a.Have |= k.Have
						a.Faces = slices.Clone(k.Faces)
						for i, b := range req.Boxes {
							a.Faces = append(a.Faces, at(uint32(100+i), b))
						}
					}
					return a, nil
				}),
			})
			r := p.Process(t.Context(), path)
			if r.Err != nil || r.Reused != tt.reused || r.Mode != analysis.Default || !r.Analysis.Have.Has(tt.plan.Request.Want) {
				t.Fatalf("result %+v", r)
			}
			if !slices.Equal(runs, tt.runs) {
				t.Errorf("the engine was asked to %q, want %q", runs, tt.runs)
			}
			var faces []string
			for _, f := range r.Analysis.Faces {
				word := fmt.Sprint(f.Number)
				if f.Given {
					word += "+"
				}
				faces = append(faces, word)
			}
			if got := strings.Join(faces, " "); got != tt.faces {
				t.Errorf("faces %s, want %s", got, tt.faces)
			}
		})
	}
}

// A face that a person accepted and that is not found again is as certain as it was before, not more.
func TestGivenFaceKeepsItsScore(t *testing.T) {
	box := face.BoxAt(200, 100, 40, 50)
	accepted := face.Edits{Faces: []face.Edit{{Number: 9, Box: box, Verdict: face.Accepted}}}
	former := &face.Analysis{W: 400, H: 300, Have: face.BoundsBox, Faces: []face.Face{{Number: 9, Box: box, Score: .7}}}
	p := pipeline.New(pipeline.Config{
		Plan: func(string, photo.ID) pipeline.Plan {
			return pipeline.Plan{Request: analysis.Request{Want: face.BoundsBox}, Former: former, Edits: accepted}
		},
		Analyzer: analyze(func(_ context.Context, _ analysis.Source, req analysis.Request) (*face.Analysis, error) {
			a := &face.Analysis{W: 400, H: 300, Have: req.Want}
			for i, b := range req.Boxes {
				a.Faces = append(a.Faces, face.Face{Number: uint32(i + 1), Box: b, Score: 1})
			}
			return a, nil
		}),
	})
	r := p.Process(t.Context(), writePhoto(t))
	if r.Err != nil || len(r.Analysis.Faces) != 1 {
		t.Fatalf("result %+v", r)
	}
	if f := r.Analysis.Faces[0]; f.Number != 9 || !f.Given || f.Score != .7 || f.Scored() {
		t.Errorf("face %d, given %v, score %v, scored %v; want 9, given, .7, not scored", f.Number, f.Given, f.Score, f.Scored())
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
		go p.Run(ctx, q, pipeline.Upkeep, func(r pipeline.Result) { results <- r }, nil)
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
