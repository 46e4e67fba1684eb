package photo

import "encoding/binary"

// Canon's own boxes in a CR3, by their UUIDs: as exiftool and others found out, Canon has published nothing.
const (
	uuidCanon        = "\x85\xC0\xB6\x87\x82\x0F\x11\xE0\x81\x11\xF4\xCE\x46\x2B\x6A\x48"
	uuidCanonPreview = "\xEA\xF4\x2B\x5E\x1C\x98\x4B\x88\xB9\xFB\xB7\xDC\x40\x6E\x4D\x16"
)

// cr3 reads a CR3: three EXIF directories, each a TIFF of its own, two small previews in
// boxes, and a large one that is the first sample of a track.
func (s *rawScan) cr3() (x exif) {
	for b := range s.boxes(0, s.size) {
		switch b.kind {
		case "moov":
			for m := range s.boxes(b.from, b.to) {
				switch {
				case m.kind == "trak":
					s.track(m)
				case m.kind == "uuid" && string(s.at(m.from, 16)) == uuidCanon:
					s.canon(m, &x)
				}
			}
		case "uuid":
			const header = 16 + 8 // the name, and two numbers
			if string(s.at(b.from, 16)) == uuidCanonPreview {
				if p, ok := s.find("PRVW", b.from+header, b.to); ok {
					s.inBox(p, 12)
				}
			}
		}
	}
	return x
}

func (s *rawScan) canon(b box, x *exif) {
	for c := range s.boxes(b.from+16, b.to) {
		switch c.kind {
		case "CMT1":
			x.main = s.only(c)
		case "CMT2":
			x.exposure = s.only(c)
		case "CMT4":
			x.place = s.only(c)
		case "THMB":
			s.inBox(c, 8)
		}
	}
}

// only returns the first directory of a TIFF that fills a box.
func (s *rawScan) only(b box) directory {
	t, ok := openTIFF(s.source, b.from)
	if !ok {
		return directory{}
	}
	d, _ := t.directory(t.first)
	return d
}

// inBox adds the JPEG of a box that has its length at a place before it.
func (s *rawScan) inBox(b box, lengthAt int64) {
	for _, header := range []int64{16, 12} { // by the version
		if !isJPEG(s.at(b.from+header, 3)) {
			continue
		}
		length := b.to - b.from - header
		if said := s.at(b.from+lengthAt, 4); header == 16 && said != nil {
			if n := int64(binary.BigEndian.Uint32(said)); n > 0 && n < length {
				length = n
			}
		}
		s.add(b.from+header, length)
		return
	}
}

// track adds the first sample of a track, if it is a JPEG, and learns the size of the picture.
func (s *rawScan) track(b box) {
	for _, kind := range []string{"mdia", "minf", "stbl"} {
		var ok bool
		if b, ok = s.find(kind, b.from, b.to); !ok {
			return
		}
	}
	var off, length int64
	for c := range s.boxes(b.from, b.to) {
		switch c.kind { // ISO/IEC 14496-12, 8.5.2, 8.7.3, 8.7.5
		case "stsd":
			// Version and count, the entry's length and name, 24 bytes, width and height.
			if e := s.at(c.from, 44); e != nil && string(e[12:16]) == "CRAW" {
				s.picture(int64(binary.BigEndian.Uint16(e[40:])), int64(binary.BigEndian.Uint16(e[42:])))
			}
		case "stsz":
			if v := s.at(c.from+4, 4); v != nil {
				length = int64(binary.BigEndian.Uint32(v)) // of all samples, if they are alike
			}
			if v := s.at(c.from+12, 4); v != nil && length == 0 && c.to-c.from >= 16 {
				length = int64(binary.BigEndian.Uint32(v))
			}
		case "co64":
			if v := s.at(c.from+8, 8); v != nil {
				off = int64(binary.BigEndian.Uint64(v))
			}
		case "stco":
			if v := s.at(c.from+8, 4); v != nil {
				off = int64(binary.BigEndian.Uint32(v))
			}
		}
	}
	s.add(off, length)
}
