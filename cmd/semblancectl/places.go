package main

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
)

// places returns the catalog's path, the window's default one if none is named, and
// the folder of the thumbnails.
func places(named string) (catalog, cache string, err error) {
	catalog = named
	if catalog == "" {
		data, err := dataFolder()
		if err != nil {
			return "", "", fmt.Errorf("find the data folder: %w", err)
		}
		catalog = filepath.Join(data, "semblance", "catalog.db")
	}
	cache, err = os.UserCacheDir()
	if err != nil {
		return "", "", fmt.Errorf("find the cache folder: %w", err)
	}
	return catalog, filepath.Join(cache, "semblance"), nil
}

// dataFolder is where programs keep the user's data on this system.
func dataFolder() (string, error) {
	switch runtime.GOOS {
	case "darwin", "ios":
		return os.UserConfigDir()
	case "windows":
		return os.UserCacheDir()
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
