package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"semblance/internal/decode"
	"semblance/internal/pipeline"
	"semblance/models"
)

// TestMain is also the program of the process that decodes HEIC and AVIF.
func TestMain(m *testing.M) {
	decode.NewSandbox().Close()
	os.Exit(m.Run())
}

// HEIC and AVIF are photos like others; a damaged one does not stop the rest.
func TestAnalyzeHEIF(t *testing.T) {
	images := filepath.Join("..", "..", "..", "shared", "eval", "photo_formats", "images") // beside the repository
	if _, err := os.Stat(images); err != nil {
		t.Skip("no collection of formats beside the repository")
	}
	dir := t.TempDir()
	for name, from := range map[string]string{
		"a.avif": "Pillow__avif__hopper.avif", "b.heic": "metadata-extractor-images__heic__cheers_1440x960.heic", // the picture is not in it
		"c.heif": "Pillow__avif__hopper.heif",
	} {
		data, err := os.ReadFile(filepath.Join(images, from))
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	sandbox := decode.NewSandbox()
	defer sandbox.Close()
	var out, errs bytes.Buffer
	p := program{
		stdout: &out, stderr: &errs, sandbox: sandbox, pack: models.Embedded,
		engine: func(string) (pipeline.Analyzer, func() error, error) {
			return fakeEngine{}, func() error { return nil }, nil
		},
	}
	if code := p.run(t.Context(), []string{"analyze", "--jsonl", dir}); code != exitFailed {
		t.Errorf("exit status %d", code)
	}
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(lines) != 3 || !strings.Contains(lines[0], `"w":128`) || !strings.Contains(lines[1], "damaged") || !strings.Contains(lines[2], `"h":128`) {
		t.Errorf("printed was %s, told %s", out.String(), errs.String())
	}
}
