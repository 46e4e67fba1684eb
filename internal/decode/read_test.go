package decode

import (
	"bytes"
	"context"
	"errors"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/image/tiff"

	"semblance/internal/photo"
)

// What a file is that is not read is said in words that help.
func TestContentIs(t *testing.T) {
	for _, tt := range []struct{ data, want string }{
		{"", "empty"},
		{"\x00\x00\x00\x18ftypisom\x00", "unknown"}, // a film
		{"\x00\x00", "zeros"},
		{"8BPS\x00\x01", "Photoshop"},
		{"%PDF-1.4", "PDF"},
		{"BMW is no bitmap", "text"},
		{strings.Repeat("x", 511) + "é", "text"}, // cut in the middle of a character
		{strings.Repeat("x", 600) + "\x00", "text"},
		{"\xC3", "text"},
		{"\xFF\xFE", "unknown"},
	} {
		if got := contentIs([]byte(tt.data)); !strings.Contains(got, tt.want) {
			t.Errorf("contentIs(%.20q) = %q, want something with %q", tt.data, got, tt.want)
		}
	}
}

// The thumbnail inside a RAW file must not pass for the photo.
func TestRAWIsNoTIFF(t *testing.T) {
	var b bytes.Buffer
	if err := tiff.Encode(&b, scene(16, 12), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := (Decoder{}).FromBytes("DSC_1.NEF", b.Bytes()); !errors.Is(err, ErrUnsupported) || !strings.Contains(err.Error(), "RAW") {
		t.Errorf("a NEF file gives %v", err)
	}
	if e, err := (Decoder{}).FromBytes("DSC_1.tif", b.Bytes()); err != nil || e.Format != photo.TIFF {
		t.Errorf("a TIFF file gives %v", err)
	}
}

// A file that is shorter than it was a moment ago is still being written.
func TestReadAll(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a")
	content := bytes.Repeat([]byte("0123456789"), 250_000) // more than two pieces
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, size := range []int{0, 10, 1 << 20, len(content)} {
		if got, err := readAll(t.Context(), path, int64(size)); err != nil || !bytes.Equal(got, content[:size]) {
			t.Errorf("readAll of %d bytes = %d bytes, %v", size, len(got), err)
		}
	}
	if _, err := readAll(t.Context(), path, int64(len(content)+1)); !errors.Is(err, ErrChanged) {
		t.Errorf("a file that became shorter gives %v", err)
	}
}

// cancelling ends a context after it was asked n times whether it has ended.
type cancelling struct {
	context.Context //nolint:containedctx // it is one
	n               int
}

func (c *cancelling) Err() error {
	if c.n--; c.n < 0 {
		return context.Canceled
	}
	return nil
}

// Decoding ends in the middle when nobody wants the picture any more, and the file is not called damaged.
func TestDecodingEnds(t *testing.T) {
	var b bytes.Buffer
	if err := png.Encode(&b, noise(700, 700)); err != nil {
		t.Fatal(err)
	}
	e := open(t, b.Bytes())
	if _, err := e.Pixels(&cancelling{t.Context(), 20}, 0); !errors.Is(err, context.Canceled) || errors.Is(err, ErrDamaged) {
		t.Errorf("an ended context gives %v", err)
	}
	if _, err := e.Pixels(t.Context(), 0); err != nil {
		t.Errorf("asked again: %v", err)
	}
}
