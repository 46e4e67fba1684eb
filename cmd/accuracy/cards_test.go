package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"semblance/models"
)

// layCards lays cards without any figures into a folder of documents.
func layCards(t *testing.T, docs string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Join(docs, cardFolder), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, c := range cards() {
		if err := os.WriteFile(filepath.Join(docs, cardFolder, c.file), []byte("# "+c.file+"\n\n"+cardBegin+cardEnd+"after\n"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// The figures of the committed cards are those of the committed table.
func TestCardsAgreeWithTheTable(t *testing.T) {
	docs := filepath.Join("..", "..", "docs")
	committed, err := readTable(filepath.Join(docs, tableFile))
	if err != nil {
		t.Fatal(err)
	}
	want, err := updatedCards(docs, measures(), &committed)
	if err != nil {
		t.Fatal(err)
	}
	index, err := os.ReadFile(filepath.Join(docs, cardFolder, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	for path, text := range want {
		is, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if string(is) != text {
			t.Errorf("%s is not what `make accuracy UPDATE=1` writes for %s", path, tableFile)
		}
		if !strings.Contains(string(index), "("+filepath.Base(path)+")") {
			t.Errorf("the index does not lead to %s", path)
		}
	}
	files, err := filepath.Glob(filepath.Join(docs, cardFolder, "*.md"))
	if err != nil || len(files) != len(want)+1 {
		t.Errorf("%d files beside %d cards and their index, %v", len(files), len(want), err)
	}
}

func TestEveryNetworkHasACard(t *testing.T) {
	pack, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var described []string
	for _, c := range cards() {
		described = append(described, c.networks...)
	}
	for _, m := range pack.Models() {
		n := len(described)
		described = slices.DeleteFunc(described, func(name string) bool { return name == m.Name })
		if len(described) != n-1 {
			t.Errorf("%s is on %d cards", m.Name, n-len(described))
		}
	}
	if len(described) > 0 {
		t.Errorf("cards of %v, which the pack lacks", described)
	}
}

// Every section of the table is on a card, and what a card names is there.
func TestCardsNameMeasures(t *testing.T) {
	list := measures()
	for i := range list {
		if all := cards(); !slices.ContainsFunc(all, func(c card) bool { return c.tells(&list[i]) }) {
			t.Errorf("%s is on no card", list[i].key())
		}
	}
	for _, c := range cards() {
		for _, s := range c.sections {
			if !slices.ContainsFunc(list, func(m measure) bool { return m.section == s }) {
				t.Errorf("%s: no section %s", c.file, s)
			}
		}
		for _, s := range c.small {
			if !slices.ContainsFunc(list, func(m measure) bool { return m.name == smallName(s) }) {
				t.Errorf("%s: no small faces of %s", c.file, s)
			}
		}
	}
}

func TestWritten(t *testing.T) {
	list := slices.DeleteFunc(measures(), func(m measure) bool { return m.section != "Eyes" })
	s := stored{
		Date:       "2026-11-30",
		Rows:       map[string]storedFigure{"eyes labelled_eyes default: right": {N: 292, Value: .96233, SE: .01}},
		Confusions: map[string][]string{"eyes labelled_eyes default": {"62 10 0", "1 219 0"}},
	}
	c := card{file: "eyes.md", networks: []string{"eyes"}, sections: []string{"Eyes"}}
	pack, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	got, err := c.written(pack.Models(), list, &s)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"`eyes.onnx`, sha256 `", "- licence: MIT\n", "On 2026-11-30", "\n| right | labelled_eyes | 292 | 96.2 % | 2.0 % |\n", "\n| **closed** | 62 | 10 | 0 |\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("%q is not in\n%s", want, got)
		}
	}
	c.networks = []string{"nose"}
	if _, err := c.written(pack.Models(), list, &s); err == nil {
		t.Error("a network that the pack lacks is described")
	}
	if text, err := withWritten("a\n"+cardBegin+"old\n"+cardEnd+"b\n", "new\n"); err != nil || text != "a\n"+cardBegin+"new\n"+cardEnd+"b\n" {
		t.Errorf("%q, %v", text, err)
	}
	for _, text := range []string{"", cardBegin, cardEnd + cardBegin} {
		if _, err := withWritten(text, ""); !errors.Is(err, errMarkers) {
			t.Errorf("%q: %v", text, err)
		}
	}
}
