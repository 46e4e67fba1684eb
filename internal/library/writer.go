package library

import (
	"errors"
	"io/fs"
	"os"
	"time"

	"semblance/catalog"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// A commit costs an fsync whatever its size, so results are gathered: at most
// commitSize of them, and none waits longer than commitDelay. That bounds what a
// crash can lose.
const (
	commitSize  = 64
	commitDelay = 250 * time.Millisecond
)

// write commits results until the channel is closed.
func (l *Library) write(results <-chan pipeline.Result) {
	var (
		batch []pipeline.Result
		due   <-chan time.Time // nil while batch is empty
	)
	flush := func() {
		if len(batch) > 0 {
			l.commit(batch)
		}
		batch, due = nil, nil
	}
	for {
		select {
		case r, ok := <-results:
			if !ok {
				flush()
				return
			}
			batch = append(batch, r)
			if due == nil {
				due = time.After(commitDelay)
			}
			if len(batch) >= commitSize {
				flush()
			}
		case <-due:
			flush()
		}
	}
}

// commit stores results, keeps their thumbnails and tells everybody.
func (l *Library) commit(batch []pipeline.Result) {
	outcomes := make([]catalog.Outcome, 0, len(batch))
	var unplugged *pipeline.Result
	for i, r := range batch {
		if r.Err != nil && errors.Is(r.Err, fs.ErrNotExist) && l.folderGone() {
			unplugged = &batch[i]
			continue // not the photo's fault: it stays waiting
		}
		outcomes = append(outcomes, l.outcome(r))
		if r.Thumbnail != nil {
			if err := l.thumbs.Put(l.ctx, r.ID, ThumbnailSide, r.Thumbnail); err != nil && l.ctx.Err() == nil {
				l.log.Warn("keep thumbnail", "path", r.Path, "err", err)
			}
		}
	}
	err := l.catalog.Commit(outcomes)
	if err != nil {
		l.log.Error("commit", "photos", len(outcomes), "err", err)
		l.send(Event{Kind: Problem, Err: err})
	}
	now := time.Now()
	l.mu.Lock()
	l.uncommitted -= len(batch)
	for _, o := range outcomes {
		l.progress.add(now, o.Record == nil)
	}
	l.mu.Unlock()
	for _, r := range batch {
		if r.Err != nil {
			l.log.Info("photo failed", "path", r.Path, "err", r.Err)
		}
		l.send(Event{Kind: PhotoChanged, Path: r.Path})
	}
	if unplugged != nil {
		l.queue.Remove(nil)
		folder, _ := l.Folder()
		l.send(Event{Kind: Problem, Path: folder, Err: errors.New("the folder is not reachable any more: its photos wait until it is opened again")})
	}
	l.checkIdle()
}

// outcome is the catalog's form of a result.
func (l *Library) outcome(r pipeline.Result) catalog.Outcome {
	file := r.File
	if file.Path == "" { // it could not even be read: keep the stamp of now, so that it is tried again when it changes
		file = photo.File{Path: r.Path}
		if info, err := os.Stat(r.Path); err == nil {
			file.Size, file.MTime = info.Size(), info.ModTime()
		}
	}
	if r.Err != nil {
		return catalog.Outcome{File: file, Failure: reason(r.Err)}
	}
	return catalog.Outcome{File: file, Record: &catalog.Record{
		ID: r.ID, Meta: r.Meta, Analysis: *r.Analysis, Analysed: time.Now(), Warnings: r.Warnings,
	}}
}

// folderGone reports whether the open folder itself is not there any more, as
// when its disk was unplugged.
func (l *Library) folderGone() bool {
	folder, _ := l.Folder()
	if folder == "" {
		return false
	}
	_, err := os.Stat(folder)
	return errors.Is(err, fs.ErrNotExist)
}
