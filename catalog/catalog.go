package catalog

import (
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/photo"
)

// Catalog is an open catalog. Its methods are safe for concurrent use. Those that
// return an error may wait for the disk; the others never do.
type Catalog struct {
	path     string
	db       *bolt.DB
	codec    codec
	problems []error
	notices  []error // those of problems that are about the file as a whole

	deciding sync.Mutex // held by SetPolicy, before write
	write    sync.Mutex // held by whoever changes the file, before mu

	// file is held for reading by whoever reads the file without holding write. While it is held for writing, which takes
	// write too, another file takes its place.
	file sync.RWMutex

	mu         sync.RWMutex // guards what follows; whoever changes it holds write too
	index      *index
	policy     Policy
	decided    bool // policy is what the file has, not the default
	generation uint64
}

// Open opens the catalog at path and makes an empty one, folders included, if there
// is none. The error is ErrInUse after a second if another process has it open,
// ErrNewer if a later version wrote it, ErrDamaged if it is no sound catalog: it is a *DamageError then, which says
// what there is to repair it with. None of them changes the file. Values that are damaged on their own are left out: see Problems.
func Open(path string) (*Catalog, error) {
	c, err := open(path)
	if errors.Is(err, ErrDamaged) {
		return nil, damageOf(path, err)
	}
	if err != nil {
		return nil, fmt.Errorf("open catalog %s: %w", path, err)
	}
	return c, nil
}

func open(path string) (*Catalog, error) {
	codec, err := newCodec()
	if err != nil {
		return nil, err
	}
	db, problem, err := openFile(path)
	if err != nil {
		return nil, err
	}
	c := &Catalog{path: path, db: db, codec: codec}
	if problem != nil {
		c.notice(problem)
	}
	if err := c.load(); err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return c, nil
}

// Close ends the use of the file and waits for those who still use it. The index goes on answering.
func (c *Catalog) Close() error {
	c.write.Lock()
	defer c.write.Unlock()
	return c.db.Close()
}

// Problems returns the values that Open found damaged and left out, one error each,
// which names the photo, and why a file of an earlier version could not be backed up before it was changed. Photos whose record is damaged wait for another analysis;
// damaged edits stay as they are in the file, and Edit refuses to replace them. A backup out of which values could not be taken
// that the policy hides is one too.
func (c *Catalog) Problems() []error { return slices.Clone(c.problems) }

// Notices returns those of Problems that are not of single values: Check does not tell of them, and the next Open does not
// either.
func (c *Catalog) Notices() []error { return slices.Clone(c.notices) }

func (c *Catalog) notice(err error) {
	c.problems, c.notices = append(c.problems, err), append(c.notices, err)
}

// Generation is a number that grows with every change.
func (c *Catalog) Generation() uint64 {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.generation
}

// Lookup returns the row of a path that is tracked and not forgotten.
func (c *Catalog) Lookup(path string) (Ref, bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.index.lookup(path)
}

// Entry returns what the index knows about a photo, the zero Entry for a Ref that is none.
func (c *Catalog) Entry(ref Ref) Entry {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.index.entry(ref)
}

// Pending returns the paths of the photos that wait in a folder, "" for all, in their order.
func (c *Catalog) Pending(folder string, recursive bool) []string {
	return c.paths(Scope{folder, recursive}, func(p *photoRow) bool { return p.stored.State == Waiting })
}

// Paths returns the paths of the photos in a folder, "" for all, in their order.
func (c *Catalog) Paths(folder string, recursive bool) []string {
	return c.paths(Scope{folder, recursive}, func(*photoRow) bool { return true })
}

func (c *Catalog) paths(s Scope, want func(*photoRow) bool) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var paths []string
	c.index.below(s, func(ref Ref) {
		if p := &c.index.photos[ref]; !p.stored.Gone && want(p) {
			paths = append(paths, p.path)
		}
	})
	return paths
}

// PathsOf returns the paths of the photos with a content, in no order.
func (c *Catalog) PathsOf(id photo.ID) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var paths []string
	c.index.withID(id, func(ref Ref) {
		if p := &c.index.photos[ref]; !p.stored.Gone {
			paths = append(paths, p.path)
		}
	})
	return paths
}

// Identity returns the identity of the content that is known of a photo: for one that has changed and waits, of the
// former content, from which what people say is carried over. ok is false if there is none yet.
func (c *Catalog) Identity(path string) (id photo.ID, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	ref, ok := c.index.lookup(path)
	if !ok {
		return photo.ID{}, false
	}
	id = c.index.photos[ref].stored.ID
	return id, !id.IsZero()
}

// Record reads what is known about the photo at path, as the policy lets it be seen; it is the caller's. The error
// is ErrUnknown if there is no such photo or no analysis of it, ErrDamaged if its record is.
func (c *Catalog) Record(path string) (Record, error) {
	c.mu.RLock()
	ref, ok := c.index.lookup(path)
	var id photo.ID
	if ok {
		id = c.index.photos[ref].stored.ID
	}
	policy := c.policy
	c.mu.RUnlock()
	r, ok, err := c.record(id)
	switch {
	case err != nil:
		return Record{}, fmt.Errorf("read record of %s: %w", path, err)
	case !ok:
		return Record{}, fmt.Errorf("%s: %w", path, ErrUnknown)
	}
	return *policy.shown(&r), nil
}

// Known reads what is known about the content id of the photo at path, under whatever path and in whatever orientation it was analysed, as the policy
// lets it be seen.
// With an error, what people asked for is known all the same.
func (c *Catalog) Known(path string, id photo.ID) (Known, error) {
	var k Known
	c.mu.RLock()
	c.index.withID(id, func(ref Ref) {
		if v := &c.index.photos[ref].stored; !v.Bare {
			k.Renew, k.Look = k.Renew || v.Renew, k.Look|v.Look
		}
	})
	var nearest photo.ID // what the path was before
	if ref, ok := c.index.refOf(path); ok {
		k.Look |= c.index.photos[ref].stored.Look
		nearest = c.index.photos[ref].stored.ID
	}
	policy := c.policy
	c.mu.RUnlock()
	r, ok, err := c.record(id)
	if err == nil && !ok && !id.IsZero() {
		said := r.Edits
		if r, ok, err = c.kinOf(id, nearest); ok {
			k.Turned, k.Overlooked = true, r.overlooked(id)
			r = *r.turnedTo(id)
			if len(said.Faces) > 0 {
				r.Edits = said
			}
		}
	}
	if err != nil {
		return k, fmt.Errorf("read record %v: %w", id, err)
	}
	if ok {
		k.Record = policy.shown(&r)
	}
	return k, nil
}

func (c *Catalog) record(id photo.ID) (r Record, ok bool, err error) {
	if id.IsZero() {
		return Record{}, false, nil
	}
	err = guard(func() error {
		return c.view(func(tx *bolt.Tx) error {
			r, ok, err = c.read(tx, id[:])
			return err
		})
	})
	return r, ok, err
}

// read reads a record and what people said, which is nothing if that is damaged: Open has told so. If there is no record, it is one of no
// more than the identity and what was said.
func (c *Catalog) read(tx *bolt.Tx, id []byte) (r Record, ok bool, err error) {
	copy(r.ID[:], id)
	if value := tx.Bucket([]byte(bucketPhotos)).Get(id); value != nil {
		if err := c.codec.unseal(id, value, &r); err != nil {
			return Record{}, true, err
		}
		ok = true
	}
	if s, err := c.said(tx, id); err == nil {
		r.tell(&s)
	}
	return r, ok, nil
}

// load builds the index from the file.
func (c *Catalog) load() error {
	if err := guard(func() error { return errors.Join(c.db.View(c.codec.load), c.db.View(c.loadPolicy)) }); err != nil {
		return err
	}
	c.problems = append(c.problems, c.codec.shared.damaged...)
	if err := c.renewRows(); err != nil {
		return err
	}
	if err := c.removeTraces(); err != nil {
		c.notice(err)
	}
	return c.loadIndex()
}

// nameOf returns the path of a photo with an identity, or the identity if there is none.
func (ix *index) nameOf(id []byte) string {
	if len(id) == len(photo.ID{}) {
		if ref, ok := ix.firstWith(photo.ID(id)); ok {
			return ix.photos[ref].path
		}
	}
	return fmt.Sprintf("photo %x", id)
}

// Paths have the separators of the system, as package filepath makes them.
const separator = os.PathSeparator

// trimFolder returns a folder without separators at its end.
func trimFolder(folder string) string {
	return strings.TrimRightFunc(folder, func(r rune) bool { return r < 0x80 && os.IsPathSeparator(uint8(r)) })
}

// splitPath cuts a path at its last separator.
func splitPath(path string) (folder, name string) {
	i := strings.LastIndexByte(path, separator)
	return path[:max(i, 0)], path[i+1:]
}
