package decode

import (
	"encoding/binary"
	"image"
	"image/color"
	"math"
	"testing"
)

// madeJPEG is a JPEG as no encoder at hand writes it: any sampling, colours, scans.
type madeJPEG struct {
	img         *image.RGBA
	sampling    [][2]int // of each component, across and down; 1, 3 or 4 of them
	adobe       int      // the transform of an Adobe segment, 0 to 2; -1: no such segment
	progressive bool     // coefficients in three bands, each component's in scans of its own
	separate    bool     // each component in a scan of its own
	restart     int      // MCUs between restart markers, 0: none
	declareW    int      // what the header says instead of the size, 0: the truth
	declareH    int
}

const madeQuantum = 4 // of all coefficients: a fine picture

// component returns a sample of a component before it is sampled down. Inks are as stored: Adobe's inverted
// if there is its segment.
func (j madeJPEG) component(c, x, y int) float64 {
	b := j.img.Bounds()
	at := j.img.RGBAAt(b.Min.X+min(x, b.Dx()-1), b.Min.Y+min(y, b.Dy()-1))
	r, g, bl := at.R, at.G, at.B
	yy, cb, cr := color.RGBToYCbCr(r, g, bl)
	switch {
	case len(j.sampling) == 3 && j.adobe == 0:
		return float64([3]uint8{r, g, bl}[c])
	case len(j.sampling) != 4:
		return float64([3]uint8{yy, cb, cr}[c])
	case c == 3 && j.adobe >= 0:
		return 255 // no black
	case c == 3:
		return 0
	case j.adobe == 2: // YCCK: the inverted inks, red, green and blue, as YCbCr of what they are inverted
		yy, cb, cr = color.RGBToYCbCr(255-r, 255-g, 255-bl)
		return float64([3]uint8{yy, cb, cr}[c])
	case j.adobe == 0:
		return float64([3]uint8{r, g, bl}[c])
	}
	return 255 - float64([3]uint8{r, g, bl}[c])
}

// bitWriter writes entropy-coded data.
type bitWriter struct {
	out  []byte
	acc  uint64
	bits int
}

func (w *bitWriter) put(v uint32, n int) {
	w.acc = w.acc<<n | uint64(v)&(1<<n-1)
	for w.bits += n; w.bits >= 8; w.bits -= 8 {
		b := byte(w.acc >> (w.bits - 8))
		w.out = append(w.out, b)
		if b == 0xFF {
			w.out = append(w.out, 0)
		}
	}
}

func (w *bitWriter) flush() {
	if w.bits > 0 {
		w.put(1<<(8-w.bits)-1, 8-w.bits)
	}
}

type huffman map[byte]struct {
	code uint32
	size int
}

// standardHuffman reads the tables that image/jpeg writes: [class][luminance, colour]; and the segments themselves.
func standardHuffman(t testing.TB) (tables [2][2]huffman, segments []byte) {
	data := encodeJPEG(t, image.NewRGBA(image.Rect(0, 0, 8, 8)))
	for i := 2; data[i+1] != 0xDA; {
		n := int(binary.BigEndian.Uint16(data[i+2:]))
		if data[i+1] == 0xC4 {
			segments = append(segments, data[i:i+2+n]...)
			for s := data[i+4 : i+2+n]; len(s) > 0; {
				table, code, at := huffman{}, uint32(0), 17
				for size := 1; size <= 16; size++ {
					for range s[size] {
						e := table[s[at]]
						e.code, e.size = code, size
						table[s[at]] = e
						code++
						at++
					}
					code <<= 1
				}
				tables[s[0]>>4][s[0]&1] = table
				s = s[at:]
			}
		}
		i += 2 + n
	}
	return tables, segments
}

var zigzag = func() (z [64]int) { // the diagonals of T.81, figure A.6
	x, y, up := 0, 0, true
	for i := range z {
		z[i] = 8*y + x
		switch {
		case up && x == 7:
			y, up = y+1, false
		case up && y == 0:
			x, up = x+1, false
		case up:
			x, y = x+1, y-1
		case y == 7:
			x, up = x+1, true
		case x == 0:
			y, up = y+1, true
		default:
			x, y = x-1, y+1
		}
	}
	return z
}()

// block returns the quantised coefficients of a block, by the definition of the transform.
func block(sample func(x, y int) float64) (out [64]int) {
	var in, half [64]float64
	for i := range in {
		in[i] = sample(i%8, i/8) - 128
	}
	for i := range half {
		for k := range 8 {
			half[i] += in[i/8*8+k] * cosines[i%8][k]
		}
	}
	for i := range out {
		sum := 0.0
		for k := range 8 {
			sum += half[8*k+i%8] * cosines[i/8][k]
		}
		out[i] = int(math.Round(sum / madeQuantum))
	}
	return out
}

var cosines = func() (c [8][8]float64) {
	for u := range c {
		for x := range c[u] {
			c[u][x] = math.Cos(float64(2*x+1)*float64(u)*math.Pi/16) / 2
			if u == 0 {
				c[u][x] /= math.Sqrt2
			}
		}
	}
	return c
}()

// bytes writes the file.
func (j madeJPEG) bytes(t testing.TB) []byte {
	t.Helper()
	tables, dht := standardHuffman(t)
	b := j.img.Bounds()
	w, h := b.Dx(), b.Dy()
	mh, mv := 1, 1
	for _, s := range j.sampling {
		mh, mv = max(mh, s[0]), max(mv, s[1])
	}
	segment := func(out []byte, marker byte, body ...byte) []byte {
		return append(binary.BigEndian.AppendUint16(append(out, 0xFF, marker), uint16(len(body)+2)), body...)
	}
	out := []byte{0xFF, 0xD8}
	if j.adobe >= 0 {
		out = segment(out, 0xEE, append([]byte("Adobe\x00\x64\x00\x00\x00\x00"), byte(j.adobe))...)
	}
	quanta := make([]byte, 65)
	for i := range 64 {
		quanta[1+i] = madeQuantum
	}
	out = segment(out, 0xDB, quanta...)
	sw, sh := w, h
	if j.declareW > 0 {
		sw = j.declareW
	}
	if j.declareH > 0 {
		sh = j.declareH
	}
	frame := []byte{8, byte(sh >> 8), byte(sh), byte(sw >> 8), byte(sw), byte(len(j.sampling))}
	for c, s := range j.sampling {
		frame = append(frame, byte(c+1), byte(s[0]<<4|s[1]), 0)
	}
	marker := byte(0xC0)
	if j.progressive {
		marker = 0xC2
	}
	out = segment(out, marker, frame...)
	out = append(out, dht...)
	if j.restart > 0 {
		out = segment(out, 0xDD, byte(j.restart>>8), byte(j.restart))
	}

	// The blocks of each component, whole MCUs.
	across, down := (w+8*mh-1)/(8*mh), (h+8*mv-1)/(8*mv)
	blocks := make([][][64]int, len(j.sampling))
	for c, s := range j.sampling {
		bx, by := mh/s[0], mv/s[1] // photo pixels a sample
		for y := range down * s[1] {
			for x := range across * s[0] {
				blocks[c] = append(blocks[c], block(func(px, py int) float64 {
					sum := 0.0
					for dy := range by {
						for dx := range bx {
							sum += j.component(c, (8*x+px)*bx+dx, (8*y+py)*by+dy)
						}
					}
					return sum / float64(bx*by)
				}))
			}
		}
	}

	scan := func(components []int, first, last int) {
		body := []byte{byte(len(components))}
		for _, c := range components {
			body = append(body, byte(c+1), byte(min(c, 1)*0x11))
		}
		out = segment(out, 0xDA, append(body, byte(first), byte(last), 0)...)
		writer := &bitWriter{out: out}
		previous := make([]int, len(j.sampling))
		emit := func(c, i int) {
			writer.block(&blocks[c][i], &previous[c], first, last, tables[0][min(c, 1)], tables[1][min(c, 1)])
		}
		mcu := 0
		next := func(more bool) {
			mcu++
			if j.restart > 0 && more && mcu%j.restart == 0 {
				writer.flush()
				writer.out = append(writer.out, 0xFF, byte(0xD0+(mcu/j.restart-1)%8))
				clear(previous)
			}
		}
		if len(components) == 1 {
			c := components[0]
			s := j.sampling[c]
			cw, ch := (w*s[0]+8*mh-1)/(8*mh), (h*s[1]+8*mv-1)/(8*mv)
			for y := range ch {
				for x := range cw {
					emit(c, y*across*s[0]+x)
					next(y < ch-1 || x < cw-1)
				}
			}
		} else {
			for y := range down {
				for x := range across {
					for _, c := range components {
						s := j.sampling[c]
						for v := range s[1] {
							for u := range s[0] {
								emit(c, (y*s[1]+v)*across*s[0]+x*s[0]+u)
							}
						}
					}
					next(y < down-1 || x < across-1)
				}
			}
		}
		writer.flush()
		out = writer.out
	}
	var all []int
	for c := range j.sampling {
		all = append(all, c)
	}
	switch {
	case j.progressive:
		scan(all, 0, 0)
		for c := range all {
			scan(all[c:c+1], 1, 5)
		}
		for c := range all {
			scan(all[c:c+1], 6, 63)
		}
	case j.separate:
		for c := range all {
			scan(all[c:c+1], 0, 63)
		}
	default:
		scan(all, 0, 63)
	}
	return append(out, 0xFF, 0xD9)
}

// block writes the coefficients first to last of a block.
func (w *bitWriter) block(b *[64]int, previous *int, first, last int, dc, ac huffman) {
	value := func(table huffman, run, v int) {
		size, bits := 0, v
		for a := max(v, -v); a > 0; a >>= 1 {
			size++
		}
		if v < 0 {
			bits--
		}
		code := table[byte(run<<4|size)]
		w.put(code.code, code.size)
		w.put(uint32(bits), size)
	}
	if first == 0 {
		value(dc, 0, b[0]-*previous)
		*previous = b[0]
		first = 1
	}
	run := 0
	for k := first; k <= last; k++ {
		v := b[zigzag[k]]
		if v == 0 {
			run++
			continue
		}
		for ; run > 15; run -= 16 {
			value(ac, 15, 0)
		}
		value(ac, run, v)
		run = 0
	}
	if run > 0 {
		value(ac, 0, 0) // the rest is 0
	}
}
