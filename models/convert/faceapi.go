package convert

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"path"
)

// faceAPISize is the side of the square pictures that the face-api.js networks take.
const faceAPISize = 112

// faceAPIMean is what face-api.js takes away from red, green and blue before it divides by 255.
var faceAPIMean = []float32{122.782, 117.001, 104.298}

// builder adds the layers of face-api.js to a graph.
type builder struct {
	*Graph
	seq int
}

// ReadFaceAPI reads a network of face-api.js, which comes as a weight manifest without a graph: the graph is built here, as
// face-api.js builds it in code. model is "age_gender" (outputs age, in years, and gender: man, woman) or
// "face_expression" (output expression: neutral happy sad angry fearful disgusted surprised). The input is "image",
// N x 112 x 112 x 3, RGB, 0..255: mean and scale are inside.
func ReadFaceAPI(fsys fs.FS, dir, model string) (*Graph, error) {
	name := path.Join(dir, model+"_model-weights_manifest.json")
	raw, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	var groups []weightGroup
	if err := json.Unmarshal(raw, &groups); err != nil {
		return nil, fmt.Errorf("parse %s: %w", name, err)
	}
	b := &builder{Graph: newGraph()}
	if err := b.readWeights(fsys, dir, groups); err != nil {
		return nil, fmt.Errorf("read weights of %s: %w", name, err)
	}
	for w := range b.weights {
		b.add("Const", w, nil, nil)
	}

	in := b.placeholder("image", -1, faceAPISize, faceAPISize, 3)
	mean := b.constant("mean_rgb", &constant{dt: dtFloat, shape: []int{3}, f: faceAPIMean})
	x := b.node("RealDiv", nil, b.node("Sub", nil, in, mean), b.constant("scale", floatScalar(255)))
	switch model {
	case "age_gender":
		x = b.pooled(b.xception(x))
		b.add("Identity", "age", []string{b.dense(x, "fc/age")}, nil)
		b.add("Softmax", "gender", []string{b.dense(x, "fc/gender")}, nil)
		b.outputs = []string{"age", "gender"}
	case "face_expression":
		for i := range 4 {
			x = b.block(x, fmt.Sprintf("dense%d", i))
		}
		b.add("Softmax", "expression", []string{b.dense(b.pooled(x), "fc")}, nil)
		b.outputs = []string{"expression"}
	default:
		return nil, fmt.Errorf("face-api model %q is not known", model)
	}
	return b.Graph, nil
}

// xception is the trunk of age_gender.
func (b *builder) xception(x string) string {
	x = b.relu(b.layer(x, "entry_flow/conv_in", 2))
	x = b.reduction(x, "entry_flow/reduction_block_0", false)
	x = b.reduction(x, "entry_flow/reduction_block_1", true)
	for i := range 2 {
		o := x
		for k := range 3 {
			o = b.layer(b.relu(o), fmt.Sprintf("middle_flow/main_block_%d/separable_conv%d", i, k), 1)
		}
		x = b.sum(o, x)
	}
	x = b.reduction(x, "exit_flow/reduction_block", true)
	return b.relu(b.layer(x, "exit_flow/separable_conv", 1))
}

// reduction halves the map: two separable convolutions and a pooling beside a strided one.
func (b *builder) reduction(x, name string, activate bool) string {
	o := x
	if activate {
		o = b.relu(x)
	}
	o = b.layer(o, name+"/separable_conv0", 1)
	o = b.layer(b.relu(o), name+"/separable_conv1", 1)
	o = b.node("MaxPool", attrs{"ksize": []int{1, 3, 3, 1}, "strides": []int{1, 2, 2, 1}, "padding": "SAME"}, o)
	return b.sum(o, b.layer(x, name+"/expansion_conv", 2))
}

// block is a dense block of face_expression: each of its four layers sees the sum of those before it.
func (b *builder) block(x, name string) string {
	o1 := b.relu(b.layer(x, name+"/conv0", 2))
	o2 := b.layer(o1, name+"/conv1", 1)
	s := b.sum(o1, o2)
	o3 := b.layer(b.relu(s), name+"/conv2", 1)
	s = b.sum(s, o3)
	o4 := b.layer(b.relu(s), name+"/conv3", 1)
	return b.relu(b.sum(s, o4))
}

// layer is a plain convolution where the manifest has "filters", a separable one where it has "depthwise_filter".
func (b *builder) layer(x, name string, stride int) string {
	if b.weights[name+"/filters"] != nil {
		return b.conv("_FusedConv2D", stride, x, name+"/filters", name+"/bias")
	}
	d := b.conv("DepthwiseConv2dNative", stride, x, name+"/depthwise_filter")
	return b.conv("_FusedConv2D", 1, d, name+"/pointwise_filter", name+"/bias")
}

// conv takes a picture, a filter and perhaps a bias.
func (b *builder) conv(op string, stride int, in ...string) string {
	a := attrs{"strides": []int{1, stride, stride, 1}, "dilations": []int{1, 1, 1, 1}, "padding": "SAME"}
	if len(in) == 3 {
		a["fused_ops"] = []string{"BiasAdd"}
	}
	return b.node(op, a, in...)
}

// dense is a fully connected layer.
func (b *builder) dense(x, name string) string {
	return b.node("_FusedMatMul", attrs{"fused_ops": []string{"BiasAdd"}}, x, name+"/weights", name+"/bias")
}

// pooled is the mean over the map.
func (b *builder) pooled(x string) string {
	return b.node("Mean", nil, x, b.constant("hw", intConst([]int{2}, 1, 2)))
}

func (b *builder) relu(x string) string   { return b.node("Relu", nil, x) }
func (b *builder) sum(x, y string) string { return b.node("AddV2", nil, x, y) }

// node adds a node under a name of its own.
func (b *builder) node(op string, a attrs, in ...string) string {
	b.seq++
	return b.add(op, fmt.Sprintf("%s_%d", op, b.seq), in, a)
}
