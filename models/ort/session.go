package ort

import (
	"context"
	"fmt"
	"runtime"

	onnx "github.com/yalue/onnxruntime_go"

	"semblance/models"
)

// Session is a network ready to run. It is safe for concurrent use: ONNX Runtime shares the weights between runs.
type Session struct {
	model   models.Model
	runtime *Runtime
	net     *onnx.DynamicAdvancedSession
}

// Model returns what the manifest says about the network.
func (s *Session) Model() models.Model { return s.model }

// Run runs the network on inputs, in the manifest's order, and returns its outputs in the manifest's order. Inputs are
// only read, and only until Run returns; outputs are the caller's. Shapes must be the manifest's.
//
// When ctx is cancelled a run under way is stopped after the operator that it is at, and the error is ctx's. After
// Runtime.Close the error is ErrClosed.
func (s *Session) Run(ctx context.Context, inputs ...models.Tensor) ([]models.Tensor, error) {
	out, err := s.run(ctx, inputs)
	if err != nil {
		return nil, fmt.Errorf("run model %s: %w", s.model.Name, err)
	}
	return out, nil
}

func (s *Session) run(ctx context.Context, inputs []models.Tensor) ([]models.Tensor, error) {
	if err := check(s.model.Inputs, inputs); err != nil {
		return nil, fmt.Errorf("input %w", err)
	}
	s.runtime.life.RLock()
	defer s.runtime.life.RUnlock()
	if s.runtime.closed {
		return nil, ErrClosed
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}

	// ONNX Runtime keeps the address of the data until the value is destroyed.
	var pin runtime.Pinner
	defer pin.Unpin()
	in := make([]onnx.Value, len(inputs))
	for i, t := range inputs {
		pin.Pin(&t.Data[0])
		v, err := onnx.NewTensor(shape64(t.Shape), t.Data)
		if err != nil {
			return nil, err
		}
		defer destroy(v)
		in[i] = v
	}
	out := make([]onnx.Value, len(s.model.Outputs))
	err := s.invoke(ctx, in, out)
	for _, v := range out {
		if v != nil {
			defer destroy(v)
		}
	}
	if ctx.Err() != nil {
		return nil, ctx.Err() // whatever the run says: it may have been stopped
	}
	if err != nil {
		return nil, err
	}
	res := make([]models.Tensor, len(out))
	for i, v := range out {
		t, ok := v.(*onnx.Tensor[float32])
		if !ok {
			return nil, fmt.Errorf("output %s is not float32", s.model.Outputs[i].Name)
		}
		// The binding has copied the data into a Go slice, which outlives the value.
		res[i] = models.Tensor{Shape: shapeInt(t.GetShape()), Data: t.GetData()}
	}
	if err := check(s.model.Outputs, res); err != nil {
		return nil, fmt.Errorf("output %w", err)
	}
	return res, nil
}

// invoke runs the network and stops it when ctx ends. Where ctx cannot end, it costs no run options.
func (s *Session) invoke(ctx context.Context, in, out []onnx.Value) error {
	if ctx.Done() == nil {
		return s.net.Run(in, out)
	}
	opts, err := onnx.NewRunOptions()
	if err != nil {
		return err
	}
	defer opts.Destroy()
	stopped := make(chan struct{})
	cancel := context.AfterFunc(ctx, func() {
		defer close(stopped)
		_ = opts.Terminate() // cannot fail; the run then ends by itself at worst
	})
	err = s.net.RunWithOptions(in, out, opts)
	if !cancel() {
		<-stopped // opts must outlive Terminate
	}
	return err
}

// destroy frees what ONNX Runtime holds for v. For tensors the binding never returns an error.
func destroy(v onnx.Value) { _ = v.Destroy() }

// check compares tensors with their ports.
func check(ports []models.Port, tensors []models.Tensor) error {
	if len(tensors) != len(ports) {
		return fmt.Errorf("count: %d tensors, want %d", len(tensors), len(ports))
	}
	for i, p := range ports {
		if err := p.Check(tensors[i]); err != nil {
			return err
		}
	}
	return nil
}

func shape64(s []int) onnx.Shape {
	out := make(onnx.Shape, len(s))
	for i, d := range s {
		out[i] = int64(d)
	}
	return out
}

func shapeInt(s onnx.Shape) []int {
	out := make([]int, len(s))
	for i, d := range s {
		out[i] = int(d)
	}
	return out
}
