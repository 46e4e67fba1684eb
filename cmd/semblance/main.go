// Semblance is the window: it shows a photographer's folders, finds every face
// in their photos and says what can be seen in it.
//
//	semblance [flags] [folder or photo]
//
// This package only wires rooms together. Everything that can be done without a
// window is in internal/library, and semblancectl does it too.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"

	"fyne.io/fyne/v2/app"

	"semblance/internal/decode"
	"semblance/internal/pipeline"
	"semblance/ui"
)

func main() {
	sandbox, viewing := decode.NewSandbox(), decode.NewSandbox()
	defer viewing.Close()
	defer sandbox.Close()
	pipeline.LimitHeap(ui.PictureCache)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:], sandbox, viewing, os.Stdout, os.Stderr); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return
		}
		fmt.Fprintln(os.Stderr, "semblance:", err)
		os.Exit(1)
	}
}

// flags is what the command line says.
type flags struct {
	catalog, cache, ort, trace string
	recursive, report          bool
	workers                    int
	open                       string // folder or photo, "" for none
}

func parse(args []string, stderr io.Writer) (flags, error) {
	var f flags
	set := flag.NewFlagSet("semblance", flag.ContinueOnError)
	set.SetOutput(stderr)
	set.Usage = func() {
		fmt.Fprint(stderr, "semblance [flags] [folder or photo]\n\nOpens the window, with the folder of the last time if none is named.\n\nFlags:\n")
		set.PrintDefaults()
	}
	set.StringVar(&f.catalog, "catalog", "", "catalog `file` (default: semblance/catalog.db in your data folder)")
	set.StringVar(&f.cache, "cache", "", "`folder` for thumbnails (default: semblance in your cache folder)")
	set.StringVar(&f.ort, "ort", "", "ONNX Runtime library `file` (default: look for the published one)")
	set.StringVar(&f.trace, "trace", "", "write what happens to `file`, one JSON object a line")
	set.BoolVar(&f.recursive, "recursive", false, "open the folder with its subfolders")
	set.BoolVar(&f.report, "report", false, "when all photos are analysed, print one line a face and write JSON sidecars; the window stays until it is closed or the program gets SIGTERM")
	set.IntVar(&f.workers, "workers", 2, "`number` of photos analysed at the same time")
	if err := set.Parse(args); err != nil {
		return f, err
	}
	switch set.NArg() {
	case 0:
	case 1:
		f.open = set.Arg(0)
	default:
		return f, fmt.Errorf("one folder at a time, not %d", set.NArg())
	}
	return f, nil
}

// run shows the window until it is closed or ctx ends.
func run(ctx context.Context, args []string, sandbox, viewing *decode.Sandbox, stdout, stderr io.Writer) error {
	f, err := parse(args, stderr)
	if err != nil {
		return err
	}
	if err := f.fillPlaces(); err != nil {
		return err
	}
	logFile, err := openLog(f.catalog)
	if err != nil {
		return err
	}
	defer logFile.Close()
	log := slog.New(slog.NewTextHandler(logFile, nil))
	trace, closeTrace, err := newTrace(f.trace)
	if err != nil {
		return err
	}
	defer func() { _ = closeTrace() }() // a trace that cannot be written must not stop the window

	b := &backend{flags: f, log: log, sandbox: sandbox, viewing: viewing}
	app.SetMetadata(metadata())
	options := ui.Options{
		Open: b.open, Catalog: f.catalog, Cache: f.cache, Folder: f.open, Recursive: f.recursive,
		Trace: trace, Log: log, About: about(),
	}
	if f.report {
		options.Report = stdout
	}
	w := ui.New(app.NewWithID(appID), options)
	stop := context.AfterFunc(ctx, w.Close)
	defer stop()
	return errors.Join(w.Run(), b.close())
}
