package main

import (
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/pipeline"
)

// fake is an engine that reads the answer off the size of a picture: one of an odd width
// smiles. It errs on pictures lower than errs, and fails with err.
type fake struct {
	errs int
	err  error
	ask  func(analysis.Request)
}

func (e fake) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	if e.ask != nil {
		e.ask(req)
	}
	if e.err != nil {
		return nil, e.err
	}
	if _, err := src.Pixels(ctx, 0); err != nil {
		return nil, err
	}
	w, h := src.Size()
	smile := float32(w % 2)
	if h < e.errs {
		smile = 1 - smile
	}
	f := face.Face{Box: face.BoxAt(0, 0, float32(w), float32(h)), Score: 1, Smile: .001 + .998*smile, Pose: face.Pose{Yaw: float32(h) / 10}}
	return &face.Analysis{W: w, H: h, Have: req.Want, Faces: []face.Face{f}}, nil
}

func (e fake) open(string) (pipeline.Analyzer, func() error, error) {
	return e, func() error { return nil }, nil
}

// smallEval lays 40 heads into a folder as GENKI's would lie.
func smallEval(t *testing.T) string {
	t.Helper()
	eval := t.TempDir()
	folder := filepath.Join(eval, "genki4k")
	if err := os.Mkdir(folder, 0o755); err != nil {
		t.Fatal(err)
	}
	table := "file,kind,smile,yaw,pitch,roll\n"
	for i := range 40 {
		name := fmt.Sprintf("%02d.png", i)
		f, err := os.Create(filepath.Join(folder, name))
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(png.Encode(f, image.NewGray(image.Rect(0, 0, 20+i%2, 20+i))), f.Close()); err != nil {
			t.Fatal(err)
		}
		table += fmt.Sprintf("%s,context,%d,2,0,0\n", name, i%2)
	}
	if err := os.WriteFile(filepath.Join(folder, "labels.csv"), []byte(table), 0o644); err != nil {
		t.Fatal(err)
	}
	return eval
}

func TestRun(t *testing.T) {
	eval, docs := smallEval(t), t.TempDir()
	call := func(e fake, args ...string) (int, string, string) {
		t.Helper()
		var out, errs strings.Builder
		code := run(t.Context(), append([]string{"-eval", eval, "-docs", docs}, args...), e.open, &out, &errs)
		return code, out.String(), errs.String()
	}
	code, out, errs := call(fake{}, "-only", "^Smile smile genki4k")
	if code != exitOK || !strings.Contains(out, "| right | genki4k | 40 | 100.0 % | 91.2 % .. 100.0 % | ≥ 94.0 % | ≥ 96.0 % | partly not held out: of two fits of the smile this one was kept |") {
		t.Errorf("exit status %d, %s\n%s", code, errs, out)
	}
	// A table that is written is what the next one is compared with.
	list := measures()[:0:0]
	for _, m := range measures() {
		if m.key() == "smile genki4k default" {
			list = append(list, m)
		}
	}
	layCards(t, docs)
	m := measurement{eval: eval, docs: docs, update: true, list: list, stdout: &strings.Builder{}, stderr: &strings.Builder{}}
	if err := m.run(t.Context(), fake{}); err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(filepath.Join(docs, textFile))
	if err != nil || !strings.HasPrefix(string(text), "# Accuracy\n") {
		t.Errorf("%.20s, %v", text, err)
	}
	if code, out, errs = call(fake{}, "-only", "^Smile smile genki4k"); code != exitOK || !strings.Contains(out, "5 rows compared, 0 differ") {
		t.Errorf("exit status %d, %s\n%s", code, errs, out)
	}
	code, out, errs = call(fake{errs: 32}, "-only", "^Smile smile genki4k")
	if code != exitFailed || !strings.Contains(out, "WORSE  smile genki4k default: right: 70.0 %, was 100.0 %") || !strings.Contains(out, "**70.0 %**") {
		t.Errorf("exit status %d\n%s", code, out)
	}
	if !strings.Contains(errs, "smile genki4k default: right: 70.0 %, wanted is ≥ 94.0 %") || !strings.Contains(errs, "40 of 40 pictures") {
		t.Errorf("standard error: %s", errs)
	}
	if code, _, errs = call(fake{}, "-update"); code != exitFailed || !strings.Contains(errs, "would lack what is absent: groups_hand") {
		t.Errorf("an incomplete table: exit status %d, %s", code, errs)
	}
}

func TestRunAsksForWhatIsMeasured(t *testing.T) {
	asked := make(chan analysis.Request, 1000)
	e := fake{ask: func(r analysis.Request) { asked <- r }}
	var out strings.Builder
	run(t.Context(), []string{"-eval", smallEval(t), "-docs", t.TempDir(), "-only", "^(Smile|Pose|Detection) .*genki4k"}, e.open, &out, &out)
	close(asked)
	n := 0
	for r := range asked {
		n++
		if want := face.Smiling | face.PoseAngles; r.Want != want || r.Mode != analysis.Default || r.Crop {
			t.Fatalf("asked for %+v, want %v", r, want)
		}
	}
	if n != 40 {
		t.Errorf("%d pictures were analysed, want each of 40 once", n)
	}
}

func TestRunFails(t *testing.T) {
	eval := smallEval(t)
	var cancel context.CancelFunc
	for name, c := range map[string]struct {
		engine fake
		args   []string
		code   int
		says   string
	}{
		"no such flag":      {fake{}, []string{"-x"}, exitUsage, "-x"},
		"an argument":       {fake{}, []string{"x"}, exitUsage, "unexpected argument"},
		"a bad pattern":     {fake{}, []string{"-only", "("}, exitUsage, "-only"},
		"nothing matches":   {fake{}, []string{"-only", "nose hair"}, exitUsage, "nothing matches"},
		"a part as all":     {fake{}, []string{"-only", "smile", "-update"}, exitUsage, "-only"},
		"no pictures":       {fake{}, []string{"-eval", t.TempDir()}, exitFailed, "no labelled pictures"},
		"an engine's error": {fake{err: errors.New("no luck")}, nil, exitFailed, "genki4k/"},
		"interrupted":       {fake{ask: func(analysis.Request) { cancel() }}, []string{"-only", "genki4k"}, exitFailed, "interrupted: nothing was written"},
	} {
		docs := t.TempDir()
		var ctx context.Context
		ctx, cancel = context.WithCancel(t.Context())
		var out, errs strings.Builder
		code := run(ctx, append([]string{"-eval", eval, "-docs", docs}, c.args...), c.engine.open, &out, &errs)
		if code != c.code || !strings.Contains(errs.String(), c.says) {
			t.Errorf("%s: exit status %d, want %d: %s", name, code, c.code, errs.String())
		}
		if written, err := os.ReadDir(docs); err != nil || len(written) > 0 {
			t.Errorf("%s: wrote %v, %v", name, written, err)
		}
		cancel()
	}
}
