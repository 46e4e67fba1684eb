package convert

import (
	"encoding/binary"
	"math"
)

// This file writes the small part of onnx.proto3 that the converter needs, by hand: no dependency on protobuf. Field numbers
// are those of onnx/onnx.proto3, IR version 8.

// Element types of TensorProto.DataType.
const (
	dtFloat   = 1
	dtInt64   = 7
	dtBool    = 9
	dtFloat16 = 10
)

// Types of AttributeProto.AttributeType.
const (
	attrFloat  = 1
	attrInt    = 2
	attrString = 3
	attrInts   = 7
)

const irVersion = 8

// wire is a protobuf message being written.
type wire []byte

func (b *wire) tag(field, kind int) { *b = binary.AppendUvarint(*b, uint64(field)<<3|uint64(kind)) }

func (b *wire) varint(field int, v uint64) {
	b.tag(field, wireVarint)
	*b = binary.AppendUvarint(*b, v)
}

func (b *wire) bytes(field int, p []byte) {
	b.tag(field, wireBytes)
	*b = binary.AppendUvarint(*b, uint64(len(p)))
	*b = append(*b, p...)
}

func (b *wire) str(field int, s string) { b.bytes(field, []byte(s)) }

// attribute is an AttributeProto; its value is an int, float32, string or []int.
type attribute struct {
	name  string
	value any
}

func (a attribute) encode() []byte {
	var b wire
	b.str(1, a.name)
	switch v := a.value.(type) {
	case int:
		b.varint(3, uint64(int64(v)))
		b.varint(20, attrInt)
	case float32:
		b.tag(2, wire32)
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		b.varint(20, attrFloat)
	case string:
		b.str(4, v)
		b.varint(20, attrString)
	case []int:
		for _, x := range v {
			b.varint(8, uint64(int64(x)))
		}
		b.varint(20, attrInts)
	}
	return b
}

// tensor is a TensorProto with raw data.
type tensor struct {
	name string
	dt   int
	dims []int
	raw  []byte
}

func (t *tensor) encode() []byte {
	var b wire
	for _, d := range t.dims {
		b.varint(1, uint64(d))
	}
	b.varint(2, uint64(t.dt))
	b.str(8, t.name)
	b.bytes(9, t.raw)
	return b
}

// onnxNode is a NodeProto.
type onnxNode struct {
	op    string
	name  string
	in    []string
	out   []string
	attrs []attribute
}

func (n *onnxNode) encode() []byte {
	var b wire
	for _, s := range n.in {
		b.str(1, s)
	}
	for _, s := range n.out {
		b.str(2, s)
	}
	b.str(3, n.name)
	b.str(4, n.op)
	for _, a := range n.attrs {
		b.bytes(5, a.encode())
	}
	return b
}

// valueInfo is a ValueInfoProto; a negative dimension is written as the symbol it stands for.
type valueInfo struct {
	name string
	dt   int
	dims []int // nil: unknown rank
	sym  func(i int) string
}

func (v valueInfo) encode() []byte {
	var tensorType wire
	tensorType.varint(1, uint64(v.dt))
	if v.dims != nil {
		var shape wire
		for i, d := range v.dims {
			var dim wire
			if d >= 0 {
				dim.varint(1, uint64(d))
			} else {
				dim.str(2, v.sym(i))
			}
			shape.bytes(1, dim)
		}
		tensorType.bytes(2, shape)
	}
	var typ wire
	typ.bytes(1, tensorType)
	var b wire
	b.str(1, v.name)
	b.bytes(2, typ)
	return b
}

// model is a ModelProto with its graph.
type model struct {
	producer string
	graph    string
	opset    int
	nodes    []*onnxNode
	inits    []*tensor
	inputs   []valueInfo
	outputs  []valueInfo
}

func (m *model) encode() []byte {
	var g wire
	for _, n := range m.nodes {
		g.bytes(1, n.encode())
	}
	g.str(2, m.graph)
	for _, t := range m.inits {
		g.bytes(5, t.encode())
	}
	for _, v := range m.inputs {
		g.bytes(11, v.encode())
	}
	for _, v := range m.outputs {
		g.bytes(12, v.encode())
	}
	var set wire
	set.str(1, "") // the standard operators
	set.varint(2, uint64(m.opset))

	var b wire
	b.varint(1, irVersion)
	b.str(2, m.producer)
	b.bytes(7, g)
	b.bytes(8, set)
	return b
}
