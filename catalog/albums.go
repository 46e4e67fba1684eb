package catalog

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	bolt "go.etcd.io/bbolt"

	"semblance/catalog/query"
	"semblance/internal/photo"
)

// Album is a list of photos that a person picked by hand. Name is as photo.CleanTag returns it: the levels of albums in albums are
// parted by photo.TagSeparator. Two names that differ in nothing but case are the same.
type Album struct {
	Name   string     `cbor:"1,keyasint"`
	Photos []photo.ID `cbor:"2,keyasint,omitempty"` // in the order in which they were added, each once; some may be nowhere any more
}

// Search is a filter that a person gave a name: it finds other photos whenever the catalog changes. The rules for Name are those of
// Album.
type Search struct {
	Name  string `cbor:"1,keyasint"`
	Query string `cbor:"2,keyasint"` // in the language of package query
}

// ErrNoAlbum is the error of an album or a search that does not exist.
var ErrNoAlbum = errors.New("there is none of this name")

// Albums returns the albums by name. They must not be changed.
func (c *Catalog) Albums() []Album {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.index.albums)
}

// Album returns an album; it must not be changed. ok is false if there is none of that name.
func (c *Catalog) Album(name string) (a Album, ok bool) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	i, ok := c.index.findAlbum(name)
	if !ok {
		return Album{}, false
	}
	return c.index.albums[i], true
}

// Searches returns the saved searches by name.
func (c *Catalog) Searches() []Search {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return slices.Clone(c.index.searches)
}

// PutAlbum stores an album, in the place of one of the same name; when it returns, it is on the disk and in the index. Photos that are
// there twice are stored once. The album must not be changed any more. The error is ErrDamaged if the one of that name is: it is
// never replaced.
func (c *Catalog) PutAlbum(a Album) error {
	return c.EditAlbum(a.Name, func(now *Album, _ bool) { *now = a })
}

// EditAlbum is PutAlbum of what edit makes of the album of that name as it is; there says whether there is one, and without one it has no more
// than its name. Nobody else changes it meanwhile, as an analysis does of a file that another program has changed.
func (c *Catalog) EditAlbum(name string, edit func(a *Album, there bool)) error {
	c.write.Lock()
	defer c.write.Unlock()
	a := Album{Name: name}
	i, there := c.index.findAlbum(name)
	if there {
		a = c.index.albums[i]
		a.Photos = slices.Clone(a.Photos)
	}
	edit(&a, there)
	if clean, err := photo.CleanTag(a.Name); err != nil || clean != a.Name {
		return fmt.Errorf("album %q: %w", a.Name, photo.ErrMark)
	}
	seen := make(map[photo.ID]bool, len(a.Photos))
	a.Photos = slices.DeleteFunc(slices.Clone(a.Photos), func(id photo.ID) bool {
		again := seen[id] || id.IsZero()
		seen[id] = true
		return again
	})
	return c.storeNamed(bucketAlbums, a.Name, a, func(ix *index) {
		ix.albums = putNamed(ix.albums, a, func(a Album) string { return a.Name })
	})
}

// RemoveAlbum removes an album; its photos stay as they are. The error is ErrNoAlbum if there is none of that name.
func (c *Catalog) RemoveAlbum(name string) error {
	return c.putNamed(bucketAlbums, name, nil, func(ix *index) {
		ix.albums = slices.DeleteFunc(slices.Clone(ix.albums), func(a Album) bool { return photo.CompareTags(a.Name, name) == 0 })
	})
}

// PutSearch stores a search, in the place of one of the same name. The error is a *query.SyntaxError if it is none, ErrDamaged if the one of
// that name is: it is never replaced.
func (c *Catalog) PutSearch(s Search) error {
	if clean, err := photo.CleanTag(s.Name); err != nil || clean != s.Name {
		return fmt.Errorf("search %q: %w", s.Name, photo.ErrMark)
	}
	if _, err := query.Parse(s.Query); err != nil {
		return fmt.Errorf("search %q: %w", s.Name, err)
	}
	return c.putNamed(bucketSearches, s.Name, s, func(ix *index) {
		ix.searches = putNamed(ix.searches, s, func(s Search) string { return s.Name })
	})
}

// RemoveSearch removes a search. The error is ErrNoAlbum if there is none of that name.
func (c *Catalog) RemoveSearch(name string) error {
	return c.putNamed(bucketSearches, name, nil, func(ix *index) {
		ix.searches = slices.DeleteFunc(slices.Clone(ix.searches), func(s Search) bool { return photo.CompareTags(s.Name, name) == 0 })
	})
}

// nameKey is the key of something that a person gave a name.
func nameKey(name string) []byte { return []byte(strings.ToLower(name)) }

// putNamed stores something under a name, or removes it if value is nil, then changes the index.
func (c *Catalog) putNamed(bucket, name string, value any, apply func(*index)) error {
	c.write.Lock()
	defer c.write.Unlock()
	return c.storeNamed(bucket, name, value, apply)
}

// storeNamed is putNamed for a caller that holds write.
func (c *Catalog) storeNamed(bucket, name string, value any, apply func(*index)) error {
	key := nameKey(name)
	err := guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			b := tx.Bucket([]byte(bucket))
			if value == nil {
				if b.Get(key) == nil {
					return ErrNoAlbum
				}
				return b.Delete(key)
			}
			if there := b.Get(key); there != nil {
				if _, err := checked(key, there); err != nil {
					return err // Open has told of it, and Mend may find it in a backup
				}
			}
			sealed, err := c.codec.seal(key, value)
			if err != nil {
				return err
			}
			return b.Put(key, sealed)
		})
	})
	if err != nil {
		return fmt.Errorf("%s in catalog %s: %q: %w", bucket, c.path, name, err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	apply(c.index)
	c.generation++
	return nil
}

// putNamed returns a list with one more, or in the place of the one of its name, by name.
func putNamed[T any](list []T, one T, name func(T) string) []T {
	i, found := slices.BinarySearchFunc(list, name(one), func(a T, n string) int { return photo.CompareTags(name(a), n) })
	list = slices.Clone(list) // others may hold it
	if found {
		list[i] = one
		return list
	}
	return slices.Insert(list, i, one)
}

func (ix *index) findAlbum(name string) (int, bool) {
	return slices.BinarySearchFunc(ix.albums, name, func(a Album, n string) int { return photo.CompareTags(a.Name, n) })
}

// carryAlbums has a content that follows another one be in the albums of that one, behind it. The other one stays in them: it may lie
// elsewhere by now. albums are those of the index, as the transaction has changed them so far.
func (c *Catalog) carryAlbums(tx *bolt.Tx, from, to photo.ID, albums *[]Album) error {
	for i, a := range *albums {
		at := slices.Index(a.Photos, from)
		if at < 0 || slices.Contains(a.Photos, to) {
			continue
		}
		a.Photos = slices.Insert(slices.Clone(a.Photos), at+1, to) // others may hold it
		key := nameKey(a.Name)
		sealed, err := c.codec.seal(key, a)
		if err != nil {
			return err
		}
		if err := tx.Bucket([]byte(bucketAlbums)).Put(key, sealed); err != nil {
			return err
		}
		*albums = slices.Clone(*albums)
		(*albums)[i] = a
	}
	return nil
}

// loadNamed reads albums and searches into an index. Damaged ones are problems.
func (c *Catalog) loadNamed(tx *bolt.Tx, ix *index) error {
	err := tx.Bucket([]byte(bucketAlbums)).ForEach(func(key, value []byte) error {
		var a Album
		if err := c.codec.unseal(key, value, &a); err != nil {
			c.problems = append(c.problems, fmt.Errorf("album %q: %w", key, err))
			return nil
		}
		ix.albums = putNamed(ix.albums, a, func(a Album) string { return a.Name })
		return nil
	})
	if err != nil {
		return err
	}
	return tx.Bucket([]byte(bucketSearches)).ForEach(func(key, value []byte) error {
		var s Search
		if err := c.codec.unseal(key, value, &s); err != nil {
			c.problems = append(c.problems, fmt.Errorf("search %q: %w", key, err))
			return nil
		}
		ix.searches = putNamed(ix.searches, s, func(s Search) string { return s.Name })
		return nil
	})
}
