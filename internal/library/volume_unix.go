//go:build unix

package library

import (
	"path/filepath"
	"syscall"
)

// isVolume reports whether another disk than that of its parent is at a folder, so that all in it comes and goes at once.
func isVolume(folder string) bool {
	var here, above syscall.Stat_t
	return syscall.Stat(folder, &here) == nil && syscall.Stat(filepath.Dir(folder), &above) == nil && here.Dev != above.Dev
}
