package catalog

import (
	"cmp"

	bolt "go.etcd.io/bbolt"

	"semblance/internal/photo"
)

// Sidecar is what was read from the XMP file of a photo.
type Sidecar struct {
	File photo.File // the photo's path, and its sidecars as they were when one was read
	ID   photo.ID   // of the photo, or of Of
	Of   string     // the picture that the photo, a RAW file, is shown as: the sidecar speaks about that one; "" for none
	Told *Told      // nil if there is none any more: what it said stays then

	// Again says that it could not be read for a reason that may pass without the file being changed: it stays Unheard.
	Again bool
}

// Unheard returns those of the files that a scan found, and that are analysed, whose sidecars are others than those that were read last, and what they
// are. It uses memory only.
func (c *Catalog) Unheard(files []photo.File) []Sidecar {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var out []Sidecar
	for _, f := range files {
		ref, ok := c.index.lookup(f.Path)
		if !ok {
			continue
		}
		v := &c.index.photos[ref].stored
		s := Sidecar{File: f, ID: v.ID}
		of := v
		if e := c.index.entry(ref); e.Hidden {
			picture, ok := c.index.lookup(e.Partner)
			if !ok {
				continue
			}
			of = &c.index.photos[picture].stored
			s.ID, s.Of = of.ID, e.Partner
		}
		if of.State == Done && !of.Bare && v.Sidecars != f.Sidecars {
			out = append(out, s)
		}
	}
	return out
}

// Hear takes over what sidecars say, as Record.Heard tells of it, all in one transaction, and returns the paths of photos with a face
// that nobody has looked at. Nothing is analysed for it. A photo whose content has changed since, or of which people's word is damaged, is left out.
func (c *Catalog) Hear(sidecars []Sidecar) (unseen []string, err error) {
	var changes []change
	err = c.update("hear", func() ([]change, error) {
		for _, s := range sidecars {
			v, known := c.stored(s.File.Path)
			if !s.Again {
				v.Sidecars = s.File.Sidecars
			}
			of, path := v, s.File.Path
			if s.Of != "" {
				path = s.Of
				var there bool
				of, there = c.stored(path)
				known = known && there
			}
			if !known || of.ID != s.ID || of.Bare {
				continue
			}
			if s.Of != "" {
				changes = append(changes, change{path: s.File.Path, stored: v})
			}
			changes = append(changes, change{path: path, stored: of, told: s.Told, sidecar: true, from: s.File.Path})
		}
		return changes, nil
	})
	if err != nil {
		return nil, err
	}
	for i := range changes {
		if changes[i].unseen {
			unseen = append(unseen, changes[i].path)
		}
	}
	return unseen, nil
}

// hear has a record take over what a file says, and stores what people and programs say then. What is damaged is not replaced.
func (c *Catalog) hear(tx *bolt.Tx, ch *change, r *Record) error {
	if ch.told == nil || r.Analysed.IsZero() {
		return nil
	}
	if _, err := c.said(tx, r.ID[:]); err != nil {
		return ignoreDamage(err)
	}
	if !r.hear(cmp.Or(ch.from, ch.path), ch.sidecar, *ch.told) {
		return nil
	}
	return c.putSaid(tx, r.ID[:], r.said())
}
