package analysis_test

import (
	"flag"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
)

var hairPictures = flag.String("haircolor", "", "folder of the pictures that models/train/hair/haircolor.csv names: write colors.csv and photos.csv into it")

// TestHairWords checks that what the tables for the fit say is what an analysis says: with the age among what is wanted,
// and without. With -haircolor it then writes them.
func TestHairWords(t *testing.T) {
	engine := realEngine(t)
	folder := evalFolder(t, "helen_test")
	seen := 0
	for _, l := range every(labels(t, folder), 12) {
		img := openPhoto(t, filepath.Join(folder, l["file"]))
		got, ok, err := engine.HairWordOf(t.Context(), analysis.ImageSource(img))
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range []face.Features{face.HairShape, face.HairShape | face.AgeYears} {
			a := analyze(t, engine, img, analysis.Request{Want: want, Mode: analysis.Default})
			if len(a.Faces) == 0 || !ok {
				continue
			}
			f := &a.Faces[0]
			if seen++; got.Hair.Color != f.Hair.Color || got.Hair.Fits != f.Hair.Fits || got.Hair.RGB != f.Hair.RGB {
				t.Errorf("%s, %v: %v by its colours, %v in an analysis", l["file"], want, got.Hair, f.Hair)
			}
			if (f.Age != face.Age{}) != want.Has(face.AgeYears) || f.Lacks != 0 {
				t.Errorf("%s, %v: age %v, lacks %v", l["file"], want, f.Age, f.Lacks)
			}
		}
	}
	if seen < 12 {
		t.Errorf("%d heads were compared", seen)
	}
	if *hairPictures != "" {
		train := filepath.Join("..", "models", "train", "hair")
		writeHairWords(t, engine, labelsIn(t, filepath.Join(train, "haircolor.csv")), filepath.Join(*hairPictures, "colors.csv"), func(l label) string {
			return filepath.Join(*hairPictures, l["file"])
		})
		root := filepath.Dir(folder)
		writeHairWords(t, engine, labelsIn(t, filepath.Join(train, "photos.csv")), filepath.Join(*hairPictures, "photos.csv"), func(l label) string {
			return filepath.Join(root, l["set"], l["file"])
		})
	}
}

// writeHairWords writes a table for models/train/hair/words.py: a row for each labelled picture where a face with hair is found.
func writeHairWords(t *testing.T, engine *analysis.Engine, list []label, to string, path func(label) string) {
	t.Helper()
	head := []string{"file", "haircolor", "dyed"}
	for i := range (analysis.HairWord{}).Inputs {
		head = append(head, "in"+strconv.Itoa(i))
	}
	rows := [][]string{head}
	for _, l := range list {
		if l["haircolor"] == "unsure" {
			continue
		}
		w, ok, err := engine.HairWordOf(t.Context(), analysis.ImageSource(openPhoto(t, path(l))))
		if err != nil {
			t.Fatalf("%s: %v", l["file"], err)
		}
		if !ok {
			continue
		}
		row := []string{strings.TrimPrefix(l["set"]+"/"+l["file"], "/"), l["haircolor"], w.Dyed.String()}
		for _, x := range w.Inputs {
			row = append(row, strconv.FormatFloat(float64(x), 'g', 5, 32))
		}
		rows = append(rows, row)
	}
	writeTable(t, to, rows)
}

// Plain colours beside the same skin get the words that anybody would give them, and grey hair is a matter of age.
func TestWordsOfPlainColors(t *testing.T) {
	engine := realEngine(t)
	for _, c := range []struct {
		rgb   [3]uint8
		years float32
		want  []face.HairColor
	}{
		{[3]uint8{18, 16, 17}, 30, []face.HairColor{face.BlackHair}},
		{[3]uint8{58, 38, 28}, 30, []face.HairColor{face.DarkBrownHair, face.BrownHair}},
		{[3]uint8{205, 170, 120}, 25, []face.HairColor{face.BlondHair}},
		{[3]uint8{170, 168, 166}, 70, []face.HairColor{face.GrayHair, face.WhiteHair}},
	} {
		hair, err := engine.WordOfPlainHair(t.Context(), c.rgb, [3]uint8{209, 158, 135}, c.years)
		if err != nil {
			t.Fatal(err)
		}
		ok := false
		for _, w := range c.want {
			ok = ok || w == hair.Color
		}
		if !ok {
			t.Errorf("%v at %v years is %v (%.2f), want one of %v", c.rgb, c.years, hair.Color, hair.Fits, c.want)
		}
	}
	at := func(years float32) float32 {
		hair, err := engine.WordOfPlainHair(t.Context(), [3]uint8{170, 160, 145}, [3]uint8{209, 158, 135}, years)
		if err != nil {
			t.Fatal(err)
		}
		return hair.Fits[face.GrayHair-face.BlackHair]
	}
	if young, old := at(12), at(70); young >= old {
		t.Errorf("grey fits with %.2f at 12 years, %.2f at 70", young, old)
	}
	// In a black and white picture nothing is sure.
	hair, err := engine.WordOfPlainHair(t.Context(), [3]uint8{20, 20, 20}, [3]uint8{150, 150, 150}, 30)
	if word, p := hair.Fitting(); err != nil || word == face.UnknownHair || p > .5 {
		t.Errorf("black and white: %v with %.2f, %v", word, p, err)
	}
}
