package library

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync/atomic"

	"semblance/catalog"
	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// ErrNotAnalysed is the error of an edit of a photo that nobody has looked at yet.
var ErrNotAnalysed = errors.New("the photo is not analysed yet")

// ErrHidden is the error of a correction of what the policy hides.
var ErrHidden = query.ErrHidden

// Judge gives a face of a photo a verdict; NoVerdict takes one back. When it returns, the verdict is
// on the disk and in every search. The error is ErrNotAnalysed or face.ErrNoFace where there is nothing to judge.
func (l *Library) Judge(path string, number uint32, v face.Verdict) error {
	what := map[face.Verdict]string{
		face.Accepted: "accept face %d", face.Rejected: "reject face %d", face.NoVerdict: "restore face %d",
	}[v]
	return l.edit(path, fmt.Sprintf(what, number), func(r *catalog.Record) error {
		return r.Edits.Judge(&r.Analysis, number, v)
	})
}

// Correct says that value, a number as face.Face.Value returns it, is the value of a feature of a face: it is the value
// from then on, whatever an analysis sees. When it returns, that is on the disk and in every search. The error is
// ErrNotAnalysed, ErrHidden, face.ErrNoFace or face.ErrNoValue.
func (l *Library) Correct(path string, number uint32, feature face.Features, value int) error {
	if l.Policy().Hidden()&feature != 0 {
		return fmt.Errorf("%s: %v: %w", path, feature, ErrHidden)
	}
	return l.edit(path, fmt.Sprintf("correct %v of face %d", feature, number), func(r *catalog.Record) error {
		return r.Edits.Correct(&r.Analysis, number, feature, value)
	})
}

// Revert takes back what was said about the values of features of a face: they are what an analysis saw
// again. Of what the policy hides, nothing is taken back. The error is ErrNotAnalysed or face.ErrNoFace.
func (l *Library) Revert(path string, number uint32, features face.Features) error {
	features &^= l.Policy().Hidden()
	what := "corrections"
	if names := features.Names(); len(names) == 1 {
		what = names[0]
	}
	return l.edit(path, fmt.Sprintf("revert %s of face %d", what, number), func(r *catalog.Record) error {
		return r.Edits.Revert(&r.Analysis, number, features)
	})
}

// RestoreFaces takes back all rejections of a photo.
func (l *Library) RestoreFaces(path string) error {
	return l.edit(path, "restore rejected faces", func(r *catalog.Record) error {
		for _, e := range slices.Clone(r.Edits.Faces) {
			if e.Verdict != face.Rejected {
				continue
			}
			if err := r.Edits.Judge(&r.Analysis, e.Number, face.NoVerdict); err != nil {
				return err
			}
		}
		return nil
	})
}

// DrawFace adds a face in a box that a person drew, in pixels of the upright photo, and
// returns its number. The face is there at once; what can be seen of it is found out
// in the background. The error is ErrNotAnalysed, or face.ErrSmallBox for a box that is too small.
func (l *Library) DrawFace(path string, box face.Box) (number uint32, err error) {
	err = l.edit(path, "mark a face", func(r *catalog.Record) (err error) {
		number, err = r.Edits.Draw(&r.Analysis, box, r.Last)
		return err
	})
	return number, err
}

// edit stores a change of what people said about the faces of a photo, and how to undo it.
func (l *Library) edit(path, what string, change func(*catalog.Record) error) error {
	var id photo.ID
	if ref, ok := l.catalog.Lookup(path); ok {
		id = l.catalog.Entry(ref).ID
	}
	if id.IsZero() {
		return fmt.Errorf("%s: %w", path, ErrNotAnalysed)
	}
	of := target{path, id}
	var err error
	if raw, ok := l.partnerTarget(path); ok && raw.id != id {
		err = l.editPair(of, raw, what, change)
	} else {
		err = l.editAll([]target{of}, what, change)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	return nil
}

// A target is a photo that is edited.
type target struct {
	path string
	id   photo.ID
}

// editAll stores a change of what people said about photos, all at once, and how to undo it.
func (l *Library) editAll(targets []target, what string, change func(*catalog.Record) error) error {
	l.editing.Lock()
	defer l.editing.Unlock()
	back, err := l.amend(targets, change)
	if err == nil && len(back) > 0 {
		l.history.did(step{what: what, photos: back})
	}
	return err
}

// saidBefore is what people said about a photo before an edit: about the faces of which they say something else now, and about
// the photo as a whole.
type saidBefore struct {
	target
	faces []face.Edit
	marks photo.Marks
	after photo.Marks // what the edit made of marks

	open, opened []catalog.Difference // what was not decided before and after
}

// amend stores a change and returns what takes it back, without those that it left as they were. It tells everybody, and has faces looked
// at that nobody has looked at yet.
func (l *Library) amend(targets []target, change func(*catalog.Record) error) (back []saidBefore, err error) {
	var (
		ids    []photo.ID
		unseen []string // photos with such faces
		first  = map[photo.ID]target{}
	)
	for _, t := range targets { // copies of one photo are edited once
		if _, twice := first[t.id]; !twice {
			first[t.id] = t
			ids = append(ids, t.id)
		}
	}
	err = l.catalog.EditAll(ids, func(r *catalog.Record) error {
		before := face.Edits{Faces: slices.Clone(r.Edits.Faces)}
		b := saidBefore{target: first[r.ID], marks: r.Marks, open: r.Heard.Open}
		if err := change(r); err != nil {
			return err
		}
		b.after, b.opened = r.Marks, r.Heard.Open
		if b.faces = differences(&r.Edits, &before); len(b.faces) > 0 || !b.marks.Equal(r.Marks) || !reflect.DeepEqual(b.open, b.opened) {
			back = append(back, b)
		}
		if !r.Analysed.IsZero() && len(r.Edits.Missing(&r.Analysis)) > 0 {
			unseen = append(unseen, b.path)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	for _, path := range unseen {
		if e, _ := l.EntryAt(path); e.Hidden {
			continue // it is looked at when it is shown
		}
		if !l.queue.Running(path) { // if it is, commit sees to it
			l.lookAt(path)
		}
	}
	for _, id := range ids {
		for _, path := range l.catalog.PathsOf(id) {
			l.send(Event{Kind: PhotoChanged, Path: path})
		}
	}
	return back, nil
}

// lookAt has a photo analysed before all others.
func (l *Library) lookAt(path string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.analyses && !l.ended {
		l.busy()
		l.queue.Push(path, pipeline.Opened)
	}
}

// drawnMeanwhile reports whether a photo has a face that a person drew or accepted after its
// analysis was begun, so that nobody has looked at it yet.
func (l *Library) drawnMeanwhile(r pipeline.Result) bool {
	ref, ok := l.catalog.Lookup(r.Path)
	if !ok || r.Err != nil || l.catalog.Entry(ref).Have != 0 {
		return false
	}
	rec, err := l.catalog.Record(r.Path)
	if err != nil {
		return false // whoever shows the photo says so
	}
	return slices.ContainsFunc(rec.Edits.Missing(&rec.Analysis), func(e face.Edit) bool { return r.Edits.Of(e.Number) != e })
}

// differences returns what before says about each face of which now says something else.
func differences(now, before *face.Edits) []face.Edit {
	var back []face.Edit
	for _, e := range before.Faces {
		if now.Of(e.Number) != e {
			back = append(back, e)
		}
	}
	for _, e := range now.Faces {
		if was := before.Of(e.Number); was == (face.Edit{Number: e.Number}) {
			back = append(back, was)
		}
	}
	return back
}

// A step is an edit that can be taken back.
type step struct {
	what    string // in words: "reject face 3"
	photos  []saidBefore
	album   *albumBefore // of an album, instead of photos
	renamed *renamed     // of an album's name, instead of both
}

// path returns the photo of a step, the first one of many; "" for an album.
func (s *step) path() string {
	if len(s.photos) == 0 {
		return ""
	}
	return s.photos[0].path
}

// maxHistory bounds how many edits can be undone.
const maxHistory = 1000

// history is the edits of this session.
type history struct {
	done, undone     []step
	canUndo, canRedo atomic.Bool // whether there are any: who asks must not wait for an edit that is being stored
}

func (h *history) tell() {
	h.canUndo.Store(len(h.done) > 0)
	h.canRedo.Store(len(h.undone) > 0)
}

// CanUndo reports whether Undo has anything to take back. Undo may still find that none of it changes anything.
func (l *Library) CanUndo() bool { return l.history.canUndo.Load() }

// CanRedo reports whether Redo has anything to take back.
func (l *Library) CanRedo() bool { return l.history.canRedo.Load() }

func (h *history) did(s step) {
	h.done = append(h.done, s)
	if len(h.done) > maxHistory {
		h.done = slices.Delete(h.done, 0, len(h.done)-maxHistory)
	}
	h.undone = nil
	h.tell()
}

// Undo takes back the last edit of this session that was not undone yet, and returns the photo, the first one of many, and
// the edit in words: "reject face 3". Both are "" if there is none. Edits of nothing but what the policy hides
// are passed over and forgotten, and others leave what it hides as it is. Where that cannot be, the error is ErrHidden.
func (l *Library) Undo() (path, what string, err error) {
	l.editing.Lock()
	defer l.editing.Unlock()
	return l.move(&l.history.done, &l.history.undone)
}

// Redo takes back the last Undo, if no other edit came after it.
func (l *Library) Redo() (path, what string, err error) {
	l.editing.Lock()
	defer l.editing.Unlock()
	return l.move(&l.history.undone, &l.history.done)
}

// move takes back the last step of from that changes anything, and makes its opposite the last one of to.
func (l *Library) move(from, to *[]step) (path, what string, err error) {
	defer l.history.tell()
	for len(*from) > 0 {
		s := (*from)[len(*from)-1]
		opposite, changed, err := l.takeBack(s)
		if err != nil {
			return "", "", err
		}
		*from = (*from)[:len(*from)-1]
		if changed {
			*to = append(*to, opposite)
			return s.path(), s.what, nil
		}
	}
	return "", "", nil
}

// takeBack takes back a step, and returns what takes that back.
func (l *Library) takeBack(s step) (opposite step, changed bool, err error) {
	opposite = step{what: s.what}
	if s.album != nil {
		opposite.album, err = l.putAlbum(s.album)
		return opposite, err == nil, err
	}
	if r := s.renamed; r != nil {
		opposite.renamed = &renamed{r.before, r.name}
		_, err = l.renameAlbum(r.name, r.before)
		return opposite, err == nil, err
	}
	hidden := l.Policy().Hidden()
	before := map[photo.ID]saidBefore{}
	var targets []target
	followed := map[photo.ID]bool{}
	for _, b := range s.photos {
		if id, ok := l.follow(&b); ok {
			b.id = id
			followed[id] = true
		}
		before[b.id] = b
		targets = append(targets, b.target)
	}
	opposite.photos, err = l.amend(targets, func(r *catalog.Record) error {
		b := before[r.ID]
		if followed[r.ID] && !r.Marks.Equal(b.after) {
			return nil // they are not the ones that were carried over
		}
		for _, e := range b.faces {
			now := r.Edits.Of(e.Number)
			if now.Drawn && !e.Drawn && now.Said.Features()&hidden != 0 { // the face would go, and what was said of it stay
				return fmt.Errorf("%s: face %d was corrected in what is %w", s.what, e.Number, ErrHidden)
			}
			r.Edits.Set(e.SaidAs(now, hidden))
		}
		r.Marks = undone(r.Marks, b.marks, b.after)
		if reflect.DeepEqual(r.Heard.Open, b.opened) { // else another program has changed its file since
			r.Heard.Open = b.open
		}
		return nil
	})
	if err != nil {
		return step{}, false, fmt.Errorf("%s: %w", s.path(), err)
	}
	return opposite, len(opposite.photos) > 0, nil
}

// undone returns marks without an edit that made after of before. What has come from another program since stays.
func undone(now, before, after photo.Marks) photo.Marks {
	if before.Rating != after.Rating {
		now.Rating = before.Rating
	}
	if before.Flag != after.Flag {
		now.Flag = before.Flag
	}
	if before.Label != after.Label {
		now.Label = before.Label
	}
	for _, tag := range after.Tags {
		if !before.HasTag(tag) {
			now = now.WithoutTag(tag)
		}
	}
	for _, tag := range before.Tags {
		if !after.HasTag(tag) {
			now = now.WithTag(tag)
		}
	}
	return now
}

// follow returns the content that has the marks of b now: another program has changed the file since, and the former content is nowhere any more. ok is
// false if there is none.
func (l *Library) follow(b *saidBefore) (id photo.ID, ok bool) {
	id, ok = l.catalog.Identity(b.path)
	return id, ok && id != b.id && len(b.faces) == 0 && len(l.catalog.PathsOf(b.id)) == 0
}
