package ui

import (
	"testing"
	"testing/synctest"
	"time"

	"semblance/internal/library"
)

// visits makes a bridge whose UI goroutine is the timer's, and records what it gets.
func visits(t *testing.T) (b *bridge, got *[]news) {
	t.Helper()
	got = &[]news{}
	b = newBridge(func(n news) { *got = append(*got, n) })
	b.do = func(f func()) { f() }
	return b, got
}

func TestBridgeGathersAFrame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, got := visits(t)
		b.event(library.Event{Kind: library.StatusChanged})
		synctest.Wait()
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
		synctest.Wait()
		if len(*got) != 1 || ran != 0 {
			t.Fatalf("%d visits within one frame", len(*got))
		}
		time.Sleep(frame)
		synctest.Wait()
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
		b, _ := visits(t)
		var order []int
		for i := range 10 {
			b.post(func() {
				order = append(order, i)
				if i == 0 { // a post from the UI goroutine itself comes with the next visit
					b.post(func() { order = append(order, 99) })
				}
			})
		}
		time.Sleep(10 * frame)
		synctest.Wait()
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
		b, got := visits(t)
		b.post(func() { t.Error("ran after close") })
		b.event(library.Event{Kind: library.Idle})
		b.close()
		b.post(func() { t.Error("ran after close") })
		b.event(library.Event{Kind: library.Idle})
		time.Sleep(10 * frame)
		synctest.Wait()
		if len(*got) != 0 {
			t.Errorf("%d visits after close", len(*got))
		}
	})
}
