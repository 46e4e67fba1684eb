package decode

import (
	"fmt"
	"io/fs"
	"os"
)

// openFile opens a file to read it, and what else has a path not: opening a pipe waits for whoever writes into it, and a device may do
// anything. It is looked at again once it is open, since another one may have taken its place meanwhile. The error names no path.
func openFile(path string) (*os.File, fs.FileInfo, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, nil, plain(err)
	}
	if !info.Mode().IsRegular() {
		return nil, nil, fmt.Errorf("%w: not a file", ErrUnsupported)
	}
	f, err := os.OpenFile(path, os.O_RDONLY|noWaiting, 0)
	if err != nil {
		return nil, nil, plain(err)
	}
	info, err = f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%w: not a file", ErrUnsupported)
	}
	if err != nil {
		_ = f.Close()
		return nil, nil, plain(err)
	}
	return f, info, nil
}
