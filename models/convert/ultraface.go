package convert

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// Kinds of protobuf fields on the wire.
const (
	wireVarint = 0
	wire64     = 1
	wireBytes  = 2
	wire32     = 5
)

// Field numbers of onnx.proto3.
const (
	modelGraph       = 7
	graphNode        = 1
	graphInitializer = 5
	graphInput       = 11
	graphOutput      = 12
	graphValueInfo   = 13
	nodeInput        = 1
	nodeOutput       = 2
	tensorName       = 8
)

// rawOffsets is the tensor of UltraFace's graph that holds the offsets before the priors are applied.
const rawOffsets = "462"

// CutUltraFace edits an UltraFace RFB-320 network (version-RFB-320_simplified.onnx, with input "input" fixed at 320 x 240 and
// priors for that size inside): it cuts the decoding of the priors off and frees batch, height and width. The result takes
// "input" [n,3,h,w] and gives "scores" [n,p,2] and "offsets" [n,p,4]. No weight changes. It works on protobuf's wire format,
// so that everything that is kept stays byte for byte.
func CutUltraFace(model []byte) ([]byte, error) {
	top, err := parseFields(model)
	if err != nil {
		return nil, fmt.Errorf("parse model: %w", err)
	}
	var out wire
	found := false
	for _, f := range top {
		if f.num != modelGraph {
			out = append(out, f.raw...)
			continue
		}
		g, err := cutGraph(f.body)
		if err != nil {
			return nil, fmt.Errorf("parse graph: %w", err)
		}
		out.bytes(modelGraph, g)
		found = true
	}
	if !found {
		return nil, errors.New("parse model: no graph")
	}
	return out, nil
}

// cutGraph keeps what scores and the raw offsets need.
func cutGraph(graph []byte) ([]byte, error) {
	fields, err := parseFields(graph)
	if err != nil {
		return nil, err
	}
	need := map[string]bool{"scores": true, rawOffsets: true}
	keep, err := needed(fields, need)
	if err != nil {
		return nil, err
	}
	var g wire
	produced := false
	for i, f := range fields {
		switch f.num {
		case graphNode:
			if !keep[i] {
				continue
			}
			n, renamed, err := renameTensor(f.body, rawOffsets, "offsets")
			if err != nil {
				return nil, err
			}
			produced = produced || renamed
			g.bytes(graphNode, n)
		case graphInitializer:
			t, err := parseFields(f.body)
			if err != nil {
				return nil, err
			}
			for _, x := range t {
				if x.num == tensorName && need[string(x.body)] {
					g = append(g, f.raw...)
				}
			}
		case graphInput, graphOutput, graphValueInfo: // written anew below; shapes inside are of the old size
		default:
			g = append(g, f.raw...)
		}
	}
	if !produced {
		return nil, fmt.Errorf("no tensor %s: not an UltraFace RFB-320", rawOffsets)
	}
	port := func(name string, dims ...int) []byte {
		free := func(i int) string { return portSymbols(name)[i] }
		return valueInfo{name: name, dt: dtFloat, dims: dims, sym: free}.encode()
	}
	g.bytes(graphInput, port("input", -1, 3, -1, -1))
	g.bytes(graphOutput, port("scores", -1, -1, 2))
	g.bytes(graphOutput, port("offsets", -1, -1, 4))
	return g, nil
}

// portSymbols names the free dimensions of the cut graph.
func portSymbols(port string) []string {
	if port == "input" {
		return []string{"n", "", "h", "w"}
	}
	return []string{"n", "p", ""}
}

// needed marks the nodes that the tensors in need depend on, and adds to need what those take. Nodes are in order: one
// backward pass finds all.
func needed(fields []field, need map[string]bool) ([]bool, error) {
	keep := make([]bool, len(fields))
	for i := len(fields) - 1; i >= 0; i-- {
		if fields[i].num != graphNode {
			continue
		}
		n, err := parseFields(fields[i].body)
		if err != nil {
			return nil, err
		}
		for _, x := range n {
			keep[i] = keep[i] || x.num == nodeOutput && need[string(x.body)]
		}
		for _, x := range n {
			if keep[i] && x.num == nodeInput {
				need[string(x.body)] = true
			}
		}
	}
	return keep, nil
}

// renameTensor renames an operand or output of a node.
func renameTensor(node []byte, from, to string) (out []byte, renamed bool, err error) {
	fields, err := parseFields(node)
	if err != nil {
		return nil, false, err
	}
	var b wire
	for _, f := range fields {
		if (f.num == nodeInput || f.num == nodeOutput) && string(f.body) == from {
			b.str(f.num, to)
			renamed = true
			continue
		}
		b = append(b, f.raw...)
	}
	return b, renamed, nil
}

// field is a field of a protobuf message, sharing the message's memory.
type field struct {
	num  int
	body []byte // of a field of bytes
	raw  []byte // the whole field, tag included
}

// parseFields splits a message into its fields.
func parseFields(b []byte) ([]field, error) {
	var out []field
	for len(b) > 0 {
		tag, n := binary.Uvarint(b)
		if n <= 0 || tag>>3 == 0 || tag>>3 > 1<<29-1 {
			return nil, errors.New("bad tag")
		}
		f := field{num: int(tag >> 3)}
		end := n
		switch tag & 7 {
		case wireVarint:
			_, k := binary.Uvarint(b[n:])
			if k <= 0 {
				return nil, errors.New("bad number")
			}
			end += k
		case wire64:
			end += 8
		case wire32:
			end += 4
		case wireBytes:
			size, k := binary.Uvarint(b[n:])
			if k <= 0 || size > uint64(len(b)-n-k) {
				return nil, errors.New("bad length")
			}
			end += k + int(size)
			f.body = b[n+k : end]
		default:
			return nil, fmt.Errorf("wire type %d", tag&7)
		}
		if end > len(b) {
			return nil, errors.New("cut off")
		}
		f.raw, b = b[:end], b[end:]
		out = append(out, f)
	}
	return out, nil
}
