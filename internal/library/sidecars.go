package library

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"semblance/catalog"
	"semblance/internal/decode"
	"semblance/internal/photo"
	"semblance/internal/xmp"
)

// What other programs say is read at two places. What lies within a photo's file is read when the file is (outcome). Sidecars are read by a
// goroutine of their own, since one that changes must not have its photo analysed again: a scan, or the watch of the open
// folder, notices the change without opening anything (photo.File.Sidecars), and each photo's is read once it is analysed. Close waits for the goroutine, and the library is
// not idle before it has nothing to do.

// hearSize is how many sidecars are read before what they say is stored, in one transaction.
const hearSize = 128

// sidecars are those that are to be read; Library.mu guards them.
type sidecars struct {
	due    []catalog.Sidecar     // to be read now, without what they say
	later  map[string]photo.File // of photos that wait to be analysed, by path
	active bool                  // some are being read
	wake   chan struct{}         // holds a value if due may have become longer
}

func newSidecars() sidecars {
	return sidecars{later: map[string]photo.File{}, wake: make(chan struct{}, 1)}
}

// notice has the sidecars of files that a scan found be read if they have changed, unless the scan has ended.
func (l *Library) notice(ctx context.Context, files []photo.File) {
	if !l.ReadsXMP() {
		return
	}
	due := l.catalog.Unheard(files)
	var later []photo.File
	for _, f := range files {
		if f.Sidecars == 0 {
			continue
		}
		if e, ok := l.EntryAt(f.Path); ok && e.State != Done {
			later = append(later, f)
		}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if ctx.Err() != nil {
		return // OpenFolder has emptied the lists
	}
	for _, f := range later {
		l.sidecars.later[f.Path] = f
	}
	l.hearSoon(due)
}

// analysed has the sidecars of photos be read that have waited for that.
func (l *Library) analysed(stored []catalog.Outcome) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var files []photo.File
	for _, o := range stored {
		if o.Record == nil || len(l.sidecars.later) == 0 {
			continue
		}
		e, _ := l.EntryAt(o.File.Path)
		for _, path := range []string{o.File.Path, e.Partner} { // the RAW file's sidecar speaks about the picture that is shown
			if f, ok := l.sidecars.later[path]; ok {
				files = append(files, f)
			}
		}
	}
	if len(files) > 0 {
		l.hearSoon(l.catalog.Unheard(files))
	}
}

// hearSoon queues sidecars; mu is held.
func (l *Library) hearSoon(due []catalog.Sidecar) {
	if len(due) == 0 || l.ended {
		return
	}
	for _, d := range due {
		delete(l.sidecars.later, d.File.Path)
	}
	l.busy()
	l.sidecars.due = append(l.sidecars.due, due...)
	select {
	case l.sidecars.wake <- struct{}{}:
	default:
	}
}

// hearAll reads sidecars until the library is closed.
func (l *Library) hearAll() {
	for {
		select {
		case <-l.ctx.Done():
			return
		case <-l.sidecars.wake:
		}
		for l.ctx.Err() == nil {
			l.mu.Lock()
			batch := l.sidecars.due[:min(hearSize, len(l.sidecars.due))]
			l.sidecars.due = l.sidecars.due[len(batch):]
			l.sidecars.active = len(batch) > 0
			l.mu.Unlock()
			if len(batch) == 0 {
				break
			}
			l.hear(batch)
		}
		l.checkIdle()
	}
}

// hear reads sidecars and stores what they say.
func (l *Library) hear(batch []catalog.Sidecar) {
	var heard []catalog.Sidecar
	listed := map[string]*photo.Sidecars{}
	for _, s := range batch {
		if l.ctx.Err() != nil {
			return
		}
		dir, name := filepath.Split(s.File.Path)
		files, ok := listed[dir]
		if !ok {
			entries, err := os.ReadDir(filepath.Clean(dir))
			if err != nil {
				l.log.Info("look for sidecars", "folder", dir, "err", err)
				continue // the next scan tells of it
			}
			files = photo.SidecarsIn(entries)
			listed[dir] = files
		}
		s.File.Sidecars = files.Number(name)
		if of := files.Of(name); len(of) > 0 {
			told, err := l.readSidecar(cmp.Or(s.Of, s.File.Path), filepath.Join(dir, of[0].Name()))
			switch {
			case errors.Is(err, decode.ErrChanged), errors.Is(err, fs.ErrNotExist), errors.Is(err, catalog.ErrUnknown), errors.Is(err, catalog.ErrDamaged):
				continue // it is looked at again with the next scan, or when its folder rests
			case err != nil: // the system's: it may pass without the file being changed
				told, s.Again = &catalog.Told{File: of[0].Name(), Problem: reason(err)}, true
			}
			s.Told = told
			if told.Problem != "" {
				l.log.Info("read sidecar", "path", of[0].Name(), "problem", told.Problem)
			}
		}
		heard = append(heard, s)
	}
	unseen, err := l.catalog.Hear(heard)
	if err != nil {
		l.log.Error("store what sidecars say", "err", err) // the next scan reads them again
		return
	}
	if l.analyses {
		l.mu.Lock()
		if !l.ended {
			for _, path := range unseen {
				l.queue.Push(path, l.raised[path])
			}
		}
		l.mu.Unlock()
	}
	for _, s := range heard {
		for _, path := range l.catalog.PathsOf(s.ID) {
			l.send(Event{Kind: PhotoChanged, Path: path})
		}
	}
}

// readSidecar reads what a sidecar says about the photo at path. The error is decode.ErrChanged if it changed meanwhile, or the system's. What is wrong with its
// content is in the result.
func (l *Library) readSidecar(path, sidecar string) (*catalog.Told, error) {
	r, err := l.catalog.Record(path)
	if err != nil {
		return nil, err
	}
	packet, err := readPacket(sidecar)
	if err != nil && !errors.Is(err, xmp.ErrTooLarge) {
		return nil, err
	}
	t := catalog.Told{Problem: "it is too large for a sidecar"}
	if err == nil {
		t = toldBy(packet, r.Meta)
	}
	t.File = strings.ToValidUTF8(filepath.Base(sidecar), "?")
	return &t, nil
}

// readPacket reads an XMP file of at most xmp.MaxPacket bytes and sees to it that nobody wrote into it meanwhile.
func readPacket(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	before, err := f.Stat()
	switch {
	case err != nil:
		return nil, err
	case before.Size() > xmp.MaxPacket:
		return nil, xmp.ErrTooLarge
	}
	data, err := io.ReadAll(io.LimitReader(f, before.Size()+1))
	if err != nil {
		return nil, err
	}
	after, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !os.SameFile(before, after) || int64(len(data)) != before.Size() || after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, decode.ErrChanged
	}
	return data, nil
}

// toldBy returns what a packet says about the photo with the metadata m.
func toldBy(packet []byte, m photo.Meta) catalog.Told {
	f, err := xmp.Parse(packet)
	if err != nil {
		return catalog.Told{Problem: strings.ToValidUTF8(err.Error(), "?")}
	}
	var t catalog.Told
	if f.Said&xmp.Rating != 0 {
		t.Says |= catalog.ItemRating | catalog.ItemFlag
		t.Marks.Rating = uint8(max(f.Rating, 0))
		if f.Rating < 0 {
			t.Marks.Flag = photo.Rejected
		}
	}
	if f.Said&xmp.Label != 0 {
		t.Says, t.Marks.Label = t.Says|catalog.ItemLabel, f.Label
	}
	if f.Said&xmp.Keywords != 0 {
		t.Says, t.Marks.Tags = t.Says|catalog.ItemTags, f.Keywords
	}
	switch {
	case f.Said&xmp.Regions == 0:
	case stale(f.Applied, m):
		t.Problem = fmt.Sprintf("its faces were marked on a picture of %d × %d pixels, which this one of %d × %d cannot be made of", f.Applied.W, f.Applied.H, m.StoredW, m.StoredH)
	default:
		t.Says |= catalog.ItemNames
		for _, r := range f.Regions {
			if r.Name != "" {
				t.Names = append(t.Names, catalog.Named{Name: r.Name, Box: r.Upright(m.Orientation, 1, 1)})
			}
		}
	}
	return catalog.CleanTold(t)
}

// sameShape is by how much the ratios of two sizes may differ that one picture has: previews and edges are cut a little.
const sameShape = 0.02

// stale reports whether regions were made for a picture of another shape, as before it was cropped or turned: they would lie anywhere.
func stale(made xmp.Size, m photo.Meta) bool {
	if made.W <= 0 || made.H <= 0 || m.StoredW <= 0 || m.StoredH <= 0 {
		return false
	}
	ratio := float64(made.W) * float64(m.StoredH) / (float64(made.H) * float64(m.StoredW))
	return ratio > 1+sameShape || ratio < 1/(1+sameShape)
}

// ReadsXMP reports whether ratings, labels, keywords and names that other programs wrote beside photos and into them are taken over.
func (l *Library) ReadsXMP() bool { return !l.settings.ignoresXMP() }

// SetReadsXMP says whether they are; by default they are. What was taken over stays. When they are read again, sidecars of the open folder are at once, those of other
// folders when these are opened, and what lies within photos when they are analysed again.
func (l *Library) SetReadsXMP(reads bool) {
	l.settings.ignoreXMP(!reads)
	if reads {
		l.Rescan()
	}
}

// Difference is what another program says since it changed its file, where people say something else here.
type Difference = catalog.Difference

// Told is what a file of another program says about a photo.
type Told = catalog.Told

// Item is a thing that such a file can say.
type Item = catalog.Item

// The items of a Difference.
const (
	ItemRating = catalog.ItemRating
	ItemFlag   = catalog.ItemFlag
	ItemLabel  = catalog.ItemLabel
	ItemTags   = catalog.ItemTags
	ItemNames  = catalog.ItemNames
)

// Decide ends a difference: theirs says that what the other program says holds, else what people say here does. It can be undone.
func (l *Library) Decide(path string, d Difference, theirs bool) error {
	what := "keep what is said here"
	if theirs {
		what = "take over what another program says"
	}
	return l.edit(path, what, func(r *catalog.Record) error { return r.Decide(d, theirs) })
}
