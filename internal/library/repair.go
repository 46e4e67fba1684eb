package library

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"

	"semblance/catalog"
	"semblance/internal/decode"
	"semblance/internal/export"
	"semblance/internal/photo"
)

// The catalog's words for what can be wrong with it, and for what helps.
type (
	// DamageError is the error of Open for a file that is no sound catalog.
	DamageError = catalog.DamageError
	// Backup is a copy of the catalog in the folder of backups beside it.
	Backup = catalog.Copy
	// Mended says what Upkeep.Mend did.
	Mended = catalog.Mended
)

// Errors that clients test for. See package catalog.
var (
	ErrDamaged      = catalog.ErrDamaged
	ErrInUse        = catalog.ErrInUse
	ErrNewer        = catalog.ErrNewer
	ErrNobody       = catalog.ErrNobody
	ErrNothingThere = catalog.ErrNothingThere
)

// Notices returns what went wrong when the catalog was opened, apart from single values that are damaged: an upgrade that could
// not be backed up, say.
func (l *Library) Notices() []error { return l.catalog.Notices() }

// BackUp writes a copy of the open catalog, "" for one beside the daily ones, and returns where it is. The error is fs.ErrExist if there is
// a file and it is not to be replaced.
func (l *Library) BackUp(ctx context.Context, to string, replace bool) (string, error) {
	return l.catalog.BackUpNow(ctx, to, replace)
}

// CheckCatalog reads the whole open catalog, as catalog.Check does.
func (l *Library) CheckCatalog(ctx context.Context) (values []error, err error) {
	return l.catalog.Check(ctx)
}

// Mend repairs single damaged values out of the backups, as catalog.Mend does.
func (u Upkeep) Mend(ctx context.Context) (Mended, error) { return catalog.Mend(ctx, u.Catalog) }

// Backups returns the backups beside the catalog, the latest first. It does not look into them: Upkeep{Catalog: b.Path}.Stats does.
func (u Upkeep) Backups() ([]Backup, error) { return catalog.Copies(u.Catalog) }

// Recent returns the folders that were opened with this catalog before, the latest first.
func (u Upkeep) Recent() []string {
	return openSettings(settingsPath(u.Catalog), slog.New(slog.DiscardHandler)).recent()
}

// ReadBack says what Upkeep.ReadBack did.
type ReadBack struct {
	catalog.Adopted
	Files  int     // JSON documents of Semblance that were found
	Unread []error // what could not be read, one error a file or folder
	Kept   string  // what the damaged catalog is called now, in whose place there is a new one; "" if there was none
}

// ReadBack reads the JSON documents beside the photos in folders and below them and takes over what people said in them, as far as nobody says something
// else in the catalog. If there is no catalog, or a damaged one, it begins a new one, and keeps the damaged file. The
// photos are analysed again when their folder is opened. progress, which may be nil, is told how many documents were
// found. The error is that of a folder that cannot be read, and then nothing was changed.
func (u Upkeep) ReadBack(ctx context.Context, folders []string, progress func(files int)) (ReadBack, error) {
	var r ReadBack
	var said []catalog.Said
	for _, folder := range folders {
		some, err := r.readFolder(ctx, folder, func() {
			if progress != nil {
				progress(r.Files)
			}
		})
		if err != nil {
			return r, err
		}
		said = append(said, some...)
	}
	_, err := catalog.CheckFile(ctx, u.Catalog)
	switch {
	case errors.Is(err, catalog.ErrDamaged):
		if r.Kept, err = catalog.SetAside(u.Catalog); err != nil {
			return r, err
		}
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return r, err
	}
	if err := os.MkdirAll(filepath.Dir(u.Catalog), 0o700); err != nil {
		return r, err
	}
	r.Adopted, err = catalog.Adopt(ctx, u.Catalog, said)
	return r, err
}

// readFolder reads the documents in a folder and below it.
func (r *ReadBack) readFolder(ctx context.Context, folder string, found func()) (said []catalog.Said, err error) {
	err = filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil && path == folder:
			return err
		case err != nil:
			r.Unread = append(r.Unread, err)
			return nil
		case d.IsDir() || !export.IsSidecar(path):
			return nil
		}
		told, err := export.ReadSidecar(path)
		if err != nil {
			r.Unread = append(r.Unread, err)
			return nil
		}
		r.Files++
		found()
		if told.Unread > 0 {
			r.Unread = append(r.Unread, fmt.Errorf("%s: %d things that somebody said cannot be read", path, told.Unread))
		}
		if told.Says() {
			said = append(said, catalog.Said{ID: told.ID, W: told.W, H: told.H, Faces: told.Faces, Marks: told.Marks})
		}
		return nil
	})
	return said, err
}

// ForgottenPerson says what Upkeep.ForgetPerson removed, or would remove.
type ForgottenPerson struct {
	catalog.ErasedPerson
	Thumbnails int      // files; they are made again when the photo is shown
	Documents  []string // JSON files that were exported beside these photos: they may name the person, and stay
}

// ForgetPerson removes every face that has a name from the catalog and its backups, and the thumbnails of their photos, as
// catalog.ErasePerson does. The photos stay, and so do exported files and copies of the catalog elsewhere. The error is ErrNobody if no face
// has the name.
func (u Upkeep) ForgetPerson(ctx context.Context, name string, dry bool) (ForgottenPerson, error) {
	var f ForgottenPerson
	var err error
	if f.ErasedPerson, err = catalog.ErasePerson(ctx, u.Catalog, name, true); err != nil {
		return f, err
	}
	for _, path := range f.Paths {
		for _, d := range export.Dialects() {
			if _, err := os.Lstat(export.SidecarPath(path, d)); err == nil {
				f.Documents = append(f.Documents, export.SidecarPath(path, d))
			}
		}
	}
	if dry {
		return f, nil
	}
	thumbs := decode.NewThumbnails(u.Cache, thumbnailBytes)
	ids := map[photo.ID]bool{}
	for _, id := range f.Photos {
		ids[id] = true
	}
	if f.Thumbnails, err = thumbs.Remove(func(id photo.ID) bool { return ids[id] }); err != nil {
		return f, err
	}
	f.ErasedPerson, err = catalog.ErasePerson(ctx, u.Catalog, name, false)
	return f, err
}
