//go:build !unix

package library

// isVolume reports whether another disk than that of its parent is at a folder. Where disks have letters, their folders are
// missing when they are.
func isVolume(string) bool { return false }
