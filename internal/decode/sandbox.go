package decode

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"os"
	"sync"
	"time"

	"semblance/internal/photo"
)

// ErrGaveUp says that the decoder of a photo crashed, or needed more memory or time than it may have.
var ErrGaveUp = errors.New("could not be decoded")

// errClosed is what a photo gets that is decoded while the sandbox is closed.
var errClosed = errors.New("the program is ending")

// childArgument is the only argument of a process that decodes for another: nothing that a
// person types, no flag and hardly the name of a file.
const childArgument = "semblance:decode-for-another-process"

// What the child may take, and how long it is kept.
const (
	// sandboxMemory is the most that the child's data may take, in bytes: see childPixel for what decoders need.
	sandboxMemory = 2 << 30
	// sandboxTime is the longest for one photo. It is shorter than what the pipeline allows, waiting
	// included, so that it is known whose fault it was. 20 megapixels of AVIF take 3 s of a processor's time.
	sandboxTime = 90 * time.Second
	// startTime is the longest until a child answers.
	startTime = 30 * time.Second
	// idleTime is how long a child without work is kept: starting one costs half a second of a processor's time.
	idleTime = 20 * time.Second
)

// Sandbox decodes HEIC, AVIF and TIFFs of rare kinds in a child process: this program once more, with a limit on its memory.
// Those decoders can neither be bounded nor interrupted, or are little tried; a process can be. The child is started for the first photo, kept for
// further ones, ended when there are none, and replaced when it crashed. It decodes one photo at a time.
//
// The methods are safe for concurrent use.
type Sandbox struct {
	options sandboxOptions
	turn    chan struct{} // holds one token: whoever has it uses the child
	idle    *time.Timer   // of who has the token

	mu     sync.Mutex // guards what follows, which only who has the token changes, but for Close
	child  *child     // nil: none
	closed bool
}

// sandboxOptions are what tests change; what is zero stands for the constants above.
type sandboxOptions struct {
	memory                int64
	photo, starting, idle time.Duration
	program               string   // "": this one
	arguments             []string // nil: those of a child
}

// NewSandbox returns a sandbox, which starts a child when one is needed. Call it first thing in main, before flags
// are read: in a process that was started as a child it does not return, but decodes until the parent ends.
// The caller closes the sandbox.
func NewSandbox() *Sandbox {
	if len(os.Args) == 2 && os.Args[1] == childArgument {
		os.Exit(serve(os.Stdin, os.Stdout))
	}
	return newSandbox(sandboxOptions{})
}

func newSandbox(o sandboxOptions) *Sandbox {
	o.memory = cmp.Or(o.memory, sandboxMemory)
	o.photo = cmp.Or(o.photo, sandboxTime)
	o.starting = cmp.Or(o.starting, startTime)
	o.idle = cmp.Or(o.idle, idleTime)
	if o.arguments == nil {
		o.arguments = []string{childArgument}
	}
	s := &Sandbox{options: o, turn: make(chan struct{}, 1)}
	s.idle = time.AfterFunc(o.idle, s.endIdle)
	s.turn <- struct{}{}
	return s
}

// Close ends the child, also in the middle of a photo. Nothing is decoded afterwards.
func (s *Sandbox) Close() {
	s.mu.Lock()
	s.closed = true
	c := s.child
	s.mu.Unlock()
	if c != nil {
		c.kill(errClosed)
	}
	<-s.turn
	s.idle.Stop()
	s.drop()
	s.turn <- struct{}{}
}

// endIdle ends a child for which there was no work.
func (s *Sandbox) endIdle() {
	select {
	case <-s.turn:
		s.drop()
		s.turn <- struct{}{}
	default: // there is work
	}
}

// drop ends the child, if there is one.
func (s *Sandbox) drop() {
	s.mu.Lock()
	c := s.child
	s.child = nil
	s.mu.Unlock()
	if c != nil {
		c.kill(errClosed)
		c.release()
	}
}

// decode decodes a picture of w x h pixels, as its header says, opaque. When ctx ends, the child is killed.
func (s *Sandbox) decode(ctx context.Context, f photo.Format, data []byte, w, h int) (*image.RGBA, error) {
	select {
	case <-s.turn:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	s.idle.Stop()
	defer func() {
		s.idle.Reset(s.options.idle)
		s.turn <- struct{}{}
	}()
	img, err := s.try(ctx, f, data, w, h)
	if errors.Is(err, errNotTaken) && ctx.Err() == nil {
		img, err = s.try(ctx, f, data, w, h) // the child had ended since the last photo
	}
	return img, err
}

// try has a photo decoded by the child that is there or by a new one.
func (s *Sandbox) try(ctx context.Context, f photo.Format, data []byte, w, h int) (*image.RGBA, error) {
	c, err := s.running(ctx)
	if err != nil {
		return nil, err
	}
	slow := fmt.Errorf("%w: it took longer than %v", ErrGaveUp, s.options.photo)
	limited, cancel := context.WithTimeoutCause(ctx, s.options.photo, slow)
	defer cancel()
	stop := context.AfterFunc(limited, func() {
		cause := ctx.Err() // the photo is not wanted any more
		if cause == nil {
			cause = slow
		}
		c.kill(cause)
	})
	img, err := c.decode(f, data, w, h)
	// Where it cannot be stopped any more, the child is killed for this photo, though the picture may be there: the next photo is not to meet it.
	if !stop() || c.ended() {
		s.drop()
	}
	return img, err
}

// running returns the child, after starting one if there is none. The error is no fault of a photo.
func (s *Sandbox) running(ctx context.Context) (*child, error) {
	s.mu.Lock()
	c, closed := s.child, s.closed
	s.mu.Unlock()
	switch {
	case closed:
		return nil, errClosed
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case c != nil && !c.ended():
		return c, nil
	}
	s.drop()
	c, err := start(ctx, s.options)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		c.kill(errClosed)
		c.release()
		return nil, errClosed
	}
	s.child = c
	return c, nil
}
