package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	bolt "go.etcd.io/bbolt"
)

// A Copy is a backup in the folder of backups beside a catalog.
type Copy struct {
	Path string
	Time time.Time // when it was begun, to the second
	Size int64     // bytes
}

// copyLayout is the time in the name of a Copy, in UTC.
const copyLayout = "20060102T150405Z"

// Backup writes a copy of the catalog as it is now, complete on the disk or not at all. Others read and write
// meanwhile; a commit waits for it only when the file has to be mapped anew, which happens when its size doubles.
// The error is fs.ErrExist if there is a file and it is not to be replaced, and that of ctx when it ends.
func (c *Catalog) Backup(ctx context.Context, to string, replace bool) error {
	c.file.RLock()
	defer c.file.RUnlock()
	if err := backUp(ctx, c.db, c.path, to, replace); err != nil {
		return fmt.Errorf("back up catalog %s: %w", c.path, err)
	}
	return nil
}

// BackUpNow is Backup that returns where the copy is: to, or among Copies if that is "".
func (c *Catalog) BackUpNow(ctx context.Context, to string, replace bool) (string, error) {
	if to == "" {
		var err error
		if to, err = newCopy(c.path, time.Now()); err != nil {
			return "", fmt.Errorf("back up catalog %s: %w", c.path, err)
		}
	}
	if err := c.Backup(ctx, to, replace); err != nil {
		return "", err
	}
	return to, nil
}

// BackUp is Backup of a catalog that is not open. "" puts the copy among Copies. It returns where the copy is.
func BackUp(ctx context.Context, path, to string, replace bool) (string, error) {
	db, err := openBolt(path, true)
	if err == nil {
		if to == "" {
			to, err = newCopy(path, time.Now())
		}
		if err == nil {
			err = backUp(ctx, db, path, to, replace)
		}
		err = errors.Join(err, db.Close())
	}
	if err != nil {
		return "", fmt.Errorf("back up catalog %s: %w", path, err)
	}
	return to, nil
}

// BackUpDaily puts a copy among Copies if the catalog has changed since the last, which is at least
// a day old then. It returns "" if that is not so, and for an empty catalog.
func (c *Catalog) BackUpDaily(ctx context.Context, now time.Time) (string, error) {
	due, err := c.backupDue(now)
	if err != nil || !due {
		return "", err
	}
	to, err := newCopy(c.path, now)
	if err != nil {
		return "", fmt.Errorf("back up catalog %s: %w", c.path, err)
	}
	if err := c.Backup(ctx, to, false); err != nil {
		return "", err
	}
	return to, nil
}

func (c *Catalog) backupDue(now time.Time) (bool, error) {
	c.mu.RLock()
	empty := len(c.index.photos) == 0
	c.mu.RUnlock()
	if empty {
		return false, nil
	}
	copies, err := Copies(c.path)
	if err != nil {
		return false, err
	}
	info, err := os.Stat(c.path)
	if err != nil {
		return false, err
	}
	for _, last := range copies {
		if !last.Time.After(now) { // one of the future says that a clock was wrong
			return now.Sub(last.Time) >= 24*time.Hour && info.ModTime().After(last.Time), nil
		}
	}
	return true, nil
}

// The copies that Prune keeps: the latest, and the latest of each of so many weeks from which there are any.
const (
	keepLatest = 3
	keepWeeks  = 4
)

// Prune removes all Copies but the latest three and the latest of each of the last four weeks from which there are any.
func Prune(path string) error {
	copies, err := Copies(path)
	if err != nil {
		return err
	}
	var errs []error
	weeks := map[[2]int]bool{}
	for i, c := range copies {
		year, week := c.Time.ISOWeek()
		first := !weeks[[2]int{year, week}]
		weeks[[2]int{year, week}] = true
		if i < keepLatest || first && len(weeks) <= keepWeeks {
			continue
		}
		errs = append(errs, os.Remove(c.Path))
	}
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("remove old backups: %w", err)
	}
	return nil
}

// Copies returns the backups in the folder beside the catalog at path, the latest first. It does not look into them.
func Copies(path string) ([]Copy, error) {
	dir := copiesFolder(path)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("list backups: %w", err)
	}
	stem, ext := stemOf(path)
	var copies []Copy
	for _, e := range entries {
		when, ok := strings.CutPrefix(e.Name(), stem+"-")
		when, suffixed := strings.CutSuffix(when, ext)
		t, err := time.Parse(copyLayout, when)
		if !ok || !suffixed || err != nil {
			continue // another catalog's, or a person's file
		}
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() {
			copies = append(copies, Copy{filepath.Join(dir, e.Name()), t, info.Size()})
		}
	}
	slices.SortFunc(copies, func(a, b Copy) int { return b.Time.Compare(a.Time) })
	return copies, nil
}

// newCopy returns the path of a copy that is made now, in a folder that exists.
func newCopy(path string, now time.Time) (string, error) {
	stem, ext := stemOf(path)
	dir := copiesFolder(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return "", err
	}
	return filepath.Join(dir, stem+"-"+now.UTC().Format(copyLayout)+ext), nil
}

func copiesFolder(path string) string { return filepath.Join(filepath.Dir(path), "backups") }

// stemOf cuts the name of a file before its extension.
func stemOf(path string) (stem, ext string) {
	ext = filepath.Ext(path)
	return strings.TrimSuffix(filepath.Base(path), ext), ext
}

// backUpBefore backs up a file that is about to be brought to a later version.
func backUpBefore(db *bolt.DB, path string, now time.Time) error {
	to, err := newCopy(path, now)
	if err == nil {
		err = backUp(context.Background(), db, path, to, false)
	}
	if err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("back up before the upgrade: %w", err)
	}
	return nil
}

// backUp writes a copy of an open file under another name and gives it its own when it is complete.
func backUp(ctx context.Context, db *bolt.DB, from, to string, replace bool) error {
	if there, err := os.Stat(to); err == nil {
		if !replace {
			return fmt.Errorf("%s: %w", to, fs.ErrExist)
		}
		if itself, err := os.Stat(from); err == nil && os.SameFile(there, itself) {
			return fmt.Errorf("%s is the catalog itself", to)
		}
	}
	tmp, err := newFile(to)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name()) // fails, rightly, once it was renamed
	err = guard(func() error {
		return db.View(func(tx *bolt.Tx) error {
			_, err := tx.WriteTo(stoppable{ctx, tmp})
			return err
		})
	})
	if err == nil {
		err = tmp.Sync()
	}
	if err := errors.Join(err, tmp.Close()); err != nil {
		if ctx.Err() != nil {
			return ctx.Err() // bbolt does not pass on all of it
		}
		return err
	}
	if replace {
		return move(tmp.Name(), to)
	}
	return moveNew(tmp.Name(), to)
}

// stoppable is a file that cannot be written any more when ctx has ended.
type stoppable struct {
	ctx  context.Context //nolint:containedctx // of the one call that it lives for
	file *os.File
}

func (s stoppable) Write(p []byte) (int, error) {
	if err := s.ctx.Err(); err != nil {
		return 0, err
	}
	return s.file.Write(p)
}
