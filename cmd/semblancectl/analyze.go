package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"iter"
	"os"

	"semblance/analysis"
	"semblance/internal/decode"
	"semblance/internal/export"
	"semblance/internal/face"
	"semblance/internal/library"
	"semblance/internal/photo"
	"semblance/internal/pipeline"
	"semblance/models"
)

// analyzers is how many photos are analysed at once.
const analyzers = 2

func analyzeVerb() verb {
	return verb{
		name:    "analyze",
		args:    "file|folder...",
		summary: "find the faces in photos and print JSON",
		details: `Finds the faces in photos and prints what they show as JSON. It needs no catalog and
works beside an open window. Nothing is written into files or folders.

One file gives one document. Several files, or a folder, give one array with an
element for each photo, in the order of the command line and of the folder:
{"file": path, "result": {...}} or {"file": path, "error": "..."}.
With --jsonl each element is a line of its own, printed as soon as it is ready.

Age, gender, ethnicity and emotion are apparent: a network's guess about looks, never a
fact about a person. Ethnicity is found out only if --features names it, or is all. Swimming goggles are never said: the
networks do not know them.

Errors go to standard error as well, and the other photos go on.`,
		define: func(p program, set *flag.FlagSet) func(context.Context, []string) int {
			features := set.String("features", "", "comma-separated `list` of what to find out: "+face.AllFeatures.String()+"; quality is blur and exposure, all is everything; default: all but ethnicity")
			mode := set.String("mode", analysis.Fast.String(), "how hard to look for small faces: `fast`, default or thorough")
			format := set.String("format", export.Semblance.String(), "JSON as of `semblance`, rosto or scaleflex")
			crop := set.Bool("crop", false, "every picture is one tight crop of a face")
			turned := set.Bool("turned", false, "look for faces that stand sideways or upside down too; takes four times as long")
			doubtful := set.Bool("doubtful", false, "print faces too that are not certain to be any")
			jsonl := set.Bool("jsonl", false, "print one line a file")
			recursive := set.Bool("recursive", false, "take folders with their subfolders")
			ort := set.String("ort", "", "ONNX Runtime library `file` (default: look for the published one)")
			return func(ctx context.Context, args []string) int {
				if len(args) == 0 {
					return p.misused("analyze", "which files?")
				}
				want, err := face.ParseFeatures(*features)
				if err != nil {
					return p.misused("analyze", "%v", err)
				}
				m, err := analysis.ParseMode(*mode)
				if err != nil {
					return p.misused("analyze", "%v", err)
				}
				d, err := export.ParseDialect(*format)
				if err != nil {
					return p.misused("analyze", "%v", err)
				}
				switch {
				case *crop && *turned:
					return p.misused("analyze", "--turned looks for faces, --crop does not: they exclude each other")
				case want&d.Features() == 0:
					return p.misused("analyze", "%v has no words for %v", d, want)
				case *features != "" && *features != "all" && !d.Features().Has(want):
					fmt.Fprintf(p.stderr, "semblancectl: %v has no words for %v: left out\n", d, want&^d.Features())
				}
				want &= d.Features() // what is not written need not be found out
				engine, closeEngine, err := p.engine(*ort)
				if err != nil {
					return p.failed(exitNoModels, err)
				}
				job := analyzeJob{
					program: p, recursive: *recursive, want: want, dialect: d, options: export.Options{Doubtful: *doubtful},
					pipeline: pipeline.New(pipeline.Config{
						Analyzer: engine, Decoder: decode.Decoder{Sandbox: p.sandbox},
						Request: analysis.Request{Want: want, Mode: m, Turned: *turned, Crop: *crop},
					}),
				}
				switch {
				case *jsonl:
					job.output = &lines{w: p.stdout}
				case len(args) == 1 && !isFolder(args[0]):
					job.options.Indent = true
					job.output = &document{w: p.stdout}
				default:
					job.output = &array{w: p.stdout}
				}
				code := job.run(ctx, args)
				if err := closeEngine(); err != nil {
					return p.failed(max(code, exitFailed), err)
				}
				return code
			}
		},
	}
}

// analyzeJob is one run of analyze.
type analyzeJob struct {
	program
	pipeline  *pipeline.Pipeline
	recursive bool
	want      face.Features
	dialect   export.Dialect
	options   export.Options
	output    output
}

func (j *analyzeJob) run(ctx context.Context, args []string) int {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	code := exitOK
	for r := range inOrder(j.targets(ctx, args), analyzers, func(t target) pipeline.Result {
		if t.err != nil {
			return pipeline.Result{Path: t.path, Err: t.err}
		}
		return j.pipeline.Process(ctx, t.path)
	}) {
		if ctx.Err() != nil {
			break
		}
		if errors.Is(r.Err, errNoPhotos) {
			fmt.Fprintf(j.stderr, "semblancectl: %s: %v\n", r.Path, r.Err)
			continue
		}
		result, err := j.result(r)
		if err != nil {
			code = max(code, j.status(err))
			err = errors.New(library.Brief(err))
			fmt.Fprintf(j.stderr, "semblancectl: %s: %v\n", r.Path, err)
		}
		for _, w := range r.Warnings {
			fmt.Fprintf(j.stderr, "semblancectl: %s: %s\n", r.Path, w)
		}
		if err := j.output.add(r.Path, result, err); err != nil {
			cancel() // nobody reads: no photo needs to be finished
			return j.failed(exitFailed, fmt.Errorf("print: %w", err))
		}
	}
	if ctx.Err() != nil {
		code = j.failed(exitFailed, errors.New("interrupted"))
	}
	if err := j.output.close(); err != nil {
		return j.failed(exitFailed, fmt.Errorf("print: %w", err))
	}
	return code
}

// result returns the JSON of one photo, or why there is none, without the photo's path.
func (j *analyzeJob) result(r pipeline.Result) ([]byte, error) {
	if r.Err != nil {
		return nil, r.Err
	}
	doc := library.Document(library.Photo{Entry: library.Entry{Path: r.Path, ID: r.ID}, Meta: r.Meta, Analysis: r.Analysis})
	doc.Have &= j.want // a box that was found on the way was not asked for
	return j.dialect.Marshal(doc, j.options)
}

// status returns the exit status that a photo's error means: a damaged model is no fault of the photo.
func (j *analyzeJob) status(err error) int {
	var digest *models.DigestError
	if errors.Is(err, models.ErrUnknown) || errors.As(err, &digest) {
		return exitNoModels
	}
	return exitFailed
}

// A target is a photo to analyse, or a place that could not be read.
type target struct {
	path string
	err  error
}

// errNoPhotos is said of a folder, and is no failure.
var errNoPhotos = errors.New("no photos in this folder")

// targets returns the files among args and the photos of the folders among them.
func (j *analyzeJob) targets(ctx context.Context, args []string) iter.Seq[target] {
	return func(yield func(target) bool) {
		for _, arg := range args {
			if !isFolder(arg) {
				if !yield(target{path: arg}) { // a missing file is the pipeline's to tell
					return
				}
				continue
			}
			found, more := false, true
			pass := func(t target) {
				found = true
				more = more && yield(t)
			}
			err := photo.Walk(ctx, arg, photo.WalkOptions{Recursive: j.recursive}, func(f photo.File) error {
				if pass(target{path: f.Path}); !more {
					return errStopped
				}
				return nil
			}, func(path string, err error) { pass(target{path, err}) })
			switch {
			case err != nil && more && ctx.Err() == nil:
				pass(target{arg, err})
			case !found && ctx.Err() == nil && j.recursive:
				pass(target{arg, errNoPhotos})
			case !found && ctx.Err() == nil:
				pass(target{arg, fmt.Errorf("%w; --recursive takes its subfolders too", errNoPhotos)})
			}
			if !more || ctx.Err() != nil {
				return
			}
		}
	}
}

// errStopped ends a walk when nobody wants its photos any more.
var errStopped = errors.New("stopped")

// isFolder reports whether path is a folder that can be looked at.
func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}
