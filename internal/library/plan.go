package library

import (
	"semblance/analysis"
	"semblance/catalog"
	"semblance/internal/face"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
)

// wanted is what is found out about every face.
func (l *Library) wanted() face.Features { return l.Policy().Wanted() }

// plan says what is to be found out about a photo whose content is id. What was found in
// the same picture before, under whatever path and in whatever orientation, is kept and only added to, unless faces
// are to be looked for harder than they were. No later analysis looks less hard than an earlier one.
func (l *Library) plan(path string, id photo.ID) pipeline.Plan {
	k, err := l.catalog.Known(path, id)
	if err != nil {
		l.log.Warn("read record", "path", path, "err", err)
	}
	req := analysis.Request{Want: l.wanted(), Mode: l.mode, Turned: k.Look&LookTurned != 0}
	if k.Look&LookHarder != 0 {
		req.Mode = analysis.Thorough
	}
	if k.Record == nil {
		if l.isOpened(path) && k.Look == 0 {
			req.Mode = analysis.Fast // commit sees to the rest
		}
		return pipeline.Plan{Request: req}
	}
	a := &k.Record.Analysis
	if !k.Renew && !k.Overlooked && !weaker(a.Mode, req.Mode) && (a.Turned || !req.Turned) {
		req.Known = a
	}
	if made, err := analysis.ParseMode(a.Mode); err == nil {
		req.Mode = max(req.Mode, made)
	}
	req.Turned = req.Turned || a.Turned
	for i := range a.Faces {
		req.Turned = req.Turned || a.Faces[i].Turn != 0
	}
	return pipeline.Plan{
		Request: req, Former: a, Edits: k.Record.Edits,
		Thumbnail: l.thumbs.Has(id, ThumbnailSide), Warnings: k.Record.Warnings,
	}
}

// incomplete reports whether there is more to be found out about a photo that is
// analysed: an earlier version did not look for everything, or it was looked at in a hurry.
func (l *Library) incomplete(e catalog.Entry) bool {
	return e.State == Done && (!e.Have.Has(l.wanted()) || weaker(e.Mode, l.mode))
}

// weaker reports whether an analysis that was made in mode looked less hard than m does.
// One without a detector has no such mode, and is not weaker.
func weaker(mode string, m analysis.Mode) bool {
	made, err := analysis.ParseMode(mode)
	return err == nil && made < m
}

// isOpened reports whether a person looks at the photo.
func (l *Library) isOpened(path string) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return path == l.opened
}
