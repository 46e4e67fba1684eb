package convert

import (
	"math"
	"slices"
)

// Constant folding for the small arithmetic over shapes that TensorFlow graphs carry. Elements that depend on the batch size
// are marked unknown and travel through the arithmetic.

// foldLimit is the number of elements from which a constant is not folded: larger ones are weights.
const foldLimit = 1 << 20

// arithmetic are the element-wise operators that fold.
var arithmetic = map[string]func(x, y float64) float64{
	"Add":      func(x, y float64) float64 { return x + y },
	"AddV2":    func(x, y float64) float64 { return x + y },
	"FloorDiv": func(x, y float64) float64 { return math.Floor(x / y) },
	"FloorMod": func(x, y float64) float64 { return x - y*math.Floor(x/y) },
	"Maximum":  math.Max,
	"Minimum":  math.Min,
	"Mul":      func(x, y float64) float64 { return x * y },
	"RealDiv":  func(x, y float64) float64 { return x / y },
	"Sub":      func(x, y float64) float64 { return x - y },
}

// folders evaluate the other operators that fold. They return nil where a value that they need is unknown or the result is
// too large.
var folders = map[string]func(n *node, k []*constant) *constant{
	"Cast":         foldCast,
	"ConcatV2":     func(n *node, k []*constant) *constant { return foldConcat(n, k[:len(k)-1], int(k[len(k)-1].at(0))) },
	"ExpandDims":   foldExpandDims,
	"Fill":         foldFill,
	"Neg":          foldNeg,
	"Pack":         foldPack,
	"Prod":         foldProd,
	"Range":        foldRange,
	"Reshape":      foldReshape,
	"Squeeze":      foldSqueeze,
	"StridedSlice": foldStridedSlice,
	"Tile":         foldTile,
	"Transpose":    func(_ *node, k []*constant) *constant { return k[0].permuted(k[1].ints()) },
	"ZerosLike":    func(_ *node, k []*constant) *constant { return newConst(k[0].dt, k[0].shape) },
}

// fold evaluates n where its operands are constants. nil: not folded.
func fold(n *node, in []*value) *constant {
	switch n.op {
	case "Shape":
		return foldShape(in[0].shape)
	case "Size":
		return foldSize(in[0].shape)
	}
	k := make([]*constant, len(in))
	for i, v := range in {
		if v.c == nil || v.c.n() > foldLimit {
			return nil
		}
		k[i] = v.c
	}
	if f := arithmetic[n.op]; f != nil {
		return foldBinary(k[0], k[1], f)
	}
	if f := folders[n.op]; f != nil {
		return f(n, k)
	}
	return nil
}

func foldShape(shape []int) *constant {
	if shape == nil {
		return nil
	}
	out := newConst(dtInt64, []int{len(shape)})
	for i, d := range shape {
		out.set(i, float64(d), d < 0)
	}
	return out
}

func foldSize(shape []int) *constant {
	if shape == nil {
		return nil
	}
	out := newConst(dtInt64, []int{})
	out.set(0, float64(numel(shape)), slices.ContainsFunc(shape, func(d int) bool { return d < 0 }))
	return out
}

func foldBinary(a, b *constant, f func(x, y float64) float64) *constant {
	shape := broadcast(a.shape, b.shape)
	if _, ok := checkedNumel(shape, foldLimit); !ok {
		return nil
	}
	out := newConst(a.dt, shape)
	placeA, placeB := broadcastIndex(a.shape, shape), broadcastIndex(b.shape, shape)
	each(shape, func(idx []int, l int) {
		x, y := placeA(idx), placeB(idx)
		out.set(l, f(a.at(x), b.at(y)), a.unk(x) || b.unk(y))
	})
	return out
}

// broadcastIndex returns where in a tensor of shape the element lies that broadcasting puts at an index of big.
func broadcastIndex(shape, big []int) func(idx []int) int {
	st := strides(shape)
	off := len(big) - len(shape)
	return func(idx []int) int {
		o := 0
		for i := range shape {
			if shape[i] != 1 {
				o += idx[off+i] * st[i]
			}
		}
		return o
	}
}

func foldNeg(_ *node, k []*constant) *constant {
	return foldBinary(k[0], intConst([]int{}, 0), func(x, _ float64) float64 { return -x })
}

func foldCast(n *node, k []*constant) *constant {
	dt := elementType(n.str("DstT", ""))
	out := newConst(dt, k[0].shape)
	for i := range k[0].n() {
		x := k[0].at(i)
		if dt != dtFloat {
			x = math.Trunc(x)
		}
		out.set(i, x, k[0].unk(i))
	}
	return out
}

func foldPack(n *node, k []*constant) *constant {
	a := axis(n, n.int("axis", 0), len(k[0].shape)+1)
	shape := slices.Insert(slices.Clone(k[0].shape), a, 1)
	parts := make([]*constant, len(k))
	for i := range k {
		parts[i] = k[i].reshaped(shape)
	}
	return foldConcat(n, parts, a)
}

func foldConcat(n *node, k []*constant, along int) *constant {
	a := axis(n, along, len(k[0].shape))
	shape := slices.Clone(k[0].shape)
	shape[a] = 0
	for _, c := range k {
		shape[a] += c.shape[a]
	}
	if _, ok := checkedNumel(shape, foldLimit); !ok {
		return nil
	}
	out := newConst(k[0].dt, shape)
	st := strides(shape)
	off := 0
	for _, c := range k {
		each(c.shape, func(idx []int, l int) {
			o := off * st[a]
			for i := range idx {
				o += idx[i] * st[i]
			}
			out.set(o, c.at(l), c.unk(l))
		})
		off += c.shape[a]
	}
	return out
}

func foldReshape(n *node, k []*constant) *constant {
	if !k[1].full() {
		return nil
	}
	shape := resolveShape(k[1].ints(), k[0].shape)
	if size, ok := checkedNumel(shape, foldLimit); !ok || size != k[0].n() {
		fail(n, "%v does not become %v", k[0].shape, shape)
	}
	return k[0].reshaped(shape)
}

func foldExpandDims(n *node, k []*constant) *constant {
	a := axis(n, int(k[1].at(0)), len(k[0].shape)+1)
	return k[0].reshaped(slices.Insert(slices.Clone(k[0].shape), a, 1))
}

func foldSqueeze(n *node, k []*constant) *constant {
	shape := squeezeShape(k[0].shape, n.ints("squeeze_dims"))
	if numel(shape) != k[0].n() {
		fail(n, "%v does not become %v", k[0].shape, shape)
	}
	return k[0].reshaped(shape)
}

func foldFill(_ *node, k []*constant) *constant {
	if !k[0].full() {
		return nil
	}
	shape := k[0].ints()
	if _, ok := checkedNumel(shape, foldLimit); !ok {
		return nil
	}
	out := newConst(k[1].dt, shape)
	for i := range out.n() {
		out.set(i, k[1].at(0), k[1].unk(0))
	}
	return out
}

func foldRange(n *node, k []*constant) *constant {
	if !k[0].full() || !k[1].full() || !k[2].full() {
		return nil
	}
	from, to, by := k[0].at(0), k[1].at(0), k[2].at(0)
	count := math.Ceil((to - from) / by)
	if !(count <= foldLimit) { // NaN too
		fail(n, "%v values", count)
	}
	out := newConst(k[0].dt, []int{max(0, int(count))})
	for i := range out.n() {
		out.set(i, from+float64(i)*by, false)
	}
	return out
}

func foldTile(_ *node, k []*constant) *constant {
	if !k[1].full() {
		return nil
	}
	shape := k[1].ints()
	for i, d := range k[0].shape {
		shape[i] *= d
	}
	if _, ok := checkedNumel(shape, foldLimit); !ok {
		return nil
	}
	st := strides(k[0].shape)
	out := newConst(k[0].dt, shape)
	each(shape, func(idx []int, l int) {
		o := 0
		for i := range idx {
			o += (idx[i] % k[0].shape[i]) * st[i]
		}
		out.set(l, k[0].at(o), k[0].unk(o))
	})
	return out
}

// foldProd folds the product of a vector, which is how graphs flatten a shape.
func foldProd(n *node, k []*constant) *constant {
	if len(k[0].shape) != 1 {
		return nil
	}
	product, unknown := 1.0, false
	for i := range k[0].n() {
		product *= k[0].at(i)
		unknown = unknown || k[0].unk(i)
	}
	shape := []int{}
	if n.bool("keep_dims") {
		shape = []int{1}
	}
	out := newConst(k[0].dt, shape)
	out.set(0, product, unknown)
	return out
}

func foldStridedSlice(n *node, k []*constant) *constant {
	if !k[1].full() || !k[2].full() || !k[3].full() {
		return nil
	}
	x := k[0]
	s := stridedSpec(n, k[1].ints(), k[2].ints(), k[3].ints(), x.shape)
	first, step := make([]int, len(x.shape)), slices.Repeat([]int{1}, len(x.shape))
	for i, a := range s.axes {
		first[a], _, step[a] = sliceRange(s.starts[i], s.ends[i], s.steps[i], x.shape[a])
	}
	shape := s.sliced(x.shape)
	st := strides(x.shape)
	out := newConst(x.dt, shape)
	each(shape, func(idx []int, l int) {
		o := 0
		for i := range idx {
			o += (first[i] + idx[i]*step[i]) * st[i]
		}
		out.set(l, x.at(o), x.unk(o))
	})
	return out.reshaped(s.finalShape(shape))
}
