package convert

// SelfieSize returns the options that read MediaPipe's selfie_multiclass_256x256 for another input size, a multiple of 64.
// Its MobileViT blocks cut the map into patches of 4 x 4 with constant shapes, which are worked out again here: at a stride
// of 8 there are size/32 patches a side, at 16 half as many.
func SelfieSize(size int) TFLiteOptions {
	p, q := size/32, size/64
	// By number of the operator: into patches, out of them, and around the attention.
	shapes := map[int][]int{
		20: {-1, 4, p, 512}, 22: {-1, p * p, 16, 128}, 57: {-1, p, 4, 512}, 59: {-1, 4 * p, 4 * p, 128},
		68: {-1, 4, q, 768}, 70: {-1, q * q, 16, 192}, 137: {-1, q, 4, 768}, 139: {-1, 4 * q, 4 * q, 192},
	}
	for _, op := range []int{29, 45} {
		shapes[op], shapes[op+2] = []int{1, 16, 1, p * p}, []int{1, 16, p * p, 1}
	}
	for _, op := range []int{77, 93, 109, 125} {
		shapes[op], shapes[op+2] = []int{1, 16, 1, q * q}, []int{1, 16, q * q, 1}
	}
	return TFLiteOptions{InputSize: size, Reshape: func(op int, kind string, v []int) []int {
		switch {
		case len(v) == 2 && (kind == "RESIZE_BILINEAR" || kind == "RESIZE_NEAREST_NEIGHBOR"):
			return []int{v[0] * size / 256, v[1] * size / 256}
		case len(v) == 4 && kind == "TRANSPOSE_CONV":
			return []int{v[0], size, size, v[3]}
		case shapes[op] != nil && len(v) == len(shapes[op]):
			return shapes[op]
		}
		return v
	}}
}
