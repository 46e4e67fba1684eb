package decode

import (
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"path/filepath"

	"semblance/internal/photo"
)

// ErrNoThumbnail says that a file has no small picture inside, or none that can be the photo's.
var ErrNoThumbnail = errors.New("no thumbnail inside")

const (
	// embeddedRead is how much of a file is read for its thumbnail: the EXIF block of a JPEG has at most 64 KiB and is near the start,
	// and the size of the picture mostly follows soon.
	embeddedRead = 128 << 10
	// embeddedPixels bounds what decoding an embedded thumbnail takes: thumbnails have 160 x 120 pixels (Exif 2.32, 4.8), some
	// cameras write larger ones. It is so little that no budget is asked for it.
	embeddedPixels = 1 << 20
	// leastEmbedded is the long side below which an embedded picture shows nothing.
	leastEmbedded = 64
)

// EmbeddedThumbnail returns the small picture that the camera put into the photo file at path, upright and without the black bars that it has where
// the photo is of another shape. It reads the beginning of the file only, and decodes so little that it takes a few milliseconds. It may not be what the photo shows:
// programs that edit a photo sometimes leave the former thumbnail in it. One of another shape is taken for such a one: then, and where there is none, the error is ErrNoThumbnail.
// The picture is the caller's.
func (d Decoder) EmbeddedThumbnail(ctx context.Context, path string) (*image.RGBA, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, info, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if photo.IsRAW(path) {
		const enough = 400 // pixels: more than a cell of the grid has
		if img, err := d.rawThumbnail(ctx, f, info.Size(), enough); !errors.Is(err, ErrNoThumbnail) {
			return img, err
		}
	}
	data := make([]byte, min(info.Size(), embeddedRead))
	n, err := io.ReadFull(f, data)
	if err != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, plain(err)
	}
	img, err := embedded(ctx, filepath.Base(path), data[:n])
	if errors.Is(err, ErrNoThumbnail) && isHEIF(photo.Sniff(data[:n])) && d.Sandbox != nil && info.Size() <= embeddedHEIF {
		return d.heifThumbnail(ctx, path)
	}
	return img, err
}

// embeddedHEIF is the size of the largest HEIC or AVIF file that is read for its thumbnail, which may be anywhere in it. A phone's has 1 to 5 MB.
const embeddedHEIF = 16 << 20

// heifThumbnail decodes, in the sandbox, the thumbnail of a HEIC or AVIF file that is coded as the picture is.
func (d Decoder) heifThumbnail(ctx context.Context, path string) (*image.RGBA, error) {
	_, data, err := Decoder{Limits: Limits{MaxFileBytes: embeddedHEIF}}.load(ctx, path)
	if err != nil {
		return nil, err
	}
	small := photo.HEIFThumbnail(data)
	if small == nil {
		return nil, ErrNoThumbnail
	}
	f := photo.Sniff(data)
	h, err := readHEIF(f, small, d.Limits.orDefault())
	if err != nil || h.w*h.h > embeddedPixels || max(h.w, h.h) < leastEmbedded {
		return nil, ErrNoThumbnail
	}
	img, _, err := h.pixels(ctx, d.Sandbox, f, small)
	if errors.Is(err, ErrDamaged) {
		return nil, fmt.Errorf("%w: %w", ErrNoThumbnail, err)
	}
	return img, err
}

// embedded returns the thumbnail inside the beginning of a file.
func embedded(ctx context.Context, name string, data []byte) (img *image.RGBA, err error) {
	defer recovered(&err)
	inside := photo.Thumbnail(data)
	if inside == nil || photo.Sniff(inside) != photo.JPEG {
		return nil, ErrNoThumbnail
	}
	e, err := Decoder{Limits: Limits{MaxPixels: embeddedPixels}}.FromBytes(name+" thumbnail.jpg", inside)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoThumbnail, err)
	}
	e.Meta.Orientation = photo.Upright // it is stored as the photo is, and what it says of itself is not asked
	img, err = e.Pixels(ctx, 0)
	if errors.Is(err, ErrDamaged) {
		return nil, fmt.Errorf("%w: %w", ErrNoThumbnail, err)
	}
	if err != nil {
		return nil, err
	}
	if len(e.Warnings()) > 0 || max(img.Rect.Dx(), img.Rect.Dy()) < leastEmbedded {
		return nil, ErrNoThumbnail
	}
	w, h, o := shape(data)
	if w > 0 && h > 0 {
		part, ok := withoutBars(img, w, h)
		if !ok {
			return nil, fmt.Errorf("%w: it has another shape than the photo", ErrNoThumbnail)
		}
		if part != img.Rect {
			img = crop(img, part)
		}
	}
	return turn(img, o), nil
}

// shape returns the size of the stored picture of a file of which the beginning is known, 0 if that does not say it, and how it has to be turned.
func shape(data []byte) (w, h int, o photo.Orientation) {
	f := photo.Sniff(data)
	if isHEIF(f) {
		said, _ := photo.ReadHEIF(data)
		return said.W, said.H, said.Turned
	}
	w, h, err := size(f, data)
	if err != nil {
		w, h = 0, 0
	}
	return w, h, metadata(data).Orientation
}

const (
	// shapeTolerance is the part of a side by which the shape of a thumbnail may differ from the photo's: sides are
	// rounded, by some cameras to whole blocks of 8 pixels.
	shapeTolerance = .03
	// darkest is the mean above which pixels are no black bar, of 255: JPEG leaves traces in it.
	darkest = 24
)

// withoutBars returns the part of a thumbnail of a photo of w x h pixels that shows the photo. ok is false if it is of another shape
// and has no black bars that would make up for it.
func withoutBars(img *image.RGBA, w, h int) (part image.Rectangle, ok bool) {
	r := img.Rect
	tw, th := r.Dx(), r.Dy()
	across := (float64(tw) - float64(th)*float64(w)/float64(h)) / 2 // the width of a bar at the left
	down := (float64(th) - float64(tw)*float64(h)/float64(w)) / 2   // the height of one at the top
	bar, side := down, th
	if across > 0 {
		bar, side = across, tw
	}
	if bar < 1 {
		return r, true
	}
	whole := int(bar)
	first, last := image.Rect(0, 0, tw, whole), image.Rect(0, th-whole, tw, th)
	part = image.Rect(0, whole+1, tw, th-whole-1) // a row at the edge has something of both
	if across > 0 {
		first, last = image.Rect(0, 0, whole, th), image.Rect(tw-whole, 0, tw, th)
		part = image.Rect(whole+1, 0, tw-whole-1, th)
	}
	switch {
	case dark(img, first) && dark(img, last) && !part.Empty():
		return part, true
	case 2*bar <= shapeTolerance*float64(side):
		return r, true
	}
	return r, false
}

// dark reports whether a part of a picture, which is not empty, is black.
func dark(img *image.RGBA, r image.Rectangle) bool {
	sum := 0
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for p := img.Pix[img.PixOffset(r.Min.X, y) : img.PixOffset(r.Max.X-1, y)+4]; len(p) >= 4; p = p[4:] {
			sum += int(p[0]) + int(p[1]) + int(p[2])
		}
	}
	return sum <= darkest*3*r.Dx()*r.Dy()
}
