package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"time"

	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/photo"
	"semblance/internal/synthetic"
)

// fillCatalog makes a catalog of a library and returns how long its analyses took, and how many edits of photos a minute it took.
func fillCatalog(path string, l *synthetic.Library) (analyses time.Duration, edits float64, err error) {
	c, err := catalog.Open(path)
	if err != nil {
		return 0, 0, err
	}
	defer c.Close()
	var editing time.Duration
	edited := 0
	for from := 0; from < l.Photos(); from += batch {
		var done []catalog.Outcome
		said := map[photo.ID]*synthetic.Photo{}
		var ids []photo.ID
		for n := from; n < min(from+batch, l.Photos()); n++ {
			p := l.Photo(n)
			done = append(done, outcome(&p))
			if !p.Marks.IsZero() || len(p.Names) > 0 {
				said[p.ID] = &p
				ids = append(ids, p.ID)
			}
		}
		begun := time.Now()
		if err := c.Commit(done); err != nil {
			return 0, 0, err
		}
		analyses += time.Since(begun)
		begun = time.Now()
		if err := c.EditAll(ids, func(r *catalog.Record) error { return say(r, said[r.ID]) }); err != nil {
			return 0, 0, err
		}
		editing += time.Since(begun)
		edited += len(ids)
	}
	return analyses, float64(edited) / editing.Minutes(), nil
}

func outcome(p *synthetic.Photo) catalog.Outcome {
	return catalog.Outcome{File: p.File, Record: &catalog.Record{ID: p.ID, Meta: p.Meta, Analysis: p.Analysis, Analysed: p.Analysed}}
}

// everything is the search for all photos.
func everything() query.Expr {
	var all query.Expr
	return all
}

// say has a record say what a person said about a made-up photo.
func say(r *catalog.Record, p *synthetic.Photo) error {
	r.Marks = p.Marks
	for number, name := range p.Names {
		if err := r.Edits.Call(&r.Analysis, number, name); err != nil {
			return err
		}
	}
	return nil
}

// opening is what it takes to open a file in a process of its own.
type opening struct {
	Took   time.Duration // by the clock
	CPU    time.Duration // of all cores
	Sys    uint64        // all memory that Go ever took, bytes: the peak
	Heap   uint64        // in use once garbage is collected, bytes
	Mapped int64         // pages of the file that are in memory, bytes; 0 where the system does not tell
}

// opens opens a file in processes of their own and returns the fastest, the median and the largest memory.
func opens(what, path string, times int) (fastest, median opening, err error) {
	var all []opening
	for range times {
		cmd := exec.CommandContext(context.Background(), os.Args[0], what, path)
		cmd.Stderr = os.Stderr
		out, err := cmd.Output()
		if err != nil {
			return opening{}, opening{}, fmt.Errorf("open %s: %w", path, err)
		}
		var o opening
		if err := json.Unmarshal(out, &o); err != nil {
			return opening{}, opening{}, err
		}
		all = append(all, o)
	}
	slices.SortFunc(all, func(a, b opening) int { return int(a.Took - b.Took) })
	return all[0], all[len(all)/2], nil
}

// openCatalog opens a catalog and prints what that took.
func openCatalog(path string) error {
	return measured(func() (func() error, error) {
		c, err := catalog.Open(path)
		if err != nil {
			return nil, err
		}
		return c.Close, nil
	})
}

func measured(open func() (func() error, error)) error {
	begun, cpu := time.Now(), cpuTime()
	closing, err := open()
	if err != nil {
		return err
	}
	o := opening{Took: time.Since(begun), CPU: cpuTime() - cpu, Mapped: mapped()}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	o.Sys = m.Sys
	runtime.GC()
	runtime.ReadMemStats(&m)
	o.Heap = m.HeapAlloc
	if err := json.NewEncoder(os.Stdout).Encode(o); err != nil {
		return err
	}
	return closing()
}

// find returns the fastest and the median of some searches.
func find(c *catalog.Catalog, text string) (fastest, median time.Duration, found *catalog.Result, err error) {
	e, err := query.Parse(text)
	if err != nil {
		return 0, 0, nil, err
	}
	fastest, median = timed(50, func() { found = c.Find(e, catalog.Scope{}, catalog.ByPath) })
	return fastest, median, found, nil
}

// timed returns the fastest and the median time of do.
func timed(times int, do func()) (fastest, median time.Duration) {
	var all []time.Duration
	for range times {
		begun := time.Now()
		do()
		all = append(all, time.Since(begun))
	}
	slices.Sort(all)
	return all[0], all[len(all)/2]
}

// measureDatabase opens a database, which is ready once it has answered, and prints what that took.
func measureDatabase(path string) error {
	return measured(func() (func() error, error) {
		d, err := openDatabase(path)
		if err != nil {
			return nil, err
		}
		_, err = d.find()
		return d.db.Close, err
	})
}
