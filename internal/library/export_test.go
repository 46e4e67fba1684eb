package library

import (
	"time"

	"semblance/internal/photo"
)

// Care looks after the catalog now.
func (l *Library) Care() { l.care(l.ctx) }

// SetWatchLimit has so many folders watched at most, of those that are opened from now on.
func (l *Library) SetWatchLimit(n int) { l.watchLimit = n }

// Track tells the library of a file as a scan of the open folder does.
func (l *Library) Track(path string, size int64, mtime time.Time) error {
	file := photo.File{Path: path, Size: size, MTime: mtime}
	pairs := l.partners([]photo.File{file})
	if err := l.catalog.Track([]photo.File{file}); err != nil {
		return err
	}
	l.joinNew([]photo.File{file}, pairs)
	l.enqueue(l.ctx, []photo.File{file})
	return nil
}

// Forget tells the library that a file is gone.
func (l *Library) Forget(path string) error { return l.forget([]string{path}) }
