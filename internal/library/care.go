package library

import (
	"context"
	"fmt"
	"os"
	"time"

	"semblance/catalog"
)

// careDelay is how long the library leaves the disk to whoever opened it before it looks after the catalog.
const careDelay = 10 * time.Second

// careLater looks after the catalog once it has been open for a while.
func (l *Library) careLater() {
	select {
	case <-time.After(careDelay):
		l.care(l.ctx)
		if err := l.thumbs.Tidy(l.ctx); err != nil && l.ctx.Err() == nil {
			l.log.Warn("thumbnails", "err", err)
		}
	case <-l.ctx.Done():
	}
}

// maxTold is how many damaged values are told by an event each.
const maxTold = 5

// care backs the catalog up if that is due, and reads the whole catalog to see whether it is sound. What is wrong is told by
// Problem events. Backups make room for later ones only while it is sound, and damaged pages are in none.
func (l *Library) care(ctx context.Context) {
	made, err := l.catalog.BackUpDaily(ctx, time.Now())
	if ctx.Err() != nil {
		return
	}
	if err != nil {
		l.careProblem(fmt.Errorf("the daily backup failed: %w", err))
	}
	if made != "" {
		l.log.Info("backup", "path", made)
	}
	check := l.catalog.CheckSums
	if made != "" { // once a day it may take its time
		check = l.catalog.Check
	}
	values, err := check(ctx)
	if ctx.Err() != nil {
		return
	}
	var tidied error
	switch {
	case err != nil:
		l.careProblem(err)
		if made != "" {
			tidied = os.Remove(made)
		}
	case len(values) > 0:
		for _, err := range values[:min(len(values), maxTold)] {
			l.careProblem(err)
		}
		if n := len(values) - maxTold; n > 0 {
			l.careProblem(fmt.Errorf("%d more values of the catalog are damaged: `semblancectl catalog check` lists them", n))
		}
	default:
		l.log.Info("catalog is sound")
		tidied = catalog.Prune(l.file)
	}
	if tidied != nil {
		l.log.Warn("remove backups", "err", tidied)
	}
}

func (l *Library) careProblem(err error) {
	l.log.Error("catalog", "err", err)
	l.send(Event{Kind: Problem, Path: l.file, Err: err})
}
