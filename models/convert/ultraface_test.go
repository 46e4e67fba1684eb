package convert

import (
	"bytes"
	"strings"
	"testing"
)

// graphOf wraps the fields of a graph into a model.
func graphOf(graph []byte) []byte {
	var b wire
	b.varint(1, 6)
	b.bytes(modelGraph, graph)
	b.varint(5, 1)
	return b
}

// detectorGraph is UltraFace in small: a node that makes the raw offsets, one for the scores, one that decodes boxes.
func detectorGraph() []byte {
	var g wire
	for _, n := range []*onnxNode{
		{op: "Conv", name: "head", in: []string{"input", "weights"}, out: []string{rawOffsets}},
		{op: "Softmax", name: "scores", in: []string{"input"}, out: []string{"scores"}},
		{op: "Mul", name: "decode", in: []string{rawOffsets, "priors"}, out: []string{"boxes"}},
	} {
		g.bytes(graphNode, n.encode())
	}
	g.str(2, "net")
	for _, name := range []string{"weights", "priors"} {
		g.bytes(graphInitializer, (&tensor{name: name, dt: dtFloat, dims: []int{1}, raw: make([]byte, 4)}).encode())
	}
	g.bytes(graphInput, valueInfo{name: "input", dt: dtFloat, dims: []int{1, 3, 240, 320}}.encode())
	for _, name := range []string{"scores", "boxes"} {
		g.bytes(graphOutput, valueInfo{name: name, dt: dtFloat, dims: []int{1, 4420, 4}}.encode())
	}
	return g
}

func TestCutUltraFace(t *testing.T) {
	got, err := CutUltraFace(graphOf(detectorGraph()))
	if err != nil {
		t.Fatal(err)
	}
	var g wire
	g.bytes(graphNode, (&onnxNode{op: "Conv", name: "head", in: []string{"input", "weights"}, out: []string{"offsets"}}).encode())
	g.bytes(graphNode, (&onnxNode{op: "Softmax", name: "scores", in: []string{"input"}, out: []string{"scores"}}).encode())
	g.str(2, "net")
	g.bytes(graphInitializer, (&tensor{name: "weights", dt: dtFloat, dims: []int{1}, raw: make([]byte, 4)}).encode())
	free := func(names ...string) func(int) string { return func(i int) string { return names[i] } }
	g.bytes(graphInput, valueInfo{name: "input", dt: dtFloat, dims: []int{-1, 3, -1, -1}, sym: free("n", "", "h", "w")}.encode())
	g.bytes(graphOutput, valueInfo{name: "scores", dt: dtFloat, dims: []int{-1, -1, 2}, sym: free("n", "p")}.encode())
	g.bytes(graphOutput, valueInfo{name: "offsets", dt: dtFloat, dims: []int{-1, -1, 4}, sym: free("n", "p")}.encode())
	if !bytes.Equal(got, graphOf(g)) {
		t.Errorf("got  %q\nwant %q", got, graphOf(g))
	}
}

func TestPublishedUltraFace(t *testing.T) {
	const name = "model/fr_detect.onnx"
	fsys := npm(t, "faceplugin-face-recognition-js-0.0.1.tgz", func(n string) bool { return n == name })
	got, err := CutUltraFace(fsys[name].Data)
	if err != nil {
		t.Fatal(err)
	}
	// At 320 x 240 this file repeats the original within 6e-7.
	if want := "3b7f35fae87b385d3cb034f12cda135ac24a2476c3725194a39fc96575c7ebf6"; digest(got) != want {
		t.Errorf("sha256 %s, want %s", digest(got), want)
	}
}

// wrongModels are no UltraFace, each in its own way.
func wrongModels() map[string][]byte {
	whole := graphOf(detectorGraph())
	return map[string][]byte{
		"empty":         nil,
		"cut off":       whole[:len(whole)/2],
		"text":          []byte("model"),
		"other network": bytes.ReplaceAll(whole, []byte(rawOffsets), []byte("461")),
		"length beyond": {modelGraph<<3 | wireBytes, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x7f},
		"group":         {1<<3 | 3},
		"field 0":       {0, 0},
		"graph damaged": graphOf([]byte(strings.Repeat("\xff", 20))),
	}
}

func TestCutUltraFaceRefuses(t *testing.T) {
	for name, model := range wrongModels() {
		if _, err := CutUltraFace(model); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}

func FuzzCutUltraFace(f *testing.F) {
	f.Add(graphOf(detectorGraph()))
	for _, m := range wrongModels() {
		f.Add(m)
	}
	f.Fuzz(func(t *testing.T, model []byte) {
		out, err := CutUltraFace(model)
		if err != nil {
			return
		}
		if _, err := parseFields(out); err != nil {
			t.Errorf("the result is no message: %v", err)
		}
	})
}
