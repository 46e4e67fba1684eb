package analysis_test

import (
	"bytes"
	"encoding/csv"
	"flag"
	"fmt"
	"image"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/disintegration/imaging"

	"semblance/analysis"
	"semblance/internal/face"
)

var smilePictures = flag.String("smile", "", "folder of the pictures that models/train/smile/labels.csv names: write inputs.csv into it")

// TestSmileInputs checks that what the models of a smile are fitted on is what they are given later. With -smile it
// then writes what they are fitted on.
func TestSmileInputs(t *testing.T) {
	engine := realEngine(t)
	folder := evalFolder(t, "helen_test")
	for _, l := range every(labels(t, folder), 4) {
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		in, ok, err := engine.SmileInputs(t.Context(), analysis.ImageSource(img))
		if err != nil || !ok {
			t.Fatalf("%s: no inputs, error %v", l["file"], err)
		}
		a := analyze(t, engine, img, analysis.Request{Want: face.Smiling, Mode: analysis.Default})
		if got, want := in.Probability(), a.Faces[0].Smile; math.Abs(float64(got-want)) > 1e-5 {
			t.Errorf("%s: smile %v by its inputs, %v in an analysis", l["file"], got, want)
		}
	}
	_, ok, err := engine.SmileInputs(t.Context(), analysis.ImageSource(image.NewRGBA(image.Rect(0, 0, 200, 200))))
	if ok || err != nil {
		t.Errorf("a black picture has inputs: %v, error %v", ok, err)
	}
	if *smilePictures != "" {
		writeSmileInputs(t, engine, *smilePictures)
	}
}

// writeSmileInputs writes inputs.csv for models/train/smile/fit.py into the folder of the pictures: a row for each labelled
// picture and one for its mirror image, where a face is found.
func writeSmileInputs(t *testing.T, engine *analysis.Engine, folder string) {
	t.Helper()
	rows := [][]string{{"file", "mirrored", "first", "second", "bare_first", "bare_second", "lift", "corner"}}
	for _, l := range labels(t, filepath.Join("..", "models", "train", "smile")) {
		if l["smile"] == "unsure" {
			continue
		}
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		flipped := imaging.FlipH(img) // NRGBA, but opaque
		for i, img := range []*image.RGBA{img, {Pix: flipped.Pix, Stride: flipped.Stride, Rect: flipped.Rect}} {
			in, ok, err := engine.SmileInputs(t.Context(), analysis.ImageSource(img))
			if err != nil {
				t.Fatalf("%s: %v", l["file"], err)
			}
			if !ok {
				continue
			}
			row := []string{l["file"], strconv.FormatBool(i == 1)}
			for _, x := range []float64{in.First, in.Second, in.BareFirst, in.BareSecond, in.Lift, in.Corner} {
				row = append(row, fmt.Sprintf("%.5f", x))
			}
			rows = append(rows, row)
		}
	}
	writeTable(t, filepath.Join(folder, "inputs.csv"), rows)
}

// writeTable writes rows as a file of comma-separated values.
func writeTable(t *testing.T, path string, rows [][]string) {
	t.Helper()
	var b bytes.Buffer
	if err := csv.NewWriter(&b).WriteAll(rows); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}
