package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"semblance/internal/library"
)

// visits makes a bridge for a test that stands for the UI goroutine: turn runs
// what has come for it. The news of every visit is recorded.
func visits() (b *bridge, turn func(), got *[]news) {
	got = &[]news{}
	queue := make(chan func(), 100)
	b = newBridge(func(n news) { *got = append(*got, n) })
	b.do = func(f func()) { queue <- f }
	return b, func() {
		synctest.Wait()
		for len(queue) > 0 {
			(<-queue)()
		}
	}, got
}

func TestBridgeGathersAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, turn, got := visits()
		b.event(library.Event{Kind: library.StatusChanged})
		turn()
		if len(*got) != 1 {
			t.Fatalf("the first event waits: %d visits", len(*got))
		}
		for range 100 {
			b.event(library.Event{Kind: library.PhotoChanged, Path: "a.jpg"})
			b.event(library.Event{Kind: library.PhotoChanged, Path: "b.jpg"})
		}
		b.event(library.Event{Kind: library.Idle})
		ran := 0
		b.post(func() { ran++ })
		turn()
		if len(*got) != 1 || ran != 0 {
			t.Fatalf("%d visits within one frame", len(*got))
		}
		time.Sleep(frame)
		turn()
		if len(*got) != 2 || ran != 1 {
			t.Fatalf("%d visits, %d functions after a frame, want 2 and 1", len(*got), ran)
		}
		if n := (*got)[1]; len(n.photos) != 2 || !n.idle || n.status {
			t.Errorf("news %+v", n)
		}
	})
}

func TestBridgeKeepsTheOrderOfPosts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, turn, _ := visits()
		var order []int
		for i := range 10 {
			b.post(func() {
				order = append(order, i)
				if i == 0 { // a post from the UI goroutine itself comes with the next visit
					b.post(func() { order = append(order, 99) })
				}
			})
		}
		turn()
		time.Sleep(10 * frame)
		turn()
		for i := range 10 {
			if order[i] != i {
				t.Fatalf("ran in the order %v", order)
			}
		}
		if len(order) != 11 || order[10] != 99 {
			t.Errorf("ran %v", order)
		}
	})
}

func TestBridgeDropsAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, turn, got := visits()
		calls := 0
		b.do = func(func()) { calls++ }
		b.post(func() { t.Error("ran after close") }) // its timer is running
		b.event(library.Event{Kind: library.Idle})
		b.close()
		b.post(func() { t.Error("ran after close") })
		b.event(library.Event{Kind: library.Idle})
		time.Sleep(10 * frame)
		turn()
		if len(*got) != 0 || calls != 0 {
			t.Errorf("%d visits, %d calls of fyne.Do after close", len(*got), calls)
		}
	})
}

// A visit that was asked for before close and comes after it does nothing.
func TestBridgeLateVisit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, turn, got := visits()
		b.post(func() { t.Error("ran after close") })
		b.event(library.Event{Kind: library.Idle})
		synctest.Wait() // the visit is in the queue of the UI goroutine
		b.close()
		turn()
		if len(*got) != 0 {
			t.Errorf("%d visits after close", len(*got))
		}
	})
}

// While the application ends, Fyne runs what it is given on the caller's goroutine,
// or panics: neither may hang the end of the program.
func TestBridgeWhileTheApplicationEnds(t *testing.T) {
	for name, do := range map[string]func(func()){
		"runs at once": func(f func()) { f() },
		"panics":       func(func()) { panic("send on closed channel") },
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := newBridge(nil)
				b.do = do
				b.post(b.close) // as a window does that is closed by a signal
				time.Sleep(frame)
				synctest.Wait()
				b.post(func() { t.Error("something ran after close") })
				time.Sleep(frame)
				synctest.Wait()
			})
		})
	}
}
