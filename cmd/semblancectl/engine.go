package main

import (
	"fmt"

	"semblance/analysis"
	"semblance/internal/pipeline"
	"semblance/models"
	"semblance/models/ort"
)

// openEngine opens ONNX Runtime and an engine that runs the embedded networks on
// it. The second result closes the runtime.
func openEngine(library string) (pipeline.Analyzer, func() error, error) {
	pack, err := models.Embedded()
	if err != nil {
		return nil, nil, fmt.Errorf("open models: %w", err)
	}
	runtime, err := ort.Open(ort.Options{Library: library, Pack: pack})
	if err != nil {
		return nil, nil, err
	}
	engine := analysis.New(analysis.Config{
		Open:   analysis.Opener(runtime.Network),
		SHA256: pack.SHA256,
	})
	return engine, runtime.Close, nil
}
