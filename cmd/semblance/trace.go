package main

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"time"
)

// newTrace returns a function that writes an event to the file as one JSON
// object a line: {"t": seconds since the start, "event": name, ...details}. An
// end-to-end test waits for these lines instead of sleeping. Without a file the
// function is nil.
func newTrace(path string) (trace func(event string, details map[string]any), closeFile func() error, err error) {
	if path == "" {
		return nil, func() error { return nil }, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, nil, fmt.Errorf("open trace: %w", err)
	}
	start := time.Now()
	encoder := json.NewEncoder(f)
	return func(event string, details map[string]any) {
		line := map[string]any{"t": time.Since(start).Seconds(), "event": event}
		maps.Copy(line, details)
		encoder.Encode(line) //nolint:errcheck // a trace that cannot be written must not stop the window
	}, f.Close, nil
}
