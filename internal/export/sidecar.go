package export

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

var (
	// ErrForeign is the error when a file that this program did not write, or that is
	// no plain file, lies where a sidecar belongs. It is left as it is.
	ErrForeign = errors.New("a file that Semblance did not write is in the way")
	// ErrChanged is the error when another program changed the sidecar while it was
	// being written. The other program's file is left as it is.
	ErrChanged = errors.New("another program has just changed the file")
	// ErrReadOnly is the error when nothing can be written into the photo's folder.
	ErrReadOnly = errors.New("the folder is read-only")
)

// maxSidecar is the size in bytes above which a file is not one of ours: a face
// takes about 4 kB.
const maxSidecar = 64 << 20

// SidecarPath returns where the sidecar of a photo lies: beside it, with the photo's
// full name in front, so that a RAW + JPEG pair never collides:
//
//	IMG_1.jpg.semblance.json            Semblance
//	IMG_1.jpg.semblance-rosto.json      Rosto
//	IMG_1.jpg.semblance-scaleflex.json  Scaleflex
//
// The two foreign dialects hold no mark of who wrote them. The name is that mark.
func SidecarPath(photo string, d Dialect) string {
	if d == Semblance {
		return photo + ".semblance.json"
	}
	return photo + ".semblance-" + d.String() + ".json"
}

// WriteSidecar writes doc beside the photo and returns where. The file appears
// whole or not at all, also after a power failure; one that exists keeps its mode. The
// errors to test for are ErrForeign, ErrChanged and ErrReadOnly; others come from
// the file system. They name the file but not its folder.
func WriteSidecar(photo string, doc Document, d Dialect, o Options) (path string, err error) {
	data, err := d.Marshal(doc, o)
	if err != nil {
		return "", err
	}
	data = append(data, '\n')
	path = SidecarPath(photo, d)
	if err := write(filepath.Dir(path), filepath.Base(path), data, d); err != nil {
		return "", fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return path, nil
}

func write(dir, name string, data []byte, d Dialect) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	old, err := inspect(root, name, d)
	if err != nil {
		return err
	}
	if bytes.Equal(old.data, data) {
		return nil // backups and other programs see no new file where nothing is new
	}
	return replace(root, name, data, old)
}

// A former file is what lies at a sidecar's place before it is written.
type former struct {
	info fs.FileInfo // nil if there is none
	data []byte
}

// inspect reads the file at a sidecar's place and makes sure that it is ours.
func inspect(root *os.Root, name string, d Dialect) (former, error) {
	info, err := root.Lstat(name)
	if errors.Is(err, fs.ErrNotExist) {
		return former{}, nil
	}
	if err != nil {
		return former{}, err
	}
	if !info.Mode().IsRegular() || info.Size() > maxSidecar {
		return former{}, ErrForeign
	}
	f, err := root.Open(name)
	if err != nil {
		return former{}, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxSidecar))
	if err != nil {
		return former{}, err
	}
	if !ours(data, d) {
		return former{}, ErrForeign
	}
	return former{info, data}, nil
}

// ours reports whether a file with a sidecar's name holds what this program writes
// there: its own dialect names itself, the others are known by their shape.
func ours(data []byte, d Dialect) bool {
	var head struct {
		Schema string          `json:"schema"`
		Status string          `json:"status"`
		Faces  json.RawMessage `json:"faces"`
	}
	if json.Unmarshal(data, &head) != nil {
		return false
	}
	switch d {
	case Semblance:
		return strings.HasPrefix(head.Schema, schemaPrefix)
	case Rosto:
		return head.Schema == "" && bytes.HasPrefix(head.Faces, []byte("["))
	case Scaleflex:
		return head.Status != "" && bytes.HasPrefix(head.Faces, []byte("{"))
	}
	return false
}

// replace puts data at name, where old was found.
func replace(root *os.Root, name string, data []byte, old former) (err error) {
	// A short name of our own: the sidecar's may be as long as names can be.
	temp := fmt.Sprintf(".semblance-%016x.tmp", rand.Uint64())
	mode := fs.FileMode(0o666) // less what the user's umask takes away
	if old.info != nil {
		mode = old.info.Mode().Perm()
	}
	f, err := root.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return plain(err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, ignoreMissing(root.Remove(temp)))
		}
	}()
	_, err = f.Write(data)
	if err == nil && old.info != nil {
		err = f.Chmod(mode) // the umask does not count for a mode that was chosen before
	}
	if err == nil {
		err = f.Sync()
	}
	if err := errors.Join(err, f.Close()); err != nil {
		return err
	}
	// The last look is as late as can be; what changes between it and the renaming is lost.
	if now, err := root.Lstat(name); !same(old.info, now, err) {
		return ErrChanged
	}
	if err := root.Rename(temp, name); err != nil {
		return err
	}
	syncFolder(root)
	return nil
}

// same reports whether the file is still the one that was inspected.
func same(old, now fs.FileInfo, err error) bool {
	if old == nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	return err == nil && os.SameFile(old, now) && old.Size() == now.Size() && old.ModTime().Equal(now.ModTime())
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// syncFolder makes the new name last. Not every file system can, and the data
// themselves are safe, so a failure is none of the sidecar.
func syncFolder(root *os.Root) {
	if dir, err := root.Open("."); err == nil {
		_ = dir.Sync()
		_ = dir.Close()
	}
}

// plain says ErrReadOnly for the several ways in which systems refuse a new file, and
// leaves out the temporary file's name. The system's own error stays within reach of errors.Is.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		err = p.Err
	}
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS) {
		return fmt.Errorf("%w: %w", ErrReadOnly, err)
	}
	return err
}
