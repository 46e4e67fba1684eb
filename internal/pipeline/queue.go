package pipeline

import (
	"container/heap"
	"context"
	"sync"
)

// A Priority says how soon a photo is wanted. Higher runs first; equal
// priorities run in the order of their arrival.
type Priority int8

// The priorities, lowest first. Background is the zero value.
const (
	Upkeep     Priority = iota - 1 // analysed, but not as well as can be
	Background                     // the rest of the folder
	Selected                       // what the user marked
	Visible                        // on the screen now
	Opened                         // what the user looks at
)

// Queue hands photos, named by their paths, to workers. A path is in it at most
// once. Its methods are safe for concurrent use.
type Queue struct {
	mu      sync.Mutex
	wake    *sync.Cond // work arrived, the queue was resumed, or a context ended
	waiting jobHeap
	byPath  map[string]*job
	running int
	paused  bool
	seq     uint64
}

// A job is waiting (index >= 0) or running.
type job struct {
	path      string
	priority  Priority
	seq       uint64
	index     int                // in the heap; -1 while running
	cancel    context.CancelFunc // nil until running
	again     bool               // pushed while running: runs once more
	forgotten bool               // removed while running
}

// NewQueue returns an empty queue.
func NewQueue() *Queue {
	q := &Queue{byPath: map[string]*job{}}
	q.wake = sync.NewCond(&q.mu)
	return q
}

// Push adds a path. One that waits already keeps its place of arrival and the higher of
// both priorities, so that whoever asked for more gets it; one that is running now runs once
// more afterwards, because its file may have changed since it was read.
func (q *Queue) Push(path string, p Priority) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if j := q.byPath[path]; j != nil {
		if j.index < 0 {
			if !j.again { // until now the priority was that of the run
				j.priority = p
			}
			j.again, j.forgotten, j.priority = true, false, max(j.priority, p)
			return
		}
		q.reprioritize(j, max(j.priority, p))
		return
	}
	q.add(path, p)
}

// SetPriority raises or lowers a waiting path; any other is left alone.
func (q *Queue) SetPriority(path string, p Priority) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if j := q.byPath[path]; j != nil && j.index >= 0 {
		q.reprioritize(j, p)
	}
}

// Running reports whether a path is running.
func (q *Queue) Running(path string) bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	j := q.byPath[path]
	return j != nil && j.index < 0
}

// Remove forgets the waiting paths that drop reports true for, interrupts
// running ones, and returns how many it met. A nil drop means every path.
func (q *Queue) Remove(drop func(path string) bool) int {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := 0
	for path, j := range q.byPath {
		if drop != nil && !drop(path) {
			continue
		}
		n++
		if j.index < 0 {
			j.again, j.forgotten = false, true
			j.cancel()
			continue
		}
		heap.Remove(&q.waiting, j.index)
		delete(q.byPath, path)
	}
	return n
}

// SetPaused stops or resumes the start of further photos; running ones finish.
func (q *Queue) SetPaused(paused bool) {
	q.mu.Lock()
	defer q.mu.Unlock()
	q.paused = paused
	q.wake.Broadcast()
}

// Paused reports whether the queue is paused.
func (q *Queue) Paused() bool {
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.paused
}

// Len returns how many paths wait and how many are running.
func (q *Queue) Len() (waiting, running int) {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting), q.running
}

// Run calls do for one path after the other, of those whose priority is least or higher,
// until ctx ends, and returns then. Call it from as many goroutines as photos may run at once; one
// that takes only what is urgent need not wait for the others. The context that do gets
// ends when ctx does or when the path is removed. After each path, when it is out of
// the queue, finished is called; it may be nil.
func (q *Queue) Run(ctx context.Context, least Priority, do func(ctx context.Context, path string), finished func()) {
	stop := context.AfterFunc(ctx, func() {
		q.mu.Lock() // a waiter between its test and its Wait must not miss the wake-up
		defer q.mu.Unlock()
		q.wake.Broadcast()
	})
	defer stop()
	for {
		j, jobCtx := q.take(ctx, least)
		if j == nil {
			return
		}
		do(jobCtx, j.path)
		q.done(j)
		if finished != nil {
			finished()
		}
	}
}

// take waits for work and returns nil once ctx has ended.
func (q *Queue) take(ctx context.Context, least Priority) (*job, context.Context) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for ctx.Err() == nil && (q.paused || len(q.waiting) == 0 || q.waiting[0].priority < least) {
		q.wake.Wait()
	}
	if ctx.Err() != nil {
		return nil, nil
	}
	j := heap.Pop(&q.waiting).(*job)
	jobCtx, cancel := context.WithCancel(ctx)
	j.cancel = cancel
	q.running++
	return j, jobCtx
}

func (q *Queue) done(j *job) {
	j.cancel()
	q.mu.Lock()
	defer q.mu.Unlock()
	q.running--
	delete(q.byPath, j.path)
	if j.again && !j.forgotten {
		q.add(j.path, j.priority)
	}
}

func (q *Queue) add(path string, p Priority) {
	q.seq++
	j := &job{path: path, priority: p, seq: q.seq}
	q.byPath[path] = j
	heap.Push(&q.waiting, j)
	q.wake.Broadcast() // the one that Signal would wake may not be one that takes it
}

func (q *Queue) reprioritize(j *job, p Priority) {
	if j.priority != p {
		j.priority = p
		heap.Fix(&q.waiting, j.index)
		q.wake.Broadcast()
	}
}

// jobHeap implements heap.Interface.
type jobHeap []*job

func (h jobHeap) Len() int { return len(h) }

func (h jobHeap) Less(i, j int) bool {
	if h[i].priority != h[j].priority {
		return h[i].priority > h[j].priority
	}
	return h[i].seq < h[j].seq
}

func (h jobHeap) Swap(i, j int) {
	h[i], h[j] = h[j], h[i]
	h[i].index, h[j].index = i, j
}

func (h *jobHeap) Push(x any) {
	j := x.(*job)
	j.index = len(*h)
	*h = append(*h, j)
}

func (h *jobHeap) Pop() any {
	last := len(*h) - 1
	j := (*h)[last]
	(*h)[last] = nil // the array must not keep a finished job alive
	*h = (*h)[:last]
	j.index = -1
	return j
}
