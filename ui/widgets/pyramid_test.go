package widgets

import (
	"image"
	"math"
	"math/rand/v2"
	"testing"
)

func noise(w, h int) *image.RGBA {
	r := rand.New(rand.NewPCG(1, 2))
	p := image.NewRGBA(image.Rect(0, 0, w, h))
	for i := range p.Pix {
		p.Pix[i] = uint8(r.UintN(256))
		if i%4 == 3 {
			p.Pix[i] = 255
		}
	}
	return p
}

// slowSample is bilinear interpolation written down: the value of channel c at the point (x, y).
func slowSample(p *image.RGBA, x, y float64, c int) (float64, bool) {
	w, h := p.Rect.Dx(), p.Rect.Dy()
	if x < 0 || y < 0 || x >= float64(w) || y >= float64(h) {
		return 0, false
	}
	at := func(x, y float64) float64 {
		i, j := min(max(int(x), 0), w-1), min(max(int(y), 0), h-1)
		return float64(p.Pix[p.PixOffset(i, j)+c])
	}
	x, y = x-.5, y-.5
	fx, fy := math.Floor(x), math.Floor(y)
	dx, dy := x-fx, y-fy
	return at(fx, fy)*(1-dx)*(1-dy) + at(fx+1, fy)*dx*(1-dy) + at(fx, fy+1)*(1-dx)*dy + at(fx+1, fy+1)*dx*dy, true
}

func TestResampleAgainstTheSlowWay(t *testing.T) {
	src := noise(40, 30)
	for _, tt := range []struct{ x0, y0, step float64 }{
		{0, 0, 1}, {0, 0, .37}, {-5.3, -8.1, .9}, {12.25, 7.75, 1.3}, {30, 20, .1}, {-100, 0, 1}, {100, 100, 1}, {-3, -3, 2.5},
	} {
		dst := image.NewRGBA(image.Rect(0, 0, 33, 27))
		resample(dst, src, tt.x0, tt.y0, tt.step)
		for y := range 27 {
			for x := range 33 {
				got := dst.RGBAAt(x, y)
				for c, v := range []uint8{got.R, got.G, got.B} {
					want, inside := slowSample(src, tt.x0+(float64(x)+.5)*tt.step, tt.y0+(float64(y)+.5)*tt.step, c)
					if !inside {
						if got.A != 0 {
							t.Fatalf("%+v: pixel %d, %d lies beside the picture and was drawn", tt, x, y)
						}
						continue
					}
					if math.Abs(float64(v)-want) > 2.5 { // weights have 8 bits
						t.Fatalf("%+v: pixel %d, %d is %d, want %.1f", tt, x, y, v, want)
					}
				}
			}
		}
	}
}

func TestPyramidLevels(t *testing.T) {
	p := NewPyramid(noise(2000, 1001))
	want := []image.Point{{2000, 1001}, {1000, 500}, {500, 250}, {250, 125}}
	if len(p.levels) != len(want) {
		t.Fatalf("%d levels, want %d", len(p.levels), len(want))
	}
	for i, l := range p.levels {
		if l.Rect.Size() != want[i] {
			t.Errorf("level %d is %v, want %v", i, l.Rect.Size(), want[i])
		}
	}
	for _, tt := range []struct {
		step  float64
		level int
	}{{.1, 0}, {1.4, 0}, {1.5, 1}, {2.8, 1}, {3, 2}, {1000, 3}} {
		if l, _ := p.level(tt.step); l != p.levels[tt.level] {
			t.Errorf("step %v is drawn from %v, want %v", tt.step, l.Rect.Size(), want[tt.level])
		}
	}
}

// Every level shows the same place: a white square stays where it is.
func TestPyramidDrawsTheSamePlaceFromEveryLevel(t *testing.T) {
	src := image.NewRGBA(image.Rect(0, 0, 1024, 1024))
	for y := range 1024 {
		for x := range 1024 {
			v := uint8(0)
			if x >= 256 && x < 512 && y >= 512 && y < 768 {
				v = 255
			}
			i := src.PixOffset(x, y)
			src.Pix[i], src.Pix[i+1], src.Pix[i+2], src.Pix[i+3] = v, v, v, 255
		}
	}
	p := NewPyramid(src)
	for _, step := range []float64{1, 2, 4, 8} {
		n := int(1024 / step)
		dst := image.NewRGBA(image.Rect(0, 0, n, n))
		p.draw(dst, 0, 0, step)
		for _, at := range []struct {
			x, y int
			want uint8
		}{{260, 516, 255}, {508, 764, 255}, {240, 640, 0}, {528, 640, 0}, {384, 490, 0}, {384, 790, 0}} {
			if got := dst.RGBAAt(int(float64(at.x)/step), int(float64(at.y)/step)).R; got != at.want {
				t.Errorf("step %v: %d, %d is %d, want %d", step, at.x, at.y, got, at.want)
			}
		}
	}
}

func TestNarrowPictures(t *testing.T) {
	for _, s := range []image.Point{{1, 1}, {1, 5000}, {5000, 2}} {
		p := NewPyramid(noise(s.X, s.Y))
		dst := image.NewRGBA(image.Rect(0, 0, 100, 100))
		p.draw(dst, 0, 0, float64(max(s.X, s.Y))/100) // may show nothing, must not panic
		p.draw(dst, 0, 0, 1)
		if dst.RGBAAt(0, 0).A != 255 {
			t.Errorf("%v: nothing was drawn", s)
		}
	}
}

func BenchmarkNewPyramid24MP(b *testing.B) {
	src := noise(6000, 4000)
	for b.Loop() {
		NewPyramid(src)
	}
}

func BenchmarkDrawWindow(b *testing.B) {
	p := NewPyramid(noise(6000, 4000))
	dst := image.NewRGBA(image.Rect(0, 0, 1200, 800))
	for b.Loop() {
		p.draw(dst, 0, 0, 5)
	}
}
