package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"

	"semblance/internal/library"
	"semblance/internal/photo"
)

// A mark is one thing that the verb mark says about photos.
type mark func(l *library.Library, paths []string) error

func markVerb() verb {
	return verb{
		name:    "mark",
		args:    "file...",
		summary: "give photos stars, a flag, a label, tags",
		details: `Says something about photos that the catalog knows, as the window's keys do: every
folder that the window has opened. Only the catalog is changed, never a photo. The
catalog must not be open in a window meanwhile.

  semblancectl mark --rating 5 --tag 'Places|Rome' IMG_1.jpg IMG_2.jpg
  semblancectl query --null 'none(eyes:open)' | xargs -0 semblancectl mark --flag rejected

A tag may have levels, parted by |. What a photo has already stays as it is.`,
		define: func(p program, set *flag.FlagSet) func(context.Context, []string) int {
			catalog := set.String("catalog", "", "catalog `file` (default: semblance/catalog.db in your data folder)")
			var marks []mark
			var add, remove []string
			set.Func("rating", "`stars`: 0 to 5, 0 takes them away", func(s string) error {
				n, err := strconv.Atoi(s)
				if err != nil || n < 0 || n > photo.MaxRating {
					return fmt.Errorf("it is 0 to %d", photo.MaxRating)
				}
				marks = append(marks, func(l *library.Library, paths []string) error { return l.Rate(paths, n) })
				return nil
			})
			set.Func("flag", "`flag`: picked, rejected or none", func(s string) error {
				f, err := photo.ParseFlag(s)
				marks = append(marks, func(l *library.Library, paths []string) error { return l.Flag(paths, f) })
				return err
			})
			set.Func("label", "`colour`: red, yellow, green, blue, purple or none", func(s string) error {
				c, err := photo.ParseLabel(s)
				marks = append(marks, func(l *library.Library, paths []string) error { return l.Label(paths, c) })
				return err
			})
			tags := func(list *[]string) func(string) error {
				return func(s string) error {
					tag, err := photo.CleanTag(s)
					*list = append(*list, tag)
					return err
				}
			}
			set.Func("tag", "`tag` to give; may be repeated", tags(&add))
			set.Func("untag", "`tag` to take away; may be repeated", tags(&remove))
			return func(_ context.Context, args []string) int {
				if len(add)+len(remove) > 0 {
					marks = append(marks, func(l *library.Library, paths []string) error { return l.Tag(paths, add, remove) })
				}
				switch {
				case len(marks) == 0:
					return p.misused("mark", "say what: --rating, --flag, --label, --tag or --untag")
				case len(args) == 0:
					return p.misused("mark", "which photos? Name files")
				}
				return p.mark(*catalog, args, "marked", marks...)
			}
		},
	}
}

// mark does something with photos that the catalog knows, and says with how many. Those that it does not know are errors, and so is what cannot
// be done; the rest is done all the same.
func (p program) mark(catalog string, files []string, done string, marks ...mark) int {
	l, err := openCatalog(catalog)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	var errs []error
	var paths []string
	for _, file := range files {
		path, err := filepath.Abs(file)
		if err == nil {
			if _, known := l.EntryAt(path); !known {
				err = fmt.Errorf("%s: the catalog does not know this photo: open its folder in Semblance first", path)
			}
		}
		if err != nil {
			errs = append(errs, err)
			continue
		}
		paths = append(paths, path)
	}
	said := map[string]bool{} // each mark says of the same photos that they cannot be read
	for _, m := range marks {
		if err := m(l, paths); err != nil && !said[err.Error()] {
			said[err.Error()] = true
			errs = append(errs, err)
		}
	}
	if err := errors.Join(append(errs, l.Close())...); err != nil {
		return p.failed(exitFailed, err)
	}
	fmt.Fprintf(p.stdout, "%s %s\n", photoCount(len(paths)), done)
	return exitOK
}

func photoCount(n int) string {
	if n == 1 {
		return "1 photo"
	}
	return fmt.Sprintf("%d photos", n)
}

// openCatalog opens a catalog, the usual one if it has no name, without anything that analyses photos.
func openCatalog(catalog string) (*library.Library, error) {
	u, err := places(catalog, "")
	if err != nil {
		return nil, err
	}
	if missing(u.Catalog) {
		return nil, noCatalog(u.Catalog)
	}
	return library.Open(library.Config{Catalog: u.Catalog, Cache: u.Cache})
}

// markWords says what somebody said about a photo, in columns: stars, flag, label, tags; "" for what nobody said.
func markWords(m photo.Marks) string {
	columns := []string{"", "", "", strings.Join(m.Tags, ", ")}
	if m.Rating > 0 {
		columns[0] = strconv.Itoa(int(m.Rating))
	}
	if m.Flag != photo.Unflagged {
		columns[1] = m.Flag.String()
	}
	if m.Label != photo.NoLabel {
		columns[2] = m.Label.String()
	}
	return strings.Join(columns, "\t")
}
