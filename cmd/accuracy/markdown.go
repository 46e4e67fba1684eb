package main

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"semblance/models/ort"
)

func (u unit) format(v float64) string {
	switch {
	case math.IsNaN(v):
		return "-"
	case u == ratio:
		return fmt.Sprintf("%.1f %%", 100*v)
	case u == eyeDistance:
		return fmt.Sprintf("%.2f %%", v)
	case u == degrees:
		return fmt.Sprintf("%.2f°", v)
	case u == yearsUnit:
		return fmt.Sprintf("%.2f y", v)
	case u == boxes:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.3f", v)
}

// limit writes a number that is to be reached, "" for none.
func (r *row) limit(v float64) string {
	switch {
	case v == 0:
		return ""
	case r.better < 0:
		return "≤ " + r.unit.format(v)
	}
	return "≥ " + r.unit.format(v)
}

// markdown returns the table to be read.
func (t *table) markdown(pictures map[string][]picture) string {
	var b strings.Builder
	n := 0
	for _, p := range pictures {
		n += len(p)
	}
	fmt.Fprintf(&b, `# Accuracy

Written by `+"`make accuracy UPDATE=1`"+`, not by hand. %s, ONNX Runtime %s, %d pictures.
`, t.stored.Date, ort.Version, n)
	b.WriteString(`
The pictures lie beside the repository, not in it: their terms allow measuring, not passing on. Photos go through the program's own
way from the file to the faces; a tight crop is taken as the one face that it is, without looking for one: gender, ethnicity, age and emotion, which are labelled
on crops alone, are not measured end to end; smile, glasses, eyes and hair are. Found means accepted: a doubtful face is
not found. Accuracy is that of the most probable class over **every** labelled face, one that was not found being wrong; sure values
are those that filters match. Errors of landmarks, angles and ages are of the faces found; a bias is a mean error with
its sign (+: taken for older). Intervals hold the true value with
95 %: Wilson's for shares, a bootstrap's else; faces of one photo count as independent. The
calibration error is the expected one of ten bins less what a perfectly calibrated model with the same probabilities would show.
"Not held out": a constant of the program was fitted or chosen on these pictures, or on others of the same source. Most public
networks have seen pictures of such sources too, which flatters every row.

Age, gender, ethnicity and emotion are apparent ones: compared is with what other people saw in a face.

| network | sha256 |
|---|---|
`)
	for _, name := range slices.Sorted(maps.Keys(t.stored.Models)) {
		fmt.Fprintf(&b, "| %s | %s |\n", name, t.stored.Models[name])
	}
	b.WriteString("\n| set | pictures | what they are |\n|---|---|---|\n")
	for _, s := range sets() {
		if p := pictures[s.name]; len(p) > 0 {
			fmt.Fprintf(&b, "| %s | %d | %s |\n", s.name, len(p), s.says)
		}
	}
	section := ""
	for i := range t.figures {
		f := &t.figures[i]
		if f.measure.section != section {
			section = f.measure.section
			fmt.Fprintf(&b, "\n## %s\n%s\n| what | set | n | value | 95 %% | at least | aim | |\n|---|---|---|---|---|---|---|---|\n", section, aboutSection(section))
		}
		b.WriteString(f.line())
		if i+1 == len(t.figures) || t.figures[i+1].measure.section != section {
			t.confusions(&b, section)
		}
	}
	return b.String()
}

// aboutSection returns what has to be known to read a section, "" if nothing.
func aboutSection(section string) string {
	switch section {
	case "Glasses":
		return `
The labels are one person's, made at 92 pixels. Goggles: of the network's three classes none is goggles; the program says them of nobody but
where the row shows otherwise.
`
	case "Hair":
		return `
A row of overlap is of the heads that were found; how many were not is said beside it. A word is plausible if it is one of those that
a person wrote down for the head (cmd/accuracy/labels). What must be reached is measured on the first annotator's words alone. Those of the
second were made later, after the program's figure on the first was known to be missed, but without a look at the first or at anything that
the program said; they are here to tell whether labels or program are the limit: the last rows ask one annotator in place of the program.
Two annotators are few, and these looked in the same way: people who are asked one by one may agree less.
`
	case "Small faces":
		return `
Labelled faces that were found in the photo as it is, shrunk by area averaging until the longer side of the face's box has so many pixels,
and enlarged again, so that sizes can be asked of that the program refuses: its limits, which are read off this table, are in the last column.
Where a photo shows a face so small the box is less exact too, which is not in here. Measured by hand, photos that were not enlarged again gave the
same answer for 98 of 100 faces of 16 to 32 pixels; of hair, whose outlines have the photo's pixels, the overlap was 7 points lower. At most 160 pictures of a set.
`
	}
	return ""
}

// setName returns the set, and where it matters in which mode it was searched.
func (f *figure) setName() string {
	if f.measure.section == "Detection" {
		return f.measure.set + ", " + f.measure.mode.String()
	}
	return f.measure.set
}

// line returns the figure as a line of the table.
func (f *figure) line() string {
	value, u := f.row.unit.format(f.value), f.row.unit
	remarks := f.chosen()
	if f.missed() {
		value = "**" + value + "**"
		remarks = strings.TrimPrefix(remarks+"; below what must be reached", "; ")
	}
	between := ""
	if !math.IsNaN(f.value) && !math.IsNaN(f.range95.low) {
		between = fmt.Sprintf("%s .. %s", u.format(f.range95.low), u.format(f.range95.high))
	}
	return fmt.Sprintf("| %s | %s | %d | %s | %s | %s | %s | %s |\n", f.row.what, f.setName(), f.n, value, between, f.row.limit(f.row.least), f.row.limit(f.row.aim), remarks)
}

// confusions writes who was taken for whom, for the measures of a section that name their classes.
func (t *table) confusions(b *strings.Builder, section string) {
	for i := range t.list {
		if m := &t.list[i]; m.section == section {
			b.WriteString(confusionTable(m, &t.stored))
		}
	}
}

// confusionTable returns who was taken for whom, "" if that was not counted.
func confusionTable(m *measure, t *stored) string {
	counts := t.Confusions[m.key()]
	if counts == nil || len(counts) != len(m.classes) {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\nWho was taken for what, %s, %s (a line for each labelled class, a column for each that was said):\n\n| | %s | nothing |\n|---|%s\n",
		m.name, m.set, strings.Join(m.classes, " | "), strings.Repeat("---|", len(m.classes)+1))
	for c, line := range counts {
		if strings.Trim(line, "0 ") != "" { // else nobody is labelled so
			fmt.Fprintf(&b, "| **%s** | %s |\n", m.classes[c], strings.ReplaceAll(line, " ", " | "))
		}
	}
	return b.String()
}

// confusion counts what was said of each labelled class: a line for each of n, in it a column for each
// class and one for nothing, between spaces.
func confusion(obs []observation, n int) []string {
	counts := make([][]int, n)
	for c := range counts {
		counts[c] = make([]int, n+1)
	}
	for _, o := range obs {
		said := o.said
		if said == missing {
			said = n
		}
		counts[o.truth][said]++
	}
	out := make([]string, n)
	for c, line := range counts {
		out[c] = strings.Trim(fmt.Sprint(line), "[]")
	}
	return out
}
