package convert

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Fields of the tables of TensorFlow Lite's schema.fbs that are read here.
const (
	tflCodes     = 1 // Model.operator_codes
	tflSubgraphs = 2 // Model.subgraphs
	tflBuffers   = 4 // Model.buffers

	tflTensors   = 0 // SubGraph.tensors
	tflInputs    = 1
	tflOutputs   = 2
	tflOperators = 3

	tflShape    = 0 // Tensor.shape
	tflType     = 1
	tflBuffer   = 2
	tflName     = 3
	tflSparsity = 6
)

// tflCustom is the operator code of what is not part of TensorFlow Lite.
const tflCustom = 32

// TFLiteOptions change a network while it is read. The zero value changes nothing.
type TFLiteOptions struct {
	// InputSize replaces height and width of the inputs.
	InputSize int
	// Reshape may replace the constant shape or size that the operator with the given number takes.
	Reshape func(op int, kind string, v []int) []int
}

// tflite is a file being read.
type tflite struct {
	*Graph
	o       TFLiteOptions
	tensors []table
	names   []string // node of each tensor
}

// ReadTFLite reads a TensorFlow Lite file: its first subgraph, with float32 or float16 weights. Integer-quantised networks
// and custom operators are errors. Every operator becomes the TensorFlow one that Convert knows, with the weights in
// TensorFlow's order.
func ReadTFLite(data []byte, o TFLiteOptions) (g *Graph, err error) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case errFlat:
			g, err = nil, errors.New("damaged TensorFlow Lite file")
		default:
			panic(r)
		}
	}()
	b := newFlat(data)
	if string(b.at(4, 4)) != "TFL3" {
		return nil, errors.New("not a TensorFlow Lite file")
	}
	m := b.root()
	var kinds []string
	for _, t := range m.tables(tflCodes) {
		kinds = append(kinds, tflKind(t))
	}
	subgraphs := m.tables(tflSubgraphs)
	if len(subgraphs) == 0 {
		return nil, errors.New("TensorFlow Lite file without a graph")
	}
	sub := subgraphs[0]
	l := &tflite{Graph: newGraph(), o: o, tensors: sub.tables(tflTensors)}
	inputs, outputs := sub.ints(tflInputs), sub.ints(tflOutputs)
	if err := l.name(inputs, outputs); err != nil {
		return nil, err
	}
	if err := l.readConstants(m.tables(tflBuffers)); err != nil {
		return nil, err
	}
	for _, i := range inputs {
		shape := l.tensors[i].ints(tflShape)
		if o.InputSize > 0 && len(shape) == 4 {
			shape[1], shape[2] = o.InputSize, o.InputSize
		}
		l.placeholder(l.names[i], shape...)
	}
	for i, t := range sub.tables(tflOperators) {
		code := t.int(0, 0)
		if code < 0 || code >= len(kinds) {
			return nil, fmt.Errorf("operator %d: code %d", i, code)
		}
		if err := l.operator(i, kinds[code], t); err != nil {
			return nil, fmt.Errorf("operator %d, %s: %w", i, kinds[code], err)
		}
	}
	for _, i := range outputs {
		l.outputs = append(l.outputs, l.names[i])
	}
	return l.Graph, nil
}

// tflKind names an OperatorCode. Old files have only the first field, a byte; newer ones an integer for codes above 126.
func tflKind(t table) string {
	code := max(int(int8(t.byte(0))), t.int(3, 0))
	if code == tflCustom {
		return "custom operator " + string(t.bytes(1))
	}
	if kind := tflKinds[code]; kind != "" {
		return kind
	}
	return fmt.Sprintf("builtin operator %d", code)
}

// name gives every tensor the name of the node that makes it: its own for inputs and outputs, a number for others.
func (l *tflite) name(inputs, outputs []int) error {
	for i := range l.tensors {
		l.names = append(l.names, fmt.Sprintf("t%d", i))
	}
	for _, i := range slices.Concat(inputs, outputs) {
		if i < 0 || i >= len(l.tensors) {
			return fmt.Errorf("no tensor %d", i)
		}
		name := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' || r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' || r == '_' {
				return r
			}
			return '_'
		}, strings.TrimSuffix(string(l.tensors[i].bytes(tflName)), ":0"))
		if name == "" {
			name = fmt.Sprintf("tensor%d", i)
		}
		l.names[i] = name
	}
	return nil
}

// readConstants adds the tensors that have data in the file.
func (l *tflite) readConstants(buffers []table) error {
	for i, t := range l.tensors {
		k := t.int(tflBuffer, 0) // buffer 0 is empty by definition
		if k <= 0 || k >= len(buffers) {
			continue
		}
		raw := buffers[k].bytes(0)
		if len(raw) == 0 {
			continue
		}
		c, err := tflConstant(t, raw)
		if err != nil {
			return fmt.Errorf("tensor %d: %w", i, err)
		}
		l.constant(l.names[i], c)
	}
	return nil
}

// tflElement is how an element of a TensorType is stored.
type tflElement struct {
	size int
	dt   int
	read func(p []byte, c *constant, i int)
}

// tflElements are the types that weights may have, by their number in schema.fbs.
var tflElements = map[int]tflElement{
	0: {4, dtFloat, func(p []byte, c *constant, i int) { c.f[i] = math.Float32frombits(binary.LittleEndian.Uint32(p)) }},
	1: {2, dtFloat, func(p []byte, c *constant, i int) { c.f[i] = halfToFloat(binary.LittleEndian.Uint16(p)) }},
	2: {4, dtInt64, func(p []byte, c *constant, i int) { c.i[i] = int64(int32(binary.LittleEndian.Uint32(p))) }},
	4: {8, dtInt64, func(p []byte, c *constant, i int) { c.i[i] = int64(binary.LittleEndian.Uint64(p)) }},
	6: {1, dtBool, func(p []byte, c *constant, i int) { c.i[i] = int64(p[0]) }},
}

func tflConstant(t table, raw []byte) (*constant, error) {
	e, ok := tflElements[t.byte(tflType)]
	if !ok {
		return nil, fmt.Errorf("element type %d", t.byte(tflType))
	}
	if t.field(tflSparsity) != 0 {
		return nil, errors.New("sparse tensor")
	}
	shape := t.ints(tflShape)
	if n, ok := checkedNumel(shape, len(raw)/e.size); !ok || n*e.size != len(raw) {
		return nil, fmt.Errorf("%d bytes for shape %v", len(raw), shape)
	}
	c := newConst(e.dt, shape)
	for i := range c.n() {
		e.read(raw[i*e.size:], c, i)
	}
	return c, nil
}
