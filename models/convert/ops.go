package convert

import (
	"errors"
	"fmt"
)

// Limits of single operators, for the same reason as those in convert.go.
const (
	maxRank    = 16
	maxOutputs = 1024
)

// operator emits the ONNX form of a TensorFlow operator, which has at least min operands.
type operator struct {
	min     int
	convert func(c *converter, n *node, in []*value) []*value
}

// single is an operator with one output.
func single(min int, f func(c *converter, n *node, in []*value) *value) operator {
	return operator{min, func(c *converter, n *node, in []*value) []*value { return []*value{f(c, n, in)} }}
}

// lookup returns the operator called op for the given number of operands.
func lookup(op string, operands int) (operator, error) {
	o, ok := find(op)
	if !ok {
		return o, errors.New("operator not supported")
	}
	if operands < o.min {
		return o, fmt.Errorf("%d operands, want %d", operands, o.min)
	}
	return o, nil
}

func find(op string) (operator, bool) {
	if name, ok := unary[op]; ok {
		return single(1, func(c *converter, _ *node, in []*value) *value { return c.ewise(name, in[0].dt, in[:1]) }), true
	}
	if name, ok := arithmeticOps[op]; ok {
		return single(2, func(c *converter, _ *node, in []*value) *value { return c.ewise(name, in[0].dt, in[:2]) }), true
	}
	if name, ok := predicate[op]; ok {
		return single(2, func(c *converter, _ *node, in []*value) *value { return c.ewise(name, dtBool, in[:2]) }), true
	}
	if _, ok := reductions[op]; ok {
		return single(2, reduce), true
	}
	o, ok := operators[op]
	return o, ok
}

// operators are those that are more than a name.
var operators = map[string]operator{
	"AddN":                       single(1, func(c *converter, _ *node, in []*value) *value { return c.ewise("Sum", in[0].dt, in) }),
	"ArgMax":                     single(2, argMax),
	"Atan2":                      single(2, atan2),
	"AvgPool":                    single(1, pool),
	"BatchMatMul":                single(2, matmul),
	"BatchMatMulV2":              single(2, matmul),
	"BroadcastTo":                single(2, broadcastTo),
	"Cast":                       single(1, cast),
	"ConcatV2":                   single(2, concat),
	"Conv2D":                     single(2, conv),
	"Conv2DBackpropInput":        single(3, deconv),
	"DepthToSpace":               single(1, depthToSpace),
	"DepthwiseConv2d":            single(2, conv),
	"DepthwiseConv2dNative":      single(2, conv),
	"ExpandDims":                 single(2, expandDims),
	"Fill":                       single(2, fill),
	"FloorDiv":                   single(2, floorDiv),
	"FloorMod":                   single(2, floorMod),
	"FusedDepthwiseConv2dNative": single(2, conv),
	"Gather":                     single(2, gather),
	"GatherNd":                   single(2, gatherND),
	"GatherV2":                   single(2, gather),
	"Identity":                   single(1, same),
	"LeakyRelu": single(1, func(c *converter, n *node, in []*value) *value {
		return c.leakyRelu(in[0], n.float("alpha", 0.2))
	}),
	"MatMul":                single(2, matmul),
	"MaxPool":               single(1, pool),
	"Maximum":               single(2, bound),
	"Minimum":               single(2, bound),
	"MirrorPad":             single(2, pad),
	"Pack":                  single(1, pack),
	"Pad":                   single(2, pad),
	"PadV2":                 single(3, pad),
	"Prelu":                 single(2, func(c *converter, _ *node, in []*value) *value { return c.prelu(in[0], in[1]) }),
	"Range":                 single(3, rangeOf),
	"Relu":                  single(1, func(c *converter, _ *node, in []*value) *value { return c.clip(in[0], 0, inf32) }),
	"Relu6":                 single(1, func(c *converter, _ *node, in []*value) *value { return c.clip(in[0], 0, 6) }),
	"Reshape":               single(2, reshape),
	"ResizeBilinear":        single(2, resize),
	"ResizeNearestNeighbor": single(2, resize),
	"Rsqrt":                 single(1, rsqrt),
	"Select":                single(3, where),
	"SelectV2":              single(3, where),
	"Shape":                 single(1, shapeOf),
	"Size":                  single(1, sizeOf),
	"Slice":                 single(3, slice),
	"Snapshot":              single(1, same),
	"Softmax":               single(1, softmax),
	"Split":                 {2, split},
	"SplitV":                {3, split},
	"Square":                single(1, square),
	"SquaredDifference":     single(2, squaredDifference),
	"Squeeze":               single(1, squeeze),
	"StopGradient":          single(1, same),
	"StridedSlice":          single(4, stridedSlice),
	"Tile":                  single(2, tile),
	"TopKV2":                {2, topK},
	"Transpose":             single(2, transpose),
	"Unpack":                {1, unpack},
	"ZerosLike":             single(1, zerosLike),
	"_FusedConv2D":          single(2, conv),
	"_FusedMatMul":          single(2, matmul),
}

func same(_ *converter, _ *node, in []*value) *value { return in[0] }

func where(c *converter, _ *node, in []*value) *value { return c.ewise("Where", in[1].dt, in) }
