package main

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"semblance/models"
)

var committed = filepath.Join("..", "..", "models", "pack")

// The committed manifest and notice are those of the list in this package, whatever happens to the networks.
func TestCommittedManifestAndNotice(t *testing.T) {
	pack, err := models.Open(os.DirFS(committed))
	if err != nil {
		t.Fatal(err)
	}
	list := pack.Models()
	want := contents()
	if len(list) != len(want) {
		t.Fatalf("%d models committed, %d listed", len(list), len(want))
	}
	for i, e := range want {
		m := e.source.in(e.model)
		m.SHA256 = list[i].SHA256
		if diff := cmp.Diff(m, list[i]); diff != "" {
			t.Errorf("run make pack: the committed manifest differs (-listed +committed):\n%s", diff)
		}
		if e.build == nil && e.model.SHA256 != list[i].SHA256 {
			t.Errorf("%s: committed %s, want %s", m.Name, list[i].SHA256, e.model.SHA256)
		}
	}
	got, err := os.ReadFile(filepath.Join(committed, "NOTICE"))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(notice(list)), string(got)); diff != "" {
		t.Errorf("run make pack: the committed NOTICE differs (-built +committed):\n%s", diff)
	}
}

// SEMBLANCE_PACKAGES names a folder with the npm archives: then the whole pack is built again and compared byte for byte.
func TestPackIsReproducible(t *testing.T) {
	dir := os.Getenv("SEMBLANCE_PACKAGES")
	if dir == "" {
		t.Skip("SEMBLANCE_PACKAGES names no folder with the npm archives")
	}
	if err := run(t.Context(), []string{"-packages", dir, "-out", committed, "-check"}, &bytes.Buffer{}); err != nil {
		t.Error(err)
	}
}

// archive writes an npm archive and returns the package that it is.
func archive(t *testing.T, dir, name string, files map[string]string) published {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	w := tar.NewWriter(z)
	for file, text := range files {
		if err := w.WriteHeader(&tar.Header{Name: file, Mode: 0o644, Size: int64(len(text))}); err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	sum := sha512.Sum512(b.Bytes())
	p := published{name, "1.0.0", "sha512-" + base64.StdEncoding.EncodeToString(sum[:])}
	if err := os.WriteFile(filepath.Join(dir, p.file()), b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return p
}

func TestArchive(t *testing.T) {
	dir := t.TempDir()
	p := archive(t, dir, "@scope/net", map[string]string{
		"package/model/a.bin": "weights", "package/README.md": "x", "package/../../out.txt": "outside",
	})
	name, err := p.archive(t.Context(), dir)
	if err != nil || filepath.Base(name) != "scope-net-1.0.0.tgz" {
		t.Fatalf("archive = %q, %v", name, err)
	}

	to := t.TempDir()
	if err := unpack(name, to, []string{"model/a.bin"}); err != nil {
		t.Fatal(err)
	}
	if got, err := os.ReadFile(filepath.Join(to, "model", "a.bin")); err != nil || string(got) != "weights" {
		t.Errorf("model/a.bin = %q, %v", got, err)
	}
	if _, err := os.Stat(filepath.Join(to, "README.md")); err == nil {
		t.Error("a file that was not asked for was unpacked")
	}
	for _, missing := range []string{"model/b.bin", "../out.txt", "../../out.txt"} {
		if err := unpack(name, to, []string{missing}); err == nil {
			t.Errorf("unpack %s: no error", missing)
		}
	}

	other := p
	other.integrity = "sha512-" + strings.Repeat("A", 86) + "=="
	if _, err := other.archive(t.Context(), dir); err == nil || !strings.Contains(err.Error(), "not the published archive") {
		t.Errorf("changed archive: %v", err)
	}
}

func TestDownloadStopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := published{"no-such-package", "1.0.0", ""}
	if _, err := p.archive(ctx, t.TempDir()); err == nil {
		t.Error("no error")
	}
}

func TestCompare(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"same": "1", "differs": "2", "stray": "3"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	err := compare(dir, []file{{"same", []byte("1")}, {"differs", []byte("x")}, {"absent", nil}})
	if err == nil {
		t.Fatal("no error")
	}
	for _, name := range []string{"differs", "stray", "absent"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%q does not name %s", err, name)
		}
	}
	if strings.Contains(err.Error(), "same ") {
		t.Errorf("%q names a file that is right", err)
	}
}

func TestRunRefusesArguments(t *testing.T) {
	for _, args := range [][]string{{"facemesh"}, {"-unknown"}} {
		if err := run(t.Context(), args, &bytes.Buffer{}); err == nil {
			t.Errorf("run(%q): no error", args)
		}
	}
}
