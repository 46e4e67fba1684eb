package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"semblance/analysis"
	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/pipeline"
	"semblance/models"
	"semblance/models/ort"
)

// fakeEngine finds one face that fills the photo, and a doubtful one in its corner.
type fakeEngine struct{ err error }

func (f fakeEngine) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	if f.err != nil {
		return nil, f.err
	}
	if _, err := src.Pixels(ctx, 0); err != nil {
		return nil, err
	}
	w, h := src.Size()
	sure := face.Face{Number: 1, Box: face.BoxAt(0, 0, float32(w), float32(h)), Score: .97, Age: face.Age{Years: 34.6, Low: 30, High: 40}, Gender: face.Genders{.98, .02}}
	doubtful := sure
	doubtful.Number, doubtful.Score = 2, .7
	// A box is always found: only what was asked for may be printed.
	a := &face.Analysis{W: w, H: h, Have: req.Want | face.BoundsBox, Mode: req.Mode.String(), Faces: []face.Face{sure, doubtful}}
	if req.Crop {
		a.Faces = a.Faces[:1]
		a.Faces[0].Age.Years = 50 // tells that the crop was asked for
	}
	if req.Turned {
		a.Faces[0].Age.Years = 60
	}
	return a, nil
}

// execute runs a command line with the fake engine and the real models.
func execute(t *testing.T, engine pipeline.Analyzer, engineErr error, args ...string) (code int, stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := program{stdout: &out, stderr: &errs, pack: models.Embedded, engine: func(string) (pipeline.Analyzer, func() error, error) {
		return engine, func() error { return nil }, engineErr
	}}
	code = p.run(t.Context(), args)
	return code, out.String(), errs.String()
}

// folder makes a folder of photos, and files that are none.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for i, name := range []string{"a.png", "b.png", "sub/d.png"} {
		img := image.NewGray(image.Rect(0, 0, 20+i, 10))
		img.SetGray(i, 0, color.Gray{200})
		var b bytes.Buffer
		if err := png.Encode(&b, img); err != nil {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, name), b.Bytes())
	}
	write(t, filepath.Join(dir, "c.jpg"), []byte("a text that is called a photo"))
	write(t, filepath.Join(dir, "notes.txt"), []byte("no photo"))
	if err := os.Mkdir(filepath.Join(dir, "empty"), 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

func write(t *testing.T, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

// Who names a file that begins with a minus is told how.
func TestAFileThatLooksLikeAFlag(t *testing.T) {
	t.Chdir(t.TempDir())
	write(t, "-a.png", nil)
	for _, tt := range []struct{ arg, want string }{
		{"-a.png", "not defined: -a.png; write ./-a.png for the file of this name\n"},
		{"-b.png", "not defined: -b.png\n"},
	} {
		if code, _, stderr := execute(t, fakeEngine{}, nil, "analyze", tt.arg); code != exitUsage || !strings.Contains(stderr, tt.want) {
			t.Errorf("%s: exit status %d, %s", tt.arg, code, stderr)
		}
	}
}

func TestCommandLines(t *testing.T) {
	dir := folder(t)
	in := func(name string) string { return filepath.Join(dir, name) }
	const gender = `{"faces":[{"gender":{"classes":{"man":0.02,"woman":0.98},"probability":0.98,"value":"woman"}}]}`
	line := func(name, result string) string { return `{"file":"` + in(name) + `","result":` + result + `}` }
	tests := []struct {
		name   string
		args   []string
		code   int
		stdout string   // all of it, "*" for anything but nothing
		stderr []string // parts of it; nothing if there are none
	}{
		{"no arguments", nil, exitUsage, "", []string{"semblancectl analyze", "Exit status"}},
		{"help", []string{"help"}, exitOK, "*", nil},
		{"help of a verb", []string{"help", "query"}, exitOK, "*", nil},
		{"flag for help", []string{"analyze", "--help"}, exitOK, "*", nil},
		{"help of nothing", []string{"help", "dance"}, exitUsage, "", []string{`unknown verb "dance"`, "analyze, query, mark, albums, compare"}},
		{"unknown verb", []string{"dance"}, exitUsage, "", []string{`unknown verb "dance"`, "analyze, query, mark, albums, compare", "see: semblancectl help"}},
		{"unknown flag", []string{"analyze", "--shoe", in("a.png")}, exitUsage, "", []string{"semblancectl analyze: flag provided but not defined: -shoe", "help analyze"}},
		{"no file", []string{"analyze"}, exitUsage, "", []string{"which files?"}},
		{"unknown feature", []string{"analyze", "--features", "gender,shoe", in("a.png")}, exitUsage, "", []string{`unknown feature "shoe", possible are age, bounds`}},
		{"unknown mode", []string{"analyze", "--mode", "slow", in("a.png")}, exitUsage, "", []string{`"slow"`, "thorough"}},
		{"unknown format", []string{"analyze", "--format", "yaml", in("a.png")}, exitUsage, "", []string{`"yaml"`, "semblance, rosto, scaleflex"}},
		{"a crop cannot be searched", []string{"analyze", "--crop", "--turned", in("a.png")}, exitUsage, "", []string{"they exclude each other"}},
		{"nothing of it in this format", []string{"analyze", "--features=eyes,quality", "--format=scaleflex", in("a.png")}, exitUsage, "", []string{"scaleflex has no words for blur,exposure,eyes"}},
		{
			"some of it not in this format",
			[]string{"analyze", "--features=age,eyes", "--format=rosto", "--jsonl", in("a.png")},
			exitOK,
			line("a.png", `{"faces":[{"age":34}]}`) + "\n",
			[]string{"rosto has no words for eyes: left out"},
		},
		{
			"one file, flags behind it",
			[]string{"analyze", in("a.png"), "--format", "rosto", "--features=age"},
			exitOK,
			"{\n  \"faces\": [\n    {\n      \"age\": 34\n    }\n  ]\n}\n", nil,
		},
		{
			"a tight crop",
			[]string{"analyze", "--crop", "--features=age", "--format=rosto", "--jsonl", in("a.png")},
			exitOK,
			line("a.png", `{"faces":[{"age":50}]}`) + "\n", nil,
		},
		{
			"turned faces",
			[]string{"analyze", "--turned", "--features=age", "--format=rosto", "--jsonl", in("a.png")},
			exitOK,
			line("a.png", `{"faces":[{"age":60}]}`) + "\n", nil,
		},
		{
			"doubtful faces",
			[]string{"analyze", "--doubtful", "--features=age", "--format=rosto", "--jsonl", in("a.png")},
			exitOK,
			line("a.png", `{"faces":[{"age":34},{"age":34}]}`) + "\n", nil,
		},
		{
			"several files",
			[]string{"analyze", "--features=gender", "--format=rosto", in("b.png"), in("a.png")},
			exitOK,
			"[\n" + line("b.png", gender) + ",\n" + line("a.png", gender) + "\n]\n", nil,
		},
		{
			"a folder with a broken photo",
			[]string{"analyze", "--features=gender", "--format=rosto", dir},
			exitFailed,
			"[\n" + line("a.png", gender) + ",\n" + line("b.png", gender) + ",\n" + `{"file":"` + in("c.jpg") + `","error":"not a picture that can be read: the content is text"}` + "\n]\n",
			[]string{"semblancectl: " + in("c.jpg") + ": not a picture that can be read"},
		},
		{
			"a folder with its subfolders, by lines",
			[]string{"analyze", "--recursive", "--jsonl", "--features=gender", "--format=rosto", in("sub"), dir},
			exitFailed,
			line("sub/d.png", gender) + "\n" + line("a.png", gender) + "\n" + line("b.png", gender) + "\n" +
				`{"file":"` + in("c.jpg") + `","error":"not a picture that can be read: the content is text"}` + "\n" + line("sub/d.png", gender) + "\n",
			[]string{"c.jpg"},
		},
		{"an empty folder", []string{"analyze", in("empty")}, exitOK, "[]\n", []string{in("empty") + ": no photos in this folder"}},
		{"a missing file", []string{"analyze", in("gone.jpg")}, exitFailed, "", []string{in("gone.jpg"), "no such file"}},
		{"a file that looks like a flag", []string{"analyze", "--", "--gone.jpg"}, exitFailed, "", []string{"--gone.jpg"}},
		{"models", []string{"models"}, exitOK, "*", nil},
		{"models of what", []string{"models", "detector"}, exitUsage, "", []string{"takes no arguments, not detector"}},
		{"a bad query", []string{"query", "emotion:joyful"}, exitUsage, "", []string{"joyful", "happy"}},
		{"no catalog", []string{"query", "--catalog", in("none.db"), "faces:2.."}, exitFailed, "", []string{"no catalog at " + in("none.db"), "--catalog"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code, stdout, stderr := execute(t, fakeEngine{}, nil, tt.args...)
			if code != tt.code {
				t.Errorf("exit status %d, want %d", code, tt.code)
			}
			if tt.stdout == "*" && stdout == "" {
				t.Error("nothing printed")
			}
			if tt.stdout != "*" && stdout != tt.stdout {
				t.Errorf("printed (-want +got):\n%s", cmp.Diff(tt.stdout, stdout))
			}
			if len(tt.stderr) == 0 && stderr != "" {
				t.Errorf("complained: %s", stderr)
			}
			for _, part := range tt.stderr {
				if !strings.Contains(stderr, part) {
					t.Errorf("did not say %q but %s", part, stderr)
				}
			}
		})
	}
}

func TestParseFlags(t *testing.T) {
	tests := []struct {
		args    []string
		rest    []string
		catalog string
		count   bool
	}{
		{[]string{"age:20-29"}, []string{"age:20-29"}, "", false},
		{[]string{"--count", "age:20-29", "-ethnicity:white"}, []string{"age:20-29", "-ethnicity:white"}, "", true},
		{[]string{"-ethnicity:white", "--count"}, []string{"-ethnicity:white"}, "", true},
		{[]string{"--count", "-any(smile:yes)", "--catalog", "c.db", "faces:1"}, []string{"-any(smile:yes)", "faces:1"}, "c.db", true},
		{[]string{"--catalog=c:/x", "faces:1"}, []string{"faces:1"}, "c:/x", false},
		{[]string{"--count", "--", "--catalog"}, []string{"--catalog"}, "", true},
		{[]string{"-"}, []string{"-"}, "", false},
	}
	for _, tt := range tests {
		set := flag.NewFlagSet("query", flag.ContinueOnError)
		catalog, count := set.String("catalog", "", ""), set.Bool("count", false, "")
		rest, err := parse(set, tt.args)
		if err != nil {
			t.Errorf("%q: %v", tt.args, err)
			continue
		}
		if diff := cmp.Diff(tt.rest, rest); diff != "" || *catalog != tt.catalog || *count != tt.count {
			t.Errorf("%q: catalog %q, count %v, rest (-want +got):\n%s", tt.args, *catalog, *count, diff)
		}
	}
}

// What makes every photo fail is no fault of the photos.
func TestMissingRuntimeAndModels(t *testing.T) {
	photo := filepath.Join(folder(t), "a.png")
	if code, stdout, stderr := execute(t, nil, ort.ErrNotFound, "analyze", photo); code != exitNoModels || stdout != "" || !strings.Contains(stderr, "make fetch") {
		t.Errorf("without a runtime: %d, %q, %q", code, stdout, stderr)
	}
	damaged := fakeEngine{&models.DigestError{Model: "detector", Want: "a", Got: "b"}}
	if code, _, stderr := execute(t, damaged, nil, "analyze", photo); code != exitNoModels || !strings.Contains(stderr, "detector") {
		t.Errorf("with a damaged model: %d, %q", code, stderr)
	}
	if code, _, _ := execute(t, fakeEngine{errors.New("analysis broke")}, nil, "analyze", photo); code != exitFailed {
		t.Errorf("with another error: %d", code)
	}
}

func TestModelsAreVerified(t *testing.T) {
	good, err := models.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	var out, errs bytes.Buffer
	p := program{stdout: &out, stderr: &errs, pack: models.Embedded}
	if code := p.run(t.Context(), []string{"models"}); code != exitOK {
		t.Fatalf("%d: %s", code, errs.String())
	}
	files := fstest.MapFS{}
	manifest, err := models.EncodeManifest(good.Models())
	if err != nil {
		t.Fatal(err)
	}
	files[models.ManifestFile] = &fstest.MapFile{Data: manifest}
	for i, m := range good.Models() {
		for _, want := range []string{m.Name, m.Licence, m.Origin, m.SHA256} {
			if !strings.Contains(out.String(), want) {
				t.Errorf("%s: %q is not listed", m.Name, want)
			}
		}
		data, err := good.Bytes(m.Name)
		if err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			data[len(data)/2] ^= 1
		}
		files[m.File] = &fstest.MapFile{Data: data}
	}
	p.pack = func() (*models.Pack, error) { return models.Open(files) }
	errs.Reset()
	if code := p.run(t.Context(), []string{"models"}); code != exitNoModels || !strings.Contains(errs.String(), good.Models()[0].Name) {
		t.Errorf("a damaged model: %d, %s", code, errs.String())
	}
}

func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, errs bytes.Buffer
	p := program{stdout: &out, stderr: &errs, engine: func(string) (pipeline.Analyzer, func() error, error) {
		return fakeEngine{}, func() error { return nil }, nil
	}}
	if code := p.run(ctx, []string{"analyze", folder(t)}); code != exitFailed || !strings.Contains(errs.String(), "interrupted") {
		t.Errorf("%d, %s", code, errs.String())
	}
	if !json.Valid(out.Bytes()) {
		t.Errorf("an interrupted array is no JSON: %s", out.String())
	}
}

// fullDisk fails after the first write.
type fullDisk struct{ writes int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if f.writes++; f.writes > 1 {
		return 0, errors.New("no space left")
	}
	return len(p), nil
}

func TestOutputThatCannotBeWritten(t *testing.T) {
	var errs bytes.Buffer
	p := program{stdout: &fullDisk{}, stderr: &errs, engine: func(string) (pipeline.Analyzer, func() error, error) {
		return fakeEngine{}, func() error { return nil }, nil
	}}
	if code := p.run(t.Context(), []string{"analyze", "--jsonl", folder(t)}); code != exitFailed || !strings.Contains(errs.String(), "print: no space left") {
		t.Errorf("%d, %s", code, errs.String())
	}
}

// wantEngine keeps what it was asked to find out.
type wantEngine struct {
	fakeEngine
	want *face.Features
}

func (e wantEngine) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	*e.want = req.Want
	return e.fakeEngine.Analyze(ctx, src, req)
}

// What a format has no words for is not found out, and ethnicity only where somebody asked for it.
func TestOnlyWhatIsWrittenIsFoundOut(t *testing.T) {
	photo := filepath.Join(folder(t), "a.png")
	for _, tt := range []struct {
		args []string
		want face.Features
	}{
		{nil, face.UsualFeatures},
		{[]string{"--features", "all"}, face.AllFeatures},
		{[]string{"--format", "rosto"}, face.UsualFeatures &^ face.EyeStates},
		{[]string{"--format", "scaleflex"}, face.BoundsBox | face.EmotionClasses | face.AgeYears | face.GenderClasses},
		{[]string{"--format", "scaleflex", "--features", "all"}, export.Scaleflex.Features()},
		{[]string{"--format", "scaleflex", "--features", "hair,age"}, face.AgeYears},
	} {
		var got face.Features
		if code, _, errs := execute(t, wantEngine{want: &got}, nil, append(append([]string{"analyze"}, tt.args...), photo)...); code != exitOK || got != tt.want {
			t.Errorf("analyze %v looks for %v, want %v (exit status %d, %s)", tt.args, got, tt.want, code, errs)
		}
	}
}
