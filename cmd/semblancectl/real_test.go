package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"semblance/models/ort"
)

// The whole way with the real networks: a command line in, JSON out.
func TestAnalyzeWithTheRealNetworks(t *testing.T) {
	if _, err := ort.FindLibrary(""); errors.Is(err, ort.ErrNotFound) && os.Getenv("SEMBLANCE_REQUIRE") == "" {
		t.Skip(err)
	}
	analyze := func(t *testing.T, args ...string) (tree struct {
		Models map[string]string
		Faces  []map[string]any
	},
	) {
		t.Helper()
		var out, errs bytes.Buffer
		if code := run(t.Context(), append([]string{"analyze"}, args...), nil, &out, &errs); code != exitOK {
			t.Fatalf("exit status %d: %s", code, errs.String())
		}
		if err := json.Unmarshal(out.Bytes(), &tree); err != nil {
			t.Fatalf("%v in %s", err, out.String())
		}
		return tree
	}
	t.Run("nobody", func(t *testing.T) {
		tree := analyze(t, filepath.Join(folder(t), "a.png"))
		if len(tree.Faces) != 0 || tree.Faces == nil || len(tree.Models["detector"]) != 64 {
			t.Errorf("found %+v", tree)
		}
	})
	t.Run("a portrait", func(t *testing.T) {
		eval := filepath.Join("..", "..", "..", "shared", "eval") // beside the repository
		if _, err := os.Stat(eval); err != nil {
			t.Skip("no labelled photos beside the repository")
		}
		portraits, err := filepath.Glob(filepath.Join(eval, "celeb1k_test", "images", "*.*"))
		if err != nil || len(portraits) == 0 {
			t.Fatalf("no portraits in %s (%v)", eval, err)
		}
		tree := analyze(t, portraits[0])
		if len(tree.Faces) == 0 {
			t.Fatalf("no face in %s", portraits[0])
		}
		for _, key := range []string{"bounds", "age", "age_range", "gender", "emotion", "landmarks", "pose", "smile", "glasses", "hair"} {
			if _, ok := tree.Faces[0][key]; !ok {
				t.Errorf("%s: the face has no %s", portraits[0], key)
			}
		}
		if _, ok := tree.Faces[0]["ethnicity"]; ok {
			t.Error("the face has an ethnicity that nobody asked for")
		}
		for _, features := range []string{"all", "ethnicity"} {
			if _, ok := analyze(t, "--features", features, portraits[0]).Faces[0]["ethnicity"]; !ok {
				t.Errorf("with --features %s the face has no ethnicity", features)
			}
		}
		gender := analyze(t, "--features", "gender", portraits[0])
		if _, has := gender.Faces[0]["bounds"]; has || len(gender.Models) >= len(tree.Models) {
			t.Errorf("gender alone took the networks %v and gave %v", gender.Models, gender.Faces[0])
		}
	})
}
