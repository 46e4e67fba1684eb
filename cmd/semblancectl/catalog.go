package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"text/tabwriter"

	"semblance/internal/library"
)

// A task is one thing that the verb catalog does.
type task struct {
	name   string
	args   string // for people
	least  int    // arguments
	most   int
	flags  []string // of those of the verb, those that it takes besides catalog
	orNone bool     // there may be no catalog
	do     func(ctx context.Context, p program, u library.Upkeep, f catalogFlags, args []string) int
}

// catalogFlags is what the flags of the verb say.
type catalogFlags struct {
	catalog, cache, person                string
	replace, dryRun, edits, yes, sidecars bool
}

// maxFolders bounds the arguments of restore.
const maxFolders = 1000

// tasks returns what the verb catalog does, in the order of its help.
func tasks() []task {
	return []task{
		{name: "backup", args: "[FILE]", most: 1, flags: []string{"replace"}, do: backUp},
		{name: "check", do: checkCatalog},
		{name: "repair", do: repair},
		{name: "restore", args: "[BACKUP]|--sidecars FOLDER...", most: maxFolders, flags: []string{"sidecars"}, orNone: true, do: restore},
		{name: "compact", do: compact},
		{name: "stats", do: stats},
		{name: "relocate", args: "OLD NEW", least: 2, most: 2, flags: []string{"dry-run"}, do: relocate},
		{name: "forget", args: "[FOLDER]", most: 1, flags: []string{"edits", "person", "yes", "cache"}, do: forget},
	}
}

func taskNames() []string {
	var names []string
	for _, t := range tasks() {
		names = append(names, t.name)
	}
	return names
}

func catalogVerb() verb {
	return verb{
		name:    "catalog",
		args:    strings.Join(taskNames(), "|"),
		summary: "look after the catalog: back up, check, repair, restore, compact, count, relocate, forget",
		details: `Looks after the catalog as a whole. It must not be open in a window meanwhile.

  backup [FILE]     copies it to FILE, or to the folder backups beside it, where
                    Semblance leaves a copy every day that something has changed
  check             reads all of it and names what is damaged; the exit status is 1 then
  repair            gives every damaged value that check names what the latest backup
                    has of it; photos whose analysis is in none are analysed again. The
                    former file is kept beside it under another name
  restore [BACKUP]  puts BACKUP in its place, or the latest sound one of the folder
                    backups; the former file is kept beside it under another name
  restore --sidecars FOLDER...
                    reads the files *.semblance.json in the folders and below them and
                    takes over what people said in them: corrections, names, accepted,
                    rejected and marked faces, stars, flags, labels and tags. Nothing takes
                    the place of what the catalog says. A damaged catalog is kept
                    under another name, and a new one begun; the photos are analysed
                    again when their folder is opened
  compact           gives back what is free in the file
  stats             prints how many photos and faces it holds, and in how many bytes
  relocate OLD NEW  says that the photos below the folder OLD lie below NEW now
  forget [FOLDER]   removes all that is known of the photos in FOLDER and below it, or
                    of all photos: names and places, analyses with every face, their
                    thumbnails, and the backups beside the catalog that hold any of it,
                    of which a new one is made. What you said about the faces stays, to
                    be there after another analysis, unless --edits is given. Your photos
                    stay, and so do exported files and backups in other places: remove
                    those yourself. Opening the folder again analyses the photos again.
                    Without --yes it says only what it would do.
  forget --person NAME
                    removes every face that somebody called NAME from the catalog and from
                    the backups beside it: what the analyses say of it and what people said,
                    with saved searches for it. Other faces stay, and so do faces
                    of that person that nobody named, your photos and exported files. Nothing
                    is analysed again because of it. Whoever has such a photo analysed again
                    finds the face anew, without a name.`,
		define: func(p program, set *flag.FlagSet) func(context.Context, []string) int {
			var f catalogFlags
			set.StringVar(&f.catalog, "catalog", "", "catalog `file` (default: semblance/catalog.db in your data folder)")
			set.StringVar(&f.cache, "cache", "", "forget: `folder` of the thumbnails (default: semblance in your cache folder)")
			set.BoolVar(&f.edits, "edits", false, "forget: remove what you said about the faces too")
			set.StringVar(&f.person, "person", "", "forget: `name` of the person whose faces are removed")
			set.BoolVar(&f.sidecars, "sidecars", false, "restore: take over what people said from the JSON files in folders")
			set.BoolVar(&f.yes, "yes", false, "forget: do it")
			set.BoolVar(&f.replace, "replace", false, "backup: replace FILE if there is one")
			set.BoolVar(&f.dryRun, "dry-run", false, "relocate: say what would be done, and change nothing")
			return func(ctx context.Context, args []string) int { return p.runTask(ctx, set, f, args) }
		},
	}
}

func (p program) runTask(ctx context.Context, set *flag.FlagSet, f catalogFlags, args []string) int {
	names := strings.Join(taskNames(), ", ")
	if len(args) == 0 {
		return p.misused("catalog", "do what? Possible are %s", names)
	}
	name, args := args[0], args[1:]
	i := slices.IndexFunc(tasks(), func(t task) bool { return t.name == name })
	if i < 0 {
		return p.misused("catalog", "unknown task %q, possible are %s", name, names)
	}
	t := tasks()[i]
	if n := len(args); n < t.least || n > t.most {
		return p.misused("catalog", "the arguments of %s are %q, not %q", name, t.args, strings.Join(args, " "))
	}
	var wrong []string
	set.Visit(func(f *flag.Flag) {
		if f.Name != "catalog" && !slices.Contains(t.flags, f.Name) {
			wrong = append(wrong, f.Name)
		}
	})
	if len(wrong) > 0 {
		return p.misused("catalog", "%s has no flag --%s", name, wrong[0])
	}
	u, err := places(f.catalog, f.cache)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	if !t.orNone && missing(u.Catalog) {
		return p.failed(exitFailed, noCatalog(u.Catalog))
	}
	return t.do(ctx, p, u, f, args)
}

func backUp(ctx context.Context, p program, u library.Upkeep, f catalogFlags, args []string) int {
	to, err := u.BackUp(ctx, strings.Join(args, ""), f.replace)
	if errors.Is(err, fs.ErrExist) {
		err = fmt.Errorf("%w; --replace replaces it", err)
	}
	if err != nil {
		return p.failed(exitFailed, err)
	}
	fmt.Fprintln(p.stdout, to)
	return exitOK
}

func checkCatalog(ctx context.Context, p program, u library.Upkeep, _ catalogFlags, _ []string) int {
	values, err := u.Check(ctx)
	for _, err := range values {
		fmt.Fprintln(p.stdout, err)
	}
	switch {
	case err != nil:
		return p.failed(exitFailed, err)
	case len(values) > 0:
		return p.failed(exitFailed, errors.New("values are damaged: `semblancectl catalog repair` takes them from the latest backup that has them"))
	}
	fmt.Fprintln(p.stdout, "sound")
	return exitOK
}

func repair(ctx context.Context, p program, u library.Upkeep, _ catalogFlags, _ []string) int {
	m, err := u.Mend(ctx)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	if m.Kept == "" {
		fmt.Fprintln(p.stdout, "no value is damaged")
		return exitOK
	}
	fmt.Fprintf(p.stdout, "%d values taken from backups, %d photos to be analysed again, what was said in %d is lost\nthe former file is kept as %s\n", m.Restored, m.Again, m.Lost, m.Kept)
	return exitOK
}

func restore(ctx context.Context, p program, u library.Upkeep, f catalogFlags, args []string) int {
	switch {
	case f.sidecars && len(args) == 0:
		return p.misused("catalog", "restore --sidecars needs the folders of the photos")
	case f.sidecars:
		return readBack(ctx, p, u, args)
	case len(args) > 1:
		return p.misused("catalog", "the arguments of restore are %q, not %q", "[BACKUP]", strings.Join(args, " "))
	}
	r, err := u.Restore(ctx, strings.Join(args, ""))
	if err != nil {
		return p.failed(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "the catalog is %s now\n", r.From)
	if r.Kept != "" {
		fmt.Fprintf(p.stdout, "the former one is kept as %s\n", r.Kept)
	}
	for _, err := range r.Values {
		fmt.Fprintln(p.stdout, err)
	}
	return exitOK
}

// readBack takes over what people said from the JSON files in folders.
func readBack(ctx context.Context, p program, u library.Upkeep, folders []string) int {
	r, err := u.ReadBack(ctx, folders, nil)
	for _, err := range r.Unread {
		fmt.Fprintln(p.stderr, err)
	}
	if err != nil {
		return p.failed(exitFailed, err)
	}
	if r.Kept != "" {
		fmt.Fprintf(p.stdout, "a new catalog is begun, the damaged one is kept as %s\n", r.Kept)
	}
	fmt.Fprintf(p.stdout, "%d JSON files read: %d photos say more now, %d faces, %d photos with stars, flags, labels or tags\n", r.Files, r.Photos, r.Faces, r.Marks)
	if len(r.Unread) > 0 {
		return exitFailed
	}
	return exitOK
}

func compact(_ context.Context, p program, u library.Upkeep, _ catalogFlags, _ []string) int {
	before, after, err := u.Compact()
	if err != nil {
		return p.failed(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "from %d to %d bytes\n", before, after)
	return exitOK
}

func stats(ctx context.Context, p program, u library.Upkeep, _ catalogFlags, _ []string) int {
	s, err := u.Stats(ctx)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	line := func(name string, n int64, words string) { fmt.Fprintf(table, "%s\t%d\t%s\n", name, n, words) }
	line("photos", int64(s.Photos), fmt.Sprintf("%d analysed, %d waiting, %d failed, %d gone", s.Done, s.Waiting, s.Failed, s.Gone))
	line("contents", int64(s.Records), "that were analysed, wherever they lie")
	line("faces", int64(s.Faces), "in them, as they were found")
	line("edited", int64(s.EditedFaces), fmt.Sprintf("faces about which somebody said something, in %d photos", s.EditedPhotos))
	if s.Damaged > 0 {
		line("damaged", int64(s.Damaged), "values that cannot be read: see semblancectl catalog check")
	}
	fmt.Fprintln(table, "\t\t")
	for _, b := range s.Buckets {
		line(b.Name, b.Bytes, fmt.Sprintf("bytes in %d values, %d bytes of pages", b.Values, b.Pages))
	}
	line("file", s.File, fmt.Sprintf("bytes, %d of them free or for the structure", s.Free))
	if n := int64(s.Faces); n > 0 {
		detail := int64(s.Landmarks + s.Outlines)
		line("a face", s.Bytes()/n, fmt.Sprintf("bytes of values, %d without landmarks (%d) and outlines of hair (%d)",
			(s.Bytes()-detail)/n, int64(s.Landmarks)/n, int64(s.Outlines)/n))
	}
	if err := table.Flush(); err != nil {
		return p.failed(exitFailed, fmt.Errorf("print: %w", err))
	}
	return exitOK
}

func relocate(_ context.Context, p program, u library.Upkeep, f catalogFlags, args []string) int {
	r, err := u.Relocate(args[0], args[1], f.dryRun)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	words := "relocated"
	if f.dryRun {
		words = "to be relocated"
	}
	fmt.Fprintf(p.stdout, "%d photos %s, %d of them known there already, %d not found there\n", r.Photos, words, r.Known, r.Missing)
	return exitOK
}

func forget(ctx context.Context, p program, u library.Upkeep, f catalogFlags, args []string) int {
	if f.person != "" {
		if len(args) > 0 || f.edits {
			return p.misused("catalog", "forget --person takes neither a folder nor --edits: it is about all photos, and about what people said")
		}
		return forgetPerson(ctx, p, u, f)
	}
	r, err := u.Forget(ctx, strings.Join(args, ""), f.edits, !f.yes)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "%d photos, %d analyses, what was said in %d photos, %d backups\n", r.Photos, len(r.Records), r.Edits, len(r.Copies))
	if r.Shared > 0 {
		fmt.Fprintf(p.stdout, "%d analyses stay: the same photos lie outside of the folder too\n", r.Shared)
	}
	if r.Left > 0 {
		fmt.Fprintf(p.stdout, "what was said about the faces of %d photos stays without --edits\n", r.Left)
	}
	if !f.yes {
		return p.failed(exitFailed, errors.New("nothing was removed: --yes removes it"))
	}
	fmt.Fprintf(p.stdout, "removed, with %d thumbnails\n", r.Thumbnails)
	return exitOK
}

func forgetPerson(ctx context.Context, p program, u library.Upkeep, f catalogFlags) int {
	r, err := u.ForgetPerson(ctx, f.person, !f.yes)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "%d faces in %d photos, %d saved searches, %d backups that are looked through, %d backups that cannot be read and are removed\n",
		r.Faces, len(r.Photos), r.Searches, len(r.Copies), len(r.Removed))
	if r.Mentions > 0 {
		fmt.Fprintf(p.stdout, "%d tags or albums with the name stay: remove those yourself\n", r.Mentions)
	}
	for _, path := range r.Documents {
		fmt.Fprintf(p.stdout, "stays, and may name the person: %s\n", path)
	}
	if !f.yes {
		return p.failed(exitFailed, errors.New("nothing was removed: --yes removes it"))
	}
	fmt.Fprintf(p.stdout, "removed, with %d thumbnails\n", r.Thumbnails)
	return exitOK
}
