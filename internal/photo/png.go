package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"io"
	"strconv"
)

// pngTexts returns the contents of the chunks of a PNG with a name that begin with a keyword, without it.
func pngTexts(data []byte, name, keyword string) [][]byte {
	var texts [][]byte
	for _, c := range chunks(data[8:], binary.BigEndian, 4, 4, func(s string) bool { return s == name }) {
		if text, ok := bytes.CutPrefix(c, []byte(keyword+"\x00")); ok {
			texts = append(texts, text)
		}
	}
	return texts
}

// inflate returns what zlib data hold, nil if they are damaged or hold more than maxMetadata.
func inflate(data []byte) []byte {
	z, err := zlib.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil
	}
	out, err := io.ReadAll(io.LimitReader(z, maxMetadata+1))
	if err != nil || len(out) > maxMetadata {
		return nil
	}
	return out
}

// rawProfile returns a block that a program put into a PNG as text, before PNG had chunks
// for it: a name, a length and hexadecimal digits, as ImageMagick does. nil if there is none.
func rawProfile(data []byte, name string) []byte {
	const compressed = 0 // method of a zTXt, the only one
	keyword := "Raw profile type " + name
	for _, text := range pngTexts(data, "zTXt", keyword) {
		if len(text) > 1 && text[0] == compressed {
			return undoHex(inflate(text[1:]))
		}
	}
	for _, text := range pngTexts(data, "tEXt", keyword) {
		return undoHex(text)
	}
	return nil
}

// undoHex reads "\nname\n   length\ndigits".
func undoHex(text []byte) []byte {
	_, text, _ = bytes.Cut(bytes.TrimLeft(text, "\n"), []byte("\n"))
	length, digits, _ := bytes.Cut(text, []byte("\n"))
	n, err := strconv.Atoi(string(bytes.TrimSpace(length)))
	if err != nil || n <= 0 || n > len(digits)/2 {
		return nil
	}
	digits = bytes.Join(bytes.Fields(digits), nil)
	if len(digits) < 2*n {
		return nil
	}
	out := make([]byte, n)
	if _, err := hex.Decode(out, digits[:2*n]); err != nil {
		return nil
	}
	return out
}
