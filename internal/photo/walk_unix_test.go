//go:build unix

package photo_test

import (
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"semblance/internal/photo"
)

// walked returns the paths that Walk visits below root, and those that it calls problems.
func walked(t *testing.T, root string) (found, problems []string) {
	t.Helper()
	rel := func(path string) string {
		r, err := filepath.Rel(root, path)
		if err != nil {
			t.Error(err)
		}
		return r
	}
	err := photo.Walk(t.Context(), root, photo.WalkOptions{Recursive: true}, func(f photo.File) error {
		found = append(found, rel(f.Path))
		return nil
	}, func(path string, err error) {
		if strings.Contains(err.Error(), path) {
			t.Errorf("the problem of %q repeats its path: %v", path, err)
		}
		problems = append(problems, rel(path))
	})
	if err != nil {
		t.Error(err)
	}
	return found, problems
}

// What only looks like a photo is none, and a link leads nowhere: its target is met where it lies.
func TestWalkLeavesOutWhatIsNoFile(t *testing.T) {
	root := files(t, "real.jpg", "sub/b.jpg", "._real.jpg", "sub/._b.JPG")
	at := func(name string) string { return filepath.Join(root, name) }
	if err := errors.Join(
		syscall.Mkfifo(at("pipe.jpg"), 0o644),
		os.Symlink(at("real.jpg"), at("link.jpg")),
		os.Symlink(at("nowhere"), at("broken.jpg")),
		os.Symlink(root, at("sub/loop")),
		os.Symlink("self", at("self")),
		os.Symlink("/dev/zero", at("zero.jpg")),
		os.Mkdir(at("folder.jpg"), 0o755),
	); err != nil {
		t.Fatal(err)
	}
	t.Chdir(root) // the path of a socket must be short
	var c net.ListenConfig
	socket, err := c.Listen(t.Context(), "unix", "socket.jpg")
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()
	if err := syscall.Mknod(at("device.jpg"), syscall.S_IFCHR|0o644, 1<<8|5); err != nil {
		t.Logf("no device without the rights of the administrator: %v", err)
	}
	found, problems := walked(t, root)
	if want := []string{"real.jpg", "sub/b.jpg"}; !slices.Equal(found, want) || len(problems) > 0 {
		t.Errorf("walked %q with the problems %q, want %q", found, problems, want)
	}
	if found, _ := walked(t, at("sub/loop")); !slices.Equal(found, []string{"real.jpg", "sub/b.jpg"}) {
		t.Errorf("a link as root leads to %q", found)
	}
}

// Names are bytes: any but / and 0, up to 255 of them.
func TestWalkOddNames(t *testing.T) {
	long := strings.Repeat("n", 251) + ".jpg"
	want := []string{" .jpg", "-rf.jpg", "a\nb.jpg", "caf\xe9.JPG", "line.JpEg", long, "q\"*?.jpg", "\xff\xfe.jpg"}
	root := files(t, want...)
	found, problems := walked(t, root)
	slices.Sort(want)
	if !slices.Equal(found, want) || len(problems) > 0 {
		t.Errorf("walked %q with the problems %q, want %q", found, problems, want)
	}
}

// Folders lie in each other deeper than a path may be long: what cannot be named is told, and all else is found.
func TestWalkDeep(t *testing.T) {
	root := files(t, "a.jpg", "z.jpg")
	t.Chdir(root)
	name := strings.Repeat("d", 200)
	for range 25 { // 5,000 bytes
		if err := errors.Join(os.Mkdir(name, 0o755), os.Chdir(name), os.WriteFile("x.jpg", []byte("x"), 0o644)); err != nil { //nolint:usetesting // it wants a path
			t.Fatal(err)
		}
	}
	t.Cleanup(func() { // what has no path can be removed from within
		for range 25 {
			if err := errors.Join(os.RemoveAll("x.jpg"), os.RemoveAll(name), os.Chdir("..")); err != nil { //nolint:usetesting // it wants a path
				t.Error(err)
			}
		}
	})
	found, problems := walked(t, root)
	if len(found) < 10 || len(found) > 25 || found[len(found)-1] != "z.jpg" || len(problems) != 1 {
		t.Errorf("found %d photos with the problems %d, want those that have paths, and one problem", len(found), len(problems))
	}
}

func TestWalkWithoutPermission(t *testing.T) {
	if os.Geteuid() == 0 {
		t.Skip("the administrator may read everything")
	}
	root := files(t, "a.jpg", "closed/b.jpg", "z.jpg")
	if err := os.Chmod(filepath.Join(root, "closed"), 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.Chmod(filepath.Join(root, "closed"), 0o755) })
	found, problems := walked(t, root)
	if !slices.Equal(found, []string{"a.jpg", "z.jpg"}) || !slices.Equal(problems, []string{"closed"}) {
		t.Errorf("walked %q with the problems %q", found, problems)
	}
}

// The folders are told before they are listed: what is made in them afterwards is found, or their watcher tells of it.
func TestWalkTellsFolders(t *testing.T) {
	root := files(t, "a/b/1.jpg", ".hidden/2.jpg", "c/")
	var told []string
	var found int
	err := photo.Walk(t.Context(), root, photo.WalkOptions{Recursive: true, Folder: func(path string) {
		told = append(told, filepath.Base(path))
		if err := os.WriteFile(filepath.Join(path, "new.jpg"), []byte("x"), 0o644); err != nil {
			t.Error(err)
		}
	}}, func(photo.File) error { found++; return nil }, func(path string, err error) { t.Error(path, err) })
	if want := []string{filepath.Base(root), "a", "b", "c"}; err != nil || !slices.Equal(told, want) || found != 5 {
		t.Errorf("told of %q and found %d photos, %v; want %q and 5", told, found, err, want)
	}
}

// A folder of 50,000 files is a list, not a problem.
func TestWalkManyFiles(t *testing.T) {
	const n = 50_000
	root := files(t, "0.jpg")
	for i := 1; i < n; i++ {
		if err := os.Link(filepath.Join(root, "0.jpg"), filepath.Join(root, fmt.Sprint(i, ".jpg"))); err != nil {
			if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EMLINK) {
				t.Skip(err)
			}
			t.Fatal(err)
		}
	}
	if found, problems := walked(t, root); len(found) != n || len(problems) > 0 {
		t.Errorf("%d photos with the problems %q, want %d", len(found), problems, n)
	}
}
