package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"path/filepath"
	"strconv"
	"strings"
	"text/tabwriter"

	"semblance/catalog/query"
	"semblance/internal/face"
	"semblance/internal/library"
)

func compareVerb() verb {
	return verb{
		name:    "compare",
		args:    "[folder]",
		summary: "compare analyses with those whose place they took",
		details: `When other networks analyse a photo again, the catalog keeps what the former ones
said. This prints how much they differ: of the photos in the folder and below it, or
of all. What you said about the faces takes no part. An age counts as another one if
neither is within the other's 80 % range. The catalog must not be open in a window
meanwhile.`,
		define: func(p program, set *flag.FlagSet) func(context.Context, []string) int {
			catalog := set.String("catalog", "", "catalog `file` (default: semblance/catalog.db in your data folder)")
			list := set.Bool("list", false, "print every difference, one a line, before the sums")
			return func(ctx context.Context, args []string) int {
				if len(args) > 1 {
					return p.misused("compare", "one folder at most, not %q", strings.Join(args, " "))
				}
				var folder string
				if len(args) == 1 {
					var err error
					if folder, err = filepath.Abs(args[0]); err != nil {
						return p.failed(exitFailed, err)
					}
				}
				if err := p.compare(ctx, *catalog, folder, *list); err != nil {
					return p.failed(exitFailed, err)
				}
				return exitOK
			}
		},
	}
}

func (p program) compare(ctx context.Context, catalog, folder string, list bool) (err error) {
	u, err := places(catalog, "")
	if err != nil {
		return err
	}
	if missing(u.Catalog) {
		return noCatalog(u.Catalog)
	}
	l, err := library.Open(library.Config{Catalog: u.Catalog, Cache: u.Cache})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	var each func(path string, d []face.Difference)
	if list {
		each = func(path string, all []face.Difference) {
			for _, d := range all {
				fmt.Fprintf(p.stdout, "%s: face %d: %s\n", path, d.Number, differenceWords(d))
			}
		}
	}
	c, err := l.Compare(ctx, folder, each)
	if err != nil {
		return err
	}
	if c.Photos == 0 {
		fmt.Fprintln(p.stdout, "no photo was analysed by other networks before")
		return nil
	}
	fmt.Fprintf(p.stdout, "photos that were analysed by other networks before: %d\nfaces in both: %d, new: %d, gone: %d\n", c.Photos, c.Faces, c.New, c.Gone)
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, feature := range face.Correctable.Split() {
		if n := c.Looked[feature]; n > 0 {
			fmt.Fprintf(table, "%v\t%d of %d\t%.1f %%\t\n", feature, c.Changed[feature], n, 100*float64(c.Changed[feature])/float64(n))
		}
	}
	return table.Flush()
}

// differenceWords says what is different: "emotion sad, was happy".
func differenceWords(d face.Difference) string {
	switch {
	case d.Feature != face.BoundsBox:
		return fmt.Sprintf("%v %s, was %s", d.Feature, valueWord(d.Feature, d.Now), valueWord(d.Feature, d.Before))
	case d.Before == face.Absent:
		return "new"
	}
	return "gone"
}

// valueWord is the word of the query language for a value.
func valueWord(feature face.Features, value int) string {
	switch {
	case value == face.Absent:
		return "unknown"
	case feature == face.AgeYears:
		return strconv.Itoa(value)
	}
	for _, f := range query.Fields() {
		if f.Feature != feature {
			continue
		}
		for _, v := range f.Values {
			if v.Lo == value {
				return v.Name
			}
		}
	}
	return "unknown"
}
