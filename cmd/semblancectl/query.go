package main

import (
	"cmp"
	"context"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"text/tabwriter"
	"unicode/utf8"

	"semblance/catalog/query"
	"semblance/internal/library"
)

func queryVerb() verb {
	return verb{
		name:    "query",
		args:    "expression",
		summary: "print the photos of the catalog that match a filter",
		details: `Prints the path of every photo in the catalog that matches, one a line: every folder
that the window has opened. The catalog must not be open in a window meanwhile.

  semblancectl query 'emotion:happy age:20-29 -gender:man'
  semblancectl query --count 'faces:2..'

Put the expression in quotes. Values of one field are alternatives, by comma or by
repetition; different fields must all hold for the same face; a leading minus, or NOT,
excludes. A minus is asked of the same face too: -smile:yes finds photos with a face
that does not smile, none(smile:yes) photos without any smile. any(...), all(...) and
none(...) ask about the faces of a photo: any(person:Ada) any(person:Bob). OR parts
alternatives and is weaker than the space between terms; parentheses keep them together:
(happy:80.. OR smile:90..) rating:4.. . They are all of one face, or all of the photo.
AND between terms changes nothing. Values match where they are sure, with guesses:yes
everywhere; probabilities in percent, as happy:80.., need not be sure. Put quotes around
a text with a space or one of ,"() in it.

--sort is path, date, faces, name, rating, age (youngest face first) or blur (sharpest
face first); --sort=-date is from the end. Fields:

` + fieldTable(),
		define: func(p program, set *flag.FlagSet) func(context.Context, []string) int {
			catalog := set.String("catalog", "", "catalog `file` (default: semblance/catalog.db in your data folder)")
			count := set.Bool("count", false, "print only how many photos match")
			marks := set.Bool("marks", false, "print stars, flag, label and tags behind each path, parted by tabs")
			sort := set.String("sort", "path", "`order` of the photos")
			apart := set.Bool("apart", false, "list RAW files and the JPEGs of their names as photos of their own")
			null := set.Bool("null", false, "end each path with a zero byte, for xargs -0")
			return func(_ context.Context, args []string) int {
				e, err := query.Parse(strings.Join(args, " "))
				if err != nil {
					return p.misused("query", "%v", err)
				}
				order, err := library.ParseOrder(*sort)
				if err != nil {
					return p.misused("query", "%v", err)
				}
				photos, err := find(*catalog, e, order, *apart)
				if err != nil {
					return p.failed(exitFailed, err)
				}
				if *count {
					fmt.Fprintln(p.stdout, len(photos))
					return exitOK
				}
				end := "\n"
				if *null {
					end = "\x00"
				}
				for _, photo := range photos {
					line := photo.Path
					if *marks {
						line += "\t" + markWords(photo.Marks)
					}
					if _, err := fmt.Fprint(p.stdout, line, end); err != nil {
						return p.failed(exitFailed, fmt.Errorf("print: %w", err))
					}
				}
				return exitOK
			}
		},
	}
}

// find returns the photos that match, in an order; apart says that a RAW file and its picture are two.
func find(catalog string, e query.Expr, o library.Order, apart bool) (photos []library.Entry, err error) {
	u, err := places(catalog, "")
	if err != nil {
		return nil, err
	}
	if missing(u.Catalog) {
		return nil, noCatalog(u.Catalog)
	}
	l, err := library.Open(library.Config{Catalog: u.Catalog, Cache: u.Cache, PairsApart: apart})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	if err := e.Check(l.Policy().Hidden()); err != nil {
		return nil, err
	}
	for _, r := range l.SearchAll(e, o).Photos {
		photos = append(photos, l.Entry(r))
	}
	return photos, nil
}

// places returns where the catalog and the thumbnails lie: where they usually do, if they have no name.
func places(catalog, cache string) (library.Upkeep, error) {
	usualCatalog, usualCache, err := library.DefaultPlaces()
	if err != nil {
		return library.Upkeep{}, err
	}
	return library.Upkeep{Catalog: cmp.Or(catalog, usualCatalog), Cache: cmp.Or(cache, usualCache)}, nil
}

func missing(path string) bool {
	_, err := os.Stat(path)
	return errors.Is(err, fs.ErrNotExist)
}

func noCatalog(path string) error {
	return fmt.Errorf("no catalog at %s: open a folder in Semblance first, or name another with --catalog", path)
}

// fieldTable lists what can be asked, from the one table of the language: a field's
// sentence and below it its values, in lines that a terminal of 80 columns holds.
func fieldTable() string {
	var b strings.Builder
	table := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	for _, f := range query.Fields() {
		var values []string
		for _, v := range f.Values {
			values = append(values, v.Name)
		}
		name := f.Name
		for _, line := range append(wrapped(f.Help), wrapped(strings.Join(values, " "))...) {
			fmt.Fprintf(table, "  %s\t%s\n", name, line)
			name = ""
		}
	}
	table.Flush()
	return strings.TrimRight(b.String(), "\n")
}

// wrapped breaks a text into lines of at most 64 letters, none for no text. A longer word has a line of its own.
func wrapped(text string) []string {
	const width = 64
	var lines []string
	for word := range strings.FieldsSeq(text) {
		last := len(lines) - 1
		if last >= 0 && utf8.RuneCountInString(lines[last])+1+utf8.RuneCountInString(word) <= width {
			lines[last] += " " + word
		} else {
			lines = append(lines, word)
		}
	}
	return lines
}
