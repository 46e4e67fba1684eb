package library

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// DefaultPlaces returns where the catalog file and the cache of thumbnails lie when
// nothing else is asked for: in the user's data and cache folders of this system. Nothing is created.
func DefaultPlaces() (catalog, cache string, err error) {
	data, err := dataFolder()
	if err != nil {
		return "", "", fmt.Errorf("find the data folder: %w", err)
	}
	cache, err = os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("find the cache folder: %w", err)
	}
	return filepath.Join(data, "semblance", "catalog.db"), filepath.Join(cache, "semblance"), nil
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
