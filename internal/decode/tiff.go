package decode

import (
	"bufio"
	"bytes"
	"cmp"
	"compress/zlib"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"

	"golang.org/x/image/tiff/lzw"

	"semblance/internal/photo"
)

// The TIFF decoder unpacks a strip or tile as a whole, and some programs write pictures of one strip. It takes up to eight bytes
// a pixel of it, however few bits the file says a pixel has, in a buffer that doubles: so a small file could make it
// take 24 bytes a pixel. What strips hold is counted first, where that could be much.

// tiffCost returns what the decoder takes for pixels pixels beside the result, in bytes.
func tiffCost(data []byte, pixels int64) int64 {
	b, ok := photo.ReadTIFFBlocks(data)
	if !ok {
		return 8 * pixels
	}
	need := 4 * pixels
	if b.Deepest > 8 {
		need = 8 * pixels
	}
	if oneLargeStrip(data, b) {
		return need + 8*freeBlock
	}
	// A buffer and the one of half the size or more that it was copied from, when it grew by half or to twice the size.
	return need + 3*unpacked(b)
}

// unpacked is how many bytes a block has that holds what it should.
func unpacked(b photo.TIFFBlocks) int64 { return b.H * ((b.W*b.Bits + 7) / 8) }

// freeBlock is how many pixels a block may have without being looked at: 48 MB, with all it takes.
const freeBlock = 2 << 20

// checkTIFF returns an error if a block of a TIFF holds much more than its part of the picture has bytes.
func checkTIFF(ctx context.Context, data []byte) error {
	b, ok := photo.ReadTIFFBlocks(data)
	if !ok || b.W*b.H <= freeBlock {
		return nil
	}
	const padding = 64 << 10
	most := unpacked(b) + unpacked(b)/8 + padding
	for i := range min(len(b.Offsets), len(b.Lengths)) {
		off, length := b.Offsets[i], b.Lengths[i]
		if off < 0 || length < 0 || off > int64(len(data)) {
			continue
		}
		part := &reader{Reader: bytes.NewReader(data[off:min(off+length, int64(len(data)))]), ctx: ctx}
		var r io.Reader
		switch b.Compression {
		case 5:
			r = lzw.NewReader(part, lzw.MSB, 8)
		case 8, 32946:
			var err error
			if r, err = zlib.NewReader(part); err != nil {
				continue // the decoder says so
			}
		case 32773:
			r = &packBits{r: bufio.NewReader(part)}
		default:
			return nil // it cannot hold more than there is, or than the picture has
		}
		n, err := io.Copy(io.Discard, io.LimitReader(r, most+1))
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case n > most:
			return fmt.Errorf("%w TIFF: a part of %d x %d pixels holds more than they have", ErrDamaged, b.W, b.H)
		case err != nil:
			return nil //nolint:nilerr // the decoder meets it too, and no later
		}
	}
	return nil
}

// packBits reads as many zeros as PackBits data unpack to (TIFF 6.0, section 9).
type packBits struct {
	r    *bufio.Reader
	left int
}

// Read implements io.Reader.
func (p *packBits) Read(b []byte) (int, error) {
	for p.left == 0 {
		code, err := p.r.ReadByte()
		if err != nil {
			return 0, err
		}
		switch n := int(int8(code)); {
		case n >= 0:
			p.left = n + 1
			_, err = p.r.Discard(n + 1)
		case n > -128:
			p.left = 1 - n
			_, err = p.r.ReadByte()
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return 0, err
		}
	}
	n := min(p.left, len(b))
	clear(b[:n])
	p.left -= n
	return n, nil
}

// inStrips gives the decoder a TIFF of one large strip that is not packed, as Photoshop writes them, as one of many small strips, so
// that it needs no copy of the whole: the same bytes, with a directory of ours behind them. Any other stays what it is.
func inStrips(data []byte) io.ReaderAt {
	b, ok := photo.ReadTIFFBlocks(data)
	if !ok || !oneLargeStrip(data, b) {
		return bytes.NewReader(data)
	}
	var order interface {
		binary.ByteOrder
		binary.AppendByteOrder
	} = binary.LittleEndian
	if data[0] == 'M' {
		order = binary.BigEndian
	}
	at := int64(order.Uint32(data[4:]))
	entries := data[at+2:][:12*int64(order.Uint16(data[at:]))] // it was read, and so is there
	rows := max(1, freeBlock/16/b.W)
	row := unpacked(b) / b.H
	var offsets, lengths []byte
	for y := int64(0); y < b.H; y += rows {
		offsets = order.AppendUint32(offsets, uint32(b.Offsets[0]+y*row))
		lengths = order.AppendUint32(lengths, uint32(min(rows, b.H-y)*row))
	}
	const stripOffsets, rowsPerStrip, stripByteCounts, long = 273, 278, 279, 4
	directory := make([][]byte, 0, len(entries)/12+1)
	for e := range slices.Chunk(entries, 12) {
		if tag := order.Uint16(e); tag != stripOffsets && tag != rowsPerStrip && tag != stripByteCounts {
			directory = append(directory, e)
		}
	}
	entry := func(tag uint16, count int, value int64) {
		e := order.AppendUint16(order.AppendUint16(nil, tag), long)
		directory = append(directory, order.AppendUint32(order.AppendUint32(e, uint32(count)), uint32(value)))
	}
	start := int64(len(data))
	behind := start + 2 + 12*int64(len(directory)+3) + 4
	count := len(offsets) / 4
	entry(stripOffsets, count, behind)
	entry(rowsPerStrip, 1, rows)
	entry(stripByteCounts, count, behind+int64(len(offsets)))
	slices.SortStableFunc(directory, func(a, b []byte) int { return cmp.Compare(order.Uint16(a), order.Uint16(b)) })
	tail := order.AppendUint16(nil, uint16(len(directory)))
	tail = slices.Concat(append(tail, slices.Concat(directory...)...), make([]byte, 4), offsets, lengths)
	return pieces{append(slices.Clone(data[:4]), order.AppendUint32(nil, uint32(start))...), data[8:], tail}
}

// oneLargeStrip reports whether inStrips can help. More than one strip at the least must come of it.
func oneLargeStrip(data []byte, b photo.TIFFBlocks) bool {
	return b.Compression <= 1 && len(b.Offsets) == 1 && len(b.Lengths) == 1 && b.W*b.H > freeBlock && b.Offsets[0] > 0 &&
		b.Lengths[0] >= unpacked(b) && b.Offsets[0]+unpacked(b) <= int64(len(data)) && len(data) < 1<<31 && !b.Tiles
}

// pieces are read one after the other.
type pieces [][]byte

// ReadAt implements io.ReaderAt.
func (s pieces) ReadAt(p []byte, off int64) (n int, err error) {
	for _, piece := range s {
		if off < int64(len(piece)) {
			k := copy(p[n:], piece[off:])
			n, off = n+k, off+int64(k)
		}
		if n == len(p) {
			return n, nil
		}
		off -= int64(len(piece))
	}
	return n, io.EOF
}
