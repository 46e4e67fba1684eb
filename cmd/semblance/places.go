package main

import (
	"cmp"
	"os"
	"path/filepath"

	"semblance/internal/library"
)

// fillPlaces sets the default places where the command line names none, and
// makes the folder of the catalog; that of the cache is made when something is put into it.
func (f *flags) fillPlaces() error {
	catalog, cache, err := library.DefaultPlaces()
	if err != nil && (f.catalog == "" || f.cache == "") {
		return err
	}
	f.catalog = cmp.Or(f.catalog, catalog)
	f.cache = cmp.Or(f.cache, cache)
	return os.MkdirAll(filepath.Dir(f.catalog), 0o755)
}

// maxLog is the size in bytes at which the log is put aside.
const maxLog = 4 << 20

// openLog opens semblance.log beside the catalog; one older log is kept. It names folders and photos, so nobody else may read it.
func openLog(catalog string) (*os.File, error) {
	path := filepath.Join(filepath.Dir(catalog), "semblance.log")
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}
