package decode

import (
	"os"
	"syscall"
	"testing"
)

// fadvDontNeed is POSIX_FADV_DONTNEED of posix_fadvise(2).
const fadvDontNeed = 4

// forget has the system forget what files contain, as far as it does, so that they are read from the disk.
func forget(b *testing.B, paths []string) {
	b.Helper()
	for _, path := range paths {
		f, err := os.Open(path)
		if err != nil {
			b.Fatal(err)
		}
		_ = f.Sync() // only what is on the disk is forgotten
		_, _, _ = syscall.Syscall6(syscall.SYS_FADVISE64, f.Fd(), 0, 0, fadvDontNeed, 0, 0)
		if err := f.Close(); err != nil {
			b.Fatal(err)
		}
	}
}
