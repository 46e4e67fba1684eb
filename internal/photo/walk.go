package photo

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// WalkOptions say how far Walk goes.
type WalkOptions struct {
	Recursive bool // also folders below root
	// Unread is called with the kind of every photo file that cannot be read yet; nil if nobody asks.
	Unread func(kind string)
	// Folder is called with every folder before it is listed, root first; nil if nobody asks.
	Folder func(path string)
}

// Walk calls visit for every photo file in root, by name, in sorted order. Hidden
// files and folders and those in which other programs and systems keep their own are
// left out. Symbolic links are not followed, except root itself, so that no loop is entered and
// no photo is met twice; nor are devices, pipes and sockets photos, whatever they are called. No file is
// opened. Names are the system's bytes, in UTF-8 or not. A folder or file
// that cannot be read goes to problem, with the error in plain form, and the walk
// goes on. The walk ends with visit's error, with ctx's, or with one about root itself.
func Walk(ctx context.Context, root string, opt WalkOptions, visit func(File) error, problem func(path string, err error)) error {
	if info, err := os.Stat(root); err != nil {
		return fmt.Errorf("scan folder: %w", err)
	} else if !info.IsDir() {
		return fmt.Errorf("scan folder: %s is not a folder", root)
	}
	if opt.Folder != nil {
		opt.Folder(root)
	}
	entries, err := os.ReadDir(root)
	if err != nil {
		return fmt.Errorf("scan folder: %w", err)
	}
	return walk(ctx, root, entries, opt, visit, problem)
}

func walk(ctx context.Context, dir string, entries []fs.DirEntry, opt WalkOptions, visit func(File) error, problem func(string, error)) error {
	sidecars := SidecarsIn(entries)
	for _, e := range entries {
		if err := ctx.Err(); err != nil {
			return err
		}
		path := filepath.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if !opt.Recursive || skipped(e.Name()) {
				continue
			}
			if opt.Folder != nil {
				opt.Folder(path)
			}
			below, err := os.ReadDir(path)
			if err != nil {
				problem(path, plain(err)) // and what was listed before the error is walked
			}
			if err := walk(ctx, path, below, opt, visit, problem); err != nil {
				return err
			}
		case opt.Unread != nil && e.Type().IsRegular() && Unread(e.Name()) != "" && !strings.HasPrefix(e.Name(), "."):
			opt.Unread(Unread(e.Name()))
		case e.Type().IsRegular() && FormatOf(e.Name()) != Unknown && !strings.HasPrefix(e.Name(), "."):
			info, err := e.Info()
			if err != nil {
				problem(path, plain(err)) // it went away meanwhile, or cannot be looked at
				continue
			}
			if err := visit(File{Path: path, Size: info.Size(), MTime: info.ModTime(), Sidecars: sidecars.Number(e.Name())}); err != nil {
				return err
			}
		}
	}
	return nil
}

// Subfolders returns the paths of the folders in dir that Walk would enter, sorted.
func Subfolders(dir string) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, fmt.Errorf("list folders: %w", err)
	}
	var dirs []string
	for _, e := range entries {
		if e.IsDir() && !skipped(e.Name()) {
			dirs = append(dirs, filepath.Join(dir, e.Name()))
		}
	}
	return dirs, nil
}

// skipped reports whether a folder is hidden or belongs to a program or a system:
// thumbnails of network storages, originals that Picasa kept, previews of
// Lightroom, recycle bins.
func skipped(name string) bool {
	return strings.HasPrefix(name, ".") ||
		strings.EqualFold(filepath.Ext(name), ".lrdata") ||
		slices.Contains([]string{"@eaDir", "#recycle", "$RECYCLE.BIN", "System Volume Information", "lost+found", "__MACOSX"}, name)
}

// plain takes the path out of an error that is shown beside its path.
func plain(err error) error {
	if p, ok := err.(*fs.PathError); ok { //nolint:errorlint // only the outermost layer repeats the path
		return p.Err
	}
	return err
}
