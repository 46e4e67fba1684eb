package library

import (
	"context"
	"fmt"
	"path/filepath"

	"semblance/internal/export"
)

// ExportSummary is what an export did.
type ExportSummary struct {
	Written int     // sidecars
	Skipped int     // photos that are not analysed yet
	Failed  []error // one for each photo whose sidecar could not be written
}

// ExportJSON writes a JSON sidecar beside every photo that is analysed. It goes
// on after an error and stops only when ctx ends, with its error. progress may be nil.
func (l *Library) ExportJSON(ctx context.Context, paths []string, d export.Dialect, progress func(done, total int)) (ExportSummary, error) {
	var s ExportSummary
	for i, path := range paths {
		if err := ctx.Err(); err != nil {
			return s, err
		}
		switch written, err := l.writeSidecar(path, d); {
		case err != nil:
			s.Failed = append(s.Failed, err)
			l.log.Info("export failed", "path", path, "err", err)
		case written:
			s.Written++
		default:
			s.Skipped++
		}
		if progress != nil {
			progress(i+1, len(paths))
		}
	}
	return s, nil
}

// writeSidecar reports whether the photo had something to write.
func (l *Library) writeSidecar(path string, d export.Dialect) (bool, error) {
	p, err := l.Photo(path)
	if err != nil {
		return false, err
	}
	if p.Analysis == nil {
		return false, nil
	}
	if _, err := export.WriteSidecar(path, Document(p), d, export.Options{Indent: true}); err != nil {
		return false, fmt.Errorf("%s: %w", path, err)
	}
	return true, nil
}

// Document is a photo in the form that export writes. The photo must be analysed.
func Document(p Photo) export.Document {
	return export.Document{
		File:        filepath.Base(p.Path),
		ID:          p.ID,
		W:           p.Analysis.W,
		H:           p.Analysis.H,
		StoredW:     p.Meta.StoredW,
		StoredH:     p.Meta.StoredH,
		Orientation: p.Meta.Orientation,
		Taken:       p.Meta.Taken,
		Camera:      p.Meta.Camera(),
		Models:      p.Analysis.Models,
		Have:        p.Analysis.Have,
		Faces:       p.Analysis.Faces,
		Rejected:    p.Rejected,
		Sure:        p.Sure,
		Marks:       &p.Marks,
	}
}
