package ort

import (
	"context"
	"errors"
	"os"
	"strings"
	"testing"
	"time"

	onnx "github.com/yalue/onnxruntime_go"
)

// Cancelling ends the run inside ONNX Runtime, instead of waiting for its end: the run itself fails.
func TestInvokeStops(t *testing.T) {
	r, err := Open(Options{})
	if errors.Is(err, ErrNotFound) && os.Getenv("SEMBLANCE_REQUIRE") == "" {
		t.Skip(err)
	}
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	s, err := r.Network("detector")
	if err != nil {
		t.Fatal(err)
	}
	const side = 2400 // takes some hundred milliseconds
	in, err := onnx.NewEmptyTensor[float32](onnx.NewShape(1, 3, side, side))
	if err != nil {
		t.Fatal(err)
	}
	defer destroy(in)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer cancel()
	out := make([]onnx.Value, 2)
	if err := s.invoke(ctx, []onnx.Value{in}, out); err == nil || !strings.Contains(strings.ToLower(err.Error()), "terminate") {
		t.Errorf("invoke = %v, want ONNX Runtime to say that it was stopped", err)
	}
	for _, v := range out {
		if v != nil {
			t.Error("a stopped run left an output")
		}
	}
}
