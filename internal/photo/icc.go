package photo

import (
	"bytes"
	"encoding/binary"
)

// ICC returns the colour profile of a picture file (ICC.1, annex B), nil where there is
// none, or where a part of it is missing. Nothing inside it has been looked at; it has at most 16 MiB.
func ICC(data []byte) []byte {
	var icc []byte
	switch Sniff(data) {
	case JPEG:
		icc = jpegICC(data)
	case PNG:
		c := firstChunk(data[8:], binary.BigEndian, 4, 4, "iCCP")
		if _, rest, ok := bytes.Cut(c, []byte{0}); ok && len(rest) > 1 && rest[0] == 0 { // name, method
			icc = inflate(rest[1:])
		}
	case WebP:
		icc = firstChunk(data[12:], binary.LittleEndian, 0, 0, "ICCP")
	case GIF:
		icc = gifApplication(data, "ICCRGBG1012")
	case HEIC, AVIF:
		h, _ := ReadHEIF(data)
		icc = h.ICC
	case TIFF, RAW:
		if t, ok := openTIFF(inMemory(data), 0); ok {
			if d, ok := t.directory(t.first); ok {
				icc = d.bytes(tagICC, maxMetadata)
			}
		}
	}
	if len(icc) > maxMetadata {
		return nil
	}
	return icc
}

// jpegICC joins the pieces of a profile: each says which one it is, and of how many (ICC.1, B.4).
func jpegICC(data []byte) []byte {
	const header = "ICC_PROFILE\x00"
	var pieces [256][]byte
	count, found := 0, 0
	for marker, content := range segments(data) {
		piece, ok := bytes.CutPrefix(content, []byte(header))
		if marker != app2 || !ok || len(piece) < 2 {
			continue
		}
		number, of := piece[0], int(piece[1])
		if count != 0 && of != count || number == 0 || int(number) > of {
			return nil
		}
		count = of
		if pieces[number] == nil {
			found++
		}
		pieces[number] = piece[2:]
	}
	if count == 0 || found != count {
		return nil
	}
	if count == 1 {
		return pieces[1]
	}
	return bytes.Join(pieces[1:count+1], nil)
}
