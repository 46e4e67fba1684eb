package decode

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// limitedMemory is what a process may take that reads everything hostile there is, in bytes.
const limitedMemory = 700 << 20

// inLimitedMemory runs the calling test once more, in a process that may take limitedMemory, and there returns a
// decoder for the files. Elsewhere it returns false once that process has ended.
func inLimitedMemory(t *testing.T) (Decoder, bool) {
	t.Helper()
	if raceDetector {
		t.Skip("the race detector takes memory of its own: run without it")
	}
	if os.Getenv("SEMBLANCE_TEST_LIMITED") != "" {
		debug.SetMemoryLimit(limitedMemory / 2)
		go watchMemory(limitedMemory)
		// What a picture of 30 megapixels takes: with the usual limits a legitimate picture may need more than the process has.
		return Decoder{Limits: Limits{MaxMemory: 360 << 20, MaxPixels: 60e6}, Sandbox: testSandbox(t, sandboxOptions{})}, true
	}
	if runtime.GOOS != "linux" {
		t.Skip("only on Linux is there a limit that holds")
	}
	// The shell's limit on data is in KiB; it is that of confine.
	cmd := exec.CommandContext(t.Context(), "bash", "-c", `ulimit -d "$1" && exec "$2" -test.run "^$3\$" -test.v`, "bash",
		fmt.Sprint(limitedMemory>>10), os.Args[0], t.Name())
	cmd.Env = append(os.Environ(), "SEMBLANCE_TEST_LIMITED=1")
	out, err := cmd.CombinedOutput()
	if err != nil || !bytes.Contains(out, []byte("PASS")) {
		t.Errorf("%v\n%s", err, out[max(0, len(out)-6000):])
	}
	return Decoder{}, false
}

// documented reports whether an error is one that a file may give.
func documented(err error) bool {
	return errors.Is(err, ErrUnsupported) || errors.Is(err, ErrDamaged) || errors.Is(err, ErrTooLarge) || errors.Is(err, ErrGaveUp)
}

// The whole collection of formats, cameras' files, broken and malicious ones, in a process with little memory.
func TestCollectionInLimitedMemory(t *testing.T) {
	dir := sharedEval(t)
	d, inside := inLimitedMemory(t)
	if !inside {
		return
	}
	f, err := os.Open(filepath.Join(dir, "labels.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	column := func(row []string, name string) string { return row[slices.Index(rows[0], name)] }
	for _, row := range rows[1:] {
		name, expect := column(row, "file"), column(row, "expect")
		e, err := d.Read(t.Context(), filepath.Join(dir, name))
		if err == nil {
			var img *image.RGBA
			if img, err = e.Pixels(t.Context(), 0); err == nil {
				w, h := e.Size()
				if img.Rect != image.Rect(0, 0, w, h) {
					t.Errorf("%s: pixels %v, size %d x %d", name, img.Rect, w, h)
				}
				if label := column(row, "w_img") + "x" + column(row, "h_img"); label != "x" && e.Format != photo.RAW && label != fmt.Sprintf("%dx%d", e.Meta.StoredW, e.Meta.StoredH) {
					t.Errorf("%s: stored size %d x %d, the label says %s", name, e.Meta.StoredW, e.Meta.StoredH, label)
				}
			}
		}
		switch {
		case err != nil && !documented(err):
			t.Errorf("%s: %v is none of the documented errors", name, err)
		case err == nil && expect == "fail" && !strings.HasSuffix(name, "ultrahdr.jpg"): // it lacks its end, and what is there is shown
			t.Errorf("%s is read", name)
		case turboBuilt && err != nil && !errors.Is(err, ErrUnsupported) && expect == "decode" && !strings.HasSuffix(name, "issue_2811.gif"): // its first frame has colours that it has not
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Small files that promise large pictures, or make a decoder work: each is refused with a
// clear error, or decoded within the memory.
func TestBombs(t *testing.T) {
	d, inside := inLimitedMemory(t)
	if !inside {
		return
	}
	padding := make([]byte, 400<<10) // against the limit of pixels a byte
	good := encodeJPEG(t, scene(640, 480))
	sof := bytes.Index(good, []byte{0xFF, 0xC0})
	sos := bytes.Index(good, []byte{0xFF, 0xDA})
	header := slices.Concat(good[:2], good[sof:sof+19], good[sos:sos+14], []byte{0xFF, 0xD9})
	copy(header[7:], "\xFD\xE8\xFD\xE8") // 65000 x 65000
	loop := little("II*\x00", uint32(8), uint16(1), uint16(256), uint16(3), uint32(1), uint32(9), uint32(8))
	for _, tt := range []struct {
		name string
		data []byte
		want error // nil: it is decoded
	}{
		{"JPEG header of 65000 x 65000", header, ErrTooLarge},
		{"1-bit PNG of 40000 x 40000", pngOf(40000, 40000, 1, 0), ErrTooLarge},
		{"PNG of 20000 x 20000", append(pngOf(20000, 20000, 8, 2), padding...), ErrTooLarge},
		{"padded 1-bit PNG of 7000 x 7000", append(pngOf(7000, 7000, 1, 0), padding...), ErrTooLarge},
		{"PNG of 70000 x 1", pngOf(70000, 1, 8, 0), ErrTooLarge},
		{"PNG of 2^31-1 x 1", pngOf(1<<31-1, 1, 8, 0), ErrTooLarge},
		{"PNG with a profile of 256 MB", pngOf(16, 16, 8, 0, chunkOf("iCCP", slices.Concat([]byte("p\x00\x00"), deflated(256<<20)))), nil},
		{"PNG with a text of 256 MB", pngOf(16, 16, 8, 0, chunkOf("zTXt", slices.Concat([]byte("p\x00\x00"), deflated(256<<20)))), nil},
		{"GIF of 65535 x 65535", append([]byte("GIF89a\xFF\xFF\xFF\xFF\x00\x00\x00,"), padding...), ErrTooLarge},
		{"padded WebP of 16383 x 16383", webpOf(16383, 16383, padding), ErrTooLarge},
		{"TIFF whose directory follows itself", loop, ErrDamaged},
		{"TIFF of many directories", tiffOf(t, 20000), nil},
		{"TIFF with 2^32-1 strips", little("II*\x00", uint32(8), uint16(4), uint16(256), uint16(3), uint32(1), uint32(9000), uint16(257), uint16(3), uint32(1), uint32(6000),
			uint16(273), uint16(4), uint32(1<<29-1), uint32(8), uint16(278), uint16(3), uint32(1), uint32(1), uint32(0)), ErrTooLarge},
		{"TIFF of zeros", deflatedTIFF(t, 5000), nil},
		{"TIFF of grey that holds eight bytes a pixel", lyingTIFF(t, 8), ErrDamaged},
		{"TIFF of grey, packed by LZW", lyingTIFF(t, 5), ErrDamaged},
		{"TIFF of grey, of PackBits", lyingTIFF(t, 32773), ErrDamaged},
		{"BigTIFF", []byte("II+\x00\x08\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00"), ErrUnsupported},
	} {
		start := time.Now()
		e, err := d.FromBytes("x", tt.data)
		if err == nil {
			_, err = e.Pixels(t.Context(), 0)
		}
		if !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		t.Logf("%s: %d bytes, %v, %v", tt.name, len(tt.data), time.Since(start).Round(time.Millisecond), err)
		debug.FreeOSMemory()
	}
}

// A HEIC whose header lies about the size, or names the largest tiles there are. Where the lie is small, libheif believes it.
func TestHEIFBombs(t *testing.T) {
	data := sharedPhoto(t, "Pillow__avif__hopper.heif")
	d, inside := inLimitedMemory(t)
	if !inside {
		return
	}
	at := bytes.Index(data, []byte("ispe")) + 8
	for _, tt := range []struct {
		w, h uint32
		want error
	}{{128, 128, nil}, {200, 128, nil}, {60_000, 60_000, ErrTooLarge}, {65_535, 65_535, ErrTooLarge}, {1 << 31, 1 << 31, ErrDamaged}, {7000, 7000, ErrDamaged}} {
		lying := append(slices.Clone(data), make([]byte, 100<<10)...)
		binary.BigEndian.PutUint32(lying[at:], tt.w)
		binary.BigEndian.PutUint32(lying[at+4:], tt.h)
		e, err := d.FromBytes("x.heic", lying)
		if err == nil {
			_, err = e.Pixels(t.Context(), 0)
		}
		if !errors.Is(err, tt.want) || err != nil && !documented(err) {
			t.Errorf("%d x %d: %v, want %v", tt.w, tt.h, err, tt.want)
		}
		t.Logf("%d x %d: %v", tt.w, tt.h, err)
	}
}

// little returns the values as bytes, numbers in little-endian order.
func little(values ...any) []byte {
	var b []byte
	for _, v := range values {
		switch v := v.(type) {
		case string:
			b = append(b, v...)
		default:
			b, _ = binary.Append(b, binary.LittleEndian, v)
		}
	}
	return b
}

// deflated returns n zeros, compressed.
func deflated(n int) []byte {
	var b bytes.Buffer
	w, _ := zlib.NewWriterLevel(&b, zlib.BestSpeed)
	for zeros := make([]byte, 1<<20); n > 0; n -= len(zeros) {
		_, _ = w.Write(zeros[:min(n, len(zeros))])
	}
	_ = w.Close()
	return b.Bytes()
}

func chunkOf(name string, content []byte) []byte {
	b := binary.BigEndian.AppendUint32(nil, uint32(len(content)))
	b = append(append(b, name...), content...)
	return binary.BigEndian.AppendUint32(b, crc32.ChecksumIEEE(b[4:]))
}

// pngOf returns a black PNG, with chunks before the picture.
func pngOf(w, h uint32, depth, colours byte, chunks ...[]byte) []byte {
	head := binary.BigEndian.AppendUint32(binary.BigEndian.AppendUint32(nil, w), h)
	samples := map[byte]int{0: 1, 2: 3}[colours]
	row := (int(w)*samples*int(depth)+7)/8 + 1
	return slices.Concat([]byte("\x89PNG\r\n\x1A\n"), chunkOf("IHDR", append(head, depth, colours, 0, 0, 0)), slices.Concat(chunks...),
		chunkOf("IDAT", deflated(min(row*int(h), 4<<20))), chunkOf("IEND", nil))
}

// webpOf returns the header of a lossless WebP.
func webpOf(w, h uint32, content []byte) []byte {
	picture := little(byte(0x2F), (w-1)|(h-1)<<14, string(content))
	return little("RIFF", uint32(12+len(picture)), "WEBP", "VP8L", uint32(len(picture)), string(picture))
}

// tiffOf returns a small TIFF to which n directories are chained, which nothing needs.
func tiffOf(t *testing.T, n int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tiff.Encode(&b, scene(16, 12), nil); err != nil {
		t.Fatal(err)
	}
	data := b.Bytes()
	first := binary.LittleEndian.Uint32(data[4:])
	next := first + 2 + 12*uint32(binary.LittleEndian.Uint16(data[first:]))
	for range n {
		binary.LittleEndian.PutUint32(data[next:], uint32(len(data)))
		next = uint32(len(data)) + 14
		data = append(data, little(uint16(1), uint16(256), uint16(3), uint32(1), uint32(9), uint32(0))...)
	}
	return data
}

// lyingTIFF returns a TIFF of one strip of grey that holds eight times as many bytes as the picture has pixels.
func lyingTIFF(t *testing.T, compression uint16) []byte {
	t.Helper()
	const side = 5000
	var strip bytes.Buffer
	switch compression {
	case 5:
		// Codes of 9 bits: empty the table, one zero, and of each entry that is made the next, one zero longer.
		bits, n := uint64(0), 0
		for strip.Len() < 2<<20 {
			for code := uint64(256); code < 510; code++ {
				if code == 257 { // the end of data: the zero in its place
					bits <<= 9
				} else {
					bits = bits<<9 | code
				}
				n += 9
				for ; n >= 8; n -= 8 {
					strip.WriteByte(byte(bits >> (n - 8)))
				}
			}
		}
	case 8:
		strip.Write(deflated(8 * side * side))
	default:
		strip.Write(bytes.Repeat([]byte{0x81, 0}, 8*side*side/128))
	}
	head := little("II*\x00", uint32(8), uint16(8))
	entry := func(number uint16, value uint32) {
		head = append(head, little(number, uint16(4), uint32(1), value)...)
	}
	entry(256, side)
	entry(257, side)
	entry(258, 8)
	entry(259, uint32(compression))
	entry(262, 1)
	entry(273, 8+2+8*12+4)
	entry(278, side)
	entry(279, uint32(strip.Len()))
	return slices.Concat(head, make([]byte, 4), strip.Bytes(), make([]byte, 100<<10))
}

func deflatedTIFF(t *testing.T, side int) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := tiff.Encode(&b, image.NewPaletted(image.Rect(0, 0, side, side), color.Palette{color.Black, color.White}), &tiff.Options{Compression: tiff.Deflate}); err != nil {
		t.Fatal(err)
	}
	return append(b.Bytes(), make([]byte, 100<<10)...)
}
