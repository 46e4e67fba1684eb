package convert

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strconv"
	"strings"
)

// tfjsModel is a TensorFlow.js model.json.
type tfjsModel struct {
	ModelTopology struct {
		Node []tfjsNode `json:"node"`
	} `json:"modelTopology"`
	Signature           *tfjsSignature `json:"signature"`
	UserDefinedMetadata struct {
		Signature *tfjsSignature `json:"signature"`
	} `json:"userDefinedMetadata"`
	WeightsManifest []weightGroup `json:"weightsManifest"`
}

type tfjsSignature struct {
	Outputs map[string]struct {
		Name string `json:"name"`
	} `json:"outputs"`
}

type tfjsNode struct {
	Name  string              `json:"name"`
	Op    string              `json:"op"`
	Input []string            `json:"input"`
	Attr  map[string]tfjsAttr `json:"attr"`
}

// tfjsAttr is TensorFlow's AttrValue in the JSON form of protobuf: 64-bit integers are strings, bytes are base64.
type tfjsAttr struct {
	S     *string  `json:"s"`
	I     *jsonInt `json:"i"`
	F     *float64 `json:"f"`
	B     *bool    `json:"b"`
	Type  *string  `json:"type"`
	Shape *struct {
		Dim []struct {
			Size jsonInt `json:"size"`
		} `json:"dim"`
		UnknownRank bool `json:"unknownRank"`
	} `json:"shape"`
	List *struct {
		S []string  `json:"s"`
		I []jsonInt `json:"i"`
	} `json:"list"`
}

// jsonInt is an integer written as a number or as a string.
type jsonInt int

func (s *jsonInt) UnmarshalJSON(b []byte) error {
	v, err := strconv.Atoi(strings.Trim(string(b), `"`))
	*s = jsonInt(v)
	return err
}

// value returns the attribute in the form of attrs, nil where it has none there.
func (a tfjsAttr) value() any {
	switch {
	case a.S != nil:
		return fromBase64(*a.S)
	case a.I != nil:
		return int(*a.I)
	case a.F != nil:
		return *a.F
	case a.B != nil:
		return *a.B
	case a.Type != nil:
		return *a.Type
	case a.Shape != nil && !a.Shape.UnknownRank:
		shape := []int{}
		for _, d := range a.Shape.Dim {
			shape = append(shape, int(d.Size))
		}
		return shape
	case a.List != nil && len(a.List.S) > 0:
		list := make([]string, len(a.List.S))
		for i, s := range a.List.S {
			list[i] = fromBase64(s)
		}
		return list
	case a.List != nil:
		list := make([]int, len(a.List.I))
		for i, v := range a.List.I {
			list[i] = int(v)
		}
		return list
	}
	return nil
}

// fromBase64 decodes s; some writers leave strings as they are.
func fromBase64(s string) string {
	if d, err := base64.StdEncoding.DecodeString(s); err == nil {
		return string(d)
	}
	return s
}

// ReadTFJS reads a TensorFlow.js graph model: the model.json called name in fsys and the weight files that it names.
func ReadTFJS(fsys fs.FS, name string) (*Graph, error) {
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var m tfjsModel
	if err := json.Unmarshal(raw, &m); err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	if len(m.ModelTopology.Node) == 0 {
		return nil, fmt.Errorf("parse %s: not a graph model", name)
	}
	g := newGraph()
	for _, n := range m.ModelTopology.Node {
		a := attrs{}
		for k, v := range n.Attr {
			if v := v.value(); v != nil {
				a[k] = v
			}
		}
		if g.nodes[n.Name] != nil {
			return nil, fmt.Errorf("parse %s: two nodes are called %q", name, n.Name)
		}
		g.add(n.Op, n.Name, n.Input, a)
		if n.Op == "Placeholder" {
			g.inputs = append(g.inputs, n.Name)
		}
	}
	if err := g.readWeights(fsys, path.Dir(name), m.WeightsManifest); err != nil {
		return nil, fmt.Errorf("read weights of %s: %w", name, err)
	}
	if g.outputs = m.outputs(g); len(g.outputs) == 0 {
		return nil, errors.New(name + " has no outputs")
	}
	return g, nil
}

// outputs returns the outputs that the signature names, or else every node that nothing consumes, sorted.
func (m *tfjsModel) outputs(g *Graph) []string {
	sig := m.Signature
	if sig == nil || len(sig.Outputs) == 0 {
		sig = m.UserDefinedMetadata.Signature
	}
	var outs []string
	if sig != nil {
		for _, o := range sig.Outputs {
			tensor := strings.TrimSuffix(o.Name, ":0")
			if node, _, _ := strings.Cut(tensor, ":"); g.nodes[node] != nil {
				outs = append(outs, tensor)
			}
		}
	}
	if len(outs) == 0 {
		used := map[string]bool{}
		for _, n := range g.nodes {
			for _, s := range n.in {
				node, _, _ := strings.Cut(strings.TrimPrefix(s, "^"), ":")
				used[node] = true
			}
		}
		for _, n := range g.nodes {
			if !used[n.name] && n.op != "NoOp" {
				outs = append(outs, n.name)
			}
		}
	}
	slices.Sort(outs)
	return slices.Compact(outs)
}
