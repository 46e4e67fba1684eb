package convert

// constant is a constant tensor in row-major order. Floats are in f, integers and booleans in i.
type constant struct {
	dt      int
	shape   []int
	f       []float32
	i       []int64
	unknown []bool // when not nil: element i is not known at conversion (it depends on the batch size)
}

func newConst(dt int, shape []int) *constant {
	c := &constant{dt: dt, shape: shape}
	if dt == dtFloat {
		c.f = make([]float32, numel(shape))
	} else {
		c.i = make([]int64, numel(shape))
	}
	return c
}

func intConst(shape []int, v ...int) *constant {
	c := newConst(dtInt64, shape)
	for i, x := range v {
		c.i[i] = int64(x)
	}
	return c
}

func floatScalar(f float32) *constant {
	return &constant{dt: dtFloat, shape: []int{}, f: []float32{f}}
}

func (c *constant) n() int { return numel(c.shape) }

// full reports whether every element is known.
func (c *constant) full() bool {
	for _, u := range c.unknown {
		if u {
			return false
		}
	}
	return true
}

func (c *constant) unk(i int) bool { return c.unknown != nil && c.unknown[i] }

func (c *constant) at(i int) float64 {
	if c.dt == dtFloat {
		return float64(c.f[i])
	}
	return float64(c.i[i])
}

func (c *constant) set(i int, v float64, unknown bool) {
	if c.dt == dtFloat {
		c.f[i] = float32(v)
	} else {
		c.i[i] = int64(v)
	}
	if unknown {
		if c.unknown == nil {
			c.unknown = make([]bool, c.n())
		}
		c.unknown[i] = true
	}
}

func (c *constant) ints() []int {
	out := make([]int, c.n())
	for i := range out {
		out[i] = int(c.at(i))
	}
	return out
}

// reshaped shares the data under another shape of the same size.
func (c *constant) reshaped(shape []int) *constant {
	d := *c
	d.shape = shape
	return &d
}

// permuted returns the transposed constant: its dimension k is c's dimension perm[k].
func (c *constant) permuted(perm []int) *constant {
	shape := make([]int, len(perm))
	for i, p := range perm {
		shape[i] = c.shape[p]
	}
	st := strides(c.shape)
	out := newConst(c.dt, shape)
	each(shape, func(idx []int, l int) {
		o := 0
		for i, p := range perm {
			o += idx[i] * st[p]
		}
		if c.dt == dtFloat {
			out.f[l] = c.f[o] // not through float64: weights are many, and a NaN keeps its bits
			return
		}
		out.set(l, c.at(o), c.unk(o))
	})
	return out
}

// each calls f with every index tuple of shape, in row-major order. The tuple is reused.
func each(shape []int, f func(idx []int, lin int)) {
	idx := make([]int, len(shape))
	for l := range numel(shape) {
		f(idx, l)
		for k := len(shape) - 1; k >= 0; k-- {
			idx[k]++
			if idx[k] < shape[k] {
				break
			}
			idx[k] = 0
		}
	}
}

// strides returns how far apart neighbours along each dimension lie.
func strides(shape []int) []int {
	s := make([]int, len(shape))
	p := 1
	for i := len(shape) - 1; i >= 0; i-- {
		s[i] = p
		p *= shape[i]
	}
	return s
}
