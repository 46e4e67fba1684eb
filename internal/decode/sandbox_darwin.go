package decode

import (
	"fmt"
	"syscall"
)

// endWithParent does nothing: the child reads that its input has ended.
func endWithParent() *syscall.SysProcAttr { return nil }

// confine keeps this process from opening files and connections. macOS enforces no limit on the memory of
// a process that it accepts here: watchMemory, which looks 50 times a second, is all there is.
func confine(int64) error {
	for _, resource := range []int{syscall.RLIMIT_CORE, syscall.RLIMIT_FSIZE, syscall.RLIMIT_NOFILE} {
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{}); err != nil {
			return fmt.Errorf("limit %d: %w", resource, err)
		}
	}
	return nil
}
