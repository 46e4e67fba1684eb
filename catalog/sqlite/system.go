package main

import (
	"bufio"
	"fmt"
	"os"
	"strings"
	"syscall"
	"time"
)

// cpuTime is the time that the process has spent on all cores.
func cpuTime() time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		return 0
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// mapped is how many bytes of files the process has in memory, 0 where the system does not tell.
func mapped() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kb int64
		if line, ok := strings.CutPrefix(s.Text(), "RssFile:"); ok {
			if _, err := fmt.Sscan(line, &kb); err != nil {
				return 0
			}
			return kb << 10
		}
	}
	return 0
}
