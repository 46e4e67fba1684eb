package photo

import (
	"bytes"
	"encoding/binary"
)

// exifHeader precedes the EXIF block in a JPEG segment, and, against the
// specification but often, in a WebP chunk.
const exifHeader = "Exif\x00\x00"

// EXIF returns the EXIF block of a picture file, which has the form of a TIFF file:
// the first one of a JPEG, PNG or WebP, all of a TIFF, nil where there is none. It
// is a part of data, not a copy, and nothing inside it has been looked at.
func EXIF(data []byte) []byte {
	switch Sniff(data) {
	case JPEG:
		for marker, content := range segments(data) {
			if block, ok := bytes.CutPrefix(content, []byte(exifHeader)); ok && marker == app1 {
				return block
			}
		}
	case PNG:
		return firstChunk(data[8:], binary.BigEndian, 4, 4, "eXIf")
	case WebP:
		return bytes.TrimPrefix(firstChunk(data[12:], binary.LittleEndian, 0, 0, "EXIF"), []byte(exifHeader))
	case TIFF:
		return data
	}
	return nil
}

func firstChunk(data []byte, order binary.ByteOrder, nameAt, checksum int, name string) []byte {
	if found := chunks(data, order, nameAt, checksum, func(s string) bool { return s == name }); len(found) > 0 {
		return found[0]
	}
	return nil
}
