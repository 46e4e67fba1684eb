package convert

import (
	"math"
	"slices"
)

// numel returns the number of elements of a shape.
func numel(shape []int) int {
	n := 1
	for _, d := range shape {
		n *= d
	}
	return n
}

// checkedNumel is numel for a shape that a file claims: ok is false where a dimension is negative or the product exceeds
// limit.
func checkedNumel(shape []int, limit int) (n int, ok bool) {
	n = 1
	for _, d := range shape {
		if d < 0 {
			return 0, false
		}
		// Compared by division, since the product may not fit into an int.
		if d > 0 && n > limit/d {
			return 0, false
		}
		n *= d
	}
	return n, n <= limit
}

func allPositive(shape []int) bool {
	return !slices.ContainsFunc(shape, func(d int) bool { return d <= 0 })
}

func identity(n int) []int {
	p := make([]int, n)
	for i := range p {
		p[i] = i
	}
	return p
}

// broadcast returns the shape of an element-wise operation; -1 is an unknown dimension. It is nil where a rank is unknown.
func broadcast(a, b []int) []int {
	if a == nil || b == nil {
		return nil
	}
	n := max(len(a), len(b))
	out := make([]int, n)
	for i := range out {
		x, y := 1, 1
		if k := len(a) - n + i; k >= 0 {
			x = a[k]
		}
		if k := len(b) - n + i; k >= 0 {
			y = b[k]
		}
		out[i] = x
		if x == 1 || x < 0 && y != 1 {
			out[i] = y
		}
	}
	return out
}

// resolveShape works out the -1 of a Reshape's target from the shape that goes in, where that is known.
func resolveShape(target, in []int) []int {
	out := slices.Clone(target)
	rest, open := 1, -1
	for i, d := range out {
		if d == -1 {
			open = i
		} else {
			rest *= d
		}
	}
	unknown := in == nil || slices.ContainsFunc(in, func(d int) bool { return d < 0 })
	if open >= 0 && rest > 0 && !unknown {
		out[open] = numel(in) / rest
	}
	return out
}

// squeezeShape drops the dimensions dims, or all of 1 where there are none.
func squeezeShape(shape, dims []int) []int {
	drop := map[int]bool{}
	for _, d := range dims {
		if d < 0 {
			d += len(shape)
		}
		drop[d] = true
	}
	out := []int{}
	for i, d := range shape {
		if drop[i] || len(dims) == 0 && d == 1 {
			continue
		}
		out = append(out, d)
	}
	return out
}

// sliceSpec is a StridedSlice in ONNX's terms: Slice, then Squeeze of shrink, then Unsqueeze of newAxes. A dimension taken
// whole is left out of axes.
type sliceSpec struct {
	axes, starts, ends, steps []int
	shrink                    map[int]bool
	newAxes                   []int // positions in the result
}

// sliceMax is an end beyond any dimension.
const sliceMax = math.MaxInt32

// stridedSpec reads the masks of a StridedSlice: bit i of begin_mask and end_mask says that bound i is left out, of
// ellipsis_mask that it stands for all dimensions not named, of new_axis_mask that it inserts one, of shrink_axis_mask that
// it picks one element.
func stridedSpec(n *node, begin, end, step, shape []int) sliceSpec {
	masked := func(mask string, i int) bool { return n.int(mask, 0)>>i&1 == 1 }
	named := 0
	for i := range begin {
		if !masked("new_axis_mask", i) && !masked("ellipsis_mask", i) {
			named++
		}
	}
	s := sliceSpec{shrink: map[int]bool{}}
	from, to := 0, 0 // dimension of the tensor and of the result
	for i := range begin {
		switch {
		case masked("ellipsis_mask", i):
			from += len(shape) - named
			to += len(shape) - named
			continue
		case masked("new_axis_mask", i):
			s.newAxes = append(s.newAxes, to)
			to++
			continue
		}
		lo, hi, by := begin[i], end[i], step[i]
		if by == 0 {
			fail(n, "step 0")
		}
		if masked("shrink_axis_mask", i) {
			s.shrink[from] = true
			hi, by = lo+1, 1
			if lo == -1 {
				hi = sliceMax
			}
		} else {
			if masked("begin_mask", i) {
				lo = 0
				if by < 0 {
					lo = sliceMax
				}
			}
			if masked("end_mask", i) {
				hi = sliceMax
				if by < 0 {
					hi = -sliceMax
				}
			}
			to++
		}
		if lo != 0 || hi != sliceMax || by != 1 {
			s.axes = append(s.axes, from)
			s.starts = append(s.starts, lo)
			s.ends = append(s.ends, hi)
			s.steps = append(s.steps, by)
		}
		from++
	}
	return s
}

// sliced returns the shape after the Slice, as far as it is known.
func (s sliceSpec) sliced(shape []int) []int {
	out := slices.Clone(shape)
	for i, a := range s.axes {
		lo, hi, by := s.starts[i], s.ends[i], s.steps[i]
		switch {
		case out[a] >= 0:
			out[a] = sliceLen(sliceRange(lo, hi, by, out[a]))
		case s.shrink[a]:
			out[a] = 1
		case a != 0 && lo >= 0 && hi > lo && hi != sliceMax && by == 1: // a batch may be shorter
			out[a] = hi - lo
		}
	}
	return out
}

// finalShape returns the shape after Squeeze and Unsqueeze, given that after the Slice.
func (s sliceSpec) finalShape(sliced []int) []int {
	out := []int{}
	for i, d := range sliced {
		if !s.shrink[i] {
			out = append(out, d)
		}
	}
	for _, a := range s.newAxes {
		out = slices.Insert(out, a, 1)
	}
	return out
}

// sliceRange clamps the bounds of a slice to a dimension of d elements; negative ones count from its end.
func sliceRange(lo, hi, by, d int) (from, to, step int) {
	if lo < 0 && lo > -sliceMax {
		lo += d
	}
	if hi < 0 && hi > -sliceMax {
		hi += d
	}
	if by > 0 {
		return min(max(lo, 0), d), min(max(hi, 0), d), by
	}
	return min(max(lo, -1), d-1), min(max(hi, -1), d-1), by
}

// sliceLen returns how many elements a clamped slice has.
func sliceLen(from, to, step int) int {
	if step > 0 {
		return max(0, (to-from+step-1)/step)
	}
	return max(0, (from-to-step-1)/-step)
}
