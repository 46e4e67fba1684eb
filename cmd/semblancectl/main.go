// Semblancectl is Semblance without a window: it analyses photos and prints JSON,
// searches the catalog and looks after it.
//
//	semblancectl analyze [flags] file|folder...
//	semblancectl query [flags] expression
//	semblancectl mark [flags] file...
//	semblancectl albums list|add|remove|rename|delete
//	semblancectl models
//	semblancectl catalog [flags] backup|check|repair|restore|compact|stats|relocate|forget
//	semblancectl help [verb]
//
// The exit status is 0 if all went well, 1 if something failed (some of the files,
// say), 2 if the command line is wrong, and 3 if the models or ONNX Runtime are missing.
//
// One file is one verb. This package only wires rooms together and prints.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"text/tabwriter"

	"semblance/internal/decode"
	"semblance/internal/pipeline"
	"semblance/models"
)

// The exit statuses.
const (
	exitOK = iota
	exitFailed
	exitUsage
	exitNoModels
)

func main() {
	sandbox := decode.NewSandbox()
	pipeline.LimitHeap(0)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], sandbox, os.Stdout, os.Stderr)
	stop()
	sandbox.Close()
	os.Exit(code)
}

// run executes one command line and returns the exit status.
func run(ctx context.Context, args []string, sandbox *decode.Sandbox, stdout, stderr io.Writer) int {
	return program{sandbox: sandbox, stdout: stdout, stderr: stderr, engine: openEngine, pack: models.Embedded}.run(ctx, args)
}

// program is what the verbs work with.
type program struct {
	stdout, stderr io.Writer
	sandbox        *decode.Sandbox                                               // may be nil
	engine         func(library string) (pipeline.Analyzer, func() error, error) // library: see ort.Options
	pack           func() (*models.Pack, error)
}

// A verb is one thing the program does.
type verb struct {
	name    string
	args    string // behind the flags, for the usage line
	summary string
	details string
	// define adds the verb's flags to set and returns what runs it with the arguments that are no flags.
	define func(p program, set *flag.FlagSet) func(ctx context.Context, args []string) int
}

// verbs returns all verbs but help.
func verbs() []verb {
	return []verb{analyzeVerb(), queryVerb(), markVerb(), albumsVerb(), compareVerb(), modelsVerb(), catalogVerb()}
}

func (p program) run(ctx context.Context, args []string) int {
	if len(args) == 0 {
		p.overview(p.stderr)
		return exitUsage
	}
	name, args := args[0], args[1:]
	switch name {
	case "help", "-h", "-help", "--help":
		return p.help(args)
	}
	for _, v := range verbs() {
		if v.name == name {
			return p.execute(ctx, v, args)
		}
	}
	return p.misused("", "unknown verb %q, possible are %s and help", name, strings.Join(verbNames(), ", "))
}

func verbNames() []string {
	var names []string
	for _, v := range verbs() {
		names = append(names, v.name)
	}
	return names
}

func (p program) execute(ctx context.Context, v verb, args []string) int {
	set := flag.NewFlagSet(v.name, flag.ContinueOnError)
	set.SetOutput(io.Discard) // misused says it, once
	do := v.define(p, set)
	rest, err := parse(set, args)
	switch {
	case errors.Is(err, flag.ErrHelp):
		p.usage(p.stdout, v)
		return exitOK
	case err != nil:
		return p.misused(v.name, "%v", err)
	}
	return do(ctx, rest)
}

// parse reads flags wherever they stand, as people write them ("analyze a.jpg
// --jsonl"); behind "--" there are none. What looks like an excluded term of a query
// ("-ethnicity:white", "-any(smile:yes)") is none either.
func parse(set *flag.FlagSet, args []string) (rest []string, err error) {
	for len(args) > 0 {
		switch arg := args[0]; {
		case arg == "--":
			return append(rest, args[1:]...), nil
		case !strings.HasPrefix(arg, "-") || arg == "-" || isTerm(arg):
			rest, args = append(rest, arg), args[1:]
		default:
			end := 1 // of what the set may read
			for end < len(args) && args[end] != "--" && !isTerm(args[end]) {
				end++
			}
			if err := set.Parse(args[:end]); err != nil {
				if _, none := os.Lstat(arg); none == nil && !errors.Is(err, flag.ErrHelp) {
					return nil, fmt.Errorf("%w; write ./%s for the file of this name", err, arg)
				}
				return nil, err
			}
			args = args[end-set.NArg():]
		}
	}
	return rest, nil
}

// isTerm reports whether an argument with a minus is a term of a query and no flag.
func isTerm(arg string) bool {
	name, _, _ := strings.Cut(arg, "=")
	return strings.HasPrefix(arg, "-") && strings.ContainsAny(name, ":(")
}

// failed says what went wrong and returns the exit status.
func (p program) failed(code int, err error) int {
	fmt.Fprintf(p.stderr, "semblancectl: %v\n", err)
	return code
}

// misused says what is wrong with the command line of a verb, or with the verb
// itself (""), and where help is.
func (p program) misused(verb, format string, args ...any) int {
	name := strings.TrimSpace("semblancectl " + verb)
	fmt.Fprintf(p.stderr, "%s: %s\n", name, fmt.Sprintf(format, args...))
	fmt.Fprintf(p.stderr, "see: %s\n", strings.TrimSpace("semblancectl help "+verb))
	return exitUsage
}

// help prints the overview, or what one verb does.
func (p program) help(args []string) int {
	if len(args) == 0 {
		p.overview(p.stdout)
		return exitOK
	}
	for _, v := range verbs() {
		if v.name == args[0] {
			p.usage(p.stdout, v)
			return exitOK
		}
	}
	return p.misused("", "unknown verb %q, possible are %s", args[0], strings.Join(verbNames(), ", "))
}

func (p program) overview(w io.Writer) {
	fmt.Fprint(w, "Semblancectl says what the faces in photos show.\n\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	for _, v := range verbs() {
		fmt.Fprintf(table, "  semblancectl %s\t%s\n", v.name, v.summary)
	}
	fmt.Fprint(table, "  semblancectl help verb\tflags and details of a verb\n")
	table.Flush()
	fmt.Fprint(w, "\nExit status: 0 all went well, 1 something failed, 2 wrong command line, 3 models or ONNX Runtime missing.\n")
}

// usage prints a verb's flags and details.
func (p program) usage(w io.Writer, v verb) {
	set := flag.NewFlagSet(v.name, flag.ContinueOnError)
	v.define(p, set)
	flags := ""
	set.VisitAll(func(*flag.Flag) { flags = " [flags]" })
	fmt.Fprintln(w, strings.TrimSpace(fmt.Sprintf("semblancectl %s%s %s", v.name, flags, v.args)))
	fmt.Fprintf(w, "\n%s\n", v.details)
	if flags == "" {
		return
	}
	fmt.Fprint(w, "\nFlags:\n")
	table := tabwriter.NewWriter(w, 0, 0, 2, ' ', 0)
	set.VisitAll(func(f *flag.Flag) {
		argument, words := flag.UnquoteUsage(f)
		if f.DefValue != "" && f.DefValue != "false" {
			words += " (default " + f.DefValue + ")"
		}
		fmt.Fprintf(table, "  --%s\t%s\n", strings.TrimSpace(f.Name+" "+argument), words)
	})
	table.Flush()
}
