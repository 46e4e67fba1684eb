package analysis

import (
	"fmt"
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

// noise returns a picture of random pixels, as part of a larger one.
func noise(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(uint64(w), uint64(h)))
	img := image.NewRGBA(image.Rect(0, 0, w+3, h+2))
	for i := range img.Pix {
		img.Pix[i] = uint8(r.IntN(256))
	}
	return img.SubImage(image.Rect(2, 1, w+2, h+1)).(*image.RGBA)
}

// slowShrink is shrink, pixel by pixel: the mean of src over the rectangle that each pixel covers.
func slowShrink(dst, src *image.RGBA) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	kx, ky := float64(src.Rect.Dx())/float64(w), float64(src.Rect.Dy())/float64(h)
	covered := func(i int, from, to float64) float64 { return max(0, min(float64(i+1), to)-max(float64(i), from)) }
	for y := range h {
		for x := range w {
			var sum [3]float64
			for sy := range src.Rect.Dy() {
				for sx := range src.Rect.Dx() {
					area := covered(sx, float64(x)*kx, float64(x+1)*kx) * covered(sy, float64(y)*ky, float64(y+1)*ky)
					for c := range sum {
						sum[c] += area * float64(src.Pix[sy*src.Stride+4*sx+c])
					}
				}
			}
			for c := range sum {
				dst.Pix[y*dst.Stride+4*x+c] = uint8(sum[c]/kx/ky + .5)
			}
			dst.Pix[y*dst.Stride+4*x+3] = 255
		}
	}
}

func TestShrink(t *testing.T) {
	for _, c := range [][4]int{
		{8, 8, 8, 8}, {8, 8, 4, 4}, {9, 7, 4, 3}, {30, 20, 29, 19}, {31, 17, 7, 5}, {16, 1, 5, 1}, {1, 16, 1, 3}, {40, 3, 1, 1}, {5, 5, 3, 5},
	} {
		t.Run(fmt.Sprint(c), func(t *testing.T) {
			src := noise(c[0], c[1])
			got, want := image.NewRGBA(image.Rect(0, 0, c[2], c[3])), image.NewRGBA(image.Rect(0, 0, c[2], c[3]))
			shrink(got, src)
			slowShrink(want, src)
			for i := range got.Pix {
				if d := int(got.Pix[i]) - int(want.Pix[i]); d < -1 || d > 1 {
					t.Fatalf("value %d: %d, want %d", i, got.Pix[i], want.Pix[i])
				}
			}
		})
	}
}

// slowBilinear is bilinear, one value at a time and with exact weights.
func slowBilinear(dst []float32, n int, v view, s square, f format) {
	value := func(x, y, c int) float64 {
		w, h := v.img.Rect.Dx(), v.img.Rect.Dy()
		if f.repeat {
			x, y = min(max(x, 0), w-1), min(max(y, 0), h-1)
		}
		if x < 0 || y < 0 || x >= w || y >= h {
			return 0
		}
		return float64(v.img.Pix[y*v.img.Stride+4*x+c])
	}
	for row := range n {
		for column := range n {
			px, py := s.photo((float64(column)+.5)/float64(n), (float64(row)+.5)/float64(n))
			x, y := (px-v.x)*v.sx-.5, (py-v.y)*v.sy-.5
			ix, iy := math.Floor(x), math.Floor(y)
			wx, wy := x-ix, y-iy
			for c := range 3 {
				a := value(int(ix), int(iy), c)*(1-wx) + value(int(ix)+1, int(iy), c)*wx
				b := value(int(ix), int(iy)+1, c)*(1-wx) + value(int(ix)+1, int(iy)+1, c)*wx
				at := (row*n+column)*3 + c
				if f.planar {
					at = c*n*n + row*n + column
				}
				dst[at] = float32(a*(1-wy)+b*wy)*f.mul + f.add
			}
		}
	}
}

func TestBilinear(t *testing.T) {
	img := noise(40, 30)
	part := newView(img, image.Rect(100, 50, 180, 110)) // at half size
	whole := newView(img, image.Rect(0, 0, 40, 30))
	for name, c := range map[string]struct {
		v view
		s square
	}{
		"as it is":       {whole, square{20, 15, 16, 0}},
		"enlarged":       {whole, square{20, 15, 7.3, 0}},
		"turned":         {whole, square{21.3, 14.8, 12, .7}},
		"upside down":    {whole, square{20, 15, 12, math.Pi}},
		"beyond an edge": {whole, square{3, 2, 25, -.3}},
		"beyond all":     {whole, square{20, 15, 100, .1}},
		"elsewhere":      {whole, square{-400, 900, 10, 0}},
		"part":           {part, square{140, 80, 30, .2}},
		"part's edge":    {part, square{101, 51, 30, 2}},
	} {
		for _, f := range []format{{mul: 1}, {mul: 1. / 255, repeat: true}, detectorFormat()} {
			t.Run(fmt.Sprintf("%s %+v", name, f), func(t *testing.T) {
				const n = 16
				got, want := make([]float32, 3*n*n), make([]float32, 3*n*n)
				bilinear(got, n, c.v, c.s, f)
				slowBilinear(want, n, c.v, c.s, f)
				for i := range got {
					// Weights have steps of 1/256: on noise that is up to two grey levels.
					if d := math.Abs(float64(got[i] - want[i])); d > 2.1*float64(f.mul) {
						t.Fatalf("value %d: %g, want %g", i, got[i], want[i])
					}
				}
			})
		}
	}
}

// A crop that shrinks much is the mean of what each of its pixels covers, nearly, on a
// picture without detail, and does not alias on one of fine stripes.
func TestCropShrinks(t *testing.T) {
	ramp, stripes := image.NewRGBA(image.Rect(0, 0, 400, 400)), image.NewRGBA(image.Rect(0, 0, 400, 400))
	for y := range 400 {
		for x := range 400 {
			i := ramp.PixOffset(x, y)
			ramp.Pix[i], ramp.Pix[i+1], ramp.Pix[i+2], ramp.Pix[i+3] = uint8(x/2), uint8(y/2), 100, 255
			for c := range 3 {
				stripes.Pix[i+c] = uint8(x % 2 * 200)
			}
		}
	}
	var p pool
	const n = 20
	got, want := make([]float32, 3*n*n), make([]float32, 3*n*n)
	s := square{200, 200, 200, .5}
	p.crop(got, n, newView(ramp, ramp.Rect), s, format{mul: 1})
	slowBilinear(want, n, newView(ramp, ramp.Rect), s, format{mul: 1})
	for i := range got {
		if d := math.Abs(float64(got[i] - want[i])); d > 1.5 {
			t.Errorf("ramp: value %d is %g, want %g", i, got[i], want[i])
		}
	}
	p.crop(got, n, newView(stripes, stripes.Rect), s, format{mul: 1})
	for i, v := range got {
		if v < 70 || v > 130 {
			t.Errorf("stripes: value %d is %g, want about 100", i, v)
		}
	}
}

func TestPlanes(t *testing.T) {
	img := noise(5, 3)
	got := make([]float32, 3*8*4)
	for i := range got {
		got[i] = 9 // what an earlier use of the buffer left
	}
	planes(got, 8, 4, img)
	for c := range 3 {
		for y := range 4 {
			for x := range 8 {
				want := float32(0)
				if x < 5 && y < 3 {
					want = (float32(img.Pix[y*img.Stride+4*x+c]) - 127) / 128
				}
				if v := got[c*32+y*8+x]; math.Abs(float64(v-want)) > 1e-6 {
					t.Errorf("plane %d, %d, %d: %g, want %g", c, x, y, v, want)
				}
			}
		}
	}
}

func TestEnlarge(t *testing.T) {
	img := noise(6, 4)
	got, want := make([]float32, 3*16*12), make([]float32, 3*12*12)
	enlarge(got, 16, 12, img, 12, 8)
	// The same as a square crop of 12 pixels that is 6 pixels of the photo wide.
	slowBilinear(want, 12, newView(img, image.Rect(0, 0, 6, 4)), square{3, 3, 6, 0}, format{mul: 1. / 128, add: -127. / 128, planar: true, repeat: true})
	for c := range 3 {
		for y := range 12 {
			for x := range 16 {
				w := float32(0)
				if x < 12 && y < 8 {
					w = want[c*144+y*12+x]
				}
				if g := got[c*192+y*16+x]; math.Abs(float64(g-w)) > 1e-5 {
					t.Errorf("plane %d, %d, %d: %g, want %g", c, x, y, g, w)
				}
			}
		}
	}
}

func BenchmarkShrink(b *testing.B) {
	src := noise(2048, 1536)
	for _, w := range []int{1600, 1024, 640} {
		dst := image.NewRGBA(image.Rect(0, 0, w, w*3/4))
		b.Run(fmt.Sprint(w), func(b *testing.B) {
			for b.Loop() {
				shrink(dst, src)
			}
		})
	}
}

func BenchmarkCrop(b *testing.B) {
	img := noise(1024, 768)
	v := newView(img, img.Rect.Sub(img.Rect.Min))
	dst := make([]float32, 3*192*192)
	var p pool
	for name, s := range map[string]square{"upright": {500, 400, 200, 0}, "turned": {500, 400, 200, .2}, "shrunk": {500, 400, 600, .2}, "beyond": {20, 400, 200, .2}} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				p.crop(dst, 192, v, s, format{mul: 1. / 255})
			}
		})
	}
}

func BenchmarkPlanes(b *testing.B) {
	img := noise(640, 480)
	dst := make([]float32, 3*640*480)
	for b.Loop() {
		planes(dst, 640, 480, img)
	}
}
