package decode

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/color"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"semblance/internal/photo"
)

var (
	gray1   = [][2]int{{1, 1}}
	full444 = [][2]int{{1, 1}, {1, 1}, {1, 1}}
	half420 = [][2]int{{2, 2}, {1, 1}, {1, 1}}
	inks    = [][2]int{{1, 1}, {1, 1}, {1, 1}, {1, 1}}
)

func grayed(m *image.RGBA) *image.RGBA {
	out := image.NewRGBA(m.Rect)
	for i := 0; i < len(m.Pix); i += 4 {
		y, _, _ := color.RGBToYCbCr(m.Pix[i], m.Pix[i+1], m.Pix[i+2])
		copy(out.Pix[i:], []byte{y, y, y, 255})
	}
	return out
}

// withBytes puts bytes before the frame header.
func withBytes(data []byte, what string) []byte {
	i := bytes.Index(data, []byte{0xFF, 0xC0})
	return slices.Concat(data[:i], []byte(what), data[i:])
}

// Every kind of JPEG that people have gives its picture, and no warning.
func TestJPEGKinds(t *testing.T) {
	img := ramp(203, 149)
	plain := madeJPEG{img: img, sampling: half420, adobe: -1}.bytes(t)
	for _, tt := range []struct {
		name  string
		data  []byte
		turbo bool // the standard library cannot
		gray  bool
	}{
		{name: "4:2:0", data: plain},
		{name: "4:4:4", data: madeJPEG{img: img, sampling: full444, adobe: -1}.bytes(t)},
		{name: "4:2:2", data: madeJPEG{img: img, sampling: [][2]int{{2, 1}, {1, 1}, {1, 1}}, adobe: -1}.bytes(t)},
		{name: "4:4:0", data: madeJPEG{img: img, sampling: [][2]int{{1, 2}, {1, 1}, {1, 1}}, adobe: -1}.bytes(t)},
		{name: "4:1:1", data: madeJPEG{img: img, sampling: [][2]int{{4, 1}, {1, 1}, {1, 1}}, adobe: -1}.bytes(t)},
		{name: "4:1:0", data: madeJPEG{img: img, sampling: [][2]int{{4, 2}, {1, 1}, {1, 1}}, adobe: -1}.bytes(t)},
		{name: "colours sampled unlike", data: madeJPEG{img: img, sampling: [][2]int{{2, 2}, {1, 2}, {1, 1}}, adobe: -1}.bytes(t), turbo: true},
		{name: "grey", data: madeJPEG{img: img, sampling: gray1, adobe: -1}.bytes(t), gray: true},
		{name: "grey of 2 x 2", data: madeJPEG{img: img, sampling: [][2]int{{2, 2}}, adobe: -1}.bytes(t), gray: true},
		{name: "RGB", data: madeJPEG{img: img, sampling: full444, adobe: 0}.bytes(t)},
		{name: "CMYK, Adobe's", data: madeJPEG{img: img, sampling: inks, adobe: 0}.bytes(t)},
		{name: "YCCK, Adobe's", data: madeJPEG{img: img, sampling: inks, adobe: 2}.bytes(t)},
		{name: "YCCK, sampled", data: madeJPEG{img: img, sampling: [][2]int{{2, 2}, {1, 1}, {1, 1}, {2, 2}}, adobe: 2}.bytes(t)},
		{name: "CMYK, plain", data: madeJPEG{img: img, sampling: inks, adobe: -1}.bytes(t), turbo: true},
		{name: "progressive", data: madeJPEG{img: img, sampling: half420, adobe: -1, progressive: true}.bytes(t)},
		{name: "progressive, grey", data: madeJPEG{img: img, sampling: gray1, adobe: -1, progressive: true}.bytes(t), gray: true},
		{name: "progressive YCCK", data: madeJPEG{img: img, sampling: inks, adobe: 2, progressive: true}.bytes(t)},
		{name: "a scan for each colour", data: madeJPEG{img: img, sampling: half420, adobe: -1, separate: true}.bytes(t)},
		{name: "restart markers", data: madeJPEG{img: img, sampling: half420, adobe: -1, restart: 3}.bytes(t)},
		{name: "restart markers, progressive", data: madeJPEG{img: img, sampling: half420, adobe: -1, progressive: true, restart: 1}.bytes(t), turbo: true},
		{name: "garbage between segments", data: withBytes(plain, "\x00\x01rubbish\xFF\xFF")},
		{name: "a second picture behind, as in MPO", data: slices.Concat(plain, madeJPEG{img: scene(40, 30), sampling: full444, adobe: -1}.bytes(t))},
		{name: "bytes behind the end", data: slices.Concat(plain, make([]byte, 5000))},
	} {
		e, err := Decoder{}.FromBytes("x", tt.data)
		if tt.turbo && !turboBuilt {
			if err == nil {
				_, err = e.Pixels(t.Context(), 0)
			}
			if !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		want := img
		if tt.gray {
			want = grayed(img)
		}
		for _, side := range []int{0, 100, 70, 40, 20} {
			e.Release()
			got, err := e.Pixels(t.Context(), side)
			if err != nil || len(e.Warnings()) > 0 {
				t.Errorf("%s: %v, warnings %q", tt.name, err, e.Warnings())
				break
			}
			// Where the sides are no multiples of 8, a scaled pixel at the edge is only partly filled.
			if d := difference(t, got, sampled(want, got.Rect, e.eighths)); d > 4 {
				t.Errorf("%s at %v differs by %.1f", tt.name, got.Rect.Max, d)
			}
		}
	}
}

// sampled reads a picture at n eighths, bilinear.
func sampled(m *image.RGBA, r image.Rectangle, n int) *image.RGBA {
	step := 8 / float64(n)
	return resample(m, 0, 0, step, step, r.Dx(), r.Dy())
}

// What cannot be read is said in words that help, and is not called damaged.
func TestJPEGLacks(t *testing.T) {
	good := encodeJPEG(t, scene(64, 40))
	with := func(marker, precision byte) []byte {
		data := bytes.Clone(good)
		sof := bytes.Index(data, []byte{0xFF, 0xC0})
		data[sof+1], data[sof+4] = marker, precision
		return data
	}
	for _, tt := range []struct {
		data []byte
		say  string
	}{
		{with(0xC1, 12), "12-bit JPEG"},
		{with(0xC2, 12), "12-bit JPEG"},
		{with(0xC3, 8), "lossless JPEG"},
		{with(0xC3, 16), "lossless JPEG"},
		{with(0xC5, 8), "hierarchical JPEG"},
		{madeJPEG{img: scene(9, 9), sampling: [][2]int{{1, 1}, {1, 1}}, adobe: -1}.bytes(t), "JPEG of 2 colours"},
	} {
		_, err := Decoder{}.FromBytes("x", tt.data)
		if !errors.Is(err, ErrUnsupported) || errors.Is(err, ErrDamaged) || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("%v, want something with %q", err, tt.say)
		}
	}
}

// tiny.arithmetic.jpg and tiny.scans.jpg are a ramp of 32 x 24, by cjpeg -arithmetic and -progressive: codings that madeJPEG lacks.
func TestJPEGsOfAnotherEncoder(t *testing.T) {
	for name, turbo := range map[string]bool{"tiny.arithmetic.jpg": true, "tiny.scans.jpg": false} {
		data, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		e, err := Decoder{}.FromBytes(name, data)
		if turbo && !turboBuilt {
			if !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "arithmetic") {
				t.Errorf("%s: %v", name, err)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got, err := e.Pixels(t.Context(), 0)
		if err != nil || difference(t, got, ramp(32, 24)) > 3 {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A damaged file gives what is there, and says so; without libjpeg-turbo, an error.
func TestDamagedJPEGs(t *testing.T) {
	img := ramp(203, 149)
	whole := madeJPEG{img: img, sampling: half420, adobe: -1}
	data := whole.bytes(t)
	progressive := madeJPEG{img: img, sampling: half420, adobe: -1, progressive: true}.bytes(t)
	taller, shorter := whole, whole
	taller.declareH, shorter.declareH = 170, 90
	restarts := madeJPEG{img: img, sampling: half420, adobe: -1, restart: 3}.bytes(t)
	hole := slices.Concat(restarts[:len(restarts)/2], restarts[len(restarts)/2+60:])
	scans := bytes.Count(progressive, []byte{0xFF, 0xDA})
	last := bytes.LastIndex(progressive, []byte{0xFF, 0xDA})
	badScan := bytes.Clone(progressive)
	badScan[last+5] = 9 // of a component that there is not
	endless := slices.Concat(progressive[:len(progressive)-2], bytes.Repeat(progressive[last:len(progressive)-2], jpegMaxScansForTest))
	for _, tt := range []struct {
		name string
		data []byte
		std  bool // the standard library takes it for whole, or gives it
		rows int  // of the picture that are as they should be
	}{
		{"three quarters", data[:len(data)*3/4], false, 80},
		{"its end is missing", data[:len(data)-2], false, 149},
		{"the last bytes are missing", data[:len(data)-20], false, 128},
		{"progressive, a half", progressive[:len(progressive)/2], false, 0},
		{"progressive, the last of the scans says nonsense", badScan, false, 149},
		{"progressive, the end comes before the last scans", slices.Concat(progressive[:last], []byte{0xFF, 0xD9}), true, 149},
		{"more scans than anybody writes", endless, false, 149},
		{"the header says it is higher", taller.bytes(t), false, 144},
		{"the header says it is lower", shorter.bytes(t), true, 80},
		{"a hole", hole, false, 40},
	} {
		e, err := Decoder{}.FromBytes("x", tt.data)
		if err != nil {
			t.Errorf("%s: %v", tt.name, err)
			continue
		}
		got, err := e.Pixels(t.Context(), 0)
		if !turboBuilt {
			if err == nil != tt.std || err != nil && !errors.Is(err, ErrDamaged) {
				t.Errorf("%s: %v", tt.name, err)
			}
			continue
		}
		if err != nil || len(e.Warnings()) != 1 || !strings.HasPrefix(e.Warnings()[0], damagedWarning) {
			t.Errorf("%s: %v, warnings %q", tt.name, err, e.Warnings())
			continue
		}
		if r := image.Rect(0, 0, 203, tt.rows); tt.rows > 0 {
			if d := difference(t, crop(got, r), crop(img, r)); d > 6 {
				t.Errorf("%s: the part that is there differs by %.1f", tt.name, d)
			}
		}
		for i := 3; i < len(got.Pix); i += 4 {
			if got.Pix[i] != 255 {
				t.Fatalf("%s: the picture is not opaque", tt.name)
			}
		}
	}
	if scans != 7 {
		t.Errorf("%d scans, want 7", scans)
	}
}

// jpegMaxScansForTest is more scans than are read.
const jpegMaxScansForTest = 120

// Pictures of one row or column, and of sizes around a block.
func TestSmallJPEGs(t *testing.T) {
	for _, size := range []image.Point{{1, 1}, {1, 9}, {9, 1}, {1, 300}, {300, 1}, {7, 8}, {8, 7}, {16, 17}, {17, 16}} {
		for _, sampling := range [][][2]int{gray1, full444, half420, {{4, 1}, {1, 1}, {1, 1}}} {
			img := image.NewRGBA(image.Rectangle{Max: size})
			for i := range img.Pix {
				img.Pix[i] = []byte{90, 90, 90, 255}[i%4]
			}
			e := open(t, madeJPEG{img: img, sampling: sampling, adobe: -1, progressive: size.X == 9}.bytes(t))
			for side := range 20 {
				e.Release()
				got, err := e.Pixels(t.Context(), side)
				if err != nil || max(got.Rect.Dx(), got.Rect.Dy()) < min(side, max(size.X, size.Y)) || len(e.Warnings()) > 0 {
					t.Fatalf("%v: Pixels(%d) = %v, %v, %q", size, side, got.Rect, err, e.Warnings())
				}
				for i, v := range got.Pix {
					if want := []byte{90, 90, 90, 255}[i%4]; max(v, want)-min(v, want) > 2 {
						t.Fatalf("%v: Pixels(%d) has %d at %d", size, side, v, i)
					}
				}
			}
		}
	}
}

// A part decoded alone is that part of the whole, pixel by pixel: at every scale of the library, sampling, orientation and kind of scan.
func TestPartIsOfTheWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	tries := 40
	if !turboBuilt {
		tries = 10
	}
	for i := range tries {
		w, h := 1+rng.IntN(150), 1+rng.IntN(150)
		sampling := [][][2]int{
			gray1, full444, half420,
			{{2, 1}, {1, 1}, {1, 1}},
			{{1, 2}, {1, 1}, {1, 1}},
			{{4, 1}, {1, 1}, {1, 1}},
			{{4, 2}, {1, 1}, {1, 1}},
			{{2, 2}, {1, 1}, {1, 1}, {2, 2}},
		}[i%8]
		j := madeJPEG{img: ramp(w, h), sampling: sampling, adobe: map[int]int{1: -1, 3: -1, 4: 2}[len(sampling)], progressive: i/8%2 == 1, restart: i % 3}
		data := j.bytes(t)
		for n := 1; n <= 8; n++ {
			if !turboBuilt && n < 8 {
				continue
			}
			o := photo.Orientation(1 + (i+n)%8)
			sw, sh := scaled(w, n), scaled(h, n)
			stored, _, err := jpegPart(t.Context(), data, n, image.Rect(0, 0, sw, sh), photo.Upright)
			if err != nil {
				t.Fatalf("%v: %v", sampling, err)
			}
			for range 4 {
				x, y := rng.IntN(sw), rng.IntN(sh)
				part := image.Rect(x, y, x+1+rng.IntN(sw-x), y+1+rng.IntN(sh-y))
				got, _, err := jpegPart(t.Context(), data, n, part, o)
				if err != nil {
					t.Fatalf("%v: %v", sampling, err)
				}
				if d := difference(t, got, turn(crop(stored, part), o)); d > 0 {
					t.Errorf("%v, progressive %v, %d x %d at %d/8, orientation %d: part %v differs by %.2f", sampling, j.progressive, w, h, n, o, part, d)
				}
			}
		}
	}
}

// Region gives the same whether the whole photo is decoded already or not, at all scales and orientations.
func TestRegionAloneOrOfTheWhole(t *testing.T) {
	upright := ramp(421, 303)
	r := image.Rect(103, 51, 314, 207)
	for o := photo.Orientation(1); o <= 8; o++ {
		data := withEXIF(encodeJPEG(t, stored(upright, o)), o)
		for _, longSide := range []int{0, 160, 105, 79, 52, 26} {
			alone, err := open(t, data).Region(t.Context(), r, longSide)
			if err != nil {
				t.Fatal(err)
			}
			e := open(t, data)
			whole := 0
			if longSide > 0 {
				whole = (421*longSide + 210) / 211
			}
			if _, err := e.Pixels(t.Context(), whole); err != nil {
				t.Fatal(err)
			}
			again, err := e.Region(t.Context(), r, longSide)
			if err != nil {
				t.Fatal(err)
			}
			if d := difference(t, alone, again); d > 0 {
				t.Errorf("orientation %d: Region(%d) differs by %.2f from that of the whole", o, longSide, d)
			}
		}
	}
}

// The first regions are decoded alone; when they have cost as much as the whole photo, that is kept.
func TestRegionsKeepTheWhole(t *testing.T) {
	e := open(t, encodeJPEG(t, scene(800, 600)))
	for i := range 4 {
		if _, err := e.Region(t.Context(), image.Rect(300, 200, 400, 300), 0); err != nil {
			t.Fatal(err)
		}
		if kept := e.pixels != nil; kept && (turboBuilt && i < 3) {
			t.Errorf("after %d regions the whole is kept", i+1)
		}
	}
	if e.pixels == nil && turboBuilt {
		t.Error("the whole is decoded again and again")
	}
	part, err := e.Region(t.Context(), image.Rect(0, 0, 800, 600), 0)
	if err != nil || part == e.pixels {
		t.Errorf("a region is shared: %v", err)
	}
}

// Decoding ends in the middle when nobody wants the picture any more, in every kind of file and of asking.
func TestJPEGDecodingEnds(t *testing.T) {
	img := scene(2000, 1500)
	for name, data := range map[string][]byte{
		"baseline": encodeJPEG(t, img), "turned": withEXIF(encodeJPEG(t, img), 6),
		"progressive": madeJPEG{img: img, sampling: gray1, adobe: -1, progressive: true}.bytes(t),
	} {
		e := open(t, data)
		if _, err := e.Pixels(&cancelling{t.Context(), 3}, 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: an ended context gives %v", name, err)
		}
		if _, err := e.Region(&cancelling{t.Context(), 2}, image.Rect(10, 1400, 100, 1490), 0); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: an ended context gives %v", name, err)
		}
		if _, err := e.Pixels(t.Context(), 0); err != nil {
			t.Errorf("%s: asked again: %v", name, err)
		}
	}
	// While the earlier scans of a damaged file are read once more, too: else its failure would be the file's own.
	damaged := madeJPEG{img: ramp(203, 149), sampling: half420, adobe: -1, progressive: true}.bytes(t)
	damaged[bytes.LastIndex(damaged, []byte{0xFF, 0xDA})+5] = 9
	for looks := 1; turboBuilt; looks++ {
		_, err := open(t, damaged).Pixels(&cancelling{t.Context(), looks}, 0)
		if err == nil {
			break
		}
		if !errors.Is(err, context.Canceled) {
			t.Errorf("a context that ends at the look %d gives %v", looks, err)
		}
	}
}
