package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"image/color"
	"image/draw"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"semblance/internal/photo"
)

// withThumbnail puts a thumbnail and an orientation into a JPEG, as cameras do: in the second directory of its EXIF block.
func withThumbnail(data, thumb []byte, o photo.Orientation) []byte {
	be := binary.BigEndian
	block := []byte("MM\x00\x2A\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01")
	block = append(block, 0, byte(o), 0, 0)
	block = be.AppendUint32(block, uint32(len(block)+4))
	entry := func(number uint16, value int) {
		block = be.AppendUint32(append(be.AppendUint16(block, number), 0, 4, 0, 0, 0, 1), uint32(value))
	}
	block = append(block, 0, 2)
	entry(0x0201, len(block)+24+4)
	entry(0x0202, len(thumb))
	block = append(block, 0, 0, 0, 0)
	return withBlock(data, append(block, thumb...))
}

// barred puts a picture into the middle of a black one.
func barred(m *image.RGBA, w, h int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, w, h))
	draw.Draw(out, out.Rect, image.NewUniform(color.Black), image.Point{}, draw.Src)
	at := image.Pt((w-m.Rect.Dx())/2, (h-m.Rect.Dy())/2)
	draw.Draw(out, m.Rect.Add(at), m, image.Point{}, draw.Src)
	return out
}

func TestEmbeddedThumbnail(t *testing.T) {
	landscape := scene(600, 400)
	small := Fit(landscape, 160) // 160 x 107
	noisy := encodeJPEG(t, noise(160, 107))
	for _, tt := range []struct {
		name  string
		photo []byte
		want  *image.RGBA // nil for none
	}{
		{"of the same shape", withThumbnail(encodeJPEG(t, landscape), encodeJPEG(t, small), photo.Upright), small},
		{"with bars above and below", withThumbnail(encodeJPEG(t, landscape), encodeJPEG(t, barred(small, 160, 120)), photo.Upright), crop(small, image.Rect(0, 1, 160, 107))},
		{"with bars at the sides", withThumbnail(encodeJPEG(t, scene(400, 400)), encodeJPEG(t, barred(Fit(scene(400, 400), 120), 160, 120)), photo.Upright), crop(Fit(scene(400, 400), 120), image.Rect(1, 0, 119, 120))},
		{"turned", withThumbnail(encodeJPEG(t, stored(landscape, photo.Rotate90)), encodeJPEG(t, stored(small, photo.Rotate90)), photo.Rotate90), small},
		{"mirrored and turned, with bars", withThumbnail(encodeJPEG(t, stored(landscape, photo.Transverse)), encodeJPEG(t, barred(stored(small, photo.Transverse), 120, 160)), photo.Transverse), crop(small, image.Rect(0, 1, 160, 107))},
		{"rounded to whole blocks", withThumbnail(encodeJPEG(t, landscape), encodeJPEG(t, scene(160, 104)), photo.Upright), scene(160, 104)},
		{"of a photo that was cut since", withThumbnail(encodeJPEG(t, scene(400, 400)), encodeJPEG(t, small), photo.Upright), nil},
		{"of a photo that was turned since", withThumbnail(encodeJPEG(t, scene(400, 600)), encodeJPEG(t, small), photo.Upright), nil},
		{"a dark photo without bars", withThumbnail(encodeJPEG(t, landscape), encodeJPEG(t, barred(small, 160, 107)), photo.Upright), small},
		{"tiny", withThumbnail(encodeJPEG(t, landscape), encodeJPEG(t, Fit(landscape, 30)), photo.Upright), nil},
		{"cut off", withThumbnail(encodeJPEG(t, landscape), noisy[:len(noisy)/2], photo.Upright), nil},
		{"no picture", withThumbnail(encodeJPEG(t, landscape), []byte("\xFF\xD8\xFFrubbish"), photo.Upright), nil},
		{"empty", withThumbnail(encodeJPEG(t, landscape), nil, photo.Upright), nil},
		{"too large for one", withThumbnail(encodeJPEG(t, landscape), encodeJPEG(t, image.NewRGBA(image.Rect(0, 0, 1800, 1200))), photo.Upright), nil},
		{"none", encodeJPEG(t, landscape), nil},
		{"in no photo", []byte("text"), nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "a.jpg")
			if err := os.WriteFile(path, tt.photo, 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := Decoder{}.EmbeddedThumbnail(t.Context(), path)
			if tt.want == nil {
				if !errors.Is(err, ErrNoThumbnail) {
					t.Errorf("got %v, %v, want ErrNoThumbnail", got, err)
				}
				return
			}
			if err != nil || difference(t, got, tt.want) > 8 {
				t.Errorf("got %v, %v", got, err)
			}
		})
	}
}

// Only the beginning of a file is read: its end may be anything, and a pipe is not opened.
func TestEmbeddedThumbnailReadsTheBeginning(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jpg")
	small := Fit(scene(600, 400), 160)
	data := withThumbnail(encodeJPEG(t, noise(1200, 800)), encodeJPEG(t, small), photo.Upright)
	if len(data) < embeddedRead {
		t.Fatalf("the photo has %d bytes: all of them are read", len(data))
	}
	if err := os.WriteFile(path, data[:embeddedRead], 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := (Decoder{}).EmbeddedThumbnail(t.Context(), path); err != nil {
		t.Error(err)
	}
	if _, err := (Decoder{}).EmbeddedThumbnail(t.Context(), t.TempDir()); !errors.Is(err, ErrUnsupported) {
		t.Errorf("a folder gives %v", err)
	}
	if _, err := (Decoder{}).EmbeddedThumbnail(t.Context(), path+"x"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("a file that is not there gives %v", err)
	}
}

// The first screen of a folder, 60 photos of a camera, by what the camera put into them; and six of them decoded and shrunk.
func BenchmarkFirstScreen(b *testing.B) {
	dir := b.TempDir()
	data := withThumbnail(encodeJPEG(b, noise(6000, 4000)), encodeJPEG(b, Fit(noise(6000, 4000), 160)), photo.Rotate90)
	paths := make([]string, 60)
	for i := range paths {
		paths[i] = filepath.Join(dir, strconv.Itoa(i)+".jpg")
		if err := os.WriteFile(paths[i], data, 0o600); err != nil {
			b.Fatal(err)
		}
	}
	run := func(name string, paths []string, load func(path string) error) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				forget(b, paths)
				b.StartTimer()
				for _, path := range paths {
					if err := load(path); err != nil {
						b.Fatal(err)
					}
				}
			}
			b.ReportMetric(float64(b.Elapsed().Milliseconds())/float64(b.N*len(paths)), "ms/photo")
		})
	}
	run("embedded", paths, func(path string) error {
		_, err := Decoder{}.EmbeddedThumbnail(b.Context(), path)
		return err
	})
	run("own", paths[:6], func(path string) error {
		e, err := Decoder{}.Read(b.Context(), path)
		if err != nil {
			return err
		}
		img, err := e.Pixels(b.Context(), 320)
		if err == nil {
			Fit(img, 320)
		}
		return err
	})
}

// A HEIC with a thumbnail that is coded as the picture is. There was none to be had: the reference that says what Exif describes is made one that calls the
// first tile the thumbnail of the picture.
func TestEmbeddedThumbnailOfAHEIC(t *testing.T) {
	if !heicBuilt {
		t.Skip("HEIC was left out")
	}
	data, err := os.ReadFile(filepath.Join(sharedEval(t), "images", "metadata-extractor-images__heic__IMG_2927.HEIC"))
	if err != nil {
		t.Fatal(err)
	}
	sandbox := NewSandbox()
	defer sandbox.Close()
	d := Decoder{Sandbox: sandbox}
	path := filepath.Join(t.TempDir(), "a.heic")
	write := func() {
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write()
	if _, err := d.EmbeddedThumbnail(t.Context(), path); !errors.Is(err, ErrNoThumbnail) {
		t.Errorf("without a thumbnail: %v", err)
	}
	at := bytes.Index(data, []byte("cdsc"))
	if at < 0 {
		t.Fatal("no reference that could be changed")
	}
	copy(data[at:], "thmb\x00\x01")
	write()
	if _, err := (Decoder{}).EmbeddedThumbnail(t.Context(), path); !errors.Is(err, ErrNoThumbnail) {
		t.Errorf("without a sandbox: %v", err)
	}
	got, err := d.EmbeddedThumbnail(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	const tile = 512
	if got.Rect != image.Rect(0, 0, tile, tile) {
		t.Fatalf("the thumbnail has %v", got.Rect)
	}
	e, err := d.FromBytes("a.heic", data)
	if err != nil {
		t.Fatal(err)
	}
	whole, err := e.Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	want := Fit(crop(whole, got.Rect), 1).Pix // the first tile is at the top left
	for i, v := range Fit(got, 1).Pix {
		if math.Abs(float64(v)-float64(want[i])) > 3 {
			t.Fatalf("its mean is %v, that of the tile %v", Fit(got, 1).Pix, want)
		}
	}
}
