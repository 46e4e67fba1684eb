package photo

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"encoding/hex"
	"io"
	"iter"
	"strconv"
)

// pngTexts yields the contents of the chunks of a PNG with a name that begin with a keyword, without it.
func pngTexts(data []byte, name, keyword string) iter.Seq[[]byte] {
	return func(yield func([]byte) bool) {
		for c := range chunks(data[8:], binary.BigEndian, 4, 4, name) {
			if text, ok := bytes.CutPrefix(c, []byte(keyword+"\x00")); ok && !yield(text) {
				return
			}
		}
	}
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
	for text := range pngTexts(data, "zTXt", keyword) {
		if len(text) > 1 && text[0] == compressed {
			return undoHex(inflate(text[1:]))
		}
	}
	for text := range pngTexts(data, "tEXt", keyword) {
		return undoHex(text)
	}
	return nil
}

// undoHex reads "\nname\n   length\ndigits".
func undoHex(text []byte) []byte {
	_, text, _ = bytes.Cut(bytes.TrimLeft(text, "\n"), []byte("\n"))
	length, digits, _ := bytes.Cut(text, []byte("\n"))
	n, err := strconv.Atoi(string(bytes.TrimSpace(length)))
	if err != nil || n <= 0 || n > min(len(digits)/2, maxMetadata) {
		return nil
	}
	out := make([]byte, n)
	got, err := io.ReadFull(hex.NewDecoder(&withoutSpace{digits}), out)
	if err != nil || got < n {
		return nil
	}
	return out
}

// withoutSpace reads text but for spaces and ends of lines.
type withoutSpace struct{ text []byte }

// Read implements io.Reader.
func (r *withoutSpace) Read(p []byte) (n int, err error) {
	for n < len(p) && len(r.text) > 0 {
		if c := r.text[0]; c > ' ' {
			p[n] = c
			n++
		}
		r.text = r.text[1:]
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}
