package photo

import (
	"encoding/binary"
	"slices"
)

// Tags of TIFF 6.0, Exif 2.32, DNG 1.6 and XMP part 3 that are used here.
const (
	tagSubfileType     = 0x00FE
	tagImageWidth      = 0x0100
	tagImageLength     = 0x0101
	tagBitsPerSample   = 0x0102
	tagCompression     = 0x0103
	tagStripOffsets    = 0x0111
	tagOrientation     = 0x0112
	tagStripByteCounts = 0x0117
	tagTileOffsets     = 0x0144
	tagTileByteCounts  = 0x0145
	tagSubIFDs         = 0x014A
	tagJPEGOffset      = 0x0201
	tagJPEGLength      = 0x0202
	tagXMP             = 0x02BC
	tagExifIFD         = 0x8769
	tagICC             = 0x8773
	tagGPSIFD          = 0x8825
	tagMakerNote       = 0x927C
)

// Bounds of a TIFF's structure: real files stay far below.
const (
	maxDirectories = 64
	maxEntries     = 2000
)

// A tiff is a file of directories, or a block inside another file: offsets count from base.
type tiff struct {
	source
	base  int64
	order binary.ByteOrder
	first int64 // offset of the first directory
}

// openTIFF reads the header of a TIFF at base. Panasonic and Olympus write numbers of their
// own where TIFF has 42.
func openTIFF(s source, base int64) (tiff, bool) {
	head := s.at(base, 8)
	if head == nil {
		return tiff{}, false
	}
	t := tiff{source: s, base: base}
	switch string(head[:4]) {
	case "II*\x00", "IIU\x00", "IIRO", "IIRS":
		t.order = binary.LittleEndian
	case "MM\x00*", "MMOR":
		t.order = binary.BigEndian
	default:
		return tiff{}, false
	}
	t.first = int64(t.order.Uint32(head[4:]))
	return t, true
}

// A directory is a list of entries (TIFF 6.0, section 2).
type directory struct {
	tiff
	entries []entry
	next    int64 // offset of the next one, 0 at the end
	chain   int   // its place in the list that begins with the first directory; -1 if another one points to it
}

type entry struct {
	tag, kind uint16
	count     uint32
	value     [4]byte // or the offset where it lies
}

func (t tiff) directory(off int64) (d directory, ok bool) {
	head := t.at(t.base+off, 2)
	if off <= 0 || head == nil {
		return d, false
	}
	n := int64(t.order.Uint16(head))
	if n > maxEntries {
		return d, false
	}
	d.tiff = t
	all := t.at(t.base+off+2, n*12)
	if all == nil && n > 0 {
		return d, false
	}
	d.entries = make([]entry, n)
	for i := range d.entries {
		b := all[i*12:]
		d.entries[i] = entry{t.order.Uint16(b), t.order.Uint16(b[2:]), t.order.Uint32(b[4:]), [4]byte(b[8:12])}
	}
	if b := t.at(t.base+off+2+n*12, 4); b != nil {
		d.next = int64(t.order.Uint32(b))
	}
	return d, true
}

// directories returns the directories of a file: those of the chain, and those that
// their SubIFDs point to. A loop, or more than maxDirectories, ends it.
func (t tiff) directories() []directory {
	type place struct {
		off   int64
		chain int
	}
	queue := []place{{t.first, 0}}
	var all []directory
	seen := map[int64]bool{}
	for len(queue) > 0 && len(all) < maxDirectories {
		p := queue[0]
		queue = queue[1:]
		if seen[p.off] {
			continue
		}
		seen[p.off] = true
		d, ok := t.directory(p.off)
		if !ok {
			continue
		}
		d.chain = p.chain
		all = append(all, d)
		if d.next != 0 && p.chain >= 0 {
			queue = append(queue, place{d.next, p.chain + 1})
		}
		for _, off := range d.numbers(tagSubIFDs, maxDirectories) {
			queue = append(queue, place{off, -1})
		}
	}
	return all
}

// sub returns the directory that an entry points to.
func (d directory) sub(tag uint16) (directory, bool) {
	off := d.numbers(tag, 1)
	if len(off) == 0 {
		return directory{}, false
	}
	s, ok := d.directory(off[0])
	s.chain = -1
	return s, ok
}

func (d directory) find(tag uint16) (entry, bool) {
	i := slices.IndexFunc(d.entries, func(e entry) bool { return e.tag == tag })
	if i < 0 {
		return entry{}, false
	}
	return d.entries[i], true
}

// Sizes of the types of values, by their numbers: BYTE ASCII SHORT LONG RATIONAL SBYTE
// UNDEFINED SSHORT SLONG SRATIONAL FLOAT DOUBLE IFD.
var kindSizes = [...]int64{0, 1, 1, 2, 4, 8, 1, 1, 2, 4, 8, 4, 8, 4}

// Types of values.
const (
	kindByte      = 1
	kindText      = 2
	kindShort     = 3
	kindLong      = 4
	kindRational  = 5
	kindUndefined = 7
	kindSShort    = 8
	kindSLong     = 9
	kindSRational = 10
	kindIFD       = 13
)

// place returns where the value of an entry lies in the file and how long it is, with
// off -1 for a value in the entry itself.
func (d directory) place(e entry) (off, length int64) {
	if int(e.kind) >= len(kindSizes) {
		return -1, 0
	}
	length = kindSizes[e.kind] * int64(e.count)
	if length <= int64(len(e.value)) {
		return -1, length
	}
	return d.base + int64(d.order.Uint32(e.value[:])), length
}

// bytes returns the value of an entry of at most limit bytes, nil if there is none.
func (d directory) bytes(tag uint16, limit int64) []byte {
	e, ok := d.find(tag)
	if _, length := d.place(e); !ok || length > limit {
		return nil
	}
	return d.prefix(e, limit)
}

// prefix returns the value of an entry, or its first limit bytes.
func (d directory) prefix(e entry, limit int64) []byte {
	off, length := d.place(e)
	length = min(length, limit)
	switch {
	case length == 0:
		return nil
	case off < 0:
		return slices.Clone(e.value[:length])
	}
	return d.at(off, length)
}

// numbers returns the whole numbers of an entry, nil if there are none or more than limit.
func (d directory) numbers(tag uint16, limit int) []int64 {
	e, ok := d.find(tag)
	if !ok || int64(e.count) > int64(limit) {
		return nil
	}
	return d.whole(e, limit)
}

// number returns the first whole number of an entry, 0 if there is none.
func (d directory) number(tag uint16) int64 {
	if e, ok := d.find(tag); ok {
		if n := d.whole(e, 1); len(n) > 0 {
			return n[0]
		}
	}
	return 0
}

// whole returns the first limit whole numbers of an entry.
func (d directory) whole(e entry, limit int) []int64 {
	if int(e.kind) >= len(kindSizes) || kindSizes[e.kind] == 0 {
		return nil
	}
	size := kindSizes[e.kind]
	b := d.prefix(e, size*int64(limit))
	out := make([]int64, 0, int64(len(b))/size)
	switch e.kind {
	case kindByte, kindUndefined:
		for _, v := range b {
			out = append(out, int64(v))
		}
	case kindShort:
		for ; len(b) >= 2; b = b[2:] {
			out = append(out, int64(d.order.Uint16(b)))
		}
	case kindSShort:
		for ; len(b) >= 2; b = b[2:] {
			out = append(out, int64(int16(d.order.Uint16(b))))
		}
	case kindSLong:
		for ; len(b) >= 4; b = b[4:] {
			out = append(out, int64(int32(d.order.Uint32(b))))
		}
	case kindLong, kindIFD:
		for ; len(b) >= 4; b = b[4:] {
			out = append(out, int64(d.order.Uint32(b)))
		}
	}
	return out
}

// tiffPicture returns the strips and tiles of all pictures of a TIFF, nil if it has none or
// they overlap. Offsets are metadata: a program that adds some moves the pictures.
func tiffPicture(data []byte) [][]byte {
	t, ok := openTIFF(inMemory(data), 0)
	if !ok {
		return nil
	}
	var parts [][]byte
	total, left := 0, maxStrips
	for _, d := range t.directories() {
		for _, tags := range [][2]uint16{{tagStripOffsets, tagStripByteCounts}, {tagTileOffsets, tagTileByteCounts}, {tagJPEGOffset, tagJPEGLength}} {
			offsets, lengths := d.numbers(tags[0], left), d.numbers(tags[1], left)
			left -= max(len(offsets), len(lengths))
			for i := range min(len(offsets), len(lengths)) {
				if offsets[i] >= 0 && offsets[i] < int64(len(data)) && lengths[i] > 0 {
					p := data[offsets[i]:min(offsets[i]+lengths[i], int64(len(data)))]
					total += len(p)
					parts = append(parts, p)
				}
			}
		}
	}
	if total > len(data) {
		return nil
	}
	return parts
}

// maxStrips bounds the strips and tiles of all pictures: 300 megapixels in rows of 300, or in tiles of 16 x 16, have a million.
const maxStrips = 1 << 20

// PlainTIFF reports whether the first picture of a TIFF is one that cameras, scanners and editors write: strips of samples of 8 or 16 bits,
// as they are, or compressed by LZW, Deflate or PackBits (TIFF 6.0, sections 3, 9 and 13; Adobe Photoshop TIFF Technical Notes). Others, fax pages
// and tiles among them, are rare, and their decoders little tried.
func PlainTIFF(data []byte) bool {
	t, ok := openTIFF(inMemory(data), 0)
	if !ok {
		return false
	}
	d, ok := t.directory(t.first)
	if _, tiled := d.find(tagTileOffsets); !ok || tiled {
		return false
	}
	for _, bits := range d.numbers(tagBitsPerSample, maxSamples) {
		if bits != 8 && bits != 16 {
			return false
		}
	}
	const none, lzw, deflate, oldDeflate, packBits = 1, 5, 8, 32946, 32773
	_, strips := d.find(tagStripOffsets)
	_, depth := d.find(tagBitsPerSample)
	return strips && depth && slices.Contains([]int64{0, none, lzw, deflate, oldDeflate, packBits}, d.number(tagCompression))
}

// maxSamples bounds the samples of a pixel: colours and their opacity.
const maxSamples = 8

// TIFFBlocks are the strips or tiles that the first picture of a TIFF is made of.
type TIFFBlocks struct {
	W, H        int64 // of each, in pixels
	Bits        int64 // of a pixel
	Deepest     int64 // bits of a sample
	Compression int64 // TIFF 6.0, section 3 and later: 1 none, 5 LZW, 8 and 32946 deflate, 32773 PackBits
	Tiles       bool  // they are tiles
	Offsets     []int64
	Lengths     []int64
}

// ReadTIFFBlocks returns the blocks of a TIFF in memory; ok is false where it does not say them. The numbers are the file's: a block may lie
// outside.
func ReadTIFFBlocks(data []byte) (b TIFFBlocks, ok bool) {
	const tagBitsPerSample, tagSamplesPerPixel, tagRowsPerStrip, tagTileWidth, tagTileLength = 0x0102, 0x0115, 0x0116, 0x0142, 0x0143
	t, ok := openTIFF(inMemory(data), 0)
	if !ok {
		return b, false
	}
	d, ok := t.directory(t.first)
	if !ok {
		return b, false
	}
	b.W, b.H, b.Compression = d.number(tagImageWidth), d.number(tagImageLength), d.number(tagCompression)
	offsets, lengths := uint16(tagStripOffsets), uint16(tagStripByteCounts)
	if w := d.number(tagTileWidth); w != 0 {
		b.W, b.H, b.Tiles = w, d.number(tagTileLength), true
		offsets, lengths = tagTileOffsets, tagTileByteCounts
	} else if rows := d.number(tagRowsPerStrip); rows > 0 {
		b.H = min(b.H, rows)
	}
	const most = 1 << 20 // of a side
	samples := d.numbers(tagBitsPerSample, 16)
	for _, n := range samples {
		b.Bits += min(max(n, 0), 64)
		b.Deepest = max(b.Deepest, min(n, 64))
	}
	b.Bits, b.Deepest = max(b.Bits, 1), max(b.Deepest, 1)
	if n := d.number(tagSamplesPerPixel); len(samples) == 1 && n > 1 {
		b.Bits *= min(n, 16)
	}
	b.Offsets, b.Lengths = d.numbers(offsets, maxStrips), d.numbers(lengths, maxStrips)
	return b, b.W > 0 && b.H > 0 && b.W <= most && b.H <= most
}
