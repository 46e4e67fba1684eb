package main

import (
	"iter"
	"sync"
)

// inOrder calls work for every item, in n goroutines, and returns the results in
// the order of the items. At most 3n items are ahead of the one whose result is
// waited for, so that one slow item does not pile up the results of all others.
// When the caller stops early, inOrder returns after the calls under way.
func inOrder[T, R any](items iter.Seq[T], n int, work func(T) R) iter.Seq[R] {
	type job struct {
		item T
		done chan R
	}
	return func(yield func(R) bool) {
		queue, order, stop := make(chan job), make(chan job, 2*n), make(chan struct{})
		var running sync.WaitGroup
		defer running.Wait()
		defer close(stop)
		running.Go(func() {
			defer close(queue)
			defer close(order)
			for item := range items {
				j := job{item, make(chan R, 1)}
				for _, next := range []chan job{order, queue} {
					select {
					case next <- j:
					case <-stop:
						return
					}
				}
			}
		})
		for range n {
			running.Go(func() {
				for j := range queue {
					j.done <- work(j.item)
				}
			})
		}
		for j := range order {
			if !yield(<-j.done) {
				return
			}
		}
	}
}
