package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// fillPlaces sets the default places where the command line names none, and
// makes their folders.
func (f *flags) fillPlaces() error {
	if f.catalog == "" {
		data, err := dataFolder()
		if err != nil {
			return fmt.Errorf("find the data folder: %w", err)
		}
		f.catalog = filepath.Join(data, "semblance", "catalog.db")
	}
	if f.cache == "" {
		cache, err := os.UserCacheDir()
		if err != nil {
			return fmt.Errorf("find the cache folder: %w", err)
		}
		f.cache = filepath.Join(cache, "semblance")
	}
	for _, dir := range []string{filepath.Dir(f.catalog), f.cache} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	return nil
}

// dataFolder is where programs keep the user's data on this system.
func dataFolder() (string, error) {
	switch runtime.GOOS {
	case "darwin", "ios":
		return os.UserConfigDir() // ~/Library/Application Support
	case "windows":
		return os.UserCacheDir() // %LocalAppData%: the roaming folder is no place for a large file
	}
	if dir := os.Getenv("XDG_DATA_HOME"); dir != "" {
		return dir, nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(home, ".local", "share"), nil
}

// maxLog is the size in bytes at which the log is put aside.
const maxLog = 4 << 20

// openLog opens semblance.log beside the catalog; one older log is kept.
func openLog(catalog string) (*os.File, error) {
	path := filepath.Join(filepath.Dir(catalog), "semblance.log")
	if info, err := os.Stat(path); err == nil && info.Size() > maxLog {
		if err := os.Rename(path, path+".1"); err != nil {
			return nil, err
		}
	}
	return os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
}
