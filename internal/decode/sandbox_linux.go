package decode

import (
	"fmt"
	"syscall"
)

// endWithParent has the kernel kill the child when the parent dies: one that is in the middle
// of a photo need not come to read that its input has ended.
func endWithParent() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
}

// confine limits this process to memory bytes of data (setrlimit(2): RLIMIT_DATA counts what was mapped
// privately and may be written, as Go's heap, where the memory of WebAssembly lies; the address space is no measure, Go reserves
// much of it). It opens no file and no connection any more, and writes no core.
func confine(memory int64) error {
	for resource, most := range map[int]uint64{
		syscall.RLIMIT_DATA: uint64(memory), syscall.RLIMIT_CORE: 0, syscall.RLIMIT_FSIZE: 0, syscall.RLIMIT_NOFILE: 0,
	} {
		var now syscall.Rlimit
		if err := syscall.Getrlimit(resource, &now); err == nil {
			most = min(most, now.Max) // one that was set from outside stays
		}
		if err := syscall.Setrlimit(resource, &syscall.Rlimit{Cur: most, Max: most}); err != nil {
			return fmt.Errorf("limit %d: %w", resource, err)
		}
	}
	return nil
}
