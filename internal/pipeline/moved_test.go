package pipeline_test

import (
	"bytes"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// A photo of which everything is known, its thumbnail included, as after it was moved, is read and not decoded: it
// would fail here, since there is no more than the beginning of its pixels.
func TestProcessReadsWhatIsKnownWithoutDecoding(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, image.NewGray(image.Rect(0, 0, 300, 200))); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "a.png")
	if err := os.WriteFile(path, b.Bytes()[:60], 0o644); err != nil {
		t.Fatal(err)
	}
	known := &face.Analysis{W: 300, H: 200, Have: face.AllFeatures}
	for _, tt := range []struct {
		name      string
		thumbnail int
		plan      pipeline.Plan
		fails     bool
	}{
		{"with a thumbnail", 100, pipeline.Plan{Request: analysis.Request{Known: known}, Thumbnail: true, Warnings: []string{"cut off"}}, false},
		{"where none is wanted", 0, pipeline.Plan{Request: analysis.Request{Known: known}, Warnings: []string{"cut off"}}, false},
		{"without a thumbnail", 100, pipeline.Plan{Request: analysis.Request{Known: known}}, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			tt.plan.Request.Want = face.AllFeatures
			r := pipeline.New(pipeline.Config{
				Analyzer: analyze(finds), Thumbnail: tt.thumbnail, Plan: func(string, photo.ID) pipeline.Plan { return tt.plan },
			}).Process(t.Context(), path)
			if tt.fails != (r.Err != nil) {
				t.Fatalf("the error is %v", r.Err)
			}
			if !tt.fails && (!r.Reused || r.Analysis != known || r.ID.IsZero() || !slices.Equal(r.Warnings, tt.plan.Warnings)) {
				t.Errorf("result %+v", r)
			}
		})
	}
}
