package library

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"semblance/internal/decode"
	"semblance/internal/pipeline"
)

// What a file does to its decoder is its own failure and stays; what happens to the program passes. The badge says it in short.
func TestLasting(t *testing.T) {
	for _, tt := range []struct {
		err    error
		lasts  bool
		reason string
	}{
		{fmt.Errorf("analyse: %w: it needed more than 2048 MB of memory", decode.ErrGaveUp), true, "could not be decoded: it needed more than 2048 MB of memory"},
		{fmt.Errorf("%w: it took longer than 1m30s", decode.ErrGaveUp), true, "could not be decoded: it took longer than 1m30s"},
		{fmt.Errorf("%w JPEG: no picture", decode.ErrDamaged), true, "damaged JPEG: no picture"},
		{errors.New("start the decoder: no such file"), false, "start the decoder: no such file"},
		{pipeline.ErrTooSlow, false, "the analysis took too long and was stopped"},
		{context.Canceled, false, "context canceled"},
	} {
		if got := lasting(tt.err); got != tt.lasts {
			t.Errorf("lasting(%v) = %v", tt.err, got)
		}
		if got := reason(tt.err); got != tt.reason {
			t.Errorf("reason(%v) = %q, want %q", tt.err, got, tt.reason)
		}
	}
}
