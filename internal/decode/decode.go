// Package decode turns the bytes of a photo file into upright pixels. A file is read
// once: identity, metadata and pixels come from the same bytes. Every limit against
// files that are broken or made to do harm is here.
package decode

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"os"
	"path/filepath"
	"sync"

	"semblance/internal/photo"
)

// The errors that a photo's failure is told apart by; each is wrapped with what was found.
var (
	// ErrUnsupported says that the file is no picture in a format that is read.
	ErrUnsupported = errors.New("not a picture that can be read")
	// ErrTooLarge says that the file, or the picture it promises, is beyond the limits.
	ErrTooLarge = errors.New("too large")
	// ErrDamaged says that no picture could be got out of the file.
	ErrDamaged = errors.New("damaged")
	// ErrChanged says that the file changed while it was read, as when it is still being copied.
	ErrChanged = errors.New("changed while it was read")
)

// Limits bound what a file may cost before anything is allocated for it. A field
// that is 0 stands for the default.
type Limits struct {
	MaxFileBytes     int64 // size of the file
	MaxPixels        int   // width times height
	MaxSide          int   // width and height
	MaxPixelsPerByte int   // a file much smaller than its picture is a bomb, not a photo
	MaxMemory        int64 // bytes that decoding at full size takes, in formats that have no other size and no Sandbox
}

// DefaultLimits returns limits that every camera's photos keep: 1 GiB, 300 megapixels
// (the largest cameras have 150), sides of 65,500 pixels (what libjpeg takes), 1,000 pixels a byte, 2 GiB
// for a decoding (170 megapixels of PNG or of a TIFF, 70 of a TIFF with 16 bits that is packed as one strip).
func DefaultLimits() Limits {
	return Limits{MaxFileBytes: 1 << 30, MaxPixels: 300e6, MaxSide: 65_500, MaxPixelsPerByte: 1000, MaxMemory: 2 << 30}
}

func (lim Limits) orDefault() Limits {
	d := DefaultLimits()
	return Limits{
		MaxFileBytes:     cmp.Or(lim.MaxFileBytes, d.MaxFileBytes),
		MaxPixels:        cmp.Or(lim.MaxPixels, d.MaxPixels),
		MaxSide:          cmp.Or(lim.MaxSide, d.MaxSide),
		MaxMemory:        cmp.Or(lim.MaxMemory, d.MaxMemory),
		MaxPixelsPerByte: cmp.Or(lim.MaxPixelsPerByte, d.MaxPixelsPerByte),
	}
}

// freePixels may be had for any number of bytes: an empty PNG compresses very well.
const freePixels = 16e6

// Encoded is a photo file in memory. Its methods are safe for concurrent use.
type Encoded struct {
	File   photo.File // as it was before it was read
	ID     photo.ID
	Format photo.Format
	Meta   photo.Meta

	data     []byte   // of a RAW file: the preview that is its picture
	xmp      []byte   // of a RAW file: the packet inside
	adobeRGB bool     // of a RAW file: it says that these are the colours, which a profile can contradict
	sandbox  *Sandbox // nil: there is none
	heif     heif     // of HEIC and AVIF

	mu       sync.Mutex  // guards what follows
	pixels   *image.RGBA // the largest decoding so far, upright, shared with callers
	eighths  int         // the scale of pixels
	regions  float64     // what regions have cost so far, in decodings of the whole
	warnings []string
}

// Decoder reads photo files. The zero value is ready for use, with the default limits; formats
// that need a Sandbox are then ErrUnsupported. Its methods are safe for concurrent use.
type Decoder struct {
	Limits  Limits
	Sandbox *Sandbox // may be nil; the caller closes it, after the last photo
}

// Read reads a photo file. The error is one of this package's, or the system's, and names no path.
func (d Decoder) Read(ctx context.Context, path string) (*Encoded, error) {
	if e, err := d.readRAWFile(ctx, path); e != nil || err != nil {
		return e, err
	}
	file, data, err := d.load(ctx, path)
	if err != nil {
		return nil, err
	}
	e, err := d.FromBytes(filepath.Base(path), data)
	if err != nil {
		return nil, err
	}
	e.File = file
	return e, nil
}

// Identity returns the identity of a photo file as Read does, also of one whose pixels cannot be read. The error names no path.
func (d Decoder) Identity(ctx context.Context, path string) (id photo.ID, err error) {
	defer recovered(&err)
	if e, err := d.readRAWFile(ctx, path); e != nil && err == nil {
		return e.ID, nil
	}
	_, data, err := d.load(ctx, path)
	if err != nil {
		return photo.ID{}, err
	}
	return identity(photo.Sniff(data), data, metadata(data)), nil
}

// identity returns the identity of a photo file in memory. The orientation of a HEIC or AVIF is part of it like that
// of another file, though their pictures come upright out of the decoder.
func identity(f photo.Format, data []byte, m photo.Meta) photo.ID {
	o := m.Orientation
	if isHEIF(f) {
		said, _ := photo.ReadHEIF(data)
		o = said.Turned
	}
	return photo.Identify(data).Oriented(o)
}

// load reads the bytes of a file and sees to it that nobody wrote into it meanwhile.
func (d Decoder) load(ctx context.Context, path string) (photo.File, []byte, error) {
	lim := d.Limits.orDefault()
	before, err := os.Stat(path)
	if err != nil {
		return photo.File{}, nil, plain(err)
	}
	if !before.Mode().IsRegular() {
		return photo.File{}, nil, fmt.Errorf("%w: not a file", ErrUnsupported)
	}
	if before.Size() > lim.MaxFileBytes {
		return photo.File{}, nil, fmt.Errorf("%w: the file has %d MB, the limit is %d", ErrTooLarge, before.Size()>>20, lim.MaxFileBytes>>20)
	}
	data, err := readAll(ctx, path, before.Size())
	if err != nil {
		return photo.File{}, nil, err
	}
	after, err := os.Stat(path)
	if err != nil {
		return photo.File{}, nil, plain(err)
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return photo.File{}, nil, ErrChanged
	}
	return photo.File{Path: path, Size: before.Size(), MTime: before.ModTime()}, data, nil
}

// readAll reads a file of size bytes, a piece at a time: a folder on a slow network must not
// hold up the end of the program. A file that grows meanwhile is read no further.
func readAll(ctx context.Context, path string, size int64) ([]byte, error) {
	f, _, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data := make([]byte, size)
	const piece = 1 << 20
	for rest := data; ; rest = rest[min(piece, len(rest)):] {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if len(rest) == 0 {
			return data, nil
		}
		switch _, err := io.ReadFull(f, rest[:min(piece, len(rest))]); {
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return nil, ErrChanged // it became shorter
		case err != nil:
			return nil, plain(err)
		}
	}
}

// FromBytes is Read for a file that is in memory already. name is what the file is called:
// the content decides about the format, the name only tells RAW files from TIFFs. The data
// belong to the result.
func (d Decoder) FromBytes(name string, data []byte) (_ *Encoded, err error) {
	defer recovered(&err) // the readers are ours and were fuzzed, but a bug in one must not end the program
	if isRAW(name, data) {
		e, err := d.readRAW(context.Background(), bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return nil, err
		}
		e.File = photo.File{Path: name, Size: int64(len(data))}
		return e, nil
	}
	e := &Encoded{
		File:    photo.File{Path: name, Size: int64(len(data))},
		Format:  photo.Sniff(data),
		data:    data,
		sandbox: d.Sandbox,
	}
	lim := d.Limits.orDefault()
	if err := unsupported(e.Format, data); err != nil {
		return nil, err
	}
	e.Meta = metadata(data)
	var w, h int
	switch {
	case isHEIF(e.Format) && d.Sandbox == nil:
		return nil, fmt.Errorf("%w: %v is decoded in a process of its own, and this program starts none", ErrUnsupported, e.Format)
	case isHEIF(e.Format):
		if e.heif, err = readHEIF(e.Format, data, lim); err != nil {
			return nil, err
		}
		w, h = e.heif.turn.UprightSize(e.heif.w, e.heif.h)
		if e.Meta.Orientation.Valid() || e.heif.turned != photo.Upright {
			e.Meta.Orientation = photo.Upright // it was said, and is done by the time there are pixels
		}
	default:
		if w, h, err = size(e.Format, data); err != nil {
			return nil, err
		}
	}
	if err := lim.check(w, h, len(data)); err != nil {
		return nil, err
	}
	e.Meta.StoredW, e.Meta.StoredH = w, h
	if need := e.Cost(0); e.Format != photo.JPEG && !isHEIF(e.Format) && need > lim.MaxMemory {
		return nil, fmt.Errorf("%w: decoding needs %d MB of memory, the limit is %d", ErrTooLarge, need>>20, lim.MaxMemory>>20)
	}
	e.ID = identity(e.Format, data, e.Meta)
	return e, nil
}

func (lim Limits) check(w, h, bytes int) error {
	switch {
	case w <= 0 || h <= 0:
		return fmt.Errorf("%w: the picture has no size (%d x %d)", ErrDamaged, w, h)
	case max(w, h) > lim.MaxSide:
		return fmt.Errorf("%w: %d x %d pixels, the limit is %d for a side", ErrTooLarge, w, h, lim.MaxSide)
	case w > lim.MaxPixels/h:
		return fmt.Errorf("%w: %d x %d pixels, the limit is %d megapixels", ErrTooLarge, w, h, lim.MaxPixels/1e6)
	case w*h > freePixels && w*h/lim.MaxPixelsPerByte > bytes:
		return fmt.Errorf("%w: %d x %d pixels out of %d bytes", ErrTooLarge, w, h, bytes)
	}
	return nil
}

// Size returns the size of the upright photo in pixels.
func (e *Encoded) Size() (w, h int) {
	return e.Meta.Orientation.UprightSize(e.Meta.StoredW, e.Meta.StoredH)
}

// Pixels returns the upright photo, opaque, with its origin at 0, 0, at the smallest
// scale the decoder has (1/8, 1/4, 3/8, 1/2, 1 for JPEG, else 1) whose long side is at least
// longSide pixels; 0 means full size. The largest picture so far is kept: asked for the
// same or less, the same one is returned. So it is shared: it must not be changed.
func (e *Encoded) Pixels(ctx context.Context, longSide int) (*image.RGBA, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.whole(ctx, e.eighthsFor(longSide))
}

// Warnings returns what is wrong with a photo that could be decoded all the same.
// It is complete once pixels were asked for.
func (e *Encoded) Warnings() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]string(nil), e.warnings...)
}

// Release drops the pixels that are kept. Pictures that were handed out stay.
func (e *Encoded) Release() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.pixels, e.regions = nil, 0
}

// plain takes the path out of a system's error: the caller names the file.
func plain(err error) error {
	var p *os.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}
