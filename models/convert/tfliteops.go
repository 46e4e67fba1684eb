package convert

import (
	"errors"
	"fmt"
	"slices"
)

// tflKinds names the BuiltinOperator codes that are known.
var tflKinds = map[int]string{
	0: "ADD", 1: "AVERAGE_POOL_2D", 2: "CONCATENATION", 3: "CONV_2D", 4: "DEPTHWISE_CONV_2D", 5: "DEPTH_TO_SPACE",
	6: "DEQUANTIZE", 9: "FULLY_CONNECTED", 14: "LOGISTIC", 17: "MAX_POOL_2D", 18: "MUL", 19: "RELU", 21: "RELU6",
	22: "RESHAPE", 23: "RESIZE_BILINEAR", 25: "SOFTMAX", 28: "TANH", 34: "PAD", 39: "TRANSPOSE", 40: "MEAN", 41: "SUB",
	42: "DIV", 43: "SQUEEZE", 45: "STRIDED_SLICE", 47: "EXP", 54: "PRELU", 55: "MAXIMUM", 57: "MINIMUM", 59: "NEG",
	67: "TRANSPOSE_CONV", 70: "EXPAND_DIMS", 74: "SUM", 75: "SQRT", 76: "RSQRT", 82: "REDUCE_MAX",
	97: "RESIZE_NEAREST_NEIGHBOR", 98: "LEAKY_RELU", 101: "ABS", 117: "HARD_SWISH",
}

// tflPlain are the operators that are TensorFlow's under another name. DEQUANTIZE only widens float16 weights here.
var tflPlain = map[string]string{
	"ABS": "Abs", "DEQUANTIZE": "Identity", "EXP": "Exp", "EXPAND_DIMS": "ExpandDims", "LOGISTIC": "Sigmoid",
	"MAXIMUM": "Maximum", "MINIMUM": "Minimum", "NEG": "Neg", "PAD": "Pad", "PRELU": "Prelu", "RELU": "Relu",
	"RELU6": "Relu6", "RSQRT": "Rsqrt", "SQRT": "Sqrt", "TANH": "Tanh", "TRANSPOSE": "Transpose",
}

// tflBuilders add the others.
var tflBuilders = map[string]func(l *tflite, o tflOp) error{
	"ADD":                     (*tflite).arithmetic,
	"AVERAGE_POOL_2D":         (*tflite).pool,
	"CONCATENATION":           (*tflite).concatenation,
	"CONV_2D":                 (*tflite).conv,
	"DEPTHWISE_CONV_2D":       (*tflite).depthwise,
	"DEPTH_TO_SPACE":          (*tflite).depthToSpace,
	"DIV":                     (*tflite).arithmetic,
	"FULLY_CONNECTED":         (*tflite).dense,
	"HARD_SWISH":              (*tflite).hardSwish,
	"LEAKY_RELU":              (*tflite).leakyRelu,
	"MAX_POOL_2D":             (*tflite).pool,
	"MEAN":                    (*tflite).reduce,
	"MUL":                     (*tflite).arithmetic,
	"REDUCE_MAX":              (*tflite).reduce,
	"RESHAPE":                 (*tflite).reshape,
	"RESIZE_BILINEAR":         (*tflite).resize,
	"RESIZE_NEAREST_NEIGHBOR": (*tflite).resize,
	"SOFTMAX":                 (*tflite).softmax,
	"SQUEEZE":                 (*tflite).squeeze,
	"STRIDED_SLICE":           (*tflite).stridedSlice,
	"SUB":                     (*tflite).arithmetic,
	"SUM":                     (*tflite).reduce,
	"TRANSPOSE_CONV":          (*tflite).transposeConv,
}

// tflRenamed are TensorFlow's names of operators whose builder serves several.
var tflRenamed = map[string]string{
	"ADD": "AddV2", "AVERAGE_POOL_2D": "AvgPool", "DIV": "RealDiv", "MAX_POOL_2D": "MaxPool", "MEAN": "Mean", "MUL": "Mul",
	"REDUCE_MAX": "Max", "RESIZE_BILINEAR": "ResizeBilinear", "RESIZE_NEAREST_NEIGHBOR": "ResizeNearestNeighbor",
	"SUB": "Sub", "SUM": "Sum",
}

// tflOp is one operator: what it takes, what it is called after its first output, and the table of its options.
type tflOp struct {
	index int
	kind  string
	name  string
	in    []string
	opts  table
}

// errOperands says that an operator lacks operands.
var errOperands = errors.New("operands missing")

func (l *tflite) operator(index int, kind string, t table) error {
	in, out := t.ints(1), t.ints(2)
	for len(in) > 0 && in[len(in)-1] == -1 { // optional operands left out
		in = in[:len(in)-1]
	}
	if len(in) == 0 || len(out) == 0 {
		return errOperands
	}
	for _, i := range slices.Concat(in, out) {
		if i < 0 || i >= len(l.tensors) {
			return fmt.Errorf("no tensor %d", i)
		}
	}
	o := tflOp{index: index, kind: kind, name: l.names[out[0]], opts: t.table(4)}
	for _, i := range in {
		o.in = append(o.in, l.names[i])
	}
	if op := tflPlain[kind]; op != "" {
		l.add(op, o.name, o.in, nil)
		return nil
	}
	build := tflBuilders[kind]
	if build == nil {
		return errors.New("not supported")
	}
	return build(l, o)
}

// weight returns the constant operand i, through DEQUANTIZE, or nil.
func (l *tflite) weight(o tflOp, i int) *constant {
	if i >= len(o.in) {
		return nil
	}
	name := o.in[i]
	for range len(l.nodes) { // not for ever, where a damaged file makes a circle
		if w := l.weights[name]; w != nil {
			return w
		}
		n := l.nodes[name]
		if n == nil || n.op != "Identity" {
			return nil
		}
		name = n.in[0]
	}
	return nil
}

// activation names TensorFlow Lite's ActivationFunctionType; "" is none.
func activation(code int) (string, error) {
	switch code {
	case 0:
		return "", nil
	case 1:
		return "Relu", nil
	case 3:
		return "Relu6", nil
	case 4:
		return "Tanh", nil
	}
	return "", fmt.Errorf("fused activation %d", code)
}

// fused returns what is fused to an operator: a bias where it has the operand number bias, and an activation.
func (o tflOp) fused(bias, code int) ([]string, error) {
	var ops []string
	if len(o.in) > bias {
		ops = append(ops, "BiasAdd")
	}
	f, err := activation(code)
	if f != "" {
		ops = append(ops, f)
	}
	return ops, err
}

// activated adds the fused activation as a node of its own and returns the name that the operator itself must take.
func (l *tflite) activated(o tflOp, code int) (string, error) {
	f, err := activation(code)
	if err != nil || f == "" {
		return o.name, err
	}
	l.add(f, o.name, []string{o.name + "/pre"}, nil)
	return o.name + "/pre", nil
}

// changed passes the constant integer operand i through the Reshape hook.
func (l *tflite) changed(o tflOp, i int) {
	w := l.weight(o, i)
	if w == nil || w.dt == dtFloat || l.o.Reshape == nil {
		return
	}
	old := w.ints()
	if v := l.o.Reshape(o.index, o.kind, slices.Clone(old)); !slices.Equal(v, old) {
		o.in[i] = l.constant(fmt.Sprintf("%s/operand%d", o.name, i), intConst(w.shape, v...))
	}
}

// padding, strides: the fields are the same in the options of convolutions and poolings.
func (o tflOp) padding() string { return []string{"SAME", "VALID"}[min(o.opts.byte(0), 1)] }

func (o tflOp) strides() []int { return []int{1, o.opts.int(2, 1), o.opts.int(1, 1), 1} }

// filter returns the constant filter of a convolution.
func (l *tflite) filter(o tflOp) (*constant, error) {
	w := l.weight(o, 1)
	if w == nil || len(w.shape) != 4 || w.dt != dtFloat {
		return nil, errors.New("weights are not a constant of four dimensions")
	}
	return w, nil
}

// conv: filters are out x H x W x in.
func (l *tflite) conv(o tflOp) error {
	w, err := l.filter(o)
	if err != nil {
		return err
	}
	return l.convolution(o, "_FusedConv2D", w.permuted([]int{1, 2, 3, 0}), o.opts.byte(3), []int{1, o.opts.int(5, 1), o.opts.int(4, 1), 1})
}

// depthwise: filters are 1 x H x W x (channels times multiplier).
func (l *tflite) depthwise(o tflOp) error {
	w, err := l.filter(o)
	if err != nil {
		return err
	}
	multiplier := o.opts.int(3, 1)
	if multiplier < 1 || w.shape[0] != 1 || w.shape[3]%multiplier != 0 {
		return fmt.Errorf("filter %v with multiplier %d", w.shape, multiplier)
	}
	w = w.reshaped([]int{w.shape[1], w.shape[2], w.shape[3] / multiplier, multiplier})
	return l.convolution(o, "FusedDepthwiseConv2dNative", w, o.opts.byte(4), []int{1, o.opts.int(6, 1), o.opts.int(5, 1), 1})
}

func (l *tflite) convolution(o tflOp, op string, w *constant, code int, dilations []int) error {
	ops, err := o.fused(2, code)
	if err != nil {
		return err
	}
	o.in[1] = l.constant(o.name+"/filter", w)
	l.add(op, o.name, o.in, attrs{"padding": o.padding(), "strides": o.strides(), "dilations": dilations, "fused_ops": ops})
	return nil
}

// transposeConv takes the size of the output, the filter and the picture.
func (l *tflite) transposeConv(o tflOp) error {
	w, err := l.filter(o)
	if err != nil {
		return err
	}
	if len(o.in) < 3 {
		return errOperands
	}
	ops, err := o.fused(3, o.opts.byte(3))
	if err != nil {
		return err
	}
	l.changed(o, 0)
	o.in[1] = l.constant(o.name+"/filter", w.permuted([]int{1, 2, 0, 3}))
	l.add("Conv2DBackpropInput", o.name, o.in, attrs{"padding": o.padding(), "strides": o.strides(), "fused_ops": ops})
	return nil
}

func (l *tflite) dense(o tflOp) error {
	w := l.weight(o, 1)
	if w == nil || len(w.shape) != 2 || o.opts.byte(2) != 0 {
		return errors.New("weights are not a plain constant matrix")
	}
	ops, err := o.fused(2, o.opts.byte(0))
	if err != nil {
		return err
	}
	rows := l.constant(o.name+"/flatshape", intConst([]int{2}, -1, w.shape[1]))
	o.in[0] = l.add("Reshape", o.name+"/flat", []string{o.in[0], rows}, nil)
	l.add("_FusedMatMul", o.name, o.in, attrs{"transpose_b": true, "fused_ops": ops})
	return nil
}

func (l *tflite) arithmetic(o tflOp) error {
	name, err := l.activated(o, o.opts.byte(0))
	if err != nil {
		return err
	}
	l.add(tflRenamed[o.kind], name, o.in, nil)
	return nil
}

func (l *tflite) reduce(o tflOp) error {
	l.add(tflRenamed[o.kind], o.name, o.in, attrs{"keep_dims": o.opts.bool(0)})
	return nil
}

func (l *tflite) softmax(o tflOp) error {
	if beta := o.opts.float(0, 1); beta != 1 {
		return fmt.Errorf("beta %v", beta)
	}
	l.add("Softmax", o.name, o.in, nil)
	return nil
}

func (l *tflite) concatenation(o tflOp) error {
	name, err := l.activated(o, o.opts.byte(1))
	if err != nil {
		return err
	}
	axis := l.constant(o.name+"/axis", intConst([]int{}, o.opts.int(0, 0)))
	l.add("ConcatV2", name, append(o.in, axis), nil)
	return nil
}

func (l *tflite) pool(o tflOp) error {
	name, err := l.activated(o, o.opts.byte(5))
	if err != nil {
		return err
	}
	l.add(tflRenamed[o.kind], name, o.in, attrs{
		"padding": o.padding(), "strides": o.strides(), "ksize": []int{1, o.opts.int(4, 1), o.opts.int(3, 1), 1},
	})
	return nil
}

// resize: the flags of the nearest-neighbour form lie two fields earlier.
func (l *tflite) resize(o tflOp) error {
	flags := 2
	if o.kind == "RESIZE_NEAREST_NEIGHBOR" {
		flags = 0
	}
	l.changed(o, 1)
	l.add(tflRenamed[o.kind], o.name, o.in, attrs{"align_corners": o.opts.bool(flags), "half_pixel_centers": o.opts.bool(flags + 1)})
	return nil
}

// reshape has its target as an operand or, in old files, among the options.
func (l *tflite) reshape(o tflOp) error {
	if len(o.in) == 1 {
		target := o.opts.ints(0)
		o.in = append(o.in, l.constant(o.name+"/shape", intConst([]int{len(target)}, target...)))
	}
	l.changed(o, 1)
	l.add("Reshape", o.name, o.in, nil)
	return nil
}

func (l *tflite) squeeze(o tflOp) error {
	l.add("Squeeze", o.name, o.in, attrs{"squeeze_dims": o.opts.ints(0)})
	return nil
}

func (l *tflite) stridedSlice(o tflOp) error {
	a := attrs{}
	for i, mask := range []string{"begin_mask", "end_mask", "ellipsis_mask", "new_axis_mask", "shrink_axis_mask"} {
		a[mask] = o.opts.int(i, 0)
	}
	l.add("StridedSlice", o.name, o.in, a)
	return nil
}

func (l *tflite) depthToSpace(o tflOp) error {
	l.add("DepthToSpace", o.name, o.in, attrs{"block_size": o.opts.int(0, 2)})
	return nil
}

func (l *tflite) leakyRelu(o tflOp) error {
	l.add("LeakyRelu", o.name, o.in, attrs{"alpha": float64(o.opts.float(0, 0))})
	return nil
}

// hardSwish is x * relu6(x + 3) / 6.
func (l *tflite) hardSwish(o tflOp) error {
	x := o.in[0]
	shifted := l.add("AddV2", o.name+"/a", []string{x, l.constant(o.name+"/3", floatScalar(3))}, nil)
	gate := l.add("Relu6", o.name+"/r", []string{shifted}, nil)
	gate = l.add("Mul", o.name+"/s", []string{gate, l.constant(o.name+"/6", floatScalar(1.0/6))}, nil)
	l.add("Mul", o.name, []string{x, gate}, nil)
	return nil
}
