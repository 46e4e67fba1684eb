package photo

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"io"
	"math"
	"slices"
)

// A Preview is a JPEG that a camera laid into a RAW file.
type Preview struct {
	Offset, Length int64 // bytes, within the file
	W, H           int   // pixels, as stored
}

// A RAWFile is what is known of a RAW file without reading what the sensor saw.
type RAWFile struct {
	// Meta is what the file says itself; what it leaves out is the largest preview's. Orientation
	// turns the previews. FullW and FullH are set where the file says them, StoredW and StoredH are not.
	Meta Meta
	// Previews are those that show the picture, largest first. The first one is what the
	// photo is for us. Smaller ones may be cropped or have black bars.
	Previews []Preview
	// AdobeRGB tells that the colours of the previews are Adobe RGB: the largest one says so, or, where that says nothing, the
	// RAW file, whose camera was set to it. A profile in a preview counts more.
	AdobeRGB bool

	s source
}

// ReadRAW reads a RAW file in places: directories or boxes, and the headers of previews. CR2, NEF,
// NRW, ARW, SR2, PEF, DNG, SRW, ORF, RW2 and RWL are TIFFs, more or less; CR3 is an ISO media file; RAF
// is its own. ok is false for any other file. At most some hundred KB are read, and nothing is kept open.
func ReadRAW(r io.ReaderAt, size int64) (f RAWFile, ok bool) {
	left := maxBoxes
	f.s = source{r, size, &left}
	found := rawScan{source: f.s}
	var x exif
	head := f.s.at(0, 16)
	switch {
	case head == nil:
		return f, false
	case bytes.HasPrefix(head, []byte(rafMagic)):
		found.raf()
	case string(head[4:12]) == "ftypcrx ":
		x = found.cr3()
	default:
		t, ok := openTIFF(f.s, 0)
		if !ok {
			return f, false
		}
		found.tiff(t)
		x = exifOf(f.s)
	}
	f.Meta = x.meta()
	f.Meta.FullW, f.Meta.FullH = found.fullSize(x)
	f.Previews = found.usable(f.Meta.FullW, f.Meta.FullH)
	f.AdobeRGB = x.adobeRGB() || found.adobeRGB
	if len(f.Previews) > 0 {
		// Most previews are JPEGs with metadata of their own. The RAW's are the ones that other programs write.
		p := f.Previews[0]
		if begin := f.s.at(p.Offset, min(p.Length, 128<<10)); begin != nil {
			f.Meta = f.Meta.or(ReadMeta(begin))
			if own := exifOf(inMemory(EXIF(begin))); own.saysColours() {
				f.AdobeRGB = own.adobeRGB()
			}
		}
	}
	return f, true
}

// XMP returns the packet that lies in the RAW file itself, as XMP does.
func (f RAWFile) XMP() []byte {
	left := maxBoxes
	return rawXMP(source{f.s.r, f.s.size, &left})
}

// Fitting returns the smallest preview whose long side has at least longSide pixels and that has the
// shape of the largest one, so that it is the same picture without bars; else the largest. There has to be one.
func (f RAWFile) Fitting(longSide int) Preview {
	best := f.Previews[0]
	for _, p := range f.Previews[1:] {
		if max(p.W, p.H) >= longSide && differ(p.W, p.H, best.W, best.H) <= sameShape && (p.W > p.H) == (best.W > best.H) {
			best = p
		}
	}
	return best
}

// Previews returns the JPEGs that lie in a RAW file and show its picture, largest first: see ReadRAW.
func Previews(r io.ReaderAt, size int64) []Preview {
	f, _ := ReadRAW(r, size)
	return f.Previews
}

// How much the ratio of the sides of two pictures may differ.
const (
	sameShape    = .02 // rounding
	similarShape = .6  // a square out of a picture of 3:2, and the black edge of a sensor
)

// differ returns by how much one ratio of long and short side is larger than the other: 0 if they are the same.
func differ(w, h, w2, h2 int) float64 {
	a := float64(max(w, h)) / float64(max(min(w, h), 1))
	b := float64(max(w2, h2)) / float64(max(min(w2, h2), 1))
	return math.Max(a, b)/math.Min(a, b) - 1
}

// rawScan collects what a RAW file holds.
type rawScan struct {
	source
	previews []Preview
	w, h     int  // of the largest picture that the directories tell of
	adobeRGB bool // the camera's own note says that it is set to Adobe RGB
}

// maxPreviews bounds how many places are looked at: cameras write three or four.
const maxPreviews = 64

// add keeps what is a JPEG that a decoder can show, within the file.
func (s *rawScan) add(off, length int64) {
	if off <= 0 || length <= 0 || off > s.size-length || len(s.previews) >= maxPreviews ||
		slices.ContainsFunc(s.previews, func(p Preview) bool { return p.Offset == off }) {
		return
	}
	if w, h, ok := s.jpegSize(off, length); ok {
		s.previews = append(s.previews, Preview{off, length, w, h})
	}
}

func (s *rawScan) picture(w, h int64) {
	const most = 1 << 17
	if w > 0 && h > 0 && w < most && h < most && w*h > int64(s.w)*int64(s.h) {
		s.w, s.h = int(w), int(h)
	}
}

// fullSize returns the size of the RAW picture: what EXIF says, if that is not about a
// preview, else that of the largest picture, which may have the sensor's edges.
func (s *rawScan) fullSize(x exif) (w, h int) {
	ew, eh := x.in(tagPixelWidth).number(tagPixelWidth), x.in(tagPixelHeight).number(tagPixelHeight)
	if all := int64(s.w) * int64(s.h); ew > 0 && eh > 0 && ew < 1<<17 && eh < 1<<17 && 2*ew*eh > all {
		return int(ew), int(eh)
	}
	return s.w, s.h
}

// usable sorts the previews and leaves out those that can hardly be the picture: of
// another shape than the RAW.
func (s *rawScan) usable(fullW, fullH int) []Preview {
	keep := slices.DeleteFunc(s.previews, func(p Preview) bool {
		return fullW > 0 && fullH > 0 && differ(p.W, p.H, fullW, fullH) > similarShape
	})
	slices.SortStableFunc(keep, func(a, b Preview) int { return cmp.Compare(b.W*b.H, a.W*a.H) })
	return keep
}

// jpegSize returns the size of a JPEG of 8 bits, baseline or progressive, grey or in
// colour. Lossless ones are the sensor's data, which no decoder shows.
func (s source) jpegSize(off, length int64) (w, h int, ok bool) {
	const maxSegments = 200
	at, end := off+2, off+length
	if b := s.at(off, 3); !isJPEG(b) {
		return 0, 0, false
	}
	for range maxSegments {
		b := s.at(at, 10)
		if b == nil || at+10 > end || b[0] != 0xFF {
			return 0, 0, false
		}
		switch marker := b[1]; {
		case marker == 0xFF:
			at++
			continue
		case marker >= 0xC0 && marker <= 0xC2:
			h, w = int(binary.BigEndian.Uint16(b[5:])), int(binary.BigEndian.Uint16(b[7:]))
			return w, h, b[4] == 8 && (b[9] == 1 || b[9] == 3) && w > 0 && h > 0
		case marker > 0xC2 && marker <= 0xCF && marker != 0xC4 && marker != 0xC8 && marker != 0xCC, marker == startOfScan:
			return 0, 0, false
		}
		at += 2 + int64(binary.BigEndian.Uint16(b[2:]))
	}
	return 0, 0, false
}

// rafMagic is how a file of Fujifilm begins.
const rafMagic = "FUJIFILMCCD-RAW"

// raf reads a file of Fujifilm: its header has the place of the JPEG at 84, and that of a
// list of facts at 92; both big-endian.
func (s *rawScan) raf() {
	head := s.at(84, 16)
	if head == nil {
		return
	}
	be := binary.BigEndian
	s.add(int64(be.Uint32(head)), int64(be.Uint32(head[4:])))
	facts := cursor{b: s.at(int64(be.Uint32(head[8:])), min(int64(be.Uint32(head[12:])), 64<<10))}
	const croppedSize = 0x111
	for n := min(facts.uint(4), 1000); n > 0 && !facts.bad; n-- {
		tag, value := facts.uint(2), cursor{b: facts.take(int(facts.uint(2)))}
		if tag == croppedSize {
			h, w := value.uint(2), value.uint(2)
			s.picture(int64(w), int64(h))
		}
	}
}

// Tags that only RAW files have.
const (
	tagPhotometric    = 0x0106
	tagDefaultCrop    = 0xC620 // DNG: width and height of the picture
	tagJpgFromRaw     = 0x002E // Panasonic
	tagJpgFromRaw2    = 0x0127
	tagSensorTop      = 0x0004 // Panasonic: top, left, bottom, right
	nikonPreview      = 0x0011
	nikonColours      = 0x001E // 1 sRGB, 2 Adobe RGB: as exiftool found out
	olympusSettings   = 0x2020
	olympusPreview    = 0x0101
	olympusPreviewLen = 0x0102
)

// tiff reads all directories: those of previews have a JPEG, that of the RAW has its size.
func (s *rawScan) tiff(t tiff) {
	for _, d := range t.directories() {
		s.picture(d.number(tagImageWidth), d.number(tagImageLength))
		if crop := d.fractions(tagDefaultCrop, 2); len(crop) == 2 && crop[0] > 0 && crop[0] < 1<<17 && crop[1] > 0 && crop[1] < 1<<17 {
			s.picture(int64(crop[0]), int64(crop[1]))
		}
		const sensor, linear = 32803, 34892 // DNG: what the sensor saw, also after interpolation
		if p := d.number(tagPhotometric); p != sensor && p != linear {
			s.add(t.base+d.number(tagJPEGOffset), d.number(tagJPEGLength))
			const oldJPEG, newJPEG = 6, 7
			if c := d.number(tagCompression); c == oldJPEG || c == newJPEG {
				if strips := d.numbers(tagStripOffsets, 1); len(strips) == 1 {
					s.add(t.base+strips[0], d.number(tagStripByteCounts))
				}
			}
		}
		for _, tag := range []uint16{tagJpgFromRaw, tagJpgFromRaw2} {
			if e, ok := d.find(tag); ok && d.chain == 0 {
				off, length := d.place(e)
				s.add(off, length)
			}
		}
		if d.chain == 0 && d.number(tagImageWidth) == 0 { // Panasonic
			s.picture(d.number(tagSensorTop+3)-d.number(tagSensorTop+1), d.number(tagSensorTop+2)-d.number(tagSensorTop))
		}
		if exposure, ok := d.sub(tagExifIFD); ok {
			s.makerNote(exposure)
		}
	}
}

// makerNote finds the preview that Nikon and Olympus lay into their own notes. What
// others have there is found elsewhere too.
func (s *rawScan) makerNote(d directory) {
	e, ok := d.find(tagMakerNote)
	if !ok {
		return
	}
	off, _ := d.place(e)
	head := s.at(off, 16)
	var settings directory
	switch {
	case bytes.HasPrefix(head, []byte("Nikon\x00\x02")):
		t, ok := openTIFF(s.source, off+10)
		if !ok {
			return
		}
		notes, _ := t.directory(t.first)
		s.adobeRGB = notes.number(nikonColours) == 2
		settings, _ = notes.sub(nikonPreview)
		s.add(t.base+settings.number(tagJPEGOffset), settings.number(tagJPEGLength))
		return
	case bytes.HasPrefix(head, []byte("OLYMPUS\x00")):
		settings = s.olympus(off, 12, head[8])
	case bytes.HasPrefix(head, []byte("OM SYSTEM\x00")):
		settings = s.olympus(off, 16, head[12])
	}
	if settings.order != nil {
		s.add(off+settings.number(olympusPreview), settings.number(olympusPreviewLen))
	}
}

// olympus returns the camera settings of a note whose directory begins behind a header.
func (s *rawScan) olympus(base, header int64, order byte) directory {
	t := tiff{source: s.source, base: base, order: binary.LittleEndian}
	if order == 'M' {
		t.order = binary.BigEndian
	}
	notes, _ := t.directory(header)
	settings, _ := notes.sub(olympusSettings)
	return settings
}
