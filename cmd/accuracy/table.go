package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"time"

	"semblance/models"
)

// The two files of a table: one to be read, one to be compared with.
const (
	textFile  = "ACCURACY.md"
	tableFile = "accuracy.json"
)

// table is the outcome of a measurement.
type table struct {
	list     []measure
	observed map[string][]observation
	figures  []figure
	stored   stored
}

// stored is what is kept of a table for later ones.
type stored struct {
	Date     string                  `json:"date"`     // day of the measurement, 2026-11-30
	Models   map[string]string       `json:"models"`   // network: first digits of its sha256
	Rows     map[string]storedFigure `json:"rows"`     // by figure.name
	Observed map[string]storedAnswer `json:"observed"` // by measure.key
	// Confusions are the counts of confusion, by measure.key, of the measures that name their classes.
	Confusions map[string][]string `json:"confusions,omitempty"`
}

// storedFigure is a figure in numbers.
type storedFigure struct {
	N     int     `json:"n"`
	Value float64 `json:"value"`
	SE    float64 `json:"se"` // standard error
}

// storedAnswer is everything that the program said for one measure, label by label.
type storedAnswer struct {
	Labels string `json:"labels"` // fingerprint
	Said   string `json:"said"`   // as of pack
}

// newTable reads all rows off the observations, which are kept.
func newTable(list []measure, observed map[string][]observation, now time.Time) (*table, error) {
	networks, err := models.Embedded()
	if err != nil {
		return nil, err
	}
	t := &table{list: list, observed: observed, stored: stored{
		Date: now.Format(time.DateOnly), Models: map[string]string{}, Rows: map[string]storedFigure{}, Observed: map[string]storedAnswer{}, Confusions: map[string][]string{},
	}}
	for _, n := range networks.Models() {
		t.stored.Models[n.Name] = n.SHA256[:8]
	}
	for i := range list {
		m := &list[i]
		obs := observed[m.key()]
		if len(obs) == 0 {
			continue
		}
		for _, f := range figures(m, obs) {
			t.figures = append(t.figures, f)
			if !math.IsNaN(f.value) && !math.IsNaN(f.se) {
				t.stored.Rows[f.name()] = storedFigure{N: f.n, Value: rounded(f.value), SE: rounded(f.se)}
			}
		}
		if m.classes != nil {
			t.stored.Confusions[m.key()] = confusion(obs, len(m.classes))
		}
		said, err := pack(obs)
		if err != nil {
			return nil, err
		}
		t.stored.Observed[m.key()] = storedAnswer{Labels: fingerprint(obs), Said: said}
	}
	return t, nil
}

// rounded keeps five decimals: more are noise, and make every comparison of two files unreadable.
func rounded(v float64) float64 { return math.Round(v*1e5) / 1e5 }

// readTable reads a table that was written; the zero value if there is none.
func readTable(path string) (stored, error) {
	var s stored
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return s, nil
	}
	if err != nil {
		return s, err
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(&s); err != nil {
		return s, fmt.Errorf("read %s: %w", path, err)
	}
	return s, nil
}

// write writes both files into a folder. text is the Markdown.
func (t *table) write(folder, text string) error {
	data, err := json.MarshalIndent(t.stored, "", " ")
	if err != nil {
		return err
	}
	for name, content := range map[string][]byte{textFile: []byte(text), tableFile: append(data, '\n')} {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o644); err != nil {
			return fmt.Errorf("write the table: %w", err)
		}
	}
	return nil
}

// missed returns an error that lists the rows below what must be reached, or nil.
func (t *table) missed() error {
	var lines []string
	for i := range t.figures {
		if f := &t.figures[i]; f.missed() {
			lines = append(lines, fmt.Sprintf("%s: %s, wanted is %s", f.name(), f.row.unit.format(f.value), f.row.limit(f.row.least)))
		}
	}
	if len(lines) == 0 {
		return nil
	}
	return fmt.Errorf("below what must be reached:\n%s", strings.Join(lines, "\n"))
}
