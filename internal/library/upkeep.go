package library

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"semblance/catalog"
	"semblance/internal/decode"
	"semblance/internal/photo"
)

// The catalog's words for what its upkeep does.
type (
	// CatalogStats says what a catalog holds, and in how many bytes.
	CatalogStats = catalog.Stats
	// Restored says what Upkeep.Restore did.
	Restored = catalog.Restored
)

// Upkeep is what is done to a catalog as a whole while no library has it open. The errors are catalog.ErrInUse if
// one has, and fs.ErrNotExist if there is no catalog.
type Upkeep struct {
	Catalog string // path of the file
	Cache   string // folder of the thumbnails
}

// BackUp writes a copy of the catalog, "" for one beside the daily ones, and returns where it is. The error is fs.ErrExist
// if there is a file and it is not to be replaced.
func (u Upkeep) BackUp(ctx context.Context, to string, replace bool) (string, error) {
	return catalog.BackUp(ctx, u.Catalog, to, replace)
}

// Check reads the whole catalog, as catalog.CheckFile does.
func (u Upkeep) Check(ctx context.Context) (values []error, err error) {
	return catalog.CheckFile(ctx, u.Catalog)
}

// Restore puts a backup in the place of the catalog, "" for the latest sound one, and keeps the former file.
func (u Upkeep) Restore(ctx context.Context, backup string) (Restored, error) {
	return catalog.Restore(ctx, u.Catalog, backup)
}

// Compact gives back what is free in the file, and returns its sizes before and after in bytes.
func (u Upkeep) Compact() (before, after int64, err error) { return catalog.Compact(u.Catalog) }

// Stats reads what the catalog holds.
func (u Upkeep) Stats(ctx context.Context) (CatalogStats, error) {
	return catalog.ReadStats(ctx, u.Catalog)
}

// Forgotten says what Upkeep.Forget removed, or would remove.
type Forgotten struct {
	catalog.Erased
	Thumbnails int // files
}

// Forget removes all that the catalog knows of the photos in a folder and those below, "" for all photos, and their
// faces, with the recent folders among them, backups beside the catalog that hold any of it and the thumbnails; edits says whether what people said about the
// faces is removed too. The photos themselves, files that were exported, and backups elsewhere stay. dry says
// what would be done, and changes nothing. With an error something may be left: another call removes it. See catalog.Erase.
func (u Upkeep) Forget(ctx context.Context, folder string, edits, dry bool) (Forgotten, error) {
	if folder != "" {
		abs, err := filepath.Abs(folder)
		if err != nil {
			return Forgotten{}, err
		}
		folder = abs
	}
	what := catalog.Erasure{Folder: folder, Edits: edits, Dry: true}
	erased, err := catalog.Erase(ctx, u.Catalog, what)
	if err != nil || dry {
		return Forgotten{Erased: erased}, err
	}
	// Thumbnails first: afterwards nobody knows whose they were. Without a folder all of them go, also
	// those of photos that were never analysed.
	thumbs := decode.NewThumbnails(u.Cache, thumbnailBytes)
	ids := map[photo.ID]bool{}
	for _, id := range erased.Records {
		ids[id] = true
	}
	removed, err := thumbs.Remove(func(id photo.ID) bool { return folder == "" || ids[id] })
	if err != nil {
		return Forgotten{Thumbnails: removed}, err
	}
	what.Dry = false
	if erased, err = catalog.Erase(ctx, u.Catalog, what); err != nil {
		return Forgotten{erased, removed}, err
	}
	return Forgotten{erased, removed}, forgetSettings(settingsPath(u.Catalog), folder)
}

// Relocated says what Upkeep.Relocate did, or would do.
type Relocated struct {
	Photos  int // below the former folder
	Known   int // of them, photos that the catalog knew below the new one too
	Missing int // of them, photos whose files are not below the new one
}

// Relocate tells the catalog that a folder lies elsewhere now, and the recent folders too. What is known of the photos stays. The error is
// fs.ErrNotExist if the new folder is not there, catalog.ErrNothingThere if no photo is known below the former one, and
// catalog.ErrWithin if one is in the other. dry says what would be done, and changes nothing.
func (u Upkeep) Relocate(from, to string, dry bool) (Relocated, error) {
	from, to, err := absolute(from, to)
	if err != nil {
		return Relocated{}, err
	}
	switch info, err := os.Stat(to); {
	case err != nil:
		return Relocated{}, fmt.Errorf("the new folder: %w", err)
	case !info.IsDir():
		return Relocated{}, fmt.Errorf("%s is no folder", to)
	}
	done, err := catalog.Relocate(u.Catalog, from, to, dry)
	if err != nil {
		return Relocated{}, err
	}
	r := Relocated{Photos: len(done.Paths), Known: done.Known}
	for _, path := range done.Paths {
		if _, err := os.Stat(path); err != nil {
			r.Missing++
		}
	}
	if dry {
		return r, nil
	}
	return r, relocateSettings(settingsPath(u.Catalog), from, to)
}

func absolute(a, b string) (absA, absB string, err error) {
	absA, errA := filepath.Abs(a)
	absB, errB := filepath.Abs(b)
	return absA, absB, errors.Join(errA, errB)
}
