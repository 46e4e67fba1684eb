package library

import (
	"context"
	"fmt"
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
	case <-l.ctx.Done():
	}
}

// care backs the catalog up if that is due. What goes wrong is told by a Problem event, and stops nothing else.
func (l *Library) care(ctx context.Context) {
	made, err := l.catalog.BackUpDaily(ctx, time.Now())
	if ctx.Err() != nil {
		return
	}
	if err == nil {
		err = catalog.Prune(l.file)
	}
	switch {
	case err != nil:
		l.careProblem(fmt.Errorf("the daily backup failed: %w", err))
	case made != "":
		l.log.Info("backup", "path", made)
	}
}

func (l *Library) careProblem(err error) {
	l.log.Error("catalog", "err", err)
	l.send(Event{Kind: Problem, Path: l.file, Err: err})
}
