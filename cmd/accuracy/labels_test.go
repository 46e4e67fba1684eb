package main

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"semblance/internal/face"
)

const table1 = `file,kind,x,y,w,h,complete,age,age_lo,age_hi,gender,race,emotion,smile,yaw,pitch,roll,pts,eyes,note
a.jpg,whole,1,2,30.5,40,1,,,,,,,,,,,,,face
a.jpg,whole,5,2,3,4,1,,,,,,,,,,,,,ignore
b.jpg,tightcrop,,,,,,,20,29,female,east asian,,,,,,,,
b.jpg,tightcrop,,,,,,34,,,male,,fear,1,10,-20,30,,closed,
c.jpg,facecrop48,,,,,,,,,,,contempt,0,,,,,open,
`

func TestParseLabels(t *testing.T) {
	none := func(change func(*label)) label {
		l := label{emotion: -1, smile: -1}
		change(&l)
		return l
	}
	want := []picture{
		{name: "a.jpg", labels: []label{
			none(func(l *label) { l.box, l.complete = face.BoxAt(1, 2, 30.5, 40), true }),
			none(func(l *label) { l.box, l.complete, l.ignore = face.BoxAt(5, 2, 3, 4), true, true }),
		}},
		{name: "b.jpg", crop: true, labels: []label{
			none(func(l *label) {
				l.hasAge, l.ageLow, l.ageHigh, l.gender, l.race = true, 20, 30, face.Woman, "east asian"
			}),
			none(func(l *label) {
				l.hasAge, l.ageLow, l.ageHigh, l.gender, l.emotion, l.smile = true, 34, 35, face.Man, int(face.Fear), 1
				l.hasPose, l.pose, l.eyes = true, face.Pose{Yaw: -10, Pitch: -20, Roll: 30}, "closed"
			}),
		}},
		{name: "c.jpg", crop: true, labels: []label{none(func(l *label) { l.smile, l.eyes = 0, "open" })}},
	}
	got, err := parseLabels(strings.NewReader(table1), set{yawToTheLeft: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(picture{}, label{}), cmpopts.IgnoreUnexported(face.Box{}, face.Point{}, face.Pose{})); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestParseLabelsRefuses(t *testing.T) {
	for name, table := range map[string]string{
		"nothing":             "",
		"a short row":         "file,smile\na.jpg\n",
		"another word":        "file,smile\na.jpg,2\n",
		"another gender":      "file,gender\na.jpg,woman\n",
		"another emotion":     "file,emotion\na.jpg,joy\n",
		"other glasses":       "file,glasses\na.jpg,monocle\n",
		"another colour":      "file,haircolor\na.jpg,black orange\n",
		"no colour":           "file,haircolor\na.jpg,unknown\n",
		"a second colour":     "file,haircolor,second\na.jpg,black,black orange\n",
		"no number":           "file,age\na.jpg,old\n",
		"an infinite number":  "file,age\na.jpg,inf\n",
		"a range turned over": "file,age_lo,age_hi\na.jpg,30,20\n",
		"a box of no size":    "file,x,y,w,h\na.jpg,1,2,0,4\n",
		"a file elsewhere":    "file,smile\n../a.jpg,1\n",
		"no file":             "file,smile\n,1\n",
	} {
		if got, err := parseLabels(strings.NewReader(table), set{}, nil); err == nil {
			t.Errorf("%s: read as %+v", name, got)
		} else if strings.Count(table, "\n") > 1 && name != "a short row" && !strings.Contains(err.Error(), "line 2") {
			t.Errorf("%s: the error names no line: %v", name, err)
		}
	}
}

func pointsText(n int) string {
	var b strings.Builder
	b.WriteString("version: 1\nn_points: 68\n{\n")
	for i := range n {
		b.WriteString(strconv.Itoa(i) + " " + strconv.Itoa(2*i) + ".5\n")
	}
	return b.String() + "}\n"
}

func TestParsePoints(t *testing.T) {
	got, err := parsePoints(pointsText(numPoints))
	if err != nil || len(got) != numPoints || got[3] != face.Pt(3, 6.5) {
		t.Errorf("%v, %v", got, err)
	}
	for _, text := range []string{"", "{", pointsText(67), pointsText(69), strings.Replace(pointsText(numPoints), "\n3 ", "\nNaN ", 1), strings.TrimSuffix(pointsText(numPoints), "}\n")} {
		if _, err := parsePoints(text); err == nil {
			t.Errorf("%.40q is read", text)
		}
	}
}

// Whatever a table or a file of points holds, it is read or refused.
func FuzzLabels(f *testing.F) {
	f.Add(table1)
	f.Add(pointsText(numPoints))
	f.Add("file,x,y,w,h,age\na.jpg,1,2,1e38,1e38,0\n")
	f.Fuzz(func(t *testing.T, text string) {
		if points, err := parsePoints(text); err == nil && len(points) != numPoints {
			t.Errorf("%d points", len(points))
		}
		pictures, err := parseLabels(strings.NewReader(text), set{}, nil)
		if err != nil {
			return
		}
		for _, p := range pictures {
			if !fs.ValidPath(p.name) || len(p.labels) == 0 {
				t.Errorf("picture %q with %d labels", p.name, len(p.labels))
			}
			for _, l := range p.labels {
				if l.hasAge && !(l.ageLow < l.ageHigh) || math.IsNaN(float64(l.pose.Yaw)) || l.emotion >= face.NumEmotions {
					t.Errorf("%+v", l)
				}
			}
		}
	})
}

// A folder of sets in small: one with a table, one whose pictures lie in an archive.
func TestReadSet(t *testing.T) {
	eval := t.TempDir()
	write := func(name, text string) {
		path := filepath.Join(eval, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("heads/labels.csv", "file,kind,pts\nimages/a.jpg,whole,pts/a.pts\n")
	write("heads/pts/a.pts", pointsText(numPoints))
	got, err := readSet(eval, set{name: "heads"})
	if err != nil {
		t.Fatal(err)
	}
	p := got[0]
	if p.name != "heads/images/a.jpg" || p.path != filepath.Join(eval, "heads", "images", "a.jpg") || p.data != nil {
		t.Errorf("%q at %q", p.name, p.path)
	}
	if l := p.labels[0]; len(l.points) != numPoints || l.box != face.Bounds(l.points) {
		t.Errorf("label %+v", l)
	}
	if _, err := readSet(eval, set{name: "tails"}); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is absent: %v", err)
	}
	write("heads/images.tar", "no archive")
	if _, err := readSet(eval, set{name: "heads"}); err == nil {
		t.Error("a damaged archive is read")
	}
	write("heads/images.tar", string(make([]byte, 1024))) // an empty archive
	if _, err := readSet(eval, set{name: "heads"}); err == nil || !strings.Contains(err.Error(), "images/a.jpg") {
		t.Errorf("an archive without the picture: %v", err)
	}
}

// The labels of our own are such as the command reads them.
func TestOwnLabels(t *testing.T) {
	f, err := ownLabels.Open("labels/eyes.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	counts := map[string]int{}
	err = eachRow(f, func(row map[string]string) error {
		l, err := parseLabel(row, set{})
		counts[l.eyes]++
		return err
	})
	if err != nil || counts["open"] == 0 || counts["closed"] < 40 || counts[""] > 0 {
		t.Errorf("%v, %v", counts, err)
	}
}

func TestOwnHairColors(t *testing.T) {
	f, err := ownLabels.Open("labels/haircolor.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	counts, unsure, secondUnsure, agree := map[face.HairColor]int{}, 0, 0, 0
	seen := map[string]bool{}
	err = eachRow(f, func(row map[string]string) error {
		l, err := parseLabel(row, set{})
		for _, c := range l.hairColors {
			counts[c]++
		}
		if len(l.hairColors) == 0 {
			unsure++
		}
		if len(l.secondColors) == 0 {
			secondUnsure++
		}
		if colorBits(l.hairColors)&colorBits(l.secondColors) != 0 {
			agree++
		}
		if row["second"] == "" {
			t.Errorf("%s has no second label", row["file"])
		}
		for _, words := range [][]face.HairColor{l.hairColors, l.secondColors} {
			if slices.Sort(words); len(slices.Compact(words)) != len(words) {
				t.Errorf("%s has a word twice", row["file"])
			}
		}
		if name := row["set"] + row["file"]; seen[name] {
			t.Errorf("%s is there twice", name)
		} else {
			seen[name] = true
		}
		return err
	})
	if err != nil || len(seen) < 100+unsure || unsure > 20 || counts[face.UnknownHair] > 0 {
		t.Errorf("%d heads, %d unsure, %v, %v", len(seen), unsure, counts, err)
	}
	// A column that belongs to other rows would agree on far fewer.
	if secondUnsure > 20 || agree < 190 {
		t.Errorf("second annotator: %d unsure, %d heads on which the two share a word", secondUnsure, agree)
	}
	for _, c := range []face.HairColor{face.NoHair, face.BlackHair, face.BlondHair, face.RedHair, face.GrayHair, face.WhiteHair} {
		if counts[c] < 6 {
			t.Errorf("%v: %d heads", c, counts[c])
		}
	}
}

func TestLabelsOfGlassesAndHair(t *testing.T) {
	const table = "file,mask,glasses,haircolor,second\na.jpg,m.png,sunglasses,none gray,white none\nb.jpg,,unsure,unsure,unsure\nc.jpg,,,,\n"
	var file bytes.Buffer
	if err := png.Encode(&file, image.NewGray(image.Rect(0, 0, 3, 2))); err != nil {
		t.Fatal(err)
	}
	masks := map[string][]byte{"m.png": file.Bytes()}
	got, err := parseLabels(strings.NewReader(table), set{}, func(name string) ([]byte, error) { return masks[name], nil })
	if err != nil || len(got) != 3 {
		t.Fatalf("%+v, %v", got, err)
	}
	a := got[0].labels[0]
	if a.hair == nil || a.hair.w != 3 || a.hair.h != 2 || a.glasses != face.Sunglasses || !slices.Equal(a.hairColors, []face.HairColor{face.NoHair, face.GrayHair}) ||
		!slices.Equal(a.secondColors, []face.HairColor{face.WhiteHair, face.NoHair}) {
		t.Errorf("%+v", a)
	}
	for _, p := range got[1:] {
		if l := p.labels[0]; l.hair != nil || l.glasses != face.UnknownGlasses || l.hairColors != nil || l.secondColors != nil {
			t.Errorf("%s: %+v", p.name, l)
		}
	}
	masks["m.png"] = []byte("no picture")
	if _, err := parseLabels(strings.NewReader(table), set{}, func(name string) ([]byte, error) { return masks[name], nil }); err == nil || !strings.Contains(err.Error(), "m.png") {
		t.Errorf("a damaged mask: %v", err)
	}
}
