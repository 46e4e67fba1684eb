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
	total               float32
}

// unit is the weight of a pixel that is covered as a whole. 255 * unit * 4096 still fits into
// the 32 bits of a lane of sums, so a photo may be shrunk by 4096.
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
			s[i].weightFirst, s[i].total = unit, unit
			continue
		}
		s[i].weightFirst = uint64((float64(first+1)-from)*unit + .5)
		s[i].weight = uint64((to-float64(last))*unit + .5)
		s[i].total = float32(s[i].weightFirst + uint64(last-first-1)*unit + s[i].weight)
	}
	return s
}

// shrink fills dst with src, scaled down by area: every pixel of dst is the mean of
// what it covers of src. dst must not be larger than src, in either direction.
//
// The rows of src that make one row of dst are added first, since that loop is the
// simpler one and sees every pixel of src; then the columns of their sum.
func shrink(dst, src *image.RGBA) {
	w, h := dst.Rect.Dx(), dst.Rect.Dy()
	columns, rows := spans(src.Rect.Dx(), w), spans(src.Rect.Dy(), h)
	sum := make([]sums, src.Rect.Dx())
	for y, r := range rows {
		clear(sum)
		for i := r.first; i <= r.last; i++ {
			weight := uint64(unit)
			switch i {
			case r.first:
				weight = r.weightFirst
			case r.last:
				weight = r.weight
			}
			addRow(sum, src.Pix[i*src.Stride:], weight)
		}
		shrinkRow(dst.Pix[y*dst.Stride:][:4*w], sum, columns, r.total)
	}
}

// sums holds weighted sums of one column: red in the lower half of rb, blue in its upper half.
type sums struct{ rb, g uint64 }

// addRow adds a row of RGBA pixels, weighted.
func addRow(sum []sums, row []byte, weight uint64) {
	row = row[:4*len(sum)]
	for x := range sum {
		p := uint64(binary.LittleEndian.Uint32(row[4*x : 4*x+4 : 4*x+4]))
		s := &sum[x]
		s.rb += (p&0xff | p&0xff0000<<16) * weight
		s.g += (p >> 8 & 0xff) * weight
	}
}

// shrinkRow writes the means of the spans of one row of sums, which have a total weight
// of rows each.
func shrinkRow(out []byte, sum []sums, columns []span, rows float32) {
	for x, c := range columns {
		s := &sum[c.first]
		r, g, b := (s.rb&math.MaxUint32)*c.weightFirst, s.g*c.weightFirst, (s.rb>>32)*c.weightFirst
		if c.last > c.first {
			var ri, gi, bi uint64 // the inner ones, all of the same weight
			inner := sum[c.first+1 : c.last]
			for i := range inner {
				ri += inner[i].rb & math.MaxUint32
				gi += inner[i].g
				bi += inner[i].rb >> 32
			}
			s = &sum[c.last]
			r += ri*unit + (s.rb&math.MaxUint32)*c.weight
			g += gi*unit + s.g*c.weight
			b += bi*unit + (s.rb>>32)*c.weight
		}
		scale := 1 / (c.total * rows)
		// (An int64 becomes a float in one instruction, an uint64 does not.)
		o := out[4*x : 4*x+4 : 4*x+4]
		o[0] = uint8(float32(int64(r))*scale + .5)
		o[1] = uint8(float32(int64(g))*scale + .5)
		o[2] = uint8(float32(int64(b))*scale + .5)
		o[3] = 255
	}
}
