package library

import "semblance/internal/pipeline"

// Policy returns what people decided about the catalog.
func (l *Library) Policy() Policy { return l.catalog.Policy() }

// SetPolicy stores what people decided about the catalog, as catalog.SetPolicy does: no photo has to be analysed for other
// thresholds or for hiding a feature. What is to be found out from now on is found out in the
// background, of the photos of the open folder. It may take seconds: call it off the main goroutine of a window. A
// PolicyChanged event tells everybody, also where only a part was done: then there is an error too.
func (l *Library) SetPolicy(p Policy) error {
	err := l.catalog.SetPolicy(p)
	if err != nil {
		l.log.Error("set policy", "err", err)
	} else {
		l.complete()
	}
	l.send(Event{Kind: PolicyChanged})
	return err
}

// complete queues the photos of the open folder of which more is to be found out.
func (l *Library) complete() {
	if !l.analyses {
		return
	}
	folder, recursive := l.Folder()
	var paths []string
	if folder != "" {
		for _, path := range l.catalog.Paths(folder, recursive) {
			if ref, ok := l.catalog.Lookup(path); ok && !l.catalog.Entry(ref).Hidden && l.incomplete(l.catalog.Entry(ref)) {
				paths = append(paths, path)
			}
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if len(paths) == 0 || l.ended || l.folder.path != folder {
		return
	}
	l.busy()
	for _, path := range paths {
		l.queue.Push(path, pipeline.Upkeep)
	}
}
