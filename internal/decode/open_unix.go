//go:build unix

package decode

import "syscall"

// noWaiting opens a pipe at once (open(2), O_NONBLOCK), so that it can be seen that it is one. Files do not care.
const noWaiting = syscall.O_NONBLOCK
