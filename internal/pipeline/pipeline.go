// Package pipeline takes photos from a path to an analysis: it reads a file
// once, names it, decodes it, has its faces analysed and makes its thumbnail,
// several photos at once, within one budget of memory and time. It knows no
// catalog: what comes out is handed to whoever runs it.
package pipeline

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"runtime/debug"
	"time"

	"semblance/analysis"
	"semblance/internal/decode"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// Analyzer finds and describes the faces of a photo; *analysis.Engine is one.
// It is safe for concurrent use.
type Analyzer interface {
	Analyze(ctx context.Context, src analysis.Source, req analysis.Request) (*face.Analysis, error)
}

// DefaultMemory is the budget for decoding, in bytes, of analysis and of what a person looks at together. Two photos of 24
// megapixels at full size fit into the two thirds of it that analysis may take.
const DefaultMemory = 384 << 20

// fileMemory is the budget for the bytes of files, in memory before what decoding costs is known and while it is waited for. A file
// counts as leastFile at least, which bounds how many there are.
const (
	fileMemory = 240 << 20
	leastFile  = 20 << 20
)

// workingHeap is the heap that analysing two photos of 24 megapixels at a time gets along with.
const workingHeap = 192 << 20

// DefaultTimeout is the time after which a photo is given up, so that one
// pathological file cannot hold a worker for ever.
const DefaultTimeout = 2 * time.Minute

// ErrTooSlow is the error of a photo that took longer than the time limit.
var ErrTooSlow = errors.New("took too long")

// Config says what is done with photos. The zero value of every field but
// Analyzer is sensible.
type Config struct {
	Analyzer  Analyzer
	Request   analysis.Request                    // what to find out, where there is no Plan
	Plan      func(path string, id photo.ID) Plan // what to find out about the photo at path with this content; may be nil
	Decoder   decode.Decoder                      // reads the photos; whoever made its Sandbox closes it
	Viewer    decode.Decoder                      // reads what a person looks at, with a Sandbox of its own, so that nobody waits for an analysis; the zero value: Decoder
	Memory    int64                               // bytes; 0 means DefaultMemory
	Timeout   time.Duration                       // for one photo; 0 means DefaultTimeout
	Thumbnail int                                 // long side in pixels of Result.Thumbnail; 0 for none
}

// Plan says what is to be found out about one photo.
type Plan struct {
	// Request says what to look for. With Known no face is looked for: only features and
	// faces that it does not have are added, and if it has all, nothing is computed. Whether
	// the photo's file says which side is up is the pipeline's to know.
	Request analysis.Request
	// Former is an earlier analysis, to which the numbers in Edits belong; nil if there is none.
	Former *face.Analysis
	// Edits is what people said: the boxes that they drew, and those of faces that they accepted,
	// are looked at even if no face is found there.
	Edits face.Edits
	// Thumbnail tells that the photo's thumbnail is kept already, so that none is made.
	Thumbnail bool
	// Warnings are those of the analysis in Request.Known: where nothing is decoded, they are the photo's.
	Warnings []string
}

// Pipeline processes photos. Its methods are safe for concurrent use.
type Pipeline struct {
	c      Config
	memory *budget
	files  *budget // taken before memory, so that nobody waits in a circle
}

// New returns a pipeline.
func New(c Config) *Pipeline {
	if c.Memory == 0 {
		c.Memory = DefaultMemory
	}
	if c.Timeout == 0 {
		c.Timeout = DefaultTimeout
	}
	c.Viewer = cmp.Or(c.Viewer, c.Decoder)
	return &Pipeline{
		c:      c,
		memory: newBudget(c.Memory),
		files:  newBudget(fileMemory),
	}
}

// Result is what became of one photo.
type Result struct {
	Path      string
	File      photo.File     // as it was before it was read; zero if nobody could look
	ID        photo.ID       // zero if the file could not be read
	Meta      photo.Meta     //
	XMP       []byte         // the packet in the file, nil if there is none; nothing inside it has been looked at
	Want      face.Features  // what was to be found out
	Mode      analysis.Mode  // how hard faces were to be looked for
	Turned    bool           // turned faces were to be looked for
	Edits     face.Edits     // Plan.Edits: what people had said by then
	Analysis  *face.Analysis // nil if Err is not
	Added     bool           // Analysis adds to the known one, or is it: no face was looked for
	Reused    bool           // Analysis is the known one: nothing was computed
	Thumbnail *image.RGBA    // nil unless asked for and not kept already; the receiver's
	Warnings  []string       // the photo is damaged but usable
	Err       error          // why there is no analysis; it does not name the path
}

// Process takes one photo through all stages and returns when it is done. An
// error, and even a panic, is in the result, so that a batch goes on.
func (p *Pipeline) Process(ctx context.Context, path string) (r Result) {
	r.Path = path
	defer func() {
		if cause := recover(); cause != nil {
			r.Err = fmt.Errorf("a bug in Semblance: %v\n%s", cause, debug.Stack())
			r.Analysis = nil
		}
	}()
	limited, cancel := context.WithTimeoutCause(ctx, p.c.Timeout, ErrTooSlow)
	defer cancel()
	if err := p.process(limited, &r); err != nil {
		if cause := context.Cause(limited); cause != nil && errors.Is(err, limited.Err()) {
			err = cause
		}
		r.Err = err
		r.Analysis = nil
	}
	return r
}

func (p *Pipeline) process(ctx context.Context, r *Result) error {
	// A file that cannot be read may still be being written: whoever keeps the failure needs to know of which state it is.
	if info, err := os.Stat(r.Path); err == nil && info.Mode().IsRegular() {
		r.File = photo.File{Path: r.Path, Size: info.Size(), MTime: info.ModTime()}
	}
	// Small faces are looked at in full resolution, so the whole photo may be decoded.
	return p.withPhoto(ctx, false, r.Path, 0, func(e *decode.Encoded) error {
		r.File, r.ID, r.Meta, r.XMP = e.File, e.ID, e.Meta, e.XMP()
		plan := Plan{Request: p.c.Request}
		if p.c.Plan != nil {
			plan = p.c.Plan(r.Path, e.ID)
		}
		if err := p.analyze(ctx, e, plan, r); err != nil {
			return err
		}
		if r.Reused && (plan.Thumbnail || p.c.Thumbnail == 0) { // a photo that was moved, or a copy: it was only read
			r.Warnings = plan.Warnings
			return nil
		}
		if p.c.Thumbnail > 0 && !plan.Thumbnail {
			thumb, err := e.Pixels(ctx, p.c.Thumbnail)
			if err != nil {
				return err
			}
			r.Thumbnail = decode.Fit(thumb, p.c.Thumbnail)
		}
		r.Warnings = e.Warnings()
		return nil
	})
}

func (p *Pipeline) analyze(ctx context.Context, e *decode.Encoded, plan Plan, r *Result) error {
	req := plan.Request
	req.Unoriented = !e.Meta.Orientation.Valid()
	r.Want, r.Mode, r.Turned, r.Added, r.Edits = req.Want, req.Mode, req.Turned, req.Known != nil, plan.Edits
	a := req.Known
	complete := a != nil && a.Have.Has(req.Want)
	if a == nil {
		complete = true
		var err error
		if a, err = p.c.Analyzer.Analyze(ctx, e, req); err != nil {
			return fmt.Errorf("analyse: %w", err)
		}
		if plan.Former != nil || len(plan.Edits.Faces) > 0 {
			plan.Edits.Renumber(a, plan.Former, 0)
		}
	}
	missing := plan.Edits.Missing(a)
	if len(missing) == 0 && complete {
		r.Analysis, r.Reused = a, a == plan.Request.Known
		return nil
	}
	req.Known = a
	for _, edit := range missing {
		req.Boxes = append(req.Boxes, edit.Box)
	}
	more, err := p.c.Analyzer.Analyze(ctx, e, req)
	if err != nil {
		return fmt.Errorf("analyse: %w", err)
	}
	plan.Edits.Renumber(more, a, 0) // the boxes are those of the edits, so their numbers are too
	face.MarkGiven(more, plan.Former, missing)
	r.Analysis = more
	return nil
}

// WithPhoto reads a photo to be looked at and calls use with it while its memory is
// reserved: what decoding it to longSide pixels (0 for full size) costs. Everything
// that decodes goes through the pipeline, so that its budget holds, of which this waits only for others who
// look. A picture that use keeps is out of the budget.
func (p *Pipeline) WithPhoto(ctx context.Context, path string, longSide int, use func(*decode.Encoded) error) error {
	return p.withPhoto(ctx, true, path, longSide, use)
}

// fileCost is what a file takes when it is read. Of a RAW file that is a preview.
func fileCost(path string) int64 {
	info, err := os.Stat(path)
	if err != nil || photo.IsRAW(path) {
		return leastFile // reading tells what is wrong
	}
	return max(info.Size(), leastFile)
}

func (p *Pipeline) withPhoto(ctx context.Context, viewer bool, path string, longSide int, use func(*decode.Encoded) error) error {
	file := fileCost(path)
	if err := p.files.acquire(ctx, file, viewer); err != nil {
		return err
	}
	defer p.files.release(file, viewer)
	decoder := p.c.Decoder
	if viewer {
		decoder = p.c.Viewer
	}
	e, err := decoder.Read(ctx, path)
	if err != nil {
		return err
	}
	defer e.Release()
	need := e.Cost(longSide)
	if err := p.memory.acquire(ctx, need, viewer); err != nil {
		return err
	}
	defer p.memory.release(need, viewer)
	return use(e)
}

// Run processes the paths of q whose priority is least or higher, one after the other, and hands each result to
// sink, until ctx ends. Call it from as many goroutines as photos may be processed
// at once. A photo that was removed from q while it ran gives no result; finished is
// called after every photo, when it is out of q.
func (p *Pipeline) Run(ctx context.Context, q *Queue, least Priority, sink func(Result), finished func()) {
	q.Run(ctx, least, func(ctx context.Context, path string) {
		r := p.Process(ctx, path)
		if ctx.Err() == nil {
			sink(r)
		}
	}, finished)
}

// LimitHeap sets a soft limit for Go's heap, unless the environment variable GOMEMLIMIT
// has set one: what the pipeline works with, and cache bytes that the program keeps
// besides. Pixels are large and short-lived: without it the collector would let as
// much garbage lie as there is in use.
func LimitHeap(cache int64) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(workingHeap + cache)
	}
}
