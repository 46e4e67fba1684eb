package photo

import (
	"bytes"
	"path/filepath"
	"strings"
)

// Format is a kind of picture file.
type Format uint8

// The formats that can be read. Unknown is everything else.
const (
	Unknown Format = iota
	JPEG
	PNG
	WebP
	TIFF
	BMP
	GIF
)

var formatNames = [...]string{"unknown", "JPEG", "PNG", "WebP", "TIFF", "BMP", "GIF"}

// String returns the format's usual name.
func (f Format) String() string { return formatNames[f] }

// FormatOf returns the format that a file name promises, Unknown if none.
// A scan lists these files; Sniff tells what they really are.
func FormatOf(path string) Format {
	switch strings.ToLower(filepath.Ext(path)) {
	case ".jpg", ".jpeg", ".jpe", ".jfif":
		return JPEG
	case ".png":
		return PNG
	case ".webp":
		return WebP
	case ".tif", ".tiff":
		return TIFF
	case ".bmp", ".dib":
		return BMP
	case ".gif":
		return GIF
	}
	return Unknown
}

// Sniff returns the format by the first bytes of a file, Unknown if none fits.
func Sniff(data []byte) Format {
	has := func(prefix string) bool { return bytes.HasPrefix(data, []byte(prefix)) }
	switch {
	case has("\xFF\xD8\xFF"):
		return JPEG
	case has("\x89PNG\r\n\x1A\n"):
		return PNG
	case has("RIFF") && len(data) >= 12 && string(data[8:12]) == "WEBP":
		return WebP
	case has("II*\x00"), has("MM\x00*"):
		return TIFF
	case has("BM"):
		return BMP
	case has("GIF87a"), has("GIF89a"):
		return GIF
	}
	return Unknown
}
