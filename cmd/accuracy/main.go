// Command accuracy measures what the engine is worth on labelled pictures, which lie beside
// the repository and are no part of it. Only developers run it, by `make accuracy`.
//
//	accuracy [-eval FOLDER] [-docs FOLDER] [-only PATTERN] [-update] [-ort FILE]
//
// It prints the table that docs/ACCURACY.md holds, then what has become better or worse since
// that was written, beyond chance, and which numbers are below what must be reached. With
// -update it writes docs/ACCURACY.md and docs/accuracy.json anew, and the figures of the model cards in docs/models. Exit status is 1 if a number
// is below what must be reached or something failed, 2 for a wrong command line.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"semblance/analysis"
	"semblance/internal/pipeline"
	"semblance/models"
	"semblance/models/ort"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], openEngine, os.Stdout, os.Stderr))
}

// openEngine opens ONNX Runtime and an engine that runs the embedded networks on it. The
// second result closes the runtime.
func openEngine(library string) (pipeline.Analyzer, func() error, error) {
	pack, err := models.Embedded()
	if err != nil {
		return nil, nil, fmt.Errorf("open models: %w", err)
	}
	runtime, err := ort.Open(ort.Options{Library: library, Pack: pack})
	if err != nil {
		return nil, nil, err
	}
	return analysis.New(analysis.Config{Open: analysis.Opener(runtime.Network), SHA256: pack.SHA256}), runtime.Close, nil
}

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

func run(ctx context.Context, args []string, open func(library string) (pipeline.Analyzer, func() error, error), stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("accuracy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	eval := flags.String("eval", filepath.FromSlash("../shared/eval"), "`folder` of the labelled pictures")
	docs := flags.String("docs", "docs", "`folder` of ACCURACY.md and accuracy.json")
	only := flags.String("only", "", "measure only what matches this `pattern`: a section, a set, a feature")
	update := flags.Bool("update", false, "write ACCURACY.md and accuracy.json anew")
	library := flags.String("ort", "", "ONNX Runtime library `file` (default: look for the published one)")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return exitOK
		}
		return exitUsage
	}
	misused := func(format string, a ...any) int {
		fmt.Fprintf(stderr, "accuracy: "+format+"\n", a...)
		return exitUsage
	}
	pattern, err := regexp.Compile(*only)
	switch {
	case err != nil:
		return misused("-only: %v", err)
	case flags.NArg() > 0:
		return misused("unexpected argument %q", flags.Arg(0))
	case *only != "" && *update:
		return misused("-update writes the whole table: it does not go with -only")
	}
	list := slices.DeleteFunc(measures(), func(m measure) bool { return !pattern.MatchString(m.section + " " + m.key()) })
	if len(list) == 0 {
		return misused("-only %s: nothing matches", *only)
	}
	m := measurement{eval: *eval, docs: *docs, update: *update, list: list, stdout: stdout, stderr: stderr}
	engine, closeEngine, err := open(*library)
	if err == nil {
		err = errors.Join(m.run(ctx, engine), closeEngine())
	}
	if err != nil {
		if ctx.Err() != nil {
			err = errors.New("interrupted: nothing was written")
		}
		fmt.Fprintln(stderr, "accuracy:", err)
		return exitFailed
	}
	return exitOK
}

// measurement is one run of the command.
type measurement struct {
	eval, docs     string
	update         bool
	list           []measure
	stdout, stderr io.Writer
}

func (m *measurement) run(ctx context.Context, engine pipeline.Analyzer) error {
	before, err := readTable(filepath.Join(m.docs, tableFile))
	if err != nil {
		return err
	}
	pictures, absent, err := readSets(m.eval, m.list)
	if err != nil {
		return err
	}
	if len(absent) > 0 {
		names := strings.Join(absent, ", ")
		if m.update {
			return fmt.Errorf("the table would lack what is absent: %s", names)
		}
		fmt.Fprintln(m.stderr, "absent, so not measured:", names)
	}
	observed, err := observeAll(ctx, engine, m.list, pictures, m.stderr)
	if err != nil {
		return err
	}
	t, err := newTable(m.list, observed, time.Now())
	if err != nil {
		return err
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	text := t.markdown(pictures)
	if _, err := io.WriteString(m.stdout, text); err != nil {
		return err
	}
	if err := t.tellChanges(m.stdout, before); err != nil {
		return err
	}
	if m.update {
		if err := t.writeCards(m.docs); err != nil {
			return err
		}
		if err := t.write(m.docs, text); err != nil {
			return err
		}
	}
	return t.missed()
}
