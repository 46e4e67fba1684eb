package decode

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/csv"
	"errors"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// scene is a picture without symmetry: each quarter has its own colour, with a slope in it.
func scene(w, h int) *image.RGBA {
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	corners := [4]color.RGBA{{200, 40, 40, 255}, {40, 180, 40, 255}, {40, 40, 200, 255}, {220, 200, 40, 255}}
	for y := range h {
		for x := range w {
			i := 0
			if x >= w/2 {
				i++
			}
			if y >= h/2 {
				i += 2
			}
			c := corners[i]
			c.R += uint8(30 * x / w)
			c.B += uint8(30 * y / h)
			m.SetRGBA(x, y, c)
		}
	}
	return m
}

func encodeJPEG(t testing.TB, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := jpeg.Encode(&b, m, &jpeg.Options{Quality: 95}); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// withEXIF puts EXIF with the orientation into a JPEG.
func withEXIF(data []byte, o photo.Orientation) []byte {
	return withBlock(data, exifBlock([]tag{{0x0112, uint16(o)}}, nil))
}

// withBlock puts an APP1 segment with an EXIF block into a JPEG.
func withBlock(data, block []byte) []byte {
	app := append([]byte{0xFF, 0xE1, 0, 0}, "Exif\x00\x00"...)
	app = append(app, block...)
	binary.BigEndian.PutUint16(app[2:], uint16(len(app)-2))
	return slices.Concat(data[:2], app, data[2:])
}

func open(t testing.TB, data []byte) *Encoded {
	t.Helper()
	e, err := Decoder{}.FromBytes("test", data)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// difference is the mean absolute difference of two pictures of one size, 0..255.
func difference(t testing.TB, a, b *image.RGBA) float64 {
	t.Helper()
	if a.Rect != b.Rect {
		t.Fatalf("sizes differ: %v, %v", a.Rect, b.Rect)
	}
	sum := 0.0
	for i := range a.Pix {
		sum += math.Abs(float64(a.Pix[i]) - float64(b.Pix[i]))
	}
	return sum / float64(len(a.Pix))
}

// stored is the picture that, turned by o, is upright: pixel by pixel, the slow way.
func stored(upright *image.RGBA, o photo.Orientation) *image.RGBA {
	w, h := o.UprightSize(upright.Rect.Dx(), upright.Rect.Dy()) // swapping is its own inverse
	m := image.NewRGBA(image.Rect(0, 0, w, h))
	for y := range h {
		for x := range w {
			ux, uy := o.ToUpright(float32(x)+.5, float32(y)+.5, float32(w), float32(h))
			m.SetRGBA(x, y, upright.RGBAAt(int(ux), int(uy)))
		}
	}
	return m
}

func TestOrientations(t *testing.T) {
	want := scene(160, 96)
	for o := photo.Orientation(1); o <= 8; o++ {
		e := open(t, withEXIF(encodeJPEG(t, stored(want, o)), o))
		if e.Meta.Orientation != o {
			t.Fatalf("orientation %d was read as %d", o, e.Meta.Orientation)
		}
		if w, h := e.Size(); w != 160 || h != 96 {
			t.Errorf("orientation %d: Size = %d x %d", o, w, h)
		}
		got, err := e.Pixels(t.Context(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(t, got, want); d > 3 {
			t.Errorf("orientation %d: the picture differs by %.1f", o, d)
		}
		part, err := e.Region(t.Context(), image.Rect(100, 10, 140, 40), 0)
		if err != nil {
			t.Fatal(err)
		}
		if d := difference(t, part, crop(want, image.Rect(100, 10, 140, 40))); d > 3 {
			t.Errorf("orientation %d: the region differs by %.1f", o, d)
		}
	}
}

// Scaled decoding gives the same picture as decoding everything and averaging.
func TestScales(t *testing.T) {
	full := scene(800, 592)
	e := open(t, encodeJPEG(t, full))
	last := 0
	for _, longSide := range []int{90, 150, 390, 800} {
		got, err := e.Pixels(t.Context(), longSide)
		if err != nil {
			t.Fatal(err)
		}
		side := got.Rect.Dx()
		if side < longSide || side < last {
			t.Errorf("Pixels(%d) has a long side of %d", longSide, side)
		}
		last = side
		if d := difference(t, got, Fit(full, side)); d > 3 {
			t.Errorf("Pixels(%d) differs by %.1f", longSide, d)
		}
	}
	again, err := e.Pixels(t.Context(), 90)
	if err != nil || again.Rect.Dx() != last {
		t.Errorf("asked for less, %v is decoded anew: %v", again.Rect, err)
	}
	e.Release()
	if small, err := e.Pixels(t.Context(), 90); err != nil || turboBuilt && small.Rect.Dx() != 100 {
		t.Errorf("after Release Pixels(90) has a long side of %d, want 100: %v", small.Rect.Dx(), err)
	}
	if part, err := e.Region(t.Context(), image.Rect(-50, -50, 400, 300), 100); err != nil || max(part.Rect.Dx(), part.Rect.Dy()) < 100 {
		t.Errorf("Region = %v, %v", part, err)
	}
	if _, err := e.Region(t.Context(), image.Rect(900, 0, 1000, 100), 0); err == nil {
		t.Error("a region outside the photo gives no error")
	}
}

func TestFormats(t *testing.T) {
	m := scene(64, 40)
	enc := map[string]func(*bytes.Buffer) error{
		"png":  func(b *bytes.Buffer) error { return png.Encode(b, m) },
		"tiff": func(b *bytes.Buffer) error { return tiff.Encode(b, m, nil) },
		"bmp":  func(b *bytes.Buffer) error { return bmp.Encode(b, m) },
		"gif":  func(b *bytes.Buffer) error { return gif.Encode(b, m, nil) },
		"jpeg": func(b *bytes.Buffer) error { return jpeg.Encode(b, m, nil) },
	}
	for name, encode := range enc {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			t.Fatal(err)
		}
		e := open(t, b.Bytes())
		got, err := e.Pixels(t.Context(), 0)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		limit := 1.0
		if name == "gif" || name == "jpeg" {
			limit = 20
		}
		if d := difference(t, got, m); d > limit {
			t.Errorf("%s differs by %.1f", name, d)
		}
	}
}

func TestTransparencyIsOnPaper(t *testing.T) {
	m := image.NewNRGBA64(image.Rect(5, 5, 7, 6)) // 16 bits, and an origin that is not 0, 0
	m.Set(6, 5, color.NRGBA64{0xFFFF, 0, 0, 0x8000})
	var b bytes.Buffer
	if err := png.Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	got, err := open(t, b.Bytes()).Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if got.RGBAAt(0, 0) != (color.RGBA{255, 255, 255, 255}) || got.RGBAAt(1, 0) != (color.RGBA{255, 127, 127, 255}) {
		t.Errorf("pixels %v, %v", got.RGBAAt(0, 0), got.RGBAAt(1, 0))
	}
}

func TestBadFiles(t *testing.T) {
	good := encodeJPEG(t, scene(640, 480))
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, image.NewPaletted(image.Rect(0, 0, 5000, 5000), color.Palette{color.Black})); err != nil {
		t.Fatal(err)
	}
	header := slices.Clone(good)
	sof := bytes.Index(header, []byte{0xFF, 0xC0})
	copy(header[sof+5:], []byte{0xEA, 0x60, 0xEA, 0x60}) // 60000 x 60000
	tests := []struct {
		name string
		data []byte
		want error
		say  string
	}{
		{"empty", nil, ErrUnsupported, "empty"},
		{"text", []byte("Dear diary, this is no photo at all.\n"), ErrUnsupported, "text"},
		{"text in Greek", []byte(strings.Repeat("αβγδ", 300)), ErrUnsupported, "text"},
		{"binary", []byte{0, 1, 2, 3}, ErrUnsupported, "unknown"},
		{"start of a JPEG", good[:20], ErrDamaged, ""},
		{"giant header", header, ErrTooLarge, "60000"},
		{"small file, large picture", bomb.Bytes(), ErrTooLarge, "bytes"},
		{"start of a PNG", []byte("\x89PNG\r\n\x1A\n"), ErrDamaged, ""},
	}
	for _, tt := range tests {
		e, err := Decoder{}.FromBytes("x.jpg", tt.data)
		if err == nil {
			_, err = e.Pixels(t.Context(), 0)
		}
		if !errors.Is(err, tt.want) || !strings.Contains(err.Error(), tt.say) {
			t.Errorf("%s: %v, want %v that says %q", tt.name, err, tt.want, tt.say)
		}
	}
}

func TestTruncatedJPEGIsUsable(t *testing.T) {
	if !turboBuilt {
		t.Skip("the standard library gives nothing of a truncated JPEG")
	}
	good := encodeJPEG(t, scene(640, 480))
	e := open(t, good[:len(good)*3/4])
	got, err := e.Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if c := got.RGBAAt(10, 10); c.R < 180 || len(e.Warnings()) != 1 {
		t.Errorf("the part that is there is lost (%v), or nothing is said: %q", c, e.Warnings())
	}
}

// A bomb is refused before anything is allocated for it.
func TestBombCostsNothing(t *testing.T) {
	var bomb bytes.Buffer
	if err := png.Encode(&bomb, image.NewPaletted(image.Rect(0, 0, 9000, 9000), color.Palette{color.Black})); err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := Decoder{}.FromBytes("x.png", bomb.Bytes())
	runtime.ReadMemStats(&after)
	if spent := after.TotalAlloc - before.TotalAlloc; !errors.Is(err, ErrTooLarge) || spent > 1<<20 {
		t.Errorf("%v after %d bytes", err, spent)
	}
}

func TestRead(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "a.jpg")
	data := encodeJPEG(t, scene(64, 40))
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
	e, err := Decoder{}.Read(t.Context(), path)
	if err != nil || e.File.Path != path || e.File.Size != int64(len(data)) || e.ID != photo.Identify(data).Oriented(photo.Upright) {
		t.Errorf("Read = %+v, %v", e, err)
	}
	for name, want := range map[string]error{path + ".not": fs.ErrNotExist, dir: ErrUnsupported} {
		if _, err := (Decoder{}).Read(t.Context(), name); !errors.Is(err, want) || strings.Contains(err.Error(), dir) {
			t.Errorf("Read(%s) = %v, want %v without the path", name, err, want)
		}
	}
	if _, err := (Decoder{Limits: Limits{MaxFileBytes: 10}}).Read(t.Context(), path); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a file over the limit gives %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := (Decoder{}).Read(ctx, path); !errors.Is(err, context.Canceled) {
		t.Errorf("an ended context gives %v", err)
	}
}

// sharedEval returns the folder of labelled photos; the test is skipped where it is absent.
func sharedEval(t testing.TB) string {
	t.Helper()
	dir := filepath.Join("..", "..", "..", "shared", "eval", "photo_formats")
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the labelled photos are not beside this checkout")
	}
	return dir
}

// Real files of many programs and cameras, broken ones among them: every one is
// decoded or refused with one of the errors, and the turned ones stand upright.
func TestRealFiles(t *testing.T) {
	dir := sharedEval(t)
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
	decoded := 0
	var options sandboxOptions
	if raceDetector {
		options.memory = 8 << 30 // its own memory counts too
	}
	d := Decoder{Sandbox: testSandbox(t, options)}
	for _, row := range rows[1:] {
		name, expect := column(row, "file"), column(row, "expect")
		e, err := d.Read(t.Context(), filepath.Join(dir, name))
		var pix *image.RGBA
		if err == nil {
			pix, err = e.Pixels(t.Context(), 0)
		}
		switch {
		case err == nil:
			decoded++
			if w, h := e.Size(); pix.Rect != image.Rect(0, 0, w, h) {
				t.Errorf("%s: pixels %v, size %d x %d", name, pix.Rect, w, h)
			}
			if o := column(row, "orientation"); o != "" && o != "0" && o != "1" && o != string('0'+rune(e.Meta.Orientation)) {
				t.Errorf("%s: orientation %d, want %s", name, e.Meta.Orientation, o)
			}
		case !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge):
			t.Errorf("%s: %v is none of the documented errors", name, err)
		case turboBuilt && expect == "decode" && !errors.Is(err, ErrUnsupported) && !strings.HasSuffix(name, "issue_2811.gif"): // its first frame has colours that it has not
			t.Errorf("%s: %v", name, err)
		}
	}
	if turboBuilt && decoded < 170 {
		t.Errorf("only %d of %d files were decoded", decoded, len(rows)-1)
	}
	t.Logf("%d of %d files decoded", decoded, len(rows)-1)
}

func FuzzDecode(f *testing.F) {
	good := encodeJPEG(f, scene(40, 24))
	f.Add(good)
	f.Add(withEXIF(good, 6))
	f.Add(good[:len(good)/2])
	for _, encode := range []func(*bytes.Buffer) error{
		func(b *bytes.Buffer) error { return png.Encode(b, scene(8, 5)) },
		func(b *bytes.Buffer) error { return tiff.Encode(b, scene(8, 5), nil) },
		func(b *bytes.Buffer) error { return bmp.Encode(b, scene(8, 5)) },
		func(b *bytes.Buffer) error { return gif.Encode(b, scene(8, 5), nil) },
	} {
		var b bytes.Buffer
		if err := encode(&b); err != nil {
			f.Fatal(err)
		}
		f.Add(b.Bytes())
	}
	d := Decoder{Limits: Limits{MaxFileBytes: 1 << 20, MaxPixels: 1 << 20}}
	f.Fuzz(func(t *testing.T, data []byte) {
		e, err := d.FromBytes("x", data)
		var pix *image.RGBA
		if err == nil {
			pix, err = e.Pixels(t.Context(), 100)
		}
		if err != nil {
			if !errors.Is(err, ErrUnsupported) && !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrTooLarge) {
				t.Errorf("%v is none of the documented errors", err)
			}
			return
		}
		if pix.Rect.Min != (image.Point{}) || pix.Rect.Empty() {
			t.Errorf("pixels %v", pix.Rect)
		}
	})
}

func TestConcurrentUse(t *testing.T) {
	e := open(t, encodeJPEG(t, scene(640, 480)))
	var wg sync.WaitGroup
	for i := range 8 {
		wg.Go(func() {
			if _, err := e.Pixels(t.Context(), 80*i); err != nil {
				t.Error(err)
			}
			if _, err := e.Region(t.Context(), image.Rect(10*i, 0, 100+10*i, 100), 50); err != nil {
				t.Error(err)
			}
			e.Warnings()
		})
	}
	wg.Wait()
}

func TestThumbnails(t *testing.T) {
	dir := t.TempDir()
	cache := NewThumbnails(dir, 1<<20)
	id := photo.ID{1}
	if _, err := cache.Get(t.Context(), id, 100); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("an empty cache gives %v", err)
	}
	img := Fit(scene(300, 200), 100)
	if err := cache.Put(t.Context(), id, 100, img); err != nil {
		t.Fatal(err)
	}
	got, err := cache.Get(t.Context(), id, 100)
	if err != nil || difference(t, got, img) > 4 {
		t.Errorf("Get = %v, %v", got, err)
	}
	if _, err := cache.Get(t.Context(), id, 200); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("another size gives %v", err)
	}
	whole, err := os.ReadFile(cache.path(id, 100))
	if err != nil {
		t.Fatal(err)
	}
	for _, data := range [][]byte{nil, whole[:len(whole)/2], []byte("\xFF\xD8\xFFrubbish"), make([]byte, 100)} {
		if err := os.WriteFile(cache.path(id, 100), data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := cache.Get(t.Context(), id, 100); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a damaged file of %d bytes gives %v", len(data), err)
		}
		if _, err := os.Stat(cache.path(id, 100)); !errors.Is(err, fs.ErrNotExist) {
			t.Errorf("a damaged file of %d bytes is kept", len(data))
		}
	}
}

func TestThumbnailsForgetTheOldest(t *testing.T) {
	cache := NewThumbnails(t.TempDir(), 20_000)
	img := Fit(scene(300, 200), 100)
	for i := range 40 {
		id := photo.ID{byte(i)}
		if err := cache.Put(t.Context(), id, 100, img); err != nil {
			t.Fatal(err)
		}
		old := time.Now().Add(time.Duration(i-100) * time.Hour)
		if err := os.Chtimes(cache.path(id, 100), old, old); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := cache.Get(t.Context(), photo.ID{39}, 100); err != nil {
		t.Errorf("the newest is gone: %v", err)
	}
	if _, err := cache.Get(t.Context(), photo.ID{0}, 100); err == nil {
		t.Error("the oldest is still there")
	}
	if err := cache.Tidy(t.Context()); err != nil || cache.size.Load() > cache.max {
		t.Errorf("%d bytes, the limit is %d, %v", cache.size.Load(), cache.max, err)
	}
}
