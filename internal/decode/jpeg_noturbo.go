//go:build !cgo || noturbo

package decode

import (
	"bytes"
	"context"
	"fmt"
	"image"
	"image/draw"
	"image/jpeg"

	"semblance/internal/photo"
)

// turboBuilt tells which decoder is built in.
const turboBuilt = false

func jpegSize(data []byte) (w, h int, err error) {
	if err := jpegLacks(data, false); err != nil {
		return 0, 0, err
	}
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return 0, 0, damaged(photo.JPEG, err)
	}
	return c.Width, c.Height, nil
}

// jpegCoefficients returns how many bytes hold the coefficients of a progressive file while it
// is decoded; 0 for all others.
func jpegCoefficients(data []byte) int64 {
	f, ok := readJPEGFrame(data)
	if !ok || f.marker != 0xC2 {
		return 0
	}
	across, down := 1, 1
	for _, s := range f.sampling {
		across, down = max(across, s[0]), max(down, s[1])
	}
	blocks := int64(0)
	for _, s := range f.sampling {
		blocks += int64((f.w+8*across-1)/(8*across)*s[0]) * int64((f.h+8*down-1)/(8*down)*s[1])
	}
	return blocks * 64 * 4
}

// jpegEighths is always 8: the standard library has no scales.
func jpegEighths(_, _ int) int { return 8 }

// jpegPart decodes a part of a JPEG, upright by o. The whole picture is decoded, but not turned into RGBA.
func jpegPart(ctx context.Context, data []byte, _ int, part image.Rectangle, o photo.Orientation) (*image.RGBA, string, error) {
	if n := jpegCoefficients(data); n > 2*jpegMaxCoefficients {
		return nil, "", fmt.Errorf("%w: several scans need %d MB", ErrTooLarge, n>>20)
	}
	m, err := jpeg.Decode(&reader{Reader: bytes.NewReader(data), ctx: ctx})
	switch {
	case ctx.Err() != nil:
		return nil, "", ctx.Err()
	case err != nil:
		return nil, "", damaged(photo.JPEG, err)
	case part.Empty() || !part.In(m.Bounds()):
		return nil, "", fmt.Errorf("part %v of a picture of %v", part, m.Bounds())
	}
	out := image.NewRGBA(image.Rectangle{Max: part.Size()})
	draw.Draw(out, out.Rect, m, part.Min, draw.Src)
	return turn(out, o), "", nil
}
