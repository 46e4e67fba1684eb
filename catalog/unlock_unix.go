//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package catalog

import (
	"os"
	"syscall"
)

// unlock gives up the lock of a file that bbolt locked. Closing it is not enough while a part of it is mapped into memory.
// A file that is closed already has none.
func unlock(f *os.File) {
	if c, err := f.SyscallConn(); err == nil {
		_ = c.Control(func(fd uintptr) { _ = syscall.Flock(int(fd), syscall.LOCK_UN) })
	}
}
