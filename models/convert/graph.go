package convert

import "strings"

// Graph is a network as TensorFlow describes it: named nodes, each with operands that are outputs of other nodes, in NHWC
// layout. The readers make one, Convert turns it into ONNX.
type Graph struct {
	nodes   map[string]*node
	weights map[string]*constant // of the nodes whose op is Const, by node name
	inputs  []string             // names of the Placeholder nodes
	outputs []string             // tensors: "node", or "node:i" for another output than the first
}

func newGraph() *Graph {
	return &Graph{nodes: map[string]*node{}, weights: map[string]*constant{}}
}

// add puts a node into the graph and returns its name, which is also the name of its first output.
func (g *Graph) add(op, name string, in []string, a attrs) string {
	g.nodes[name] = &node{name: name, op: op, in: in, attrs: a}
	return name
}

// constant puts a Const node into the graph and returns its name.
func (g *Graph) constant(name string, c *constant) string {
	g.weights[name] = c
	return g.add("Const", name, nil, nil)
}

// placeholder puts a float input into the graph. A dimension of -1 is free.
func (g *Graph) placeholder(name string, shape ...int) string {
	g.inputs = append(g.inputs, name)
	return g.add("Placeholder", name, nil, attrs{"dtype": "DT_FLOAT", "shape": shape})
}

// node is one operation. Operands that begin with "^" only order the execution.
type node struct {
	name, op string
	in       []string
	attrs    attrs
}

// attrs are a node's attributes: string (element types too), int, float64, bool, []int (shapes too) or []string.
type attrs map[string]any

func attr[T any](n *node, key string, def T) T {
	if v, ok := n.attrs[key].(T); ok {
		return v
	}
	return def
}

func (n *node) str(key, def string) string            { return attr(n, key, def) }
func (n *node) int(key string, def int) int           { return attr(n, key, def) }
func (n *node) float(key string, def float64) float64 { return attr(n, key, def) }
func (n *node) bool(key string) bool                  { return attr(n, key, false) }
func (n *node) ints(key string) []int                 { return attr[[]int](n, key, nil) }
func (n *node) strs(key string) []string              { return attr[[]string](n, key, nil) }

// operands returns the inputs that carry data.
func (n *node) operands() []string {
	var out []string
	for _, s := range n.in {
		if !strings.HasPrefix(s, "^") {
			out = append(out, s)
		}
	}
	return out
}
