package photo

import (
	"bytes"
	"encoding/binary"
	"iter"
	"slices"

	"github.com/zeebo/xxh3"
)

// Identify returns the identity of a picture file: the 128-bit xxh3 of the
// picture's own bytes, so that a program that writes metadata into the file does
// not change it. These are, in a JPEG, everything from the first scan (SOS) on; in
// a PNG, the IDAT chunks; in a WebP, the picture chunks; in a TIFF, the strips and tiles of all its
// pictures; in a GIF, all but comments and applications' extensions; in a HEIC or AVIF, the items that
// the primary picture is made of; in a RAW file, its largest preview; in any other
// file, and in one whose structure is damaged, all bytes. Empty data have the zero ID.
//
// xxh3 is no protection against a file that was forged to collide.
func Identify(data []byte) ID {
	if len(data) == 0 {
		return ID{}
	}
	if id, ok := hash(pictureParts(data)); ok {
		return id
	}
	id, _ := hash(only(data))
	return id
}

// IdentifyPreview returns the identity of a RAW file whose largest preview is data. It is that of the preview's
// picture, since other programs change the metadata of previews too, and another one
// than that of a JPEG with the same picture beside the RAW file.
func IdentifyPreview(data []byte) ID {
	id, _ := hash(rawParts(data))
	return id
}

// hash returns the identity of parts one after the other. ok is false if they are empty.
func hash(parts iter.Seq[[]byte]) (id ID, ok bool) {
	h := xxh3.New()
	for p := range parts {
		h.Write(p)
		ok = ok || len(p) > 0
	}
	return ID(h.Sum128().Bytes()), ok
}

func only(part []byte) iter.Seq[[]byte] { return slices.Values([][]byte{part}) }

// pictureParts yields the slices of data that are picture, none if they cannot be told. They are not gathered: a
// file can have as many as a tenth of its bytes.
func pictureParts(data []byte) iter.Seq[[]byte] {
	switch Sniff(data) {
	case JPEG:
		for marker, content := range segments(data) {
			if marker == startOfScan {
				return only(content)
			}
		}
	case PNG:
		return chunks(data[8:], binary.BigEndian, 4, 4, "IDAT")
	case WebP:
		return chunks(data[12:], binary.LittleEndian, 0, 0, "VP8 ", "VP8L", "ALPH", "ANMF")
	case TIFF:
		return slices.Values(tiffPicture(data))
	case GIF:
		if len(data) > 13 {
			return gifPicture(data)
		}
	case RAW:
		if found := Previews(bytes.NewReader(data), int64(len(data))); len(found) > 0 {
			return rawParts(data[found[0].Offset:][:found[0].Length])
		}
	case HEIC, AVIF:
		if f, ok := openHEIF(data); ok {
			return slices.Values(f.picture())
		}
	}
	return slices.Values[[][]byte](nil)
}

// rawParts yields what is picture of a RAW file with that preview.
func rawParts(preview []byte) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		if yield([]byte("RAW")) {
			pictureParts(preview)(yield)
		}
	}
}

// Markers of JPEG (ITU-T T.81, table B.1).
const (
	app1        = 0xE1
	app2        = 0xE2
	startOfScan = 0xDA
)

// segments yields the segments of a JPEG up to the first scan: the marker and the
// content without marker and length. The last is startOfScan with everything from
// its marker to the end of data. As decoders do, it skips bytes that belong to no
// segment; a wrong length ends it.
func segments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(byte, []byte) bool) {
		for i := 2; i+4 <= len(data); {
			if data[i] != 0xFF {
				i++
				continue
			}
			marker := data[i+1]
			switch {
			case marker == 0xFF: // fill byte
				i++
				continue
			case marker <= 0x01 || marker >= 0xD0 && marker <= 0xD7: // no marker, or one without a length
				i += 2
				continue
			case marker == startOfScan:
				yield(marker, data[i:])
				return
			}
			end := i + 2 + int(binary.BigEndian.Uint16(data[i+2:]))
			if end < i+4 || end > len(data) || !yield(marker, data[i+4:end]) {
				return
			}
			i = end
		}
	}
}

// chunks yields the contents of the chunks with one of these names. PNG has the length
// before the name (nameAt 4) and a checksum of 4 bytes behind the content; RIFF has
// the name first (nameAt 0), no checksum, and pads to even lengths.
func chunks(data []byte, order binary.ByteOrder, nameAt, checksum int, names ...string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for rest := data; len(rest) >= 8; {
			length := int64(order.Uint32(rest[4-nameAt:]))
			name := rest[nameAt : nameAt+4]
			content := rest[8:]
			if length > int64(len(content)) {
				length = int64(len(content)) // truncated: what is there is still the picture
			}
			if slices.Contains(names, string(name)) && !yield(content[:length]) {
				return
			}
			next := length + int64(checksum)
			if checksum == 0 {
				next += length % 2
			}
			rest = content[min(next, int64(len(content))):]
		}
	}
}
