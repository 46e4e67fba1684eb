package decode

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/gif"
	"image/jpeg"
	"image/png"
	"io"
	"strings"

	"golang.org/x/image/bmp"
	"golang.org/x/image/tiff"
	"golang.org/x/image/webp"

	"semblance/internal/photo"
)

// size reads the stored size of a picture from its header.
func size(f photo.Format, data []byte) (w, h int, err error) {
	defer recovered(&err)
	if f == photo.JPEG {
		return jpegSize(data)
	}
	config := map[photo.Format]func(io.Reader) (image.Config, error){
		photo.PNG: png.DecodeConfig, photo.WebP: webp.DecodeConfig, photo.TIFF: tiff.DecodeConfig,
		photo.BMP: bmp.DecodeConfig, photo.GIF: gif.DecodeConfig,
	}[f]
	c, err := config(bytes.NewReader(data))
	if err != nil {
		return 0, 0, damaged(f, err)
	}
	return c.Width, c.Height, nil
}

// pixels decodes a picture of any format but JPEG as stored, opaque, in sRGB. warning says what is wrong with a
// usable picture. Decoders that read as they go, all but GIF's, end with ctx.
func pixels(ctx context.Context, f photo.Format, data []byte) (img *image.RGBA, warning string, err error) {
	defer recovered(&err)
	if f == photo.TIFF {
		if err := checkTIFF(ctx, data); err != nil {
			return nil, "", err
		}
	}
	colours, note := coloursOf(f, data)
	decoder := map[photo.Format]func(io.Reader) (image.Image, error){
		photo.PNG: png.Decode, photo.WebP: decodeWebP, photo.TIFF: tiff.Decode, photo.BMP: bmp.Decode, photo.GIF: firstFrame,
	}[f]
	in := &reader{Reader: bytes.NewReader(data), ctx: ctx}
	if f == photo.TIFF {
		in.at = inStrips(data)
	}
	m, err := decoder(in)
	if ctx.Err() != nil {
		return nil, "", ctx.Err()
	}
	if err != nil {
		return nil, "", damaged(f, err)
	}
	return colours.opaque(m), note, nil
}

// oddTIFF decodes, in the sandbox, a TIFF that is not plain: such files are rare, and made to do harm more often than by a
// camera. Their samples of 16 bits, if any, are reduced before their colours are converted.
func (e *Encoded) oddTIFF(ctx context.Context) (img *image.RGBA, warning string, err error) {
	defer recovered(&err)
	colours, note := coloursOf(e.Format, e.data)
	if img, err = e.sandbox.decode(ctx, e.Format, e.data, e.Meta.StoredW, e.Meta.StoredH); err != nil {
		return nil, "", err
	}
	colours.apply(img)
	return turn(img, e.Meta.Orientation), note, nil
}

// joined returns one sentence of two that may be empty.
func joined(a, b string) string { return strings.Trim(a+"; "+b, "; ") }

// reader ends with a context.
type reader struct {
	*bytes.Reader
	at  io.ReaderAt     // what ReadAt reads; nil: the same
	ctx context.Context //nolint:containedctx // decoders take a reader and no context
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.Reader.Read(p)
}

func (r *reader) ReadAt(p []byte, off int64) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	if r.at != nil {
		return r.at.ReadAt(p, off)
	}
	return r.Reader.ReadAt(p, off)
}

// firstFrame decodes the first frame of a GIF, which may be smaller than the picture, onto the whole of it.
func firstFrame(r io.Reader) (image.Image, error) {
	data, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	c, err := gif.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	frame, err := gif.Decode(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	whole := image.NewNRGBA(image.Rect(0, 0, c.Width, c.Height))
	draw.Draw(whole, frame.Bounds(), frame, frame.Bounds().Min, draw.Src)
	return whole, nil
}

// damaged wraps the error of a decoder. A decoder that lacks a variant of its format is not the file's fault.
func damaged(f photo.Format, err error) error {
	var tiffLacks tiff.UnsupportedError
	var pngLacks png.UnsupportedError
	var jpegLacks jpeg.UnsupportedError
	if errors.Is(err, bmp.ErrUnsupported) { // does not say what it lacks
		return fmt.Errorf("%w: a kind of %v that is not supported", ErrUnsupported, f)
	}
	if errors.As(err, &tiffLacks) || errors.As(err, &jpegLacks) || errors.As(err, &pngLacks) {
		return fmt.Errorf("%w: a kind of %v that is not supported: %w", ErrUnsupported, f, plainError{err})
	}
	return fmt.Errorf("%w %v: %w", ErrDamaged, f, plainError{err})
}

// plainError is the error of a decoder without the decoder's name and the sort of error, both of which are said already.
type plainError struct{ error }

// Error implements error.
func (e plainError) Error() string {
	if errors.Is(e.error, io.ErrUnexpectedEOF) {
		return "the file ends too early"
	}
	text := e.error.Error()
	if at := strings.Index(text, ": "); at > 0 && !strings.Contains(text[:at], " ") {
		text = text[at+2:]
	}
	text = strings.TrimPrefix(text, "invalid format: ")
	return strings.TrimPrefix(text, "unsupported feature: ")
}

// Unwrap returns the decoder's own error.
func (e plainError) Unwrap() error { return e.error }

// recovered turns the panic of a decoder into an error: a library may have a bug, a photo must not end the program.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("%w: the decoder gave up: %v", ErrDamaged, r)
	}
}

// paper is what shows through where a picture is transparent. White is what browsers and editors print on.
var paper = image.NewUniform(color.White)

// opaque copies any picture into opaque RGBA with its origin at 0, 0. 16-bit samples are reduced here, once.
func opaque(m image.Image) *image.RGBA {
	b := m.Bounds()
	out := image.NewRGBA(image.Rect(0, 0, b.Dx(), b.Dy()))
	o, knows := m.(interface{ Opaque() bool })
	if knows && o.Opaque() {
		draw.Draw(out, out.Rect, m, b.Min, draw.Src)
		return out
	}
	draw.Draw(out, out.Rect, paper, image.Point{}, draw.Src)
	draw.Draw(out, out.Rect, m, b.Min, draw.Over)
	return out
}
