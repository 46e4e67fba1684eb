package library

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// Rate gives photos stars, 0 to photo.MaxRating; 0 takes them away.
//
// What is said of Rate holds for the other marks too: when it returns, everything is on the disk and in every search, for all copies of the
// photos. Photos that are not analysed yet are read, so call it off the main goroutine of a window where there are many. Those that cannot
// be read are errors, and the others are marked all the same.
func (l *Library) Rate(paths []string, stars int) error {
	return l.mark(paths, fmt.Sprintf("rate with %d %s", stars, plural(stars, "star")), func(m photo.Marks) photo.Marks {
		m.Rating = uint8(min(max(stars, 0), photo.MaxRating))
		return m
	})
}

// Flag picks or rejects photos, or takes that back.
func (l *Library) Flag(paths []string, f photo.Flag) error {
	return l.mark(paths, fmt.Sprintf("flag as %v", f), func(m photo.Marks) photo.Marks {
		m.Flag = f
		return m
	})
}

// Label gives photos a colour.
func (l *Library) Label(paths []string, label photo.Label) error {
	return l.mark(paths, fmt.Sprintf("label as %v", label), func(m photo.Marks) photo.Marks {
		m.Label = label
		return m
	})
}

// Tag gives photos tags, as photo.CleanTag returns them, and takes others away.
func (l *Library) Tag(paths []string, add, remove []string) error {
	for _, tag := range slices.Concat(add, remove) {
		if clean, err := photo.CleanTag(tag); err != nil || clean != tag {
			return fmt.Errorf("tag %q: %w", tag, photo.ErrMark)
		}
	}
	what := "tag"
	if len(add) == 0 {
		what = "remove a tag"
	}
	return l.mark(paths, what, func(m photo.Marks) photo.Marks {
		for _, tag := range remove {
			m = m.WithoutTag(tag)
		}
		for _, tag := range add {
			m = m.WithTag(tag)
		}
		return m
	})
}

func (l *Library) mark(paths []string, what string, change func(photo.Marks) photo.Marks) error {
	targets, unread := l.identify(l.withPartners(paths))
	if len(targets) == 0 {
		return unread
	}
	if n := l.cells(targets); n > 1 {
		what = fmt.Sprintf("%s %d photos", what, n)
	}
	err := l.editAll(targets, what, func(r *catalog.Record) error {
		r.Marks = change(r.Marks)
		return nil
	})
	return errors.Join(err, unread)
}

// Call says whose face it is: name as face.CleanName returns it, "" to take it away. When it returns, that is on the disk and in every
// search. The error is ErrNotAnalysed, face.ErrNoFace or face.ErrName.
func (l *Library) Call(path string, number uint32, name string) error {
	what := fmt.Sprintf("name face %d %s", number, name)
	if name == "" {
		what = fmt.Sprintf("remove the name of face %d", number)
	}
	return l.edit(path, what, func(r *catalog.Record) error { return r.Edits.Call(&r.Analysis, number, name) })
}

// EntryAt returns what the index knows about the photo at a path; ok is false for one that no scan has met. It uses memory only.
func (l *Library) EntryAt(path string) (e Entry, ok bool) {
	ref, ok := l.catalog.Lookup(path)
	if !ok {
		return Entry{}, false
	}
	return l.catalog.Entry(ref), true
}

// AllTexts returns what people wrote, or files say, in a text field of the query language anywhere in the catalog: those texts that contain part
// without regard to case, the most frequent first, at most limit of them. It uses memory only.
func (l *Library) AllTexts(field, part string, limit int) []TextCount {
	return l.catalog.Texts(query.Expr{}, catalog.Scope{}, field, part, limit)
}

// Texts returns the texts of such a field among what e finds without its own terms on the field, in the open folder or everywhere, the most
// frequent first, at most limit of them. It uses memory only.
func (l *Library) Texts(e query.Expr, everywhere bool, field string, limit int) []TextCount {
	var s catalog.Scope
	if !everywhere {
		s.Folder, s.Recursive = l.Folder()
	}
	return l.catalog.Texts(e, s, field, "", limit)
}

// TextCount is a text that photos or faces have, and how many.
type TextCount = catalog.TextCount

// identify finds out the contents of photos, and reads those that nobody has read yet. The error names each that cannot be read.
func (l *Library) identify(paths []string) (targets []target, unread error) {
	var errs []error
	fresh := map[string]photo.ID{}
	for _, path := range paths {
		id, ok := l.catalog.Identity(path)
		if !ok {
			var err error
			if _, tracked := l.catalog.Lookup(path); !tracked {
				err = catalog.ErrUnknown
			} else if id, err = l.decoder.Identity(l.ctx, path); err == nil {
				fresh[path] = id
			}
			if err != nil {
				errs = append(errs, fmt.Errorf("%s: %w", path, err))
				continue
			}
		}
		targets = append(targets, target{path, id})
	}
	if len(fresh) > 0 {
		if err := l.catalog.Identify(fresh); err != nil {
			return nil, errors.Join(append(errs, err)...)
		}
	}
	return targets, errors.Join(errs...)
}

func plural(n int, word string) string {
	if n == 1 {
		return word
	}
	return word + "s"
}

// Album is a list of photos that a person picked by hand.
type Album = catalog.Album

// SavedSearch is a filter with a name.
type SavedSearch = catalog.Search

// Errors of albums, searches and marks.
var (
	ErrNoAlbum = catalog.ErrNoAlbum
	ErrMark    = photo.ErrMark
	ErrName    = face.ErrName
)

// albumBefore is an album as it was before an edit; if it was not there, it has no more than its name.
type albumBefore struct {
	Album
	there bool
}

// Albums returns all albums by name. They must not be changed.
func (l *Library) Albums() []Album { return l.catalog.Albums() }

// AlbumCounts returns how many photos a search for each album finds, by name: copies of one content too, and none that is gone. Albums without any are not
// in it.
func (l *Library) AlbumCounts() map[string]int {
	counts := map[string]int{}
	for _, t := range l.AllTexts("album", "", math.MaxInt) {
		counts[t.Text] = t.Count
	}
	return counts
}

// Collect adds photos to an album, at its end, and makes the album if there is none. What is said of Rate about reading holds here too.
func (l *Library) Collect(album string, paths []string) error {
	targets, unread := l.identify(l.withPartners(paths))
	if len(targets) == 0 && len(paths) > 0 {
		return unread
	}
	err := l.changeAlbum(album, fmt.Sprintf("add to the album %s", album), func(a *Album) {
		for _, t := range targets {
			a.Photos = append(a.Photos, t.id) // what is there already is stored once
		}
	})
	return errors.Join(err, unread)
}

// Uncollect takes photos out of an album. The error is ErrNoAlbum if there is none of that name.
func (l *Library) Uncollect(album string, paths []string) error {
	if _, ok := l.catalog.Album(album); !ok {
		return fmt.Errorf("album %q: %w", album, ErrNoAlbum)
	}
	targets, unread := l.identify(l.withPartners(paths))
	out := map[photo.ID]bool{}
	for _, t := range targets {
		out[t.id] = true
	}
	err := l.changeAlbum(album, fmt.Sprintf("remove from the album %s", album), func(a *Album) {
		a.Photos = slices.DeleteFunc(a.Photos, func(id photo.ID) bool { return out[id] })
	})
	return errors.Join(err, unread)
}

// RemoveAlbum removes an album; its photos stay as they are. The error is ErrNoAlbum if there is none of that name.
func (l *Library) RemoveAlbum(name string) error {
	a, ok := l.catalog.Album(name)
	if !ok {
		return fmt.Errorf("album %q: %w", name, ErrNoAlbum)
	}
	l.editing.Lock()
	defer l.editing.Unlock()
	back, err := l.putAlbum(&albumBefore{Album: Album{Name: a.Name}})
	if err == nil {
		l.history.did(step{what: fmt.Sprintf("remove the album %s", a.Name), album: back})
	}
	return err
}

// RenameAlbum gives an album another name. The error is ErrNoAlbum if there is none of that name, ErrMark if the new one is taken or no name.
func (l *Library) RenameAlbum(name, to string) error {
	l.editing.Lock() // else a photo that is added meanwhile would go with the former album
	defer l.editing.Unlock()
	a, err := l.renameAlbum(name, to)
	if err == nil {
		l.history.did(step{what: fmt.Sprintf("rename the album %s", a.Name), renamed: &renamed{to, a.Name}})
	}
	return err
}

// renamed is the name of an album, and what it was called before.
type renamed struct{ name, before string }

// renameAlbum returns the album as it was. Everybody is told.
func (l *Library) renameAlbum(name, to string) (Album, error) {
	a, ok := l.catalog.Album(name)
	if !ok {
		return a, fmt.Errorf("album %q: %w", name, ErrNoAlbum)
	}
	same := photo.CompareTags(name, to) == 0
	if _, taken := l.catalog.Album(to); taken && !same {
		return a, fmt.Errorf("album %q: %w: there is one of this name", to, ErrMark)
	}
	if err := l.catalog.PutAlbum(Album{Name: to, Photos: a.Photos}); err != nil {
		return a, err
	}
	defer l.send(Event{Kind: AlbumsChanged})
	if same {
		return a, nil
	}
	return a, l.catalog.RemoveAlbum(name)
}

func (l *Library) changeAlbum(name, what string, change func(*Album)) error {
	l.editing.Lock()
	defer l.editing.Unlock()
	var back albumBefore
	err := l.catalog.EditAlbum(name, func(a *Album, there bool) {
		back = albumBefore{Album{Name: a.Name, Photos: slices.Clone(a.Photos)}, there}
		change(a)
	})
	if err == nil {
		l.history.did(step{what: what, album: &back})
		l.send(Event{Kind: AlbumsChanged})
	}
	return err
}

// putAlbum makes an album what it was, and returns what it is. Everybody is told.
func (l *Library) putAlbum(to *albumBefore) (now *albumBefore, err error) {
	a, ok := l.catalog.Album(to.Name)
	if !ok {
		a.Name = to.Name
	}
	now = &albumBefore{a, ok}
	switch {
	case to.there:
		err = l.catalog.PutAlbum(to.Album)
	case ok:
		err = l.catalog.RemoveAlbum(to.Name)
	}
	if err == nil {
		l.send(Event{Kind: AlbumsChanged})
	}
	return now, err
}

// Searches returns the saved searches by name.
func (l *Library) Searches() []SavedSearch { return l.catalog.Searches() }

// SaveSearch gives a filter a name, or another filter to a name. The error is ErrMark if the name is none.
func (l *Library) SaveSearch(name string, e query.Expr) error {
	err := l.catalog.PutSearch(SavedSearch{Name: name, Query: e.String()})
	if err == nil {
		l.send(Event{Kind: AlbumsChanged})
	}
	return err
}

// RemoveSearch removes a saved search. The error is ErrNoAlbum if there is none of that name.
func (l *Library) RemoveSearch(name string) error {
	err := l.catalog.RemoveSearch(name)
	if err == nil {
		l.send(Event{Kind: AlbumsChanged})
	}
	return err
}
