package analysis_test

import (
	"image"
	"math"
	"path/filepath"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
)

// turnedImage is img after a turning, pixel by pixel.
func turnedImage(img *image.RGBA, turning face.Turning) *image.RGBA {
	w, h := img.Rect.Dx(), img.Rect.Dy()
	tw, th := turning.Size(w, h)
	out := image.NewRGBA(image.Rect(0, 0, tw, th))
	for y := range h {
		for x := range w {
			p := turning.Point(face.Pt(float32(x)+.5, float32(y)+.5), float32(w), float32(h))
			out.SetRGBA(int(p.X), int(p.Y), img.RGBAAt(x, y))
		}
	}
	return out
}

// A turned analysis is nearly what an analysis of the turned picture finds: faces lie where they do, landmarks of the
// same name too, and heads are turned the same way.
func TestTurnedAnalysis(t *testing.T) {
	folder := evalFolder(t, "afw")
	engine := realEngine(t)
	var faces, lost int
	var overlap, miss, angle float64
	files := map[string]bool{}
	for _, l := range every(labels(t, folder), 24, "w_img") {
		if files[l["file"]] {
			continue
		}
		files[l["file"]] = true
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		was := analyze(t, engine, img, analysis.Request{Want: face.Landmark | face.PoseAngles})
		for i, turning := range []face.Turning{{Mirrored: true}, {Quarters: 1}, {Mirrored: true, Quarters: 2}} {
			if (len(files)+i)%2 == 0 { // each photo in one or two ways
				continue
			}
			is := analyze(t, engine, turnedImage(img, turning), analysis.Request{Want: face.Landmark | face.PoseAngles, Turned: true})
			for _, f := range was.TurnedBy(turning).Faces {
				if f.Score < .95 || f.Box.LongSide() < 60 {
					continue // near the thresholds a face may come or go
				}
				faces++
				k, best := -1, float32(.3)
				for i, g := range is.Faces {
					if iou := f.Box.IoU(g.Box); iou > best {
						k, best = i, iou
					}
				}
				if k < 0 {
					lost++
					continue
				}
				g := &is.Faces[k]
				overlap += float64(best)
				for p, q := range g.Landmarks {
					miss += math.Hypot(float64(q.X-f.Landmarks[p].X), float64(q.Y-f.Landmarks[p].Y)) / float64(f.Box.W()) / face.NumLandmarks
				}
				angle += degreesApart(f.Rotation(), g.Rotation())
			}
		}
	}
	found := float64(faces - lost)
	t.Logf("%d faces, %d lost, IoU %.3f, landmarks %.4f of the box's width, heads %.1f degrees apart", faces, lost, overlap/found, miss/found, angle/found)
	if faces < 15 || lost > faces/20 || overlap/found < .92 || miss/found > .02 || angle/found > 4 {
		t.Errorf("%d faces, %d lost, IoU %.3f, landmarks %.4f of the box's width, heads %.1f degrees apart", faces, lost, overlap/found, miss/found, angle/found)
	}
}

// degreesApart returns the angle of the rotation between two.
func degreesApart(a, b [3][3]float32) float64 {
	trace := 0.
	for i := range 3 {
		for k := range 3 {
			trace += float64(a[i][k] * b[i][k])
		}
	}
	return math.Acos(min(max((trace-1)/2, -1), 1)) * 180 / math.Pi
}
