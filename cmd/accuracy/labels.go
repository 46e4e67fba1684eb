package main

import (
	"archive/tar"
	"bufio"
	"embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"semblance/internal/face"
)

// ownLabels holds the labels that were made for this program, of pictures that lie among the
// others: labels only, never a picture. labels/README.md describes the columns.
//
//go:embed labels
var ownLabels embed.FS

// A label is what a person said of one face of a picture, or of a picture's main face. It is
// in the terms of package face: frame of the stored picture, angles with the signs of
// face.Pose, age in years.
type label struct {
	box      face.Box // empty: the main face of the picture
	ignore   bool     // a face that may be found or not
	complete bool     // every face of the picture is boxed: what else is found is false

	points []face.Point // the 68 points of iBUG 300-W; nil if not labelled

	hasAge  bool
	ageLow  float64 // the age lies in ageLow..ageHigh, ageHigh not included
	ageHigh float64
	gender  face.Gender // UnknownGender if not labelled
	race    string      // as the set calls it, "" if not labelled
	emotion int         // face.Emotion, -1 if not labelled or none of the seven
	smile   int         // 0, 1, -1 if not labelled
	hasPose bool
	pose    face.Pose
	eyes    string       // "open", "closed", "unsure", "" if not labelled
	glasses face.Glasses // UnknownGlasses if not labelled, or nobody could tell
	// hair is where the hair of the picture's main head is, nil if not labelled; hairColors are the
	// words that are right for it, none if not labelled, or nobody could tell; secondColors are those of a
	// second annotator, the likeliest first.
	hair         *bitmap
	hairColors   []face.HairColor
	secondColors []face.HairColor
}

// A picture is a file with its labels.
type picture struct {
	name   string // within the labelled sets, with slashes: "genki4k/images/file0002.jpg"
	path   string // of its file, or of the archive that holds it
	data   []byte // its bytes where it lies in an archive, else nil
	crop   bool   // one tight crop of a face: no detector runs
	labels []label
	// side is that of the labelled face to which the picture is shrunk, in pixels; 0: as it is.
	side float32
	seen *sighting // shared by the sizes of a picture
}

// readSet reads the pictures and labels of a set. The error of a folder that is absent is
// fs.ErrNotExist.
func readSet(eval string, s set) ([]picture, error) {
	if s.own != "" {
		return readOwn(eval, s)
	}
	folder := filepath.Join(eval, s.name)
	f, err := os.Open(filepath.Join(folder, "labels.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	pictures, err := parseLabels(f, s, func(file string) ([]byte, error) { return os.ReadFile(filepath.Join(folder, file)) })
	if err != nil {
		return nil, fmt.Errorf("read labels of %s: %w", s.name, err)
	}
	archive := filepath.Join(folder, "images.tar")
	members, err := untar(archive)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, fmt.Errorf("read %s: %w", archive, err)
	}
	for i := range pictures {
		p := &pictures[i]
		p.path = filepath.Join(folder, filepath.FromSlash(p.name))
		if members != nil {
			p.path = archive
			if p.data = members[path.Clean(p.name)]; p.data == nil {
				return nil, fmt.Errorf("read %s: it does not hold %s", archive, p.name)
			}
		}
		p.name = s.name + "/" + p.name
	}
	return pictures, nil
}

// parseLabels reads a labels.csv. Rows of one file follow each other. read reads the files
// that the columns pts and mask name; it may be nil, then neither is looked at.
func parseLabels(r io.Reader, s set, read func(file string) ([]byte, error)) ([]picture, error) {
	var out []picture
	err := eachRow(r, func(row map[string]string) error {
		l, err := parseLabel(row, s)
		if err != nil {
			return err
		}
		if read != nil {
			if err := l.readFiles(row, read); err != nil {
				return err
			}
		}
		file := row["file"]
		if !fs.ValidPath(file) {
			return fmt.Errorf("file name %q", file)
		}
		if len(out) == 0 || out[len(out)-1].name != file {
			out = append(out, picture{name: file, crop: isCrop(row["kind"])})
		}
		p := &out[len(out)-1]
		p.labels = append(p.labels, l)
		return nil
	})
	return out, err
}

// readFiles reads the landmarks and the mask that a row names.
func (l *label) readFiles(row map[string]string, read func(file string) ([]byte, error)) error {
	if file := row["pts"]; file != "" {
		data, err := read(file)
		if err != nil {
			return err
		}
		if l.points, err = parsePoints(string(data)); err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
		if l.box.Empty() {
			l.box = face.Bounds(l.points)
		}
	}
	if file := row["mask"]; file != "" {
		data, err := read(file)
		if err != nil {
			return err
		}
		if l.hair, err = parseMask(data); err != nil {
			return fmt.Errorf("read %s: %w", file, err)
		}
	}
	return nil
}

// isCrop says whether pictures of a kind are tight crops of one face.
func isCrop(kind string) bool { return kind == "tightcrop" || strings.HasPrefix(kind, "facecrop") }

// eachRow calls use with every row of a table with a head line, column -> value. The error
// names the line.
func eachRow(r io.Reader, use func(map[string]string) error) error {
	table := csv.NewReader(r)
	head, err := table.Read()
	if errors.Is(err, io.EOF) {
		return errors.New("no head line")
	}
	if err != nil {
		return err
	}
	for {
		values, err := table.Read()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		row := make(map[string]string, len(head))
		for i, v := range values {
			row[head[i]] = v
		}
		if err := use(row); err != nil {
			line, _ := table.FieldPos(0)
			return fmt.Errorf("line %d: %w", line, err)
		}
	}
}

// parseLabel reads one row. An empty value is no label; a value that is not understood is an
// error.
func parseLabel(row map[string]string, s set) (label, error) {
	n := numbers{row: row}
	l := label{emotion: -1, smile: -1, complete: row["complete"] == "1", ignore: row["note"] == "ignore", race: row["race"], eyes: row["eyes"]}
	if n.all("x", "y", "w", "h") {
		l.box = face.BoxAt(float32(n.at("x")), float32(n.at("y")), float32(n.at("w")), float32(n.at("h")))
		if l.box.Empty() {
			n.fail("box", "without an area")
		}
	}
	switch {
	case n.all("age"):
		l.hasAge, l.ageLow = true, n.at("age")
		l.ageHigh = l.ageLow + 1
	case n.all("age_lo", "age_hi"):
		l.hasAge, l.ageLow, l.ageHigh = true, n.at("age_lo"), n.at("age_hi")+1
	}
	if l.hasAge && !(l.ageLow >= 0 && l.ageLow < l.ageHigh) {
		n.fail("age", "no range")
	}
	if n.all("yaw", "pitch", "roll") {
		l.hasPose, l.pose = true, face.Pose{Yaw: float32(n.at("yaw")), Pitch: float32(n.at("pitch")), Roll: float32(n.at("roll"))}
		if s.yawToTheLeft {
			l.pose.Yaw = -l.pose.Yaw
		}
	}
	l.gender = face.Gender(n.word("gender", "", "female", "male"))
	l.smile = n.word("smile", "", "0", "1") - 1
	// Contempt is none of the seven, so it is no label.
	if e := n.word("emotion", "", "angry", "disgust", "fear", "happy", "sad", "surprise", "neutral", "contempt") - 1; e < face.NumEmotions {
		l.emotion = e
	}
	n.word("eyes", "", "open", "closed", "unsure")
	if g := face.Glasses(n.word("glasses", "", "none", "glasses", "sunglasses", "goggles", "unsure")); g <= face.NumGlasses {
		l.glasses = g
	}
	l.hairColors, l.secondColors = n.hairColors("haircolor"), n.hairColors("second")
	return l, n.err
}

// hairColorOf returns the colour of a name, UnknownHair for any other word.
func hairColorOf(name string) face.HairColor {
	for c := face.NoHair; c <= face.NumHairColors; c++ {
		if c.String() == name {
			return c
		}
	}
	return face.UnknownHair
}

// numbers reads values of a row, and keeps the first error.
type numbers struct {
	row map[string]string
	err error
}

func (n *numbers) fail(column, why string) {
	if n.err == nil {
		n.err = fmt.Errorf("%s %q: %s", column, n.row[column], why)
	}
}

// all reports whether every column has a value.
func (n *numbers) all(columns ...string) bool {
	return !slices.ContainsFunc(columns, func(c string) bool { return n.row[c] == "" })
}

func (n *numbers) at(column string) float64 {
	v, err := strconv.ParseFloat(n.row[column], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		n.fail(column, "no number")
		return 0
	}
	return v
}

// word returns which of the words the value is.
func (n *numbers) word(column string, words ...string) int {
	i := slices.Index(words, n.row[column])
	if i < 0 {
		n.fail(column, "unknown")
		return 0
	}
	return i
}

// hairColors returns the words of a column in their order, nil of none and of "unsure".
func (n *numbers) hairColors(column string) []face.HairColor {
	if n.row[column] == "unsure" {
		return nil
	}
	var out []face.HairColor
	for name := range strings.FieldsSeq(n.row[column]) {
		if out = append(out, hairColorOf(name)); slices.Contains(out, face.UnknownHair) {
			n.fail(column, "unknown")
		}
	}
	return out
}

// numPoints is the number of points of iBUG 300-W.
const numPoints = 68

// parsePoints reads the text form of 300-W: two numbers a point, between braces.
func parsePoints(text string) ([]face.Point, error) {
	_, body, ok := strings.Cut(text, "{")
	body, _, closed := strings.Cut(body, "}")
	words := strings.Fields(body)
	if !ok || !closed || len(words) != 2*numPoints {
		return nil, fmt.Errorf("not %d points between braces", numPoints)
	}
	out := make([]face.Point, numPoints)
	for i, w := range words {
		v, err := strconv.ParseFloat(w, 32)
		if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("point %d: %q is no number", i/2+1, w)
		}
		if i%2 == 0 {
			out[i/2].X = float32(v)
		} else {
			out[i/2].Y = float32(v)
		}
	}
	return out, nil
}

// untar returns the files of an archive by their cleaned names.
func untar(archive string) (map[string][]byte, error) {
	f, err := os.Open(archive)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[string][]byte{}
	for r := tar.NewReader(bufio.NewReader(f)); ; {
		h, err := r.Next()
		if errors.Is(err, io.EOF) {
			return out, nil
		}
		if err != nil {
			return nil, err
		}
		if h.Typeflag != tar.TypeReg {
			continue
		}
		if out[path.Clean(h.Name)], err = io.ReadAll(r); err != nil {
			return nil, err
		}
	}
}

// readOwn reads a table of our own: rows name a set and a file of it. The error is
// fs.ErrNotExist if there is no such table.
func readOwn(eval string, s set) ([]picture, error) {
	f, err := ownLabels.Open(s.own)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	crops := map[string]map[string]bool{} // set -> file -> is it a tight crop
	var out []picture
	at := map[string]int{} // rows of one file need not follow each other
	err = eachRow(f, func(row map[string]string) error {
		of, file := row["set"], row["file"]
		l, err := parseLabel(row, s)
		if err != nil {
			return err
		}
		if crops[of] == nil {
			if crops[of], err = kindsOf(eval, of); err != nil {
				return err
			}
		}
		crop, ok := crops[of][file]
		if !ok {
			return fmt.Errorf("%s is not labelled in %s", file, of)
		}
		name := of + "/" + file
		if _, ok := at[name]; !ok {
			at[name] = len(out)
			out = append(out, picture{name: name, path: filepath.Join(eval, filepath.FromSlash(name)), crop: crop})
		}
		p := &out[at[name]]
		p.labels = append(p.labels, l)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", s.own, err)
	}
	return out, nil
}

// kindsOf says of every file of a set whether it is a tight crop.
func kindsOf(eval, name string) (map[string]bool, error) {
	if !fs.ValidPath(name) {
		return nil, fmt.Errorf("set %q", name)
	}
	f, err := os.Open(filepath.Join(eval, name, "labels.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	out := map[string]bool{}
	return out, eachRow(f, func(row map[string]string) error {
		out[row["file"]] = isCrop(row["kind"])
		return nil
	})
}
