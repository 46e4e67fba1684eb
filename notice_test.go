package semblance

import (
	"os"
	"os/exec"
	"strings"
	"testing"
)

// TestThirdParty checks that docs/THIRD_PARTY.md names every module that the programs contain.
func TestThirdParty(t *testing.T) {
	text, err := os.ReadFile("docs/THIRD_PARTY.md")
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), "go", "list", "-deps", "-tags", "migrated_fynedo,nodynamic", "-f", "{{with .Module}}{{.Path}}{{end}}", "./cmd/semblance", "./cmd/semblancectl")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Fields(string(out))
	if len(modules) < 20 {
		t.Fatalf("only %q are contained", modules)
	}
	for _, m := range modules {
		if m != module && !strings.Contains(string(text), "| "+m+" |") {
			t.Errorf("%s is linked and not named", m)
			text = append(text, "| "+m+" |"...) // once is enough
		}
	}
}
