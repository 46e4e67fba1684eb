package main

import (
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"
)

func TestInOrder(t *testing.T) {
	tests := []struct {
		name  string
		times []time.Duration // work of each item
		n     int
		want  time.Duration // until all is done
	}{
		{"nothing", nil, 2, 0},
		{"one", []time.Duration{5}, 2, 5},
		{"two at a time", []time.Duration{5, 5, 5, 5}, 2, 10},
		{"one at a time", []time.Duration{5, 5, 5, 5}, 1, 20},
		{"a slow one does not hold the others up", []time.Duration{9, 3, 3, 3}, 2, 9},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				start := time.Now()
				var got []int
				for i := range inOrder(slices.Values(indices(len(tt.times))), tt.n, func(i int) int {
					time.Sleep(tt.times[i])
					return i
				}) {
					got = append(got, i)
				}
				if !slices.Equal(got, indices(len(tt.times))) {
					t.Errorf("the order is %v", got)
				}
				if took := time.Since(start); took != tt.want {
					t.Errorf("it took %d, want %d", took, tt.want)
				}
			})
		})
	}
}

// A slow first item must not let the results of thousands pile up.
func TestInOrderWaitsForASlowItem(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const n = 2
		hold := make(chan struct{})
		var mu sync.Mutex
		done := 0
		go func() {
			synctest.Wait()
			mu.Lock()
			if done == 0 || done > 3*n {
				t.Errorf("%d items were worked on ahead", done)
			}
			mu.Unlock()
			close(hold)
		}()
		for range inOrder(slices.Values(indices(1000)), n, func(i int) int {
			if i == 0 {
				<-hold
			}
			mu.Lock()
			done++
			mu.Unlock()
			return i
		}) {
		}
		if done != 1000 {
			t.Errorf("%d items done", done)
		}
	})
}

// Leaving early leaves no goroutine behind: synctest would say so.
func TestInOrderStopsEarly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for i := range inOrder(slices.Values(indices(1000)), 3, func(i int) int { return i }) {
			if i == 4 {
				break
			}
		}
	})
}

func indices(n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = i
	}
	return s
}
