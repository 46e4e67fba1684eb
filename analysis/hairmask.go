package analysis

import (
	"image"
	"math"

	"semblance/models"
)

// The classes of the network's output.
const (
	hairClass     = 1
	faceSkinClass = 3
	hairClasses   = 6
)

const (
	// sureSkin is the probability from which a pixel is skin of the face, for its colour.
	sureSkin = 0.9
	// crownUp is how far the middle of a head lies above that of its face's box, in heights of the box: a pixel
	// of hair is of the head whose middle is the nearest, in its own widths and heights; down counts only hangs
	// of them, since hair hangs.
	crownUp = 0.15
	hangs   = 0.7
	// narrowest is the least width of a head, in heights of the face's box: of a head seen from the side the box is
	// narrower, but the head is not.
	narrowest = 0.75
	// sameHead is the distance of two faces, in sizes of the own one in both directions, below which they are one.
	sameHead = 0.4
	// A connected piece of hair is the head's if at least touches areas of the face's box lie in the box
	// made wider and longer by a quarter on both sides, and by half its height at the top.
	touches    = 0.003
	touchSides = 0.25
	touchTop   = 0.5
	// notHair is the value of a pixel whose hair was found to be somebody else's.
	notHair = -0.01
)

// hairMap is the hair in a square of the photo, by n x n pixels; up in it is where the head's crown is. It lives in a
// pool, with all that is needed to make outlines and a colour of it.
type hairMap struct {
	n      int
	at     square
	inside image.Rectangle // the pixels whose centres lie in the photo
	photo  [2]float64      // width and height

	pixels []float32 // the picture that the network saw, RGB pixel by pixel, 0..1
	margin []float32 // by pixel: probability of hair less that of the best other class; hair where it is above 0
	skin   []bool    // by pixel: surely skin of the face

	piece  []int32 // pixels of one connected piece, for keepOwn
	done   []bool  // pixels that are of a piece already
	trace  tracer  // for polygons
	labs   []lab   // for look
	copied []lab   // for look
}

// hairMap returns a map of n x n pixels, whose content is anything.
func (p *pool) hairMap(n int) *hairMap {
	m, ok := p.hair.Get().(*hairMap)
	if !ok {
		m = &hairMap{}
	}
	if m.n != n {
		*m = hairMap{n: n, pixels: make([]float32, 3*n*n), margin: make([]float32, n*n), skin: make([]bool, n*n), done: make([]bool, n*n)}
	}
	return m
}

// input returns the picture as the network wants it.
func (m *hairMap) input() models.Tensor {
	return models.Tensor{Shape: []int{1, m.n, m.n, 3}, Data: m.pixels}
}

// read fills the map from the network's logits: n/2 x n/2 blocks of 2 x 2 pixels of six classes.
func (m *hairMap) read(logits []float32) {
	half := m.n / 2
	for block := range half * half {
		at := block/half*2*m.n + block%half*2
		for k, offset := range [4]int{0, 1, m.n, m.n + 1} {
			v := (*[hairClasses]float32)(logits[(4*block+k)*hairClasses:])
			m.margin[at+offset], m.skin[at+offset] = marginOf(v)
		}
	}
}

// marginOf returns the margin of hair in one pixel's logits, and whether it surely is skin of the face.
func marginOf(v *[hairClasses]float32) (margin float32, skin bool) {
	top := max(v[0], v[1], v[2], v[3], v[4], v[5])
	e0, e1, e2 := expNegative(v[0]-top), expNegative(v[1]-top), expNegative(v[2]-top)
	e3, e4, e5 := expNegative(v[3]-top), expNegative(v[4]-top), expNegative(v[5]-top)
	sum := e0 + e1 + e2 + e3 + e4 + e5
	return (e1 - max(e0, e2, e3, e4, e5)) / sum, e3 > sureSkin*sum // hairClass, faceSkinClass
}

// expNegative returns e to the power of x <= 0, to within a hundred-thousandth of it. None of a map's 300,000
// exponentials is needed more exactly, and math.Exp takes several times as long.
func expNegative(x float32) float32 {
	if !(x > -80) {
		return 0
	}
	y := x * math.Log2E
	whole := int32(y - 1) // rounds to below for y <= 0, but for whole numbers, whose rest is 1 then
	t := y - float32(whole)
	// 2^t for 0 <= t <= 1: of the polynomials of degree four that are exact at both ends the one of least
	// relative error.
	p := 1 + t*(0.69303212+t*(0.24137976+t*(0.05203237+t*0.01355575)))
	return p * math.Float32frombits(uint32(whole+127)<<23)
}

// within says which pixels lie in the photo of w x h; in the others there is no hair.
func (m *hairMap) within(w, h float64) {
	m.photo = [2]float64{w, h}
	x0, y0 := m.pixel(0, 0)
	x1, y1 := m.pixel(w, h)
	const rounding = 1e-6 // of a pixel
	first := func(a, b float64) int { return min(max(int(math.Ceil(min(a, b)-.5-rounding)), 0), m.n) }
	last := func(a, b float64) int { return min(max(int(math.Ceil(max(a, b)-.5-rounding)), 0), m.n) }
	m.inside = image.Rect(first(x0, x1), first(y0, y1), last(x0, x1), last(y0, y1))
	for y := range m.n {
		row := m.margin[y*m.n : (y+1)*m.n]
		if y < m.inside.Min.Y || y >= m.inside.Max.Y {
			fill(row, -1)
			continue
		}
		fill(row[:m.inside.Min.X], -1)
		fill(row[m.inside.Max.X:], -1)
	}
}

func fill(s []float32, v float32) {
	for i := range s {
		s[i] = v
	}
}

// pixel returns where a point of the photo lies in the map, in pixels from its corner.
func (m *hairMap) pixel(x, y float64) (float64, float64) {
	sin, cos := math.Sincos(m.at.roll)
	dx, dy, k := x-m.at.x, y-m.at.y, float64(m.n)/m.at.side
	return (dx*cos+dy*sin)*k + float64(m.n)/2, (dy*cos-dx*sin)*k + float64(m.n)/2
}

// measure tells how far a pixel of the map is from the middle of a head.
type measure struct {
	x, y                       float64 // the middle, in pixels of the map
	acrossX, acrossY, dnX, dnY float64 // what a pixel to the right and one down are in the head's widths and heights
}

// measure returns the measure of a head. own is the head that the map is of.
func (m *hairMap) measure(d head, own turn) measure {
	k := m.at.side / float64(m.n) // pixels of the photo
	x, y := d.turn.vector(0, float32(-crownUp))
	px, py := m.pixel(d.x+float64(x)*d.h, d.y+float64(y)*d.h)
	t, w := (d.turn+numTurns-own)%numTurns, max(d.w, narrowest*d.h)
	ax, ay := t.vector(1, 0)
	dx, dy := t.vector(0, 1)
	return measure{px, py, float64(ax) * k / w, float64(ay) * k / w, float64(dx) * k / d.h, float64(dy) * k / d.h}
}

// squared returns the square of the distance from x, y.
func (s measure) squared(x, y float64) float64 {
	x, y = x-s.x, y-s.y
	across, down := x*s.acrossX+y*s.acrossY, x*s.dnX+y*s.dnY
	if down > 0 {
		down *= hangs
	}
	return across*across + down*down
}

// keepOwn leaves the hair of one head: what is nearer to another goes, and then connected pieces that do not touch it.
func (m *hairMap) keepOwn(own head, others []head) {
	mine := m.measure(own, own.turn)
	// No pixel is farther from the own head than a corner, so a head whose nearest point of the map is farther takes nothing.
	n := float64(m.n)
	farthest := max(mine.squared(0, 0), mine.squared(n, 0), mine.squared(0, n), mine.squared(n, n))
	for _, d := range others {
		if math.Abs(d.x-own.x) < sameHead*own.side(0) && math.Abs(d.y-own.y) < sameHead*own.side(1) {
			continue
		}
		s := m.measure(d, own.turn)
		away := math.Hypot(s.x-min(max(s.x, 0), n), s.y-min(max(s.y, 0), n)) * m.at.side / n
		if least := hangs * away / max(d.w, d.h); least*least > farthest {
			continue
		}
		for i, v := range m.margin {
			if v > 0 {
				x, y := float64(i%m.n)+.5, float64(i/m.n)+.5
				if s.squared(x, y) < mine.squared(x, y) {
					m.margin[i] = notHair
				}
			}
		}
	}
	m.dropLoose(own)
}

// side returns the size of the head's box in the photo's x (0) or y (1).
func (d head) side(axis int) float64 {
	if int(d.turn)%2 == axis {
		return d.w
	}
	return d.h
}

// dropLoose drops the pieces of hair that do not touch the head.
func (m *hairMap) dropLoose(own head) {
	k := float64(m.n) / m.at.side
	cx, cy := m.pixel(own.x, own.y)
	left, right := cx-(.5+touchSides)*own.w*k, cx+(.5+touchSides)*own.w*k
	top, bottom := cy-(.5+touchTop)*own.h*k, cy+(.5+touchSides)*own.h*k
	least := touches * own.w * own.h * k * k
	clear(m.done)
	for start, v := range m.margin {
		if v <= 0 || m.done[start] {
			continue
		}
		m.done[start] = true
		piece, touching := append(m.piece[:0], int32(start)), 0
		for next := 0; next < len(piece); next++ { // what was found is the queue too
			x, y := int(piece[next])%m.n, int(piece[next])/m.n
			if fx, fy := float64(x), float64(y); fx >= left && fx < right && fy >= top && fy < bottom {
				touching++
			}
			for ny := max(y-1, 0); ny <= min(y+1, m.n-1); ny++ {
				for nx := max(x-1, 0); nx <= min(x+1, m.n-1); nx++ {
					if i := ny*m.n + nx; m.margin[i] > 0 && !m.done[i] {
						m.done[i] = true
						piece = append(piece, int32(i))
					}
				}
			}
		}
		if float64(touching) < least {
			for _, i := range piece {
				m.margin[i] = notHair
			}
		}
		m.piece = piece
	}
}

// cuts says where a map cuts hair off.
type cuts struct {
	pixels                   int // that lie at an edge behind which the photo goes on
	left, right, top, bottom bool
}

// cut returns where the map cuts hair off.
func (m *hairMap) cut() cuts {
	const spare = 1 // pixels of the photo: less is no photo worth looking at
	w, h := m.photo[0], m.photo[1]
	goesOn := func(u, v float64) bool {
		x, y := m.at.photo(u, v)
		return x > spare && x < w-spare && y > spare && y < h-spare
	}
	beyond := 1 / float64(m.n)
	var c cuts
	for _, e := range []struct {
		u, v        float64
		start, step int
		is          *bool
	}{
		{-beyond, .5, 0, m.n, &c.left},
		{1 + beyond, .5, m.n - 1, m.n, &c.right},
		{.5, -beyond, 0, 1, &c.top},
		{.5, 1 + beyond, (m.n - 1) * m.n, 1, &c.bottom},
	} {
		if !goesOn(e.u, e.v) {
			continue
		}
		for k := range m.n {
			if m.margin[e.start+k*e.step] > 0 {
				c.pixels++
				*e.is = true
			}
		}
	}
	return c
}
