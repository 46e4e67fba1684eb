package ort

import (
	"encoding/binary"
	"runtime"
)

// headLen is how much of a file platformOf needs. The header of a Windows library may begin anywhere; in practice it does
// so within the first few hundred bytes.
const headLen = 4096

// platformOf returns the platform that an executable file is for, in Go's names ("linux-amd64"), or "" where head is not the
// start of a library of a known kind. It is asked before the library is loaded, because the loaders' own messages
// ("wrong ELF class", "invalid ELF header", "mach-o, but wrong architecture") differ and none says what to do.
func platformOf(head []byte) string {
	le := binary.LittleEndian
	switch {
	case len(head) >= 20 && string(head[:4]) == "\x7fELF":
		if head[4] != 2 || head[5] != 1 { // 64 bits, little endian
			return "another ELF machine"
		}
		// ELF does not say Linux or FreeBSD reliably: take it for this system's unless this system has no ELF.
		goos := "linux"
		if runtime.GOOS != "darwin" && runtime.GOOS != "windows" {
			goos = runtime.GOOS
		}
		return machine(goos, le.Uint16(head[18:]), 62, 183)
	case len(head) >= 8 && le.Uint32(head) == 0xfeedfacf:
		return machine("darwin", le.Uint32(head[4:]), 0x01000007, 0x0100000c)
	case len(head) >= 8 && binary.BigEndian.Uint32(head) == 0xcafebabe:
		// A universal file: the loader picks the part for this machine.
		return "darwin-" + runtime.GOARCH
	case len(head) >= 64 && string(head[:2]) == "MZ":
		at := uint64(le.Uint32(head[0x3c:]))
		if at+6 > uint64(len(head)) || string(head[at:at+4]) != "PE\x00\x00" {
			return ""
		}
		return machine("windows", le.Uint16(head[at+4:]), 0x8664, 0xaa64)
	}
	return ""
}

func machine[T comparable](goos string, got, amd64, arm64 T) string {
	switch got {
	case amd64:
		return goos + "-amd64"
	case arm64:
		return goos + "-arm64"
	}
	return goos + " on another machine"
}
