package pipeline

import (
	"context"
	"errors"
	"math/rand/v2"
	"sync"
	"testing"
	"testing/synctest"
)

// A budget of 300: analyses may take 200, 100 stay free for who looks.
func TestBudget(t *testing.T) {
	type step struct {
		viewer bool
		need   int64
		waits  bool
	}
	const look, analyse = true, false
	for _, tt := range []struct {
		name  string
		steps []step
	}{
		{"two analyses fit, a third waits", []step{{analyse, 100, false}, {analyse, 100, false}, {analyse, 1, true}}},
		{"who looks does not wait for analyses", []step{{analyse, 200, false}, {look, 100, false}}},
		{"not even with a large photo", []step{{analyse, 200, false}, {look, 5000, false}}},
		{"an analysis larger than the whole runs alone", []step{{analyse, 1000, false}, {analyse, 1, true}, {look, 10, false}}},
		{"an analysis larger than its part waits to be alone", []step{{analyse, 10, false}, {analyse, 201, true}}},
		{"and is not passed by smaller ones", []step{{analyse, 10, false}, {analyse, 201, true}, {analyse, 10, true}, {look, 10, false}}},
		{"who looks counts for analyses", []step{{look, 250, false}, {analyse, 100, true}}},
		{"one who looks waits for another", []step{{look, 60, false}, {look, 60, true}}},
		{"but not if both fit", []step{{look, 60, false}, {look, 40, false}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBudget(300)
				ctx, cancel := context.WithCancel(t.Context())
				var waiting sync.WaitGroup
				for i, s := range tt.steps {
					granted := false
					waiting.Go(func() {
						switch err := b.acquire(ctx, s.need, s.viewer); {
						case err == nil:
							granted = true
							<-ctx.Done()
							b.release(s.need, s.viewer)
						case !errors.Is(err, context.Canceled):
							t.Error(err)
						}
					})
					synctest.Wait()
					if granted == s.waits {
						t.Errorf("step %d: granted %v", i, granted)
					}
				}
				cancel()
				waiting.Wait()
				if b.analysing != 0 || b.viewed != 0 || len(b.waiting) != 0 {
					t.Errorf("left over: %d, %d, %d waiting", b.analysing, b.viewed, len(b.waiting))
				}
			})
		})
	}
}

// Whoever gives up or is done lets in who waits behind.
func TestBudgetGoesOn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBudget(300)
		if err := b.acquire(t.Context(), 150, false); err != nil {
			t.Fatal(err)
		}
		impatient, cancel := context.WithCancel(t.Context())
		go func() { _ = b.acquire(impatient, 500, false) }()
		synctest.Wait()
		done := make(chan error, 2)
		for range 2 {
			go func() { done <- b.acquire(t.Context(), 50, false) }()
		}
		synctest.Wait()
		cancel() // one of the two fits now
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		b.release(150, false) // and now the other
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	})
}

// However many come and go, at most one photo that is too large for its share is above the budget.
func TestBudgetHolds(t *testing.T) {
	b := newBudget(300)
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			for range 200 {
				need, viewer := rand.Int64N(90)+1, rand.IntN(3) == 0
				if err := b.acquire(t.Context(), need, viewer); err != nil {
					t.Error(err)
					return
				}
				b.mu.Lock()
				if b.analysing > b.part || b.viewed > b.total-b.part || b.analysing < 0 || b.viewed < 0 {
					t.Errorf("%d for analysis, %d for who looks", b.analysing, b.viewed)
				}
				b.mu.Unlock()
				b.release(need, viewer)
			}
		})
	}
	group.Wait()
	if b.analysing != 0 || b.viewed != 0 {
		t.Errorf("%d and %d are left", b.analysing, b.viewed)
	}
}
