package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"sync"
	"time"

	"semblance/analysis"
	"semblance/internal/decode"
	"semblance/internal/face"
	"semblance/internal/pipeline"
)

// workers is how many pictures are analysed at once.
const workers = 2

// A round is a set that goes through the engine once: every measure of it that looks for faces
// in the same mode shares the analyses.
type round struct {
	set      string
	mode     analysis.Mode
	sides    bool // of measures that show faces in several sizes
	want     face.Features
	pictures []picture
}

// of reports whether a round is of a measure.
func (r *round) of(m *measure) bool {
	return slices.Contains(m.sets(), r.set) && r.mode == m.mode && r.sides == m.sides
}

// plan returns the rounds that the measures need. pictures are those of each set.
func plan(list []measure, pictures map[string][]picture) []round {
	var out []round
	for i := range list {
		m := &list[i]
		for _, set := range m.sets() {
			i := slices.IndexFunc(out, func(r round) bool { return r.set == set && r.of(m) })
			if i < 0 {
				i = len(out)
				out = append(out, round{set: set, mode: m.mode, sides: m.sides, pictures: pictures[set]})
			}
			out[i].want |= m.want
		}
	}
	for i := range out {
		if r := &out[i]; r.sides {
			r.pictures = inSides(r.pictures, slices.DeleteFunc(slices.Clone(list), func(m measure) bool { return !r.of(&m) }))
		}
	}
	return out
}

// readSets reads the sets that the measures are of, by name. Sets that are absent are named;
// the error is fs.ErrNotExist if all are.
func readSets(eval string, list []measure) (pictures map[string][]picture, absent []string, err error) {
	out := map[string][]picture{}
	for _, s := range sets() {
		if !slices.ContainsFunc(list, func(m measure) bool { return slices.Contains(m.sets(), s.name) }) {
			continue
		}
		p, err := readSet(eval, s)
		if errors.Is(err, fs.ErrNotExist) {
			absent = append(absent, s.name)
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		out[s.name] = p
	}
	if len(out) == 0 {
		return nil, nil, fmt.Errorf("no labelled pictures in %s: %w", eval, fs.ErrNotExist)
	}
	return out, absent, nil
}

// observeAll analyses the pictures and returns what each measure observed, by its key. It
// says on progress how far it is.
func observeAll(ctx context.Context, engine pipeline.Analyzer, list []measure, pictures map[string][]picture, progress io.Writer) (map[string][]observation, error) {
	rounds := plan(list, pictures)
	t := ticker{w: progress, start: time.Now()}
	for _, r := range rounds {
		t.all += len(r.pictures)
	}
	ofRound := map[string][]observation{} // by the measure's key and the set
	for _, r := range rounds {
		analyses, err := examine(ctx, engine, r, &t)
		if err != nil {
			return nil, err
		}
		for i := range list {
			m := &list[i]
			if !r.of(m) {
				continue
			}
			key := m.key() + r.set
			for k := range r.pictures {
				ofRound[key] = append(ofRound[key], m.observe(&r.pictures[k], analyses[k])...)
			}
		}
	}
	out := map[string][]observation{}
	for i := range list {
		m := &list[i]
		for _, set := range m.sets() { // in this order, whatever that of the rounds
			out[m.key()] = append(out[m.key()], ofRound[m.key()+set]...)
		}
	}
	return out, nil
}

// examine analyses the pictures of a round. The first picture that fails ends it.
func examine(ctx context.Context, engine pipeline.Analyzer, r round, t *ticker) ([]*face.Analysis, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	request := func(crop bool) analysis.Request { return analysis.Request{Want: r.want, Mode: r.mode, Crop: crop} }
	pipes := map[bool]*pipeline.Pipeline{}
	for _, crop := range []bool{false, true} {
		pipes[crop] = pipeline.New(pipeline.Config{Analyzer: engine, Request: request(crop)})
	}
	out := make([]*face.Analysis, len(r.pictures))
	next := make(chan int)
	var running sync.WaitGroup
	for range workers {
		running.Go(func() {
			for i := range next {
				p := &r.pictures[i]
				look := analyze
				if r.sides {
					look = analyzeSide
				}
				a, err := look(ctx, engine, pipes[p.crop], request(p.crop), p)
				if err != nil {
					stop(fmt.Errorf("%s: %w", p.name, err))
					return
				}
				out[i] = a
				t.done(r.set)
			}
		})
	}
feed:
	for i := range r.pictures {
		select {
		case next <- i:
		case <-ctx.Done():
			break feed
		}
	}
	close(next)
	running.Wait()
	return out, context.Cause(ctx)
}

// analyze takes a picture the way that the program takes photos. One that lies in an archive
// has no path, so the pipeline cannot read it.
func analyze(ctx context.Context, engine pipeline.Analyzer, p *pipeline.Pipeline, req analysis.Request, of *picture) (*face.Analysis, error) {
	if of.data == nil {
		r := p.Process(ctx, of.path)
		return r.Analysis, r.Err
	}
	e, err := decode.Decoder{}.FromBytes(of.name, of.data)
	if err != nil {
		return nil, err
	}
	defer e.Release()
	return engine.Analyze(ctx, e, req)
}

// ticker tells how far a measurement is, every few seconds. Its methods are safe for
// concurrent use.
type ticker struct {
	w     io.Writer
	start time.Time
	all   int

	mu   sync.Mutex
	n    int
	last time.Time
}

// between is the time between two lines.
const between = 10 * time.Second

func (t *ticker) done(set string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
	now := time.Now()
	if now.Sub(t.last) < between && t.n < t.all {
		return
	}
	t.last = now
	fmt.Fprintf(t.w, "%5d of %d pictures, %v (%s)\n", t.n, t.all, now.Sub(t.start).Round(time.Second), set)
}
