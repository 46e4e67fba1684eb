package export

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
	"testing"
	"time"
)

// Between the look at a file and its replacement another program may come: these
// are the steps of write, with the other program in between.
func TestAnotherProgramComesMeanwhile(t *testing.T) {
	const name = "IMG_1.jpg.semblance.json"
	const before = `{"schema": "semblance/1"}`
	tests := []struct {
		name   string
		before string
		other  func(root *os.Root) error
		want   string // content afterwards, "" for none
	}{
		{"it makes the file", "", func(r *os.Root) error { return r.WriteFile(name, []byte("its own"), 0o644) }, "its own"},
		{"it writes into the file", before, func(r *os.Root) error { return r.WriteFile(name, []byte("its own"), 0o644) }, "its own"},
		{"it writes as much as there was", before, func(r *os.Root) error {
			if err := r.WriteFile(name, []byte(`{"schema": "semblance/9"}`), 0o644); err != nil {
				return err
			}
			later := time.Now().Add(time.Second) // a clock too coarse to tell would be no fault of ours
			return r.Chtimes(name, later, later)
		}, `{"schema": "semblance/9"}`},
		{"it replaces the file", before, func(r *os.Root) error {
			return errors.Join(r.WriteFile("other", []byte(before), 0o644), r.Rename("other", name))
		}, before},
		{"it removes the file", before, func(r *os.Root) error { return r.Remove(name) }, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			root, err := os.OpenRoot(t.TempDir())
			if err != nil {
				t.Fatal(err)
			}
			defer root.Close()
			if tt.before != "" {
				if err := root.WriteFile(name, []byte(tt.before), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			old, err := inspect(root, name, Semblance)
			if err != nil {
				t.Fatal(err)
			}
			if err := tt.other(root); err != nil {
				t.Fatal(err)
			}
			if err := replace(root, name, []byte("ours"), old); !errors.Is(err, ErrChanged) {
				t.Errorf("the error is %v, want ErrChanged", err)
			}
			got, err := root.ReadFile(name)
			if string(got) != tt.want || tt.want == "" && !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("the file holds %q (%v), want %q", got, err, tt.want)
			}
			entries, err := fs.ReadDir(root.FS(), ".")
			if want := min(len(tt.want), 1); err != nil || len(entries) != want {
				t.Errorf("the folder holds %v (%v): the temporary file is left", entries, err)
			}
		})
	}
}

func TestPlainErrors(t *testing.T) {
	const temp = ".semblance-0.tmp"
	tests := []struct {
		err      error
		readOnly bool
		text     string
	}{
		{&fs.PathError{Op: "openat", Path: temp, Err: syscall.EACCES}, true, "the folder is read-only: permission denied"},
		{&fs.PathError{Op: "openat", Path: temp, Err: syscall.EROFS}, true, "the folder is read-only: read-only file system"},
		{&fs.PathError{Op: "openat", Path: temp, Err: syscall.ENOSPC}, false, "no space left on device"},
	}
	for _, tt := range tests {
		got := plain(tt.err)
		if errors.Is(got, ErrReadOnly) != tt.readOnly || got.Error() != tt.text {
			t.Errorf("plain(%v) = %v, want %q", tt.err, got, tt.text)
		}
		var errno syscall.Errno
		if !errors.As(got, &errno) {
			t.Errorf("plain(%v) hides the system's error", tt.err)
		}
	}
}
