package catalog

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/face"
	"semblance/internal/photo"
)

// ErrNobody is the error of ErasePerson where no face has the name.
var ErrNobody = errors.New("no face has this name")

// ErasedPerson says what ErasePerson removed, or would remove.
type ErasedPerson struct {
	Faces    int        // in the catalog
	Photos   []photo.ID // contents in which a face has the name, in the catalog or a backup
	Paths    []string   // under which the catalog knows these contents, those that are gone included
	Searches int        // saved searches that name the person
	Mentions int        // photos with a tag, and albums, that have the name in them: these stay
	Copies   []string   // backups, former catalogs that Restore has kept included, that were written anew without the person
	Removed  []string   // those that cannot be read, so that nobody knows: they are removed
}

// ErasePerson removes every face that has a name, in whatever letters, from the catalog at path, which must not be open, and from
// the backups beside it: what the analyses and the former ones say of it, what people said of it, and saved searches with the name. All
// these files are compacted, so that nothing is left in free pages. A backup in which a face that has the name now had none or another one loses
// it too; a face that had the name in a backup and has it no longer is removed from that backup alone. What is known of other faces stays, and so do
// faces of the person that nobody named. dry says what would be done. With an error something
// may be left, and another call or the next Open removes it. The error is ErrNobody if no file has the name, face.ErrName if it can be none.
//
// The photos stay, and they do not wait for another analysis. One that is made nevertheless finds the face again, without a name: what files of other
// programs said of names in these photos is removed too, and no name is taken from these files again (Heard.Deaf). The files themselves stay as they are.
func ErasePerson(ctx context.Context, path, name string, dry bool) (ErasedPerson, error) {
	e, err := erasePerson(ctx, path, name, dry)
	if err != nil {
		return e, fmt.Errorf("erase a person from catalog %s: %w", path, err)
	}
	return e, nil
}

func erasePerson(ctx context.Context, path, name string, dry bool) (e ErasedPerson, err error) {
	if name, err = face.CleanName(name); err != nil { // names are stored so
		return e, err
	}
	c, err := openToChange(path, dry)
	if err != nil {
		return e, err
	}
	closed := false
	defer func() {
		if !closed {
			err = errors.Join(err, c.db.Close())
		}
	}()
	copies, err := copiesAndKept(path)
	if err != nil {
		return e, err
	}
	p := person{name: name, photos: map[photo.ID]bool{}, boxes: map[photo.ID][]face.Box{}}
	if err := p.lookFor(ctx, c); err != nil {
		return e, err
	}
	e.Faces, e.Searches, e.Mentions = p.faces, p.searches, p.mentions
	p.known = true
	for _, copied := range copies {
		if err := p.lookInto(ctx, copied); err != nil {
			if ctx.Err() != nil {
				return e, ctx.Err()
			}
			e.Removed = append(e.Removed, copied)
			continue
		}
		e.Copies = append(e.Copies, copied)
	}
	for id := range p.photos {
		e.Photos = append(e.Photos, id)
	}
	if e.Paths, err = p.pathsIn(ctx, c); err != nil {
		return e, err
	}
	slices.SortFunc(e.Photos, func(a, b photo.ID) int { return bytes.Compare(a[:], b[:]) })
	if len(e.Photos) == 0 && p.searches == 0 {
		return e, fmt.Errorf("%q: %w", name, ErrNobody)
	}
	if dry {
		return e, nil
	}
	// The catalog comes last: as long as it names the faces, another call finds them in the copies.
	for _, copied := range e.Removed {
		if err := os.Remove(copied); err != nil {
			return e, err
		}
	}
	for _, copied := range e.Copies {
		if err := p.removeFromFile(ctx, copied); err != nil {
			return e, fmt.Errorf("copy %s: %w", copied, err)
		}
	}
	closed, p.boxes = true, nil // by removeFrom, whatever comes of it; the numbers tell in the catalog itself
	if err := p.removeFrom(ctx, c); err != nil {
		return e, err
	}
	return e, removeLeftovers(path)
}

// person is whose faces are to be removed.
type person struct {
	name   string
	photos map[photo.ID]bool       // that have such a face, in any of the files
	boxes  map[photo.ID][]face.Box // where the faces are and were that have the name in the catalog
	known  bool                    // boxes are complete: others are those of copies

	faces, searches, mentions int // that were found
}

func (p *person) is(name string) bool { return name != "" && strings.EqualFold(name, p.name) }

// mentioned reports whether a text has the name in it, as words of its own.
func (p *person) mentioned(in string) bool {
	in, name := strings.ToLower(in), strings.ToLower(p.name)
	part := func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }
	for at := 0; ; {
		i := strings.Index(in[at:], name)
		if i < 0 {
			return false
		}
		before, _ := utf8.DecodeLastRuneInString(in[:at+i])
		after, _ := utf8.DecodeRuneInString(in[at+i+len(name):])
		if !part(before) && !part(after) {
			return true
		}
		at += i + len(name)
	}
}

// add notes a face.
func (p *person) add(id photo.ID, box face.Box) {
	for _, b := range p.boxes[id] {
		if b == box {
			return
		}
	}
	p.boxes[id] = append(p.boxes[id], box)
}

func (p *person) lookInto(ctx context.Context, path string) error {
	c, err := openAsIs(path, true)
	if err != nil {
		return err
	}
	return errors.Join(p.lookFor(ctx, c), c.db.Close())
}

// lookFor notes the faces of the person in a file.
func (p *person) lookFor(ctx context.Context, c *Catalog) error {
	return guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			err := tx.Bucket([]byte(bucketPhotos)).ForEach(func([]byte, []byte) error { return ctx.Err() }) // a file that cannot be read is found out
			if edits := tx.Bucket([]byte(bucketEdits)); err == nil && edits != nil {
				err = edits.ForEach(func(key, _ []byte) error {
					id, ok := idOf(key)
					s, err := c.said(tx, key)
					if err != nil || !ok {
						return ctx.Err() // Check tells of it
					}
					if s.Heard.names(p.is) {
						p.photos[id] = true
					}
					if slices.ContainsFunc(s.Marks.Tags, p.mentioned) {
						p.mentions++
					}
					for _, edit := range s.Faces {
						if !p.is(edit.Name) {
							continue
						}
						p.photos[id] = true
						p.faces++
						if p.known {
							continue
						}
						p.add(id, edit.Box)
						if r, ok, err := c.read(tx, key); ok && err == nil {
							p.addFaces(&r, edit.Number)
						}
					}
					return ctx.Err()
				})
			}
			if err != nil {
				return err
			}
			searches, err := p.searchesIn(tx, c)
			p.searches += len(searches)
			if err != nil {
				return err
			}
			albums := tx.Bucket([]byte(bucketAlbums))
			if albums == nil {
				return nil // an earlier version has none
			}
			return albums.ForEach(func(key, _ []byte) error {
				if p.mentioned(string(key)) {
					p.mentions++
				}
				return nil
			})
		})
	})
}

// addFaces notes where a face with a number is and was.
func (p *person) addFaces(r *Record, number uint32) {
	analyses := []*face.Analysis{&r.Analysis}
	if r.Former != nil {
		analyses = append(analyses, &r.Former.Analysis)
	}
	for _, a := range analyses {
		for i := range a.Faces {
			if a.Faces[i].Number == number {
				p.add(r.ID, a.Faces[i].Box)
			}
		}
	}
}

// pathsIn returns the paths of the photos.
func (p *person) pathsIn(ctx context.Context, c *Catalog) (paths []string, err error) {
	err = guard(func() error {
		return c.db.View(func(tx *bolt.Tx) error {
			return tx.Bucket([]byte(bucketPaths)).ForEach(func(key, value []byte) error {
				if v, err := c.codec.unsealPath(key, value); err == nil && p.photos[v.ID] {
					paths = append(paths, string(key))
				}
				return ctx.Err()
			})
		})
	})
	return paths, err
}

// searchesIn returns the keys of the saved searches that have the name in them.
func (p *person) searchesIn(tx *bolt.Tx, c *Catalog) (keys [][]byte, err error) {
	b := tx.Bucket([]byte(bucketSearches))
	if b == nil {
		return nil, nil // an earlier version has none
	}
	err = b.ForEach(func(key, value []byte) error {
		var s Search
		if c.codec.unseal(key, value, &s) == nil && (p.mentioned(s.Name) || p.mentioned(s.Query)) {
			keys = append(keys, bytes.Clone(key))
		}
		return nil
	})
	return keys, err
}

func (p *person) removeFromFile(ctx context.Context, path string) error {
	c, err := openAsIs(path, false)
	if err != nil {
		return err
	}
	return p.removeFrom(ctx, c)
}

// removeFrom removes the faces from a file, compacts it and closes it.
func (p *person) removeFrom(ctx context.Context, c *Catalog) error {
	var t tracing
	err := guard(func() error {
		return c.db.Update(func(tx *bolt.Tx) error {
			if _, err := tx.CreateBucketIfNotExists([]byte(bucketEdits)); err != nil { // the first version had none
				return err
			}
			for id := range p.photos {
				if err := errors.Join(p.removeFace(tx, c, id), ctx.Err()); err != nil {
					return err
				}
			}
			searches, err := p.searchesIn(tx, c)
			if err != nil {
				return err
			}
			for _, key := range searches { // none if the bucket is not there
				if err := tx.Bucket([]byte(bucketSearches)).Delete(key); err != nil {
					return err
				}
			}
			err = tx.Bucket([]byte(bucketMeta)).Delete([]byte(keyLayout)) // Open makes the rows anew
			return errors.Join(err, t.begin(tx))
		})
	})
	if err != nil {
		return errors.Join(err, c.db.Close())
	}
	return t.compact(c)
}

// removeFace removes what a file knows of the person's face in one photo.
func (p *person) removeFace(tx *bolt.Tx, c *Catalog, id photo.ID) error {
	s, saidErr := c.said(tx, id[:])
	r, analysed, err := c.read(tx, id[:])
	if ignoreDamage(err) != nil {
		return err
	}
	if err != nil || saidErr != nil {
		// Nobody knows what a damaged value says.
		if err := errors.Join(tx.Bucket([]byte(bucketPhotos)).Delete(id[:]), tx.Bucket([]byte(bucketEdits)).Delete(id[:])); err != nil {
			return err
		}
		return c.waitAgain(tx, map[photo.ID]bool{id: true})
	}
	numbers := map[uint32]bool{}
	for _, e := range s.Faces {
		if p.is(e.Name) || p.at(id, e.Box) {
			numbers[e.Number] = true
		}
	}
	gone := func(f *face.Face) bool { return numbers[f.Number] || p.at(id, f.Box) }
	changed := r.Analysis.Drop(gone) > 0
	if r.Former != nil && r.Former.Analysis.Drop(gone) > 0 {
		changed = true
	}
	s.Faces = slices.DeleteFunc(slices.Clone(s.Faces), func(e face.Edit) bool { return numbers[e.Number] })
	s.Heard.silence(p.is) // the photo's files may name the person
	if err := c.putSaid(tx, id[:], &s); err != nil {
		return err
	}
	if changed && analysed {
		if err := c.putRecord(tx.Bucket([]byte(bucketPhotos)), &r); err != nil {
			return err
		}
	}
	return tx.Bucket([]byte(bucketRows)).Delete(id[:])
}

// at reports whether a box of a photo is that of the person's face.
func (p *person) at(id photo.ID, box face.Box) bool {
	return slices.ContainsFunc(p.boxes[id], func(b face.Box) bool { return b.IoU(box) >= face.SameFace })
}
