package decode

import (
	"errors"
	"image"
	"image/color"
	"math"
)

// A space says what the numbers of a picture mean: each channel, 0..1, becomes linear light
// by its curve, and the three together, by the matrix, a colour (XYZ) as it is seen under D50,
// which is how ICC profiles connect with one another.
type space struct {
	curves [3]curve
	matrix matrix
}

// A curve maps 0..1 to 0..1, a stored value to linear light.
type curve func(float64) float64

// matrix is row by row.
type matrix [3][3]float64

func (m matrix) times(v [3]float64) (out [3]float64) {
	for i := range m {
		out[i] = m[i][0]*v[0] + m[i][1]*v[1] + m[i][2]*v[2]
	}
	return out
}

// after returns the matrix that does what n does, and then what m does.
func (m matrix) after(n matrix) (out matrix) {
	for i := range m {
		for j := range m {
			out[i][j] = m[i][0]*n[0][j] + m[i][1]*n[1][j] + m[i][2]*n[2][j]
		}
	}
	return out
}

// inverse returns the inverse. Its elements are not finite where there is none.
func (m matrix) inverse() (out matrix) {
	cofactor := func(i, j int) float64 {
		a, b, c, d := (i+1)%3, (i+2)%3, (j+1)%3, (j+2)%3
		return m[a][c]*m[b][d] - m[a][d]*m[b][c]
	}
	det := m[0][0]*cofactor(0, 0) + m[0][1]*cofactor(0, 1) + m[0][2]*cofactor(0, 2)
	for i := range m {
		for j := range m {
			out[j][i] = cofactor(i, j) / det
		}
	}
	return out
}

// columns returns the matrix with these columns.
func columns(a, b, c [3]float64) (m matrix) {
	for i := range m {
		m[i] = [3]float64{a[i], b[i], c[i]}
	}
	return m
}

// scaledBy returns m with its columns multiplied by the elements of v.
func (m matrix) scaledBy(v [3]float64) matrix {
	for i := range m {
		for j := range m {
			m[i][j] *= v[j]
		}
	}
	return m
}

// d50 is the white that ICC profiles connect at (ICC.1:2022, 7.2.16).
var d50 = [3]float64{0.9642, 1, 0.8249}

// bradford leads from XYZ to what is taken for the eye's receptors, where one white is
// adapted to another (ICC.1:2022, E.3).
var bradford = matrix{{0.8951, 0.2664, -0.1614}, {-0.7502, 1.7135, 0.0367}, {0.0389, -0.0685, 1.0296}}

// primaries are chromaticities x, y of red, green, blue and white.
type primaries [4][2]float64

// The primaries of the spaces that photos come in.
var (
	d65 = [2]float64{0.3127, 0.3290}

	primaries709     = primaries{{0.64, 0.33}, {0.30, 0.60}, {0.15, 0.06}, d65}                // sRGB: IEC 61966-2-1; ITU-R BT.709
	primariesAdobe   = primaries{{0.64, 0.33}, {0.21, 0.71}, {0.15, 0.06}, d65}                // Adobe RGB (1998), 4.3.1
	primariesP3      = primaries{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, d65}          // SMPTE EG 432-1, with D65
	primariesTheatre = primaries{{0.680, 0.320}, {0.265, 0.690}, {0.150, 0.060}, {.314, .351}} // SMPTE RP 431-2
	primaries2020    = primaries{{0.708, 0.292}, {0.170, 0.797}, {0.131, 0.046}, d65}          // ITU-R BT.2020
)

// xyz returns the colours of the primaries in XYZ, adapted to D50, as columns: red, green and blue together
// are white (SMPTE RP 177). The elements are not finite for primaries on one line.
func (p primaries) xyz() matrix {
	full := func(c [2]float64) [3]float64 { return [3]float64{c[0] / c[1], 1, (1 - c[0] - c[1]) / c[1]} }
	m, white := columns(full(p[0]), full(p[1]), full(p[2])), full(p[3])
	m = m.scaledBy(m.inverse().times(white))
	from, to := bradford.times(white), bradford.times(d50)
	adapted := bradford.inverse().scaledBy([3]float64{to[0] / from[0], to[1] / from[1], to[2] / from[2]}).after(bradford)
	return adapted.after(m)
}

// srgbCurve is the curve of IEC 61966-2-1, of Display P3 too.
func srgbCurve(v float64) float64 {
	if v <= 0.04045 {
		return v / 12.92
	}
	return math.Pow((v+0.055)/1.055, 2.4)
}

func gamma(g float64) curve { return func(v float64) float64 { return math.Pow(v, g) } }

// newSpace returns the space of these primaries, with one curve for all channels.
func newSpace(p primaries, c curve) *space { return &space{curves: [3]curve{c, c, c}, matrix: p.xyz()} }

// adobeRGB has the gamma 2 and 51/256 (Adobe RGB (1998), 4.3.4.2).
func adobeRGB() *space { return newSpace(primariesAdobe, gamma(563./256)) }

// grey returns a space of one curve, in which equal numbers of red, green and blue are grey.
func grey(c curve) *space { return newSpace(primaries709, c) }

// linear returns a value of a channel, 0..1, as linear light, 0..1, whatever the curve says.
func (s *space) linear(channel int, v float64) float64 {
	l := s.curves[channel](v)
	if l != l {
		return 0
	}
	return min(max(l, 0), 1)
}

// errGamut says that a profile's colours are none.
var errGamut = errors.New("its colours are out of all bounds")

// A transform turns the colours of pictures into sRGB, relative colorimetric: white becomes white, and
// what sRGB does not have the nearest value that it has in each channel. Nil leaves pictures as they are.
type transform struct {
	space *space
	// toSRGB leads from linear light of the space to that of sRGB.
	toSRGB matrix
	// encode has the sRGB values of linear light, in units of 1/perUnit, from lowest on.
	encode [1 << 16]uint8
	// eight is what newTables returns for 8-bit samples, nil before it was needed.
	eight *[3][]uint64
}

// The light that a transform handles: 8192 steps, since near black one step of 8-bit sRGB is only
// 2.5 of them, and room below 0 and above 1 for colours that sRGB does not have. The most that
// is in use, ACES 2065-1, needs -1.6 to 2.6.
const (
	perUnit = 8192
	lowest  = -2
	highest = lowest + (1<<16)/perUnit
)

// A sum of three table entries holds three numbers, for red, green and blue, in lanes of 21 bits: the index into
// encode and 5 bits more, so that rounding in the tables does no harm. A number may be negative
// before it is added to the others, since the lane above gets back then what it lent.
const (
	lane     = 21
	fraction = 5
)

// newTransform returns the transform of a space to sRGB: nil if it would change no 8-bit value by more than one step.
func newTransform(s *space) (*transform, error) {
	t := &transform{space: s, toSRGB: primaries709.xyz().inverse().after(s.matrix)}
	for _, row := range t.toSRGB {
		low, high := 0., 0.
		for _, v := range row {
			low, high = low+min(v, 0), high+max(v, 0)
		}
		if !(low > lowest+.01 && high < highest-.01) { // not for NaN either
			return nil, errGamut
		}
	}
	if t.changesNothing() {
		return nil, nil //nolint:nilnil // said above: nothing is to be done
	}
	from := 0
	for v := range 256 {
		to := len(t.encode) // the light from which on the next value is nearer
		if v < 255 {
			to = int(math.Round((srgbCurve((float64(v)+.5)/255) - lowest) * perUnit))
		}
		for i := range t.encode[from:to] {
			t.encode[from+i] = uint8(v)
		}
		from = to
	}
	return t, nil
}

// changesNothing reports whether all greys and a grid of colours stay within one step of 8 bits of what they
// are: the sRGB profile that is in most files (IEC 61966-2.1 of 1998) is half a step off at pure green.
func (t *transform) changesNothing() bool {
	var light [3][256]float64
	var low, high [256]float64 // one step down and up, as light
	for v := range 256 {
		for c := range light {
			light[c][v] = t.space.linear(c, float64(v)/255)
		}
		low[v], high[v] = srgbCurve(float64(v-1)/255), srgbCurve(float64(v+1)/255)
	}
	low[0], high[255] = math.Inf(-1), math.Inf(1) // beyond is cut off
	same := func(v [3]int) bool {
		out := t.toSRGB.times([3]float64{light[0][v[0]], light[1][v[1]], light[2][v[2]]})
		for c, l := range out {
			if !(low[v[c]] < l && l < high[v[c]]) {
				return false
			}
		}
		return true
	}
	for v := range 256 {
		if !same([3]int{v, v, v}) {
			return false
		}
	}
	const step = 51
	for r := 0; r < 256; r += step {
		for g := 0; g < 256; g += step {
			for b := 0; b < 256; b += step {
				if !same([3]int{r, g, b}) {
					return false
				}
			}
		}
	}
	return true
}

// newTables returns for each channel and each of n values what it adds to red, green and blue of the result: the
// sum of three entries holds the indices into encode.
func (t *transform) newTables(n int) *[3][]uint64 {
	var tables [3][]uint64
	const unit = perUnit << fraction
	for c := range tables {
		tables[c] = make([]uint64, n)
		bias := 0.
		if c == 0 {
			bias = -lowest * unit
		}
		for v := range tables[c] {
			light := t.space.linear(c, float64(v)/float64(n-1)) * unit
			var sum int64
			for k := range 3 {
				sum += int64(math.Round(t.toSRGB[k][c]*light+bias)) << (k * lane)
			}
			tables[c][v] = uint64(sum)
		}
	}
	return &tables
}

// apply turns the pixels of a picture into sRGB, in place. It may be one part of the picture after the other. It is not safe for
// concurrent use.
func (t *transform) apply(img *image.RGBA) {
	if t == nil {
		return
	}
	if t.eight == nil {
		t.eight = t.newTables(256)
	}
	red, green, blue, encode := (*[256]uint64)(t.eight[0]), (*[256]uint64)(t.eight[1]), (*[256]uint64)(t.eight[2]), &t.encode
	for y := range img.Rect.Dy() {
		row := img.Pix[y*img.Stride:][:4*img.Rect.Dx()]
		for i := 0; i+4 <= len(row); i += 4 {
			p := (*[4]byte)(row[i:])
			sum := red[p[0]] + green[p[1]] + blue[p[2]]
			p[0] = encode[uint16(sum>>fraction)]
			p[1] = encode[uint16(sum>>(fraction+lane))]
			p[2] = encode[uint16(sum>>(fraction+2*lane))]
		}
	}
}

// opaque is the function opaque, in sRGB.
func (t *transform) opaque(m image.Image) *image.RGBA {
	if t != nil {
		if out, ok := t.deep(m); ok {
			return out
		}
	}
	out := opaque(m)
	t.apply(out)
	return out
}

// deep turns a picture of 16 bits a sample into an opaque one of 8 bits in sRGB, on paper where it is transparent, and
// reports whether it is such a picture. Every sample is rounded once, so that slopes show no bands.
func (t *transform) deep(m image.Image) (*image.RGBA, bool) {
	var at func(x, y int) (r, g, b, a uint16) // not premultiplied
	switch m := m.(type) {
	case *image.Gray16:
		at = func(x, y int) (r, g, b, a uint16) {
			v := m.Gray16At(x, y).Y
			return v, v, v, 0xFFFF
		}
	case *image.NRGBA64:
		at = func(x, y int) (r, g, b, a uint16) {
			c := m.NRGBA64At(x, y)
			return c.R, c.G, c.B, c.A
		}
	case *image.RGBA64:
		at = func(x, y int) (r, g, b, a uint16) {
			c := m.RGBA64At(x, y)
			if c.A != 0 && c.A != 0xFFFF {
				n := color.NRGBA64Model.Convert(c).(color.NRGBA64)
				return n.R, n.G, n.B, n.A
			}
			return c.R, c.G, c.B, c.A
		}
	default:
		return nil, false
	}
	tables := t.newTables(1 << 16)
	bounds := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, bounds.Dx(), bounds.Dy()))
	for y := range out.Rect.Dy() {
		row := out.Pix[y*out.Stride:]
		for x := range out.Rect.Dx() {
			r, g, b, a := at(bounds.Min.X+x, bounds.Min.Y+y)
			sum := tables[0][r] + tables[1][g] + tables[2][b]
			for c := range 3 {
				v := t.encode[uint16(sum>>(fraction+c*lane))]
				if a != 0xFFFF {
					v = uint8((uint32(v)*uint32(a) + 255*(0xFFFF-uint32(a)) + 0x7FFF) / 0xFFFF)
				}
				row[4*x+c] = v
			}
			row[4*x+3] = 255
		}
	}
	return out, true
}
