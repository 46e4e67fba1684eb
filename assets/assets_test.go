package assets_test

import (
	"encoding/json"
	"testing"

	"golang.org/x/image/font/sfnt"

	"semblance/assets"
)

// The fonts have to hold every sign that captions are made of.
func TestFontsHoldTheSignsOfCaptions(t *testing.T) {
	for name, data := range map[string][]byte{"regular": assets.Regular(), "bold": assets.Bold()} {
		f, err := sfnt.Parse(data)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		var buf sfnt.Buffer
		for _, r := range "azAZ09 ·?%-–°…äéñßœłØžșАЯαΩ" {
			if g, err := f.GlyphIndex(&buf, r); err != nil || g == 0 {
				t.Errorf("%s has no glyph for %q (%v)", name, r, err)
			}
		}
	}
}

func TestSchemaNamesItsDialect(t *testing.T) {
	var s struct {
		Schema     string `json:"$schema"`
		Properties struct {
			Schema struct {
				Const string `json:"const"`
			} `json:"schema"`
		} `json:"properties"`
	}
	if err := json.Unmarshal(assets.Schema(), &s); err != nil {
		t.Fatal(err)
	}
	if s.Properties.Schema.Const != "semblance/1" || s.Schema == "" {
		t.Errorf("the schema describes %q in the draft %q", s.Properties.Schema.Const, s.Schema)
	}
}
