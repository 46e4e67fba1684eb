package library

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
)

// findOffline finds out which folders of the catalog are not there now, as when the drive that they lie on is unplugged: their
// photos are offline, and nothing is forgotten. Everybody is told if there are others than before. It asks the
// system about every folder: not for the goroutine of a window.
func (l *Library) findOffline() {
	l.searching.Lock()
	defer l.searching.Unlock()
	l.markOffline()
}

// markOffline is findOffline; searching is held.
func (l *Library) markOffline() {
	before := l.catalog.Generation()
	absent := l.absentVolumes()
	l.catalog.SetOffline(missingFolders(l.catalog.Folders(), func(folder string) bool {
		return slices.Contains(absent, folder) || folderMissing(folder)
	}))
	if l.catalog.Generation() != before && l.ctx.Err() == nil {
		l.send(Event{Kind: PhotosFound})
	}
}

// absentVolumes returns the folders at which there was a disk that is not there now. What is left of one may be an
// empty folder, or one with files that the disk would hide.
func (l *Library) absentVolumes() []string {
	return slices.DeleteFunc(l.settings.volumes(), isVolume)
}

// isThere reports whether a folder can be listed, and is no place of a disk that is not there.
func (l *Library) isThere(folder string) bool {
	return !folderMissing(folder) && !isBelowAny(folder, l.absentVolumes())
}

// meetVolumes remembers the disk on which a folder lies, wherever it begins. Those below are met by a scan.
func (l *Library) meetVolumes(folder string) {
	for dir := folder; ; dir = filepath.Dir(dir) {
		if isVolume(dir) {
			l.settings.met(dir)
		}
		if dir == filepath.Dir(dir) {
			return
		}
	}
}

// settleVolumes forgets that there was a disk around a folder, at it, or below it where the photos that are known there are in place without one, as
// after they were copied to where it had been: else nobody could open the folder any more.
func (l *Library) settleVolumes(folder string) {
	for _, dir := range l.absentVolumes() {
		if (isBelow(dir, folder) || isBelow(folder, dir)) && !folderMissing(dir) && mostAreThere(l.catalog.Paths(dir, true)) {
			l.log.Info("photos lie where there was a disk", "folder", dir)
			l.settings.unmet(dir)
		}
	}
}

// mostAreThere reports whether at least half of some files are there, by a hundred of them.
func mostAreThere(paths []string) bool {
	asked, there := 0, 0
	for i := 0; i < len(paths); i += len(paths)/100 + 1 {
		asked++
		if _, err := os.Lstat(paths[i]); err == nil {
			there++
		}
	}
	return 2*there >= asked
}

// missing returns what is not there of a folder: itself, or disks below it.
func (l *Library) missing(folder string) []string {
	if !l.isThere(folder) {
		return []string{folder}
	}
	return slices.DeleteFunc(l.absentVolumes(), func(dir string) bool { return !isBelow(dir, folder) })
}

// missingFolders returns those of the folders that are missing. Below one that is, nobody is asked any more.
func missingFolders(folders []string, isMissing func(folder string) bool) []string {
	known := map[string]bool{} // folders, and all that they lie in: whether they are missing
	var missing func(folder string) bool
	missing = func(folder string) bool {
		is, ok := known[folder]
		if !ok {
			parent := filepath.Dir(folder)
			is = parent != folder && missing(parent) || isMissing(folder)
			known[folder] = is
		}
		return is
	}
	var found []string
	for _, folder := range folders {
		if missing(folder) {
			found = append(found, folder)
		}
	}
	return found
}

// folderMissing reports whether a folder is not there. One that cannot be looked at may be there.
func folderMissing(folder string) bool {
	_, err := os.Stat(folder)
	return errors.Is(err, fs.ErrNotExist) || err != nil && strings.Contains(err.Error(), "not ready") // a Windows drive without a disk
}
