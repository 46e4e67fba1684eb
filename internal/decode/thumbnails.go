package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"semblance/internal/photo"
)

// Thumbnails is a cache of small pictures on disk: one JPEG file for each photo.ID and
// size. Losing it costs time only. It is safe for concurrent use, by several processes too.
type Thumbnails struct {
	dir string
	max int64

	mu   sync.Mutex
	size int64 // bytes in the cache, as far as this process knows; -1 before it was counted
}

// thumbnailQuality is a JPEG quality at which faces of thumbnail size show no blocks.
const thumbnailQuality = 85

// NewThumbnails returns the cache in the folder dir, which is created. It holds about
// maxBytes: beyond, the files that were not looked at for longest are removed.
func NewThumbnails(dir string, maxBytes int64) (*Thumbnails, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("thumbnail cache: %w", err)
	}
	return &Thumbnails{dir: dir, max: maxBytes, size: -1}, nil
}

// path shards by the first byte: folders with 100,000 files are slow on many systems.
func (t *Thumbnails) path(id photo.ID, longSide int) string {
	name := id.String()
	return filepath.Join(t.dir, name[:2], fmt.Sprintf("%s-%d.jpg", name, longSide))
}

// Get returns the thumbnail of that size. The error is fs.ErrNotExist if there is none;
// a damaged file counts as none and is removed. The picture is the caller's.
func (t *Thumbnails) Get(ctx context.Context, id photo.ID, longSide int) (*image.RGBA, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	path := t.path(id, longSide)
	data, err := os.ReadFile(path)
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
	now := time.Now()
	_ = os.Chtimes(path, now, now) // looked at: the last to be removed
	return img, nil
}

// Has reports whether there is a thumbnail of that size, without reading it.
func (t *Thumbnails) Has(id photo.ID, longSide int) bool {
	info, err := os.Stat(t.path(id, longSide))
	return err == nil && info.Size() > 0
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

// Put keeps a thumbnail. A reader sees the whole file or none.
func (t *Thumbnails) Put(ctx context.Context, id photo.ID, longSide int, img *image.RGBA) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := jpeg.Encode(&b, img, &jpeg.Options{Quality: thumbnailQuality}); err != nil {
		return fmt.Errorf("keep thumbnail: %w", err)
	}
	path := t.path(id, longSide)
	if err := writeFile(path, b.Bytes()); err != nil {
		return fmt.Errorf("keep thumbnail: %w", err)
	}
	return t.grown(int64(b.Len()))
}

// Remove removes the thumbnails of the photos for which want is true, in every size, and what was left half written. It returns
// how many there were.
func (t *Thumbnails) Remove(want func(photo.ID) bool) (removed int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.size = -1
	var errs []error
	err = filepath.WalkDir(t.dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		name, _, _ := strings.Cut(d.Name(), "-")
		id, err := photo.ParseID(name)
		switch {
		case strings.HasPrefix(d.Name(), newPrefix):
			errs = append(errs, os.Remove(path))
		case err == nil && want(id):
			removed++
			errs = append(errs, os.Remove(path))
		}
		return nil
	})
	if err := errors.Join(append(errs, err)...); err != nil {
		return removed, fmt.Errorf("remove thumbnails: %w", err)
	}
	return removed, nil
}

// newPrefix is how the name of a file begins that is being written.
const newPrefix = ".new-"

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
		return errors.Join(err, os.Remove(f.Name()))
	}
	return nil
}

// grown counts what was added and, when the cache is full, removes the oldest tenth.
func (t *Thumbnails) grown(n int64) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.size >= 0 {
		if t.size += n; t.size <= t.max {
			return nil
		}
	}
	type entry struct {
		path string
		size int64
		seen time.Time
	}
	var all []entry
	t.size = 0
	err := filepath.WalkDir(t.dir, func(path string, d fs.DirEntry, err error) error {
		// What cannot be read cannot be counted either.
		if err == nil && !d.IsDir() {
			if info, err := d.Info(); err == nil {
				all = append(all, entry{path, info.Size(), info.ModTime()})
				t.size += info.Size()
			}
		}
		return nil
	})
	if err != nil || t.size <= t.max {
		return err
	}
	slices.SortFunc(all, func(a, b entry) int { return a.seen.Compare(b.seen) })
	for _, e := range all {
		if t.size <= t.max-t.max/10 {
			break
		}
		if os.Remove(e.path) == nil {
			t.size -= e.size
		}
	}
	return nil
}
