// Package convert turns published networks into ONNX: TensorFlow.js graph models, face-api.js weights and TensorFlow Lite
// files are read into a Graph, and Convert writes it. CutUltraFace edits a network that is ONNX already. The same input
// always gives the same bytes, so that a pack can be checked by hash.
//
// TensorFlow graphs are NHWC, ONNX convolutions are NCHW. Every value carries up to two names, one a layout: a convolution
// asks for the NCHW form of its input and leaves only the NCHW form of its output, element-wise operators stay in whatever
// form their inputs have, and a Transpose appears only where a consumer asks for a form that does not exist yet. Public
// inputs and outputs keep the TensorFlow layout.
//
// PRelu is written as Relu(x) - a*Relu(-x): with a PRelu node ONNX Runtime leaves its blocked layout, and the face mesh
// takes 1.34 times as long.
//
// Only developers run this package, on packages whose hash is pinned; still, nothing that it reads makes it panic or take
// more memory than a fixed multiple of the input.
package convert

import (
	"fmt"
	"runtime"
	"slices"
	"strings"
)

// Options steer a conversion. The zero value is right for most networks.
type Options struct {
	// Name is the graph's name in the file.
	Name string
	// Batch fixes the batch size; 0 leaves it free.
	Batch int
	// HalfWeights stores large weights as float16, to be widened when the network is opened; the arithmetic stays float32.
	// It loses nothing where the weights were published as float16.
	HalfWeights bool
}

// The producer is part of the bytes, and so of every hash in the manifest: it stays as it was in the first files.
const (
	producer = "tfjs2onnx"
	opset    = 17
)

// Limits that no network comes near, so that a damaged or hostile graph ends as an error.
const (
	maxDepth  = 10_000
	maxFolded = 1 << 24
	maxStored = 2 * maxWeights
)

// converter is the state of one conversion.
type converter struct {
	g       *Graph
	o       Options
	m       *model
	values  map[string]*value // by tensor reference, always with its index
	working map[string]bool   // nodes whose operands are being converted, to notice a cycle
	inits   map[string]string // content or identity of a constant -> its ONNX name
	alive   []*constant       // keeps the pointers used as keys of inits unique
	seq     int
	folded  int // elements of folded constants so far
	stored  int // bytes of constants written so far
}

// Convert returns g as a serialised ONNX model, opset 17. Operators that are not supported and graphs that contradict
// themselves are errors that name the node.
func Convert(g *Graph, o Options) ([]byte, error) {
	m, err := convertModel(g, o)
	if err != nil {
		return nil, err
	}
	return m.encode(), nil
}

func convertModel(g *Graph, o Options) (m *model, err error) {
	c := &converter{
		g: g, o: o, m: &model{producer: producer, graph: o.Name, opset: opset},
		values: map[string]*value{}, working: map[string]bool{}, inits: map[string]string{},
	}
	// Conversion walks the graph deeply; an error leaves it as a panic that ends here. The operators take ranks and numbers
	// of dimensions to be what TensorFlow promises: a graph that breaks the promise runs into a bounds check, which is an
	// error of the graph, not of the program.
	defer func() {
		switch r := recover().(type) {
		case nil:
		case conversionError:
			m, err = nil, r.error
		case runtime.Error:
			m, err = nil, fmt.Errorf("the graph contradicts itself: %w", r)
		default:
			panic(r)
		}
	}()
	for _, in := range g.inputs {
		c.placeholder(g.nodes[in])
	}
	outs := make([]*value, len(g.outputs))
	for i, ref := range g.outputs {
		outs[i] = c.get(ref)
	}
	c.publish(outs)
	c.dropDead()
	return c.m, nil
}

// publish gives the outputs the graph's names.
func (c *converter) publish(outs []*value) {
	rename := map[string]string{}
	for i, v := range outs {
		want := c.g.outputs[i]
		name := c.nhwc(v)
		// An input, a constant and a value that is another output already keep their names.
		taken := v.konst() != nil || slices.ContainsFunc(c.m.inputs, func(in valueInfo) bool { return in.name == name })
		if _, twice := rename[name]; twice || taken {
			name = c.emit("Identity", []string{name}, 1)[0]
		}
		rename[name] = want
		c.m.outputs = append(c.m.outputs, valueInfo{name: want, dt: v.dt, dims: v.shape, sym: symbol(want)})
	}
	for _, n := range c.m.nodes {
		for _, names := range [][]string{n.in, n.out} {
			for i, s := range names {
				if r, ok := rename[s]; ok {
					names[i] = r
				}
			}
		}
	}
}

// symbol names the free dimensions of a port.
func symbol(port string) func(int) string {
	return func(i int) string {
		if i == 0 {
			return "N"
		}
		return fmt.Sprintf("%s_d%d", port, i)
	}
}

// dropDead removes nodes and constants that no output needs. Nodes are in order: one backward pass finds them.
func (c *converter) dropDead() {
	need := map[string]bool{}
	for _, o := range c.m.outputs {
		need[o.name] = true
	}
	var keep []*onnxNode
	for _, n := range slices.Backward(c.m.nodes) {
		if slices.ContainsFunc(n.out, func(s string) bool { return need[s] }) {
			for _, s := range n.in {
				need[s] = true
			}
			keep = append(keep, n)
		}
	}
	slices.Reverse(keep)
	c.m.nodes = keep
	c.m.inits = slices.DeleteFunc(c.m.inits, func(t *tensor) bool { return !need[t.name] })
}

// conversionError is what fail panics with.
type conversionError struct{ error }

func fail(n *node, format string, a ...any) {
	panic(conversionError{fmt.Errorf("%s (%s): %s", n.op, n.name, fmt.Sprintf(format, a...))})
}

func (c *converter) placeholder(n *node) {
	shape := slices.Clone(n.ints("shape"))
	if len(shape) > 1 && (shape[0] == -1 || shape[0] == 1) {
		shape[0] = c.o.Batch
		if c.o.Batch == 0 {
			shape[0] = -1
		}
	}
	dt := elementType(n.str("dtype", ""))
	c.values[n.name+":0"] = &value{shape: shape, dt: dt, nhwc: n.name}
	c.m.inputs = append(c.m.inputs, valueInfo{name: n.name, dt: dt, dims: shape, sym: symbol(n.name)})
}

// elementType returns the ONNX element type for a TensorFlow one. All integers become int64, which is what ONNX's shapes
// and indices are.
func elementType(tf string) int {
	switch tf {
	case "DT_FLOAT", "DT_HALF":
		return dtFloat
	case "DT_BOOL":
		return dtBool
	}
	return dtInt64
}

// get returns the value of a tensor reference, converting its node when needed.
func (c *converter) get(ref string) *value {
	name, index, ok := strings.Cut(ref, ":")
	if !ok {
		index = "0"
	}
	if v := c.values[name+":"+index]; v != nil {
		return v
	}
	n := c.g.nodes[name]
	if n == nil {
		panic(conversionError{fmt.Errorf("no node %q", name)})
	}
	if c.working[name] {
		fail(n, "depends on itself")
	}
	if len(c.working) == maxDepth {
		fail(n, "%d nodes in a chain", maxDepth)
	}
	c.working[name] = true
	c.convertNode(n)
	delete(c.working, name)
	v := c.values[name+":"+index]
	if v == nil {
		fail(n, "no output %s", index)
	}
	return v
}

func (c *converter) convertNode(n *node) {
	if n.op == "Const" {
		k := c.g.weights[n.name]
		if k == nil {
			fail(n, "no weight")
		}
		c.values[n.name+":0"] = &value{shape: k.shape, dt: k.dt, c: k}
		return
	}
	var in []*value
	for _, s := range n.operands() {
		in = append(in, c.get(s))
	}
	op, err := lookup(n.op, len(in))
	if err != nil {
		fail(n, "%v", err)
	}
	if k := fold(n, in); k != nil {
		if c.folded += k.n(); c.folded > maxFolded {
			fail(n, "more than %d folded values", maxFolded)
		}
		v := &value{shape: k.shape, dt: k.dt, c: k}
		if !k.full() { // partly known: the run-time form is needed too
			v.nhwc = c.nhwc(op.convert(c, n, in)[0])
		}
		c.values[n.name+":0"] = v
		return
	}
	for i, v := range op.convert(c, n, in) {
		c.values[fmt.Sprintf("%s:%d", n.name, i)] = v
	}
}

func (c *converter) fresh(op string) string {
	c.seq++
	return fmt.Sprintf("%s_%d", strings.ToLower(op), c.seq)
}

// emit appends a node and returns the names of its outputs.
func (c *converter) emit(op string, in []string, outputs int, a ...attribute) []string {
	out := make([]string, outputs)
	for i := range out {
		out[i] = c.fresh(op)
	}
	c.m.nodes = append(c.m.nodes, &onnxNode{op: op, name: out[0], in: in, out: out, attrs: a})
	return out
}

// one emits a node with one output.
func (c *converter) one(op string, in []string, a ...attribute) string {
	return c.emit(op, in, 1, a...)[0]
}

func at(name string, v any) attribute { return attribute{name, v} }
