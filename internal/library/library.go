// Package library is the application without a window: it opens folders, has
// their photos analysed in the background, keeps what was found in the catalog,
// answers filters from memory, and exports. The window and the command line are
// two clients of it.
//
// These goroutines exist, all started here and all waited for by Close: one that scans the
// opened folder, then what changes in it, one that gathers what changes, Config.Workers workers and one for what a person looks at, one
// writer that commits, one that reads sidecars, and one that looks after the catalog.
package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"sync"

	"semblance/analysis"
	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/decode"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// The catalog's words for what a client sees, so that a window needs no catalog.
type (
	// Ref is a photo of a Result.
	Ref = catalog.Ref
	// Entry is what the index knows about a photo.
	Entry = catalog.Entry
	// Result is the answer to a search.
	Result = catalog.Result
	// Order is the order of a Result's photos.
	Order = catalog.Order
	// State says how far a photo is.
	State = catalog.State
	// Look is how a person asks for photos to be searched, beyond what is usual.
	Look = catalog.Look
	// Policy is what people decided about a catalog as a whole.
	Policy = catalog.Policy
)

// States of a photo and orders of a result.
const (
	Waiting = catalog.Waiting
	Done    = catalog.Done
	Failed  = catalog.Failed

	ByPath      = catalog.ByPath
	ByTaken     = catalog.ByTaken
	ByFaces     = catalog.ByFaces
	ByName      = catalog.ByName
	ByRating    = catalog.ByRating
	ByAge       = catalog.ByAge
	BySharpness = catalog.BySharpness

	LookHarder = catalog.LookHarder
	LookTurned = catalog.LookTurned
)

// Config says what a library is made of.
type Config struct {
	Catalog    string            // path of the catalog file
	Cache      string            // folder of the thumbnails
	Engine     pipeline.Analyzer // nil: photos are shown, but not analysed
	NoAnalysis error             // why Engine is nil
	Workers    int               // photos analysed at once, besides the one that a person looks at; 0 means 2
	Mode       analysis.Mode     // of the detector
	PairsApart bool              // RAW files and their pictures are two photos, whatever the settings say
	Decoder    decode.Decoder    // the caller closes its Sandbox after the library
	Viewer     decode.Decoder    // the same for what a person looks at; the zero value: Decoder
	Log        *slog.Logger      // nil: nothing is logged
}

// Library ties the rooms together. Its methods are safe for concurrent use.
type Library struct {
	catalog  *catalog.Catalog
	file     string // of the catalog
	thumbs   *decode.Thumbnails
	cache    string // folder of thumbs
	decoder  decode.Decoder
	viewer   decode.Decoder
	pipeline *pipeline.Pipeline
	queue    *pipeline.Queue
	settings *settings
	mode     analysis.Mode
	log      *slog.Logger

	ctx     context.Context //nolint:containedctx // the library's own life: Close ends it and waits
	stop    context.CancelFunc
	workers sync.WaitGroup // the goroutines that put into results
	writing sync.WaitGroup // the writer
	caring  sync.WaitGroup // the one that looks after the catalog
	results chan pipeline.Result

	subscribers subscribers

	closing sync.Once
	closed  error // of the catalog, set by Close

	held []catalog.Outcome // results that the disk has no room for, the writer's

	searching sync.Mutex // held by findOffline

	uncached sync.Once // tells that thumbnails cannot be kept

	editing sync.Mutex // guards history, and is held while an edit is stored
	history history

	mu          sync.Mutex
	ended       bool // Close was called: nothing is started any more
	folder      folder
	scan        context.CancelFunc // stops the scan of folder
	watch       *watch             // of folder, nil if none is open
	watchLimit  int                // folders that are watched at most
	scanning    bool
	opened      string                       // by Prioritize: the photo that a person looks at
	raised      map[string]pipeline.Priority // by Prioritize, opened included
	progress    progress
	sidecars    sidecars
	uncommitted int           // results on their way to the catalog
	idle        chan struct{} // closed while nothing is to be done
	stalled     bool          // paused because results cannot be stored, and by no person since
	noAnalysis  error
	analyses    bool
}

// folder is what is open: the scope of a search.
type folder struct {
	path      string
	recursive bool
}

// Open opens the catalog, creating it if there is none, and starts the workers.
// The error is catalog.ErrInUse when another process has it open.
func Open(c Config) (*Library, error) {
	if c.Log == nil {
		c.Log = slog.New(slog.NewTextHandler(io.Discard, nil))
	}
	if c.Workers == 0 {
		c.Workers = 2
	}
	if c.Engine == nil && c.NoAnalysis == nil {
		c.NoAnalysis = errors.New("no analysis was configured")
	}
	cat, err := catalog.Open(c.Catalog)
	if err != nil {
		return nil, err
	}
	for _, err := range cat.Problems() {
		c.Log.Warn("catalog", "err", err)
	}
	l := &Library{
		catalog:    cat,
		file:       c.Catalog,
		cache:      c.Cache,
		thumbs:     decode.NewThumbnails(c.Cache, thumbnailBytes),
		decoder:    c.Decoder,
		viewer:     cmp.Or(c.Viewer, c.Decoder),
		queue:      pipeline.NewQueue(),
		settings:   openSettings(settingsPath(c.Catalog), c.Log),
		mode:       c.Mode,
		log:        c.Log,
		results:    make(chan pipeline.Result),
		sidecars:   newSidecars(),
		raised:     map[string]pipeline.Priority{},
		idle:       make(chan struct{}),
		noAnalysis: c.NoAnalysis,
		watchLimit: watchLimit,
	}
	cat.SetPairs(!c.PairsApart && l.PairsAsOne())
	close(l.idle)
	l.ctx, l.stop = context.WithCancel(context.Background())
	l.pipeline = pipeline.New(pipeline.Config{
		Analyzer:  c.Engine,
		Plan:      l.plan,
		Decoder:   c.Decoder,
		Viewer:    c.Viewer,
		Thumbnail: ThumbnailSide,
	})
	l.writing.Go(func() { l.write(l.results) })
	l.caring.Go(l.hearAll)
	l.caring.Go(l.careLater)
	l.caring.Go(l.findOffline)
	if c.Engine != nil {
		l.analyses = true
		work := func(least pipeline.Priority) {
			l.workers.Go(func() { l.pipeline.Run(l.ctx, l.queue, least, l.sink, l.checkIdle) })
		}
		for range c.Workers {
			work(pipeline.Upkeep)
		}
		work(pipeline.Opened) // who looks at a photo does not wait for others to be finished
	}
	return l, nil
}

// Close stops the scan and the workers, commits what they have finished and closes the
// catalog. It waits for photos in flight to notice, so call it off the main goroutine of
// a window. Later calls return what the first did.
func (l *Library) Close() error {
	l.closing.Do(func() {
		l.mu.Lock()
		l.ended = true
		l.mu.Unlock()
		l.stop()
		l.workers.Wait()
		close(l.results)
		l.writing.Wait()
		l.caring.Wait()
		l.closed = l.catalog.Close()
	})
	return l.closed
}

// Search returns the photos of the open folder that match e, with the counts of
// every field. It uses memory only: call it from the goroutine that shows the result.
func (l *Library) Search(e query.Expr, o Order) *Result {
	l.mu.Lock()
	f := l.folder
	l.mu.Unlock()
	return l.catalog.Find(e, catalog.Scope{Folder: f.path, Recursive: f.recursive}, o)
}

// SearchAll is Search over every folder that was ever opened.
func (l *Library) SearchAll(e query.Expr, o Order) *Result {
	return l.catalog.Find(e, catalog.Scope{}, o)
}

// ParseOrder reads what Order.String wrote: path, date, faces, name, rating, age or blur, behind a minus from the end.
func ParseOrder(s string) (Order, error) { return catalog.ParseOrder(s) }

// Entry returns what the index knows about a photo of a result.
func (l *Library) Entry(r Ref) Entry { return l.catalog.Entry(r) }

// Photo is everything known about one photo.
type Photo struct {
	Entry
	Meta     photo.Meta
	Analysis *face.Analysis  // what people said included (face.Apply); nil if there is none yet; the caller's
	Rejected []face.Face     // faces that people rejected, the largest first
	Sure     face.Thresholds // the policy's: which values are sure; zero: the defaults
	Warnings []string

	// Heard is what the photo's file and its sidecar said when they were read last; nil if nothing was read. Differences is where they say something
	// else than people do here, and nobody has decided (Decide).
	Heard       *Heard
	Differences []Difference

	// Former is the analysis before this one, by other networks; nil if there was none. face.Compare(Former.Analysis,
	// Found) tells what is different; Found is the present analysis without what people said.
	Former *Former
	Found  *face.Analysis
}

// Heard is what the files of a photo said.
type Heard = catalog.Source

// Former is an analysis that another one took the place of.
type Former = catalog.Former

// Photo reads one photo's record, as the policy lets it be seen. The error is catalog.ErrUnknown for a path that no scan has met.
func (l *Library) Photo(path string) (Photo, error) {
	ref, ok := l.catalog.Lookup(path)
	if !ok {
		return Photo{}, fmt.Errorf("%s: %w", path, catalog.ErrUnknown)
	}
	p := Photo{Entry: l.catalog.Entry(ref), Sure: l.Policy().Sure}
	if p.ID.IsZero() {
		return p, nil
	}
	r, err := l.catalog.Record(path)
	if err != nil {
		return p, err
	}
	p.Meta, p.Warnings = r.Meta, r.Warnings
	p.Former, p.Found = r.Former, &r.Analysis
	p.Differences = r.Differences()
	if source, ok := r.Heard.Source(path); ok {
		p.Heard = &source
	}
	p.Analysis, p.Rejected = face.Apply(&r.Analysis, &r.Edits), face.RejectedFaces(&r.Analysis, &r.Edits)
	return p, nil
}

// Picture returns the upright photo at the smallest decoder scale whose long
// side is at least longSide pixels; 0 means full size. It reads and decodes: call it in a goroutine.
func (l *Library) Picture(ctx context.Context, path string, longSide int) (*image.RGBA, error) {
	var img *image.RGBA
	err := l.pipeline.WithPhoto(ctx, path, longSide, func(e *decode.Encoded) (err error) {
		img, err = e.Pixels(ctx, longSide)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return img, nil
}

// Prioritize tells what is on the screen, what is selected and which photo a person
// looks at ("" for none), so that those are analysed first. Earlier ones fall back. The
// first analysis of the opened photo is a quick one, so that its faces are seen at once;
// a thorough one follows when nothing else waits.
func (l *Library) Prioritize(opened string, visible, selected []string) {
	raised := map[string]pipeline.Priority{}
	raise := func(path string, p pipeline.Priority) {
		if l.unseen(path) {
			raised[path] = p
		}
	}
	for _, path := range selected {
		raise(path, pipeline.Selected)
	}
	for _, path := range visible {
		raise(path, pipeline.Visible)
	}
	raise(opened, pipeline.Opened)
	l.mu.Lock()
	before := l.raised
	l.raised, l.opened = raised, opened
	l.mu.Unlock()
	for path := range before {
		if _, still := raised[path]; !still {
			l.queue.SetPriority(path, l.unraised(path))
		}
	}
	for path, p := range raised {
		l.queue.SetPriority(path, p)
	}
}

// unraised is the priority of a photo that nobody looks at.
func (l *Library) unraised(path string) pipeline.Priority {
	if ref, ok := l.catalog.Lookup(path); ok && l.catalog.Entry(ref).State == Done && !l.unseen(path) {
		return pipeline.Upkeep
	}
	return pipeline.Background
}

// unseen reports whether a photo waits, or has a face that a person drew and nobody has looked
// at. What is only to be completed can wait, on the screen or not.
func (l *Library) unseen(path string) bool {
	ref, ok := l.catalog.Lookup(path)
	if !ok {
		return false
	}
	e := l.catalog.Entry(ref)
	return e.State == Waiting || e.State == Done && e.Have == 0
}

// SetPaused pauses or resumes the analysis: photos in flight finish, then nothing runs.
func (l *Library) SetPaused(paused bool) {
	l.queue.SetPaused(paused)
	l.mu.Lock()
	l.stalled = false
	l.progress.interrupt()
	l.mu.Unlock()
	l.send(Event{Kind: StatusChanged})
}
