package library

import (
	"slices"

	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
)

// A RAW file and the picture that the camera made of it are one photo unless somebody wants two. The picture is shown and analysed, the RAW file
// is tracked only. What people say goes to both records, so that it is there when the two are shown apart, or when one of them is deleted.

// PairsAsOne reports whether a RAW file and the JPEG or HEIC of its name are shown as one photo.
func (l *Library) PairsAsOne() bool { return !l.settings.pairsApart() }

// SetPairs says whether they are; it is remembered with the catalog. RAW files that are shown of their own are analysed like others.
func (l *Library) SetPairs(asOne bool) {
	l.settings.setPairsApart(!asOne)
	l.settings.save()
	l.showPairs(asOne)
}

func (l *Library) showPairs(asOne bool) {
	l.catalog.SetPairs(asOne)
	if asOne {
		l.rejoin()
	}
	folder, recursive := l.Folder()
	if folder != "" {
		raws := l.catalog.Pairs(folder, recursive)
		if asOne {
			l.unqueue(raws)
		} else {
			l.enqueuePaths(l.ctx, raws)
		}
		l.checkIdle()
	}
	l.send(Event{Kind: PolicyChanged})
}

// rejoin joins the pairs about which something was said while they were apart.
func (l *Library) rejoin() {
	var pictures []string
	for _, raw := range l.catalog.Pairs("", true) {
		if e, ok := l.EntryAt(raw); ok && e.Partner != "" {
			pictures = append(pictures, e.Partner)
		}
	}
	if err := l.join(pictures); err != nil {
		l.log.Warn("join RAW files and pictures", "err", err)
	}
}

// unqueue takes photos out of the queue.
func (l *Library) unqueue(paths []string) {
	if len(paths) == 0 {
		return
	}
	out := map[string]bool{}
	for _, path := range paths {
		out[path] = true
	}
	l.queue.Remove(func(path string) bool { return out[path] })
}

// withPartners returns paths and, behind each, the other half of its pair.
func (l *Library) withPartners(paths []string) []string {
	var all []string
	given := map[string]bool{}
	for _, path := range paths {
		given[path] = true
	}
	for _, path := range paths {
		all = append(all, path)
		if e, ok := l.EntryAt(path); ok && e.Partner != "" && !given[e.Partner] {
			all = append(all, e.Partner)
		}
	}
	return all
}

// cells returns how many photos a person sees of targets: pairs count once.
func (l *Library) cells(targets []target) int {
	n, there := 0, map[string]bool{}
	for _, t := range targets {
		there[t.path] = true
	}
	for _, t := range targets {
		if e, _ := l.EntryAt(t.path); !e.Hidden || !there[e.Partner] {
			n++
		}
	}
	return n
}

// forget takes photos that are gone out of the index. A RAW file whose picture is gone is a photo of its own from then on.
func (l *Library) forget(gone []string) error {
	var left []string
	for _, path := range gone {
		if e, ok := l.EntryAt(path); ok && e.Partner != "" && !e.Hidden {
			left = append(left, e.Partner) // those that are gone too are not queued
		}
	}
	if err := l.catalog.Forget(gone); err != nil {
		return err
	}
	l.enqueuePaths(l.ctx, left)
	return nil
}

// changeOfFace is what was said about a face before and after an edit.
type changeOfFace struct{ before, after face.Edit }

// editPair is editAll of one photo, and has what people say about the faces of its RAW file follow.
func (l *Library) editPair(of target, raw target, what string, change func(*catalog.Record) error) error {
	var changes []changeOfFace
	var w, h int
	return l.editAll([]target{of, raw}, what, func(r *catalog.Record) error {
		if r.ID != of.id {
			follow(r, changes, w, h)
			return nil
		}
		before := face.Edits{Faces: slices.Clone(r.Edits.Faces)}
		if err := change(r); err != nil {
			return err
		}
		w, h = r.Analysis.W, r.Analysis.H
		for _, b := range differences(&r.Edits, &before) {
			changes = append(changes, changeOfFace{b, r.Edits.Of(b.Number)})
		}
		return nil
	})
}

// follow has a record say what was changed about faces of a picture of w x h pixels.
func follow(r *catalog.Record, changes []changeOfFace, w, h int) {
	var a *face.Analysis
	toW, toH := r.FrameW, r.FrameH
	switch {
	case !r.Analysed.IsZero():
		a = &r.Analysis
		toW, toH = a.W, a.H
	case toW == 0: // nobody knows the photo's size: the boxes stay in the frame of the picture until somebody does
		toW, toH = w, h
		r.FrameW, r.FrameH = w, h
	}
	for _, c := range changes {
		c.before.Box = face.Reframe(c.before.Box, w, h, toW, toH)
		c.after.Box = face.Reframe(c.after.Box, w, h, toW, toH)
		r.Edits.Follow(c.before, c.after, a, r.Last)
	}
}

// partnerTarget returns the RAW file to which edits of the faces of a photo go too; ok is false if there is none, or it cannot be read.
func (l *Library) partnerTarget(path string) (raw target, ok bool) {
	e, _ := l.EntryAt(path)
	if e.Partner == "" || e.Hidden {
		return target{}, false
	}
	targets, err := l.identify([]string{e.Partner})
	if err != nil || len(targets) != 1 {
		l.log.Warn("identify the RAW file", "path", e.Partner, "err", err)
		return target{}, false
	}
	return targets[0], targets[0].id != photo.ID{}
}
