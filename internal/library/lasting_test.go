package library

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
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
		{fmt.Errorf("analyse: find faces: get pixels: %w PNG: bad filter", decode.ErrDamaged), true, "damaged PNG: bad filter"},
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

// A failure is of the file as it was before it was read: one that was still being copied then is read once more.
func TestLastingIsOfTheFileThatWasRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.png")
	write := func(size int) {
		t.Helper()
		if err := os.WriteFile(path, make([]byte, size), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(100)
	r := pipeline.New(pipeline.Config{}).Process(t.Context(), path)
	write(200)
	l := &Library{}
	if o := l.outcome(r); o.Failure == "" || o.File.Size != 100 || o.File.Path != path {
		t.Errorf("the outcome is %+v", o)
	}
	r = pipeline.New(pipeline.Config{}).Process(t.Context(), path+".gone")
	r.Err = decode.ErrDamaged
	if o := l.outcome(r); !o.File.MTime.IsZero() || o.File.Path != path+".gone" {
		t.Errorf("the outcome is %+v", o)
	}
}
