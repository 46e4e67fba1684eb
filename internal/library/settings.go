package library

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"unicode/utf8"
)

// maxRecent is how many folders File > Open Recent offers.
const maxRecent = 10

// settings is what the library remembers between runs apart from photos: a small
// JSON file beside the catalog. Losing it loses nothing but comfort, so a broken one is replaced.
type settings struct {
	path string
	log  *slog.Logger

	mu     sync.Mutex
	stored struct {
		Recent  []string `json:"recent"`
		Deep    []string `json:"withSubfolders"` // those of Recent that were last opened with their subfolders
		Volumes []string `json:"volumes"`        // folders at which a scan met another disk, the latest last

		IgnoreXMP bool `json:"ignoreXMP,omitempty"` // what other programs wrote is not taken over
		Apart     bool `json:"rawApart,omitempty"`  // a RAW file and its picture are two photos
	}
}

func openSettings(path string, log *slog.Logger) *settings {
	s := &settings{path: path, log: log}
	data, err := os.ReadFile(path)
	if err == nil {
		err = json.Unmarshal(data, &s.stored)
	}
	for _, paths := range s.paths() {
		for i, path := range paths {
			if plain, err := strconv.Unquote(path); err == nil {
				paths[i] = plain
			}
		}
	}
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		log.Warn("read settings", "path", path, "err", err)
	}
	return s
}

// paths returns the lists of folders.
func (s *settings) paths() [][]string {
	return [][]string{s.stored.Recent, s.stored.Deep, s.stored.Volumes}
}

func (s *settings) recent() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.stored.Recent)
}

func (s *settings) ignoresXMP() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stored.IgnoreXMP
}

// ignoreXMP is stored at once.
func (s *settings) ignoreXMP(ignore bool) {
	s.mu.Lock()
	s.stored.IgnoreXMP = ignore
	s.mu.Unlock()
	s.save()
}

func (s *settings) pairsApart() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.stored.Apart
}

func (s *settings) setPairsApart(apart bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored.Apart = apart
}

// deep reports whether a folder was last opened with its subfolders.
func (s *settings) deep(folder string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Contains(s.stored.Deep, folder)
}

// opened puts a folder first among the recent ones.
func (s *settings) opened(f folder) {
	s.mu.Lock()
	defer s.mu.Unlock()
	r := slices.DeleteFunc(s.stored.Recent, func(path string) bool { return path == f.path })
	r = slices.Insert(r, 0, f.path)
	s.stored.Recent = r[:min(len(r), maxRecent)]
	if f.recursive && !slices.Contains(s.stored.Deep, f.path) {
		s.stored.Deep = append(s.stored.Deep, f.path)
	}
	s.stored.Deep = slices.DeleteFunc(s.stored.Deep, func(path string) bool {
		return path == f.path && !f.recursive || !slices.Contains(s.stored.Recent, path)
	})
}

// maxVolumes bounds the disks that are remembered.
const maxVolumes = 100

// met notes that a disk is at a folder. It is saved with the next folder that is opened.
func (s *settings) met(volume string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !slices.Contains(s.stored.Volumes, volume) {
		s.stored.Volumes = append(s.stored.Volumes, volume)
		s.stored.Volumes = s.stored.Volumes[max(0, len(s.stored.Volumes)-maxVolumes):]
	}
}

// unmet forgets that there was a disk at a folder.
func (s *settings) unmet(volume string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stored.Volumes = slices.DeleteFunc(s.stored.Volumes, func(v string) bool { return v == volume })
}

// volumes returns the folders at which there were disks.
func (s *settings) volumes() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.stored.Volumes)
}

// save writes the file; what goes wrong is for the log.
func (s *settings) save() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.write(); err != nil {
		s.log.Warn("save settings", "path", s.path, "err", err)
	}
}

// settingsPath returns where the settings of a catalog lie.
func settingsPath(catalog string) string {
	return filepath.Join(filepath.Dir(catalog), "settings.json")
}

// relocateSettings has the recent folders in a folder that has moved lie where they are now.
func relocateSettings(path, from, to string) error {
	s := openSettings(path, slog.New(slog.DiscardHandler))
	changed := false
	for _, folders := range s.paths() {
		for i, folder := range folders {
			if rel, err := filepath.Rel(from, folder); err == nil && filepath.IsLocal(rel) {
				folders[i] = filepath.Join(to, rel)
				changed = true
			}
		}
	}
	if !changed {
		return nil
	}
	if err := s.write(); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return nil
}

// forgetSettings has the folders that lie in one be no recent ones any more, "" for all, so that the next start does not open and analyse them again.
func forgetSettings(path, within string) error {
	s := openSettings(path, slog.New(slog.DiscardHandler))
	in := func(folder string) bool {
		rel, err := filepath.Rel(within, folder)
		return within == "" || err == nil && filepath.IsLocal(rel)
	}
	before := len(s.stored.Recent) + len(s.stored.Volumes)
	s.stored.Recent, s.stored.Deep = slices.DeleteFunc(s.stored.Recent, in), slices.DeleteFunc(s.stored.Deep, in)
	s.stored.Volumes = slices.DeleteFunc(s.stored.Volumes, in)
	if len(s.stored.Recent)+len(s.stored.Volumes) == before {
		return nil
	}
	if err := s.write(); err != nil {
		return fmt.Errorf("save settings: %w", err)
	}
	return nil
}

// write replaces the file as a whole, so that a crash leaves the old or the new one.
func (s *settings) write() error {
	stored := s.stored
	for _, paths := range []*[]string{&stored.Recent, &stored.Deep, &stored.Volumes} {
		*paths = slices.Clone(*paths)
		for i, path := range *paths {
			if !utf8.ValidString(path) { // JSON has no other bytes. A path with its folders begins with no quotation mark
				(*paths)[i] = strconv.Quote(path)
			}
		}
	}
	data, err := json.MarshalIndent(stored, "", "  ")
	if err != nil {
		return err
	}
	tmp, err := os.CreateTemp(filepath.Dir(s.path), ".settings-*")
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails, rightly, once it was renamed
	if _, err := tmp.Write(data); err != nil {
		return errors.Join(err, tmp.Close())
	}
	if err := tmp.Close(); err != nil {
		return err
	}
	return os.Rename(tmp.Name(), s.path)
}
