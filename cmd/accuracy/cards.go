package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"semblance/models"
)

// cardFolder is the folder of the model cards within that of the table.
const cardFolder = "models"

// A card is what is written about a network, or about one network in several sizes. Its text is written by
// hand, but for the part between two markers, which is made of the manifest and of the table.
type card struct {
	file     string
	networks []string // as the manifest calls them
	sections []string // of the table that speak about it
	small    []string // features whose small faces do
}

// cards returns the cards of the networks of the pack.
func cards() []card {
	return []card{
		{"detector.md", []string{"detector"}, []string{"Detection"}, nil},
		{"facemesh.md", []string{"facemesh"}, []string{"Landmarks", "Pose"}, nil},
		{
			"attributes.md",
			[]string{"attributes"},
			[]string{"Apparent gender", "Apparent ethnicity", "Apparent age", "Glasses"},
			[]string{"gender", "ethnicity", "age", "glasses"},
		},
		{"age_gender.md", []string{"age_gender"}, []string{"Apparent age"}, []string{"age"}},
		{"face_expression.md", []string{"face_expression"}, []string{"Smile", "Emotion"}, []string{"smile", "emotion"}},
		{"emotion.md", []string{"emotion"}, []string{"Emotion"}, []string{"emotion"}},
		{"eyes.md", []string{"eyes"}, []string{"Eyes"}, []string{"eyes"}},
		{"hair.md", []string{"hair_224", "hair_192", "hair_words"}, []string{"Hair"}, []string{"hair", "hair colour"}},
	}
}

// tells reports whether a measure is about the card's networks.
func (c *card) tells(m *measure) bool {
	if m.sides {
		return slices.ContainsFunc(c.small, func(name string) bool { return m.name == smallName(name) })
	}
	return slices.Contains(c.sections, m.section)
}

// The markers around the written part of a card.
const (
	cardBegin = "<!-- what follows is written by `make accuracy UPDATE=1`, not by hand -->\n"
	cardEnd   = "<!-- end of what is written -->\n"
)

// written returns the part of a card that is made of the manifest and of a table.
func (c *card) written(pack []models.Model, list []measure, t *stored) (string, error) {
	var b strings.Builder
	b.WriteString("\n## The file\n\n")
	for _, name := range c.networks {
		i := slices.IndexFunc(pack, func(m models.Model) bool { return m.Name == name })
		if i < 0 {
			return "", fmt.Errorf("card %s: %s is not in the pack", c.file, name)
		}
		m := &pack[i]
		fmt.Fprintf(&b, "- `%s`, sha256 `%s`\n- licence: %s\n- origin: %s\n", m.File, m.SHA256, m.Licence, m.Origin)
		if m.Package != "" {
			fmt.Fprintf(&b, "- published in the npm package %s %s\n", m.Package, m.Version)
		}
		for _, p := range m.Inputs {
			fmt.Fprintf(&b, "- in: `%s` %v, %s\n", p.Name, p.Shape, p.Meaning)
		}
		for _, p := range m.Outputs {
			fmt.Fprintf(&b, "- out: `%s` %v, %s\n", p.Name, p.Shape, p.Meaning)
		}
		b.WriteByte('\n')
	}
	fmt.Fprintf(&b, "## What was measured\n\nOn %s, by `make accuracy`. Each value is of the whole program, not of the network alone; ± is 1.96 standard errors. [The table](../ACCURACY.md) says\nwhat the sets are, which of them were used to choose a constant, and what must be reached.\n", t.Date)
	section := ""
	for i := range list {
		m := &list[i]
		if !c.tells(m) {
			continue
		}
		for k := range m.rows {
			f := figure{measure: m, row: &m.rows[k]}
			s, ok := t.Rows[f.name()]
			if !ok {
				continue
			}
			if section != m.section {
				section = m.section
				fmt.Fprintf(&b, "\n### %s\n\n| what | set | n | value | ± |\n|---|---|---|---|---|\n", section)
			}
			u := f.row.unit
			fmt.Fprintf(&b, "| %s | %s | %d | %s | %s |\n", f.row.what, f.setName(), s.N, u.format(s.Value), u.format(normal95*s.SE))
		}
		if next := i + 1; next == len(list) || list[next].section != m.section {
			for i := range list {
				if list[i].section == section && c.tells(&list[i]) {
					b.WriteString(confusionTable(&list[i], t))
				}
			}
		}
	}
	b.WriteByte('\n')
	return b.String(), nil
}

// errMarkers is the error of a card without the two markers.
var errMarkers = errors.New("it lacks the lines between which figures are written")

// withWritten returns a card's text with another written part.
func withWritten(text, part string) (string, error) {
	before, rest, ok := strings.Cut(text, cardBegin)
	_, after, ended := strings.Cut(rest, cardEnd)
	if !ok || !ended {
		return "", errMarkers
	}
	return before + cardBegin + part + cardEnd + after, nil
}

// updatedCards returns the cards of a folder of documents as they must be with a table, by path.
func updatedCards(docs string, list []measure, t *stored) (map[string]string, error) {
	pack, err := models.Embedded()
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, c := range cards() {
		path := filepath.Join(docs, cardFolder, c.file)
		text, err := os.ReadFile(path)
		if err != nil {
			return nil, fmt.Errorf("read a model card: %w", err)
		}
		part, err := c.written(pack.Models(), list, t)
		if err != nil {
			return nil, err
		}
		if out[path], err = withWritten(string(text), part); err != nil {
			return nil, fmt.Errorf("model card %s: %w", path, err)
		}
	}
	return out, nil
}

// writeCards writes the figures of the cards in a folder of documents anew.
func (t *table) writeCards(docs string) error {
	files, err := updatedCards(docs, t.list, &t.stored)
	if err != nil {
		return err
	}
	for path, text := range files {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			return fmt.Errorf("write a model card: %w", err)
		}
	}
	return nil
}
