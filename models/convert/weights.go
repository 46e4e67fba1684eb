package convert

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"path"
)

// maxWeights bounds the weight bytes of one network, so that a manifest that names a file a thousand times cannot fill the
// memory. The largest network of this program has 14 MB.
const maxWeights = 1 << 28

// weightGroup is an entry of a TensorFlow.js weights manifest: files, joined, and what lies in them in order.
type weightGroup struct {
	Paths   []string      `json:"paths"`
	Weights []weightEntry `json:"weights"`
}

type weightEntry struct {
	Name         string        `json:"name"`
	Shape        []int         `json:"shape"`
	DType        string        `json:"dtype"`
	Quantization *quantization `json:"quantization"`
}

// quantization says how stored values become weights: q*Scale + Min for integers; float16 is only widened.
type quantization struct {
	DType string  `json:"dtype"`
	Scale float64 `json:"scale"`
	Min   float64 `json:"min"`
}

// readWeights adds the constants of a weights manifest to g. Paths are relative to dir.
func (g *Graph) readWeights(fsys fs.FS, dir string, groups []weightGroup) error {
	total := 0
	for _, group := range groups {
		var data []byte
		for _, p := range group.Paths {
			b, err := fs.ReadFile(fsys, path.Join(dir, p))
			if err != nil {
				return err
			}
			if total += len(b); total > maxWeights {
				return fmt.Errorf("more than %d bytes of weights", maxWeights)
			}
			data = append(data, b...)
		}
		for _, w := range group.Weights {
			c, used, err := decodeWeight(w, data)
			if err != nil {
				return fmt.Errorf("weight %s: %w", w.Name, err)
			}
			data = data[used:]
			g.weights[w.Name] = c
		}
		if len(data) != 0 {
			return fmt.Errorf("%d bytes left over after the weights", len(data))
		}
	}
	return nil
}

// decodeWeight reads one constant from the start of data and returns how many bytes it took.
func decodeWeight(w weightEntry, data []byte) (*constant, int, error) {
	stored := w.DType
	if w.Quantization != nil {
		stored = w.Quantization.DType
	}
	size := map[string]int{"float32": 4, "int32": 4, "float16": 2, "uint16": 2, "uint8": 1, "bool": 1}[stored]
	if size == 0 {
		return nil, 0, fmt.Errorf("element type %q", stored)
	}
	n, ok := checkedNumel(w.Shape, len(data)/size)
	if !ok {
		return nil, 0, fmt.Errorf("shape %v with %d bytes left", w.Shape, len(data))
	}
	dt, ok := map[string]int{"float32": dtFloat, "int32": dtInt64, "bool": dtBool}[w.DType]
	if !ok {
		return nil, 0, errors.New("element type " + w.DType)
	}
	value := storedValue(stored, data)
	c := newConst(dt, w.Shape)
	for i := range n {
		v := value(i)
		if w.Quantization != nil && stored != "float16" {
			v = v*w.Quantization.Scale + w.Quantization.Min
		}
		if dt != dtFloat {
			v = math.Round(v)
		}
		c.set(i, v, false)
	}
	return c, n * size, nil
}

// storedValue returns a function that reads element i of data.
func storedValue(dtype string, data []byte) func(i int) float64 {
	le := binary.LittleEndian
	switch dtype {
	case "float32":
		return func(i int) float64 { return float64(math.Float32frombits(le.Uint32(data[4*i:]))) }
	case "int32":
		return func(i int) float64 { return float64(int32(le.Uint32(data[4*i:]))) }
	case "float16":
		return func(i int) float64 { return float64(halfToFloat(le.Uint16(data[2*i:]))) }
	case "uint16":
		return func(i int) float64 { return float64(le.Uint16(data[2*i:])) }
	}
	return func(i int) float64 { return float64(data[i]) }
}
