package decode

import (
	"bytes"
	"fmt"
	"slices"
	"unicode/utf8"

	"semblance/internal/photo"
)

// unsupported says why a file is not read, or nil.
func unsupported(f photo.Format, data []byte) error {
	if f == photo.Unknown {
		return fmt.Errorf("%w: %s", ErrUnsupported, contentIs(data))
	}
	return nil
}

// contentIs says what a file is that is no picture of a format that is read.
func contentIs(data []byte) string {
	for _, k := range []struct {
		at           int
		magic, is    string
		alternatives []string
	}{
		{at: 4, magic: "ftyp", alternatives: []string{"crx "}, is: "RAW"},
		{magic: "FUJIFILMCCD-RAW", is: "RAW"},
		{magic: "IIU\x00", is: "RAW"},
		{magic: "IIRO", is: "RAW"},
		{magic: "8BPS", is: "Photoshop"},
		{magic: "\xFF\x0A", is: "JPEG XL"},
		{magic: "\x00\x00\x00\x0CJXL ", is: "JPEG XL"},
		{magic: "\x00\x00\x00\x0CjP  ", is: "JPEG 2000"},
		{magic: "\x00\x00\x01\x00", is: "Windows icon"},
		{magic: "%PDF-", is: "PDF"},
	} {
		rest, ok := bytes.CutPrefix(data[min(k.at, len(data)):], []byte(k.magic))
		brand := string(rest[:min(4, len(rest))])
		if ok && (k.alternatives == nil || slices.Contains(k.alternatives, brand)) {
			return k.is + " files are not supported"
		}
	}
	switch start := data[:min(len(data), 512)]; {
	case len(data) == 0:
		return "the file is empty"
	case !bytes.ContainsRune(start, 0) && utf8.Valid(whole(start)):
		return "the content is text"
	case len(bytes.Trim(start, "\x00")) == 0:
		return "the content is nothing but zeros"
	}
	return "the content is of an unknown kind"
}

// whole cuts off a character of which the end is missing.
func whole(text []byte) []byte {
	for i := 1; i <= min(utf8.UTFMax-1, len(text)); i++ {
		if b := text[len(text)-i]; utf8.RuneStart(b) {
			if !utf8.FullRune(text[len(text)-i:]) {
				return text[:len(text)-i]
			}
			break
		}
	}
	return text
}
