package main

import (
	"fmt"
	"log/slog"
	"sync"

	"semblance/analysis"
	"semblance/internal/decode"
	"semblance/internal/library"
	"semblance/models"
	"semblance/models/ort"
	"semblance/ui"
)

// backend opens what the window works with: ONNX Runtime, the engine, the library.
type backend struct {
	flags flags
	log   *slog.Logger

	sandbox *decode.Sandbox // of the analysis; may be nil
	viewing *decode.Sandbox // of what is looked at, so that nobody waits for an analysis

	mu      sync.Mutex
	runtime *ort.Runtime     // nil if it could not be opened
	made    *analysis.Engine // by the first open
}

// open opens the library with a catalog, once or, when it was closed, again. Without a runtime photos are shown, but not analysed:
// the error is the library's to tell.
func (b *backend) open(catalog string) (*library.Library, error) {
	engine, err := b.engine()
	c := library.Config{
		Catalog: catalog, Cache: b.flags.cache, Workers: b.flags.workers, Log: b.log, NoAnalysis: err, Mode: analysis.Default,
		Decoder: decode.Decoder{Sandbox: b.sandbox}, Viewer: decode.Decoder{Sandbox: b.viewing},
	}
	if err != nil {
		b.log.Error("no analysis", "err", err)
	} else {
		c.Engine = engine
	}
	return library.Open(c)
}

func (b *backend) engine() (*analysis.Engine, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.made != nil {
		return b.made, nil
	}
	pack, err := models.Embedded()
	if err != nil {
		return nil, fmt.Errorf("open models: %w", err)
	}
	runtime, err := ort.Open(ort.Options{Library: b.flags.ort, Pack: pack})
	if err != nil {
		return nil, err
	}
	b.log.Info("ONNX Runtime", "version", runtime.Version(), "library", runtime.Library())
	b.runtime = runtime
	b.made = analysis.New(analysis.Config{
		Open:   analysis.Opener(runtime.Network),
		SHA256: pack.SHA256,
	})
	return b.made, nil
}

// close closes the runtime, after the library.
func (b *backend) close() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.runtime == nil {
		return nil
	}
	return b.runtime.Close()
}

// about is the text of Help > Models and Licences.
func about() ui.About {
	a := ui.About{Version: metadata().Version}
	pack, err := models.Embedded()
	if err != nil {
		a.Notice = err.Error()
		return a
	}
	for _, m := range pack.Models() {
		a.Models = append(a.Models, ui.ModelNote{Name: m.Name, Licence: m.Licence, Origin: m.Origin, Note: m.Note})
	}
	return a
}
