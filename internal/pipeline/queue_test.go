package pipeline

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
)

// order runs a paused, filled queue and returns the paths in the order they ran.
func order(t *testing.T, fill func(*Queue)) []string {
	t.Helper()
	var got []string
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q := NewQueue()
		q.SetPaused(true)
		fill(q)
		go q.Run(ctx, Upkeep, func(_ context.Context, path string) { got = append(got, path) }, nil)
		synctest.Wait()
		if len(got) != 0 {
			t.Fatalf("a paused queue ran %v", got)
		}
		q.SetPaused(false)
		synctest.Wait()
		cancel()
		synctest.Wait()
	})
	return got
}

func TestQueueOrder(t *testing.T) {
	tests := []struct {
		name string
		fill func(*Queue)
		want []string
	}{
		{"arrival", func(q *Queue) { q.Push("a", Background); q.Push("b", Background) }, []string{"a", "b"}},
		{"priority", func(q *Queue) {
			q.Push("a", Background)
			q.Push("b", Visible)
			q.Push("c", Selected)
		}, []string{"b", "c", "a"}},
		{"all priorities", func(q *Queue) {
			for _, p := range []Priority{Upkeep, Visible, Background, Opened, Selected} {
				q.Push(string(rune('b'+p)), p)
			}
		}, []string{"e", "d", "c", "b", "a"}},
		{"raised keeps its arrival", func(q *Queue) {
			q.Push("a", Background)
			q.Push("b", Visible)
			q.Push("a", Visible)
		}, []string{"a", "b"}},
		{"lowered", func(q *Queue) {
			q.Push("a", Visible)
			q.Push("b", Background)
			q.SetPriority("a", Background)
			q.SetPriority("b", Selected)
		}, []string{"b", "a"}},
		{"pushed again with less", func(q *Queue) {
			q.Push("a", Background)
			q.Push("b", Visible)
			q.Push("b", Upkeep)
		}, []string{"b", "a"}},
		{"setting an unknown one adds nothing", func(q *Queue) { q.SetPriority("a", Visible) }, nil},
		{"removed", func(q *Queue) {
			for _, p := range []string{"x/1", "y/1", "x/2"} {
				q.Push(p, Background)
			}
			if n := q.Remove(func(p string) bool { return p[0] == 'x' }); n != 2 {
				panic("Remove met another number")
			}
		}, []string{"y/1"}},
		{"emptied", func(q *Queue) { q.Push("a", Visible); q.Remove(nil) }, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := order(t, tt.fill); !slices.Equal(got, tt.want) {
				t.Errorf("ran %v, want %v", got, tt.want)
			}
		})
	}
}

func TestQueuePushWhileRunningRunsAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		q := NewQueue()
		runs := 0
		release := make(chan struct{})
		go q.Run(ctx, Upkeep, func(context.Context, string) { runs++; <-release }, nil)
		q.Push("a", Background)
		synctest.Wait()
		q.Push("a", Background)
		q.Push("a", Visible) // still only once more
		release <- struct{}{}
		synctest.Wait()
		release <- struct{}{}
		synctest.Wait()
		if waiting, running := q.Len(); runs != 2 || waiting != 0 || running != 0 {
			t.Errorf("%d runs, %d waiting, %d running, want 2, 0, 0", runs, waiting, running)
		}
	})
}

// What is pushed again while it runs has the highest priority it was pushed with, and nothing of
// the one it runs with.
func TestQueuePushWhileRunningKeepsTheHigherPriority(t *testing.T) {
	for _, tt := range []struct {
		name   string
		pushed []Priority
		want   []string
	}{
		{"lower after higher", []Priority{Selected, Upkeep}, []string{"a", "a", "b"}},
		{"higher after lower", []Priority{Upkeep, Selected}, []string{"a", "a", "b"}},
		{"lower than the run", []Priority{Upkeep}, []string{"a", "b", "a"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				ctx, cancel := context.WithCancel(t.Context())
				q := NewQueue()
				release, ran := make(chan struct{}), []string{}
				go q.Run(ctx, Upkeep, func(_ context.Context, path string) { <-release; ran = append(ran, path) }, nil)
				q.Push("a", Opened)
				synctest.Wait()
				q.Push("b", Background)
				for _, p := range tt.pushed {
					q.Push("a", p)
				}
				close(release)
				synctest.Wait()
				if !slices.Equal(ran, tt.want) {
					t.Errorf("ran %v, want %v", ran, tt.want)
				}
				cancel()
				synctest.Wait()
			})
		})
	}
}

func TestQueueRemoveInterruptsRunning(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		q := NewQueue()
		var err error
		go q.Run(ctx, Upkeep, func(ctx context.Context, _ string) { <-ctx.Done(); err = ctx.Err() }, nil)
		q.Push("a", Visible)
		synctest.Wait()
		q.Push("a", Visible) // would run again
		q.Remove(nil)
		synctest.Wait()
		if waiting, running := q.Len(); err != context.Canceled || waiting+running != 0 {
			t.Errorf("the photo got %v, want %v; %d waiting, %d running", err, context.Canceled, waiting, running)
		}
	})
}

func TestQueueManyWorkersRunEveryPathOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		q := NewQueue()
		ran := make(chan string, 1000)
		for range 8 {
			go q.Run(ctx, Upkeep, func(_ context.Context, path string) { ran <- path }, nil)
		}
		for i := range 1000 {
			q.Push(string(rune(0x4E00+i)), Priority(i%3))
		}
		synctest.Wait()
		seen := map[string]bool{}
		for range len(ran) {
			seen[<-ran] = true
		}
		if len(seen) != 1000 {
			t.Errorf("%d paths ran, want 1000", len(seen))
		}
	})
}

// Who takes only what is urgent takes nothing else, and does not miss what becomes urgent.
func TestQueueUrgent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		q := NewQueue()
		release, urgent := make(chan struct{}), []string{}
		go q.Run(ctx, Upkeep, func(context.Context, string) { <-release }, nil)
		go q.Run(ctx, Opened, func(_ context.Context, path string) { urgent = append(urgent, path) }, nil)
		synctest.Wait()
		for _, path := range []string{"a", "b", "c"} {
			q.Push(path, Visible)
		}
		synctest.Wait() // the first one runs
		if len(urgent) > 0 {
			t.Errorf("%q was taken for urgent", urgent)
		}
		q.SetPriority("c", Opened)
		q.Push("d", Opened)
		synctest.Wait()
		if !slices.Equal(urgent, []string{"c", "d"}) {
			t.Errorf("%q was taken for urgent, want c and d", urgent)
		}
		close(release)
		synctest.Wait()
		if waiting, running := q.Len(); waiting+running > 0 || q.Running("b") {
			t.Errorf("%d wait, %d run", waiting, running)
		}
		cancel()
		synctest.Wait()
	})
}
