package library

import (
	"context"
	"errors"
	"io/fs"
	"path/filepath"
	"strings"

	"semblance/internal/decode"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// Reanalyse queues photos again, whatever their state: after a failure, to have them
// looked at anew, or to have them searched in other ways too. How they are searched stays
// with them; faces keep their numbers and what people said about them. When that fails, what is
// known of a photo stays, and a Problem event names it.
func (l *Library) Reanalyse(paths []string, look Look) error {
	if !l.analyses {
		return l.noAnalysis
	}
	if err := l.catalog.Renew(paths, look); err != nil {
		return err
	}
	l.mu.Lock()
	if l.ended {
		l.mu.Unlock()
		return nil
	}
	l.busy()
	for _, path := range paths {
		p := pipeline.Selected
		if path == l.opened {
			p = pipeline.Opened
		}
		l.queue.Push(path, p)
	}
	l.mu.Unlock()
	for _, path := range paths {
		l.send(Event{Kind: PhotoChanged, Path: path})
	}
	return nil
}

// Folder returns the open folder, "" if none is.
func (l *Library) Folder() (path string, recursive bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.folder.path, l.folder.recursive
}

// Recent returns the folders that were opened before, the latest first.
func (l *Library) Recent() []string { return l.settings.recent() }

// WithSubfolders reports whether a recent folder was opened with its subfolders when it was
// opened last.
func (l *Library) WithSubfolders(path string) bool {
	if abs, err := filepath.Abs(path); err == nil {
		path = abs
	}
	return l.settings.deep(path)
}

// Subfolders returns the paths of the folders in dir, sorted, without hidden and system ones.
func (l *Library) Subfolders(dir string) ([]string, error) { return photo.Subfolders(dir) }

// CountPhotos counts the photo files directly in dir and those in all folders
// below it. Folders that cannot be read count as empty.
func (l *Library) CountPhotos(ctx context.Context, dir string) (here, below int, err error) {
	dir = filepath.Clean(dir)
	err = photo.Walk(ctx, dir, photo.WalkOptions{Recursive: true},
		func(f photo.File) error {
			if filepath.Dir(f.Path) == dir {
				here++
			} else {
				below++
			}
			return nil
		}, func(string, error) {})
	return here, below, err
}

// reason is what a failed photo's badge says: the error in plain words, without
// the path that stands beside it anyway.
func reason(err error) string {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return "the file is not there any more"
	case errors.Is(err, fs.ErrPermission):
		return "no permission to read the file"
	case errors.Is(err, pipeline.ErrTooSlow):
		return "the analysis took too long and was stopped"
	}
	first, _, _ := strings.Cut(Brief(err), "\n") // of a bug the stack is in the log
	return first
}

// Brief is what the error of a photo says to a person: what is wrong with the file, if it is that, without the stages of the analysis
// that the error went through.
func Brief(err error) string {
	text := err.Error()
	for _, sentinel := range []error{decode.ErrUnsupported, decode.ErrDamaged, decode.ErrTooLarge, decode.ErrChanged, decode.ErrGaveUp} {
		if errors.Is(err, sentinel) {
			return text[strings.Index(text, sentinel.Error()):]
		}
	}
	return text
}
