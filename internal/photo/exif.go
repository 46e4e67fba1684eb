package photo

import (
	"bytes"
	"encoding/binary"
)

// exifHeader precedes the EXIF block in a JPEG segment, and, against the
// specification but often, in a WebP chunk.
const exifHeader = "Exif\x00\x00"

// EXIF returns the EXIF block of a picture file, which has the form of a TIFF file:
// the first one of a JPEG, PNG, WebP, HEIC or AVIF, all of a TIFF and of a RAW file that is
// one inside, nil where there is none. It is a part of data where that can be; nothing inside it has
// been looked at. The beginning of a file is enough if the block lies there.
func EXIF(data []byte) []byte {
	switch Sniff(data) {
	case JPEG:
		for marker, content := range segments(data) {
			if block, ok := bytes.CutPrefix(content, []byte(exifHeader)); ok && marker == app1 {
				return block
			}
		}
	case PNG:
		if block := firstChunk(data[8:], binary.BigEndian, 4, 4, "eXIf"); block != nil {
			return block
		}
		for _, name := range []string{"exif", "APP1"} {
			if block, ok := bytes.CutPrefix(rawProfile(data, name), []byte(exifHeader)); ok {
				return block
			}
		}
	case WebP:
		return bytes.TrimPrefix(firstChunk(data[12:], binary.LittleEndian, 0, 0, "EXIF"), []byte(exifHeader))
	case HEIC, AVIF:
		if f, ok := openHEIF(data); ok {
			return f.exif()
		}
	case TIFF:
		return data
	case RAW:
		if _, ok := openTIFF(inMemory(data), 0); ok {
			return data
		}
	}
	return nil
}

func firstChunk(data []byte, order binary.ByteOrder, nameAt, checksum int, name string) []byte {
	for content := range chunks(data, order, nameAt, checksum, name) {
		return content
	}
	return nil
}
