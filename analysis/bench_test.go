//go:build unix

package analysis_test

import (
	"image"
	"image/draw"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/disintegration/imaging"

	"semblance/analysis"
	"semblance/internal/face"
)

// family draws five portraits, one of them with a second face, into one photo of 2048 x 1536
// pixels (3 megapixels).
func family(b *testing.B) *image.RGBA {
	folder := evalFolder(b, "helen_test")
	photo := image.NewRGBA(image.Rect(0, 0, 2048, 1536))
	draw.Draw(photo, photo.Rect, image.Black, image.Point{}, draw.Src)
	for i, l := range labels(b, folder)[5:10] {
		tile := imaging.Fill(openPhoto(b, filepath.Join(folder, l["file"])), 640, 640, imaging.Center, imaging.Box)
		at := image.Pt(i%3*690, i/3*780)
		draw.Draw(photo, tile.Rect.Add(at), tile, image.Point{}, draw.Src)
	}
	return photo
}

// processorTime returns the time that the process has computed.
func processorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// BenchmarkAnalyze measures the engine alone, from pixels that a decoder has scaled; its
// budget is that of DESIGN.md less the decoding. cpu-ms is the processor time of the process.
func BenchmarkAnalyze(b *testing.B) {
	photo := family(b)
	engine := realEngine(b)
	half := halve(photo, 2)
	for _, c := range []struct {
		name string
		img  *image.RGBA
		req  analysis.Request
	}{
		// What a stage costs is the difference between two of these.
		{"fast/boxes", photo, analysis.Request{Mode: analysis.Fast}},
		{"fast/landmarks", photo, analysis.Request{Mode: analysis.Fast, Want: face.Landmark}},
		{"fast/gender", photo, analysis.Request{Mode: analysis.Fast, Want: face.GenderClasses}},
		{"fast/age", photo, analysis.Request{Mode: analysis.Fast, Want: face.AgeYears}},
		{"fast/hair", photo, analysis.Request{Mode: analysis.Fast, Want: face.HairShape}},
		{"fast/emotion", photo, analysis.Request{Mode: analysis.Fast, Want: face.EmotionClasses}},
		{"fast/all", photo, analysis.Request{Mode: analysis.Fast, Want: face.AllFeatures}},
		{"fast/all/half", half, analysis.Request{Mode: analysis.Fast, Want: face.AllFeatures}},
		{"default/boxes", photo, analysis.Request{Mode: analysis.Default}},
		{"default/hair", photo, analysis.Request{Mode: analysis.Default, Want: face.HairShape}},
		{"default/all", photo, analysis.Request{Mode: analysis.Default, Want: face.AllFeatures}},
	} {
		b.Run(c.name, func(b *testing.B) {
			src := analysis.ImageSource(c.img)
			a, err := engine.Analyze(b.Context(), src, c.req) // opens the networks
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				if _, err := engine.Analyze(b.Context(), src, c.req); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
			b.ReportMetric(float64(len(a.Faces)), "faces")
		})
	}
}

// BenchmarkStage measures every stage alone, on the largest face of a photo of 3 megapixels.
func BenchmarkStage(b *testing.B) {
	stages, done, err := realEngine(b).Stages(b.Context(), analysis.ImageSource(family(b)))
	if err != nil {
		b.Fatal(err)
	}
	defer done()
	for _, s := range stages {
		b.Run(s.Name, func(b *testing.B) {
			if err := s.Run(); err != nil { // opens its network
				b.Fatal(err)
			}
			b.ReportAllocs()
			before := processorTime(b)
			for b.Loop() {
				if err := s.Run(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64((processorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
		})
	}
}
