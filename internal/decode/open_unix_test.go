//go:build unix

package decode

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"
)

// What is no file is not read, and nobody waits for it, whatever it is called.
func TestReadOpensFilesOnly(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	if err := errors.Join(syscall.Mkfifo(at("pipe.jpg"), 0o644), os.Mkdir(at("folder.jpg"), 0o755), os.Symlink(at("pipe.jpg"), at("link.jpg")),
		os.Symlink("/dev/zero", at("zero.jpg")), os.Symlink("loop.jpg", at("loop.jpg"))); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"pipe.jpg", "folder.jpg", "link.jpg", "zero.jpg"} {
		if _, err := (Decoder{}).Read(t.Context(), at(name)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("%s gives %v", name, err)
		}
		if _, err := (Decoder{}).EmbeddedThumbnail(t.Context(), at(name)); !errors.Is(err, ErrUnsupported) {
			t.Errorf("the thumbnail of %s gives %v", name, err)
		}
	}
	if _, err := (Decoder{}).Read(t.Context(), at("loop.jpg")); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a link to itself gives %v", err)
	}
}

// A pipe that takes the place of a file between looking and opening holds nobody up.
func TestOpenFileWhileItBecomesAPipe(t *testing.T) {
	dir := t.TempDir()
	file, pipe, path := filepath.Join(dir, "file"), filepath.Join(dir, "pipe"), filepath.Join(dir, "a.jpg")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o644), os.WriteFile(file, []byte("x"), 0o644)); err != nil {
		t.Fatal(err)
	}
	stop := make(chan struct{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for of := file; ; of = map[string]string{file: pipe, pipe: file}[of] {
			select {
			case <-stop:
				return
			default:
			}
			if err := errors.Join(os.Link(of, path+".new"), os.Rename(path+".new", path)); err != nil {
				t.Error(err)
				return
			}
		}
	}()
	for until := time.Now().Add(100 * time.Millisecond); time.Now().Before(until); {
		f, info, err := openFile(path)
		switch {
		case err == nil && info.Mode().IsRegular():
			_ = f.Close()
		case err == nil:
			t.Errorf("%v was opened", info.Mode())
		case !errors.Is(err, ErrUnsupported) && !errors.Is(err, os.ErrNotExist):
			t.Errorf("the error is %v", err)
		}
	}
	close(stop)
	<-done
}
