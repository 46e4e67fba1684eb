package library

import (
	"fmt"
	"slices"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// Two files that become a pair, as when a picture is developed beside a RAW file that somebody rated, may have been spoken about apart. What was
// said about one and not about the other is said about both from then on; where they differ each keeps its own, and the picture's is shown.

// partners returns the other halves of photos, for those that have one.
func (l *Library) partners(files []photo.File) map[string]string {
	pairs := map[string]string{}
	for _, f := range files {
		if e, ok := l.EntryAt(f.Path); ok && e.Partner != "" {
			pairs[f.Path] = e.Partner
		}
	}
	return pairs
}

// joinNew joins those pairs of files that were none before.
func (l *Library) joinNew(files []photo.File, before map[string]string) {
	var pictures []string
	seen := map[string]bool{}
	for path, partner := range l.partners(files) {
		if before[path] == partner {
			continue
		}
		if photo.IsRAW(path) {
			path = partner
		}
		if !seen[path] {
			seen[path] = true
			pictures = append(pictures, path)
		}
	}
	slices.Sort(pictures)
	if err := l.join(pictures); err != nil {
		l.log.Warn("join RAW files and pictures", "err", err)
	}
}

// join has both halves of pairs, which are named by their pictures, say what was said about one.
func (l *Library) join(pictures []string) error {
	var ids []photo.ID
	var both [][2]photo.ID
	for _, picture := range pictures {
		e, _ := l.EntryAt(picture)
		if e.Partner == "" || !l.anythingSaid(picture) && !l.anythingSaid(e.Partner) {
			continue
		}
		targets, err := l.identify([]string{picture, e.Partner})
		if err != nil {
			l.log.Info("join a RAW file and its picture", "path", picture, "err", err)
			continue
		}
		if id, raw := targets[0].id, targets[1].id; id != raw {
			both = append(both, [2]photo.ID{id, raw})
			ids = append(ids, raw, id, raw)
		}
	}
	if len(ids) == 0 {
		return nil
	}
	l.editing.Lock()
	defer l.editing.Unlock()
	var last catalog.Record // of the other half
	i := 0
	err := l.catalog.EditAll(ids, func(r *catalog.Record) error {
		if i%3 > 0 {
			takeOver(r, &last)
		}
		i++
		last = *r
		last.Edits.Faces = slices.Clone(r.Edits.Faces)
		return nil
	})
	if err != nil {
		return fmt.Errorf("join pairs: %w", err)
	}
	return l.joinAlbums(both)
}

// takeOver has a record say what that of the other half says, as far as it says nothing itself.
func takeOver(r, other *catalog.Record) {
	r.Marks = catalog.JoinMarks(r.Marks, other.Marks)
	if len(other.Edits.Faces) == 0 {
		return
	}
	w, h := frameOf(other)
	toW, toH := frameOf(r)
	if toW == 0 {
		toW, toH = w, h
		r.FrameW, r.FrameH = w, h
	}
	var a *face.Analysis
	if !r.Analysed.IsZero() {
		a = &r.Analysis
	}
	r.Edits.Adopt(face.Reframed(other.Edits.Faces, w, h, toW, toH), a, r.Last)
}

// frameOf returns the size of the picture in which the boxes of a record lie, 0 if nobody knows.
func frameOf(r *catalog.Record) (w, h int) {
	if r.Analysed.IsZero() {
		return r.FrameW, r.FrameH
	}
	return r.Analysis.W, r.Analysis.H
}

// anythingSaid reports whether people said anything about a photo that is known to the catalog.
func (l *Library) anythingSaid(path string) bool {
	e, _ := l.EntryAt(path)
	if !e.Marks.IsZero() {
		return true
	}
	id, ok := l.catalog.Identity(path)
	if !ok {
		return false
	}
	if slices.ContainsFunc(l.catalog.Albums(), func(a Album) bool { return slices.Contains(a.Photos, id) }) {
		return true
	}
	r, err := l.catalog.Record(path)
	return err == nil && len(r.Edits.Faces) > 0
}

// joinAlbums puts the other half of a pair into the albums that one is in.
func (l *Library) joinAlbums(both [][2]photo.ID) error {
	changed := false
	for _, a := range l.catalog.Albums() {
		in := map[photo.ID]bool{}
		for _, id := range a.Photos {
			in[id] = true
		}
		var missing []photo.ID
		for _, p := range both {
			switch {
			case in[p[0]] && !in[p[1]]:
				missing = append(missing, p[1])
			case in[p[1]] && !in[p[0]]:
				missing = append(missing, p[0])
			}
		}
		if len(missing) == 0 {
			continue
		}
		changed = true
		if err := l.catalog.EditAlbum(a.Name, func(a *Album, _ bool) { a.Photos = append(a.Photos, missing...) }); err != nil {
			return err
		}
	}
	if changed {
		l.send(Event{Kind: AlbumsChanged})
	}
	return nil
}
