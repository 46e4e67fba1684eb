//go:build cgo && !noturbo

package decode

/*
#cgo !static pkg-config: libjpeg
#cgo static,!darwin LDFLAGS: -l:libjpeg.a
#cgo static,darwin pkg-config: --static libjpeg
#include "jpeg_turbo.h"
*/
import "C"

import (
	"context"
	"errors"
	"fmt"
	"image"
	"slices"
	"unsafe"

	"semblance/internal/photo"
)

// turboBuilt tells which decoder is built in.
const turboBuilt = true

// jpegMaxScans is how many scans of a progressive file are read; encoders write 3 to 20. A scan costs
// a look at every block of the picture, and the file hardly a byte: hundreds of them would be minutes a megapixel.
const jpegMaxScans = 100

// jpegReader is libjpeg-turbo's decoder for one picture. The library knows the address of the file,
// and of the memory it writes to, during a call only, as cgo's rules want it.
type jpegReader struct {
	c    *C.jpeg_reader
	data []byte
}

func newJPEGReader(data []byte) (*jpegReader, error) {
	c := C.jpeg_reader_new()
	if c == nil {
		return nil, errors.New("no memory for a JPEG decoder")
	}
	return &jpegReader{c, data}, nil
}

func (r *jpegReader) close() { C.jpeg_reader_free(r.c) }

func (r *jpegReader) file() C.jpeg_file {
	return C.jpeg_file{data: (*C.uchar)(unsafe.SliceData(r.data)), size: C.size_t(len(r.data))}
}

// err is why a step failed.
func (r *jpegReader) err() error {
	message := errors.New(C.GoString(C.jpeg_reader_message(r.c)))
	switch C.jpeg_reader_failure(r.c) {
	case C.JPEG_FAILED_UNSUPPORTED:
		return fmt.Errorf("%w: a kind of JPEG that is not supported: %w", ErrUnsupported, message)
	case C.JPEG_FAILED_MEMORY:
		return fmt.Errorf("%w: %w", ErrTooLarge, message)
	}
	return damaged(photo.JPEG, message)
}

// warning says what was odd about the data since decoding began.
func (r *jpegReader) warning() string {
	message := C.GoString(C.jpeg_reader_message(r.c))
	if message == "" {
		return ""
	}
	return damagedWarning + message
}

func (r *jpegReader) header() (facts C.jpeg_facts, err error) {
	if err := jpegLacks(r.data, true); err != nil {
		return facts, err
	}
	if C.jpeg_reader_header(r.c, r.file(), &facts) < 0 {
		return facts, r.err()
	}
	return facts, nil
}

func jpegSize(data []byte) (w, h int, err error) {
	r, err := newJPEGReader(data)
	if err != nil {
		return 0, 0, err
	}
	defer r.close()
	facts, err := r.header()
	return int(facts.width), int(facts.height), err
}

// jpegCoefficients returns how many bytes hold the coefficients of a file of several scans
// while it is decoded; 0 for all others.
func jpegCoefficients(data []byte) int64 {
	r, err := newJPEGReader(data)
	if err != nil {
		return 0
	}
	defer r.close()
	facts, err := r.header()
	if err != nil {
		return 0
	}
	return int64(facts.coefficients)
}

// jpegEighths returns the smallest scale in eighths at which a picture whose long side is full has at least longSide
// pixels there. 5, 6 and 7 are left out: the library has no SIMD code for them, and 24 megapixels take
// 204 to 271 ms against 174 for all; 3 takes 140 against 124 for 4, and gives little more than half as many pixels.
func jpegEighths(full, longSide int) int {
	for _, n := range []int{1, 2, 3, 4} {
		if scaled(full, n) >= longSide {
			return n
		}
	}
	return 8
}

// jpegPart decodes a part of a JPEG at a scale in eighths, upright by o. The part is in pixels of the stored
// picture at that scale, the result of a size of its own and of its origin at 0, 0. Nothing but the part
// is held in memory, and the coefficients of a file of several scans.
func jpegPart(ctx context.Context, data []byte, eighths int, part image.Rectangle, o photo.Orientation) (*image.RGBA, string, error) {
	img, warning, scanEnd, err := jpegTry(ctx, data, eighths, part, o)
	if errors.Is(err, ErrDamaged) && scanEnd > 0 {
		// A later scan cannot be read; the earlier ones are a picture, if not a fine one.
		img, _, _, again := jpegTry(ctx, data[:scanEnd], eighths, part, o)
		switch {
		case again == nil:
			return img, warning, nil
		case ctx.Err() != nil:
			return nil, "", again
		}
	}
	return img, warning, err
}

func jpegTry(ctx context.Context, data []byte, eighths int, part image.Rectangle, o photo.Orientation) (_ *image.RGBA, warning string, scanEnd int, _ error) {
	r, err := newJPEGReader(data)
	if err != nil {
		return nil, "", 0, err
	}
	defer r.close()
	facts, err := r.header()
	if err != nil {
		return nil, "", 0, err
	}
	w, h := scaled(int(facts.width), eighths), scaled(int(facts.height), eighths)
	if part.Empty() || !part.In(image.Rect(0, 0, w, h)) {
		return nil, "", 0, fmt.Errorf("part %v of a picture of %d x %d", part, w, h)
	}
	if facts.coefficients > jpegMaxCoefficients {
		return nil, "", 0, fmt.Errorf("%w: %d x %d pixels in several scans need %d MB", ErrTooLarge, facts.width, facts.height, facts.coefficients>>20)
	}
	if C.jpeg_reader_start(r.c, r.file(), C.int(eighths), jpegMaxCoefficients+jpegMemory) < 0 {
		return nil, "", 0, r.err()
	}
	if scanEnd, err = r.consume(ctx, int(facts.width)); err != nil {
		return nil, r.warning(), scanEnd, err
	}
	img, err := r.rows(ctx, facts, image.Pt(w, h), part, o)
	return img, r.warning(), scanEnd, err
}

// jpegStep is about how many pixels are decoded between two looks at the context: some milliseconds.
const jpegStep = 1 << 20

// consume reads all scans of a file of several ones. scanEnd is where the last whole one ends in the file.
func (r *jpegReader) consume(ctx context.Context, width int) (scanEnd int, err error) {
	for {
		if err := ctx.Err(); err != nil {
			return 0, err
		}
		var end C.size_t
		more := C.jpeg_reader_consume(r.c, r.file(), C.int(max(1, jpegStep/8/width)), jpegMaxScans, &end)
		switch {
		case more < 0:
			return int(end), r.err()
		case more == 0:
			return int(end), nil
		}
	}
}

// jpegMargin is how many pixels around a part are decoded with it: the colours, stored at half the size or less,
// are scaled up between neighbours, and at the edge of what is decoded there is no neighbour.
const jpegMargin = 2

// rows decodes a part of the picture, of that size, once its scans are read.
func (r *jpegReader) rows(ctx context.Context, facts C.jpeg_facts, size image.Point, part image.Rectangle, o photo.Orientation) (*image.RGBA, error) {
	around := part.Inset(-jpegMargin).Intersect(image.Rectangle{Max: size})
	x, width := C.uint(around.Min.X), C.uint(around.Dx())
	if C.jpeg_reader_output(r.c, r.file(), &x, &width) < 0 {
		return nil, r.err()
	}
	stride := 4 * int(width)
	high := max(turnBlock, jpegStep/int(width)/turnBlock*turnBlock) // rows at once, 4 MB
	scratch := make([]byte, stride*jpegMargin)
	if err := r.skip(ctx, around.Min.Y, size.X); err != nil {
		return nil, err
	}
	if n := part.Min.Y - around.Min.Y; n > 0 && r.read(scratch, stride, n) < n {
		return nil, r.err()
	}
	uw, uh := o.UprightSize(part.Dx(), part.Dy())
	out := image.NewRGBA(image.Rect(0, 0, uw, uh))
	// What needs neither turning nor cutting is decoded into its place, all else through a strip.
	direct := int(width) == part.Dx() && (!o.Valid() || o == photo.Upright)
	if !direct {
		scratch = make([]byte, stride*min(high, part.Dy()))
	}
	lost := false
	for y := 0; y < part.Dy(); y += high {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		n := min(high, part.Dy()-y)
		strip := scratch
		if direct {
			strip = out.Pix[y*out.Stride:]
		}
		strip = strip[:n*stride]
		got := 0
		if !lost {
			got = r.read(strip, stride, n)
		}
		if got < n {
			if y+got == 0 {
				return nil, r.err() // nothing at all
			}
			lost = true
			gray(strip[got*stride:])
		}
		if facts.cmyk != 0 {
			inksToRGBA(strip[:got*stride], facts.adobe != 0)
		}
		if !direct {
			left := part.Min.X - int(x)
			img := &image.RGBA{Pix: strip[4*left:], Stride: stride, Rect: image.Rect(0, y, part.Dx(), y+n)}
			turnInto(out, img, o, part.Dx(), part.Dy())
		}
	}
	if part == (image.Rectangle{Max: size}) && !lost {
		C.jpeg_reader_finish(r.c, r.file()) // for the warnings; there are no more pixels to lose
	}
	return out, nil
}

// skip reads n rows of a picture width pixels wide without computing them: where the data of a row begin is
// known only when those above are read.
func (r *jpegReader) skip(ctx context.Context, n, width int) error {
	step := max(64, jpegStep*4/width/64*64)
	for ; n > 0; n -= step {
		if err := ctx.Err(); err != nil {
			return err
		}
		if C.jpeg_reader_skip(r.c, r.file(), C.uint(min(n, step))) < 0 {
			return r.err()
		}
	}
	return nil
}

// read decodes up to n rows into pix, stride bytes apart, and returns how many.
func (r *jpegReader) read(pix []byte, stride, n int) int {
	_ = pix[n*stride-1]
	return int(C.jpeg_reader_rows(r.c, r.file(), (*C.uchar)(unsafe.SliceData(pix)), C.size_t(stride), C.int(n)))
}

// gray fills what could not be decoded.
func gray(pix []byte) {
	for p := range slices.Chunk(pix, 4) {
		p[0], p[1], p[2], p[3] = 128, 128, 128, 255
	}
}

// inksToRGBA turns cyan, magenta, yellow, black into opaque RGBA, in place. Adobe's
// programs, and so nearly all others, write the inks inverted: 255 is no ink.
func inksToRGBA(pix []byte, inverted bool) {
	for p := range slices.Chunk(pix, 4) {
		if !inverted {
			p[0], p[1], p[2], p[3] = ^p[0], ^p[1], ^p[2], ^p[3]
		}
		k := int(p[3])
		p[0], p[1], p[2], p[3] = byte(int(p[0])*k/255), byte(int(p[1])*k/255), byte(int(p[2])*k/255), 255
	}
}
