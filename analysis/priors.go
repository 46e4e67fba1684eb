package analysis

import "math"

// level is one of the detector's grids: every cell has a prior box of each size about
// its centre.
type level struct {
	stride int
	sizes  []float32
}

// levels are the grids in the order of the network's outputs: level, row, column, size
// (UltraFace RFB-320, github.com/Linzaer/Ultra-Light-Fast-Generic-Face-Detector-1MB, MIT).
func levels() [4]level {
	return [...]level{
		{8, []float32{10, 16, 24}},
		{16, []float32{32, 48}},
		{32, []float32{64, 96}},
		{64, []float32{128, 192, 256}},
	}
}

// largePrior is the width from which priors sit 6 pixels too low at free sizes: the
// network was trained with rows 30 and 60 pixels apart where the strides are 32 and 64.
const largePrior = 64

// prior is a box that the network measures from: centre and size in its pixels.
type prior struct{ x, y, w, h float32 }

// priorCount returns the number of priors of an input of w x h pixels.
func priorCount(w, h int) int {
	n := 0
	for _, l := range levels() {
		n += ceilDiv(w, l.stride) * ceilDiv(h, l.stride) * len(l.sizes)
	}
	return n
}

// eachPrior calls visit with the index and the prior of every box whose score is at
// least least. scores has two values a prior, the second being that of a face.
func eachPrior(w, h int, scores []float32, least float32, visit func(i int, score float32, p prior)) {
	i := 0
	for _, l := range levels() {
		for row := range ceilDiv(h, l.stride) {
			for column := range ceilDiv(w, l.stride) {
				for _, size := range l.sizes {
					if score := scores[2*i+1]; score >= least {
						p := prior{(float32(column) + .5) * float32(l.stride), (float32(row) + .5) * float32(l.stride), size, size}
						if size == 256 {
							p.h = 240 // clamped to the frame of 320 x 240 when the network was trained
						}
						visit(i, score, p)
					}
					i++
				}
			}
		}
	}
}

// decode returns the box that the network's four offsets mean, in its pixels: a centre
// shifted by a tenth of the prior, and a size scaled by e to a fifth (the variances of SSD).
func (p prior) decode(offsets []float32) (x0, y0, x1, y1 float32) {
	x, y := p.x+.1*offsets[0]*p.w, p.y+.1*offsets[1]*p.h
	w := p.w * float32(math.Exp(.2*float64(offsets[2])))
	h := p.h * float32(math.Exp(.2*float64(offsets[3])))
	return x - w/2, y - h/2, x + w/2, y + h/2
}

// ceilDiv returns a / b, rounded up, for positive numbers.
func ceilDiv(a, b int) int { return (a + b - 1) / b }
