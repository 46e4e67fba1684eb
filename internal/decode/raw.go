package decode

import (
	"context"
	"fmt"
	"image"
	"io"
	"os"

	"semblance/internal/photo"
)

// isRAW reports whether a file is a camera's RAW file: by its content, and by its name where the content could also be a TIFF. A
// JPEG that is called RAW is a JPEG. head is the file, or its beginning.
func isRAW(name string, head []byte) bool {
	f := photo.Sniff(head)
	return f == photo.RAW || f == photo.TIFF && photo.IsRAW(name)
}

// openRAW opens a file that is called RAW and is one. It gives nil for any other, without an error.
func openRAW(path string) (f *os.File, info os.FileInfo, err error) {
	if !photo.IsRAW(path) {
		return nil, nil, nil
	}
	if f, info, err = openFile(path); err != nil {
		return nil, nil, nil //nolint:nilerr // whoever reads all of it tells why that cannot be
	}
	head := make([]byte, 32)
	if n, err := f.ReadAt(head, 0); n < len(head) || !isRAW(path, head) {
		_ = f.Close()
		if err != nil && err != io.EOF {
			return nil, nil, plain(err)
		}
		return nil, nil, nil
	}
	return f, info, nil
}

// readRAWFile is Read for files that are called RAW: of these only what is needed is read. It gives nil for any other, without an error.
func (d Decoder) readRAWFile(ctx context.Context, path string) (*Encoded, error) {
	f, before, err := openRAW(path)
	if f == nil {
		return nil, err
	}
	defer f.Close()
	e, err := d.readRAW(ctx, f, before.Size())
	if err != nil {
		return nil, err
	}
	after, err := os.Stat(path)
	if err != nil {
		return nil, plain(err)
	}
	if after.Size() != before.Size() || !after.ModTime().Equal(before.ModTime()) {
		return nil, ErrChanged
	}
	e.File = photo.File{Path: path, Size: before.Size(), MTime: before.ModTime()}
	return e, nil
}

// readRAW reads a RAW file in places: its metadata and the preview that is its picture.
func (d Decoder) readRAW(ctx context.Context, r io.ReaderAt, size int64) (e *Encoded, err error) {
	defer recovered(&err)
	raw, ok := photo.ReadRAW(r, size)
	switch {
	case !ok:
		return nil, fmt.Errorf("%w: RAW files of this kind are not supported", ErrUnsupported)
	case len(raw.Previews) == 0:
		return nil, fmt.Errorf("%w: the RAW file has no JPEG preview inside", ErrUnsupported)
	}
	e = &Encoded{Format: photo.RAW, Meta: raw.Meta, adobeRGB: raw.AdobeRGB}
	best := raw.Previews[0]
	if e.data, err = d.readPreview(ctx, r, best); err != nil {
		return nil, err
	}
	e.Meta.StoredW, e.Meta.StoredH, err = jpegSize(e.data)
	if err != nil {
		return nil, err
	}
	if err := d.Limits.orDefault().check(e.Meta.StoredW, e.Meta.StoredH, len(e.data)); err != nil {
		return nil, err
	}
	e.xmp = raw.XMP()
	e.ID = photo.IdentifyPreview(e.data).Oriented(e.Meta.Orientation)
	if w := smallPreview(e.Meta); w != "" {
		e.warnings = append(e.warnings, w)
	}
	return e, nil
}

// smallPreview says that the preview is so small that faces in a group have too few pixels.
func smallPreview(m photo.Meta) string {
	const enough = 1000
	if max(m.StoredW, m.StoredH) >= enough || 2*max(m.StoredW, m.StoredH) > max(m.FullW, m.FullH) {
		return ""
	}
	return fmt.Sprintf("the RAW file holds only a small preview, of %d × %d pixels: small faces are missed", m.StoredW, m.StoredH)
}

// readPreview reads a preview, a piece at a time.
func (d Decoder) readPreview(ctx context.Context, r io.ReaderAt, p photo.Preview) ([]byte, error) {
	if limit := d.Limits.orDefault().MaxFileBytes; p.Length > limit {
		return nil, fmt.Errorf("%w: the preview has %d MB, the limit is %d", ErrTooLarge, p.Length>>20, limit>>20)
	}
	data := make([]byte, p.Length)
	const piece = 1 << 20
	for at := int64(0); at < p.Length; at += piece {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		end := min(at+piece, p.Length)
		if n, err := r.ReadAt(data[at:end], p.Offset+at); int64(n) < end-at {
			if err == io.EOF {
				return nil, ErrChanged // it became shorter
			}
			return nil, plain(err)
		}
	}
	return data, nil
}

// rawThumbnailMemory is the most that showing a RAW file's preview at a small scale may take, in bytes: no budget is asked for it, as for a thumbnail
// in EXIF. A preview of several scans, as no camera is known to write, takes more, and is decoded like any photo.
const rawThumbnailMemory = 64 << 20

// rawThumbnail returns the smallest preview of a RAW file that shows the whole picture with a long side of at
// least longSide pixels, upright, decoded at the smallest scale that has these.
func (d Decoder) rawThumbnail(ctx context.Context, r io.ReaderAt, size int64, longSide int) (img *image.RGBA, err error) {
	defer recovered(&err)
	raw, ok := photo.ReadRAW(r, size)
	if !ok || len(raw.Previews) == 0 {
		return nil, ErrNoThumbnail
	}
	data, err := d.readPreview(ctx, r, raw.Fitting(longSide))
	if err != nil {
		return nil, err
	}
	e, err := d.FromBytes("preview.jpg", data)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoThumbnail, err)
	}
	if e.Cost(longSide) > rawThumbnailMemory {
		return nil, fmt.Errorf("%w: decoding the preview takes %d MB", ErrNoThumbnail, e.Cost(longSide)>>20)
	}
	e.Meta.Orientation, e.adobeRGB = raw.Meta.Orientation, raw.AdobeRGB // what it says of itself does not count
	return e.Pixels(ctx, longSide)
}

// coded returns the format of the bytes that are decoded.
func (e *Encoded) coded() photo.Format {
	if e.Format == photo.RAW {
		return photo.JPEG
	}
	return e.Format
}
