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
		Open: func(name string) (analysis.Network, error) {
			n, err := runtime.Network(name)
			if err != nil {
				return nil, err // not n: a nil *ort.Session in an interface is not nil
			}
			return n, nil
		},
		SHA256: func(name string) string {
			m, err := pack.Model(name)
			if err != nil {
				return ""
			}
			return m.SHA256
		},
	})
	return engine, runtime.Close, nil
}
