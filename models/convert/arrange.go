package convert

import (
	"slices"
	"strings"
)

// reshapeTarget returns the name of the int64 shape vector v: a constant where all but one of its elements are known.
func (c *converter) reshapeTarget(v *value) string {
	k := v.c
	if k == nil || k.full() {
		return c.nhwc(v)
	}
	target := make([]int, k.n())
	unknown, inferred := 0, false
	for i := range target {
		target[i] = int(k.i[i])
		if k.unk(i) {
			target[i] = -1
			unknown++
		} else if target[i] == -1 {
			inferred = true
		}
	}
	if unknown == 1 && !inferred {
		return c.storeInts(target...)
	}
	return c.nhwc(v)
}

func reshape(c *converter, n *node, in []*value) *value {
	x, target := in[0], in[1]
	shape, name := c.reshaped(x, target)
	if name == "" {
		name = c.reshapeTarget(target)
	}
	src := ""
	if x.nhwc == "" && len(x.shape) == 4 && x.konst() == nil && sameOrder(x.shape) {
		src = x.nchw
	} else {
		src = c.nhwc(x)
	}
	return tensorOf(shape, x.dt, c.one("Reshape", []string{src, name}), false)
}

// reshaped works out the shape after a Reshape of x to target, -1 where it is not known. Where the graph was written for a
// batch of one but the batch is free here, name is a target that keeps it free.
func (c *converter) reshaped(x, target *value) (shape []int, name string) {
	k := target.c
	if k == nil {
		if len(target.shape) == 1 && target.shape[0] >= 0 && target.shape[0] <= maxRank {
			shape = slices.Repeat([]int{-1}, target.shape[0])
		}
		return shape, ""
	}
	t := make([]int, k.n())
	for i := range t {
		t[i] = int(k.i[i])
		if k.unk(i) {
			t[i] = -2 // known at run time only, which is not the same as "what is left"
		}
	}
	if k.full() {
		if rest, ok := perPicture(t, x.shape); ok {
			t = append([]int{-1}, rest...)
			name = c.storeInts(t...)
		} else {
			t = resolveShape(t, x.shape)
		}
	}
	shape = []int{}
	for _, d := range t {
		shape = append(shape, max(d, -1))
	}
	return shape, name
}

// perPicture returns the target without its batch, where it was written for a batch of one and shape has a free one.
func perPicture(target, shape []int) (rest []int, ok bool) {
	if len(target) < 2 || target[0] != 1 || len(shape) < 2 || shape[0] != -1 || !allPositive(shape[1:]) {
		return nil, false
	}
	rest = resolveShape(target[1:], shape[1:])
	return rest, numel(rest) == numel(shape[1:])
}

// stridedSlice converts TensorFlow's slice with masks: a Slice, then a Squeeze of the dimensions that are single elements,
// then an Unsqueeze of new ones.
func stridedSlice(c *converter, n *node, in []*value) *value {
	x := in[0]
	if x.shape == nil {
		fail(n, "rank unknown")
	}
	s := stridedSpec(n, constantInts(n, in[1], "begin"), constantInts(n, in[2], "end"), constantInts(n, in[3], "strides"), x.shape)
	nchw := len(x.shape) == 4 && x.nchw != "" && x.nhwc == "" && len(s.shrink) == 0 && len(s.newAxes) == 0
	name := c.operand(x, nchw)
	if len(s.axes) > 0 {
		axes := slices.Clone(s.axes)
		if nchw {
			for i, a := range axes {
				axes[i] = axisNCHW(a)
			}
		}
		name = c.one("Slice", []string{name, c.storeInts(s.starts...), c.storeInts(s.ends...), c.storeInts(axes...), c.storeInts(s.steps...)})
	}
	if len(s.shrink) > 0 {
		var axes []int
		for i := range x.shape {
			if s.shrink[i] {
				axes = append(axes, i)
			}
		}
		name = c.one("Squeeze", []string{name, c.storeInts(axes...)})
	}
	if len(s.newAxes) > 0 {
		name = c.one("Unsqueeze", []string{name, c.storeInts(s.newAxes...)})
	}
	return tensorOf(s.finalShape(s.sliced(x.shape)), x.dt, name, nchw)
}

// slice converts TensorFlow's plain slice: where it begins and how long it is, -1 being the rest.
func slice(c *converter, n *node, in []*value) *value {
	begin, size := constantInts(n, in[1], "begin"), constantInts(n, in[2], "size")
	shape := slices.Clone(in[0].shape)
	end := make([]int, len(begin))
	for i := range begin {
		end[i] = sliceMax
		if size[i] >= 0 {
			end[i] = begin[i] + size[i]
			shape[i] = size[i]
		} else if shape[i] >= 0 {
			shape[i] -= begin[i]
		}
	}
	name := c.one("Slice", []string{c.nhwc(in[0]), c.storeInts(begin...), c.storeInts(end...), c.storeInts(identity(len(begin))...)})
	return tensorOf(shape, in[0].dt, name, false)
}

// concat converts ConcatV2, whose last operand is the axis.
func concat(c *converter, n *node, in []*value) *value {
	in, last := in[:len(in)-1], in[len(in)-1]
	rank := len(in[0].shape)
	a := axis(n, constantInts(n, last, "axis")[0], rank)
	shape := slices.Clone(in[0].shape)
	nchw := false
	for i, v := range in {
		if len(v.shape) != rank {
			fail(n, "operands of different ranks")
		}
		if i > 0 && (shape[a] < 0 || v.shape[a] < 0) {
			shape[a] = -1
		} else if i > 0 {
			shape[a] += v.shape[a]
		}
		nchw = nchw || rank == 4 && v.nchw != "" && v.nhwc == ""
	}
	var names []string
	for _, v := range in {
		if nchw {
			names = append(names, c.nchw(v))
		} else {
			names = append(names, c.nhwc(v))
		}
	}
	if nchw {
		a = axisNCHW(a)
	}
	return tensorOf(shape, in[0].dt, c.one("Concat", names, at("axis", a)), nchw)
}

// pack stacks its operands along a new axis.
func pack(c *converter, n *node, in []*value) *value {
	a := axis(n, n.int("axis", 0), len(in[0].shape)+1)
	var names []string
	for _, v := range in {
		names = append(names, c.unsqueezed(v, a))
	}
	shape := slices.Insert(slices.Clone(in[0].shape), a, len(in))
	return tensorOf(shape, in[0].dt, c.one("Concat", names, at("axis", a)), false)
}

// unpack is the opposite: an output for every index of an axis.
func unpack(c *converter, n *node, in []*value) []*value {
	x := in[0]
	a := axis(n, n.int("axis", 0), len(x.shape))
	count := n.int("num", 0)
	if count < 0 || count > maxOutputs {
		fail(n, "%d outputs", count)
	}
	outs := make([]*value, count)
	for i := range outs {
		name := c.one("Gather", []string{c.nhwc(x), c.store(intConst([]int{}, i))}, at("axis", a))
		outs[i] = tensorOf(without(x.shape, a), x.dt, name, false)
	}
	return outs
}

// split converts Split (axis first, equal parts) and SplitV (sizes and axis after the tensor; -1 is what is left).
func split(c *converter, n *node, in []*value) []*value {
	x, along := in[1], in[0]
	if n.op == "SplitV" {
		x, along = in[0], in[2]
	}
	a := axis(n, constantInts(n, along, "axis")[0], len(x.shape))
	var parts []int
	if n.op == "SplitV" {
		parts = constantInts(n, in[1], "sizes")
		left := x.shape[a]
		for _, p := range parts {
			left -= max(p, 0)
		}
		for i, p := range parts {
			if p < 0 {
				parts[i] = left
			}
		}
	} else {
		count := n.int("num_split", 1)
		if count < 1 || count > maxOutputs {
			fail(n, "%d outputs", count)
		}
		parts = slices.Repeat([]int{x.shape[a] / count}, count)
	}
	nchw := len(x.shape) == 4 && x.nchw != ""
	place := a
	if nchw {
		place = axisNCHW(a)
	}
	names := c.emit("Split", []string{c.operand(x, nchw), c.storeInts(parts...)}, len(parts), at("axis", place))
	outs := make([]*value, len(parts))
	for i, name := range names {
		shape := slices.Clone(x.shape)
		shape[a] = parts[i]
		outs[i] = tensorOf(shape, x.dt, name, nchw)
	}
	return outs
}

// pad converts Pad, PadV2 and MirrorPad with constant amounts. A zero padding of height and width is remembered, for the
// convolution behind it.
func pad(c *converter, n *node, in []*value) *value {
	x := in[0]
	if x.shape == nil {
		fail(n, "rank unknown")
	}
	amounts := constantInts(n, in[1], "paddings") // before and after, for each dimension
	rank := len(x.shape)
	shape := slices.Clone(x.shape)
	for i, d := range shape {
		if d >= 0 {
			shape[i] += amounts[2*i] + amounts[2*i+1]
		}
	}
	mode, fill, zero := "constant", "", true
	switch n.op {
	case "PadV2":
		if in[2].konst() == nil {
			fail(n, "the value to pad with is not constant")
		}
		v := float32(in[2].konst().at(0))
		fill, zero = c.storeFloat(v), v == 0
	case "MirrorPad":
		mode, zero = strings.ToLower(n.str("mode", "REFLECT")), false
	}
	nchw := rank == 4 && x.konst() == nil
	order := identity(rank)
	if nchw {
		order = toNCHW()
	}
	var before, after []int
	for _, i := range order {
		before, after = append(before, amounts[2*i]), append(after, amounts[2*i+1])
	}
	names := []string{c.operand(x, nchw), c.storeInts(append(before, after...)...)}
	if fill != "" {
		names = append(names, fill)
	}
	y := tensorOf(shape, x.dt, c.one("Pad", names, at("mode", mode)), nchw)
	if nchw && zero && amounts[0]+amounts[1]+amounts[6]+amounts[7] == 0 {
		y.padOf, y.pads = x, [4]int{amounts[2], amounts[4], amounts[3], amounts[5]}
	}
	return y
}

func squeeze(c *converter, n *node, in []*value) *value {
	x, dims := in[0], n.ints("squeeze_dims")
	shape := squeezeShape(x.shape, dims)
	if len(x.shape) == 4 && x.nhwc == "" && len(shape) == 2 && sameOrder(x.shape) && x.konst() == nil {
		return tensorOf(shape, x.dt, c.one("Flatten", []string{x.nchw}, at("axis", 1)), false)
	}
	names := []string{c.nhwc(x)}
	if len(dims) > 0 {
		names = append(names, c.storeInts(dims...))
	}
	return tensorOf(shape, x.dt, c.one("Squeeze", names), false)
}

func expandDims(c *converter, n *node, in []*value) *value {
	a := axis(n, constantInts(n, in[1], "axis")[0], len(in[0].shape)+1)
	return tensorOf(slices.Insert(slices.Clone(in[0].shape), a, 1), in[0].dt, c.unsqueezed(in[0], a), false)
}

// transpose composes the graph's permutation with the one between the layouts, which often leaves nothing to do.
func transpose(c *converter, n *node, in []*value) *value {
	x := in[0]
	perm := constantInts(n, in[1], "permutation")
	shape := make([]int, len(perm))
	for i, p := range perm {
		shape[i] = -1
		if x.shape != nil {
			shape[i] = x.shape[p]
		}
	}
	if len(perm) != 4 || x.konst() != nil {
		return tensorOf(shape, x.dt, c.one("Transpose", []string{c.nhwc(x)}, at("perm", perm)), false)
	}
	if x.nhwc == "" {
		composed := make([]int, 4)
		for i, p := range perm {
			composed[i] = axisNCHW(p)
		}
		if slices.Equal(composed, identity(4)) {
			return tensorOf(shape, x.dt, x.nchw, false)
		}
		return tensorOf(shape, x.dt, c.one("Transpose", []string{x.nchw}, at("perm", composed)), false)
	}
	if slices.Equal([]int{perm[0], perm[3], perm[1], perm[2]}, identity(4)) {
		return tensorOf(shape, x.dt, c.nhwc(x), true) // what was called NHWC is the NCHW form of the result
	}
	return tensorOf(shape, x.dt, c.one("Transpose", []string{c.nhwc(x)}, at("perm", perm)), false)
}

func tile(c *converter, _ *node, in []*value) *value {
	shape := make([]int, len(in[0].shape))
	for i, d := range in[0].shape {
		shape[i] = -1
		if k := in[1].c; k != nil && !k.unk(i) && d >= 0 {
			shape[i] = d * int(k.at(i))
		}
	}
	return tensorOf(shape, in[0].dt, c.one("Tile", []string{c.nhwc(in[0]), c.nhwc(in[1])}), false)
}

func fill(c *converter, n *node, in []*value) *value {
	v := in[1].konst()
	if v == nil {
		fail(n, "value is not constant")
	}
	var shape []int
	if k := in[0].c; k != nil {
		shape = k.ints()
		for i := range shape {
			if k.unk(i) {
				shape[i] = -1
			}
		}
	}
	return tensorOf(shape, v.dt, c.one("Expand", []string{c.store(v.reshaped([]int{})), c.nhwc(in[0])}), false)
}

func broadcastTo(c *converter, _ *node, in []*value) *value {
	return tensorOf(nil, in[0].dt, c.one("Expand", []string{c.nhwc(in[0]), c.nhwc(in[1])}), false)
}

func zerosLike(c *converter, _ *node, in []*value) *value {
	zero := c.store(newConst(in[0].dt, []int{}))
	return tensorOf(in[0].shape, in[0].dt, c.one("Expand", []string{zero, c.one("Shape", []string{c.nhwc(in[0])})}), false)
}

func shapeOf(c *converter, _ *node, in []*value) *value {
	return tensorOf([]int{len(in[0].shape)}, dtInt64, c.one("Shape", []string{c.nhwc(in[0])}), false)
}

func sizeOf(c *converter, _ *node, in []*value) *value {
	return tensorOf([]int{}, dtInt64, c.one("Size", []string{c.nhwc(in[0])}), false)
}

func softmax(c *converter, _ *node, in []*value) *value {
	return tensorOf(in[0].shape, dtFloat, c.one("Softmax", []string{c.nhwc(in[0])}, at("axis", -1)), false)
}

func rangeOf(c *converter, _ *node, in []*value) *value {
	return tensorOf([]int{-1}, in[0].dt, c.one("Range", []string{c.nhwc(in[0]), c.nhwc(in[1]), c.nhwc(in[2])}), false)
}

func gather(c *converter, n *node, in []*value) *value {
	if n.int("batch_dims", 0) != 0 {
		fail(n, "batch_dims")
	}
	x, places := in[0], in[1]
	a := 0
	if len(in) > 2 {
		a = axis(n, constantInts(n, in[2], "axis")[0], len(x.shape))
	}
	var shape []int
	if x.shape != nil && places.shape != nil {
		shape = slices.Concat(x.shape[:a], places.shape, x.shape[a+1:])
	}
	return tensorOf(shape, x.dt, c.one("Gather", []string{c.nhwc(x), c.nhwc(places)}, at("axis", a)), false)
}

func gatherND(c *converter, _ *node, in []*value) *value {
	x, places := in[0], in[1]
	var shape []int
	if x.shape != nil && places.shape != nil {
		last := len(places.shape) - 1
		shape = slices.Concat(places.shape[:last], x.shape[places.shape[last]:])
	}
	return tensorOf(shape, x.dt, c.one("GatherND", []string{c.nhwc(x), c.nhwc(places)}), false)
}
