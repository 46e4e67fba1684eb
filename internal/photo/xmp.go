package photo

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
)

// Headers of the segments of a JPEG that hold XMP (XMP part 3, 1.1.3).
const (
	xmpHeader         = "http://ns.adobe.com/xap/1.0/\x00"
	extendedXMPHeader = "http://ns.adobe.com/xmp/extension/\x00"
)

// XMP returns the XMP packet that lies in a picture file (XMP part 3), as it was written, nil where
// there is none. It has at most 16 MiB, and nothing inside it has been looked at.
//
// A JPEG may have the rest of a packet that was too long in segments of its own. If all
// of it is there, its rdf:RDF stands behind the one of the packet, so that it is one
// document with two of them.
func XMP(data []byte) []byte {
	var packet []byte
	switch Sniff(data) {
	case JPEG:
		packet = jpegXMP(data)
	case PNG:
		packet = pngXMP(data)
	case WebP:
		packet = firstChunk(data[12:], binary.LittleEndian, 0, 0, "XMP ")
	case GIF:
		packet = gifXMP(data)
	case HEIC, AVIF:
		if f, ok := openHEIF(data); ok {
			packet = f.xmp()
		}
	case TIFF, RAW:
		packet = rawXMP(inMemory(data))
	}
	if len(packet) > maxMetadata {
		return nil
	}
	return packet
}

func pngXMP(data []byte) []byte {
	for text := range pngTexts(data, "iTXt", "XML:com.adobe.xmp") {
		c := cursor{b: text}
		compressed := c.uint(2) // flag, method
		c.text()                // language
		c.text()                // the keyword in that language
		switch {
		case c.bad:
		case compressed == 0x0100:
			return inflate(c.b)
		case compressed>>8 == 0:
			return c.b
		}
	}
	if packet := rawProfile(data, "xmp"); packet != nil {
		return packet
	}
	packet, _ := bytes.CutPrefix(rawProfile(data, "APP1"), []byte(xmpHeader))
	if bytes.HasPrefix(packet, []byte(exifHeader)) {
		return nil
	}
	return packet
}

// maxExtensions bounds the long packets of a JPEG: there is one, and a program that copies segments may have left others'.
const maxExtensions = 16

func jpegXMP(data []byte) []byte {
	var packet []byte
	type piece struct {
		off     uint32
		content []byte
	}
	type extension struct {
		length uint32
		pieces []piece
	}
	extensions := map[string]*extension{}
	for marker, content := range segments(data) {
		if marker != app1 {
			continue
		}
		if main, ok := bytes.CutPrefix(content, []byte(xmpHeader)); ok && packet == nil {
			packet = main
		}
		// 32 digits that name the packet, its length, where this piece belongs, the piece.
		rest, ok := bytes.CutPrefix(content, []byte(extendedXMPHeader))
		if !ok || len(rest) <= 40 {
			continue
		}
		name := string(rest[:32])
		e := extensions[name]
		if e == nil {
			if len(extensions) >= maxExtensions {
				continue
			}
			e = &extension{length: binary.BigEndian.Uint32(rest[32:])}
			extensions[name] = e
		}
		e.pieces = append(e.pieces, piece{binary.BigEndian.Uint32(rest[36:]), rest[40:]})
	}
	for name, e := range extensions {
		if e.length > maxMetadata || !bytes.Contains(packet, []byte(name)) {
			continue // another picture's
		}
		slices.SortFunc(e.pieces, func(a, b piece) int { return cmp.Compare(a.off, b.off) })
		var all []byte
		for _, p := range e.pieces {
			if int(p.off) == len(all) {
				all = append(all, p.content...)
			}
		}
		if len(all) == int(e.length) {
			return withRDF(packet, all)
		}
	}
	return packet
}

// withRDF puts the rdf:RDF element of more behind that of a packet.
func withRDF(packet, more []byte) []byte {
	const opening, closing = "<rdf:RDF", "</rdf:RDF>"
	at := bytes.LastIndex(packet, []byte(closing))
	from, to := bytes.Index(more, []byte(opening)), bytes.LastIndex(more, []byte(closing))
	if at < 0 || from < 0 || to < from {
		return packet
	}
	at += len(closing)
	return slices.Concat(packet[:at], []byte("\n"), more[from:to+len(closing)], packet[at:])
}

// rawXMP returns the packet of a TIFF, of a RAW file that is one inside, or of a CR3; of a RAF that of its JPEG,
// where programs write it.
func rawXMP(s source) []byte {
	if head := s.at(0, 92); bytes.HasPrefix(head, []byte(rafMagic)) {
		const enough = 1 << 20 // it lies before the picture
		length := int64(binary.BigEndian.Uint32(head[88:]))
		return jpegXMP(s.at(int64(binary.BigEndian.Uint32(head[84:])), min(length, enough)))
	}
	if t, ok := openTIFF(s, 0); ok {
		d, _ := t.directory(t.first)
		return d.bytes(tagXMP, maxMetadata)
	}
	for b := range s.boxes(0, s.size) {
		if b.kind == "uuid" && string(s.at(b.from, 16)) == uuidXMP {
			return s.at(b.from+16, b.to-b.from-16)
		}
	}
	return nil
}

// uuidXMP names the box of an ISO media file with an XMP packet (XMP part 3, 1.2.7).
const uuidXMP = "\xBE\x7A\xCF\xCB\x97\xA9\x42\xE8\x9C\x71\x99\x94\x91\xE3\xAF\xAC"
