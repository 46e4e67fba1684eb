package ui

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"path/filepath"
	"strings"

	"semblance/catalog/query"
	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
)

// report writes one line a face and the JSON sidecars once all photos of the
// folder are done, and then shows the photo with the most faces in the loupe:
// what the program does where nobody sees the window.
func (w *Window) report(out io.Writer) {
	if err := cmp.Or(w.lib.Status().NoAnalysis, w.scanErr); err != nil {
		w.endReport(err)
		return
	}
	lib, post := w.lib, w.bridge.post
	folder, _ := lib.Folder()
	result := lib.Search(query.Expr{}, library.ByPath)
	go func() {
		best, err := writeReport(out, lib, folder, result)
		post(func() {
			if err != nil {
				w.endReport(err)
				return
			}
			w.reported = true
			w.opts.Trace("report written", nil)
			if best == "" {
				w.opts.Trace("report done", nil)
				return
			}
			w.wanted = best
			w.selectWanted()
			w.setLoupe(true)
		})
	}()
}

// endReport ends the window with an error where nobody would see it.
func (w *Window) endReport(err error) {
	w.failed = fmt.Errorf("report: %w", err)
	w.Close()
}

// writeReport returns the path of the photo with the most faces, "" if there is no face.
func writeReport(out io.Writer, lib *library.Library, folder string, r *library.Result) (best string, err error) {
	var paths []string
	most, sure := 0, lib.Policy().Sure
	for _, ref := range r.Photos {
		p, err := lib.Photo(lib.Entry(ref).Path)
		if err != nil {
			return "", err
		}
		paths = append(paths, p.Path)
		name := p.Path
		if rel, err := filepath.Rel(folder, p.Path); err == nil {
			name = rel
		}
		for _, line := range faceLines(name, p, sure) {
			if _, err := fmt.Fprintln(out, line); err != nil {
				return "", err
			}
		}
		if p.Faces > most {
			best, most = p.Path, p.Faces
		}
	}
	s, err := lib.ExportJSON(context.Background(), paths, export.Semblance, nil)
	if err != nil {
		return "", err
	}
	for _, e := range s.Failed {
		fmt.Fprintln(out, "not written:", e)
	}
	_, err = fmt.Fprintf(out, "%s, %s, %s written\n", plural(len(paths), "photo"), plural(r.Faces, "face"), plural(s.Written, "JSON file"))
	return best, err
}

// faceLines describes the faces of a photo that are no doubt any, one a line: file, box,
// age, gender, emotion, smile, glasses, hair. Behind a value that is not sure by t stands "unsure".
func faceLines(name string, p library.Photo, t face.Thresholds) []string {
	switch {
	case p.State == library.Failed:
		return []string{name + "  failed: " + p.Failure}
	case p.Analysis == nil:
		return []string{name + "  not analysed"}
	case p.Analysis.Accepted() == 0:
		return []string{name + "  no face"}
	}
	var lines []string
	for i := range p.Analysis.Faces {
		f := &p.Analysis.Faces[i]
		if f.Doubtful() {
			continue
		}
		parts := []string{name, fmt.Sprintf("box %.0f,%.0f %.0fx%.0f", f.Box.Min.X, f.Box.Min.Y, f.Box.W(), f.Box.H())}
		have, sure := p.Analysis.Have&^f.Lacks, t.OrDefault().Sure(f)
		add := func(feature face.Features, words string) {
			if !sure.Has(feature) {
				words += " unsure"
			}
			if have.Has(feature) {
				parts = append(parts, words)
			}
		}
		gender, genderP := f.Gender.Top()
		emotion, emotionP := f.Emotion.Top()
		smiles, smileP := f.Smiles()
		glasses, glassesP := f.Eyewear.Top()
		add(face.AgeYears, fmt.Sprintf("age %d (%.0f-%.0f)", f.Age.Floor(), f.Age.Low, f.Age.High))
		add(face.GenderClasses, fmt.Sprintf("%s %.0f%%", gender, genderP*100))
		add(face.EmotionClasses, fmt.Sprintf("%s %.0f%%", emotion, emotionP*100))
		add(face.Smiling, fmt.Sprintf("smile %s %.0f%%", yesNo(smiles), smileP*100))
		add(face.GlassesWorn, fmt.Sprintf("glasses %s %.0f%%", glasses, glassesP*100))
		add(face.HairShape, hairWords(f))
		lines = append(lines, strings.Join(parts, "  "))
	}
	return lines
}

func yesNo(yes bool) string {
	if yes {
		return "yes"
	}
	return "no"
}

// hairWords is the hair of a line: "hair brown 83% #5a3c28"; what a person said has no percent.
func hairWords(f *face.Face) string {
	c, rgb := f.Hair.Color, f.Hair.RGB
	if c == face.NoHair {
		return noHairWords
	}
	words := "hair " + valueWord(face.HairShape, int(c))
	if _, p := f.Hair.Fitting(); p > 0 {
		words += fmt.Sprintf(" %.0f%%", p*100)
	}
	if hairMeasured(f) {
		words += fmt.Sprintf(" #%02x%02x%02x", rgb[0], rgb[1], rgb[2])
	}
	return words
}
