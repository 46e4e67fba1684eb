package catalog

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"time"

	bolt "go.etcd.io/bbolt"
)

// Restored says what Restore did.
type Restored struct {
	From   string  // the backup
	Kept   string  // what the former catalog is called now, "" if there was none
	Values []error // damaged values of the backup, as Check tells of them
}

// ErrNoBackup is the error of Restore where there is no sound backup.
var ErrNoBackup = errors.New("there is no sound backup")

// Restore puts a backup in the place of the catalog at path, which must not be open, damaged or not; "" is
// the latest of its Copies in which Check finds nothing. The former file is kept beside it, and both are never gone at
// once. The error is ErrDamaged if the backup is no catalog or its pages are damaged, ErrInUse if the catalog is open.
func Restore(ctx context.Context, path, backup string) (Restored, error) {
	r, err := restore(ctx, path, backup)
	if err != nil {
		return r, fmt.Errorf("restore catalog %s: %w", path, err)
	}
	return r, nil
}

func restore(ctx context.Context, path, backup string) (r Restored, err error) {
	former, err := openBolt(path, false)
	if err != nil && !errors.Is(err, ErrDamaged) && !errors.Is(err, fs.ErrNotExist) {
		return r, err
	}
	nothing := errors.Is(err, fs.ErrNotExist)
	defer func() {
		if former != nil {
			err = errors.Join(err, former.Close())
		}
	}()
	if backup == "" {
		c, err := newestSound(ctx, path)
		if err != nil {
			return r, err
		}
		backup = c.Path
	}
	tmp, err := copyFile(ctx, backup, path)
	if err != nil {
		return r, err
	}
	defer os.Remove(tmp) // fails, rightly, once it was renamed
	if r.Values, err = checkFile(ctx, tmp); err != nil {
		return r, fmt.Errorf("backup %s: %w", backup, err)
	}
	if nothing {
		r.From = backup
		return r, moveNew(tmp, path)
	}
	kept := keptName(path, time.Now())
	if err := keepAs(path, kept); err != nil {
		return r, fmt.Errorf("keep the former file: %w", err)
	}
	db := former
	former = nil
	if err := replace(db, tmp, path); err != nil {
		return r, err
	}
	r.From, r.Kept = backup, kept
	return r, nil
}

// newestSound returns the latest copy in which Check finds nothing.
func newestSound(ctx context.Context, path string) (Copy, error) {
	copies, err := Copies(path)
	if err != nil {
		return Copy{}, err
	}
	for _, c := range copies {
		if values, err := checkFile(ctx, c.Path); err == nil && len(values) == 0 {
			return c, nil
		}
	}
	return Copy{}, errors.Join(ctx.Err(), fmt.Errorf("%w in %s", ErrNoBackup, copiesFolder(path)))
}

// A DamageError tells of a file that is no sound catalog, so that it cannot be opened.
type DamageError struct {
	Path   string // of the catalog
	Err    error  // what is wrong with it, an ErrDamaged
	Backup Copy   // the latest sound one of its Copies, which Restore would put in its place; without a Path if there is none
}

func damageOf(path string, err error) *DamageError {
	c, _ := newestSound(context.Background(), path) // why there is none is for Restore to say
	return &DamageError{path, err, c}
}

// Error says what is wrong and which commands help.
func (e *DamageError) Error() string {
	backup := fmt.Sprintf("%v in %s", ErrNoBackup, copiesFolder(e.Path))
	if e.Backup.Path != "" {
		backup = fmt.Sprintf("the backup of %s is sound: `semblancectl catalog restore --catalog %q` puts it in place",
			e.Backup.Time.Local().Format("2006-01-02 15:04"), e.Path)
	}
	return fmt.Sprintf("open catalog %s: %v; %s; `semblancectl catalog restore --catalog %q --sidecars FOLDER` begins anew with what the JSON files "+
		"beside the photos in FOLDER say; either keeps the damaged file", e.Path, e.Err, backup, e.Path)
}

// Unwrap returns what is wrong.
func (e *DamageError) Unwrap() error { return e.Err }

// SetAside gives the file of a catalog that is not open another name beside it, damaged or not, so that Open makes an empty one, and
// returns that name. The error is ErrInUse if the catalog is open, and fs.ErrNotExist if there is none.
func SetAside(path string) (kept string, err error) {
	db, err := openBolt(path, false)
	if err == nil {
		defer func() { err = errors.Join(err, db.Close()) }()
	}
	if err != nil && !errors.Is(err, ErrDamaged) {
		return "", fmt.Errorf("set catalog %s aside: %w", path, err)
	}
	kept = keptName(path, time.Now())
	if err := moveNew(path, kept); err != nil {
		return "", fmt.Errorf("set catalog %s aside: %w", path, err)
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) { // moveNew may have made a second name
		return "", fmt.Errorf("set catalog %s aside: %w", path, err)
	}
	return kept, syncFolder(filepath.Dir(path))
}

// keptName is what a file is called that Restore has replaced: a name that no file has.
func keptName(path string, now time.Time) string {
	stem, ext := stemOf(path)
	base := filepath.Join(filepath.Dir(path), stem+keptInfix+now.UTC().Format(copyLayout))
	name := base + ext
	for n := 2; ; n++ {
		if _, err := os.Lstat(name); err != nil {
			return name
		}
		name = fmt.Sprintf("%s-%d%s", base, n, ext) // another one within the second
	}
}

const keptInfix = "-replaced-"

// keepAs gives a file a second name, or, where a file has one only, another.
func keepAs(path, name string) error {
	err := os.Link(path, name)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return err
	}
	if _, err := os.Lstat(name); err == nil {
		return fmt.Errorf("%s: %w", name, fs.ErrExist)
	}
	return os.Rename(path, name)
}

// replace puts a complete file in the place of one that is open, and closes it; db is nil if it could not be opened. Who waits for
// its lock finds out that it was replaced (openOnce). Where the system renames no open file, it
// replaces none that another process has opened meanwhile either.
func replace(db *bolt.DB, from, to string) error {
	if db == nil {
		return move(from, to)
	}
	if runtime.GOOS == "windows" {
		if err := db.Close(); err != nil {
			return err
		}
		return move(from, to)
	}
	return errors.Join(move(from, to), db.Close())
}

// copyFile copies a file to a new one beside path, on the disk, and returns its name.
func copyFile(ctx context.Context, from, path string) (name string, err error) {
	src, err := os.Open(from)
	if err != nil {
		return "", err
	}
	defer src.Close()
	tmp, err := newFile(path)
	if err != nil {
		return "", err
	}
	_, err = io.Copy(stoppable{ctx, tmp}, src)
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		return "", errors.Join(err, os.Remove(tmp.Name()))
	}
	return tmp.Name(), nil
}
