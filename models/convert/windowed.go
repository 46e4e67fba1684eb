package convert

import (
	"math"
	"strings"
)

// unknownPicture stands for a picture whose shape is not known.
func unknownPicture() []int { return []int{-1, -1, -1, -1} }

// samePad returns what TensorFlow's padding SAME adds before and after a dimension, and the size of the output. Where the
// sum is odd, the end gets more.
func samePad(in, kernel, stride, dilation int) (before, after, out int) {
	out = (in + stride - 1) / stride
	total := max(0, (out-1)*stride+(kernel-1)*dilation+1-in)
	return total / 2, total - total/2, out
}

// window returns the padding attributes and the output size of a convolution or pooling over a map of h x w, where -1 is
// unknown. kernel, stride and dilation are of height and width.
func window(n *node, h, w int, kernel, stride, dilation [2]int) (a []attribute, outH, outW int) {
	in := [2]int{h, w}
	out := [2]int{-1, -1}
	var pads [4]int
	switch p := n.str("padding", "VALID"); p {
	case "VALID", "EXPLICIT":
		if p == "EXPLICIT" {
			e := n.ints("explicit_paddings") // two for each of N, H, W, C
			pads = [4]int{e[2], e[4], e[3], e[5]}
		}
		for i := range in {
			if in[i] > 0 {
				out[i] = (in[i]+pads[i]+pads[i+2]-(kernel[i]-1)*dilation[i]-1)/stride[i] + 1
			}
		}
	case "SAME":
		if h < 0 || w < 0 {
			return []attribute{at("auto_pad", "SAME_UPPER")}, -1, -1
		}
		for i := range in {
			pads[i], pads[i+2], out[i] = samePad(in[i], kernel[i], stride[i], dilation[i])
		}
	default:
		fail(n, "padding %s", p)
	}
	if pads != [4]int{} {
		a = append(a, at("pads", pads[:]))
	}
	return a, out[0], out[1]
}

// heightWidth returns the height and width of an attribute over N, H, W, C; 1 where it is absent.
func heightWidth(n *node, key string) [2]int {
	l := n.ints(key)
	if len(l) != 4 {
		return [2]int{1, 1}
	}
	if l[1] < 1 || l[2] < 1 {
		fail(n, "%s %v", key, l)
	}
	return [2]int{l[1], l[2]}
}

// filter returns the constant filter of a convolution, of four dimensions.
func filter(n *node, v *value) *constant {
	w := v.konst()
	if w == nil || len(w.shape) != 4 || w.dt != dtFloat {
		fail(n, "weights are not a constant of four dimensions")
	}
	return w
}

// bias returns the name of the constant bias v.
func (c *converter) bias(n *node, v *value) string {
	b := v.konst()
	if b == nil {
		fail(n, "bias is not constant")
	}
	return c.store(b.reshaped([]int{b.n()}))
}

// conv converts convolutions. TensorFlow's filters are H x W x in x out; those of depthwise ones H x W x channels x
// multiplier.
func conv(c *converter, n *node, in []*value) *value {
	if n.str("data_format", "NHWC") != "NHWC" {
		fail(n, "data_format")
	}
	x, w := in[0], filter(n, in[1])
	picture := x.shape
	if len(picture) != 4 {
		picture = unknownPicture()
	}
	kernel := [2]int{w.shape[0], w.shape[1]}
	channels, out := w.shape[2], w.shape[3]
	stride, dilation := heightWidth(n, "strides"), heightWidth(n, "dilations")
	a := []attribute{at("kernel_shape", kernel[:]), at("strides", stride[:])}
	if dilation != [2]int{1, 1} {
		a = append(a, at("dilations", dilation[:]))
	}
	if strings.Contains(n.op, "Depthwise") {
		out *= channels
		w = w.reshaped([]int{kernel[0], kernel[1], 1, out})
		a = append(a, at("group", channels))
	} else if picture[3] > 0 && picture[3] != channels {
		a = append(a, at("group", picture[3]/channels))
	}
	w = w.permuted([]int{3, 2, 0, 1})
	pads, h, wd := window(n, picture[1], picture[2], kernel, stride, dilation)
	if x.padOf != nil && n.str("padding", "") == "VALID" {
		// A padding of its own before a convolution without: one operator does both.
		pads, x = []attribute{at("pads", x.pads[:])}, x.padOf
	}
	names := []string{c.nchw(x), c.store(w)}
	if hasBias(n) {
		names = append(names, c.bias(n, in[2]))
	}
	y := tensorOf([]int{picture[0], h, wd, out}, dtFloat, c.one("Conv", names, append(a, pads...)...), true)
	return c.activate(n, y, in[2:])
}

// deconv converts the gradient of a convolution, used as a convolution that enlarges.
func deconv(c *converter, n *node, in []*value) *value {
	size, w, x := in[0].c, filter(n, in[1]), in[2]
	if size == nil || size.n() != 4 || size.unk(1) || size.unk(2) || len(x.shape) != 4 {
		fail(n, "size of the output is not constant")
	}
	stride := heightWidth(n, "strides")
	kernel := [2]int{w.shape[0], w.shape[1]}
	out := [2]int{int(size.at(1)), int(size.at(2))}
	var pads, extra [4]int
	for i := range 2 {
		full := (x.shape[i+1]-1)*stride[i] + kernel[i]
		cut := full - out[i]
		if n.str("padding", "") == "VALID" {
			cut, extra[i] = 0, out[i]-full
		} else if cut < 0 {
			cut, extra[i] = 0, -cut
		}
		pads[i], pads[i+2] = cut/2, cut-cut/2
	}
	a := []attribute{at("kernel_shape", kernel[:]), at("strides", stride[:]), at("pads", pads[:])}
	if extra != [4]int{} {
		a = append(a, at("output_padding", extra[:2]))
	}
	names := []string{c.nchw(x), c.store(w.permuted([]int{3, 2, 0, 1}))}
	if len(in) > 3 {
		names = append(names, c.bias(n, in[3]))
	}
	y := tensorOf([]int{x.shape[0], out[0], out[1], w.shape[2]}, dtFloat, c.one("ConvTranspose", names, a...), true)
	return c.activate(n, y, in[3:])
}

// pool converts MaxPool and AvgPool.
func pool(c *converter, n *node, in []*value) *value {
	x := in[0]
	kernel, stride := heightWidth(n, "ksize"), heightWidth(n, "strides")
	picture := x.shape
	if len(picture) != 4 {
		picture = unknownPicture()
	}
	pads, h, w := window(n, picture[1], picture[2], kernel, stride, [2]int{1, 1})
	shape := []int{picture[0], h, w, picture[3]}
	if n.op == "AvgPool" && kernel == [2]int{picture[1], picture[2]} && h == 1 && w == 1 {
		return tensorOf(shape, dtFloat, c.one("GlobalAveragePool", []string{c.nchw(x)}), true)
	}
	op := "MaxPool"
	if n.op == "AvgPool" {
		op = "AveragePool"
	}
	a := append([]attribute{at("kernel_shape", kernel[:]), at("strides", stride[:])}, pads...)
	return tensorOf(shape, dtFloat, c.one(op, []string{c.nchw(x)}, a...), true)
}

// resize converts ResizeBilinear and ResizeNearestNeighbor to a constant size.
func resize(c *converter, n *node, in []*value) *value {
	x := in[0]
	size := constantInts(n, in[1], "size")
	if len(size) != 2 || len(x.shape) != 4 || x.shape[1] <= 0 || x.shape[2] <= 0 {
		fail(n, "size of the picture is not known")
	}
	if size[0] == x.shape[1] && size[1] == x.shape[2] {
		return x
	}
	coordinates := "asymmetric"
	if n.bool("half_pixel_centers") {
		coordinates = "half_pixel"
	}
	if n.bool("align_corners") {
		coordinates = "align_corners"
	}
	mode := "linear"
	if n.op == "ResizeNearestNeighbor" {
		mode = "nearest"
	}
	a := []attribute{at("mode", mode), at("coordinate_transformation_mode", coordinates)}
	if mode == "nearest" {
		rounding := "floor"
		if coordinates == "half_pixel" {
			rounding = "round_prefer_ceil"
		}
		a = append(a, at("nearest_mode", rounding))
	}
	scale := &constant{dt: dtFloat, shape: []int{4}, f: []float32{
		1, 1, scaleTo(x.shape[1], size[0]), scaleTo(x.shape[2], size[1]),
	}}
	shape := []int{x.shape[0], size[0], size[1], x.shape[3]}
	return tensorOf(shape, dtFloat, c.one("Resize", []string{c.nchw(x), "", c.store(scale)}, a...), true)
}

// scaleTo returns the scale from which ONNX computes exactly the size to: floor(from * scale).
func scaleTo(from, to int) float32 {
	f := float32(float64(to) / float64(from))
	if int(math.Floor(float64(f)*float64(from))) != to {
		f = math.Nextafter32(f, inf32)
	}
	return f
}

func depthToSpace(c *converter, n *node, in []*value) *value {
	x, block := in[0], n.int("block_size", 2)
	if len(x.shape) != 4 || block < 1 {
		fail(n, "block of %d in shape %v", block, x.shape)
	}
	shape := []int{x.shape[0], -1, -1, x.shape[3] / (block * block)}
	for i := 1; i < 3; i++ {
		if x.shape[i] > 0 {
			shape[i] = x.shape[i] * block
		}
	}
	name := c.one("DepthToSpace", []string{c.nchw(x)}, at("blocksize", block), at("mode", "DCR"))
	return tensorOf(shape, dtFloat, name, true)
}
