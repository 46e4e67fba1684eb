package decode

import (
	"bytes"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"semblance/internal/photo"
)

// rawFile is a RAW file as many cameras write it, a TIFF with two previews, in the directories of a chain. It says its own size,
// and between the previews is what the sensor saw.
func rawFile(o photo.Orientation, fullW, fullH int, previews ...[]byte) []byte {
	le := binary.LittleEndian
	const entries = 5
	data := le.AppendUint32([]byte("II*\x00"), 8)
	at := uint32(8 + len(previews)*(2+12*entries+4))
	for i, p := range previews {
		data = le.AppendUint16(data, entries)
		for _, e := range [][3]uint32{{0x100, 4, uint32(fullW)}, {0x101, 4, uint32(fullH)}, {0x112, 3, uint32(o)}, {0x201, 4, at}, {0x202, 4, uint32(len(p))}} {
			data = le.AppendUint32(le.AppendUint16(le.AppendUint16(data, uint16(e[0])), uint16(e[1])), 1)
			data = le.AppendUint32(data, e[2])
		}
		next := uint32(len(data) + 4)
		if i == len(previews)-1 {
			next = 0
		}
		data = le.AppendUint32(data, next)
		at += uint32(len(p)) + sensorBytes
	}
	for _, p := range previews {
		data = append(append(data, p...), make([]byte, sensorBytes)...)
	}
	return data
}

const sensorBytes = 1 << 20

func newFile(t testing.TB, name string, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// A RAW file is its largest preview, turned as the RAW says, whatever the preview says.
func TestReadRAW(t *testing.T) {
	upright := scene(400, 600)
	large := withEXIF(encodeJPEG(t, stored(upright, photo.Rotate90)), photo.Rotate180)
	small := encodeJPEG(t, stored(Fit(upright, 300), photo.Rotate90))
	data := rawFile(photo.Rotate90, 6000, 4000, small, large)
	path := newFile(t, "IMG_1.NEF", data)
	e, err := (Decoder{}).Read(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	if w, h := e.Size(); w != 400 || h != 600 || e.Format != photo.RAW || e.Meta.FullW != 6000 || e.Meta.FullH != 4000 || e.File.Path != path || e.File.Size != int64(len(data)) {
		t.Errorf("read %+v, %+v", e.File, e.Meta)
	}
	got, err := e.Pixels(t.Context(), 0)
	if err != nil {
		t.Fatal(err)
	}
	if d := difference(t, got, upright); d > 3 {
		t.Errorf("the picture differs by %.1f", d)
	}
	if part, err := e.Region(t.Context(), image.Rect(10, 20, 110, 220), 0); err != nil || difference(t, part, crop(upright, image.Rect(10, 20, 110, 220))) > 3 {
		t.Errorf("a region differs: %v", err)
	}
	if w := e.Warnings(); len(w) != 1 || !strings.Contains(w[0], "600 × 400") {
		t.Errorf("of a preview that is small: %q", w)
	}
	if cost, want := e.Cost(0), open(t, large).Cost(0); cost != want {
		t.Errorf("decoding the preview costs %d bytes, as a JPEG %d", cost, want)
	}
	fromMemory, err := (Decoder{}).FromBytes("IMG_1.NEF", data)
	if err != nil || fromMemory.ID != e.ID || fromMemory.Meta != e.Meta {
		t.Errorf("from memory it is %v, from the file %v: %v", fromMemory.ID, e.ID, err)
	}
	if id, err := (Decoder{}).Identity(t.Context(), path); err != nil || id != e.ID {
		t.Errorf("Identity = %v, %v, want %v", id, err, e.ID)
	}
	beside := open(t, large)
	if beside.ID == e.ID || beside.ID.Oriented(0) == e.ID.Oriented(0) {
		t.Error("a JPEG with the picture of the preview has the RAW's identity")
	}
	thumb, err := (Decoder{}).EmbeddedThumbnail(t.Context(), path)
	if err != nil || max(thumb.Rect.Dx(), thumb.Rect.Dy()) < 400 || thumb.Rect.Dy() < thumb.Rect.Dx() {
		t.Errorf("the thumbnail is %v: %v", thumb, err)
	}
}

// A preview that takes a lot of memory even at a small scale is not shown at once: no budget is asked for that.
func TestRAWThumbnailTakesLittle(t *testing.T) {
	scans := madeJPEG{img: scene(640, 480), sampling: gray1, adobe: -1, progressive: true, declareW: 8000, declareH: 6000}.bytes(t)
	path := newFile(t, "a.NEF", rawFile(photo.Upright, 8000, 6000, append(scans, make([]byte, 100<<10)...)))
	if img, err := (Decoder{}).EmbeddedThumbnail(t.Context(), path); !errors.Is(err, ErrNoThumbnail) {
		t.Errorf("%v, %v", img.Bounds(), err)
	}
}

// What is called RAW but is none is what it is, and the other way round.
func TestRAWByContent(t *testing.T) {
	j := encodeJPEG(t, scene(64, 40))
	for _, tt := range []struct {
		name string
		data []byte
		want photo.Format
		err  error
	}{
		{"a.nef", j, photo.JPEG, nil},
		{"a.tif", rawFile(1, 64, 40, j), photo.TIFF, nil}, // until its pixels are asked for
		{"a.jpg", append([]byte("II*\x00\x10\x00\x00\x00CR\x02\x00\x00\x00\x00\x00"), rawFile(1, 64, 40, j)[8:]...), photo.Unknown, ErrUnsupported},
		{"a.dng", rawFile(1, 64, 40, j), photo.RAW, nil},
		{"a.orf", append([]byte("IIRO"), rawFile(1, 64, 40, j)[4:]...), photo.RAW, nil},
		{"a.cr2", rawFile(1, 640, 400), photo.Unknown, ErrUnsupported},
		{"a.x3f", []byte("FOVb\x00\x00\x03\x00"), photo.Unknown, ErrUnsupported},
		{"a.raf", []byte("FUJIFILMCCD-RAW 0201"), photo.Unknown, ErrUnsupported},
		{"a.cr3", []byte("\x00\x00\x00\x18ftypcrx \x00\x00\x00\x01crx isom"), photo.Unknown, ErrUnsupported},
	} {
		path := newFile(t, tt.name, tt.data)
		e, err := (Decoder{}).Read(t.Context(), path)
		if !errors.Is(err, tt.err) || err == nil && e.Format != tt.want {
			t.Errorf("%s: %v, want %v, %v", tt.name, err, tt.want, tt.err)
		}
		if id, err := (Decoder{}).Identity(t.Context(), path); err != nil || e != nil && id != e.ID {
			t.Errorf("%s: Identity = %v, %v", tt.name, id, err)
		}
	}
}

// counted counts what is read.
type counted struct {
	io.ReaderAt
	bytes int
}

func (c *counted) ReadAt(p []byte, off int64) (int, error) {
	c.bytes += len(p)
	return c.ReaderAt.ReadAt(p, off)
}

// Of a RAW file little more than the preview is read, and a preview that promises too much is refused.
func TestRAWIsReadInPlaces(t *testing.T) {
	large := encodeJPEG(t, scene(1200, 800))
	data := rawFile(photo.Upright, 6000, 4000, large, encodeJPEG(t, scene(300, 200)))
	r := &counted{ReaderAt: bytes.NewReader(data)}
	if _, err := (Decoder{}).readRAW(t.Context(), r, int64(len(data))); err != nil {
		t.Fatal(err)
	}
	if limit := 2*len(large) + 200<<10; r.bytes > limit {
		t.Errorf("%d of %d bytes were read, want at most %d", r.bytes, len(data), limit)
	}
	bomb := bytes.Replace(large, []byte{0xFF, 0xC0, 0, 17, 8, 800 >> 8, 800 & 255, 1200 >> 8, 1200 & 255}, []byte{0xFF, 0xC0, 0, 17, 8, 0xEA, 0x60, 0xEA, 0x60}, 1)
	data = rawFile(photo.Upright, 6000, 6000, bomb)
	if _, err := (Decoder{}).readRAW(t.Context(), bytes.NewReader(data), int64(len(data))); !errors.Is(err, ErrTooLarge) {
		t.Errorf("a preview of 60,000 x 60,000 pixels: %v", err)
	}
}
