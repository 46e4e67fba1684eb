package convert

import (
	"encoding/binary"
	"fmt"
	"math"
	"slices"
)

// value is a tensor of the TensorFlow graph.
type value struct {
	shape []int // TensorFlow's shape; -1: unknown dimension; nil: unknown rank
	dt    int

	nhwc, nchw string    // ONNX names; "" where the form does not exist yet
	c          *constant // constant, or partly known constant

	clipOf *value // this value is clipOf, clipped to lo..hi
	lo, hi float32
	padOf  *value // this value is padOf, zero-padded in H and W only
	pads   [4]int // top, left, bottom, right
}

// konst returns the constant that v is, or nil.
func (v *value) konst() *constant {
	if v.c != nil && v.c.full() {
		return v.c
	}
	return nil
}

// tensorOf returns a value that is named by its layout.
func tensorOf(shape []int, dt int, name string, nchw bool) *value {
	if nchw {
		return &value{shape: shape, dt: dt, nchw: name}
	}
	return &value{shape: shape, dt: dt, nhwc: name}
}

func toNCHW() []int { return []int{0, 3, 1, 2} }
func toNHWC() []int { return []int{0, 2, 3, 1} }

// axisNCHW is where TensorFlow's axis of a picture lies in ONNX's.
func axisNCHW(axis int) int { return toNHWC()[axis] }

// sameOrder reports whether NHWC and NCHW of a picture have the same memory order.
func sameOrder(s []int) bool { return s[3] == 1 || s[1] == 1 && s[2] == 1 }

// reshapes reports whether a Reshape may change the layout, instead of a Transpose.
func reshapes(s []int) bool {
	return len(s) == 4 && sameOrder(s) && s[1] > 0 && s[2] > 0 && s[3] > 0
}

// nhwc returns v's name in TensorFlow's layout, which is the only one for what is no picture.
func (c *converter) nhwc(v *value) string {
	if k := v.konst(); k != nil {
		return c.store(k)
	}
	if v.nhwc == "" {
		if s := v.shape; reshapes(s) {
			v.nhwc = c.one("Reshape", []string{v.nchw, c.storeInts(0, s[1], s[2], s[3])})
		} else {
			v.nhwc = c.one("Transpose", []string{v.nchw}, at("perm", toNHWC()))
		}
	}
	return v.nhwc
}

// nchw returns v's name in ONNX's layout.
func (c *converter) nchw(v *value) string {
	if k := v.konst(); k != nil {
		return c.store(k.permuted(toNCHW()))
	}
	if v.nchw == "" {
		if s := v.shape; reshapes(s) {
			v.nchw = c.one("Reshape", []string{v.nhwc, c.storeInts(0, s[3], s[1], s[2])})
		} else {
			v.nchw = c.one("Transpose", []string{v.nhwc}, at("perm", toNCHW()))
		}
	}
	return v.nchw
}

// prefersNCHW decides the layout of an element-wise operator: NCHW where some input exists in that form and all can be had
// in it.
func prefersNCHW(in ...*value) bool {
	found := false
	for _, v := range in {
		switch k := v.konst(); {
		case k != nil && len(k.shape) > 4:
			return false
		case k != nil, v.shape != nil && len(v.shape) == 0:
		case len(v.shape) != 4:
			return false
		default:
			found = found || v.nchw != ""
		}
	}
	return found
}

// operand returns v's name as an operand of an element-wise operator in the chosen layout. Constants of lower rank get
// leading dimensions, as broadcasting would give them.
func (c *converter) operand(v *value, nchw bool) string {
	if !nchw {
		return c.nhwc(v)
	}
	if k := v.konst(); k != nil {
		if k.n() == 1 {
			return c.store(k.reshaped([]int{}))
		}
		shape := []int{1, 1, 1, 1}
		copy(shape[4-len(k.shape):], k.shape)
		return c.store(k.reshaped(shape).permuted(toNCHW()))
	}
	if len(v.shape) == 0 {
		return c.nhwc(v)
	}
	return c.nchw(v)
}

// halfFrom is the number of elements from which a constant may be stored as float16.
const halfFrom = 64

// store writes a constant once and returns its name. Small integer constants and scalars repeat a lot: they are shared by
// content, others by identity.
func (c *converter) store(k *constant) string {
	key := fmt.Sprintf("%p/%v", k, k.shape)
	switch {
	case k.dt != dtFloat && k.n() <= 16:
		key = fmt.Sprintf("%d%v%v", k.dt, k.shape, k.i)
	case k.n() == 1:
		key = fmt.Sprintf("f%v%v", k.shape, k.f)
	}
	if s := c.inits[key]; s != "" {
		return s
	}
	c.alive = append(c.alive, k)
	name := c.fresh("c")
	t := &tensor{name: name, dt: k.dt, dims: k.shape}
	stored := name
	le := binary.LittleEndian
	switch {
	case k.dt == dtFloat && c.o.HalfWeights && k.n() >= halfFrom:
		t.dt = dtFloat16
		for _, f := range k.f {
			t.raw = le.AppendUint16(t.raw, floatToHalf(f))
		}
		stored = c.one("Cast", []string{name}, at("to", dtFloat))
	case k.dt == dtFloat:
		for _, f := range k.f {
			t.raw = le.AppendUint32(t.raw, math.Float32bits(f))
		}
	case k.dt == dtBool:
		for _, i := range k.i {
			t.raw = append(t.raw, byte(i))
		}
	default:
		for _, i := range k.i {
			t.raw = le.AppendUint64(t.raw, uint64(i))
		}
	}
	if c.stored += len(t.raw); c.stored > maxStored {
		panic(conversionError{fmt.Errorf("more than %d bytes of constants", maxStored)})
	}
	c.m.inits = append(c.m.inits, t)
	c.inits[key] = stored
	return stored
}

func (c *converter) storeInts(v ...int) string { return c.store(intConst([]int{len(v)}, v...)) }

func (c *converter) storeFloat(f float32) string { return c.store(floatScalar(f)) }

// unsqueezed returns the name of v with dimensions of 1 inserted.
func (c *converter) unsqueezed(v *value, axes ...int) string {
	if k := v.konst(); k != nil {
		shape := slices.Clone(k.shape)
		for _, a := range axes {
			shape = slices.Insert(shape, a, 1)
		}
		return c.store(k.reshaped(shape))
	}
	return c.one("Unsqueeze", []string{c.nhwc(v), c.storeInts(axes...)})
}
