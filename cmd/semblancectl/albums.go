package main

import (
	"context"
	"flag"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"semblance/internal/library"
)

// An albumTask is one thing that the verb albums does.
type albumTask struct {
	name  string
	args  string // for people
	least int    // arguments
	most  int    // -1: any number
	do    func(p program, catalog string, args []string) int
}

// albumTasks returns what the verb albums does, in the order of its help.
func albumTasks() []albumTask {
	return []albumTask{
		{"list", "", 0, 0, program.listAlbums},
		{"add", "NAME [FILE...]", 1, -1, func(p program, catalog string, args []string) int {
			return p.mark(catalog, args[1:], "in "+args[0], func(l *library.Library, paths []string) error { return l.Collect(args[0], paths) })
		}},
		{"remove", "NAME FILE...", 2, -1, func(p program, catalog string, args []string) int {
			return p.mark(catalog, args[1:], "taken out of "+args[0], func(l *library.Library, paths []string) error { return l.Uncollect(args[0], paths) })
		}},
		{"rename", "OLD NEW", 2, 2, func(p program, catalog string, args []string) int {
			return p.changeAlbums(catalog, args[0]+" is called "+args[1], func(l *library.Library) error { return l.RenameAlbum(args[0], args[1]) })
		}},
		{"delete", "NAME", 1, 1, func(p program, catalog string, args []string) int {
			return p.changeAlbums(catalog, args[0]+" is deleted; its photos stay", func(l *library.Library) error { return l.RemoveAlbum(args[0]) })
		}},
	}
}

func albumTaskNames() []string {
	var names []string
	for _, t := range albumTasks() {
		names = append(names, t.name)
	}
	return names
}

func albumsVerb() verb {
	return verb{
		name:    "albums",
		args:    strings.Join(albumTaskNames(), "|"),
		summary: "list albums and change them",
		details: `An album is a list of photos of any folder. The catalog must not be open in a window
meanwhile.

  list                   prints the albums with the numbers of their photos
  add NAME [FILE...]     adds photos that the catalog knows; makes the album if there is none
  remove NAME FILE...    takes photos out
  rename OLD NEW         gives an album another name
  delete NAME            deletes an album; its photos stay where they are

semblancectl query 'album:"NAME"' prints the photos of one.`,
		define: func(p program, set *flag.FlagSet) func(context.Context, []string) int {
			catalog := set.String("catalog", "", "catalog `file` (default: semblance/catalog.db in your data folder)")
			return func(_ context.Context, args []string) int {
				names := strings.Join(albumTaskNames(), ", ")
				if len(args) == 0 {
					return p.misused("albums", "do what? Possible are %s", names)
				}
				name, args := args[0], args[1:]
				i := slices.IndexFunc(albumTasks(), func(t albumTask) bool { return t.name == name })
				if i < 0 {
					return p.misused("albums", "unknown task %q, possible are %s", name, names)
				}
				t := albumTasks()[i]
				if n := len(args); n < t.least || t.most >= 0 && n > t.most {
					return p.misused("albums", "the arguments of %s are %q, not %q", name, t.args, strings.Join(args, " "))
				}
				return t.do(p, *catalog, args)
			}
		},
	}
}

func (p program) listAlbums(catalog string, _ []string) int {
	l, err := openCatalog(catalog)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	table := tabwriter.NewWriter(p.stdout, 0, 0, 2, ' ', 0)
	counts := l.AlbumCounts()
	for _, a := range l.Albums() {
		fmt.Fprintf(table, "%s\t%s\n", a.Name, photoCount(counts[a.Name]))
	}
	if err := table.Flush(); err != nil {
		return p.failed(exitFailed, fmt.Errorf("print: %w", err))
	}
	if err := l.Close(); err != nil {
		return p.failed(exitFailed, err)
	}
	return exitOK
}

// changeAlbums does something with albums, and says what is true then.
func (p program) changeAlbums(catalog, done string, change func(*library.Library) error) int {
	l, err := openCatalog(catalog)
	if err != nil {
		return p.failed(exitFailed, err)
	}
	err = change(l)
	if closed := l.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return p.failed(exitFailed, err)
	}
	fmt.Fprintln(p.stdout, done)
	return exitOK
}
