package decode

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"semblance/internal/photo"
)

// Thumbnails is a cache of small pictures on disk: one JPEG file for each photo.ID and
// size. Losing it costs time only, and it may be deleted at any time. Nothing else that lies in its folder is
// touched. It is safe for concurrent use, by several processes too.
type Thumbnails struct {
	dir string
	max int64

	size   atomic.Int64 // bytes in the cache, as far as this process knows; -1 before they were counted
	grown  atomic.Int64 // bytes added since they were counted: other processes add too
	counts sync.Mutex   // held by Tidy
}

// thumbnailVersion is to be raised when the same photo gives another thumbnail than before: its colours, its size, how it is
// turned. Those of earlier versions are made anew, and removed by Tidy.
const thumbnailVersion = 3

// thumbnailQuality is a JPEG quality at which faces of thumbnail size show no blocks.
const thumbnailQuality = 85

// maxThumbnailFile is more than a thumbnail takes: what is longer is not one of ours.
const maxThumbnailFile = 16 << 20

// seenStep is how exactly it is known when a thumbnail was looked at last: writing it down costs the disk more than reading one.
const seenStep = time.Hour

// NewThumbnails returns the cache in the folder dir, which is created when something is put into it. It holds about
// maxBytes: beyond, the files that were not looked at for longest are removed.
func NewThumbnails(dir string, maxBytes int64) *Thumbnails {
	t := &Thumbnails{dir: dir, max: maxBytes}
	t.size.Store(-1)
	return t
}

// path shards by the first byte: folders with 100,000 files are slow on many systems.
func (t *Thumbnails) path(id photo.ID, longSide int) string {
	name := id.String()
	return filepath.Join(t.dir, name[:2], fmt.Sprintf("%s-%d-v%d.jpg", name, longSide, thumbnailVersion))
}

// parseThumbnail reads a name that path made, also one of the first version, which did not say it.
func parseThumbnail(name string) (id photo.ID, version int, ok bool) {
	stem, isJPEG := strings.CutSuffix(name, ".jpg")
	parts := strings.Split(stem, "-")
	id, err := photo.ParseID(parts[0])
	if !isJPEG || err != nil || len(parts) < 2 || len(parts) > 3 {
		return id, 0, false
	}
	if _, err := strconv.ParseUint(parts[1], 10, 16); err != nil {
		return id, 0, false
	}
	if len(parts) == 2 {
		return id, 1, true
	}
	v, err := strconv.ParseUint(strings.TrimPrefix(parts[2], "v"), 10, 16)
	return id, int(v), err == nil && strings.HasPrefix(parts[2], "v")
}

// Get returns the thumbnail of that size. The error is fs.ErrNotExist if there is none;
// a damaged file counts as none and is removed. The picture is the caller's.
func (t *Thumbnails) Get(ctx context.Context, id photo.ID, longSide int) (*image.RGBA, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path := t.path(id, longSide)
	data, seen, err := readThumbnail(path)
	if err != nil {
		return nil, fmt.Errorf("thumbnail: %w", err)
	}
	img, err := thumbnail(ctx, data)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		_ = os.Remove(path)
		return nil, fmt.Errorf("thumbnail: %w", fs.ErrNotExist)
	}
	if now := time.Now(); now.Sub(seen) > seenStep {
		_ = os.Chtimes(path, now, now) // looked at: the last to be removed
	}
	return img, nil
}

// Has reports whether there is a thumbnail of that size, without reading it.
func (t *Thumbnails) Has(id photo.ID, longSide int) bool {
	info, err := os.Stat(t.path(id, longSide))
	return err == nil && info.Size() > 0
}

// readThumbnail reads a file of the cache; seen is when it was looked at last.
func readThumbnail(path string) (data []byte, seen time.Time, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, seen, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, seen, err
	}
	data, err = io.ReadAll(io.LimitReader(f, maxThumbnailFile))
	return data, info.ModTime(), err
}

// thumbnail decodes a file of the cache. After a loss of power it may be anything: what a
// photo is forgiven, a missing end, is here a reason to make it anew.
func thumbnail(ctx context.Context, data []byte) (*image.RGBA, error) {
	e, err := Decoder{Limits: Limits{MaxPixels: 16e6}}.FromBytes("thumbnail.jpg", data)
	if err != nil {
		return nil, err
	}
	img, err := e.Pixels(ctx, 0)
	if err == nil && len(e.Warnings()) > 0 {
		err = ErrDamaged
	}
	return img, err
}

// Put keeps a thumbnail. A reader sees the whole file or none. An error means that it is not kept, as on a
// full disk or where nothing may be written.
func (t *Thumbnails) Put(ctx context.Context, id photo.ID, longSide int, img *image.RGBA) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: thumbnailQuality}); err != nil {
		return fmt.Errorf("keep thumbnail: %w", err)
	}
	if err := writeFile(t.path(id, longSide), b.Bytes()); err != nil {
		return fmt.Errorf("keep thumbnail: %w", err)
	}
	grown := t.grown.Add(int64(b.Len()))
	// Another process may have added as much, so that what is known of the size is checked now and then: together they
	// exceed the bound by no more than that.
	if size := t.size.Load(); size < 0 || size+grown > t.max || grown > t.max/20 {
		if t.counts.TryLock() { // else somebody does it already
			defer t.counts.Unlock()
			return t.tidy(ctx)
		}
	}
	return nil
}

// Remove removes the thumbnails of the photos for which want is true, in every size, and what was left half written. It returns
// how many there were.
func (t *Thumbnails) Remove(want func(photo.ID) bool) (removed int, err error) {
	t.counts.Lock()
	defer t.counts.Unlock()
	t.size.Store(-1)
	var errs []error
	err = t.each(func(path string, d fs.DirEntry) error {
		id, _, ours := parseThumbnail(d.Name())
		switch {
		case !ours: // half written
			errs = append(errs, ignoreGone(os.Remove(path)))
		case want(id):
			removed++
			errs = append(errs, ignoreGone(os.Remove(path)))
		}
		return nil
	})
	if err := errors.Join(append(errs, err)...); err != nil {
		return removed, fmt.Errorf("remove thumbnails: %w", err)
	}
	return removed, nil
}

// each calls do for every file that is one of the cache's, of whatever version, and for what was left half written. What somebody
// else put into the folder is left out: a person may have named any folder.
func (t *Thumbnails) each(do func(path string, d fs.DirEntry) error) error {
	shards, err := os.ReadDir(t.dir)
	if err != nil {
		return ignoreGone(err)
	}
	for _, shard := range shards {
		if _, err := strconv.ParseUint(shard.Name(), 16, 8); err != nil || len(shard.Name()) != 2 || !shard.IsDir() {
			continue
		}
		files, err := os.ReadDir(filepath.Join(t.dir, shard.Name()))
		if ignoreGone(err) != nil {
			return err
		}
		for _, d := range files {
			if _, _, ok := parseThumbnail(d.Name()); !d.Type().IsRegular() || !ok && !strings.HasPrefix(d.Name(), newPrefix) {
				continue
			}
			if err := do(filepath.Join(t.dir, shard.Name(), d.Name()), d); err != nil {
				return err
			}
		}
	}
	return nil
}

// ignoreGone returns an error unless it says that something is not there: another process may remove it, or a person all of the cache.
func ignoreGone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

// newPrefix is how the name of a file begins that is being written, and halfWritten how old one is that nobody writes any more.
const (
	newPrefix   = ".new-"
	halfWritten = time.Hour
)

func writeFile(path string, data []byte) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	f, err := os.CreateTemp(dir, newPrefix+"*")
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if err = errors.Join(err, f.Close()); err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return errors.Join(err, ignoreGone(os.Remove(f.Name())))
	}
	return nil
}

// Tidy counts the cache, removes what earlier versions and ended processes left and, if it is full, the tenth that was not looked at for longest.
// Put does so when it has to; who has time does it before. It goes through all files and ends with ctx.
func (t *Thumbnails) Tidy(ctx context.Context) error {
	t.counts.Lock()
	defer t.counts.Unlock()
	return t.tidy(ctx)
}

func (t *Thumbnails) tidy(ctx context.Context) error {
	type entry struct {
		path string
		size int64
		seen time.Time
	}
	var (
		all  []entry
		size int64
		now  = time.Now()
	)
	t.grown.Store(0)
	err := t.each(func(path string, d fs.DirEntry) error {
		info, err := d.Info()
		if err != nil {
			return nil //nolint:nilerr // it is gone, or cannot be counted
		}
		_, version, ok := parseThumbnail(d.Name())
		if ok && version < thumbnailVersion || !ok && now.Sub(info.ModTime()) > halfWritten {
			if os.Remove(path) == nil {
				return ctx.Err()
			}
		}
		all = append(all, entry{path, info.Size(), info.ModTime()})
		size += info.Size()
		return ctx.Err()
	})
	if err != nil {
		return fmt.Errorf("tidy thumbnails: %w", err)
	}
	if size > t.max {
		slices.SortFunc(all, func(a, b entry) int { return cmp.Or(a.seen.Compare(b.seen), strings.Compare(a.path, b.path)) })
		for _, e := range all {
			if size <= t.max-t.max/10 {
				break
			}
			if err := os.Remove(e.path); ignoreGone(err) == nil {
				size -= e.size
			}
		}
	}
	t.size.Store(size)
	return nil
}
