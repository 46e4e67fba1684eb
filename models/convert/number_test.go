package convert

import (
	"math"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestHalf(t *testing.T) {
	for h := range 1 << 16 {
		f := halfToFloat(uint16(h))
		if math.IsNaN(float64(f)) {
			if got := floatToHalf(f); got&0x7c00 != 0x7c00 || got&0x3ff == 0 {
				t.Fatalf("NaN %#x became %#x", h, got)
			}
			continue
		}
		if got := floatToHalf(f); got != uint16(h) {
			t.Fatalf("%#x -> %v -> %#x", h, f, got)
		}
	}
	tests := []struct {
		f    float32
		want uint16
	}{
		{65520, 0x7c00},        // the first value that rounds to infinity
		{65519, 0x7bff},        // the last that does not
		{1 + 1.0/2048, 0x3c00}, // a tie: to the even one below
		{1 + 3.0/2048, 0x3c02}, // a tie: to the even one above
		{2.9802322e-08, 0},     // half of the smallest: a tie, to zero
		{2.98023259e-08, 1},
		{-2, 0xc000},
		{float32(math.Inf(-1)), 0xfc00},
		{1e-30, 0},
	}
	for _, tt := range tests {
		if got := floatToHalf(tt.f); got != tt.want {
			t.Errorf("floatToHalf(%v) = %#x, want %#x", tt.f, got, tt.want)
		}
	}
}

// The nearest half is found by trying them all.
func TestHalfIsNearest(t *testing.T) {
	finite := make([]float64, 0, 1<<15)
	for h := range 0x7c00 {
		finite = append(finite, float64(halfToFloat(uint16(h))))
	}
	if !slices.IsSorted(finite) {
		t.Fatal("positive halves are not in order")
	}
	f := float32(1.7e-9)
	for range 400 {
		f *= 1.0817
		if f > 65000 {
			break
		}
		got := float64(halfToFloat(floatToHalf(f)))
		i, _ := slices.BinarySearch(finite, float64(f))
		for _, h := range finite[max(i-1, 0):min(i+1, len(finite))] {
			if math.Abs(h-float64(f)) < math.Abs(got-float64(f)) {
				t.Errorf("%v became %v, but %v is nearer", f, got, h)
			}
		}
	}
}

func TestSamePad(t *testing.T) {
	tests := []struct{ in, kernel, stride, before, after, out int }{
		{256, 3, 2, 0, 1, 128},
		{5, 3, 1, 1, 1, 5},
		{7, 2, 2, 0, 1, 4},
		{224, 1, 2, 0, 0, 112},
	}
	for _, tt := range tests {
		before, after, out := samePad(tt.in, tt.kernel, tt.stride, 1)
		if before != tt.before || after != tt.after || out != tt.out {
			t.Errorf("samePad(%d, %d, %d) = %d, %d, %d", tt.in, tt.kernel, tt.stride, before, after, out)
		}
	}
}

func TestPermuted(t *testing.T) {
	k := newConst(dtFloat, []int{1, 2, 2, 3})
	for i := range k.f {
		k.f[i] = float32(i)
	}
	p := k.permuted(toNCHW())
	if want := []float32{0, 3, 6, 9, 1, 4, 7, 10, 2, 5, 8, 11}; !slices.Equal(p.f, want) {
		t.Errorf("NCHW holds %v, want %v", p.f, want)
	}
	if q := p.permuted(toNHWC()); !slices.Equal(q.f, k.f) || !slices.Equal(q.shape, k.shape) {
		t.Errorf("there and back: %v %v", q.shape, q.f)
	}
}

func TestShapes(t *testing.T) {
	for _, tt := range []struct{ target, in, want []int }{
		{[]int{1, -1, 4}, []int{2, 3, 4}, []int{1, 6, 4}},
		{[]int{-1, 4}, []int{-1, 3, 4}, []int{-1, 4}},
		{[]int{2, 2}, []int{4}, []int{2, 2}},
		{[]int{-1}, nil, []int{-1}},
	} {
		if got := resolveShape(tt.target, tt.in); !slices.Equal(got, tt.want) {
			t.Errorf("resolveShape(%v, %v) = %v, want %v", tt.target, tt.in, got, tt.want)
		}
	}
	for _, tt := range []struct{ a, b, want []int }{
		{[]int{2, 3}, []int{3}, []int{2, 3}},
		{[]int{-1, 1}, []int{1, 5}, []int{-1, 5}},
		{[]int{-1}, []int{4}, []int{4}},
		{[]int{}, []int{2}, []int{2}},
		{nil, []int{2}, nil},
	} {
		if got := broadcast(tt.a, tt.b); !cmp.Equal(got, tt.want) {
			t.Errorf("broadcast(%v, %v) = %v, want %v", tt.a, tt.b, got, tt.want)
		}
	}
	for _, tt := range []struct {
		shape []int
		limit int
		n     int
		ok    bool
	}{
		{[]int{2, 3}, 6, 6, true},
		{[]int{2, 3}, 5, 0, false},
		{nil, 1, 1, true},
		{[]int{0, 1 << 40}, 8, 0, true},
		{[]int{1 << 40, 1 << 40}, 1 << 50, 0, false},
		{[]int{-1, -1}, 8, 0, false},
	} {
		if n, ok := checkedNumel(tt.shape, tt.limit); n != tt.n || ok != tt.ok {
			t.Errorf("checkedNumel(%v, %d) = %d, %v", tt.shape, tt.limit, n, ok)
		}
	}
}

// Slices of a vector, against the obvious loop.
func TestSliceRange(t *testing.T) {
	const d = 5
	for lo := -7; lo <= 7; lo++ {
		for hi := -7; hi <= 7; hi++ {
			for _, by := range []int{-2, -1, 1, 2, 3} {
				var want []int
				from, to := lo, hi
				if from < 0 {
					from += d
				}
				if to < 0 {
					to += d
				}
				if by > 0 {
					for i := max(from, 0); i < min(to, d); i += by {
						want = append(want, i)
					}
				} else {
					for i := min(from, d-1); i > max(to, -1); i += by {
						if i >= 0 {
							want = append(want, i)
						}
					}
				}
				first, last, step := sliceRange(lo, hi, by, d)
				if got := sliceLen(first, last, step); got != len(want) || got > 0 && first != want[0] {
					t.Errorf("[%d:%d:%d] begins at %d with %d elements, want %v", lo, hi, by, first, got, want)
				}
			}
		}
	}
}
