package convert

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
)

// A network of the kind that is converted here: 4 x 4 pictures of two channels; a convolution with a bias, a mean over the
// map, two classes. Strings are in base64 as TensorFlow.js writes them: "U0FNRQ==" is SAME.
const smallModel = `{
  "modelTopology": {"node": [
    {"name": "in", "op": "Placeholder", "attr": {"dtype": {"type": "DT_FLOAT"},
      "shape": {"shape": {"dim": [{"size": "1"}, {"size": "4"}, {"size": "4"}, {"size": "2"}]}}}},
    {"name": "w", "op": "Const"}, {"name": "b", "op": "Const"}, {"name": "axes", "op": "Const"}, {"name": "d", "op": "Const"},
    {"name": "conv", "op": "Conv2D", "input": ["in", "w"], "attr": {"padding": {"s": "U0FNRQ=="},
      "strides": {"list": {"i": ["1", "2", "2", "1"]}}}},
    {"name": "sum", "op": "BiasAdd", "input": ["conv", "b"]},
    {"name": "act", "op": "Relu6", "input": ["sum"]},
    {"name": "mean", "op": "Mean", "input": ["act", "axes"]},
    {"name": "dense", "op": "MatMul", "input": ["mean", "d", "^act"]},
    {"name": "out", "op": "Softmax", "input": ["dense"]},
    {"name": "unused", "op": "Relu", "input": ["conv"]}
  ]},
  "signature": {"outputs": {"classes": {"name": "out:0"}}},
  "weightsManifest": [{"paths": ["a.bin", "b.bin"], "weights": [
    {"name": "w", "shape": [1, 1, 2, 3], "dtype": "float32", "quantization": {"dtype": "uint8", "scale": 0.5, "min": -1}},
    {"name": "b", "shape": [3], "dtype": "float32", "quantization": {"dtype": "float16"}},
    {"name": "axes", "shape": [2], "dtype": "int32"},
    {"name": "d", "shape": [3, 2], "dtype": "float32"}
  ]}]
}`

// smallWeights are the files of smallModel. Their border lies inside a weight.
func smallWeights() (a, b []byte) {
	all := []byte{0, 1, 2, 3, 4, 5, 0x00, 0x3c, 0x00, 0xc0, 0x00, 0x00, 1, 0, 0, 0, 2, 0, 0, 0}
	all = append(all, make([]byte, 3*2*4)...)
	return all[:9], all[9:]
}

func smallFS(model string) fstest.MapFS {
	a, b := smallWeights()
	return fstest.MapFS{"m/model.json": {Data: []byte(model)}, "m/a.bin": {Data: a}, "m/b.bin": {Data: b}}
}

func readSmall(t *testing.T) *Graph {
	t.Helper()
	g, err := ReadTFJS(smallFS(smallModel), "m/model.json")
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func TestReadTFJS(t *testing.T) {
	g := readSmall(t)
	if diff := cmp.Diff([]string{"out"}, g.outputs); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]float32{-1, -.5, 0, .5, 1, 1.5}, g.weights["w"].f); diff != "" {
		t.Errorf("8-bit weights: %s", diff)
	}
	if diff := cmp.Diff([]float32{1, -2, 0}, g.weights["b"].f); diff != "" {
		t.Errorf("half floats: %s", diff)
	}
	if diff := cmp.Diff([]int64{1, 2}, g.weights["axes"].i); diff != "" {
		t.Errorf("integers: %s", diff)
	}

	unsigned := strings.Replace(smallModel, `"signature"`, `"nothing"`, 1)
	g, err := ReadTFJS(smallFS(unsigned), "m/model.json")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]string{"out", "unused"}, g.outputs); diff != "" {
		t.Errorf("without a signature, what nothing consumes is an output: %s", diff)
	}
}

// ops lists the operators of a model in order.
func ops(m *model) string {
	var list []string
	for _, n := range m.nodes {
		list = append(list, n.op)
	}
	return strings.Join(list, " ")
}

func TestConvert(t *testing.T) {
	m, err := convertModel(readSmall(t), Options{Name: "small"})
	if err != nil {
		t.Fatal(err)
	}
	// One change of layout, at the door; nothing of the unused branch.
	if got, want := ops(m), "Transpose Conv Add Clip GlobalAveragePool Flatten Gemm Softmax"; got != want {
		t.Errorf("operators %s, want %s", got, want)
	}
	if in := m.inputs[0]; in.name != "in" || !cmp.Equal(in.dims, []int{-1, 4, 4, 2}) || in.sym(0) != "N" {
		t.Errorf("input %s %v", in.name, in.dims)
	}
	if out := m.outputs[0]; out.name != "out" || m.nodes[len(m.nodes)-1].out[0] != "out" {
		t.Errorf("output %s", out.name)
	}

	m, err = convertModel(readSmall(t), Options{Batch: 2})
	if err != nil {
		t.Fatal(err)
	}
	if got := m.inputs[0].dims; !cmp.Equal(got, []int{2, 4, 4, 2}) {
		t.Errorf("fixed batch: input %v", got)
	}
}

func TestConvertIsDeterministic(t *testing.T) {
	first, err := Convert(readSmall(t), Options{Name: "small"})
	if err != nil {
		t.Fatal(err)
	}
	for range 10 {
		again, err := Convert(readSmall(t), Options{Name: "small"})
		if err != nil || !bytes.Equal(first, again) {
			t.Fatalf("another run gave other bytes: %v", err)
		}
	}
}

func TestHalfWeights(t *testing.T) {
	g := newGraph()
	g.placeholder("in", -1, halfFrom)
	large := newConst(dtFloat, []int{halfFrom})
	small := newConst(dtFloat, []int{1, 1})
	g.constant("large", large)
	g.constant("small", small)
	g.add("Mul", "product", []string{"in", "large"}, nil)
	g.add("Add", "out", []string{"product", "small"}, nil)
	g.outputs = []string{"out"}
	m, err := convertModel(g, Options{HalfWeights: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := ops(m); got != "Cast Mul Add" {
		t.Errorf("operators %s", got)
	}
	for _, c := range m.inits {
		want := map[int]int{dtFloat16: 2 * halfFrom, dtFloat: 4}[c.dt]
		if len(c.raw) != want {
			t.Errorf("constant of type %d has %d bytes, want %d", c.dt, len(c.raw), want)
		}
	}
}

// prelus are written as two Relus; paddings and clips melt into what stands beside them.
func TestRewrites(t *testing.T) {
	tests := []struct {
		name  string
		build func(g *Graph) string
		want  string
	}{
		{"prelu", func(g *Graph) string {
			return g.add("Prelu", "x", []string{"in", g.constant("slope", newConst(dtFloat, []int{2}))}, nil)
		}, "Relu Neg Relu Mul Add"},
		{"relu and minimum", func(g *Graph) string {
			g.add("Relu", "r", []string{"in"}, nil)
			return g.add("Minimum", "x", []string{"r", g.constant("six", floatScalar(6))}, nil)
		}, "Clip"},
		{"pad and convolution", func(g *Graph) string {
			g.add("Pad", "p", []string{"in", g.constant("by", intConst([]int{4, 2}, 0, 0, 1, 1, 1, 1, 0, 0))}, nil)
			return g.add("Conv2D", "x", []string{"p", g.constant("w", newConst(dtFloat, []int{3, 3, 2, 1}))}, attrs{"padding": "VALID"})
		}, "Transpose Conv Reshape"},
		{"pooling of everything", func(g *Graph) string {
			return g.add("AvgPool", "x", []string{"in"}, attrs{"ksize": []int{1, 4, 4, 1}, "padding": "VALID"})
		}, "Transpose GlobalAveragePool Reshape"},
		{"shape arithmetic", func(g *Graph) string {
			g.add("Shape", "s", []string{"in"}, nil)
			g.add("StridedSlice", "n", []string{"s", g.constant("0", intConst([]int{1}, 0)), g.constant("1", intConst([]int{1}, 1)), g.constant("step", intConst([]int{1}, 1))},
				attrs{"shrink_axis_mask": 1})
			g.add("Pack", "to", []string{"n", g.constant("32", intConst([]int{}, 32))}, nil)
			return g.add("Reshape", "x", []string{"in", "to"}, nil)
		}, "Reshape"},
	}
	for _, tt := range tests {
		g := newGraph()
		g.placeholder("in", 1, 4, 4, 2)
		g.outputs = []string{tt.build(g)}
		m, err := convertModel(g, Options{})
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		if got := ops(m); got != tt.want {
			t.Errorf("%s: operators %s, want %s", tt.name, got, tt.want)
		}
	}
}

// damage lists changes of smallModel, by what is wrong then.
var damage = []struct{ name, old, new string }{
	{"not JSON", `"modelTopology"`, `modelTopology`},
	{"another document", `"node"`, `"nodes"`},
	{"missing file", `"a.bin"`, `"c.bin"`},
	{"file outside", `"a.bin"`, `"../../a.bin"`},
	{"weights left over", `{"name": "d", "shape": [3, 2]`, `{"name": "d", "shape": [3, 1]`},
	{"weights too short", `{"name": "d", "shape": [3, 2]`, `{"name": "d", "shape": [3, 3]`},
	{"negative shape", `{"name": "d", "shape": [3, 2]`, `{"name": "d", "shape": [-3, -2]`},
	{"overflowing shape", `{"name": "d", "shape": [3, 2]`, `{"name": "d", "shape": [4294967296, 4294967296, 2]`},
	{"unknown element type", `"dtype": "int32"`, `"dtype": "int7"`},
	{"unknown stored type", `"dtype": "uint8"`, `"dtype": "uint7"`},
	{"two nodes of one name", `"name": "mean"`, `"name": "act"`},
	{"integer out of range", `"size": "4"`, `"size": "99999999999999999999"`},
	{"operator not supported", `"op": "Relu6"`, `"op": "Frobnicate"`},
	{"missing operand", `"input": ["conv", "b"]`, `"input": ["conv"]`},
	{"unknown operand", `"input": ["conv", "b"]`, `"input": ["conv", "c"]`},
	{"output that does not exist", `"input": ["conv", "b"]`, `"input": ["conv:1", "b"]`},
	{"cycle", `"input": ["conv", "b"]`, `"input": ["act", "b"]`},
	{"filter of another rank", `"shape": [1, 1, 2, 3]`, `"shape": [2, 3]`},
	{"unknown padding", "U0FNRQ==", "U0FN"},
	{"stride 0", `["1", "2", "2", "1"]`, `["1", "0", "2", "1"]`},
	{"constant without weights", `{"name": "unused", "op": "Relu", "input": ["conv"]}`, `{"name": "out", "op": "Const"}`},
}

func TestDamagedTFJS(t *testing.T) {
	for _, tt := range damage {
		model := strings.Replace(smallModel, tt.old, tt.new, 1)
		if model == smallModel {
			t.Errorf("%s: nothing was damaged", tt.name)
		}
		g, err := ReadTFJS(smallFS(model), "m/model.json")
		if err == nil {
			_, err = Convert(g, Options{})
		}
		if err == nil {
			t.Errorf("%s: no error", tt.name)
		}
	}
	// A weight file repeated until it would fill the memory.
	many := strings.Replace(smallModel, `"a.bin", "b.bin"`, strings.Repeat(`"big.bin",`, 1000)+`"b.bin"`, 1)
	fsys := smallFS(many)
	fsys["m/big.bin"] = &fstest.MapFile{Data: make([]byte, maxWeights/100)}
	if _, err := ReadTFJS(fsys, "m/model.json"); err == nil || !strings.Contains(err.Error(), "weights") {
		t.Errorf("too many weights: %v", err)
	}
}

// A chain of nodes deeper than any network is an error, not the end of the stack.
func TestDeepGraph(t *testing.T) {
	g := newGraph()
	last := g.placeholder("in", 1)
	for i := range 3 * maxDepth {
		last = g.add("Relu", fmt.Sprint(i), []string{last}, nil)
	}
	g.outputs = []string{last}
	if _, err := Convert(g, Options{}); err == nil {
		t.Error("no error")
	}
}

// Whatever the file holds: an error or a model, never a panic.
func FuzzTFJS(f *testing.F) {
	a, b := smallWeights()
	weights := append(append([]byte{}, a...), b...)
	model := strings.Replace(smallModel, `"a.bin", "b.bin"`, `"w.bin"`, 1)
	f.Add(model, weights)
	for _, d := range damage {
		f.Add(strings.Replace(model, d.old, d.new, 1), weights)
	}
	f.Fuzz(func(_ *testing.T, model string, weights []byte) {
		g, err := ReadTFJS(fstest.MapFS{"model.json": {Data: []byte(model)}, "w.bin": {Data: weights}}, "model.json")
		if err != nil {
			return
		}
		_, _ = Convert(g, Options{}) // an error is a fine answer
	})
}
