package analysis_test

import (
	"archive/tar"
	"bufio"
	"bytes"
	"errors"
	"image"
	"image/draw"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
)

// The tests of this file run real networks over labelled faces. Their floors lie about three
// standard errors below what was measured: far above what a swapped class, a swapped
// colour channel, another crop or another scale of the pixels leaves.

// every returns up to n rows that have the columns, evenly spread over the set.
func every(all []label, n int, columns ...string) []label {
	var have []label
next:
	for _, l := range all {
		for _, c := range columns {
			if l[c] == "" || l[c] == "unsure" || l[c] == "contempt" {
				continue next
			}
		}
		have = append(have, l)
	}
	if len(have) <= n {
		return have
	}
	out := make([]label, n)
	for i := range out {
		out[i] = have[i*len(have)/n]
	}
	return out
}

// share is a count of right answers.
type share struct{ right, all int }

func (s *share) count(right bool) {
	s.all++
	if right {
		s.right++
	}
}

// atLeast reports what was measured, and fails below a floor.
func (s *share) atLeast(t *testing.T, what string, floor float64) {
	t.Helper()
	got := float64(s.right) / float64(s.all)
	t.Logf("%s: %.3f (%d of %d)", what, got, s.right, s.all)
	if got < floor {
		t.Errorf("%s: %.3f, want at least %.3f", what, got, floor)
	}
}

func analyze(t *testing.T, e *analysis.Engine, img *image.RGBA, req analysis.Request) *face.Analysis {
	t.Helper()
	a, err := e.Analyze(t.Context(), analysis.ImageSource(img), req)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// TestAttributesOfCrops reads tight crops of FairFace's validation faces.
func TestAttributesOfCrops(t *testing.T) {
	folder := evalFolder(t, "fairface_val")
	engine := realEngine(t)
	var gender, ethnicity, band, inside share
	var miss float64
	for _, l := range every(labels(t, folder), 200, "gender", "race", "age_lo") {
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		f := analyze(t, engine, img, analysis.Request{Want: face.AgeYears | face.GenderClasses | face.EthnicityClasses, Crop: true}).Faces[0]
		low, high := l.number(t, "age_lo"), l.number(t, "age_hi")+1
		if low >= 20 {
			g, _ := f.Gender.Top()
			gender.count(g == map[string]face.Gender{"male": face.Man, "female": face.Woman}[l["gender"]])
		}
		e, _ := f.Ethnicity.Top()
		ethnicity.count(e == map[string]face.Ethnicity{
			"east asian": face.Asian, "southeast asian": face.Asian, "indian": face.Indian, "black": face.Black,
			"white": face.White, "middle eastern": face.MiddleEastern, "latino_hispanic": face.LatinoHispanic,
		}[l["race"]])
		band.count(f.Age.Years >= low-10 && f.Age.Years < high+10)
		inside.count(f.Age.High >= low && f.Age.Low < high)
		middle := (low + high) / 2
		if low == 70 {
			middle = 76
		}
		miss += math.Abs(float64(f.Age.Years - middle))
	}
	gender.atLeast(t, "gender from 20 years", .88)
	ethnicity.atLeast(t, "ethnicity of six", .62)
	band.atLeast(t, "age within ten years of the band", .92)
	inside.atLeast(t, "band meets the age range", .88)
	miss /= float64(band.all)
	t.Logf("mean error of the age against the middle of the band: %.2f years", miss)
	if miss > 6.5 {
		t.Errorf("mean error of the age is %.2f years, want 6.5 at most", miss)
	}
}

// TestSmilesAndPose analyses heads of GENKI-4K as ordinary photos.
func TestSmilesAndPose(t *testing.T) {
	folder := evalFolder(t, "genki4k")
	engine := realEngine(t)
	var found, smiles share
	var yaw, pitch, roll []float64
	var yawTrue, pitchTrue, rollTrue []float64
	for _, l := range every(labels(t, folder), 200, "smile", "yaw") {
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		a := analyze(t, engine, img, analysis.Request{Want: face.Smiling | face.PoseAngles})
		found.count(len(a.Faces) > 0)
		if len(a.Faces) == 0 {
			continue
		}
		f := a.Faces[0]
		smiling, _ := f.Smiles()
		smiles.count(smiling == (l["smile"] == "1"))
		yaw, yawTrue = append(yaw, float64(f.Pose.Yaw)), append(yawTrue, float64(l.number(t, "yaw")))
		pitch, pitchTrue = append(pitch, float64(f.Pose.Pitch)), append(pitchTrue, float64(l.number(t, "pitch")))
		roll, rollTrue = append(roll, float64(f.Pose.Roll)), append(rollTrue, float64(l.number(t, "roll")))
	}
	found.atLeast(t, "found", .98)
	smiles.atLeast(t, "smile", .90)
	for _, c := range []struct {
		name      string
		got, want []float64
		r, miss   float64
	}{{"yaw", yaw, yawTrue, .85, 4.5}, {"roll", roll, rollTrue, .85, 2.5}, {"pitch", pitch, pitchTrue, .2, 9}} {
		r, miss := correlation(c.got, c.want), meanError(c.got, c.want)
		t.Logf("%s: r %.3f, mean error %.2f degrees", c.name, r, miss)
		if r < c.r || miss > c.miss {
			t.Errorf("%s: r %.3f, mean error %.2f degrees, want %.2f and %.1f", c.name, r, miss, c.r, c.miss)
		}
	}
}

func correlation(a, b []float64) float64 {
	var ma, mb float64
	for i := range a {
		ma += a[i] / float64(len(a))
		mb += b[i] / float64(len(b))
	}
	var ab, aa, bb float64
	for i := range a {
		ab += (a[i] - ma) * (b[i] - mb)
		aa += (a[i] - ma) * (a[i] - ma)
		bb += (b[i] - mb) * (b[i] - mb)
	}
	return ab / math.Sqrt(aa*bb)
}

func meanError(a, b []float64) float64 {
	sum := 0.
	for i := range a {
		sum += math.Abs(a[i] - b[i])
	}
	return sum / float64(len(a))
}

// TestEmotionsOfCrops reads 48 pixel pictures of FER2013, which their faces fill.
func TestEmotionsOfCrops(t *testing.T) {
	folder := evalFolder(t, "fer2013")
	engine := realEngine(t)
	pictures := untar(t, filepath.Join(folder, "images.tar"))
	names := map[string]face.Emotion{}
	for e := range face.Emotion(face.NumEmotions) {
		names[e.String()] = e
	}
	var emotion share
	for _, l := range every(labels(t, folder), 200, "emotion") {
		data, ok := pictures[filepath.Base(l["file"])]
		if !ok {
			t.Fatalf("%s is not in images.tar", l["file"])
		}
		img, _, err := image.Decode(bytes.NewReader(data))
		if err != nil {
			t.Fatal(err)
		}
		rgba := image.NewRGBA(image.Rectangle{Max: img.Bounds().Size()})
		draw.Draw(rgba, rgba.Rect, img, img.Bounds().Min, draw.Src)
		a := analyze(t, engine, rgba, analysis.Request{Want: face.EmotionClasses, Crop: true})
		e, _ := a.Faces[0].Emotion.Top()
		emotion.count(e == names[l["emotion"]])
	}
	emotion.atLeast(t, "emotion of seven", .45)
}

// untar returns the files of an archive by the last part of their names.
func untar(t *testing.T, path string) map[string][]byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	out := map[string][]byte{}
	r := tar.NewReader(bufio.NewReader(f))
	for {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if out[filepath.Base(h.Name)], err = io.ReadAll(r); err != nil {
			t.Fatal(err)
		}
	}
}

// TestLandmarkError measures the points against iBUG's on Helen's test photos.
func TestLandmarkError(t *testing.T) {
	folder := evalFolder(t, "helen_test")
	engine := realEngine(t)
	var found share
	var sum float64
	for _, l := range every(labels(t, folder), 40, "pts") {
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		a := analyze(t, engine, img, analysis.Request{Want: face.Landmark})
		truth := points(t, filepath.Join(folder, l["pts"]))
		box := face.Bounds(truth)
		best, overlap := -1, float32(.3)
		for i, f := range a.Faces {
			if iou := f.Box.IoU(box); iou > overlap && f.Lacks == 0 {
				best, overlap = i, iou
			}
		}
		found.count(best >= 0)
		if best < 0 {
			continue
		}
		e, eyes := 0., math.Hypot(float64(truth[45].X-truth[36].X), float64(truth[45].Y-truth[36].Y))
		for i, p := range truth {
			q := a.Faces[best].Landmarks[i]
			e += math.Hypot(float64(p.X-q.X), float64(p.Y-q.Y)) / eyes / float64(len(truth))
		}
		sum += e
	}
	found.atLeast(t, "found", .95)
	nme := 100 * sum / float64(found.right)
	t.Logf("mean error of the landmarks: %.2f %% of the distance of the eyes", nme)
	if nme > 6 {
		t.Errorf("mean error of the landmarks is %.2f %%, want 6 at most", nme)
	}
}

// points reads a .pts file of 300-W.
func points(t *testing.T, path string) []face.Point {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	_, body, _ := strings.Cut(string(data), "{")
	body, _, _ = strings.Cut(body, "}")
	words := strings.Fields(body)
	out := make([]face.Point, len(words)/2)
	for i := range out {
		l := label{"x": words[2*i], "y": words[2*i+1]}
		out[i] = face.Pt(l.number(t, "x"), l.number(t, "y"))
	}
	if len(out) != 68 {
		t.Fatalf("%s: %d points", path, len(out))
	}
	return out
}
