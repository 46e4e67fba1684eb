package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/BurntSushi/toml"
	"github.com/google/go-cmp/cmp"
)

func TestMetadataIsThatOfFyneApp(t *testing.T) {
	var file struct {
		Details struct {
			ID, Name, Version, Icon string
			Build                   int
		}
		Migrations map[string]bool
	}
	if _, err := toml.DecodeFile(filepath.Join("..", "..", "FyneApp.toml"), &file); err != nil {
		t.Fatal(err)
	}
	m := metadata()
	got := []any{m.ID, m.Name, m.Version, m.Build, m.Migrations}
	want := []any{file.Details.ID, file.Details.Name, file.Details.Version, file.Details.Build, file.Migrations}
	if d := cmp.Diff(want, got); d != "" {
		t.Errorf("metadata differs from FyneApp.toml (-file +program):\n%s", d)
	}
	if _, err := os.Stat(filepath.Join("..", "..", file.Details.Icon)); err != nil {
		t.Errorf("the icon of FyneApp.toml: %v", err)
	}
}

func TestParse(t *testing.T) {
	tests := []struct {
		args string
		want flags
		err  string
	}{
		{"", flags{workers: 2}, ""},
		{"photos", flags{workers: 2, open: "photos"}, ""},
		{"--recursive --report --trace t.jsonl photos", flags{workers: 2, recursive: true, report: true, trace: "t.jsonl", open: "photos"}, ""},
		{"--catalog c.db --cache c --ort lib.so --workers 1", flags{catalog: "c.db", cache: "c", ort: "lib.so", workers: 1}, ""},
		{"a b", flags{}, "one folder at a time"},
		{"--nope", flags{}, "not defined"},
	}
	for _, tt := range tests {
		f, err := parse(strings.Fields(tt.args), io.Discard)
		if tt.err != "" {
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Errorf("%q: error %v, want %q", tt.args, err, tt.err)
			}
			continue
		}
		if err != nil || f != tt.want {
			t.Errorf("%q: %+v, %v, want %+v", tt.args, f, err, tt.want)
		}
	}
	var help bytes.Buffer
	if _, err := parse([]string{"--help"}, &help); !errors.Is(err, flag.ErrHelp) || !strings.Contains(help.String(), "-catalog") {
		t.Errorf("--help: %v, %q", err, help.String())
	}
}

func TestPlaces(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	t.Setenv("XDG_DATA_HOME", filepath.Join(home, "data"))
	t.Setenv("XDG_CACHE_HOME", filepath.Join(home, "cache"))
	var f flags
	if err := f.fillPlaces(); err != nil {
		t.Fatal(err)
	}
	log, err := openLog(f.catalog)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if !strings.HasPrefix(f.catalog, home) || !strings.HasPrefix(f.cache, home) || filepath.Dir(log.Name()) != filepath.Dir(f.catalog) {
		t.Errorf("catalog %s, cache %s, log %s are not below %s", f.catalog, f.cache, log.Name(), home)
	}
}

func TestLogIsPutAside(t *testing.T) {
	catalog := filepath.Join(t.TempDir(), "catalog.db")
	old := filepath.Join(filepath.Dir(catalog), "semblance.log")
	if err := os.WriteFile(old, make([]byte, maxLog+1), 0o644); err != nil {
		t.Fatal(err)
	}
	log, err := openLog(catalog)
	if err != nil {
		t.Fatal(err)
	}
	defer log.Close()
	if info, err := log.Stat(); err != nil || info.Size() != 0 {
		t.Errorf("the new log has %v bytes, %v", info.Size(), err)
	}
	if info, err := os.Stat(old + ".1"); err != nil || info.Size() != maxLog+1 {
		t.Errorf("the old log: %v", err)
	}
}

func TestTrace(t *testing.T) {
	path := filepath.Join(t.TempDir(), "trace.jsonl")
	trace, closeFile, err := newTrace(path)
	if err != nil {
		t.Fatal(err)
	}
	trace("window shown", nil)
	trace("search done", map[string]any{"photos": 3})
	if err := closeFile(); err != nil {
		t.Fatal(err)
	}
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var events []string
	for line := range strings.Lines(string(raw)) {
		var e struct {
			T      *float64
			Event  string
			Photos int
		}
		if err := json.Unmarshal([]byte(line), &e); err != nil || e.T == nil {
			t.Errorf("%q: %v", line, err)
		}
		events = append(events, e.Event)
	}
	if d := cmp.Diff([]string{"window shown", "search done"}, events); d != "" {
		t.Error(d)
	}
	if trace, _, _ := newTrace(""); trace != nil {
		t.Error("a trace without a file")
	}
}
