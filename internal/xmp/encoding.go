package xmp

import (
	"bytes"
	"encoding/binary"
	"errors"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// toUTF8 returns a packet as UTF-8 without byte order mark and without the padding of its end. It is in UTF-16 where its mark or its first two
// bytes say so, as the XMP specification allows (ISO 16684-1, clause 7.1), in Latin-1 where its declaration does, as files of older
// programs are, and in UTF-8 otherwise.
func toUTF8(packet []byte) ([]byte, error) {
	switch {
	case bytes.HasPrefix(packet, []byte("\xFF\xFE\x00\x00")), bytes.HasPrefix(packet, []byte("\x00\x00\xFE\xFF")):
		return nil, errors.New("it is in UTF-32, which no program writes")
	case bytes.HasPrefix(packet, []byte("\xFF\xFE")), bytes.HasPrefix(packet, []byte("<\x00")):
		packet = fromUTF16(packet, binary.LittleEndian)
	case bytes.HasPrefix(packet, []byte("\xFE\xFF")), bytes.HasPrefix(packet, []byte("\x00<")):
		packet = fromUTF16(packet, binary.BigEndian)
	}
	packet = bytes.TrimPrefix(packet, []byte("\uFEFF"))
	packet = bytes.Trim(packet, " \t\r\n\x00")
	if latin1(packet) {
		packet = fromLatin1(packet)
	}
	return packet, nil
}

func fromUTF16(data []byte, order binary.ByteOrder) []byte {
	out := make([]byte, 0, len(data)/2+len(data)/8)
	for len(data) >= 2 {
		r := rune(order.Uint16(data))
		data = data[2:]
		if utf16.IsSurrogate(r) && len(data) >= 2 {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(data))); pair != utf8.RuneError {
				r, data = pair, data[2:]
			}
		}
		out = utf8.AppendRune(out, r) // a half of a pair becomes the sign for what cannot be shown
	}
	return out
}

var declared = regexp.MustCompile(`^<\?xml\s[^>]*encoding\s*=\s*["']([A-Za-z0-9._-]+)["']`)

// latin1 reports whether a document says that it is in Latin-1, and is not in UTF-8 all the same.
func latin1(doc []byte) bool {
	m := declared.FindSubmatch(doc[:min(len(doc), 200)])
	if m == nil {
		return false
	}
	switch strings.ToLower(string(m[1])) {
	case "iso-8859-1", "latin1", "windows-1252":
		return !utf8.Valid(doc)
	}
	return false
}

func fromLatin1(data []byte) []byte {
	out := make([]byte, 0, len(data)+len(data)/8)
	for _, b := range data {
		out = utf8.AppendRune(out, rune(b))
	}
	return out
}
