// Command sqlite measures a catalog of a million faces in 450,000 photos, and SQLite with the same faces beside it in the same run:
//
//	cd catalog/sqlite && go run .
//
// FACES=100000 measures a smaller library, with as many photos in proportion.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"semblance/catalog"
	"semblance/internal/synthetic"
)

// search is the search that is measured; database.terms says the same.
const search = "emotion:happy,sad age:20-39 gender:woman smile:yes"

// batch is how many photos are stored at once while a library is made.
const batch = 2000

// The child processes that only open a file.
const (
	openingCatalog  = "open-catalog"
	openingDatabase = "open-database"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "sqlite:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) == 2 {
		switch args[0] {
		case openingCatalog:
			return openCatalog(args[1])
		case openingDatabase:
			return measureDatabase(args[1])
		}
	}
	faces := 1_000_000
	if text := os.Getenv("FACES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1000 {
			return errors.New("FACES is a number from 1000 on")
		}
		faces = n
	}
	dir, err := os.MkdirTemp("", "semblance-bench-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if kept := os.Getenv("KEEP"); kept != "" { // for whoever works on the figures
		dir = kept
	}
	b := bench{
		library: synthetic.NewLibrary(faces*45/100, faces), faces: faces,
		catalog: filepath.Join(dir, "catalog.db"), database: filepath.Join(dir, "sqlite.db"),
	}
	for _, step := range []func() error{b.fill, b.sizes, b.open, b.search, b.add} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// bench is one run.
type bench struct {
	library           *synthetic.Library
	faces             int
	catalog, database string // files
}

func (b *bench) fill() error {
	fmt.Printf("%d faces in %d photos, made up\n\n", b.faces, b.library.Photos())
	if _, err := os.Stat(b.catalog); err == nil {
		return nil
	}
	analyses, edits, err := fillCatalog(b.catalog, b.library)
	if err != nil {
		return err
	}
	took, err := fillDatabase(b.database, b.library)
	if err != nil {
		return err
	}
	line("", "catalog", "SQLite")
	line("made, 2,000 photos a transaction, indexes included", analyses, took)
	line("photos edited in a minute, in bulk", fmt.Sprintf("%.0f", edits), "")
	return nil
}

// sizes says where the bytes are.
func (b *bench) sizes() error {
	before, after, err := catalog.Compact(b.catalog)
	if err != nil {
		return err
	}
	line("file as it was when it was made, bytes/face", perFace(before, b.faces), "")
	s, err := catalog.ReadStats(context.Background(), b.catalog)
	if err != nil {
		return err
	}
	info, err := os.Stat(b.database)
	if err != nil {
		return err
	}
	line("file, compacted, bytes/face (SQLite has filters only)", perFace(after, b.faces), perFace(info.Size(), b.faces))
	line("  keys and values, without landmarks and hair's shapes", perFace(s.Bytes(), b.faces), "")
	for _, bucket := range s.Buckets {
		if bucket.Bytes > int64(b.faces) {
			line("    "+bucket.Name, perFace(bucket.Bytes, b.faces), "")
		}
	}
	return b.whole()
}

// whole measures faces with everything, of which a smaller library tells as much.
func (b *bench) whole() error {
	l := synthetic.NewLibrary(max(b.library.Photos()/20, 450), max(b.faces/20, 1000))
	l.Whole = true
	path := filepath.Join(filepath.Dir(b.catalog), "whole.db")
	defer os.Remove(path)
	if _, _, err := fillCatalog(path, l); err != nil {
		return err
	}
	_, after, err := catalog.Compact(path)
	if err != nil {
		return err
	}
	s, err := catalog.ReadStats(context.Background(), path)
	if err != nil {
		return err
	}
	line("  with landmarks and hair's shapes: file, compacted", perFace(after, s.Faces), "")
	line("  with landmarks and hair's shapes: keys and values", perFace(s.Bytes(), s.Faces), "")
	return nil
}

func (b *bench) open() error {
	const times = 7
	c, cm, err := opens(openingCatalog, b.catalog, times)
	if err != nil {
		return err
	}
	d, dm, err := opens(openingDatabase, b.database, times)
	if err != nil {
		return err
	}
	line("open, fastest of 7 processes (SQLite: and find once)", c.Took, d.Took)
	line("open, median", cm.Took, dm.Took)
	line("  CPU time", cm.CPU, dm.CPU)
	line("  memory that Go took at most, MB", mega(cm.Sys), mega(dm.Sys))
	line("  memory in use afterwards, MB", mega(cm.Heap), mega(dm.Heap))
	line("  pages of files in memory, MB, program included", mega(uint64(cm.Mapped)), mega(uint64(dm.Mapped)))
	return nil
}

func (b *bench) search() error {
	c, err := catalog.Open(b.catalog)
	if err != nil {
		return err
	}
	defer c.Close()
	fastest, median, result, err := find(c, search)
	if err != nil {
		return err
	}
	d, err := openDatabase(b.database)
	if err != nil {
		return err
	}
	defer d.db.Close()
	var (
		f      found
		failed error
	)
	dFastest, dMedian := timed(3, func() { f, failed = d.find() })
	if failed != nil {
		return failed
	}
	line("four fields, all counts, first page: fastest", fastest, dFastest)
	line("four fields, all counts, first page: median", median, dMedian)
	line("  faces that match", result.Faces, f.faces)
	line("  photos that match", len(result.Photos), f.photos)
	if result.Faces != f.faces || len(result.Photos) != f.photos {
		return errors.New("the two have found different things: one of them is measured wrongly")
	}
	return nil
}

// add adds photos one by one, each on the disk before the next.
func (b *bench) add() error {
	const times = 50
	more := synthetic.NewLibrary(b.library.Photos()+2*times, b.faces+4*times)
	c, err := catalog.Open(b.catalog)
	if err != nil {
		return err
	}
	defer c.Close()
	d, err := openDatabase(b.database)
	if err != nil {
		return err
	}
	defer d.db.Close()
	var failed error
	n := b.library.Photos()
	next := func() synthetic.Photo {
		p := more.Photo(n)
		n++
		return p
	}
	cFastest, cMedian := timed(times, func() {
		p := next()
		failed = errors.Join(failed, c.Commit([]catalog.Outcome{outcome(&p)}))
	})
	dFastest, dMedian := timed(times, func() { failed = errors.Join(failed, d.add([]synthetic.Photo{next()})) })
	line("one more photo, on the disk: fastest", cFastest, dFastest)
	line("one more photo, on the disk: median", cMedian, dMedian)
	ref := c.Find(everything(), catalog.Scope{}, catalog.ByPath).Photos
	eFastest, eMedian := timed(times, func() {
		n++
		failed = errors.Join(failed, c.Edit(c.Entry(ref[n%len(ref)]).ID, func(r *catalog.Record) error { r.Marks.Rating = r.Marks.Rating%5 + 1; return nil }))
	})
	line("one edit, on the disk: fastest", eFastest, "")
	line("one edit, on the disk: median", eMedian, "")
	return failed
}

func line(what string, values ...any) {
	fmt.Printf("%-56s", what)
	for _, v := range values {
		switch v := v.(type) {
		case time.Duration:
			fmt.Printf("%14s", v.Round(max(time.Microsecond, v/1000)))
		default:
			fmt.Printf("%14v", v)
		}
	}
	fmt.Println()
}

func perFace(bytes int64, faces int) string {
	return fmt.Sprintf("%.0f", float64(bytes)/float64(faces))
}

func mega(bytes uint64) string { return fmt.Sprintf("%.0f", float64(bytes)/1e6) }
