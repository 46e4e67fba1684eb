package main

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"strings"

	"semblance/models"
)

// published is one version of an npm package, with the sha512 that the registry states for its archive.
type published struct{ name, version, integrity string }

// in returns m with p as its source.
func (p published) in(m models.Model) models.Model {
	m.Package, m.Version, m.Integrity = p.name, p.version, p.integrity
	return m
}

// file returns the name that `npm pack` gives the archive.
func (p published) file() string {
	return strings.ReplaceAll(strings.TrimPrefix(p.name, "@"), "/", "-") + "-" + p.version + ".tgz"
}

// archive returns the path of the verified archive in dir, downloading it when it is not there.
func (p published) archive(ctx context.Context, dir string) (string, error) {
	name := filepath.Join(dir, p.file())
	if _, err := os.Stat(name); errors.Is(err, os.ErrNotExist) {
		cmd := exec.CommandContext(ctx, "npm", "pack", p.name+"@"+p.version, "--silent", "--pack-destination", dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("download %s@%s: %w: %s", p.name, p.version, err, strings.TrimSpace(string(out)))
		}
	}
	return name, p.verify(name)
}

// verify compares the archive with the integrity value.
func (p published) verify(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	defer f.Close()
	h := sha512.New()
	if _, err := io.Copy(h, f); err != nil {
		return err
	}
	if got := "sha512-" + base64.StdEncoding.EncodeToString(h.Sum(nil)); got != p.integrity {
		return fmt.Errorf("%s is not the published archive: %s, want %s", name, got, p.integrity)
	}
	return nil
}

// unpack writes the named files of an npm archive into dir, without the folder "package" that all lie in.
func unpack(archive, dir string, files []string) error {
	f, err := os.Open(archive)
	if err != nil {
		return err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return fmt.Errorf("read %s: %w", archive, err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()

	wanted := map[string]bool{}
	for _, name := range files {
		wanted[name] = true
	}
	for t := tar.NewReader(z); len(wanted) > 0; {
		h, err := t.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return fmt.Errorf("read %s: %w", archive, err)
		}
		name := strings.TrimPrefix(path.Clean(h.Name), "package/")
		if !wanted[name] {
			continue
		}
		delete(wanted, name)
		if err := extract(root, name, t); err != nil {
			return fmt.Errorf("unpack %s: %w", name, err)
		}
	}
	for name := range wanted {
		return fmt.Errorf("%s holds no %s", archive, name)
	}
	return nil
}

func extract(root *os.Root, name string, r io.Reader) error {
	if err := root.MkdirAll(path.Dir(name), 0o755); err != nil {
		return err
	}
	f, err := root.Create(name)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}
