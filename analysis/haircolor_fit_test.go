package analysis_test

import (
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
)

var hairPictures = flag.String("haircolor", "", "folder of the pictures that models/train/hair/haircolor.csv names: write colors.csv into it")

// TestHairColors checks that what colors.csv says is what an analysis says. With -haircolor it then
// writes it.
func TestHairColors(t *testing.T) {
	engine := realEngine(t)
	folder := evalFolder(t, "helen_test")
	seen := 0
	for _, l := range every(labels(t, folder), 12) {
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		got, ok, err := engine.HairColors(t.Context(), analysis.ImageSource(img))
		if err != nil {
			t.Fatal(err)
		}
		a := analyze(t, engine, img, analysis.Request{Want: face.HairShape, Mode: analysis.Default})
		if len(a.Faces) != 1 || !ok {
			continue
		}
		if seen++; got.Name != a.Faces[0].Hair.Color {
			t.Errorf("%s: %v by its colours, %v in an analysis", l["file"], got.Name, a.Faces[0].Hair.Color)
		}
	}
	if seen < 6 {
		t.Errorf("%d heads were compared", seen)
	}
	if *hairPictures != "" {
		writeHairColors(t, engine, *hairPictures)
	}
}

// writeHairColors writes colors.csv for models/train/hair/colors.py into the folder of the pictures: a row for each
// labelled picture where a face with hair is found.
func writeHairColors(t *testing.T, engine *analysis.Engine, folder string) {
	t.Helper()
	rows := [][]string{{"file", "haircolor", "said", "l", "a", "b", "skin", "skin_l", "skin_a", "skin_b", "area"}}
	for _, l := range labelsIn(t, filepath.Join("..", "models", "train", "hair", "haircolor.csv")) {
		if l["haircolor"] == "unsure" {
			continue
		}
		c, ok, err := engine.HairColors(t.Context(), analysis.ImageSource(openPhoto(t, filepath.Join(folder, l["file"]))))
		if err != nil {
			t.Fatalf("%s: %v", l["file"], err)
		}
		if !ok {
			continue
		}
		row := []string{l["file"], l["haircolor"], c.Name.String()}
		for _, x := range c.Hair {
			row = append(row, fmt.Sprintf("%.2f", x))
		}
		row = append(row, strconv.FormatBool(c.SkinSeen))
		for _, x := range append(c.Skin[:], c.Area) {
			row = append(row, fmt.Sprintf("%.2f", x))
		}
		rows = append(rows, row)
	}
	writeTable(t, filepath.Join(folder, "colors.csv"), rows)
}
