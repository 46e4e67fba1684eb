package convert

import "slices"

var reductions = map[string]string{
	"Max": "ReduceMax", "Mean": "ReduceMean", "Min": "ReduceMin", "Prod": "ReduceProd", "Sum": "ReduceSum",
}

// reduce converts Mean, Sum and their like over constant axes.
func reduce(c *converter, n *node, in []*value) *value {
	op, x := reductions[n.op], in[0]
	if x.shape == nil {
		fail(n, "rank unknown")
	}
	rank := len(x.shape)
	reduced := make([]bool, rank)
	for _, a := range constantInts(n, in[1], "axes") {
		reduced[axis(n, a, rank)] = true
	}
	keep := n.bool("keep_dims")
	shape := []int{}
	for i, d := range x.shape {
		if !reduced[i] {
			shape = append(shape, d)
		} else if keep {
			shape = append(shape, 1)
		}
	}
	// Over height and width both layouts give the same order of what is left.
	spatial := rank == 4 && x.nchw != "" && slices.Equal(reduced, []bool{false, true, true, false})
	if spatial && op == "ReduceMean" {
		pooled := c.one("GlobalAveragePool", []string{c.nchw(x)})
		if keep {
			return tensorOf(shape, x.dt, pooled, true)
		}
		return tensorOf(shape, x.dt, c.one("Flatten", []string{pooled}, at("axis", 1)), false)
	}
	nchw := rank == 4 && x.nchw != "" && (keep || spatial)
	var axes []int
	for i := range rank {
		if reduced[i] && nchw {
			axes = append(axes, axisNCHW(i))
		} else if reduced[i] {
			axes = append(axes, i)
		}
	}
	kept := at("keepdims", 0)
	if keep {
		kept = at("keepdims", 1)
	}
	name := c.operand(x, nchw)
	if op == "ReduceSum" { // the only one whose axes are an operand at this opset
		name = c.one(op, []string{name, c.storeInts(axes...)}, kept)
	} else {
		name = c.one(op, []string{name}, at("axes", axes), kept)
	}
	return tensorOf(shape, x.dt, name, nchw && keep)
}

// matmul converts MatMul of matrices and of stacks of matrices.
func matmul(c *converter, n *node, in []*value) *value {
	a, b := in[0], in[1]
	turnA, turnB := n.bool("transpose_a") || n.bool("adj_x"), n.bool("transpose_b") || n.bool("adj_y")
	if (n.op == "MatMul" || n.op == "_FusedMatMul") && a.dt == dtFloat {
		return c.gemm(n, in, turnA, turnB)
	}
	if (turnA || turnB) && (a.shape == nil || b.shape == nil) {
		fail(n, "rank unknown")
	}
	nameA, nameB := c.nhwc(a), c.nhwc(b)
	shapeA, shapeB := slices.Clone(a.shape), slices.Clone(b.shape)
	if turnA {
		nameA = c.swapLast(nameA, shapeA)
	}
	if turnB {
		nameB = c.swapLast(nameB, shapeB)
	}
	var shape []int
	if a.shape != nil && b.shape != nil {
		ra, rb := len(shapeA), len(shapeB)
		shape = append(broadcast(shapeA[:ra-2], shapeB[:rb-2]), shapeA[ra-2], shapeB[rb-1])
	}
	return tensorOf(shape, a.dt, c.one("MatMul", []string{nameA, nameB}), false)
}

// gemm emits the product of two matrices with what is fused to it.
func (c *converter) gemm(n *node, in []*value, turnA, turnB bool) *value {
	a, b := in[0], in[1]
	names := []string{c.nhwc(a), c.nhwc(b)}
	if hasBias(n) {
		names = append(names, c.nhwc(in[2]))
	}
	rows, cols := -1, -1
	var turned []attribute
	if len(a.shape) == 2 {
		rows = a.shape[0]
	}
	if len(b.shape) == 2 {
		cols = b.shape[1]
	}
	if turnA {
		turned = append(turned, at("transA", 1))
		if len(a.shape) == 2 {
			rows = a.shape[1]
		}
	}
	if turnB {
		turned = append(turned, at("transB", 1))
		if len(b.shape) == 2 {
			cols = b.shape[0]
		}
	}
	y := tensorOf([]int{rows, cols}, dtFloat, c.one("Gemm", names, turned...), false)
	return c.activate(n, y, in[2:])
}

// swapLast exchanges the last two dimensions, in shape too.
func (c *converter) swapLast(name string, shape []int) string {
	perm := identity(len(shape))
	r := len(shape)
	perm[r-1], perm[r-2] = r-2, r-1
	shape[r-1], shape[r-2] = shape[r-2], shape[r-1]
	return c.one("Transpose", []string{name}, at("perm", perm))
}

func argMax(c *converter, n *node, in []*value) *value {
	a := axis(n, constantInts(n, in[1], "axis")[0], len(in[0].shape))
	return tensorOf(without(in[0].shape, a), dtInt64, c.one("ArgMax", []string{c.nhwc(in[0])}, at("axis", a), at("keepdims", 0)), false)
}

// topK has two outputs: values and their places.
func topK(c *converter, _ *node, in []*value) []*value {
	count := ""
	k := in[1].konst()
	if k != nil {
		count = c.store(k.reshaped([]int{1}))
	} else {
		count = c.unsqueezed(in[1], 0)
	}
	out := c.emit("TopK", []string{c.nhwc(in[0]), count}, 2)
	shape := slices.Clone(in[0].shape)
	shape[len(shape)-1] = -1
	if k != nil {
		shape[len(shape)-1] = int(k.at(0))
	}
	return []*value{tensorOf(shape, in[0].dt, out[0], false), tensorOf(shape, dtInt64, out[1], false)}
}
