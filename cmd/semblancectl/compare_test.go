package main

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"semblance/analysis"
	"semblance/internal/face"
	"semblance/internal/library"
)

// another is fakeEngine as other networks.
type another struct{ fakeEngine }

func (a another) Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error) {
	out, err := a.fakeEngine.Analyze(ctx, src, req)
	if err != nil {
		return nil, err
	}
	out.Models = map[string]string{"age": strings.Repeat("b", 64)}
	for i := range out.Faces {
		out.Faces[i].Emotion = face.Emotions{face.Sad: 1}
		out.Faces[i].Gender = face.Genders{face.Man - 1: 1}
	}
	return out, nil
}

func TestCompare(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("XDG_DATA_HOME", t.TempDir())
	photos, catalog := folder(t), filepath.Join(t.TempDir(), "catalog.db")
	compare := func(args ...string) string {
		t.Helper()
		code, stdout, stderr := execute(t, nil, nil, append([]string{"compare", "--catalog", catalog}, args...)...)
		if code != exitOK || stderr != "" {
			t.Errorf("%q: exit status %d, complained: %s", args, code, stderr)
		}
		return stdout
	}
	for i, engine := range []interface {
		Analyze(context.Context, analysis.Source, analysis.Request) (*face.Analysis, error)
	}{fakeEngine{}, another{}} {
		l, err := library.Open(library.Config{Catalog: catalog, Cache: t.TempDir(), Engine: engine})
		if err != nil {
			t.Fatal(err)
		}
		l.OpenFolder(photos, true)
		if err := l.WaitIdle(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i == 1 {
			if err := l.Reanalyse([]string{filepath.Join(photos, "a.png")}, 0); err != nil {
				t.Fatal(err)
			}
			if err := l.WaitIdle(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if err := l.Close(); err != nil {
			t.Fatal(err)
		}
		if i == 0 {
			if got := compare(); got != "no photo was analysed by other networks before\n" {
				t.Errorf("before another analysis: %q", got)
			}
		}
	}
	got := compare("--list")
	for _, want := range []string{
		"a.png: face 1: gender man, was woman\n", "other networks before: 1\nfaces in both: 2, new: 0, gone: 0\n", "gender  2 of 2  100.0 %", "emotion sad, was unknown",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("printed %q without %q", got, want)
		}
	}
	if got := compare(filepath.Join(photos, "sub")); !strings.HasPrefix(got, "no photo") {
		t.Errorf("of another folder: %q", got)
	}
	if code, _, _ := execute(t, nil, nil, "compare", "a", "b"); code != exitUsage {
		t.Errorf("two folders: exit status %d", code)
	}
}
