//go:build !linux && !darwin

package decode

import "syscall"

// endWithParent does nothing: the child reads that its input has ended.
func endWithParent() *syscall.SysProcAttr { return nil }

// confine does nothing: what Windows has for it, job objects, needs more than the standard library. The child
// is a process of its own all the same, killed at its deadline, and ended by watchMemory, which looks 50 times a second.
func confine(int64) error { return nil }
