package analysis

import (
	"encoding/binary"
	"image"
	"math"
)

// span is the part of one source line that one pixel of the result covers: the
// pixels first..last, where first and last count with a weight of 0..unit and
// those between with unit.
type span struct {
	first, last         int
	weightFirst, weight uint64 // weight is last's, 0 if first = last
}

// unit is the weight of a pixel that is covered as a whole. 255 * unit * 4096 still
// fits into the 32 bits of a lane in shrinkRow, so lines may shrink by 4096.
const unit = 1 << 12

// spans returns what each of n pixels covers of a line of m >= n pixels.
func spans(m, n int) []span {
	s := make([]span, n)
	step := float64(m) / float64(n)
	for i := range s {
		from, to := float64(i)*step, min(float64(i+1)*step, float64(m))
		first := min(int(from), m-1)
		last := max(min(int(math.Ceil(to))-1, m-1), first)
		s[i] = span{first: first, last: last}
		if first == last {
			s[i].weightFirst = unit
			continue
		}
		s[i].weightFirst = uint64((float64(first+1)-from)*unit + .5)
		s[i].weight = uint64((to-float64(last))*unit + .5)
	}
	return s
}

// shrink fills dst with src, scaled down by area: every pixel of dst is the mean of
// what it covers of src. dst must not be larger than src, in either direction.
func shrink(dst, src *image.RGBA) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	columns, rows := spans(src.Rect.Dx(), w), spans(src.Rect.Dy(), h)
	line := make([]float32, 3*w) // one row of src, shrunk horizontally: the mean of what each pixel covers
	sum := make([]float32, 3*w)  // the rows of src that one row of dst covers
	have := -1                   // the row of src that line holds: two rows of dst may share one
	for y, r := range rows {
		clear(sum)
		total := float32(0)
		for i := r.first; i <= r.last; i++ {
			if i != have {
				shrinkRow(line, src.Pix[i*src.Stride:][:4*src.Rect.Dx()], columns)
				have = i
			}
			weight := float32(unit)
			switch i {
			case r.first:
				weight = float32(r.weightFirst)
			case r.last:
				weight = float32(r.weight)
			}
			total += weight
			for k, v := range line {
				sum[k] += v * weight
			}
		}
		out := dst.Pix[y*dst.Stride:][:4*w]
		scale := 1 / total
		for x := range w {
			s, o := sum[3*x:3*x+3:3*x+3], out[4*x:4*x+4:4*x+4]
			o[0] = uint8(s[0]*scale + .5)
			o[1] = uint8(s[1]*scale + .5)
			o[2] = uint8(s[2]*scale + .5)
			o[3] = 255
		}
	}
}

// shrinkRow writes the means of the spans of one row of RGBA pixels, three values each.
// Red and blue are summed in the two halves of one 64-bit word.
func shrinkRow(line []float32, row []byte, columns []span) {
	for x, c := range columns {
		px := row[4*c.first : 4*c.last+4]
		p := uint64(binary.LittleEndian.Uint32(px))
		rb := (p&0xff | p&0xff0000<<16) * c.weightFirst
		g := (p >> 8 & 0xff) * c.weightFirst
		total := c.weightFirst
		if n := len(px) - 4; n > 0 {
			var rbInner, gInner uint64
			for i := 4; i < n; i += 4 {
				p := uint64(binary.LittleEndian.Uint32(px[i:]))
				rbInner += p&0xff | p&0xff0000<<16
				gInner += p >> 8 & 0xff
			}
			p := uint64(binary.LittleEndian.Uint32(px[n:]))
			rb += rbInner*unit + (p&0xff|p&0xff0000<<16)*c.weight
			g += gInner*unit + (p>>8&0xff)*c.weight
			total += uint64(n/4-1)*unit + c.weight
		}
		scale := 1 / float32(total)
		o := line[3*x : 3*x+3 : 3*x+3]
		o[0] = float32(uint32(rb)) * scale
		o[1] = float32(uint32(g)) * scale
		o[2] = float32(rb>>32) * scale
	}
}
