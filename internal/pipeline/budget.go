package pipeline

import (
	"context"
	"slices"
	"sync"
)

// budget is the memory, in bytes, that everything that decodes shares. Of it analysis may take a part only; the
// rest is kept free for what a person looks at, who so never waits for an analysis to end.
//
//   - Analyses wait, in the order of their arrival, until there is room for them in their part and in the whole. One that
//     needs more than the part runs when nothing else does.
//   - What a person looks at waits for nothing but other such photos, and not even for these if it fits into the
//     rest together with them. Where it needs more than the rest, it counts in full all the same: the next analyses wait for it.
//
// So the whole is exceeded only by what a single photo needs beyond its share.
type budget struct {
	total, part int64 // of the whole, what analyses may take

	mu                sync.Mutex
	analysing, viewed int64     // bytes that are taken
	waiting           []*waiter // in the order of their arrival
}

// waiter is somebody who waits for memory.
type waiter struct {
	need   int64
	viewer bool
	ready  chan struct{} // closed when it is granted
}

// newBudget returns a budget of that many bytes, two thirds of it for analysis.
func newBudget(total int64) *budget { return &budget{total: total, part: total * 2 / 3} }

// acquire waits until need bytes may be used, for a person who looks or else for analysis, or
// until ctx ends. Whoever acquired them gives them back by release.
func (b *budget) acquire(ctx context.Context, need int64, viewer bool) error {
	w := &waiter{need, viewer, make(chan struct{})}
	b.mu.Lock()
	b.waiting = append(b.waiting, w)
	b.grant()
	b.mu.Unlock()
	select {
	case <-w.ready:
		return nil
	case <-ctx.Done():
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if i := slices.Index(b.waiting, w); i >= 0 {
		b.waiting = slices.Delete(b.waiting, i, i+1)
		b.grant() // who waited behind it may fit
		return ctx.Err()
	}
	return nil // it was granted at the same moment
}

// release gives back what acquire granted.
func (b *budget) release(need int64, viewer bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	*b.taken(viewer) -= need
	b.grant()
}

func (b *budget) taken(viewer bool) *int64 {
	if viewer {
		return &b.viewed
	}
	return &b.analysing
}

// grant lets in whoever may be let in. Of each kind the first that has no room keeps the later ones waiting,
// so that a large photo is not passed by small ones for ever. The caller holds the lock.
func (b *budget) grant() {
	blocked := map[bool]bool{}
	b.waiting = slices.DeleteFunc(b.waiting, func(w *waiter) bool {
		if blocked[w.viewer] || !b.fits(w) {
			blocked[w.viewer] = true
			return false
		}
		*b.taken(w.viewer) += w.need
		close(w.ready)
		return true
	})
}

func (b *budget) fits(w *waiter) bool {
	switch {
	case w.viewer:
		return b.viewed == 0 || b.viewed+w.need <= b.total-b.part
	case b.analysing == 0 && b.viewed == 0:
		return true // alone, however much it needs
	}
	return b.analysing+w.need <= b.part && b.analysing+b.viewed+w.need <= b.total
}
