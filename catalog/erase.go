package catalog

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/photo"
)

// Erasure says what Erase is to remove.
type Erasure struct {
	Folder string // absolute and clean; "" for everything
	Edits  bool   // also what people said about the faces and photos, their places in albums and, with everything, albums and searches
	Dry    bool   // say what would be removed, and remove nothing
}

// Erased says what Erase removed, or would remove.
type Erased struct {
	Photos  int        // entries of photos
	Records []photo.ID // contents whose analysis it was
	Edits   int        // photos of which it was what people said
	Left    int        // photos whose analysis it was, and of which what people said stays
	Shared  int        // contents of these photos that stay, since they lie outside of the folder too
	Copies  []string   // backups that hold any of it, former catalogs that Restore has kept included
}

// Erase removes what is known of photos and their faces, as if no scan had ever met them, from a catalog
// that is not open: entries, analyses with all faces, and what people said if that is asked for. The file is
// compacted, so that nothing of it is left in free pages, and backups beside the catalog that hold any of it are removed, or that
// cannot be read, so that nobody knows; then there is a new backup. Others have to be removed by who made them.
//
// With an error something may be left, and another call or the next Open removes it. The error is ErrNothingThere if neither the catalog nor a backup knows a photo
// in the folder.
//
// Of a folder, analyses of contents that lie outside of it too stay, and so does what people said of a content that no
// photo has any more: nobody knows where it was. Analyses that no photo has are removed with those of any folder.
func Erase(ctx context.Context, path string, what Erasure) (Erased, error) {
	e, err := erase(ctx, path, what)
	if err != nil {
		return e, fmt.Errorf("erase from catalog %s: %w", path, err)
	}
	return e, nil
}

func erase(ctx context.Context, path string, what Erasure) (e Erased, err error) {
	c, err := openToChange(path, what.Dry)
	if err != nil {
		return e, err
	}
	var p erasePlan
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) (err error) {
			p, err = c.planErasure(ctx, tx, what)
			return err
		})
	})
	e = p.erased()
	if err == nil && e.Photos == 0 && what.Folder != "" {
		// A former call may have ended before it came to the backups.
		var copies []string
		if copies, err = copiesAndKept(path); err == nil && !slices.ContainsFunc(copies, what.knownTo) {
			err = fmt.Errorf("%s: %w", what.Folder, ErrNothingThere)
		}
	}
	if err != nil || what.Dry {
		err = errors.Join(err, c.db.Close())
		if err == nil {
			e.Copies, err = p.holders(path, what)
		}
		return e, err
	}
	var t tracing
	err = guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error { return errors.Join(p.execute(tx), t.begin(tx)) })
	})
	if err != nil {
		return e, errors.Join(err, c.db.Close())
	}
	if err := t.compact(c); err != nil {
		return e, fmt.Errorf("compact: %w", err)
	}
	if e.Copies, err = p.holders(path, what); err != nil {
		return e, err
	}
	errs := []error{removeLeftovers(path)}
	for _, copied := range e.Copies {
		errs = append(errs, os.Remove(copied))
	}
	if len(e.Copies) > 0 && what.Folder != "" {
		if _, err := BackUp(ctx, path, "", false); err != nil && !errors.Is(err, fs.ErrExist) {
			errs = append(errs, err)
		}
	}
	return e, errors.Join(errs...)
}

// erasePlan is the keys that Erase removes, by bucket.
type erasePlan struct {
	keys   map[string][][]byte
	albums map[string][]byte // what albums become of which not all goes, by key
	ids    map[photo.ID]bool // contents of which something is removed
	left   int
	shared int
}

func (p *erasePlan) erased() Erased {
	e := Erased{Photos: len(p.keys[bucketPaths]), Edits: len(p.keys[bucketEdits]), Left: p.left, Shared: p.shared}
	for _, key := range p.keys[bucketPhotos] {
		if len(key) == len(photo.ID{}) {
			e.Records = append(e.Records, photo.ID(key))
		}
	}
	return e
}

func (p *erasePlan) add(bucket string, key []byte) {
	p.keys[bucket] = append(p.keys[bucket], append([]byte(nil), key...))
}

// within reports whether a path is to be erased.
func (what Erasure) within(path []byte) bool {
	return what.Folder == "" || strings.HasPrefix(string(path), trimFolder(what.Folder)+string(separator))
}

// planErasure finds out what is to be removed.
func (c *Catalog) planErasure(ctx context.Context, tx *bolt.Tx, what Erasure) (erasePlan, error) {
	p := erasePlan{keys: map[string][][]byte{}, albums: map[string][]byte{}, ids: map[photo.ID]bool{}}
	inside, outside := map[photo.ID]bool{}, map[photo.ID]bool{}
	gone := map[photo.ID][]string{} // paths outside where the content is not any more: they keep nothing
	each := func(bucket string, do func(key, value []byte)) error {
		b := tx.Bucket([]byte(bucket))
		if b == nil {
			return nil // an earlier version has none
		}
		return b.ForEach(func(key, value []byte) error {
			do(key, value)
			return ctx.Err()
		})
	}
	err := each(bucketPaths, func(key, value []byte) {
		v, err := c.codec.unsealPath(key, value)
		switch {
		case what.within(key):
			p.add(bucketPaths, key)
			if err == nil && !v.ID.IsZero() {
				inside[v.ID] = true
			}
		case err != nil || v.ID.IsZero():
		case v.Gone:
			gone[v.ID] = append(gone[v.ID], string(key))
		default:
			outside[v.ID] = true
		}
	})
	if err != nil {
		return p, err
	}
	remove := func(id photo.ID) bool {
		return what.Folder == "" || inside[id] && !outside[id]
	}
	for id := range inside {
		if !remove(id) {
			p.shared++
			continue
		}
		p.ids[id] = true
		for _, path := range gone[id] {
			p.add(bucketPaths, []byte(path))
		}
	}
	said := map[photo.ID]bool{}
	err = each(bucketEdits, func(key, _ []byte) {
		id, ok := idOf(key)
		said[id] = said[id] || ok
		if what.Edits && (!ok || remove(id)) {
			p.add(bucketEdits, key)
			p.ids[id] = true
		}
	})
	if err != nil {
		return p, err
	}
	if what.Edits {
		if err := c.planAlbums(tx, &p, what, remove); err != nil {
			return p, err
		}
	}
	shared := map[string]bool{} // by records that stay
	for _, bucket := range []string{bucketPhotos, bucketRows} {
		err := each(bucket, func(key, value []byte) {
			id, ok := idOf(key)
			if ok && !remove(id) && (inside[id] || outside[id] || gone[id] != nil) {
				keys := c.codec.sharedIn
				if bucket == bucketRows {
					keys = func(value []byte) []string { return c.codec.sharedInRow(id[:], value) }
				}
				for _, key := range keys(value) {
					shared[key] = true
				}
				return
			}
			p.add(bucket, key)
			p.ids[id] = true
			if bucket == bucketPhotos && said[id] && (!what.Edits || !remove(id)) {
				p.left++
			}
		})
		if err != nil {
			return p, err
		}
	}
	return p, each(bucketMeta, func(key, _ []byte) {
		if strings.HasPrefix(string(key), keyShared) && !shared[string(key)] {
			p.add(bucketMeta, key)
		}
	})
}

// planAlbums finds out what is to be removed of albums and searches: all of them with everything, else the photos.
func (c *Catalog) planAlbums(tx *bolt.Tx, p *erasePlan, what Erasure, remove func(photo.ID) bool) error {
	for _, bucket := range []string{bucketAlbums, bucketSearches} {
		b := tx.Bucket([]byte(bucket))
		if b == nil {
			continue // an earlier version has none
		}
		err := b.ForEach(func(key, value []byte) error {
			var a Album
			switch {
			case what.Folder == "":
				p.add(bucket, key)
			case bucket == bucketAlbums && c.codec.unseal(key, value, &a) == nil && slices.ContainsFunc(a.Photos, remove):
				a.Photos = slices.DeleteFunc(a.Photos, remove)
				sealed, err := c.codec.seal(key, a)
				p.albums[string(key)] = sealed
				return err
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return nil
}

func idOf(key []byte) (id photo.ID, ok bool) {
	if len(key) != len(id) {
		return id, false
	}
	return photo.ID(key), true
}

// execute removes the keys.
func (p *erasePlan) execute(tx *bolt.Tx) error {
	for bucket, keys := range p.keys {
		b := tx.Bucket([]byte(bucket))
		for _, key := range keys {
			if err := b.Delete(key); err != nil {
				return err
			}
		}
	}
	for key, value := range p.albums {
		if err := tx.Bucket([]byte(bucketAlbums)).Put([]byte(key), value); err != nil {
			return err
		}
	}
	return nil
}

// holders returns the backups beside the catalog, and the former catalogs that Restore has kept, that hold
// anything of what is removed, or that cannot be read.
func (p *erasePlan) holders(path string, what Erasure) ([]string, error) {
	copies, err := copiesAndKept(path)
	if err != nil {
		return nil, err
	}
	var holders []string
	for _, copied := range copies {
		if what.Folder == "" || p.isIn(copied, what) {
			holders = append(holders, copied)
		}
	}
	return holders, nil
}

// isIn reports whether a file holds anything of what is removed, or cannot be read.
func (p *erasePlan) isIn(path string, what Erasure) bool {
	held := false
	c, err := openAsIs(path, true)
	if err != nil {
		return true
	}
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			photos, edits := tx.Bucket([]byte(bucketPhotos)), tx.Bucket([]byte(bucketEdits))
			for id := range p.ids {
				held = held || photos.Get(id[:]) != nil || what.Edits && edits != nil && edits.Get(id[:]) != nil
			}
			return tx.Bucket([]byte(bucketPaths)).ForEach(func(key, _ []byte) error {
				held = held || what.within(key)
				return nil
			})
		})
	})
	return held || errors.Join(err, c.db.Close()) != nil
}

// knownTo reports whether a file that can be read has a path that is to be erased.
func (what Erasure) knownTo(path string) (known bool) {
	c, err := openAsIs(path, true)
	if err != nil {
		return false
	}
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(bucketPaths)).ForEach(func(key, _ []byte) error {
				known = known || what.within(key)
				return nil
			})
		})
	})
	return errors.Join(err, c.db.Close()) == nil && known
}

// removeLeftovers removes the files that never got their name, because the program was killed: they hold anything.
func removeLeftovers(path string) error {
	stem, _ := stemOf(path)
	var errs []error
	for _, dir := range []string{filepath.Dir(path), copiesFolder(path)} {
		left, err := namesLike(dir, func(name string) bool {
			return strings.HasPrefix(name, newPrefix(path)) || strings.HasPrefix(name, "."+stem+"-") && strings.Contains(name, newInfix)
		})
		errs = append(errs, err)
		for _, name := range left {
			errs = append(errs, os.Remove(name))
		}
	}
	return errors.Join(errs...)
}

// namesLike returns the paths of the files in a folder, which need not be there, whose names are like that.
func namesLike(dir string, like func(name string) bool) ([]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return nil, err
	}
	var paths []string
	for _, e := range entries {
		if e.Type().IsRegular() && like(e.Name()) {
			paths = append(paths, filepath.Join(dir, e.Name()))
		}
	}
	return paths, nil
}
