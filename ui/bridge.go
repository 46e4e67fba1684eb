package ui

import (
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"semblance/internal/library"
)

// frame is the shortest time between two visits of the bridge to the UI
// goroutine: more would be painted over before anyone saw it.
const frame = 16 * time.Millisecond

// news is what happened in the library since the last visit.
type news struct {
	photos   map[string]bool // whose state or analysis changed
	folders  map[string]bool // in which there are other folders than before
	found    bool            // the folder's list of photos may have grown
	idle     bool
	status   bool
	albums   bool            // albums or saved searches changed
	saved    bool            // what could not be stored is
	scanned  []library.Event // scans that ended
	problems []library.Event
}

func (n *news) empty() bool {
	return len(n.photos) == 0 && !n.found && !n.idle && !n.status && !n.albums && !n.saved && len(n.folders) == 0 && len(n.scanned) == 0 && len(n.problems) == 0
}

// bridge carries work from other goroutines to the UI goroutine. It gathers
// what comes in within a frame, counts a photo once however often it changed,
// and drops everything after close. Nobody ever waits for the UI goroutine.
type bridge struct {
	do     func(func()) // has its argument run on the UI goroutine, without waiting: fyne.Do
	handle func(news)   // runs there

	mu        sync.Mutex
	closed    bool
	scheduled bool
	last      time.Time // of the latest visit
	posted    []func()
	news      news
}

// newBridge returns a bridge into Fyne's UI goroutine. handle gets the news; it may be nil.
func newBridge(handle func(news)) *bridge {
	return &bridge{do: fyne.Do, handle: handle}
}

// post runs f on the UI goroutine with the next visit. Any goroutine may call it.
func (b *bridge) post(f func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	b.posted = append(b.posted, f)
	b.schedule()
}

// event takes an event of the library. Any goroutine may call it.
func (b *bridge) event(e library.Event) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.closed {
		return
	}
	switch e.Kind {
	case library.PhotoChanged:
		if b.news.photos == nil {
			b.news.photos = map[string]bool{}
		}
		b.news.photos[e.Path] = true
	case library.FoldersChanged:
		if b.news.folders == nil {
			b.news.folders = map[string]bool{}
		}
		b.news.folders[e.Path] = true
	case library.PhotosFound:
		b.news.found = true
	case library.ScanDone:
		b.news.scanned = append(b.news.scanned, e)
	case library.Problem:
		b.news.problems = append(b.news.problems, e)
	case library.AlbumsChanged:
		b.news.albums = true
	case library.Idle:
		b.news.idle = true
	case library.SavedAgain:
		b.news.saved = true
	case library.StatusChanged:
		b.news.status = true
	}
	b.schedule()
}

// schedule plans the next visit unless one is planned; mu is held.
func (b *bridge) schedule() {
	if b.scheduled {
		return
	}
	b.scheduled = true
	time.AfterFunc(max(0, frame-time.Since(b.last)), b.knock)
}

// knock asks for the visit. While the application ends, fyne.Do either runs its
// argument here and now, so that no lock may be held, or panics, because the queue of
// the UI goroutine is closed: then there is no window any more to tell anything to.
func (b *bridge) knock() {
	b.mu.Lock()
	closed := b.closed
	b.mu.Unlock()
	if closed {
		return
	}
	defer func() {
		if cause := recover(); cause != nil {
			b.close()
		}
	}()
	b.do(b.visit)
}

// visit runs on the UI goroutine.
func (b *bridge) visit() {
	b.mu.Lock()
	b.scheduled = false
	b.last = time.Now()
	posted, n, closed := b.posted, b.news, b.closed
	b.posted, b.news = nil, news{}
	b.mu.Unlock()
	if closed {
		return
	}
	for _, f := range posted {
		f()
	}
	if b.handle != nil && !n.empty() {
		b.handle(n)
	}
}

// close drops what is under way and all that comes later.
func (b *bridge) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.closed = true
	b.posted, b.news = nil, news{}
}
