package convert

import (
	"math"
	"slices"
)

// unary names the ONNX operator of element-wise operators with one operand.
var unary = map[string]string{
	"Abs": "Abs", "Atan": "Atan", "Ceil": "Ceil", "Cos": "Cos", "Elu": "Elu", "Erf": "Erf", "Exp": "Exp", "Floor": "Floor",
	"Log": "Log", "LogicalNot": "Not", "Neg": "Neg", "Reciprocal": "Reciprocal", "Round": "Round", "Sigmoid": "Sigmoid",
	"Sign": "Sign", "Sin": "Sin", "Softplus": "Softplus", "Sqrt": "Sqrt", "Tan": "Tan", "Tanh": "Tanh",
}

// arithmeticOps names the ONNX operator of element-wise operators with two operands.
var arithmeticOps = map[string]string{
	"Add": "Add", "AddV2": "Add", "BiasAdd": "Add", "Div": "Div", "Mul": "Mul", "Pow": "Pow", "RealDiv": "Div", "Sub": "Sub",
}

// predicate names the ONNX operator of element-wise operators with two operands and a truth value as result.
var predicate = map[string]string{
	"Equal": "Equal", "Greater": "Greater", "GreaterEqual": "GreaterOrEqual", "Less": "Less", "LessEqual": "LessOrEqual",
	"LogicalAnd": "And", "LogicalOr": "Or",
}

var inf32 = float32(math.Inf(1))

// ewise emits an element-wise operator over operands of any number, broadcast.
func (c *converter) ewise(op string, dt int, in []*value, a ...attribute) *value {
	shape := in[0].shape
	for _, v := range in[1:] {
		shape = broadcast(shape, v.shape)
	}
	nchw := prefersNCHW(in...)
	var names []string
	for _, v := range in {
		names = append(names, c.operand(v, nchw))
	}
	return tensorOf(shape, dt, c.one(op, names, a...), nchw)
}

// float emits an element-wise operator over floats.
func (c *converter) float(op string, in ...*value) *value { return c.ewise(op, dtFloat, in) }

// clip emits Relu or Clip, merging it with a clip that produced x.
func (c *converter) clip(x *value, lo, hi float32) *value {
	src := x
	if x.clipOf != nil {
		src = x.clipOf
		lo, hi = min(max(x.lo, lo), hi), min(max(x.hi, lo), hi)
	}
	nchw := prefersNCHW(src)
	in := []string{c.operand(src, nchw)}
	op := "Relu"
	if lo != 0 || hi != inf32 {
		op = "Clip"
		in = append(in, "") // a bound left out is none
		if lo != -inf32 {
			in[1] = c.storeFloat(lo)
		}
		if hi != inf32 {
			in = append(in, c.storeFloat(hi))
		}
	}
	out := tensorOf(x.shape, x.dt, c.one(op, in), nchw)
	out.clipOf, out.lo, out.hi = src, lo, hi
	return out
}

// bound converts Maximum and Minimum: a clip where one operand is a constant scalar.
func bound(c *converter, n *node, in []*value) *value {
	for i, v := range in[:2] {
		k, x := v.konst(), in[1-i]
		if k == nil || k.n() != 1 || k.dt != dtFloat || len(v.shape) > len(x.shape) {
			continue
		}
		if n.op == "Maximum" {
			return c.clip(x, k.f[0], inf32)
		}
		return c.clip(x, -inf32, k.f[0])
	}
	return c.ewise(n.op[:3], in[0].dt, in)
}

// prelu emits Relu(x) - alpha*Relu(-x), see the package comment.
func (c *converter) prelu(x, alpha *value) *value {
	k := alpha.konst()
	if k == nil {
		return c.float("PRelu", x, alpha)
	}
	negated := newConst(dtFloat, k.shape)
	for i, f := range k.f {
		negated.f[i] = -f
	}
	positive := c.clip(x, 0, inf32)
	negative := c.clip(c.float("Neg", x), 0, inf32)
	return c.float("Add", positive, c.float("Mul", negative, &value{shape: k.shape, dt: dtFloat, c: negated}))
}

func (c *converter) leakyRelu(x *value, slope float64) *value {
	return c.ewise("LeakyRelu", dtFloat, []*value{x}, at("alpha", float32(slope)))
}

// activate applies the operations that TensorFlow fused into n to x. operands are those after the weights.
func (c *converter) activate(n *node, x *value, operands []*value) *value {
	for _, f := range n.strs("fused_ops") {
		switch f {
		case "BiasAdd": // part of the operator itself
			operands = operands[1:]
		case "Relu":
			x = c.clip(x, 0, inf32)
		case "Relu6":
			x = c.clip(x, 0, 6)
		case "Prelu":
			x, operands = c.prelu(x, operands[0]), operands[1:]
		case "LeakyRelu":
			x = c.leakyRelu(x, n.float("leakyrelu_alpha", 0.2))
		case "Sigmoid", "Tanh", "Elu":
			x = c.float(f, x)
		default:
			fail(n, "fused operator %s", f)
		}
	}
	return x
}

// hasBias reports whether a bias is fused into n, as its third operand.
func hasBias(n *node) bool {
	f := n.strs("fused_ops")
	return len(f) > 0 && f[0] == "BiasAdd"
}

func square(c *converter, _ *node, in []*value) *value {
	return c.ewise("Mul", in[0].dt, []*value{in[0], in[0]})
}

func squaredDifference(c *converter, n *node, in []*value) *value {
	return square(c, n, []*value{c.ewise("Sub", in[0].dt, in)})
}

func rsqrt(c *converter, _ *node, in []*value) *value {
	return c.float("Reciprocal", c.float("Sqrt", in[0]))
}

// floorDiv relies on ONNX dividing integers without a rest, towards zero: shapes are never negative.
func floorDiv(c *converter, _ *node, in []*value) *value {
	d := c.ewise("Div", in[0].dt, in)
	if d.dt == dtFloat {
		d = c.float("Floor", d)
	}
	return d
}

func floorMod(c *converter, _ *node, in []*value) *value {
	if in[0].dt != dtFloat {
		return c.ewise("Mod", in[0].dt, in)
	}
	q := c.float("Floor", c.float("Div", in...))
	return c.float("Sub", in[0], c.float("Mul", q, in[1]))
}

// atan2 is built from Atan: ONNX has no Atan2 at this opset. It is wrong by a full turn where x is 0.
func atan2(c *converter, _ *node, in []*value) *value {
	y, x := in[0], in[1]
	scalar := func(f float32) *value { return &value{shape: []int{}, dt: dtFloat, c: floatScalar(f)} }
	zero := scalar(0)
	base := c.float("Atan", c.float("Div", y, x))
	left := c.ewise("Less", dtBool, []*value{x, zero})
	below := c.ewise("Less", dtBool, []*value{y, zero})
	turn := c.float("Where", below, scalar(-math.Pi), scalar(math.Pi))
	return c.float("Add", base, c.float("Where", left, turn, zero))
}

func cast(c *converter, n *node, in []*value) *value {
	dt := elementType(n.str("DstT", ""))
	if dt == in[0].dt {
		return in[0]
	}
	return c.ewise("Cast", dt, in, at("to", dt))
}

// constantInts returns the integers that v must be.
func constantInts(n *node, v *value, what string) []int {
	k := v.konst()
	if k == nil {
		fail(n, "%s not constant", what)
	}
	return k.ints()
}

// axis returns a constant axis in 0..rank-1.
func axis(n *node, a, rank int) int {
	if a < 0 {
		a += rank
	}
	if a < 0 || a >= rank {
		fail(n, "axis %d of %d dimensions", a, rank)
	}
	return a
}

func without(shape []int, axis int) []int { return slices.Delete(slices.Clone(shape), axis, axis+1) }
